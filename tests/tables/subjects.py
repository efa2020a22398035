"""The two exchanges that the tables are run on, behind one small interface."""

from typing import Protocol

import numpy as np

from exchange.vocabulary.limits import EVENTS_PER_STEP_MAX
from exchange.vocabulary.records import COMMAND, EVENT
from tests.reference import Capacity, Reference

Event = tuple[int, bytes]


class Subject(Protocol):
    """An exchange under test: one command in, its events out."""

    def apply(self, record: bytes) -> list[Event]:
        """Apply one command."""

    def check(self) -> None:
        """Raise if the state is out of balance."""


class KernelSubject:
    """The compiled kernel, one command a call."""

    def __init__(self, capacity: Capacity) -> None:
        from exchange import kernel

        self._kernel = kernel
        self.state = kernel.new_state(kernel.Capacity(*capacity))
        self._events = np.zeros(4 * EVENTS_PER_STEP_MAX, EVENT)
        self._streams = np.zeros(4 * EVENTS_PER_STEP_MAX, np.uint32)

    def apply(self, record: bytes) -> list[Event]:
        """Apply one command, in as many slices as it takes."""
        command = np.frombuffer(record, COMMAND).copy()
        events: list[Event] = []
        done = 0
        while not done:
            done, count, _ = self._kernel.apply_batch(self.state, command, self._events, self._streams)
            assert done or count, "expected a slice to give events or finish"
            events += [(int(self._streams[i]), self._events[i : i + 1].tobytes()) for i in range(count)]
        return events

    def check(self) -> None:
        """The kernel's own check."""
        self._kernel.check_state(self.state)


def new_subject(name: str, capacity: Capacity) -> Subject:
    """The reference or the kernel, empty."""
    return Reference(capacity) if name == "reference" else KernelSubject(capacity)
