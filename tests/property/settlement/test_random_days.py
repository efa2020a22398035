"""Random days of both cities: units and cash conserved, no negative, entries replayed equal the balances."""

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.rulebook.calendars import trading_calendar
from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.clearing.fault import Fault
from settlement.ledger.balances import balances_now, member_cash, trading_units
from settlement.ledger.check import check_ledger
from settlement.store.breaks import open_breaks, read_reports
from settlement.vocabulary.chart import CASH, CONTRA
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.town import CEA, CEA21, Town, holders

ACCOUNTS = (1001, 1002, 1003, 1004)
EXAMPLES = 40

trades = st.tuples(
    st.sampled_from(ACCOUNTS),
    st.sampled_from(ACCOUNTS),
    st.sampled_from((CEA, CEA21)),
    st.integers(100, 20_000),
    st.integers(1, 3_000),
)
day_plans = st.lists(trades, max_size=12)
rates = st.sampled_from((0, 1, 127, 333, 10_000))


def possible(shanghai: FakeShanghai, trade: tuple[int, int, int, int, int]) -> bool:
    """Prefunded, and nothing bought today is sold today: what the kernel's locks make sure of."""
    buyer, seller, contract, price, lots = trade
    sold = -min(shanghai.change.get((seller, contract), 0), 0)
    bought = max(shanghai.change.get((seller, contract), 0), 0)
    sellable = shanghai.opening.get((seller, contract), 0) - sold
    cost = price * lots * 102 // 100 + 2
    return buyer != seller and bought == 0 and sellable >= lots and shanghai.closing((buyer, CASH)) >= cost


def play(town: Town, shanghai: FakeShanghai, plan: list[tuple[int, int, int, int, int]]) -> int:
    """One day with what of the plan is possible; returns how many trades that was."""
    town.connect(shanghai)
    town.pump(3)
    done = 0
    for trade in plan:
        if possible(shanghai, trade):
            shanghai.trade(*trade)
            done += 1
    town.pump(3)
    shanghai.seal()
    town.pump(3)
    return done


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(days=st.lists(day_plans, min_size=1, max_size=3), trading_fee=rates, settlement_fee=rates)
def test_random_seasons_conserve_units_and_cash(
    days: list[list[tuple[int, int, int, int, int]]], trading_fee: int, settlement_fee: int
) -> None:
    people = tuple(
        holder._replace(opening_lots={CEA: 5_000, CEA21: 1_000}) for holder in holders(4, cash_fen=40_000_000)
    )
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder), people)
        day = date(2021, 12, 16)
        total = 0
        for plan in days:
            shanghai = FakeShanghai(day, trading_fee, settlement_fee)
            total += play(town, shanghai, plan)
            assert town.stage is Stage.STATED
            assert open_breaks(town.store) == [], "no false break"
            day = trading_calendar().next_trading_day(day)
        balances = balances_now(town.store)
        for asset in (CASH, CEA, CEA21):
            assert sum(amount for key, amount in balances.items() if key.asset_id == asset) == 0
        assert all(amount <= 0 if key.bucket in CONTRA else amount >= 0 for key, amount in balances.items())
        assert sum(map(sum, trading_units(balances).values())) == 4 * 6_000
        assert sum(map(sum, member_cash(balances).values())) <= 4 * 40_000_000
        check_ledger(town.store)
        assert sum(report.settled_trades for report in read_reports(town.store)) == total
        town.kill()


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(plan=day_plans, fault=st.sampled_from(list(Fault)), cut=st.integers(1, 9))
def test_every_planted_fault_on_a_random_day_is_found_and_corrected(
    plan: list[tuple[int, int, int, int, int]], fault: Fault, cut: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder), fault=fault)
        shanghai = FakeShanghai(trading_fee_ppm=333)
        if not play(town, shanghai, [trade for trade in plan if trade[2] == CEA]):
            assert town.stage is Stage.STATED
            town.kill()
            return
        assert town.stage is Stage.REFUSED
        named = {found.account_id for found in open_breaks(town.store)} - {0}
        traders = {account for trade in shanghai.trades for account in trade[1:3]}
        assert named
        assert named <= (set(ACCOUNTS) if fault is Fault.SWAPPED_ACCOUNT else traders)
        town.kill()
        town.start()
        town.connect(shanghai)
        town.pump(cut)
        assert town.stage is Stage.STATED
        assert open_breaks(town.store) == []
        check_ledger(town.store)
        town.kill()
