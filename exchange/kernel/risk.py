"""Pre-trade checks and the locks behind them. A check returns a reject code, or OK, and writes nothing."""

import numpy as np

from exchange.kernel import reasons
from exchange.kernel.access import (
    Core,
    account_at,
    accounts_in,
    contract_at,
    contracts_in,
    counters_of,
    login_at,
    member_at,
    orders_in,
)
from exchange.kernel.book import part_of
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    AMOUNT_MAX,
    BOOK,
    BUY,
    CALL_AUCTION,
    CCER,
    DAY_TRADES_MAX,
    HOLDING_LIMIT,
    MAY_BUY,
    MAY_CCER,
    MAY_SELL,
    ONE,
    PRICE_STEP,
    RESALE_SAME_DAY,
    SETTLEMENT_FEE,
    TRADING,
    TRADING_FEE,
)
from exchange.kernel.division import millionths_up


@hot
def fee_on(contract: np.void, parameter: int, amount_fen: int) -> int:
    """One fee on a cumulative amount, rounded up to the fen."""
    return millionths_up(amount_fen * signed(contract["parameters"][parameter]))


@hot
def amount_with_fees(contract: np.void, amount_fen: int) -> int:
    """What a buyer pays for an amount: the lock of a buy."""
    return (
        amount_fen + fee_on(contract, TRADING_FEE, amount_fen) + fee_on(contract, SETTLEMENT_FEE, amount_fen)
    )


@hot
def is_contract(state: Core, contract_id: int) -> bool:
    """Whether a contract is defined."""
    return (
        0 < contract_id < contracts_in(state) and signed(contract_at(state, contract_id)["is_defined"]) != 0
    )


@hot
def is_account(state: Core, account_id: int) -> bool:
    """Whether an account is defined."""
    return 0 < account_id < accounts_in(state) and signed(account_at(state, account_id)["is_defined"]) != 0


@hot
def is_own_account(state: Core, account_id: int, login_id: int) -> bool:
    """Whether an account is defined and belongs to a login's member."""
    return is_account(state, account_id) and signed(account_at(state, account_id)["member_id"]) == signed(
        login_at(state, login_id)["member_id"]
    )


@hot
def check_party(state: Core, command: np.void) -> int:
    """First of all: the contract and the account exist, and the account is the sender's."""
    if not is_contract(state, signed(command["contract_id"])):
        return reasons.UNKNOWN_CONTRACT
    if not is_own_account(state, signed(command["account_id"]), signed(command["login_id"])):
        return reasons.WRONG_ACCOUNT
    return reasons.OK


@hot
def check_open(state: Core, contract: np.void, method: int, login_id: int, may_wait: int) -> int:
    """The method trades, and neither a halt nor a kill switch stands before the new order: else STOPPED.

    What may wait without trading is taken in a call auction as well.
    """
    part = part_of(method)
    phase = signed(contract["phase"][part])
    if phase != TRADING and (may_wait == 0 or phase != CALL_AUCTION):
        return reasons.WRONG_PHASE
    if part == BOOK and signed(contract["matching_rule"]) != method:
        return reasons.WRONG_PHASE
    if signed(contract["is_stopped"]) | signed(login_at(state, login_id)["is_stopped"]) != 0:
        return reasons.STOPPED
    return reasons.OK


@hot
def check_trades(state: Core, contract: np.void, method: int, login_id: int, may_wait: int) -> int:
    """As check_open, naming what stops the order."""
    reason = check_open(state, contract, method, login_id, may_wait)
    return what_stops(state, contract, login_id) if reason == reasons.STOPPED else reason


@cold
def what_stops(state: Core, contract: np.void, login_id: int) -> int:
    """Which halt or kill switch stands before a new order: what STOPPED means."""
    counters = counters_of(state)
    login = login_at(state, login_id)
    if signed(counters["is_halted"]) != 0:
        return reasons.MARKET_HALTED
    if signed(contract["is_halted"]) != 0:
        return reasons.CONTRACT_HALTED
    if signed(counters["is_killed"]) != 0:
        return reasons.MARKET_KILLED
    if signed(contract["is_killed"]) != 0:
        return reasons.CONTRACT_KILLED
    if signed(member_at(state, signed(login["member_id"]))["is_killed"]) != 0:
        return reasons.MEMBER_KILLED
    if signed(login["is_killed"]) != 0:
        return reasons.LOGIN_KILLED
    return reasons.OK


@hot
def check_eligible(contract: np.void, account: np.void, side: int) -> int:
    """The account may trade this side of this product."""
    wanted = MAY_BUY if side == BUY else MAY_SELL
    if signed(contract["product"]) == CCER:
        wanted = wanted | MAY_CCER
    if signed(account["eligibility"]) & wanted != wanted:
        return reasons.NOT_ELIGIBLE
    return reasons.OK


@hot
def check_quantity(contract: np.void, minimum: int, maximum: int, quantity_lots: int) -> int:
    """The quantity lies in the method's bounds, named by their parameters."""
    if quantity_lots < signed(contract["parameters"][minimum]):
        return reasons.QUANTITY_BELOW_MINIMUM
    if quantity_lots > signed(contract["parameters"][maximum]):
        return reasons.QUANTITY_ABOVE_MAXIMUM
    return reasons.OK


@hot
def check_price(contract: np.void, lower: int, upper: int, price_ticks: int, quantity_lots: int) -> int:
    """The price is a multiple of the step and lies in the band, and the amount is below the limit."""
    step = signed(contract["parameters"][PRICE_STEP])
    if step != ONE and price_ticks % step != 0:
        return reasons.PRICE_OFF_TICK
    if price_ticks < lower or price_ticks > upper:
        return reasons.PRICE_OUTSIDE_BAND
    if price_ticks * quantity_lots > AMOUNT_MAX:
        return reasons.AMOUNT_ABOVE_LIMIT
    return reasons.OK


@hot
def check_funds(
    contract: np.void, account: np.void, holding: np.void, side: int, quantity_lots: int, price_ticks: int
) -> int:
    """The account has the units or the cash, and a buy stays within the holding limit."""
    available = signed(holding["available"])
    if side != BUY:
        if available >= quantity_lots:
            return reasons.OK
        bought = signed(holding["bought_today"])
        if available + bought >= quantity_lots and signed(contract["parameters"][RESALE_SAME_DAY]) == 0:
            return reasons.BOUGHT_TODAY
        return reasons.UNITS_INSUFFICIENT
    if signed(account["available"]) < amount_with_fees(contract, price_ticks * quantity_lots):
        return reasons.CASH_INSUFFICIENT
    limit = signed(contract["parameters"][HOLDING_LIMIT])
    if limit > 0:
        held = available + signed(holding["locked"]) + signed(holding["bought_today"])
        held += signed(holding["frozen"]) + signed(holding["open_buys"]) + signed(holding["held"])
        if held + quantity_lots > limit:
            return reasons.HOLDING_LIMIT
    return reasons.OK


@hot
def check_slot(state: Core) -> int:
    """The pool holds one more resting order."""
    if signed(counters_of(state)["free_head"]) >= orders_in(state):
        return reasons.ORDER_CAPACITY
    return reasons.OK


@hot
def has_trades_left(counters: np.void, quantity_lots: int) -> bool:
    """The day's trades leave room for one with each lot, or with each live order if those are fewer."""
    live = signed(counters["live_orders"])
    most = quantity_lots if quantity_lots < live else live
    return signed(counters["match_count"]) + most <= DAY_TRADES_MAX


@hot
def lock_units(holding: np.void, quantity_lots: int) -> None:
    """Move lots from available to locked; a negative quantity releases."""
    holding["available"] = signed(holding["available"]) - quantity_lots
    holding["locked"] = signed(holding["locked"]) + quantity_lots


@hot
def lock_cash(account: np.void, amount_fen: int) -> None:
    """Move fen from available to locked; a negative amount releases."""
    account["available"] = signed(account["available"]) - amount_fen
    account["locked"] = signed(account["locked"]) + amount_fen
