"""Both cities and the simulated members as real processes in one data folder."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from exchange.config import RunConfig, keep

MEMBERS = "8"
DAYS = 2
DAY_SECONDS = "4"
PATIENCE_S = 240  # the first start compiles the kernel


class Cities:
    """Both cities and the simulated members, each a process of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.log = (data / "all.log").open("w+", encoding="utf-8")
        self.running: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments, "--data", str(self.data)],
            stdout=self.log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        self.running.append(process)
        return process

    def start_exchange(self, day_seconds: str = DAY_SECONDS, days: int = DAYS) -> subprocess.Popen[str]:
        process = self.start(
            *("exchange", "serve", "--days", str(days), "--day-seconds", day_seconds),
            *("--resume-after-restart", "0.2"),
        )
        self.until(lambda: (self.data / "run" / "shanghai.json").exists(), "Shanghai to listen")
        return process

    def start_wuhan(self, *options: str, once: bool = True, days: int = DAYS) -> subprocess.Popen[str]:
        """With `once` it ends with its last day; otherwise it stays, to be looked at."""
        return self.start(
            *("settlement", "serve", "--scenario", "season-2021", "--members", MEMBERS),
            *("--days", str(days), *(("--once",) if once else ()), *options),
        )

    def start_members(self, days: int = DAYS) -> subprocess.Popen[str]:
        return self.start(
            "exchange", "members", "--scenario", "season-2021", "--members", MEMBERS, "--days", str(days)
        )

    def until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"waiting for {what}:\n{self.text()}"
            time.sleep(0.02)

    def until_one_ends(self, *processes: subprocess.Popen[str]) -> None:
        self.until(lambda: any(one.poll() is not None for one in processes), "a process to end")

    def wait(self, process: subprocess.Popen[str]) -> int:
        try:
            return process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"not done:\n{self.text()}") from None

    def text(self) -> str:
        self.log.flush()
        return (self.data / "all.log").read_text(encoding="utf-8", errors="replace")

    def ask(self, path: str, token: str | None = None) -> Any:
        address = json.loads((self.data / "run" / "wuhan.json").read_text())
        given = (self.data / address["token_file"]).read_text().strip() if token is None else token
        request = urllib.request.Request(
            f"http://{address['host']}:{address['port']}{path}", headers={"Authorization": f"Bearer {given}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def stage(self) -> tuple[str | None, str, int]:
        """Day, stage and trades as /status says; nothing while Wuhan is not there."""
        try:
            found = self.ask("/status")
        except (OSError, ValueError):
            return None, "DOWN", 0
        return found["day"], found["stage"], found["trades"]

    def day(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.data / "wuhan" / "days" / f"{name}.json").read_text())
        return found

    def operate(self, *arguments: str) -> bool:
        """Act as the operator; False where the exchange refuses, as where the proceeds are spent."""
        command = [sys.executable, "-m", "exchange", "operator", *arguments]
        done = subprocess.run(
            [*command, "--data", str(self.data)],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0 or done.stdout.startswith("refused"), done.stdout + done.stderr
        return done.returncode == 0

    def settlement(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "settlement", *arguments, "--data", str(self.data)],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )


def make_cities(data: Path, profile: str) -> Iterator[Cities]:
    """Both cities under a profile; whatever still runs is stopped."""
    keep(RunConfig(members=int(MEMBERS), first_day=date(2021, 12, 16), profile=profile), data)
    made = Cities(data)
    yield made
    for process in made.running:
        if process.poll() is None:
            process.terminate()
    for process in made.running:
        process.wait(30)
    made.log.close()
