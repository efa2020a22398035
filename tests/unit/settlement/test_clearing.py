"""Clearing against a plain oracle, its faults, and the entries of the delivery."""

from collections import defaultdict
from random import Random

import numpy as np
import pytest

from settlement.clearing.clear import clear
from settlement.clearing.delivery import delivery_entries
from settlement.clearing.fault import Fault, clear_with_fault
from settlement.clearing.lines import LINE, Rows
from settlement.ledger.entries import imbalance
from settlement.vocabulary.chart import CASH
from settlement.vocabulary.entry_kinds import EntryKind


def random_trades(seed: int, count: int, fee: int = 9) -> Rows:
    random = Random(seed)
    rows = []
    for match_id in range(1, count + 1):
        buyer, seller = random.sample(range(1001, 1011), 2)
        fees = [random.randrange(fee + 1) for _ in range(4)]
        rows.append(
            (
                match_id,
                buyer,
                seller,
                random.randrange(1, 4),
                0,
                random.randrange(100, 9_999),
                1 + match_id,
                *fees,
            )
        )
    return np.array(rows, LINE)


def plain_clear(trades: Rows) -> tuple[dict[tuple[int, int], list[int]], dict[int, list[int]]]:
    """The same in plain Python, trade by trade."""
    units: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    cash: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for _, buyer, seller, contract, _, price, lots, buyer_t, buyer_s, seller_t, seller_s in trades.tolist():
        units[buyer, contract][0] += lots
        units[seller, contract][1] += lots
        cash[buyer][0] += price * lots
        cash[seller][1] += price * lots
        for account, trading, settlement in ((buyer, buyer_t, buyer_s), (seller, seller_t, seller_s)):
            cash[account][2] += trading
            cash[account][3] += settlement
    return units, cash


@pytest.mark.parametrize("seed", range(5))
def test_clearing_equals_the_plain_oracle(seed: int) -> None:
    trades = random_trades(seed, 400)
    clearing = clear(trades)
    units, cash = plain_clear(trades)
    assert {(row[0], row[1]): row[2:] for row in map(list, clearing.units.tolist())} == units
    assert {row[0]: row[1:] for row in map(list, clearing.cash.tolist())} == cash
    assert clearing.units_changes().sum() == 0
    fees = clearing.trading_fees_fen + clearing.settlement_fees_fen
    assert clearing.cash_changes().sum() == -fees


def test_clearing_of_nothing_is_nothing() -> None:
    clearing = clear(np.zeros(0, LINE))
    assert (len(clearing.lines), len(clearing.units), len(clearing.cash)) == (0, 0, 0)
    assert delivery_entries(clearing, "2021-12-16", 1) == []


def test_sums_do_not_wrap_at_the_limits_of_a_day() -> None:
    """A thousand trades at the highest amount of one order: 4e14 fen, exact."""
    trades = np.array([(i, 1, 2, 1, 1, 1_000_000, 400_000, 0, 0, 0, 0) for i in range(1, 1_001)], LINE)
    clearing = clear(trades)
    assert clearing.amount_fen == 1_000 * 1_000_000 * 400_000
    assert clearing.cash_changes().tolist() == [-clearing.amount_fen, clearing.amount_fen]


def test_trades_out_of_order_are_refused() -> None:
    with pytest.raises(AssertionError, match="match order"):
        clear(random_trades(1, 3)[::-1])


def test_delivery_is_gross_and_balanced() -> None:
    trades = np.array(
        [(1, 10, 20, 1, 0, 4_000, 5, 3, 2, 3, 2), (2, 20, 10, 1, 0, 4_100, 5, 3, 2, 3, 2)], LINE
    )
    entries = delivery_entries(clear(trades), "2021-12-16", 2)

    assert [entry.kind for entry in entries] == [
        EntryKind.DELIVERY_UNITS,
        EntryKind.DELIVERY_CASH,
        EntryKind.TRADING_FEE,
        EntryKind.SETTLEMENT_FEE,
    ]
    assert all(not imbalance(entry) for entry in entries)
    amounts = {
        entry.kind: [(posting.account.owner_id, posting.amount) for posting in entry.postings]
        for entry in entries
    }
    assert amounts[EntryKind.DELIVERY_UNITS] == [(10, -5), (10, 5), (20, -5), (20, 5)]
    assert amounts[EntryKind.DELIVERY_CASH] == [(10, -20_000), (10, 20_500), (20, -20_500), (20, 20_000)]
    assert amounts[EntryKind.TRADING_FEE] == [(10, -6), (20, -6), (0, 12)]
    assert {posting.account.asset_id for posting in entries[1].postings} == {CASH}


def test_no_fees_no_fee_entries() -> None:
    kinds = [entry.kind for entry in delivery_entries(clear(random_trades(3, 9, fee=0)), "2021-12-16", 1)]
    assert kinds == [EntryKind.DELIVERY_UNITS, EntryKind.DELIVERY_CASH]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_is_a_real_fault(fault: Fault, seed: int) -> None:
    trades = random_trades(seed, 20)
    right = clear(trades)
    planted = clear_with_fault(fault, trades, range(1001, 1011), range(1, 4))
    wrong = planted.clearing
    same_units = wrong.units.tobytes() == right.units.tobytes()
    same_cash = wrong.cash.tobytes() == right.cash.tobytes()
    of_units_alone = fault in (Fault.ONE_TONNE, Fault.WRONG_VINTAGE)
    assert (same_units, same_cash) == (fault is Fault.ONE_FEN, of_units_alone)
    assert trades.tobytes() == right.lines.tobytes(), "the trades themselves stay as reported"
    lines = {Fault.LOST_TRADE: 19, Fault.DOUBLED_TRADE: 21}
    assert len(wrong.lines) == lines.get(fault, 20)
    if fault is Fault.ONE_FEN:
        assert abs(int(wrong.cash_changes().sum() - right.cash_changes().sum())) == 1
