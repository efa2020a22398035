"""The same commands give the same bytes and the same state, however they are batched and buffered."""

import pytest

from exchange import kernel
from exchange.vocabulary.enums import Phase
from exchange.vocabulary.kinds import Kind
from tests.unit.kernel.day import Day, busy_day, replay


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


def test_another_command_gives_another_digest(closed_day: Day) -> None:
    state, _, _ = replay(closed_day.commands[:-1], 1_000, 4_096)
    assert kernel.digest_canonical(state) != kernel.digest_canonical(closed_day.state)
    assert kernel.digest_raw(state) != kernel.digest_raw(closed_day.state)
