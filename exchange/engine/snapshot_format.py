"""Byte layout of snapshots and of the events kept beside them (SNAPSHOT.md): JSON head, body, SHA-256.

A snapshot holds only the pages of the kernel's arrays in which they differ from an empty state of the same
capacity, so mostly empty books cost little.
"""

import hashlib
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from exchange.engine.journal_format import Identity
from exchange.kernel import Capacity, State, new_state
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import EVENT, Records

FORMAT: Final = 1
SNAPSHOT_MAGIC: Final = b"\x00TC\x1aSNP\xff"
EVENTS_MAGIC: Final = b"\x00TC\x1aEVT\xff"
PAGE_BYTES: Final = 4096
_LENGTH_BYTES: Final = 8
_HASH_BYTES: Final = 32
_STREAM_BYTES: Final = 4
Made = TypeVar("Made")


class Bound(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a file is bound to: it means something only beside the journal of this identity."""

    format: int = FORMAT
    trading_day: int
    rules_hash: str
    kernel_hash: str
    capacity: tuple[int, ...]
    profile: str
    previous_hash: str


class ArrayHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One array of the state: its name, its length, and which of its pages follow."""

    name: str
    size_bytes: int
    pages: tuple[int, ...]


class SnapshotHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything about a snapshot but the arrays."""

    bound: Bound
    sequence: int  # the last command it holds; the last of its batch
    durable_sequence: int  # what the journal named durable when it was taken; at or above `sequence`
    previous_sequence: int  # the snapshot before it, 0 = it is the day's first
    chain: str  # the journal's chain hash after that batch
    time_ns: int
    digest_raw: str
    digest_canonical: str
    events_hash: str  # of the last file of events up to `sequence`; blank = there are none
    arrays: tuple[ArrayHead, ...]


class EventsHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything about a file of events but the events."""

    bound: Bound
    first_sequence: int
    last_sequence: int
    previous_hash: str  # of the file of events before it; blank = it is the day's first
    blocks: tuple[tuple[int, int], ...]  # (last sequence, events) of each block of commands


class Snapshot(NamedTuple):
    """A snapshot read back."""

    head: SnapshotHead
    body: memoryview


class Events(NamedTuple):
    """A file of events read back."""

    head: EventsHead
    events: Records
    streams: NDArray[np.uint32]
    hash: str


class NotWhole(ValueError):
    """The file is torn, damaged or of another format: it is as good as not there."""


def bound_of(identity: Identity) -> Bound:
    """What a file of that day is bound to."""
    return Bound(
        trading_day=identity.trading_day,
        rules_hash=identity.rules_hash.hex(),
        kernel_hash=identity.kernel_hash.hex(),
        capacity=tuple(identity.capacity),
        profile=identity.profile,
        previous_hash=bytes(identity.previous_hash).hex(),
    )


# ---- snapshots


def pack_snapshot(head: SnapshotHead, state: State) -> bytes:
    """The whole file; `head.arrays` is filled in here."""
    empty = new_state(Capacity(*head.bound.capacity))
    arrays: list[ArrayHead] = []
    parts: list[bytes] = []
    for name, rows, blank in zip(State._fields, state, empty, strict=True):
        data, base = _bytes_of(rows), _bytes_of(blank)
        pages = [n for n in _pages(len(data)) if _differs(data, base, n)]
        arrays.append(ArrayHead(name=name, size_bytes=len(data), pages=tuple(pages)))
        parts += [data[n * PAGE_BYTES : (n + 1) * PAGE_BYTES].tobytes() for n in pages]
    head = msgspec.structs.replace(head, arrays=tuple(arrays))
    return _seal(SNAPSHOT_MAGIC, msgspec.json.encode(head), b"".join(parts))


def unpack_snapshot(data: bytes) -> Snapshot:
    """Raises NotWhole."""
    encoded, body = _unseal(SNAPSHOT_MAGIC, data)
    return Snapshot(_decode(encoded, SnapshotHead), body)


def load_state(snapshot: Snapshot) -> State:
    """The state as it was; raises NotWhole when the arrays are not those of this kernel."""
    state = new_state(Capacity(*snapshot.head.bound.capacity))
    arrays = {array.name: array for array in snapshot.head.arrays}
    offset = 0
    for name, rows in zip(State._fields, state, strict=True):
        data, array = _bytes_of(rows), arrays.get(name)
        if array is None or array.size_bytes != len(data):
            raise NotWhole(f"array {name}: expected {len(data)} bytes, found {array and array.size_bytes}")
        for page in array.pages:
            target = data[page * PAGE_BYTES : (page + 1) * PAGE_BYTES]
            target[:] = np.frombuffer(snapshot.body, np.uint8, len(target), offset)
            offset += len(target)
    if offset != len(snapshot.body):
        raise NotWhole(f"expected {offset} bytes of pages, found {len(snapshot.body)}")
    return state


def _bytes_of(rows: NDArray[np.generic]) -> NDArray[np.uint8]:
    flat = rows.reshape(-1).view(np.uint8)
    assert np.shares_memory(flat, rows), "an array of the state lies in one piece"
    return flat


def _pages(size_bytes: int) -> range:
    return range(-(-size_bytes // PAGE_BYTES))


def _differs(data: NDArray[np.uint8], base: NDArray[np.uint8], page: int) -> bool:
    part = slice(page * PAGE_BYTES, (page + 1) * PAGE_BYTES)
    return data[part].data != base[part].data


# ---- events


def pack_events(head: EventsHead, events: bytes, streams: bytes) -> bytes:
    """The whole file."""
    return _seal(EVENTS_MAGIC, msgspec.json.encode(head), events + streams)


def unpack_events(data: bytes) -> Events:
    """Raises NotWhole."""
    encoded, body = _unseal(EVENTS_MAGIC, data)
    head = _decode(encoded, EventsHead)
    count = sum(events for _, events in head.blocks)
    if len(body) != count * (RECORD_BYTES + _STREAM_BYTES):
        raise NotWhole(f"expected {count} events, found {len(body)} bytes")
    events = np.frombuffer(body, EVENT, count)
    streams = np.frombuffer(body, np.uint32, count, count * RECORD_BYTES)
    return Events(head, events, streams, file_hash(data))


def file_hash(data: bytes) -> str:
    """The hash at the end of a file, by which the next file of events and the snapshot name it."""
    return data[-_HASH_BYTES:].hex()


def blocks_of(kept: Events) -> Iterator[tuple[int, Records, NDArray[np.uint32]]]:
    """(last sequence, events, streams) of each block, in order."""
    first = 0
    for last_sequence, count in kept.head.blocks:
        part = slice(first, first + count)
        yield last_sequence, kept.events[part], kept.streams[part]
        first += count


# ---- the container of both


def _seal(magic: bytes, head: bytes, body: bytes) -> bytes:
    data = magic + len(head).to_bytes(_LENGTH_BYTES, "little") + head + body
    return data + hashlib.sha256(data).digest()


def _unseal(magic: bytes, data: bytes) -> tuple[memoryview, memoryview]:
    """Head and body, proven and not copied: a day's events are hundreds of megabytes."""
    if data[: len(magic)] != magic:
        raise NotWhole(f"expected it to begin with {magic!r}, found {data[: len(magic)]!r}")
    found = hashlib.sha256(memoryview(data)[:-_HASH_BYTES]).digest()
    if found != data[-_HASH_BYTES:]:
        raise NotWhole(f"expected SHA-256 {data[-_HASH_BYTES:].hex()}, found {found.hex()}")
    start = len(magic) + _LENGTH_BYTES
    end = start + int.from_bytes(data[len(magic) : start], "little")
    view = memoryview(data)
    return view[start:end], view[end:-_HASH_BYTES]


def _decode(encoded: memoryview, made: type[Made]) -> Made:
    try:
        return msgspec.json.decode(encoded, type=made)
    except msgspec.MsgspecError as error:
        raise NotWhole(f"expected the head of format {FORMAT}, found {error}") from error
