"""Turns the rulebook's sessions into commands that are due at a market time, always in the same order.

Replay needs no clock: what the schedule did is in the journal, so its position is the number of the
scheduler's own SET_PHASE commands found there, and what was missed while the exchange was down comes due at
once, in order.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from exchange.rulebook import PhaseChange, sessions_on
from exchange.vocabulary.enums import Method, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make
from exchange.vocabulary.units import market_time_ns


class Due(NamedTuple):
    """One scheduled command."""

    time_ns: int
    method: Method
    phase: Phase
    record: bytes


class Schedule:
    """A day's phase changes in the order in which they are sequenced."""

    def __init__(self, day: date, changes: Sequence[PhaseChange]) -> None:
        self.day = day
        self._dues = tuple(_due(day, changes, index) for index in range(len(changes)))
        times = [due.time_ns for due in self._dues]
        assert times == sorted(times), "a schedule lists its changes in time order"

    @classmethod
    def of(cls, profile: str, day: date) -> "Schedule":
        """The schedule of a rulebook profile."""
        return cls(day, sessions_on(profile, day))

    def __len__(self) -> int:
        return len(self._dues)

    @property
    def dues(self) -> tuple[Due, ...]:
        """Every scheduled command."""
        return self._dues

    def due(self, position: int, time_ns: int) -> list[bytes]:
        """Commands from `position` on that are due by `time_ns`."""
        stop = position
        while stop < len(self._dues) and self._dues[stop].time_ns <= time_ns:
            stop += 1
        return [due.record for due in self._dues[position:stop]]


def _due(day: date, changes: Sequence[PhaseChange], index: int) -> Due:
    change = changes[index]
    following = next(
        (
            market_time_ns(day, later.seconds_of_day)
            for later in changes[index + 1 :]
            if (later.method, later.contract_id) == (change.method, change.contract_id)
        ),
        0,
    )
    record = make(
        Kind.SET_PHASE,
        contract_id=change.contract_id,
        phase=change.phase,
        method=change.method,
        next_change_ns=following,
    )
    return Due(market_time_ns(day, change.seconds_of_day), change.method, change.phase, record)
