"""Bitmaps of non-empty levels: find the best one in a few word scans."""

from collections.abc import Callable
from typing import Any, Final, cast

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from exchange.kernel.access import Core, levels_in, side_words_in, word_at
from exchange.kernel.compiled import IS_COMPILED, cold, hot, signed
from exchange.kernel.state import WORD_BITS, WORD_SHIFT

MASK: Final = signed(WORD_BITS - 1)
SHIFT: Final = signed(WORD_SHIFT)
ONE: Final = signed(1)


def _count_trailing_zeros(value: int) -> int:
    return (value & -value).bit_length() - 1


def _emit_trailing_zeros(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    return builder.cttz(arguments[0], cgutils.false_bit)


def _compiled_trailing_zeros() -> Callable[[int], int]:
    @intrinsic
    def lowest_bit(_typing_context: Any, value: Any) -> Any:
        """Index of the lowest bit set in a positive integer: one machine instruction."""
        return types.int64(types.int64), _emit_trailing_zeros

    return cast(Callable[[int], int], lowest_bit)


lowest_bit: Final[Callable[[int], int]] = _compiled_trailing_zeros() if IS_COMPILED else _count_trailing_zeros


@hot
def leaf_words_in(state: Core) -> int:
    """Words of a side's bitmap that stand for levels; the summary follows them."""
    return (levels_in(state) + MASK) >> SHIFT


@hot
def set_level(state: Core, contract_id: int, side: int, position: int) -> None:
    """Mark a level as non-empty; the summary changes only with a leaf's first level."""
    leaf = position >> SHIFT
    word = word_at(state, contract_id, side, leaf)
    bits = signed(word["bits"])
    word["bits"] = bits | (ONE << (position & MASK))
    if bits == 0:
        summary = word_at(state, contract_id, side, leaf_words_in(state) + (leaf >> SHIFT))
        summary["bits"] = signed(summary["bits"]) | (ONE << (leaf & MASK))


@hot
def clear_level(state: Core, contract_id: int, side: int, position: int) -> None:
    """Mark a level as empty."""
    leaf = position >> SHIFT
    word = word_at(state, contract_id, side, leaf)
    bits = signed(word["bits"]) & ~(ONE << (position & MASK))
    word["bits"] = bits
    if bits == 0:
        summary = word_at(state, contract_id, side, leaf_words_in(state) + (leaf >> SHIFT))
        summary["bits"] = signed(summary["bits"]) & ~(ONE << (leaf & MASK))


@hot
def first_level(state: Core, contract_id: int, side: int, position: int) -> int:
    """First non-empty level at or after a position, or -1."""
    leaf_words = leaf_words_in(state)
    leaf = position >> SHIFT
    if leaf >= leaf_words:
        return signed(-1)
    bits = signed(word_at(state, contract_id, side, leaf)["bits"]) >> (position & MASK)
    if bits != 0:
        return position + lowest_bit(bits)
    return first_level_beyond(state, contract_id, side, leaf + ONE)


@cold
def first_level_beyond(state: Core, contract_id: int, side: int, leaf: int) -> int:
    """First non-empty level from a leaf word on, found in the summary, or -1."""
    leaf_words = leaf_words_in(state)
    side_words = side_words_in(state)
    index = leaf_words + (leaf >> SHIFT)
    if index >= side_words:
        return signed(-1)
    summary = signed(word_at(state, contract_id, side, index)["bits"])
    bits = (summary >> (leaf & MASK)) << (leaf & MASK)
    while bits == 0:
        index += ONE
        if index >= side_words:
            return signed(-1)
        bits = signed(word_at(state, contract_id, side, index)["bits"])
    leaf = ((index - leaf_words) << SHIFT) + lowest_bit(bits)
    return (leaf << SHIFT) + lowest_bit(signed(word_at(state, contract_id, side, leaf)["bits"]))
