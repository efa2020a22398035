"""The kernel fed with a day in random batches and buffers, and every byte it answers compared."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from exchange import kernel
from exchange.client.errors import BookBroken, RecordsMissing
from exchange.vocabulary.limits import EVENTS_PER_STEP_MAX, RECORD_BYTES
from exchange.vocabulary.records import COMMAND, EVENT
from tests.differential.describe import describe, describe_event
from tests.differential.flow import Day
from tests.differential.reader import ReaderDiffers, Readers

BUFFERS = (EVENTS_PER_STEP_MAX, EVENTS_PER_STEP_MAX + 1, 64, 200, 4_096)
BATCHES = (1, 3, 17, 256, 4_096)

Event = tuple[int, bytes]


class Divergence(AssertionError):
    """Kernel and reference disagree; `index` is the command after which it showed."""

    def __init__(self, index: int, what: str) -> None:
        super().__init__(what)
        self.index = index


class Buffer(NamedTuple):
    """Where the kernel writes events and their streams; never cleared between calls."""

    events: np.ndarray
    streams: np.ndarray


def new_buffer(size: int) -> Buffer:
    """A buffer full of rubbish, so that a byte left unwritten shows."""
    return Buffer(np.full(size * RECORD_BYTES, 0xA5, np.uint8).view(EVENT), np.full(size, 77, np.uint32))


def run_kernel(day: Day, seed: int) -> None:
    """Feed the day to a fresh kernel state; raise Divergence at the first difference."""
    rng = random.Random(seed)
    buffers = [new_buffer(size) for size in BUFFERS]
    commands = np.frombuffer(b"".join(day.records), COMMAND).copy()
    state = kernel.new_state(kernel.Capacity(*day.capacity))
    readers = Readers(random.Random(f"readers {seed}"))
    position = 0
    for stop in sorted(day.digests):
        found: list[Event] = []
        start = position
        while position < stop:
            batch = commands[position : min(position + rng.choice(BATCHES), stop)]
            position += call_kernel(state, batch, rng.choice(buffers), found, position, readers)
        compare_events(day, start, stop, found)
        kernel.check_state(state)
        compare_digest(day, stop, state)
        compare_books(day, stop, state, readers)
    with diverging(len(day.records) - 1):
        readers.compare_streams(day.expected)


@contextmanager
def diverging(index: int) -> Iterator[None]:
    """What readers or their books object to came with command `index`, or before it."""
    try:
        yield
    except (ReaderDiffers, BookBroken, RecordsMissing) as error:
        raise Divergence(index, f"{type(error).__name__}: {error}") from error


def call_kernel(
    state: "kernel.State",
    batch: np.ndarray,
    buffer: Buffer,
    found: list[Event],
    position: int,
    readers: Readers | None = None,
) -> int:
    """One apply_batch; collects the events and returns the number of commands done."""
    done, count, more = kernel.apply_batch(state, batch, buffer.events, buffer.streams)
    if bool(more) != (done < len(batch)) or not (done or count):
        raise Divergence(
            position, f"expected progress and more = commands remain, found {done=} {count=} {more=}"
        )
    data = buffer.events[:count].tobytes()
    streams = buffer.streams[:count].tolist()
    found.extend(zip(streams, (data[i : i + 64] for i in range(0, len(data), 64)), strict=True))
    if readers is None:
        return int(done)
    with diverging(position + int(done) - 1):
        readers.take(buffer.events[:count], buffer.streams[:count], is_complete=not more, state=state)
    return int(done)


def compare_books(day: Day, stop: int, state: "kernel.State", readers: Readers) -> None:
    """What readers of depth and five levels came to, and what the kernel says of the same."""
    book, levels = day.books[stop]
    with diverging(stop - 1):
        readers.compare(state, book)
    if (found := kernel.digest_levels(state)) != levels:
        raise Divergence(stop - 1, f"digest of five levels: expected {levels.hex()}, found {found.hex()}")


def compare_digest(day: Day, stop: int, state: "kernel.State") -> None:
    """The canonical digest after a number of commands."""
    expected, found = day.digests[stop], kernel.digest_canonical(state)
    if expected != found:
        raise Divergence(stop - 1, f"canonical digest: expected {expected.hex()}, found {found.hex()}")


def compare_events(day: Day, start: int, stop: int, found: list[Event]) -> None:
    """Every event byte and stream id of commands start..stop."""
    expected = [event for events in day.expected[start:stop] for event in events]
    if expected == found:
        return
    ends = list(accumulate(len(events) for events in day.expected[start:stop]))
    different = next(
        (i for i, pair in enumerate(zip(expected, found, strict=False)) if pair[0] != pair[1]),
        min(len(expected), len(found)),
    )
    index = next((start + i for i, end in enumerate(ends) if end > different), stop - 1)
    lines = [f"command {index}: {describe(day.records[index])}"]
    for name, events in (("expected", expected), ("found", found)):
        shown = events[different : different + 1]
        lines += [f"{name} {describe_event(*event)}" for event in shown] or [f"{name} no event"]
    raise Divergence(index, "\n".join(lines))
