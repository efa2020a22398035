"""The checks that member commands share, each a column of reasons in the order of precedence."""

from exchange.vocabulary.enums import Eligibility, Method, OrderKind, ParameterId, Phase, Product, Side
from exchange.vocabulary.limits import AMOUNT_FEN_MAX, DAY_TRADES_MAX
from exchange.vocabulary.rejects import RejectReason
from tests.reference.layout import Command
from tests.reference.limits import check_message_limit, check_own_limits
from tests.reference.market import Market, Refusal
from tests.reference.money import amount_with_fees
from tests.reference.state import Account, Contract, Order, slot_of

SIDE_MAX = max(Side)
#: a take has at most so many fills, so the day's bound of trades is never passed inside one


def check_names(market: Market, command: Command) -> Refusal | None:
    """The contract exists and the account is one of the login's member."""
    if command.contract_id not in market.contracts:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    if market.own_account() is None:
        return Refusal(RejectReason.WRONG_ACCOUNT)
    return None


def check_open(
    market: Market, contract: Contract, method: Method, phases: tuple[Phase, ...] = (Phase.TRADING,)
) -> Refusal | None:
    """The method is in a phase that takes the command and neither a halt nor a kill switch stops it."""
    if contract.phase(method) not in phases or contract.method_at(slot_of(method)) != method:
        return Refusal(RejectReason.WRONG_PHASE)
    login = market.logins[market.command.login_id]
    stops = (
        (market.is_halted, RejectReason.MARKET_HALTED),
        (contract.is_halted, RejectReason.CONTRACT_HALTED),
        (market.is_killed, RejectReason.MARKET_KILLED),
        (contract.is_killed, RejectReason.CONTRACT_KILLED),
        (market.members[login.member_id].is_killed, RejectReason.MEMBER_KILLED),
        (login.is_killed, RejectReason.LOGIN_KILLED),
    )
    return next((Refusal(reason) for stopped, reason in stops if stopped), None)


def check_eligible(account: Account, contract: Contract, side: int) -> Refusal | None:
    """The account may buy or sell, and trade this product."""
    needed = Eligibility.BUY if side == Side.BUY else Eligibility.SELL
    if contract.product == Product.CCER:
        needed |= Eligibility.CCER
    return None if account.eligibility & needed == needed else Refusal(RejectReason.NOT_ELIGIBLE)


def check_order_form(
    market: Market,
    command: Command,
    method: Method,
    flags_max: int,
    phases: tuple[Phase, ...] = (Phase.TRADING,),
) -> Refusal | None:
    """All that comes before the terms of a listing, a take or a block offer."""
    if refusal := check_names(market, command):
        return refusal
    if command.side > SIDE_MAX or command.order_flags > flags_max:
        return Refusal(RejectReason.INVALID_FIELD)
    contract = market.contracts[command.contract_id]
    if refusal := check_open(market, contract, method, phases):
        return refusal
    return check_eligible(market.accounts[command.account_id], contract, command.side)


def check_quantity(contract: Contract, method: Method, quantity_lots: int) -> Refusal | None:
    """Inside the method's size."""
    low, high = (
        (ParameterId.BLOCK_QUANTITY_LOTS_MIN, ParameterId.BLOCK_QUANTITY_LOTS_MAX)
        if method == Method.BLOCK
        else (ParameterId.LISTED_QUANTITY_LOTS_MIN, ParameterId.LISTED_QUANTITY_LOTS_MAX)
    )
    if quantity_lots < contract.parameters[low]:
        return Refusal(RejectReason.QUANTITY_BELOW_MINIMUM, contract.parameters[low])
    if quantity_lots > contract.parameters[high]:
        return Refusal(RejectReason.QUANTITY_ABOVE_MAXIMUM, contract.parameters[high])
    return None


def check_price(contract: Contract, method: Method, price_ticks: int, quantity_lots: int) -> Refusal | None:
    """A multiple of the step, inside the day's band, and the amount inside the system's bound."""
    lower, upper = contract.band(method)
    step = contract.parameters[ParameterId.PRICE_STEP_TICKS]
    if price_ticks % step:
        return Refusal(RejectReason.PRICE_OFF_TICK, step)
    if price_ticks < lower:
        return Refusal(RejectReason.PRICE_OUTSIDE_BAND, lower)
    if price_ticks > upper:
        return Refusal(RejectReason.PRICE_OUTSIDE_BAND, upper)
    if price_ticks * quantity_lots > AMOUNT_FEN_MAX:
        return Refusal(RejectReason.AMOUNT_ABOVE_LIMIT)
    return None


def check_funds(
    account: Account,
    contract: Contract,
    side: int,
    price_ticks: int,
    quantity_lots: int,
    replaced: Order | None = None,
) -> Refusal | None:
    """Prefunded: a seller has the units, a buyer amount and fees, and stays inside the holding limit.

    What an order that is replaced has locked counts as available, and its lots count once.
    """
    holding = account.holding(contract.contract_id)
    rules = contract.parameters
    own_lots = replaced.remaining_lots if replaced else 0
    if side == Side.SELL:
        available = holding.available + own_lots
        if available >= quantity_lots:
            return None
        settled_tomorrow = 0 if rules[ParameterId.RESALE_SAME_DAY] else holding.bought_today
        if available + settled_tomorrow >= quantity_lots:
            return Refusal(RejectReason.BOUGHT_TODAY)
        return Refusal(RejectReason.UNITS_INSUFFICIENT)
    locked_fen, filled_fen = (replaced.locked_fen, replaced.filled_fen) if replaced else (0, 0)
    if account.available + locked_fen < amount_with_fees(contract, price_ticks * quantity_lots, filled_fen):
        return Refusal(RejectReason.CASH_INSUFFICIENT)
    limit = rules[ParameterId.HOLDING_LIMIT_LOTS]
    if limit and holding.total + holding.open_buys - own_lots + quantity_lots > limit:
        return Refusal(RejectReason.HOLDING_LIMIT)
    return None


def check_limits(
    market: Market, account: Account, price_ticks: int, quantity_lots: int, rests_in: Contract | None
) -> Refusal | None:
    """The member's own limits, the contract's on open orders for what may rest, and the message limit."""
    if refusal := check_own_limits(market, account, price_ticks, quantity_lots, rests=rests_in is not None):
        return refusal
    limit = rests_in.parameters[ParameterId.OPEN_ORDERS_MAX] if rests_in else 0
    if limit and account.open_orders >= limit:
        return Refusal(RejectReason.OPEN_ORDERS_LIMIT)
    return check_message_limit(market)


def check_slot(market: Market) -> Refusal | None:
    """One more live order fits."""
    return None if market.free_slots else Refusal(RejectReason.ORDER_CAPACITY)


def check_day_trades(market: Market, trades_max: int) -> Refusal | None:
    """The day's count of trades has room for so many more, or for one with each live order."""
    if market.match_count + min(trades_max, len(market.orders)) > DAY_TRADES_MAX:
        return Refusal(RejectReason.ORDER_CAPACITY)
    return None


def check_room(
    market: Market, account: Account, contract: Contract, price_ticks: int, quantity_lots: int
) -> Refusal | None:
    """One more resting order of those terms is allowed and fits."""
    return check_limits(market, account, price_ticks, quantity_lots, contract) or check_slot(market)


def check_trade_room(
    market: Market, account: Account, price_ticks: int, quantity_lots: int, trades_max: int
) -> Refusal | None:
    """What trades and never rests is allowed, and the day has room for its trades."""
    refusal = check_limits(market, account, price_ticks, quantity_lots, None)
    return refusal or check_day_trades(market, trades_max)


def is_binding(market: Market, order: Order) -> bool:
    """Whether its member cannot take an order back: the lot never; a bid by rule, or after the window."""
    if order.kind == OrderKind.AUCTION_OFFER:
        return True
    if order.kind != OrderKind.BID:
        return False
    auction = order.contract.auction
    assert auction is not None
    is_over = market.command.time_ns >= auction.end_ns
    return is_over or not order.contract.parameters[ParameterId.AUCTION_BID_CANCEL]
