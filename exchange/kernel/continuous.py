"""Limit orders of continuous mode: checked, locked, accepted, then matched; the rest of a day order rests."""

import numpy as np

from exchange.kernel import reasons
from exchange.kernel.access import (
    Core,
    account_at,
    contract_at,
    counters_of,
    holding_at,
    level_at,
    link_at,
    order_at,
)
from exchange.kernel.book import append_order, next_level, position_of
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    BOOK,
    CANCEL_MAKER,
    CONTINUOUS,
    DAY,
    FOK,
    LEVEL_LOTS_MAX,
    LIMIT_ORDER,
    LISTED_MAX,
    LISTED_MIN,
    NO_WALL,
    NONE,
    ONE,
    POST_ONLY,
    SELF_TRADE_LAST,
    TRADES_FREELY,
    TRADING,
    ZERO,
)
from exchange.kernel.limits import check_limits
from exchange.kernel.listing import accept_order, reject_terms
from exchange.kernel.matching import crosses, meets, other_side, rule_for, start_match
from exchange.kernel.monitor import set_walls, stamp
from exchange.kernel.risk import (
    check_eligible,
    check_funds,
    check_open,
    check_party,
    check_price,
    check_quantity,
    check_slot,
    has_trades_left,
)
from exchange.kernel.usual import LIMIT_FORM, accept_usual, rest_usual, side_named


@hot
def check_limit_form(command: np.void) -> int:
    """Every enumerated field has a value of its enumeration; what must trade at once is not post-only."""
    in_force = signed(command["time_in_force"])
    flags = signed(command["order_flags"])
    is_known = (
        signed(command["side"]) <= ONE
        and flags <= POST_ONLY
        and in_force <= FOK
        and signed(command["self_trade_rule"]) <= SELF_TRADE_LAST
    )
    if not is_known or (flags != 0 and in_force != DAY):
        return reasons.INVALID_FIELD
    return reasons.OK


@cold
def is_fillable(state: Core, command: np.void) -> bool:
    """Whether a whole quantity would trade now, inside the breaker's walls."""
    contract_id = signed(command["contract_id"])
    contract = contract_at(state, contract_id)
    side = other_side(signed(command["side"]))
    limit = position_of(contract, side, signed(command["price_ticks"]))
    rule = rule_for(contract, signed(command["self_trade_rule"]))
    entity_id = signed(account_at(state, signed(command["account_id"]))["entity_id"])
    low, high = ZERO, NO_WALL
    if signed(contract["is_watched"]) != 0:
        set_walls(state, contract_id, side)
        low, high = signed(counters_of(state)["wall_low"]), signed(counters_of(state)["wall_high"])
    rest = signed(command["quantity_lots"])
    position = signed(contract["best"][side])
    while 0 <= position <= limit:
        slot = signed(level_at(state, contract_id, side, position)["head"])
        while slot != NONE:
            maker = order_at(state, slot)
            is_own = signed(account_at(state, signed(maker["account_id"]))["entity_id"]) == entity_id
            if not is_own or rule == TRADES_FREELY:
                if position < low or position > high:
                    return False
                rest -= signed(maker["remaining"])
            elif rule != CANCEL_MAKER:
                return False
            if rest <= 0:
                return True
            slot = signed(link_at(state, slot)["next"])
        position = next_level(state, contract_id, side, position + 1)
    return False


@hot
def check_crossing(state: Core, contract: np.void, command: np.void) -> int:
    """Post-only must not trade at once; fill-or-kill must be filled wholly at once."""
    if signed(command["order_flags"]) != 0:
        if crosses(contract, signed(command["side"]), signed(command["price_ticks"])):
            return reasons.WOULD_CROSS
    elif signed(command["time_in_force"]) == FOK and not is_fillable(state, command):
        return reasons.NOT_FILLABLE
    return reasons.OK


@hot
def check_limit_order(state: Core, command: np.void) -> int:
    """Every check of a limit order in its precedence."""
    reason = check_party(state, command)
    if reason != 0:
        return reason
    reason = check_limit_form(command)
    if reason != 0:
        return reason
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    login_id = signed(command["login_id"])
    contract = contract_at(state, contract_id)
    account = account_at(state, account_id)
    side = signed(command["side"])
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    rests = ONE if signed(command["time_in_force"]) == DAY else ZERO
    may_wait = ZERO if signed(command["order_flags"]) != 0 else rests
    reason = check_open(state, contract, CONTINUOUS, login_id, may_wait)
    if reason != 0:
        return reason
    reason = check_eligible(contract, account, side)
    if reason != 0:
        return reason
    reason = check_quantity(contract, LISTED_MIN, LISTED_MAX, quantity)
    if reason != 0:
        return reason
    reason = check_price(contract, signed(contract["lower"]), signed(contract["upper"]), price, quantity)
    if reason != 0:
        return reason
    reason = check_crossing(state, contract, command)
    if reason != 0:
        return reason
    reason = check_funds(contract, account, holding_at(state, account_id, contract_id), side, quantity, price)
    if reason != 0:
        return reason
    reason = check_limits(state, contract_id, account_id, login_id, price, quantity, rests)
    if reason != 0:
        return reason
    reason = check_slot(state)
    if reason != 0:
        return reason
    if not has_trades_left(counters_of(state), quantity):
        return reasons.ORDER_CAPACITY
    if rests != 0:
        level = level_at(state, contract_id, side, position_of(contract, side, price))
        if signed(level["lots"]) + quantity > LEVEL_LOTS_MAX:
            return reasons.LEVEL_CAPACITY
    return reasons.OK


@hot
def apply_limit_order(state: Core, count: int, command: np.void) -> int:
    """LIMIT_ORDER: accepted, then it meets what it crosses; a day order rests with what is left."""
    slot, position = accept_usual(state, count, command, LIMIT_ORDER, CONTINUOUS, LIMIT_FORM)
    if slot < 0:
        return enter_in_full(state, count, command)
    contract = contract_at(state, signed(command["contract_id"]))
    in_force = signed(command["time_in_force"])
    if in_force != DAY or meets(contract, side_named(command), position):
        return start_match(state, count + 1, command, slot, in_force)
    rest_usual(state, command, slot, position)
    return count + 1


@cold
def enter_in_full(state: Core, count: int, command: np.void) -> int:
    """A limit order that is refused, or is not like most."""
    stamp(counters_of(state), command)
    reason = check_limit_order(state, command)
    if reason != 0:
        return reject_terms(state, count, command, CONTINUOUS, reason)
    slot = signed(counters_of(state)["free_head"])
    side = signed(command["side"])
    price = signed(command["price_ticks"])
    marks = signed(command["order_flags"]) | (signed(command["self_trade_rule"]) << ONE)
    count = accept_order(state, count, command, LIMIT_ORDER, CONTINUOUS, side, marks, ZERO, price)
    contract = contract_at(state, signed(command["contract_id"]))
    order_at(state, slot)["position"] = position_of(contract, side, price)
    in_force = signed(command["time_in_force"])
    if in_force != DAY:
        return start_match(state, count, command, slot, in_force)
    return enter_book(state, count, command, contract, slot, side, price)


@hot
def enter_book(
    state: Core, count: int, command: np.void, contract: np.void, slot: int, side: int, price_ticks: int
) -> int:
    """A day order comes to the book: it matches if the book trades and the other side is in reach."""
    if crosses(contract, side, price_ticks) and signed(contract["phase"][BOOK]) == TRADING:
        return start_match(state, count, command, slot, DAY)
    append_order(state, contract, slot)
    return count
