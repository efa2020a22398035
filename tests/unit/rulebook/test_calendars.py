"""The three calendars: trading days equal the official ones, deadlines stand, ends are errors."""

import csv
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from exchange.rulebook import CalendarError
from exchange.rulebook.calendars import bank_calendar, registry_calendar, trading_calendar
from exchange.rulebook.calendars.days import DayCalendar
from exchange.rulebook.calendars.holidays import statutory_working_days

DATA = Path(__file__).resolve().parents[2] / "data"
FIRST = date(2021, 1, 1)
END_2024 = date(2024, 12, 31)


def test_trading_days_equal_the_committed_official_ones() -> None:
    months = tomllib.loads((DATA / "trading_days_2021_2024.toml").read_text(encoding="utf-8"))
    official = [date(int(m[:4]), int(m[5:]), day) for m, days in months.items() for day in days]
    assert len(official) == 840
    assert list(trading_calendar().trading_days(FIRST, END_2024)) == official


def test_trading_days_equal_the_official_file(official_csv: Path) -> None:
    with official_csv.open(encoding="utf-8", newline="") as file:
        official = {date.fromisoformat(row["date"]) for row in csv.DictReader(file)}
    ours = set(trading_calendar().trading_days(FIRST, END_2024))
    assert (sorted(official - ours), sorted(ours - official)) == ([], [])


@pytest.mark.parametrize(
    ("year", "count"), [(2021, 114), (2022, 242), (2023, 242), (2024, 242), (2025, 243), (2026, 242)]
)
def test_trading_days_of_a_year(year: int, count: int) -> None:
    # 2021-2025 as published (rulebook §5.1); 2026 follows from the notice of 2025.
    assert len(trading_calendar().trading_days(date(year, 1, 1), date(year, 12, 31))) == count


def test_trading_days_of_2026_until_the_last_published_one() -> None:
    assert len(trading_calendar().trading_days(date(2026, 1, 1), date(2026, 8, 19))) == 152


@pytest.mark.parametrize(
    ("day", "trades", "reason"),
    [
        (date(2021, 7, 15), False, "the market opened a day later"),
        (date(2021, 7, 16), True, "first trading day"),
        (date(2021, 10, 9), False, "make-up Saturday"),
        (date(2024, 2, 9), False, "New Year's Eve: a legal working day, exchange closed"),
        (date(2024, 2, 18), False, "make-up Sunday"),
        (date(2024, 2, 19), True, "first day after Spring Festival"),
        (date(2023, 12, 31), False, "a Sunday, though a deadline"),
        (date(2026, 10, 8), True, "first day after National Day"),
    ],
)
def test_single_trading_days(day: date, trades: bool, reason: str) -> None:
    assert trading_calendar().is_trading_day(day) is trades, reason


def test_no_weekend_ever_trades() -> None:
    days = trading_calendar().trading_days(FIRST, date(2026, 12, 31))
    assert [day for day in days if day.weekday() >= 5] == []


def test_neighbours_and_distances_agree() -> None:
    calendar = trading_calendar()
    days = calendar.trading_days(FIRST, date(2026, 12, 31))
    for before, after in zip(days, days[1:], strict=False):
        assert calendar.next_trading_day(before) == after
        assert calendar.previous_trading_day(after) == before
        assert calendar.next_trading_day(after - timedelta(days=1)) == after
        assert calendar.days_between(before, after) == 1
    assert calendar.days_between(date(2021, 12, 16), date(2021, 12, 31)) == 11
    assert calendar.days_between(date(2024, 2, 8), date(2024, 2, 18)) == 0
    assert calendar.days_between(date(2024, 2, 18), date(2024, 2, 19)) == 1


def test_the_end_of_the_calendar_is_an_error_that_says_so() -> None:
    calendar = trading_calendar()
    with pytest.raises(CalendarError, match=r"trading calendar ends 2026-12-31: .*found 2027-01-04"):
        calendar.is_trading_day(date(2027, 1, 4))
    with pytest.raises(CalendarError, match=r"trading calendar ends 2026-12-31: no open day after"):
        calendar.next_trading_day(date(2026, 12, 31))
    with pytest.raises(CalendarError, match=r"trading calendar begins 2021-01-01: no open day before"):
        calendar.previous_trading_day(date(2021, 7, 16))
    with pytest.raises(CalendarError, match=r"begins 2021-01-01: expected a later date, found 2020-12-31"):
        calendar.trading_days(date(2020, 12, 31), END_2024)
    with pytest.raises(CalendarError, match="expected open days within"):
        DayCalendar("test", date(2021, 1, 1), date(2021, 1, 2), [date(2021, 1, 3)])


def test_deadlines_hold_on_days_without_trading() -> None:
    calendar = registry_calendar()
    deadline = calendar.surrender_deadline(2022)
    assert deadline == date(2023, 12, 31)
    assert calendar.is_registry_day(deadline)
    assert not trading_calendar().is_trading_day(deadline)
    assert calendar.deadline_instant(deadline).isoformat() == "2023-12-31T17:00:00+08:00"
    assert calendar.next_surrender_deadline(date(2022, 1, 1)) == deadline
    assert calendar.next_surrender_deadline(date(2027, 1, 1)) is None
    with pytest.raises(CalendarError, match="expected an obligation year of"):
        calendar.surrender_deadline(2031)


@pytest.mark.parametrize(
    ("deadline", "safe", "generous"),
    [
        (date(2021, 12, 31), date(2021, 12, 30), date(2021, 12, 30)),
        (date(2023, 12, 31), date(2023, 12, 28), date(2023, 12, 29)),  # a Sunday
        (date(2024, 12, 31), date(2024, 12, 30), date(2024, 12, 30)),
        (date(2023, 11, 15), date(2023, 11, 14), date(2023, 11, 14)),
    ],
)
def test_last_day_on_which_a_bought_tonne_still_helps(deadline: date, safe: date, generous: date) -> None:
    calendar = registry_calendar()
    assert calendar.last_purchase_day_for_surrender(deadline) == safe
    assert calendar.last_purchase_day_for_surrender(deadline, transfer_on_trading_days=False) == generous


def test_banks_work_on_make_up_weekends_and_the_exchange_does_not() -> None:
    bank = bank_calendar()
    for day in statutory_working_days().make_up_working_days:
        assert bank.is_bank_day(day)
        assert not trading_calendar().is_trading_day(day)
    assert bank.is_bank_day(date(2024, 2, 9))
    assert not bank.is_bank_day(date(2024, 2, 10))
    assert bank.next_bank_day(date(2024, 2, 9)) == date(2024, 2, 18)
    every_trading_day = trading_calendar().trading_days(FIRST, date(2026, 12, 31))
    assert set(every_trading_day) <= set(bank.bank_days(FIRST, date(2026, 12, 31)))
