"""Numpy dtypes of every 64-byte record, built from the catalogue and proven to fit.

`COMMAND` and `EVENT` are unions: one dtype whose fields overlap, so the kernel reads every kind through one
array. A name has one offset and one type in all commands, one in all events and one in all replies.
"""

from typing import Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.messages import GROUPS, MESSAGES

Records = NDArray[np.void]
LENGTH_PREFIX: Final = RECORD_BYTES - 2  # what SoupBinTCP's 2-byte length says of a 64-byte packet
UNSEQUENCED: Final = ord("U")
SEQUENCED: Final = ord("S")

SIZES: Final = {"u1": 1, "u2": 2, "u4": 4, "u8": 8, "i8": 8, "S8": 8, "S32": 32}


class Field(NamedTuple):
    """One field of a record."""

    name: str
    offset: int
    type: str
    doc: str


class Message(NamedTuple):
    """One row of the catalogue."""

    name: str
    kind: int
    step: int
    doc: str
    fields: tuple[Field, ...]

    @property
    def group(self) -> str:
        """Which band of kinds it belongs to."""
        return next(g.name for g in GROUPS if g.first <= self.kind <= g.last)


HEADER: Final = (
    Field("length_high", 0, "u1", "0x00"),
    Field("length_low", 1, "u1", "0x3E"),
    Field("packet_type", 2, "u1", "'U' in; 'S' sequenced or 'U' unsequenced out"),
    Field("kind", 3, "u1", "Kind"),
    Field("user_reference", 4, "u4", "set by the sender, increasing per login and day; events repeat it"),
    Field("sequence", 8, "u8", "stamped by the exchange: number of the journaled command, from 1 each day"),
    Field("time_ns", 16, "i8", "stamped by the exchange: market time, nanoseconds since 1970-01-01 UTC"),
    Field("login_id", 24, "u2", "stamped by the exchange: the login that caused it, 0 = the exchange"),
    Field("contract_id", 26, "u2", "0 = all or none"),
    Field("account_id", 28, "u4", "trading account; 0 = the login's default"),
)


def _fields(rows: str) -> tuple[Field, ...]:
    """Header fields not overwritten by the message, then its own."""
    own = []
    for row in filter(None, map(str.strip, rows.splitlines())):
        layout, doc = row.split(" : ", 1)
        name, offset, kind = layout.split()
        own.append(Field(name, int(offset), kind, doc))
    taken = {byte for f in own for byte in range(f.offset, f.offset + SIZES[f.type])}
    header = [f for f in HEADER if taken.isdisjoint(range(f.offset, f.offset + SIZES[f.type]))]
    return tuple(sorted((*header, *own), key=lambda f: f.offset))


CATALOGUE: Final[tuple[Message, ...]] = tuple(
    Message(kind.name, int(kind), step, doc, _fields(rows)) for kind, step, doc, rows in MESSAGES
)
BY_KIND: Final[dict[int, Message]] = {m.kind: m for m in CATALOGUE}
BY_NAME: Final[dict[str, Message]] = {m.name: m for m in CATALOGUE}


def check_message(message: Message) -> None:
    """Prove that fields are aligned, inside 64 bytes and apart; raise ValueError saying which is not."""
    end = 0
    for field in message.fields:
        size = SIZES[field.type]
        if field.type in ("u2", "u4", "u8", "i8") and field.offset % size:
            raise ValueError(
                f"{message.name}.{field.name}: expected offset aligned to {size}, found {field.offset}"
            )
        if field.offset < end:
            raise ValueError(f"{message.name}.{field.name}: expected offset >= {end}, found {field.offset}")
        end = field.offset + size
    if end > RECORD_BYTES:
        raise ValueError(f"{message.name}: expected at most {RECORD_BYTES} bytes, found {end}")


def _dtype(fields: dict[str, Field]) -> np.dtype[np.void]:
    return np.dtype(
        {
            "names": list(fields),
            "formats": [f"<{f.type}" if f.type[0] in "ui" else f.type for f in fields.values()],
            "offsets": [f.offset for f in fields.values()],
            "itemsize": RECORD_BYTES,
        }
    )


def _union(first: int, last: int) -> np.dtype[np.void]:
    """One dtype over all messages of a range of kinds; raises if a name would need two places."""
    fields: dict[str, Field] = {f.name: f for f in HEADER}
    for message in CATALOGUE:
        if not first <= message.kind <= last:
            continue
        for field in message.fields:
            if field.type.startswith("S"):
                continue  # text is never read where the union is
            known = fields.setdefault(field.name, field)
            if (known.offset, known.type) != (field.offset, field.type):
                raise ValueError(f"{message.name}.{field.name}: expected {known[1:3]}, found {field[1:3]}")
    return _dtype(fields)


for _message in CATALOGUE:
    check_message(_message)

DTYPES: Final[dict[int, np.dtype[np.void]]] = {
    m.kind: _dtype({f.name: f for f in m.fields}) for m in CATALOGUE
}
COMMAND: Final = _union(0x01, 0x7F)
EVENT: Final = _union(0x80, 0xBF)
REPLY: Final = _union(0xC0, 0xDF)


def new_records(kind: int, count: int = 1) -> Records:
    """Zeroed records of one kind with the header set; packet type 'U' for what is sent in or replied."""
    records = np.zeros(count, DTYPES[kind])
    records["length_low"] = LENGTH_PREFIX
    records["packet_type"] = SEQUENCED if 0x80 <= kind <= 0xBF else UNSEQUENCED
    records["kind"] = kind
    return records


def make(kind: int, **values: int | bytes) -> bytes:
    """The 64 bytes of one record; an unknown field name raises ValueError naming the message."""
    record = new_records(kind)
    for name, value in values.items():
        if name not in (record.dtype.names or ()):
            raise ValueError(
                f"{BY_KIND[kind].name}: expected a field of {record.dtype.names}, found {name!r}"
            )
        record[name] = value
    return record.tobytes()


def read(record: bytes) -> dict[str, int | bytes]:
    """All fields of one record by name; raises ValueError for a wrong size or an unknown kind."""
    if len(record) != RECORD_BYTES:
        raise ValueError(f"expected {RECORD_BYTES} bytes, found {len(record)}")
    dtype = DTYPES.get(record[3])
    if dtype is None:
        raise ValueError(f"expected a kind of the catalogue, found 0x{record[3]:02X}")
    view = np.frombuffer(record, dtype)[0]
    return {name: cast("int | bytes", view[name].item()) for name in dtype.names or ()}
