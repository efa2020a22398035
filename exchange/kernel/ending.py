"""The end of a resting order: its lock returns, owner and counterparty are told, its slot is free."""

import numpy as np

from exchange.kernel import kinds
from exchange.kernel.book import free_slot, kind_of, remove_offer, remove_order, side_of
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import BLOCK, OFFER_ORDER, SELL, ZERO
from exchange.kernel.events import Out, begin_event
from exchange.kernel.risk import lock_cash, lock_units
from exchange.kernel.state import State


@hot
def end_order(state: State, out: Out, count: int, command: np.void, slot: int, reason: int) -> int:
    """End a resting order: its lock returns, its owner is told, its slot is free."""
    order = state.orders[slot]
    detail = state.details[slot]
    account_id = signed(order["account_id"])
    contract_id = signed(order["contract_id"])
    contract = state.contracts[contract_id]
    account = state.accounts[account_id]
    holding = state.holdings[account_id * signed(state.counters[0]["contracts"]) + contract_id]
    side = side_of(order)
    kind = kind_of(order)
    remaining = signed(order["remaining"])
    if side == SELL:
        lock_units(holding, -remaining)
    else:
        lock_cash(account, -signed(detail["lock_fen"]))
        detail["lock_fen"] = 0
        holding["open_buys"] = signed(holding["open_buys"]) - remaining
    begin_event(
        out,
        count,
        signed(account["member_id"]),
        kinds.DONE,
        command,
        signed(order["login_id"]),
        signed(detail["user_reference"]),
        contract_id,
        account_id,
    )
    event = out.events[count]
    event["order_id"] = order["order_id"]
    event["price_ticks"] = detail["price_ticks"]
    event["quantity_lots"] = remaining
    event["filled_lots"] = signed(detail["quantity_lots"]) - remaining
    event["side"] = side
    event["done_reason"] = reason
    event["order_kind"] = kind
    if kind == OFFER_ORDER:
        event["method"] = BLOCK
        remove_offer(state.orders, contract, slot)
    else:
        remove_order(state, contract, slot)
    account["open_orders"] = signed(account["open_orders"]) - 1
    free_slot(state, slot)
    return count + 1


@cold
def write_block_closed(
    state: State, out: Out, count: int, command: np.void, slot: int, reason: int, user_reference: int
) -> int:
    """BLOCK_CLOSED to the counterparty of a block offer, written while its slot still holds it."""
    order = state.orders[slot]
    detail = state.details[slot]
    counterparty = signed(detail["counterparty_account_id"])
    begin_event(
        out,
        count,
        signed(state.accounts[counterparty]["member_id"]),
        kinds.BLOCK_CLOSED,
        command,
        signed(command["login_id"]),
        user_reference,
        signed(order["contract_id"]),
        counterparty,
    )
    event = out.events[count]
    event["order_id"] = order["order_id"]
    event["price_ticks"] = detail["price_ticks"]
    event["quantity_lots"] = detail["quantity_lots"]
    event["counterparty_account_id"] = order["account_id"]
    event["side"] = side_of(order)
    event["done_reason"] = reason
    event["method"] = BLOCK
    return count + 1


@cold
def end_offer(
    state: State, out: Out, count: int, command: np.void, slot: int, reason: int, user_reference: int
) -> int:
    """End a block offer without a trade: its owner is told first, then its counterparty."""
    write_block_closed(state, out, count + 1, command, slot, reason, user_reference)
    end_order(state, out, count, command, slot, reason)
    return count + 2


@cold
def end_resting(state: State, out: Out, count: int, command: np.void, slot: int, reason: int) -> int:
    """End a listing or a block offer, whichever the slot holds."""
    if kind_of(state.orders[slot]) == OFFER_ORDER:
        return end_offer(state, out, count, command, slot, reason, ZERO)
    return end_order(state, out, count, command, slot, reason)
