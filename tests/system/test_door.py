"""The door of the real Wuhan beside the real exchange: programs and people act through it."""

import os
import re
import signal
from typing import Any

import pytest

from exchange.client.door import Door, DoorAway, DoorRefused
from tests.system.cities import DAYS, PATIENCE_S, Cities

pytestmark = pytest.mark.timeout(2 * PATIENCE_S)
MOVE = {"entity_id": 1, "contract_id": 1, "lots": 300}


def ended(cities: Cities, door: Door, operation: dict[str, Any]) -> str:
    """The state in which an operation ends."""
    found = operation

    def is_over() -> bool:
        nonlocal found
        found = door.operation(operation["operation_id"])
        return found["state"] != "running"

    cities.until(is_over, f"operation {operation['operation_id']} to end")
    return str(found["state"])


def in_registry(door: Door) -> int:
    units = door.get("/v1/holdings")["units"]
    return sum(row["lots"] for row in units if row["bucket"] == "registry-available")


def test_a_member_moves_units_through_the_door_and_wuhan_may_die_in_between(cities: Cities) -> None:
    cities.start_exchange()
    wuhan = cities.start_wuhan(once=False)
    cities.until(lambda: cities.stage()[1] == "OPEN", "the day to open")
    with Door.open(cities.data, "holder-1") as door:
        moved = door.ask("to-registry", "move-1", **MOVE)
        assert ended(cities, door, moved) == "done"
        assert in_registry(door) == 300

        asked = door.ask("to-registry", "move-2", **MOVE)
        os.kill(wuhan.pid, signal.SIGKILL)
        wuhan.wait()
        with pytest.raises(DoorAway):
            door.ask("to-registry", "move-2", **MOVE)
    wuhan = cities.start_wuhan(once=False)
    cities.until(lambda: cities.stage()[1] != "DOWN", "Wuhan to be back")
    with Door.open(cities.data, "holder-1") as door:
        again = door.ask("to-registry", "move-2", **MOVE)
        assert again["operation_id"] == asked["operation_id"]
        assert ended(cities, door, again) == "done"
        assert in_registry(door) == 600
        with pytest.raises(DoorRefused, match="OUT_OF_SCOPE"):
            door.ask("to-registry", "move-3", **{**MOVE, "entity_id": 2})

    # people: the registry asks, another person approves, a revoked key is worth nothing
    fields = ("entity_id=2", "may_buy=true", "may_sell=false", "may_move=true", "reason=inquiry")
    said = cities.settlement("ask", "restrict-account", *fields, "--as", "registry-operator")
    waits = re.search(r"(\d+) restrict-account asked\n.*hash ([0-9a-f]{64})", said.stdout)
    assert waits, said.stdout + said.stderr
    wrong = cities.settlement("approve", waits[1], "0" * 64, "--as", "registry-reviewer")
    assert (wrong.returncode, "COMMAND_HASH" in wrong.stderr) == (1, True)
    right = cities.settlement("approve", waits[1], waits[2], "--as", "registry-reviewer")
    assert (right.returncode, "done" in right.stdout) == (0, True), right.stdout + right.stderr
    assert cities.settlement("key", "revoke", "registry-operator").returncode == 0
    late = cities.settlement("ask", "close-account", "entity_id=2", "--as", "registry-operator")
    assert (late.returncode, "KEY_UNKNOWN" in late.stderr) == (1, True)
    account = ("entity_id=41", "account_id=1041", "member_id=99", "province_id=1", "bank_id=1")
    names = ("kind=noise", "name_zh=新", "name_en=New", "--as", "registry-reviewer")
    opened = cities.settlement("ask", "open-account", *account, *names)
    assert (opened.returncode, "NOT_ALLOWED" in opened.stderr) == (1, True), opened.stderr
    assert cities.settlement("key", "replace", "registry-operator").returncode == 0
    again = cities.settlement("ask", "open-account", *account, *names[:3], "--as", "registry-operator")
    assert (again.returncode, "open-account asked" in again.stdout) == (0, True), again.stderr
    for command in (
        ("operations", "--state", "asked"),
        ("kinds",),
        ("outcome",),
        ("show", "/v1/holdings?entity_id=1"),
    ):
        shown = cities.settlement(*command, "--as", "registry-reviewer")
        assert shown.returncode == 0 and shown.stdout, command

    cities.until(lambda: cities.ask("/status")["days_stated"] == DAYS, "the days to end")
    wuhan.terminate()
    assert cities.wait(wuhan) == 0, cities.text()
    assert cities.day("2021-12-16")["breaks"] == []
    assert cities.settlement("check").returncode == 0
