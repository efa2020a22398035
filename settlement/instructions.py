"""What the core asks of the shell around it."""

from typing import NamedTuple


class Send(NamedTuple):
    """Send these records to the exchange, in order, on the open line."""

    data: bytes


class Tell(NamedTuple):
    """Write a line for people into the log."""

    text: str
    is_grave: bool = False


class DayFinished(NamedTuple):
    """The day is delivered, stated and reconciled."""

    trading_day: int
    break_count: int


class DayHeld(NamedTuple):
    """The exchange refused the result: nothing is delivered until a corrected run is confirmed."""

    trading_day: int
    description: str


Instruction = Send | Tell | DayFinished | DayHeld
