"""Writes a piece's events grouped by stream, in order inside each: a compiled pass counts, another moves."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.publish.compiled import compiled
from exchange.vocabulary.limits import RECORD_BYTES

Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]
_WORDS: Final = RECORD_BYTES // 8
_FIRST_STREAMS: Final = 8_192
_STREAMS_MAX: Final = 1 << 20  # above, ids are renumbered: the table of places is no larger


class Grouper:
    """Keeps the tables that a pass needs, clean between two."""

    def __init__(self) -> None:
        self._places = np.zeros(_FIRST_STREAMS, np.int64)
        self._groups = np.zeros((64, 2), np.int64)

    def group(self, rows: Words, streams: NDArray[np.uint32], target: Words) -> list[tuple[int, int, int]]:
        """Write `rows` to `target`, as many; gives (stream, first row, rows) of each group, as first met."""
        if not rows.flags.writeable:
            rows = rows.copy()  # numba would compile a second form for what comes from a file
        most = int(streams.max())
        if most >= _STREAMS_MAX:
            ids, dense = np.unique(streams, return_inverse=True)
            spans = self.group(rows, dense.astype(np.uint32), target)
            return [(int(ids[stream]), first, count) for stream, first, count in spans]
        if most >= len(self._places):
            self._places = np.zeros(2 * most, np.int64)
        if len(self._groups) < len(rows):
            self._groups = np.zeros((2 * len(rows), 2), np.int64)
        count = _group(rows.view(np.int64), streams, target.view(np.int64), self._places, self._groups)
        spans, first = [], 0
        for stream, length in self._groups[:count].tolist():
            spans.append((stream, first, length))
            first += length
        return spans


@compiled
def _group(
    rows: Numbers, streams: NDArray[np.uint32], target: Numbers, places: Numbers, groups: Numbers
) -> int:
    """`places` is all 0 before and after; `groups` gets (stream, rows), as many as are returned."""
    count = 0
    for index in range(len(streams)):
        stream = streams[index]
        if places[stream] == 0:
            groups[count, 0] = stream
            count += 1
        places[stream] += 1
    first = 0
    for group in range(count):
        stream = groups[group, 0]
        groups[group, 1] = places[stream]
        places[stream] = first
        first += groups[group, 1]
    for index in range(len(streams)):
        stream = streams[index]
        place = places[stream]
        places[stream] = place + 1
        for word in range(_WORDS):
            target[place, word] = rows[index, word]
    for group in range(count):
        places[groups[group, 0]] = 0
    return count
