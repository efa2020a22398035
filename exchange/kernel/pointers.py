"""The compiled form of the accessors: LLVM code for addresses, and the record that holds them."""

import math
from collections.abc import Callable
from typing import Any, Final

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils as untyped_cgutils
from numba.core.errors import TypingError
from numba.extending import intrinsic

from exchange.kernel.compiled import config
from exchange.kernel.rows import Row

from_dtype: Final[Any] = numba.from_dtype
cgutils: Final[Any] = untyped_cgutils
WORD: Final = ir.IntType(64)
BYTE: Final = ir.IntType(8)
WORD_BYTES: Final = 8
#: what a caller brings along with a state
OUTSIDE: Final = ("commands", "events", "streams")


class Layout:
    """Where every address and capacity stands in the record, and the code that reads and writes them."""

    def __init__(
        self,
        arrays: dict[str, tuple[np.dtype[np.void], tuple[str, ...]]],
        capacities: tuple[str, ...],
        side: str,
        sides: int,
        views: dict[str, np.dtype[np.void]],
        purse: np.dtype[np.void],
        purses: tuple[str, ...],
    ) -> None:
        self.arrays = arrays
        self.side, self.sides = side, sides
        self.places = {name: i for i, name in enumerate((*arrays, *(f"{name}_in" for name in capacities)))}
        self.type: Any = Row(np.dtype([(name, "i8") for name in self.places]), "core")
        self.purse = Row(purse, "purse")
        named: dict[int, Any] = {}
        for name, (dtype, _) in arrays.items():
            begins_as = self.purse if name in purses else None
            named.setdefault(id(dtype), Row(dtype, name, name if name in views else "", begins_as))
        self.row_types = {name: named[id(dtype)] for name, (dtype, _) in arrays.items()}
        self.views = {f"{name[:-1]}_words": name for name in views}
        for view, name in self.views.items():
            self.row_types[view] = Row(views[name], view, name)

    def rows(self, name: str) -> Callable[..., Any]:
        """The accessor of an array, or of its rows as words: a pointer to the row at its indexes."""
        array = self.views.get(name, name)

        def emit(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            row = self._address(context, builder, array, arguments)
            return builder.bitcast(row, context.get_value_type(self.row_types[name]))

        return self._by_indexes(name, self.row_types[name], emit)

    def fetch(self, name: str) -> Callable[..., Any]:
        """What asks for the row at an array's indexes, so that it is near when used; any number will do."""

        def emit(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            row = self._address(context, builder, name, arguments, is_checked=False)
            number = ir.IntType(32)
            kind = ir.FunctionType(ir.VoidType(), [BYTE.as_pointer(), number, number, number])
            ask = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
            builder.call(ask, [row, number(0), number(3), number(1)])
            return context.get_dummy_value()

        return self._by_indexes(name, types.none, emit)

    def view_of(self, name: str, view_name: str, dtype: np.dtype[np.void]) -> Callable[..., Any]:
        """What sees a row of an array as one of another dtype."""
        known = self.row_types[name]
        view = Row(dtype, view_name, known.union)

        def emit(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], context.get_value_type(view))

        @intrinsic
        def view_of(_context: Any, row: Any) -> Any:
            """The same row."""
            return view(known), emit

        return view_of

    def purse_of(self) -> Callable[..., Any]:
        """What chooses the row that an order of a side is locked in, without a branch."""
        chosen = self.purse

        def emit(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            kind = context.get_value_type(chosen)
            account, holding = (builder.bitcast(row, kind) for row in arguments[1:])
            is_buy = builder.icmp_unsigned("==", arguments[0], WORD(0))
            return builder.select(is_buy, account, holding)

        @intrinsic
        def purse_of(_context: Any, side: Any, account: Any, holding: Any) -> Any:
            """Of side 0 the first row, of side 1 the second."""
            return chosen(types.int64, account, holding), emit

        return purse_of

    def _by_indexes(self, name: str, result: Any, emit: Any) -> Callable[..., Any]:
        """An intrinsic of the state and as many numbers as the array has indexes."""
        count = len(self.arrays[self.views.get(name, name)][1])

        def signature(core: Any) -> Any:
            self._expect_core(core)
            return result(self.type, *[types.int64] * count)

        @intrinsic
        def only(_context: Any, core: Any) -> Any:
            """The array's one row."""
            return signature(core), emit

        @intrinsic
        def by_one(_context: Any, core: Any, first: Any) -> Any:
            """A row by one index."""
            return signature(core), emit

        @intrinsic
        def by_two(_context: Any, core: Any, first: Any, second: Any) -> Any:
            """A row by two indexes."""
            return signature(core), emit

        @intrinsic
        def by_three(_context: Any, core: Any, first: Any, second: Any, third: Any) -> Any:
            """A row by three indexes."""
            return signature(core), emit

        return (only, by_one, by_two, by_three)[count]

    def capacity(self, name: str) -> Callable[..., Any]:
        """The accessor of a capacity."""

        def emit(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return self._load(builder, arguments[0], f"{name}_in", WORD)

        @intrinsic
        def capacity(_context: Any, core: Any) -> Any:
            """How many values an index has."""
            self._expect_core(core)
            return types.int64(self.type), emit

        return capacity

    def head_of(self) -> Callable[[Any], Any]:
        """What gives a state's addresses and capacities; those of the state used last are kept."""
        known: list[Any] = [None, None]

        def head_of(state: Any) -> Any:
            if state is not known[0]:
                known[:] = state, self._addresses(state)
            return known[1]

        return head_of

    def _addresses(self, state: Any) -> Any:
        """Addresses of a state's arrays and the capacities they show; TypeError for another layout."""
        head = np.zeros(len(self.places), np.int64)
        for name, rows in zip(self.arrays, state, strict=False):
            dtype, indexes = self.arrays[name]
            is_plain = rows.ndim == 1 and rows.flags.c_contiguous and rows.flags.writeable
            if rows.dtype != dtype or not is_plain:
                raise TypeError(f"{name}: expected a writable array of {dtype}, found {rows.dtype}")
            head[self.places[name]] = rows.ctypes.data
            if indexes:
                slower = math.prod(
                    self.sides if index == self.side else int(head[self.places[f"{index}_in"]])
                    for index in indexes[:-1]
                )
                head[self.places[f"{indexes[-1]}_in"]] = len(rows) // slower
        return head

    def enter(self) -> Callable[..., Any]:
        """What makes a state's addresses, completed by the caller's arrays, the record of a call."""

        def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kinds = signature.args
            head = context.make_array(kinds[0])(context, builder, arguments[0])
            core = builder.bitcast(head.data, context.get_value_type(self.type))
            for name, kind, value in zip(OUTSIDE, kinds[1:], arguments[1:], strict=True):
                array = context.make_array(kind)(context, builder, value)
                self._store(builder, core, name, builder.ptrtoint(array.data, WORD))
                if name != "streams":
                    self._store(builder, core, f"{name}_in", array.nitems)
            return core

        @intrinsic
        def enter(_context: Any, head: Any, commands: Any, events: Any, streams: Any) -> Any:
            """The record of a state, the caller's commands and its buffers for events."""
            if head != types.Array(types.int64, 1, "C"):
                raise TypingError(f"expected a state's addresses, found {head}")
            for name, kind in zip(OUTSIDE, (commands, events, streams), strict=True):
                wanted = types.uint32 if name == "streams" else from_dtype(self.arrays[name][0])
                is_plain = isinstance(kind, types.Array) and kind.ndim == 1 and kind.layout == "C"
                if not (is_plain and kind.mutable and kind.dtype == wanted):
                    raise TypingError(f"{name}: expected a writable array of {wanted}, found {kind}")
            return self.type(head, commands, events, streams), emit

        return enter

    def _expect_core(self, core: Any) -> None:
        if core != self.type:
            raise TypingError(f"expected the kernel's state, found {core}")

    def _load(self, builder: Any, core: Any, name: str, kind: Any) -> Any:
        place = builder.gep(core, [WORD(0), WORD(self.places[name] * WORD_BYTES)], inbounds=True)
        value = builder.load(builder.bitcast(place, kind.as_pointer()))
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
        return value

    def _address(self, context: Any, builder: Any, name: str, arguments: Any, is_checked: bool = True) -> Any:
        """Where the row of an array at some indexes begins."""
        dtype, indexes = self.arrays[name]
        core, values = arguments[0], arguments[1:]
        base = self._load(builder, core, name, BYTE.as_pointer())
        place = WORD(0)
        for index, value in zip(indexes, values, strict=True):
            is_first = index == indexes[0]
            if config.BOUNDSCHECK and is_checked:
                self._check(context, builder, core, name, index, value)
            if not is_first:
                place = builder.mul(place, self._count(builder, core, index))
            place = value if is_first else builder.add(place, value)
        return builder.gep(base, [builder.mul(place, WORD(dtype.itemsize))], inbounds=True)

    def _count(self, builder: Any, core: Any, index: str) -> Any:
        return WORD(self.sides) if index == self.side else self._load(builder, core, f"{index}_in", WORD)

    def _check(self, context: Any, builder: Any, core: Any, name: str, index: str, value: Any) -> None:
        """Raise IndexError for an index that is negative or not below its capacity."""
        is_outside = builder.icmp_unsigned(">=", value, self._count(builder, core, index))
        with cgutils.if_unlikely(builder, is_outside):
            context.call_conv.return_user_exc(builder, IndexError, (f"{name}: {index} out of range",))

    def _store(self, builder: Any, record: Any, name: str, value: Any) -> None:
        place = builder.gep(record, [WORD(0), WORD(self.places[name] * WORD_BYTES)], inbounds=True)
        builder.store(value, builder.bitcast(place, WORD.as_pointer()))
