"""Feeds one connection its stream: as it comes while the reader keeps up, else from the kept stream.

What a reader has not taken is never piled up for it: a follower that is behind remembers only a number.
"""

from typing import Protocol

from exchange.net.admission import ReadableStreams
from exchange.net.bounds import CATCH_UP_WRITES, WRITE_BYTES_MAX
from exchange.vocabulary.limits import RECORD_BYTES

WRITE_RECORDS = WRITE_BYTES_MAX // RECORD_BYTES


class Outlet(Protocol):
    """Where a follower writes: a connection."""

    @property
    def is_slow(self) -> bool:
        """True while the operating system has not taken what was written."""

    def write(self, data: bytes | memoryview) -> None:
        """Send."""

    def end(self) -> None:
        """The stream's last record has been written."""


class Follower:
    """How far one connection has been fed."""

    __slots__ = ("next_number", "stream_id", "streams", "_has_ended", "_outlet")

    def __init__(self, outlet: Outlet, streams: ReadableStreams, stream_id: int, next_number: int) -> None:
        self.streams = streams
        self.stream_id = stream_id
        self.next_number = next_number
        self._outlet = outlet
        self._has_ended = False

    def offer(self, first_number: int, data: memoryview) -> bool:
        """Records just released, `data` numbered from first_number: written at once if they are the next.

        True when more is left that the reader could take now.
        """
        if self.next_number != first_number or len(data) > WRITE_BYTES_MAX or self._outlet.is_slow:
            return self.catch_up()
        self._outlet.write(data)
        self.next_number += len(data) // RECORD_BYTES
        return False

    def catch_up(self) -> bool:
        """Write what is readable while the reader takes it; True when more is left that it could take now."""
        for _ in range(CATCH_UP_WRITES):
            if self._outlet.is_slow or self._has_ended:
                return False
            data = self.streams.read(self.stream_id, self.next_number, WRITE_RECORDS)
            if not data:
                if self.streams.ended:
                    self._has_ended = True
                    self._outlet.end()
                return False
            self._outlet.write(data)
            self.next_number += len(data) // RECORD_BYTES
        return True
