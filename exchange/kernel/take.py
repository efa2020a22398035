"""Taking listings 摘牌: inside the other side's best levels, at the listings' prices, first come first.

The levels a take may reach are the best non-empty ones when it starts. A take adds nothing to the book, so
counting the levels it visits gives the same ones without looking at all of them first.
"""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    account_at,
    contract_at,
    counters_of,
    event_at,
    events_in,
    holding_at,
    level_at,
    link_at,
    order_at,
)
from exchange.kernel.book import (
    find_slot,
    kind_of,
    next_level,
    next_order_number,
    position_of,
    price_at,
    side_of,
)
from exchange.kernel.breaker import trip_breaker
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    BUY,
    FILLED,
    LISTED,
    LISTED_MAX,
    LISTED_MIN,
    LISTING_ORDER,
    NO_WALL,
    NONE,
    PARTIAL,
    REMAINDER,
    SELL,
    SLOT_BITS,
    SLOT_MASK,
    STEP_EVENTS,
    STRICT_PRIORITY,
    TAKE_DEPTH,
    TAKE_ORDER,
    ZERO,
)
from exchange.kernel.delivery import lock_taker, release_taker, set_taker
from exchange.kernel.events import begin_event, write_rejected
from exchange.kernel.limits import check_limits
from exchange.kernel.listing import check_form, reject_terms
from exchange.kernel.monitor import set_walls, stamp
from exchange.kernel.risk import check_funds, check_price, check_quantity, has_trades_left
from exchange.kernel.trade import trade


@hot
def find_takeable(
    state: Core,
    contract_id: int,
    side: int,
    entity_id: int,
    slot: int,
    position: int,
    limit: int,
    depth: int,
) -> tuple[int, int, int]:
    """First listing of another entity from a slot on: (slot or NONE, its position, levels still allowed)."""
    while True:
        while slot != NONE:
            order = order_at(state, slot)
            if signed(account_at(state, signed(order["account_id"]))["entity_id"]) != entity_id:
                return slot, position, depth
            slot = signed(link_at(state, slot)["next"])
        depth -= 1
        if depth <= 0:
            return NONE, position, depth
        position = next_level(state, contract_id, side, position + 1)
        if position < 0 or position > limit:
            return NONE, position, depth
        level = level_at(state, contract_id, side, position)
        slot = signed(level["head"])


@hot
def find_best_takeable(state: Core, contract: np.void, command: np.void, limit: int) -> tuple[int, int, int]:
    """First listing a sweep takes, as find_takeable."""
    contract_id = signed(command["contract_id"])
    side = SELL if signed(command["side"]) == BUY else BUY
    position = signed(contract["best"][side])
    if position < 0 or position > limit:
        return NONE, position, ZERO
    entity_id = signed(account_at(state, signed(command["account_id"]))["entity_id"])
    level = level_at(state, contract_id, side, position)
    depth = signed(contract["parameters"][TAKE_DEPTH])
    return find_takeable(state, contract_id, side, entity_id, signed(level["head"]), position, limit, depth)


@hot
def check_named(state: Core, command: np.void, slot: int) -> int:
    """The named order is another entity's listing on the other side of this contract."""
    if slot == NONE:
        return reasons.UNKNOWN_ORDER
    order = order_at(state, slot)
    if kind_of(order) != LISTING_ORDER or signed(order["contract_id"]) != signed(command["contract_id"]):
        return reasons.NOT_A_LISTING
    if side_of(order) == signed(command["side"]):
        return reasons.SAME_SIDE
    maker = account_at(state, signed(order["account_id"]))
    taker = account_at(state, signed(command["account_id"]))
    if signed(maker["entity_id"]) == signed(taker["entity_id"]):
        return reasons.OWN_LISTING
    return reasons.OK


@hot
def check_named_terms(state: Core, contract: np.void, command: np.void, slot: int, limit: int) -> int:
    """The named listing is within the worst price and the best levels, has priority, and holds enough."""
    order = order_at(state, slot)
    position = signed(order["position"])
    side = side_of(order)
    if position > limit:
        return reasons.PRICE_WORSE_THAN_LIMIT
    contract_id = signed(command["contract_id"])
    best = signed(contract["best"][side])
    passed = best
    rank = signed(1)
    depth = signed(contract["parameters"][TAKE_DEPTH])
    while passed < position and rank <= depth:
        passed = next_level(state, contract_id, side, passed + 1)
        rank += 1
    if rank > depth:
        return reasons.OUTSIDE_BEST_FIVE
    if best < position and signed(contract["parameters"][STRICT_PRIORITY]) != 0:
        entity_id = signed(account_at(state, signed(command["account_id"]))["entity_id"])
        level = level_at(state, contract_id, side, best)
        better, _, _ = find_takeable(
            state, contract_id, side, entity_id, signed(level["head"]), best, position - 1, depth
        )
        if better != NONE:
            return reasons.BETTER_PRICE_FIRST
    is_partial = signed(command["order_flags"]) & PARTIAL
    if signed(command["quantity_lots"]) > signed(order["remaining"]) and is_partial == 0:
        return reasons.LISTING_TOO_SMALL
    return reasons.OK


@hot
def check_take(state: Core, command: np.void) -> tuple[int, int, int, int]:
    """Every check of a take in its precedence: (reason, first slot, its position, levels allowed)."""
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    reason = check_form(state, command, LISTED, PARTIAL, ZERO)
    if reason != 0:
        return reason, NONE, ZERO, ZERO
    contract = contract_at(state, contract_id)
    side = signed(command["side"])
    worst = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    reason = check_quantity(contract, LISTED_MIN, LISTED_MAX, quantity)
    if reason != 0:
        return reason, NONE, ZERO, ZERO
    is_named = signed(command["order_id"]) != 0
    slot = NONE
    if is_named:
        slot = find_slot(state, signed(command["order_id"]))
        reason = check_named(state, command, slot)
        if reason != 0:
            return reason, slot, ZERO, ZERO
    reason = check_price(contract, signed(contract["lower"]), signed(contract["upper"]), worst, quantity)
    if reason != 0:
        return reason, slot, ZERO, ZERO
    limit = position_of(contract, SELL if side == BUY else BUY, worst)
    position = limit
    depth = ZERO
    if is_named:
        position = signed(order_at(state, slot)["position"])
        reason = check_named_terms(state, contract, command, slot, limit)
    else:
        slot, position, depth = find_best_takeable(state, contract, command, limit)
        if slot == NONE:
            reason = reasons.NOTHING_TO_TAKE
    if reason != 0:
        return reason, slot, position, depth
    holding = holding_at(state, account_id, contract_id)
    reason = check_funds(contract, account_at(state, account_id), holding, side, quantity, worst)
    if reason == 0:
        login_id = signed(command["login_id"])
        reason = check_limits(state, contract_id, account_id, login_id, worst, quantity, ZERO)
    if reason == 0 and not has_trades_left(counters_of(state), quantity):
        reason = reasons.ORDER_CAPACITY
    return reason, slot, position, depth


@cold
def apply_take(state: Core, count: int, command: np.void) -> int:
    """TAKE: checked, locked at the worst price, then filled as far as the event buffer allows."""
    counters = counters_of(state)
    stamp(counters, command)
    reason, slot, position, depth = check_take(state, command)
    if reason == reasons.LISTING_TOO_SMALL:
        remaining = signed(order_at(state, slot)["remaining"])
        contract_id = signed(command["contract_id"])
        return write_rejected(state, count, command, contract_id, reason, remaining)
    if reason != 0:
        return reject_terms(state, count, command, LISTED, reason)
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    side = signed(command["side"])
    quantity = signed(command["quantity_lots"])
    contract = contract_at(state, contract_id)
    holding = holding_at(state, account_id, contract_id)
    account = account_at(state, account_id)
    lock_taker(counters, contract, account, holding, side, signed(command["price_ticks"]), quantity)
    order_id = (next_order_number(counters) << SLOT_BITS) | SLOT_MASK
    reference = signed(command["user_reference"])
    set_taker(counters, order_id, account_id, signed(command["login_id"]), reference)
    counters["take_slot"] = slot
    counters["take_position"] = position
    counters["take_depth"] = depth
    counters["take_rest"] = quantity
    counters["stage"] = 1
    if signed(contract["is_watched"]) != 0:
        set_walls(state, contract_id, SELL if side == BUY else BUY)
    return run_take(state, count, command)


@cold
def run_take(state: Core, count: int, command: np.void) -> int:
    """Fill listing after listing; leaves stage at 1 when the event buffer is full before the end."""
    counters = counters_of(state)
    contract_id = signed(command["contract_id"])
    contract = contract_at(state, contract_id)
    side = SELL if signed(command["side"]) == BUY else BUY
    entity_id = signed(account_at(state, signed(command["account_id"]))["entity_id"])
    limit = position_of(contract, side, signed(command["price_ticks"]))
    room = events_in(state) - STEP_EVENTS
    slot = signed(counters["take_slot"])
    position = signed(counters["take_position"])
    depth = signed(counters["take_depth"])
    rest = signed(counters["take_rest"])
    low, high = ZERO, NO_WALL
    if signed(contract["is_watched"]) != 0:
        low, high = signed(counters["wall_low"]), signed(counters["wall_high"])
    while slot != NONE and rest > 0 and count <= room:
        if position < low or position > high:
            count = trip_breaker(state, count, command, contract_id, price_at(contract, side, position))
            slot = NONE
            break
        order = order_at(state, slot)
        following = signed(link_at(state, slot)["next"])
        quantity = min(signed(order["remaining"]), rest)
        count = trade(state, count, command, slot, quantity, TAKE_ORDER, LISTED)
        rest -= quantity
        if signed(command["order_id"]) != 0 or signed(counters["after_stage"]) != 0:
            slot = NONE
        elif rest > 0:
            slot, position, depth = find_takeable(
                state, contract_id, side, entity_id, following, position, limit, depth
            )
    counters["take_slot"] = slot
    counters["take_position"] = position
    counters["take_depth"] = depth
    counters["take_rest"] = rest
    if count > room:
        return count
    return finish_take(state, count, command, rest)


@hot
def finish_take(state: Core, count: int, command: np.void, rest_lots: int) -> int:
    """Release the rest of the lock and write the take's DONE."""
    counters = counters_of(state)
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    side = signed(command["side"])
    account = account_at(state, account_id)
    holding = holding_at(state, account_id, contract_id)
    release_taker(counters, account, holding, side, rest_lots)
    begin_event(
        state,
        count,
        signed(account["member_id"]),
        kinds.DONE,
        command,
        signed(command["login_id"]),
        signed(command["user_reference"]),
        contract_id,
        account_id,
    )
    event = event_at(state, count)
    event["order_id"] = counters["taker_order_id"]
    event["price_ticks"] = command["price_ticks"]
    event["quantity_lots"] = rest_lots
    event["filled_lots"] = signed(command["quantity_lots"]) - rest_lots
    event["side"] = side
    event["done_reason"] = FILLED if rest_lots == 0 else REMAINDER
    event["order_kind"] = TAKE_ORDER
    counters["stage"] = 0
    return count + 1
