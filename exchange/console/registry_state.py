"""What Wuhan says over HTTP, and the settlement day as Shanghai's public stream tells it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from msgspec import Struct

from exchange.client.events import SettlementStage as StageEvent
from exchange.console.view import Balance, BalanceView, BreakView, StepState, StepView, Tone
from exchange.vocabulary.enums import SettlementStage
from exchange.vocabulary.units import trading_day_date

BREAKS_SHOWN_MAX: Final = 20
STEPS: Final = (
    SettlementStage.OPENING_SENT,
    SettlementStage.OPEN,
    SettlementStage.SEALED,
    SettlementStage.CLEARED,
    SettlementStage.CONFIRMED,
    SettlementStage.DELIVERED,
    SettlementStage.STATED,
)


class RegistryStatus(Struct, frozen=True):
    """Wuhan's /status; keys that the console does not show are left out."""

    day: date | None
    stage: str
    line: str
    queue: int
    breaks: int
    days_stated: int
    is_held: bool


class Happening(Struct, frozen=True):
    """What a day had besides trades, in words: a line cut, a run refused, a freeze, a trade undone."""

    what: str
    zh: str
    en: str


class RegistryDay(Struct, frozen=True):
    """One row of Wuhan's /days, and a file of DATA/wuhan/days."""

    date: date
    stage: str
    settled_trades: int
    tonnes: int
    amount_fen: int
    breaks: tuple[BreakView, ...]
    units_conserved: bool
    cash_conserved: bool
    happenings: tuple[Happening, ...] = ()

    @property
    def is_balanced(self) -> bool:
        """Stated, without a break, and nothing came into being or was lost."""
        is_stated = self.stage == SettlementStage.STATED.name
        return is_stated and not self.breaks and self.units_conserved and self.cash_conserved


@dataclass
class RegistryState:
    """Mutable; what was said last stays until something newer is said."""

    stage: SettlementStage = SettlementStage.WAITING
    stage_day: date | None = None
    break_count: int = 0
    reached_ns: dict[SettlementStage, int] = field(default_factory=dict)
    status: RegistryStatus | None = None
    days: dict[date, RegistryDay] = field(default_factory=dict)
    breaks: tuple[BreakView, ...] = ()

    def new_day(self) -> None:
        """The stream of another day begins."""
        self.stage, self.stage_day, self.break_count = SettlementStage.WAITING, None, 0
        self.reached_ns = {}

    def take(self, event: StageEvent) -> None:
        """A stage on the public stream."""
        self.stage = SettlementStage(event.stage)
        self.stage_day = trading_day_date(event.trading_day)
        self.break_count = event.break_count
        self.reached_ns[self.stage] = event.time_ns

    def answered(
        self, status: RegistryStatus, days: Sequence[RegistryDay], breaks: Sequence[BreakView]
    ) -> None:
        """Wuhan answered all three questions."""
        self.status, self.breaks = status, tuple(breaks)
        self.days = {row.date: row for row in days}

    def steps(self) -> tuple[StepView, ...]:
        """The step line of the day shown."""
        place = _place(self.stage)
        rows = []
        for index, stage in enumerate(STEPS):
            is_refused = stage is SettlementStage.CONFIRMED and self.stage is SettlementStage.REFUSED
            state = (
                StepState.REFUSED if is_refused
                else StepState.DONE if index <= place
                else StepState.CURRENT if index == place + 1
                else StepState.AHEAD
            )  # fmt: skip
            at = SettlementStage.REFUSED if is_refused else stage
            rows.append(StepView(stage, state, self.reached_ns.get(at, 0)))
        return tuple(rows)

    def balance(self, day: date | None, is_stale: bool) -> BalanceView:
        """Green only when Wuhan says so now, of the very day shown."""
        before = max((row.date for row in self.days.values() if day is None or row.date < day), default=None)
        word = self._word(day, is_stale)
        count = max(len(self.breaks), self.break_count, self.status.breaks if self.status else 0)
        return BalanceView(
            word, _TONES[word], count, self.breaks[:BREAKS_SHOWN_MAX], before,
            before is not None and self.days[before].is_balanced,
        )  # fmt: skip

    def _word(self, day: date | None, is_stale: bool) -> Balance:
        if self.stage is SettlementStage.REFUSED or (self.status is not None and self.status.is_held):
            return Balance.REFUSED
        if self.break_count or self.breaks:
            return Balance.BREAKS
        if self.status is None:
            return Balance.UNKNOWN
        today = self.days.get(day) if day else None
        if today is None or today.stage != SettlementStage.STATED.name:
            return Balance.STALE if is_stale else Balance.PENDING
        if today.breaks:
            return Balance.BREAKS
        if not today.is_balanced:
            return Balance.NOT_CONSERVED
        return Balance.STALE if is_stale else Balance.BALANCED


def _place(stage: SettlementStage) -> int:
    """Index of the last step done."""
    if stage is SettlementStage.REFUSED:
        return STEPS.index(SettlementStage.CLEARED)
    return STEPS.index(stage) if stage in STEPS else -1


_TONES: Final = {
    Balance.UNKNOWN: Tone.IDLE,
    Balance.STALE: Tone.CARE,
    Balance.PENDING: Tone.IDLE,
    Balance.BREAKS: Tone.BAD,
    Balance.NOT_CONSERVED: Tone.BAD,
    Balance.REFUSED: Tone.BAD,
    Balance.BALANCED: Tone.GOOD,
}
