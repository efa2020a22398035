"""What a scenario is: a season's official figures, day by day, and the recipe of its synthetic members."""

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from exchange.rulebook.errors import RulebookError

#: Columns of a season's table, in order; tools/derive_season.py writes them, the loader reads them.
DAY_COLUMNS: Final = (
    "date",
    "listed_lots",
    "block_lots",
    "previous_close_ticks",
    "open_ticks",
    "high_ticks",
    "low_ticks",
    "close_ticks",
    "block_mean_ticks",
)


class MemberKind(StrEnum):
    """How a simulated member behaves."""

    SHORT_EMITTER = "short_emitter"  # must buy before the deadline
    SURPLUS_HOLDER = "surplus_holder"  # has more than it must surrender, hoards or sells
    INTERMEDIARY = "intermediary"  # lists on both sides
    NOISE = "noise"  # small, either side


class SeasonDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Official figures of one trading day; high and low are 0 without a listed trade."""

    date: date
    listed_lots: int
    block_lots: int
    previous_close_ticks: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    block_mean_ticks: int


class KindRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Totals of one kind of member; they are shared out among its members by seeded weights."""

    kind: MemberKind
    name_zh: str
    name_en: str
    login_prefix: str
    member_share_ppm: int
    opening_allowances_lots: int
    obligation_lots: int
    opening_cash_fen: int


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the synthetic members of a scenario are made."""

    seed: int
    members_default: int
    kind: tuple[KindRecipe, ...]


class TroubleKind(StrEnum):
    """What can be planned to go wrong."""

    REFUSED_RESULT = "refused-result"  # Wuhan's first clearing is one fen wrong; corrected as run 2
    FREEZE = "freeze"  # a court has units or cash of a member frozen
    BUST = "bust"  # a trade is undone
    LINE_CUT = "line-cut"  # the line between the cities is cut


class Trouble(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One planned trouble of a scenario; synthetic, played only when it is asked for."""

    kind: TroubleKind
    day: int  # of the run, from 1
    after_trades: int = 1  # of that day
    member: int = 0  # FREEZE: whose, by its place in the recipe's list of participants, from 1
    amount: int = 0  # FREEZE: lots of the scenario's contract, or fen
    is_cash: bool = False  # FREEZE


class ScenarioFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A scenario as its TOML file states it; the days are in a table of their own beside it."""

    name: str
    title_zh: str
    title_en: str
    note: str
    profile: str
    contract: str
    days_file: str
    days_source: str
    first_date: date
    days_default: int
    obligation_year: int
    recipe: Recipe
    trouble: tuple[Trouble, ...] = ()


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A season ready to play, validated against the calendar, the rules and its own totals."""

    name: str
    title_zh: str
    title_en: str
    note: str
    profile: str
    contract: str
    days_source: str
    first_date: date
    days_default: int
    obligation_year: int
    deadline: date
    days: tuple[SeasonDay, ...]
    recipe: Recipe
    trouble: tuple[Trouble, ...] = ()

    def window(self, first: date, count: int) -> tuple[SeasonDay, ...]:
        """`count` consecutive days from `first` on; RulebookError when the scenario has fewer."""
        start = next((index for index, row in enumerate(self.days) if row.date == first), None)
        if start is None:
            raise RulebookError(
                f"scenario {self.name}: expected a first day among its trading days "
                f"{self.days[0].date}..{self.days[-1].date}, found {first}"
            )
        rows = self.days[start : start + count]
        if count < 1 or len(rows) < count:
            raise RulebookError(
                f"scenario {self.name}: expected 1 to {len(self.days) - start} days from {first} on, "
                f"found {count}"
            )
        return rows

    def day(self, on: date) -> SeasonDay:
        """The official figures of one day."""
        return self.window(on, 1)[0]
