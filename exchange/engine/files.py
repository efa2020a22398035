"""The few file operations the engine needs, as an interface: tests put a disk behind it that loses writes."""

import os
from pathlib import Path
from typing import Final, Protocol

BLOCK_OF_ZEROS: Final = bytes(1 << 20)


class File(Protocol):
    """An open file, read and written at offsets."""

    def write_at(self, offset: int, data: bytes | bytearray | memoryview) -> None:
        """Write all of `data`; durable only after `sync`."""

    def sync(self) -> None:
        """Make the contents durable; any failure is an exception."""

    def close(self) -> None:
        """Close it; says nothing about durability."""


class Files(Protocol):
    """A file system."""

    def make_folder(self, path: Path) -> None:
        """Make a folder and its parents, private to this user."""

    def names(self, folder: Path) -> list[str]:
        """Sorted names in a folder; none when it does not exist."""

    def create(self, path: Path) -> File:
        """Make a new, empty file; an error when there is one."""

    def open(self, path: Path) -> File:
        """Open an existing file for writing."""

    def read(self, path: Path) -> bytes:
        """All of a file."""

    def read_part(self, path: Path, offset: int, size_max: int) -> bytes:
        """Up to so many bytes from an offset on; nothing beyond the end, or where there is no such file."""

    def rename(self, source: Path, target: Path) -> None:
        """Replace `target` at once; durable only after `sync_folder`."""

    def remove(self, path: Path) -> None:
        """Delete a file; durable only after `sync_folder`."""

    def sync_folder(self, path: Path) -> None:
        """Make names created, renamed and removed in a folder durable."""


class RealFile:
    """A file of the operating system."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write_at(self, offset: int, data: bytes | bytearray | memoryview) -> None:
        written = os.pwrite(self._descriptor, data, offset)
        if written != len(data):
            self._write_rest(offset, memoryview(data).cast("B"), written)

    def _write_rest(self, offset: int, data: memoryview, written: int) -> None:
        """A short write is legal: go on until the system takes all or says why not."""
        while written < len(data):
            written += os.pwrite(self._descriptor, data[written:], offset + written)

    def sync(self) -> None:
        os.fdatasync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)


class RealFiles:
    """The operating system's files."""

    def make_folder(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def names(self, folder: Path) -> list[str]:
        return sorted(os.listdir(folder)) if folder.is_dir() else []

    def create(self, path: Path) -> File:
        return RealFile(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))

    def open(self, path: Path) -> File:
        return RealFile(os.open(path, os.O_RDWR | os.O_CLOEXEC))

    def read(self, path: Path) -> bytes:
        return path.read_bytes()

    def read_part(self, path: Path, offset: int, size_max: int) -> bytes:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return b""
        try:
            return os.pread(descriptor, size_max, offset)
        finally:
            os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        os.replace(source, target)

    def remove(self, path: Path) -> None:
        path.unlink()

    def sync_folder(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_zeros(file: File, first: int, end: int) -> None:
    """Write zeros from `first` up to `end`.

    Written, not merely reserved: a sync into written space has no metadata to sync and is several times
    faster than one that grows the file or first touches a reserved block.
    """
    for offset in range(first, end, len(BLOCK_OF_ZEROS)):
        file.write_at(offset, BLOCK_OF_ZEROS[: end - offset])


def preallocate(files: Files, path: Path, size_bytes: int) -> File:
    """Make a file of written zeros, durable with its name."""
    file = files.create(path)
    write_zeros(file, 0, size_bytes)
    file.sync()
    files.sync_folder(path.parent)
    return file


def write_atomically(files: Files, path: Path, data: bytes) -> None:
    """Replace a file as a whole: after a crash there is the old one or the new one, never a part."""
    aside = path.with_name(path.name + ".new")
    if aside.name in files.names(path.parent):
        files.remove(aside)
    file = files.create(aside)
    try:
        file.write_at(0, data)
        file.sync()
    finally:
        file.close()
    files.rename(aside, path)
    files.sync_folder(path.parent)
