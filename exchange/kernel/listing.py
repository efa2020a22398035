"""Posting a listing 挂牌: it rests at the back of its price level and matches nothing by itself."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    account_at,
    contract_at,
    contracts_in,
    counters_of,
    holding_at,
    level_at,
    login_at,
    order_at,
    reference_at,
    ring_of,
)
from exchange.kernel.book import (
    append_order,
    fill_slot,
    join_account,
    place_of,
    position_of,
    side_kind,
    take_slot,
)
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    BLOCK,
    BLOCK_MAX,
    BLOCK_MIN,
    LEVEL_LOTS_MAX,
    LISTED,
    LISTED_MAX,
    LISTED_MIN,
    LISTING_ORDER,
    ONE,
    PRICE_STEP,
    SELL,
    ZERO,
)
from exchange.kernel.events import detail_of, subject_of, tell_account, terms_of, write_rejected
from exchange.kernel.limits import check_limits
from exchange.kernel.risk import (
    amount_with_fees,
    check_eligible,
    check_funds,
    check_open,
    check_party,
    check_price,
    check_quantity,
    check_slot,
    lock_cash,
    lock_units,
    what_stops,
)
from exchange.kernel.usual import LISTING_FORM, accept_usual, rest_usual


@hot
def check_form(state: Core, command: np.void, method: int, flags_max: int, may_wait: int) -> int:
    """All that comes before the terms of a listing, a take or a block offer."""
    reason = check_party(state, command)
    if reason != 0:
        return reason
    if signed(command["side"]) > ONE or signed(command["order_flags"]) > flags_max:
        return reasons.INVALID_FIELD
    contract = contract_at(state, signed(command["contract_id"]))
    reason = check_open(state, contract, method, signed(command["login_id"]), may_wait)
    if reason != 0:
        return reason
    return check_eligible(contract, account_at(state, signed(command["account_id"])), signed(command["side"]))


@hot
def check_listing(state: Core, command: np.void) -> int:
    """Every check of a listing in its precedence."""
    reason = check_form(state, command, LISTED, ZERO, ONE)
    if reason != 0:
        return reason
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    contract = contract_at(state, contract_id)
    account = account_at(state, account_id)
    side = signed(command["side"])
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    reason = check_quantity(contract, LISTED_MIN, LISTED_MAX, quantity)
    if reason != 0:
        return reason
    reason = check_price(contract, signed(contract["lower"]), signed(contract["upper"]), price, quantity)
    if reason != 0:
        return reason
    holding = holding_at(state, account_id, contract_id)
    reason = check_funds(contract, account, holding, side, quantity, price)
    if reason != 0:
        return reason
    login_id = signed(command["login_id"])
    reason = check_limits(state, contract_id, account_id, login_id, price, quantity, ONE)
    if reason != 0:
        return reason
    reason = check_slot(state)
    if reason != 0:
        return reason
    position = position_of(contract, side, price)
    level = level_at(state, contract_id, side, position)
    if signed(level["lots"]) + quantity > LEVEL_LOTS_MAX:
        return reasons.LEVEL_CAPACITY
    return reasons.OK


@hot
def accept_order(
    state: Core,
    count: int,
    command: np.void,
    order_kind: int,
    method: int,
    side: int,
    marks: int,
    counterparty: int,
    price: int,
) -> int:
    """Lock what the command needs, fill a slot with it, remember its reference, and write ACCEPTED.

    The caller links the slot (counters.free_head before the call) into its book or list.
    """
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    login_id = signed(command["login_id"])
    reference = signed(command["user_reference"])
    contract = contract_at(state, contract_id)
    account = account_at(state, account_id)
    holding = holding_at(state, account_id, contract_id)
    quantity = signed(command["quantity_lots"])
    amount = amount_with_fees(contract, price * quantity)  # first, so that the check's is used again
    slot = take_slot(state)
    order = order_at(state, slot)
    locked_fen = ZERO
    if side == SELL:
        lock_units(holding, quantity)
    else:
        lock_cash(account, amount)
        locked_fen = amount
        holding["open_buys"] = signed(holding["open_buys"]) + quantity
    join_account(state, account, account_id, slot)
    packed = side_kind(side, order_kind, marks)
    terms = terms_of(price, quantity)
    fill_slot(state, slot, command, terms, quantity, ZERO, packed, locked_fen, counterparty)
    login = login_at(state, login_id)
    # The lot of an auction is entered by staff: it is no order of their own.
    is_own = signed(account["member_id"]) == signed(login["member_id"])
    if is_own and signed(login["has_limits"]) != 0:
        order["is_counted"] = 1
        login["open_orders"] = signed(login["open_orders"]) + 1
    ring = ring_of(state)
    reference_at(state, login_id, reference & (ring - 1))["place"] = place_of(contract_id, slot)
    tell_account(
        state,
        count,
        command,
        account,
        kinds.ACCEPTED,
        reference,
        subject_of(login_id, contract_id, account_id),
        signed(order["order_id"]),
        terms_of(price, quantity),
        detail_of(counterparty, side, marks & ONE, method, order_kind),
        ZERO,
    )
    return count + 1


@cold
def apply_listing(state: Core, count: int, command: np.void) -> int:
    """LISTING: checked, locked, resting, accepted."""
    slot, position = accept_usual(state, count, command, LISTING_ORDER, LISTED, LISTING_FORM)
    if slot < 0:
        return list_in_full(state, count, command)
    rest_usual(state, command, slot, position)
    return count + 1


@cold
def list_in_full(state: Core, count: int, command: np.void) -> int:
    """A listing that is refused, or is not like most."""
    reason = check_listing(state, command)
    if reason != 0:
        return reject_terms(state, count, command, LISTED, reason)
    slot = signed(counters_of(state)["free_head"])
    side = signed(command["side"])
    price = signed(command["price_ticks"])
    count = accept_order(state, count, command, LISTING_ORDER, LISTED, side, ZERO, ZERO, price)
    contract = contract_at(state, signed(command["contract_id"]))
    order_at(state, slot)["position"] = position_of(contract, side, price)
    append_order(state, contract, slot)
    return count


@cold
def reject_terms(state: Core, count: int, command: np.void, method: int, reason: int) -> int:
    """REJECTED with the number the rule allows, where one number says it."""
    contract_id = signed(command["contract_id"])
    expected = ZERO
    if contract_id < contracts_in(state):
        contract = contract_at(state, contract_id)
        if reason == reasons.STOPPED:
            reason = what_stops(state, contract, signed(command["login_id"]))
        expected = allowed_value(contract, method, reason, signed(command["price_ticks"]))
    return write_rejected(state, count, command, contract_id, reason, expected)


@cold
def allowed_value(contract: np.void, method: int, reason: int, price_ticks: int) -> int:
    """The limit that a quantity or a price passed."""
    if reason == reasons.QUANTITY_BELOW_MINIMUM:
        return signed(contract["parameters"][BLOCK_MIN if method == BLOCK else LISTED_MIN])
    if reason == reasons.QUANTITY_ABOVE_MAXIMUM:
        return signed(contract["parameters"][BLOCK_MAX if method == BLOCK else LISTED_MAX])
    if reason == reasons.PRICE_OFF_TICK:
        return signed(contract["parameters"][PRICE_STEP])
    if reason != reasons.PRICE_OUTSIDE_BAND:
        return ZERO
    lower = signed(contract["block_lower"] if method == BLOCK else contract["lower"])
    upper = signed(contract["block_upper"] if method == BLOCK else contract["upper"])
    return lower if price_ticks < lower else upper
