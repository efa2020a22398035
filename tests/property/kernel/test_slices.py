"""Event bytes depend on the commands alone: not on batches, not on the buffer, not on the run."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import kernel
from exchange.vocabulary.limits import EVENTS_PER_STEP_MAX
from exchange.vocabulary.records import COMMAND, EVENT
from tests.property.kernel.trading import ACTIONS, Action, Player
from tests.tables.market import CAPACITY

EXAMPLES = 60
BUFFER_MIN = 4 * EVENTS_PER_STEP_MAX


def day_of(actions: list[Action]) -> list[bytes]:
    """The commands of a whole day, made on the reference."""
    player = Player("reference")
    for action in actions:
        player.play(action)
    player.end()
    return player.market.records


def run(records: list[bytes], batches: list[int], buffer_size: int) -> tuple[bytes, list[int], bytes, bytes]:
    """Events, streams and both digests of commands given in batches of these sizes, again and again."""
    state = kernel.new_state(kernel.Capacity(*CAPACITY))
    commands = np.frombuffer(b"".join(records), COMMAND).copy()
    events, streams = np.zeros(buffer_size, EVENT), np.zeros(buffer_size, np.uint32)
    position, turn, data, routes = 0, 0, [], []
    while position < len(commands):
        batch = commands[position : position + batches[turn % len(batches)]]
        done, count, more = kernel.apply_batch(state, batch, events, streams)
        assert done or count, "expected progress"
        assert bool(more) == (done < len(batch))
        data.append(events[:count].tobytes())
        routes += streams[:count].tolist()
        position, turn = position + done, turn + 1
    kernel.check_state(state)
    return b"".join(data), routes, kernel.digest_canonical(state), kernel.digest_raw(state)


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(ACTIONS, st.lists(st.integers(1, 40), min_size=1, max_size=5), st.integers(BUFFER_MIN, 300))
def test_batches_and_buffers_do_not_show(actions: list[Action], batches: list[int], buffer_size: int) -> None:
    """Any split into batches and any buffer give the bytes and the state of one large batch."""
    records = day_of(actions)
    assert run(records, batches, buffer_size) == run(records, [len(records)], 16_384)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(ACTIONS)
def test_a_replay_gives_the_same_bytes(actions: list[Action]) -> None:
    """The same commands on a fresh state give the same events and the same raw state, byte for byte."""
    records = day_of(actions)
    assert run(records, [7], 1_000) == run(records, [7], 1_000)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(ACTIONS)
def test_another_command_gives_another_digest(actions: list[Action]) -> None:
    """The digests see the difference that one more command makes."""
    records = day_of(actions)
    whole, shorter = run(records, [64], 1_000), run(records[:-1], [64], 1_000)
    assert whole[2] != shorter[2]
    assert whole[3] != shorter[3]
