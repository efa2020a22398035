"""The kernel's control hash of trades is that of the vocabulary, over the whole range of its arguments."""

import random

import numpy as np
from numpy.typing import NDArray

from exchange.kernel.access import Core, Head, enter, head_of
from exchange.kernel.compiled import cold, entry
from exchange.kernel.control import trade_step
from exchange.kernel.state import new_state
from exchange.kernel.warm import SMALLEST
from exchange.vocabulary import control
from exchange.vocabulary.limits import AMOUNT_FEN_MAX
from exchange.vocabulary.records import COMMAND, EVENT, Records

U4_MAX = 2**32 - 1


@cold
def run_step(_state: Core, parts: tuple[int, int, int, int, int, int, int]) -> int:
    """One step."""
    return trade_step(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6])


@entry
def use_step(
    head: Head,
    commands: Records,
    events: Records,
    streams: NDArray[np.uint32],
    parts: tuple[int, int, int, int, int, int, int],
) -> int:
    """The same from Python."""
    return run_step(enter(head, commands, events, streams), parts)


def kernel_step(parts: tuple[int, ...]) -> int:
    """The kernel's next hash."""
    head = head_of(new_state(SMALLEST))
    buffers = np.zeros(0, COMMAND), np.zeros(0, EVENT), np.zeros(0, np.uint32)
    numbers = tuple(int(part) for part in parts)
    return int(use_step(head, *buffers, numbers))  # type: ignore[arg-type]


def test_the_hash_is_the_vocabularys() -> None:
    rng = random.Random(7)
    highest = (control.MODULUS - 1, U4_MAX, U4_MAX, U4_MAX, U4_MAX, AMOUNT_FEN_MAX, U4_MAX)
    rows = [highest, (0,) * 7, *(tuple(rng.choice((0, 1, top)) for top in highest) for _ in range(200))]
    rows += [tuple(rng.randint(0, top) for top in highest) for _ in range(2_000)]
    for row in rows:
        assert kernel_step(row) == control.trade_step(*row), row
