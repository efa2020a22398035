"""Events as typed objects, one class per kind a member, an operator or the public stream carries.

Field names, units and meanings are those of the catalogue (vocabulary.messages); a test compares them.
"""

from typing import ClassVar, Final

from msgspec import Struct

from exchange.vocabulary.kinds import Kind


class Headed(Struct, frozen=True):
    """What nearly every record says: who caused it, when, and what it is about."""

    user_reference: int
    sequence: int
    time_ns: int
    login_id: int
    contract_id: int
    account_id: int


class Accepted(Headed, frozen=True):
    """A listing or block offer is live."""

    KIND: ClassVar[int] = Kind.ACCEPTED
    order_id: int
    price_ticks: int
    quantity_lots: int
    counterparty_account_id: int
    side: int
    method: int
    order_kind: int


class Rejected(Headed, frozen=True):
    """A journaled command was refused and changed nothing but its reference."""

    KIND: ClassVar[int] = Kind.REJECTED
    order_id: int
    price_ticks: int
    quantity_lots: int
    highest_reference: int
    command_kind: int
    remaining_credit: int
    reason: int
    retry_after_ms: int
    expected_value: int


class Executed(Headed, frozen=True):
    """One side of a match."""

    KIND: ClassVar[int] = Kind.EXECUTED
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


class Done(Headed, frozen=True):
    """An order will trade no more."""

    KIND: ClassVar[int] = Kind.DONE
    order_id: int
    price_ticks: int
    quantity_lots: int
    filled_lots: int
    side: int
    done_reason: int
    method: int
    order_kind: int


class BlockOffered(Headed, frozen=True):
    """A block offer is addressed to you."""

    KIND: ClassVar[int] = Kind.BLOCK_OFFERED
    order_id: int
    price_ticks: int
    quantity_lots: int
    counterparty_account_id: int
    side: int
    method: int
    order_kind: int


class BlockClosed(Headed, frozen=True):
    """A block offer addressed to you is gone."""

    KIND: ClassVar[int] = Kind.BLOCK_CLOSED
    order_id: int
    price_ticks: int
    quantity_lots: int
    counterparty_account_id: int
    side: int
    done_reason: int
    method: int


class LoginChanged(Headed, frozen=True):
    """A login of your member connected or disconnected."""

    KIND: ClassVar[int] = Kind.LOGIN_CHANGED
    subject_id: int
    down_reason: int
    is_up: int


class StreamOpened(Headed, frozen=True):
    """First record of every stream: version, day and limits."""

    KIND: ClassVar[int] = Kind.STREAM_OPENED
    quantity_lots_max: int
    reference_gap_max: int
    price_ticks_max: int
    heartbeat_ms: int
    stream_id: int
    version: int
    trading_day: int
    dead_ms: int


class KillChanged(Headed, frozen=True):
    """New orders of your member or login are stopped or allowed again."""

    KIND: ClassVar[int] = Kind.KILL_CHANGED
    subject_id: int
    level: int
    is_killed: int


class CommandDone(Headed, frozen=True):
    """Audit: an exchange command took effect."""

    KIND: ClassVar[int] = Kind.COMMAND_DONE
    parameter_value: int
    subject_id: int
    command_kind: int
    subject_level: int


class Trade(Headed, frozen=True):
    """A trade, without accounts."""

    KIND: ClassVar[int] = Kind.TRADE
    price_ticks: int
    quantity_lots: int
    match_id: int
    side: int
    method: int


class PhaseChanged(Headed, frozen=True):
    """A method of a contract changed phase."""

    KIND: ClassVar[int] = Kind.PHASE_CHANGED
    previous_phase: int
    phase: int
    method: int
    next_change_ns: int


class FiveLevels(Struct, frozen=True):
    """Best five levels of one side, as of the last tick."""

    KIND: ClassVar[int] = Kind.FIVE_LEVELS
    board_contract_id: int
    board_side: int
    level_count: int
    sequence: int
    time_ns: int
    level_1_price_ticks: int
    level_1_quantity_lots: int
    level_2_price_ticks: int
    level_2_quantity_lots: int
    level_3_price_ticks: int
    level_3_quantity_lots: int
    level_4_price_ticks: int
    level_4_quantity_lots: int
    level_5_price_ticks: int
    level_5_quantity_lots: int

    @property
    def levels(self) -> tuple[tuple[int, int], ...]:
        """(price in ticks, tonnes) of the levels given, best first."""
        every = (
            (self.level_1_price_ticks, self.level_1_quantity_lots),
            (self.level_2_price_ticks, self.level_2_quantity_lots),
            (self.level_3_price_ticks, self.level_3_quantity_lots),
            (self.level_4_price_ticks, self.level_4_quantity_lots),
            (self.level_5_price_ticks, self.level_5_quantity_lots),
        )
        return every[: self.level_count]


class DayFigures(Struct, frozen=True):
    """The day's figures of one method of a contract."""

    KIND: ClassVar[int] = Kind.DAY_FIGURES
    trade_count: int
    sequence: int
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


class HaltChanged(Headed, frozen=True):
    """Trading halted or resumed at a level."""

    KIND: ClassVar[int] = Kind.HALT_CHANGED
    subject_id: int
    level: int
    halt_reason: int
    is_halted: int
    expected_ns: int


class Band(Headed, frozen=True):
    """The day's price limits of a contract."""

    KIND: ClassVar[int] = Kind.BAND
    base_price_ticks: int
    lower_ticks: int
    upper_ticks: int
    block_lower_ticks: int
    block_upper_ticks: int


class Composite(Headed, frozen=True):
    """Composite price of the market at the close."""

    KIND: ClassVar[int] = Kind.COMPOSITE
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    volume_lots: int
    turnover_fen: int


class SettlementStage(Headed, frozen=True):
    """Where the registry's day stands."""

    KIND: ClassVar[int] = Kind.SETTLEMENT_STAGE
    break_count: int
    stage: int
    version: int
    trading_day: int


Event = (
    Accepted
    | Rejected
    | Executed
    | Done
    | BlockOffered
    | BlockClosed
    | LoginChanged
    | StreamOpened
    | KillChanged
    | CommandDone
    | Trade
    | PhaseChanged
    | FiveLevels
    | DayFigures
    | HaltChanged
    | Band
    | Composite
    | SettlementStage
)
EVENT_CLASSES: Final[tuple[type[Event], ...]] = (
    Accepted,
    Rejected,
    Executed,
    Done,
    BlockOffered,
    BlockClosed,
    LoginChanged,
    StreamOpened,
    KillChanged,
    CommandDone,
    Trade,
    PhaseChanged,
    FiveLevels,
    DayFigures,
    HaltChanged,
    Band,
    Composite,
    SettlementStage,
)
