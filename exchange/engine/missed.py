"""Transitions that a halt turned aside: a resume makes up for them, as for whatever else was missed.

While trading is halted no auction is uncrossed, so a book that the schedule moves out of a call auction goes
to PAUSED instead. When the halt is over it goes back to the auction and from there where the schedule wanted
it, which uncrosses it. Everything is derived from journaled commands and their events.
"""

from exchange.vocabulary.enums import Level, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import Records, make

_MARKET = 0


class MissedTransitions:
    """What is still to be made up for, by contract and method."""

    def __init__(self) -> None:
        self._wanted: dict[int, Phase] = {}  # sequence of a scheduled SET_PHASE -> its phase
        self._aside: dict[tuple[int, int], Phase] = {}
        self._halted: set[int] = set()  # contracts; 0 = the market

    def note_command(self, sequence: int, phase: Phase) -> None:
        """A SET_PHASE of the exchange's own."""
        self._wanted[sequence] = phase

    def note_halt(self, event: Records) -> None:
        """HALT_CHANGED of the market or of a contract."""
        subject = _MARKET if event["level"] == Level.MARKET else int(event["subject_id"])
        (self._halted.add if event["is_halted"] else self._halted.discard)(subject)

    def note_phase(self, event: Records) -> None:
        """PHASE_CHANGED: turned aside, or moved by whoever."""
        key = int(event["contract_id"]), int(event["method"])
        wanted = self._wanted.get(int(event["sequence"]))
        is_aside = wanted is not None and event["phase"] == Phase.PAUSED and wanted is not Phase.PAUSED
        if is_aside and wanted is not None:
            self._aside[key] = wanted
        elif event["phase"] != Phase.CALL_AUCTION or wanted is None:
            self._aside.pop(key, None)

    def owed(self) -> list[bytes]:
        """The commands that bring each book where it was to go; none while a halt stands before it."""
        if _MARKET in self._halted:
            return []
        return [
            make(Kind.SET_PHASE, contract_id=contract_id, method=method, phase=phase)
            for (contract_id, method), wanted in sorted(self._aside.items())
            if contract_id not in self._halted
            for phase in (Phase.CALL_AUCTION, wanted)
        ]
