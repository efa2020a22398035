"""A freeze takes what was matched: trades fail, the reserve covers and is paid back; no break is made."""

import json
from pathlib import Path

import pytest

from exchange.vocabulary.enums import Eligibility
from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.store.breaks import open_breaks
from settlement.store.defaults import owed_by, read_failures
from settlement.vocabulary.chart import CASH, Bucket, units
from settlement.vocabulary.operations import OperationKind, OperationState
from settlement.vocabulary.refusals import RefusalCode
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.place import ACCOUNT, DONE, ENTITY, NEXT_DAY, OPENING, RUNNING
from tests.unit.settlement.test_day import FEES
from tests.unit.settlement.test_freezes import MONEY, UNITS, Court
from tests.unit.settlement.town import CEA

BEN, CARL = 1002, 1003
LOTS = 1_000_000
RESERVE = 1_000_000_000


@pytest.fixture
def court(tmp_path: Path) -> Court:
    return Court(tmp_path, is_matched_frozen=True, reserve_fen=RESERVE)


def settle(court: Court) -> None:
    court.shanghai.seal()
    court.town.pump()
    assert court.town.stage is Stage.STATED
    court.work()


def trade(court: Court, buyer: int, seller: int, price: int, lots: int) -> None:
    court.shanghai.trade(buyer, seller, CEA, price, lots)
    court.town.pump()


def words_of_day(tmp_path: Path) -> list[str]:
    record = json.loads((tmp_path / "days" / "2021-12-16.json").read_text(encoding="utf-8"))
    return [one["what"] for one in record["happenings"]]


def test_units_that_a_court_takes_fail_the_newest_sale(court: Court, tmp_path: Path) -> None:
    trade(court, BEN, ACCOUNT, 4_000, 600_000)
    trade(court, CARL, ACCOUNT, 4_100, 300_000)
    asked = court.freeze(UNITS, 300_000)
    court.town.pump()
    assert court.state(asked) == RUNNING, "100,000 t are free"
    settle(court)

    assert court.state(asked) == DONE
    assert court.frozen(CEA) == 300_000
    assert [one.match_id for one in read_failures(court.town.store, court.town.day.trading_day).trades] == [2]
    assert court.balance(units(CEA, Bucket.TRADING_AVAILABLE, CARL)) == LOTS
    assert court.has(Bucket.MEMBER_CASH, CARL) == OPENING, "Carl has his money back, fees and all"
    assert words_of_day(tmp_path) == ["failed-trade"]
    statement = (tmp_path / "statements" / "2021-12-16" / f"{CARL}.csv").read_text(encoding="utf-8-sig")
    assert "交收失败 failed,买入 buy,41.00,0,0.00,0.00,0.00" in statement
    assert open_breaks(court.town.store) == [], "what failed is no break"
    court.agree()
    court.next_day()
    assert court.shanghai.opening[CARL, CASH] == OPENING
    court.finish()


def test_what_the_reserve_cannot_pay_fails_as_well(court: Court) -> None:
    trade(court, CARL, ACCOUNT, 8_000, 900_000)  # 72 million yuan come in
    trade(court, ACCOUNT, BEN, 17_000, 900_000)  # 153 million go out, of 172; the reserve has 10
    asked = court.freeze(UNITS, 1_900_000)
    court.town.pump()
    settle(court)

    failures = read_failures(court.town.store, court.town.day.trading_day)
    assert [(one.match_id, one.missing) for one in failures.trades] == [(1, "units"), (2, "cash")]
    assert failures.covers == {}
    assert (court.state(asked), court.frozen(CEA)) == (RUNNING, LOTS), "what she has; nothing came in"
    assert court.has(Bucket.MEMBER_CASH) == court.has(Bucket.MEMBER_CASH, BEN) == OPENING
    court.agree()


def test_a_small_shortfall_is_covered_and_recovered(court: Court, tmp_path: Path) -> None:
    trade(court, CARL, ACCOUNT, 1_000, 900_000)  # 9 million yuan come in
    trade(court, ACCOUNT, BEN, 12_000, 900_000)  # 108 million go out, of 109
    court.freeze(UNITS, 1_900_000)
    court.town.pump()
    settle(court)
    day = court.town.day.trading_day
    failures = read_failures(court.town.store, day)
    covered = 12_000 * 900_000 + court.shanghai.fees[BEN] - OPENING
    assert [one.match_id for one in failures.trades] == [1]
    assert failures.covers == {ACCOUNT: covered}
    assert court.has(Bucket.SETTLEMENT_RESERVE, 0) == RESERVE - covered
    assert court.has(Bucket.MEMBER_CASH) == 0
    assert words_of_day(tmp_path) == ["failed-trade", "cover"]
    court.agree()

    court.begin(FakeShanghai(NEXT_DAY, **FEES))
    may = court.shanghai.eligibility[ACCOUNT]
    assert not may & Eligibility.BUY, "who owes the reserve may not buy"
    refused = court.withdraw(1, "too early")
    assert (refused.state, refused.refusal) == (OperationState.REFUSED, RefusalCode.RESERVE_OWED)
    early = court.order(OperationKind.RECOVER, entity_id=ENTITY, amount_fen=1)
    assert early.refusal is RefusalCode.DAY_RUNS
    court.bank.pay_in(ACCOUNT, covered + 5, "makes good")
    court.work()
    court.shanghai.seal()
    court.town.pump()
    court.work()
    too_much = court.order(OperationKind.RECOVER, entity_id=ENTITY, amount_fen=covered + 1)
    assert too_much.refusal is RefusalCode.MORE_THAN_DUE
    half = covered // 2
    for amount_fen in (half, covered - half):
        assert (
            court.state(court.order(OperationKind.RECOVER, entity_id=ENTITY, amount_fen=amount_fen)) == DONE
        )
    assert owed_by(court.town.store, ACCOUNT) == 0
    assert court.has(Bucket.SETTLEMENT_RESERVE, 0) == RESERVE
    assert court.has(Bucket.MEMBER_CASH) == 5
    court.work()
    court.begin(FakeShanghai(NEXT_DAY.replace(day=20), **FEES))
    assert court.shanghai.eligibility.get(ACCOUNT, int(Eligibility.BUY)) & Eligibility.BUY
    settle(court)
    court.agree()


def test_cash_that_a_court_takes_of_what_was_spent_comes_from_the_reserve(court: Court) -> None:
    trade(court, ACCOUNT, BEN, 10_000, 990_000)  # 99 million yuan of 100
    fees = court.shanghai.fees[ACCOUNT]
    left = OPENING - 9_900_000_000 - fees
    asked = court.freeze(MONEY, left + 70_000_000)
    court.town.pump()
    settle(court)
    assert court.state(asked) == DONE
    assert court.frozen(CASH) == left + 70_000_000
    failures = read_failures(court.town.store, court.town.day.trading_day)
    assert (failures.trades, failures.covers) == ((), {ACCOUNT: 70_000_000})
    assert court.balance(units(CEA, Bucket.TRADING_AVAILABLE, ACCOUNT)) == LOTS + 990_000
    court.agree()


def test_untouched_is_the_setting_as_it_comes(tmp_path: Path) -> None:
    court = Court(tmp_path, reserve_fen=RESERVE)
    trade(court, BEN, ACCOUNT, 4_000, 900_000)
    asked = court.freeze(UNITS, 300_000)
    court.town.pump()
    settle(court)
    assert court.state(asked) == RUNNING, "100,000 t of it; the rest when units come in"
    assert court.balance(units(CEA, Bucket.TRADING_AVAILABLE, BEN)) == LOTS + 900_000
    court.agree()


def test_killed_after_delivery_nothing_fails_twice(court: Court) -> None:
    trade(court, BEN, ACCOUNT, 4_000, 600_000)
    court.freeze(UNITS, LOTS)
    court.town.pump()
    court.shanghai.seal()
    while court.town.stage not in (Stage.DELIVERED, Stage.STATED):
        court.town.pump(1)
    for _ in range(2):
        court.restart()
    assert court.town.stage is Stage.STATED
    assert [one.match_id for one in read_failures(court.town.store, court.town.day.trading_day).trades] == [1]
    court.work()
    court.agree()


def test_the_reserve_is_filled_from_the_settlement_fees(court: Court) -> None:
    court.finish()
    income = court.has(Bucket.SETTLEMENT_FEE_INCOME, 0)
    assert income > 10
    too_much = court.order(OperationKind.FUND_RESERVE, amount_fen=income + 1)
    assert too_much.refusal is RefusalCode.CASH_INSUFFICIENT
    assert court.state(court.order(OperationKind.FUND_RESERVE, amount_fen=10)) == DONE
    assert court.has(Bucket.SETTLEMENT_FEE_INCOME, 0) == income - 10
    assert court.has(Bucket.SETTLEMENT_RESERVE, 0) == RESERVE + 10
    court.agree()
