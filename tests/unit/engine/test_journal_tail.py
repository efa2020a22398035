"""Reading a journal while it is written: only what a later header names durable, in every segment."""

from pathlib import Path

import numpy as np

from exchange.engine.journal import Durability, Journal
from exchange.engine.journal_format import Identity, segment_name
from exchange.engine.journal_reader import JournalReader
from exchange.engine.journal_tail import JournalTail
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import COMMAND, Records, make
from tests.simulation.fake_disk import FakeDisk

FOLDER = Path("/journal/2021-12-16")
IDENTITY = Identity(8020, b"rules---", b"kernel--", (1, 2, 3, 4, 5, 6, 7, 8, 9), "national", b"p" * 16)


def commands(first: int, count: int) -> Records:
    records = np.frombuffer(bytearray(make(Kind.TICK) * count), COMMAND)
    records["sequence"] = np.arange(first, first + count)
    return records


def written(disk: FakeDisk, *counts: int, segment_bytes: int = 1024) -> Journal:
    journal = Journal.create(FOLDER, IDENTITY, files=disk, segment_bytes=segment_bytes, threaded=False)
    append(journal, *counts, first=1)
    return journal


def append(journal: Journal, *counts: int, first: int) -> None:
    for count in counts:
        journal.append(first, first, commands(first, count))
        journal.commit()
        first += count


def sequences(tail: JournalTail) -> list[int]:
    return [int(n) for batch in tail.read() for n in batch.commands["sequence"]]


def test_a_journal_that_is_not_begun_has_no_identity_and_no_batches() -> None:
    disk = FakeDisk()
    tail = JournalTail(FOLDER, disk)
    assert (tail.look(), tail.read()) == (None, [])
    Journal.create(FOLDER, IDENTITY, files=disk, segment_bytes=1024, threaded=False)
    assert (tail.look(), tail.read()) == (None, [])
    written(disk, 2)
    assert (tail.look(), tail.read()) == (IDENTITY, [])


def test_a_batch_counts_when_a_later_header_names_it_durable() -> None:
    disk = FakeDisk()
    journal = written(disk, 2)
    tail = JournalTail(FOLDER, disk)
    assert sequences(tail) == []
    append(journal, 1, first=3)
    assert sequences(tail) == [1, 2]
    assert sequences(tail) == []
    append(journal, 4, first=4)
    assert sequences(tail) == [3]
    journal.close()
    assert sequences(tail) == [4, 5, 6, 7]
    assert tail.durable_sequence == 7


def test_it_goes_over_segments_with_the_readers_chain() -> None:
    disk = FakeDisk()
    written(disk, 5, 5, 5, 5, 30, 5).close()
    assert len(disk.names(FOLDER)) > 3
    read, told = list(JournalReader(FOLDER, disk).batches()), JournalTail(FOLDER, disk).read()
    assert [(b.first_sequence, b.time_ns, b.chain) for b in told] == [
        (b.first_sequence, b.time_ns, b.chain) for b in read
    ]


def test_a_batch_half_written_is_read_when_it_is_whole() -> None:
    disk = FakeDisk()
    journal = written(disk, 2, 3)
    path = FOLDER / segment_name(1)
    whole = disk.read(path)
    place = len(whole.rstrip(b"\0")) - 1
    file = disk.open(path)
    file.write_at(place, b"\0")
    tail = JournalTail(FOLDER, disk)
    assert sequences(tail) == []
    file.write_at(0, whole)
    assert sequences(tail) == [1, 2]
    journal.close()
    assert sequences(tail) == [3, 4, 5]


def test_it_goes_on_behind_a_clean_stop_and_behind_a_torn_tail() -> None:
    disk = FakeDisk()
    journal = written(disk, 2)
    tail = JournalTail(FOLDER, disk)
    journal.close()
    assert sequences(tail) == [1, 2]
    for first in (3, 6):
        reader = JournalReader(FOLDER, disk)
        list(reader.batches())
        assert reader.end is not None
        journal = Journal.open(
            FOLDER, reader.end, files=disk, durability=Durability.SYNC, segment_bytes=1024, threaded=False
        )
        append(journal, 2, 1, first=first)
        journal.abandon()
        assert sequences(tail) == ([3, 4] if first == 3 else [5, 6, 7])


def test_a_journal_that_vanishes_gives_nothing_more() -> None:
    disk = FakeDisk()
    written(disk, 2, 2).close()
    tail = JournalTail(FOLDER, disk)
    assert sequences(tail) == [1, 2, 3, 4]
    for name in disk.names(FOLDER):
        disk.remove(FOLDER / name)
    assert sequences(tail) == []
