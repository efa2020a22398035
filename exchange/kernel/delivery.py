"""Units against cash: what a match moves on either side, out of the locks that were taken for it.

The taker's side of a match lives in counters (`taker_*`): a take may be cut into slices between two fills.
"""

import numpy as np

from exchange.kernel.access import Core, account_at, counters_of, holding_at, order_at
from exchange.kernel.book import side_of
from exchange.kernel.compiled import hot, signed
from exchange.kernel.constants import (
    BUY,
    PROCEEDS_REUSABLE,
    RESALE_SAME_DAY,
    SELL,
    SETTLEMENT_FEE,
    TRADING_FEE,
)
from exchange.kernel.risk import amount_with_fees, fee_on, lock_cash, lock_units


@hot
def set_taker(counters: np.void, order_id: int, account_id: int, login_id: int, user_reference: int) -> None:
    """Remember whose the taker's side of the coming matches is."""
    counters["taker_order_id"] = order_id
    counters["taker_account_id"] = account_id
    counters["taker_login_id"] = login_id
    counters["taker_reference"] = user_reference


@hot
def lock_of(contract: np.void, amount_fen: int, filled_fen: int) -> int:
    """What a buy needs for an amount after what it has filled: the amount and the growth of both fees."""
    trading, settlement = fee_step(contract, filled_fen, amount_fen)
    return amount_fen + trading + settlement


@hot
def lock_taker(
    counters: np.void,
    contract: np.void,
    account: np.void,
    holding: np.void,
    side: int,
    price_ticks: int,
    quantity_lots: int,
) -> None:
    """Set aside what a take or acceptance may need: units, or cash and fees at its worst price."""
    counters["taker_filled_fen"] = 0
    if side == SELL:
        counters["taker_lock_fen"] = 0
        lock_units(holding, quantity_lots)
        return
    amount = amount_with_fees(contract, price_ticks * quantity_lots)
    counters["taker_lock_fen"] = amount
    lock_cash(account, amount)
    holding["open_buys"] = signed(holding["open_buys"]) + quantity_lots


@hot
def release_taker(counters: np.void, account: np.void, holding: np.void, side: int, rest_lots: int) -> None:
    """Give back what a finished take did not need."""
    if side == SELL:
        lock_units(holding, -rest_lots)
        return
    lock_cash(account, -signed(counters["taker_lock_fen"]))
    counters["taker_lock_fen"] = 0
    holding["open_buys"] = signed(holding["open_buys"]) - rest_lots


@hot
def fee_step(contract: np.void, before_fen: int, amount_fen: int) -> tuple[int, int]:
    """Trading and settlement fee of a fill: the growth of the fee on the order's cumulative amount."""
    after = before_fen + amount_fen
    trading = fee_on(contract, TRADING_FEE, after) - fee_on(contract, TRADING_FEE, before_fen)
    settlement = fee_on(contract, SETTLEMENT_FEE, after) - fee_on(contract, SETTLEMENT_FEE, before_fen)
    return trading, settlement


@hot
def deliver(
    contract: np.void,
    account: np.void,
    holding: np.void,
    side: int,
    quantity_lots: int,
    amount_fen: int,
    fees_fen: int,
) -> None:
    """Move one side's units and cash for a fill out of its locks."""
    account["fees_today"] = signed(account["fees_today"]) + fees_fen
    account["trade_count"] = signed(account["trade_count"]) + 1
    if side == SELL:
        holding["locked"] = signed(holding["locked"]) - quantity_lots
        holding["sold_today"] = signed(holding["sold_today"]) + quantity_lots
        net = amount_fen - fees_fen
        account["proceeds_today"] = signed(account["proceeds_today"]) + net
        if signed(contract["parameters"][PROCEEDS_REUSABLE]) != 0:
            account["available"] = signed(account["available"]) + net
        else:
            account["proceeds_held"] = signed(account["proceeds_held"]) + net
        return
    account["locked"] = signed(account["locked"]) - amount_fen - fees_fen
    holding["open_buys"] = signed(holding["open_buys"]) - quantity_lots
    if signed(contract["parameters"][RESALE_SAME_DAY]) != 0:
        holding["available"] = signed(holding["available"]) + quantity_lots
    else:
        holding["bought_today"] = signed(holding["bought_today"]) + quantity_lots


@hot
def settle_order(
    state: Core, contract: np.void, slot: int, price_ticks: int, quantity_lots: int
) -> tuple[int, int]:
    """A resting order's half of a match: its units, cash and fees, and what remains of it; not its level."""
    counters = counters_of(state)
    order = order_at(state, slot)
    account_id = signed(order["account_id"])
    holding = holding_at(state, account_id, signed(order["contract_id"]))
    side = side_of(order)
    amount = price_ticks * quantity_lots
    filled = signed(order["filled_fen"])
    fees = fee_step(contract, filled, amount)
    cost = fees[0] + fees[1]
    order["filled_fen"] = filled + amount
    deliver(contract, account_at(state, account_id), holding, side, quantity_lots, amount, cost)
    order["remaining"] = signed(order["remaining"]) - quantity_lots
    if side == BUY:
        order["lock_fen"] = signed(order["lock_fen"]) - amount - cost
    counters["fees_fen"] = signed(counters["fees_fen"]) + cost
    return fees


@hot
def settle_taker(
    state: Core,
    contract: np.void,
    contract_id: int,
    account_id: int,
    side: int,
    quantity_lots: int,
    amount_fen: int,
) -> tuple[int, int]:
    """The command's half of a match: its units, cash and fees, and what remains of its lock."""
    counters = counters_of(state)
    holding = holding_at(state, account_id, contract_id)
    filled = signed(counters["taker_filled_fen"])
    fees = fee_step(contract, filled, amount_fen)
    cost = fees[0] + fees[1]
    counters["taker_filled_fen"] = filled + amount_fen
    deliver(contract, account_at(state, account_id), holding, side, quantity_lots, amount_fen, cost)
    if side == BUY:
        counters["taker_lock_fen"] = signed(counters["taker_lock_fen"]) - amount_fen - cost
    counters["fees_fen"] = signed(counters["fees_fen"]) + cost
    return fees
