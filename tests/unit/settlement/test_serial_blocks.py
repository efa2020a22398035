"""Serials: minted, cut, moved, merged; they tile what was issued after every entry, and tell their way."""

import random
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from settlement.errors import CorruptionError
from settlement.ledger.book import book
from settlement.ledger.check import check_ledger
from settlement.ledger.entries import Entry, Flow, Posting, transfer
from settlement.serials.check import check_serials
from settlement.serials.lineage import held, held_as_of, history, serials_of_trade
from settlement.store.blocks import count_live_blocks
from settlement.store.database import Store
from settlement.vocabulary.chart import Bucket, LedgerKey, units
from settlement.vocabulary.entry_kinds import EntryKind
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.test_day import FEES, TRADES
from tests.unit.settlement.town import CEA, Town

DAY = 8_020
ISSUED, NATIONAL = units(CEA, Bucket.ISSUED), units(CEA, Bucket.NATIONAL)
HOLDERS = [units(CEA, Bucket.REGISTRY_AVAILABLE, number) for number in range(1, 6)]
ANNA, BEN, CLEO = HOLDERS[:3]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "wuhan.sqlite")
    yield opened
    opened.close()


def put(store: Store, reference: str, *moves: tuple[LedgerKey, LedgerKey, int]) -> int:
    """Book plain moves; gives the entry's number."""
    kind = EntryKind.ISSUE if moves[0][0] is ISSUED else EntryKind.NON_TRADE_TRANSFER
    with store.transaction():
        return book(store, [transfer(kind, reference, "", list(moves))], DAY, 1).last_entry_id


def intervals(store: Store, key: LedgerKey) -> list[tuple[int, int]]:
    return [(block.first_serial, block.last_serial) for block in held(store, key)]


def test_the_sender_keeps_the_lower_part_and_the_first_in_leaves_first(store: Store) -> None:
    put(store, "1", (ISSUED, ANNA, 100))
    put(store, "2", (ISSUED, ANNA, 50))
    put(store, "3", (ANNA, BEN, 30))
    assert intervals(store, ANNA) == [(1, 70), (101, 150)]
    assert intervals(store, BEN) == [(71, 100)]
    put(store, "4", (ANNA, CLEO, 80))
    assert intervals(store, ANNA) == [(101, 140)]
    assert sorted(intervals(store, CLEO)) == [(1, 70), (141, 150)]
    assert check_serials(store).serials == 150


def test_holdings_are_known_as_of_any_entry_and_a_serial_tells_its_way(store: Store) -> None:
    first = put(store, "1", (ISSUED, ANNA, 100))
    second = put(store, "2", (ANNA, BEN, 30))
    third = put(store, "3", (BEN, CLEO, 10))
    assert [(b.first_serial, b.last_serial) for b in held_as_of(store, ANNA, first)] == [(1, 100)]
    assert [(b.first_serial, b.last_serial) for b in held_as_of(store, BEN, second)] == [(71, 100)]
    assert [stay.account for stay in history(store, CEA, 95)] == [ANNA, BEN, CLEO]
    assert [stay.from_entry_id for stay in history(store, CEA, 95)] == [first, second, third]
    assert [stay.account for stay in history(store, CEA, 75)] == [ANNA, BEN]
    assert history(store, CEA, 101) == []


def test_pinned_serials_leave_and_no_others(store: Store) -> None:
    put(store, "1", (ISSUED, ANNA, 100))
    pinned = transfer(EntryKind.REVERSAL, "2", "", [(ANNA, BEN, 7)], {0: ((40, 46),)})
    with store.transaction():
        book(store, [pinned], DAY, 1)
    assert intervals(store, BEN) == [(40, 46)]
    assert sorted(intervals(store, ANNA)) == [(1, 39), (47, 100)]
    again = transfer(EntryKind.REVERSAL, "3", "", [(ANNA, BEN, 7)], {0: ((40, 46),)})
    with pytest.raises(CorruptionError), store.transaction():
        book(store, [again], DAY, 1)
    check_serials(store)


def test_flows_that_are_not_what_the_postings_say_are_refused(store: Store) -> None:
    put(store, "1", (ISSUED, ANNA, 100))
    postings = (Posting(ANNA, -5), Posting(BEN, 5))
    for flows in ((), (Flow(ANNA, BEN, 4),), (Flow(ANNA, CLEO, 5),)):
        with pytest.raises(CorruptionError), store.transaction():
            book(store, [Entry(EntryKind.NON_TRADE_TRANSFER, "x", "", postings, flows)], DAY, 1)
    assert intervals(store, ANNA) == [(1, 100)]


def test_a_block_that_was_tampered_with_is_found(store: Store) -> None:
    put(store, "1", (ISSUED, ANNA, 100))
    put(store, "2", (ANNA, BEN, 30))
    for trigger in store.rows(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'serial_block'"
    ):
        store.execute(f"DROP TRIGGER {trigger[0]}")
    store.execute("UPDATE serial_block SET last_serial = 99 WHERE first_serial = 71 AND to_entry_id IS NULL")
    with pytest.raises(CorruptionError):
        check_serials(store)


def test_from_a_trade_to_its_serials_and_back(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai(**FEES)
    town.play(shanghai, TRADES)
    for number, (buyer, seller, contract, _, lots) in enumerate(TRADES, 1):
        pieces = serials_of_trade(town.store, shanghai.number, number)
        assert sum(piece.last_serial - piece.first_serial + 1 for piece in pieces) == lots
        assert {piece[3:] for piece in pieces} == {(seller, buyer)}
        last = history(town.store, contract, pieces[0].first_serial)
        assert number in [stay.match_id for stay in last]
    check_serials(town.store)
    check_ledger(town.store)


@pytest.mark.parametrize("seed", range(20))
def test_random_moves_are_those_of_a_queue_of_single_tonnes(tmp_path: Path, seed: int) -> None:
    """Every tonne apart, in a plain queue of each holder's intervals: first in first out, upper part."""
    chance = random.Random(seed)
    store = Store.open(tmp_path / "wuhan.sqlite")
    queues: dict[LedgerKey, deque[tuple[int, int]]] = {key: deque() for key in HOLDERS}
    issued = 0
    for step in range(60):
        target = chance.choice(HOLDERS)
        rich = [key for key in HOLDERS if key != target and queues[key]]
        if step < 3 or not rich or chance.random() < 0.2:
            lots = chance.randint(1, 40)
            put(store, f"{step}", (ISSUED, target, lots))
            queues[target].append((issued + 1, issued + lots))
            issued += lots
        else:
            source = chance.choice(rich)
            lots = left = chance.randint(1, sum(b - a + 1 for a, b in queues[source]))
            put(store, f"{step}", (source, target, lots))
            while left:
                first, last = queues[source].popleft()
                taken = min(left, last - first + 1)
                queues[target].append((last - taken + 1, last))
                if taken < last - first + 1:
                    queues[source].appendleft((first, last - taken))
                left -= taken
        assert check_serials(store).serials == issued
        for key in HOLDERS:
            assert serials(intervals(store, key)) == serials(queues[key])
    assert count_live_blocks(store) <= 120
    check_ledger(store)
    store.close()


def serials(blocks: "list[tuple[int, int]] | deque[tuple[int, int]]") -> list[int]:
    return sorted(serial for first, last in blocks for serial in range(first, last + 1))
