"""Follows a journal that is still being written, and gives only what the journal itself names durable.

A batch may be seen half written, and even a whole one may be lost with the machine's memory: it counts once a
later header says that its sequence is durable. Damage is not judged here; it only ends what can be read.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from exchange.engine.bounds import TAIL_BATCHES_BYTES_MAX, TAIL_WINDOW_BYTES
from exchange.engine.files import Files
from exchange.engine.journal_format import (
    HEAD_BYTES,
    BatchHeader,
    Identity,
    chain_hash,
    segment_name,
    unpack_batch,
    unpack_head,
)
from exchange.engine.journal_reader import Batch
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import COMMAND


class _Place(NamedTuple):
    """A place between two batches; all before it has been read."""

    segment_number: int
    offset: int
    next_sequence: int
    time_ns: int
    chain: bytes


class JournalTail:
    """One day's journal from its beginning; `read` gives what became durable since the last call."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.identity: Identity | None = None  # known once the first segment has a head
        self.durable_sequence = 0  # the highest that the journal has named so far
        self._folder = folder
        self._files = files
        self._place = _Place(0, 0, 1, 0, b"")

    def look(self) -> Identity | None:
        """What the journal is bound to, as soon as it has been begun; takes nothing."""
        if self.identity is None:
            self._enter_next(self._place)
        return self.identity

    def read(self) -> list[Batch]:
        """Batches that became durable, in order; a bounded number, so call again while there are some."""
        found: list[tuple[Batch | None, _Place]] = []
        place, size_bytes = self._place, 0
        while size_bytes < TAIL_BATCHES_BYTES_MAX:
            taken = self._take_window(place)
            if taken:
                found += taken
                size_bytes += taken[-1][1].offset - place.offset
                place = taken[-1][1]
            elif (entered := self._enter_next(place)) is not None:
                place = entered
            else:
                break
        return self._take_durable(found)

    def _take_durable(self, found: list[tuple[Batch | None, _Place]]) -> list[Batch]:
        """Go on behind the last batch that is durable; what lies after it is read again next time."""
        batches = []
        for batch, place in found:
            if place.next_sequence - 1 > self.durable_sequence:
                break
            self._place = place
            if batch is not None:
                batches.append(batch)
        return batches

    def _take_window(self, place: _Place) -> list[tuple[Batch | None, _Place]]:
        """The whole batches of one read, each with the place after it; None for an empty closing batch."""
        taken: list[tuple[Batch | None, _Place]] = []
        if place.segment_number == 0:
            return taken
        path = self._folder / segment_name(place.segment_number)
        data = memoryview(self._files.read_part(path, place.offset, TAIL_WINDOW_BYTES))
        at = 0
        while (header := unpack_batch(data, at)) is not None and self._continues(header, place):
            stop = at + RECORD_BYTES * (1 + header.command_count)
            chain = chain_hash(data[at:stop])
            commands = np.frombuffer(data, COMMAND, header.command_count, at + RECORD_BYTES)
            batch = Batch(header.first_sequence, header.time_ns, commands, chain)
            place = _Place(
                place.segment_number,
                place.offset + stop - at,
                place.next_sequence + header.command_count,
                header.time_ns,
                chain,
            )
            taken.append((batch if header.command_count else None, place))
            self.durable_sequence = max(self.durable_sequence, header.durable_sequence)
            at = stop
        return taken

    def _continues(self, header: BatchHeader, place: _Place) -> bool:
        assert self.identity is not None
        found = (header.first_sequence, header.previous_hash, header.trading_day, header.segment_number)
        expected = (place.next_sequence, place.chain, self.identity.trading_day, place.segment_number)
        return found == expected and header.time_ns >= place.time_ns

    def _enter_next(self, place: _Place) -> _Place | None:
        """The first place of the next segment, if that one has been begun and continues this one."""
        number = place.segment_number + 1
        data = self._files.read_part(self._folder / segment_name(number), 0, HEAD_BYTES)
        head = unpack_head(data, self.identity.previous_hash if self.identity else b"")
        if head is None or (head.segment_number, head.first_sequence) != (number, place.next_sequence):
            return None
        if self.identity is None:
            self.identity, chain = head.identity, chain_hash(data)
        elif number == 1:
            chain = chain_hash(data)
        elif (head.identity, head.previous_hash) == (self.identity, place.chain):
            chain = place.chain
        else:
            return None
        self.durable_sequence = max(self.durable_sequence, head.durable_sequence)
        return _Place(number, HEAD_BYTES, place.next_sequence, place.time_ns, chain)
