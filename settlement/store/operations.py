"""Operations as rows: the newest state of each, and the chained trail of all their steps."""

import hashlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from settlement.store.database import Store
from settlement.vocabulary.operations import OperationKind, OperationState
from settlement.vocabulary.refusals import RefusalCode

GENESIS: Final = b"\x00" * 32


class Operation(NamedTuple):
    """One operation as it stands."""

    operation_id: int
    person_id: str
    request_key: str
    kind: OperationKind
    institution: str
    entity_id: int
    params: str
    command_hash: bytes
    state: OperationState
    refusal: RefusalCode
    detail: str
    asked_ns: int
    expires_ns: int
    approver_id: str
    changed_ns: int
    trading_day: int


_COLUMNS: Final = ", ".join(Operation._fields)


def next_operation_id(store: Store) -> int:
    """Number of the next operation."""
    return 1 + store.number("SELECT MAX(operation_id) FROM operation")


def insert_operation(store: Store, operation: Operation) -> None:
    """Keep a new operation and the first step of its trail."""
    store.require_transaction()
    marks = ", ".join("?" * len(Operation._fields))
    row = (*operation[:9], int(operation.refusal), *operation[10:])
    store.execute(f"INSERT INTO operation ({_COLUMNS}) VALUES ({marks})", row)
    _add_event(store, operation, operation.person_id, f"{operation.kind} {operation.params}")
    if operation.refusal:
        _add_event(store, operation, operation.person_id, _words(operation))


def change_operation(store: Store, operation: Operation, person_id: str) -> None:
    """Keep an operation's new state; `person_id` is who or what changed it."""
    store.require_transaction()
    changed = store.execute(
        "UPDATE operation SET state = ?, refusal = ?, detail = ?, approver_id = ?, changed_ns = ?,"
        " trading_day = ? WHERE operation_id = ?",
        (
            operation.state,
            int(operation.refusal),
            operation.detail,
            operation.approver_id,
            operation.changed_ns,
            operation.trading_day,
            operation.operation_id,
        ),
    )
    assert changed == 1, f"expected operation {operation.operation_id}, found none"
    _add_event(store, operation, person_id, _words(operation))


def read_operation(store: Store, operation_id: int) -> Operation | None:
    """One operation."""
    return _operation(store.row(f"SELECT {_COLUMNS} FROM operation WHERE operation_id = ?", (operation_id,)))


def find_by_key(store: Store, person_id: str, request_key: str) -> Operation | None:
    """What a person has asked for under a key."""
    return _operation(
        store.row(
            f"SELECT {_COLUMNS} FROM operation WHERE person_id = ? AND request_key = ?",
            (person_id, request_key),
        )
    )


class Sight(NamedTuple):
    """Whose operations somebody may see: everybody's, or one's own and those of an entity or a province."""

    person_id: str
    is_all: bool = False
    entity_id: int = 0
    province_id: int = 0


_SEEN: Final = (
    "(? OR person_id = ? OR (entity_id > 0 AND (entity_id = ?"
    " OR entity_id IN (SELECT entity_id FROM entity WHERE province_id = ?))))"
)


def see_operations(
    store: Store, sight: Sight, after: int, limit: int, state: OperationState | None = None
) -> list[Operation]:
    """Operations above a number that may be seen, oldest first; all of them, or those in one state."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM operation WHERE operation_id > ? AND {_SEEN} AND ? IN ('', state)"
        " ORDER BY operation_id LIMIT ?",
        (after, *_seen(sight), state or "", limit),
    )
    return [found for row in rows if (found := _operation(row))]


def see_operation(store: Store, sight: Sight, operation_id: int) -> Operation | None:
    """One operation; None if there is none, or it may not be seen."""
    sql = f"SELECT {_COLUMNS} FROM operation WHERE operation_id = ? AND {_SEEN}"
    return _operation(store.row(sql, (operation_id, *_seen(sight))))


def _seen(sight: Sight) -> tuple[int | str, ...]:
    return int(sight.is_all), sight.person_id, sight.entity_id, sight.province_id


def operations_in(store: Store, *states: OperationState) -> list[Operation]:
    """Operations in any of these states, oldest first."""
    marks = ", ".join("?" * len(states))
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM operation WHERE state IN ({marks}) ORDER BY operation_id", states
    )
    return [found for row in rows if (found := _operation(row))]


class TrailStep(NamedTuple):
    """One step of the audit trail."""

    event_id: int
    operation_id: int
    state: str
    person_id: str
    time_ns: int
    text: str
    previous_hash: bytes
    hash: bytes


def trail(store: Store) -> Iterator[TrailStep]:
    """Every step, oldest first."""
    for row in store.each("SELECT * FROM operation_event ORDER BY event_id"):
        yield TrailStep(*row)


def all_states(store: Store) -> dict[int, str]:
    """State of every operation by its number."""
    return dict(store.each("SELECT operation_id, state FROM operation"))


def step_hash(previous: bytes, step: tuple[int, int, str, str, int, str]) -> bytes:
    """Hash of a step over the one before: (event, operation, state, person, time, text)."""
    return hashlib.sha256(previous + "\t".join(map(str, step)).encode()).digest()


def _add_event(store: Store, operation: Operation, person_id: str, text: str) -> None:
    newest = store.row("SELECT event_id, hash FROM operation_event ORDER BY event_id DESC LIMIT 1")
    event_id, previous = (newest[0] + 1, bytes(newest[1])) if newest else (1, GENESIS)
    step = (event_id, operation.operation_id, str(operation.state), person_id, operation.changed_ns, text)
    store.execute(
        "INSERT INTO operation_event (event_id, operation_id, state, person_id, time_ns, text, previous_hash,"
        " hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*step, previous, step_hash(previous, step)),
    )


def _words(operation: Operation) -> str:
    return f"{int(operation.refusal)} {operation.detail}".strip()


def _operation(row: tuple[object, ...] | None) -> Operation | None:
    if row is None:
        return None
    found = Operation(*row)  # type: ignore[arg-type]
    return found._replace(
        kind=OperationKind(found.kind),
        command_hash=bytes(found.command_hash),
        state=OperationState(found.state),
        refusal=RefusalCode(found.refusal),
    )
