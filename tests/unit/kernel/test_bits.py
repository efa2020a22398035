"""The bitmap finds the same first level as a search through all of them, at every size of a side."""

import random

import numpy as np
import pytest
from numpy.typing import NDArray

from exchange.kernel.access import Core, Head, enter, head_of
from exchange.kernel.bits import clear_level, first_level, set_level
from exchange.kernel.compiled import cold, entry, signed
from exchange.kernel.state import SIDES, Capacity, new_state
from exchange.vocabulary.limits import MEMBER_FIRST
from exchange.vocabulary.records import COMMAND, EVENT, Records

CONTRACT = 1
MARK, CLEAR, FIND = 0, 1, 2


@cold
def run_bits(state: Core, contract_id: int, side: int, position: int, what: int) -> int:
    """One of the three, on the bitmap of a side."""
    if what == MARK:
        set_level(state, contract_id, side, position)
    elif what == CLEAR:
        clear_level(state, contract_id, side, position)
    else:
        return first_level(state, contract_id, side, position)
    return signed(0)


@entry
def use_bits(
    head: Head,
    commands: Records,
    events: Records,
    streams: NDArray[np.uint32],
    contract_id: int,
    side: int,
    position: int,
    what: int,
) -> int:
    """Called from Python: the helpers themselves have no wrapper."""
    return run_bits(enter(head, commands, events, streams), contract_id, side, position, what)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("levels", [1, 31, 32, 33, 1_000, 1_024, 1_025, 5_000])
def test_first_level_is_the_first_marked_one(levels: int, side: int) -> None:
    state = new_state(Capacity(1, levels, 2, 3, 2, MEMBER_FIRST + 1, 1))
    commands, events, streams = np.zeros(1, COMMAND), np.zeros(1, EVENT), np.zeros(1, np.uint32)
    words = len(state.words) // (3 * SIDES)  # of one side of one of three contracts
    own = slice((CONTRACT * SIDES + side) * words, (CONTRACT * SIDES + side + 1) * words)
    mine = np.zeros(len(state.words), bool)
    mine[own] = True
    state.words["bits"][~mine] = 0xFFFFFFFF  # neighbours that must not be read

    def use(what: int, position: int) -> int:
        return use_bits(
            head_of(state),
            commands,
            events,
            streams,
            signed(CONTRACT),
            signed(side),
            signed(position),
            signed(what),
        )

    rng = random.Random(levels)
    marked: set[int] = set()
    for _ in range(300):
        position = rng.randrange(levels)
        if position in marked:
            marked.remove(position)
            use(CLEAR, position)
        else:
            marked.add(position)
            use(MARK, position)
        if rng.random() < 0.3:
            for one in sorted(marked)[:-1]:
                use(CLEAR, one)
            marked = set(sorted(marked)[-1:])
        first = rng.randrange(levels + 1)
        expected = min((p for p in marked if p >= first), default=-1)
        assert use(FIND, first) == expected
    assert (state.words["bits"][~mine] == 0xFFFFFFFF).all()
