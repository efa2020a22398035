"""The market's clock as members see it, and the share of trading hours passed."""

from datetime import date

import pytest

from exchange.members.floor import hours_on
from exchange.members.pace import Hours, MarketClock
from exchange.vocabulary.enums import Method
from exchange.vocabulary.units import NS_PER_SECOND


def ns(seconds: float) -> int:
    return int(seconds * NS_PER_SECOND)


def test_time_between_events_goes_on_at_the_measured_pace() -> None:
    clock = MarketClock()
    clock.observe(ns(1000), 10.0)
    clock.observe(ns(1400), 10.1)
    assert clock.rate == pytest.approx(4000)
    assert clock.now_ns(10.2) == pytest.approx(ns(1800), rel=1e-6)


def test_time_never_passes_the_next_change_of_phase() -> None:
    clock = MarketClock()
    clock.observe(ns(1000), 10.0)
    clock.observe(ns(1400), 10.1)
    assert clock.now_ns(60.0, latest_ns=ns(2000)) == ns(2000)


def test_a_burst_of_old_events_does_not_look_like_a_leap() -> None:
    clock = MarketClock()
    for second in range(100):
        clock.observe(ns(1000 + 60 * second), 10.0 + second / 10_000)
    assert clock.rate == 1.0


def test_a_new_pace_is_found_after_a_change_of_phase() -> None:
    clock = MarketClock()
    clock.observe(ns(1000), 10.0)
    clock.observe(ns(1400), 10.1)
    clock.restart()
    clock.observe(ns(1500), 10.2)
    clock.observe(ns(1600), 10.3)
    clock.restart()
    assert clock.rate == pytest.approx(1000)


def test_before_any_event_there_is_no_time() -> None:
    assert MarketClock().now_ns(5.0) == 0


def test_hours_of_the_rulebook_become_progress() -> None:
    listed = hours_on("national", date(2021, 12, 16), Method.LISTED)
    block = hours_on("national", date(2021, 12, 16), Method.BLOCK)
    assert listed == Hours(((34_200, 41_400), (46_800, 54_000))) and block == Hours(((46_800, 54_000),))
    at = [listed.progress(s) for s in (0, 34_200, 37_800, 41_400, 45_000, 46_800, 54_000, 80_000)]
    assert at == [0, 0, 0.25, 0.5, 0.5, 0.5, 1, 1]
    assert block.progress(46_000) == 0 and Hours(()).progress(5) == 1
