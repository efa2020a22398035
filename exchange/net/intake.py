"""Takes records from many connections into one batch: a bounded queue each, a quantum a turn, in rotation.

No connection can keep another waiting for more than one round, and none can make the exchange hold more than
its own bounded queue. Bytes are handed on in the pieces in which they came; no single order is looked at.
"""

from collections import deque
from typing import Generic, NamedTuple, TypeVar

from exchange.net.bounds import QUANTUM_RECORDS, QUEUE_BYTES_MAX
from exchange.vocabulary.limits import RECORD_BYTES

Owner = TypeVar("Owner")


class Source(Generic[Owner]):
    """One connection's queue. `is_full` asks its owner to stop reading until `has_room` again."""

    __slots__ = ("owner", "_pieces", "_queued_bytes", "_is_waiting")

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self._pieces: deque[bytes] = deque()
        self._queued_bytes = 0
        self._is_waiting = False

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be read for now."""
        return self._queued_bytes >= QUEUE_BYTES_MAX

    @property
    def has_room(self) -> bool:
        """Whether reading may go on."""
        return self._queued_bytes <= QUEUE_BYTES_MAX // 2

    @property
    def is_empty(self) -> bool:
        """Whether everything received has been handed on."""
        return not self._pieces

    def clear(self) -> None:
        """Forget what is queued: whoever sent it may not."""
        self._pieces.clear()
        self._queued_bytes = 0

    def _take(self, bytes_max: int, parts: list[bytes]) -> int:
        """Move up to so many bytes (whole records) to parts; returns how many."""
        taken = 0
        pieces = self._pieces
        while pieces and taken < bytes_max:
            piece = pieces[0]
            left = bytes_max - taken
            if len(piece) <= left:
                pieces.popleft()
            else:
                pieces[0] = piece[left:]
                piece = piece[:left]
            parts.append(piece)
            taken += len(piece)
        self._queued_bytes -= taken
        return taken


class Batch(NamedTuple, Generic[Owner]):
    """Records of one turn, writable, and how many came from each owner, in order."""

    data: bytearray
    owners: list[Owner]
    counts: list[int]


class Intake(Generic[Owner]):
    """The queues of all connections."""

    def __init__(self, quantum_records: int = QUANTUM_RECORDS) -> None:
        self._quantum_bytes = quantum_records * RECORD_BYTES
        self._ring: deque[Source[Owner]] = deque()

    @property
    def is_empty(self) -> bool:
        """Whether no source has anything queued."""
        return not self._ring

    def add(self, source: Source[Owner], data: bytes) -> None:
        """Queue whole records of a source."""
        source._pieces.append(data)
        source._queued_bytes += len(data)
        if not source._is_waiting:
            source._is_waiting = True
            self._ring.append(source)

    def clear(self) -> None:
        """Forget everything queued: the trading day that it was meant for is over."""
        for source in self._ring:
            source.clear()
            source._is_waiting = False
        self._ring.clear()

    def take(self, records_max: int) -> Batch[Owner]:
        """At most a quantum from every source that has something, oldest first, and at most records_max.

        Who is cut short comes first the next time. Complexity: O(sources with something queued).
        """
        room = records_max * RECORD_BYTES
        parts: list[bytes] = []
        owners: list[Owner] = []
        counts: list[int] = []
        for _ in range(len(self._ring)):
            if room <= 0:
                break
            source = self._ring.popleft()
            taken = source._take(min(self._quantum_bytes, room), parts)
            if taken:
                room -= taken
                owners.append(source.owner)
                counts.append(taken // RECORD_BYTES)
            if not source._pieces:
                source._is_waiting = False
            elif room > 0:
                self._ring.append(source)
            else:
                self._ring.appendleft(source)
        return Batch(bytearray().join(parts), owners, counts)
