"""The bitmap finds the same first level as a search through all of them, at every size of a side."""

import random
from typing import Any, cast

import numba
import numpy as np
import pytest

from exchange.kernel.bits import clear_level, first_level, set_level
from exchange.kernel.compiled import signed
from exchange.kernel.state import WORD, WORD_BITS, Rows

njit = cast(Any, numba.njit)


@njit
def mark(words: Rows, start: int, leaf_words: int, position: int) -> None:
    """Called from Python: the helper itself has no wrapper."""
    set_level(words, start, leaf_words, position)


@njit
def unmark(words: Rows, start: int, leaf_words: int, position: int) -> None:
    """As above."""
    clear_level(words, start, leaf_words, position)


@njit
def find(words: Rows, start: int, leaf_words: int, side_words: int, position: int) -> int:
    """As above."""
    return first_level(words, start, leaf_words, side_words, position)


@pytest.mark.parametrize("levels", [1, 31, 32, 33, 1_000, 1_024, 1_025, 5_000])
def test_first_level_is_the_first_marked_one(levels: int) -> None:
    leaf_words = -(-levels // WORD_BITS)
    side_words = leaf_words + -(-leaf_words // WORD_BITS)
    start = 3
    words = np.zeros(start + side_words + 2, WORD)
    words["bits"][[0, 1, 2, -2, -1]] = 0xFFFFFFFF  # neighbours that must not be read
    rng = random.Random(levels)
    marked: set[int] = set()
    for _ in range(300):
        position = rng.randrange(levels)
        if position in marked:
            marked.remove(position)
            unmark(words, start, leaf_words, signed(position))
        else:
            marked.add(position)
            mark(words, start, leaf_words, signed(position))
        if rng.random() < 0.3:
            for one in sorted(marked)[:-1]:
                unmark(words, start, leaf_words, signed(one))
            marked = set(sorted(marked)[-1:])
        first = rng.randrange(levels + 1)
        expected = min((p for p in marked if p >= first), default=-1)
        assert find(words, start, leaf_words, side_words, signed(first)) == expected
