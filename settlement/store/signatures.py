"""Chain heads and signatures of both cities, as they came or were sent."""

from typing import Final, NamedTuple

from settlement.store.database import Store

SHANGHAI: Final = "shanghai"
WUHAN: Final = "wuhan"
HEAD, FIRST, SECOND = "head", "first", "second"


class SignedWord(NamedTuple):
    """What a city has said of a run: head (32 bytes) and signature (64 bytes)."""

    head: bytes
    signature: bytes


def insert_part(store: Store, trading_day: int, run: int, city: str, part: str, data: bytes) -> None:
    """Keep one part; the same once more changes nothing."""
    store.require_transaction()
    store.execute(
        "INSERT INTO signed_part (trading_day, run, city, part, data) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (trading_day, run, city, part, data),
    )


def insert_word(store: Store, trading_day: int, run: int, city: str, word: SignedWord) -> None:
    """Keep a whole word."""
    half = len(word.signature) // 2
    for part, data in (
        (HEAD, word.head),
        (FIRST, word.signature[:half]),
        (SECOND, word.signature[half:]),
    ):
        insert_part(store, trading_day, run, city, part, data)


def read_word(store: Store, trading_day: int, run: int, city: str) -> SignedWord | None:
    """A city's word of a run; None while a part of it is missing."""
    rows = store.rows(
        "SELECT part, data FROM signed_part WHERE trading_day = ? AND run = ? AND city = ?",
        (trading_day, run, city),
    )
    parts = dict(rows)
    if len(parts) < len((HEAD, FIRST, SECOND)):
        return None
    return SignedWord(parts[HEAD], parts[FIRST] + parts[SECOND])


def has_words_before(store: Store, trading_day: int, city: str) -> bool:
    """Whether a city has signed anything of an earlier day."""
    sql = "SELECT 1 FROM signed_part WHERE trading_day < ? AND city = ?"
    return store.row(sql, (trading_day, city)) is not None
