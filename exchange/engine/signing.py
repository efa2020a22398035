"""The exchange's own word on a confirmed result: its journal's chain head and its signature, as commands."""

from collections.abc import Callable

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import make
from exchange.vocabulary.signed import HALF_BYTES, HEAD_BYTES, DayTotals, confirmation_text

Sign = Callable[[bytes], bytes]


def confirmation(sign: Sign, totals: DayTotals, run: int, chain_head: bytes) -> list[bytes]:
    """Three commands of the exchange itself (login 0): the head, and both halves of the signature.

    `chain_head` is the journal's when it signs, shorter than the 32 bytes of its place: zeros follow.
    """
    head = chain_head.ljust(HEAD_BYTES, b"\0")
    signature = sign(confirmation_text(totals, run, head))
    return [
        _fragment(Kind.REGISTRY_CHAIN_HEAD, head, 0, 1, totals, run),
        _fragment(Kind.REGISTRY_SIGNATURE, signature[:HALF_BYTES], 0, 2, totals, run),
        _fragment(Kind.REGISTRY_SIGNATURE, signature[HALF_BYTES:], 1, 2, totals, run),
    ]


def _fragment(kind: Kind, data: bytes, index: int, count: int, totals: DayTotals, run: int) -> bytes:
    return make(
        kind,
        fragment=data,
        fragment_index=index,
        fragment_count=count,
        fragment_trading_day=totals.trading_day,
        fragment_version=PROTOCOL_VERSION,
        fragment_run=run,
    )
