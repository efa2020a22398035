"""Block agreement 大宗协议: offers to one counterparty or on the board; accept, counter, decline."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    account_at,
    contract_at,
    counters_of,
    event_at,
    holding_at,
    order_at,
)
from exchange.kernel.book import append_offer, find_slot, flags_of, kind_of, next_order_number, side_of
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    ACCEPT_ORDER,
    BLOCK,
    BLOCK_MAX,
    BLOCK_MIN,
    BUY,
    COUNTERED,
    DAY_TRADES_MAX,
    DECLINED,
    FILLED,
    LAPSED,
    NONE,
    OFFER_ORDER,
    OFFER_PARTIAL,
    ONE,
    SELL,
    SLOT_BITS,
    SLOT_MASK,
    ZERO,
)
from exchange.kernel.delivery import lock_taker, set_taker
from exchange.kernel.ending import end_offer, write_board
from exchange.kernel.events import begin_event, reject
from exchange.kernel.limits import check_limits, check_messages
from exchange.kernel.listing import accept_order, check_form, reject_terms
from exchange.kernel.risk import (
    check_eligible,
    check_funds,
    check_party,
    check_price,
    check_quantity,
    check_slot,
    check_trades,
    is_account,
)
from exchange.kernel.trade import trade


@cold
def check_size_and_price(state: Core, command: np.void) -> int:
    """A block's quantity and price."""
    contract = contract_at(state, signed(command["contract_id"]))
    quantity = signed(command["quantity_lots"])
    reason = check_quantity(contract, BLOCK_MIN, BLOCK_MAX, quantity)
    if reason != 0:
        return reason
    lower = signed(contract["block_lower"])
    upper = signed(contract["block_upper"])
    return check_price(contract, lower, upper, signed(command["price_ticks"]), quantity)


@cold
def check_means(state: Core, command: np.void, side: int, rests: int) -> int:
    """The account has what the command's side needs, and its limits allow it."""
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    contract = contract_at(state, contract_id)
    holding = holding_at(state, account_id, contract_id)
    reason = check_funds(contract, account_at(state, account_id), holding, side, quantity, price)
    if reason != 0:
        return reason
    login_id = signed(command["login_id"])
    return check_limits(state, contract_id, account_id, login_id, price, quantity, rests)


@cold
def check_counterparty(state: Core, command: np.void) -> int:
    """The counterparty exists and is another legal entity; 0 is the board."""
    counterparty = signed(command["counterparty_account_id"])
    if counterparty == 0:
        return reasons.OK
    if not is_account(state, counterparty):
        return reasons.UNKNOWN_COUNTERPARTY
    return check_entity(state, command, counterparty)


@cold
def check_entity(state: Core, command: np.void, other_account_id: int) -> int:
    """The other account is not of the command's legal entity."""
    own = account_at(state, signed(command["account_id"]))
    if signed(account_at(state, other_account_id)["entity_id"]) == signed(own["entity_id"]):
        return reasons.OWN_COUNTERPARTY
    return reasons.OK


@cold
def check_offer(state: Core, command: np.void) -> int:
    """Every check of a block offer in its precedence."""
    reason = check_form(state, command, BLOCK, OFFER_PARTIAL, ZERO)
    if reason == 0:
        reason = check_size_and_price(state, command)
    if reason == 0:
        reason = check_counterparty(state, command)
    if reason == 0:
        reason = check_means(state, command, signed(command["side"]), ONE)
    if reason == 0:
        reason = check_slot(state)
    return reason


@cold
def apply_block_offer(state: Core, count: int, command: np.void) -> int:
    """BLOCK_OFFER: locks like a listing and waits for the named counterparty, or for anybody."""
    reason = check_offer(state, command)
    if reason != 0:
        return reject_terms(state, count, command, BLOCK, reason)
    counterparty = signed(command["counterparty_account_id"])
    return rest_offer(state, count, command, signed(command["side"]), counterparty, ZERO)


@cold
def rest_offer(
    state: Core, count: int, command: np.void, side: int, counterparty: int, countered_order_id: int
) -> int:
    """A new offer is live: its owner, and whom it is for, are told."""
    slot = signed(counters_of(state)["free_head"])
    contract_id = signed(command["contract_id"])
    marks = signed(command["order_flags"])
    price = signed(command["price_ticks"])
    count = accept_order(state, count, command, OFFER_ORDER, BLOCK, side, marks, counterparty, price)
    append_offer(state, contract_at(state, contract_id), slot)
    if counterparty == 0:
        return write_board(state, count, command, slot, signed(command["quantity_lots"]))
    begin_event(
        state,
        count,
        signed(account_at(state, counterparty)["member_id"]),
        kinds.BLOCK_OFFERED,
        command,
        signed(command["login_id"]),
        ZERO,
        contract_id,
        counterparty,
    )
    event = event_at(state, count)
    event["order_id"] = order_at(state, slot)["order_id"]
    event["price_ticks"] = command["price_ticks"]
    event["quantity_lots"] = command["quantity_lots"]
    event["counterparty_account_id"] = command["account_id"]
    event["side"] = side
    event["order_flags"] = marks
    event["countered_order_id"] = countered_order_id
    event["order_kind"] = OFFER_ORDER
    event["method"] = BLOCK
    return count + 1


@cold
def check_answered(state: Core, command: np.void, slot: int) -> int:
    """The slot holds a block offer of the command's contract that the command's account may answer."""
    if slot == NONE:
        return reasons.UNKNOWN_ORDER
    order = order_at(state, slot)
    if kind_of(order) != OFFER_ORDER or signed(order["contract_id"]) != signed(command["contract_id"]):
        return reasons.NOT_A_BLOCK_OFFER
    addressed = signed(order_at(state, slot)["counterparty_account_id"])
    is_on_board = addressed == 0 and signed(command["kind"]) != kinds.BLOCK_DECLINE
    if addressed != signed(command["account_id"]) and not is_on_board:
        return reasons.NOT_ADDRESSED_TO_YOU
    return check_entity(state, command, signed(order["account_id"]))


@cold
def check_answer(state: Core, command: np.void, slot: int) -> int:
    """What an acceptance and a counter-offer share, up to the eligibility for the side they take."""
    reason = check_party(state, command)
    if reason != 0:
        return reason
    is_counter = signed(command["kind"]) == kinds.BLOCK_COUNTER
    if is_counter and signed(command["order_flags"]) > OFFER_PARTIAL:
        return reasons.INVALID_FIELD
    contract = contract_at(state, signed(command["contract_id"]))
    reason = check_trades(state, contract, BLOCK, signed(command["login_id"]), ZERO)
    if reason == 0:
        reason = check_answered(state, command, slot)
    if reason == 0 and not is_counter:
        reason = check_terms(state, contract, command, slot)
    if reason != 0:
        return reason
    return check_eligible(contract, account_at(state, signed(command["account_id"])), other_side(state, slot))


@cold
def other_side(state: Core, slot: int) -> int:
    """The side of whoever answers an offer."""
    return SELL if side_of(order_at(state, slot)) == BUY else BUY


@cold
def check_terms(state: Core, contract: np.void, command: np.void, slot: int) -> int:
    """The offer's price, and all that remains of it, or part of it where the offer allows parts."""
    order = order_at(state, slot)
    quantity = signed(command["quantity_lots"])
    most = signed(order["remaining"])
    least = signed(contract["parameters"][BLOCK_MIN]) if flags_of(order) == OFFER_PARTIAL else most
    if signed(command["price_ticks"]) != signed(order_at(state, slot)["price_ticks"]):
        return reasons.TERMS_DIFFER
    return reasons.OK if least <= quantity <= most else reasons.TERMS_DIFFER


@cold
def apply_block_accept(state: Core, count: int, command: np.void) -> int:
    """BLOCK_ACCEPT: the offer trades at its price; price and quantity were confirmed."""
    counters = counters_of(state)
    slot = find_slot(state, signed(command["order_id"]))
    reason = check_answer(state, command, slot)
    if reason == 0:
        reason = check_means(state, command, other_side(state, slot), ZERO)
    if reason == 0 and signed(counters["match_count"]) >= DAY_TRADES_MAX:
        reason = reasons.ORDER_CAPACITY
    if reason != 0:
        return reject(state, count, command, reason)
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    account = account_at(state, account_id)
    holding = holding_at(state, account_id, contract_id)
    side = other_side(state, slot)
    offer_id = signed(order_at(state, slot)["order_id"])
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    lock_taker(counters, contract_at(state, contract_id), account, holding, side, price, quantity)
    order_id = (next_order_number(counters) << SLOT_BITS) | SLOT_MASK
    reference = signed(command["user_reference"])
    set_taker(counters, order_id, account_id, signed(command["login_id"]), reference)
    count = trade(state, count, command, slot, quantity, ACCEPT_ORDER, BLOCK)
    count = write_accepted_done(state, count, command, side)
    return keep_rest(state, count, command, slot, offer_id)


@cold
def write_accepted_done(state: Core, count: int, command: np.void, side: int) -> int:
    """DONE of an acceptance: it is always filled."""
    account_id = signed(command["account_id"])
    begin_event(
        state,
        count,
        signed(account_at(state, account_id)["member_id"]),
        kinds.DONE,
        command,
        signed(command["login_id"]),
        signed(command["user_reference"]),
        signed(command["contract_id"]),
        account_id,
    )
    event = event_at(state, count)
    event["order_id"] = counters_of(state)["taker_order_id"]
    event["price_ticks"] = command["price_ticks"]
    event["filled_lots"] = command["quantity_lots"]
    event["side"] = side
    event["done_reason"] = FILLED
    event["order_kind"] = ACCEPT_ORDER
    event["method"] = BLOCK
    return count + 1


@cold
def keep_rest(state: Core, count: int, command: np.void, slot: int, offer_id: int) -> int:
    """What is left of an offer after a trade lives on if it is still a block, else it lapses.

    A filled offer has left its slot, but nobody has been handed it since: its terms still stand there.
    """
    rest = signed(order_at(state, slot)["remaining"])
    contract = contract_at(state, signed(command["contract_id"]))
    if 0 < rest < signed(contract["parameters"][BLOCK_MIN]):
        return end_offer(state, count, command, slot, LAPSED, ZERO)
    if signed(order_at(state, slot)["counterparty_account_id"]) != 0:
        return count
    count = write_board(state, count, command, slot, rest)
    event_at(state, count - 1)["order_id"] = offer_id
    return count


@cold
def apply_block_counter(state: Core, count: int, command: np.void) -> int:
    """BLOCK_COUNTER: offers the offeror the other side; what was offered to oneself ends, the board stays."""
    slot = find_slot(state, signed(command["order_id"]))
    reason = check_answer(state, command, slot)
    if reason == 0:
        reason = check_size_and_price(state, command)
    if reason == 0:
        reason = check_means(state, command, other_side(state, slot), ONE)
    if reason == 0:
        reason = check_slot(state)
    if reason != 0:
        return reject_terms(state, count, command, BLOCK, reason)
    side = other_side(state, slot)
    offeror = signed(order_at(state, slot)["account_id"])
    countered = signed(order_at(state, slot)["order_id"])
    if signed(order_at(state, slot)["counterparty_account_id"]) != 0:
        reference = signed(command["user_reference"])
        count = end_offer(state, count, command, slot, COUNTERED, reference)
    return rest_offer(state, count, command, side, offeror, countered)


@cold
def apply_block_decline(state: Core, count: int, command: np.void) -> int:
    """BLOCK_DECLINE: works in any phase while the offer lives."""
    slot = find_slot(state, signed(command["order_id"]))
    reason = check_party(state, command)
    if reason == 0:
        reason = check_answered(state, command, slot)
    if reason == 0:
        reason = check_messages(state)
    if reason != 0:
        return reject(state, count, command, reason)
    return end_offer(state, count, command, slot, DECLINED, signed(command["user_reference"]))
