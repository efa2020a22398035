"""The depth stream: every change of a resting order, without accounts, from the events that members are told.

What an order of a book goes through is told to its owner anyway: ACCEPTED, EXECUTED, REDUCED, DONE. Each of
these becomes one record here, in the kernel's order, so the stream holds the book's price-time priority:
an accepted or replaced order stands at the back of its price, and nothing else moves one. An incoming order
of continuous mode is shown before it trades; what `is_last` ends leaves the book as it is between commands.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.publish.derived import NO_WORDS, STREAM_OPENED, StreamIds, Words, kinds_of, opened
from exchange.vocabulary.enums import DoneReason, OrderKind
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import STREAM_DEPTH, STREAM_PUBLIC
from exchange.vocabulary.records import LENGTH_PREFIX, SEQUENCED

#: kind of the kernel's event -> kind here, and what of its seventh word stays: see the layouts of both
_MADE: Final = (
    (Kind.ACCEPTED, Kind.DEPTH_ADDED, 0x00FF_00FF_0000_0000),  # method, side
    (Kind.EXECUTED, Kind.DEPTH_EXECUTED, 0x00FF_FFFF_FFFF_FFFF),  # method, role, side, match_id
    (Kind.REDUCED, Kind.DEPTH_CHANGED, 0x00FF_FFFF_0000_0000),  # method, keeps_priority, side
    (Kind.DONE, Kind.DEPTH_REMOVED, 0x00FF_00FF_0000_0000),  # method, side
)
_OPENED: Final = len(_MADE) + 1
_IS_LAST: Final = np.uint64(1 << 56)
_ONLY_CONTRACT: Final = np.uint64(0xFFFF_0000)
_HEADER: Final = LENGTH_PREFIX << 8 | SEQUENCED << 16
_KIND_SHIFT: Final = 24


def _codes() -> NDArray[np.uint8]:
    """By kind: the place in _MADE plus one, 0 = of no concern here."""
    codes = np.zeros(256, np.uint8)
    for code, (kind, _, _) in enumerate(_MADE, 1):
        codes[kind] = code
    codes[STREAM_OPENED] = _OPENED
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
_HEADERS: Final = np.array(
    [0, *(_HEADER | kind << _KIND_SHIFT for _, kind, _ in _MADE), _HEADER | STREAM_OPENED << _KIND_SHIFT],
    np.uint64,
)
_KEPT: Final = np.array([0, *(mask for _, _, mask in _MADE), 2**64 - 1], np.uint64)
_LAST_BITS: Final = np.array([0, *(int(_IS_LAST) for _ in _MADE), 0], np.uint64)


class Depth:
    """Derives the depth stream. What a piece gave is held until it is known whether its command goes on."""

    stream_id = STREAM_DEPTH

    def __init__(self) -> None:
        self._held: Words = NO_WORDS

    def derive(self, words: Words, streams: StreamIds) -> Words:
        """See Derivation.derive."""
        made = _derive(words, streams)
        if not len(made):
            return NO_WORDS
        held, self._held = self._held, made
        if len(held) and held[-1, 1] != made[0, 1]:
            _end_command(held)
        return held

    def complete(self) -> Words:
        """See Derivation.complete."""
        held, self._held = self._held, NO_WORDS
        if len(held):
            _end_command(held)
        return held


def _derive(words: Words, streams: StreamIds) -> Words:
    codes = _CODES[kinds_of(words)]
    found = np.flatnonzero(codes)
    if not len(found):
        return NO_WORDS
    codes = codes[found]
    details = words[found, 6]
    place = (details >> np.uint64(52)) & np.uint64(0xF0) | (details >> np.uint64(40)) & np.uint64(0x0F)
    is_wanted = _IS_OF_BOOK[place.astype(np.intp) + (codes.astype(np.intp) << 8)]
    is_opening = codes == _OPENED
    if is_opening.any():
        is_wanted &= ~is_opening | (streams[found] == STREAM_PUBLIC)
    found, codes = found[is_wanted], codes[is_wanted]
    made: Words = words[found]
    made[:, 0] = _HEADERS[codes]
    made[:, 3] &= _ONLY_CONTRACT
    made[:, 6] &= _KEPT[codes]
    is_other = made[:-1, 1] != made[1:, 1]
    made[:-1, 6] |= np.where(is_other, _LAST_BITS[codes[:-1]], np.uint64(0))
    is_opening = codes == _OPENED
    if is_opening.any():
        made[is_opening] = opened(made[is_opening], STREAM_DEPTH)
        made[~is_opening, 7] = 0
    else:
        made[:, 7] = 0  # fees
    return made


def _end_command(rows: Words) -> None:
    if kinds_of(rows[-1:])[0] != STREAM_OPENED:
        rows[-1, 6] |= _IS_LAST
