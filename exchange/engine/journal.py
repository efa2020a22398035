"""The day's command journal: batches appended to preallocated segments, synced inline or by its own thread.

Write-ahead: what `append` buffered is durable once `durable_sequence` has reached it, never before. A failed
write or sync is final: it is raised from every later call and the process must stop (the state of an unsynced
page after a failed sync is unknown). Layout: JOURNAL.md.
"""

import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np

from exchange.engine.bounds import (
    INLINE_COMMANDS_MAX,
    INLINE_UNSYNCED_COMMANDS_MAX,
    JOURNAL_BEHIND_BYTES_MAX,
    SEGMENT_BYTES,
)
from exchange.engine.files import Files, RealFiles
from exchange.engine.journal_format import (
    HEAD_BYTES,
    BatchHeader,
    Identity,
    SegmentHead,
    chain_hash,
    pack_batch,
    pack_head,
)
from exchange.engine.journal_reader import End
from exchange.engine.journal_segments import Segments
from exchange.errors import TwoCityError
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import Records


class Durability(StrEnum):
    """When a batch counts as durable."""

    NONE = "none"  # when the operating system has it: survives a killed process, not a power cut
    SYNC = "sync"  # when the disk has it


class JournalFailed(TwoCityError):
    """The journal could not be written: the process stops and recovers from what is durable."""


class _Pending(NamedTuple):
    first_sequence: int
    command_count: int
    time_ns: int
    commands: bytes


class Journal:
    """Writer of one day's journal. Not shared between threads but for its own."""

    def __init__(
        self, segments: Segments, end: End, durability: Durability, *, threaded: bool = True
    ) -> None:
        assert end.identity is not None
        self.identity: Identity = end.identity
        self.on_durable: Callable[[], None] | None = None
        self.durable_sequence = end.next_sequence - 1
        self.chain_head = end.chain
        self._segments = segments
        self._durability = durability
        self._next_sequence = end.next_sequence
        self._time_ns = end.time_ns
        self._buffered: list[_Pending] = []
        self._handed: list[_Pending] = []
        self._behind_bytes = 0
        self._is_writing = False
        self._is_closing = False
        self._failure: BaseException | None = None
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._threaded = threaded

    @classmethod
    def create(
        cls,
        folder: Path,
        identity: Identity,
        *,
        files: Files | None = None,
        durability: Durability = Durability.SYNC,
        segment_bytes: int = SEGMENT_BYTES,
        threaded: bool = True,
    ) -> "Journal":
        """Begin a day. What an earlier attempt left without a single durable batch is removed."""
        segments = Segments(folder, files or RealFiles(), segment_bytes, threaded=threaded)
        segments.make_empty()
        head = pack_head(SegmentHead(identity, 1, 1, 0, identity.previous_hash))
        end = End(identity, 0, 0, 1, 0, chain_hash(head), 0)
        return cls(segments, end, durability, threaded=threaded)

    @classmethod
    def open(
        cls,
        folder: Path,
        end: End,
        *,
        files: Files | None = None,
        durability: Durability = Durability.SYNC,
        segment_bytes: int = SEGMENT_BYTES,
        threaded: bool = True,
    ) -> "Journal":
        """Go on where a reader found the end; a torn tail is cut first, and the cut is durable."""
        segments = Segments(folder, files or RealFiles(), segment_bytes, threaded=threaded)
        segments.cut(end.segment_number, end.offset)
        return cls(segments, end, durability, threaded=threaded)

    @property
    def is_idle(self) -> bool:
        """True when nothing handed to the thread is waiting to become durable."""
        return not (self._handed or self._is_writing)

    @property
    def has_failed(self) -> bool:
        """True once a write or sync has failed: nothing more will be written."""
        return self._failure is not None

    @property
    def is_behind(self) -> bool:
        """True when so much waits for the disk that nothing more should be sequenced."""
        return self._behind_bytes >= JOURNAL_BEHIND_BYTES_MAX

    def is_quick(self, command_count: int) -> bool:
        """True when committing so many commands inline takes less than handing them to the thread."""
        is_synced = self._durability is Durability.SYNC
        most = INLINE_COMMANDS_MAX if is_synced else INLINE_UNSYNCED_COMMANDS_MAX
        return command_count <= most and self.is_idle

    def append(self, first_sequence: int, time_ns: int, commands: Records) -> None:
        """Buffer one batch (its bytes are copied); `commit` or `submit` makes it durable."""
        self.check()
        if first_sequence != self._next_sequence:
            raise ValueError(f"expected sequence {self._next_sequence}, found {first_sequence}")
        if time_ns < self._time_ns:
            raise ValueError(f"expected a time from {self._time_ns} on, found {time_ns}")
        self._next_sequence += len(commands)
        self._time_ns = time_ns
        # Viewed as words: numpy copies overlapping fields one by one, a hundred times slower.
        self._buffered.append(
            _Pending(first_sequence, len(commands), time_ns, commands.view(np.uint64).tobytes())
        )

    def commit(self) -> None:
        """Write and sync what is buffered, in this thread; nothing may wait in the other one."""
        self.check()
        assert self.is_idle, "an inline commit would overtake what the journal's thread still holds"
        batches, self._buffered = self._buffered, []
        try:
            self._make_durable(batches)
        except BaseException as failure:
            self._failure = failure
            raise

    def submit(self) -> None:
        """Hand what is buffered to the journal's thread; `on_durable` is called from there."""
        if not self._threaded:
            self.commit()
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
            self._thread.start()
        batches, self._buffered = self._buffered, []
        with self._condition:
            self._handed += batches
            self._behind_bytes += _size_bytes(batches)
            self._condition.notify_all()

    def wait(self) -> None:
        """Block until everything handed over is durable; raises what the thread met."""
        with self._condition:
            self._condition.wait_for(lambda: self._failure is not None or self.is_idle)
        self.check()

    def check(self) -> None:
        """Raise what the journal's thread met."""
        if self._failure is not None:
            raise JournalFailed(
                f"journal of {self.identity.day}: expected a durable write after sequence "
                f"{self.durable_sequence}, found {self._failure!r}"
            ) from self._failure

    def close(self) -> None:
        """Make everything durable and close the journal with an empty batch that says so."""
        self.submit()
        self.wait()
        self._stop_thread()
        if self._segments.is_begun:
            self._buffered = [_Pending(self._next_sequence, 0, self._time_ns, b"")]
            self.commit()
        self._segments.close()

    def abandon(self) -> None:
        """Stop after a failure without writing anything more."""
        self._stop_thread()
        self._segments.close()

    def _stop_thread(self) -> None:
        with self._condition:
            self._is_closing = True
            self._condition.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: bool(self._handed) or self._is_closing)
                if not self._handed:
                    return
                self._is_writing = True  # before the list is emptied: `is_idle` is read without the lock
                batches, self._handed = self._handed, []
            try:
                self._make_durable(batches)
            except BaseException as failure:  # whatever it is, the main thread must stop on it
                self._failure = failure
            with self._condition:
                self._is_writing = False
                self._behind_bytes -= _size_bytes(batches)
                self._condition.notify_all()
            if self.on_durable is not None:
                self.on_durable()
            if self._failure is not None:
                return

    def _make_durable(self, batches: list[_Pending]) -> None:
        """Write every batch, then one sync for all of them."""
        if not batches:
            return
        index = 0
        while index < len(batches):
            index = self._write_run(batches, index)
        if self._durability is Durability.SYNC:
            self._segments.sync()
        self.durable_sequence = batches[-1].first_sequence + batches[-1].command_count - 1

    def _write_run(self, batches: list[_Pending], index: int) -> int:
        """One write of as many batches as the segment still takes; returns the index of the next."""
        parts: list[bytes] = []
        room = self._segments.room_bytes
        if room < RECORD_BYTES + len(batches[index].commands):
            room = self._begin_segment(batches[index], parts)
        while index < len(batches):
            pending = batches[index]
            size = RECORD_BYTES + len(pending.commands)
            if size > room:
                break
            parts += self._packed(pending)
            room -= size
            index += 1
        self._segments.write(parts[0] if len(parts) == 1 else b"".join(parts))
        return index

    def _begin_segment(self, pending: _Pending, parts: list[bytes]) -> int:
        """A batch never spans segments: the rest of the old one stays zero; the new head goes with it."""
        if self._durability is Durability.SYNC:
            self._segments.sync()
        number = self._segments.begin(HEAD_BYTES + RECORD_BYTES + len(pending.commands))
        previous = self.identity.previous_hash if number == 1 else self.chain_head
        head = SegmentHead(self.identity, number, pending.first_sequence, self.durable_sequence, previous)
        parts.append(pack_head(head))
        return self._segments.room_bytes - HEAD_BYTES

    def _packed(self, pending: _Pending) -> tuple[bytes, bytes]:
        header = BatchHeader(
            pending.command_count,
            pending.first_sequence,
            pending.time_ns,
            self.durable_sequence,
            self.chain_head,
            self.identity.trading_day,
            self._segments.number,
        )
        record = pack_batch(header, pending.commands)
        self.chain_head = chain_hash(record + pending.commands)
        return record, pending.commands


def _size_bytes(batches: list[_Pending]) -> int:
    return sum(RECORD_BYTES + len(batch.commands) for batch in batches)
