"""The order book: slots, price levels and their queues. A position counts from the best price of the band.

Positions make both sides one: position 0 is the upper limit for bids and the lower limit for asks, so the
best level of either side is its lowest non-empty position.
"""

import numpy as np

from exchange.kernel.bits import clear_level, first_level, set_level
from exchange.kernel.compiled import hot, signed
from exchange.kernel.constants import BUY, NONE, ONE, SLOT_BITS, SLOT_MASK
from exchange.kernel.state import Rows, State


@hot
def position_of(contract: np.void, side: int, price_ticks: int) -> int:
    """Position of a price on a side; negative where it is better than the band's best."""
    origin = signed(contract["origin"][side])
    return origin - price_ticks if side == BUY else price_ticks - origin


@hot
def price_at(contract: np.void, side: int, position: int) -> int:
    """Price of a position of a side."""
    origin = signed(contract["origin"][side])
    return origin - position if side == BUY else origin + position


@hot
def level_index(counters: np.void, contract_id: int, side: int, position: int) -> int:
    """Row of a level in state.levels."""
    return (contract_id * 2 + side) * signed(counters["levels"]) + position


@hot
def side_kind(side: int, order_kind: int) -> int:
    """Side and kind of an order in one byte."""
    return side | (order_kind << ONE)


@hot
def side_of(order: np.void) -> int:
    """Side of an order slot."""
    return signed(order["side_kind"]) & ONE


@hot
def kind_of(order: np.void) -> int:
    """OrderKind of an order slot."""
    return signed(order["side_kind"]) >> ONE


@hot
def next_level(state: State, contract_id: int, side: int, position: int) -> int:
    """First non-empty position at or after one, or -1."""
    counters = state.counters[0]
    side_words = signed(counters["side_words"])
    start = (contract_id * 2 + side) * side_words
    return first_level(state.words, start, signed(counters["leaf_words"]), side_words, position)


@hot
def next_order_number(counters: np.void) -> int:
    """Count one more order of the day."""
    number = signed(counters["order_number"]) + 1
    counters["order_number"] = number
    return number


@hot
def take_slot(state: State) -> int:
    """Pop a slot off the free stack and give it the next order id; the caller knows that one is free."""
    counters = state.counters[0]
    slot = signed(counters["free_head"])
    order = state.orders[slot]
    counters["free_head"] = order["next"]
    counters["live_orders"] = signed(counters["live_orders"]) + 1
    order["order_id"] = (next_order_number(counters) << SLOT_BITS) | slot
    return slot


@hot
def free_slot(state: State, slot: int) -> None:
    """Push a slot on the free stack: it is the next one handed out."""
    counters = state.counters[0]
    order = state.orders[slot]
    order["order_id"] = 0
    order["next"] = counters["free_head"]
    counters["free_head"] = slot
    counters["live_orders"] = signed(counters["live_orders"]) - 1


@hot
def find_slot(state: State, order_id: int) -> int:
    """Slot of a live order, or NONE."""
    slot = order_id & SLOT_MASK
    if slot < len(state.orders) and order_id != 0 and signed(state.orders[slot]["order_id"]) == order_id:
        return slot
    return NONE


@hot
def append_order(state: State, contract: np.void, slot: int) -> None:
    """Put a filled-in order slot at the back of its level's queue."""
    counters = state.counters[0]
    order = state.orders[slot]
    contract_id = signed(order["contract_id"])
    side = side_of(order)
    position = signed(order["position"])
    level = state.levels[level_index(counters, contract_id, side, position)]
    order["next"] = NONE
    tail = signed(level["tail"])
    order["previous"] = tail
    if tail == NONE:
        level["head"] = slot
        start = (contract_id * 2 + side) * signed(counters["side_words"])
        set_level(state.words, start, signed(counters["leaf_words"]), position)
        best = signed(contract["best"][side])
        if best < 0 or position < best:
            contract["best"][side] = position
    else:
        state.orders[tail]["next"] = slot
    level["tail"] = slot
    level["lots"] = signed(level["lots"]) + signed(order["remaining"])
    level["count"] = signed(level["count"]) + 1
    contract["is_dirty"][side] = 1


@hot
def remove_order(state: State, contract: np.void, slot: int) -> None:
    """Unlink an order and its remaining lots from its level."""
    counters = state.counters[0]
    order = state.orders[slot]
    contract_id = signed(order["contract_id"])
    side = side_of(order)
    position = signed(order["position"])
    level = state.levels[level_index(counters, contract_id, side, position)]
    following = signed(order["next"])
    previous = signed(order["previous"])
    if previous == NONE:
        level["head"] = following
    else:
        state.orders[previous]["next"] = following
    if following == NONE:
        level["tail"] = previous
    else:
        state.orders[following]["previous"] = previous
    level["lots"] = signed(level["lots"]) - signed(order["remaining"])
    level["count"] = signed(level["count"]) - 1
    contract["is_dirty"][side] = 1
    if signed(level["count"]) == 0:
        side_words = signed(counters["side_words"])
        start = (contract_id * 2 + side) * side_words
        leaf_words = signed(counters["leaf_words"])
        clear_level(state.words, start, leaf_words, position)
        if signed(contract["best"][side]) == position:
            contract["best"][side] = first_level(state.words, start, leaf_words, side_words, position + 1)


@hot
def append_offer(orders: Rows, contract: np.void, slot: int) -> None:
    """Put a block offer at the back of its contract's list."""
    order = orders[slot]
    tail = signed(contract["block_tail"])
    order["next"] = NONE
    order["previous"] = tail
    if tail == NONE:
        contract["block_head"] = slot
    else:
        orders[tail]["next"] = slot
    contract["block_tail"] = slot


@hot
def remove_offer(orders: Rows, contract: np.void, slot: int) -> None:
    """Unlink a block offer."""
    order = orders[slot]
    following = signed(order["next"])
    previous = signed(order["previous"])
    if previous == NONE:
        contract["block_head"] = following
    else:
        orders[previous]["next"] = following
    if following == NONE:
        contract["block_tail"] = previous
    else:
        orders[following]["previous"] = previous
