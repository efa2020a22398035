"""What the other side of a session may do wrong: it ends that session, and nothing else."""

from exchange import errors


class PeerError(errors.PeerError):
    """The peer broke the protocol: what was expected and what was found."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found


class IllegalStep(RuntimeError):
    """Our own side asked a session for something its state does not allow: a bug, never the peer's doing."""
