"""`settlement check`: re-prove the whole ledger from its first entry; nothing stored twice is believed."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from settlement.errors import CorruptionError, expect
from settlement.ledger.balances import balances_now
from settlement.ledger.chain import GENESIS, BlockHash, EntryHead
from settlement.store.database import Store
from settlement.vocabulary.chart import CONTRA, Bucket, LedgerKey

NO_ENTRY: Final[tuple[EntryHead, list[tuple[int, int]]]] = ((0, 0, 0, "", "", ""), [])


class CheckReport(NamedTuple):
    """What was proven."""

    blocks: int
    entries: int
    postings: int
    accounts: int
    head: bytes


def check_ledger(store: Store) -> CheckReport:
    """Prove chain, balance of each entry, sign of each balance after each block, and the projection.

    Raises CorruptionError naming the first entry, block or account that is not as it must be.
    Complexity: one pass over the postings.
    """
    keys = {
        row[0]: LedgerKey(row[1], Bucket(row[2]), row[3])
        for row in store.rows("SELECT ledger_account_id, asset_id, bucket, owner_id FROM ledger_account")
    }
    sums: dict[LedgerKey, int] = defaultdict(int)
    entries = _entries(store)
    head, last, entry_count, posting_count, block_count = GENESIS, 0, 0, 0, 0
    for block in store.rows("SELECT * FROM ledger_block ORDER BY block_id"):
        block_count += 1
        expect(f"block {block_count}: number", block_count, block[0])
        expect(f"block {block[0]}: first entry", last + 1, block[1])
        expect(f"block {block[0]}: hash of the block before", head.hex(), bytes(block[3]).hex())
        running = BlockHash(head)
        touched: set[LedgerKey] = set()
        for number in range(block[1], block[2] + 1):
            fields, lines = next(entries, NO_ENTRY)
            expect(f"block {block[0]}: entry", number, fields[0])
            postings = [(keys[account], amount) for account, amount in lines]
            running.add_entry(fields, [(key.code, amount) for key, amount in postings])
            touched |= _apply(number, postings, sums)
            posting_count += len(postings)
            entry_count += 1
        for key in touched:
            _expect_sign(f"block {block[0]}: {key.code}", key, sums[key])
        expect(f"block {block[0]}: hash of its entries", running.digest().hex(), bytes(block[4]).hex())
        head, last = running.digest(), block[2]
    expect("entries outside any block", NO_ENTRY[0], next(entries, NO_ENTRY)[0])
    _check_projection(store, sums)
    return CheckReport(block_count, entry_count, posting_count, len(keys), head)


def _entries(store: Store) -> Iterator[tuple[EntryHead, list[tuple[int, int]]]]:
    """Every entry's head with its postings (account number, amount), in order."""
    rows = store.each(
        "SELECT e.entry_id, e.trading_day, e.booked_ns, e.kind, e.reference, e.memo,"
        " p.ledger_account_id, p.amount FROM ledger_entry e"
        " LEFT JOIN ledger_posting p ON p.entry_id = e.entry_id ORDER BY e.entry_id, p.line"
    )
    for head, lines in groupby(rows, key=itemgetter(0, 1, 2, 3, 4, 5)):
        yield head, [(line[6], line[7]) for line in lines if line[6] is not None]


def _apply(
    entry_id: int, postings: list[tuple[LedgerKey, int]], sums: dict[LedgerKey, int]
) -> set[LedgerKey]:
    """Add an entry's postings to the balances, after proving that they sum to zero."""
    per_asset: dict[int, int] = defaultdict(int)
    for key, amount in postings:
        per_asset[key.asset_id] += amount
        sums[key] += amount
    wrong = {asset_id: total for asset_id, total in per_asset.items() if total}
    expect(f"entry {entry_id}: sum of its postings per asset", {}, wrong)
    return {key for key, _ in postings}


def _expect_sign(where: str, key: LedgerKey, amount: int) -> None:
    if (amount > 0) if key.bucket in CONTRA else (amount < 0):
        raise CorruptionError(where, "at most 0" if key.bucket in CONTRA else "at least 0", amount)


def _check_projection(store: Store, sums: dict[LedgerKey, int]) -> None:
    stored = balances_now(store)
    for key in sorted({*sums, *stored}):
        expect(f"balance of {key.code}", sums.get(key, 0), stored.get(key))
