"""Bytes to whole messages and back. simplefix reads and writes the fields; what it leaves open is checked
here first.

A message whose checksum is wrong, or that does not begin with BeginString, BodyLength and MsgType, is
garbled: it is passed over as FIX demands, and the gap in the numbers brings it back. Where a length leads to
no checksum the next message cannot be found any more, and the connection has to end.
"""

import re
from typing import Final, NamedTuple

import simplefix
from simplefix import FixMessage, FixParser

from exchange.bridge.fix.tables import BEGIN_STRING, Tag
from exchange.protocol.errors import PeerError

MESSAGE_BYTES_MAX: Final = 8_192  # of a body; ours have a few hundred
GARBLED_MAX: Final = 16  # in a row, before the peer is no engine of FIX
HEAD_BYTES_MAX: Final = 32
ENCODING: Final = "latin-1"  # a byte is a character, so that a ClOrdID comes back as it was given
_HEAD: Final = re.compile(rb"8=([^\x01=]{1,12})\x019=(\d{1,9})\x01")
_CHECKSUM: Final = re.compile(rb"10=(\d{3})\x01")
_FIELDS: Final = re.compile(rb"(?:[1-9]\d{0,8}=[^\x01]*\x01)+")  # simplefix would read "1_1=" as tag 11
_TRAILER_BYTES: Final = 7

Field = tuple[int, str]


class Message(NamedTuple):
    """One message: its fields in order, header and all, without the checksum."""

    fields: tuple[Field, ...]
    raw: bytes

    def get(self, tag: int) -> str | None:
        """The first value of a field."""
        return next((value for found, value in self.fields if found == tag), None)

    def text(self, tag: int) -> str:
        """The value of a field that is known to be there, else nothing."""
        return self.get(tag) or ""

    @property
    def msg_type(self) -> str:
        """MsgType (35)."""
        return self.text(Tag.MsgType)

    @property
    def is_possible_duplicate(self) -> bool:
        """PossDupFlag (43)."""
        return self.get(Tag.PossDupFlag) == "Y"


class Framer:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.garbled = 0
        self._garbled_in_a_row = 0

    def feed(self, data: bytes) -> None:
        """Append what was received."""
        self._buffer += data

    def next(self) -> Message | None:
        """The next whole message that is not garbled; None when more bytes are needed.

        Raises PeerError when the bytes are no FIX, or longer than any message may be.
        """
        while (frame := self._cut()) is not None:
            message = _decode(frame)
            if message is not None:
                self._garbled_in_a_row = 0
                return message
            self.garbled += 1
            self._garbled_in_a_row += 1
            if self._garbled_in_a_row > GARBLED_MAX:
                raise PeerError(f"a whole message among {GARBLED_MAX}", "none")
        return None

    def _cut(self) -> bytes | None:
        head = _HEAD.match(self._buffer)
        if head is None:
            if len(self._buffer) >= HEAD_BYTES_MAX or not b"8=".startswith(self._buffer[:2]):
                raise PeerError(
                    "BeginString and BodyLength first", repr(bytes(self._buffer[:HEAD_BYTES_MAX]))
                )
            return None
        body_bytes = int(head[2])
        if body_bytes > MESSAGE_BYTES_MAX:
            raise PeerError(f"a BodyLength of at most {MESSAGE_BYTES_MAX}", str(body_bytes))
        body_end = head.end() + body_bytes
        if len(self._buffer) < body_end + _TRAILER_BYTES:
            return None
        if _CHECKSUM.match(self._buffer, body_end) is None:
            found = bytes(self._buffer[body_end : body_end + _TRAILER_BYTES])
            raise PeerError("a CheckSum where BodyLength says", repr(found))
        frame = bytes(self._buffer[: body_end + _TRAILER_BYTES])
        del self._buffer[: len(frame)]
        return frame


def decode(frame: bytes) -> Message:
    """One message that was encoded by us or has been decoded before."""
    message = _decode(frame)
    assert message is not None
    return message


def encode(fields: list[Field]) -> bytes:
    """One message; BeginString, BodyLength and CheckSum are added, MsgType must be the first."""
    made = FixMessage()
    made.append_pair(Tag.BeginString, BEGIN_STRING)
    for tag, value in fields:
        made.append_pair(int(tag), value.encode(ENCODING))
    encoded: bytes = made.encode()
    return encoded


def _decode(frame: bytes) -> Message | None:
    """None for a garbled one."""
    if sum(frame[:-_TRAILER_BYTES]) % 256 != int(frame[-4:-1]) or _FIELDS.fullmatch(frame) is None:
        return None
    # Raw data with SOH inside is not in our subset, so no length of it may lead the parser astray.
    parser = FixParser(allow_empty_values=True, strip_fields_before_begin_string=False)
    parser.raw_len_tags = []
    parser.append_buffer(frame)
    try:
        found = parser.get_message()
    except simplefix.errors.ParsingError:
        return None
    if found is None or parser.get_buffer() or found.pairs[2][0] != b"35":
        return None
    return Message(tuple((int(tag), value.decode(ENCODING)) for tag, value in found.pairs[:-1]), frame)
