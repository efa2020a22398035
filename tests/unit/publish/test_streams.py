"""Streams: numbered from 1 each, nothing readable before its release, and re-reading gives the same bytes."""

import random
from pathlib import Path

import numpy as np
import pytest

from exchange.publish.event_log import CHUNK_RECORDS, EventLog
from exchange.publish.streams import Streams
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import EVENT, Records, new_records


def events(first: int, count: int) -> Records:
    """Events told apart by their match id."""
    records = new_records(Kind.TRADE, count).view(EVENT)
    records["match_id"] = np.arange(first, first + count)
    return records


def ids(*streams: int) -> "np.ndarray[tuple[int], np.dtype[np.uint32]]":
    return np.array(streams, np.uint32)


def match_ids(data: bytes | memoryview) -> list[int]:
    return [int(m) for m in np.frombuffer(data, EVENT)["match_id"]]


def test_each_stream_is_numbered_from_one() -> None:
    streams = Streams()
    streams.append(events(1, 5), ids(0, 17, 0, 17, 17), sequence=1)
    released = streams.release(1)
    assert [(s, n, match_ids(d)) for s, n, d in released] == [(0, 1, [1, 3]), (17, 1, [2, 4, 5])]
    streams.append(events(6, 2), ids(17, 0), sequence=2)
    assert [(s, n, match_ids(d)) for s, n, d in streams.release(2)] == [(17, 4, [6]), (0, 3, [7])]
    assert streams.stream_ids == (0, 17)


def test_nothing_is_readable_before_its_sequence_is_released() -> None:
    streams = Streams()
    streams.append(events(1, 2), ids(0, 0), sequence=3)
    streams.append(events(3, 1), ids(0), sequence=4)
    assert (streams.count(0), streams.read(0, 1, 10), streams.release(2), streams.stream_ids) == (
        0,
        b"",
        [],
        (),
    )
    assert [match_ids(d) for _, _, d in streams.release(3)] == [[1, 2]]
    assert (streams.count(0), match_ids(streams.read(0, 1, 10))) == (2, [1, 2])
    assert not streams.is_released
    assert [match_ids(d) for _, _, d in streams.release(9)] == [[3]]
    assert streams.is_released


def test_several_pieces_of_one_batch_are_released_together() -> None:
    streams = Streams()
    streams.append(events(1, 1), ids(5), sequence=7)
    streams.append(events(2, 2), ids(5, 5), sequence=7)
    assert [(n, match_ids(d)) for _, n, d in streams.release(7)] == [(1, [1]), (2, [2, 3])]


def test_reading_starts_anywhere_and_ends_at_the_newest() -> None:
    streams = Streams()
    for first in range(1, 20, 2):
        streams.append(events(first, 2), ids(3, 0), sequence=first)
        streams.release(first)
    assert match_ids(streams.read(3, 4, 3)) == [7, 9, 11]
    assert match_ids(streams.read(3, 9, 99)) == [17, 19]
    for number, count in ((11, 5), (0, 5), (-1, 5), (4, 0)):
        assert streams.read(3, number, count) == b""
    assert streams.read(99, 1, 5) == b""


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("is_spilled", [False, True])
def test_any_mix_of_batches_reads_back_as_one_list_per_stream(
    seed: int, is_spilled: bool, tmp_path: Path
) -> None:
    rng = random.Random(seed)
    log = EventLog(tmp_path / "events", 1) if is_spilled else EventLog()
    streams, expected, number = Streams(log), {}, 1
    for sequence in range(1, 60):
        count = rng.choice([1, 2, 16, 17, 9000, 9000])
        wanted = np.array([rng.choice([0, 1, 2, 20, 70_000]) for _ in range(count)], np.uint32)
        streams.append(events(number, count), wanted, sequence)
        for position, stream in enumerate(wanted.tolist()):
            expected.setdefault(stream, []).append(number + position)
        number += count
        for stream, first, data in streams.release(sequence - rng.randint(0, 2)):
            assert match_ids(data) == expected[stream][first - 1 : first - 1 + len(data) // 64]
    streams.release(60)
    assert number > 2 * CHUNK_RECORDS
    for stream, numbers in expected.items():
        assert streams.count(stream) == len(numbers)
        first, count = rng.randint(1, len(numbers)), rng.randint(1, 5000)
        assert match_ids(streams.read(stream, first, count)) == numbers[first - 1 : first - 1 + count]
        assert match_ids(streams.read(stream, 1, len(numbers))) == numbers
    streams.close()


def test_events_of_a_large_day_leave_no_files_behind(tmp_path: Path) -> None:
    streams = Streams(EventLog(tmp_path / "events", 1))
    for sequence in range(1, 5):
        for _ in range(CHUNK_RECORDS // 8192):
            streams.append(events(sequence, 8192), np.zeros(8192, np.uint32), sequence)
    streams.release(4)
    assert list((tmp_path / "events").iterdir()) == []
    assert match_ids(streams.read(0, CHUNK_RECORDS, 2)) == [8192, 2]


def test_an_ended_day_takes_nothing_more() -> None:
    streams = Streams()
    streams.append(events(1, 1), ids(0), sequence=1)
    with pytest.raises(AssertionError):
        streams.end()
    streams.release(1)
    streams.end()
    assert streams.ended
    with pytest.raises(AssertionError):
        streams.append(events(2, 1), ids(0), sequence=2)
