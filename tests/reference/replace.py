"""REDUCE and REPLACE of a resting listing or limit order."""

from exchange.vocabulary.enums import Method, OrderKind, ParameterId, Phase
from exchange.vocabulary.limits import AMOUNT_FEN_MAX, LEVEL_LOTS_MAX, QUANTITY_LOTS_MAX
from exchange.vocabulary.rejects import RejectReason
from tests.reference.admission import (
    check_day_trades,
    check_eligible,
    check_funds,
    check_limits,
    check_open,
    check_price,
    check_quantity,
)
from tests.reference.continuous import enter_book, phases_for, tell_reduced, would_cross
from tests.reference.layout import Command
from tests.reference.limits import check_message_limit
from tests.reference.listed import find_target
from tests.reference.market import Market, Refusal
from tests.reference.money import resize
from tests.reference.state import Order

BOOK_KINDS = (OrderKind.LISTING, OrderKind.LIMIT)


def find_own(market: Market, command: Command) -> Order | Refusal:
    """The order of the sender's member that a command names, as a cancel names it."""
    if command.account_id and market.own_account() is None:
        return Refusal(RejectReason.WRONG_ACCOUNT)
    order = find_target(market, command)
    if isinstance(order, Refusal):
        return order
    is_own = order.account.member_id == market.login_member
    return order if is_own else Refusal(RejectReason.NOT_YOUR_ORDER)


def apply_reduce(market: Market, command: Command) -> Refusal | None:
    """REDUCE: less remains, the place in the queue is kept; halts and kill switches never stop it."""
    order = find_own(market, command)
    if isinstance(order, Refusal):
        return order
    in_break = order.contract.phase(order.method) == Phase.BREAK
    if in_break and not order.contract.parameters[ParameterId.CANCEL_IN_BREAK]:
        return Refusal(RejectReason.WRONG_PHASE)
    if order.kind not in BOOK_KINDS:
        return Refusal(RejectReason.NOT_IN_BOOK)
    if command.quantity_lots == 0:
        return Refusal(RejectReason.QUANTITY_BELOW_MINIMUM, 1)
    if command.quantity_lots >= order.remaining_lots:
        return Refusal(RejectReason.QUANTITY_NOT_LOWER, order.remaining_lots)
    if refusal := check_message_limit(market):
        return refusal
    # From here the command succeeds.
    lower(market, order, command)
    return None


def lower(market: Market, order: Order, command: Command) -> None:
    """Less remains of an order at its place."""
    lots = order.remaining_lots - command.quantity_lots
    order.contract.sides[order.side].reduce(order, lots)
    resize(order, order.price_ticks, command.quantity_lots)
    tell_replaced(market, order, True)


def tell_replaced(market: Market, order: Order, keeps_priority: bool) -> None:
    """REDUCED under the login and reference of the command."""
    command = market.command
    tell_reduced(
        market, order, keeps_priority, login_id=command.login_id, user_reference=command.user_reference
    )


def check_whole(order: Order, quantity_lots: int) -> Refusal | None:
    """With what it has filled an order stays one order: its lots and its amount keep their bounds."""
    filled_lots = order.quantity_lots - order.remaining_lots
    if filled_lots + quantity_lots > QUANTITY_LOTS_MAX:
        return Refusal(RejectReason.QUANTITY_ABOVE_MAXIMUM, QUANTITY_LOTS_MAX)
    return None


def check_replace(market: Market, order: Order, price: int, quantity: int) -> Refusal | None:
    """A new order's checks, on what the order would be."""
    contract, account = order.contract, order.account
    refusal = (
        check_open(market, contract, order.method, phases_for(order.order_flags))
        or check_eligible(account, contract, order.side)
        or check_quantity(contract, order.method, quantity)
        or check_whole(order, quantity)
        or check_price(contract, order.method, price, quantity)
    )
    if refusal:
        return refusal
    if order.filled_fen + price * quantity > AMOUNT_FEN_MAX:
        return Refusal(RejectReason.AMOUNT_ABOVE_LIMIT)
    if order.order_flags and would_cross(contract, order.side, price):
        return Refusal(RejectReason.WOULD_CROSS)
    if refusal := check_funds(account, contract, order.side, price, quantity, order):
        return refusal
    may_trade = order.kind == OrderKind.LIMIT
    refusal = check_limits(market, account, price, quantity, None) or (
        check_day_trades(market, quantity) if may_trade else None
    )
    if refusal:
        return refusal
    resting = contract.sides[order.side].total_at(price)
    own = order.remaining_lots if price == order.price_ticks else 0
    return Refusal(RejectReason.LEVEL_CAPACITY) if resting - own + quantity > LEVEL_LOTS_MAX else None


def apply_replace(market: Market, command: Command) -> Refusal | None:
    """REPLACE: another price or more lots cost the place in the queue, and may trade at once."""
    order = find_own(market, command)
    if isinstance(order, Refusal):
        return order
    if order.kind not in BOOK_KINDS:
        return Refusal(RejectReason.NOT_IN_BOOK)
    price, quantity = command.price_ticks, command.quantity_lots
    if refusal := check_replace(market, order, price, quantity):
        return refusal
    # From here the command succeeds.
    if price == order.price_ticks and quantity < order.remaining_lots:
        lower(market, order, command)
        return None
    market.withdraw(order)
    resize(order, price, quantity)
    tell_replaced(market, order, False)
    if order.method == Method.CONTINUOUS:
        enter_book(market, order)
    else:
        market.place(order)
    return None
