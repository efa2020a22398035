"""Intake: order kept inside a connection, a quantum each, nobody starved, and bounded queues."""

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.net.bounds import QUEUE_BYTES_MAX
from exchange.net.intake import Intake, Source
from exchange.vocabulary.limits import RECORD_BYTES


def record(number: int) -> bytes:
    return number.to_bytes(RECORD_BYTES, "big")


def numbers(data: bytes | bytearray) -> list[int]:
    return [int.from_bytes(data[i : i + RECORD_BYTES], "big") for i in range(0, len(data), RECORD_BYTES)]


def records(*values: int) -> bytes:
    return b"".join(map(record, values))


def test_a_quantum_from_each_in_rotating_order() -> None:
    intake: Intake[str] = Intake(quantum_records=2)
    flood, one, two = Source("flood"), Source("one"), Source("two")
    intake.add(flood, records(*range(100, 107)))
    intake.add(one, record(1))
    intake.add(two, records(2, 3, 4))
    batch = intake.take(100)
    assert numbers(batch.data) == [100, 101, 1, 2, 3]
    assert (batch.owners, batch.counts) == (["flood", "one", "two"], [2, 1, 2])
    assert numbers(intake.take(100).data) == [102, 103, 4]
    assert numbers(intake.take(100).data) == [104, 105]
    assert numbers(intake.take(100).data) == [106]
    assert intake.is_empty
    assert intake.take(100).counts == []


def test_who_was_cut_short_comes_first_next_time() -> None:
    intake: Intake[str] = Intake(quantum_records=4)
    first, second = Source("first"), Source("second")
    intake.add(first, records(1, 2, 3, 4))
    intake.add(second, records(5, 6, 7, 8))
    assert numbers(intake.take(6).data) == [1, 2, 3, 4, 5, 6]
    intake.add(first, record(9))
    assert numbers(intake.take(6).data) == [7, 8, 9]


def test_a_full_queue_asks_its_owner_to_stop_until_half_of_it_is_gone() -> None:
    intake: Intake[str] = Intake(quantum_records=QUEUE_BYTES_MAX // RECORD_BYTES // 4)
    source = Source("flood")
    chunk = bytes(QUEUE_BYTES_MAX // 2)
    intake.add(source, chunk)
    assert not source.is_full
    intake.add(source, chunk)
    assert source.is_full and not source.has_room
    intake.take(1 << 20)
    assert not source.is_full and not source.has_room
    intake.take(1 << 20)
    assert source.has_room


def test_nothing_of_a_day_that_is_over_is_left() -> None:
    intake: Intake[str] = Intake()
    source = Source("late")
    intake.add(source, records(1, 2, 3))
    intake.clear()
    assert intake.is_empty and source.has_room
    intake.add(source, record(4))
    assert numbers(intake.take(10).data) == [4]


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 9)), max_size=30),
    st.integers(1, 7),
    st.integers(1, 12),
)
def test_nothing_is_lost_and_no_connections_order_changes(
    arrivals: list[tuple[int, int]], quantum: int, room: int
) -> None:
    intake: Intake[int] = Intake(quantum_records=quantum)
    sources = [Source(number) for number in range(5)]
    sent: dict[int, list[int]] = {number: [] for number in range(5)}
    taken: dict[int, list[int]] = {number: [] for number in range(5)}
    value = 0
    for owner, count in arrivals:
        chunk = list(range(value, value + count))
        value += count
        sent[owner] += chunk
        intake.add(sources[owner], records(*chunk))
        collect(intake, room, quantum, taken)
    while not intake.is_empty:
        collect(intake, room, quantum, taken)
    assert taken == sent


def collect(intake: Intake[int], room: int, quantum: int, taken: dict[int, list[int]]) -> None:
    batch = intake.take(room)
    found = numbers(batch.data)
    assert len(found) == sum(batch.counts) <= room
    for owner, count in zip(batch.owners, batch.counts, strict=True):
        assert 1 <= count <= quantum
        taken[owner] += found[:count]
        found = found[count:]
