"""Two resting orders trade at a price that an auction found: both settle, both are told, then everybody."""

import numpy as np

from exchange.kernel.access import Core, account_at, contract_at, counters_of, holding_at, level_at, order_at
from exchange.kernel.book import kind_of, method_of_kind, part_of, side_of
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import AUCTION_ROLE, BID_ORDER, BUY, FILLED, LEVELS_OF_BIDS, LOT_ORDER
from exchange.kernel.delivery import deliver, fee_step
from exchange.kernel.ending import end_resting
from exchange.kernel.matching import relock
from exchange.kernel.trade import count_match, write_executed, write_trade
from exchange.kernel.trades import keep_trade


@cold
def settle_resting(state: Core, slot: int, price_ticks: int, quantity_lots: int) -> tuple[int, int]:
    """Units, cash and fees of one side; a buy keeps locked what its rest needs at its own price."""
    counters = counters_of(state)
    order = order_at(state, slot)
    account_id = signed(order["account_id"])
    contract_id = signed(order["contract_id"])
    contract = contract_at(state, contract_id)
    holding = holding_at(state, account_id, contract_id)
    side = side_of(order)
    kind = kind_of(order)
    amount = price_ticks * quantity_lots
    filled = signed(order["filled_fen"])
    fees = fee_step(contract, filled, amount)
    cost = fees[0] + fees[1]
    deliver(contract, account_at(state, account_id), holding, side, quantity_lots, amount, cost)
    order["filled_fen"] = filled + amount
    order["remaining"] = signed(order["remaining"]) - quantity_lots
    if side == BUY:
        order["lock_fen"] = signed(order["lock_fen"]) - amount - cost
        relock(state, slot)
    if kind != LOT_ORDER:
        level_side = LEVELS_OF_BIDS if kind == BID_ORDER else side
        level = level_at(state, contract_id, level_side, signed(order["position"]))
        level["lots"] = signed(level["lots"]) - quantity_lots
        contract["is_dirty"][level_side] = 1
    counters["fees_fen"] = signed(counters["fees_fen"]) + cost
    return fees


@cold
def fill_resting(
    state: Core, count: int, command: np.void, slot: int, price_ticks: int, quantity_lots: int
) -> tuple[int, int]:
    """Settle one side of a match and write its EXECUTED as event `count`; returns its fees."""
    fees = settle_resting(state, slot, price_ticks, quantity_lots)
    order = order_at(state, slot)
    kind = kind_of(order)
    write_executed(
        state,
        count,
        command,
        signed(order["login_id"]),
        signed(order["user_reference"]),
        signed(order["account_id"]),
        signed(order["order_id"]),
        (side_of(order), AUCTION_ROLE, kind),
        price_ticks,
        quantity_lots,
        method_of_kind(kind),
        signed(order["contract_id"]),
        fees,
    )
    return fees


@cold
def end_filled(state: Core, count: int, command: np.void, slot: int) -> int:
    """Whoever is filled ends; the lot of an auction ends with the auction."""
    order = order_at(state, slot)
    if signed(order["remaining"]) > 0 or kind_of(order) == LOT_ORDER:
        return count
    return end_resting(state, count, command, slot, FILLED)


@cold
def cross(
    state: Core,
    count: int,
    command: np.void,
    buyer: int,
    seller: int,
    price_ticks: int,
    quantity_lots: int,
    told_side: int,
) -> int:
    """A match of two resting orders at a price of neither; at most six events."""
    counters = counters_of(state)
    method = method_of_kind(kind_of(order_at(state, buyer)))
    contract_id = signed(order_at(state, buyer)["contract_id"])
    contract = contract_at(state, contract_id)
    buyer_id = signed(order_at(state, buyer)["account_id"])
    seller_id = signed(order_at(state, seller)["account_id"])
    counters["match_count"] = signed(counters["match_count"]) + 1
    buyer_fees = fill_resting(state, count, command, buyer, price_ticks, quantity_lots)
    count = end_filled(state, count + 1, command, buyer)
    seller_fees = fill_resting(state, count, command, seller, price_ticks, quantity_lots)
    count = end_filled(state, count + 1, command, seller)
    count_match(counters, contract, contract_id, buyer_id, seller_id, price_ticks, quantity_lots, method)
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
        told_side,
        method,
        buyer_fees,
        seller_fees,
    )
