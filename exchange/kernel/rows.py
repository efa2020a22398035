"""The compiled type of a row: a numba record whose fields tell LLVM that they are places of their own.

Numba's records are bytes: after any store LLVM must load everything again, for all it knows of another row.
Here every load and store carries the name of its row and field (type-based alias analysis): two fields, or
fields of two dtypes, never overlap. Commands and events are unions, so all fields of one are one place,
and so are the words that they can be seen as. A field that is a small array is a place too.
"""

import operator
from typing import Any, Final

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils as untyped_cgutils
from numba.core.datamodel import models, registry
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin

from exchange.kernel.compiled import config

from_dtype: Final[Any] = numba.from_dtype
cgutils: Final[Any] = untyped_cgutils
WORD: Final = ir.IntType(64)


class Row(types.Record):
    """A record with a short name, which numba spells out often."""

    def __init__(
        self, dtype: np.dtype[np.void], name: str, union: str = "", begins_as: "Row | None" = None
    ) -> None:
        """A row of `name`; `union` is the row that this one is another view of.

        A row that `begins_as` another may be reached as that one too, so the fields that both have are places
        of the other.
        """
        record = from_dtype(dtype)
        self.fields = record.fields
        self.size = record.size
        self.aligned = record.aligned
        self.short_name = name
        ends = sorted((field.offset, field.offset + _bytes(field.type)) for field in record.fields.values())
        is_union = any(end > start for (_, end), (start, _) in zip(ends, ends[1:], strict=False))
        self.union = union or (name if is_union else "")
        self.other = begins_as
        types.Type.__init__(self, f"Row({name})")
        self.bitwidth = self.size * 8

    def __repr__(self) -> str:
        return self.name

    def place_of(self, field: str) -> str:
        """The name of what a load or store of a field may overlap with."""
        if self.other is not None and field in self.other.fields:
            return self.other.place_of(field)
        return self.union or f"{self.short_name}.{field}"

    def typeof(self, key: str) -> Any:
        """The type of a field: what is loaded, or the part of the row that a small array is."""
        kind = self.fields[key].type
        return Part(self, key, kind) if isinstance(kind, types.NestedArray) else kind


class Part(types.Type):
    """A small array in a row: a pointer to its first element."""

    def __init__(self, row: Row, field: str, kind: Any) -> None:
        self.row, self.field = row, field
        self.dtype, self.count = kind.dtype, kind.shape[0]
        super().__init__(f"Part({row.short_name}.{field})")


def _bytes(kind: Any) -> int:
    return int(kind.size if isinstance(kind, types.NestedArray) else kind.bitwidth // 8)


registry.register_default(Row)(models.RecordModel)
registry.register_default(Part)(models.OpaqueModel)


def _mark(builder: Any, instruction: Any, row: Any, field: str) -> Any:
    """Name the place that a load or store is of."""
    module = builder.module
    root = module.add_metadata(["kernel"])
    zero = cgutils.intp_t(0)
    kind = module.add_metadata([row.place_of(field), root, zero])
    instruction.set_metadata("tbaa", module.add_metadata([kind, kind, zero]))
    return instruction


def _member(context: Any, builder: Any, row: Any, value: Any, field: str) -> Any:
    kind = context.get_data_type(row.fields[field].type)
    return cgutils.get_record_member(builder, value, row.offset(field), kind)


@lower_builtin("static_getitem", Row, types.StringLiteral)  # type: ignore[no-untyped-call, untyped-decorator]
def load_field(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """row["field"]"""
    row, (value, field) = signature.args[0], arguments
    member = _member(context, builder, row, value, field)
    if isinstance(row.typeof(field), Part):
        return builder.bitcast(member, cgutils.voidptr_t)
    return _mark(builder, builder.load(member, align=None if row.aligned else 1), row, field)


@lower_builtin("static_setitem", Row, types.StringLiteral, types.Any)  # type: ignore[no-untyped-call, untyped-decorator]
def store_field(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """row["field"] = value"""
    row, _, given = signature.args
    value, field, number = arguments
    number = context.cast(builder, number, given, row.typeof(field))
    place = _member(context, builder, row, value, field)
    _mark(builder, builder.store(number, place, align=None if row.aligned else 1), row, field)
    return context.get_dummy_value()


@infer_global(operator.getitem)  # type: ignore[no-untyped-call]
class _TypeOfLoad(AbstractTemplate):
    def generic(self, args: Any, _keywords: Any) -> Any:
        part, index = args
        if isinstance(part, Part) and isinstance(index, types.Integer):
            return signature(part.dtype, part, types.int64)  # type: ignore[no-untyped-call]
        return None


@infer_global(operator.setitem)  # type: ignore[no-untyped-call]
class _TypeOfStore(AbstractTemplate):
    def generic(self, args: Any, _keywords: Any) -> Any:
        part, index, _value = args
        if isinstance(part, Part) and isinstance(index, types.Integer):
            return signature(types.void, part, types.int64, part.dtype)  # type: ignore[no-untyped-call]
        return None


def _element(context: Any, builder: Any, part: Any, value: Any, index: Any) -> Any:
    """Where an element stands; the kernel never counts from the end, so a negative index is an error."""
    if config.BOUNDSCHECK:
        with cgutils.if_unlikely(builder, builder.icmp_unsigned(">=", index, WORD(part.count))):
            what = f"{part.row.short_name}.{part.field}: index out of range"
            context.call_conv.return_user_exc(builder, IndexError, (what,))
    first = builder.bitcast(value, context.get_data_type(part.dtype).as_pointer())
    return builder.gep(first, [index], inbounds=True)


@lower_builtin(operator.getitem, Part, types.Integer)  # type: ignore[no-untyped-call, untyped-decorator]
def load_element(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """row["field"][index]"""
    part = signature.args[0]
    place = _element(context, builder, part, *arguments)
    return _mark(builder, builder.load(place), part.row, part.field)


@lower_builtin(operator.setitem, Part, types.Integer, types.Any)  # type: ignore[no-untyped-call, untyped-decorator]
def store_element(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """row["field"][index] = value"""
    part = signature.args[0]
    place = _element(context, builder, part, *arguments[:2])
    _mark(builder, builder.store(arguments[2], place), part.row, part.field)
    return context.get_dummy_value()
