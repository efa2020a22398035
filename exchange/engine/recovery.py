"""After a stop of any kind: finds the newest day, proves its journal, brings kernel, streams and day back.

A day whose journal holds no durable batch never began: nothing of it was ever shown to anybody.
"""

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

from exchange.engine.day import TradingDay
from exchange.engine.day_file import listed_on, read_day_file
from exchange.engine.derivations import derivations_of
from exchange.engine.directory import Directory
from exchange.engine.files import Files, RealFiles
from exchange.engine.journal_format import Identity
from exchange.engine.journal_reader import End, JournalReader
from exchange.engine.opening import DayPlan, plan_day
from exchange.engine.rebuild import prove, rebuild
from exchange.engine.replay import ReplayResult, StreamIds, is_foreign, refuse_foreign, replay
from exchange.engine.settings import EngineSettings
from exchange.engine.snapshots import SnapshotFolder
from exchange.errors import UsageError
from exchange.kernel import State
from exchange.publish.event_log import EventLog
from exchange.publish.streams import Streams
from exchange.vocabulary.records import Records

_DAY_NAME = re.compile(r"\d{4}-\d{2}-\d{2}")
__all__ = ["Recovered", "ReplayResult", "recover", "replay", "replay_and_prove"]


class Recovered(NamedTuple):
    """A day as it was when its last durable batch had been applied."""

    day: TradingDay
    state: State
    streams: Streams
    yesterday: Streams | None
    end: End
    from_sequence: int  # of the snapshot it was begun from, 0 = the beginning of the journal


class FinishedDay(NamedTuple):
    """A delivered day journaled by another version of the program: over, and not to be replayed here."""

    day: date
    chain_head: bytes


def recover(settings: EngineSettings, directory: Directory, files: Files) -> Recovered | FinishedDay | None:
    """The newest day that has begun; None when there is none."""
    begun: list[tuple[date, Identity]] = []
    for name in reversed(files.names(settings.journal_folder)):
        if not _DAY_NAME.fullmatch(name):
            continue  # somebody's note beside the journals is none of ours
        day = date.fromisoformat(name)
        identity = identity_of(settings.day_journal(day), files)
        if identity is not None:
            begun.append((day, identity))
        if len(begun) == 2:
            break
    if not begun:
        return None
    day, identity = begun[0]
    if is_foreign(identity) and _is_delivered(settings, files, day):
        return FinishedDay(day, _chain_head(settings.day_journal(day), files))
    recovered = _recover_day(settings, directory, files, identity)
    if len(begun) == 1 or is_foreign(begun[1][1]):
        return recovered
    return recovered._replace(yesterday=_rebuild_streams(settings, directory, files, begun[1][1]))


def _is_delivered(settings: EngineSettings, files: Files, day: date) -> bool:
    file = read_day_file(files, settings.day_file(day))
    return file is not None and file.confirmed


def _chain_head(folder: Path, files: Files) -> bytes:
    reader = JournalReader(folder, files)
    for _ in reader.batches():
        pass
    assert reader.end is not None
    return reader.end.chain


def identity_of(folder: Path, files: Files) -> Identity | None:
    """What a day's journal is bound to; None when nothing of it was ever durable."""
    reader = JournalReader(folder, files)
    identity = reader.identity()
    if identity is None:
        for _ in reader.batches():  # raises when a later batch proves that the head was durable once
            raise AssertionError("a journal without a head has no batches")
        return None
    return identity if next(reader.batches(), None) is not None else None


def _recover_day(
    settings: EngineSettings, directory: Directory, files: Files, identity: Identity
) -> Recovered:
    folder = settings.day_journal(identity.day)
    _refuse_other_profile(settings, identity, folder)
    refuse_foreign(identity, folder)
    listed = listed_on(settings, files, identity.day)
    plan = plan_day(
        settings.profile,
        identity.day,
        directory,
        listed.bases,
        orders_capacity=settings.orders_capacity,
        previous_hash=identity.previous_hash,
        expired=listed.expired,
    )
    plan = plan._replace(identity=identity)
    kept = SnapshotFolder(settings.snapshots_folder, files)
    heard, rebuilt = rebuild(
        folder, identity, files, kept, lambda: _Day(plan, make_streams(settings, directory, plan.day))
    )
    heard.day.refuse_other_script()
    return Recovered(heard.day, rebuilt.state, heard.streams, None, rebuilt.end, rebuilt.from_sequence)


class _Streams:
    """Hears a day for its streams alone."""

    def __init__(self, streams: Streams) -> None:
        self.streams = streams

    def commands(self, commands: Records) -> None:
        """A stream holds events only."""

    def events(self, events: Records, streams: StreamIds, sequence: int) -> None:
        self.streams.append(events, streams, sequence)

    def applied(self, sequence: int) -> None:
        self.streams.complete(sequence)
        self.streams.release(sequence)  # read back from the disk, so durable


class _Day(_Streams):
    """Hears a day for its streams and its stage."""

    def __init__(self, plan: DayPlan, streams: Streams) -> None:
        super().__init__(streams)
        self.day = TradingDay(plan)

    def commands(self, commands: Records) -> None:
        self.day.observe_commands(commands)

    def events(self, events: Records, streams: StreamIds, sequence: int) -> None:
        super().events(events, streams, sequence)
        self.day.observe_events(events)


def _rebuild_streams(
    settings: EngineSettings, directory: Directory, files: Files, identity: Identity
) -> Streams:
    """The ended streams of the day before, which are kept until the next close."""
    kept = SnapshotFolder(settings.snapshots_folder, files)
    folder = settings.day_journal(identity.day)
    heard, _ = rebuild(
        folder, identity, files, kept, lambda: _Streams(make_streams(settings, directory, identity.day))
    )
    heard.streams.end()
    return heard.streams


def make_streams(settings: EngineSettings, directory: Directory, day: date) -> Streams:
    """Empty streams of a day; a large day's older events go to files."""
    return Streams(
        EventLog(settings.folder / "events" / day.isoformat(), settings.events_in_memory_max),
        derivations_of(directory, settings.profile, day),
    )


def _refuse_other_profile(settings: EngineSettings, identity: Identity, folder: Path) -> None:
    if identity.profile != settings.profile:
        raise UsageError(
            f"{folder} was begun with profile {identity.profile}, but {settings.profile} is asked for",
            f"use --profile {identity.profile}, or begin anew with --fresh",
        )


def replay_and_prove(folder: Path, snapshots: Path, files: Files | None = None) -> tuple[ReplayResult, int]:
    """Replay a day from its beginning, and how many of its snapshots hash as the replay does there.

    Raises CorruptionError for one that does not, and all that `replay` raises.
    """
    files = files or RealFiles()
    found = replay(folder, files)
    assert found.end.identity is not None
    kept = SnapshotFolder(snapshots, files)
    proven = 0
    for snapshot in kept.usable(found.end.identity):
        proven += prove(folder, files, snapshot)
    return found, proven
