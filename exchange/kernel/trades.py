"""The newest trades, kept so that they can be undone: a ring, and the figures of what has left it."""

import numpy as np

from exchange.kernel.access import Core, contract_at, counters_of, trade_at, trades_in
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import BOOK, COMPOSITE_WEIGHT, FORGOTTEN, ONE, TRADE_UNDONE, ZERO
from exchange.kernel.figures import count_trade, move_composite


@cold
def forget_trade(state: Core, row: int) -> None:
    """Count a trade about to be overwritten in the figures of trades no longer kept, as it stands."""
    trade = trade_at(state, row)
    if signed(trade["state"]) == TRADE_UNDONE:
        return
    contract = contract_at(state, signed(trade["contract_id"]))
    part = signed(trade["part"])
    price = signed(trade["price"])
    previous = count_trade(contract, FORGOTTEN + part, price, signed(trade["lots"]))
    weight = signed(contract["parameters"][COMPOSITE_WEIGHT])
    if part == BOOK and weight > 0:
        move_composite(counters_of(state), ONE, weight * (price - previous))


@hot
def keep_trade(
    state: Core,
    contract_id: int,
    part: int,
    buyer_id: int,
    seller_id: int,
    price_ticks: int,
    quantity_lots: int,
    buyer_fees: tuple[int, int],
    seller_fees: tuple[int, int],
) -> None:
    """Keep the match just numbered, in place of the oldest one where all rows are taken."""
    counters = counters_of(state)
    row = signed(counters["trade_row"])
    if signed(counters["match_count"]) > trades_in(state):
        forget_trade(state, row)
    trade = trade_at(state, row)
    trade["buyer_id"] = buyer_id
    trade["seller_id"] = seller_id
    trade["price"] = price_ticks
    trade["lots"] = quantity_lots
    trade["buyer_trading"] = buyer_fees[0]
    trade["buyer_settlement"] = buyer_fees[1]
    trade["seller_trading"] = seller_fees[0]
    trade["seller_settlement"] = seller_fees[1]
    trade["first_lots"] = quantity_lots
    trade["contract_id"] = contract_id
    trade["part"] = part
    trade["state"] = 0
    row += 1
    counters["trade_row"] = ZERO if row == trades_in(state) else row


@cold
def find_trade(state: Core, match_id: int) -> int:
    """Row of a trade that is kept, -1 for one that is not or was never made."""
    newest = signed(counters_of(state)["match_count"])
    if match_id < 1 or match_id > newest or match_id <= newest - trades_in(state):
        return signed(-1)
    return (match_id - 1) % trades_in(state)


@hot
def restore_figures(contract: np.void, part: int) -> None:
    """Begin a part's figures anew, with what is no longer kept."""
    source = FORGOTTEN + part
    contract["open"][part] = contract["open"][source]
    contract["high"][part] = contract["high"][source]
    contract["low"][part] = contract["low"][source]
    contract["last"][part] = contract["last"][source]
    contract["trade_count"][part] = contract["trade_count"][source]
    contract["volume_lots"][part] = contract["volume_lots"][source]
    contract["turnover_fen"][part] = contract["turnover_fen"][source]


@cold
def recount_trades(state: Core) -> None:
    """All figures and the composite as the trades that stand would have made them."""
    counters = counters_of(state)
    for contract_id in range(1, signed(counters["contracts"])):
        for part in range(FORGOTTEN):
            restore_figures(contract_at(state, contract_id), part)
    counters["composite_sum"][0] = counters["composite_sum"][1]
    counters["composite_open"][0] = counters["composite_open"][1]
    counters["composite_high"][0] = counters["composite_high"][1]
    counters["composite_low"][0] = counters["composite_low"][1]
    kept = signed(counters["match_count"])
    row = ZERO
    if kept > trades_in(state):
        kept = trades_in(state)
        row = signed(counters["trade_row"])
    for _ in range(kept):
        trade = trade_at(state, row)
        if signed(trade["state"]) != TRADE_UNDONE:
            contract = contract_at(state, signed(trade["contract_id"]))
            part = signed(trade["part"])
            price = signed(trade["price"])
            previous = count_trade(contract, part, price, signed(trade["lots"]))
            weight = signed(contract["parameters"][COMPOSITE_WEIGHT])
            if part == BOOK and weight > 0:
                move_composite(counters, ZERO, weight * (price - previous))
        row += 1
        if row == trades_in(state):
            row = ZERO
