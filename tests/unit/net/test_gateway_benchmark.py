"""The gateway's benchmark, run small: every figure is there, everything was answered, nothing was refused."""

import math

from benchmarks.gateway import measure

LOGINS = 104
KEYS = {
    "durability",
    "echo_commands_per_second",
    "saturated_commands_per_second",
    "sessions_64_commands_per_second",
    "round_trip_us",
    "round_trip_durable_us",
    "sessions_4000_orders_per_second",
    "fanout",
}


def test_the_benchmark_measures_what_it_says() -> None:
    result = measure(0.2, LOGINS)
    assert KEYS <= result.keys()
    assert result["durability"] == "sync"
    assert result["sessions_4000_logins"] == LOGINS - 101
    assert result["sessions_4000_accepted_share"] == 1
    assert result["saturated_accepted_share"] == 1
    assert result["sessions_64_accepted_share"] == 1
    assert result["fanout"]["readers"] == 100
    assert result["fanout"]["events_per_second"] >= result["fanout"]["orders_per_second"]
    for name in ("round_trip_us", "round_trip_durable_us"):
        assert 0 < result[name]["p50"] <= result[name]["p99"] < math.inf
