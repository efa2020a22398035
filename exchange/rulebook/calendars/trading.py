"""The exchange's trading days: weekdays, holidays off, make-up weekends never, and its own exceptions."""

from datetime import date
from functools import cache

import msgspec

from exchange.rulebook.calendars.days import DayCalendar
from exchange.rulebook.calendars.holidays import DATA, statutory_working_days
from exchange.rulebook.errors import RulebookError
from exchange.rulebook.files import load_toml


class ClosedDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A weekday, legally worked, on which the exchange did not trade."""

    date: date
    reason: str
    source: str
    flag: str


class TradingExceptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the market began, and where it deviates from the general rule."""

    first_trading_day: date
    first_trading_day_source: str
    closed: tuple[ClosedDay, ...]


class TradingCalendar:
    """Trading days of the national market, 2021-2026. Source: S-34 (closed days), exceptions from S-DATA."""

    def __init__(self, days: DayCalendar) -> None:
        self._days = days
        self.first_date = days.first_date
        self.last_date = days.last_date

    def is_trading_day(self, day: date) -> bool:
        """True when the exchange trades on that date; CalendarError outside the calendar's years."""
        return self._days.is_open(day)

    def next_trading_day(self, day: date) -> date:
        """The first trading day strictly after `day`."""
        return self._days.next_open(day)

    def previous_trading_day(self, day: date) -> date:
        """The last trading day strictly before `day`."""
        return self._days.previous_open(day)

    def trading_days(self, first: date, last: date) -> tuple[date, ...]:
        """Every trading day from `first` to `last`, both included."""
        return self._days.open_days(first, last)

    def days_between(self, first: date, last: date) -> int:
        """How many trading days lie after `first` up to and including `last`; 0 when none, never negative."""
        days = self._days.open_days(first, last)
        return len(days) - (1 if days and days[0] == first else 0)


@cache
def trading_calendar() -> TradingCalendar:
    """The exchange's calendar from the committed tables."""
    working = statutory_working_days()
    exceptions = load_toml(DATA / "trading_exceptions.toml", TradingExceptions)
    closed = {row.date for row in exceptions.closed}
    needless = sorted(day for day in closed if not working.is_weekday_worked(day))
    if needless:
        raise RulebookError(
            f"trading_exceptions.toml: expected exceptions on worked weekdays, found {needless}"
        )
    days = (
        day
        for day in working.dates()
        if day >= exceptions.first_trading_day and working.is_weekday_worked(day) and day not in closed
    )
    return TradingCalendar(DayCalendar("trading", working.first_date, working.last_date, days))
