"""Planted faults: Shanghai refuses, the day is held, breaks name the accounts, a corrected run settles."""

import json
from datetime import date
from pathlib import Path

import pytest

from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.kinds import Kind
from settlement.clearing.fault import Fault
from settlement.instructions import DayHeld, Tell
from settlement.ledger.check import check_ledger
from settlement.reports.balances import balance_sheet
from settlement.store.breaks import open_breaks, read_reports
from settlement.store.days import steps_done
from settlement.vocabulary.chart import CASH
from settlement.vocabulary.entry_kinds import BreakKind
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.test_day import FEES, TRADES
from tests.unit.settlement.town import CEA, CEA21, Town

#: fault -> accounts whose units differ, accounts whose cash differs; the fault is in the middle trade
EXPECTED = {
    Fault.LOST_TRADE: ({1001, 1003}, {1001, 1003}),
    Fault.DOUBLED_TRADE: ({1001, 1003}, {1001, 1003}),
    Fault.ONE_FEN: (set(), {1001}),
    Fault.ONE_TONNE: ({1001}, set()),
    Fault.WRONG_VINTAGE: ({1001, 1003}, set()),
    Fault.SWAPPED_ACCOUNT: ({1002, 1003}, {1002, 1003}),
}


@pytest.mark.parametrize("fault", list(Fault))
def test_a_planted_fault_is_refused_and_its_accounts_named(tmp_path: Path, fault: Fault) -> None:
    town, shanghai = Town(tmp_path, fault=fault), FakeShanghai(**FEES)

    town.play(shanghai, TRADES)

    units, cash = EXPECTED[fault]
    breaks = open_breaks(town.store)
    assert {b.account_id for b in breaks if b.what is BreakKind.UNITS} == units
    assert {b.account_id for b in breaks if b.what is BreakKind.CASH} == cash
    assert town.stage is Stage.REFUSED
    assert Stage(shanghai.stages[-1]) is Stage.REFUSED
    assert shanghai.delivered is None
    held = town.told(DayHeld)
    assert len(held) == 1
    assert all(str(account) in held[0].description for account in units | cash)  # type: ignore[union-attr]
    assert any("PLANTED FAULT" in tell.text for tell in town.told(Tell))  # type: ignore[union-attr]


@pytest.mark.parametrize("fault", list(Fault))
def test_a_held_day_delivers_nothing_and_its_file_says_so(tmp_path: Path, fault: Fault) -> None:
    town, shanghai = Town(tmp_path, fault=fault), FakeShanghai(**FEES)

    town.play(shanghai, TRADES)

    written = json.loads((tmp_path / "days" / "2021-12-16.json").read_text())
    assert written["stage"] == "REFUSED"
    assert written["settled_trades"] == 0
    assert len(written["breaks"]) >= 1
    assert {found["account_id"] for found in written["breaks"]} >= EXPECTED[fault][0] | EXPECTED[fault][1]
    keeps_cash = fault in (Fault.SWAPPED_ACCOUNT, Fault.ONE_TONNE, Fault.WRONG_VINTAGE)
    assert written["cash_conserved"] is keeps_cash
    assert check_ledger(town.store).blocks == 4, "only the founding blocks"
    sheet = balance_sheet(town.store)
    assert sheet["balances"] == sorted([*key, amount] for key, amount in shanghai.opening.items())
    differing = {
        (account, contract)
        for account, contract, amount in sheet["cleared_not_delivered"]
        if amount != shanghai.closing((account, contract))
    }
    units, cash = EXPECTED[fault]
    contracts = (CEA, CEA21) if fault is Fault.WRONG_VINTAGE else (CEA,)
    assert differing == {(a, one) for a in units for one in contracts} | {(a, CASH) for a in cash}
    assert sheet["settled_trades"] == 0
    assert sheet["breaks"]


@pytest.mark.parametrize("fault", list(Fault))
def test_after_a_restart_a_corrected_run_is_confirmed(tmp_path: Path, fault: Fault) -> None:
    town, shanghai = Town(tmp_path, fault=fault), FakeShanghai(**FEES)
    town.play(shanghai, TRADES)
    town.kill()
    town.start()

    town.connect(shanghai)
    town.pump()

    assert town.stage is Stage.STATED
    assert town.day.run == 2
    assert shanghai.delivered is not None
    assert open_breaks(town.store) == []
    reasons = [row[0] for row in town.store.rows("SELECT closing_reason FROM reconciliation_break")]
    assert reasons
    assert set(reasons) == {"found no more after run 2 of 2021-12-16"}
    assert read_reports(town.store)[0].settled_trades == 3
    assert (2, "deliver") in steps_done(town.store, shanghai.number)
    assert check_ledger(town.store).blocks == 5


def test_a_held_day_is_not_cleared_again_by_a_mere_reconnect(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path, fault=Fault.ONE_FEN), FakeShanghai()
    town.play(shanghai, TRADES)
    sent = len(shanghai.commands)

    town.connect(shanghai)
    town.pump()

    assert [command["kind"] for command in shanghai.commands[sent:]] == [Kind.STAGE]
    assert town.stage is Stage.REFUSED


def test_a_run_sent_again_after_its_refusal_was_lost_is_refused_once(tmp_path: Path) -> None:
    """The refusal is in the stream, but Wuhan died before reading it and sends the same run again."""
    town, shanghai = Town(tmp_path, fault=Fault.LOST_TRADE), FakeShanghai()
    town.connect(shanghai)
    town.pump()
    for trade in TRADES:
        shanghai.trade(*trade)
    shanghai.seal()
    first = town.day.next_number
    town.obey(town.city.take(first, shanghai.events(first)))
    assert shanghai.refused_run == 1
    town.kill()
    town.start()
    town.connect(shanghai)
    town.pump()
    assert town.stage is Stage.REFUSED
    assert len(town.told(DayHeld)) == 1


def test_the_fault_waits_for_a_day_with_trades_and_comes_once(tmp_path: Path) -> None:
    town = Town(tmp_path, fault=Fault.ONE_FEN)
    town.play(FakeShanghai(), [])
    assert town.stage is Stage.STATED
    second_day = FakeShanghai(date(2021, 12, 17))
    town.play(second_day, TRADES)
    assert town.stage is Stage.REFUSED
    town.kill()
    town.start()
    town.connect(second_day)
    town.pump()
    third_day = FakeShanghai(date(2021, 12, 20))
    town.play(third_day, TRADES)
    assert town.stage is Stage.STATED
    assert third_day.is_confirmed
