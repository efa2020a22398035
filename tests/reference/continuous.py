"""Continuous mode: limit orders that match by price, then time; self-trade prevention; fill or kill."""

from typing import NamedTuple

from exchange.vocabulary.enums import (
    DoneReason,
    LimitFlag,
    Method,
    OrderKind,
    ParameterId,
    Phase,
    SelfTradeRule,
    Side,
    TimeInForce,
)
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.rejects import RejectReason
from tests.reference.admission import (
    SIDE_MAX,
    check_day_trades,
    check_eligible,
    check_funds,
    check_limits,
    check_names,
    check_open,
    check_price,
    check_quantity,
    check_slot,
)
from tests.reference.breaker import may_trade
from tests.reference.layout import Command
from tests.reference.listed import is_within, new_order
from tests.reference.market import Market, Refusal
from tests.reference.money import end, lock, relock, resize, trade
from tests.reference.monitor import Band, band_now
from tests.reference.state import Account, Contract, Order, Slot

#: phases in which an order of the book is taken; in a call auction it only rests
RESTING_PHASES = (Phase.TRADING, Phase.CALL_AUCTION)


class Taker(NamedTuple):
    """What decides which resting orders a limit order meets."""

    contract: Contract
    account: Account
    side: int
    price_ticks: int
    rule: int  # its own SelfTradeRule


def check_limit_form(command: Command) -> Refusal | None:
    """Every enumerated field has a value of its enumeration; what must trade at once cannot be post-only."""
    is_known = (
        command.side <= SIDE_MAX
        and command.order_flags <= max(LimitFlag)
        and command.time_in_force <= max(TimeInForce)
        and command.self_trade_rule <= max(SelfTradeRule)
    )
    if not is_known or (command.order_flags and command.time_in_force != TimeInForce.DAY):
        return Refusal(RejectReason.INVALID_FIELD)
    return None


def phases_for(flags: int, time_in_force: int = TimeInForce.DAY) -> tuple[Phase, ...]:
    """A call auction takes only what may rest in it without trading first."""
    return RESTING_PHASES if not flags and time_in_force == TimeInForce.DAY else (Phase.TRADING,)


def best_opposite(contract: Contract, side: int) -> int | None:
    """Best price of the other side; own orders count."""
    return next((price for price, _ in contract.sides[1 - side].best_first()), None)


def would_cross(contract: Contract, side: int, price_ticks: int) -> bool:
    """Whether an order would trade at once."""
    best = best_opposite(contract, side)
    return best is not None and is_within(side, best, price_ticks)


def meeting_rule(taker: Taker, maker: Order) -> SelfTradeRule:
    """What happens when a taker meets a resting order: NONE is a trade."""
    if maker.account.entity_id != taker.account.entity_id:
        return SelfTradeRule.NONE
    return SelfTradeRule(taker.rule or taker.contract.parameters[ParameterId.SELF_TRADE_RULE])


def is_fillable(taker: Taker, quantity_lots: int, band: Band | None) -> bool:
    """Whether a whole quantity would trade now, and inside the breaker's band.

    An own order met before that ends the walk, or is passed where the rule cancels the resting one.
    """
    for price_ticks, level in taker.contract.sides[1 - taker.side].best_first():
        if not is_within(taker.side, price_ticks, taker.price_ticks):
            return False
        for maker in level.orders:
            rule = meeting_rule(taker, maker)
            if rule == SelfTradeRule.NONE:
                if band is not None and not band.lower_ticks <= price_ticks <= band.upper_ticks:
                    return False
                quantity_lots -= maker.remaining_lots
            elif rule != SelfTradeRule.CANCEL_MAKER:
                return False
            if quantity_lots <= 0:
                return True
    return False


def check_crossing(market: Market, taker: Taker, command: Command) -> Refusal | None:
    """Post-only must not trade at once; fill-or-kill must be filled wholly at once."""
    is_fok = command.time_in_force == TimeInForce.FOK
    if command.order_flags and would_cross(taker.contract, taker.side, taker.price_ticks):
        return Refusal(RejectReason.WOULD_CROSS)
    if is_fok and not is_fillable(taker, command.quantity_lots, band_now(market, taker.contract)):
        return Refusal(RejectReason.NOT_FILLABLE)
    return None


def check_limit_order(market: Market, command: Command) -> Refusal | None:
    """All checks of a limit order, in their order."""
    if refusal := check_names(market, command) or check_limit_form(command):
        return refusal
    contract, account = market.contracts[command.contract_id], market.accounts[command.account_id]
    side, price, quantity = command.side, command.price_ticks, command.quantity_lots
    rests = command.time_in_force == TimeInForce.DAY
    phases = phases_for(command.order_flags, command.time_in_force)
    taker = Taker(contract, account, side, price, command.self_trade_rule)
    refusal = (
        check_open(market, contract, Method.CONTINUOUS, phases)
        or check_eligible(account, contract, side)
        or check_quantity(contract, Method.CONTINUOUS, quantity)
        or check_price(contract, Method.CONTINUOUS, price, quantity)
        or check_crossing(market, taker, command)
        or check_funds(account, contract, side, price, quantity)
        or check_limits(market, account, price, quantity, contract if rests else None)
        or check_slot(market)
        or check_day_trades(market, quantity)
    )
    if refusal:
        return refusal
    if rests and not market.level_has_room(contract.sides[side], price, quantity):
        return Refusal(RejectReason.LEVEL_CAPACITY)
    return None


def apply_limit_order(market: Market, command: Command) -> Refusal | None:
    """LIMIT_ORDER: trades at once with what it crosses; the rest of a day order rests."""
    if refusal := check_limit_order(market, command):
        return refusal
    # From here the command succeeds.
    order = new_order(
        market, command, OrderKind.LIMIT, Method.CONTINUOUS, command.side, market.free_slots.pop()
    )
    order.order_flags, order.self_trade_rule = command.order_flags, command.self_trade_rule
    lock(order)
    market.admit(order)
    market.emit_order(Kind.ACCEPTED, order, order_flags=order.order_flags)
    enter_book(market, order, TimeInForce(command.time_in_force))
    return None


def enter_book(market: Market, order: Order, time_in_force: TimeInForce = TimeInForce.DAY) -> None:
    """A limit order comes to the book: it matches if the book trades, then rests or ends."""
    trades = order.contract.phases[Slot.BOOK] == Phase.TRADING
    if trades and match(market, order, time_in_force == TimeInForce.FOK):
        end(market, order, DoneReason.PREVENTED)
    elif order.remaining_lots == 0:
        end(market, order, DoneReason.FILLED)
    elif time_in_force == TimeInForce.DAY:
        market.place(order)
    else:
        end(market, order, DoneReason.REMAINDER)


def match(market: Market, order: Order, is_fok: bool) -> bool:
    """Trade with one resting order after the other, best first; True if prevention ended the order."""
    taker = Taker(order.contract, order.account, order.side, order.price_ticks, order.self_trade_rule)
    book = order.contract.sides[1 - order.side]
    band = band_now(market, order.contract)
    is_prevented = False
    while order.remaining_lots and not is_prevented:
        if not would_cross(order.contract, order.side, order.price_ticks):
            break
        _, level = next(book.best_first())
        maker: Order = level.orders[0]
        rule = meeting_rule(taker, maker)
        if rule == SelfTradeRule.NONE:
            if not may_trade(market, order.contract, band, maker.price_ticks, is_fok):
                break
            trade(market, maker, order, min(maker.remaining_lots, order.remaining_lots))
        else:
            is_prevented = prevent(market, maker, order, rule)
    relock(order)
    return is_prevented or order.prevented_lots > 0


def prevent(market: Market, maker: Order, order: Order, rule: SelfTradeRule) -> bool:
    """Keep two orders of one entity from trading; True if the incoming one goes no further."""
    if rule == SelfTradeRule.DECREMENT_BOTH:
        decrement(market, maker, order)
        return False
    if rule in (SelfTradeRule.CANCEL_MAKER, SelfTradeRule.CANCEL_BOTH):
        end(market, maker, DoneReason.PREVENTED)
    return rule != SelfTradeRule.CANCEL_MAKER


def decrement(market: Market, maker: Order, order: Order) -> None:
    """Both lose the smaller remaining quantity without a trade."""
    lots = min(maker.remaining_lots, order.remaining_lots)
    if lots == maker.remaining_lots:
        end(market, maker, DoneReason.PREVENTED)
    else:
        maker.contract.sides[maker.side].reduce(maker, lots)
        resize(maker, maker.price_ticks, maker.remaining_lots - lots)
        tell_reduced(market, maker, True, login_id=maker.login_id, user_reference=0)
    resize(order, order.price_ticks, order.remaining_lots - lots)
    order.prevented_lots += lots


def tell_reduced(market: Market, order: Order, keeps_priority: bool, **caused: int) -> None:
    """REDUCED to the order's member, under the login and reference of what caused it."""
    market.emit(
        order.account.member_id,
        Kind.REDUCED,
        contract_id=order.contract.contract_id,
        account_id=order.account.account_id,
        order_id=order.order_id,
        price_ticks=order.price_ticks,
        quantity_lots=order.remaining_lots,
        target_reference=order.user_reference,
        side=Side(order.side),
        keeps_priority=keeps_priority,
        method=order.method,
        **caused,
    )
