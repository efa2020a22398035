"""Clearing proper: trade by trade, gross, in match order (rulebook §2.2 art 7). Pure.

Gross means that every trade stands as its own line and purchases and sales are summed apart; nothing is
netted, so the result can be taken back line by line.
"""

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.limits import CONTRACTS_MAX
from settlement.clearing.lines import CASH_CHANGE, UNITS_CHANGE, Clearing, Rows


def clear(trades: Rows) -> Clearing:
    """Clear a day's trades (LINE rows with ascending match ids). Complexity: O(n log n)."""
    match_ids = trades["match_id"]
    assert bool((match_ids[1:] > match_ids[:-1]).all()), "expected trades in match order"
    return Clearing(trades.copy(), _units(trades), _cash(trades))


def _units(trades: Rows) -> Rows:
    buyers = trades["buyer_account_id"] * CONTRACTS_MAX + trades["contract_id"]
    sellers = trades["seller_account_id"] * CONTRACTS_MAX + trades["contract_id"]
    keys, bought_at, sold_at = _index(buyers, sellers)
    units = np.zeros(len(keys), UNITS_CHANGE)
    units["account_id"] = keys // CONTRACTS_MAX
    units["contract_id"] = keys % CONTRACTS_MAX
    np.add.at(units["bought_lots"], bought_at, trades["quantity_lots"])
    np.add.at(units["sold_lots"], sold_at, trades["quantity_lots"])
    return units


def _cash(trades: Rows) -> Rows:
    accounts, buyer_at, seller_at = _index(trades["buyer_account_id"], trades["seller_account_id"])
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


def _index(
    buyers: NDArray[np.int64], sellers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.intp]]:
    """All keys ascending, and the place of each trade's buyer and seller among them."""
    keys, places = np.unique(np.concatenate((buyers, sellers)), return_inverse=True)
    return keys, places[: len(buyers)], places[len(buyers) :]
