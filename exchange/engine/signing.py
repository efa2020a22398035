"""What the cities sign, as a journal holds it: the exchange's own word on a result, and the registry's."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import DTYPES, Records, make
from exchange.vocabulary.signed import HALF_BYTES, HEAD_BYTES, DayTotals, confirmation_text

Sign = Callable[[bytes], bytes]
KINDS: Final = (int(Kind.REGISTRY_CHAIN_HEAD), int(Kind.REGISTRY_SIGNATURE))
#: (kind, index of the fragment) of what makes a word whole
PARTS: Final = ((KINDS[0], 0), (KINDS[1], 0), (KINDS[1], 1))


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


class RegistryWord(NamedTuple):
    """What the registry has said of a day that it has delivered."""

    run: int
    head: bytes
    signature: bytes


class Words:
    """Collects both cities' words while a journal is replayed."""

    def __init__(self) -> None:
        self.totals: DayTotals | None = None
        self.is_signed = False
        self._parts: dict[tuple[int, int], tuple[int, bytes]] = {}  # (kind, index) -> (run, data)

    @property
    def registry(self) -> RegistryWord | None:
        """The registry's word; None while a part of it is missing."""
        if len(self._parts) < len(PARTS):
            return None
        (run, head), (_, first), (_, second) = (self._parts[part] for part in PARTS)
        return RegistryWord(run, head, first + second)

    def take_commands(self, commands: Records) -> None:
        """Parts of the registry's word; the newest of each counts."""
        is_word = np.isin(commands["kind"], KINDS) & (commands["login_id"] != 0)
        for index in np.flatnonzero(is_word).tolist():
            kind = Kind(int(commands["kind"][index]))
            record = np.frombuffer(commands[index : index + 1].tobytes(), DTYPES[kind])[0]
            data = bytes(record["fragment"]).ljust(HALF_BYTES, b"\0")
            self._parts[kind, int(record["fragment_index"])] = int(record["fragment_run"]), data

    def take_events(self, events: Records) -> None:
        """The seal's totals, and whether the exchange's own signature went out."""
        for index in np.flatnonzero(events["kind"] == Kind.SEAL_TOTALS).tolist():
            self.totals = DayTotals(*(int(events[name][index]) for name in DayTotals._fields))
        is_last = (events["kind"] == Kind.EXCHANGE_SIGNATURE) & (events["fragment_index"] == 1)
        self.is_signed = self.is_signed or bool(is_last.any())
