"""64-byte records to named tuples and back, derived from the catalogue with the struct module."""

import struct
from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any, Final

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import CATALOGUE, HEADER, LENGTH_PREFIX, SEQUENCED, UNSEQUENCED, Field

#: A decoded command: a named tuple whose fields are those of its kind's row in the catalogue.
Command = Any
CODES: Final = {"u1": "B", "u2": "H", "u4": "I", "u8": "Q", "i8": "q", "S8": "8s", "S32": "32s"}


def packing(fields: tuple[Field, ...]) -> struct.Struct:
    """The struct of one message: its fields at their offsets, pad bytes (written as zero) between."""
    code, end = "<", 0
    for field in fields:
        code += "x" * (field.offset - end) + CODES[field.type]
        end = field.offset + struct.calcsize("<" + CODES[field.type])
    return struct.Struct(code + "x" * (RECORD_BYTES - end))


def _reader(name: str, fields: tuple[Field, ...]) -> Callable[[bytes], Command]:
    layout = packing(fields)
    fields_of: Any = namedtuple(name, [field.name for field in fields])  # type: ignore[misc]
    build = fields_of._make
    return lambda record: build(layout.unpack(record))


READERS: Final = {m.kind: _reader(m.name, m.fields) for m in CATALOGUE if m.kind < 0x80}
read_header: Final = _reader("HEADER", HEADER)
#: order_id, price_ticks and quantity_lots where every member command that has them has them
MEMBER_TERMS: Final = struct.Struct("<QII")
MEMBER_TERMS_OFFSET: Final = 32
#: what the exchange stamps on every command: user_reference, sequence, time_ns, login_id
STAMPS: Final = struct.Struct("<IQqH")
STAMPS_OFFSET: Final = 4

_ZEROS: Final = {
    m.kind: {f.name: b"" if f.type[0] == "S" else 0 for f in m.fields}
    | {"length_low": LENGTH_PREFIX, "packet_type": SEQUENCED if m.kind >= 0x80 else UNSEQUENCED}
    | {"kind": int(m.kind)}
    for m in CATALOGUE
}
_WRITERS: Final = {m.kind: packing(m.fields) for m in CATALOGUE}


def write(kind: int, values: Mapping[str, int | bytes]) -> bytes:
    """The 64 bytes of one record; what is not named is zero, a name the message lacks is an error."""
    zeros = _ZEROS[kind]
    fields = {**zeros, **values}
    if len(fields) != len(zeros):
        unknown = sorted(values.keys() - zeros.keys())
        raise ValueError(f"{Kind(kind).name}: expected fields of {list(zeros)}, found {unknown}")
    return _WRITERS[kind].pack(*fields.values())


def has_field(kind: int, name: str) -> bool:
    """Whether a record has that header field (some messages use its bytes for something else)."""
    return name in _ZEROS[kind]
