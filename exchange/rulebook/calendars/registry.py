"""The registry and compliance calendar: registry days, deadlines, and the last day on which buying helps."""

from datetime import date, datetime, time
from functools import cache

import msgspec

from exchange.rulebook.calendars.days import DayCalendar
from exchange.rulebook.calendars.holidays import DATA, statutory_working_days
from exchange.rulebook.calendars.trading import TradingCalendar, trading_calendar
from exchange.rulebook.checks import check_source
from exchange.rulebook.errors import CalendarError, RulebookError
from exchange.rulebook.files import load_toml
from exchange.vocabulary.units import SHANGHAI

SURRENDER = "surrender"


class Deadline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One compliance date: it holds at the calendar's deadline time, trading day or not."""

    kind: str
    date: date
    source: str
    flag: str


class Obligation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The deadlines of one obligation, which covers one or more years of emissions."""

    years: tuple[int, ...]
    deadlines: tuple[Deadline, ...]


class ComplianceTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file: one clock, and the obligations in order."""

    time_zone: str
    deadline_time: time
    deadline_time_note: str
    working_days_flag: str
    working_days_source: str
    obligation: tuple[Obligation, ...]


class RegistryCalendar:
    """Wuhan's calendar. Deadlines fall at 17:00 Asia/Shanghai on their date, trading day or not."""

    def __init__(self, days: DayCalendar, table: ComplianceTable, trading: TradingCalendar) -> None:
        self._days = days
        self._table = table
        self._trading = trading
        self.obligations = table.obligation

    def is_registry_day(self, day: date) -> bool:
        """True when the registry takes applications on that date: working days and every deadline day."""
        return self._days.is_open(day)

    def deadlines(self, obligation_year: int) -> tuple[Deadline, ...]:
        """The deadlines of the obligation that covers emissions of `obligation_year`."""
        for obligation in self.obligations:
            if obligation_year in obligation.years:
                return obligation.deadlines
        known = [year for obligation in self.obligations for year in obligation.years]
        raise CalendarError(
            f"compliance calendar: expected an obligation year of {known}, found {obligation_year}"
        )

    def surrender_deadline(self, obligation_year: int) -> date:
        """The date by which everybody has surrendered for emissions of `obligation_year`."""
        for deadline in self.deadlines(obligation_year):
            if deadline.kind == SURRENDER:
                return deadline.date
        raise RulebookError(
            f"compliance.toml: expected a surrender deadline for {obligation_year}, found none"
        )

    def next_surrender_deadline(self, day: date) -> date | None:
        """The first final surrender deadline on or after `day`, None past the last known one."""
        dates = [
            row.date
            for obligation in self.obligations
            for row in obligation.deadlines
            if row.kind == SURRENDER
        ]
        return min((found for found in dates if found >= day), default=None)

    def deadline_instant(self, deadline: date) -> datetime:
        """The instant of a deadline, with its time zone."""
        return datetime.combine(deadline, self._table.deadline_time, tzinfo=SHANGHAI)

    def last_purchase_day_for_surrender(
        self, deadline: date, *, transfer_on_trading_days: bool = True
    ) -> date:
        """The last trading day on which a bought tonne can still be surrendered by `deadline`.

        A tonne bought on day T is delivered after T's close, so it is free from the next day on. It
        must then move from its trading bucket to its registry bucket before 17:00 of the deadline.
        Transfer hours are unknown (rulebook §8.7); the default is the safe reading: the move needs a
        later trading day, at most the deadline. With `transfer_on_trading_days=False` any registry day
        after T does, the deadline included: a tonne bought on Friday 2023-12-29 then still serves the
        deadline of Sunday 2023-12-31.
        The rule `surrender.transfer_on_trading_days` of a profile says which reading it takes.
        """
        if transfer_on_trading_days:
            on_or_before = self._on_or_before(deadline)
            return self._trading.previous_trading_day(on_or_before)
        transfer_day = deadline if self._days.is_open(deadline) else self._days.previous_open(deadline)
        return self._trading.previous_trading_day(transfer_day)

    def _on_or_before(self, day: date) -> date:
        return day if self._trading.is_trading_day(day) else self._trading.previous_trading_day(day)


@cache
def registry_calendar() -> RegistryCalendar:
    """The registry's calendar from the committed tables."""
    working = statutory_working_days()
    table = load_toml(DATA / "compliance.toml", ComplianceTable)
    for obligation in table.obligation:
        for row in obligation.deadlines:
            check_source(row.source.split()[0], f"compliance.toml: {row.kind} of {row.date}")
    if table.time_zone != str(SHANGHAI):
        raise RulebookError(f"compliance.toml: expected time_zone {SHANGHAI}, found {table.time_zone}")
    deadlines = {row.date for obligation in table.obligation for row in obligation.deadlines}
    days = (day for day in working.dates() if working.is_working_day(day) or day in deadlines)
    registry = DayCalendar("registry", working.first_date, working.last_date, days)
    return RegistryCalendar(registry, table, trading_calendar())
