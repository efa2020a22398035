"""Readers of a day's derived streams, who lose in every way what they are sent, beside the kernel that runs.

One rebuilds the books from the depth stream, one the five levels from the public stream; both lose pieces,
log in again from a number, or begin anew with a snapshot. A drop copy and the depth stream are compared, byte
by byte, with what the whole day's events amount to, however they came.
"""

import random
from collections.abc import Sequence
from itertools import chain

import numpy as np

from exchange import kernel
from exchange.client.book import Book, FiveLevelBook
from exchange.client.errors import RecordsMissing
from exchange.kernel.views import defined_contracts
from exchange.publish.depth import Depth
from exchange.publish.drop_copy import DropCopy
from exchange.publish.event_log import CHUNK_RECORDS
from exchange.publish.streams import Streams
from exchange.vocabulary.enums import Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import DROP_COPY_FIRST, MEMBER_FIRST, STREAM_DEPTH, STREAM_PUBLIC
from exchange.vocabulary.records import EVENT, REPLY, Records

Event = tuple[int, bytes]
AnyBook = Book | FiveLevelBook
MEMBERS = range(MEMBER_FIRST + 1, MEMBER_FIRST + 4)  # whose drop copy is taken
STREAMS = {STREAM_DEPTH: Book, STREAM_PUBLIC: FiveLevelBook}


class ReaderDiffers(AssertionError):
    """What a reader came to is not what it should be."""


class Readers:
    """Given every piece that the kernel gives, in order."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._streams = Streams(derivations=(Depth(), DropCopy(DROP_COPY_FIRST, MEMBERS)))
        self._books: dict[int, AnyBook] = {stream: made() for stream, made in STREAMS.items()}
        self._pieces = 0
        self.compared_levels = 0

    def take(self, events: Records, streams: np.ndarray, *, is_complete: bool, state: "kernel.State") -> None:
        """A piece; `is_complete`: no command is half done."""
        self._pieces += 1
        self._streams.append(events, streams, self._pieces)
        if not is_complete:
            return
        self._streams.complete(self._pieces)
        for stream_id, first_number, data in self._streams.release(self._pieces):
            if stream_id in STREAMS:
                self._hear(stream_id, first_number, np.frombuffer(bytes(data), EVENT), state)
        if self._rng.random() < 0.2:
            self._compare_levels(state)

    def compare(self, state: "kernel.State", expected: bytes | None = None) -> None:
        """Catch up, and compare with the kernel's state and with the reference's digest."""
        book = self._catch_up(STREAM_DEPTH)
        if book.number != self._streams.appended(STREAM_DEPTH):
            raise ReaderDiffers(f"expected a whole book between commands, found {book.number}")
        found, wanted = book.digest(), kernel.digest_book(state)
        if found != wanted or expected not in (None, found):
            raise ReaderDiffers(
                f"digest of the book: kernel {wanted.hex()}, reader {found.hex()}, "
                f"reference {expected.hex() if expected else '-'}"
            )

    def compare_streams(self, expected: Sequence[Sequence[Event]]) -> None:
        """Depth and drop copy as they are when a day comes in one piece."""
        events = list(chain.from_iterable(expected))
        copied = [data for stream, data in events if stream in MEMBERS and data[3] != Kind.STREAM_OPENED]
        found = self._streams.read(DROP_COPY_FIRST, 2, 2**31)
        if found != b"".join(copied):
            raise ReaderDiffers(f"expected {len(copied)} records in the drop copy, found {len(found) // 64}")
        whole = Streams(derivations=(Depth(),))
        for start in range(0, len(events), CHUNK_RECORDS):
            part = events[start : start + CHUNK_RECORDS]
            streams = np.array([stream for stream, _ in part], np.uint32)
            whole.append(np.frombuffer(b"".join(data for _, data in part), EVENT), streams, 1)
        whole.complete(1)
        whole.release(1)
        if whole.read(STREAM_DEPTH, 1, 2**31) != self._streams.read(STREAM_DEPTH, 1, 2**31):
            raise ReaderDiffers("the depth stream depends on the pieces in which events come")

    def _hear(self, stream_id: int, first_number: int, records: Records, state: "kernel.State") -> None:
        """Take what was released, or lose it in one of the ways in which readers lose things."""
        fate = self._rng.random()
        if fate < 0.25:  # lost: whatever comes next lies behind a gap
            return
        if fate < 0.26:
            self._join(stream_id, state)
            return
        if fate < 0.40:  # cut in the middle of what was sent
            records = records[: self._rng.randrange(len(records) + 1)]
        book = self._books[stream_id]
        try:
            book.apply(first_number, records)
        except RecordsMissing as gap:
            if gap.expected != book.number + 1:
                raise ReaderDiffers(f"expected to miss {book.number + 1}, found {gap.expected}") from gap
            self._catch_up(stream_id)

    def _join(self, stream_id: int, state: "kernel.State") -> None:
        """Begin anew with a snapshot of now."""
        contracts = defined_contracts(state)
        book = self._books[stream_id] = STREAMS[stream_id]()
        answer = kernel.depth if stream_id == STREAM_DEPTH else kernel.levels
        book.load(answer(state, contracts).view(REPLY), self._streams.appended(stream_id))

    def _catch_up(self, stream_id: int) -> AnyBook:
        """Log in again from the first number not held, as often as there is more; packets end anywhere."""
        book = self._books[stream_id]
        number = book.number + 1
        kept = b""
        while data := self._streams.read(stream_id, number, self._rng.choice((1, 3, 50, 4_096))):
            kept += data
            number += len(data) // 64
            taken = book.apply(book.number + 1, np.frombuffer(kept, EVENT))
            kept = kept[taken * 64 :]
        return book

    def _compare_levels(self, state: "kernel.State") -> None:
        """Once all images are out, the five levels are the kernel's; a rule may have changed how many."""
        if state.contracts["is_dirty"][:, :2].any():
            return
        book = self._catch_up(STREAM_PUBLIC)
        assert isinstance(book, FiveLevelBook)
        if book.digest() == kernel.digest_levels(state):
            self.compared_levels += 1
            return
        full = self._catch_up(STREAM_DEPTH)
        assert isinstance(full, Book)
        for contract_id in defined_contracts(state):
            for side in Side:
                shown = book.levels(contract_id, side)
                if shown != full.levels(contract_id, side, len(shown)):
                    raise ReaderDiffers(f"five levels of {contract_id} {side.name}: found {shown}")
