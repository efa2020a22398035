"""Dividing by a million, rounded up: what every fee needs, in a multiplication and a shift."""

from collections.abc import Callable
from typing import Any, Final, cast

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from exchange.kernel.compiled import IS_COMPILED
from exchange.vocabulary.units import PPM

WORD: Final = ir.IntType(64)


def _divide(value: int) -> int:
    return (value + PPM - 1) // PPM


def _emit(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    return builder.udiv(builder.add(arguments[0], WORD(PPM - 1)), WORD(PPM))


def _compiled() -> Callable[[int], int]:
    @intrinsic
    def millionths_up(_context: Any, value: Any) -> Any:
        """Without a sign LLVM need not correct the quotient of a negative number."""
        return types.int64(types.int64), _emit

    return cast(Callable[[int], int], millionths_up)


#: a millionth of a number that is not negative, rounded up
millionths_up: Final[Callable[[int], int]] = _compiled() if IS_COMPILED else _divide
