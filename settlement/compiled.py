"""Numba for the few loops that go over every trade or serial block of a day."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """The function as machine code, kept on disk between runs; same ints in, same ints out."""
    return cast(F, cast(Any, numba.njit)(cache=True)(function))
