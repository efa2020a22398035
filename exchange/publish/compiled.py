"""How the passes over whole pieces outside the kernel are compiled: nothing is allocated in them.

The folder of compiled code is named by the sources of kernel and vocabulary (kernel/cache.py), so such a pass
may use constants of its own file and of the vocabulary; what else it needs it is given.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numba

from exchange import kernel

assert kernel.SOURCES_HASH  # imported for what it sets: the folder of compiled code
F = TypeVar("F", bound=Callable[..., Any])
njit: Final[Any] = numba.njit  # the options used here are not all in its type


def compiled(function: F) -> F:
    """Compile a function that allocates nothing."""
    return cast(F, njit(_nrt=False, error_model="numpy", cache=True)(function))
