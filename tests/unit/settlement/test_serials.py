"""Serial numbers: who gets which, where they were, and what is refused."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from settlement.errors import CorruptionError
from settlement.ledger.book import book
from settlement.ledger.entries import TRADE_FLOW, Entry, Flow, Posting, transfer
from settlement.serials.carry_over import link_carry_over
from settlement.serials.check import check_blocks
from settlement.serials.lineage import Stay, held, held_as_of, held_at_end_of, history, serials_of_trade
from settlement.store.blocks import count_live_blocks, link_into, links_of, live_block
from settlement.store.database import Store
from settlement.vocabulary.chart import Bucket, LedgerKey, units
from settlement.vocabulary.entry_kinds import EntryKind

DAY = 8_020
CEA, NEW = 1, 2
ISSUED = units(CEA, Bucket.ISSUED)
NATIONAL = units(CEA, Bucket.NATIONAL)
ANNA, BEN, CLEO = (units(CEA, Bucket.TRADING_AVAILABLE, owner) for owner in (1001, 1002, 1003))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "wuhan.sqlite")
    yield opened
    opened.close()


def put(store: Store, *entries: Entry, day: int = DAY) -> int:
    """Book entries; returns the id of the last."""
    with store.transaction():
        return book(store, entries, day, 1).last_entry_id


def move(
    store: Store,
    *moves: tuple[LedgerKey, LedgerKey, int],
    pins: dict[int, tuple[tuple[int, int], ...]] | None = None,
    day: int = DAY,
) -> int:
    reference = str(store.number("SELECT COUNT(*) FROM ledger_entry"))
    return put(store, transfer(EntryKind.ALLOCATE, reference, "", moves, pins), day=day)


def trades(store: Store, *rows: tuple[int, LedgerKey, LedgerKey, int], day: int = DAY) -> int:
    """Deliver (match, seller, buyer, lots)."""
    flows = np.array([(m, CEA, s.owner_id, b.owner_id, lots) for m, s, b, lots in rows], TRADE_FLOW)
    postings = [p for _, s, b, lots in rows for p in (Posting(s, -lots), Posting(b, lots))]
    entry = Entry(EntryKind.DELIVERY_UNITS, f"{day}/units", "", tuple(postings), (), flows)
    return put(store, entry, day=day)


def intervals(store: Store, account: LedgerKey) -> list[tuple[int, int]]:
    return [(block.first_serial, block.last_serial) for block in held(store, account)]


def test_minted_serials_count_on_per_contract(store: Store) -> None:
    move(store, (ISSUED, NATIONAL, 70), (ISSUED, ANNA, 5))
    move(store, (ISSUED, NATIONAL, 30))
    assert intervals(store, NATIONAL) == [(1, 70), (76, 105)]
    assert intervals(store, ANNA) == [(71, 75)]
    assert check_blocks(store) == (3, 3, 105)


def test_the_oldest_block_leaves_first_and_the_sender_keeps_the_lower_part(store: Store) -> None:
    move(store, (ISSUED, NATIONAL, 100))
    move(store, (ISSUED, NATIONAL, 50))
    move(store, (NATIONAL, ANNA, 30))
    assert (intervals(store, NATIONAL), intervals(store, ANNA)) == ([(1, 70), (101, 150)], [(71, 100)])
    move(store, (NATIONAL, BEN, 80))
    assert (intervals(store, NATIONAL), intervals(store, BEN)) == ([(101, 140)], [(1, 70), (141, 150)])
    check_blocks(store)


def test_a_remainder_keeps_its_place_before_what_came_later(store: Store) -> None:
    move(store, (ISSUED, ANNA, 10))
    move(store, (ISSUED, BEN, 10))
    move(store, (ANNA, CLEO, 4))
    move(store, (BEN, ANNA, 10))
    assert intervals(store, ANNA) == [(1, 6), (11, 20)]
    move(store, (ANNA, CLEO, 7))
    assert intervals(store, ANNA) == [(11, 19)]


def test_neighbours_merge_and_leave_in_the_same_order(store: Store) -> None:
    move(store, (ISSUED, ANNA, 100))
    move(store, (ANNA, BEN, 10), (ANNA, BEN, 10))
    assert intervals(store, BEN) == [(81, 100)]
    move(store, (BEN, CLEO, 10))
    assert intervals(store, CLEO) == [(91, 100)]
    assert count_live_blocks(store) == 3
    check_blocks(store)


def test_pinned_serials_are_cut_out_of_the_middle_and_across_blocks(store: Store) -> None:
    move(store, (ISSUED, ANNA, 100))
    move(store, (ISSUED, ANNA, 20))
    move(store, (ANNA, BEN, 25), pins={0: ((40, 49), (96, 110))})
    assert intervals(store, ANNA) == [(50, 95), (1, 39), (111, 120)]
    assert intervals(store, BEN) == [(40, 49), (96, 100), (101, 110)]
    move(store, (ANNA, CLEO, 50))
    assert intervals(store, CLEO) == [(50, 95), (36, 39)]
    check_blocks(store)


@pytest.mark.parametrize("pins", [((5, 11),), ((15, 16),), ((1, 2), (2, 3)), ((0, 1),), ((3, 1),)])
def test_pinned_serials_that_the_source_does_not_hold_are_refused(
    store: Store, pins: tuple[tuple[int, int], ...]
) -> None:
    move(store, (ISSUED, ANNA, 10), (ISSUED, BEN, 10))
    lots = sum(last - first + 1 for first, last in pins)
    with pytest.raises(CorruptionError):
        move(store, (ANNA, CLEO, lots), pins={0: pins})
    assert intervals(store, ANNA) == [(1, 10)]
    check_blocks(store)


def test_pins_that_are_not_as_many_as_the_lots_are_refused(store: Store) -> None:
    move(store, (ISSUED, ANNA, 10))
    with pytest.raises(CorruptionError, match="4 serials of units issued before"):
        move(store, (ANNA, BEN, 4), pins={0: ((1, 3),)})


def test_holdings_as_of_an_entry_and_a_day(store: Store) -> None:
    first = move(store, (ISSUED, ANNA, 10))
    second = move(store, (ANNA, BEN, 4), day=DAY + 1)
    assert [(b.first_serial, b.last_serial) for b in held_as_of(store, ANNA, first)] == [(1, 10)]
    assert [(b.first_serial, b.last_serial) for b in held_as_of(store, ANNA, second)] == [(1, 6)]
    assert held_at_end_of(store, BEN, DAY) == []
    assert [b.lots for b in held_at_end_of(store, BEN, DAY + 1)] == [4]


def test_a_trade_is_traced_to_its_serials_and_back(store: Store) -> None:
    issued = move(store, (ISSUED, ANNA, 100))
    delivered = trades(store, (7, ANNA, BEN, 10), (9, ANNA, BEN, 5), (8, ANNA, CLEO, 20))
    assert serials_of_trade(store, DAY, 7) == [(CEA, 91, 100, 1001, 1002)]
    assert serials_of_trade(store, DAY, 9) == [(CEA, 86, 90, 1001, 1002)]
    assert serials_of_trade(store, DAY, 8) == [(CEA, 66, 85, 1001, 1003)]
    assert serials_of_trade(store, DAY + 1, 7) == []
    assert intervals(store, BEN) == [(86, 100)]
    assert history(store, CEA, 88) == [Stay(ANNA, issued, delivered, 0), Stay(BEN, delivered, None, 9)]
    assert history(store, CEA, 101) == []
    block = live_block(store, CEA, 88)
    assert block is not None
    assert (block.first_serial, block.last_serial, block.parent_id) == (86, 100, 0)
    check_blocks(store)


def test_a_history_goes_through_cuts_and_merges_of_several_entries(store: Store) -> None:
    entries = [move(store, (ISSUED, ANNA, 100)), move(store, (ANNA, BEN, 10))]
    entries.append(trades(store, (1, ANNA, BEN, 10), (2, BEN, CLEO, 5)))
    entries.append(trades(store, (1, BEN, ANNA, 15), day=DAY + 1))
    assert [(stay.account, stay.from_entry_id, stay.to_entry_id) for stay in history(store, CEA, 82)] == [
        (ANNA, entries[0], entries[2]),
        (BEN, entries[2], entries[3]),
        (ANNA, entries[3], None),
    ]
    assert intervals(store, ANNA) == [(1, 80), (81, 95)]
    check_blocks(store)


def test_units_received_in_an_entry_are_sent_on_only_if_needed(store: Store) -> None:
    move(store, (ISSUED, ANNA, 10), (ISSUED, BEN, 4))
    trades(store, (1, BEN, CLEO, 6), (2, ANNA, BEN, 3))
    assert intervals(store, CLEO) == [(9, 14)], "11-14 came first, then what Ben had from Anna"
    assert intervals(store, BEN) == [(8, 8)]
    assert serials_of_trade(store, DAY, 2) == [(CEA, 8, 10, 1001, 1002)]
    check_blocks(store)


def test_wrong_flows_are_refused_before_anything_is_written(store: Store) -> None:
    move(store, (ISSUED, ANNA, 10))
    postings = (Posting(ANNA, -4), Posting(BEN, 4))
    traded = np.array([(1, CEA, 1001, 1002, 3)], TRADE_FLOW)
    for flows, trade_flows in [
        ((), None),
        ((Flow(ANNA, BEN, 3),), None),
        ((Flow(ANNA, CLEO, 4),), None),
        ((Flow(ANNA, BEN, 4), Flow(ANNA, ANNA, 1)), None),
        ((Flow(ANNA, BEN, 4), Flow(ANNA, BEN, 0)), None),
        ((Flow(ANNA, BEN, 4),), traded),
        ((), traded),
    ]:
        with pytest.raises(CorruptionError, match="entry x"):
            put(store, Entry(EntryKind.ALLOCATE, "x", "", postings, flows, trade_flows))
    assert intervals(store, ANNA) == [(1, 10)]
    assert store.number("SELECT COUNT(*) FROM ledger_entry") == 1


def test_flows_in_a_circle_of_empty_accounts_are_refused(store: Store) -> None:
    move(store, (ISSUED, ANNA, 10))
    with pytest.raises(CorruptionError, match="1:trading-available:1002"):
        trades(store, (1, BEN, CLEO, 1), (2, CLEO, BEN, 1))


def test_carry_over_links_the_old_serials_with_the_new(store: Store) -> None:
    pending, used = (units(CEA, bucket, 1) for bucket in (Bucket.PENDING_CARRY_OVER, Bucket.CARRIED_OVER))
    fresh = units(NEW, Bucket.REGISTRY_AVAILABLE, 1)
    move(store, (ISSUED, NATIONAL, 10))
    move(store, (NATIONAL, pending, 3))
    move(store, (ISSUED, pending, 4))
    entry = move(store, (pending, used, 7), (units(NEW, Bucket.ISSUED), fresh, 7))
    with store.transaction():
        links = link_carry_over(store, entry)
    assert links == [(entry, CEA, 8, 10, NEW, 1), (entry, CEA, 11, 14, NEW, 4)]
    assert links_of(store, entry) == links
    assert (link_into(store, NEW, 3), link_into(store, NEW, 8)) == (links[0], None)
    assert [stay.account for stay in history(store, NEW, 2)] == [NATIONAL, pending, used, fresh]
    assert [stay.account for stay in history(store, NEW, 5)] == [pending, used, fresh]
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        store.execute("DELETE FROM serial_link")


def test_a_carry_over_that_mints_another_number_is_refused(store: Store) -> None:
    used = units(CEA, Bucket.CARRIED_OVER, 1)
    move(store, (ISSUED, NATIONAL, 10))
    entry = move(store, (NATIONAL, used, 3))
    with pytest.raises(CorruptionError, match="3 lots minted"), store.transaction():
        link_carry_over(store, entry)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM serial_block WHERE block_id = 1",
        "UPDATE serial_block SET last_serial = 90 WHERE block_id = 3",
        "UPDATE serial_block SET to_entry_id = NULL WHERE block_id = 1",
        "UPDATE serial_block SET to_entry_id = 7 WHERE block_id = 1",
        "INSERT INTO serial_block VALUES (9, 1, 1, 2, 1, 9, 0, 0, 1, NULL, NULL)",
        "INSERT INTO serial_block VALUES (9, 1, 3, 2, 1, 9, 0, 0, 1, NULL, NULL)",
    ],
)
def test_the_database_itself_refuses_to_change_serials(store: Store, sql: str) -> None:
    move(store, (ISSUED, ANNA, 100))
    move(store, (ANNA, BEN, 10))
    with pytest.raises(sqlite3.IntegrityError):
        store.execute(sql)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (
            "UPDATE serial_block SET last_serial = 94 WHERE block_id = 5",
            "serial block 4: expected live blocks",
        ),
        (
            "UPDATE serial_block SET first_serial = 2 WHERE block_id = 3",
            "serial block 3: expected live blocks",
        ),
        ("UPDATE serial_block SET ledger_account_id = 3 WHERE block_id = 3", "serials at 1:"),
        ("DELETE FROM serial_block WHERE block_id = 2", "serial block"),
        ("UPDATE serial_block SET to_entry_id = 9 WHERE block_id = 1", "join without gap in time"),
        ("UPDATE serial_block SET to_entry_id = NULL WHERE block_id = 1", "side by side"),
        (
            "UPDATE serial_block SET parent_id = 77 WHERE block_id = 2",
            "serial block 2: expected a parent_id that exists",
        ),
        ("DELETE FROM serial_block", "contract 1: last serial of live blocks: expected 100, found 0"),
    ],
)
def test_check_finds_every_way_of_tampering(store: Store, sql: str, found: str) -> None:
    move(store, (ISSUED, ANNA, 100))
    move(store, (ANNA, BEN, 10))
    move(store, (BEN, CLEO, 5))
    check_blocks(store)
    store.execute("PRAGMA foreign_keys = OFF")
    for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        store.execute(f"DROP TRIGGER {name}")
    store.execute("DROP INDEX serial_block_live")
    store.execute(sql)
    with pytest.raises(CorruptionError, match=found):
        check_blocks(store)
