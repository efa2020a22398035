"""What the two cities sign for each other of a day: the same bytes on both sides, readable by people.

Shanghai signs that it has recomputed the registry's result and found it equal, Wuhan that it has delivered
it; each names the head of its own hash chain, so neither can later show the other a different past.
"""

from typing import Any, Final, NamedTuple

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import Records, new_records
from exchange.vocabulary.units import trading_day_date

VERSION: Final = 1
SIGNATURE_BYTES: Final = 64
HEAD_BYTES: Final = 32
HALF_BYTES: Final = 32  # a record carries so many: a signature comes in two


class DayTotals(NamedTuple):
    """What both cities know of a sealed day."""

    trading_day: int  # days since 2000-01-01
    match_count: int
    tonnes_lots: int
    amount_fen: int
    control_hash: int  # over every trade and change, as sealed


def confirmation_text(totals: DayTotals, run: int, head: bytes) -> bytes:
    """What Shanghai signs: run `run` equals its own; `head` (32 bytes) of its journal's chain."""
    return _text("confirmed", totals, run, head)


def delivery_text(totals: DayTotals, run: int, head: bytes) -> bytes:
    """What Wuhan signs: run `run` is delivered; `head` (32 bytes) of its ledger's chain."""
    return _text("delivered", totals, run, head)


def word_records(head: bytes, signature: bytes, trading_day: int, run: int) -> list[Records]:
    """A city's word as it is sent: its chain head, and both halves of its signature."""
    parts = (
        (Kind.REGISTRY_CHAIN_HEAD, head, 0, 1),
        (Kind.REGISTRY_SIGNATURE, signature[:HALF_BYTES], 0, 2),
        (Kind.REGISTRY_SIGNATURE, signature[HALF_BYTES:], 1, 2),
    )
    return [_fragment(*part, trading_day, run) for part in parts]


def fragment_of(record: Any) -> bytes:
    """All bytes of a record's fragment: numpy leaves zeros at the end out."""
    return bytes(record["fragment"]).ljust(HALF_BYTES, b"\0")


def _fragment(kind: Kind, data: bytes, index: int, count: int, trading_day: int, run: int) -> Records:
    record = new_records(kind)
    record["fragment"], record["fragment_index"], record["fragment_count"] = data, index, count
    record["fragment_trading_day"], record["fragment_run"] = trading_day, run
    record["fragment_version"] = PROTOCOL_VERSION
    return record


def _text(word: str, totals: DayTotals, run: int, head: bytes) -> bytes:
    assert len(head) == HEAD_BYTES, f"expected a head of {HEAD_BYTES} bytes, found {len(head)}"
    return (
        f"two-city {word} {VERSION}: {trading_day_date(totals.trading_day)} run {run} "
        f"trades {totals.match_count} tonnes {totals.tonnes_lots} fen {totals.amount_fen} "
        f"control {totals.control_hash} head {head.hex()}"
    ).encode()
