"""Block agreement 大宗协议: an offer to a named counterparty, who accepts or declines it."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    account_at,
    contract_at,
    counters_of,
    detail_at,
    event_at,
    holding_at,
    order_at,
)
from exchange.kernel.book import (
    append_offer,
    find_slot,
    kind_of,
    next_order_number,
    side_of,
)
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    ACCEPT_ORDER,
    BLOCK,
    BLOCK_MAX,
    BLOCK_MIN,
    BUY,
    DAY_TRADES_LAST,
    DECLINED,
    FILLED,
    NONE,
    OFFER_ORDER,
    SELL,
    SLOT_BITS,
    SLOT_MASK,
    ZERO,
)
from exchange.kernel.delivery import lock_taker
from exchange.kernel.ending import end_offer
from exchange.kernel.events import begin_event, reject
from exchange.kernel.listing import accept_order, check_form, reject_terms
from exchange.kernel.risk import (
    check_eligible,
    check_funds,
    check_open_orders,
    check_party,
    check_price,
    check_quantity,
    check_trading,
    is_account,
)
from exchange.kernel.trade import trade


@hot
def check_offer(state: Core, command: np.void) -> int:
    """Every check of a block offer in its precedence."""
    reason = check_form(state, command, BLOCK, ZERO)
    if reason != 0:
        return reason
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    contract = contract_at(state, contract_id)
    account = account_at(state, account_id)
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    reason = check_quantity(contract, BLOCK_MIN, BLOCK_MAX, quantity)
    if reason != 0:
        return reason
    lower = signed(contract["block_lower"])
    reason = check_price(lower, signed(contract["block_upper"]), price, quantity)
    if reason != 0:
        return reason
    counterparty = signed(command["counterparty_account_id"])
    if not is_account(state, counterparty):
        return reasons.UNKNOWN_COUNTERPARTY
    if signed(account_at(state, counterparty)["entity_id"]) == signed(account["entity_id"]):
        return reasons.OWN_COUNTERPARTY
    holding = holding_at(state, account_id, contract_id)
    reason = check_funds(contract, account, holding, signed(command["side"]), quantity, price)
    if reason != 0:
        return reason
    return check_open_orders(state, contract, account)


@cold
def apply_block_offer(state: Core, count: int, command: np.void) -> int:
    """BLOCK_OFFER: locks like a listing and waits for the named counterparty."""
    reason = check_offer(state, command)
    if reason != 0:
        return reject_terms(state, count, command, BLOCK, reason)
    slot = signed(counters_of(state)["free_head"])
    counterparty = signed(command["counterparty_account_id"])
    contract_id = signed(command["contract_id"])
    count = accept_order(state, count, command, OFFER_ORDER, BLOCK, counterparty)
    append_offer(state, contract_at(state, contract_id), slot)
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
    event["side"] = command["side"]
    event["order_kind"] = OFFER_ORDER
    event["method"] = BLOCK
    return count + 1


@hot
def check_addressed(state: Core, command: np.void, slot: int) -> int:
    """The slot holds a block offer of the command's contract addressed to the command's account."""
    if slot == NONE:
        return reasons.UNKNOWN_ORDER
    order = order_at(state, slot)
    if kind_of(order) != OFFER_ORDER or signed(order["contract_id"]) != signed(command["contract_id"]):
        return reasons.NOT_A_BLOCK_OFFER
    if signed(detail_at(state, slot)["counterparty_account_id"]) != signed(command["account_id"]):
        return reasons.NOT_ADDRESSED_TO_YOU
    return reasons.OK


@hot
def check_accept(state: Core, command: np.void, slot: int) -> int:
    """Every check of an acceptance in its precedence."""
    reason = check_party(state, command)
    if reason != 0:
        return reason
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    contract = contract_at(state, contract_id)
    account = account_at(state, account_id)
    reason = check_trading(state, contract, BLOCK, signed(command["login_id"]))
    if reason != 0:
        return reason
    reason = check_addressed(state, command, slot)
    if reason != 0:
        return reason
    detail = detail_at(state, slot)
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    if price != signed(detail["price_ticks"]) or quantity != signed(detail["quantity_lots"]):
        return reasons.TERMS_DIFFER
    side = SELL if side_of(order_at(state, slot)) == BUY else BUY
    reason = check_eligible(contract, account, side)
    if reason != 0:
        return reason
    holding = holding_at(state, account_id, contract_id)
    reason = check_funds(contract, account, holding, side, quantity, price)
    if reason == 0 and signed(counters_of(state)["match_count"]) >= DAY_TRADES_LAST:
        return reasons.ORDER_CAPACITY
    return reason


@cold
def apply_block_accept(state: Core, count: int, command: np.void) -> int:
    """BLOCK_ACCEPT: the whole offer trades at its price; both were confirmed exactly."""
    counters = counters_of(state)
    slot = find_slot(state, signed(command["order_id"]))
    reason = check_accept(state, command, slot)
    if reason != 0:
        return reject(state, count, command, reason)
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    account = account_at(state, account_id)
    holding = holding_at(state, account_id, contract_id)
    side = SELL if side_of(order_at(state, slot)) == BUY else BUY
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    lock_taker(counters, contract_at(state, contract_id), account, holding, side, price, quantity)
    counters["taker_order_id"] = (next_order_number(counters) << SLOT_BITS) | SLOT_MASK
    count = trade(state, count, command, slot, quantity, ACCEPT_ORDER, BLOCK)
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
    event["price_ticks"] = price
    event["filled_lots"] = quantity
    event["side"] = side
    event["done_reason"] = FILLED
    event["order_kind"] = ACCEPT_ORDER
    event["method"] = BLOCK
    return count + 1


@cold
def apply_block_decline(state: Core, count: int, command: np.void) -> int:
    """BLOCK_DECLINE: works in any phase while the offer lives."""
    slot = find_slot(state, signed(command["order_id"]))
    reason = check_party(state, command)
    if reason == 0:
        reason = check_addressed(state, command, slot)
    if reason != 0:
        return reject(state, count, command, reason)
    return end_offer(state, count, command, slot, DECLINED, signed(command["user_reference"]))
