"""The journal's own records: the tables, the dtypes, the packed bytes and the page say the same."""

from pathlib import Path

import numpy as np
import pytest

from exchange.engine import journal_format
from exchange.engine.journal_format import (
    BATCH_FIELDS,
    BATCH_HEADER,
    CAPACITY_FIELDS,
    CAPACITY_RECORD,
    HEAD_BYTES,
    SEGMENT_FIELDS,
    SEGMENT_HEADER,
    BatchHeader,
    Identity,
    Layout,
    SegmentHead,
    pack_batch,
    pack_head,
    unpack_batch,
    unpack_head,
)
from exchange.vocabulary.limits import RECORD_BYTES

IDENTITY = Identity(
    8020, b"rules---", b"kernel--", (1, 2, 3, 4, 5, 6, 7, 8, 9), "national", b"previous day's h"
)
PAGE = Path(journal_format.__file__).with_name("JOURNAL.md")


@pytest.mark.parametrize("fields", [SEGMENT_FIELDS, CAPACITY_FIELDS, BATCH_FIELDS])
def test_fields_fill_a_record_without_gap_or_overlap(fields: tuple[Layout, ...]) -> None:
    end = 0
    for field in fields:
        assert field.offset == end, field
        end += np.dtype(field.type).itemsize
    assert end == RECORD_BYTES


@pytest.mark.parametrize("fields", [SEGMENT_FIELDS, CAPACITY_FIELDS, BATCH_FIELDS])
def test_the_page_shows_every_field(fields: tuple[Layout, ...]) -> None:
    page = PAGE.read_text()
    rows = [f"| `{f.name}` | {f.offset} | `{f.type}` | {f.doc} |" for f in fields]
    assert "\n".join(rows) in page


def test_a_head_is_packed_as_its_dtypes_say() -> None:
    head = SegmentHead(IDENTITY, 1, 11, 9, IDENTITY.previous_hash)
    data = pack_head(head)
    record, capacity = np.frombuffer(data, SEGMENT_HEADER, 1)[0], np.frombuffer(data[64:], CAPACITY_RECORD)[0]
    assert record["prefix"] == b"\x00\x3eS\xff"
    assert (record["trading_day"], record["first_sequence"], record["durable_sequence"]) == (8020, 11, 9)
    assert (record["rules_hash"], record["kernel_hash"]) == (b"rules---", b"kernel--")
    assert record["previous_hash"].tobytes() == b"previous day's h"
    assert [int(capacity[f.name]) for f in CAPACITY_FIELDS[1:-1]] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert capacity["profile"] == b"national"
    assert unpack_head(data) == head


def test_a_batch_header_is_packed_as_its_dtype_says() -> None:
    header = BatchHeader(2, 7, -5, 6, b"0123456789abcdef", 8020, 3)
    record = np.frombuffer(pack_batch(header, b"x" * 128), BATCH_HEADER)[0]
    assert record["prefix"] == b"\x00\x3eB\xff"
    names = ("count", "first_sequence", "time_ns", "durable_sequence", "trading_day", "segment_number")
    assert [int(record[name]) for name in names] == [2, 7, -5, 6, 8020, 3]
    assert record["previous_hash"].tobytes() == b"0123456789abcdef"


def test_every_changed_bit_of_a_head_is_noticed() -> None:
    data = bytearray(pack_head(SegmentHead(IDENTITY, 1, 1, 0, IDENTITY.previous_hash)))
    for byte in range(HEAD_BYTES):
        data[byte] ^= 0x10
        assert unpack_head(bytes(data)) is None, byte
        data[byte] ^= 0x10
    assert unpack_head(bytes(data)) is not None
    assert unpack_head(bytes(data[:100])) is None


def test_every_changed_bit_of_a_batch_is_noticed() -> None:
    header = BatchHeader(2, 7, 5, 6, b"0123456789abcdef", 8020, 3)
    commands = bytes(range(128))
    data = bytearray(bytes(64) + pack_batch(header, commands) + commands)
    for byte in range(64, len(data)):
        data[byte] ^= 0x10
        assert unpack_batch(memoryview(bytes(data)), 64) is None, byte
        data[byte] ^= 0x10
    assert unpack_batch(memoryview(bytes(data)), 64) == header
    assert unpack_batch(memoryview(bytes(data[:-1])), 64) is None


def test_a_profile_name_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 24 bytes"):
        pack_head(SegmentHead(IDENTITY._replace(profile="x" * 33), 1, 1, 0, b"0" * 16))
