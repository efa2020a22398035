"""Objections to statements, and where each stands."""

from enum import StrEnum
from typing import Final, NamedTuple

from settlement.store.database import Store


class ObjectionState(StrEnum):
    """Where an objection stands. Stored, so never renamed."""

    RECEIVED = "received"
    EXAMINED = "examined"
    REJECTED = "rejected"
    CORRECTED = "corrected"


#: what may follow what
FOLLOWS: Final = {
    ObjectionState.RECEIVED: frozenset({ObjectionState.EXAMINED}),
    ObjectionState.EXAMINED: frozenset({ObjectionState.REJECTED, ObjectionState.CORRECTED}),
    ObjectionState.REJECTED: frozenset[ObjectionState](),
    ObjectionState.CORRECTED: frozenset[ObjectionState](),
}


class Objection(NamedTuple):
    """One holder's objection to one trade, or to a whole statement."""

    objection_id: int  # number of the operation that brought it
    entity_id: int
    trading_day: int
    match_id: int  # 0 = the statement
    grounds: str
    state: ObjectionState = ObjectionState.RECEIVED
    reason: str = ""
    correcting_operation_id: int = 0


_COLUMNS: Final = ", ".join(Objection._fields)


def insert_objection(store: Store, row: Objection) -> None:
    """Keep a new objection."""
    store.require_transaction()
    marks = ", ".join("?" * len(row))
    store.execute(
        f"INSERT INTO objection ({_COLUMNS}) VALUES ({marks})", (*row[:5], row.state.value, *row[6:])
    )


def change_objection(
    store: Store, objection_id: int, state: ObjectionState, reason: str = "", correcting_operation_id: int = 0
) -> None:
    """Move an objection on. Requires: FOLLOWS allows it."""
    store.require_transaction()
    store.execute(
        "UPDATE objection SET state = ?, reason = ?, correcting_operation_id = ? WHERE objection_id = ?",
        (state.value, reason, correcting_operation_id, objection_id),
    )


def is_under_way(store: Store, entity_id: int, trading_day: int, match_id: int) -> bool:
    """Whether an objection of an entity to the same is not decided yet."""
    sql = (
        "SELECT 1 FROM objection WHERE entity_id = ? AND trading_day = ? AND match_id = ? AND state IN (?, ?)"
    )
    open_states = (ObjectionState.RECEIVED.value, ObjectionState.EXAMINED.value)
    return store.row(sql, (entity_id, trading_day, match_id, *open_states)) is not None


def find_objection(store: Store, objection_id: int) -> Objection | None:
    """One objection."""
    found = _objections(store, "WHERE objection_id = ?", objection_id)
    return found[0] if found else None


def objections(store: Store, entity_id: int = 0) -> list[Objection]:
    """Objections of an entity, or of all (0), oldest first."""
    return _objections(store, "WHERE ? IN (0, entity_id)", entity_id)


def _objections(store: Store, where: str, value: int) -> list[Objection]:
    rows = store.rows(f"SELECT {_COLUMNS} FROM objection {where} ORDER BY objection_id", (value,))
    return [Objection._make((*row[:5], ObjectionState(row[5]), *row[6:])) for row in rows]
