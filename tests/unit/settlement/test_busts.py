"""Busts and corrections carried through both cities: cleared, confirmed and delivered as they stand."""

from datetime import date
from pathlib import Path

import pytest

from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.kinds import Kind
from settlement.clearing.fault import Fault
from settlement.errors import CorruptionError
from settlement.instructions import DayFinished, Tell
from settlement.ledger.balances import balances_now, member_cash, trading_units
from settlement.ledger.check import check_ledger
from settlement.store.breaks import open_breaks, read_reports
from settlement.store.cleared import read_clearing
from settlement.vocabulary.chart import CASH
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.test_day import FEES, TRADES
from tests.unit.settlement.town import Town


def opened(tmp_path: Path, fault: Fault | None = None) -> tuple[Town, FakeShanghai]:
    """Both cities in the middle of a day with trades."""
    town, shanghai = Town(tmp_path, fault=fault), FakeShanghai(**FEES)
    town.connect(shanghai)
    town.pump()
    for trade in TRADES:
        shanghai.trade(*trade)
    return town, shanghai


def assert_settled(town: Town, shanghai: FakeShanghai) -> None:
    """Delivered, equal to Shanghai's own balances in every account, nothing open."""
    assert town.stage is Stage.STATED
    assert open_breaks(town.store) == []
    assert shanghai.delivered is not None
    balances = balances_now(town.store)
    for key, pair in trading_units(balances).items():
        assert sum(pair) == shanghai.closing(key)
    for account, pair in member_cash(balances).items():
        assert sum(pair) == shanghai.closing((account, CASH))
    check_ledger(town.store)


@pytest.mark.parametrize("chunk", [1, 3, 1_000_000])
def test_a_busted_trade_moves_nothing_and_keeps_its_line(tmp_path: Path, chunk: int) -> None:
    town, shanghai = opened(tmp_path)
    shanghai.bust(2)
    shanghai.seal()
    town.pump(chunk)
    assert_settled(town, shanghai)
    clearing = read_clearing(town.store, shanghai.number, 1)
    assert len(clearing.lines) == len(TRADES)
    assert clearing.standing_count == len(TRADES) - 1
    line = clearing.lines[1]
    assert (line["match_id"], line["quantity_lots"], line["buyer_trading_fee_fen"]) == (2, 0, 0)
    assert any("trade 2 undone, reason 7" in tell.text for tell in town.told(Tell))  # type: ignore[union-attr]


def test_corrections_count_as_told_last(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    shanghai.bust(1, price=4_200, lots=299)
    shanghai.bust(1, price=4_100, lots=200)
    shanghai.bust(3)
    shanghai.seal()
    town.pump(2)
    assert_settled(town, shanghai)
    line = read_clearing(town.store, shanghai.number, 1).lines[0]
    assert (line["price_ticks"], line["quantity_lots"]) == (4_100, 200)


def test_a_bust_between_two_trades_is_proven_in_its_place(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai(**FEES)
    town.connect(shanghai)
    town.pump()
    shanghai.trade(*TRADES[0])
    shanghai.bust(1)
    for trade in TRADES[1:]:
        shanghai.trade(*trade)
    shanghai.bust(2, price=4_000, lots=1)
    shanghai.seal()
    town.pump(1)
    assert_settled(town, shanghai)


def test_a_day_on_which_all_was_undone_delivers_nothing(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    before = balances_now(town.store)
    for match_id in range(1, len(TRADES) + 1):
        shanghai.bust(match_id)
    shanghai.seal()
    town.pump()
    assert_settled(town, shanghai)
    assert {k: v for k, v in balances_now(town.store).items() if v} == {k: v for k, v in before.items() if v}
    assert read_reports(town.store)[-1].tonnes_lots == 0


def test_statements_say_what_was_undone(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    shanghai.bust(2)
    shanghai.seal()
    town.pump()
    _, buyer, seller, *_ = shanghai.trades[1]
    for account in (buyer, seller):
        text = (town.path.parent / "statements" / f"{shanghai.day}" / f"{account}.csv").read_text("utf-8-sig")
        assert f"trade,{shanghai.day},{account},2,CEA,已撤销 undone" in text


def test_a_planted_fault_on_a_day_with_a_bust_is_found_and_corrected(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path, fault=Fault.LOST_TRADE)
    shanghai.bust(2)
    shanghai.seal()
    town.pump()
    assert town.stage is Stage.REFUSED
    town.kill()
    town.start()
    town.connect(shanghai)
    town.pump()
    assert_settled(town, shanghai)


def test_a_bust_lost_on_the_line_is_corruption(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    shanghai.bust(2)
    shanghai.falsify(Kind.BUST_REPORT, "quantity_lots", 1)
    shanghai.seal()
    with pytest.raises(CorruptionError, match="seal"):
        town.pump()


def test_a_bust_of_a_trade_that_never_was_is_corruption(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    shanghai.bust(2)
    shanghai.falsify(Kind.BUST_REPORT, "match_id", 99)
    shanghai.seal()
    with pytest.raises(CorruptionError, match="trade 99"):
        town.pump()


def test_the_next_day_opens_on_what_stood(tmp_path: Path) -> None:
    town, shanghai = opened(tmp_path)
    shanghai.bust(2)
    shanghai.seal()
    town.pump()
    following = FakeShanghai(date(2021, 12, 17), **FEES)
    town.play(following, [])
    assert_settled(town, following)
    assert len(town.told(DayFinished)) == 2
