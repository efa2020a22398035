"""The end of a resting order: its lock returns, owner and counterparty are told, its slot is free."""

import numpy as np

from exchange.kernel import kinds
from exchange.kernel.access import (
    Core,
    account_at,
    contract_at,
    event_at,
    holding_at,
    login_at,
    order_at,
    order_words_at,
    purse_of,
)
from exchange.kernel.book import (
    buys_of,
    flags_of,
    free_slot,
    kind_of,
    leave_account,
    method_of_kind,
    remove_at,
    remove_offer,
    remove_order,
    side_of,
)
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import BID_ORDER, BLOCK, LEVELS_OF_BIDS, LOT_ORDER, OFFER_ORDER, ZERO
from exchange.kernel.events import begin_event, begin_public, detail_of, tell_account, terms_of


@hot
def close_order(state: Core, count: int, command: np.void, slot: int, reason: int, untraded_lots: int) -> int:
    """End an order that rests nowhere any more: its lock returns, its owner is told, its slot is free."""
    order = order_at(state, slot)
    words = order_words_at(state, slot)
    account_id = signed(order["account_id"])
    account = account_at(state, account_id)
    holding = holding_at(state, account_id, signed(order["contract_id"]))
    side = side_of(order)
    kind = kind_of(order)
    remaining = signed(order["remaining"])
    buys = buys_of(side)
    locked = remaining + ((signed(order["lock_fen"]) - remaining) & buys)
    purse = purse_of(side, account, holding)
    purse["available"] = signed(purse["available"]) + locked
    purse["locked"] = signed(purse["locked"]) - locked
    holding["open_buys"] = signed(holding["open_buys"]) - (remaining & buys)
    tell_account(
        state,
        count,
        command,
        account,
        kinds.DONE,
        signed(order["user_reference"]),
        signed(words["w3"]),
        signed(words["w0"]),
        terms_of(signed(order["price_ticks"]), untraded_lots),
        detail_of(signed(order["quantity_lots"]) - remaining, side, reason, method_of_kind(kind), kind),
        ZERO,
    )
    leave_account(state, account, slot)
    if signed(order["is_counted"]) != 0:
        login = login_at(state, signed(order["login_id"]))
        login["open_orders"] = signed(login["open_orders"]) - 1
    free_slot(state, slot)
    return count + 1


@hot
def end_order(state: Core, count: int, command: np.void, slot: int, reason: int) -> int:
    """End an order that rests in a level of the book."""
    order = order_at(state, slot)
    remove_order(state, contract_at(state, signed(order["contract_id"])), slot)
    return close_order(state, count, command, slot, reason, signed(order["remaining"]))


@cold
def write_block_closed(
    state: Core, count: int, command: np.void, slot: int, reason: int, user_reference: int
) -> int:
    """BLOCK_CLOSED to the counterparty of an offer with a rest, written while its slot still holds it."""
    order = order_at(state, slot)
    counterparty = signed(order["counterparty_account_id"])
    begin_event(
        state,
        count,
        signed(account_at(state, counterparty)["member_id"]),
        kinds.BLOCK_CLOSED,
        command,
        signed(command["login_id"]),
        user_reference,
        signed(order["contract_id"]),
        counterparty,
    )
    event = event_at(state, count)
    event["order_id"] = order["order_id"]
    event["price_ticks"] = order["price_ticks"]
    event["quantity_lots"] = order["remaining"]
    event["counterparty_account_id"] = order["account_id"]
    event["side"] = side_of(order)
    event["done_reason"] = reason
    event["method"] = BLOCK
    return count + 1


@cold
def write_board(state: Core, count: int, command: np.void, slot: int, remaining_lots: int) -> int:
    """BLOCK_BOARD: everybody sees what the board offers, but not whose it is; nothing left means gone."""
    order = order_at(state, slot)
    begin_public(state, count, kinds.BLOCK_BOARD, command, signed(order["contract_id"]))
    event = event_at(state, count)
    event["order_id"] = order["order_id"]
    event["price_ticks"] = order_at(state, slot)["price_ticks"]
    event["quantity_lots"] = remaining_lots
    event["side"] = side_of(order)
    event["order_flags"] = flags_of(order)
    event["method"] = BLOCK
    return count + 1


@cold
def end_offer(state: Core, count: int, command: np.void, slot: int, reason: int, user_reference: int) -> int:
    """End a block offer with a rest: its owner is told first, then its counterparty, or everybody."""
    if signed(order_at(state, slot)["counterparty_account_id"]) == 0:
        write_board(state, count + 1, command, slot, ZERO)
    else:
        write_block_closed(state, count + 1, command, slot, reason, user_reference)
    order = order_at(state, slot)
    remove_offer(state, contract_at(state, signed(order["contract_id"])), slot)
    close_order(state, count, command, slot, reason, signed(order["remaining"]))
    return count + 2


@cold
def end_resting(state: Core, count: int, command: np.void, slot: int, reason: int) -> int:
    """End whatever rests in the slot: the lot of an auction is in no list, a bid on a side of its own."""
    order = order_at(state, slot)
    kind = kind_of(order)
    if kind == OFFER_ORDER:
        return end_offer(state, count, command, slot, reason, ZERO)
    if kind != BID_ORDER and kind != LOT_ORDER:
        return end_order(state, count, command, slot, reason)
    if kind == BID_ORDER:
        contract = contract_at(state, signed(order["contract_id"]))
        remove_at(state, contract, slot, LEVELS_OF_BIDS, signed(order["remaining"]))
    return close_order(state, count, command, slot, reason, signed(order["remaining"]))
