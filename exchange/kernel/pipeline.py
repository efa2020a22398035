"""Numba's compiler without what no kernel function needs, in the passes before LLVM.

Numba is made for any Python function, one at a time. The kernel is some four hundred small functions of one
kind: integers, rows, no exceptions, generators, closures or reference counts. So most of a cold compile was
numba's own Python code, looking for what is not there; here its classes are derived from, never changed, as
others in the process use them too. All of this is private to numba, which the lock file pins.
"""

from typing import Any, Final, cast

from numba.core.base import _wrap_impl
from numba.core.codegen import CodeLibrary
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.cpu import CPUContext
from numba.core.interpreter import Interpreter
from numba.core.ir_utils import build_definitions
from numba.core.lowering import Lower
from numba.core.rewrites.static_getitem import RewriteConstGetitems, RewriteConstSetitems
from numba.core.ssa import reconstruct_ssa
from numba.core.typed_passes import (
    AnnotateTypes,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.types import Dispatcher, Function, NumberClass
from numba.core.typing.context import Context
from numba.core.untyped_passes import FixupArgs, ReconstructSSA, TranslateByteCode

from exchange.kernel.lowering import EntryLibrary, InnerLibrary, InnerLower, OutOfLine


class _Typing(Context):
    """Numba's typing context, whose answers of what a call gives are kept."""

    answers: Final[dict[Any, Any]] = {}

    def __init__(self, numbas: Context) -> None:
        self.__dict__ = numbas.__dict__  # the same declarations, also those yet to come

    def resolve_function_type(self, func: Any, args: Any, kws: Any) -> Any:
        resolve: Any = super().resolve_function_type
        if kws or not isinstance(func, (Dispatcher, Function, NumberClass)):
            return resolve(func, args, kws)
        key = func, tuple(args)
        answer = self.answers.get(key)
        if answer is None:
            answer = self.answers[key] = resolve(func, args, kws)
        return answer


class _Implementation(_wrap_impl):
    """How a call is lowered, known from another function."""

    def __init__(self, known: Any, context: Any) -> None:
        self.__dict__ = known.__dict__ | {"_context": context}


class _Target(CPUContext):
    """Numba's target context for one function, whose implementations are kept."""

    found: Final[dict[Any, Any]] = {}
    sizes: Final[dict[Any, int]] = {}

    def __init__(self, numbas: CPUContext) -> None:
        self.__dict__ = dict(numbas.__dict__)

    def get_function(self, fn: Any, sig: Any, _firstcall: bool = True) -> Any:
        key = fn, sig.args, sig.return_type
        if key not in self.found:
            self.found[key] = super().get_function(fn, sig, _firstcall)  # type: ignore[no-untyped-call]
        return _Implementation(self.found[key], self)

    def get_abi_sizeof(self, ty: Any) -> int:
        if ty not in self.sizes:  # LLVM needs a module to find it
            self.sizes[ty] = super().get_abi_sizeof(ty)  # type: ignore[no-untyped-call]
        return self.sizes[ty]


class _Translator(Interpreter):
    """Translates byte code without looking for `with`, `try` and arguments in a list or dictionary."""

    def post_process(self, _peepholes: Any, func_ir: Any) -> Any:
        return func_ir


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class _Translation(TranslateByteCode):
    _name: Any = "kernel_translation"

    def run_pass(self, state: Any) -> bool:
        state.func_ir = _Translator(state.func_id).interpret(state.bc)  # type: ignore[no-untyped-call]
        return True


@register_pass(mutates_CFG=False, analysis_only=False)  # type: ignore[no-untyped-call]
class _Fields(TranslateByteCode):
    """Of numba's rewritings, those that tell row["field"] from row[variable]."""

    _name: Any = "kernel_fields"

    def run_pass(self, state: Any) -> bool:
        for kind in (RewriteConstGetitems, RewriteConstSetitems):
            rewriting: Any = kind(state)
            for label, block in state.func_ir.blocks.items():
                if rewriting.match(state.func_ir, block, None, None):
                    state.func_ir.blocks[label] = rewriting.apply()
        return True


@register_pass(mutates_CFG=False, analysis_only=False)  # type: ignore[no-untyped-call]
class _Ssa(ReconstructSSA):
    _name: Any = "kernel_ssa"

    def run_pass(self, state: Any) -> bool:
        state.func_ir = reconstruct_ssa(state.func_ir)  # type: ignore[no-untyped-call]
        state.func_ir._definitions = build_definitions(state.func_ir.blocks)  # type: ignore[no-untyped-call]
        return True


@register_pass(mutates_CFG=False, analysis_only=False)  # type: ignore[no-untyped-call]
class _NoPhis(PreLowerStripPhis):
    _name: Any = "kernel_no_phis"

    def run_pass(self, state: Any) -> bool:
        state.func_ir = self._strip_phi_nodes(state.func_ir)  # type: ignore[no-untyped-call]
        state.func_ir._definitions = build_definitions(state.func_ir.blocks)  # type: ignore[no-untyped-call]
        return True


class _Lowering(NativeLowering):
    """Lowers into a library of our own."""

    library: type[CodeLibrary]
    lower: type[Lower]

    @property
    def lowering_class(self) -> type[Lower]:
        return self.lower

    def run_pass(self, state: Any) -> bool:
        state.library = self.library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return cast(bool, super().run_pass(state))  # type: ignore[no-untyped-call]


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class _HotLowering(_Lowering):
    _name: Any = "hot_lowering"
    library, lower = InnerLibrary, InnerLower


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class _ColdLowering(_Lowering):
    _name: Any = "cold_lowering"
    library, lower = InnerLibrary, OutOfLine


@register_pass(mutates_CFG=True, analysis_only=False)  # type: ignore[no-untyped-call]
class _EntryLowering(_Lowering):
    _name: Any = "entry_lowering"
    library, lower = EntryLibrary, Lower


class _Passes(PassManager):
    """Runs the passes without measuring, announcing or checking them."""

    def _runPass(self, _index: int, pss: Any, state: Any) -> None:
        pss.analysis = self._analysis
        pss.run_pass(state)


def _compiler(lowering: type[NativeLowering]) -> type[CompilerBase]:
    """Numba's pipeline with another way of lowering, without the passes for what no kernel function has."""
    passes = (
        _Translation,
        FixupArgs,
        _Fields,
        _Ssa,
        NopythonTypeInference,
        _NoPhis,
        AnnotateTypes,
        lowering,
        NoPythonBackend,
    )

    class Compiler(CompilerBase):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)  # type: ignore[no-untyped-call]
            self.state.typingctx = _Typing(self.state.typingctx)
            self.state.targetctx = _Target(self.state.targetctx)

        def define_pipelines(self) -> list[Any]:
            manager: Any = _Passes("kernel")  # type: ignore[no-untyped-call]
            for step in passes:
                manager.add_pass(step, step.__name__)
            manager.finalize()
            return [manager]

    return Compiler


HOT: Final = _compiler(_HotLowering)
COLD: Final = _compiler(_ColdLowering)
ENTRY: Final = _compiler(_EntryLowering)
