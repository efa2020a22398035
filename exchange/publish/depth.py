"""The depth stream: every change of a resting order, without accounts, from the events that members are told.

What an order of a book goes through is told to its owner anyway: ACCEPTED, EXECUTED, REDUCED, DONE. Each of
these becomes one record here, in the kernel's order, so the stream holds the book's price-time priority:
an accepted or replaced order stands at the back of its price, and nothing else moves one. An incoming order
of continuous mode is shown before it trades; what `is_last` ends leaves the book as it is between commands.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.publish.compiled import compiled
from exchange.publish.derived import NO_WORDS, StreamIds, Words
from exchange.vocabulary.enums import DoneReason, OrderKind
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES, STREAM_DEPTH, STREAM_PUBLIC
from exchange.vocabulary.records import LENGTH_PREFIX, SEQUENCED

_WORDS: Final = RECORD_BYTES // 8
_STREAM_OPENED: Final = int(Kind.STREAM_OPENED)
_PIECE_RECORDS: Final = 8_192  # at first; a larger piece makes room for itself

#: kind of the kernel's event -> kind here, and what of its seventh word stays: see the layouts of both
_MADE: Final = (
    (Kind.ACCEPTED, Kind.DEPTH_ADDED, 0x00FF_00FF_0000_0000),  # method, side
    (Kind.EXECUTED, Kind.DEPTH_EXECUTED, 0x00FF_FFFF_FFFF_FFFF),  # method, role, side, match_id
    (Kind.REDUCED, Kind.DEPTH_CHANGED, 0x00FF_FFFF_0000_0000),  # method, keeps_priority, side
    (Kind.DONE, Kind.DEPTH_REMOVED, 0x00FF_00FF_0000_0000),  # method, side
)
_OPENED: Final = len(_MADE) + 1
_IS_LAST: Final = 1 << 56
_ONLY_CONTRACT: Final = 0xFFFF_0000
_HEADER: Final = LENGTH_PREFIX << 8 | SEQUENCED << 16
_KIND_SHIFT: Final = 24


def _codes() -> NDArray[np.int64]:
    """By kind: the place in _MADE plus one, 0 = of no concern here."""
    codes = np.zeros(256, np.int64)
    for code, (kind, _, _) in enumerate(_MADE, 1):
        codes[kind] = code
    codes[_STREAM_OPENED] = _OPENED
    return codes


def _is_of_book() -> NDArray[np.bool_]:
    """By code, order kind and the byte before the method (of DONE its reason), 4 bits each of the latter.

    What is filled needs no removal: its executions add up to all it had. REDUCED has no order kind, and is
    of orders in a book only.
    """
    wanted = np.zeros((_OPENED + 1, 16, 16), np.bool_)
    for code, (kind, _, _) in enumerate(_MADE, 1):
        for order_kind in (OrderKind.LISTING, OrderKind.LIMIT):
            wanted[code, order_kind] = True
            if kind == Kind.DONE:
                wanted[code, order_kind, DoneReason.FILLED] = False
        if kind == Kind.REDUCED:
            wanted[code] = True
    wanted[_OPENED] = True
    return wanted.reshape(-1)


_CODES: Final = _codes()
_IS_OF_BOOK: Final = _is_of_book()
_HEADERS: Final = np.array([0, *(_HEADER | kind << _KIND_SHIFT for _, kind, _ in _MADE)], np.int64)
_KEPT: Final = np.array([0, *(mask for _, _, mask in _MADE)], np.int64)


class Depth:
    """Derives the depth stream. What a piece gave is held until it is known whether its command goes on."""

    stream_id = STREAM_DEPTH

    def __init__(self) -> None:
        self._made: list[Words] = [np.zeros((_PIECE_RECORDS, _WORDS), np.uint64) for _ in range(2)]
        self._held: Words = NO_WORDS  # in the first of them
        _derive(NO_WORDS.view(np.int64), np.zeros(0, np.uint32), self._made[0].view(np.int64))  # compiles it

    def derive(self, words: Words, streams: StreamIds) -> Words:
        """See Derivation.derive. What it gives is valid until the next call."""
        if not words.flags.writeable:
            words = words.copy()  # numba would compile a second form for what comes from a file
        made = self._made[1]
        if len(made) < len(words):
            made = np.zeros((len(words), _WORDS), np.uint64)
        count = _derive(words.view(np.int64), streams, made.view(np.int64))
        if not count:
            return NO_WORDS
        held, self._held = self._held, made[:count]
        self._made = [made, self._made[0]]
        if len(held) and held[-1, 1] != made[0, 1]:
            _end_command(held)
        return held

    def complete(self) -> Words:
        """See Derivation.complete."""
        held, self._held = self._held, NO_WORDS
        if len(held):
            _end_command(held)
        return held


@compiled
def _derive(words: NDArray[np.int64], streams: StreamIds, made: NDArray[np.int64]) -> int:
    """Write what a piece gives; the last record of every command but the last is marked."""
    count = 0
    is_unmarked = False  # what was written last may be its command's last, and has a place to say so
    for index in range(len(words)):
        code = _CODES[(words[index, 0] >> _KIND_SHIFT) & 0xFF]
        if code == 0:
            continue
        detail = words[index, 6]
        if code == _OPENED:
            if streams[index] != STREAM_PUBLIC:
                continue
            for place in range(_WORDS):
                made[count, place] = words[index, place]
            made[count, 6] = detail | STREAM_DEPTH  # where the public stream's number is, which is 0
            count += 1
            continue
        if not _IS_OF_BOOK[(code << 8) | ((detail >> 52) & 0xF0) | ((detail >> 40) & 0x0F)]:
            continue
        if is_unmarked and made[count - 1, 1] != words[index, 1]:
            made[count - 1, 6] |= _IS_LAST
        is_unmarked = True
        made[count, 0] = _HEADERS[code]
        made[count, 1] = words[index, 1]
        made[count, 2] = words[index, 2]
        made[count, 3] = words[index, 3] & _ONLY_CONTRACT
        made[count, 4] = words[index, 4]
        made[count, 5] = words[index, 5]
        made[count, 6] = detail & _KEPT[code]
        made[count, 7] = 0  # fees
        count += 1
    return count


def _end_command(rows: Words) -> None:
    if int(rows[-1, 0]) >> _KIND_SHIFT & 0xFF != _STREAM_OPENED:
        rows[-1, 6] |= np.uint64(_IS_LAST)
