"""Machine keys: made once for everybody of a season, each in a file that only its owner can read."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from settlement.errors import ConfigurationError
from settlement.files import write_atomically
from settlement.season import Season
from settlement.store.database import Store
from settlement.store.keys import MachineKey, all_keys, insert_keys
from settlement.vocabulary.operations import Institution, Level, Person

SECRET_BYTES: Final = 32
PERSON_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
BOTH: Final = (Level.OPERATOR, Level.REVIEWER)


def people_of(season: Season) -> list[Person]:
    """Who acts in a season: one machine of every entity, two persons of each office."""
    provinces = sorted({holder.province_id for holder in season.holders})
    offices = [(Institution.MINISTRY, 0), (Institution.REGISTRY, 0)]
    offices += [(Institution.PROVINCE, province) for province in provinces]
    return [
        *(_person(institution, level, scope) for institution, scope in offices for level in BOTH),
        *(_person(Institution.HOLDER, Level.OPERATOR, holder.entity_id) for holder in season.holders),
    ]


def make_missing_keys(store: Store, people: Iterable[Person], folder: Path) -> int:
    """Make a key for everybody who has none; gives how many were made.

    The file is written first: a row without its file would lock somebody out, a file without its row is
    written again.
    """
    known = {key.person.person_id for key in all_keys(store)}
    missing = [person for person in people if person.person_id not in known]
    keys = [MachineKey(person, make_secret_file(folder, person.person_id)) for person in missing]
    with store.transaction():
        insert_keys(store, keys)
    return len(keys)


def make_secret_file(folder: Path, person_id: str) -> bytes:
    """Write a new secret into <folder>/<person>.key, mode 0600; gives its hash."""
    if not PERSON_ID.fullmatch(person_id):
        raise ConfigurationError(
            f"name of a key: expected small letters, digits and dashes, 1 to 64, found {person_id!r}"
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    path = folder / f"{person_id}.key"
    write_atomically(path, secret + "\n")
    return hash_of(secret)


def hash_of(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def _person(institution: Institution, level: Level, scope: int) -> Person:
    if institution is Institution.HOLDER:
        return Person(f"holder-{scope}", institution, level, scope)
    name = f"{institution}-{scope}-{level}" if scope else f"{institution}-{level}"
    return Person(name, institution, level, scope)
