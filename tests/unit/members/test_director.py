"""Each official day is met: tonnes, open, mean, range, blocks; however many steps it has."""

from random import Random

import pytest

from exchange.members.director import BLOCK_LOTS_MIN, Director, Seen, day_curve
from exchange.rulebook.scenarios import SeasonDay, load_scenario
from exchange.vocabulary.enums import Method
from tests.unit.members.play import CONTRACT, members_of, open_view, play_day, trade

SCENARIO = load_scenario("season-2021")
DAYS = SCENARIO.window(SCENARIO.first_date, SCENARIO.days_default)


@pytest.mark.parametrize("steps", [40, 280])
@pytest.mark.parametrize("day", DAYS, ids=lambda day: str(day.date))
def test_a_day_of_the_season_is_met(day: SeasonDay, steps: int) -> None:
    view = open_view(day)
    trades = play_day(Director(CONTRACT, day, 7), view, members_of(SCENARIO, 24), steps, Random(7))
    assert sum(lots for _, lots in trades) == day.listed_lots
    assert trades[0][0] == day.open_ticks
    assert all(day.low_ticks <= price <= day.high_ticks for price, _ in trades)
    mean = view.fen[Method.LISTED] / view.lots[Method.LISTED]
    assert abs(mean - day.close_ticks) <= 0.01 * day.close_ticks
    assert len(trades) <= 400


def test_tonnes_of_others_count() -> None:
    day = DAYS[0]
    view = open_view(day)
    trade(view, day.open_ticks, day.listed_lots // 2)
    trades = play_day(Director(CONTRACT, day, 7), view, members_of(SCENARIO, 24), 100, Random(7))
    assert sum(lots for _, lots in trades) == day.listed_lots - day.listed_lots // 2


def test_nothing_is_due_once_the_days_tonnes_have_traded() -> None:
    day = DAYS[0]
    view = open_view(day)
    trade(view, day.open_ticks, day.listed_lots + 500)
    guidance = Director(CONTRACT, day, 7).guide(Seen(view, 0.5, 0.0))
    assert (guidance.due_lots, guidance.remaining_lots) == (0, 0)


def test_prices_stay_inside_a_band_that_is_not_the_official_one() -> None:
    day = DAYS[10]  # official open and high near the upper limit
    view = open_view(day._replace() if hasattr(day, "_replace") else day)
    view.upper_ticks = day.open_ticks - 100
    director = Director(CONTRACT, day, 7)
    targets = [director.guide(Seen(view, n / 100, 0.0)).target_ticks for n in range(100)]
    assert max(targets) <= view.upper_ticks and min(targets) >= view.lower_ticks


def test_the_curve_rises_from_nothing_to_everything() -> None:
    curve = [day_curve(n / 100) for n in range(101)]
    assert curve[0] == 0 and curve[-1] == 1 and curve == sorted(curve) and day_curve(0.93) == 1


@pytest.mark.parametrize("day", [d for d in SCENARIO.days if d.block_lots], ids=lambda day: str(day.date))
def test_blocks_add_up_and_none_is_too_small(day: SeasonDay) -> None:
    director = Director(CONTRACT, day, 7)
    assert sum(lots for _, lots in director.blocks) == day.block_lots
    assert all(lots >= BLOCK_LOTS_MIN for _, lots in director.blocks)
    view = open_view(day)
    made = 0
    for step in range(101):
        while wish := director.block_due(Seen(view, 0.5, step / 100), 0):
            if made == 1:  # one fails and is made up for
                director.block_failed(wish, is_too_large=True)
                made += 1
                continue
            assert view.block_lower_ticks <= wish.price_ticks <= view.block_upper_ticks
            trade(view, wish.price_ticks, wish.quantity_lots, Method.BLOCK)
            made += 1
    assert view.lots[Method.BLOCK] == day.block_lots


def test_blocks_under_negotiation_are_not_wished_for_again() -> None:
    director = Director(CONTRACT, DAYS[0], 7)
    view = open_view(DAYS[0])
    assert director.block_due(Seen(view, 1.0, 1.0), DAYS[0].block_lots - BLOCK_LOTS_MIN + 1) is None


def test_the_same_seed_gives_the_same_day() -> None:
    runs = [
        play_day(Director(CONTRACT, DAYS[1], 7), open_view(DAYS[1]), members_of(SCENARIO, 24), 100, Random(3))
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
