"""What can go wrong with a session, as a member's program sees it.

PeerError
├── ConnectionLost   the socket or the other end is gone; connect again and resume from `next_number`
├── LoginRefused     the exchange answered the login with a refusal; `may_retry` says whether waiting can help
├── QueryRefused     the exchange refused a query; the session goes on
├── RecordsMissing   a book was given records behind a gap: ask for the stream from `expected` on
├── BookBroken       a record cannot be of the book as it is: begin again with a snapshot
└── BookNotReady     the day's book has not been received yet, or the day is over
UsageError
└── CredentialsUnusable  the credentials file is missing, unreadable or open to others
"""

from exchange.errors import PeerError, UsageError
from exchange.vocabulary.rejects import REJECT_TEXTS, RejectReason


class ConnectionLost(PeerError):
    """The connection ended without a logout or an end of session."""


class LoginRefused(PeerError):
    """The login was answered with 'J'."""

    def __init__(self, code: str, user: str, session: str) -> None:
        text = {
            "A": "user or password wrong, or the stream is not this login's",
            "S": "no such stream now, or the number lies beyond it",
        }.get(code, "unknown code")
        super().__init__(f"login of {user} to session {session or '(current)'} refused: {code}, {text}")
        self.code = code

    @property
    def may_retry(self) -> bool:
        """A stream that is not there yet may open; a wrong password stays wrong."""
        return self.code == "S"


class QueryRefused(PeerError):
    """The exchange answered a query with REFUSED."""

    def __init__(self, reason: int) -> None:
        known = RejectReason(reason)
        super().__init__(f"query refused: {reason} {known.name}, {REJECT_TEXTS[known].en}")
        self.reason = known


class RecordsMissing(PeerError):
    """A book was given records that are not the next ones."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"expected record {expected} of the stream, found {found}")
        self.expected = expected
        self.found = found


class BookBroken(PeerError):
    """A book and what the exchange says of it do not agree."""


class BookNotReady(PeerError):
    """There is no book to show now."""


class CredentialsUnusable(UsageError):
    """The credentials file cannot be used as it is."""
