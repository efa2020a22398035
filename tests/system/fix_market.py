"""A real exchange with its market open, and the FIX gateway as a process of its own that can be killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.gateway_market import DAY
from exchange.client import credentials_of
from exchange.config import RunConfig, keep
from tests.fix_initiator import Initiator, address
from tests.unit.net.running import Running

PATIENCE_S = 120


class BridgeProcess:
    """`exchange bridge fix` on a data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._log = (data / "bridge.log").open("ab")
        self.process = self._start()

    def kill(self) -> None:
        """SIGKILL: it can do nothing more."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE_S)
        (self.data / "run" / "bridge-fix.json").unlink()

    def start_again(self) -> None:
        self.process = self._start()

    def stop(self) -> int:
        """As a person would; the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(PATIENCE_S)
        self._log.close()
        return code

    def text(self) -> str:
        return (self.data / "bridge.log").read_text(encoding="utf-8", errors="replace")

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "exchange", "bridge", "fix", "--data", str(self.data)]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + PATIENCE_S
        while not (self.data / "run" / "bridge-fix.json").exists():
            assert process.poll() is None and time.monotonic() < deadline, self.text()
            time.sleep(0.01)
        return process


def introduce(running: Running) -> None:
    """Tell the programs of the data folder where the exchange listens."""
    (running.data / "run").mkdir()
    where = {"host": "127.0.0.1", "port": running.port, "pid": 0}
    (running.data / "run" / "shanghai.json").write_text(json.dumps(where), encoding="utf-8")
    keep(RunConfig(members=8, first_day=DAY), running.data)


def engine_of(data: Path, user: str, heartbeat_s: int = 30) -> Initiator:
    """A member's engine that has not connected yet."""
    return Initiator(user, credentials_of(data, user).password, heartbeat_s)


def logged_on(data: Path, user: str) -> Initiator:
    """A member's engine with an open session."""
    engine = engine_of(data, user)
    engine.log_on(address(data))
    return engine
