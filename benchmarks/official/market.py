"""One trading day of a kernel, driven by ordinary command records; any implementation will do."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.enums import Method, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import make, read
from exchange.vocabulary.units import market_time_ns

Event = Mapping[str, int]


class CapacityNeeded(NamedTuple):
    """What a day needs of the kernel; the same names as the kernel's own Capacity."""

    orders: int
    levels: int
    accounts: int
    contracts: int
    logins: int
    members: int
    references: int


class Market(Protocol):
    """A fresh exchange state: commands in, events out."""

    def apply(self, commands: bytes) -> bytes:
        """Apply whole 64-byte command records; the events they cause, in order."""

    def digest(self) -> bytes:
        """The canonical digest of the state."""


class Desk:
    """Stamps commands as the sequencer would and collects the events, decoded.

    Time moves only by `move_to`: the kernel never sees a clock.
    """

    def __init__(self, market: Market, day: date) -> None:
        self.market = market
        self.day = day
        self.command_count = 0
        self.trade_count = 0
        self._time_ns = market_time_ns(day, 0)
        self._references: dict[int, int] = {}
        self._pending: list[bytes] = []

    def move_to(self, seconds_of_day: int) -> None:
        """Later commands carry this market time."""
        self._time_ns = max(self._time_ns, market_time_ns(self.day, seconds_of_day))

    def put(self, kind: Kind, *, login_id: int = 0, **values: int | bytes) -> None:
        """Queue one command; a login's user references count up by themselves."""
        self.command_count += 1
        if login_id:
            self._references[login_id] = self._references.get(login_id, 0) + 1
            values["user_reference"] = self._references[login_id]
        stamp = {"sequence": self.command_count, "time_ns": self._time_ns, "login_id": login_id}
        self._pending.append(make(kind, **stamp, **values))

    def set_phase(self, method: Method, phase: Phase) -> None:
        """Change a method's phase for every contract, as the scheduler does."""
        self.put(Kind.SET_PHASE, phase=int(phase), method=int(method))

    def run(self) -> list[Event]:
        """Apply everything queued; returns the decoded events."""
        data = self.market.apply(b"".join(self._pending))
        self._pending.clear()
        events = [decode(data[start : start + RECORD_BYTES]) for start in range(0, len(data), RECORD_BYTES)]
        self.trade_count += sum(event["kind"] == Kind.TRADE for event in events)
        return events


def decode(record: bytes) -> Event:
    """One event's fields as integers; text fields have no place in these events."""
    return {name: value for name, value in read(record).items() if isinstance(value, int)}


def of_kind(events: Iterable[Event], kind: Kind) -> list[Event]:
    """The events of one kind, in order."""
    return [event for event in events if event["kind"] == kind]


BATCH_EVENTS: Final = 4096


class KernelMarket:
    """The compiled kernel."""

    def __init__(self, needed: CapacityNeeded) -> None:
        # Imported here so that the splitting and comparing above can be used without compiling anything.
        from exchange import kernel
        from exchange.vocabulary.records import COMMAND, EVENT

        self._kernel = kernel
        self._command = COMMAND
        self._state = kernel.new_state(kernel.Capacity(*needed))
        self._events = np.zeros(BATCH_EVENTS, EVENT)
        self._streams: NDArray[np.uint32] = np.zeros(BATCH_EVENTS, np.uint32)

    def apply(self, commands: bytes) -> bytes:
        """Apply whole 64-byte command records; the events they cause, in order."""
        records = np.zeros(len(commands) // RECORD_BYTES, self._command)
        records.view(np.uint8)[:] = np.frombuffer(commands, np.uint8)  # own memory: one layout, one compile
        parts: list[bytes] = []
        start, more = 0, 1
        while more:
            done, count, more = self._kernel.apply_batch(
                self._state, records[start:], self._events, self._streams
            )
            parts.append(self._events[:count].tobytes())
            start += int(done)
        if start != len(records):
            raise RuntimeError(f"expected the kernel to take {len(records)} commands, found {start}")
        return b"".join(parts)

    def digest(self) -> bytes:
        """The canonical digest of the state, once its books balance."""
        self._kernel.check_state(self._state)
        return bytes(self._kernel.digest_canonical(self._state))
