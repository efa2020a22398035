"""SQLite on a disk in memory that keeps only what was synced, so that a store can lose its power anywhere.

The same bytes and syncs that SQLite gives to the operating system go to `fake_disk.Inode`. Every operation is
logged, so that one run of a scripted day gives the disk as it was at each of them. A SQLite whose files are
Python's needs apsw; what survives a crash is read back with the ordinary sqlite3 from ordinary files.
"""

import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import apsw

from settlement.store.database import Store
from tests.simulation.fake_disk import Inode, Survival

NAME = "fake-disk"


class Operation(NamedTuple):
    """One change that SQLite made to a file. offset < 0: the file was removed; no data: it was synced."""

    file: str
    offset: int
    data: bytes | None
    size: int = -1  # >= 0: cut to that size


class Disk(apsw.VFS):
    """What SQLite asks of an operating system."""

    def __init__(self) -> None:
        self.log: list[Operation] = []
        self.files: dict[str, bytearray] = {}
        super().__init__(NAME, base="")

    def xOpen(self, name: Any, flags: list[int]) -> "File":
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else str(name)).name
        flags[1] = flags[0]
        self.files.setdefault(path, bytearray())
        return File(self, path)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        self.files.pop(Path(name).name, None)
        self.log.append(Operation(Path(name).name, -1, None))

    def xAccess(self, name: str, flags: int) -> bool:
        return Path(name).name in self.files

    def xFullPathname(self, name: str) -> str:
        return name

    def after_crash(self, operations: int, survival: Survival, seed: int) -> dict[str, bytes]:
        """The files as the next start finds them when the power failed after that many operations."""
        rng = random.Random(seed)
        inodes: dict[str, Inode] = {}
        for operation in self.log[:operations]:
            inode = inodes.setdefault(operation.file, Inode())
            if operation.size >= 0:
                del inode.data[operation.size :]
            elif operation.offset < 0:
                del inodes[operation.file]
            elif operation.data is None:
                inode.sync()
            else:
                inode.write(operation.offset, operation.data)
        return {name: bytes(inode.after_crash(survival, rng).data) for name, inode in inodes.items()}


class File:
    """An open file of the disk. One connection uses it, so locks are always granted."""

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk = disk
        self._name = name

    @property
    def _data(self) -> bytearray:
        return self._disk.files[self._name]

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._data[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._data.extend(bytes(max(0, offset + len(data) - len(self._data))))
        self._data[offset : offset + len(data)] = data
        self._disk.log.append(Operation(self._name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        del self._data[size:]
        self._disk.log.append(Operation(self._name, 0, None, size))

    def xSync(self, flags: int) -> None:
        self._disk.log.append(Operation(self._name, 0, None))

    def xFileSize(self) -> int:
        return len(self._data)

    def xLock(self, level: int) -> None:
        """Granted."""

    def xUnlock(self, level: int) -> None:
        """Done."""

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return 512

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xClose(self) -> None:
        """Closing makes nothing durable."""


class Connection:
    """An apsw connection with what `Store` uses of sqlite3's."""

    def __init__(self, path: str) -> None:
        self._apsw = apsw.Connection(path, vfs=NAME)

    @property
    def in_transaction(self) -> bool:
        return bool(self._apsw.in_transaction)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> "Cursor":
        return Cursor(self._apsw, self._apsw.execute(sql, tuple(values)))

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._apsw.executemany(sql, (tuple(row) for row in rows))

    def executescript(self, sql: str) -> None:
        self._apsw.execute(sql)

    def close(self) -> None:
        self._apsw.close()


class Cursor:
    """The cursor of one statement."""

    def __init__(self, connection: apsw.Connection, found: apsw.Cursor) -> None:
        self._connection = connection
        self._found = found

    def __iter__(self) -> Any:
        return iter(self._found)

    @property
    def rowcount(self) -> int:
        return self._connection.changes()

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._found.fetchall()

    def fetchone(self) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._found.fetchone()
        return found


def open_store(name: str = "wuhan.sqlite") -> Store:
    """A store on the disk, durable as `Store.open` makes it, without memory that processes share."""
    connection = Connection(name)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    return Store.durable(connection)  # type: ignore[arg-type]
