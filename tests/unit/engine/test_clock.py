"""Market time: a compressed day keeps its stretches, stands still until started, and resumes where it was."""

from datetime import date

import pytest

from exchange.engine.clock import DAY_BEGINS_SECONDS, CompressedClock, ManualClock, SystemClock
from exchange.vocabulary.units import NS_PER_SECOND, market_time_ns

DAY = date(2021, 12, 16)


def at(hours: int, minutes: int = 0) -> int:
    return market_time_ns(DAY, hours * 3600 + minutes * 60)


class RealTime:
    """Monotonic time set by the test."""

    def __init__(self) -> None:
        self.now_ns = 1_000

    def __call__(self) -> int:
        return self.now_ns


def compressed(day_seconds: float = 20.0) -> tuple[CompressedClock, RealTime]:
    real = RealTime()
    clock = CompressedClock(day_seconds, real)
    clock.open_day(DAY)
    return clock, real


def test_a_compressed_day_stands_at_a_quarter_past_nine_until_it_is_started() -> None:
    clock, real = compressed()
    real.now_ns += 3600 * NS_PER_SECOND
    assert clock.now_ns() == at(9, 15) == market_time_ns(DAY, DAY_BEGINS_SECONDS)
    clock.start()
    assert clock.now_ns() == at(9, 15)
    real.now_ns += NS_PER_SECOND // 2
    assert at(9, 15) < clock.now_ns() < at(9, 30)


@pytest.mark.parametrize(
    ("share", "hours", "minutes"),
    [(0, 9, 15), (5, 9, 30), (50, 11, 30), (54, 13, 0), (96, 15, 0), (100, 15, 10)],
)
def test_each_stretch_of_the_day_gets_its_share_of_real_time(share: int, hours: int, minutes: int) -> None:
    clock, real = compressed(day_seconds=20)
    clock.start()
    real.now_ns += 20 * NS_PER_SECOND * share // 100
    assert clock.now_ns() == at(hours, minutes)


def test_inside_a_stretch_time_passes_evenly() -> None:
    clock, real = compressed(day_seconds=20)
    clock.start()
    real.now_ns += 20 * NS_PER_SECOND * (5 + 45 // 3) // 100
    assert clock.now_ns() == at(10, 10)


def test_after_ten_past_three_time_passes_as_it_really_does() -> None:
    clock, real = compressed(day_seconds=20)
    clock.start()
    real.now_ns += 27 * NS_PER_SECOND
    assert clock.now_ns() == at(15, 10) + 7 * NS_PER_SECOND


def test_time_never_goes_back() -> None:
    clock, real = compressed(day_seconds=0.001)
    clock.start()
    previous = clock.now_ns()
    for _ in range(3000):
        real.now_ns += 501
        assert clock.now_ns() >= previous
        previous = clock.now_ns()
    assert previous > at(15, 10)


@pytest.mark.parametrize("minute", [0, 7, 15, 100, 135, 180, 225, 300, 345, 355, 400])
def test_a_recovered_day_continues_from_the_last_journaled_time(minute: int) -> None:
    clock, real = compressed()
    journaled = at(9, 15) + minute * 60 * NS_PER_SECOND + 17
    clock.resume(journaled)
    real.now_ns += 99 * NS_PER_SECOND
    assert clock.now_ns() == journaled
    clock.start()
    assert journaled <= clock.now_ns() <= journaled + 2 * NS_PER_SECOND  # one real ns is up to 1 µs of a day
    before = clock.now_ns()
    real.now_ns += NS_PER_SECOND // 10
    assert clock.now_ns() > before


def test_starting_twice_changes_nothing() -> None:
    clock, real = compressed()
    clock.start()
    real.now_ns += NS_PER_SECOND
    before = clock.now_ns()
    clock.start()
    assert clock.now_ns() == before


def test_the_next_day_stands_still_again() -> None:
    clock, real = compressed()
    clock.start()
    real.now_ns += 30 * NS_PER_SECOND
    clock.open_day(date(2021, 12, 17))
    real.now_ns += NS_PER_SECOND
    assert clock.now_ns() == market_time_ns(date(2021, 12, 17), DAY_BEGINS_SECONDS)


def test_a_day_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a day of at least 100 ns"):
        CompressedClock(0.0)


def test_a_manual_clock_moves_by_hand_and_opens_its_days() -> None:
    clock = ManualClock()
    clock.open_day(DAY)
    assert clock.now_ns() == at(9, 15)
    clock.advance(5)
    clock.start()
    clock.resume(at(9, 15))
    assert clock.now_ns() == at(9, 15) + 5
    clock.set(3)
    assert clock.now_ns() == 3


def test_the_system_clock_ignores_the_market_day() -> None:
    clock = SystemClock()
    clock.open_day(DAY)
    clock.resume(at(9, 15))
    clock.start()
    assert clock.now_ns() > at(9, 15)
