"""What the two cities sign for each other of a day: the same bytes on both sides, readable by people.

Shanghai signs that it has recomputed the registry's result and found it equal, Wuhan that it has delivered
it; each names the head of its own hash chain, so neither can later show the other a different past.
"""

from typing import Final, NamedTuple

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


def _text(word: str, totals: DayTotals, run: int, head: bytes) -> bytes:
    assert len(head) == HEAD_BYTES, f"expected a head of {HEAD_BYTES} bytes, found {len(head)}"
    return (
        f"two-city {word} {VERSION}: {trading_day_date(totals.trading_day)} run {run} "
        f"trades {totals.match_count} tonnes {totals.tonnes_lots} fen {totals.amount_fen} "
        f"control {totals.control_hash} head {head.hex()}"
    ).encode()
