"""`settlement serve` as a real process beside a real exchange: killed, restarted, asked over HTTP."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exchange.config import RunConfig, keep

MEMBERS = "8"
DAYS = 2
DAY_SECONDS = "4"
PATIENCE_S = 240  # the first start compiles the kernel

pytestmark = pytest.mark.timeout(2 * PATIENCE_S)


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

    def start_exchange(self, day_seconds: str = DAY_SECONDS) -> subprocess.Popen[str]:
        process = self.start(
            *("exchange", "serve", "--days", str(DAYS), "--day-seconds", day_seconds),
            *("--resume-after-restart", "0.2"),
        )
        self.until(lambda: (self.data / "run" / "shanghai.json").exists(), "Shanghai to listen")
        return process

    def start_wuhan(self, *options: str) -> subprocess.Popen[str]:
        return self.start(
            *("settlement", "serve", "--scenario", "season-2021", "--members", MEMBERS),
            *("--days", str(DAYS), "--once", *options),
        )

    def start_members(self) -> subprocess.Popen[str]:
        return self.start(
            "exchange", "members", "--scenario", "season-2021", "--members", MEMBERS, "--days", str(DAYS)
        )

    def until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"waiting for {what}:\n{self.text()}"
            time.sleep(0.02)

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


@pytest.fixture
def cities(tmp_path: Path) -> Iterator[Cities]:
    yield from make_cities(tmp_path, "test")


@pytest.fixture
def national_cities(tmp_path: Path) -> Iterator[Cities]:
    yield from make_cities(tmp_path, "national")


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


def test_wuhan_killed_in_mid_session_settles_everything_once(cities: Cities) -> None:
    cities.start_exchange()
    wuhan = cities.start_wuhan()
    cities.start_members()
    cities.until(lambda: cities.stage()[2] > 20, "trades")

    os.kill(wuhan.pid, signal.SIGKILL)
    wuhan.wait()
    wuhan = cities.start_wuhan()

    assert cities.wait(wuhan) == 0, cities.text()
    for name in ("2021-12-16", "2021-12-17"):
        settled, traded = (
            cities.day(name),
            json.loads((cities.data / "shanghai" / "days" / f"{name}.json").read_text()),
        )
        assert settled["stage"] == "STATED"
        assert settled["breaks"] == []
        assert settled["settled_trades"] == traded["trades"] > 0
        assert settled["units_conserved"]
        assert settled["cash_conserved"]
        assert cities.settlement("reconcile", "--day", name).returncode == 0
    assert cities.settlement("check").returncode == 0


def test_exchange_killed_in_mid_session_loses_no_trade(cities: Cities) -> None:
    exchange = cities.start_exchange()
    wuhan = cities.start_wuhan()
    cities.start_members()
    cities.until(lambda: cities.stage()[2] > 20, "trades")

    os.kill(exchange.pid, signal.SIGKILL)
    exchange.wait()
    (cities.data / "run" / "shanghai.json").unlink()
    seen = cities.stage()[2]
    cities.start_exchange()

    assert cities.wait(wuhan) == 0, cities.text()
    assert cities.day("2021-12-16")["settled_trades"] >= seen
    assert cities.day("2021-12-16")["breaks"] == cities.day("2021-12-17")["breaks"] == []
    assert cities.settlement("check").returncode == 0


def test_a_planted_fault_holds_the_day_until_a_second_start(cities: Cities) -> None:
    exchange = cities.start_exchange()
    wuhan = cities.start_wuhan("--plant", "one-fen")
    members = cities.start_members()

    assert cities.wait(wuhan) == 3, cities.text()
    held = cities.day("2021-12-16")
    assert held["stage"] == "REFUSED"
    assert held["settled_trades"] == 0
    assert any(found["account_id"] >= 1001 for found in held["breaks"])
    assert "PLANTED FAULT one-fen" in cities.text()

    wuhan = cities.start_wuhan()
    assert cities.wait(wuhan) == 0, cities.text()
    assert cities.day("2021-12-16")["stage"] == cities.day("2021-12-17")["stage"] == "STATED"
    assert cities.wait(members) == 0
    assert cities.wait(exchange) == 0


def test_a_trade_undone_and_one_corrected_by_the_operator_are_settled_as_they_stand(
    national_cities: Cities,
) -> None:
    cities = national_cities
    cities.start_exchange(day_seconds="20")  # the operator's program takes seconds to start
    wuhan = cities.start_wuhan()
    cities.start_members()
    cities.until(lambda: cities.stage()[2] > 20, "trades")

    undone = next(match_id for match_id in range(1, 11) if cities.operate("bust", str(match_id)))
    corrected = next(
        match_id
        for match_id in range(undone + 1, 21)
        if cities.operate("correct", str(match_id), "--price", "41.50", "--tonnes", "1", "--reason", "9")
    )

    assert cities.wait(wuhan) == 0, cities.text()
    day = cities.day("2021-12-16")
    traded = json.loads((cities.data / "shanghai" / "days" / "2021-12-16.json").read_text())
    assert (day["stage"], day["breaks"]) == ("STATED", [])
    assert day["settled_trades"] == traded["trades"]
    assert day["units_conserved"]
    assert day["cash_conserved"]
    assert f"trade {undone} undone" in cities.text()
    assert f"trade {corrected} corrected to 1 t at 41.50 yuan, reason 9" in cities.text()
    assert cities.settlement("reconcile", "--day", "2021-12-16").returncode == 0
    assert cities.settlement("check").returncode == 0


def test_http_status_answers_only_with_the_token(cities: Cities) -> None:
    wuhan = cities.start_wuhan()
    cities.until(lambda: cities.stage()[1] != "DOWN", "Wuhan's HTTP status")

    with pytest.raises(urllib.error.HTTPError, match="401"):
        cities.ask("/status", token="wrong")
    assert cities.ask("/status") == {
        "day": None,
        "stage": "WAITING",
        "run": 1,
        "line": "down",
        "queue": 0,
        "next_number": 1,
        "trades": 0,
        "breaks": 0,
        "days_stated": 0,
        "is_held": False,
    }
    assert cities.ask("/days") == []
    assert cities.ask("/breaks") == []
    token = cities.data / "credentials" / "wuhan-api.token"
    assert token.stat().st_mode & 0o777 == 0o600
    second = cities.start_wuhan()
    assert cities.wait(second) == 2
    assert "another Wuhan runs" in cities.text()
    wuhan.terminate()
    assert cities.wait(wuhan) == 0
    assert not (cities.data / "run" / "wuhan.json").exists()
