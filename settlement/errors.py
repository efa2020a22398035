"""What can go wrong in Wuhan, apart from a rejection (a value) and a lost line (the client's exception).

SettlementError
├── ConfigurationError   the start was asked for something impossible; the message says how to mend it
└── CorruptionError      what is stored or received cannot be right; the process stops
    └── IllegalStage     the day end was asked for a step that its table does not have
"""

from typing import Any


class SettlementError(Exception):
    """Every error of this package."""


class ConfigurationError(SettlementError):
    """The start was asked for something impossible; the message says how to mend it."""


class CorruptionError(SettlementError):
    """What is stored or received cannot be right: the process stops and says expected and found."""

    def __init__(self, where: str, expected: Any, found: Any) -> None:
        super().__init__(f"{where}: expected {expected}, found {found}")
        self.where = where
        self.expected = expected
        self.found = found


def expect(where: str, expected: Any, found: Any) -> None:
    """Raise CorruptionError where what is found is not what must be."""
    if expected != found:
        raise CorruptionError(where, expected, found)


class IllegalStage(CorruptionError):
    """The day end was asked for a step that its table does not have."""
