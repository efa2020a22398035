"""Obligations as rows, the applications that meet them or carry over, and what carry-over is computed of.

An application counts while its operation waits or is done; a surrender that was reversed counts no more.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from exchange.vocabulary.enums import SettlementStage
from settlement.store.database import Store
from settlement.vocabulary.chart import Bucket


class Obligation(NamedTuple):
    """What an entity owes for a year's emissions."""

    entity_id: int
    year: int
    verified_lots: int
    due_lots: int


class Surrendered(NamedTuple):
    """One application to surrender that waits or is done."""

    operation_id: int
    holder_entity_id: int
    obliged_entity_id: int
    year: int
    contract_id: int
    lots: int
    asked_ns: int
    is_from_province: bool
    is_pending: bool


_COLUMNS: Final = ", ".join(Obligation._fields)
_SURRENDERED: Final = (
    "SELECT s.operation_id, s.holder_entity_id, s.obliged_entity_id, s.year, s.contract_id, s.lots,"
    " s.asked_ns, s.is_from_province, o.state <> 'done' FROM surrender s"
    " JOIN operation o ON o.operation_id = s.operation_id WHERE o.state IN ('asked', 'running', 'done')"
    " AND NOT EXISTS (SELECT 1 FROM ledger_entry r"
    " WHERE r.reference = 'op/' || s.operation_id || '/reversal')"
)


def save_obligation(store: Store, row: Obligation) -> None:
    """Enter an obligation, or put another in its place."""
    store.require_transaction()
    store.execute(
        f"INSERT INTO obligation ({_COLUMNS}) VALUES (?, ?, ?, ?) ON CONFLICT (entity_id, year)"
        " DO UPDATE SET verified_lots = excluded.verified_lots, due_lots = excluded.due_lots",
        row,
    )


def obligations(store: Store, entity_id: int = 0) -> list[Obligation]:
    """Obligations of an entity, or of all (0), by entity and year."""
    sql = f"SELECT {_COLUMNS} FROM obligation WHERE ? IN (0, entity_id) ORDER BY entity_id, year"
    return [Obligation(*row) for row in store.rows(sql, (entity_id,))]


def insert_surrender(store: Store, row: Surrendered) -> None:
    """Keep an application to surrender."""
    store.require_transaction()
    store.execute(
        f"INSERT INTO surrender ({', '.join(Surrendered._fields[:8])}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        row[:8],
    )


def surrendered(store: Store, entity_id: int = 0) -> list[Surrendered]:
    """Applications that count for an entity's obligations, or for all (0), oldest first."""
    rows = store.rows(
        f"{_SURRENDERED} AND ? IN (0, s.obliged_entity_id) ORDER BY s.operation_id", (entity_id,)
    )
    return [Surrendered(*row[:7], *map(bool, row[7:])) for row in rows]


def insert_carry_over(store: Store, operation_id: int, entity_id: int, contract_id: int, lots: int) -> None:
    """Keep an application to carry over."""
    store.require_transaction()
    store.execute(
        "INSERT INTO carry_over (operation_id, entity_id, contract_id, lots) VALUES (?, ?, ?, ?)",
        (operation_id, entity_id, contract_id, lots),
    )


def carried_over_lots(store: Store, entity_id: int) -> int:
    """What an entity has applied for that waits or is done."""
    return store.number(
        "SELECT SUM(c.lots) FROM carry_over c JOIN operation o ON o.operation_id = c.operation_id"
        " WHERE c.entity_id = ? AND o.state IN ('asked', 'running', 'done')",
        (entity_id,),
    )


def net_sold_lots(
    store: Store, account_id: int, contract_ids: Sequence[int], first_day: int, last_day: int
) -> int:
    """What a trading account sold less what it bought, in the delivered runs of these trading days."""
    lines = (
        "FROM settlement_day d JOIN clearing_line l ON l.trading_day = d.trading_day AND l.run = d.run"
        " WHERE d.stage IN (?, ?) AND d.trading_day BETWEEN ? AND ?"
        f" AND l.contract_id IN ({_marks(contract_ids)})"
    )
    values = (
        int(SettlementStage.DELIVERED),
        int(SettlementStage.STATED),
        first_day,
        last_day,
        *contract_ids,
        account_id,
    )
    sold, bought = (
        store.number(f"SELECT SUM(l.quantity_lots) {lines} AND l.{side}_account_id = ?", values)
        for side in ("seller", "buyer")
    )
    return sold - bought


def held_lots_on(
    store: Store, entity_id: int, account_id: int, contract_ids: Sequence[int], trading_day: int
) -> int:
    """What an entity held at the end of a day and could use: what it holds now, less what came after.

    What waits in an application has left these buckets; what is on its way between them is in neither.
    """
    registry = (Bucket.REGISTRY_AVAILABLE, Bucket.REGISTRY_FROZEN)
    trading = (Bucket.TRADING_AVAILABLE, Bucket.FROZEN, Bucket.TO_TRADING, Bucket.TO_REGISTRY)
    own = (
        f"a.asset_id IN ({_marks(contract_ids)}) AND ((a.owner_id = ? AND a.bucket IN ({_marks(registry)}))"
        f" OR (a.owner_id = ? AND a.bucket IN ({_marks(trading)})))"
    )
    values = (*contract_ids, entity_id, *registry, account_id, *trading)
    now = store.number(
        "SELECT SUM(b.balance) FROM ledger_account a"
        f" JOIN ledger_balance b ON b.ledger_account_id = a.ledger_account_id WHERE {own}",
        values,
    )
    since = store.number(
        "SELECT SUM(p.amount) FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.entry_id"
        " JOIN ledger_account a ON a.ledger_account_id = p.ledger_account_id"
        f" WHERE e.trading_day > ? AND {own}",
        (trading_day, *values),
    )
    return now - since


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
