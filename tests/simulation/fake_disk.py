"""A disk in memory that keeps only what was synced: a crash drops, keeps or tears everything else.

It counts operations and can stop at any of them, so a test can crash a scripted day at every single point.
"""

import random
from collections.abc import Callable
from enum import Enum
from pathlib import Path

SECTOR_BYTES = 512


class Crashed(Exception):
    """The machine stopped here."""


class Survival(Enum):
    """What becomes of unsynced writes in a crash."""

    DROPPED = "dropped"
    KEPT = "kept"
    TORN = "torn"  # any subset of their sectors


class Inode:
    """One file's bytes: what reads see, what the platter has, and the writes between the two."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = bytearray(data)
        self.durable = bytes(data)
        self.unsynced: list[tuple[int, bytes]] = []

    def write(self, offset: int, data: bytes) -> None:
        _write(self.data, offset, data)
        self.unsynced.append((offset, data))

    def sync(self) -> None:
        self.durable = bytes(self.data)
        self.unsynced.clear()

    def after_crash(self, survival: Survival, rng: random.Random) -> "Inode":
        """The file as the next start finds it."""
        if survival is Survival.DROPPED:
            return Inode(self.durable)
        if survival is Survival.KEPT:
            return Inode(bytes(self.data))
        found = bytearray(self.durable)
        for offset, data in self.unsynced:
            for first in range(0, len(data), SECTOR_BYTES):
                if rng.random() < 0.5:
                    _write(found, offset + first, data[first : first + SECTOR_BYTES])
        return Inode(bytes(found))


class FakeDisk:
    """The engine's `Files` on this disk."""

    def __init__(self, crash_at: int | None = None) -> None:
        self.crash_at = crash_at
        self.operations = 0
        self.syncs = 0
        self._names: dict[Path, Inode] = {}
        self._durable_names: dict[Path, Inode] = {}
        self._name_changes: list[tuple[Path, Inode | None]] = []  # in order; None: removed
        self.before_sync: Callable[[], None] | None = None

    def after_crash(self, survival: Survival, seed: int = 0) -> "FakeDisk":
        """A new disk with what survived."""
        rng = random.Random(seed)
        names = dict(self._durable_names)
        changes = {Survival.DROPPED: 0, Survival.KEPT: len(self._name_changes)}.get(
            survival, rng.randint(0, len(self._name_changes))
        )
        for path, inode in self._name_changes[:changes]:
            _change(names, path, inode)
        disk = FakeDisk()
        for path, inode in names.items():
            disk._names[path] = inode.after_crash(survival, rng)
        disk._durable_names = dict(disk._names)
        return disk

    def flip_bit(self, path: Path, offset: int, bit: int = 0) -> None:
        """Damage one byte of the platter."""
        inode = self._names[path]
        inode.data[offset] ^= 1 << bit
        inode.sync()

    def _step(self) -> None:
        self.operations += 1
        if self.crash_at is not None and self.operations >= self.crash_at:
            raise Crashed(f"at operation {self.operations}")

    # ---- exchange.engine.files.Files

    def make_folder(self, path: Path) -> None:
        """Folders need no name of their own here."""

    def names(self, folder: Path) -> list[str]:
        depth = len(folder.parts)
        return sorted({path.parts[depth] for path in self._names if folder in path.parents})

    def create(self, path: Path) -> "FakeFile":
        if path in self._names:
            raise FileExistsError(path)
        inode = Inode()
        self._rename_step(path, inode)
        return FakeFile(self, inode)

    def open(self, path: Path) -> "FakeFile":
        return FakeFile(self, self._names[path])

    def read(self, path: Path) -> bytes:
        return bytes(self._names[path].data)

    def read_part(self, path: Path, offset: int, size_max: int) -> bytes:
        inode = self._names.get(path)
        return bytes(inode.data[offset : offset + size_max]) if inode is not None else b""

    def rename(self, source: Path, target: Path) -> None:
        inode = self._names[source]
        self._rename_step(target, inode)
        self._rename_step(source, None)

    def remove(self, path: Path) -> None:
        self._rename_step(path, None)

    def sync_folder(self, path: Path) -> None:
        self._step()
        for name, inode in self._name_changes:
            _change(self._durable_names, name, inode)
        self._name_changes.clear()

    def _rename_step(self, path: Path, inode: Inode | None) -> None:
        _change(self._names, path, inode)
        self._name_changes.append((path, inode))
        self._step()


class FakeFile:
    """An open file of the fake disk."""

    def __init__(self, disk: FakeDisk, inode: Inode) -> None:
        self._disk = disk
        self._inode = inode

    def write_at(self, offset: int, data: bytes | bytearray | memoryview) -> None:
        self._inode.write(offset, bytes(data))
        self._disk._step()  # stopped here the write was made but nothing says that it arrived

    def sync(self) -> None:
        self._disk._step()
        if self._disk.before_sync is not None:
            self._disk.before_sync()
        self._disk.syncs += 1
        self._inode.sync()

    def close(self) -> None:
        """Closing makes nothing durable."""


def _write(target: bytearray, offset: int, data: bytes) -> None:
    if len(target) < offset + len(data):
        target.extend(bytes(offset + len(data) - len(target)))
    target[offset : offset + len(data)] = data


def _change(names: dict[Path, Inode], path: Path, inode: Inode | None) -> None:
    if inode is None:
        names.pop(path, None)
    else:
        names[path] = inode
