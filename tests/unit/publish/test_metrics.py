"""Metrics: percentiles are never below the truth and at most one step above it; windows forget."""

import random

import pytest

from exchange.publish.metrics import STEPS, WINDOW_SECONDS, Histogram, Metrics, Status
from exchange.vocabulary.units import NS_PER_SECOND


@pytest.mark.parametrize("seed", range(5))
def test_a_percentile_is_at_most_one_step_above_the_truth(seed: int) -> None:
    rng = random.Random(seed)
    values = sorted(int(2 ** rng.uniform(0, 40)) for _ in range(2_000))
    histogram = Histogram()
    for value in values:
        histogram.record(value)
    for permille in (1, 250, 500, 990, 999, 1000):
        truth = values[-(-len(values) * permille // 1000) - 1]
        assert truth <= histogram.percentile(permille) <= truth + truth // STEPS


@pytest.mark.parametrize("value", [0, 1, 63, 64, 65, 127, 128, 2**40, 2**62, 2**63 - 1])
def test_every_size_has_a_bucket(value: int) -> None:
    histogram = Histogram()
    histogram.record(value)
    assert value <= histogram.percentile(1000) <= value + value // STEPS


def test_negative_counts_as_zero_and_nothing_is_zero() -> None:
    histogram = Histogram()
    assert histogram.percentile(500) == 0
    histogram.record(-5, 3)
    assert (histogram.count, histogram.percentile(500)) == (3, 0)
    with pytest.raises(ValueError, match="expected 1 to 1000 permille, found 0"):
        histogram.percentile(0)


def test_status_gives_the_last_full_second_and_the_window() -> None:
    metrics = Metrics()
    for second in range(4):
        metrics.count_commands(100 + second, second * NS_PER_SECOND + 5)
        metrics.record_latency(1_000_000 * (second + 1), second * NS_PER_SECOND + 5, count=10)
    status = metrics.status(3 * NS_PER_SECOND + 9)
    assert status.commands_per_second == 102
    assert 2_000 <= status.latency_p50_us <= 2_000 * 33 // 32
    assert 4_000 <= status.latency_p999_us <= 4_000 * 33 // 32
    assert metrics.commands_total == 406


def test_what_is_older_than_the_window_is_forgotten() -> None:
    metrics = Metrics()
    metrics.record_latency(9_000_000, 0)
    assert metrics.status((WINDOW_SECONDS + 1) * NS_PER_SECOND) == Status(0, 0, 0, 0)
