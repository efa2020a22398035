"""The files of one day's journal: preallocated ahead, cut after a torn tail, written one after the other."""

import threading
from pathlib import Path

from exchange.engine.files import File, Files, preallocate, write_zeros
from exchange.engine.journal_format import segment_name
from exchange.engine.journal_reader import SUFFIX


class Segments:
    """The segment being written and the one prepared after it."""

    def __init__(self, folder: Path, files: Files, segment_bytes: int, *, threaded: bool) -> None:
        self._folder = folder
        self._files = files
        self._segment_bytes = segment_bytes
        self._threaded = threaded
        self._file: File | None = None
        self._size_bytes = 0
        self._offset = 0
        self._prepared: dict[int, File] = {}
        self._failure: BaseException | None = None
        self._preparing: threading.Thread | None = None
        self.number = 0

    @property
    def is_begun(self) -> bool:
        """True when there is a segment to write to."""
        return self._file is not None

    @property
    def room_bytes(self) -> int:
        """What the segment being written still takes."""
        return self._size_bytes - self._offset

    def make_empty(self) -> None:
        """An empty folder, durable with its name; the first segment is prepared."""
        self._files.make_folder(self._folder)
        self._files.sync_folder(self._folder.parent)
        self._remove_from(1)
        self._prepared[1] = self._preallocate(1)

    def cut(self, number: int, offset: int) -> None:
        """Go on in a segment at an offset; everything after it is removed or zeroed first, durably."""
        if number == 0:
            self.make_empty()
            return
        self._remove_from(number + 1)
        path = self._folder / segment_name(number)
        size = max(len(self._files.read(path)), self._segment_bytes)
        self._file = self._files.open(path)
        write_zeros(self._file, offset, size)
        self._file.sync()
        self.number, self._offset, self._size_bytes = number, offset, size

    def begin(self, first_write_bytes: int) -> int:
        """Go on in the next segment, which takes at least the bytes given; returns its number."""
        if self._file is not None:
            self._file.close()
        self.number += 1
        self._offset = 0
        self._size_bytes = self._segment_bytes
        self._file = self._take_prepared(self.number)
        if (
            first_write_bytes > self._segment_bytes
        ):  # a batch larger than a segment gets a segment of its size
            write_zeros(self._file, self._segment_bytes, first_write_bytes)
            self._size_bytes = first_write_bytes
        return self.number

    def write(self, data: bytes) -> None:
        """Write at the end of what is there."""
        assert self._file is not None
        assert len(data) <= self.room_bytes
        self._file.write_at(self._offset, data)
        self._offset += len(data)
        if self._offset * 2 > self._size_bytes and self.number + 1 not in self._prepared:
            self._prepare(self.number + 1)

    def sync(self) -> None:
        """Make everything written durable."""
        if self._file is not None:
            self._file.sync()

    def close(self) -> None:
        """Close the files and remove the segment that was prepared for nothing."""
        if self._preparing is not None:
            self._preparing.join()
        for number, file in self._prepared.items():
            file.close()
            self._files.remove(self._folder / segment_name(number))
        self._prepared.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _prepare(self, number: int) -> None:
        """Write a segment's zeros while the one before it fills, so that no batch waits for them."""
        if not self._threaded:
            self._prepared[number] = self._preallocate(number)
        elif self._preparing is None:
            self._preparing = threading.Thread(
                target=self._prepare_aside, args=(number,), name="journal-segment", daemon=True
            )
            self._preparing.start()

    def _prepare_aside(self, number: int) -> None:
        try:
            self._prepared[number] = self._preallocate(number)
        except BaseException as failure:  # raised where the segment is needed
            self._failure = failure

    def _take_prepared(self, number: int) -> File:
        if self._preparing is not None:
            self._preparing.join()
            self._preparing = None
        if self._failure is not None:
            raise self._failure
        return self._prepared.pop(number, None) or self._preallocate(number)

    def _preallocate(self, number: int) -> File:
        return preallocate(self._files, self._folder / segment_name(number), self._segment_bytes)

    def _remove_from(self, number: int) -> None:
        """Remove later segments, the last one first, so that what remains is always a run from the first."""
        doomed = [n for n in self._files.names(self._folder) if n.endswith(SUFFIX)]
        for name in reversed(doomed):
            if name >= segment_name(number):
                self._files.remove(self._folder / name)
                self._files.sync_folder(self._folder)
