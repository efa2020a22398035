"""The benchmark of the day end settles what it measures: nothing is timed here."""

from benchmarks.day_end import measure


def test_two_days_on_one_store_are_confirmed_stated_and_proven() -> None:
    first, second = measure(trades=500, days=2, is_checked=True)
    assert (first["trades"], first["statements"], first["breaks"]) == (500, 4_000, 0)
    assert first["conserved"] and second["conserved"]
    assert 0 < second["entries"] < first["entries"]
    assert second["blocks"] > 28_000
