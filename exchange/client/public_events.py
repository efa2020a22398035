"""Events of the public stream as typed objects, one class per kind.

Field names, units and meanings are those of the catalogue (vocabulary.messages); a test compares them.
"""

from typing import ClassVar

from msgspec import Struct

from exchange.client.member_events import Headed
from exchange.vocabulary.kinds import Kind


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


class Levels(Struct, frozen=True):
    """Five levels of one side, best first; beyond `level_count` they are 0."""

    level_count: int
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


class FiveLevels(Levels, frozen=True):
    """Best five levels of one side, as of the last tick."""

    KIND: ClassVar[int] = Kind.FIVE_LEVELS
    board_contract_id: int
    board_side: int
    sequence: int
    time_ns: int


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


class NoticeText(Struct, frozen=True):
    """A part of a text to everybody."""

    KIND: ClassVar[int] = Kind.NOTICE_TEXT
    user_reference: int
    sequence: int
    time_ns: int
    login_id: int
    fragment_index: int
    fragment_count: int
    notice_id: int
    text: bytes


class Indicative(Headed, frozen=True):
    """Indicative result of a running call auction."""

    KIND: ClassVar[int] = Kind.INDICATIVE
    imbalance_lots: int
    price_ticks: int
    indicative_auction_id: int
    volume_lots: int
    imbalance_side: int
    auction_method: int


class AuctionAnnounced(Headed, frozen=True):
    """A one-way or primary auction."""

    KIND: ClassVar[int] = Kind.AUCTION_ANNOUNCED
    floor_ticks: int
    ceiling_ticks: int
    bidder_share_ppm: int
    quantity_lots: int
    auction_id: int
    pricing: int
    auction_kind: int
    end_ns: int


class AuctionResult(Headed, frozen=True):
    """What an auction traded."""

    KIND: ClassVar[int] = Kind.AUCTION_RESULT
    tonnes_lots: int
    price_ticks: int
    auction_trade_count: int
    auction_id: int
    pricing: int
    auction_kind: int
    method: int
    turnover_fen: int


class TradeBusted(Headed, frozen=True):
    """A trade was undone or corrected."""

    KIND: ClassVar[int] = Kind.TRADE_BUSTED
    price_ticks: int
    quantity_lots: int
    match_id: int


class BreakerState(Headed, frozen=True):
    """A contract's breaker moved."""

    KIND: ClassVar[int] = Kind.BREAKER_STATE
    reference_ticks: int
    trigger_ticks: int
    lower_ticks: int
    upper_ticks: int
    breaker_state: int
    breaker_kind: int
    method: int
    next_change_ns: int


class BlockBoard(Headed, frozen=True):
    """A block offer on the board: new, smaller, or gone."""

    KIND: ClassVar[int] = Kind.BLOCK_BOARD
    order_id: int
    price_ticks: int
    quantity_lots: int
    side: int
    order_flags: int
    method: int


class ContractExpires(Headed, frozen=True):
    """A contract trades for the last time today."""

    KIND: ClassVar[int] = Kind.CONTRACT_EXPIRES
