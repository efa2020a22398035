"""What a FIX session may not forget, one file per trading day: an append-only log of steps, each whole or
not there.

    <data>/bridge/fix/<USER>/<session of the day>.log

A step is what one message, or one chunk of the exchange's stream, has done: which numbers were used, what
was sent, what the application took in, how far the stream has been read. One frame holds one step (length,
CRC-32, MessagePack), so a message and the event it tells of are stored together or not at all. Whoever dies
before a step is stored has not sent what it says; whoever dies after it finds it here. Everything else is
derived by taking the same steps again.
"""

import os
import struct
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from exchange.errors import CorruptionError

VERSION: Final = 1
FRAME_BYTES_MAX: Final = 1 << 24
_HEAD: Final = struct.Struct("<II")


class Opened(msgspec.Struct, frozen=True, tag=1, array_like=True):
    """First step of a file: the trading day's session, and where the numbers go on."""

    version: int
    session: str
    next_in: int
    next_out: int
    began_utc_ms: int


class Received(msgspec.Struct, frozen=True, tag=2, array_like=True):
    """A message of the peer was counted; `raw` if the application acted on it."""

    number: int
    raw: bytes


class Sent(msgspec.Struct, frozen=True, tag=3, array_like=True):
    """A message of ours; `raw` if it may be sent again."""

    number: int
    raw: bytes


class Heard(msgspec.Struct, frozen=True, tag=4, array_like=True):
    """Consecutive records of the member's stream, from a number on."""

    first_number: int
    records: bytes


class Answered(msgspec.Struct, frozen=True, tag=5, array_like=True):
    """Records that the exchange said outside the stream (REFUSED)."""

    records: bytes


class Linked(msgspec.Struct, frozen=True, tag=6, array_like=True):
    """A connection to the exchange: who we are there, where the past ends, and the day's contracts."""

    login_id: int
    settled_sequence: int
    contracts: tuple[tuple[int, str, int], ...]
    """Id, code, matching rule."""


class NextIn(msgspec.Struct, frozen=True, tag=7, array_like=True):
    """The peer left numbers out."""

    number: int


class Reset(msgspec.Struct, frozen=True, tag=8, array_like=True):
    """Both sides begin at 1 again."""


class DayEnded(msgspec.Struct, frozen=True, tag=9, array_like=True):
    """The day's stream was read to its end; what it had not answered was told as refused."""


Entry = Opened | Received | Sent | Heard | Answered | Linked | NextIn | Reset | DayEnded
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(list[Entry])


class DayFile:
    """One day's log. Loading cuts off a last step that was not written whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.next_in = self.next_out = 1
        self.was_reset = False
        """Whether the numbers of the day before have nothing to do with today's any more."""
        self.next_number = 1
        """Number of the first record of the member's stream that is not in the file."""
        self._pending: list[Entry] = []
        self._frame_of: dict[int, int] = {}  # number of a message of ours -> offset of its frame
        self._size = 0
        self._cached: tuple[int, list[Entry]] = (-1, [])
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @property
    def session(self) -> str:
        """The exchange's name of the day's stream."""
        return self.path.stem

    def load(self) -> Iterator[Entry]:
        """Every entry in order; the counters follow."""
        data = self.path.read_bytes()
        while (end := self._frame_end(data)) is not None:
            for entry in self._decode(data[self._size + _HEAD.size : end]):
                self._count(entry)
                yield entry
            self._size = end
        if self._size < len(data):
            os.ftruncate(self._descriptor, self._size)
            os.fdatasync(self._descriptor)

    def append(self, entry: Entry) -> None:
        """Add to the present step."""
        self._pending.append(entry)
        self._count(entry)

    def commit(self, *, is_durable: bool) -> None:
        """End the step: written as one, and on the disk if `is_durable` (a killed process loses it in no
        case).
        """
        if not self._pending:
            return
        payload = _ENCODER.encode(self._pending)
        frame = _HEAD.pack(len(payload), zlib.crc32(payload)) + payload
        written = 0
        while written < len(frame):
            written += os.pwrite(self._descriptor, frame[written:], self._size + written)
        if is_durable:
            os.fdatasync(self._descriptor)
        self._size += len(frame)
        self._pending = []

    def sent(self, number: int) -> bytes:
        """A message of ours; empty when it is not here or not to be sent again."""
        offset = self._frame_of.get(number)
        if offset is None:
            return b""
        entries = self._pending if offset == self._size else self._frame_at(offset)
        return next(one.raw for one in entries if isinstance(one, Sent) and one.number == number)

    def close(self) -> None:
        """Close the file; a step not ended is dropped."""
        os.close(self._descriptor)

    def _count(self, entry: Entry) -> None:
        match entry:
            case Opened():
                self.next_in, self.next_out = entry.next_in, entry.next_out
                if entry.version != VERSION:
                    raise CorruptionError(str(self.path), f"version {VERSION}", entry.version)
            case Received():
                self.next_in = entry.number + 1
            case Sent():
                self.next_out = entry.number + 1
                if entry.raw:
                    self._frame_of[entry.number] = self._size
            case Heard():
                self.next_number = entry.first_number + len(entry.records) // 64
            case NextIn():
                self.next_in = entry.number
            case Reset():
                self.next_in = self.next_out = 1
                self.was_reset = True
                self._frame_of.clear()

    def _frame_end(self, data: bytes) -> int | None:
        """Where the next frame ends; None if it is not whole, as after a crash."""
        if len(data) - self._size < _HEAD.size:
            return None
        size, checksum = _HEAD.unpack_from(data, self._size)
        end = self._size + _HEAD.size + size
        if not 0 < size <= FRAME_BYTES_MAX or end > len(data):
            return None
        found = zlib.crc32(data[self._size + _HEAD.size : end])
        if found == checksum:
            return int(end)
        if end < len(data):  # a step behind it was begun, so this one had been written whole
            raise CorruptionError(f"{self.path} at byte {self._size}", f"checksum {checksum}", found)
        return None

    def _frame_at(self, offset: int) -> list[Entry]:
        if self._cached[0] != offset:
            size, _ = _HEAD.unpack(os.pread(self._descriptor, _HEAD.size, offset))
            self._cached = (offset, self._decode(os.pread(self._descriptor, size, offset + _HEAD.size)))
        return self._cached[1]

    def _decode(self, payload: bytes) -> list[Entry]:
        try:
            return _DECODER.decode(payload)
        except msgspec.MsgspecError as error:
            raise CorruptionError(str(self.path), "a list of entries", error) from error


class Store:
    """One user's files: today's, and the day's before for what has still to be sent again. A session's
    Journal.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._today: DayFile | None = None
        self._before: DayFile | None = None

    @property
    def session(self) -> str:
        """The session of the newest day kept; blank if there is none."""
        return self._today.session if self._today is not None else ""

    @property
    def next_number(self) -> int:
        """Number of the first record of that day's stream that has not been dealt with."""
        return self._today.next_number if self._today is not None else 1

    def load(self) -> list[Entry]:
        """Open what is kept; the entries of the newest day."""
        days = sorted(self._folder.glob("*.log")) if self._folder.is_dir() else []
        while days:
            self._today = DayFile(days[-1])
            entries = list(self._today.load())
            if entries:
                break
            self._today.close()  # died while the day was being begun: as if it had not been
            self._today = None
            days.pop().unlink()
        else:
            return []
        if len(days) > 1:
            self._before = DayFile(days[-2])
            deque(self._before.load(), maxlen=0)
        return entries

    def begin_day(self, session: str, began_utc_ms: int) -> Opened:
        """Begin a day's file; the numbers go on. Durable when this returns."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        before = self._today
        file = DayFile(self._folder / f"{session}.log")
        next_in, next_out = (before.next_in, before.next_out) if before is not None else (1, 1)
        opened = Opened(VERSION, session, next_in, next_out, began_utc_ms)
        file.append(opened)
        file.commit(is_durable=True)
        for folder in (self._folder, self._folder.parent):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        if self._before is not None:
            self._before.close()
        self._before, self._today = before, file
        return opened

    def append(self, entry: Entry) -> None:
        """Add to the present step."""
        self._file().append(entry)

    def commit(self, *, is_durable: bool) -> None:
        """End the present step."""
        if self._today is not None:
            self._today.commit(is_durable=is_durable)

    def close(self) -> None:
        """Close the files."""
        for file in (self._before, self._today):
            if file is not None:
                file.close()
        self._before = self._today = None

    # ---- the session's Journal

    @property
    def next_in(self) -> int:
        """See Journal."""
        return self._file().next_in

    @property
    def next_out(self) -> int:
        """See Journal."""
        return self._file().next_out

    def note_received(self, number: int, raw: bytes) -> None:
        """See Journal."""
        self.append(Received(number, raw))

    def note_sent(self, number: int, raw: bytes) -> None:
        """See Journal."""
        self.append(Sent(number, raw))

    def set_next_in(self, number: int) -> None:
        """See Journal."""
        self.append(NextIn(number))

    def reset(self) -> None:
        """See Journal."""
        self.append(Reset())

    def sent(self, number: int) -> bytes:
        """See Journal."""
        today = self._file()
        before = self._before if not today.was_reset else None
        return today.sent(number) or (before.sent(number) if before is not None else b"")

    def _file(self) -> DayFile:
        assert self._today is not None
        return self._today
