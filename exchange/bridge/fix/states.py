"""What a FIX session can be, what moves it and what it tells its owner: the transition table and the
types around it.
"""

from enum import IntEnum, auto
from typing import Final, NamedTuple, Protocol

from exchange.bridge.fix.codec import Message
from exchange.bridge.fix.tables import MsgType


class State(IntEnum):
    """Where the session stands."""

    CONNECTED = auto()  # waiting for a logon
    CHECKING = auto()  # a logon was handed to the owner
    OPEN = auto()
    LOGGING_OUT = auto()  # our Logout was sent
    CLOSED = auto()


class Input(IntEnum):
    """What moves it."""

    LOGON = auto()
    ADMIN = auto()  # heartbeat, test request, resend request, reject, sequence reset
    APPLICATION = auto()
    LOGOUT = auto()
    ACCEPT = auto()  # ours
    REFUSE = auto()  # ours
    SEND_LOGOUT = auto()  # ours
    CLOSE = auto()  # ours: protocol error, silence, connection lost


_S, _I = State, Input
#: (state, input) -> state; what is not here ends the session (the peer's) or is an illegal step (ours)
TRANSITIONS: Final[dict[tuple[State, Input], State]] = {
    (_S.CONNECTED, _I.LOGON): _S.CHECKING,
    (_S.CONNECTED, _I.CLOSE): _S.CLOSED,
    (_S.CHECKING, _I.ACCEPT): _S.OPEN,
    (_S.CHECKING, _I.REFUSE): _S.CLOSED,
    (_S.CHECKING, _I.CLOSE): _S.CLOSED,
    (_S.OPEN, _I.LOGON): _S.OPEN,  # with ResetSeqNumFlag only
    (_S.OPEN, _I.ADMIN): _S.OPEN,
    (_S.OPEN, _I.APPLICATION): _S.OPEN,
    (_S.OPEN, _I.LOGOUT): _S.CLOSED,
    (_S.OPEN, _I.SEND_LOGOUT): _S.LOGGING_OUT,
    (_S.OPEN, _I.CLOSE): _S.CLOSED,
    (_S.LOGGING_OUT, _I.ADMIN): _S.LOGGING_OUT,
    (_S.LOGGING_OUT, _I.APPLICATION): _S.LOGGING_OUT,  # answered: not available
    (_S.LOGGING_OUT, _I.LOGOUT): _S.CLOSED,
    (_S.LOGGING_OUT, _I.CLOSE): _S.CLOSED,
    (_S.CLOSED, _I.CLOSE): _S.CLOSED,
}
INPUTS: Final = {MsgType.LOGON: _I.LOGON, MsgType.LOGOUT: _I.LOGOUT}


class Clock(Protocol):
    """Time is passed in."""

    def now_ms(self) -> int:
        """Milliseconds that only grow."""

    def utc_ms(self) -> int:
        """Milliseconds since 1970, of the wall clock: FIX compares both sides' clocks."""


class Journal(Protocol):
    """What a session must not forget. Nothing is durable before the owner says so."""

    @property
    def next_in(self) -> int:
        """The number expected from the peer."""

    @property
    def next_out(self) -> int:
        """The number of our next message."""

    def note_received(self, number: int, raw: bytes) -> None:
        """Count a message of the peer; `raw` is empty unless the application acts on it."""

    def note_sent(self, number: int, raw: bytes) -> None:
        """Count a message of ours; `raw` is empty for those that are never sent again."""

    def set_next_in(self, number: int) -> None:
        """The peer leaves numbers out."""

    def reset(self) -> None:
        """Both sides begin at 1; what was sent is not sent again."""

    def sent(self, number: int) -> bytes:
        """A message of ours as it was sent; empty when it is not sent again."""


class LogonRequested(NamedTuple):
    """Somebody wants in; answer with accept or refuse."""

    user: str
    password: str


class ApplicationReceived(NamedTuple):
    """A good application message, counted, in order, once."""

    message: Message


class Ended(NamedTuple):
    """Send what is left and close the connection."""

    reason: str
    is_in_order: bool


SessionEvent = LogonRequested | ApplicationReceived | Ended
