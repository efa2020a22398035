"""Faults that `--plant` puts into a clearing, so that anybody can see the two cities refuse it. Pure.

A fault is real: the run's stored lines and sums are wrong, and nothing downstream knows of it.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from exchange.vocabulary.units import format_yuan
from settlement.clearing.clear import clear
from settlement.clearing.lines import Clearing, Rows


class Fault(StrEnum):
    """What can be planted."""

    LOST_TRADE = "lost-trade"
    ONE_FEN = "one-fen"
    SWAPPED_ACCOUNT = "swapped-account"


class Planted(NamedTuple):
    """A wrong clearing, and what is wrong with it in words."""

    clearing: Clearing
    description: str


def clear_with_fault(fault: Fault, trades: Rows, accounts: Collection[int]) -> Planted:
    """Clear with a fault. Requires: a trade that stands, and at least three accounts for a swapped one."""
    standing = np.flatnonzero(trades["quantity_lots"])
    assert len(standing) > 0, "expected at least one trade that stands to plant a fault in"
    middle = int(standing[len(standing) // 2])
    match fault:
        case Fault.LOST_TRADE:
            return _lose(trades, middle)
        case Fault.SWAPPED_ACCOUNT:
            return _swap(trades, middle, accounts)
        case Fault.ONE_FEN:
            return _take_one_fen(trades)


def _lose(trades: Rows, index: int) -> Planted:
    lost = trades[index]
    kept = trades[[i for i in range(len(trades)) if i != index]]
    return Planted(
        clear(kept),
        f"trade {lost['match_id']} lost ({lost['quantity_lots']} t; buyer {lost['buyer_account_id']}, "
        f"seller {lost['seller_account_id']})",
    )


def _swap(trades: Rows, index: int, accounts: Collection[int]) -> Planted:
    wrong = trades.copy()
    trade = wrong[index]
    buyer = int(trade["buyer_account_id"])
    other = min(set(accounts) - {buyer, int(trade["seller_account_id"])})
    trade["buyer_account_id"] = other
    return Planted(clear(wrong), f"trade {trade['match_id']} booked to buyer {other} instead of {buyer}")


def _take_one_fen(trades: Rows) -> Planted:
    clearing = clear(trades)
    cash = clearing.cash.copy()
    seller = int(np.argmax(cash["sales_fen"] > 0))
    cash["sales_fen"][seller] -= 1
    got = format_yuan(int(cash["sales_fen"][seller]))
    description = f"account {cash['account_id'][seller]} credited one fen less for its sales ({got} yuan)"
    return Planted(clearing._replace(cash=cash), description)
