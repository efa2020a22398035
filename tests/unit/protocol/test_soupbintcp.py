"""SoupBinTCP packets: the bytes of the specification, in both directions and with either padding."""

from datetime import date

import pytest

from exchange.protocol import soupbintcp as soup
from exchange.protocol.errors import PeerError
from exchange.protocol.sessions import STREAM_MAX, SessionName, parse_session, session_id
from exchange.protocol.soupbintcp import LoginAccepted, LoginRefusal, LoginRequest

LOGIN_ROWS = [
    # request, packet bytes
    (
        LoginRequest("SHEM01", "password99", "2112160000", 1),
        b"\x00\x2fLSHEM01password992112160000                   1",
    ),
    (LoginRequest("ab", "c", "", 0), b"\x00\x2fLab    c                                      0"),
]


@pytest.mark.parametrize(("request_", "data"), LOGIN_ROWS)
def test_login_bytes(request_: LoginRequest, data: bytes) -> None:
    assert soup.login(request_) == data
    assert soup.parse_login(data[3:]) == request_


def test_a_login_may_be_padded_on_either_side() -> None:
    left = b"    ab" + b"         c" + b"      PUBLIC"[-10:] + b"7".ljust(20)
    right = b"ab    " + b"c         " + b"public    " + b"7".rjust(20)
    assert soup.parse_login(left) == soup.parse_login(right) == LoginRequest("ab", "c", "PUBLIC", 7)
    assert soup.parse_login(right[:-20] + b" " * 20).next_number == 0


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (b"x" * 45, "expected a login of 46 bytes, found 45"),
        (b"x" * 47, "expected a login of 46 bytes, found 47"),
        (b"\xff" * 46, "expected printable ASCII as user, found other bytes"),
        (b"x" * 26 + b"-1".rjust(20), "expected decimal digits as sequence number, found '-1'"),
    ],
)
def test_a_bad_login_says_what_was_expected(payload: bytes, text: str) -> None:
    with pytest.raises(PeerError, match=text):
        soup.parse_login(payload)


def test_an_error_never_repeats_a_password() -> None:
    payload = b"SHEM01" + b"secret\xff   " + b" " * 30
    with pytest.raises(PeerError) as error:
        soup.parse_login(payload)
    assert "secret" not in str(error.value)


def test_answers() -> None:
    accepted = soup.login_accepted("2112160000", 12)
    assert accepted == b"\x00\x1fA2112160000                  12"
    assert soup.parse_login_accepted(accepted[3:]) == LoginAccepted("2112160000", 12)
    assert soup.login_rejected(LoginRefusal.NOT_AUTHORISED) == b"\x00\x02JA"
    assert soup.parse_login_rejected(b"S") is LoginRefusal.SESSION_UNAVAILABLE
    assert (soup.SERVER_HEARTBEAT, soup.CLIENT_HEARTBEAT) == (b"\x00\x01H", b"\x00\x01R")
    assert (soup.END_OF_SESSION, soup.LOGOUT) == (b"\x00\x01Z", b"\x00\x01O")
    with pytest.raises(PeerError):
        soup.parse_login_rejected(b"X")
    with pytest.raises(PeerError):
        soup.parse_login_accepted(b"short")


def test_a_debug_packet_is_cut_to_what_may_be_sent() -> None:
    packet = soup.debug("é" + "x" * 999)
    assert packet[:4] == b"\x01\x00+?"
    assert len(packet) == 258


@pytest.mark.parametrize(
    ("stream_id", "text"),
    [(0, "2112160000"), (16, "211216000G"), (36, "2112160010"), (STREAM_MAX, "211216ZZZZ")],
)
def test_session_ids(stream_id: int, text: str) -> None:
    day = date(2021, 12, 16)
    assert session_id(day, stream_id) == text
    assert parse_session(text) == SessionName(day, stream_id)


@pytest.mark.parametrize(
    "text", ["", "PUBLIC", "211316000G", "21121600_0", "2112160-01", "211216000", "٢112160000"]
)
def test_what_names_no_session(text: str) -> None:
    assert parse_session(text) is None


def test_a_stream_beyond_four_digits_is_an_error() -> None:
    with pytest.raises(ValueError, match="found 1679616"):
        session_id(date(2021, 12, 16), STREAM_MAX + 1)
