"""Splitting published totals into whole trades: exact sums, sizes and price ranges for any figures."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.official.rows import OfficialRow
from benchmarks.official.split import CannotSplit, Trade, block_trades, listed_trades
from exchange.rulebook import band_limits

LISTED_MAX = 99_999
BLOCK_MIN = 100_000
prices = st.integers(4000, 6000)
listed_sizes = st.integers(1, 300_000)
block_sizes = st.integers(BLOCK_MIN, 3_000_000)


def row_of(trades: list[Trade]) -> OfficialRow:
    """The row a publisher would make of these listed trades."""
    ticks = [trade.price_ticks for trade in trades]
    fen = sum(trade.price_ticks * trade.lots for trade in trades)
    lots = sum(trade.lots for trade in trades)
    empty = OfficialRow._make([0] * len(OfficialRow._fields))
    return empty._replace(
        open_ticks=ticks[0], high_ticks=max(ticks), low_ticks=min(ticks), listed_lots=lots, listed_fen=fen
    )


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(st.tuples(prices, listed_sizes), min_size=1, max_size=6))
def test_any_real_listed_day_can_be_split(trades: list[tuple[int, int]]) -> None:
    row = row_of([Trade(*trade) for trade in trades])
    made = listed_trades(row, LISTED_MAX)
    assert sum(trade.lots for trade in made) == row.listed_lots
    assert sum(trade.lots * trade.price_ticks for trade in made) == row.listed_fen
    assert made[0].price_ticks == row.open_ticks
    ticks = [trade.price_ticks for trade in made]
    assert (min(ticks), max(ticks)) == (row.low_ticks, row.high_ticks)
    assert all(1 <= trade.lots <= LISTED_MAX for trade in made)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(st.tuples(prices, block_sizes), min_size=1, max_size=4))
def test_any_real_block_day_splits_exactly(trades: list[tuple[int, int]]) -> None:
    lots = sum(size for _, size in trades)
    fen = sum(price * size for price, size in trades)
    band = band_limits(5000, 300_000)
    made = block_trades(lots, fen, BLOCK_MIN, range(band.lower_ticks, band.upper_ticks + 1))
    assert sum(trade.lots for trade in made) == lots
    assert sum(trade.lots * trade.price_ticks for trade in made) == fen
    assert all(trade.lots >= BLOCK_MIN for trade in made)
    assert all(band.lower_ticks <= trade.price_ticks <= band.upper_ticks for trade in made)


@pytest.mark.parametrize(
    ("lots", "fen", "expected"),
    [
        (0, 0, []),
        (100_000, 500_000_000, [Trade(5000, 100_000)]),
        (250_000, 250_000 * 5000, [Trade(5000, 250_000)]),
        (2_500_000, 2_500_000 * 5000, [Trade(5000, 833_333), Trade(5000, 833_333), Trade(5000, 833_334)]),
        (200_000, 1_000_100_000, [Trade(5001, 100_000), Trade(5000, 100_000)]),
        (300_000, 1_500_000_000 + 100_002, [Trade(5001, 100_002), Trade(5000, 199_998)]),
        (300_000, 1_500_000_000 + 7, None),
    ],
)
def test_blocks_of_known_totals(lots: int, fen: int, expected: list[Trade] | None) -> None:
    made = block_trades(lots, fen, BLOCK_MIN, range(3500, 6501))
    if expected is None:
        assert len({trade.price_ticks for trade in made}) >= 2
        assert sum(trade.lots * trade.price_ticks for trade in made) == fen
    else:
        assert made == expected


@pytest.mark.parametrize(
    ("lots", "fen", "reason"),
    [
        (0, 5, "5 fen without tonnes"),
        (100_000, None, "without a block amount"),
        (99_999, 99_999 * 5000, "below the smallest block of 100000 t"),
        (199_999, 199_999 * 5000 + 1, "no blocks"),  # too small to be two blocks
        (100_000, 100_000 * 7000, "no blocks"),  # outside the band
    ],
)
def test_blocks_that_cannot_be(lots: int, fen: int | None, reason: str) -> None:
    with pytest.raises(CannotSplit, match=reason):
        block_trades(lots, fen, BLOCK_MIN, range(3500, 6501))
