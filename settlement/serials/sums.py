"""Serials against buckets: of every ledger account of units, the live blocks must sum to its balance."""

from typing import NamedTuple

from settlement.registry.accounts import find_entity
from settlement.store.breaks import Break
from settlement.store.database import Store
from settlement.vocabulary.chart import (
    BUCKETS,
    CASH,
    CONTRA,
    OF_REGISTRY_ACCOUNT,
    OF_TRADING_ACCOUNT,
    USED_UP,
    LedgerKey,
)
from settlement.vocabulary.entry_kinds import BreakKind


class UnequalSum(NamedTuple):
    """A ledger account whose serials are not its balance."""

    account: LedgerKey
    serial_lots: int
    balance_lots: int


def unequal_sums(store: Store) -> list[UnequalSum]:
    """Every account that differs. Complexity: one pass over the index of live blocks."""
    sums = dict(
        store.each(
            "SELECT ledger_account_id, SUM(last_serial - first_serial + 1) FROM serial_block"
            " WHERE to_entry_id IS NULL GROUP BY ledger_account_id"
        )
    )
    marks = ", ".join("?" * len(CONTRA))
    balances = store.each(
        "SELECT a.ledger_account_id, a.asset_id, a.bucket, a.owner_id, b.balance FROM ledger_account a"
        " JOIN ledger_balance b ON b.ledger_account_id = a.ledger_account_id"
        f" WHERE a.asset_id <> ? AND a.bucket NOT IN ({marks}) ORDER BY a.ledger_account_id",
        (CASH, *(bucket.value for bucket in CONTRA)),
    )
    return [
        UnequalSum(LedgerKey(asset_id, BUCKETS[bucket], owner_id), lots, balance)
        for number, asset_id, bucket, owner_id, balance in balances
        if (lots := sums.get(number, 0)) != balance
    ]


def serial_breaks(store: Store) -> list[Break]:
    """What differs, as breaks of trading accounts; account 0: units that belong to no entity.

    Of several buckets of one account the one that differs most stands for all: `trace` shows them.
    """
    found: dict[tuple[int, int], UnequalSum] = {}
    for one in sorted(unequal_sums(store), key=lambda one: abs(one.serial_lots - one.balance_lots)):
        found[account_of(store, one.account), one.account.asset_id] = one
    return [
        Break(*owner, BreakKind.SERIALS, one.serial_lots, one.balance_lots)
        for owner, one in sorted(found.items())
    ]


def account_of(store: Store, key: LedgerKey) -> int:
    """The trading account of whoever owns a ledger account of units; 0 = no entity does."""
    if key.bucket in OF_TRADING_ACCOUNT:
        return key.owner_id
    if key.bucket in OF_REGISTRY_ACCOUNT or key.bucket in USED_UP:
        entity = find_entity(store, key.owner_id)
        return entity.account_id if entity is not None else 0
    return 0
