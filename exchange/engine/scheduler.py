"""Turns the rulebook's sessions into commands that are due at a market time, always in the same order.

Replay needs no clock: what the schedule did is in the journal, so its position is the number of the
scheduler's own commands found there, and what was missed while the exchange was down comes due at once, in
order. A call auction may end by lot: the lot comes from outside the kernel, is the same however often the
schedule is made anew, and is seen by nobody before the command that it times is journaled.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from exchange.rulebook import AuctionEnd, PhaseChange, auction_ends_on, sessions_on
from exchange.vocabulary.enums import Method, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make
from exchange.vocabulary.units import NS_PER_SECOND, market_time_ns

#: The book of a contract answers to its own matching rule; a book's session is for both.
BOOK_METHODS: Final = (Method.LISTED, Method.CONTINUOUS)
SCHEDULED_KINDS: Final = (Kind.SET_PHASE, Kind.AUCTION_END)
Draw = Callable[[int, int, int], int]  # (contract, number of the auction, most) -> nanoseconds from 0 to most


class Due(NamedTuple):
    """One scheduled command."""

    time_ns: int
    method: Method
    phase: Phase
    record: bytes


class Lots:
    """Where random ends come from: a keyed hash, so that only who holds the key can know them beforehand."""

    def __init__(self, key: bytes, day: date) -> None:
        self._key = key
        self._day = day

    def __call__(self, contract_id: int, number: int, most_ns: int) -> int:
        text = f"end of call auction {number} of contract {contract_id} on {self._day.isoformat()}"
        lot = hmac.new(self._key, text.encode(), hashlib.sha256).digest()
        return int.from_bytes(lot, "big") % (most_ns + 1)


def no_lots(contract_id: int, number: int, most_ns: int) -> int:
    """Every auction ends at its hour."""
    return 0


class Schedule:
    """A day's phase changes, and the ends of its call auctions, in the order in which they are sequenced."""

    def __init__(
        self,
        day: date,
        changes: Sequence[PhaseChange],
        auction_ends: Sequence[AuctionEnd] = (),
        rules: Iterable[tuple[int, Method]] = (),
        draw: Draw = no_lots,
    ) -> None:
        """`rules`: contract and matching rule, for the ends of call auctions: each contract has its own."""
        self.day = day
        dues = [due for index in range(len(changes)) for due in _dues(day, changes, index, auction_ends)]
        for number, end in enumerate(auction_ends):
            dues += _ends(day, number, end, changes, rules, draw)
        self._dues = tuple(
            sorted(dues, key=lambda due: due.time_ns)
        )  # stable: what is said first comes first

    @classmethod
    def of(
        cls, profile: str, day: date, rules: Iterable[tuple[int, Method]] = (), draw: Draw = no_lots
    ) -> "Schedule":
        """The schedule of a rulebook profile."""
        return cls(day, sessions_on(profile, day), auction_ends_on(profile, day), tuple(rules), draw)

    def __len__(self) -> int:
        return len(self._dues)

    @property
    def dues(self) -> tuple[Due, ...]:
        """Every scheduled command."""
        return self._dues

    def is_due(self, position: int, record: bytes) -> bool:
        """Whether a journaled command is the one that stands at a position."""
        return position < len(self._dues) and unstamped(record) == unstamped(self._dues[position].record)

    def due(self, position: int, time_ns: int) -> list[bytes]:
        """Commands from `position` on that are due by `time_ns`."""
        stop = position
        while stop < len(self._dues) and self._dues[stop].time_ns <= time_ns:
            stop += 1
        return [due.record for due in self._dues[position:stop]]


def unstamped(record: bytes) -> bytes:
    """A command of the exchange's own without the sequence and time that are stamped."""
    return record[:8] + record[24:]


def _dues(
    day: date, changes: Sequence[PhaseChange], index: int, auction_ends: Sequence[AuctionEnd]
) -> list[Due]:
    """One change: of a book one command for each matching rule; after a call auction when its lot is over."""
    change = changes[index]
    following = next(
        (
            market_time_ns(day, later.seconds_of_day)
            for later in changes[index + 1 :]
            if (later.method, later.contract_id) == (change.method, change.contract_id)
        ),
        0,
    )
    wait_s = max((end.random_end_s for end in auction_ends if _ended_by(end, change)), default=0)
    at_ns = market_time_ns(day, change.seconds_of_day + wait_s)
    methods = BOOK_METHODS if change.method in BOOK_METHODS else (change.method,)
    return [_phase(at_ns, change.contract_id, method, change.phase, following) for method in sorted(methods)]


def _ends(
    day: date,
    number: int,
    end: AuctionEnd,
    changes: Sequence[PhaseChange],
    rules: Iterable[tuple[int, Method]],
    draw: Draw,
) -> list[Due]:
    """The end of one call auction, for each contract at its own lot.

    The kernel goes from the auction to TRADING. Where the day wants something else, that follows at once, so
    that nobody trades in between; where it wants TRADING, a command for all contracts follows after the last
    lot, for those whose auction could not end.
    """
    next_phase = next((change.phase for change in changes if _ended_by(end, change)), Phase.TRADING)
    dues = []
    for contract_id, rule in rules:
        lot_ns = draw(contract_id, number, end.random_end_s * NS_PER_SECOND)
        at_ns = market_time_ns(day, end.seconds_of_day) + lot_ns
        record = make(Kind.AUCTION_END, contract_id=contract_id, method=rule)
        dues.append(Due(at_ns, rule, Phase.TRADING, record))
        if next_phase is not Phase.TRADING:
            dues.append(_phase(at_ns, contract_id, rule, next_phase, 0))
    return dues


def _ended_by(end: AuctionEnd, change: PhaseChange) -> bool:
    """Whether a change is what follows the auction."""
    return (change.seconds_of_day, change.method) == (end.seconds_of_day, end.method)


def _phase(at_ns: int, contract_id: int, method: Method, phase: Phase, following_ns: int) -> Due:
    record = make(
        Kind.SET_PHASE, contract_id=contract_id, phase=phase, method=method, next_change_ns=following_ns
    )
    return Due(at_ns, method, phase, record)
