"""What can go wrong with a session, as a member's program sees it.

PeerError
├── ConnectionLost   the socket or the other end is gone; connect again and resume from `next_number`
│   └── ConnectionClosed  the exchange said why; `may_retry` says whether one may log in again by oneself
├── VersionUnknown   the exchange speaks another version of the protocol; nothing is sent, nothing is retried
├── LoginRefused     the exchange answered the login with a refusal; `may_retry` says whether waiting can help
├── QueryRefused     the exchange refused a query; the session goes on
├── RecordsMissing   a book was given records behind a gap: ask for the stream from `expected` on
├── BookBroken       a record cannot be of the book as it is: begin again with a snapshot
└── BookNotReady     the day's book has not been received yet, or the day is over
UsageError
└── CredentialsUnusable  the credentials file is missing, unreadable or open to others
"""

from exchange.errors import PeerError, UsageError
from exchange.vocabulary.enums import DownReason
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.rejects import REJECT_TEXTS, RejectReason


class ConnectionLost(PeerError):
    """The connection ended without a logout or an end of session."""


class ConnectionClosed(ConnectionLost):
    """The exchange closed the connection and said why."""

    def __init__(self, reason: int, why: str) -> None:
        known = {int(one): one.name for one in DownReason}.get(reason, str(reason))
        super().__init__(f"closed by the exchange: {known}, {why}")
        self.reason = reason

    @property
    def may_retry(self) -> bool:
        """Not if another program uses the login now, and not with a revoked key."""
        return self.reason not in (DownReason.REPLACED, DownReason.REVOKED)


class VersionUnknown(PeerError):
    """The stream was opened in a version of the protocol that this client was not written for."""

    def __init__(self, found: int) -> None:
        super().__init__(
            f"expected version {PROTOCOL_VERSION} of the protocol, found {found}: update this program"
        )
        self.version = found


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
        known = {int(code): code for code in REJECT_TEXTS}.get(reason, RejectReason.NONE)
        said = f"{known.name}, {REJECT_TEXTS[known].en}" if known else "unknown to this program"
        super().__init__(f"query refused: {reason} {said}")
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
