"""The folder of snapshots and of the events beside them: written whole or not at all, read only when proven.

What is torn, of another day's journal, of another kernel or of other rules is passed over, as if it were not
there: the journal alone is the truth, and a snapshot only saves time.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from exchange.engine.files import Files, write_atomically
from exchange.engine.journal_format import Identity
from exchange.engine.snapshot_format import (
    Events,
    NotWhole,
    Snapshot,
    bound_of,
    unpack_events,
    unpack_snapshot,
)

SNAPSHOT_SUFFIX: Final = ".snapshot"
EVENTS_SUFFIX: Final = ".events"
ASIDE_SUFFIX: Final = ".new"
_SEQUENCE_DIGITS: Final = 12


class Start(NamedTuple):
    """Where a rebuild begins, and the snapshot that it proves on its way."""

    base: Snapshot | None  # None: from the beginning
    proof: Snapshot | None


class SnapshotFolder:
    """Snapshots of all days, named by day and last sequence."""

    def __init__(self, folder: Path, files: Files) -> None:
        self._folder = folder
        self._files = files

    # ---- reading

    def sequences(self, day: date, suffix: str = SNAPSHOT_SUFFIX) -> list[int]:
        """Last sequences of a day's files, newest first."""
        prefix = f"{day.isoformat()}-"
        names = [n for n in self._files.names(self._folder) if n.startswith(prefix) and n.endswith(suffix)]
        digits = [name[len(prefix) : -len(suffix)] for name in names]
        return sorted((int(text) for text in digits if text.isdecimal()), reverse=True)

    def read(self, identity: Identity, sequence: int) -> Snapshot | None:
        """One snapshot; None when it is not there, not whole, or bound to something else."""
        path = self._path(identity.day, sequence, SNAPSHOT_SUFFIX)
        if path.name not in self._files.names(self._folder):
            return None
        try:
            snapshot = unpack_snapshot(self._files.read(path))
        except NotWhole:
            return None
        is_ours = snapshot.head.bound == bound_of(identity) and snapshot.head.sequence == sequence
        return snapshot if is_ours else None

    def usable(self, identity: Identity) -> Iterator[Snapshot]:
        """The day's usable snapshots, newest first."""
        for sequence in self.sequences(identity.day):
            snapshot = self.read(identity, sequence)
            if snapshot is not None:
                yield snapshot

    def starts(self, identity: Identity) -> Iterator[Start]:
        """Where to begin, the best first: the snapshot before a newest one, which is proven on the way.

        The day's first snapshot is proven from the beginning. One whose predecessor is gone is believed: its
        own digest is all there is. Last of all comes the beginning itself.
        """
        for newest in self.usable(identity):
            previous = newest.head.previous_sequence
            base = self.read(identity, previous) if previous else None
            if previous and base is None:
                yield Start(newest, None)
            else:
                yield Start(base, newest)
        yield Start(None, None)

    def events_until(self, identity: Identity, snapshot: Snapshot) -> list[Events] | None:
        """Every file of events up to a snapshot, in order; None when one is missing or another's."""
        chain: list[Events] = []
        sequence, expected = snapshot.head.sequence, snapshot.head.events_hash
        while expected:
            kept = self.read_events(identity, sequence)
            if kept is None or kept.hash != expected:
                return None
            chain.append(kept)
            sequence, expected = kept.head.first_sequence - 1, kept.head.previous_hash
        return chain[::-1] if sequence == 0 else None

    def read_events(self, identity: Identity, last_sequence: int) -> Events | None:
        """One file of events; None as for a snapshot."""
        path = self._path(identity.day, last_sequence, EVENTS_SUFFIX)
        if path.name not in self._files.names(self._folder):
            return None
        try:
            kept = unpack_events(self._files.read(path))
        except NotWhole:
            return None
        is_ours = kept.head.bound == bound_of(identity) and kept.head.last_sequence == last_sequence
        return kept if is_ours else None

    # ---- writing

    def write(self, day: date, sequence: int, suffix: str, data: bytes) -> None:
        """Write a file aside, sync it, give it its name."""
        self._files.make_folder(self._folder)
        write_atomically(self._files, self._path(day, sequence, suffix), data)

    def remove_above(self, day: date, sequence: int) -> None:
        """Remove what a day has beyond a sequence: it tells of a history that is not the journal's."""
        doomed = [
            self._path(day, found, suffix).name
            for suffix in (SNAPSHOT_SUFFIX, EVENTS_SUFFIX)
            for found in self.sequences(day, suffix)
            if found > sequence
        ]
        self._remove(doomed)

    def remove_old(self, today: date, kept: int, days_kept: int = 2) -> None:
        """Remove today's snapshots but the newest, everything of days long over, and what was left aside."""
        ours = (SNAPSHOT_SUFFIX, EVENTS_SUFFIX, ASIDE_SUFFIX)
        names = [name for name in self._files.names(self._folder) if name.endswith(ours)]
        doomed = [name for name in names if name.endswith(ASIDE_SUFFIX)]
        doomed += [self._path(today, old, SNAPSHOT_SUFFIX).name for old in self.sequences(today)[kept:]]
        days = sorted({name[:10] for name in names if name[:10] <= today.isoformat()}, reverse=True)
        doomed += [name for name in names if name[:10] in days[days_kept:]]
        self._remove(doomed)

    def _remove(self, names: list[str]) -> None:
        for name in dict.fromkeys(names):
            self._files.remove(self._folder / name)
        if names:
            self._files.sync_folder(self._folder)

    def _path(self, day: date, sequence: int, suffix: str) -> Path:
        return self._folder / f"{day.isoformat()}-{sequence:0{_SEQUENCE_DIGITS}d}{suffix}"
