"""Clearing proper: trade by trade, gross, in match order (rulebook §2.2 art 7). Pure.

Gross means that every trade stands as its own line and purchases and sales are summed apart; nothing is
netted, so the result can be taken back line by line.
"""

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.limits import CONTRACTS_MAX
from settlement.clearing.lines import CASH_CHANGE, UNITS_CHANGE, Clearing, Rows

#: places of every trade's buyer and seller among the (account, contract) keys
Sides = tuple[NDArray[np.intp], NDArray[np.intp]]


def clear(trades: Rows) -> Clearing:
    """Clear a day's trades (LINE rows with ascending match ids). Complexity: O(n log n)."""
    match_ids = trades["match_id"]
    assert bool((match_ids[1:] > match_ids[:-1]).all()), "expected trades in match order"
    buyers = trades["buyer_account_id"] * CONTRACTS_MAX + trades["contract_id"]
    sellers = trades["seller_account_id"] * CONTRACTS_MAX + trades["contract_id"]
    keys, places = np.unique(np.concatenate((buyers, sellers)), return_inverse=True)
    sides = places[: len(trades)], places[len(trades) :]
    return Clearing(trades.copy(), _units(trades, keys, sides), _cash(trades, keys, sides))


def _units(trades: Rows, keys: NDArray[np.int64], sides: Sides) -> Rows:
    bought_at, sold_at = sides
    units = np.zeros(len(keys), UNITS_CHANGE)
    units["account_id"] = keys // CONTRACTS_MAX
    units["contract_id"] = keys % CONTRACTS_MAX
    np.add.at(units["bought_lots"], bought_at, trades["quantity_lots"])
    np.add.at(units["sold_lots"], sold_at, trades["quantity_lots"])
    return units


def _cash(trades: Rows, keys: NDArray[np.int64], sides: Sides) -> Rows:
    accounts, account_at = np.unique(keys // CONTRACTS_MAX, return_inverse=True)
    buyer_at, seller_at = account_at[sides[0]], account_at[sides[1]]
    amount = trades["price_ticks"] * trades["quantity_lots"]
    cash = np.zeros(len(accounts), CASH_CHANGE)
    cash["account_id"] = accounts
    np.add.at(cash["purchases_fen"], buyer_at, amount)
    np.add.at(cash["sales_fen"], seller_at, amount)
    np.add.at(cash["trading_fee_fen"], buyer_at, trades["buyer_trading_fee_fen"])
    np.add.at(cash["trading_fee_fen"], seller_at, trades["seller_trading_fee_fen"])
    np.add.at(cash["settlement_fee_fen"], buyer_at, trades["buyer_settlement_fee_fen"])
    np.add.at(cash["settlement_fee_fen"], seller_at, trades["seller_settlement_fee_fen"])
    return cash
