"""Machine keys as rows: a person and the SHA-256 of a secret."""

from collections.abc import Iterable
from typing import NamedTuple

from settlement.store.database import Store
from settlement.vocabulary.operations import Institution, Level, Person


class MachineKey(NamedTuple):
    """One key."""

    person: Person
    secret_hash: bytes
    is_revoked: bool = False


def insert_keys(store: Store, keys: Iterable[MachineKey]) -> None:
    """Keep new keys."""
    store.require_transaction()
    store.execute_many(
        "INSERT INTO machine_key (person_id, institution, level, scope_id, secret_hash)"
        " VALUES (?, ?, ?, ?, ?)",
        [(*key.person, key.secret_hash) for key in keys],
    )


def find_person(store: Store, secret_hash: bytes) -> Person | None:
    """Whose secret it is; None for an unknown or a revoked one."""
    row = store.row(
        "SELECT person_id, institution, level, scope_id FROM machine_key"
        " WHERE secret_hash = ? AND is_revoked = 0",
        (secret_hash,),
    )
    return None if row is None else Person(row[0], Institution(row[1]), Level(row[2]), row[3])


def all_keys(store: Store) -> list[MachineKey]:
    """Every key, by person."""
    rows = store.rows(
        "SELECT person_id, institution, level, scope_id, secret_hash, is_revoked FROM machine_key"
        " ORDER BY person_id"
    )
    return [
        MachineKey(Person(row[0], Institution(row[1]), Level(row[2]), row[3]), bytes(row[4]), bool(row[5]))
        for row in rows
    ]


def revoke_key(store: Store, person_id: str) -> bool:
    """Make a key useless for ever; False when there is none."""
    store.require_transaction()
    return store.execute("UPDATE machine_key SET is_revoked = 1 WHERE person_id = ?", (person_id,)) == 1


def replace_key(store: Store, person_id: str, secret_hash: bytes) -> None:
    """Put a new secret in the place of one that was lost or revoked."""
    store.require_transaction()
    store.execute(
        "UPDATE machine_key SET secret_hash = ?, is_revoked = 0 WHERE person_id = ?", (secret_hash, person_id)
    )
