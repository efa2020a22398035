"""Bitmaps of non-empty levels: find the best one in a few word scans."""

from collections.abc import Callable
from typing import Any, Final, cast

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from exchange.kernel.compiled import IS_COMPILED, hot, signed
from exchange.kernel.state import WORD_BITS, WORD_SHIFT, Rows

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
def set_level(words: Rows, start: int, leaf_words: int, position: int) -> None:
    """Mark a level as non-empty. `start` is the side's first word."""
    leaf = position >> SHIFT
    word = words[start + leaf]
    word["bits"] = signed(word["bits"]) | (ONE << (position & MASK))
    summary = words[start + leaf_words + (leaf >> SHIFT)]
    summary["bits"] = signed(summary["bits"]) | (ONE << (leaf & MASK))


@hot
def clear_level(words: Rows, start: int, leaf_words: int, position: int) -> None:
    """Mark a level as empty."""
    leaf = position >> SHIFT
    word = words[start + leaf]
    bits = signed(word["bits"]) & ~(ONE << (position & MASK))
    word["bits"] = bits
    if bits == 0:
        summary = words[start + leaf_words + (leaf >> SHIFT)]
        summary["bits"] = signed(summary["bits"]) & ~(ONE << (leaf & MASK))


@hot
def first_level(words: Rows, start: int, leaf_words: int, side_words: int, position: int) -> int:
    """First non-empty level at or after a position, or -1."""
    leaf = position >> SHIFT
    if leaf >= leaf_words:
        return signed(-1)
    bits = signed(words[start + leaf]["bits"]) >> (position & MASK)
    if bits != 0:
        return position + lowest_bit(bits)
    leaf += ONE
    index = leaf_words + (leaf >> SHIFT)
    if index >= side_words:
        return signed(-1)
    bits = (signed(words[start + index]["bits"]) >> (leaf & MASK)) << (leaf & MASK)
    while bits == 0:
        index += ONE
        if index >= side_words:
            return signed(-1)
        bits = signed(words[start + index]["bits"])
    leaf = ((index - leaf_words) << SHIFT) + lowest_bit(bits)
    return (leaf << SHIFT) + lowest_bit(signed(words[start + leaf]["bits"]))
