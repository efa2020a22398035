"""Derived streams: pure functions of the kernel's events, whatever the pieces in which these come.

A derivation is given every piece of a batch's events in order, then told that the batch is complete. What it
gives depends on the events alone, so a replay in other pieces numbers the same records alike, and a derived
stream may even begin to exist at a restart in the middle of a day.
"""

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import MEMBER_FIRST, RECORD_BYTES, STREAM_DEPTH, STREAM_PUBLIC

WORDS: Final = RECORD_BYTES // 8
Words = NDArray[np.uint64]  # records as rows of eight words
StreamIds = NDArray[np.uint32]
NO_WORDS: Final[Words] = np.zeros((0, WORDS), np.uint64)

_FIRST: Final = np.uint32(STREAM_DEPTH)
_COUNT: Final = np.uint32(MEMBER_FIRST - STREAM_DEPTH)


class Derivation(Protocol):
    """One derived stream."""

    @property
    def stream_id(self) -> int:
        """Its number, of those reserved below the members'."""

    def derive(self, words: Words, streams: StreamIds) -> Words:
        """More of a batch's events, with the stream of each; gives copies that are whole so far."""

    def complete(self) -> Words:
        """The batch has no more events: what was held back."""


def kinds_of(words: Words) -> NDArray[np.uint8]:
    """The kind of every record."""
    return words.view(np.uint8).reshape(len(words), RECORD_BYTES)[:, 3]


def opened(words: Words, stream_id: int) -> Words:
    """The public stream's STREAM_OPENED as that of another stream, in place."""
    assert STREAM_PUBLIC == 0
    words[:, 6] |= np.uint64(stream_id)  # where the public stream's number is, which is 0
    return words


def is_derived(streams: StreamIds) -> NDArray[np.bool_]:
    """Which events the kernel addressed to a derived stream: there only a derivation may put them."""
    return (streams - _FIRST) < _COUNT  # unsigned: what is below goes round to the top


STREAM_OPENED: Final = int(Kind.STREAM_OPENED)
