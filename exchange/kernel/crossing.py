"""Two resting orders trade at a price that an auction found: both settle, both are told, then everybody."""

import numpy as np

from exchange.kernel.access import Core, contract_at, counters_of, order_at
from exchange.kernel.book import kind_of, lower_level, method_of_kind, side_of
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import AUCTION_ROLE, BID_ORDER, FILLED, LEVELS_OF_BIDS, LOT_ORDER
from exchange.kernel.delivery import settle_order
from exchange.kernel.ending import end_resting
from exchange.kernel.matching import relock
from exchange.kernel.trade import record_match, write_executed


@cold
def fill_resting(
    state: Core, count: int, command: np.void, slot: int, price_ticks: int, quantity_lots: int
) -> tuple[int, int]:
    """Settle one side of a match and write its EXECUTED as event `count`; returns its fees.

    A buy keeps locked what its rest needs at its own price. The lot of an auction is in no level.
    """
    order = order_at(state, slot)
    kind = kind_of(order)
    contract = contract_at(state, signed(order["contract_id"]))
    fees = settle_order(state, contract, slot, price_ticks, quantity_lots)
    relock(state, slot)
    if kind != LOT_ORDER:
        level_side = LEVELS_OF_BIDS if kind == BID_ORDER else side_of(order)
        lower_level(state, contract, slot, level_side, quantity_lots)
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
    buyer_id = signed(order_at(state, buyer)["account_id"])
    seller_id = signed(order_at(state, seller)["account_id"])
    counters["match_count"] = signed(counters["match_count"]) + 1
    buyer_fees = fill_resting(state, count, command, buyer, price_ticks, quantity_lots)
    count = end_filled(state, count + 1, command, buyer)
    seller_fees = fill_resting(state, count, command, seller, price_ticks, quantity_lots)
    count = end_filled(state, count + 1, command, seller)
    return record_match(
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
