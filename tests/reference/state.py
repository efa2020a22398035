"""What the exchange knows during one trading day, as plain objects."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sortedcontainers import SortedDict

from exchange.vocabulary.enums import Method, OrderKind, ParameterId, Phase, Side
from exchange.vocabulary.limits import QUANTITY_LOTS_MAX


class Capacity(NamedTuple):
    """How much fits; index 0 of accounts, contracts and logins is reserved."""

    orders: int
    levels: int
    accounts: int
    contracts: int
    logins: int
    members: int
    references: int


#: What holds for a contract unless PARAMETER_SET says otherwise.
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

    @property
    def total(self) -> int:
        """All units owned now."""
        return self.available + self.locked + self.bought_today + self.frozen


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
    has_traded: bool = False
    holdings: SortedDict = field(default_factory=SortedDict)

    @property
    def total(self) -> int:
        """All cash owned now."""
        return self.available + self.locked + self.frozen + self.unreleased

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


@dataclass(slots=True, eq=False)
class Member:
    """A member is a stream: what it has been told, and whether its new orders are refused."""

    is_open: bool = False
    is_killed: bool = False
    event_count: int = 0


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
class Contract:
    """What is traded: its rules, bands, phases, book, offers and figures."""

    contract_id: int
    product: int
    matching_rule: int
    base_ticks: int
    parameters: dict[ParameterId, int]
    lower_ticks: int = 0
    upper_ticks: int = 0
    block_lower_ticks: int = 0
    block_upper_ticks: int = 0
    phases: list[Phase] = field(default_factory=lambda: [Phase.CLOSED, Phase.CLOSED])
    next_change_ns: list[int] = field(default_factory=lambda: [0, 0])
    is_halted: bool = False
    halt_reason: int = 0
    is_killed: bool = False
    sides: tuple[BookSide, BookSide] = field(
        default_factory=lambda: (BookSide(Side.BUY), BookSide(Side.SELL))
    )
    offers: "dict[Order, None]" = field(default_factory=dict)  # first come first
    figures: tuple[Figures, Figures] = field(default_factory=lambda: (Figures(), Figures()))

    def band(self, method: Method) -> tuple[int, int]:
        """Lowest and highest price of a method today."""
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
