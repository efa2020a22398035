"""The control packets of SoupBinTCP 3.00: their bytes, and the parsing of the padded text inside them."""

from enum import IntEnum
from typing import Final, NamedTuple

from exchange.protocol.errors import PeerError
from exchange.vocabulary.limits import CONTROL_PACKET_BYTES_MAX

USER_BYTES: Final = 6
PASSWORD_BYTES: Final = 10
SESSION_BYTES: Final = 10
NUMBER_BYTES: Final = 20
LOGIN_BYTES: Final = USER_BYTES + PASSWORD_BYTES + SESSION_BYTES + NUMBER_BYTES
ACCEPTED_BYTES: Final = SESSION_BYTES + NUMBER_BYTES


class PacketType(IntEnum):
    """Type byte of a packet."""

    DEBUG = ord("+")
    LOGIN_ACCEPTED = ord("A")
    LOGIN_REJECTED = ord("J")
    SEQUENCED = ord("S")
    SERVER_HEARTBEAT = ord("H")
    END_OF_SESSION = ord("Z")
    LOGIN = ord("L")
    UNSEQUENCED = ord("U")
    CLIENT_HEARTBEAT = ord("R")
    LOGOUT = ord("O")


class LoginRefusal(IntEnum):
    """Why a login was rejected."""

    NOT_AUTHORISED = ord("A")  # user or password wrong, or the stream is not this login's
    SESSION_UNAVAILABLE = ord("S")  # no such stream now, or the number lies beyond it


class LoginRequest(NamedTuple):
    """What a login packet asks for; number 0 = start at the newest record."""

    user: str
    password: str
    session: str
    next_number: int


class LoginAccepted(NamedTuple):
    """What an accepted login is told: its stream and the number of the first record that will follow."""

    session: str
    next_number: int


def packet(packet_type: int, payload: bytes = b"") -> bytes:
    """One packet."""
    return (len(payload) + 1).to_bytes(2, "big") + bytes((packet_type,)) + payload


SERVER_HEARTBEAT: Final = packet(PacketType.SERVER_HEARTBEAT)
CLIENT_HEARTBEAT: Final = packet(PacketType.CLIENT_HEARTBEAT)
END_OF_SESSION: Final = packet(PacketType.END_OF_SESSION)
LOGOUT: Final = packet(PacketType.LOGOUT)


def login(request: LoginRequest) -> bytes:
    """The login packet; text to the left, the number to the right, as the specification pads them."""
    return packet(
        PacketType.LOGIN,
        _left(request.user, USER_BYTES)
        + _left(request.password, PASSWORD_BYTES)
        + _right(request.session, SESSION_BYTES)
        + _right(str(request.next_number), NUMBER_BYTES),
    )


def login_accepted(session: str, next_number: int) -> bytes:
    """The answer to a good login."""
    return packet(
        PacketType.LOGIN_ACCEPTED, _right(session, SESSION_BYTES) + _right(str(next_number), NUMBER_BYTES)
    )


def login_rejected(refusal: LoginRefusal) -> bytes:
    """The answer to a bad login."""
    return packet(PacketType.LOGIN_REJECTED, bytes((refusal,)))


def debug(text: str) -> bytes:
    """Free text for a person at the other end; cut to what a control packet may hold."""
    return packet(PacketType.DEBUG, text.encode("ascii", "replace")[: CONTROL_PACKET_BYTES_MAX - 1])


def parse_login(payload: bytes) -> LoginRequest:
    """A login packet's payload, whichever side it is padded on; PeerError says what is wrong with it."""
    if len(payload) != LOGIN_BYTES:
        raise PeerError(f"a login of {LOGIN_BYTES} bytes", f"{len(payload)}")
    user = _text(payload[:USER_BYTES], "user")
    password = _text(payload[USER_BYTES : USER_BYTES + PASSWORD_BYTES], "password")
    session = _text(payload[-NUMBER_BYTES - SESSION_BYTES : -NUMBER_BYTES], "session")
    return LoginRequest(user, password, session.upper(), _number(payload[-NUMBER_BYTES:]))


def parse_login_accepted(payload: bytes) -> LoginAccepted:
    """An accepted login's payload."""
    if len(payload) != ACCEPTED_BYTES:
        raise PeerError(f"an accepted login of {ACCEPTED_BYTES} bytes", f"{len(payload)}")
    return LoginAccepted(_text(payload[:SESSION_BYTES], "session"), _number(payload[SESSION_BYTES:]))


def parse_login_rejected(payload: bytes) -> LoginRefusal:
    """A rejected login's payload."""
    try:
        return LoginRefusal(payload[0] if len(payload) == 1 else 0)
    except ValueError:
        raise PeerError("a rejected login's code 'A' or 'S'", repr(payload)) from None


def _left(text: str, size: int) -> bytes:
    return _fitted(text, size).ljust(size)


def _right(text: str, size: int) -> bytes:
    return _fitted(text, size).rjust(size)


def _fitted(text: str, size: int) -> bytes:
    data = text.encode("ascii")
    if len(data) > size:
        raise ValueError(f"expected at most {size} characters, found {len(data)}")
    return data


def _text(data: bytes, name: str) -> str:
    """Padded text; found bytes are never repeated, because one of the fields is a password."""
    if not all(32 <= byte < 127 for byte in data):
        raise PeerError(f"printable ASCII as {name}", "other bytes")
    return data.decode("ascii").strip(" ")


def _number(data: bytes) -> int:
    """Padded decimal digits; all spaces count as 0."""
    text = _text(data, "sequence number")
    if text and not text.isdecimal():
        raise PeerError("decimal digits as sequence number", repr(text))
    return int(text or "0")
