"""From numba's typed form to LLVM: all kernel functions into one module, optimised and assembled once.

Derived from private classes of numba, which the lock file pins.
"""

from collections.abc import Iterable
from typing import Any, Final

from llvmlite.binding import Linkage  # type: ignore[import-untyped]
from numba.core import ir
from numba.core.codegen import CodeLibrary, JITCodeLibrary
from numba.core.lowering import Lower


class _NotPlaced:
    """Stands for the code generator where numba tells a function's environment to its code."""

    def set_env(self, _name: str, _environment: Any) -> None:
        """An inner function has no address yet, and uses no global object at run time."""


class InnerLibrary(CodeLibrary):
    """The code of an inner function: a part of the one module, neither optimised nor assembled.

    Numba optimises and assembles every function together with all that it calls, so that what stands at the
    bottom is compiled once for every level above it. Here only an entry is, once, with everything it reaches.
    """

    modules: Final[list[Any]] = []

    def __init__(self, codegen: Any, name: str) -> None:
        super().__init__(codegen, name)
        self.called: dict[Any, None] = {}

    def create_ir_module(self, name: str) -> Any:
        if not self.modules:
            self.modules.append(super().create_ir_module("kernel"))  # type: ignore[no-untyped-call]
        return self.modules[0]

    def add_ir_module(self, _module: Any) -> None:
        """The function stands in the one module already."""

    def add_linking_library(self, library: Any) -> None:
        library._ensure_finalized()
        self.called[library] = None

    def finalize(self) -> None:
        self._finalized = True

    def get_pointer_to_function(self, _name: str) -> int:
        return 0

    def get_function(self, name: str) -> Any:
        return self.modules[0].get_global(name)

    def get_llvm_str(self) -> str:
        return str(self.modules[0])

    def get_asm_str(self) -> str:
        raise TypeError("only an entry is assembled")

    @property
    def codegen(self) -> Any:
        return _NotPlaced()


def _reach(libraries: Iterable[Any], found: dict[Any, None]) -> dict[Any, None]:
    """These libraries and, each once, all that they call; numba's own are complete by themselves."""
    for library in libraries:
        if library not in found:
            found[library] = None
            if isinstance(library, InnerLibrary):
                _reach(library.called, found)
    return found


class EntryLibrary(JITCodeLibrary):
    """The code of an entry: with all of the kernel that it reaches."""

    called: frozenset[str] = frozenset()

    def finalize(self) -> None:
        self.called = frozenset(one.name for one in self._final_module.functions if one.is_declaration)
        reached = _reach(self._linking_libraries, {})
        self._linking_libraries = [library for library in reached if not isinstance(library, InnerLibrary)]
        if len(self._linking_libraries) < len(reached):
            self.add_ir_module(InnerLibrary.modules[0])  # type: ignore[no-untyped-call]
        super().finalize()  # type: ignore[no-untyped-call]

    def _optimize_final_module(self) -> None:
        """Let LLVM change what inner functions take and give, as nothing outside calls them.

        But not of those that the entry itself calls: LLVM would move loads of the record, which are marked
        invariant (access.py), into the entry and there before it completes the record.
        """
        for function in self._final_module.functions:
            if function.linkage == Linkage.linkonce_odr and function.name not in self.called:
                function.linkage = "internal"
        super()._optimize_final_module()  # type: ignore[no-untyped-call]


class InnerLower(Lower):
    """Lowers into the one module, where LLVM drops what the entry does not reach."""

    outline = False

    def setup_function(self, fndesc: Any) -> None:
        super().setup_function(fndesc)  # type: ignore[no-untyped-call]
        self.function.linkage = "linkonce_odr"
        if self.outline:
            self.function.attributes.add("noinline")

    def lower_block(self, block: Any) -> None:
        """Without a context for errors around each instruction."""
        self.pre_block(block)  # type: ignore[no-untyped-call]
        for instruction in block.body:
            self.loc = instruction.loc
            self.lower_inst(instruction)
        self.post_block(block)  # type: ignore[no-untyped-call]

    def lower_inst(self, inst: Any) -> None:
        """Without spelling every instruction for a log that nobody reads."""
        if isinstance(inst, ir.Assign):
            name = inst.target.name
            value = self.lower_assign(self.typeof(name), inst)  # type: ignore[no-untyped-call]
            self.storevar(value, name)  # type: ignore[no-untyped-call]
        else:
            super().lower_inst(inst)  # type: ignore[no-untyped-call]

    def lower_binop(self, resty: Any, expr: Any, op: Any) -> Any:
        """Without trying to find the operation for constants, which there is for powers only."""
        lower: Any = self
        context, builder, signature = lower.context, lower.builder, lower.fndesc.calltypes[expr]
        operation = context.typing_context.resolve_value_type(op)
        values = [
            context.cast(builder, lower.loadvar(side.name), lower.typeof(side.name), wanted)
            for side, wanted in zip((expr.lhs, expr.rhs), signature.args, strict=True)
        ]
        result = context.get_function(operation, signature)(builder, values)
        return context.cast(builder, result, signature.return_type, resty)


class OutOfLine(InnerLower):
    """Keeps LLVM from copying a function into its callers."""

    outline = True
