"""The ledger: what it books, what it and the database refuse, and what `settlement check` finds."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from settlement.errors import CorruptionError
from settlement.ledger.balances import balances_as_of, balances_now, day_movements, issued_units
from settlement.ledger.book import book, chain_head, is_booked
from settlement.ledger.chain import GENESIS
from settlement.ledger.check import check_ledger
from settlement.ledger.entries import Entry, Posting, imbalance, transfer
from settlement.store.database import Store
from settlement.vocabulary.banking import SETTLEMENT_BANK
from settlement.vocabulary.chart import Bucket, cash, units
from settlement.vocabulary.entry_kinds import EntryKind

DAY = 8_020
BANK = cash(Bucket.BANK, SETTLEMENT_BANK)
ANNA = cash(Bucket.MEMBER_CASH, 1001)
BEN = cash(Bucket.MEMBER_CASH, 1002)
CEA = 1


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "wuhan.sqlite")
    yield opened
    opened.close()


def deposit(reference: str, amount: int) -> Entry:
    return transfer(EntryKind.DEPOSIT, reference, "in", [(BANK, ANNA, amount)])


def put(store: Store, *entries: Entry, day: int = DAY) -> None:
    with store.transaction():
        book(store, entries, day, 1)


def test_balances_follow_the_entries(store: Store) -> None:
    put(store, deposit("a", 500))
    put(store, transfer(EntryKind.DELIVERY_CASH, "b", "", [(ANNA, BEN, 120)]), day=DAY + 1)

    assert balances_now(store) == {BANK: -500, ANNA: 380, BEN: 120}
    assert balances_as_of(store, DAY) == {BANK: -500, ANNA: 500}
    assert balances_as_of(store, DAY + 1) == balances_now(store)
    assert day_movements(store, DAY + 1) == {
        (ANNA, EntryKind.DELIVERY_CASH): (-120, 0),
        (BEN, EntryKind.DELIVERY_CASH): (0, 120),
    }


def test_issued_units_are_read_from_issuance_entries(store: Store) -> None:
    national = units(CEA, Bucket.NATIONAL)
    put(store, transfer(EntryKind.ISSUE, "i", "", [(units(CEA, Bucket.ISSUED), national, 70)]))
    held = units(CEA, Bucket.REGISTRY_AVAILABLE, 1)
    put(store, transfer(EntryKind.ALLOCATE, "j", "", [(national, held, 30)]))
    assert issued_units(store, DAY) == {CEA: 70}
    assert issued_units(store, DAY - 1) == {}


def test_what_a_carry_over_issues_is_issued(store: Store) -> None:
    old, new = units(CEA, Bucket.PENDING_CARRY_OVER, 1), units(CEA + 1, Bucket.REGISTRY_AVAILABLE, 1)
    put(store, transfer(EntryKind.ISSUE, "i", "", [(units(CEA, Bucket.ISSUED), old, 70)]))
    moves = [
        (old, units(CEA, Bucket.CARRIED_OVER, 1), 20),
        (units(CEA + 1, Bucket.ISSUED), new, 20),
    ]
    put(store, transfer(EntryKind.CARRY_OVER, "c", "", moves))
    assert issued_units(store, DAY) == {CEA: 70, CEA + 1: 20}


def test_an_unbalanced_entry_is_refused_before_anything_is_written(store: Store) -> None:
    wrong = Entry(EntryKind.DEPOSIT, "x", "", (Posting(BANK, -5), Posting(ANNA, 4)))
    assert imbalance(wrong) == {0: -1}
    with pytest.raises(CorruptionError, match="sum to 0 per asset"):
        put(store, wrong)
    assert not is_booked(store, "x")


def test_an_entry_balanced_over_two_assets_only_together_is_refused(store: Store) -> None:
    wrong = Entry(EntryKind.DEPOSIT, "x", "", (Posting(BANK, -5), Posting(units(CEA, Bucket.NATIONAL), 5)))
    with pytest.raises(CorruptionError):
        put(store, wrong)


def test_a_negative_balance_is_refused_and_leaves_nothing(store: Store) -> None:
    put(store, deposit("a", 100))
    head = chain_head(store)
    with pytest.raises(sqlite3.IntegrityError, match="no_negative_holding"):
        put(store, deposit("b", 1), transfer(EntryKind.DELIVERY_CASH, "c", "", [(BEN, ANNA, 1)]))
    assert chain_head(store) == head
    assert not is_booked(store, "b")
    assert balances_now(store) == {BANK: -100, ANNA: 100}


def test_a_contra_account_never_becomes_positive(store: Store) -> None:
    put(store, deposit("a", 100))
    with pytest.raises(sqlite3.IntegrityError, match="no_negative_holding"):
        put(store, transfer(EntryKind.WITHDRAWAL, "b", "", [(ANNA, BANK, 101)]))


def test_a_reference_is_booked_once(store: Store) -> None:
    put(store, deposit("a", 100))
    with pytest.raises(sqlite3.IntegrityError, match="reference"):
        put(store, deposit("a", 100))
    assert balances_now(store)[ANNA] == 100


def test_booking_needs_a_transaction(store: Store) -> None:
    with pytest.raises(AssertionError, match="expected an open transaction"):
        book(store, [deposit("a", 1)], DAY, 1)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("UPDATE ledger_entry SET memo = 'other' WHERE entry_id = 1", "append-only"),
        ("DELETE FROM ledger_entry WHERE entry_id = 1", "append-only"),
        ("UPDATE ledger_posting SET amount = 7 WHERE entry_id = 1 AND line = 1", "append-only"),
        ("DELETE FROM ledger_posting WHERE entry_id = 1", "append-only"),
        ("UPDATE ledger_block SET hash = x'00'", "append-only"),
        ("DELETE FROM ledger_block", "append-only"),
        ("INSERT INTO ledger_posting VALUES (1, 3, 1, 5)", "sealed in a block"),
        ("INSERT INTO ledger_block VALUES (2, 5, 6, x'00', x'01')", "begins where the one before ended"),
        ("UPDATE ledger_balance SET balance = -1 WHERE is_contra = 0", "no_negative_holding"),
    ],
)
def test_the_database_itself_refuses_to_change_the_past(store: Store, sql: str, message: str) -> None:
    put(store, deposit("a", 100))
    with pytest.raises(sqlite3.IntegrityError, match=message):
        store.execute(sql)


def test_the_database_itself_refuses_a_block_with_an_unbalanced_entry(store: Store) -> None:
    put(store, deposit("a", 100))
    store.execute("INSERT INTO ledger_entry VALUES (2, 1, 1, 'deposit', 'b', '')")
    store.execute("INSERT INTO ledger_posting VALUES (2, 1, 1, 5)")
    with pytest.raises(sqlite3.IntegrityError, match="unbalanced entry"):
        store.execute("INSERT INTO ledger_block VALUES (2, 2, 2, x'00', x'01')")


def test_check_proves_an_honest_ledger(store: Store) -> None:
    assert check_ledger(store).head == GENESIS
    put(store, deposit("a", 100), deposit("b", 50))
    put(store, transfer(EntryKind.DELIVERY_CASH, "c", "memo 备注", [(ANNA, BEN, 120)]))
    report = check_ledger(store)
    assert (report.blocks, report.entries, report.postings, report.accounts) == (2, 3, 6, 3)
    assert report.head == chain_head(store)


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        ("UPDATE ledger_entry SET memo = 'other' WHERE entry_id = 1", "block 1: hash of its entries"),
        ("UPDATE ledger_posting SET amount = -90 WHERE entry_id = 2 AND line = 1", "entry 2: sum of its"),
        ("UPDATE ledger_posting SET ledger_account_id = 3 WHERE entry_id = 1 AND line = 2", "block 1"),
        ("DELETE FROM ledger_posting WHERE entry_id = 2", "block 2: hash of its entries"),
        ("DELETE FROM ledger_block WHERE block_id = 2", "entries outside any block"),
        (
            "UPDATE ledger_balance SET balance = balance + 1 WHERE ledger_account_id = 2",
            "balance of 0:settlement-bank",
        ),
        ("UPDATE ledger_block SET previous_hash = x'aa' WHERE block_id = 2", "hash of the block before"),
    ],
)
def test_check_finds_every_way_of_tampering(store: Store, tamper: str, found: str) -> None:
    """Somebody with the file and without the triggers changes one thing."""
    put(store, deposit("a", 100))
    put(store, transfer(EntryKind.DELIVERY_CASH, "b", "", [(ANNA, BEN, 40)]))
    for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        store.execute(f"DROP TRIGGER {name}")
    store.execute(tamper)
    with pytest.raises(CorruptionError, match=found):
        check_ledger(store)


def test_check_finds_a_history_that_went_below_zero(store: Store) -> None:
    """Balanced, chained, and yet impossible: an account was negative between two blocks."""
    for sql in (
        "DROP TABLE ledger_balance",
        "CREATE TABLE ledger_balance (ledger_account_id, is_contra, balance)",
    ):
        store.execute(sql)
    put(store, transfer(EntryKind.DELIVERY_CASH, "a", "", [(ANNA, BEN, 40)]))
    put(store, transfer(EntryKind.DELIVERY_CASH, "b", "", [(BEN, ANNA, 40)]))
    with pytest.raises(CorruptionError, match="block 1: 0:member-cash:1001: expected at least 0, found -40"):
        check_ledger(store)


def test_store_is_strict_durable_and_versioned(tmp_path: Path, store: Store) -> None:
    assert store.row("PRAGMA synchronous") == (2,)
    assert store.row("PRAGMA journal_mode") == ("wal",)
    tables = store.rows("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    assert {row[1] for row in tables if not row[0].startswith("sqlite")} == {1}
    again = Store.open(tmp_path / "wuhan.sqlite")
    assert again.number("PRAGMA user_version") == store.number("PRAGMA user_version") > 0
    store.execute("PRAGMA user_version = 999")
    with pytest.raises(CorruptionError, match="found version 999"):
        Store.read(tmp_path / "wuhan.sqlite")
    again.close()


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        book(store, [deposit("a", 100)], DAY, 1)
        raise RuntimeError
    assert not is_booked(store, "a")
    put(store, deposit("a", 100))
    assert check_ledger(store).blocks == 1
