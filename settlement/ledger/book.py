"""Booking: entries in, one sealed block, balances and serials moved, all in the caller's transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from settlement.errors import CorruptionError
from settlement.ledger.chain import GENESIS, BlockHash
from settlement.ledger.entries import Entry, imbalance
from settlement.serials.flows import prove_flows
from settlement.serials.move import move_serials
from settlement.store.database import Store
from settlement.vocabulary.chart import BUCKETS, CONTRA, LedgerKey


class Block(NamedTuple):
    """What one booking appended."""

    block_id: int
    first_entry_id: int
    last_entry_id: int
    posting_count: int
    hash: bytes


def chain_head(store: Store) -> bytes:
    """Hash of the newest block."""
    row = store.row("SELECT hash FROM ledger_block ORDER BY block_id DESC LIMIT 1")
    return bytes(row[0]) if row else GENESIS


def is_booked(store: Store, reference: str) -> bool:
    """Whether an entry of that reference is in the ledger."""
    return store.row("SELECT 1 FROM ledger_entry WHERE reference = ?", (reference,)) is not None


def book(store: Store, entries: Sequence[Entry], trading_day: int, booked_ns: int) -> Block:
    """Append entries as one block and move the balances and the serials.

    Requires: an open transaction; at least one entry; references never booked before.
    Raises: CorruptionError for an unbalanced entry, or flows that are not what its postings of units say or
    take serials that their source does not hold; sqlite3.IntegrityError for a balance that would be
    negative or a reference booked before. The database refuses these and the imbalance by itself too.
    """
    store.require_transaction()
    assert entries, "expected at least one entry, found none"
    named: set[LedgerKey] = set()
    for entry in entries:
        if wrong := imbalance(entry):
            raise CorruptionError(f"entry {entry.reference}", "postings that sum to 0 per asset", wrong)
        named.update(prove_flows(entry), (posting.account for posting in entry.postings))
    numbers = _account_numbers(store, named)
    first = 1 + store.number("SELECT MAX(entry_id) FROM ledger_entry")
    digest = _append(store, entries, numbers, first, (trading_day, booked_ns))
    _move_balances(store, entries, numbers)
    for entry_id, entry in enumerate(entries, first):
        move_serials(store, entry, entry_id, numbers)
    block_id = 1 + store.number("SELECT MAX(block_id) FROM ledger_block")
    last = first + len(entries) - 1
    store.execute(
        "INSERT INTO ledger_block (block_id, first_entry_id, last_entry_id, previous_hash, hash)"
        " VALUES (?, ?, ?, ?, ?)",
        (block_id, first, last, chain_head(store), digest),
    )
    return Block(block_id, first, last, sum(len(entry.postings) for entry in entries), digest)


def _account_numbers(store: Store, named: Iterable[LedgerKey]) -> dict[LedgerKey, int]:
    """Row number of every ledger account, opening those named that are new."""
    sql = "SELECT asset_id, bucket, owner_id, ledger_account_id FROM ledger_account"
    numbers = {LedgerKey(row[0], BUCKETS[row[1]], row[2]): row[3] for row in store.rows(sql)}
    new = sorted(key for key in named if key not in numbers)
    following = 1 + max(numbers.values(), default=0)
    rows = [(following + i, *key, int(key.bucket in CONTRA)) for i, key in enumerate(new)]
    store.execute_many(
        "INSERT INTO ledger_account (ledger_account_id, asset_id, bucket, owner_id, is_contra)"
        " VALUES (?, ?, ?, ?, ?)",
        rows,
    )
    store.execute_many(
        "INSERT INTO ledger_balance (ledger_account_id, is_contra, balance) VALUES (?, ?, 0)",
        [(row[0], row[4]) for row in rows],
    )
    numbers.update(zip(new, range(following, following + len(new)), strict=True))
    return numbers


def _append(
    store: Store,
    entries: Sequence[Entry],
    numbers: dict[LedgerKey, int],
    first: int,
    when: tuple[int, int],
) -> bytes:
    """Write entries and postings; returns the hash of the block they make."""
    block = BlockHash(chain_head(store))
    heads = []
    postings = []
    codes = {key: key.code for key in numbers}
    for entry_id, entry in enumerate(entries, first):
        head = (entry_id, *when, entry.kind.value, entry.reference, entry.memo)
        heads.append(head)
        block.add_entry(head, ((codes[key], amount) for key, amount in entry.postings))
        postings += [
            (entry_id, line, numbers[key], amount) for line, (key, amount) in enumerate(entry.postings, 1)
        ]
    store.execute_many(
        "INSERT INTO ledger_entry (entry_id, trading_day, booked_ns, kind, reference, memo)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        heads,
    )
    store.execute_many(
        "INSERT INTO ledger_posting (entry_id, line, ledger_account_id, amount) VALUES (?, ?, ?, ?)", postings
    )
    return block.digest()


def _move_balances(store: Store, entries: Sequence[Entry], numbers: dict[LedgerKey, int]) -> None:
    """Add each account's sum once: one block is one moment, nothing inside it is before or after."""
    sums: dict[int, int] = defaultdict(int)
    for entry in entries:
        for key, amount in entry.postings:
            sums[numbers[key]] += amount
    store.execute_many(
        "UPDATE ledger_balance SET balance = balance + ? WHERE ledger_account_id = ?",
        [(amount, number) for number, amount in sums.items() if amount],
    )
