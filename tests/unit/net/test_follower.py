"""Followers: every record once and in order, whatever the pace of the reader; 'Z' after the last."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.net.bounds import CATCH_UP_WRITES, WRITE_BYTES_MAX
from exchange.net.follower import WRITE_RECORDS, Follower
from exchange.publish.streams import Streams
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import EVENT, Records, make

STREAM = 16


class Reader:
    """Stands at the other end of a follower; it takes at most `takes` writes before it is slow."""

    def __init__(self, takes: int = 1_000_000) -> None:
        self.takes = takes
        self.data = b""
        self.writes: list[int] = []
        self.has_ended = False

    @property
    def is_slow(self) -> bool:
        return self.takes <= 0

    def write(self, data: bytes | memoryview) -> None:
        self.takes -= 1
        self.writes.append(len(data))
        self.data += bytes(data)

    def end(self) -> None:
        self.has_ended = True

    @property
    def references(self) -> list[int]:
        view = np.frombuffer(self.data, EVENT)
        return [int(value) for value in view["user_reference"]]


def events(first: int, count: int) -> Records:
    data = b"".join(make(Kind.ACCEPTED, user_reference=n) for n in range(first, first + count))
    return np.frombuffer(data, EVENT)


class Day:
    """Streams with one stream that is appended to and released as a test says."""

    def __init__(self) -> None:
        self.streams = Streams()
        self.sequence = 0
        self.total = 0

    def append(self, count: int) -> list[tuple[int, int, memoryview]]:
        self.sequence += 1
        self.streams.append(events(self.total + 1, count), np.full(count, STREAM, np.uint32), self.sequence)
        self.total += count
        return self.streams.release(self.sequence)


def test_released_records_are_written_as_they_are() -> None:
    day, reader = Day(), Reader()
    follower = Follower(reader, day.streams, STREAM, 1)
    for count in (1, 5, 2):
        for _, first, data in day.append(count):
            assert not follower.offer(first, data)
    assert reader.references == list(range(1, 9))
    assert reader.writes == [64, 320, 128]


def test_a_follower_that_resumes_gets_what_it_missed_first() -> None:
    day, reader = Day(), Reader()
    day.append(10)
    follower = Follower(reader, day.streams, STREAM, 4)
    assert not follower.catch_up()
    for _, first, data in day.append(3):
        follower.offer(first, data)
    assert reader.references == list(range(4, 14))


def test_a_slow_reader_is_fed_from_the_stream_and_nothing_piles_up() -> None:
    day, reader = Day(), Reader(takes=1)
    follower = Follower(reader, day.streams, STREAM, 1)
    for _ in range(5):
        for _, first, data in day.append(2):
            follower.offer(first, data)
    assert reader.references == [1, 2]
    reader.takes = 10
    assert not follower.catch_up()
    assert reader.references == list(range(1, 11))
    assert reader.writes == [128, 8 * 64]


def test_catching_up_is_bounded_so_that_others_get_their_turn() -> None:
    day, reader = Day(), Reader()
    for _ in range(CATCH_UP_WRITES + 1):
        day.append(WRITE_RECORDS)
    follower = Follower(reader, day.streams, STREAM, 1)
    assert follower.catch_up()
    assert len(reader.data) == CATCH_UP_WRITES * WRITE_BYTES_MAX
    assert not follower.catch_up()
    assert len(reader.data) == day.total * RECORD_BYTES


def test_the_end_is_told_once_and_only_after_the_last_record() -> None:
    day, reader = Day(), Reader(takes=1)
    day.append(WRITE_RECORDS + 1)
    day.streams.end()
    follower = Follower(reader, day.streams, STREAM, 1)
    follower.catch_up()
    assert not reader.has_ended
    reader.takes = 1
    follower.catch_up()
    assert len(reader.data) == day.total * RECORD_BYTES
    reader.takes = 1
    follower.catch_up()
    assert reader.has_ended
    reader.has_ended = False
    follower.catch_up()
    assert not reader.has_ended


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 3)), min_size=1, max_size=25), st.integers(1, 30)
)
def test_every_record_once_and_in_order(steps: list[tuple[int, int]], start: int) -> None:
    day, reader = Day(), Reader(takes=0)
    day.append(30)
    follower = Follower(reader, day.streams, STREAM, start)
    for count, takes in steps:
        reader.takes = takes
        for _, first, data in day.append(count):
            follower.offer(first, data)
    reader.takes = 1_000
    while follower.catch_up():
        pass
    assert reader.references == list(range(start, day.total + 1))
