"""Questions about serials: what lies where and when, what a trade moved, the way a serial came."""

from typing import NamedTuple

from settlement.store.blocks import (
    SerialBlock,
    blocks_as_of,
    blocks_now,
    blocks_of_trade,
    last_entry_of_day,
    link_into,
    live_block,
    merged_from,
    read_block,
)
from settlement.store.database import Store
from settlement.vocabulary.chart import Bucket, LedgerKey


class TradePiece(NamedTuple):
    """Serials that a trade moved."""

    contract_id: int
    first_serial: int
    last_serial: int
    seller_account_id: int
    buyer_account_id: int


class Stay(NamedTuple):
    """How long a serial lay at a ledger account."""

    account: LedgerKey
    from_entry_id: int
    to_entry_id: int | None  # None = it still does
    match_id: int  # the trade that brought it; 0 = none


def held(store: Store, account: LedgerKey) -> list[SerialBlock]:
    """Live blocks of a ledger account in the order in which they leave."""
    return blocks_now(store, _number(store, account))


def held_as_of(store: Store, account: LedgerKey, entry_id: int) -> list[SerialBlock]:
    """Blocks of a ledger account after an entry."""
    return blocks_as_of(store, _number(store, account), entry_id)


def held_at_end_of(store: Store, account: LedgerKey, trading_day: int) -> list[SerialBlock]:
    """Blocks of a ledger account at the end of a trading day."""
    return held_as_of(store, account, last_entry_of_day(store, trading_day))


def serials_of_trade(store: Store, trading_day: int, match_id: int) -> list[TradePiece]:
    """Intervals that a trade moved, in the order in which they left."""
    return [
        TradePiece(
            block.contract_id,
            block.first_serial,
            block.last_serial,
            _account(store, source).owner_id,
            _account(store, block.ledger_account_id).owner_id,
        )
        for block, source in blocks_of_trade(store, trading_day, match_id)
    ]


def history(store: Store, contract_id: int, serial: int) -> list[Stay]:
    """Where a serial has lain, from its minting on; empty when it was never minted."""
    stays: list[Stay] = []
    for block in _blocks_of(store, contract_id, serial):
        account = _account(store, block.ledger_account_id)
        if stays and stays[-1].account == account and block.match_id == 0:
            stays[-1] = stays[-1]._replace(to_entry_id=block.to_entry_id)
        else:
            stays.append(Stay(account, block.from_entry_id, block.to_entry_id, block.match_id))
    return stays


def _blocks_of(store: Store, contract_id: int, serial: int) -> list[SerialBlock]:
    """Every block that a serial was part of, oldest first; first those of the serial carried over into it."""
    found: list[SerialBlock] = []
    block = live_block(store, contract_id, serial)
    while block:
        found.append(block)
        before = block.parent_id
        block = read_block(store, before) if before else merged_from(store, block.block_id, serial)
    link = link_into(store, contract_id, serial)
    if link is None:
        return found[::-1]
    before = link.first_serial + serial - link.new_first_serial
    return _blocks_of(store, link.contract_id, before) + found[::-1]


def _number(store: Store, account: LedgerKey) -> int:
    return store.number(
        "SELECT ledger_account_id FROM ledger_account WHERE asset_id = ? AND bucket = ? AND owner_id = ?",
        (account.asset_id, account.bucket.value, account.owner_id),
    )


def _account(store: Store, number: int) -> LedgerKey:
    sql = "SELECT asset_id, bucket, owner_id FROM ledger_account WHERE ledger_account_id = ?"
    row = store.row(sql, (number,))
    assert row is not None, f"expected ledger account {number}, found none"
    return LedgerKey(row[0], Bucket(row[1]), row[2])
