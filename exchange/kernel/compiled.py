"""How kernel functions are compiled: one place for numba's options, and the integer type they compute with.

The kernel allocates nothing, so reference counting is off (`_nrt`: 84 against 644 ns a command, measured on
the listed flow of benchmarks/kernel.py). Compiled, `state` is one pointer (`access.py`), so a call is cheap
and only what is small or hot is inlined. With NUMBA_DISABLE_JIT=1 the same source runs as plain Python.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numba
import numpy as np

from exchange.kernel import pipeline

F = TypeVar("F", bound=Callable[..., Any])

config: Final[Any] = numba.config
njit: Final[Any] = numba.njit  # the options used here are not all in its type

IS_COMPILED: Final = not config.DISABLE_JIT

#: Loads a field as a signed 64-bit integer. Mixed signs would make numba compute in floats, and numpy wraps.
#: A module constant made with it is no literal for numba, so it does not multiply a function's signatures.
signed: Final[Callable[[Any], int]] = cast(Callable[[Any], int], np.int64 if IS_COMPILED else int)


OPTIONS: Final = {"_nrt": False, "error_model": "numpy", "no_cfunc_wrapper": True}
INNER_OPTIONS: Final = OPTIONS | {"no_cpython_wrapper": True}


def hot(function: F) -> F:
    """Compile a helper of the hot path and inline it into its callers."""
    return cast(F, njit(pipeline_class=pipeline.HOT, forceinline=True, **INNER_OPTIONS)(function))


def cold(function: F) -> F:
    """Compile a function that is called, never inlined: it is optimised once and not again in its callers."""
    return cast(F, njit(pipeline_class=pipeline.COLD, forceinline=False, **INNER_OPTIONS)(function))


def entry(function: F) -> F:
    """Compile a function that Python calls; only these are cached, each with everything it calls."""
    return cast(F, njit(pipeline_class=pipeline.ENTRY, cache=True, **OPTIONS)(function))
