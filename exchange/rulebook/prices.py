"""Reference-price arithmetic: band limits around a base, and the composite of several closes."""

from collections.abc import Mapping
from typing import NamedTuple

from exchange.rulebook.errors import RulebookError
from exchange.vocabulary.units import PPM, round_half_up


class Band(NamedTuple):
    """Lowest and highest price of the day, both allowed."""

    lower_ticks: int
    upper_ticks: int


def band_limits(base_ticks: int, band_ppm: int) -> Band:
    """Limits around a base, each rounded half up. Source: rulebook §1.3, limit rounding (55.52 -> 61.07)."""
    return Band(
        round_half_up(base_ticks * (PPM - band_ppm), PPM),
        round_half_up(base_ticks * (PPM + band_ppm), PPM),
    )


def composite_ticks(prices_ticks: Mapping[str, int], weights: Mapping[str, int]) -> int:
    """Weighted mean of the contracts' prices, half up. Source: rulebook §1.3, composite price."""
    missing = sorted(code for code in weights if code not in prices_ticks)
    if missing or not weights:
        raise RulebookError(
            f"composite: expected a price for each of {sorted(weights)}, found none for {missing}"
        )
    weighted = sum(prices_ticks[code] * weight for code, weight in weights.items())
    return round_half_up(weighted, sum(weights.values()))
