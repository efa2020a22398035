"""What cannot be booked yet holds the day: transfers and open holds; never settled wrong."""

import json
from pathlib import Path

import pytest

from exchange.vocabulary.enums import HoldKind, HoldState
from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.instructions import DayFinished, DayHeld, Tell
from settlement.ledger.check import check_ledger
from settlement.store.breaks import Break, open_breaks
from settlement.vocabulary.chart import CASH
from settlement.vocabulary.entry_kinds import BreakKind
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.test_day import FEES, TRADES
from tests.unit.settlement.town import CEA, Town


def opened(tmp_path: Path) -> tuple[Town, FakeShanghai]:
    """Both cities in the middle of a day with trades."""
    town, shanghai = Town(tmp_path), FakeShanghai(**FEES)
    town.connect(shanghai)
    town.pump()
    for trade in TRADES:
        shanghai.trade(*trade)
    town.pump()
    return town, shanghai


def seal(town: Town, shanghai: FakeShanghai) -> None:
    """The end of the day in Shanghai."""
    shanghai.seal()
    town.pump()


def assert_held(town: Town, shanghai: FakeShanghai, *breaks: Break) -> None:
    """Refused before anything was cleared, with these breaks open, and everybody told."""
    assert town.stage is Stage.REFUSED
    assert [Stage(stage).name for stage in shanghai.stages[-2:]] == ["SEALED", "REFUSED"]
    assert shanghai.delivered is None
    assert open_breaks(town.store) == list(breaks)
    assert town.store.number("SELECT COUNT(*) FROM clearing_line", ()) == 0
    held = town.told(DayHeld)
    assert len(held) == 1
    assert all(str(found.account_id) in held[0].description for found in breaks)  # type: ignore[union-attr]
    assert any("will be held" in tell.text and tell.is_grave for tell in town.told(Tell))  # type: ignore[union-attr]
    written = json.loads((town.path.parent / "days" / f"{shanghai.day}.json").read_text())
    assert (written["stage"], written["settled_trades"]) == ("REFUSED", 0)
    assert [found["what"] for found in written["breaks"]] == [found.what.value for found in breaks]
    check_ledger(town.store)


@pytest.mark.parametrize("state", [HoldState.BOOKED, HoldState.COMMITTED])
def test_a_balance_moved_by_the_registry_holds_the_day(tmp_path: Path, state: HoldState) -> None:
    town, shanghai = opened(tmp_path)
    shanghai.hold_changed(1004, CASH, 500, transfer_id=9, state=state)
    seal(town, shanghai)
    assert_held(town, shanghai, Break(1004, CASH, BreakKind.TRANSFER, 500, 0))


def test_a_hold_that_is_open_at_the_seal_holds_the_day(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    shanghai.hold_changed(1004, CEA, 40, transfer_id=9, state=HoldState.GRANTED)
    shanghai.seal_hold(1004, CEA, 40, transfer_id=9, kind=HoldKind.UNITS_TO_REGISTRY)
    seal(town, shanghai)
    assert_held(town, shanghai, Break(1004, CEA, BreakKind.HOLD, 40, 0))


def test_holds_that_moved_nothing_hold_nothing(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    for state in (HoldState.REFUSED, HoldState.GRANTED, HoldState.RELEASED):
        shanghai.hold_changed(1004, CASH, 500, transfer_id=9, state=state)
    seal(town, shanghai)
    assert town.stage is Stage.STATED
    assert town.told(DayFinished) == [DayFinished(shanghai.number, 0)]


def test_a_restart_finds_the_day_held_again(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    shanghai.hold_changed(1004, CASH, 500, transfer_id=9, state=HoldState.BOOKED)
    seal(town, shanghai)
    town.kill()
    town.start()
    town.said.clear()
    town.connect(shanghai)
    town.pump()
    assert (town.stage, town.day.run) == (Stage.REFUSED, 2)
    assert len(town.told(DayHeld)) == 1
    assert open_breaks(town.store) == [Break(1004, CASH, BreakKind.TRANSFER, 500, 0)]
