"""The store: steps are whole or not there, numbers go on over days, what was sent can be read again."""

from pathlib import Path

import pytest

from exchange.bridge.fix.store import Heard, Linked, Opened, Received, Sent, Store
from exchange.errors import CorruptionError

FIRST, SECOND, THIRD = "211216000G", "211217000G", "211220000G"


def reopened(folder: Path) -> tuple[Store, list[object]]:
    store = Store(folder)
    return store, list(store.load())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "E00001"


def begun(folder: Path) -> Store:
    store, entries = reopened(folder)
    assert entries == []
    store.begin_day(FIRST, 5)
    return store


def test_what_is_committed_comes_back_and_the_rest_does_not(folder: Path) -> None:
    store = begun(folder)
    store.note_received(1, b"order")
    store.note_sent(1, b"report")
    store.append(Heard(1, bytes(128)))
    store.append(Linked(4, 17, ((1, "CEA", 0),)))
    store.commit(is_durable=False)
    store.note_sent(2, b"never stored")
    assert store.sent(2) == b"never stored"
    store.close()

    store, entries = reopened(folder)
    assert entries == [
        Opened(1, FIRST, 1, 1, 5),
        Received(1, b"order"),
        Sent(1, b"report"),
        Heard(1, bytes(128)),
        Linked(4, 17, ((1, "CEA", 0),)),
    ]
    assert (store.session, store.next_number, store.next_in, store.next_out) == (FIRST, 3, 2, 2)
    assert (store.sent(1), store.sent(2)) == (b"report", b"")
    store.close()


def test_a_step_torn_anywhere_is_dropped_whole(folder: Path) -> None:
    store = begun(folder)
    store.note_sent(1, b"first")
    store.commit(is_durable=True)
    path = folder / f"{FIRST}.log"
    whole = path.stat().st_size
    store.note_received(1, b"order")
    store.note_sent(2, b"second")
    store.commit(is_durable=True)
    store.close()
    data = path.read_bytes()
    for size in range(whole, len(data)):
        path.write_bytes(data[:size])
        store, entries = reopened(folder)
        assert (len(entries), store.next_in, store.next_out) == (2, 1, 2)
        store.note_sent(2, b"other")
        store.commit(is_durable=True)
        store.close()
        store, _ = reopened(folder)
        assert store.sent(2) == b"other"
        store.close()


def test_a_damaged_step_with_others_behind_it_is_corruption(folder: Path) -> None:
    store = begun(folder)
    for number in (1, 2):
        store.note_sent(number, b"report")
        store.commit(is_durable=True)
    store.close()
    path = folder / f"{FIRST}.log"
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data)
    with pytest.raises(CorruptionError, match="expected checksum"):
        Store(folder).load()


def test_a_day_that_was_only_being_begun_had_not_begun(folder: Path) -> None:
    store = begun(folder)
    store.note_sent(1, b"report")
    store.commit(is_durable=True)
    store.close()
    (folder / f"{SECOND}.log").write_bytes(b"\x05")
    store, entries = reopened(folder)
    assert (store.session, len(entries)) == (FIRST, 2)
    assert not (folder / f"{SECOND}.log").exists()
    store.close()


def test_numbers_go_on_over_days_and_yesterdays_messages_can_be_read(folder: Path) -> None:
    store = begun(folder)
    store.note_received(1, b"")
    for number in (1, 2):
        store.note_sent(number, b"day one %d" % number)
    store.commit(is_durable=True)
    store.begin_day(SECOND, 6)
    assert (store.next_in, store.next_out, store.next_number) == (2, 3, 1)
    store.note_sent(3, b"day two")
    store.commit(is_durable=True)
    for _ in range(2):
        assert [store.sent(number) for number in (1, 2, 3)] == [b"day one 1", b"day one 2", b"day two"]
        store.close()
        store, _ = reopened(folder)
    store.begin_day(THIRD, 7)
    assert [store.sent(number) for number in (2, 3)] == [b"", b"day two"]
    store.close()


def test_after_a_reset_nothing_of_before_is_sent_again(folder: Path) -> None:
    store = begun(folder)
    for number in (1, 2):
        store.note_sent(number, b"old")
    store.commit(is_durable=True)
    store.begin_day(SECOND, 6)
    store.note_sent(3, b"old")
    store.reset()
    store.note_sent(1, b"new")
    store.commit(is_durable=True)
    for _ in range(2):
        assert (store.next_in, store.next_out) == (1, 2)
        assert [store.sent(number) for number in (1, 2, 3)] == [b"new", b"", b""]
        store.close()
        store, _ = reopened(folder)
    store.close()
