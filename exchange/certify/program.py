"""The program under examination: a process that is started and watched, or one that a person starts."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from exchange.client.credentials import Address, Credentials

ENVIRONMENT: Final = ("TWO_CITY_HOST", "TWO_CITY_PORT", "TWO_CITY_CREDENTIALS")
STOP_TIMEOUT_S: Final = 5.0
LOOK_S: Final = 0.02


class Program:
    """Any executable: host, port and credentials file are its last arguments and in its environment."""

    def __init__(self, command: Sequence[str], folder: Path, say: Callable[[str], None]) -> None:
        """An empty command: a person starts the program when told to."""
        self._command = tuple(command)
        self._folder = folder
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """Everything that the program prints."""
        return self._folder / "program.log"

    def start(self, name: str, address: Address, credentials: Credentials) -> None:
        """Start it with these credentials."""
        self.stop()
        path = self._folder / f"{name}.json"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(msgspec.json.encode(credentials))
        where = (address.host, str(address.port), str(path))
        if not self._command:
            self._say(f"start your program now: host {where[0]}, port {where[1]}, credentials {where[2]}")
            return
        environment = {**os.environ, **dict(zip(ENVIRONMENT, where, strict=True))}
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [*self._command, *where],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
            )

    @property
    def exit_code(self) -> int | None:
        """None while it runs, or when a person runs it."""
        return None if self._process is None else self._process.poll()

    def wait(self, timeout_s: float, or_when: Callable[[], bool] = lambda: False) -> int | None:
        """Its exit code; None when it still runs then, or when a person runs it."""
        if self._process is None:
            return None
        deadline = time.monotonic() + timeout_s
        while self._process.poll() is None and time.monotonic() < deadline and not or_when():
            time.sleep(LOOK_S)
        return self._process.returncode

    @property
    def is_ours(self) -> bool:
        """Whether we started it, and so can tell how it ends."""
        return self._process is not None

    def stop(self) -> None:
        """End it if it still runs."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
