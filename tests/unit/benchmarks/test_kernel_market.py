"""The benchmark's market holds the flow: band, levels and rings are just large enough."""

import pytest

from benchmarks.kernel_market import BASE_TICKS, PPM, Terms, band_ppm, capacity_of
from exchange.vocabulary.enums import Method

TERMS = Terms(
    method=Method.LISTED, contracts=1, orders=100, references=5, trades=10, price_min=4_900, price_max=5_100
)


@pytest.mark.parametrize(
    ("price_min", "price_max", "ppm", "levels"),
    [
        (4_900, 5_100, 100_000, 1_024),
        (4_500, 5_500, 100_000, 1_024),
        (4_500, 5_501, 110_000, 2_048),
        (2_000, 5_000, 600_000, 8_192),
        (100, 9_901, 990_000, 16_384),
        (100, 30_000, 0, 65_536),
    ],
)
def test_the_band_holds_every_price(price_min: int, price_max: int, ppm: int, levels: int) -> None:
    terms = TERMS._replace(price_min=price_min, price_max=price_max)
    assert band_ppm(terms) == ppm
    assert capacity_of(terms).levels == levels
    if ppm:
        assert BASE_TICKS * (PPM - ppm) // PPM <= price_min <= price_max <= BASE_TICKS * (PPM + ppm) // PPM


def test_rings_are_powers_of_two_and_orders_have_a_little_room() -> None:
    assert [capacity_of(TERMS._replace(references=n)).references for n in (1, 2, 5, 8, 9)] == [1, 2, 8, 8, 16]
    assert capacity_of(TERMS).orders >= 100
