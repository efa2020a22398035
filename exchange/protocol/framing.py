"""Cuts a byte stream into runs of whole 64-byte records and single control packets.

A SoupBinTCP packet is a 2-byte big-endian length (of type and payload), a 1-byte type and a payload. A packet
of 64 bytes of type 'S' or 'U' is a record; a received chunk is nearly always a run of them, so a run is found
with one numpy comparison over the chunk and handed on as bytes, untouched. The rest is cut packet by packet.
"""

from typing import Final, NamedTuple

import numpy as np

from exchange.protocol.errors import PeerError
from exchange.vocabulary.limits import CONTROL_PACKET_BYTES_MAX, RECORD_BYTES
from exchange.vocabulary.records import LENGTH_PREFIX, SEQUENCED, UNSEQUENCED

LENGTH_BYTES: Final = 2
HEADER_BYTES: Final = 3
UNSEQUENCED_HEADER: Final = bytes((0, LENGTH_PREFIX, UNSEQUENCED))
SEQUENCED_HEADER: Final = bytes((0, LENGTH_PREFIX, SEQUENCED))

_HEADER_MASK: Final = np.uint32(0x00FF_FFFF)
_WORDS_PER_RECORD: Final = RECORD_BYTES // 4


class Run(NamedTuple):
    """Consecutive whole records of one packet type, as received."""

    packet_type: int
    data: bytes

    @property
    def record_count(self) -> int:
        """How many records."""
        return len(self.data) // RECORD_BYTES


class Packet(NamedTuple):
    """One control packet."""

    packet_type: int
    payload: bytes


def run_length(data: bytes, offset: int) -> int:
    """How many whole records follow each other from offset with the header of the first; 0 if it is none.

    O(records), one vector comparison; a single record is compared without numpy.
    """
    header = data[offset : offset + HEADER_BYTES]
    if header not in (UNSEQUENCED_HEADER, SEQUENCED_HEADER):
        return 0
    whole = (len(data) - offset) // RECORD_BYTES
    if whole <= 1:
        return whole
    words = np.frombuffer(data, "<u4", whole * _WORDS_PER_RECORD, offset)[::_WORDS_PER_RECORD]
    other = (words & _HEADER_MASK) != int.from_bytes(header, "little")
    first_other = int(other.argmax())
    return first_other if other[first_other] else whole


class Framer:
    """Received bytes in, runs and packets out; holds at most one unfinished packet between chunks."""

    __slots__ = ("_data", "_offset")

    def __init__(self) -> None:
        self._data = b""
        self._offset = 0

    @property
    def pending_bytes(self) -> int:
        """Bytes received and not yet handed out."""
        return len(self._data) - self._offset

    def feed(self, data: bytes) -> None:
        """Add a received chunk; the chunk itself is kept when nothing is pending."""
        if self._offset != len(self._data):
            data = self._data[self._offset :] + data
        self._data = data
        self._offset = 0

    def next(self) -> Run | Packet | None:
        """The next run or packet; None when more bytes are needed. PeerError: no such packet may exist."""
        data, offset = self._data, self._offset
        count = run_length(data, offset)
        if count:
            end = offset + count * RECORD_BYTES
            self._offset = end
            return Run(data[offset + 2], data[offset:end])
        left = len(data) - offset
        if left < LENGTH_BYTES:
            return None
        length = data[offset] << 8 | data[offset + 1]
        if not 1 <= length <= CONTROL_PACKET_BYTES_MAX:
            raise PeerError(f"a packet of 1 to {CONTROL_PACKET_BYTES_MAX} bytes", f"length {length}")
        end = offset + LENGTH_BYTES + length
        if end > len(data):
            return None
        self._offset = end
        return Packet(data[offset + 2], data[offset + HEADER_BYTES : end])
