"""Records as Arrow tables, for notebooks: a table of each kind, columns straight from the bytes.

    tables = await trader.stream_tables()          # today's public stream: {"TRADE": ..., "FIVE_LEVELS": ...}
    named(tables["TRADE"]).to_pandas()

Columns are those of the catalogue without the packet's head. Whole numbers stay whole, in the width that the
record has: `*_ticks` are 0.01 yuan a tonne, `*_lots` tonnes, `*_fen` 0.01 yuan, and nothing is a float. A
`*_ns` field becomes a timestamp of Shanghai without that ending (0, which means none, is null). Each column's
metadata holds its `meaning`, and its `enum` where its numbers have names; `named` puts the names in.

This module needs pyarrow, and is imported by those calls alone that give tables.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from exchange.client.replies import Reply
from exchange.vocabulary import enums
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import BY_KIND, DTYPES, Field, Message, Records
from exchange.vocabulary.rejects import RejectReason

TIME_TYPE: Final = pa.timestamp("ns", "Asia/Shanghai")
NO_COLUMNS: Final = ("length_high", "length_low", "packet_type", "kind")
INTEGERS: Final[Mapping[str, Any]] = {
    "u1": pa.uint8(),
    "u2": pa.uint16(),
    "u4": pa.uint32(),
    "u8": pa.uint64(),
    "i8": pa.int64(),
}
NANOSECONDS: Final = "_ns"
CODE: Final = "contract_code"  # ASCII; the other text is a part of UTF-8 that may end in mid-letter
_ENUM_WORD: Final = re.compile(r"[A-Z]\w+")
Table = Any  # pyarrow gives no types


def schema_of(kind: int) -> Any:
    """The columns of a kind of record."""
    return pa.schema([_column(field) for field in _columns(BY_KIND[kind])])


def table_of(kind: int, records: Records) -> Table:
    """One table of records of one kind. Complexity: a strided copy of each column, no object a record."""
    view = records.view(DTYPES[kind])
    schema = schema_of(kind)
    columns = [
        _array(np.ascontiguousarray(view[field.name]), column.type)
        for field, column in zip(_columns(BY_KIND[kind]), schema, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def tables_of(records: Records) -> dict[str, Table]:
    """A stream as one table for each kind that is in it, by the kind's name; each in stream order.

    `number` is the record's number, where `records` begin with a stream's first. Kinds that this program does
    not know are left out.
    """
    kinds = records["kind"]
    numbers = np.arange(1, len(records) + 1, dtype=np.uint64)
    words = records.view(np.uint64).reshape(-1, RECORD_BYTES // 8)
    tables = {}
    for kind in np.unique(kinds).tolist():
        if kind not in BY_KIND:
            continue
        mask = kinds == kind
        rows = words[mask].reshape(-1).view(records.dtype)
        table = table_of(kind, rows)
        tables[BY_KIND[kind].name] = table.add_column(0, "number", pa.array(numbers[mask]))
    return tables


def replies_table(kind: int, replies: Sequence[Reply]) -> Table:
    """Answers to a query as a table of their kind; empty answers have its columns too."""
    schema = schema_of(kind)
    columns = [
        _array(np.array([getattr(reply, field.name) for reply in replies], _dtype(field)), column.type)
        for field, column in zip(_columns(BY_KIND[kind]), schema, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def named(table: Table) -> Table:
    """The same table with names in place of the numbers of enumerations; an unknown number stays one."""
    for index, column in enumerate(table.schema):
        word = (column.metadata or {}).get(b"enum", b"").decode()
        if not word:
            continue
        names = {int(member): member.name for member in _ENUMS[word]}
        codes, places = np.unique(table.column(index).to_numpy(), return_inverse=True)
        words = pa.array([names.get(code, str(code)) for code in codes.tolist()], pa.string())
        values = pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), words)
        table = table.set_column(index, pa.field(column.name, values.type, metadata=column.metadata), values)
    return table


def _columns(message: Message) -> list[Field]:
    return [field for field in message.fields if field.name not in NO_COLUMNS]


def _column(field: Field) -> Any:
    name, kind = field.name, INTEGERS.get(field.type, pa.binary())
    if name.endswith(NANOSECONDS):
        name, kind = name.removesuffix(NANOSECONDS), TIME_TYPE
    elif name == CODE:
        kind = pa.string()
    metadata = {"meaning": field.doc}
    if enum := _enum_of(field):
        metadata["enum"] = enum
    return pa.field(name, kind, metadata=metadata)


def _enum_of(field: Field) -> str:
    """The enumeration that a field's meaning begins with, or that its name says."""
    first = _ENUM_WORD.match(field.doc)
    word = "RejectReason" if field.name in ("reason", "hold_reason") else first.group() if first else ""
    return word if word in _ENUMS and not field.name.endswith("flags") else ""


def _array(values: NDArray[Any], kind: Any) -> Any:
    if kind == TIME_TYPE:
        return pa.array(values.astype(np.int64), pa.int64(), mask=values == 0).cast(TIME_TYPE)
    if pa.types.is_binary(kind) or pa.types.is_string(kind):
        return pa.array(values.tolist(), pa.binary()).cast(kind)
    return pa.array(values, kind)


def _dtype(field: Field) -> np.dtype[Any]:
    return np.dtype(f"<{field.type}" if field.type in INTEGERS else field.type)


def _enums() -> Iterable[tuple[str, Any]]:
    yield RejectReason.__name__, RejectReason
    for name, value in vars(enums).items():
        if isinstance(value, type) and issubclass(value, IntEnum) and value is not IntEnum:
            yield name, value


_ENUMS: Final = dict(_enums())
