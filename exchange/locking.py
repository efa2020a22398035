"""One program at a time in one folder: a lock that the operating system drops however the program ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.errors import UsageError


@contextmanager
def only_one(lock: Path, problem: str, remedy: str) -> Iterator[None]:
    """Hold the lock file; raise UsageError at once when another program holds it."""
    lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(problem, remedy) from None
        yield
