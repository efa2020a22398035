"""One contract as heard so far today: figures accumulated from the public stream."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from exchange.client.events import Band, DayFigures, FiveLevels, Trade
from exchange.console.view import ContractView, LevelView, MinuteView, PhaseView
from exchange.vocabulary.enums import Method, Phase, Side
from exchange.vocabulary.units import NS_PER_SECOND, round_half_up

MINUTES_PER_DAY: Final = 1_440
SHANGHAI_AHEAD_S: Final = 8 * 3600


def minute_of_day(time_ns: int) -> int:
    """Minute of the day in Shanghai."""
    return (time_ns // NS_PER_SECOND + SHANGHAI_AHEAD_S) // 60 % MINUTES_PER_DAY


#: The book of a contract is listed or continuous, by its matching rule; what is shown of it is the same.
BOOK_METHODS = (Method.LISTED, Method.CONTINUOUS)


@dataclass
class Sum:
    """Trades of one method."""

    trades: int = 0
    lots: int = 0
    fen: int = 0

    def add(self, price_ticks: int, quantity_lots: int) -> None:
        """One more trade."""
        self.trades += 1
        self.lots += quantity_lots
        self.fen += price_ticks * quantity_lots


@dataclass
class ContractState:
    """Mutable; `view` gives the page its picture."""

    contract_id: int
    code: str = ""
    base_ticks: int = 0
    limits: tuple[int, int, int, int] = (0, 0, 0, 0)
    open_ticks: int = 0
    high_ticks: int = 0
    low_ticks: int = 0
    last_ticks: int = 0
    close_ticks: int = 0
    is_final: bool = False
    is_halted: bool = False
    is_killed: bool = False
    sums: dict[int, Sum] = field(default_factory=lambda: defaultdict(Sum))
    phases: dict[int, tuple[Phase, int]] = field(default_factory=dict)
    levels: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    listings: dict[tuple[int, int], int] = field(default_factory=dict)  # (side, price) -> count
    minutes: dict[int, MinuteView] = field(default_factory=dict)

    def band(self, event: Band) -> None:
        """The day's base price and limits."""
        self.base_ticks = event.base_price_ticks
        self.limits = (
            event.lower_ticks, event.upper_ticks, event.block_lower_ticks, event.block_upper_ticks
        )  # fmt: skip

    def trade(self, event: Trade) -> None:
        """A trade of the book, by either matching rule, makes the live prices; no other does (§1.3)."""
        is_of_book = event.method in BOOK_METHODS
        self.sums[Method.LISTED if is_of_book else event.method].add(event.price_ticks, event.quantity_lots)
        if not is_of_book:
            return
        price_ticks = event.price_ticks
        self.open_ticks = self.open_ticks or price_ticks
        self.high_ticks = max(self.high_ticks, price_ticks)
        self.low_ticks = min(self.low_ticks or price_ticks, price_ticks)
        self.last_ticks = price_ticks
        self._minute(minute_of_day(event.time_ns), event)

    def _minute(self, minute: int, event: Trade) -> None:
        listed = self.sums[Method.LISTED]
        before = self.minutes.get(minute)
        lots = event.quantity_lots + (before.lots if before else 0)
        average_ticks = round_half_up(listed.fen, listed.lots)
        self.minutes[minute] = MinuteView(minute, event.price_ticks, average_ticks, lots)

    def figures(self, event: DayFigures) -> None:
        """The day's own figures, once it is closed."""
        if event.figure_method in BOOK_METHODS:
            self.close_ticks, self.is_final = event.close_ticks, True
            self.open_ticks = event.open_ticks

    def five_levels(self, event: FiveLevels) -> None:
        """One side of the board."""
        self.levels[event.board_side] = event.levels

    def view(self, next_phases: dict[tuple[int, int], Phase]) -> ContractView:
        """`next_phases`: (method, time) -> the phase that the schedule has then."""
        listed, block = self.sums[Method.LISTED], self.sums[Method.BLOCK]
        close_ticks = round_half_up(listed.fen, listed.lots) if listed.lots else self.base_ticks
        lower, upper, block_lower, block_upper = self.limits
        return ContractView(
            contract_id=self.contract_id,
            code=self.code or str(self.contract_id),
            base_ticks=self.base_ticks,
            lower_ticks=lower,
            upper_ticks=upper,
            block_lower_ticks=block_lower,
            block_upper_ticks=block_upper,
            open_ticks=self.open_ticks,
            high_ticks=self.high_ticks,
            low_ticks=self.low_ticks,
            last_ticks=self.last_ticks,
            close_ticks=self.close_ticks if self.is_final else close_ticks,
            is_final=self.is_final,
            listed_lots=listed.lots,
            listed_fen=listed.fen,
            listed_trades=listed.trades,
            block_lots=block.lots,
            block_fen=block.fen,
            block_trades=block.trades,
            phases=tuple(
                PhaseView(Method(method), phase, next_ns, next_phases.get((method, next_ns)))
                for method, (phase, next_ns) in sorted(self.phases.items())
            ),
            is_halted=self.is_halted,
            is_killed=self.is_killed,
            buy=self._side(Side.BUY),
            sell=self._side(Side.SELL),
            minutes=tuple(self.minutes[minute] for minute in sorted(self.minutes)),
        )

    def _side(self, side: Side) -> tuple[LevelView, ...]:
        return tuple(
            LevelView(price, lots, self.listings.get((side, price), 0))
            for price, lots in self.levels.get(side, ())
        )
