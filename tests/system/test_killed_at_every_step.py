"""SIGKILL of either city at every step of the day: the day completes once, conserved and reconciled."""

import json
import signal
import subprocess

import pytest

from settlement.day_end import Step
from tests.system.cities import MEMBERS, PATIENCE_S, Cities
from tests.system.dying import DEATHS

pytestmark = [pytest.mark.compiled, pytest.mark.timeout(2 * PATIENCE_S)]
DAY = "2021-12-16"
HELD = 3


def start(cities: Cities, victim: str, *options: str) -> subprocess.Popen[str]:
    return cities.start(
        *("tests.system.dying", victim, "serve", "--scenario", "season-2021", "--members", MEMBERS),
        *("--days", "1", "--once", *options),
    )


def assert_settled_once(cities: Cities) -> None:
    settled = cities.day(DAY)
    traded = json.loads((cities.data / "shanghai" / "days" / f"{DAY}.json").read_text())
    assert (settled["stage"], settled["breaks"]) == ("STATED", [])
    assert settled["settled_trades"] == traded["trades"] > 0
    assert settled["units_conserved"] and settled["cash_conserved"]
    assert cities.settlement("reconcile", "--day", DAY).returncode == 0
    assert cities.settlement("check").returncode == 0


def deaths(cities: Cities) -> set[str]:
    return set((cities.data / DEATHS).read_text().splitlines())


def test_wuhan_killed_at_every_step_settles_the_day_once(cities: Cities) -> None:
    """The first run is planted to be refused, so that holding and correcting are killed as well."""
    cities.start_exchange(day_seconds="8")
    cities.start_members()
    codes: list[int] = []
    while not codes or codes[-1] in (-signal.SIGKILL, HELD):
        codes.append(cities.wait(start(cities, "wuhan", "--plant", "one-fen")))
    assert codes[-1] == 0, cities.text()
    expected = {f"{step.value} {moment}" for step in Step for moment in ("before", "after")}
    # killed before, a hold is corrected at the next start; what people are told at the very end is told once
    unreached = {f"{Step.HOLD.value} after", f"{Step.TELL_DAY.value} before", f"{Step.TELL_DAY.value} after"}
    assert expected - deaths(cities) <= unreached
    assert_settled_once(cities)


def test_shanghai_killed_at_every_step_of_wuhan_settles_the_day_once(cities: Cities) -> None:
    exchange = cities.start_exchange(day_seconds="8")
    cities.start_members()
    wuhan = start(cities, "shanghai")
    while wuhan.poll() is None:
        if exchange.poll() is not None:
            (cities.data / "run" / "shanghai.json").unlink()
            exchange = cities.start_exchange(day_seconds="8")
        cities.until_one_ends(wuhan, exchange)
    assert wuhan.returncode == 0, cities.text()
    assert len(deaths(cities)) > len(Step)
    assert_settled_once(cities)
