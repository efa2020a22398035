"""REDUCE and REPLACE of a resting listing or limit order."""

import numpy as np

from exchange.kernel import reasons
from exchange.kernel.access import (
    Core,
    account_at,
    contract_at,
    counters_of,
    holding_at,
    level_at,
    order_at,
)
from exchange.kernel.book import (
    append_order,
    flags_of,
    kind_of,
    method_of_kind,
    position_of,
    remove_order,
    side_of,
)
from exchange.kernel.cancel import find_own, is_in_closed_break
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    AMOUNT_MAX,
    BUY,
    HOLDING_LIMIT,
    LEVEL_LOTS_MAX,
    LIMIT_ORDER,
    LISTED,
    LISTED_MAX,
    LISTED_MIN,
    LISTING_ORDER,
    ONE,
    QUANTITY_MAX,
    RESALE_SAME_DAY,
    ZERO,
)
from exchange.kernel.continuous import enter_book
from exchange.kernel.delivery import lock_of
from exchange.kernel.events import reject, write_rejected
from exchange.kernel.limits import check_limits, check_messages
from exchange.kernel.listing import allowed_value
from exchange.kernel.matching import crosses, lower_resting, resize, write_reduced
from exchange.kernel.risk import (
    check_eligible,
    check_price,
    check_quantity,
    check_trades,
    has_trades_left,
)


@hot
def is_in_book(order: np.void) -> bool:
    """Whether an order rests in a level of the book."""
    kind = kind_of(order)
    return kind == LISTING_ORDER or kind == LIMIT_ORDER


@cold
def check_reduce(state: Core, command: np.void) -> tuple[int, int, int]:
    """Every check of REDUCE in its precedence: (reason, slot, the number that was expected)."""
    reason, slot = find_own(state, command)
    if reason != 0:
        return reason, slot, ZERO
    order = order_at(state, slot)
    if is_in_closed_break(state, order):
        return reasons.WRONG_PHASE, slot, ZERO
    if not is_in_book(order):
        return reasons.NOT_IN_BOOK, slot, ZERO
    quantity = signed(command["quantity_lots"])
    remaining = signed(order["remaining"])
    if quantity == 0:
        return reasons.QUANTITY_BELOW_MINIMUM, slot, ONE
    if quantity >= remaining:
        return reasons.QUANTITY_NOT_LOWER, slot, remaining
    return check_messages(state), slot, ZERO


@cold
def apply_reduce(state: Core, count: int, command: np.void) -> int:
    """REDUCE: less remains, the place in the queue is kept; halts and kill switches never stop it."""
    reason, slot, expected = check_reduce(state, command)
    if reason != 0:
        contract_id = signed(command["contract_id"])
        return write_rejected(state, count, command, contract_id, reason, expected)
    return lower(state, count, command, slot)


@cold
def lower(state: Core, count: int, command: np.void, slot: int) -> int:
    """Less remains of an order at its place."""
    lots = signed(order_at(state, slot)["remaining"]) - signed(command["quantity_lots"])
    lower_resting(state, slot, lots)
    return tell_replaced(state, count, command, slot, ONE)


@cold
def tell_replaced(state: Core, count: int, command: np.void, slot: int, keeps: int) -> int:
    """REDUCED under the login and reference of the command."""
    login_id = signed(command["login_id"])
    reference = signed(command["user_reference"])
    return write_reduced(state, count, command, slot, login_id, reference, keeps)


@cold
def check_replaced_funds(state: Core, slot: int, price_ticks: int, quantity_lots: int) -> int:
    """As check_funds: what the order has locked counts as available, and its lots count once."""
    order = order_at(state, slot)
    account_id = signed(order["account_id"])
    contract_id = signed(order["contract_id"])
    contract = contract_at(state, contract_id)
    holding = holding_at(state, account_id, contract_id)
    own = signed(order["remaining"])
    available = signed(holding["available"])
    if side_of(order) != BUY:
        if available + own >= quantity_lots:
            return reasons.OK
        bought = signed(holding["bought_today"])
        can_tomorrow = available + own + bought >= quantity_lots
        if can_tomorrow and signed(contract["parameters"][RESALE_SAME_DAY]) == 0:
            return reasons.BOUGHT_TODAY
        return reasons.UNITS_INSUFFICIENT
    cash = signed(account_at(state, account_id)["available"]) + signed(order["lock_fen"])
    if cash < lock_of(contract, price_ticks * quantity_lots, signed(order["filled_fen"])):
        return reasons.CASH_INSUFFICIENT
    limit = signed(contract["parameters"][HOLDING_LIMIT])
    if limit > 0:
        held = available + signed(holding["locked"]) + signed(holding["bought_today"])
        held += signed(holding["frozen"]) + signed(holding["open_buys"]) + signed(holding["held"]) - own
        if held + quantity_lots > limit:
            return reasons.HOLDING_LIMIT
    return reasons.OK


@cold
def check_replace_terms(state: Core, command: np.void, slot: int) -> tuple[int, int]:
    """A new order's checks from "open" to the price, on what the order would be: (reason, expected)."""
    order = order_at(state, slot)
    contract = contract_at(state, signed(order["contract_id"]))
    side = side_of(order)
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    method = method_of_kind(kind_of(order))
    flags = flags_of(order)
    may_wait = ONE if flags == 0 else ZERO
    reason = check_trades(state, contract, method, signed(command["login_id"]), may_wait)
    if reason == 0:
        reason = check_eligible(contract, account_at(state, signed(order["account_id"])), side)
    if reason == 0:
        reason = check_quantity(contract, LISTED_MIN, LISTED_MAX, quantity)
    if reason != 0:
        return reason, ZERO
    filled = signed(order["quantity_lots"]) - signed(order["remaining"])
    if filled + quantity > QUANTITY_MAX:
        return reasons.QUANTITY_ABOVE_MAXIMUM, QUANTITY_MAX
    reason = check_price(contract, signed(contract["lower"]), signed(contract["upper"]), price, quantity)
    if reason != 0:
        return reason, ZERO
    if signed(order["filled_fen"]) + price * quantity > AMOUNT_MAX:
        return reasons.AMOUNT_ABOVE_LIMIT, ZERO
    if flags != 0 and crosses(contract, side, price):
        return reasons.WOULD_CROSS, ZERO
    return reasons.OK, ZERO


@cold
def check_replace_room(state: Core, command: np.void, slot: int) -> int:
    """Funds, limits and capacity for what the order would be."""
    order = order_at(state, slot)
    contract_id = signed(order["contract_id"])
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    reason = check_replaced_funds(state, slot, price, quantity)
    if reason != 0:
        return reason
    login_id = signed(command["login_id"])
    reason = check_limits(state, contract_id, signed(order["account_id"]), login_id, price, quantity, ZERO)
    if reason != 0:
        return reason
    is_limit = kind_of(order) == LIMIT_ORDER
    if is_limit and not has_trades_left(counters_of(state), quantity):
        return reasons.ORDER_CAPACITY
    side = side_of(order)
    position = position_of(contract_at(state, contract_id), side, price)
    resting = signed(level_at(state, contract_id, side, position)["lots"])
    if position == signed(order["position"]):
        resting -= signed(order["remaining"])
    return reasons.LEVEL_CAPACITY if resting + quantity > LEVEL_LOTS_MAX else reasons.OK


@cold
def reject_replace(
    state: Core, count: int, command: np.void, contract_id: int, reason: int, expected: int
) -> int:
    """REJECTED with the number that the rules of the order's contract allow."""
    if expected == 0:
        contract = contract_at(state, contract_id)
        expected = allowed_value(contract, LISTED, reason, signed(command["price_ticks"]))
    return write_rejected(state, count, command, signed(command["contract_id"]), reason, expected)


@cold
def apply_replace(state: Core, count: int, command: np.void) -> int:
    """REPLACE: another price or more lots cost the place in the queue, and may trade at once."""
    reason, slot = find_own(state, command)
    if reason == 0 and not is_in_book(order_at(state, slot)):
        reason = reasons.NOT_IN_BOOK
    if reason != 0:
        return reject(state, count, command, reason)
    order = order_at(state, slot)
    contract_id = signed(order["contract_id"])
    reason, expected = check_replace_terms(state, command, slot)
    if reason == 0:
        reason = check_replace_room(state, command, slot)
    if reason != 0:
        return reject_replace(state, count, command, contract_id, reason, expected)
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    if price == signed(order["price_ticks"]) and quantity < signed(order["remaining"]):
        return lower(state, count, command, slot)
    contract = contract_at(state, contract_id)
    side = side_of(order)
    remove_order(state, contract, slot)
    order["price_ticks"] = price
    order["position"] = position_of(contract, side, price)
    resize(state, slot, quantity)
    count = tell_replaced(state, count, command, slot, ZERO)
    if method_of_kind(kind_of(order)) == LISTED:
        append_order(state, contract, slot)
        return count
    return enter_book(state, count, command, contract, slot, side, price)
