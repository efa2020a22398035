"""The tree of this city's exceptions. A rejection is never one of them: it is a value with a code.

TwoCityError
├── UsageError     the person who started the program can mend it: says what is wrong and how
├── PeerError      the other end of one connection is wrong: that connection closes, nothing else
└── CorruptionError  what is on disk or in memory cannot be: the process stops, saying expected and found
"""


class TwoCityError(Exception):
    """Root of every exception of ours."""


class UsageError(TwoCityError):
    """Something the person at the keyboard can mend."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}\n  to mend: {remedy}")


class PeerError(TwoCityError):
    """One connection's peer broke the protocol."""


class CorruptionError(TwoCityError):
    """Expected and found differ where they never may."""

    def __init__(self, where: str, expected: object, found: object) -> None:
        super().__init__(f"{where}: expected {expected}, found {found}")
        self.expected = expected
        self.found = found
