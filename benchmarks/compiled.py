"""How the benchmarks' own loops are compiled: without reference counting, helpers inlined, never cached.

Caching is left off because numba does not notice a change in another file, and a flow made by stale code
would not be the flow of its seed.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

njit: Final[Any] = numba.njit  # the options used here are not all in its type

#: 64-bit whole numbers as numba sees them; to a type checker they are ints.
signed: Final = cast("Callable[[Any], int]", np.int64)
unsigned: Final = cast("Callable[[Any], int]", np.uint64)


def compiled(function: F) -> F:
    """Compile a function that allocates nothing."""
    return cast(F, njit(_nrt=False, error_model="numpy", forceinline=True)(function))
