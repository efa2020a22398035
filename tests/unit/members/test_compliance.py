"""What a member decides to do at the registry for its obligation."""

from datetime import date

import pytest

from exchange.members.compliance import (
    Errand,
    ErrandKind,
    Standing,
    is_covering_day,
    to_move,
    to_surrender,
)

TODAY = date(2021, 12, 16)


@pytest.mark.parametrize(
    ("standing", "expected_lots"),
    [
        (Standing(2020, 100, 0, 500), 100),  # a surplus: only what is due
        (Standing(2020, 100, 0, 60), 60),  # short: everything it has
        (Standing(2020, 100, 30, 500), 70),  # some lies there already
        (Standing(2020, 100, 100, 500), 0),
        (Standing(2020, 0, 0, 500), 0),
        (Standing(2020, 100, 0, 0), 0),
    ],
)
def test_what_is_moved(standing: Standing, expected_lots: int) -> None:
    expected = Errand(ErrandKind.TO_REGISTRY, 2020, expected_lots, "cover/2020/2021-12-16")
    assert to_move(standing, TODAY) == (expected if expected_lots else None)


@pytest.mark.parametrize(
    ("standing", "expected_lots"),
    [
        (Standing(2020, 100, 100, 0), 100),
        (Standing(2020, 100, 30, 0), 30),
        (Standing(2020, 20, 30, 0), 20),
        (Standing(2020, 0, 30, 0), 0),
        (Standing(2020, 100, 0, 900), 0),
    ],
)
def test_what_is_handed_in(standing: Standing, expected_lots: int) -> None:
    expected = Errand(ErrandKind.SURRENDER, 2020, expected_lots, "surrender/2020/2021-12-16")
    assert to_surrender(standing, TODAY) == (expected if expected_lots else None)


def test_every_third_day_and_in_the_rush_every_day() -> None:
    for entity_id in range(1, 30):
        days = [index for index in range(12) if is_covering_day(entity_id, index, 15)]
        assert len(days) == 4 and {b - a for a, b in zip(days, days[1:], strict=False)} == {3}
        assert all(is_covering_day(entity_id, index, 2) for index in range(12))
