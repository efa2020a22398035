"""The follower as a real process: an exchange killed in mid-session comes back from what it wrote."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.system.harness import UpRun, processes_of

OPTIONS = ("--once", "--days", "2", "--resume-after-restart", "0.5", "--day-seconds", "10", "--members", "40")


def _snapshots(data: Path) -> list[Path]:
    return sorted((data / "shanghai" / "snapshots").glob("*.snapshot"))


def _follower(data: Path) -> int:
    (pid,) = [pid for pid in processes_of(data) if b"snapshot" in _command(pid)]
    return pid


def _command(pid: int) -> list[bytes]:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return []


def _exchange(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "exchange", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def test_an_exchange_killed_in_mid_session_comes_back_from_a_snapshot(tmp_path: Path) -> None:
    data = tmp_path / "season"
    run = UpRun(data, *OPTIONS)
    run.until(lambda: len(_snapshots(data)) >= 2, "two snapshots")
    follower = _follower(data)
    before = run.city_pid("shanghai")
    os.kill(before, signal.SIGKILL)
    run.until(lambda: run.city_pid("shanghai") != before, "the exchange's restart")
    os.kill(follower, signal.SIGKILL)
    assert run.wait() == 0, run.text() + run.logs()
    figures = run.figures()
    assert figures["settled_trades"] == figures["trades"] > 0
    assert figures["breaks"] == 0
    assert "from the snapshot at command" in (data / "log" / "shanghai.log").read_text()
    assert "snapshots died (SIGKILL); starting it again" in run.text()
    assert processes_of(data) == []
    proven = _exchange("check", "--data", str(data))
    assert "0 snapshots proven" not in proven.splitlines()[-1]


def test_a_snapshot_can_be_made_by_hand_and_told_again(tmp_path: Path) -> None:
    data = tmp_path / "season"
    run = UpRun(data, "--once", "--days", "1", "--day-seconds", "5", "--members", "8")
    assert run.wait() == 0, run.text() + run.logs()
    for path in _snapshots(data):
        path.unlink()
    arguments = ("snapshot", "--data", str(data), "--once")
    assert "snapshot at command" in _exchange(*arguments)
    assert "nothing new since the last snapshot" in _exchange(*arguments)
    assert len(_snapshots(data)) == 1


def test_an_exchange_alone_has_its_follower_and_takes_it_along(tmp_path: Path) -> None:
    data = tmp_path / "season"
    played = UpRun(data, "--once", "--days", "1", "--day-seconds", "5", "--members", "8")
    assert played.wait() == 0, played.text() + played.logs()
    for end in (signal.SIGKILL, signal.SIGTERM):
        serve_and_end(data, tmp_path / "serve.log", end)


def serve_and_end(data: Path, output: Path, end: signal.Signals) -> None:
    (data / "run" / "shanghai.json").unlink(missing_ok=True)  # a killed exchange leaves its address
    command = [sys.executable, "-m", "exchange", "serve", "--data", str(data), "--days", "2"]
    with output.open("wb") as log:
        serving = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        _until(lambda: len(processes_of(data)) == 2, "the exchange and its follower")
        _until(lambda: (data / "run" / "shanghai.json").exists(), "the exchange's address")
        assert any(b"snapshot" in _command(pid) for pid in processes_of(data))
        serving.send_signal(end)
        serving.wait(30)
        _until(lambda: processes_of(data) == [], "the end of both")
    finally:
        serving.kill()
        serving.wait(30)


def _until(condition: Callable[[], bool], what: str, timeout_s: float = 120) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"waiting for {what}"
        time.sleep(0.02)
