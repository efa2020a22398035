"""Settlement-bank days: when cash can move between members' banks and the settlement account (flag U)."""

from datetime import date
from functools import cache

import msgspec

from exchange.rulebook.calendars.days import DayCalendar
from exchange.rulebook.calendars.holidays import DATA, statutory_working_days
from exchange.rulebook.files import load_toml


class BankAssumption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why these days were chosen, and single days taken out of them."""

    flag: str
    source: str
    reason: str
    closed: tuple[date, ...]


class BankCalendar:
    """Days on which a settlement bank books deposits and withdrawals; make-up weekends are working days."""

    def __init__(self, days: DayCalendar) -> None:
        self._days = days

    def is_bank_day(self, day: date) -> bool:
        """True when the settlement banks book on that date."""
        return self._days.is_open(day)

    def next_bank_day(self, day: date) -> date:
        """The first bank day strictly after `day`."""
        return self._days.next_open(day)

    def bank_days(self, first: date, last: date) -> tuple[date, ...]:
        """Every bank day from `first` to `last`, both included."""
        return self._days.open_days(first, last)


@cache
def bank_calendar() -> BankCalendar:
    """The settlement banks' calendar from the committed tables."""
    working = statutory_working_days()
    closed = set(load_toml(DATA / "bank.toml", BankAssumption).closed)
    days = (day for day in working.dates() if working.is_working_day(day) and day not in closed)
    return BankCalendar(DayCalendar("bank", working.first_date, working.last_date, days))
