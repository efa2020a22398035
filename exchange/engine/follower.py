"""Follows the journal as it grows, in a process of its own, and writes snapshots: the exchange never waits.

It replays what is durable through a kernel state of its own; what it writes is what any replay would give.
"""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from exchange.engine.bounds import EVENTS_PER_FILE_MAX, SNAPSHOTS_KEPT
from exchange.engine.files import Files
from exchange.engine.journal_format import Identity
from exchange.engine.journal_reader import Batch
from exchange.engine.journal_tail import JournalTail
from exchange.engine.replay import Applier, Block, StreamIds, blocks, refuse_foreign
from exchange.engine.snapshot_format import (
    EventsHead,
    NotWhole,
    SnapshotHead,
    bound_of,
    file_hash,
    load_state,
    pack_events,
    pack_snapshot,
)
from exchange.engine.snapshots import EVENTS_SUFFIX, SNAPSHOT_SUFFIX, SnapshotFolder
from exchange.errors import CorruptionError
from exchange.kernel import Capacity, State, digest_canonical, digest_raw, new_state
from exchange.vocabulary.records import Records

_DAY_NAME: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class Every(NamedTuple):
    """How often a snapshot is due, whichever comes first; never without a new command."""

    commands: int
    real_ns: int


class _OtherHistory(Exception):
    """The journal is not the one that the snapshot was taken from."""


class DayFollower:
    """One day: a state, and the events since the last file of them."""

    def __init__(self, tail: JournalTail, identity: Identity, kept: SnapshotFolder) -> None:
        self.identity = identity
        self.sequence = 0  # the last command applied
        self.snapshot_sequence = 0  # of the last snapshot
        self._tail = tail
        self._kept = kept
        self._chain = b""
        self._time_ns = 0
        self._base_chain = ""
        self._events_sequence = 0
        self._events_hash = ""
        self._blocks: list[tuple[int, int]] = []
        self._events: list[bytes] = []
        self._streams: list[bytes] = []
        self._applier = Applier(self._restore())
        kept.remove_above(identity.day, self.sequence)
        kept.remove_old(identity.day, SNAPSHOTS_KEPT)

    def take(self) -> int:
        """Apply what became durable; returns how many commands."""
        batches = [batch for batch in self._tail.read() if not self._is_known(batch)]
        for block in blocks(batches):
            self._apply(block)
        if batches:
            self.sequence = batches[-1].last_sequence
            self._chain, self._time_ns = batches[-1].chain, batches[-1].time_ns
        return sum(len(batch.commands) for batch in batches)

    def write_snapshot(self) -> SnapshotHead | None:
        """Write where it stands, if that is beyond the last one; the events first: it names them."""
        if self.sequence == self.snapshot_sequence:
            return None
        self._write_events()
        state = self._applier.state
        head = SnapshotHead(
            bound=bound_of(self.identity),
            sequence=self.sequence,
            durable_sequence=self._tail.durable_sequence,
            previous_sequence=self.snapshot_sequence,
            chain=self._chain.hex(),
            time_ns=self._time_ns,
            digest_raw=digest_raw(state).hex(),
            digest_canonical=digest_canonical(state).hex(),
            events_hash=self._events_hash,
            arrays=(),
        )
        day = self.identity.day
        self._kept.write(day, self.sequence, SNAPSHOT_SUFFIX, pack_snapshot(head, state))
        self._kept.remove_old(day, SNAPSHOTS_KEPT)
        self.snapshot_sequence = self.sequence
        return head

    def _restore(self) -> State:
        """The newest usable snapshot's state, else an empty one."""
        for snapshot in self._kept.usable(self.identity):
            head = snapshot.head
            if self._kept.events_until(self.identity, snapshot) is None:
                continue
            try:
                state = load_state(snapshot)
            except NotWhole:
                continue
            if (found := digest_raw(state).hex()) != head.digest_raw:
                place = f"snapshot of {self.identity.day} at command {head.sequence}: SHA-256 of its arrays"
                raise CorruptionError(place, head.digest_raw, found)
            self.sequence = self.snapshot_sequence = self._events_sequence = head.sequence
            self._base_chain, self._events_hash = head.chain, head.events_hash
            self._chain, self._time_ns = bytes.fromhex(head.chain), head.time_ns
            return state
        return new_state(Capacity(*self.identity.capacity))

    def _is_known(self, batch: Batch) -> bool:
        """Whether the snapshot holds it already; raises when the journal tells another history."""
        base_sequence = self.snapshot_sequence if self._base_chain else 0
        if batch.first_sequence > base_sequence:
            self._base_chain = ""  # passed
            return False
        is_end = batch.last_sequence == base_sequence
        if batch.last_sequence > base_sequence or (is_end and batch.chain.hex() != self._base_chain):
            raise _OtherHistory
        return True

    def _apply(self, block: Block) -> None:
        count = 0

        def keep(events: Records, streams: StreamIds) -> None:
            nonlocal count
            count += len(events)
            self._events.append(events.view("<u8").tobytes())
            self._streams.append(streams.tobytes())

        self._applier.apply(block.commands, keep)
        self._blocks.append((block.last_sequence, count))
        self.sequence = block.last_sequence
        if sum(events for _, events in self._blocks) >= EVENTS_PER_FILE_MAX:
            self._write_events()

    def _write_events(self) -> None:
        if not self._blocks:
            return
        last = self._blocks[-1][0]
        head = EventsHead(
            bound=bound_of(self.identity),
            first_sequence=self._events_sequence + 1,
            last_sequence=last,
            previous_hash=self._events_hash,
            blocks=tuple(self._blocks),
        )
        data = pack_events(head, b"".join(self._events), b"".join(self._streams))
        self._kept.write(self.identity.day, last, EVENTS_SUFFIX, data)
        self._events_sequence, self._events_hash = last, file_hash(data)
        self._blocks, self._events, self._streams = [], [], []


class SnapshotFollower:
    """Goes from day to day behind the exchange."""

    def __init__(
        self,
        journal_folder: Path,
        snapshots_folder: Path,
        files: Files,
        every: Every,
        monotonic_ns: Callable[[], int],
    ) -> None:
        self.day: DayFollower | None = None
        self._journal_folder = journal_folder
        self._kept = SnapshotFolder(snapshots_folder, files)
        self._files = files
        self._every = every
        self._monotonic_ns = monotonic_ns
        self._written_ns = monotonic_ns()

    def step(self) -> int:
        """Take what became durable, write a snapshot if one is due; returns how many commands were taken."""
        if self.day is None:
            self._begin_newest()
        if self.day is None:
            return 0
        try:
            count = self.day.take()
        except _OtherHistory:
            self._kept.remove_above(self.day.identity.day, self.day.snapshot_sequence - 1)
            self.day = None
            return 0
        if count:
            self._write_if_due(self.day)
        else:
            self._go_on(self.day)
        return count

    def write_now(self) -> SnapshotHead | None:
        """Write a snapshot of all that has been taken."""
        self._written_ns = self._monotonic_ns()
        return self.day.write_snapshot() if self.day is not None else None

    def _write_if_due(self, day: DayFollower) -> None:
        is_long_ago = self._monotonic_ns() - self._written_ns >= self._every.real_ns
        if is_long_ago or day.sequence - day.snapshot_sequence >= self._every.commands:
            self.write_now()

    def _go_on(self, day: DayFollower) -> None:
        """Nothing new: write what is due by time; when a later day has begun, finish this one."""
        newest = self._newest()
        if newest is not None and newest[0] > day.identity.day:
            self.write_now()
            self._begin_newest()
        else:
            self._write_if_due(day)

    def _begin_newest(self) -> None:
        newest = self._newest()
        if newest is None:
            return
        day, tail, identity = newest
        refuse_foreign(identity, self._journal_folder / day.isoformat())
        self.day = DayFollower(tail, identity, self._kept)

    def _newest(self) -> tuple[date, JournalTail, Identity] | None:
        """The newest day whose journal has a head."""
        for name in reversed(self._files.names(self._journal_folder)):
            if _DAY_NAME.fullmatch(name):
                tail = JournalTail(self._journal_folder / name, self._files)
                identity = tail.look()
                if identity is not None:
                    return date.fromisoformat(name), tail, identity
        return None
