"""Files that are whole or not there, and one process at a time in a folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from settlement.errors import ConfigurationError


def write_atomically(target: Path, text: str) -> None:
    """Write aside, sync, rename, sync the folder; readable by the owner only."""
    aside = target.with_name(f".{target.name}.part")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def only_one(folder: Path, who: str) -> Iterator[None]:
    """One process at a time may write a store; the kernel drops the lock however the process ends."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"another {who} runs on {folder}; expected none: stop it first"
            ) from None
        yield
