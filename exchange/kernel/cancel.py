"""Cancelling 撤单 a resting order of one's own member, by its id or by the login's own reference."""

import numpy as np

from exchange.kernel import reasons
from exchange.kernel.access import (
    Core,
    account_at,
    contract_at,
    counters_of,
    login_at,
    order_at,
    reference_at,
    ring_of,
)
from exchange.kernel.book import find_slot, kind_of, method_of_kind, part_of, slot_of
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    BREAK,
    CANCEL_IN_BREAK,
    CANCELLED,
    NONE,
    OFFER_ORDER,
)
from exchange.kernel.ending import end_order, end_resting
from exchange.kernel.events import reject
from exchange.kernel.limits import check_messages
from exchange.kernel.monitor import stamp
from exchange.kernel.one_way import is_binding
from exchange.kernel.risk import is_own_account
from exchange.kernel.usual import find_usual


@hot
def find_reference(state: Core, login_id: int, reference: int) -> tuple[int, int]:
    """(reason, slot) of the live order that a login's reference created."""
    highest = signed(login_at(state, login_id)["highest_reference"])
    if reference == 0 or reference > highest:
        return reasons.UNKNOWN_ORDER, NONE
    ring = ring_of(state)
    if highest - reference >= ring:
        return reasons.REFERENCE_TOO_OLD, NONE
    slot = slot_of(signed(reference_at(state, login_id, reference & (ring - 1))["place"]))
    if slot < 0:
        return reasons.UNKNOWN_ORDER, NONE
    order = order_at(state, slot)
    is_same = (
        signed(order["order_id"]) != 0
        and signed(order["login_id"]) == login_id
        and signed(order_at(state, slot)["user_reference"]) == reference
    )
    if not is_same:
        return reasons.UNKNOWN_ORDER, NONE
    return reasons.OK, slot


@hot
def find_own(state: Core, command: np.void) -> tuple[int, int]:
    """(reason, slot) of the order of the sender's member that a command names by its id or its reference."""
    login_id = signed(command["login_id"])
    account_id = signed(command["account_id"])
    if account_id != 0 and not is_own_account(state, account_id, login_id):
        return reasons.WRONG_ACCOUNT, NONE
    order_id = signed(command["order_id"])
    if order_id != 0:
        slot = find_slot(state, order_id)
        reason = reasons.UNKNOWN_ORDER if slot == NONE else reasons.OK
    else:
        reason, slot = find_reference(state, login_id, signed(command["target_reference"]))
    if reason != 0:
        return reason, NONE
    owner = account_at(state, signed(order_at(state, slot)["account_id"]))
    if signed(owner["member_id"]) != signed(login_at(state, login_id)["member_id"]):
        return reasons.NOT_YOUR_ORDER, NONE
    return reasons.OK, slot


@hot
def is_in_closed_break(state: Core, order: np.void) -> bool:
    """Whether an order's method is in a break that takes no cancels."""
    contract = contract_at(state, signed(order["contract_id"]))
    part = part_of(method_of_kind(kind_of(order)))
    return signed(contract["phase"][part]) == BREAK and signed(contract["parameters"][CANCEL_IN_BREAK]) == 0


@hot
def check_cancel(state: Core, command: np.void) -> tuple[int, int]:
    """Every check of a cancel in its precedence: (reason, slot)."""
    reason, slot = find_own(state, command)
    if reason != 0:
        return reason, slot
    if is_in_closed_break(state, order_at(state, slot)):
        return reasons.WRONG_PHASE, slot
    if kind_of(order_at(state, slot)) > OFFER_ORDER and is_binding(state, slot):
        return reasons.BID_BINDING, slot
    return check_messages(state), slot


@hot
def apply_cancel(state: Core, count: int, command: np.void) -> int:
    """CANCEL: halts and kill switches never stop it."""
    slot = find_usual(state, command)
    if slot < 0:
        return cancel_in_full(state, count, command)
    return end_order(state, count, command, slot, CANCELLED)


@cold
def cancel_in_full(state: Core, count: int, command: np.void) -> int:
    """A cancel that is refused, or is not like most."""
    stamp(counters_of(state), command)
    reason, slot = check_cancel(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    if kind_of(order_at(state, slot)) >= OFFER_ORDER:
        return end_resting(state, count, command, slot, CANCELLED)
    return end_order(state, count, command, slot, CANCELLED)
