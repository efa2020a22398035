"""Commands as they are proposed: the names that a table needs to propose one, from the command's own text."""

import hashlib

from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import make
from tests.reference import Capacity
from tests.tables.market import TableMarket
from tests.tables.rows import parse_row
from tests.tables.subjects import new_subject

HASH_BYTES = 8
HALF_BYTES = RECORD_BYTES // 2
TINY = (1, 1, 2, 2, 2, 17, 1)


def names_of(**commands: str) -> dict[str, int | bytes]:
    """For `kill="KILL level=market"`: $kill its hash, $kill_0 and $kill_1 its halves."""
    reader = TableMarket(new_subject("reference", Capacity(*TINY)))
    names: dict[str, int | bytes] = {}
    for name, text in commands.items():
        row = parse_row(f"exchange {text} -> nothing")
        names |= names_of_record(name, make(row.command.kind, **reader.command_fields(row)))
    return names


def names_of_record(name: str, record: bytes) -> dict[str, int | bytes]:
    """The same for one record of 64 bytes."""
    short_hash = int.from_bytes(hashlib.sha256(record).digest()[:HASH_BYTES], "little")
    return {name: short_hash, f"{name}_0": record[:HALF_BYTES], f"{name}_1": record[HALF_BYTES:]}
