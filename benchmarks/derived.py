"""What derived streams cost the exchange for each batch, and how fast a reader rebuilds the books from them.

`python -m benchmarks.derived`: one flow through the kernel, then its events into streams, in batches
of 64 and of 16,384 commands: without derived streams, with the depth, with a drop copy of a tenth of all.
"""

import argparse
import time
from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.flows import make_flow
from benchmarks.flows_shapes import ACCOUNTS
from benchmarks.kernel_commands import Style
from benchmarks.kernel_measure import Trial, prepare
from exchange.client.book import Book
from exchange.engine.replay import Applier
from exchange.publish.depth import Depth
from exchange.publish.derived import Derivation
from exchange.publish.drop_copy import DropCopy
from exchange.publish.streams import Streams
from exchange.vocabulary.limits import DROP_COPY_FIRST, MEMBER_FIRST, STREAM_DEPTH
from exchange.vocabulary.records import EVENT, Records

BATCHES: Final = (64, 16_384)
REPEATS: Final = 5
COPIED: Final = ACCOUNTS // 10

Piece = tuple[Records, NDArray[np.uint32]]


class Cost(NamedTuple):
    """Real time of the fastest of some repeats."""

    ns_per_batch: int
    ns_per_command: int


def run_kernel(messages: int, seed: int, batch: int) -> tuple[list[list[Piece]], int]:
    """The events of a flow by batch and piece, and the number of commands."""
    market, load = prepare(Trial("A", make_flow("A", messages, seed), Style()))
    applier = Applier(market.state)
    batches: list[list[Piece]] = []
    for first in range(0, len(load.commands), batch):
        pieces: list[Piece] = []
        applier.apply(load.commands[first : first + batch], partial(keep, pieces))
        batches.append(pieces)
    return batches, len(load.commands)


def keep(pieces: list[Piece], events: Records, streams: NDArray[np.uint32]) -> None:
    """Copy a piece: the kernel's buffers are used again."""
    pieces.append((events.copy(), streams.copy()))


def publish(batches: Sequence[list[Piece]], derivations: Sequence[Derivation]) -> tuple[Streams, int]:
    """Streams of all that happened, and the nanoseconds that they took."""
    streams = Streams(derivations=derivations)
    started = time.perf_counter_ns()
    for number, pieces in enumerate(batches, 1):
        for events, ids in pieces:
            streams.append(events, ids, number)
        streams.complete(number)
        streams.release(number)
    return streams, time.perf_counter_ns() - started


def cost(batches: Sequence[list[Piece]], commands: int, derived: str) -> Cost:
    """The fastest of some repeats."""
    made: dict[str, list[Derivation]] = {"none": []}
    taken = []
    for _ in range(REPEATS):
        made["depth"] = [Depth()]
        made["drop copy"] = [DropCopy(DROP_COPY_FIRST, range(MEMBER_FIRST, MEMBER_FIRST + COPIED))]
        taken.append(publish(batches, made[derived])[1])
    return Cost(min(taken) // len(batches), min(taken) // commands)


def read_back(batches: Sequence[list[Piece]]) -> tuple[int, int]:
    """Depth records of the flow, and nanoseconds a reader takes for each."""
    streams, _ = publish(batches, [Depth()])
    book, chunk = Book(), 4_096
    started, number = time.perf_counter_ns(), 1
    while data := streams.read(STREAM_DEPTH, number, chunk):
        book.apply(number, np.frombuffer(data, EVENT))
        number = book.number + 1
    return book.number, (time.perf_counter_ns() - started) // max(book.number, 1)


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for batch in BATCHES:
        batches, commands = run_kernel(options.messages, options.seed, batch)
        for derived in ("none", "depth", "drop copy"):
            found = cost(batches, commands, derived)
            print(
                f"batches of {batch:>6,}, {derived:>9}: {found.ns_per_batch / 1_000:>9,.1f} us a batch, "
                f"{found.ns_per_command:>4,} ns a command"
            )
    records, ns_each = read_back(batches)
    print(f"a reader's book: {records:,} records at {ns_each:,} ns, {10**9 // max(ns_each, 1):,} a second")


if __name__ == "__main__":
    main()
