"""Byte layout of the journal's own records: the head of a segment and the header of a batch (JOURNAL.md).

Everything else in a journal is 64-byte command records exactly as the kernel reads them.
"""

import hashlib
import struct
import zlib
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.units import trading_day_date

FORMAT: Final = 2
HASH_BYTES: Final = 16
HEAD_BYTES: Final = 2 * RECORD_BYTES  # a segment begins with two records
SEGMENT_PREFIX: Final = b"\x00\x3eS\xff"
CAPACITY_PREFIX: Final = b"\x00\x3eC\xff"
BATCH_PREFIX: Final = b"\x00\x3eB\xff"
PROFILE_BYTES_MAX: Final = 24
NO_HASH: Final = bytes(HASH_BYTES)


class Layout(NamedTuple):
    """One field: name, offset, numpy type, meaning."""

    name: str
    offset: int
    type: str
    doc: str


SEGMENT_FIELDS: Final = (
    Layout("prefix", 0, "S4", "00 3E 53 FF"),
    Layout("format", 4, "<u2", "format version of the journal"),
    Layout("trading_day", 6, "<u2", "days since 2000-01-01"),
    Layout("first_sequence", 8, "<u8", "first sequence in this segment"),
    Layout("durable_sequence", 16, "<u8", "sequence known durable when this was written"),
    Layout("rules_hash", 24, "S8", "first 8 bytes of the SHA-256 of the rules in force"),
    Layout("kernel_hash", 32, "S8", "first 8 bytes of the SHA-256 of kernel and vocabulary sources"),
    Layout("previous_hash", 40, "V16", "chain before this segment; segment 1: chain head of the day before"),
    Layout("segment_number", 56, "<u4", "from 1, also the file's name"),
    Layout("crc", 60, "<u4", "CRC-32 of both head records with this field 0"),
)
CAPACITY_FIELDS: Final = (
    Layout("prefix", 0, "S4", "00 3E 43 FF"),
    Layout("orders", 4, "<u4", "capacity of the kernel's state: live orders"),
    Layout("levels", 8, "<u4", "price levels of one side of one contract"),
    Layout("accounts", 12, "<u4", "account ids below this"),
    Layout("contracts", 16, "<u4", "contract ids below this"),
    Layout("logins", 20, "<u4", "login ids below this"),
    Layout("members", 24, "<u4", "member and stream ids below this"),
    Layout("references", 28, "<u4", "references kept per login"),
    Layout("trades", 32, "<u4", "trades kept for busts and corrections"),
    Layout("transfers", 36, "<u4", "transfers of the registry in one day"),
    Layout("profile", 40, "S24", "name of the rulebook profile"),
)
BATCH_FIELDS: Final = (
    Layout("prefix", 0, "S4", "00 3E 42 FF"),
    Layout("count", 4, "<u4", "command records that follow; 0 closes the journal cleanly"),
    Layout("first_sequence", 8, "<u8", "sequence of the first of them"),
    Layout("time_ns", 16, "<i8", "market time of the batch"),
    Layout("durable_sequence", 24, "<u8", "sequence known durable when this was written"),
    Layout("crc", 32, "<u4", "CRC-32 of this record with this field 0, then of the command records"),
    Layout("format", 36, "<u2", "format version of the journal"),
    Layout("trading_day", 38, "<u2", "days since 2000-01-01"),
    Layout("previous_hash", 40, "V16", "first 16 bytes of the SHA-256 of the batch before, header included"),
    Layout("segment_number", 56, "<u4", "the segment it was written to"),
    Layout("reserved", 60, "<u4", "0"),
)


def _dtype(fields: tuple[Layout, ...]) -> "np.dtype[np.void]":
    return np.dtype(
        {
            "names": [f.name for f in fields],
            "formats": [f.type for f in fields],
            "offsets": [f.offset for f in fields],
            "itemsize": RECORD_BYTES,
        }
    )


SEGMENT_HEADER: Final = _dtype(SEGMENT_FIELDS)
CAPACITY_RECORD: Final = _dtype(CAPACITY_FIELDS)
BATCH_HEADER: Final = _dtype(BATCH_FIELDS)

# The same three layouts for one record at a time, where struct is ten times faster than numpy.
_SEGMENT: Final = struct.Struct("<4sHHQQ8s8s16sII")
_CAPACITY: Final = struct.Struct("<4s9I24s")
_BATCH: Final = struct.Struct("<4sIQqQIHH16sII")
_CRC_AT: Final = 32
assert _SEGMENT.size == _CAPACITY.size == _BATCH.size == RECORD_BYTES


class Identity(NamedTuple):
    """What a day's journal is bound to: replaying it under anything else would give another history."""

    trading_day: int
    rules_hash: bytes  # 8
    kernel_hash: bytes  # 8
    capacity: tuple[int, int, int, int, int, int, int, int, int]  # kernel.Capacity
    profile: str
    previous_hash: bytes = NO_HASH  # chain head of the day before

    @property
    def day(self) -> date:
        """The trading date."""
        return trading_day_date(self.trading_day)


class SegmentHead(NamedTuple):
    """The two records at the beginning of a segment file."""

    identity: Identity
    segment_number: int
    first_sequence: int
    durable_sequence: int
    previous_hash: bytes


class BatchHeader(NamedTuple):
    """The header record of one batch."""

    command_count: int
    first_sequence: int
    time_ns: int
    durable_sequence: int
    previous_hash: bytes
    trading_day: int
    segment_number: int


def pack_head(head: SegmentHead) -> bytes:
    """The two head records of a segment."""
    identity = head.identity
    profile = identity.profile.encode()
    if len(profile) > PROFILE_BYTES_MAX:
        raise ValueError(
            f"expected a profile name of at most {PROFILE_BYTES_MAX} bytes, found {identity.profile!r}"
        )
    capacity = _CAPACITY.pack(CAPACITY_PREFIX, *identity.capacity, profile)

    def segment(crc: int) -> bytes:
        return _SEGMENT.pack(
            SEGMENT_PREFIX, FORMAT, identity.trading_day, head.first_sequence, head.durable_sequence,
            identity.rules_hash, identity.kernel_hash, head.previous_hash, head.segment_number, crc,
        )  # fmt: skip

    return segment(zlib.crc32(segment(0) + capacity)) + capacity


def unpack_head(data: bytes | memoryview, day_previous_hash: bytes = NO_HASH) -> SegmentHead | None:
    """The head of a segment; None when it is damaged or not there."""
    if len(data) < HEAD_BYTES:
        return None
    prefix, version, day, first, durable, rules, kernel, previous, number, crc = _SEGMENT.unpack_from(data, 0)
    mark, *capacity, profile = _CAPACITY.unpack_from(data, RECORD_BYTES)
    blank = bytes(data[: RECORD_BYTES - 4]) + bytes(4) + bytes(data[RECORD_BYTES:HEAD_BYTES])
    if (prefix, mark, version) != (SEGMENT_PREFIX, CAPACITY_PREFIX, FORMAT) or zlib.crc32(blank) != crc:
        return None
    orders, levels, accounts, contracts, logins, members, references, trades, transfers = capacity
    identity = Identity(
        day, rules, kernel,
        (orders, levels, accounts, contracts, logins, members, references, trades, transfers),
        profile.rstrip(b"\0").decode(), previous if number == 1 else day_previous_hash,
    )  # fmt: skip
    return SegmentHead(identity, number, first, durable, previous)


def pack_batch(header: BatchHeader, commands: bytes) -> bytes:
    """The header record that goes before `commands`."""
    blank = _batch_record(header, 0)
    return _batch_record(header, zlib.crc32(commands, zlib.crc32(blank)))


def _batch_record(header: BatchHeader, crc: int) -> bytes:
    return _BATCH.pack(
        BATCH_PREFIX, header.command_count, header.first_sequence, header.time_ns, header.durable_sequence,
        crc, FORMAT, header.trading_day, header.previous_hash, header.segment_number, 0,
    )  # fmt: skip


def unpack_batch(data: memoryview, offset: int) -> BatchHeader | None:
    """The batch at an offset when header, extent and checksum are right; otherwise None."""
    if offset + RECORD_BYTES > len(data) or bytes(data[offset : offset + 4]) != BATCH_PREFIX:
        return None
    _, count, first, time_ns, durable, crc, version, day, previous, number, _ = _BATCH.unpack_from(
        data, offset
    )
    end = offset + RECORD_BYTES * (1 + count)
    if version != FORMAT or end > len(data):
        return None
    check = zlib.crc32(data[offset : offset + _CRC_AT])
    check = zlib.crc32(data[offset + _CRC_AT + 4 : offset + RECORD_BYTES], zlib.crc32(bytes(4), check))
    if zlib.crc32(data[offset + RECORD_BYTES : end], check) != crc:
        return None
    return BatchHeader(count, first, time_ns, durable, previous, day, number)


def chain_hash(data: bytes | memoryview) -> bytes:
    """What the next batch says of the bytes before it."""
    return hashlib.sha256(data).digest()[:HASH_BYTES]


def segment_name(number: int) -> str:
    """File name of a segment."""
    return f"{number:06d}.journal"
