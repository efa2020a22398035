"""The journal: what was committed is read back; damage is told from a torn tail; failures stop everything."""

import threading
from pathlib import Path

import numpy as np
import pytest

from exchange.engine.files import RealFiles
from exchange.engine.journal import Durability, Journal, JournalFailed
from exchange.engine.journal_format import HEAD_BYTES, NO_HASH, Identity, segment_name
from exchange.engine.journal_reader import Batch, End, JournalCorrupt, JournalReader
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import COMMAND, Records, new_records
from tests.simulation.fake_disk import FakeDisk

FOLDER = Path("/journal/2021-12-16")
IDENTITY = Identity(8020, b"rules---", b"kernel--", (64, 64, 2, 2, 2, 18, 64, 16, 16), "national", NO_HASH)


def listings(first_sequence: int, count: int) -> Records:
    """Commands whose every byte depends on their sequence."""
    records = new_records(Kind.LISTING, count).view(COMMAND)
    records["sequence"] = np.arange(first_sequence, first_sequence + count)
    records["quantity_lots"] = records["sequence"] * 7 + 1
    return records


def make_journal(disk: FakeDisk, *sizes: int, segment_bytes: int = 4096) -> Journal:
    """A journal with one committed batch of each size; time = last sequence."""
    journal = Journal.create(FOLDER, IDENTITY, files=disk, segment_bytes=segment_bytes, threaded=False)
    append(journal, *sizes)
    return journal


def append(journal: Journal, *sizes: int) -> None:
    for size in sizes:
        first = journal.durable_sequence + 1
        journal.append(first, first + size, listings(first, size))
        journal.commit()


def read(disk: FakeDisk) -> tuple[list[Batch], End]:
    reader = JournalReader(FOLDER, disk)
    batches = list(reader.batches())
    assert reader.end is not None
    return batches, reader.end


def sequences(batches: list[Batch]) -> list[int]:
    return [int(s) for batch in batches for s in batch.commands["sequence"]]


def offset_of_batch(*sizes_before: int) -> int:
    return HEAD_BYTES + sum(RECORD_BYTES * (1 + size) for size in sizes_before)


def test_committed_batches_are_read_back_byte_for_byte() -> None:
    disk = FakeDisk()
    make_journal(disk, 1, 3, 2)
    batches, end = read(disk)
    assert [(b.first_sequence, b.time_ns, len(b.commands)) for b in batches] == [
        (1, 2, 1),
        (2, 5, 3),
        (5, 7, 2),
    ]
    assert batches[1].commands.view(np.uint64).tobytes() == listings(2, 3).view(np.uint64).tobytes()
    assert (end.identity, end.next_sequence, end.time_ns, end.torn_records) == (IDENTITY, 7, 7, 0)


def test_an_uncommitted_batch_is_not_durable() -> None:
    disk = FakeDisk()
    journal = make_journal(disk, 2)
    journal.append(3, 9, listings(3, 4))
    assert journal.durable_sequence == 2
    assert sequences(read(disk)[0]) == [1, 2]


def test_sequence_and_time_must_continue() -> None:
    journal = make_journal(FakeDisk(), 2)
    with pytest.raises(ValueError, match="expected sequence 3, found 4"):
        journal.append(4, 9, listings(4, 1))
    with pytest.raises(ValueError, match="expected a time from 3 on, found 2"):
        journal.append(3, 2, listings(3, 1))


def test_a_batch_never_spans_segments() -> None:
    disk = FakeDisk()
    make_journal(disk, *[20] * 9, segment_bytes=4096)  # 21 records each; a segment holds 64
    assert disk.names(FOLDER) == [segment_name(n) for n in range(1, 6)]
    batches, end = read(disk)
    assert sequences(batches) == list(range(1, 181))
    assert (end.segment_number, end.offset) == (5, offset_of_batch(20))


def test_a_batch_larger_than_a_segment_gets_a_segment_of_its_size() -> None:
    disk = FakeDisk()
    make_journal(disk, 1, 500, 1, segment_bytes=4096)
    assert sequences(read(disk)[0]) == list(range(1, 503))


def test_segments_are_preallocated_with_written_zeros() -> None:
    disk = FakeDisk()
    make_journal(disk, 1)
    data = disk.read(FOLDER / segment_name(1))
    assert len(data) == 4096
    assert not any(data[offset_of_batch(1) :])


def test_going_on_after_a_stop_continues_the_chain() -> None:
    disk = FakeDisk()
    make_journal(disk, 3, 2)
    for size in (1, 40, 2):
        _, end = read(disk)
        journal = Journal.open(FOLDER, end, files=disk, segment_bytes=4096, threaded=False)
        append(journal, size)
    assert sequences(read(disk)[0]) == list(range(1, 49))


def test_a_clean_close_leaves_a_closing_header_and_no_spare_segment() -> None:
    disk = FakeDisk()
    journal = make_journal(disk, 40)  # more than half of the segment: the next one is prepared
    assert disk.names(FOLDER) == [segment_name(1), segment_name(2)]
    journal.close()
    assert disk.names(FOLDER) == [segment_name(1)]
    batches, end = read(disk)
    assert sequences(batches) == list(range(1, 41))
    assert end.offset == offset_of_batch(40, 0)
    append(Journal.open(FOLDER, end, files=disk, segment_bytes=4096, threaded=False), 1)
    assert sequences(read(disk)[0]) == list(range(1, 42))


BATCHES = (2, 3, 1, 2)


@pytest.mark.parametrize("byte", range(0, RECORD_BYTES * 3, 7))
def test_damage_below_a_known_durable_sequence_stops_with_its_offset(byte: int) -> None:
    disk = FakeDisk()
    make_journal(disk, *BATCHES)
    offset = offset_of_batch(2)  # second batch: sequences 3-5, known durable to the third batch's successor
    disk.flip_bit(FOLDER / segment_name(1), offset + byte)
    with pytest.raises(JournalCorrupt) as failure:
        read(disk)
    assert (failure.value.path, failure.value.offset) == (FOLDER / segment_name(1), offset)
    assert "expected" in str(failure.value)
    assert "found" in str(failure.value)


def test_damage_in_the_head_of_a_durable_journal_is_corruption() -> None:
    disk = FakeDisk()
    make_journal(disk, 1, 1)
    disk.flip_bit(FOLDER / segment_name(1), 20)
    with pytest.raises(JournalCorrupt, match="offset 0"):
        read(disk)


@pytest.mark.parametrize("byte", range(0, RECORD_BYTES * 3, 7))
def test_damage_above_every_known_durable_sequence_is_cut(byte: int) -> None:
    disk = FakeDisk()
    make_journal(disk, *BATCHES)
    disk.flip_bit(FOLDER / segment_name(1), offset_of_batch(2, 3, 1) + byte)  # the last batch
    batches, end = read(disk)
    assert sequences(batches) == [1, 2, 3, 4, 5, 6]
    assert end.torn_records == 3
    append(Journal.open(FOLDER, end, files=disk, segment_bytes=4096, threaded=False), 1)
    assert sequences(read(disk)[0]) == [1, 2, 3, 4, 5, 6, 7]


def test_a_clean_close_protects_the_last_batch_too() -> None:
    disk = FakeDisk()
    make_journal(disk, *BATCHES).close()
    disk.flip_bit(FOLDER / segment_name(1), offset_of_batch(2, 3, 1) + 100)
    with pytest.raises(JournalCorrupt):
        read(disk)


def test_a_later_batch_that_arrived_without_the_one_before_it_is_cut() -> None:
    """Two batches under one sync: the second arrived, the first did not, nothing knew either durable."""
    disk = FakeDisk()
    journal = make_journal(disk, 2)
    journal.append(3, 9, listings(3, 2))
    journal.append(5, 9, listings(5, 2))
    journal.commit()
    zero_batch(disk, offset_of_batch(2), 2)
    batches, end = read(disk)
    assert sequences(batches) == [1, 2]
    assert end.torn_records == 3
    Journal.open(FOLDER, end, files=disk, segment_bytes=4096, threaded=False)
    assert not any(disk.read(FOLDER / segment_name(1))[end.offset :])


def zero_batch(disk: FakeDisk, offset: int, count: int) -> None:
    file = disk.open(FOLDER / segment_name(1))
    file.write_at(offset, bytes(RECORD_BYTES * (1 + count)))
    file.sync()


def test_a_lost_batch_that_a_later_one_knew_durable_is_corruption() -> None:
    disk = FakeDisk()
    make_journal(disk, 2, 2, 2)
    zero_batch(disk, offset_of_batch(2), 2)
    with pytest.raises(JournalCorrupt, match="knew sequence 4 to be durable"):
        read(disk)


def test_a_lost_segment_is_corruption_or_a_torn_tail_by_the_same_rule() -> None:
    disk = FakeDisk()
    make_journal(disk, *[20] * 9)
    disk.remove(FOLDER / segment_name(5))
    assert len(sequences(read(disk)[0])) == 160  # the last one: nothing tells that it was ever there
    disk.remove(FOLDER / segment_name(2))
    with pytest.raises(JournalCorrupt, match="expected a file 000002.journal, found 000003.journal"):
        read(disk)


def test_a_batch_of_another_chain_is_not_taken() -> None:
    disk, other = FakeDisk(), FakeDisk()
    make_journal(disk, 2, 3)
    make_journal(other, 1, 1, 3)  # the same sequences 3-5 at another place of another history
    start = offset_of_batch(1, 1)
    foreign = other.read(FOLDER / segment_name(1))[start : start + RECORD_BYTES * 4]
    file = disk.open(FOLDER / segment_name(1))
    file.write_at(offset_of_batch(2), foreign)
    assert sequences(read(disk)[0]) == [1, 2]


def test_a_failed_sync_is_final() -> None:
    disk = FakeDisk()
    journal = make_journal(disk, 1)

    def fail() -> None:
        raise OSError(5, "Input/output error")

    disk.before_sync = fail
    journal.append(2, 3, listings(2, 1))
    with pytest.raises(OSError, match="Input/output"):
        journal.commit()
    disk.before_sync = None
    assert journal.durable_sequence == 1
    with pytest.raises(JournalFailed, match="expected a durable write after sequence 1"):
        journal.append(3, 4, listings(3, 1))


def test_durability_none_writes_but_does_not_sync() -> None:
    disk = FakeDisk()
    journal = Journal.create(
        FOLDER, IDENTITY, files=disk, durability=Durability.NONE, segment_bytes=4096, threaded=False
    )
    before = disk.syncs
    append(journal, 1, 1)
    assert (journal.durable_sequence, disk.syncs) == (2, before)


class TestThread:
    """The journal's own thread, on real files."""

    def test_submitted_batches_become_durable_and_are_announced(self, tmp_path: Path) -> None:
        journal = Journal.create(tmp_path / "day", IDENTITY, segment_bytes=1 << 16)
        announced = threading.Event()
        journal.on_durable = announced.set
        for first in range(1, 2001, 20):
            journal.append(first, first, listings(first, 20))
            journal.submit()
        journal.wait()
        assert announced.wait(10)
        assert journal.durable_sequence == 2000
        journal.close()
        reader = JournalReader(tmp_path / "day", RealFiles())
        assert sequences(list(reader.batches())) == list(range(1, 2001))

    def test_one_sync_covers_all_that_waited(self) -> None:
        disk = FakeDisk()
        journal = Journal.create(FOLDER, IDENTITY, files=disk, segment_bytes=1 << 16)
        is_syncing, may_go_on = threading.Event(), threading.Event()

        def hold() -> None:
            is_syncing.set()
            assert may_go_on.wait(10)

        disk.before_sync = hold
        syncs = disk.syncs
        journal.append(1, 1, listings(1, 1))
        journal.submit()
        assert is_syncing.wait(10)
        for first in (2, 3, 4):
            journal.append(first, first, listings(first, 1))
            journal.submit()
        assert journal.durable_sequence == 0
        assert not journal.is_idle
        may_go_on.set()
        journal.wait()
        assert (journal.durable_sequence, disk.syncs - syncs) == (4, 2)
        journal.close()

    def test_a_failure_in_the_thread_reaches_the_caller(self) -> None:
        disk = FakeDisk()
        journal = Journal.create(FOLDER, IDENTITY, files=disk, segment_bytes=4096)
        told = threading.Event()
        journal.on_durable = told.set

        def fail() -> None:
            raise OSError(28, "No space left on device")

        disk.before_sync = fail
        journal.append(1, 1, listings(1, 1))
        journal.submit()
        assert told.wait(10)
        with pytest.raises(JournalFailed, match="No space left"):
            journal.check()
        journal.abandon()
