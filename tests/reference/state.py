"""What the exchange knows during one trading day, as plain objects."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from sortedcontainers import SortedDict

from exchange.vocabulary.enums import (
    BreakerState,
    MemberLimit,
    Method,
    OrderKind,
    ParameterId,
    Phase,
    SelfTradeRule,
    Side,
)
from exchange.vocabulary.limits import QUANTITY_LOTS_MAX

NEVER_NS = 2**63 - 1  # of a timer that is not set


class Slot(IntEnum):
    """What of a contract has a phase and figures of its own; the book's method is the contract's rule."""

    BOOK = 0
    BLOCK = 1
    ONE_WAY = 2


def slot_of(method: int) -> Slot:
    """Where a method's phase and figures are kept."""
    return Slot(method) if method in (Method.BLOCK, Method.ONE_WAY) else Slot.BOOK


class Capacity(NamedTuple):
    """How much fits; index 0 of accounts, contracts and logins is reserved."""

    orders: int
    levels: int
    accounts: int
    contracts: int
    logins: int
    members: int
    references: int
    trades: int = 65_536
    transfers: int = 4_096


#: What holds for a contract unless PARAMETER_SET says otherwise; a matching rule is its contract's own.
DEFAULT_PARAMETERS = {
    ParameterId.LISTED_BAND_PPM: 0,
    ParameterId.BLOCK_BAND_PPM: 0,
    ParameterId.LISTED_QUANTITY_LOTS_MIN: 1,
    ParameterId.LISTED_QUANTITY_LOTS_MAX: 99_999,
    ParameterId.BLOCK_QUANTITY_LOTS_MIN: 100_000,
    ParameterId.BLOCK_QUANTITY_LOTS_MAX: QUANTITY_LOTS_MAX,
    ParameterId.TRADING_FEE_PPM: 0,
    ParameterId.SETTLEMENT_FEE_PPM: 0,
    ParameterId.TAKE_DEPTH_LEVELS: 5,
    ParameterId.STRICT_PRICE_PRIORITY: 1,
    ParameterId.RESALE_SAME_DAY: 0,
    ParameterId.PROCEEDS_REUSABLE: 1,
    ParameterId.CANCEL_IN_BREAK: 1,
    ParameterId.HOLDING_LIMIT_LOTS: 0,
    ParameterId.OPEN_ORDERS_MAX: 0,
    ParameterId.COMPOSITE_WEIGHT: 0,
    ParameterId.PUBLIC_DEPTH_LEVELS: 5,
    ParameterId.SELF_TRADE_RULE: SelfTradeRule.CANCEL_TAKER,
    ParameterId.BREAKER_PPM: 0,
    ParameterId.BREAKER_WINDOW_S: 0,
    ParameterId.BREAKER_LIMIT_STATE_MS: 15_000,
    ParameterId.BREAKER_PAUSE_MS: 300_000,
    ParameterId.BREAKER_AUCTION_MS: 120_000,
    ParameterId.BREAKER_EXTENSION_MS_MAX: 300_000,
    ParameterId.MARKET_BREAKER_PPM: 0,
    ParameterId.MARKET_BREAKER_PAUSE_MS: 900_000,
    ParameterId.AUCTION_QUANTITY_LOTS_MIN: 100_000,
    ParameterId.AUCTION_FLOOR_BAND_PPM: 100_000,
    ParameterId.AUCTION_CEILING_BAND_PPM: 100_000,
    ParameterId.AUCTION_BID_LOTS_MIN: 1,
    ParameterId.AUCTION_BID_CANCEL: 1,
    ParameterId.MESSAGES_PER_SECOND: 0,
    ParameterId.CANCELS_PER_SECOND: 0,
    ParameterId.BUST_CHANGES_FIGURES: 1,
    ParameterId.BUST_SPENT_PROCEEDS: 0,
    ParameterId.PRICE_STEP_TICKS: 1,
    ParameterId.MATCHING_RULE: Method.LISTED,
}


@dataclass(slots=True, eq=False)
class Holding:
    """Units of one account and contract, in lots, by bucket."""

    opening: int = 0
    available: int = 0
    locked: int = 0
    bought_today: int = 0
    frozen: int = 0
    sold_today: int = 0
    bought_total: int = 0
    open_buys: int = 0
    held: int = 0  # on their way to the registry, not yet gone
    moved: int = 0  # come in less gone

    @property
    def total(self) -> int:
        """All units owned now."""
        return self.available + self.locked + self.bought_today + self.frozen + self.held

    @property
    def traded(self) -> int:
        """Bought less sold."""
        return self.total - self.opening - self.moved


@dataclass(slots=True, eq=False)
class Account:
    """A trading account: whose it is, its cash in fen by bucket, its units by contract."""

    account_id: int
    member_id: int
    entity_id: int
    eligibility: int
    opening: int = 0
    available: int = 0
    locked: int = 0
    frozen: int = 0
    proceeds: int = 0
    unreleased: int = 0  # proceeds of contracts whose PROCEEDS_REUSABLE is 0, until the seal
    fees_today: int = 0
    open_orders: int = 0
    trade_count: int = 0  # sides of trades that stand
    held: int = 0  # to be withdrawn, not yet gone
    moved: int = 0  # paid in less withdrawn
    covered: int = 0  # spent proceeds of undone sales, paid by the settlement reserve
    limits: dict[MemberLimit, int] = field(default_factory=lambda: dict.fromkeys(MemberLimit, 0))
    holdings: SortedDict = field(default_factory=SortedDict)

    @property
    def total(self) -> int:
        """All cash owned now."""
        return self.available + self.locked + self.frozen + self.unreleased + self.held

    @property
    def traded(self) -> int:
        """Sold less bought less fees."""
        return self.total - self.opening - self.moved - self.covered

    def holding(self, contract_id: int) -> Holding:
        """Units of one contract; an account starts with none."""
        if contract_id not in self.holdings:
            self.holdings[contract_id] = Holding()
        return self.holdings[contract_id]  # type: ignore[no-any-return]


@dataclass(slots=True, eq=False)
class Login:
    """A login of a member."""

    login_id: int
    member_id: int
    highest_reference: int = 0
    is_up: bool = False
    is_killed: bool = False
    cancels_on_disconnect: bool = False
    grace_ms: int = 0
    dead_man_ms: int = 0
    disconnect_due_ns: int = NEVER_NS
    heard_ns: int = 0  # its last command
    silent_ns: int = 0  # the last command after which its dead-man's timer ran out
    limits: dict[MemberLimit, int] = field(default_factory=lambda: dict.fromkeys(MemberLimit, 0))


@dataclass(slots=True, eq=False)
class Member:
    """A member is a stream: what it has been told, and whether its new orders are refused."""

    is_open: bool = False
    is_killed: bool = False
    event_count: int = 0
    second: int = 0  # the last one in which its commands were counted
    sent: dict[ParameterId, int] = field(
        default_factory=lambda: {ParameterId.MESSAGES_PER_SECOND: 0, ParameterId.CANCELS_PER_SECOND: 0}
    )


@dataclass(slots=True, eq=False)
class Figures:
    """A method's trades of the day in one contract."""

    open_ticks: int = 0
    high_ticks: int = 0
    low_ticks: int = 0
    last_ticks: int = 0
    trade_count: int = 0
    volume_lots: int = 0
    turnover_fen: int = 0


@dataclass(slots=True, eq=False)
class Level:
    """The orders resting at one price, first come first."""

    orders: "deque[Order]" = field(default_factory=deque)
    total_lots: int = 0


class BookSide:
    """One side of a contract's listings: price to level."""

    __slots__ = ("is_changed", "levels", "side")

    def __init__(self, side: Side) -> None:
        self.side = side
        self.levels: SortedDict = SortedDict()
        self.is_changed = False  # since the last public image

    def best_first(self) -> Iterator[tuple[int, Level]]:
        """Non-empty levels, best price first."""
        items = self.levels.items()
        return iter(items) if self.side == Side.SELL else reversed(items)

    def total_at(self, price_ticks: int) -> int:
        """Lots resting at a price."""
        level = self.levels.get(price_ticks)
        return level.total_lots if level else 0

    def add(self, order: "Order") -> None:
        """Rest an order at the back of its level."""
        level = self.levels.setdefault(order.price_ticks, Level())
        level.orders.append(order)
        level.total_lots += order.remaining_lots
        self.is_changed = True

    def reduce(self, order: "Order", quantity_lots: int) -> None:
        """A resting order traded; its remaining lots are lowered by the caller."""
        self.levels[order.price_ticks].total_lots -= quantity_lots
        self.is_changed = True

    def remove(self, order: "Order") -> None:
        """Take an order out with what remains of it; an empty level disappears."""
        level = self.levels[order.price_ticks]
        level.orders.remove(order)
        level.total_lots -= order.remaining_lots
        if not level.orders:
            del self.levels[order.price_ticks]
        self.is_changed = True


@dataclass(slots=True, eq=False)
class Auction:
    """A running one-way or primary auction: the terms of its notice, the seller's lot, what it traded."""

    auction_id: int
    kind: int
    pricing: int
    floor_ticks: int
    ceiling_ticks: int
    account_lots_max: int
    end_ns: int
    offer: "Order"
    trade_count: int = 0
    price_ticks: int = 0  # the lowest that got anything


@dataclass(slots=True, eq=False)
class Monitor:
    """What a book's dynamic breaker measures prices against."""

    last_ticks: int = 0  # 0 = no trade of the book yet today
    second: int = 0  # the latest with a trade
    buckets: dict[int, tuple[int, int]] = field(default_factory=dict)  # second -> lots and fen traded


@dataclass(slots=True)
class Breaker:
    """Where a book's breaker stands; the band is the one frozen when it was triggered."""

    state: BreakerState = BreakerState.NORMAL
    kind: int = 0
    reference_ticks: int = 0
    lower_ticks: int = 0
    upper_ticks: int = 0
    trigger_ticks: int = 0
    due_ns: int = 0
    extended_ms: int = 0
    resume_ns: int = 0  # the schedule's next change, once it trades again


@dataclass(slots=True, eq=False)
class Contract:
    """What is traded: its rules, bands, phases, book, offers and figures."""

    contract_id: int
    product: int
    base_ticks: int
    parameters: dict[ParameterId, int]
    lower_ticks: int = 0
    upper_ticks: int = 0
    block_lower_ticks: int = 0
    block_upper_ticks: int = 0
    reach_lower_ticks: int = 0  # the book holds these prices: the band may be moved inside them
    reach_upper_ticks: int = 0
    phases: list[Phase] = field(default_factory=lambda: [Phase.CLOSED] * len(Slot))  # by slot
    next_change_ns: list[int] = field(default_factory=lambda: [0] * len(Slot))
    is_halted: bool = False
    halt_reason: int = 0
    is_killed: bool = False
    is_expiring: bool = False
    monitor: Monitor = field(default_factory=Monitor)
    breaker: Breaker = field(default_factory=Breaker)
    sides: tuple[BookSide, BookSide] = field(
        default_factory=lambda: (BookSide(Side.BUY), BookSide(Side.SELL))
    )
    offers: "dict[Order, None]" = field(default_factory=dict)  # first come first
    auction: Auction | None = None
    last_auction_id: int = 0
    bids: BookSide = field(default_factory=lambda: BookSide(Side.BUY))  # of the running one-way auction
    indicative_due_ns: int = 0  # of the book's call auction
    figures: tuple[Figures, ...] = field(default_factory=lambda: tuple(Figures() for _ in Slot))

    @property
    def matching_rule(self) -> Method:
        """The book's method: LISTED or CONTINUOUS."""
        return Method(self.parameters[ParameterId.MATCHING_RULE])

    def method_at(self, slot: Slot) -> Method:
        """What a slot is called in events."""
        return self.matching_rule if slot == Slot.BOOK else Method(slot)

    def phase(self, method: int) -> Phase:
        """What a method is doing."""
        return self.phases[slot_of(method)]

    @property
    def has_book_orders(self) -> bool:
        """Whether anything rests in the book."""
        return any(book.levels for book in self.sides)

    def band(self, method: Method) -> tuple[int, int]:
        """Lowest and highest price of a method today; of one-way bids that of the running auction."""
        if method == Method.ONE_WAY:
            assert self.auction is not None
            return self.auction.floor_ticks, self.auction.ceiling_ticks
        if method == Method.BLOCK:
            return self.block_lower_ticks, self.block_upper_ticks
        return self.lower_ticks, self.upper_ticks


@dataclass(slots=True, eq=False)
class Order:
    """A listing, a block offer, or a take or acceptance while it trades."""

    order_id: int
    slot: int
    kind: OrderKind
    method: Method
    contract: Contract
    account: Account
    login_id: int
    user_reference: int
    side: Side
    price_ticks: int
    quantity_lots: int
    remaining_lots: int
    locked_fen: int = 0
    filled_fen: int = 0
    trading_fee_fen: int = 0
    settlement_fee_fen: int = 0
    counterparty: Account | None = None
    order_flags: int = 0  # as accepted
    self_trade_rule: int = SelfTradeRule.NONE  # of the order itself; NONE takes the contract's
    prevented_lots: int = 0  # of an incoming order: taken off it by self-trade prevention
    is_resting: bool = False


@dataclass(slots=True, eq=False)
class Proposal:
    """A command that one person proposed; it runs when another approves it."""

    proposal_id: int
    kind: int
    command_hash: int
    login_id: int
    expires_ns: int
    halves: list[bytes]  # of its 64 bytes, empty until they arrive
