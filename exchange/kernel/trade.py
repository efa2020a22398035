"""One match: units against cash, fees, both parties told, the public, the registry, and the day's figures.

The taker's side of a match lives in counters (`taker_*`): a take may be cut into slices between two fills.
"""

import numpy as np

from exchange.kernel import kinds
from exchange.kernel.book import (
    free_slot,
    kind_of,
    level_index,
    remove_offer,
    remove_order,
    side_of,
)
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    BLOCK,
    BUY,
    COMPOSITE_WEIGHT,
    FILLED,
    LISTED,
    MAKER,
    OFFER_ORDER,
    PROCEEDS_REUSABLE,
    RESALE_SAME_DAY,
    SELL,
    SETTLEMENT_FEE,
    STREAM_SETTLEMENT,
    TAKER,
    TRADING_FEE,
    VERSION,
    ZERO,
)
from exchange.kernel.events import Out, begin_event, begin_public
from exchange.kernel.figures import count_composite, count_trade
from exchange.kernel.risk import amount_with_fees, fee_on, lock_cash, lock_units
from exchange.kernel.state import State
from exchange.vocabulary import control

trade_step = hot(control.trade_step)


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
def end_order(state: State, out: Out, count: int, command: np.void, slot: int, reason: int) -> int:
    """End a resting order: its lock returns, its owner is told, its slot is free."""
    order = state.orders[slot]
    detail = state.details[slot]
    account_id = signed(order["account_id"])
    contract_id = signed(order["contract_id"])
    contract = state.contracts[contract_id]
    account = state.accounts[account_id]
    holding = state.holdings[account_id * signed(state.counters[0]["contracts"]) + contract_id]
    side = side_of(order)
    kind = kind_of(order)
    remaining = signed(order["remaining"])
    if side == SELL:
        lock_units(holding, -remaining)
    else:
        lock_cash(account, -signed(detail["lock_fen"]))
        detail["lock_fen"] = 0
        holding["open_buys"] = signed(holding["open_buys"]) - remaining
    begin_event(
        out,
        count,
        signed(account["member_id"]),
        kinds.DONE,
        command,
        signed(order["login_id"]),
        signed(detail["user_reference"]),
        contract_id,
        account_id,
    )
    event = out.events[count]
    event["order_id"] = order["order_id"]
    event["price_ticks"] = detail["price_ticks"]
    event["quantity_lots"] = remaining
    event["filled_lots"] = signed(detail["quantity_lots"]) - remaining
    event["side"] = side
    event["done_reason"] = reason
    event["order_kind"] = kind
    if kind == OFFER_ORDER:
        event["method"] = BLOCK
        remove_offer(state.orders, contract, slot)
    else:
        remove_order(state, contract, slot)
    account["open_orders"] = signed(account["open_orders"]) - 1
    free_slot(state, slot)
    return count + 1


@cold
def write_block_closed(
    state: State, out: Out, count: int, command: np.void, slot: int, reason: int, user_reference: int
) -> int:
    """BLOCK_CLOSED to the counterparty of a block offer, written while its slot still holds it."""
    order = state.orders[slot]
    detail = state.details[slot]
    counterparty = signed(detail["counterparty_account_id"])
    begin_event(
        out,
        count,
        signed(state.accounts[counterparty]["member_id"]),
        kinds.BLOCK_CLOSED,
        command,
        signed(command["login_id"]),
        user_reference,
        signed(order["contract_id"]),
        counterparty,
    )
    event = out.events[count]
    event["order_id"] = order["order_id"]
    event["price_ticks"] = detail["price_ticks"]
    event["quantity_lots"] = detail["quantity_lots"]
    event["counterparty_account_id"] = order["account_id"]
    event["side"] = side_of(order)
    event["done_reason"] = reason
    event["method"] = BLOCK
    return count + 1


@cold
def end_offer(
    state: State, out: Out, count: int, command: np.void, slot: int, reason: int, user_reference: int
) -> int:
    """End a block offer without a trade: its owner is told first, then its counterparty."""
    write_block_closed(state, out, count + 1, command, slot, reason, user_reference)
    end_order(state, out, count, command, slot, reason)
    return count + 2


@cold
def end_resting(state: State, out: Out, count: int, command: np.void, slot: int, reason: int) -> int:
    """End a listing or a block offer, whichever the slot holds."""
    if kind_of(state.orders[slot]) == OFFER_ORDER:
        return end_offer(state, out, count, command, slot, reason, ZERO)
    return end_order(state, out, count, command, slot, reason)


@hot
def write_executed(
    state: State,
    out: Out,
    count: int,
    command: np.void,
    login_id: int,
    user_reference: int,
    account_id: int,
    order_id: int,
    side_role_kind: tuple[int, int, int],
    price_ticks: int,
    quantity_lots: int,
    method: int,
    contract_id: int,
    fees: tuple[int, int],
) -> int:
    """EXECUTED to one party of the match just counted."""
    member_id = signed(state.accounts[account_id]["member_id"])
    begin_event(
        out,
        count,
        member_id,
        kinds.EXECUTED,
        command,
        login_id,
        user_reference,
        contract_id,
        account_id,
    )
    event = out.events[count]
    event["order_id"] = order_id
    event["price_ticks"] = price_ticks
    event["quantity_lots"] = quantity_lots
    event["match_id"] = state.counters[0]["match_count"]
    event["side"] = side_role_kind[0]
    event["role"] = side_role_kind[1]
    event["method"] = method
    event["order_kind"] = side_role_kind[2]
    event["trading_fee_fen"] = fees[0]
    event["settlement_fee_fen"] = fees[1]
    return count + 1


@hot
def fee_step(contract: np.void, before_fen: int, amount_fen: int) -> tuple[int, int]:
    """Trading and settlement fee of a fill: the growth of the fee on the order's cumulative amount."""
    after = before_fen + amount_fen
    trading = fee_on(contract, TRADING_FEE, after) - fee_on(contract, TRADING_FEE, before_fen)
    settlement = fee_on(contract, SETTLEMENT_FEE, after) - fee_on(contract, SETTLEMENT_FEE, before_fen)
    return trading, settlement


@hot
def write_trade(
    state: State,
    out: Out,
    count: int,
    command: np.void,
    contract_id: int,
    buyer_id: int,
    seller_id: int,
    price_ticks: int,
    quantity_lots: int,
    taker_side: int,
    method: int,
    buyer_fees: tuple[int, int],
    seller_fees: tuple[int, int],
) -> int:
    """TRADE to everybody and TRADE_REPORT to the registry."""
    counters = state.counters[0]
    begin_public(out, count, kinds.TRADE, command, contract_id)
    event = out.events[count]
    event["price_ticks"] = price_ticks
    event["quantity_lots"] = quantity_lots
    event["match_id"] = counters["match_count"]
    event["side"] = taker_side
    event["method"] = method
    begin_event(
        out,
        count + 1,
        STREAM_SETTLEMENT,
        kinds.TRADE_REPORT,
        command,
        ZERO,
        seller_fees[1],
        contract_id,
        buyer_id,
    )
    event = out.events[count + 1]
    event["report_version"] = VERSION
    event["report_method"] = method
    event["seller_account_id"] = seller_id
    event["seller_trading_fee_fen"] = seller_fees[0]
    event["price_ticks"] = price_ticks
    event["quantity_lots"] = quantity_lots
    event["match_id"] = counters["match_count"]
    event["side"] = taker_side
    event["trading_day"] = counters["trading_day"]
    event["buyer_trading_fee_fen"] = buyer_fees[0]
    event["buyer_settlement_fee_fen"] = buyer_fees[1]
    return count + 2


@hot
def count_match(
    counters: np.void,
    contract: np.void,
    contract_id: int,
    buyer_id: int,
    seller_id: int,
    price_ticks: int,
    quantity_lots: int,
    method: int,
) -> None:
    """Add the match just numbered to the day's totals, control hash and figures."""
    amount = price_ticks * quantity_lots
    counters["tonnes_lots"] = signed(counters["tonnes_lots"]) + quantity_lots
    counters["amount_fen"] = signed(counters["amount_fen"]) + amount
    counters["control"] = trade_step(
        signed(counters["control"]),
        signed(counters["match_count"]),
        buyer_id,
        seller_id,
        contract_id,
        amount,
        quantity_lots,
    )
    previous = count_trade(contract, method, price_ticks, quantity_lots)
    weight = signed(contract["parameters"][COMPOSITE_WEIGHT])
    if method == LISTED and weight > 0:
        count_composite(counters, weight * (price_ticks - previous))


@hot
def trade(
    state: State,
    out: Out,
    count: int,
    command: np.void,
    slot: int,
    quantity_lots: int,
    taker_kind: int,
    method: int,
) -> int:
    """Match the command's account with a resting order at that order's price; at most five events."""
    counters = state.counters[0]
    order = state.orders[slot]
    detail = state.details[slot]
    maker_id = signed(order["account_id"])
    taker_id = signed(command["account_id"])
    contract_id = signed(order["contract_id"])
    contract = state.contracts[contract_id]
    holdings = signed(counters["contracts"])
    maker_holding = state.holdings[maker_id * holdings + contract_id]
    taker_holding = state.holdings[taker_id * holdings + contract_id]
    maker_side = side_of(order)
    taker_side = SELL if maker_side == BUY else BUY
    price = signed(detail["price_ticks"])
    amount = price * quantity_lots
    counters["match_count"] = signed(counters["match_count"]) + 1

    filled = signed(detail["filled_fen"])
    maker_fees = fee_step(contract, filled, amount)
    detail["filled_fen"] = filled + amount
    fees = maker_fees[0] + maker_fees[1]
    deliver(contract, state.accounts[maker_id], maker_holding, maker_side, quantity_lots, amount, fees)
    remaining = signed(order["remaining"]) - quantity_lots
    order["remaining"] = remaining
    if maker_side == BUY:
        detail["lock_fen"] = signed(detail["lock_fen"]) - amount - fees
    if method == LISTED:
        level = state.levels[level_index(counters, contract_id, maker_side, signed(order["position"]))]
        level["lots"] = signed(level["lots"]) - quantity_lots
        contract["is_dirty"][maker_side] = 1

    taken = signed(counters["taker_filled_fen"])
    taker_fees = fee_step(contract, taken, amount)
    counters["taker_filled_fen"] = taken + amount
    taker_cost = taker_fees[0] + taker_fees[1]
    deliver(contract, state.accounts[taker_id], taker_holding, taker_side, quantity_lots, amount, taker_cost)
    if taker_side == BUY:
        counters["taker_lock_fen"] = signed(counters["taker_lock_fen"]) - amount - taker_cost
    counters["fees_fen"] = signed(counters["fees_fen"]) + fees + taker_cost

    count = write_executed(
        state,
        out,
        count,
        command,
        signed(order["login_id"]),
        signed(detail["user_reference"]),
        maker_id,
        signed(order["order_id"]),
        (maker_side, MAKER, kind_of(order)),
        price,
        quantity_lots,
        method,
        contract_id,
        maker_fees,
    )
    if remaining == 0:
        count = end_order(state, out, count, command, slot, FILLED)
    count = write_executed(
        state,
        out,
        count,
        command,
        signed(command["login_id"]),
        signed(command["user_reference"]),
        taker_id,
        signed(counters["taker_order_id"]),
        (taker_side, TAKER, taker_kind),
        price,
        quantity_lots,
        method,
        contract_id,
        taker_fees,
    )
    if taker_side == BUY:
        buyer_id, seller_id = taker_id, maker_id
        buyer_fees, seller_fees = taker_fees, maker_fees
    else:
        buyer_id, seller_id = maker_id, taker_id
        buyer_fees, seller_fees = maker_fees, taker_fees
    count_match(counters, contract, contract_id, buyer_id, seller_id, price, quantity_lots, method)
    return write_trade(
        state,
        out,
        count,
        command,
        contract_id,
        buyer_id,
        seller_id,
        price,
        quantity_lots,
        taker_side,
        method,
        buyer_fees,
        seller_fees,
    )
