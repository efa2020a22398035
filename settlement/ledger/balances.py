"""Reading the ledger: balances now (the projection) or as of the end of a trading day (from the postings)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from settlement.store.database import Store
from settlement.vocabulary.chart import (
    BUCKETS,
    CASH,
    IN_TRADING,
    MEMBERS_CASH,
    Bucket,
    LedgerKey,
)
from settlement.vocabulary.entry_kinds import ENTRY_KINDS, EntryKind

Balances = Mapping[LedgerKey, int]


def balances_now(store: Store) -> Balances:
    """Every ledger account's balance."""
    return _keyed(
        store.each(
            "SELECT a.asset_id, a.bucket, a.owner_id, b.balance FROM ledger_account a"
            " JOIN ledger_balance b ON b.ledger_account_id = a.ledger_account_id"
        )
    )


def balance_of(store: Store, key: LedgerKey) -> int:
    """One ledger account's balance now; 0 for one that was never used."""
    return store.number(
        "SELECT b.balance FROM ledger_account a"
        " JOIN ledger_balance b ON b.ledger_account_id = a.ledger_account_id"
        " WHERE a.asset_id = ? AND a.bucket = ? AND a.owner_id = ?",
        (key.asset_id, key.bucket.value, key.owner_id),
    )


def balances_of_owners(store: Store, owner_ids: Iterable[int]) -> Balances:
    """Every ledger account of these owner numbers; registry and trading accounts may share one."""
    owners = sorted(owner_ids)
    marks = ", ".join("?" * len(owners))
    return _keyed(
        store.each(
            "SELECT a.asset_id, a.bucket, a.owner_id, b.balance FROM ledger_account a"
            " JOIN ledger_balance b ON b.ledger_account_id = a.ledger_account_id"
            f" WHERE a.owner_id IN ({marks})",
            owners,
        )
    )


def balances_as_of(store: Store, trading_day: int) -> Balances:
    """Every ledger account's balance at the end of a trading day: the projection when nothing came after."""
    if store.number("SELECT MAX(trading_day) FROM ledger_entry") <= trading_day:
        return balances_now(store)
    return _keyed(
        store.each(
            "SELECT a.asset_id, a.bucket, a.owner_id, SUM(p.amount) FROM ledger_entry e"
            " JOIN ledger_posting p ON p.entry_id = e.entry_id"
            " JOIN ledger_account a ON a.ledger_account_id = p.ledger_account_id"
            " WHERE e.trading_day <= ? GROUP BY a.asset_id, a.bucket, a.owner_id",
            (trading_day,),
        )
    )


def issued_units(store: Store, trading_day: int) -> Mapping[int, int]:
    """Units issued per contract up to a day, from the entries that issue and not from any balance."""
    rows = store.each(
        "SELECT a.asset_id, -SUM(p.amount) FROM ledger_entry e"
        " JOIN ledger_posting p ON p.entry_id = e.entry_id"
        " JOIN ledger_account a ON a.ledger_account_id = p.ledger_account_id"
        " WHERE e.kind IN (?, ?) AND a.bucket = ? AND e.trading_day <= ? GROUP BY a.asset_id",
        (EntryKind.ISSUE.value, EntryKind.CARRY_OVER.value, Bucket.ISSUED.value, trading_day),
    )
    return dict(rows)


def day_movements(store: Store, trading_day: int) -> Mapping[tuple[LedgerKey, EntryKind], tuple[int, int]]:
    """Of each ledger account and kind of entry, what a day took out (<= 0) and brought in (>= 0)."""
    rows = store.each(
        "SELECT a.asset_id, a.bucket, a.owner_id, e.kind,"
        " SUM(CASE WHEN p.amount < 0 THEN p.amount ELSE 0 END),"
        " SUM(CASE WHEN p.amount > 0 THEN p.amount ELSE 0 END)"
        " FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.entry_id"
        " JOIN ledger_account a ON a.ledger_account_id = p.ledger_account_id"
        " WHERE e.trading_day = ? GROUP BY a.asset_id, a.bucket, a.owner_id, e.kind",
        (trading_day,),
    )
    return {
        (LedgerKey(asset_id, BUCKETS[bucket], owner_id), ENTRY_KINDS[kind]): (out, into)
        for asset_id, bucket, owner_id, kind, out, into in rows
    }


def trading_units(balances: Balances) -> dict[tuple[int, int], tuple[int, int]]:
    """(available, frozen) lots in trading of each (account, contract) that ever held any."""
    found: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for key, amount in balances.items():
        if key.asset_id != CASH and key.bucket in IN_TRADING:
            found[key.owner_id, key.asset_id][key.bucket is Bucket.FROZEN] += amount
    return {owner: (pair[0], pair[1]) for owner, pair in sorted(found.items())}


def member_cash(balances: Balances) -> dict[int, tuple[int, int]]:
    """(available, frozen) fen of each trading account."""
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for key, amount in balances.items():
        if key.asset_id == CASH and key.bucket in MEMBERS_CASH:
            found[key.owner_id][key.bucket is Bucket.MEMBER_FROZEN] += amount
    return {owner: (pair[0], pair[1]) for owner, pair in sorted(found.items())}


def _keyed(rows: Iterable[tuple[int, str, int, int]]) -> Balances:
    return {LedgerKey(asset_id, BUCKETS[bucket], owner): amount for asset_id, bucket, owner, amount in rows}
