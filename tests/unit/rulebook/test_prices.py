"""Band limits and composite prices against published cases."""

import pytest

from exchange.rulebook import Band, RulebookError, band_limits, composite_ticks


@pytest.mark.parametrize(
    ("base_ticks", "band_ppm", "limits"),
    [
        (5552, 100_000, Band(4997, 6107)),  # 55.52 -> 61.07, published as a limit touch (rulebook §1.3)
        (4800, 100_000, Band(4320, 5280)),  # launch day: high 52.80
        (5123, 100_000, Band(4611, 5635)),
        (105, 100_000, Band(95, 116)),  # both halves round up
        (4800, 300_000, Band(3360, 6240)),
        (5, 300_000, Band(4, 7)),
    ],
)
def test_band_limits_round_half_up(base_ticks: int, band_ppm: int, limits: Band) -> None:
    assert band_limits(base_ticks, band_ppm) == limits


@pytest.mark.parametrize(
    ("closes", "composite"),
    [
        ({"CEA": 7446, "CEA21": 7306, "CEA22": 7306}, 7353),  # 2023-08-28
        ({"CEA": 10278, "CEA21": 10300, "CEA22": 10373, "CEA23": 10425}, 10344),  # 2024-10-28
        ({"CEA": 9724, "CEA21": 9680, "CEA22": 9800, "CEA23": 9792}, 9749),  # 2024-12-31
        ({"CEA": 9750, "CEA21": 9940, "CEA22": 9712, "CEA23": 9720}, 9781),  # 97.805; published 97.80
    ],
)
def test_composite_of_published_closes(closes: dict[str, int], composite: int) -> None:
    assert composite_ticks(closes, dict.fromkeys(closes, 1)) == composite


def test_composite_needs_every_weighted_price_and_ignores_the_rest() -> None:
    assert composite_ticks({"CEA24": 1, "CEA25": 7463}, {"CEA25": 1}) == 7463
    with pytest.raises(RulebookError, match=r"found none for \['CEA25'\]"):
        composite_ticks({"CEA24": 1}, {"CEA25": 1})
    with pytest.raises(RulebookError, match="expected a price"):
        composite_ticks({"CEA24": 1}, {})
