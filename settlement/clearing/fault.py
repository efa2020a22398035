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
    DOUBLED_TRADE = "doubled-trade"
    ONE_FEN = "one-fen"
    ONE_TONNE = "one-tonne"
    SWAPPED_ACCOUNT = "swapped-account"
    WRONG_VINTAGE = "wrong-vintage"  # of two contracts at least


class Planted(NamedTuple):
    """A wrong clearing, and what is wrong with it in words."""

    clearing: Clearing
    description: str


def can_plant(fault: Fault, trades: Rows, contracts: Collection[int]) -> bool:
    """Whether a day gives what a fault needs."""
    has_trade = bool(trades["quantity_lots"].any())
    return has_trade and (fault is not Fault.WRONG_VINTAGE or len(contracts) > 1)


def clear_with_fault(
    fault: Fault, trades: Rows, accounts: Collection[int], contracts: Collection[int]
) -> Planted:
    """Clear with a fault. Requires: can_plant, and at least three accounts for a swapped one."""
    standing = np.flatnonzero(trades["quantity_lots"])
    assert len(standing) > 0, "expected at least one trade that stands to plant a fault in"
    middle = int(standing[len(standing) // 2])
    match fault:
        case Fault.LOST_TRADE:
            return _lose(trades, middle)
        case Fault.DOUBLED_TRADE:
            return _double(trades, middle)
        case Fault.SWAPPED_ACCOUNT:
            return _swap(trades, middle, accounts)
        case Fault.ONE_FEN:
            return _take_one_fen(trades)
        case Fault.ONE_TONNE:
            return _add_one_tonne(trades)
        case Fault.WRONG_VINTAGE:
            return _mistake_vintage(trades, middle, contracts)


def _lose(trades: Rows, index: int) -> Planted:
    lost = trades[index]
    kept = trades[[i for i in range(len(trades)) if i != index]]
    return Planted(
        clear(kept),
        f"trade {lost['match_id']} lost ({lost['quantity_lots']} t; buyer {lost['buyer_account_id']}, "
        f"seller {lost['seller_account_id']})",
    )


def _double(trades: Rows, index: int) -> Planted:
    twice = np.concatenate((trades, trades[index : index + 1]))
    twice["match_id"][-1] = trades["match_id"].max() + 1
    trade = trades[index]
    description = f"trade {trade['match_id']} booked twice, also as {twice['match_id'][-1]}"
    return Planted(clear(twice), description)


def _mistake_vintage(trades: Rows, index: int, contracts: Collection[int]) -> Planted:
    wrong = trades.copy()
    trade = wrong[index]
    right = int(trade["contract_id"])
    other = min(set(contracts) - {right})
    trade["contract_id"] = other
    description = f"trade {trade['match_id']} booked as contract {other} instead of {right}"
    return Planted(clear(wrong), description)


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


def _add_one_tonne(trades: Rows) -> Planted:
    clearing = clear(trades)
    units = clearing.units.copy()
    buyer = int(np.argmax(units["bought_lots"] > 0))
    units["bought_lots"][buyer] += 1
    account, lots = units["account_id"][buyer], units["bought_lots"][buyer]
    description = f"account {account} credited one tonne more than it bought ({lots} t)"
    return Planted(clearing._replace(units=units), description)
