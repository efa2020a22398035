"""Continuous matching 连续撮合: an incoming order meets the other side best price first, first come first.

What the running order needs between two fills lives in counters (`taker_*`, `match_*`), because matching may
be cut into slices when the event buffer is full.
"""

import numpy as np

from exchange.kernel import kinds
from exchange.kernel.access import (
    Core,
    account_at,
    contract_at,
    counters_of,
    event_at,
    events_in,
    holding_at,
    level_at,
    order_at,
)
from exchange.kernel.book import (
    append_order,
    kind_of,
    lower_level,
    method_of_kind,
    position_of,
    price_at,
    rule_of,
    side_of,
)
from exchange.kernel.breaker import trip_breaker
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    BUY,
    CANCEL_BOTH,
    CANCEL_MAKER,
    CANCEL_TAKER,
    CONTINUOUS,
    DAY,
    DECREMENT_BOTH,
    FILLED,
    FOK,
    LIMIT_ORDER,
    NO_WALL,
    ONE,
    PREVENTED,
    REMAINDER,
    SELF_TRADE_RULE,
    SELL,
    STEP_EVENTS,
    TRADES_FREELY,
    ZERO,
)
from exchange.kernel.delivery import lock_of, set_taker
from exchange.kernel.ending import close_order, end_order
from exchange.kernel.events import begin_event
from exchange.kernel.lookahead import ask_makers
from exchange.kernel.monitor import set_walls, stamp
from exchange.kernel.risk import lock_cash, lock_units
from exchange.kernel.trade import trade

#: counters.match_outcome
MATCHING = signed(0)
STOPPED = signed(1)
PREVENTED_TAKER = signed(2)


@hot
def other_side(side: int) -> int:
    """The side that a side trades with."""
    return SELL if side == BUY else BUY


@hot
def meets(contract: np.void, side: int, position: int) -> bool:
    """Whether an order at a position of its side would meet the other side at once.

    What a price's positions of both sides add up to is the reach, so the other one needs no second look.
    """
    best = signed(contract["best"][ONE - side])
    return 0 <= best <= signed(contract["origin"][BUY]) - signed(contract["origin"][SELL]) - position


@hot
def crosses(contract: np.void, side: int, price_ticks: int) -> bool:
    """The same of an order at a price."""
    return meets(contract, side, position_of(contract, side, price_ticks))


@hot
def rule_for(contract: np.void, own_rule: int) -> int:
    """The self-trade rule of an order: its own, or the contract's where it chose none."""
    return own_rule if own_rule != TRADES_FREELY else signed(contract["parameters"][SELF_TRADE_RULE])


@cold
def start_match(state: Core, count: int, command: np.void, slot: int, time_in_force: int) -> int:
    """An order that has its lock, and is in no level, begins to match."""
    counters = counters_of(state)
    order = order_at(state, slot)
    contract_id = signed(order["contract_id"])
    contract = contract_at(state, contract_id)
    set_taker(
        counters,
        signed(order["order_id"]),
        signed(order["account_id"]),
        signed(order["login_id"]),
        signed(order["user_reference"]),
    )
    counters["taker_filled_fen"] = order["filled_fen"]
    counters["taker_lock_fen"] = order["lock_fen"]
    counters["take_slot"] = slot
    counters["take_rest"] = order["remaining"]
    counters["match_in_force"] = time_in_force
    counters["match_rule"] = rule_for(contract, rule_of(order))
    counters["match_prevented"] = 0
    counters["match_outcome"] = MATCHING
    if signed(contract["is_watched"]) != 0:
        stamp(counters, command)
        set_walls(state, contract_id, other_side(side_of(order)))
    return run_match(state, count, command)


@cold
def run_match(state: Core, count: int, command: np.void) -> int:
    """Meet one resting order after the other; stage stays 1 when the event buffer is full before the end."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    order = order_at(state, signed(counters["take_slot"]))
    contract_id = signed(order["contract_id"])
    contract = contract_at(state, contract_id)
    other = other_side(side_of(order))
    limit = position_of(contract, other, signed(order["price_ticks"]))
    entity_id = signed(account_at(state, signed(order["account_id"]))["entity_id"])
    rule = signed(counters["match_rule"])
    rest = signed(counters["take_rest"])
    outcome = signed(counters["match_outcome"])
    low, high = ZERO, NO_WALL
    if signed(contract["is_watched"]) != 0:
        low, high = signed(counters["wall_low"]), signed(counters["wall_high"])
    while outcome == MATCHING and count <= room:
        position = signed(contract["best"][other])
        if rest == 0 or position < 0 or position > limit:
            outcome = STOPPED
            break
        maker_slot = signed(level_at(state, contract_id, other, position)["head"])
        maker = order_at(state, maker_slot)
        if rule != TRADES_FREELY:
            if signed(account_at(state, signed(maker["account_id"]))["entity_id"]) == entity_id:
                counters["take_rest"] = rest
                count = prevent(state, count, command, maker_slot)
                rest = signed(counters["take_rest"])
                outcome = signed(counters["match_outcome"])
                continue
        if signed(counters["after_stage"]) != 0 and signed(counters["match_in_force"]) != FOK:
            outcome = STOPPED
        elif position < low or position > high:
            count = trip_breaker(state, count, command, contract_id, price_at(contract, other, position))
            outcome = STOPPED
        else:
            remaining = signed(maker["remaining"])
            quantity = remaining if remaining < rest else rest
            if remaining <= rest:
                ask_makers(state, maker_slot)
            count = trade(state, count, command, maker_slot, quantity, LIMIT_ORDER, CONTINUOUS)
            rest -= quantity
    counters["take_rest"] = rest
    counters["match_outcome"] = outcome
    if count > room or outcome == MATCHING:
        counters["stage"] = 1
        return count
    counters["stage"] = 0
    return finish_match(state, count, command)


@cold
def prevent(state: Core, count: int, command: np.void, maker_slot: int) -> int:
    """Keep two orders of one entity from trading."""
    counters = counters_of(state)
    rule = signed(counters["match_rule"])
    if rule == DECREMENT_BOTH:
        return decrement(state, count, command, maker_slot)
    if rule == CANCEL_MAKER or rule == CANCEL_BOTH:
        count = end_order(state, count, command, maker_slot, PREVENTED)
    if rule == CANCEL_TAKER or rule == CANCEL_BOTH:
        counters["match_outcome"] = PREVENTED_TAKER
    return count


@cold
def decrement(state: Core, count: int, command: np.void, maker_slot: int) -> int:
    """Both lose the smaller remaining quantity without a trade."""
    counters = counters_of(state)
    taker = order_at(state, signed(counters["take_slot"]))
    maker = order_at(state, maker_slot)
    rest = signed(counters["take_rest"])
    remaining = signed(maker["remaining"])
    lots = remaining if remaining < rest else rest
    if lots == remaining:
        count = end_order(state, count, command, maker_slot, PREVENTED)
    else:
        lower_resting(state, maker_slot, lots)
        login_id = signed(maker["login_id"])
        count = write_reduced(state, count, command, maker_slot, login_id, ZERO, ONE)
    holding = holding_at(state, signed(taker["account_id"]), signed(taker["contract_id"]))
    if side_of(taker) == SELL:
        lock_units(holding, -lots)
    else:
        holding["open_buys"] = signed(holding["open_buys"]) - lots
    taker["quantity_lots"] = signed(taker["quantity_lots"]) - lots
    counters["take_rest"] = rest - lots
    counters["match_prevented"] = signed(counters["match_prevented"]) + lots
    return count


@cold
def finish_match(state: Core, count: int, command: np.void) -> int:
    """What better fills saved returns; the order ends, or its rest goes to the back of its level."""
    counters = counters_of(state)
    slot = signed(counters["take_slot"])
    order = order_at(state, slot)
    contract = contract_at(state, signed(order["contract_id"]))
    rest = signed(counters["take_rest"])
    prevented = signed(counters["match_prevented"])
    order["remaining"] = rest
    order["filled_fen"] = counters["taker_filled_fen"]
    order["lock_fen"] = counters["taker_lock_fen"]
    relock(state, slot)
    if signed(counters["match_outcome"]) == PREVENTED_TAKER or prevented > 0:
        return close_order(state, count, command, slot, PREVENTED, rest + prevented)
    if rest == 0:
        return close_order(state, count, command, slot, FILLED, ZERO)
    if signed(counters["match_in_force"]) != DAY:
        return close_order(state, count, command, slot, REMAINDER, rest)
    append_order(state, contract, slot)
    return count


@cold
def relock(state: Core, slot: int) -> None:
    """Lock what an order needs now at its price and remaining lots; of a buy, the difference moves."""
    order = order_at(state, slot)
    if side_of(order) == SELL:
        return
    contract = contract_at(state, signed(order["contract_id"]))
    amount = signed(order["price_ticks"]) * signed(order["remaining"])
    needed = lock_of(contract, amount, signed(order["filled_fen"]))
    lock_cash(account_at(state, signed(order["account_id"])), needed - signed(order["lock_fen"]))
    order["lock_fen"] = needed


@cold
def lower_resting(state: Core, slot: int, lots: int) -> None:
    """A resting order loses lots at its place in the queue."""
    order = order_at(state, slot)
    lower_level(state, contract_at(state, signed(order["contract_id"])), slot, side_of(order), lots)
    resize(state, slot, signed(order["remaining"]) - lots)


@cold
def resize(state: Core, slot: int, remaining_lots: int) -> None:
    """An order that stays live gets another remaining quantity, at the price now in it: its lock follows."""
    order = order_at(state, slot)
    holding = holding_at(state, signed(order["account_id"]), signed(order["contract_id"]))
    more = remaining_lots - signed(order["remaining"])
    order["remaining"] = remaining_lots
    order["quantity_lots"] = signed(order["quantity_lots"]) + more
    if side_of(order) == SELL:
        lock_units(holding, more)
        return
    holding["open_buys"] = signed(holding["open_buys"]) + more
    relock(state, slot)


@cold
def write_reduced(
    state: Core, count: int, command: np.void, slot: int, login_id: int, user_reference: int, keeps: int
) -> int:
    """REDUCED to the order's member, under the login and reference of what caused it."""
    order = order_at(state, slot)
    account_id = signed(order["account_id"])
    begin_event(
        state,
        count,
        signed(account_at(state, account_id)["member_id"]),
        kinds.REDUCED,
        command,
        login_id,
        user_reference,
        signed(order["contract_id"]),
        account_id,
    )
    event = event_at(state, count)
    event["order_id"] = order["order_id"]
    event["price_ticks"] = order["price_ticks"]
    event["quantity_lots"] = order["remaining"]
    event["target_reference"] = order["user_reference"]
    event["side"] = side_of(order)
    event["keeps_priority"] = keeps
    event["method"] = method_of_kind(kind_of(order))
    return count + 1
