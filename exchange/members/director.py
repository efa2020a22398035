"""Turns a scenario's day into what the members should do next: how many tonnes, at about which price. Pure.

The official day gives listed tonnes, block tonnes, open, high, low and close. The director compares them with
what the public stream shows and hands out the difference, so the day comes near them however fast it runs,
whoever else trades, and after any pause. Members decide themselves who lists and who takes (`behaviour`).
"""

from random import Random
from typing import Final, NamedTuple

from exchange.members.market import MarketView
from exchange.rulebook.scenarios import SeasonDay
from exchange.vocabulary.enums import Method

DEALS_A_DAY: Final = 220  # about how many takes a day of usual size is cut into
SMALLEST_USUAL_LOTS: Final = 5
LISTED_LOTS_MAX: Final = 99_999
BLOCK_LOTS_MIN: Final = 100_000
BLOCK_LOTS_MAX: Final = 5_000_000  # larger official days are several blocks
BLOCKS_MAX: Final = 16
ALL_DONE_AT: Final = 0.93  # part of the hours after which nothing is held back
BLOCKS_DONE_AT: Final = 0.8


class Seen(NamedTuple):
    """What the director looks at: the public view and how much of the hours has passed."""

    view: MarketView
    listed_progress: float
    block_progress: float


class Guidance(NamedTuple):
    """What members of one contract are asked to do now."""

    contract_id: int
    target_ticks: int  # about where to trade
    spread_ticks: int  # how far quotes lie apart
    lower_ticks: int  # the day's range wished for, inside the band
    upper_ticks: int
    band_lower_ticks: int
    band_upper_ticks: int
    due_lots: int  # tonnes to trade now; may be 0
    remaining_lots: int  # tonnes to trade until the close
    usual_lots: int  # size of a usual trade
    progress: float


class BlockWish(NamedTuple):
    """A block that two members should agree on now."""

    contract_id: int
    price_ticks: int
    quantity_lots: int


def day_curve(progress: float) -> float:
    """Which part of the day's tonnes has traded by then: more after the open and before the close."""
    x = min(max(progress / ALL_DONE_AT, 0.0), 1.0)
    return 0.6 * x + 0.4 * (2 * x - 1.5 * x * x + 0.5 * x * x * x) if x < 1 else 1.0


class Director:
    """One contract's day."""

    def __init__(self, contract_id: int, day: SeasonDay, seed: int) -> None:
        self.contract_id = contract_id
        self.day = day
        self._random = Random(f"{seed} {day.date} director")
        self.usual_lots = max(day.listed_lots // DEALS_A_DAY, SMALLEST_USUAL_LOTS)
        self.spread_ticks = max(1, (day.high_ticks - day.low_ticks) // 16)
        self._visits = self._extreme_visits()
        self.blocks = self._cut_blocks()

    # ---- listed

    def guide(self, seen: Seen) -> Guidance:
        """What is due now."""
        view = seen.view
        done = view.lots[Method.LISTED]
        remaining = max(self.day.listed_lots - done, 0)
        due = min(int(self.day.listed_lots * day_curve(seen.listed_progress)) - done, remaining)
        lower, upper = self._range(view)
        return Guidance(
            contract_id=self.contract_id,
            target_ticks=self._target(view, remaining, lower, upper),
            spread_ticks=self.spread_ticks,
            lower_ticks=lower,
            upper_ticks=upper,
            band_lower_ticks=view.lower_ticks,
            band_upper_ticks=view.upper_ticks,
            due_lots=max(due, 0),
            remaining_lots=remaining,
            usual_lots=self.usual_lots,
            progress=seen.listed_progress,
        )

    def extreme_due(self, seen: Seen) -> int:
        """The day's high or low, when it is time to trade there once; else 0. Asked once a step."""
        lower, upper = self._range(seen.view)
        while self._visits and self._visits[0][0] <= seen.listed_progress:
            _, price = self._visits.pop(0)
            is_seen = seen.view.low_ticks and seen.view.low_ticks <= price <= seen.view.high_ticks
            if not is_seen and lower <= price <= upper:
                return price
        return 0

    def deal_lots(self, guidance: Guidance) -> int:
        """Size of the next trade: mostly small, some large, round as people choose them."""
        drawn = self.usual_lots * self._random.lognormvariate(-0.3, 0.8)
        unit: int = 10 ** max(0, len(str(int(drawn))) - 2)
        lots = max(1, round(drawn / unit) * unit)
        if guidance.due_lots > 8 * self.usual_lots:  # behind: fewer and larger
            lots = max(lots, guidance.due_lots // 4)
        return max(1, min(lots, guidance.remaining_lots, LISTED_LOTS_MAX))

    def _range(self, view: MarketView) -> tuple[int, int]:
        """The official day's range inside today's band; where they do not meet, the band's nearer end."""
        lower = min(max(self.day.low_ticks or self.day.close_ticks, view.lower_ticks), view.upper_ticks)
        upper = max(min(self.day.high_ticks or self.day.close_ticks, view.upper_ticks), view.lower_ticks)
        return min(lower, upper), max(lower, upper)

    def _target(self, view: MarketView, remaining: int, lower: int, upper: int) -> int:
        """The first trade at the official open; then the mean that still brings the official close."""
        if not view.trades[Method.LISTED]:
            return min(max(self.day.open_ticks, lower), upper)
        if not remaining:
            return min(max(self.day.close_ticks, lower), upper)
        wanted_fen = self.day.close_ticks * self.day.listed_lots - view.fen[Method.LISTED]
        step = self._random.gauss(0, self.spread_ticks)
        return min(max(round(wanted_fen / remaining + step), lower), upper)

    def _extreme_visits(self) -> list[tuple[float, int]]:
        """When to trade once at the official high and once at the low."""
        prices = {self.day.high_ticks, self.day.low_ticks} - {0, self.day.open_ticks}
        return sorted((self._random.uniform(0.1, 0.85), price) for price in sorted(prices))

    # ---- blocks

    def block_due(self, seen: Seen, in_flight_lots: int) -> BlockWish | None:
        """The next block to agree on, if its time has come; blocks under negotiation count as done."""
        done = seen.view.lots[Method.BLOCK] + in_flight_lots
        remaining = self.day.block_lots - done
        if not self.blocks or self.blocks[0][0] > seen.block_progress or remaining < BLOCK_LOTS_MIN:
            return None
        lots = min(self.blocks.pop(0)[1], remaining)
        if not self.blocks and remaining <= BLOCK_LOTS_MAX:
            lots = remaining  # the last one makes up for what failed before
        view = seen.view
        wanted_fen = (
            self.day.block_mean_ticks * (self.day.block_lots - in_flight_lots) - view.fen[Method.BLOCK]
        )
        mean = wanted_fen / remaining
        price = round(mean * self._random.uniform(0.99, 1.01))
        return BlockWish(
            self.contract_id, min(max(price, view.block_lower_ticks), view.block_upper_ticks), lots
        )

    def block_failed(self, wish: BlockWish, *, is_too_large: bool = False) -> None:
        """Two members did not agree: try again with others, in halves when nobody could deal in so much."""
        halves = [wish.quantity_lots]
        if is_too_large and wish.quantity_lots >= 2 * BLOCK_LOTS_MIN:
            halves = [wish.quantity_lots // 2, wish.quantity_lots - wish.quantity_lots // 2]
        self.blocks[:0] = [(0.0, lots) for lots in halves]

    def _cut_blocks(self) -> list[tuple[float, int]]:
        """The day's blocks as (part of the block hours, tonnes): hundreds of thousands and a rest."""
        left = self.day.block_lots
        if left < BLOCK_LOTS_MIN:
            return []
        mean = max(left // BLOCKS_MAX, BLOCK_LOTS_MIN)
        sizes: list[int] = []
        while left >= 2 * BLOCK_LOTS_MIN and len(sizes) < BLOCKS_MAX - 1:
            drawn = int(mean * self._random.lognormvariate(0.2, 0.7))
            lots = max(BLOCK_LOTS_MIN, drawn // BLOCK_LOTS_MIN * BLOCK_LOTS_MIN)
            lots = min(lots, left - BLOCK_LOTS_MIN, BLOCK_LOTS_MAX)
            sizes.append(lots)
            left -= lots
        while left > BLOCK_LOTS_MAX:
            sizes.append(BLOCK_LOTS_MAX - BLOCK_LOTS_MIN)
            left -= BLOCK_LOTS_MAX - BLOCK_LOTS_MIN
        sizes.append(left)
        times = sorted(self._random.uniform(0.03, BLOCKS_DONE_AT) for _ in sizes)
        return list(zip(times, sizes, strict=True))
