"""`exchange up` as a person runs it: real processes, real sockets, real stores."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.official.rows import read_days
from exchange.commands.processes import free_port
from exchange.rulebook.scenarios import load_scenario
from tests.system.harness import UpRun, processes_of

FAST = ("--day-seconds", "5", "--members", "40")


def test_three_days_trade_settle_and_agree_and_a_wrong_balance_opens_no_fourth(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        # Bridges that cannot work: the one waits for its broker, the other ends; the market goes on.
        bridges = (
            "--websocket-port",
            str(taken.getsockname()[1]),
            "--mqtt",
            f"mqtt://127.0.0.1:{free_port()}",
        )
        run = UpRun(tmp_path / "season", "--once", "--days", "3", *FAST, *bridges)
        assert run.wait() == 0, run.text() + run.logs()
    assert "bridge websocket ended with 2, the market goes on without it" in run.text()
    assert run.text().count("choose another --port") == 1
    assert "refused; trying again" in (run.data / "log" / "bridge-mqtt.log").read_text()
    figures = run.figures()
    assert figures["days"] == 3
    assert figures["breaks"] == 0
    assert figures["units_conserved"] is True
    assert figures["cash_conserved"] is True
    assert figures["settled_trades"] == figures["trades"] > 0
    assert figures["listed_tonnes"] + figures["block_tonnes"] == figures["tonnes"]
    for official in load_scenario("season-2021").window(date(2021, 12, 16), 3):
        day = json.loads((run.data / "shanghai" / "days" / f"{official.date}.json").read_text())
        assert abs(day["listed_tonnes"] - official.listed_lots) <= official.listed_lots // 10, official.date
        assert day["block_tonnes"] > 0, official.date
        _compare_bulletin(run.data / "bulletin" / f"{official.date}.csv", day)
    _make_last_bulletin_again(run.data, tmp_path / "again")
    assert processes_of(run.data) == []
    assert (run.data / "report.html").stat().st_size > 10_000
    assert 0 < figures["surrendered_tonnes"] < figures["due_tonnes"]
    assert figures["signed_days"] == 3

    with closing(sqlite3.connect(run.data / "wuhan" / "wuhan.sqlite")) as books:
        books.execute("UPDATE ledger_balance SET balance = balance + 7 WHERE ledger_account_id = 43")
        books.execute("UPDATE ledger_balance SET balance = balance - 7 WHERE ledger_account_id = 44")
        books.commit()
    second = UpRun(run.data, "--once", "--days", "4", *FAST)
    assert second.wait() == 2
    assert "STOPPED" in second.text()
    assert "expected" in second.text()


def _compare_bulletin(path: Path, day: dict[str, Any]) -> None:
    """Written by itself at the day's end, with Shanghai's own figures."""
    (published,) = read_days(path)
    (row,) = published.contracts
    kept = day["contracts"]["CEA"]
    prices = (row.open_ticks, row.high_ticks, row.low_ticks, row.close_ticks, row.previous_close_ticks)
    assert prices == tuple(kept[name] for name in ("open", "high", "low", "close", "base"))
    volumes = (row.listed_lots, row.listed_fen, row.block_lots, row.block_fen)
    assert volumes == tuple(kept[name] for name in ("listed_lots", "listed_fen", "block_lots", "block_fen"))
    assert published.composite is not None
    assert published.composite.close_ticks == day["composite"]["close"]


def _make_last_bulletin_again(data: Path, out: Path) -> None:
    """By hand, when the exchange is gone: the journal gives the same bytes."""
    command = [sys.executable, "-m", "exchange", "bulletin", "--data", str(data), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    made = {path.name: path.read_bytes() for path in out.iterdir()}
    assert len(made) == 4
    assert made == {name: (data / "bulletin" / name).read_bytes() for name in made}


def test_a_planted_fault_is_refused_and_its_account_named(tmp_path: Path) -> None:
    run = UpRun(tmp_path / "season", "--once", "--days", "1", "--plant", "doubled-trade", *FAST)
    assert run.wait() == 1, run.text() + run.logs()
    figures = run.figures()
    assert figures["breaks"] >= 1
    assert "HELD" in run.text()
    assert "break: account 1" in run.text()
    assert processes_of(run.data) == []


def test_a_second_run_goes_on_where_ctrl_c_stopped_the_first(tmp_path: Path) -> None:
    data = tmp_path / "season"
    first = UpRun(data, "--once", "--days", "3", *FAST)
    first.until(lambda: (data / "wuhan" / "days" / "2021-12-16.json").exists(), "the first day's end")
    first.interrupt()
    assert processes_of(data) == []
    second = UpRun(data, "--once", "--days", "3", *FAST)
    assert second.wait() == 0, second.text() + second.logs()
    assert second.figures()["days"] == 3
    assert second.figures()["breaks"] == 0
    other = UpRun(data, "--once", "--days", "3", "--members", "41")
    assert other.wait() == 2
    assert "members = 40" in other.text()
    assert "--fresh" in other.text()


def test_whoever_is_killed_in_the_middle_of_a_day_loses_nothing(tmp_path: Path) -> None:
    """The exchange on the first day, the registry on the second; on the third the members are told to go."""
    data = tmp_path / "season"
    slow = ("--resume-after-restart", "0.5", "--day-seconds", "8", "--members", "40")
    run = UpRun(data, "--once", "--days", "3", *slow)
    run.until(lambda: _journal_bytes(data) > 60_000, "orders of the first day")
    before = run.city_pid("shanghai")
    _kill(before)
    run.until(lambda: (data / "wuhan" / "days" / "2021-12-16.json").exists(), "the first day's end")
    assert run.city_pid("shanghai") != before

    known = _journal_bytes(data)
    run.until(lambda: _journal_bytes(data) > known + 60_000, "orders of the second day")
    _kill(run.city_pid("wuhan"))
    run.until(lambda: (data / "wuhan" / "days" / "2021-12-17.json").exists(), "the second day's end")

    known = _journal_bytes(data)
    run.until(lambda: _journal_bytes(data) > known + 60_000, "orders of the third day")
    (members,) = [pid for pid in processes_of(data) if b"members" in _command(pid)[3:5]]
    os.kill(members, signal.SIGTERM)

    assert run.wait() == 0, run.text() + run.logs()
    figures = run.figures()
    assert figures["settled_trades"] == figures["trades"] > 0
    assert (figures["breaks"], figures["signed_days"]) == (0, 3)
    assert "died (SIGKILL)" in run.text()
    assert "left before the end" in run.text()


def _command(pid: int) -> list[bytes]:
    return (Path("/proc") / str(pid) / "cmdline").read_bytes().split(b"\0")


def test_a_folder_in_use_and_impossible_wishes_touch_nothing(tmp_path: Path) -> None:
    data = tmp_path / "season"
    run = UpRun(data, "--once", "--days", "1", "--day-seconds", "30")
    run.until(lambda: (data / "run" / "shanghai.json").exists(), "the exchange")
    second = UpRun(data, "--once", "--days", "1")
    assert second.wait() == 2
    assert "another run is using" in second.text()
    serve = subprocess.run(
        [sys.executable, "-m", "exchange", "serve", "--data", str(data)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert serve.returncode == 2
    assert "another exchange is running" in serve.stderr
    assert (data / "run" / "shanghai.json").exists()
    run.interrupt()
    wrong = UpRun(data, "--fresh", "--days", "400")
    assert wrong.wait() == 2
    assert (data / "run.json").exists(), "a run that cannot be played must not remove the season"
    elsewhere = UpRun(data, "--fresh", "--redis", "redis://store.example")
    assert elsewhere.wait() == 2
    assert "use rediss://store.example:6379" in elsewhere.text()
    assert (data / "run.json").exists()


def _journal_bytes(data: Path) -> int:
    """Bytes of records written into today's journal: segments are preallocated, so zeros do not count."""
    total = 0
    for segment in (data / "shanghai" / "journal").glob("*/*.journal"):
        with segment.open("rb") as file:
            while (record := file.read(64)) and record.strip(b"\0"):
                total += 64
    return total


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def test_five_troubles_are_planted_and_every_day_ends_reconciled(tmp_path: Path) -> None:
    """A refused result, two freezes, a bust and a cut line; the day files tell of each."""
    run = UpRun(tmp_path / "data", "--once", "--days", "5", "--troubles", *FAST)
    assert run.wait() == 0, run.text() + run.logs()
    figures = run.figures()
    assert (figures["days"], figures["breaks"]) == (5, 0)
    assert figures["settled_trades"] == figures["trades"] > 0
    assert figures["units_conserved"] and figures["cash_conserved"]
    days = sorted((tmp_path / "data" / "wuhan" / "days").iterdir())
    told = [{one["what"] for one in json.loads(day.read_text())["happenings"]} for day in days]
    assert told == [{"refused-run", "restart"}, {"freeze"}, {"bust"}, {"freeze"}, {"line-cut"}]
    assert "line cut, came back" in (tmp_path / "data" / "report.html").read_text()
