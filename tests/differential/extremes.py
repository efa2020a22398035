"""Records with one field at an extreme."""

from collections.abc import Iterator

import numpy as np

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import BY_KIND, DTYPES, Field, make
from tests.differential.actions import Choice
from tests.differential.flow import Flow
from tests.differential.live import Image, Live

KIND_OFFSET = 3
TRIES = 300
#: framing: a session checks it, no rule reads it
FRAME = ("length_high", "length_low", "packet_type", "kind")


def extreme_values(field: Field) -> tuple[int | bytes, ...]:
    """Both ends, one inside each, and the sign bit alone."""
    size = int(field.type[1:])
    if field.type[0] == "S":
        return bytes(size), b"\xff" * size, b"\x80".rjust(size, b"\0")
    if field.type[0] == "u":
        return 0, 1, 2 ** (8 * size) - 2, 2 ** (8 * size) - 1, 2 ** (8 * size - 1)
    most = 2 ** (8 * size - 1) - 1
    return 0, 1, most - 1, most, -most - 1, -1


def with_field(record: bytes, name: str, value: int | bytes) -> bytes:
    """The record with one field set."""
    changed = np.frombuffer(bytearray(record), DTYPES[record[KIND_OFFSET]])
    changed[name] = value
    return changed.tobytes()


def extremes_of(record: bytes, field: Field) -> Iterator[bytes]:
    """The record with the field at each of its extremes."""
    for value in extreme_values(field):
        yield with_field(record, field.name, value)


def fields_of(kind: int) -> list[Field]:
    """Every field of a kind but its framing."""
    return [field for field in BY_KIND[kind].fields if field.name not in FRAME]


def is_refused(live: Live, record: bytes) -> bool:
    """Whether a command is refused."""
    return any(event[KIND_OFFSET] == Kind.REJECTED for _, event in live.tell(record))


def base_records(flow: Flow, live: Live, image: Image, choice: Choice) -> dict[int, bytes]:
    """For every kind a command as the flow would send it now, one that is not refused if a few tries find it.

    What the flow never sends at this stage is as it was sent last, or all zeros.
    """
    found: dict[int, bytes] = {}
    accepted: set[int] = set()
    for _ in range(TRIES if flow.actors() else 0):
        for record in flow.captured(choice.act):
            kind = record[KIND_OFFSET]
            if kind in BY_KIND and kind not in accepted:
                found[kind] = record
                live.restore(image)
                if not is_refused(live, record):
                    accepted.add(kind)
    live.restore(image)
    sent = {record[KIND_OFFSET]: record for record in flow.records}
    now = {"sequence": len(flow.records) + 1, "time_ns": flow.time_ns}
    zeros = {kind: make(kind, **now) for kind in BY_KIND if kind < 0x80}
    return zeros | {kind: restamped(record, now) for kind, record in sent.items() if kind in zeros} | found


def restamped(record: bytes, stamps: dict[str, int]) -> bytes:
    """An old command as if it came now from the exchange itself."""
    for name, value in (stamps | {"login_id": 0, "user_reference": 0}).items():
        record = with_field(record, name, value)
    return record
