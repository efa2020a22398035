"""Statutory holidays and make-up working days of mainland China, from our own dated table."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from exchange.rulebook.errors import RulebookError
from exchange.rulebook.files import load_toml

DATA = Path(__file__).parent / "data"
SATURDAY = 5


class HolidayRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One holiday as the notice words it: first and last day off, both included."""

    name_zh: str
    name_en: str
    first: date
    last: date


class HolidayYear(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One State Council notice."""

    year: int
    notice: str
    flag: str
    holidays: tuple[HolidayRange, ...]
    make_up_working_days: tuple[date, ...]


class HolidayTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file: the span the table answers for, and a notice per year."""

    first_date: date
    last_date: date
    year: tuple[HolidayYear, ...]


class WorkingDays(NamedTuple):
    """What the three calendars are built from."""

    first_date: date
    last_date: date
    holidays: frozenset[date]
    make_up_working_days: frozenset[date]

    def dates(self) -> Iterator[date]:
        """Every date of the table's span, in order."""
        return each_date(self.first_date, self.last_date)

    def is_weekday_worked(self, day: date) -> bool:
        """Monday to Friday and no statutory holiday; make-up weekends do not count here."""
        return day.weekday() < SATURDAY and day not in self.holidays

    def is_working_day(self, day: date) -> bool:
        """A legal working day: weekdays worked, and weekends worked in return for a holiday."""
        return self.is_weekday_worked(day) or day in self.make_up_working_days


def each_date(first: date, last: date) -> Iterator[date]:
    """Every date from `first` to `last`, both included."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


@cache
def statutory_working_days() -> WorkingDays:
    """The holiday table, checked: one notice for each year of its span, make-up days on weekends only."""
    table = load_toml(DATA / "statutory_holidays.toml", HolidayTable)
    expected = list(range(table.first_date.year, table.last_date.year + 1))
    found = [notice.year for notice in table.year]
    if found != expected:
        raise RulebookError(
            f"statutory_holidays.toml: expected one notice for each of {expected}, found {found}"
        )
    off: set[date] = set()
    make_up: set[date] = set()
    for notice in table.year:
        make_up.update(notice.make_up_working_days)
        for holiday in notice.holidays:
            if holiday.first > holiday.last:
                raise RulebookError(
                    f"statutory_holidays.toml: expected {holiday.name_en} of {notice.year} to start first, "
                    f"found {holiday.first}..{holiday.last}"
                )
            off.update(each_date(holiday.first, holiday.last))
    wrong = sorted(day for day in make_up if day.weekday() < SATURDAY or day in off)
    if wrong:
        raise RulebookError(
            f"statutory_holidays.toml: expected make-up days on worked weekends, found {wrong}"
        )
    return WorkingDays(table.first_date, table.last_date, frozenset(off), frozenset(make_up))
