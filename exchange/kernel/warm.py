"""Compiling or loading everything before the first command, and refusing any second form of it afterwards."""

import gc

import numpy as np

from exchange.kernel.apply import apply_batch, enter_batch
from exchange.kernel.compiled import IS_COMPILED
from exchange.kernel.state import Capacity, new_state
from exchange.vocabulary.limits import EVENTS_PER_STEP_MAX, MEMBER_FIRST
from exchange.vocabulary.records import COMMAND, EVENT

SMALLEST = Capacity(
    orders=1, levels=1, accounts=2, contracts=2, logins=2, members=MEMBER_FIRST + 1, references=1
)


def warm_up() -> None:
    """Compile the kernel or load it from its cache; afterwards a wrong array layout raises TypeError."""
    room = 4 * EVENTS_PER_STEP_MAX
    events, streams = np.zeros(room, EVENT), np.zeros(room, np.uint32)
    was_collecting = gc.isenabled()
    gc.disable()  # numba's objects are many and in cycles: a tenth of a cold compile
    try:
        apply_batch(new_state(SMALLEST), np.zeros(0, COMMAND), events, streams)
    finally:
        if was_collecting:
            gc.enable()
    if IS_COMPILED:
        enter_batch.disable_compile()  # type: ignore[attr-defined]
