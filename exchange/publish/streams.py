"""The day's numbered streams: every event once in a chunked log, and per stream where its runs lie.

A batch's events are stored grouped by stream, in order inside each stream; so what one batch gives a stream
is one run of consecutive bytes, released and re-read without touching single events. Nothing is readable
before it is released, and the engine releases only what is durable.
"""

from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exchange.publish.derived import Derivation, Words, is_derived
from exchange.publish.event_log import CHUNK_RECORDS, EventLog
from exchange.publish.grouping import Grouper
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import Records


class Run(NamedTuple):
    """Consecutive records of one stream."""

    stream_id: int
    first_number: int
    length: int
    start: int  # position in the event log


class _Index:
    """Where the records of one stream lie: parallel arrays, a run each."""

    __slots__ = ("first_numbers", "next_number", "released", "starts")

    def __init__(self) -> None:
        self.first_numbers = array("Q")
        self.starts = array("Q")
        self.next_number = 1
        self.released = 0


class Streams:
    """All streams of one trading day, the derived ones too. Numbers count from 1 in each stream."""

    def __init__(self, log: EventLog | None = None, derivations: Sequence[Derivation] = ()) -> None:
        self.ended = False
        self._log = log or EventLog()
        self._grouper = Grouper()
        self._derivations = tuple(derivations)
        self._indexes: dict[int, _Index] = {}
        self._held: deque[tuple[int, list[Run]]] = deque()

    @property
    def stream_ids(self) -> tuple[int, ...]:
        """Streams that have a readable record, ascending."""
        return tuple(sorted(key for key, index in self._indexes.items() if index.released))

    @property
    def is_released(self) -> bool:
        """True when every record appended is readable."""
        return not self._held

    def append(self, events: Records, streams: NDArray[np.uint32], sequence: int) -> None:
        """Store more events of the commands up to `sequence`; not readable before `release(sequence)`.

        Complexity: O(events) plus O(streams touched) in Python.
        """
        assert not self.ended
        count = len(events)
        if count == 0:
            return
        assert count <= CHUNK_RECORDS
        rows = events.view(np.uint64).reshape(count, RECORD_BYTES // 8)
        if self._derivations:
            for derivation in self._derivations:
                self._append_derived(derivation.stream_id, derivation.derive(rows, streams), sequence)
            is_own = is_derived(streams)
            if is_own.any():
                rows, streams = rows[~is_own], streams[~is_own]
                if not len(rows):
                    return
        self._append_plain(rows, streams, sequence)

    def complete(self, sequence: int) -> None:
        """Every event of the commands up to `sequence` has been appended."""
        for derivation in self._derivations:
            self._append_derived(derivation.stream_id, derivation.complete(), sequence)

    def _append_plain(self, rows: Words, streams: NDArray[np.uint32], sequence: int) -> None:
        start, target = self._log.reserve(len(rows))
        spans = self._grouper.group(rows, streams, target)
        self._hold(
            [self._add_run(stream_id, start + first, length) for stream_id, first, length in spans], sequence
        )

    def _append_derived(self, stream_id: int, rows: Words, sequence: int) -> None:
        if len(rows):
            self._hold([self._add_run(stream_id, self._log.append(rows), len(rows))], sequence)

    def _hold(self, runs: list[Run], sequence: int) -> None:
        if self._held and self._held[-1][0] == sequence:
            self._held[-1][1].extend(runs)
        else:
            self._held.append((sequence, runs))

    def release(self, durable_sequence: int) -> list[tuple[int, int, memoryview]]:
        """Make everything caused by durable commands readable: (stream, first number, bytes), in order."""
        released: list[tuple[int, int, memoryview]] = []
        while self._held and self._held[0][0] <= durable_sequence:
            sequence, runs = self._held.popleft()
            assert sequence <= durable_sequence
            for stream_id, first_number, count, start in runs:
                index = self._indexes[stream_id]
                assert first_number == index.released + 1, "a stream is released in order, without gaps"
                index.released += count
                released.append((stream_id, first_number, self._log.view(start, count)))
        return released

    def appended(self, stream_id: int) -> int:
        """Records of a stream so far, those that are not readable yet included."""
        index = self._indexes.get(stream_id)
        return index.next_number - 1 if index else 0

    def count(self, stream_id: int) -> int:
        """Readable records of a stream: also the number of its newest one."""
        index = self._indexes.get(stream_id)
        return index.released if index else 0

    def read(self, stream_id: int, first_number: int, count_max: int) -> bytes:
        """Up to `count_max` readable records from a number on; empty beyond the newest."""
        index = self._indexes.get(stream_id)
        if index is None or first_number < 1:
            return b""
        number, stop = first_number, min(first_number + count_max, index.released + 1)
        parts: list[memoryview] = []
        run = bisect_right(index.first_numbers, number) - 1
        while number < stop:
            following = (
                index.first_numbers[run + 1] if run + 1 < len(index.first_numbers) else index.next_number
            )
            end = min(stop, following)
            start = index.starts[run] + number - index.first_numbers[run]
            parts.append(self._log.view(start, end - number))
            number, run = end, run + 1
        return b"".join(parts)

    def end(self) -> None:
        """The day is over: nothing is appended any more, and its followers are told so."""
        assert self.is_released
        self.ended = True

    def close(self) -> None:
        """Let go of files; the streams cannot be read any more."""
        self._log.close()

    def _add_run(self, stream_id: int, start: int, count: int) -> Run:
        index = self._indexes.get(stream_id)
        if index is None:
            index = self._indexes[stream_id] = _Index()
        first_number = index.next_number
        index.next_number += count
        joins_last = (
            index.starts
            and start % CHUNK_RECORDS
            and index.starts[-1] + first_number - index.first_numbers[-1] == start
        )
        if not joins_last:
            index.first_numbers.append(first_number)
            index.starts.append(start)
        return Run(stream_id, first_number, count, start)
