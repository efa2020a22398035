"""What operations have booked, read from the ledger and the operations themselves: nothing is kept twice."""

import json
from typing import Any

from settlement.store.database import Store
from settlement.vocabulary.chart import Bucket, LedgerKey
from settlement.vocabulary.entry_kinds import EntryKind
from settlement.vocabulary.operations import OperationKind, OperationState


def postings_of_operation(store: Store, operation_id: int) -> list[tuple[LedgerKey, int]]:
    """Every posting of the entries of an operation, in the order booked."""
    rows = store.rows(
        "SELECT a.asset_id, a.bucket, a.owner_id, p.amount FROM ledger_entry e"
        " JOIN ledger_posting p ON p.entry_id = e.entry_id"
        " JOIN ledger_account a ON a.ledger_account_id = p.ledger_account_id"
        " WHERE e.reference LIKE ? ORDER BY e.entry_id, p.line",
        (f"op/{operation_id}/%",),
    )
    return [(LedgerKey(row[0], Bucket(row[1]), row[2]), row[3]) for row in rows]


def allocated_lots(store: Store, entity_id: int, contract_id: int) -> int:
    """What an entity has been allocated in all: less what was taken back or reversed, with what is held."""
    booked = store.number(
        "SELECT SUM(p.amount) FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.entry_id"
        " JOIN ledger_account a ON a.ledger_account_id = p.ledger_account_id"
        " WHERE e.kind IN (?, ?) AND a.asset_id = ? AND a.bucket = ? AND a.owner_id = ? AND NOT EXISTS"
        " (SELECT 1 FROM ledger_entry r WHERE r.reference = REPLACE(e.reference, '/allocate', '/reversal'))",
        (
            EntryKind.ALLOCATE.value,
            EntryKind.TAKE_BACK.value,
            contract_id,
            Bucket.REGISTRY_AVAILABLE.value,
            entity_id,
        ),
    )
    return booked + sum(
        lots
        for owner, contract, lots in _held_allocations(store)
        if (owner, contract) == (entity_id, contract_id)
    )


def held_lots(store: Store, province_id: int, contract_id: int) -> int:
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


def _held_allocations(store: Store) -> list[tuple[int, int, int]]:
    """(entity, contract, lots) of each allocation that the province holds (rulebook §2.5)."""
    return [
        (found["entity_id"], found["contract_id"], found["lots"])
        for found in _done(store, OperationKind.ALLOCATE)
        if found["basis"] == "held-by-province"
    ]


def _done(store: Store, kind: OperationKind) -> list[dict[str, Any]]:
    rows = store.rows(
        "SELECT params FROM operation WHERE kind = ? AND state = ? ORDER BY operation_id",
        (kind.value, OperationState.DONE.value),
    )
    return [json.loads(row[0]) for row in rows]
