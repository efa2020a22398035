"""Defaults at delivery, in their order: who fails, who is covered, and what never happens."""

from random import Random

import numpy as np
import pytest

from settlement.clearing.clear import clear
from settlement.clearing.failures import (
    NO_FAILURES,
    FailedTrade,
    Missing,
    Trading,
    delivered_of,
    find_failures,
)
from settlement.clearing.lines import LINE, Clearing

ANNA, BEN, CARL, DORA = 1, 2, 3, 4
CEA = 1


def trades(*rows: tuple[int, int, int, int]) -> Clearing:
    """(buyer, seller, price, lots) each, without fees."""
    lines = [
        (n, buyer, seller, CEA, 0, price, lots, 0, 0, 0, 0)
        for n, (buyer, seller, price, lots) in enumerate(rows, 1)
    ]
    return clear(np.array(lines, LINE))


def trading(
    units: dict[int, int], cash: dict[int, int], wanted_units: dict[int, int], wanted_cash: dict[int, int]
) -> Trading:
    """By account, of the one contract."""
    return Trading(
        {(account, CEA): lots for account, lots in units.items()},
        cash,
        {(account, CEA): lots for account, lots in wanted_units.items()},
        wanted_cash,
    )


def test_a_freeze_takes_what_is_left_and_what_comes_in_before_what_was_sold() -> None:
    day = trades((BEN, ANNA, 100, 10), (ANNA, CARL, 100, 6))
    has = trading({ANNA: 14, CARL: 6}, {BEN: 5_000, ANNA: 5_000}, {ANNA: 10}, {})
    assert find_failures(day, has, 0) == NO_FAILURES, "4 left and 6 bought are enough"


def test_units_that_are_missing_fail_the_newest_sales_and_each_whole() -> None:
    day = trades((BEN, ANNA, 100, 3), (CARL, ANNA, 100, 4), (BEN, ANNA, 100, 5))
    has = trading({ANNA: 12}, {BEN: 5_000, CARL: 5_000}, {ANNA: 6}, {})
    found = find_failures(day, has, 0)
    assert found.trades == (
        FailedTrade(2, ANNA, Missing.UNITS),
        FailedTrade(3, ANNA, Missing.UNITS),
    ), "six are wanted: the newest has five, so the one before it falls as well"
    assert found.covers == {}
    brought = delivered_of(day, found)
    assert brought.lines["quantity_lots"].tolist() == [3, 0, 0]
    assert brought.lines["price_ticks"].tolist() == [100, 100, 100], "a failed trade keeps its price"
    assert (brought.tonnes_lots, brought.amount_fen) == (3, 300)


def test_whoever_spent_the_proceeds_of_a_failed_trade_is_covered() -> None:
    day = trades((BEN, ANNA, 100, 10), (ANNA, CARL, 100, 9))
    has = trading({ANNA: 10, CARL: 9}, {BEN: 1_000, ANNA: 50}, {ANNA: 10}, {})
    has = has._replace(wanted_units={(ANNA, CEA): 19})
    found = find_failures(day, has, 10_000)
    assert [one.match_id for one in found.trades] == [1]
    assert found.covers == {ANNA: 850}, "900 for what she bought, of which she has 50"


def test_cash_that_a_freeze_takes_of_what_was_spent_is_covered_and_the_trade_stands() -> None:
    day = trades((ANNA, BEN, 100, 10))
    has = trading({BEN: 10}, {ANNA: 1_200}, {}, {ANNA: 700})
    found = find_failures(day, has, 10_000)
    assert (found.trades, found.covers) == ((), {ANNA: 500})


def test_more_than_was_spent_is_never_covered() -> None:
    day = trades((ANNA, BEN, 100, 10))
    has = trading({BEN: 10}, {ANNA: 1_000}, {}, {ANNA: 1_000_000})
    assert find_failures(day, has, 10_000).covers == {ANNA: 1_000}, "the rest of the order stays short"


def test_without_a_reserve_the_newest_purchases_fail_and_their_sellers_are_judged_again() -> None:
    day = trades((CARL, BEN, 100, 8), (ANNA, CARL, 100, 10), (ANNA, DORA, 100, 1))
    has = trading({BEN: 8, CARL: 10, DORA: 1}, {ANNA: 1_100, CARL: 0}, {}, {ANNA: 500})
    found = find_failures(day, has, 0)
    assert found.trades == (
        FailedTrade(1, CARL, Missing.CASH),  # spent what the second would have brought
        FailedTrade(2, ANNA, Missing.CASH),
        FailedTrade(3, ANNA, Missing.CASH),
    )
    assert found.covers == {}


def test_a_dependant_is_covered_before_who_caused_it() -> None:
    day = trades((CARL, BEN, 100, 8), (ANNA, CARL, 100, 10))
    has = trading({BEN: 8, CARL: 10}, {ANNA: 1_000, CARL: 0}, {}, {ANNA: 900})
    found = find_failures(day, has, 850)
    assert found.trades == (FailedTrade(2, ANNA, Missing.CASH),)
    assert found.covers == {CARL: 800}, "once the second has failed Carl needs the reserve, and it is enough"


def test_what_one_cannot_be_paid_is_left_for_who_comes_behind() -> None:
    day = trades((ANNA, CARL, 100, 1), (BEN, CARL, 100, 1))
    has = trading({CARL: 2}, {ANNA: 100, BEN: 100}, {}, {ANNA: 100, BEN: 5})
    found = find_failures(day, has, 10)
    assert [one.match_id for one in found.trades] == [1]
    assert found.covers == {BEN: 5}


def test_who_caused_it_by_units_waits_for_the_dependants_too() -> None:
    day = trades((DORA, ANNA, 100, 10), (ANNA, BEN, 100, 5), (DORA, CARL, 100, 1), (CARL, BEN, 100, 6))
    has = trading({ANNA: 10, BEN: 11, CARL: 1}, {DORA: 1_100, ANNA: 0, CARL: 500}, {ANNA: 15, CARL: 0}, {})
    has = has._replace(wanted_units={(ANNA, CEA): 15})
    found = find_failures(day, has, 100)
    assert (2, ANNA) in [(one.match_id, one.account_id) for one in found.trades]


def test_the_fees_of_a_sale_are_never_covered() -> None:
    lines = np.array([(1, BEN, ANNA, CEA, 0, 100, 10, 0, 0, 4, 3)], LINE)
    has = trading({ANNA: 10}, {BEN: 1_000, ANNA: 0}, {}, {ANNA: 5_000})
    assert find_failures(clear(lines), has, 10_000) == NO_FAILURES


def test_units_resold_on_the_same_day_fall_with_the_trade_that_brought_them() -> None:
    day = trades((BEN, ANNA, 100, 10), (CARL, BEN, 100, 10))
    has = trading({ANNA: 10}, {BEN: 1_000, CARL: 1_000}, {ANNA: 10}, {})
    assert [one.match_id for one in find_failures(day, has, 0).trades] == [1, 2]


@pytest.mark.parametrize("seed", range(60))
def test_whatever_fails_nobody_is_short_and_every_order_gets_what_was_there(seed: int) -> None:
    random = Random(seed)
    people = range(1, 7)
    units = {account: random.randint(50, 200) for account in people}
    cash = {account: random.randint(0, 40_000) for account in people}
    lots, fen = dict(units), dict(cash)
    lines = []
    for number in range(1, random.randint(2, 60)):
        buyer, seller = random.sample(people, 2)
        price, quantity = random.randint(50, 150), random.randint(1, 30)
        fees = [random.randint(0, 3) for _ in range(4)]
        if lots[seller] < quantity or fen[buyer] < price * quantity + fees[0] + fees[1]:
            continue
        if price * quantity < fees[2] + fees[3]:
            continue
        lots[seller] -= quantity  # what is bought is not sold again on that day
        fen[buyer] -= price * quantity + fees[0] + fees[1]
        fen[seller] += price * quantity - fees[2] - fees[3]
        lines.append((number, buyer, seller, CEA, 0, price, quantity, *fees))
    day = clear(np.array(lines, LINE))
    wanted_units = {account: random.randint(1, 250) for account in people if random.random() < 0.3}
    wanted_cash = {account: random.randint(1, 60_000) for account in people if random.random() < 0.3}
    reserve_fen = random.choice((0, 500, 5_000, 1_000_000))
    has = trading(units, cash, wanted_units, wanted_cash)

    found = find_failures(day, has, reserve_fen)
    brought = delivered_of(day, found)
    assert found == find_failures(day, has, reserve_fen), "the same again gives the same"
    assert found.covered_fen <= reserve_fen
    after_units, after_cash = dict(units), dict(cash)
    sold, spent = dict.fromkeys(people, 0), dict.fromkeys(people, 0)
    for line in brought.lines.tolist():
        _, buyer, seller, _, _, price, quantity, *fees = line
        after_units[buyer] += quantity
        after_units[seller] -= quantity
        after_cash[buyer] -= price * quantity + fees[0] + fees[1]
        after_cash[seller] += price * quantity - fees[2] - fees[3]
        sold[seller] += quantity
        spent[buyer] += price * quantity + fees[0] + fees[1]
    for account, covered in found.covers.items():
        after_cash[account] += covered
    for account in people:
        assert after_units[account] >= 0 and after_cash[account] >= 0
        if after_units[account] < wanted_units.get(account, 0):
            assert sold[account] == 0, "as long as an order is short no trade of that account is delivered"
        if after_cash[account] < wanted_cash.get(account, 0):
            assert spent[account] <= found.covers.get(account, 0), "or the reserve has paid for all of it"
    newest: dict[tuple[int, str], int] = {}
    for one in found.trades:
        newest.setdefault((one.account_id, one.missing), one.match_id)
    for (account, missing), first in newest.items():
        side = "seller" if missing == Missing.UNITS else "buyer"
        later = brought.lines[
            (brought.lines[f"{side}_account_id"] == account) & (brought.lines["match_id"] > first)
        ]
        assert not later["quantity_lots"].any(), "the newest fail first"
