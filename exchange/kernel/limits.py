"""Limits on what a member may enter: those it sets for itself, open orders, messages."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    account_at,
    account_limits_at,
    contract_at,
    counters_of,
    event_at,
    login_at,
    login_limits_at,
    logins_in,
    member_at,
    order_at,
)
from exchange.kernel.book import first_of_account, next_of_account
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    BALANCE_MAX,
    NONE,
    ONE,
    OPEN_ORDERS_MAX,
    OWN_AMOUNT,
    OWN_OPEN_ORDERS,
    OWN_QUANTITY,
    STREAM_OPERATOR,
    ZERO,
)
from exchange.kernel.events import begin_event, reject
from exchange.kernel.risk import is_own_account


@hot
def check_limits(
    state: Core,
    contract_id: int,
    account_id: int,
    login_id: int,
    price_ticks: int,
    quantity_lots: int,
    rests: int,
) -> int:
    """Own limits, open orders, messages, in that order; one branch while none but open orders is on."""
    account = account_at(state, account_id)
    is_limited = (
        signed(counters_of(state)["is_over_limit"])
        | signed(account["has_limits"])
        | signed(login_at(state, login_id)["has_limits"])
    )
    if is_limited != 0:
        reason = check_own_limits(state, account_id, login_id, price_ticks, quantity_lots, rests)
        if reason != 0:
            return reason
    if rests != 0:
        limit = signed(contract_at(state, contract_id)["parameters"][OPEN_ORDERS_MAX])
        if limit > 0 and signed(account["open_orders"]) >= limit:
            return reasons.OPEN_ORDERS_LIMIT
    return check_messages(state)


@hot
def check_messages(state: Core) -> int:
    """The command's bucket held it."""
    return reasons.OK if signed(counters_of(state)["is_over_limit"]) == 0 else reasons.MESSAGE_LIMIT


@cold
def passed_limit(limits: np.void, open_orders: int, price_ticks: int, quantity_lots: int, rests: int) -> int:
    """The first of a member's own limits that an order passes, 0 for none."""
    limit = signed(limits["value"][OWN_QUANTITY])
    if 0 < limit < quantity_lots:
        return limit
    limit = signed(limits["value"][OWN_AMOUNT])
    if 0 < limit < price_ticks * quantity_lots:
        return limit
    limit = signed(limits["value"][OWN_OPEN_ORDERS])
    if rests != 0 and 0 < limit <= open_orders:
        return limit
    return ZERO


@cold
def check_own_limits(
    state: Core, account_id: int, login_id: int, price_ticks: int, quantity_lots: int, rests: int
) -> int:
    """The limits of the account, then those of the login; the one passed is kept for the rejection."""
    open_orders = signed(account_at(state, account_id)["open_orders"])
    limits = account_limits_at(state, account_id)
    passed = passed_limit(limits, open_orders, price_ticks, quantity_lots, rests)
    if passed == 0:
        open_orders = signed(login_at(state, login_id)["open_orders"])
        limits = login_limits_at(state, login_id)
        passed = passed_limit(limits, open_orders, price_ticks, quantity_lots, rests)
    if passed == 0:
        return reasons.OK
    counters_of(state)["limit_passed"] = passed
    return reasons.OWN_LIMIT


@cold
def check_member_limit(state: Core, command: np.void) -> int:
    """Every check of MEMBER_LIMIT in its precedence."""
    subject = signed(command["subject_id"])
    login_id = signed(command["login_id"])
    if subject == 0 and not is_own_account(state, signed(command["account_id"]), login_id):
        return reasons.WRONG_ACCOUNT
    reason = check_messages(state)
    if reason != 0:
        return reason
    if subject != 0:
        if subject >= logins_in(state):
            return reasons.UNKNOWN_LEVEL
        login = login_at(state, subject)
        is_own = signed(login["member_id"]) == signed(login_at(state, login_id)["member_id"])
        if signed(login["is_defined"]) == 0 or not is_own:
            return reasons.UNKNOWN_LEVEL
    limit_id = signed(command["parameter_id"])
    if limit_id < OWN_QUANTITY or limit_id > OWN_OPEN_ORDERS:
        return reasons.UNKNOWN_PARAMETER
    value = signed(command["parameter_value"])
    if value < 0 or value > BALANCE_MAX:
        return reasons.PARAMETER_VALUE
    return reasons.OK


@cold
def has_any(limits: np.void) -> int:
    """Whether any limit of a row is on."""
    for limit_id in range(OWN_QUANTITY, OWN_OPEN_ORDERS + ONE):
        if signed(limits["value"][limit_id]) != 0:
            return ONE
    return ZERO


@cold
def count_orders(state: Core, login_id: int) -> int:
    """Mark a login's live orders as counted, and count them: it is the first limit that has them counted."""
    found = ZERO
    account_id = signed(member_at(state, signed(login_at(state, login_id)["member_id"]))["first_account"])
    while account_id != 0:
        account = account_at(state, account_id)
        slot = first_of_account(state, account_id)
        while slot != NONE:
            order = order_at(state, slot)
            if signed(order["login_id"]) == login_id:
                order["is_counted"] = 1
                found += ONE
            slot = next_of_account(state, slot)
        account_id = signed(account["next_account"])
    return found


@cold
def apply_member_limit(state: Core, count: int, command: np.void) -> int:
    """MEMBER_LIMIT: of one's own account, or of a login of one's own member."""
    reason = check_member_limit(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    subject = signed(command["subject_id"])
    account_id = signed(command["account_id"])
    login_id = signed(command["login_id"])
    limit_id = signed(command["parameter_id"])
    if subject == 0:
        limits = account_limits_at(state, account_id)
        limits["value"][limit_id] = command["parameter_value"]
        account_at(state, account_id)["has_limits"] = has_any(limits)
    else:
        account_id = ZERO
        limits = login_limits_at(state, subject)
        limits["value"][limit_id] = command["parameter_value"]
        login = login_at(state, subject)
        if signed(login["has_limits"]) == 0:
            login["open_orders"] = count_orders(state, subject)
        login["has_limits"] = has_any(limits)
    member_id = signed(login_at(state, login_id)["member_id"])
    stream = member_id if member_id != 0 else STREAM_OPERATOR
    reference = signed(command["user_reference"])
    begin_event(state, count, stream, kinds.LIMIT_CHANGED, command, login_id, reference, ZERO, account_id)
    event = event_at(state, count)
    event["parameter_value"] = command["parameter_value"]
    event["subject_id"] = subject
    event["parameter_id"] = limit_id
    return count + 1
