"""What the cities sign, as a journal holds it: the exchange's own word on a result, and the registry's."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import DTYPES, Records
from exchange.vocabulary.signed import HEAD_BYTES, DayTotals, confirmation_text, fragment_of, word_records

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
    records = word_records(head, signature, totals.trading_day, run)
    return [record.tobytes() for record in records]


class SignedWord(NamedTuple):
    """What a city has said of a day: of which run, the head of its chain, its signature."""

    run: int
    head: bytes
    signature: bytes


_Parts = dict[tuple[int, int], tuple[int, bytes]]  # (kind, index of the fragment) -> (run, data)


class Words:
    """Collects both cities' words while a journal is replayed; the newest of each part counts."""

    def __init__(self) -> None:
        self.totals: DayTotals | None = None
        self._own: _Parts = {}
        self._registry: _Parts = {}

    @property
    def own(self) -> SignedWord | None:
        """The exchange's word; None while a part of it is missing."""
        return _word(self._own)

    @property
    def registry(self) -> SignedWord | None:
        """The registry's word; None while a part of it is missing."""
        return _word(self._registry)

    def take_commands(self, commands: Records) -> None:
        """Parts of either word."""
        for index in np.flatnonzero(np.isin(commands["kind"], KINDS)).tolist():
            kind = Kind(int(commands["kind"][index]))
            record = np.frombuffer(commands[index : index + 1].tobytes(), DTYPES[kind])[0]
            parts = self._registry if record["login_id"] else self._own
            parts[kind, int(record["fragment_index"])] = int(record["fragment_run"]), fragment_of(record)

    def take_events(self, events: Records) -> None:
        """The seal's totals."""
        for index in np.flatnonzero(events["kind"] == Kind.SEAL_TOTALS).tolist():
            self.totals = DayTotals(*(int(events[name][index]) for name in DayTotals._fields))


def _word(parts: _Parts) -> SignedWord | None:
    if any(part not in parts for part in PARTS):
        return None
    (run, head), (_, first), (_, second) = (parts[part] for part in PARTS)
    return SignedWord(run, head, first + second)
