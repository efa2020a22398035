"""How kernel functions are compiled: one place for numba's options, and the integer type they compute with.

The kernel allocates nothing, so reference counting is off (`_nrt`); helpers of the hot path are inlined
because passing eleven arrays to a called function costs more than most of them do. With NUMBA_DISABLE_JIT=1
the same source runs as plain Python.

Numba by default optimises and assembles every function by itself and then again inside each of its callers.
Here only an entry is; what it calls is handed to it as plain IR (`LinkedLater`).
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numba
import numpy as np
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder

F = TypeVar("F", bound=Callable[..., Any])

config: Final[Any] = numba.config
njit: Final[Any] = numba.njit  # the options used here are not all in its type

IS_COMPILED: Final = not config.DISABLE_JIT

#: Loads a field as a signed 64-bit integer. Mixed signs would make numba compute in floats, and numpy wraps.
#: A module constant made with it is no literal for numba, so it does not multiply a function's signatures.
signed: Final[Callable[[Any], int]] = cast(Callable[[Any], int], np.int64 if IS_COMPILED else int)


class WithoutEnvironment:
    """A code generator that sets no Python environment: no function of the kernel uses a Python object."""

    def __init__(self, codegen: Any) -> None:
        self._codegen = codegen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codegen, name)

    def set_env(self, name: str, environment: Any) -> None:
        """Nothing: a function that is not assembled has no place for it."""


class LinkedLater(JITCodeLibrary):
    """The code of an inner function: linked into its callers, never optimised or assembled by itself."""

    @property
    def codegen(self) -> Any:
        """The code generator, as far as a function that is not assembled needs it."""
        return WithoutEnvironment(self._codegen)

    def finalize(self) -> None:
        """Gather what the function calls, and leave the rest to the entry."""
        seen = set()
        for library in self._linking_libraries:
            if library not in seen:
                seen.add(library)
                self._reload_init.update(library._reload_init)
                self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalize_dynamic_globals()  # type: ignore[no-untyped-call]
        self._finalized = True


class InnerCompiler(CompilerBase):
    """Numba's own passes over an inner function, its code going into a library of the kind above."""

    def define_pipelines(self) -> list[Any]:
        """The nopython pipeline."""
        codegen = self.state.targetctx.codegen()
        name = self.state.func_id.func_qualname
        self.state.library = LinkedLater(codegen, name)  # type: ignore[no-untyped-call]
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]  # type: ignore[no-untyped-call]


OPTIONS: Final = {"_nrt": False, "error_model": "numpy", "no_cfunc_wrapper": True}
INNER_OPTIONS: Final = OPTIONS | {"no_cpython_wrapper": True, "pipeline_class": InnerCompiler}


def hot(function: F) -> F:
    """Compile a helper of the hot path and inline it into its callers."""
    return cast(F, njit(forceinline=True, **INNER_OPTIONS)(function))


def cold(function: F) -> F:
    """Compile a helper that may be called rather than inlined."""
    return cast(F, njit(**INNER_OPTIONS)(function))


def entry(function: F) -> F:
    """Compile a function that Python calls; only these are cached, each with everything it calls."""
    return cast(F, njit(cache=True, **OPTIONS)(function))
