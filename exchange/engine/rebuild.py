"""Brings a day back from its journal, beginning at a snapshot where there is one that can be trusted.

Up to the snapshot the events are read from the files kept beside it; behind it the kernel makes them again.
So the streams are whole either way, byte for byte. The journal is always read and proven from its beginning.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from exchange.engine.bounds import EVENT_BUFFER_RECORDS
from exchange.engine.files import Files
from exchange.engine.journal_format import Identity
from exchange.engine.journal_reader import End, JournalReader
from exchange.engine.replay import Applier, Block, StreamIds, blocks
from exchange.engine.snapshot_format import Events, NotWhole, Snapshot, blocks_of, load_state
from exchange.engine.snapshots import SnapshotFolder, Start
from exchange.errors import CorruptionError
from exchange.kernel import Capacity, State, digest_canonical, digest_raw, new_state
from exchange.vocabulary.records import Records


class Listener(Protocol):
    """Who wants the day's commands and what they caused, in order."""

    def commands(self, commands: Records) -> None:
        """Commands of the journal, before the events they caused."""

    def events(self, events: Records, streams: StreamIds, sequence: int) -> None:
        """Some of what the commands up to `sequence` caused; it must copy what it keeps."""

    def applied(self, sequence: int) -> None:
        """Everything that the commands up to `sequence` caused has been told."""


class Rebuilt(NamedTuple):
    """A day at the end of its journal."""

    state: State
    end: End
    from_sequence: int  # of the snapshot it was begun from, 0 = the beginning
    proven_sequence: int  # of the snapshot whose digest was met on the way, 0 = none


class Unusable(Exception):
    """A snapshot that belongs to another history, or to more of it than the journal holds."""


L = TypeVar("L", bound=Listener)


def rebuild(
    folder: Path, identity: Identity, files: Files, kept: SnapshotFolder, listen: Callable[[], L]
) -> tuple[L, Rebuilt]:
    """Replay a day; `listen` makes the listener anew for each attempt. Raises CorruptionError."""
    for start in kept.starts(identity):
        try:
            attempt = _Attempt(folder, identity, files, kept, start)
            listener = listen()
            return listener, attempt.run(listener)
        except (Unusable, NotWhole):
            continue  # the next start is older; the last one is the beginning, which is always usable
    raise AssertionError("the beginning of a journal needs no snapshot")


def prove(folder: Path, files: Files, snapshot: Snapshot) -> bool:
    """Replay a day and compare it with a snapshot: False when the journal has no such place or history.

    Raises CorruptionError when the snapshot hashes differently.
    """
    identity = JournalReader(folder, files).identity()
    assert identity is not None
    kept = SnapshotFolder(folder, files)
    done = _Attempt(folder, identity, files, kept, Start(None, snapshot)).run(_Deaf())
    return done.proven_sequence == snapshot.head.sequence


class _Deaf:
    """Hears nothing: only the state is wanted."""

    def commands(self, commands: Records) -> None:
        """Not kept."""

    def events(self, events: Records, streams: StreamIds, sequence: int) -> None:
        """Not kept."""

    def applied(self, sequence: int) -> None:
        """Not kept."""


class _Attempt:
    """One pass over the journal from one start."""

    def __init__(
        self, folder: Path, identity: Identity, files: Files, kept: SnapshotFolder, start: Start
    ) -> None:
        events = kept.events_until(identity, start.base) if start.base is not None else []
        if events is None:
            raise Unusable("the events up to the snapshot are not all there")
        self._identity = identity
        self._base, self._proof = start.base, start.proof
        self._base_sequence = start.base.head.sequence if start.base is not None else 0
        self._reader = JournalReader(folder, files)
        self._cuts = {last for part in events for last, _ in part.head.blocks} | {self._base_sequence}
        if start.proof is not None:
            self._cuts.add(start.proof.head.sequence)
        self._told = _blocks_of_all(events)
        self._next_told = next(self._told, None)

    def run(self, listener: Listener) -> Rebuilt:
        """Read, tell and apply to the end."""
        applier = Applier(new_state(Capacity(*self._identity.capacity))) if self._base is None else None
        proven = 0
        for block in blocks(self._reader.batches(), self._cuts):
            sequence = block.last_sequence
            listener.commands(block.commands)
            if applier is None:
                self._tell_kept(listener, sequence)
            else:
                applier.apply(block.commands, _teller(listener, sequence))
            listener.applied(sequence)
            if applier is None and sequence == self._base_sequence:
                applier = Applier(self._load(block))
            if applier is not None and self._is_proof(block):
                self._prove(applier.state)
                proven = sequence
        if applier is None:
            raise Unusable("the journal ends before the snapshot: it was newer than what is durable")
        assert self._reader.end is not None
        return Rebuilt(applier.state, self._reader.end, self._base_sequence, proven)

    def _tell_kept(self, listener: Listener, sequence: int) -> None:
        while self._next_told is not None and self._next_told[0] <= sequence:
            last, events, streams = self._next_told
            for first in range(0, len(events), EVENT_BUFFER_RECORDS):
                part = slice(first, first + EVENT_BUFFER_RECORDS)
                listener.events(events[part], streams[part], last)
            self._next_told = next(self._told, None)

    def _load(self, block: Block) -> State:
        """The snapshot's state, once the journal has been read to where it was taken."""
        assert self._base is not None
        head = self._base.head
        if block.chain.hex() != head.chain:
            raise Unusable("the snapshot was taken from another history")
        state = load_state(self._base)
        self._compare("the snapshot's arrays", head.sequence, head.digest_raw, digest_raw(state).hex())
        return state

    def _is_proof(self, block: Block) -> bool:
        """Whether the other snapshot was taken exactly here, from this history."""
        head = self._proof.head if self._proof is not None else None
        return head is not None and (head.sequence, head.chain) == (block.last_sequence, block.chain.hex())

    def _prove(self, state: State) -> None:
        """What a follower computed must be what is computed now."""
        assert self._proof is not None
        head = self._proof.head
        expected = f"{head.digest_raw} (canonical {head.digest_canonical})"
        found = digest_raw(state).hex()
        if found != head.digest_raw:
            found = f"{found} (canonical {digest_canonical(state).hex()})"
            self._compare("the replayed state", head.sequence, expected, found)

    def _compare(self, what: str, sequence: int, expected: str, found: str) -> None:
        if expected != found:
            place = f"{self._identity.day}, command {sequence}: SHA-256 of {what}"
            raise CorruptionError(place, f"{expected} by the snapshot", found)


def _blocks_of_all(files: list[Events]) -> Iterator[tuple[int, Records, StreamIds]]:
    for kept in files:
        yield from blocks_of(kept)


def _teller(listener: Listener, sequence: int) -> Callable[[Records, StreamIds], None]:
    return lambda events, streams: listener.events(events, streams, sequence)
