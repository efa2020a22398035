"""Opening positions from the registry: units and cash of every account, agreed by control totals."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import BALANCE_MAX, CLOSED, PRE_OPEN, VERSION, ZERO
from exchange.kernel.events import Out, begin_settlement, reject
from exchange.kernel.phases import run_change_all
from exchange.kernel.risk import is_account, is_contract
from exchange.kernel.state import State
from exchange.vocabulary import control

balance_term = hot(control.balance_term)

MODULUS = signed(control.MODULUS)


@cold
def check_letter(state: State, command: np.void) -> int:
    """Every message between the cities names version and trading day."""
    if signed(command["version"]) != VERSION:
        return reasons.WRONG_VERSION
    if signed(command["trading_day"]) != signed(state.counters[0]["trading_day"]):
        return reasons.WRONG_TRADING_DAY
    return reasons.OK


@cold
def check_opening(state: State, command: np.void) -> int:
    """Opening positions come once a day."""
    reason = check_letter(state, command)
    if reason == 0 and signed(state.counters[0]["is_opening_accepted"]) != 0:
        return reasons.OPENING_CLOSED
    return reason


@cold
def clear_opening(state: State) -> None:
    """Forget the opening positions received so far."""
    counters = state.counters[0]
    if signed(counters["opening_records"]) > 0:
        for account_id in range(len(state.accounts)):
            account = state.accounts[account_id]
            account["opening"] = 0
            account["available"] = 0
            account["frozen"] = 0
        for index in range(len(state.holdings)):
            holding = state.holdings[index]
            holding["opening"] = 0
            holding["available"] = 0
            holding["frozen"] = 0
    counters["opening_mark"] = signed(counters["opening_mark"]) + 1
    counters["opening_records"] = 0
    counters["opening_units"] = 0
    counters["opening_cash"] = 0
    counters["opening_control"] = 0


@cold
def apply_opening_begin(state: State, out: Out, count: int, command: np.void) -> int:
    """OPENING_BEGIN: forgets an unconfirmed earlier set."""
    reason = check_opening(state, command)
    if reason != 0:
        return reject(state, out, count, command, reason)
    clear_opening(state)
    state.counters[0]["opening_run"] = command["run"]
    return count


@cold
def count_opening(counters: np.void, account_id: int, contract_id: int, amount: int) -> None:
    """Count a record towards the control totals."""
    counters["opening_records"] = signed(counters["opening_records"]) + 1
    term = balance_term(account_id, contract_id, amount)
    counters["opening_control"] = (signed(counters["opening_control"]) + term) % MODULUS


@cold
def is_balance(available: int, frozen: int) -> bool:
    """Whether both parts of a balance are in range."""
    return 0 <= available <= BALANCE_MAX and 0 <= frozen <= BALANCE_MAX


@cold
def apply_opening_holding(state: State, out: Out, count: int, command: np.void) -> int:
    """OPENING_HOLDING: units of an account and contract."""
    reason = check_opening(state, command)
    if reason != 0:
        return reject(state, out, count, command, reason)
    counters = state.counters[0]
    account_id = signed(command["account_id"])
    contract_id = signed(command["contract_id"])
    available = signed(command["available_lots"])
    frozen = signed(command["frozen_lots"])
    if not is_account(state, account_id):
        return reject(state, out, count, command, reasons.UNKNOWN_ACCOUNT)
    if not is_contract(state, contract_id):
        return reject(state, out, count, command, reasons.UNKNOWN_CONTRACT)
    if not is_balance(available, frozen):
        return reject(state, out, count, command, reasons.NEGATIVE_BALANCE)
    holding = state.holdings[account_id * signed(counters["contracts"]) + contract_id]
    mark = signed(counters["opening_mark"]) + 1
    if signed(holding["opening_mark"]) == mark:
        return reject(state, out, count, command, reasons.DUPLICATE_RECORD)
    holding["opening_mark"] = mark
    holding["opening"] = available + frozen
    holding["available"] = available
    holding["frozen"] = frozen
    counters["opening_units"] = signed(counters["opening_units"]) + available + frozen
    count_opening(counters, account_id, contract_id, available + frozen)
    return count


@cold
def apply_opening_cash(state: State, out: Out, count: int, command: np.void) -> int:
    """OPENING_CASH: cash of an account."""
    reason = check_opening(state, command)
    if reason != 0:
        return reject(state, out, count, command, reason)
    counters = state.counters[0]
    account_id = signed(command["account_id"])
    available = signed(command["available_fen"])
    frozen = signed(command["frozen_fen"])
    if not is_account(state, account_id):
        return reject(state, out, count, command, reasons.UNKNOWN_ACCOUNT)
    if not is_balance(available, frozen):
        return reject(state, out, count, command, reasons.NEGATIVE_BALANCE)
    account = state.accounts[account_id]
    mark = signed(counters["opening_mark"]) + 1
    if signed(account["opening_mark"]) == mark:
        return reject(state, out, count, command, reasons.DUPLICATE_RECORD)
    account["opening_mark"] = mark
    account["opening"] = available + frozen
    account["available"] = available
    account["frozen"] = frozen
    counters["opening_cash"] = signed(counters["opening_cash"]) + available + frozen
    count_opening(counters, account_id, ZERO, available + frozen)
    return count


@cold
def apply_opening_totals(state: State, out: Out, count: int, command: np.void) -> int:
    """OPENING_TOTALS: if all four agree, every method leaves CLOSED."""
    reason = check_opening(state, command)
    if reason != 0:
        return reject(state, out, count, command, reason)
    counters = state.counters[0]
    is_equal = (
        signed(counters["opening_units"]) == signed(command["units_total_lots"])
        and signed(counters["opening_cash"]) == signed(command["cash_total_fen"])
        and signed(counters["opening_records"]) == signed(command["record_count"])
        and signed(counters["opening_control"]) == signed(command["control_hash"])
    )
    if not is_equal:
        return reject(state, out, count, command, reasons.CONTROL_TOTAL)
    counters["is_opening_accepted"] = 1
    begin_settlement(state, out, count, kinds.OPENING_ACCEPTED, command, ZERO, ZERO)
    event = out.events[count]
    event["units_total_lots"] = counters["opening_units"]
    event["cash_total_fen"] = counters["opening_cash"]
    event["record_count"] = counters["opening_records"]
    event["run"] = counters["opening_run"]
    counters["stage"] = 1
    counters["cursor"] = 0
    return run_opening_totals(state, out, count + 1, command)


@cold
def run_opening_totals(state: State, out: Out, count: int, command: np.void) -> int:
    """Open every method for the day."""
    counters = state.counters[0]
    count = run_change_all(state, out, count, command, CLOSED, PRE_OPEN)
    if signed(counters["cursor"]) == signed(counters["contracts"]) * 2:
        counters["cursor"] = 0
        counters["stage"] = 0
    return count
