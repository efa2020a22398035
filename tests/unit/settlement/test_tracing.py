"""From a break to what made it, for every fault that can be planted and for a bank's."""

from pathlib import Path

import pytest

from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.clearing.fault import Fault
from settlement.store.breaks import KeptBreak, kept_breaks
from settlement.tracing import TraceRow, owner_of, trace
from settlement.vocabulary.chart import CASH
from settlement.vocabulary.entry_kinds import BreakKind
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.place import ACCOUNT, BANK, Place
from tests.unit.settlement.test_day import FEES, TRADES
from tests.unit.settlement.town import CEA, Town

#: the middle trade is 2: account 1003 buys 7 t of 1001 at 42.51
TOLD_OTHERWISE = {
    Fault.LOST_TRADE: ["trade 2: told, not cleared"],
    Fault.DOUBLED_TRADE: ["trade 4: cleared, never told"],
    Fault.ONE_FEN: [],
    Fault.ONE_TONNE: [],
    Fault.SWAPPED_ACCOUNT: ["trade 2: buyer_account_id 1003 told, 1002 cleared"],
    Fault.WRONG_VINTAGE: ["trade 2: contract_id 1 told, 2 cleared"],
}
IN_NO_LINE = "in the sums of the clearing and in no line"


def breaks_of(town: Town, what: BreakKind, asset_id: int | None = None) -> list[KeptBreak]:
    found = [one for one in kept_breaks(town.store) if one.found.what is what]
    return [one for one in found if asset_id in (None, one.found.asset_id)]


@pytest.mark.parametrize("fault", list(Fault))
def test_a_planted_fault_is_traced_to_the_trade_or_the_sum(tmp_path: Path, fault: Fault) -> None:
    town, shanghai = Town(tmp_path, fault=fault), FakeShanghai(**FEES)
    town.play(shanghai, TRADES)
    assert town.stage is Stage.REFUSED
    of_accounts = [*breaks_of(town, BreakKind.UNITS), *breaks_of(town, BreakKind.CASH)]
    assert of_accounts
    for one in of_accounts:
        shown = trace(town.store, one)
        assert sum(row.amount for row in shown.rows) == one.found.registry_amount
        assert shown.trades == TOLD_OTHERWISE[fault]
        assert owner_of(one) == "registry"
        of_sums = [row.amount for row in shown.rows if row.what == IN_NO_LINE]
        assert of_sums == {Fault.ONE_FEN: [-1], Fault.ONE_TONNE: [1]}.get(fault, [])

    town.kill()
    town.start()
    town.connect(shanghai)
    town.pump()
    assert town.stage is Stage.STATED
    for one in of_accounts:  # closed by the corrected run: it is still told where it came from
        [again] = [kept for kept in kept_breaks(town.store) if kept.break_id == one.break_id]
        assert not again.is_open
        assert trace(town.store, again).trades == TOLD_OTHERWISE[fault]


def test_the_figure_of_an_account_is_made_of_its_morning_and_its_trades(tmp_path: Path) -> None:
    town = Town(tmp_path, fault=Fault.DOUBLED_TRADE)
    town.play(FakeShanghai(), TRADES)
    [found] = [one for one in breaks_of(town, BreakKind.UNITS, CEA) if one.found.account_id == 1003]
    rows = trace(town.store, found).rows
    assert rows[0] == TraceRow("in the morning", 0), "the season begins on this very day"
    assert rows[1].amount == 1_000_000
    assert rows[2:] == [TraceRow("trade 2 bought from 1001", 7), TraceRow("trade 4 bought from 1001", 7)]


def test_a_total_is_drilled_down_to_its_accounts(tmp_path: Path) -> None:
    town = Town(tmp_path, fault=Fault.ONE_FEN)
    town.play(FakeShanghai(), TRADES)
    [total] = breaks_of(town, BreakKind.CASH_TOTAL)
    [of_account] = breaks_of(town, BreakKind.CASH)
    shown = trace(town.store, total)
    words = f"break {of_account.break_id}: cash of account {of_account.found.account_id}"
    assert shown.rows == [TraceRow(words, 1)]


def test_a_banks_break_is_its_own_to_explain(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.bank.sub_ledger[ACCOUNT] += 3
    place.bank.total += 5
    place.town.obey(place.town.city.bank_balance(BANK, place.bank.balance()))
    of_account, total = kept_breaks(place.town.store)
    assert {owner_of(one) for one in (of_account, total)} == {f"bank-{BANK}"}
    rows = trace(place.town.store, of_account).rows
    assert sum(row.amount for row in rows) == of_account.found.registry_amount
    assert trace(place.town.store, total).rows == [
        TraceRow(f"break 1: bank-sub-ledger of account {ACCOUNT}", 3),
        TraceRow("explained by no account", 2),
    ]
    assert total.found.asset_id == CASH
