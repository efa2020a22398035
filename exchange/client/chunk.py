"""What one read of a connection gives: consecutive records of the stream, or answers, as numpy arrays."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from exchange.client.errors import VersionUnknown
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import EVENT, REPLY, Records

NO_EVENTS: Final[Records] = np.zeros(0, EVENT)
NO_REPLIES: Final[Records] = np.zeros(0, REPLY)


class Chunk(NamedTuple):
    """Events or replies, never both, so that the order in which the exchange sent them is kept."""

    first_number: int  # number of events[0] in the stream; the next number when there are no events
    events: Records  # dtype EVENT
    replies: Records  # dtype REPLY

    @property
    def next_number(self) -> int:
        """The number to resume from once this chunk is dealt with."""
        return self.first_number + len(self.events)


def joined(parts: Sequence[Records]) -> Records:
    """Records of one type behind one another; as words, since numpy packs the fields of a union anew."""
    words = np.concatenate([part.view(np.uint64) for part in parts])
    return words.view(parts[0].dtype)


def events_chunk(first_number: int, data: bytes) -> Chunk:
    """Sequenced records as received."""
    return Chunk(first_number, np.frombuffer(data, EVENT), NO_REPLIES)


def replies_chunk(next_number: int, data: bytes) -> Chunk:
    """Unsequenced records as received."""
    return Chunk(next_number, NO_EVENTS, np.frombuffer(data, REPLY))


def unknown_version(data: bytes) -> VersionUnknown | None:
    """What is wrong with a stream's first record, STREAM_OPENED: None when its version is ours."""
    first = np.frombuffer(data, EVENT, count=1)[0]
    version = int(first["version"])
    is_known = first["kind"] != Kind.STREAM_OPENED or version == PROTOCOL_VERSION
    return None if is_known else VersionUnknown(version)
