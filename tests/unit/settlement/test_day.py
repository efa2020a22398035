"""A day of the two cities through the core: the commands Wuhan sends, the stages, the books afterwards."""

import json
from datetime import date
from pathlib import Path

import pytest

from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.kinds import Kind
from settlement.city import City
from settlement.errors import ConfigurationError, CorruptionError
from settlement.instructions import DayFinished, Tell
from settlement.ledger.balances import balances_now, member_cash, trading_units
from settlement.ledger.check import check_ledger
from settlement.reports.balances import balance_sheet
from settlement.reports.statements import read_day_book, statement
from settlement.store.breaks import read_reports
from settlement.vocabulary.banking import SETTLEMENT_BANK
from settlement.vocabulary.chart import CASH, Bucket, cash, units
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.town import CEA, CODES, Town

TRADES = [(1001, 1002, CEA, 4_200, 300), (1003, 1001, CEA, 4_251, 7), (1001, 1004, CEA, 4_190, 150_000)]
FEES = {"trading_fee_ppm": 333, "settlement_fee_ppm": 127}


def test_a_day_goes_through_every_stage_and_both_cities_agree(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai(**FEES)

    town.play(shanghai, TRADES)

    assert [Stage(stage).name for stage in shanghai.stages] == [
        "OPENING_SENT",
        "OPEN",
        "SEALED",
        "CLEARED",
        "CONFIRMED",
        "DELIVERED",
        "STATED",
    ]
    assert town.told(DayFinished) == [DayFinished(shanghai.number, 0)]
    assert shanghai.delivered is not None
    assert shanghai.delivered["record_count"] == 3
    assert shanghai.delivered["tonnes_lots"] == 150_307
    report = read_reports(town.store)[0]
    assert (report.settled_trades, report.break_count) == (3, 0)
    assert report.units_conserved
    assert report.cash_conserved


def test_the_ledger_holds_what_the_exchange_computed(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai(**FEES)

    town.play(shanghai, TRADES)

    balances = balances_now(town.store)
    for (account, contract), pair in trading_units(balances).items():
        assert pair == (shanghai.closing((account, contract)), 0)
    for account, pair in member_cash(balances).items():
        assert pair == (shanghai.closing((account, CASH)), 0)
    assert balances[units(CEA, Bucket.ISSUED)] == -4_000_000
    assert balances[units(CEA, Bucket.NATIONAL)] == 0
    amounts = [price * lots for _, _, _, price, lots in TRADES]
    assert balances[cash(Bucket.TRADING_FEE_INCOME)] == 2 * sum(-(-a * 333 // 1_000_000) for a in amounts)
    assert balances[cash(Bucket.SETTLEMENT_FEE_INCOME)] == 2 * sum(-(-a * 127 // 1_000_000) for a in amounts)
    assert balances[cash(Bucket.BANK, SETTLEMENT_BANK)] == -4 * 10_000_000_000


def test_opening_positions_come_from_booked_issuance(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai()

    town.connect(shanghai)
    town.pump()

    kinds = [row[0] for row in town.store.rows("SELECT kind FROM ledger_entry ORDER BY entry_id")]
    assert kinds == ["issue", "allocate", "to-trading", "deposit"]
    assert shanghai.is_open
    assert shanghai.opening[1002, CEA] == 1_000_000
    assert shanghai.opening[1002, CASH] == 10_000_000_000


def test_the_next_day_opens_with_what_was_bought(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.play(FakeShanghai(**FEES), TRADES)
    first = dict(town.shanghai.opening)
    second_day = FakeShanghai(date(2021, 12, 17), **FEES)

    town.play(second_day, [(1002, 1001, CEA, 4_300, 1_150_293)])

    assert second_day.opening[1001, CEA] == first[1001, CEA] + 150_293
    assert second_day.opening[1001, CASH] == town.shanghai.opening[1001, CASH]
    assert town.stage is Stage.STATED
    assert (1001, CEA) in trading_units(balances_now(town.store))
    assert trading_units(balances_now(town.store))[1001, CEA] == (0, 0)
    assert check_ledger(town.store).entries == 4 + 4 + 4


def test_a_day_without_trades_settles(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.play(FakeShanghai(), [])
    assert town.stage is Stage.STATED
    assert read_reports(town.store)[0].settled_trades == 0


def test_day_file_and_balance_sheet_say_the_same(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai(**FEES)
    town.play(shanghai, TRADES)

    written = json.loads((tmp_path / "days" / "2021-12-16.json").read_text())
    sheet = balance_sheet(town.store)

    assert written == {
        "date": "2021-12-16",
        "settled_trades": 3,
        "tonnes": 150_307,
        "amount_fen": sum(price * lots for _, _, _, price, lots in TRADES),
        "breaks": [],
        "stage": "STATED",
        "units_conserved": True,
        "cash_conserved": True,
        "happenings": [],
    }
    assert sheet["settled_trades"] == 3
    assert sheet["days"][0]["trades"] == 3
    expected = sorted([*key, shanghai.closing(key)] for key in shanghai.opening)
    assert sheet["balances"] == expected
    assert sheet["cleared_not_delivered"] == []


def test_a_statement_shows_opening_trades_fees_and_closing(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.play(FakeShanghai(), [])
    second_day = FakeShanghai(date(2021, 12, 17), **FEES)
    town.play(second_day, [(1001, 1002, CEA, 4_200, 300), (1003, 1001, CEA, 4_251, 7)])

    text = (tmp_path / "statements" / "2021-12-17" / "1001.csv").read_text(encoding="utf-8-sig")
    book = read_day_book(town.store, second_day.number, CODES)

    assert statement(book, 1001) == text
    rows = [line.split(",") for line in text.splitlines()]
    assert rows[1] == [
        "cash",
        "2021-12-17",
        "1001",
        "示例 0 Sample 0",
        "100000000.00",
        "99987691.62",
        "12600.00",
        "297.57",
        "4.30",
        "1.65",
        "0.00",
        "0.00",
        "0.00",
    ]
    assert rows[3] == [
        "holding",
        "2021-12-17",
        "1001",
        "CEA",
        "1000000",
        "300",
        "7",
        "0",
        "0",
        "1000293",
        "0",
    ]
    assert [row[3:10] for row in rows[5:]] == [
        ["1", "CEA", "挂牌 listed", "买入 buy", "42.00", "300", "12600.00"],
        ["2", "CEA", "挂牌 listed", "卖出 sell", "42.51", "7", "297.57"],
    ]


def test_the_first_statement_shows_deposit_and_allocation_as_coming_in(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.play(FakeShanghai(), [])
    text = (tmp_path / "statements" / "2021-12-16" / "1001.csv").read_text(encoding="utf-8-sig")
    rows = [line.split(",") for line in text.splitlines()]
    assert rows[1][4:6] == ["0.00", "100000000.00"]
    assert rows[1][10:] == ["100000000.00", "0.00", "0.00"]
    assert rows[3][4:] == ["0", "0", "0", "1000000", "0", "1000000", "0"]


def test_a_store_of_another_season_is_refused(tmp_path: Path) -> None:
    town = Town(tmp_path)
    with pytest.raises(ConfigurationError, match="expected that, found 'other' with 4"):
        City(town.store, town.season._replace(scenario="other"))


@pytest.mark.parametrize(
    ("kind", "field", "wrong"),
    [
        (Kind.SEAL_TOTALS, "match_count", 2),
        (Kind.SEAL_TOTALS, "control_hash", 12345),
        (Kind.SEAL_BALANCES, "cash_total_fen", 1),
        (Kind.SEAL_BALANCES, "fees_fen", 1),
    ],
)
def test_a_seal_that_does_not_add_up_stops_the_process(
    tmp_path: Path, kind: Kind, field: str, wrong: int
) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai()
    town.connect(shanghai)
    town.pump()
    for trade in TRADES:
        shanghai.trade(*trade)
    shanghai.seal()
    shanghai.falsify(kind, field, wrong)

    with pytest.raises(CorruptionError, match=field):
        town.pump()

    assert town.stage is Stage.SEALED


def test_a_stream_of_an_earlier_day_stops_the_process(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.play(FakeShanghai(date(2021, 12, 17)), TRADES)
    with pytest.raises(CorruptionError, match="2021-12-17 or later, found 2021-12-16"):
        town.play(FakeShanghai(), TRADES)


def test_a_stream_of_a_holiday_stops_the_process(tmp_path: Path) -> None:
    with pytest.raises(CorruptionError, match="a trading day, found 2021-12-18"):
        Town(tmp_path).play(FakeShanghai(date(2021, 12, 18)), TRADES)


def test_a_trade_of_an_unknown_account_stops_the_process(tmp_path: Path) -> None:
    with pytest.raises(CorruptionError, match="trading account 4711 that traded: expected open, found none"):
        Town(tmp_path).play(FakeShanghai(), [(4711, 1001, CEA, 4_200, 1)])


def test_many_equal_rejections_are_told_once(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai()
    town.connect(shanghai)
    town.pump()
    before = len(town.told(Tell))
    for _ in range(50):
        shanghai.reject(Kind.RESULT_CASH, 703)
    town.pump()
    assert len(town.told(Tell)) == before + 1
