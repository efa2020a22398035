"""MASS_CANCEL: a member's own orders, or as staff anybody's, by contract, side, price, login and method."""

from collections.abc import Iterator
from typing import Final

from exchange.vocabulary.enums import DoneReason, Method, OrderKind, ParameterId, Phase, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import MEMBER_FIRST, STREAM_OPERATOR
from exchange.vocabulary.rejects import RejectReason
from tests.reference.admission import is_binding
from tests.reference.controls import EVERY_METHOD, slots_of
from tests.reference.layout import Command
from tests.reference.limits import check_message_limit
from tests.reference.market import Market, Refusal
from tests.reference.money import end, end_offer
from tests.reference.one_way import end_auction
from tests.reference.state import Contract, Order

BOTH_SIDES: Final = 255


def apply_mass_cancel(market: Market, command: Command) -> Refusal | None:
    """MASS_CANCEL: halts and kill switches never stop it."""
    is_staff = market.login_member < MEMBER_FIRST
    check = check_staff if is_staff else check_member
    refusal = check_form(market, command) or check(market, command)
    if refusal:
        return refusal
    # From here the command succeeds.
    count = lots = 0
    for order in list(staff_orders(market, command) if is_staff else own_orders(market, command)):
        if matches(order, command) and not is_spared(market, order):
            count += 1
            lots += order.remaining_lots
            cancel(market, order)
    market.emit_caused(
        STREAM_OPERATOR if is_staff else market.login_member,
        Kind.MASS_CANCELLED,
        contract_id=command.contract_id,
        account_id=command.account_id,
        record_count=count,
        cancelled_lots=lots,
    )
    return None


# ---- the checks


def check_form(market: Market, command: Command) -> Refusal | None:
    """The contract exists, if one is named."""
    if command.contract_id and command.contract_id not in market.contracts:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    return None


def check_filter(command: Command) -> Refusal | None:
    """Side, method and range of prices are of their kinds."""
    is_known = command.side in (*Side, BOTH_SIDES) and command.method in (*Method, EVERY_METHOD)
    is_range = command.price_high_ticks == 0 or command.price_low_ticks <= command.price_high_ticks
    return None if is_known and is_range else Refusal(RejectReason.INVALID_FIELD)


def check_member(market: Market, command: Command) -> Refusal | None:
    """A member names its own account; a break that keeps orders keeps those of a named contract."""
    if market.own_account() is None:
        return Refusal(RejectReason.WRONG_ACCOUNT)
    if refusal := check_filter(command):
        return refusal
    contract = market.contracts.get(command.contract_id)
    if contract and any(is_kept(contract, contract.method_at(s)) for s in slots_of(contract, command.method)):
        return Refusal(RejectReason.WRONG_PHASE)
    return check_message_limit(market)


def check_staff(market: Market, command: Command) -> Refusal | None:
    """Staff name any account, or none for everybody."""
    if refusal := check_filter(command):
        return refusal
    if command.account_id and command.account_id not in market.accounts:
        return Refusal(RejectReason.UNKNOWN_ACCOUNT)
    return None


# ---- the orders


def is_kept(contract: Contract, method: Method) -> bool:
    """Whether members cannot cancel in this break."""
    return contract.phase(method) == Phase.BREAK and not contract.parameters[ParameterId.CANCEL_IN_BREAK]


def is_spared(market: Market, order: Order) -> bool:
    """What a member cannot cancel now; staff spare only an auction's lot that still has bids."""
    if market.login_member >= MEMBER_FIRST:
        return is_kept(order.contract, order.method) or is_binding(market, order)
    return order.kind == OrderKind.AUCTION_OFFER and (
        bool(market.command.account_id) or bool(order.contract.bids.levels)
    )


def matches(order: Order, command: Command) -> bool:
    """Whether an order is one of those meant; 0 leaves an end of the price range open."""
    return (
        command.contract_id in (0, order.contract.contract_id)
        and command.side in (BOTH_SIDES, order.side)
        and command.method in (EVERY_METHOD, order.method)
        and command.subject_id in (0, order.login_id)
        and order.price_ticks >= command.price_low_ticks
        and command.price_high_ticks in (0, max(order.price_ticks, command.price_high_ticks))
    )


def own_orders(market: Market, command: Command) -> Iterator[Order]:
    """The live orders of the command's account, oldest first."""
    account = market.accounts[command.account_id]
    own = (order for order in market.orders.values() if order.account is account)
    return iter(sorted(own, key=lambda order: order.order_id))


def staff_orders(market: Market, command: Command) -> Iterator[Order]:
    """Everybody's orders, contract by contract: bids, asks, block offers, an auction's bids and its lot."""
    if command.account_id:
        yield from own_orders(market, command)
        return
    for contract in market.contracts.values():
        for book in (*contract.sides, contract.bids):
            if book is contract.bids:
                yield from contract.offers
            for _, level in book.best_first():
                yield from level.orders
        if contract.auction:
            yield contract.auction.offer


def cancel(market: Market, order: Order) -> None:
    """End one order, whatever it is."""
    if order.kind == OrderKind.BLOCK_OFFER:
        end_offer(market, order, DoneReason.MASS_CANCELLED)
    elif order.kind == OrderKind.AUCTION_OFFER:
        end_auction(market, order.contract, DoneReason.MASS_CANCELLED)
    else:
        end(market, order, DoneReason.MASS_CANCELLED)
