"""The proof of the serials: every block that ever was, from the first on."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from settlement.errors import CorruptionError, expect
from settlement.serials.check_trades import check_trades
from settlement.store.blocks import SerialBlock
from settlement.store.database import Store
from settlement.vocabulary.chart import CASH, Bucket

#: SerialBlock with 0 for None
_BLOCK: Final = np.dtype([(name, "<i8") for name in SerialBlock._fields])
Blocks = NDArray[np.void]
Flags = NDArray[np.bool_]


class SerialReport(NamedTuple):
    """What was proven."""

    blocks: int
    live_blocks: int
    serials: int


def check_serials(store: Store) -> SerialReport:
    """Prove every block, and that serials went where the delivered trades say.

    Raises CorruptionError naming the first block, account or trade that is not as it must be.
    """
    blocks = _read(store)
    report = _prove(store, blocks)
    check_trades(store, blocks)
    return report


def check_blocks(store: Store) -> SerialReport:
    """Prove that live blocks tile 1..issued and sum to the balances, and that every history joins.

    Raises CorruptionError. Complexity: one reading of the blocks, sorted a few times.
    """
    return _prove(store, _read(store))


def _read(store: Store) -> Blocks:
    columns = f"{', '.join(SerialBlock._fields[:9])}, COALESCE(to_entry_id, 0), COALESCE(successor_id, 0)"
    rows = store.table(f"SELECT {columns} FROM serial_block ORDER BY block_id", len(SerialBlock._fields))
    return rows.view(_BLOCK).reshape(-1)


def _prove(store: Store, blocks: Blocks) -> SerialReport:
    live = blocks[blocks["to_entry_id"] == 0]
    merged = np.isin(blocks["block_id"], blocks["successor_id"])
    minted = blocks[(blocks["parent_id"] == 0) & ~merged]
    _check_tiling(store, "live", live)
    _check_tiling(store, "minted", minted)
    _check_balances(store, live)
    _check_ends(blocks, merged)
    _check_family(blocks, "parent_id", "children")
    _check_family(blocks, "successor_id", "merged blocks")
    _check_batches(store, blocks)
    return SerialReport(len(blocks), len(live), int(_lots(live).sum()))


def _check_tiling(store: Store, what: str, blocks: Blocks) -> None:
    """Blocks of each contract lie side by side from 1 to what the ledger has issued."""
    ordered = blocks[np.lexsort((blocks["first_serial"], blocks["contract_id"]))]
    is_first = np.ones(len(ordered), np.bool_)
    is_first[1:] = ordered["contract_id"][1:] != ordered["contract_id"][:-1]
    expected = np.ones(len(ordered), np.int64)
    expected[1:][~is_first[1:]] = ordered["last_serial"][:-1][~is_first[1:]] + 1
    _refuse(ordered, ordered["first_serial"] != expected, f"{what} blocks of a contract side by side")
    sql = (
        "SELECT a.asset_id, -b.balance FROM ledger_account a JOIN ledger_balance b"
        " ON b.ledger_account_id = a.ledger_account_id WHERE a.bucket = ? AND b.balance <> 0"
    )
    is_last = np.append(is_first[1:], True)[: len(ordered)]
    ends = dict(
        zip(ordered["contract_id"][is_last].tolist(), ordered["last_serial"][is_last].tolist(), strict=True)
    )
    issued = dict(store.rows(sql, (Bucket.ISSUED.value,)))
    for contract in sorted({*ends, *issued}):
        where = f"contract {contract}: last serial of {what} blocks"
        expect(where, issued.get(contract, 0), ends.get(contract, 0))


def _check_balances(store: Store, live: Blocks) -> None:
    """Live blocks of each ledger account of units sum to its balance, and are of its contract."""
    numbers, places = np.unique(live["ledger_account_id"], return_inverse=True)
    sums = np.zeros(len(numbers), np.int64)
    np.add.at(sums, places, _lots(live))
    held = dict(zip(numbers.tolist(), sums.tolist(), strict=True))
    sql = (
        "SELECT a.ledger_account_id, b.balance, a.asset_id, a.bucket, a.owner_id FROM ledger_account a"
        " JOIN ledger_balance b ON b.ledger_account_id = a.ledger_account_id"
        " WHERE a.is_contra = 0 AND a.asset_id <> ? ORDER BY a.ledger_account_id"
    )
    contracts = {}
    for number, balance, *code in store.rows(sql, (CASH,)):
        contracts[number] = code[0]
        expect(f"serials at {':'.join(map(str, code))}", balance, held.pop(number, 0))
    expect("serials at accounts that hold no units", {}, held)
    expected = np.array([contracts[number] for number in numbers.tolist()], np.int64)[places]
    _refuse(live, live["contract_id"] != expected, "contract of its ledger account")


def _check_ends(blocks: Blocks, merged: Flags) -> None:
    """A live block has neither child nor successor, a closed one exactly one of the two."""
    has_child = np.isin(blocks["block_id"], blocks["parent_id"])
    has_successor = blocks["successor_id"] != 0
    is_live = blocks["to_entry_id"] == 0
    _refuse(blocks, is_live & (has_child | has_successor), "no block after a live one")
    _refuse(blocks, ~is_live & (has_child == has_successor), "children or a successor")
    _refuse(blocks, ~is_live & (blocks["to_entry_id"] < blocks["from_entry_id"]), "an end after its begin")
    _refuse(blocks, merged & (blocks["parent_id"] != 0), "no parent of a merged block")


def _check_family(blocks: Blocks, column: str, what: str) -> None:
    """Blocks that name one block tile it, in the same contract and joined to it by one entry."""
    members = blocks[blocks[column] != 0]
    members = members[np.lexsort((members["first_serial"], members[column]))]
    if not len(members):
        return
    places = np.minimum(np.searchsorted(blocks["block_id"], members[column]), len(blocks) - 1)
    heads = blocks[places]
    _refuse(members, heads["block_id"] != members[column], f"a {column} that exists")
    is_merge = column == "successor_id"
    end, begin = (members, heads) if is_merge else (heads, members)
    _refuse(members, end["to_entry_id"] != begin["from_entry_id"], f"{what} that join without gap in time")
    _refuse(members, members["contract_id"] != heads["contract_id"], f"{what} of one contract")
    if is_merge:
        apart = members["ledger_account_id"] != heads["ledger_account_id"]
        _refuse(members, apart, f"{what} at one account")
    is_first = np.ones(len(members), np.bool_)
    is_first[1:] = members[column][1:] != members[column][:-1]
    expected = heads["first_serial"].copy()
    expected[1:][~is_first[1:]] = members["last_serial"][:-1][~is_first[1:]] + 1
    _refuse(members, members["first_serial"] != expected, f"{what} side by side")
    is_last = np.append(is_first[1:], True)
    short = is_last & (members["last_serial"] != heads["last_serial"])
    _refuse(members, short, f"{what} up to the last serial")


def _check_batches(store: Store, blocks: Blocks) -> None:
    """What the table of batches says of every entry is what the blocks say."""
    entries, firsts, counts = np.unique(blocks["from_entry_id"], return_index=True, return_counts=True)
    ends = firsts + counts - 1
    ids = blocks["block_id"]
    expected = zip(entries.tolist(), ids[firsts].tolist(), ids[ends].tolist(), strict=True)
    found = store.rows("SELECT entry_id, first_block_id, last_block_id FROM serial_batch ORDER BY entry_id")
    for block, batch in zip(expected, found, strict=False):
        expect(f"serial batch of entry {block[0]} (entry, first and last block)", block, batch)
    expect("serial batches", len(entries), len(found))
    apart = np.flatnonzero(blocks["from_entry_id"][1:] < blocks["from_entry_id"][:-1])
    expect("blocks of one entry with consecutive ids", 0, len(apart))


def _lots(blocks: Blocks) -> NDArray[np.int64]:
    lots: NDArray[np.int64] = blocks["last_serial"] - blocks["first_serial"] + 1
    return lots


def _refuse(blocks: Blocks, wrong: Flags, expected: str) -> None:
    """CorruptionError for the first block that is wrong."""
    if wrong.any():
        block = blocks[wrong][np.argmin(blocks["block_id"][wrong])]
        found = f"serials {block['first_serial']}-{block['last_serial']} of contract {block['contract_id']}"
        raise CorruptionError(f"serial block {block['block_id']}", expected, found)
