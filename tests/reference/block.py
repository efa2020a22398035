"""Block agreement 大宗协议 in its basic form: offer to a named counterparty, accept, decline."""

from exchange.vocabulary.enums import DoneReason, Method, OrderKind, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import ORDER_SLOT_NONE
from exchange.vocabulary.rejects import RejectReason
from tests.reference.admission import (
    check_eligible,
    check_funds,
    check_names,
    check_open,
    check_order_form,
    check_price,
    check_quantity,
    check_room,
    check_trade_room,
)
from tests.reference.layout import Command
from tests.reference.listed import new_order
from tests.reference.market import Market, Refusal
from tests.reference.money import end_offer, lock, trade
from tests.reference.state import Account, Order


def check_counterparty(account: Account, counterparty: Account | None) -> Refusal | None:
    """The counterparty exists and is another legal entity."""
    if counterparty is None:
        return Refusal(RejectReason.UNKNOWN_COUNTERPARTY)
    if counterparty.entity_id == account.entity_id:
        return Refusal(RejectReason.OWN_COUNTERPARTY)
    return None


def apply_block_offer(market: Market, command: Command) -> Refusal | None:
    """BLOCK_OFFER: locks like a listing and waits for the named counterparty."""
    if refusal := check_order_form(market, command, Method.BLOCK, flags_max=0):
        return refusal
    contract, account = market.contracts[command.contract_id], market.accounts[command.account_id]
    counterparty = market.accounts.get(command.counterparty_account_id)
    price, quantity = command.price_ticks, command.quantity_lots
    refusal = (
        check_quantity(contract, Method.BLOCK, quantity)
        or check_price(contract, Method.BLOCK, price, quantity)
        or check_counterparty(account, counterparty)
        or check_funds(account, contract, command.side, price, quantity)
        or check_room(market, account, contract)
    )
    if refusal:
        return refusal
    # From here the command succeeds.
    slot = market.free_slots.pop()
    offer = new_order(market, command, OrderKind.BLOCK_OFFER, Method.BLOCK, command.side, slot)
    offer.counterparty = counterparty
    lock(offer)
    market.rest(offer)
    market.emit_order(Kind.ACCEPTED, offer, counterparty_account_id=counterparty.account_id)
    market.emit(
        counterparty.member_id,
        Kind.BLOCK_OFFERED,
        login_id=command.login_id,
        contract_id=contract.contract_id,
        account_id=counterparty.account_id,
        order_id=offer.order_id,
        price_ticks=price,
        quantity_lots=quantity,
        counterparty_account_id=account.account_id,
        side=offer.side,
        order_kind=offer.kind,
        method=offer.method,
    )
    return None


def find_offer(market: Market, command: Command) -> Order | Refusal:
    """The block offer in the command's contract that addresses the command's account."""
    offer = market.live_order(command.order_id)
    if offer is None:
        return Refusal(RejectReason.UNKNOWN_ORDER)
    if offer.kind != OrderKind.BLOCK_OFFER or offer.contract.contract_id != command.contract_id:
        return Refusal(RejectReason.NOT_A_BLOCK_OFFER)
    if offer.counterparty is not market.accounts[command.account_id]:
        return Refusal(RejectReason.NOT_ADDRESSED_TO_YOU)
    return offer


def apply_block_accept(market: Market, command: Command) -> Refusal | None:
    """BLOCK_ACCEPT: the whole offer trades at its price; both must be confirmed exactly."""
    if refusal := check_names(market, command):
        return refusal
    contract, account = market.contracts[command.contract_id], market.accounts[command.account_id]
    if refusal := check_open(market, contract, Method.BLOCK):
        return refusal
    offer = find_offer(market, command)
    if isinstance(offer, Refusal):
        return offer
    price, quantity = command.price_ticks, command.quantity_lots
    if (price, quantity) != (offer.price_ticks, offer.quantity_lots):
        return Refusal(RejectReason.TERMS_DIFFER)
    side = Side(1 - offer.side)
    refusal = (
        check_eligible(account, contract, side)
        or check_funds(account, contract, side, price, quantity)
        or check_trade_room(market)
    )
    if refusal:
        return refusal
    # From here the command succeeds.
    acceptance = new_order(market, command, OrderKind.BLOCK_ACCEPT, Method.BLOCK, side, ORDER_SLOT_NONE)
    lock(acceptance)
    trade(market, offer, acceptance, quantity)
    market.emit_order(Kind.DONE, acceptance, done_reason=DoneReason.FILLED, filled_lots=quantity)
    return None


def apply_block_decline(market: Market, command: Command) -> Refusal | None:
    """BLOCK_DECLINE: works in any phase while the offer lives."""
    if refusal := check_names(market, command):
        return refusal
    offer = find_offer(market, command)
    if isinstance(offer, Refusal):
        return offer
    end_offer(market, offer, DoneReason.DECLINED, user_reference=command.user_reference)
    return None
