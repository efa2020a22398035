"""`settlement serve` as a real process beside a real exchange: killed, restarted, asked over HTTP."""

import json
import os
import signal
import urllib.error
import urllib.request

import pytest

from tests.system.cities import PATIENCE_S, Cities

pytestmark = pytest.mark.timeout(2 * PATIENCE_S)


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
    cities.start_exchange(day_seconds="20", days=1)  # the operator's program takes seconds to start
    wuhan = cities.start_wuhan(days=1)
    cities.start_members(days=1)
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
        "banks": [{"bank": bank, "line": "down", "number": 0} for bank in (1, 2)],
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
