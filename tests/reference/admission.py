"""The checks that member commands share, each a column of reasons in the order of precedence."""

from exchange.vocabulary.enums import Eligibility, Method, ParameterId, Phase, Product, Side
from exchange.vocabulary.limits import AMOUNT_FEN_MAX, DAY_TRADES_MAX
from exchange.vocabulary.rejects import RejectReason
from tests.reference.layout import Command
from tests.reference.market import Market, Refusal
from tests.reference.money import amount_with_fees
from tests.reference.state import Account, Contract, slot_of

SIDE_MAX = max(Side)
#: a take has at most so many fills, so the day's bound of trades is never passed inside one
TAKE_TRADES_MAX = 100_000


def check_names(market: Market, command: Command) -> Refusal | None:
    """The contract exists and the account is one of the login's member."""
    if command.contract_id not in market.contracts:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    if market.own_account() is None:
        return Refusal(RejectReason.WRONG_ACCOUNT)
    return None


def check_open(market: Market, contract: Contract, method: Method) -> Refusal | None:
    """The method trades now and neither a halt nor a kill switch stops the command."""
    if contract.phase(method) != Phase.TRADING or contract.method_at(slot_of(method)) != method:
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


def check_order_form(market: Market, command: Command, method: Method, flags_max: int) -> Refusal | None:
    """All that comes before the terms of a listing, a take or a block offer."""
    if refusal := check_names(market, command):
        return refusal
    if command.side > SIDE_MAX or command.order_flags > flags_max:
        return Refusal(RejectReason.INVALID_FIELD)
    contract = market.contracts[command.contract_id]
    if refusal := check_open(market, contract, method):
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
    account: Account, contract: Contract, side: int, price_ticks: int, quantity_lots: int
) -> Refusal | None:
    """Prefunded: a seller has the units, a buyer amount and fees, and stays inside the holding limit."""
    holding = account.holding(contract.contract_id)
    rules = contract.parameters
    if side == Side.SELL:
        if holding.available >= quantity_lots:
            return None
        settled_tomorrow = 0 if rules[ParameterId.RESALE_SAME_DAY] else holding.bought_today
        if holding.available + settled_tomorrow >= quantity_lots:
            return Refusal(RejectReason.BOUGHT_TODAY)
        return Refusal(RejectReason.UNITS_INSUFFICIENT)
    if account.available < amount_with_fees(contract, price_ticks * quantity_lots):
        return Refusal(RejectReason.CASH_INSUFFICIENT)
    limit = rules[ParameterId.HOLDING_LIMIT_LOTS]
    if limit and holding.total + holding.open_buys + quantity_lots > limit:
        return Refusal(RejectReason.HOLDING_LIMIT)
    return None


def check_room(market: Market, account: Account, contract: Contract) -> Refusal | None:
    """One more resting order is allowed and fits."""
    limit = contract.parameters[ParameterId.OPEN_ORDERS_MAX]
    if limit and account.open_orders >= limit:
        return Refusal(RejectReason.OPEN_ORDERS_LIMIT)
    if not market.free_slots:
        return Refusal(RejectReason.ORDER_CAPACITY)
    return None


def check_trade_room(market: Market) -> Refusal | None:
    """The day's count of trades has room for any take."""
    if market.match_count >= DAY_TRADES_MAX - TAKE_TRADES_MAX:
        return Refusal(RejectReason.ORDER_CAPACITY)
    return None
