"""Serial blocks and the links of carried-over serials: kept for ever, a block is only closed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from settlement.store.database import Store
from settlement.vocabulary.entry_kinds import EntryKind


class SerialBlock(NamedTuple):
    """An interval of serials at one ledger account, from one entry to another."""

    block_id: int
    contract_id: int
    first_serial: int
    last_serial: int
    ledger_account_id: int
    acquired: int  # place in first in, first out
    parent_id: int  # 0 = minted or merged
    match_id: int  # 0 = no trade
    from_entry_id: int
    to_entry_id: int | None  # None = live
    successor_id: int | None  # the block it was merged into

    @property
    def lots(self) -> int:
        """Tonnes."""
        return self.last_serial - self.first_serial + 1


class SerialLink(NamedTuple):
    """Serials used up by a carry-over, and the first of as many new ones."""

    entry_id: int
    contract_id: int
    first_serial: int
    last_serial: int
    new_contract_id: int
    new_first_serial: int


_COLUMNS: Final = ", ".join(SerialBlock._fields)
_SELECT: Final = f"SELECT {_COLUMNS} FROM serial_block"
_ORDER: Final = " ORDER BY acquired, first_serial DESC"
_LIVE_INDEXES: Final = ("serial_block_live", "serial_block_held")
_MANY: Final = 100_000  # new blocks, and a share of all there are, from which sorting beats inserting
_SHARE: Final = 4


def next_block_id(store: Store) -> int:
    """Id of the next block."""
    return 1 + store.number("SELECT MAX(block_id) FROM serial_block")


def issued_serials(store: Store, contract_id: int) -> int:
    """The last serial minted of a contract; 0 = none."""
    return store.number(
        "SELECT last_serial FROM serial_block WHERE contract_id = ? AND to_entry_id IS NULL"
        " ORDER BY first_serial DESC LIMIT 1",
        (contract_id,),
    )


def held_blocks(store: Store, needed: Mapping[int, int]) -> list[tuple[int, ...]]:
    """(id, first, last, account, acquired) of live blocks of ledger accounts, in order of arrival.

    Of each account as many as hold the lots needed; (0, 0, -1, account, 0) stands for those that follow.
    """
    sql = (
        "SELECT block_id, first_serial, last_serial, ledger_account_id, acquired FROM serial_block"
        f" WHERE ledger_account_id = ? AND to_entry_id IS NULL{_ORDER}"
    )
    found: list[tuple[int, ...]] = []
    for number, lots in needed.items():
        for row in store.each(sql, (number,)):
            if lots <= 0:
                found.append((0, 0, -1, number, 0))
                break
            found.append(row)
            lots -= row[2] - row[1] + 1
    return found


@contextmanager
def live_indexes_made_anew(store: Store, coming: int) -> Iterator[None]:
    """Drop the indexes of live blocks before so many come, and make them again after.

    Only where that is faster: a million blocks of random accounts take half the time. A block that overlaps
    another is then found when the unique index is made: the same error, in the same transaction.
    """
    store.require_transaction()
    is_faster = coming >= _MANY and coming * _SHARE >= next_block_id(store)
    made: list[str] = []
    for name in _LIVE_INDEXES if is_faster else ():
        row = store.row("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?", (name,))
        assert row is not None, f"expected the index {name}, found none"
        made.append(str(row[0]))
        store.execute(f"DROP INDEX {name}")
    yield
    for sql in made:
        store.execute(sql)


def close_blocks(store: Store, entry_id: int, rows: Sequence[Sequence[int]]) -> None:
    """End live blocks with an entry; rows are (successor or 0, id)."""
    store.require_transaction()
    store.execute_many(
        "UPDATE serial_block SET to_entry_id = ?, successor_id = NULLIF(?, 0) WHERE block_id = ?",
        ((entry_id, *row) for row in rows),
    )


def insert_blocks(store: Store, entry_id: int, rows: NDArray[np.int64]) -> None:
    """Keep an entry's new blocks; rows have the fields of SerialBlock, with 0 for None, ids consecutive."""
    store.require_transaction()
    if not len(rows):
        return
    store.execute_chunks(
        f"INSERT INTO serial_block ({_COLUMNS})"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, 0), NULLIF(?, 0))",
        rows,
    )
    store.execute(
        "INSERT INTO serial_batch (entry_id, first_block_id, last_block_id) VALUES (?, ?, ?)",
        (entry_id, int(rows[0, 0]), int(rows[-1, 0])),
    )


def blocks_now(store: Store, ledger_account_id: int) -> list[SerialBlock]:
    """Live blocks of a ledger account in the order in which they leave."""
    sql = f"{_SELECT} WHERE ledger_account_id = ? AND to_entry_id IS NULL{_ORDER}"
    return [SerialBlock(*row) for row in store.each(sql, (ledger_account_id,))]


def blocks_as_of(store: Store, ledger_account_id: int, entry_id: int) -> list[SerialBlock]:
    """Blocks of a ledger account after an entry. Complexity: one pass over all blocks."""
    sql = (
        f"{_SELECT} WHERE ledger_account_id = ? AND from_entry_id <= ?"
        f" AND (to_entry_id IS NULL OR to_entry_id > ?){_ORDER}"
    )
    return [SerialBlock(*row) for row in store.each(sql, (ledger_account_id, entry_id, entry_id))]


def last_entry_of_day(store: Store, trading_day: int) -> int:
    """Newest entry up to the end of a trading day; 0 = none."""
    return store.number("SELECT MAX(entry_id) FROM ledger_entry WHERE trading_day <= ?", (trading_day,))


def read_block(store: Store, block_id: int) -> SerialBlock | None:
    """One block."""
    return _block(store.row(f"{_SELECT} WHERE block_id = ?", (block_id,)))


def live_block(store: Store, contract_id: int, serial: int) -> SerialBlock | None:
    """The live block that a serial lies in."""
    found = _block(
        store.row(
            f"{_SELECT} WHERE contract_id = ? AND first_serial <= ? AND to_entry_id IS NULL"
            " ORDER BY first_serial DESC LIMIT 1",
            (contract_id, serial),
        )
    )
    return found if found and serial <= found.last_serial else None


def merged_from(store: Store, block_id: int, serial: int) -> SerialBlock | None:
    """The block of a serial that was merged into another."""
    sql = f"{_SELECT} WHERE successor_id = ? AND first_serial <= ? AND last_serial >= ?"
    return _block(store.row(sql, (block_id, serial, serial)))


def blocks_of_entry(store: Store, entry_id: int) -> list[SerialBlock]:
    """Blocks that an entry made, in order."""
    sql = (
        f"SELECT {_COLUMNS} FROM serial_batch"
        " JOIN serial_block ON block_id BETWEEN first_block_id AND last_block_id"
        " WHERE entry_id = ? ORDER BY block_id"
    )
    return [SerialBlock(*row) for row in store.each(sql, (entry_id,))]


def merged_into(store: Store, entry_id: int) -> set[int]:
    """Blocks of an entry that were merged from others."""
    rows = store.each(
        "SELECT DISTINCT p.successor_id FROM serial_batch b JOIN serial_block p"
        " ON p.successor_id BETWEEN b.first_block_id AND b.last_block_id WHERE b.entry_id = ?",
        (entry_id,),
    )
    return {row[0] for row in rows}


def blocks_of_trade(store: Store, trading_day: int, match_id: int) -> list[tuple[SerialBlock, int]]:
    """Blocks that a trade moved, in order, each with the ledger account it came from.

    Complexity: one pass over what the day's delivery made, a tenth of a second for a million blocks.
    """
    columns = ", ".join(f"b.{name}" for name in SerialBlock._fields)
    rows = store.each(
        f"SELECT p.ledger_account_id, {columns} FROM ledger_entry e"
        " JOIN serial_batch s ON s.entry_id = e.entry_id"
        " JOIN serial_block b ON b.block_id BETWEEN s.first_block_id AND s.last_block_id"
        " JOIN serial_block p ON p.block_id = b.parent_id"
        " WHERE e.trading_day = ? AND e.kind = ? AND b.match_id = ? ORDER BY b.block_id",
        (trading_day, EntryKind.DELIVERY_UNITS.value, match_id),
    )
    return [(SerialBlock(*row[1:]), row[0]) for row in rows]


def count_live_blocks(store: Store) -> int:
    """How many blocks are live."""
    return store.number("SELECT COUNT(*) FROM serial_block WHERE to_entry_id IS NULL")


def link_serials(store: Store, links: Sequence[SerialLink]) -> None:
    """Keep what serials were carried over into what."""
    store.require_transaction()
    store.execute_many(
        f"INSERT INTO serial_link ({', '.join(SerialLink._fields)}) VALUES (?, ?, ?, ?, ?, ?)", links
    )


def links_of(store: Store, entry_id: int) -> list[SerialLink]:
    """Links that an entry made."""
    sql = f"SELECT {', '.join(SerialLink._fields)} FROM serial_link WHERE entry_id = ?"
    return [SerialLink(*row) for row in store.each(f"{sql} ORDER BY contract_id, first_serial", (entry_id,))]


def link_into(store: Store, new_contract_id: int, serial: int) -> SerialLink | None:
    """The carry-over that a serial of the new vintage came from."""
    row = store.row(
        f"SELECT {', '.join(SerialLink._fields)} FROM serial_link"
        " WHERE new_contract_id = ? AND new_first_serial <= ? ORDER BY new_first_serial DESC LIMIT 1",
        (new_contract_id, serial),
    )
    link = SerialLink(*row) if row else None
    return link if link and serial - link.new_first_serial <= link.last_serial - link.first_serial else None


def _block(row: tuple[int, ...] | None) -> SerialBlock | None:
    return None if row is None else SerialBlock(*row)
