"""Listed agreement 挂牌协议: post a listing, take listings, and cancel (of any order)."""

from collections.abc import Iterator
from itertools import islice

from exchange.vocabulary.enums import DoneReason, Method, OrderKind, ParameterId, Phase, Side, TakeFlag
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import ORDER_SLOT_NONE
from exchange.vocabulary.rejects import RejectReason
from tests.reference.admission import (
    check_funds,
    check_order_form,
    check_price,
    check_quantity,
    check_room,
    check_trade_room,
    is_binding,
)
from tests.reference.breaker import may_trade
from tests.reference.layout import Command
from tests.reference.limits import check_message_limit
from tests.reference.market import Market, Refusal
from tests.reference.money import end, end_offer, lock, release, trade
from tests.reference.monitor import band_now
from tests.reference.state import Account, BookSide, Contract, Order


def new_order(
    market: Market, command: Command, kind: OrderKind, method: Method, side: int, slot: int
) -> Order:
    """An order of the command's account on the command's terms."""
    return Order(
        order_id=market.next_order_id(slot),
        slot=slot,
        kind=kind,
        method=method,
        contract=market.contracts[command.contract_id],
        account=market.accounts[command.account_id],
        login_id=command.login_id,
        user_reference=command.user_reference,
        side=Side(side),
        price_ticks=command.price_ticks,
        quantity_lots=command.quantity_lots,
        remaining_lots=command.quantity_lots,
    )


def apply_listing(market: Market, command: Command) -> Refusal | None:
    """LISTING: rests at the back of its price level and matches nothing by itself."""
    phases = (Phase.TRADING, Phase.CALL_AUCTION)
    if refusal := check_order_form(market, command, Method.LISTED, flags_max=0, phases=phases):
        return refusal
    contract, account = market.contracts[command.contract_id], market.accounts[command.account_id]
    side, price, quantity = command.side, command.price_ticks, command.quantity_lots
    refusal = (
        check_quantity(contract, Method.LISTED, quantity)
        or check_price(contract, Method.LISTED, price, quantity)
        or check_funds(account, contract, side, price, quantity)
        or check_room(market, account, contract, price, quantity)
    )
    if refusal:
        return refusal
    if not market.level_has_room(contract.sides[side], price, quantity):
        return Refusal(RejectReason.LEVEL_CAPACITY)
    # From here the command succeeds.
    order = new_order(market, command, OrderKind.LISTING, Method.LISTED, side, market.free_slots.pop())
    lock(order)
    market.rest(order)
    market.emit_order(Kind.ACCEPTED, order)
    return None


def best_levels(contract: Contract, book: BookSide) -> list[int]:
    """Prices of the best non-empty levels that may be taken, best first; own ones count."""
    depth = contract.parameters[ParameterId.TAKE_DEPTH_LEVELS]
    return [price for price, _ in islice(book.best_first(), depth)]


def is_within(side: int, price_ticks: int, worst_ticks: int) -> bool:
    """Whether a taker of that side may trade at a price."""
    return price_ticks <= worst_ticks if side == Side.BUY else price_ticks >= worst_ticks


def takeable(account: Account, contract: Contract, side: int, worst_ticks: int) -> Iterator[Order]:
    """Listings a sweep would take: best price first, first come; those of one's own entity are skipped."""
    book = contract.sides[1 - side]
    for price in best_levels(contract, book):
        if not is_within(side, price, worst_ticks):
            return
        for order in tuple(book.levels[price].orders):
            if order.account.entity_id != account.entity_id:
                yield order


def check_named(market: Market, command: Command) -> Refusal | None:
    """The named order is another entity's listing on the other side of this contract."""
    named = market.live_order(command.order_id)
    if named is None:
        return Refusal(RejectReason.UNKNOWN_ORDER)
    if named.kind != OrderKind.LISTING or named.contract.contract_id != command.contract_id:
        return Refusal(RejectReason.NOT_A_LISTING)
    if named.side == command.side:
        return Refusal(RejectReason.SAME_SIDE)
    if named.account.entity_id == market.accounts[command.account_id].entity_id:
        return Refusal(RejectReason.OWN_LISTING)
    return None


def check_named_terms(contract: Contract, account: Account, command: Command, named: Order) -> Refusal | None:
    """The named listing may be taken at the worst price, before others, and holds enough."""
    if not is_within(command.side, named.price_ticks, command.price_ticks):
        return Refusal(RejectReason.PRICE_WORSE_THAN_LIMIT)
    book = contract.sides[named.side]
    prices = best_levels(contract, book)
    if named.price_ticks not in prices:
        return Refusal(RejectReason.OUTSIDE_BEST_FIVE)
    if contract.parameters[ParameterId.STRICT_PRICE_PRIORITY]:
        better = prices[: prices.index(named.price_ticks)]
        if any(o.account.entity_id != account.entity_id for p in better for o in book.levels[p].orders):
            return Refusal(RejectReason.BETTER_PRICE_FIRST)
    if command.quantity_lots > named.remaining_lots and not command.order_flags & TakeFlag.PARTIAL:
        return Refusal(RejectReason.LISTING_TOO_SMALL, named.remaining_lots)
    return None


def apply_take(market: Market, command: Command) -> Refusal | None:
    """TAKE: trades at the listings' prices inside the best five levels, computed once; the rest is done."""
    if refusal := check_order_form(market, command, Method.LISTED, flags_max=int(TakeFlag.PARTIAL)):
        return refusal
    contract, account = market.contracts[command.contract_id], market.accounts[command.account_id]
    side, worst, quantity = command.side, command.price_ticks, command.quantity_lots
    if refusal := check_quantity(contract, Method.LISTED, quantity):
        return refusal
    if command.order_id and (refusal := check_named(market, command)):
        return refusal
    if refusal := check_price(contract, Method.LISTED, worst, quantity):
        return refusal
    if command.order_id:
        named = market.orders[command.order_id & ORDER_SLOT_NONE]
        if refusal := check_named_terms(contract, account, command, named):
            return refusal
        makers = [named]
    else:
        makers = list(takeable(account, contract, side, worst))
        if not makers:
            return Refusal(RejectReason.NOTHING_TO_TAKE)
    refusal = check_funds(account, contract, side, worst, quantity)
    if refusal := refusal or check_trade_room(market, account, worst, quantity, trades_max=quantity):
        return refusal
    # From here the command succeeds.
    take = new_order(market, command, OrderKind.TAKE, Method.LISTED, side, ORDER_SLOT_NONE)
    execute_take(market, take, makers)
    return None


def execute_take(market: Market, take: Order, makers: list[Order]) -> None:
    """Trade with one listing after the other, then give back what is left of the lock."""
    lock(take)
    band = band_now(market, take.contract)
    for maker in makers:
        if take.remaining_lots == 0 or not may_trade(market, take.contract, band, maker.price_ticks):
            break
        trade(market, maker, take, min(maker.remaining_lots, take.remaining_lots))
    reason = DoneReason.REMAINDER if take.remaining_lots else DoneReason.FILLED
    release(take)
    market.emit_order(
        Kind.DONE, take, done_reason=reason, filled_lots=take.quantity_lots - take.remaining_lots
    )


def find_target(market: Market, command: Command) -> Order | Refusal:
    """The order a cancel names, by id or by the login's own reference."""
    if command.order_id:
        return market.live_order(command.order_id) or Refusal(RejectReason.UNKNOWN_ORDER)
    login = market.logins.get(command.login_id)
    highest = login.highest_reference if login else 0
    if not 0 < command.target_reference <= highest:
        return Refusal(RejectReason.UNKNOWN_ORDER)
    if highest - command.target_reference >= market.capacity.references:
        return Refusal(RejectReason.REFERENCE_TOO_OLD)
    order = market.by_reference.get((command.login_id, command.target_reference))
    return order or Refusal(RejectReason.UNKNOWN_ORDER)


def apply_cancel(market: Market, command: Command) -> Refusal | None:
    """CANCEL: halts and kill switches never stop it."""
    if command.account_id and market.own_account() is None:
        return Refusal(RejectReason.WRONG_ACCOUNT)
    target = find_target(market, command)
    if isinstance(target, Refusal):
        return target
    if target.account.member_id != market.login_member:
        return Refusal(RejectReason.NOT_YOUR_ORDER)
    in_break = target.contract.phase(target.method) == Phase.BREAK
    if in_break and not target.contract.parameters[ParameterId.CANCEL_IN_BREAK]:
        return Refusal(RejectReason.WRONG_PHASE)
    if is_binding(market, target):
        return Refusal(RejectReason.BID_BINDING)
    if refusal := check_message_limit(market):
        return refusal
    # From here the command succeeds.
    if target.kind == OrderKind.BLOCK_OFFER:
        end_offer(market, target, DoneReason.CANCELLED)
    else:
        end(market, target, DoneReason.CANCELLED)
    return None
