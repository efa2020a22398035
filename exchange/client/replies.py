"""Answers to queries as typed objects, and REFUSED: what the exchange says outside the numbered stream.

Field names, units and meanings are those of the catalogue (vocabulary.messages); a test compares them.
"""

from typing import ClassVar, Final

from msgspec import Struct

from exchange.client.events import Headed
from exchange.client.public_events import Levels
from exchange.vocabulary.kinds import Kind


class Refused(Headed, frozen=True):
    """A packet was refused before the sequencer; its reference is not consumed."""

    KIND: ClassVar[int] = Kind.REFUSED
    highest_reference: int
    command_kind: int
    reason: int
    retry_after_ms: int


class OpenOrder(Headed, frozen=True):
    """An open order of one's own."""

    KIND: ClassVar[int] = Kind.REPLY_ORDER
    order_id: int
    price_ticks: int
    quantity_lots: int
    remaining_lots: int
    side: int
    method: int
    order_kind: int
    counterparty_account_id: int


class Holding(Headed, frozen=True):
    """Units of an account and contract."""

    KIND: ClassVar[int] = Kind.REPLY_HOLDING
    available_lots: int
    locked_lots: int
    bought_today_lots: int
    frozen_lots: int


class Cash(Headed, frozen=True):
    """Cash of an account."""

    KIND: ClassVar[int] = Kind.REPLY_CASH
    available_fen: int
    locked_fen: int
    proceeds_today_fen: int
    frozen_fen: int


class Contract(Headed, frozen=True):
    """A contract and its band."""

    KIND: ClassVar[int] = Kind.REPLY_CONTRACT
    contract_code: bytes
    base_price_ticks: int
    lower_ticks: int
    upper_ticks: int
    block_lower_ticks: int
    block_upper_ticks: int
    vintage: int
    product: int
    matching_rule: int

    @property
    def code(self) -> str:
        """The contract's code as text."""
        return self.contract_code.rstrip(b"\0 ").decode("ascii")


class MethodPhase(Headed, frozen=True):
    """Phase of a method of a contract."""

    KIND: ClassVar[int] = Kind.REPLY_PHASE
    is_halted: int
    phase: int
    method: int
    is_killed: int
    next_change_ns: int


class OwnTrade(Headed, frozen=True):
    """An execution of one's own today."""

    KIND: ClassVar[int] = Kind.REPLY_TRADE
    order_id: int
    price_ticks: int
    quantity_lots: int
    match_id: int
    side: int
    role: int
    method: int
    order_kind: int
    trading_fee_fen: int
    settlement_fee_fen: int


class BoardListing(Headed, frozen=True):
    """A listing inside the best five levels."""

    KIND: ClassVar[int] = Kind.REPLY_LISTING
    order_id: int
    price_ticks: int
    quantity_lots: int
    side: int
    is_own: int


class Figures(Struct, frozen=True):
    """Figures of a method of a contract so far."""

    KIND: ClassVar[int] = Kind.REPLY_FIGURES
    user_reference: int
    figure_trade_count: int
    time_ns: int
    login_id: int
    contract_id: int
    figure_method: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    volume_lots: int
    turnover_fen: int


class Status(Struct, frozen=True):
    """Health of the exchange."""

    KIND: ClassVar[int] = Kind.REPLY_STATUS
    user_reference: int
    last_sequence: int
    time_ns: int
    commands_per_second: int
    sessions: int
    durable_sequence: int
    latency_p50_us: int
    latency_p99_us: int
    latency_p999_us: int
    is_halted: int
    durability: int
    trading_day: int
    live_orders: int
    caught_at_close: int


class Rule(Headed, frozen=True):
    """A rule in force."""

    KIND: ClassVar[int] = Kind.REPLY_RULE
    parameter_value: int
    parameter_id: int


class EndOfAnswer(Headed, frozen=True):
    """End of a query's answer."""

    KIND: ClassVar[int] = Kind.REPLY_END
    stream_number: int
    record_count: int
    query: int


class DepthOrder(Headed, frozen=True):
    """A resting order of the book."""

    KIND: ClassVar[int] = Kind.REPLY_DEPTH
    order_id: int
    price_ticks: int
    quantity_lots: int
    side: int
    method: int


class BestLevels(Levels, frozen=True):
    """Best five levels of one side now."""

    KIND: ClassVar[int] = Kind.REPLY_LEVELS
    user_reference: int
    levels_contract_id: int
    levels_side: int
    time_ns: int


class BookDigest(Headed, frozen=True):
    """Digest of the books asked for; zero bytes at its end are not in it."""

    KIND: ClassVar[int] = Kind.REPLY_DIGEST
    digest: bytes


Reply = (
    Refused
    | OpenOrder
    | Holding
    | Cash
    | Contract
    | MethodPhase
    | OwnTrade
    | BoardListing
    | Figures
    | Status
    | Rule
    | EndOfAnswer
    | DepthOrder
    | BestLevels
    | BookDigest
)
REPLY_CLASSES: Final[tuple[type[Reply], ...]] = (
    Refused,
    OpenOrder,
    Holding,
    Cash,
    Contract,
    MethodPhase,
    OwnTrade,
    BoardListing,
    Figures,
    Status,
    Rule,
    EndOfAnswer,
    DepthOrder,
    BestLevels,
    BookDigest,
)
