"""Starts the real programs as a person would, and finds the processes they leave."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

RUN_TIMEOUT_S = 240


class UpRun:
    """One `exchange up` in a data folder of its own."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        command = [sys.executable, "-m", "exchange", "up", "--data", str(data), "--no-console", *options]
        data.parent.mkdir(parents=True, exist_ok=True)
        self._output = Path(tempfile.mkstemp(prefix=f"{data.name}-", suffix=".out", dir=data.parent)[1])
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )

    def wait(self, timeout_s: float = RUN_TIMEOUT_S) -> int:
        """Exit code; a run that takes too long is interrupted as a person would, and fails the test."""
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.interrupt()
            raise AssertionError(f"not done in {timeout_s} s:\n{self.text()}") from None

    def interrupt(self) -> int:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(120)  # both cities close their stores, beside whatever else runs

    def text(self) -> str:
        """All it has said so far."""
        return self._output.read_text(encoding="utf-8")

    def figures(self) -> dict[str, Any]:
        """The JSON object of the last line."""
        found: dict[str, Any] = json.loads(self.text().strip().splitlines()[-1])
        return found

    def until(self, condition: Callable[[], bool], what: str, timeout_s: float = 120) -> None:
        """Wait for something that the run brings about; fail with its output when it does not come."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            alive = self.process.poll() is None
            assert alive and time.monotonic() < deadline, f"waiting for {what}:\n{self.text()}{self.logs()}"
            time.sleep(0.02)

    def city_pid(self, name: str) -> int:
        """Process id that a city wrote beside its address."""
        return int(json.loads((self.data / "run" / f"{name}.json").read_text())["pid"])

    def logs(self) -> str:
        """The ends of all logs, for a failing test."""
        logs = sorted((self.data / "log").glob("*.log"))
        return "".join(f"\n--- {log.name}\n{_tail(log)}" for log in logs)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-25:])


def processes_of(data: Path) -> list[int]:
    """Living processes whose command line names the data folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes()
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if str(data).encode() in command and state != "Z":
                found.append(int(entry.name))
    return found
