"""The same commands give the same bytes and the same state, however they are batched and buffered."""

import numpy as np
import pytest

from exchange import kernel
from exchange.vocabulary.enums import Method, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import EVENT
from tests.unit.kernel.day import ANN, BOB, Day, busy_day, replay, trading_day


@pytest.fixture(scope="module")
def closed_day() -> Day:
    """A busy day through its close and seal, so that every long command is in it."""
    day = busy_day()
    day.do(Kind.TICK)
    day.do(Kind.SET_PHASE, phase=Phase.ENDED, method=255)
    day.do(Kind.CLOSE_DAY)
    day.do(Kind.SEAL_DAY)
    return day


@pytest.mark.parametrize(("batch", "room"), [(1, 64), (3, 64), (1_000, 64), (1_000, 17), (7, 1_000)])
def test_batches_and_buffers_change_nothing(closed_day: Day, batch: int, room: int) -> None:
    wanted = replay(closed_day.commands, 1_000, 4_096)
    state, events, streams = replay(closed_day.commands, batch, room)
    assert (events, streams) == wanted[1:]
    assert kernel.digest_raw(state) == kernel.digest_raw(wanted[0])
    assert kernel.digest_canonical(state) == kernel.digest_canonical(wanted[0])
    kernel.check_state(state)


@pytest.fixture(scope="module")
def continuous_day() -> Day:
    """Limit orders that fill many at once, new, fill or kill and replaced; mass cancels of many."""
    day = trading_day(Method.CONTINUOUS)
    terms = {"side": 1, "quantity_lots": 10}
    for price in (5_010, 5_020, 5_010, 5_030, 5_010, 5_020):
        day.order(Kind.LIMIT_ORDER, ANN, price_ticks=price, **terms)
    day.order(Kind.LIMIT_ORDER, BOB, side=0, price_ticks=5_020, quantity_lots=55)
    for price in (5_040, 5_050, 5_040, 5_060, 5_050):
        day.order(Kind.LIMIT_ORDER, ANN, price_ticks=price, **terms)
    day.order(Kind.REPLACE, BOB, target_reference=1, price_ticks=5_050, quantity_lots=38)
    day.order(Kind.LIMIT_ORDER, ANN, price_ticks=5_060, **terms)
    day.order(Kind.LIMIT_ORDER, BOB, side=0, price_ticks=5_060, quantity_lots=21, time_in_force=2)
    for price in (4_990, 4_980, 4_990, 4_970, 4_960, 4_950, 4_940):
        day.order(Kind.LIMIT_ORDER, BOB, side=0, price_ticks=price, quantity_lots=10)
        day.order(Kind.LIMIT_ORDER, ANN, price_ticks=price + 200, **terms)
    day.do(Kind.MASS_CANCEL, BOB, account_id=BOB, side=255, method=255, price_low_ticks=4_950)
    day.do(Kind.MASS_CANCEL, side=255, method=255)
    return day


@pytest.mark.parametrize(("batch", "room"), [(1, 16), (1_000, 16), (1_000, 17), (7, 19)])
def test_matching_and_mass_cancels_are_cut_anywhere(continuous_day: Day, batch: int, room: int) -> None:
    wanted = replay(continuous_day.commands, 1_000, 4_096)
    told = np.frombuffer(wanted[1], EVENT)
    assert (told["kind"] == Kind.TRADE).sum() == 12
    assert (told["kind"] == Kind.MASS_CANCELLED).sum() == 2
    state, events, streams = replay(continuous_day.commands, batch, room)
    assert (events, streams) == wanted[1:]
    assert kernel.digest_raw(state) == kernel.digest_raw(wanted[0])
    kernel.check_state(state)


def test_another_command_gives_another_digest(closed_day: Day) -> None:
    state, _, _ = replay(closed_day.commands[:-1], 1_000, 4_096)
    assert kernel.digest_canonical(state) != kernel.digest_canonical(closed_day.state)
    assert kernel.digest_raw(state) != kernel.digest_raw(closed_day.state)
