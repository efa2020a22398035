"""The bytes of a day's events: chunks in memory, the oldest in files once the day grows large.

A cache of what replaying the journal would give: its files are never synced and never read after a restart.
"""

import contextlib
import mmap
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.limits import RECORD_BYTES

CHUNK_RECORDS: Final = 1 << 16  # 4 MiB
_WORDS: Final = RECORD_BYTES // 8

Rows = NDArray[np.uint64]


class EventLog:
    """Append-only rows of 64 bytes at increasing positions; a row block never straddles two chunks."""

    def __init__(self, folder: Path | None = None, memory_records_max: int | None = None) -> None:
        self._folder = folder
        self._memory_chunks_max = max(2, (memory_records_max or 0) // CHUNK_RECORDS) if folder else None
        self._chunks: list[Rows | None] = []
        self._views: list[memoryview] = []
        self._maps: list[mmap.mmap] = []
        self._next = 0  # position of the next row
        self._spilled = 0

    def append(self, rows: Rows) -> int:
        """Store rows; returns the position of the first."""
        start, target = self.reserve(len(rows))
        target[:] = rows
        return start

    def reserve(self, count: int) -> tuple[int, Rows]:
        """Room for so many rows, to be written before anything is read; its position and the rows."""
        offset = self._next % CHUNK_RECORDS
        if offset + count > CHUNK_RECORDS or self._next == len(self._chunks) * CHUNK_RECORDS:
            self._add_chunk()
            offset = 0
        chunk = self._chunks[-1]
        assert chunk is not None
        start = (len(self._chunks) - 1) * CHUNK_RECORDS + offset
        self._next = start + count
        return start, chunk[offset : offset + count]

    def view(self, start: int, count: int) -> memoryview:
        """Bytes of rows that lie in one chunk."""
        chunk, offset = divmod(start, CHUNK_RECORDS)
        assert offset + count <= CHUNK_RECORDS
        return self._views[chunk][offset * RECORD_BYTES : (offset + count) * RECORD_BYTES]

    def close(self) -> None:
        """Let go of everything; a view that somebody still holds keeps its own chunk alive."""
        self._views.clear()
        self._chunks.clear()
        self._maps.clear()

    def _add_chunk(self) -> None:
        chunk: Rows = np.frombuffer(_memory(), np.uint64).reshape(CHUNK_RECORDS, _WORDS)
        self._chunks.append(chunk)
        self._views.append(memoryview(chunk.data).cast("B"))
        if (
            self._memory_chunks_max is not None
            and len(self._chunks) - self._spilled > self._memory_chunks_max
        ):
            self._spill(self._spilled)
            self._spilled += 1

    def _spill(self, number: int) -> None:
        """Move one full chunk to a mapped file without a name: it vanishes with the process."""
        assert self._folder is not None
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{number + 1:06d}.events"
        with path.open("w+b") as file:
            file.write(self._views[number])
            file.flush()
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        path.unlink()
        self._maps.append(mapped)
        self._views[number] = memoryview(mapped)
        self._chunks[number] = None


def _memory() -> mmap.mmap:
    """Fresh memory of a chunk, in huge pages where there are any: small ones cost four times the copying."""
    memory = mmap.mmap(-1, CHUNK_RECORDS * RECORD_BYTES)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):  # a kernel without them
            memory.madvise(mmap.MADV_HUGEPAGE)
    return memory
