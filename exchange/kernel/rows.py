"""The compiled type of a row: a numba record whose fields tell LLVM that they are places of their own.

Numba's records are bytes: after any store LLVM must load everything again, for all it knows of another row.
Here every load and store carries the name of its row and field (type-based alias analysis): two fields, or
fields of two dtypes, never overlap. Commands and events are unions, so all fields of one are one place.
"""

from typing import Any, Final

import numba
import numpy as np
from numba import types
from numba.core import cgutils as untyped_cgutils
from numba.core.datamodel import models, registry
from numba.extending import lower_builtin
from numba.np import arrayobj

from_dtype: Final[Any] = numba.from_dtype
cgutils: Final[Any] = untyped_cgutils


class Row(types.Record):
    """A record with a short name, which numba spells out often."""

    def __init__(self, dtype: np.dtype[np.void], name: str) -> None:
        record = from_dtype(dtype)
        self.fields = record.fields
        self.size = record.size
        self.aligned = record.aligned
        self.short_name = name
        ends = sorted((field.offset, field.offset + _bytes(field.type)) for field in record.fields.values())
        self.is_union = any(end > start for (_, end), (start, _) in zip(ends, ends[1:], strict=False))
        types.Type.__init__(self, f"Row({name})")
        self.bitwidth = self.size * 8

    def __repr__(self) -> str:
        return self.name


def _bytes(kind: Any) -> int:
    return int(kind.size if isinstance(kind, types.NestedArray) else kind.bitwidth // 8)


registry.register_default(Row)(models.RecordModel)


def _mark(builder: Any, instruction: Any, row: Any, field: str) -> None:
    """Name the place that a load or store is of."""
    module = builder.module
    root = module.add_metadata(["kernel"])
    place = row.short_name if row.is_union else f"{row.short_name}.{field}"
    zero = cgutils.intp_t(0)
    kind = module.add_metadata([place, root, zero])
    instruction.set_metadata("tbaa", module.add_metadata([kind, kind, zero]))


def _member(context: Any, builder: Any, row: Any, value: Any, field: str) -> Any:
    kind = context.get_data_type(row.typeof(field))
    return cgutils.get_record_member(builder, value, row.offset(field), kind)


@lower_builtin("static_getitem", Row, types.StringLiteral)  # type: ignore[no-untyped-call, untyped-decorator]
def load_field(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """row["field"]"""
    row, (value, field) = signature.args[0], arguments
    kind = row.typeof(field)
    if isinstance(kind, types.NestedArray):
        return arrayobj.record_getattr(context, builder, row, value, field)
    loaded = builder.load(_member(context, builder, row, value, field), align=None if row.aligned else 1)
    _mark(builder, loaded, row, field)
    return loaded


@lower_builtin("static_setitem", Row, types.StringLiteral, types.Any)  # type: ignore[no-untyped-call, untyped-decorator]
def store_field(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """row["field"] = value"""
    row, _, given = signature.args
    value, field, number = arguments
    kind = row.typeof(field)
    number = context.cast(builder, number, given, kind)
    place = _member(context, builder, row, value, field)
    stored = builder.store(number, place, align=None if row.aligned else 1)
    _mark(builder, stored, row, field)
    return context.get_dummy_value()
