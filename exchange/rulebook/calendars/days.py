"""A finite calendar of open days: membership, neighbours and ranges, and a clear error past its ends."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date

from exchange.rulebook.errors import CalendarError


class DayCalendar:
    """The open days between two dates of one named calendar; every question outside those dates is an error.

    Complexity: each query O(log n) in the number of open days (about 240 a year).
    """

    def __init__(self, name: str, first_date: date, last_date: date, open_days: Iterable[date]) -> None:
        self.name = name
        self.first_date = first_date
        self.last_date = last_date
        self._days = tuple(sorted(set(open_days)))
        if self._days and not (first_date <= self._days[0] and self._days[-1] <= last_date):
            raise CalendarError(
                f"{name} calendar: expected open days within {first_date}..{last_date}, "
                f"found {self._days[0]}..{self._days[-1]}"
            )

    def is_open(self, day: date) -> bool:
        """True when the calendar is open on that date."""
        self._check_known(day)
        index = bisect_left(self._days, day)
        return index < len(self._days) and self._days[index] == day

    def next_open(self, day: date) -> date:
        """The first open day strictly after `day`."""
        self._check_known(day)
        index = bisect_right(self._days, day)
        if index == len(self._days):
            raise CalendarError(
                f"{self.name} calendar ends {self.last_date}: no open day after {day} is known; "
                "extend its holiday table with the next State Council notice"
            )
        return self._days[index]

    def previous_open(self, day: date) -> date:
        """The last open day strictly before `day`."""
        self._check_known(day)
        index = bisect_left(self._days, day)
        if index == 0:
            raise CalendarError(
                f"{self.name} calendar begins {self.first_date}: no open day before {day} is known"
            )
        return self._days[index - 1]

    def open_days(self, first: date, last: date) -> tuple[date, ...]:
        """All open days from `first` to `last`, both included; empty when `first` is after `last`."""
        self._check_known(first)
        self._check_known(last)
        return self._days[bisect_left(self._days, first) : bisect_right(self._days, last)]

    def _check_known(self, day: date) -> None:
        if day > self.last_date:
            raise CalendarError(
                f"{self.name} calendar ends {self.last_date}: expected a date up to then, found {day}; "
                "extend its holiday table with the next State Council notice"
            )
        if day < self.first_date:
            raise CalendarError(
                f"{self.name} calendar begins {self.first_date}: expected a later date, found {day}"
            )
