"""How kernel functions are compiled: one place for numba's options, and the integer type they compute with.

The kernel allocates nothing, so reference counting is off (`_nrt`: 84 against 644 ns a command, measured on
the listed flow of benchmarks/kernel.py). Compiled, `state` is one pointer (`access.py`), so a call is cheap
and only what is small or hot is inlined. With NUMBA_DISABLE_JIT=1 the same source runs as plain Python.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numba
import numpy as np
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import (
    AnnotateTypes,
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.untyped_passes import (
    FixupArgs,
    GenericRewrites,
    IRProcessing,
    ReconstructSSA,
    TranslateByteCode,
)

F = TypeVar("F", bound=Callable[..., Any])

config: Final[Any] = numba.config
njit: Final[Any] = numba.njit  # the options used here are not all in its type

IS_COMPILED: Final = not config.DISABLE_JIT

#: Loads a field as a signed 64-bit integer. Mixed signs would make numba compute in floats, and numpy wraps.
#: A module constant made with it is no literal for numba, so it does not multiply a function's signatures.
signed: Final[Callable[[Any], int]] = cast(Callable[[Any], int], np.int64 if IS_COMPILED else int)


OPTIONS: Final = {"_nrt": False, "error_model": "numpy", "no_cfunc_wrapper": True}
INNER_OPTIONS: Final = OPTIONS | {"no_cpython_wrapper": True}


class _NotPlaced:
    """Stands for the code generator where numba tells a function's environment to its code."""

    def set_env(self, _name: str, _environment: Any) -> None:
        """An inner function has no address yet, and uses no global object at run time."""


class _InnerLibrary(JITCodeLibrary):
    """The code of an inner function as it was lowered, neither optimised nor assembled.

    Numba optimises and assembles every function together with all that it calls, so that what stands at the
    bottom is compiled once for every level above it. Here only an entry is, once, with everything it reaches.
    """

    def finalize(self) -> None:
        self._finalized = True

    def get_pointer_to_function(self, _name: str) -> int:
        return 0

    @property
    def codegen(self) -> Any:
        return _NotPlaced()


def _reach(libraries: list[Any], found: dict[Any, None]) -> dict[Any, None]:
    """These libraries and, each once, all that they call; numba's own are complete by themselves."""
    for library in libraries:
        if library not in found:
            found[library] = None
            if isinstance(library, _InnerLibrary):
                _reach(library._linking_libraries, found)
    return found


class _EntryLibrary(JITCodeLibrary):
    """The code of an entry: links all that it reaches, each once."""

    def finalize(self) -> None:
        self._linking_libraries = list(_reach(self._linking_libraries, {}))
        super().finalize()  # type: ignore[no-untyped-call]


class _InnerLowering(NativeLowering):
    """Lowers into a library of our own."""

    library: type[JITCodeLibrary] = _InnerLibrary

    def run_pass(self, state: Any) -> bool:
        codegen = state.targetctx.codegen()
        state.library = self.library(codegen, state.func_id.func_qualname)
        state.library.enable_object_caching()
        return cast(bool, super().run_pass(state))  # type: ignore[no-untyped-call]


class _OutOfLine(Lower):
    """Keeps LLVM from copying a function into its callers."""

    def setup_function(self, fndesc: Any) -> None:
        super().setup_function(fndesc)  # type: ignore[no-untyped-call]
        self.function.attributes.add("noinline")


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class _HotLowering(_InnerLowering):
    _name: Any = "hot_lowering"


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class _ColdLowering(_InnerLowering):
    _name: Any = "cold_lowering"

    @property
    def lowering_class(self) -> type[Lower]:
        return _OutOfLine


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class _EntryLowering(_InnerLowering):
    _name: Any = "entry_lowering"
    library = _EntryLibrary


def _compiler(lowering: type[NativeLowering]) -> type[CompilerBase]:
    """Numba's pipeline with another way of lowering, without the passes for what no kernel function has."""
    passes = (
        TranslateByteCode,
        FixupArgs,
        IRProcessing,
        GenericRewrites,
        ReconstructSSA,
        NopythonTypeInference,
        PreLowerStripPhis,
        IRLegalization,
        AnnotateTypes,
        lowering,
        NoPythonBackend,
    )

    class Compiler(CompilerBase):
        def define_pipelines(self) -> list[Any]:
            manager: Any = PassManager("kernel")  # type: ignore[no-untyped-call]
            for step in passes:
                manager.add_pass(step, step.__name__)
            manager.finalize()
            return [manager]

    return Compiler


_HOT: Final = _compiler(_HotLowering)
_COLD: Final = _compiler(_ColdLowering)
_ENTRY: Final = _compiler(_EntryLowering)


def hot(function: F) -> F:
    """Compile a helper of the hot path and inline it into its callers."""
    return cast(F, njit(pipeline_class=_HOT, forceinline=True, **INNER_OPTIONS)(function))


def cold(function: F) -> F:
    """Compile a function that is called, never inlined: it is optimised once and not again in its callers."""
    return cast(F, njit(pipeline_class=_COLD, forceinline=False, **INNER_OPTIONS)(function))


def entry(function: F) -> F:
    """Compile a function that Python calls; only these are cached, each with everything it calls."""
    return cast(F, njit(pipeline_class=_ENTRY, cache=True, **OPTIONS)(function))
