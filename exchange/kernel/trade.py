"""One match: both sides settle, both parties are told, the public, the registry, and the day's figures."""

import numpy as np

from exchange.kernel import kinds
from exchange.kernel.access import Core, account_at, contract_at, counters_of, order_at
from exchange.kernel.book import kind_of, lower_level, part_of, remove_at, remove_offer, side_of
from exchange.kernel.compiled import hot, signed
from exchange.kernel.constants import (
    BLOCK,
    BOOK,
    BUY,
    COMPOSITE_WEIGHT,
    FILLED,
    MAKER,
    SELL,
    STREAM_PUBLIC,
    STREAM_SETTLEMENT,
    TAKER,
    VERSION,
    ZERO,
)
from exchange.kernel.control import trade_step
from exchange.kernel.delivery import settle_order, settle_taker
from exchange.kernel.ending import close_order
from exchange.kernel.events import count_for, detail_of, subject_of, tell_account, terms_of, write_event
from exchange.kernel.figures import count_composite, count_trade
from exchange.kernel.monitor import watch_trade
from exchange.kernel.trades import keep_trade


@hot
def write_executed(
    state: Core,
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
    tell_account(
        state,
        count,
        command,
        account_at(state, account_id),
        kinds.EXECUTED,
        user_reference,
        subject_of(login_id, contract_id, account_id),
        order_id,
        terms_of(price_ticks, quantity_lots),
        detail_of(
            signed(counters_of(state)["match_count"]),
            side_role_kind[0],
            side_role_kind[1],
            method,
            side_role_kind[2],
        ),
        fees[0] | (fees[1] << 32),
    )
    return count + 1


@hot
def write_maker_executed(
    state: Core,
    count: int,
    command: np.void,
    slot: int,
    quantity_lots: int,
    method: int,
    fees: tuple[int, int],
) -> int:
    """EXECUTED to the owner of the resting order, under the order's own login and reference."""
    order = order_at(state, slot)
    return write_executed(
        state,
        count,
        command,
        signed(order["login_id"]),
        signed(order["user_reference"]),
        signed(order["account_id"]),
        signed(order["order_id"]),
        (side_of(order), MAKER, kind_of(order)),
        signed(order["price_ticks"]),
        quantity_lots,
        method,
        signed(order["contract_id"]),
        fees,
    )


@hot
def write_taker_executed(
    state: Core,
    count: int,
    command: np.void,
    side: int,
    taker_kind: int,
    price_ticks: int,
    quantity_lots: int,
    method: int,
    contract_id: int,
    fees: tuple[int, int],
) -> int:
    """EXECUTED to the taker."""
    counters = counters_of(state)
    return write_executed(
        state,
        count,
        command,
        signed(counters["taker_login_id"]),
        signed(counters["taker_reference"]),
        signed(counters["taker_account_id"]),
        signed(counters["taker_order_id"]),
        (side, TAKER, taker_kind),
        price_ticks,
        quantity_lots,
        method,
        contract_id,
        fees,
    )


@hot
def write_trade(
    state: Core,
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
    counters = counters_of(state)
    match_id = signed(counters["match_count"])
    terms = terms_of(price_ticks, quantity_lots)
    subject = subject_of(ZERO, contract_id, ZERO)
    detail = detail_of(match_id, taker_side, ZERO, method, ZERO)
    write_event(state, count, command, kinds.TRADE, ZERO, subject, ZERO, terms, detail, ZERO)
    count_for(state, count, STREAM_PUBLIC)
    write_event(
        state,
        count + 1,
        command,
        kinds.TRADE_REPORT,
        seller_fees[1],
        subject_of(VERSION | (method << 8), contract_id, buyer_id),
        seller_id | (seller_fees[0] << 32),
        terms,
        match_id | (taker_side << 32) | (signed(counters["trading_day"]) << 48),
        buyer_fees[0] | (buyer_fees[1] << 32),
    )
    count_for(state, count + 1, STREAM_SETTLEMENT)
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
    previous = count_trade(contract, part_of(method), price_ticks, quantity_lots)
    weight = signed(contract["parameters"][COMPOSITE_WEIGHT])
    if part_of(method) == BOOK and weight > 0:
        count_composite(counters, weight * (price_ticks - previous))


@hot
def record_match(
    state: Core,
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
    """What follows when both sides of the match just numbered are settled: counted, kept, told."""
    count_match(
        counters_of(state),
        contract_at(state, contract_id),
        contract_id,
        buyer_id,
        seller_id,
        price_ticks,
        quantity_lots,
        method,
    )
    keep_trade(
        state,
        contract_id,
        part_of(method),
        buyer_id,
        seller_id,
        price_ticks,
        quantity_lots,
        buyer_fees,
        seller_fees,
    )
    return write_trade(
        state,
        count,
        command,
        contract_id,
        buyer_id,
        seller_id,
        price_ticks,
        quantity_lots,
        taker_side,
        method,
        buyer_fees,
        seller_fees,
    )


@hot
def trade(
    state: Core,
    count: int,
    command: np.void,
    slot: int,
    quantity_lots: int,
    taker_kind: int,
    method: int,
) -> int:
    """Match the command's account with a resting order at that order's price; at most five events."""
    counters = counters_of(state)
    order = order_at(state, slot)
    maker_id = signed(order["account_id"])
    taker_id = signed(counters["taker_account_id"])
    contract_id = signed(order["contract_id"])
    contract = contract_at(state, contract_id)
    maker_side = side_of(order)
    taker_side = SELL if maker_side == BUY else BUY
    price = signed(order["price_ticks"])
    counters["match_count"] = signed(counters["match_count"]) + 1
    maker_fees = settle_order(state, contract, slot, price, quantity_lots)
    taker_fees = settle_taker(
        state, contract, contract_id, taker_id, taker_side, quantity_lots, price * quantity_lots
    )
    count = write_maker_executed(state, count, command, slot, quantity_lots, method, maker_fees)
    if signed(order["remaining"]) == 0:
        if method == BLOCK:
            remove_offer(state, contract, slot)
        else:
            remove_at(state, contract, slot, maker_side, quantity_lots)
        count = close_order(state, count, command, slot, FILLED, ZERO)
    elif method != BLOCK:
        lower_level(state, contract, slot, maker_side, quantity_lots)
    count = write_taker_executed(
        state, count, command, taker_side, taker_kind, price, quantity_lots, method, contract_id, taker_fees
    )
    if taker_side == BUY:
        buyer_id, seller_id = taker_id, maker_id
        buyer_fees, seller_fees = taker_fees, maker_fees
    else:
        buyer_id, seller_id = maker_id, taker_id
        buyer_fees, seller_fees = maker_fees, taker_fees
    count = record_match(
        state,
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
    if signed(contract["is_watched"]) != 0 and method != BLOCK:
        watch_trade(state, contract_id, price, quantity_lots)
    return count
