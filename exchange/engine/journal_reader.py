"""Reads a day's journal: proves every batch, and tells a torn tail (cut) from corruption (stop).

A batch header carries the sequence known durable when it was written. Damage at or below the durable sequence
of any later intact header destroyed something that was promised: corruption. Damage above all of them was
never acknowledged to anybody: a torn tail.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from exchange.engine.files import Files, RealFiles
from exchange.engine.journal_format import (
    BATCH_PREFIX,
    HEAD_BYTES,
    BatchHeader,
    Identity,
    SegmentHead,
    chain_hash,
    segment_name,
    unpack_batch,
    unpack_head,
)
from exchange.errors import CorruptionError
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import COMMAND, Records

SUFFIX = ".journal"


class JournalCorrupt(CorruptionError):
    """Something once durable is no longer what it was."""

    def __init__(self, path: Path, offset: int, expected: object, found: object) -> None:
        super().__init__(f"{path} at offset {offset}", expected, found)
        self.path = path
        self.offset = offset


class Batch(NamedTuple):
    """One journaled batch; `commands` is a read-only view of the file's bytes."""

    first_sequence: int
    time_ns: int
    commands: Records
    chain: bytes  # of everything up to and including this batch

    @property
    def last_sequence(self) -> int:
        """Sequence of its last command."""
        return self.first_sequence + len(self.commands) - 1


class End(NamedTuple):
    """Where a journal ends: all before it is proven, all after it is nothing or a torn tail."""

    identity: Identity | None  # None: nothing durable was ever written
    segment_number: int
    offset: int
    next_sequence: int
    time_ns: int
    chain: bytes
    torn_records: int  # non-zero records above the end: they are cut before the journal is written again


class JournalReader:
    """One pass over a day's journal; after `batches()` is exhausted, `end` says where the writer goes on."""

    def __init__(self, folder: Path, files: Files | None = None) -> None:
        self._folder = folder
        self._files = files or RealFiles()
        self._identity: Identity | None = None
        self._next_sequence = 1
        self._time_ns = 0
        self._chain = b""
        self._segments = [n for n in self._files.names(folder) if n.endswith(SUFFIX)]
        self.end: End | None = None

    def identity(self) -> Identity | None:
        """What the journal is bound to; None when its first segment was never durably begun."""
        if not self._segments or self._segments[0] != segment_name(1):
            return None
        head = unpack_head(self._files.read(self._folder / segment_name(1)))
        return head.identity if head is not None and self._continues(head, 0) else None

    def batches(self) -> Iterator[Batch]:
        """Every proven batch in order; raises JournalCorrupt."""
        number, offset = 0, 0
        for index, name in enumerate(self._segments):
            if name != segment_name(index + 1):
                raise JournalCorrupt(self._folder / name, 0, f"a file {segment_name(index + 1)}", name)
            data = memoryview(self._files.read(self._folder / name))
            if not self._enter_segment(data, index):
                break
            number, offset = index + 1, HEAD_BYTES
            while (header := self._batch_at(data, offset, index)) is not None:
                stop = offset + RECORD_BYTES * (1 + header.command_count)
                self._chain = chain_hash(data[offset:stop])
                self._next_sequence += header.command_count
                self._time_ns = header.time_ns
                if header.command_count:
                    commands = np.frombuffer(data, COMMAND, header.command_count, offset + RECORD_BYTES)
                    yield Batch(header.first_sequence, header.time_ns, commands, self._chain)
                offset = stop
            if _count_records(data, offset):
                self._refuse_durable_damage(data, offset, index, "an intact batch", "damage")
                break
        self.end = self._end(number, offset)

    def _enter_segment(self, data: memoryview, index: int) -> bool:
        """True when the segment continues the journal; False when the journal ends before it."""
        head = unpack_head(data, self._identity.previous_hash if self._identity else b"")
        if head is not None and self._continues(head, index):
            self._identity = head.identity
            self._chain = self._chain or chain_hash(data[:HEAD_BYTES])
            return True
        expected = f"the head of segment {index + 1} from sequence {self._next_sequence}"
        self._refuse_durable_damage(data, 0, index, expected, head or "damage")
        return False

    def _continues(self, head: SegmentHead, index: int) -> bool:
        if index == 0:
            return (head.segment_number, head.first_sequence) == (1, 1)
        return (head.identity, head.segment_number, head.first_sequence, head.previous_hash) == (
            self._identity,
            index + 1,
            self._next_sequence,
            self._chain,
        )

    def _batch_at(self, data: memoryview, offset: int, index: int) -> BatchHeader | None:
        """The intact batch that continues the chain here, if there is one."""
        header = unpack_batch(data, offset)
        if header is None or self._identity is None:
            return None
        found = (header.first_sequence, header.previous_hash, header.trading_day, header.segment_number)
        expected = (self._next_sequence, self._chain, self._identity.trading_day, index + 1)
        if found != expected or header.time_ns < self._time_ns:
            self._refuse_durable_damage(data, offset, index, expected, found)
            return None
        return header

    def _refuse_durable_damage(
        self, data: memoryview, offset: int, index: int, expected: object, found: object
    ) -> None:
        """Raise when any later intact header knew the next sequence to be durable."""
        damaged = self._folder / self._segments[index]
        for place, durable in self._later_durable(data, offset, index):
            if durable >= self._next_sequence:
                raise JournalCorrupt(
                    damaged, offset, f"{expected}: {place} knew sequence {durable} to be durable", found
                )

    def _later_durable(self, data: memoryview, offset: int, index: int) -> Iterator[tuple[str, int]]:
        """(place, durable sequence) of every intact header from a damaged place on."""
        yield from _durable_in(data, offset, self._segments[index])
        for name in self._segments[index + 1 :]:
            yield from _durable_in(memoryview(self._files.read(self._folder / name)), 0, name)

    def _end(self, number: int, offset: int) -> End:
        torn = 0
        for index in range(max(number - 1, 0), len(self._segments)):
            data = memoryview(self._files.read(self._folder / self._segments[index]))
            torn += _count_records(data, offset if index == number - 1 else 0)
        return End(
            self._identity, number, offset, self._next_sequence, self._time_ns, self._chain, torn
        )  # fmt: skip


def _durable_in(data: memoryview, offset: int, name: str) -> Iterator[tuple[str, int]]:
    if offset < HEAD_BYTES and (head := unpack_head(data)) is not None:
        yield f"{name} at offset 0", head.durable_sequence
    words = np.frombuffer(data, "<u4", (len(data) - len(data) % RECORD_BYTES) // 4)[:: RECORD_BYTES // 4]
    prefix = int.from_bytes(BATCH_PREFIX, "little")
    for record in np.flatnonzero(words == prefix).tolist():
        if record * RECORD_BYTES >= offset:
            header = unpack_batch(data, record * RECORD_BYTES)
            if header is not None:
                yield f"{name} at offset {record * RECORD_BYTES}", header.durable_sequence


def _count_records(data: memoryview, offset: int) -> int:
    """Records with any non-zero byte from an offset on."""
    rest = np.frombuffer(data, np.uint8, offset=min(offset, len(data)))
    if not rest.any():
        return 0
    whole = len(rest) // RECORD_BYTES
    count = int(np.count_nonzero(rest[: whole * RECORD_BYTES].reshape(whole, RECORD_BYTES).any(axis=1)))
    return count + int(bool(rest[whole * RECORD_BYTES :].any()))
