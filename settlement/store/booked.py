"""What operations have booked, read from the ledger and the operations themselves: nothing is kept twice."""

import json
from typing import Any, NamedTuple

from settlement.store.database import Store
from settlement.vocabulary.chart import Bucket, LedgerKey
from settlement.vocabulary.entry_kinds import EntryKind
from settlement.vocabulary.operations import OperationKind


class Moved(NamedTuple):
    """One move of an entry of an operation."""

    entry_id: int
    source: LedgerKey
    target: LedgerKey
    target_account_id: int  # row number of the target in the ledger
    lots: int


def moves_of_operation(store: Store, operation_id: int) -> list[Moved]:
    """Every move of the entries of an operation, in the order booked."""
    rows = store.rows(
        "SELECT e.entry_id, a.asset_id, a.bucket, a.owner_id, a.ledger_account_id, p.amount"
        " FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.entry_id"
        " JOIN ledger_account a ON a.ledger_account_id = p.ledger_account_id"
        " WHERE e.reference >= ? AND e.reference < ? ORDER BY e.entry_id, p.line",
        (f"op/{operation_id}/", f"op/{operation_id}0"),  # 0 is the character after the slash
    )
    return [
        Moved(into[0], _key(out), _key(into), into[4], into[5])
        for out, into in zip(rows[::2], rows[1::2], strict=True)
    ]


def allocated_lots(store: Store, entity_id: int, contract_id: int) -> int:
    """What an entity has been allocated in all: less what was taken back or reversed, with what is held."""
    booked = store.number(
        "SELECT SUM(p.amount) FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.entry_id"
        " JOIN ledger_account a ON a.ledger_account_id = p.ledger_account_id"
        " WHERE e.kind IN (?, ?) AND a.asset_id = ? AND a.bucket = ? AND a.owner_id = ? AND NOT EXISTS"
        " (SELECT 1 FROM ledger_entry r WHERE r.kind = ?"
        " AND r.reference = REPLACE(e.reference, '/allocate', '/reversal'))",
        (
            EntryKind.ALLOCATE.value,
            EntryKind.TAKE_BACK.value,
            contract_id,
            Bucket.REGISTRY_AVAILABLE.value,
            entity_id,
            EntryKind.REVERSAL.value,
        ),
    )
    return booked + held_for(store, entity_id, contract_id)


def held_by_province(store: Store, province_id: int, contract_id: int) -> int:
    """Units in a provincial account that are some entity's already, less those surrendered for it."""
    entities = {
        row[0] for row in store.rows("SELECT entity_id FROM entity WHERE province_id = ?", (province_id,))
    }
    held = sum(
        lots
        for owner, contract, lots in _held_allocations(store)
        if owner in entities and contract == contract_id
    )
    surrendered = sum(
        found["lots"]
        for found in _done(store, OperationKind.SURRENDER_FROM_PROVINCE)
        if found["entity_id"] in entities and found["contract_id"] == contract_id
    )
    return int(held - surrendered)


def held_for(store: Store, entity_id: int, contract_id: int) -> int:
    """What was allocated to a risky emitter and stays in the provincial account (rulebook §2.5)."""
    return sum(
        lots
        for owner, contract, lots in _held_allocations(store)
        if (owner, contract) == (entity_id, contract_id)
    )


def _held_allocations(store: Store) -> list[tuple[int, int, int]]:
    """(entity, contract, lots) of each allocation that the province holds (rulebook §2.5)."""
    return [
        (found["entity_id"], found["contract_id"], found["lots"])
        for found in _done(store, OperationKind.ALLOCATE)
        if found["basis"] == "held-by-province"
    ]


def _done(store: Store, kind: OperationKind) -> list[dict[str, Any]]:
    rows = store.rows(
        "SELECT params FROM operation WHERE kind = ? AND state = 'done' ORDER BY operation_id", (kind.value,)
    )
    return [json.loads(row[0]) for row in rows]


def _key(row: tuple[Any, ...]) -> LedgerKey:
    return LedgerKey(row[1], Bucket(row[2]), row[3])
