"""Block agreement 大宗协议: offers to one counterparty or on the board; accept, counter, decline."""

from exchange.vocabulary.enums import BlockFlag, DoneReason, Method, OrderKind, ParameterId, Side
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
from tests.reference.limits import check_message_limit
from tests.reference.listed import new_order
from tests.reference.market import Market, Refusal
from tests.reference.money import end_offer, lock, tell_board, trade
from tests.reference.state import Account, Contract, Order

FLAGS_MAX = int(BlockFlag.PARTIAL)
ON_BOARD = 0  # in place of a counterparty


def check_counterparty(account: Account, counterparty: Account | None) -> Refusal | None:
    """The counterparty exists and is another legal entity."""
    if counterparty is None:
        return Refusal(RejectReason.UNKNOWN_COUNTERPARTY)
    if counterparty.entity_id == account.entity_id:
        return Refusal(RejectReason.OWN_COUNTERPARTY)
    return None


def apply_block_offer(market: Market, command: Command) -> Refusal | None:
    """BLOCK_OFFER: locks like a listing and waits for the named counterparty, or for anybody."""
    if refusal := check_order_form(market, command, Method.BLOCK, flags_max=FLAGS_MAX):
        return refusal
    contract, account = market.contracts[command.contract_id], market.accounts[command.account_id]
    is_on_board = command.counterparty_account_id == ON_BOARD
    counterparty = market.accounts.get(command.counterparty_account_id)
    price, quantity = command.price_ticks, command.quantity_lots
    refusal = (
        check_quantity(contract, Method.BLOCK, quantity)
        or check_price(contract, Method.BLOCK, price, quantity)
        or (None if is_on_board else check_counterparty(account, counterparty))
        or check_funds(account, contract, command.side, price, quantity)
        or check_room(market, account, contract, price, quantity)
    )
    if refusal:
        return refusal
    # From here the command succeeds.
    rest_offer(market, command, Side(command.side), counterparty)
    return None


def rest_offer(
    market: Market, command: Command, side: Side, counterparty: Account | None, countered_order_id: int = 0
) -> None:
    """A new offer is live: its owner, and whom it is for, are told."""
    slot = market.free_slots.pop()
    offer = new_order(market, command, OrderKind.BLOCK_OFFER, Method.BLOCK, side, slot)
    offer.counterparty, offer.order_flags = counterparty, command.order_flags
    lock(offer)
    market.rest(offer)
    addressed = counterparty.account_id if counterparty else ON_BOARD
    market.emit_order(Kind.ACCEPTED, offer, counterparty_account_id=addressed)
    if counterparty is None:
        tell_board(market, offer, offer.remaining_lots)
        return
    market.emit(
        counterparty.member_id,
        Kind.BLOCK_OFFERED,
        login_id=command.login_id,
        contract_id=offer.contract.contract_id,
        account_id=counterparty.account_id,
        order_id=offer.order_id,
        price_ticks=offer.price_ticks,
        quantity_lots=offer.quantity_lots,
        counterparty_account_id=offer.account.account_id,
        side=offer.side,
        order_flags=offer.order_flags,
        countered_order_id=countered_order_id,
        order_kind=offer.kind,
        method=offer.method,
    )


def find_offer(market: Market, command: Command) -> Order | Refusal:
    """The block offer in the command's contract that the command's account may answer."""
    offer = market.live_order(command.order_id)
    if offer is None:
        return Refusal(RejectReason.UNKNOWN_ORDER)
    if offer.kind != OrderKind.BLOCK_OFFER or offer.contract.contract_id != command.contract_id:
        return Refusal(RejectReason.NOT_A_BLOCK_OFFER)
    account = market.accounts[command.account_id]
    is_on_board = offer.counterparty is None and command.kind != Kind.BLOCK_DECLINE
    if offer.counterparty is not account and not is_on_board:
        return Refusal(RejectReason.NOT_ADDRESSED_TO_YOU)
    if offer.account.entity_id == account.entity_id:
        return Refusal(RejectReason.OWN_COUNTERPARTY)
    return offer


def find_open_offer(market: Market, command: Command) -> Order | Refusal:
    """The same, while blocks trade."""
    if refusal := check_names(market, command):
        return refusal
    if command.kind == Kind.BLOCK_COUNTER and command.order_flags > FLAGS_MAX:
        return Refusal(RejectReason.INVALID_FIELD)
    if refusal := check_open(market, market.contracts[command.contract_id], Method.BLOCK):
        return refusal
    return find_offer(market, command)


def may_be_accepted(contract: Contract, offer: Order, price_ticks: int, quantity_lots: int) -> bool:
    """Whether these are the offer's terms: all that remains, or part of it where the offer allows parts."""
    if price_ticks != offer.price_ticks:
        return False
    least = offer.remaining_lots
    if offer.order_flags & BlockFlag.PARTIAL:
        least = contract.parameters[ParameterId.BLOCK_QUANTITY_LOTS_MIN]
    return least <= quantity_lots <= offer.remaining_lots


def apply_block_accept(market: Market, command: Command) -> Refusal | None:
    """BLOCK_ACCEPT: the offer trades at its price; price and quantity are confirmed."""
    offer = find_open_offer(market, command)
    if isinstance(offer, Refusal):
        return offer
    contract, account = market.contracts[command.contract_id], market.accounts[command.account_id]
    price, quantity = command.price_ticks, command.quantity_lots
    if not may_be_accepted(contract, offer, price, quantity):
        return Refusal(RejectReason.TERMS_DIFFER)
    side = Side(1 - offer.side)
    refusal = (
        check_eligible(account, contract, side)
        or check_funds(account, contract, side, price, quantity)
        or check_trade_room(market, account, price, quantity, trades_max=1)
    )
    if refusal:
        return refusal
    # From here the command succeeds.
    acceptance = new_order(market, command, OrderKind.BLOCK_ACCEPT, Method.BLOCK, side, ORDER_SLOT_NONE)
    lock(acceptance)
    trade(market, offer, acceptance, quantity)
    market.emit_order(Kind.DONE, acceptance, done_reason=DoneReason.FILLED, filled_lots=quantity)
    keep_rest(market, contract, offer)
    return None


def keep_rest(market: Market, contract: Contract, offer: Order) -> None:
    """What is left of an offer after a trade lives on if it is still a block, else it lapses."""
    if 0 < offer.remaining_lots < contract.parameters[ParameterId.BLOCK_QUANTITY_LOTS_MIN]:
        end_offer(market, offer, DoneReason.LAPSED)
    elif offer.counterparty is None:
        tell_board(market, offer, offer.remaining_lots)


def apply_block_counter(market: Market, command: Command) -> Refusal | None:
    """BLOCK_COUNTER: offers the offeror the other side; what was offered to oneself ends, the board stays."""
    offer = find_open_offer(market, command)
    if isinstance(offer, Refusal):
        return offer
    contract, account = market.contracts[command.contract_id], market.accounts[command.account_id]
    side = Side(1 - offer.side)
    price, quantity = command.price_ticks, command.quantity_lots
    refusal = (
        check_eligible(account, contract, side)
        or check_quantity(contract, Method.BLOCK, quantity)
        or check_price(contract, Method.BLOCK, price, quantity)
        or check_funds(account, contract, side, price, quantity)
        or check_room(market, account, contract, price, quantity)
    )
    if refusal:
        return refusal
    # From here the command succeeds.
    if offer.counterparty is not None:
        end_offer(market, offer, DoneReason.COUNTERED, user_reference=command.user_reference)
    rest_offer(market, command, side, offer.account, offer.order_id)
    return None


def apply_block_decline(market: Market, command: Command) -> Refusal | None:
    """BLOCK_DECLINE: works in any phase while the offer lives."""
    if refusal := check_names(market, command):
        return refusal
    offer = find_offer(market, command)
    if isinstance(offer, Refusal):
        return offer
    if refusal := check_message_limit(market):
        return refusal
    end_offer(market, offer, DoneReason.DECLINED, user_reference=command.user_reference)
    return None
