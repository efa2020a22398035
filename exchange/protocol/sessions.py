"""Session ids: ten characters that name one stream of one trading day, YYMMDD and the stream in base 36."""

from datetime import date
from typing import Final, NamedTuple

from exchange.protocol.soupbintcp import SESSION_BYTES

PUBLIC: Final = "PUBLIC"  # asks for today's public stream
DEPTH: Final = "DEPTH"  # asks for today's depth stream
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STREAM_CHARACTERS: Final = 4
STREAM_MAX: Final = 36**_STREAM_CHARACTERS - 1


class SessionName(NamedTuple):
    """One stream of one trading day."""

    trading_day: date
    stream_id: int


def session_id(trading_day: date, stream_id: int) -> str:
    """The ten characters; ValueError when the stream does not fit four base-36 digits."""
    if not 0 <= stream_id <= STREAM_MAX:
        raise ValueError(f"expected a stream of 0 to {STREAM_MAX}, found {stream_id}")
    digits = ""
    for _ in range(_STREAM_CHARACTERS):
        stream_id, digit = divmod(stream_id, 36)
        digits = _DIGITS[digit] + digits
    return trading_day.strftime("%y%m%d") + digits


def parse_session(text: str) -> SessionName | None:
    """The stream that ten characters name; None when they name none."""
    if len(text) != SESSION_BYTES or not text.isascii() or not text[:6].isdecimal():
        return None
    try:
        day = date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
        stream_id = int(text[6:], 36) if text[6:].isalnum() else -1
    except ValueError:
        return None
    return SessionName(day, stream_id) if stream_id >= 0 else None
