"""Opening positions from the registry: units and cash of every account, agreed by control totals."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    account_at,
    accounts_in,
    contracts_in,
    counters_of,
    event_at,
    holding_at,
    movement_at,
)
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import BALANCE_MAX, CLOSED, METHODS, PRE_OPEN, TOTAL_MAX, VERSION, ZERO
from exchange.kernel.events import begin_settlement, reject
from exchange.kernel.phases import run_change_all
from exchange.kernel.risk import is_account, is_contract
from exchange.vocabulary import control

balance_term = hot(control.balance_term)

MODULUS = signed(control.MODULUS)


@cold
def check_letter(state: Core, command: np.void) -> int:
    """Every message between the cities names version and trading day."""
    if signed(command["version"]) != VERSION:
        return reasons.WRONG_VERSION
    if signed(command["trading_day"]) != signed(counters_of(state)["trading_day"]):
        return reasons.WRONG_TRADING_DAY
    return reasons.OK


@cold
def check_opening(state: Core, command: np.void) -> int:
    """Opening positions come once a day."""
    reason = check_letter(state, command)
    if reason == 0 and signed(counters_of(state)["is_opening_accepted"]) != 0:
        return reasons.OPENING_CLOSED
    return reason


@cold
def clear_opening(state: Core) -> None:
    """Forget the opening positions received so far."""
    counters = counters_of(state)
    if signed(counters["opening_records"]) > 0:
        for account_id in range(accounts_in(state)):
            account = account_at(state, account_id)
            account["opening"] = 0
            account["available"] = 0
            account["frozen"] = 0
            for contract_id in range(contracts_in(state)):
                holding = holding_at(state, account_id, contract_id)
                holding["opening"] = 0
                holding["available"] = 0
                holding["frozen"] = 0
    counters["opening_mark"] = signed(counters["opening_mark"]) + 1
    counters["opening_records"] = 0
    counters["opening_units"] = 0
    counters["opening_cash"] = 0
    counters["opening_control"] = 0


@cold
def apply_opening_begin(state: Core, count: int, command: np.void) -> int:
    """OPENING_BEGIN: forgets an unconfirmed earlier set."""
    reason = check_opening(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    clear_opening(state)
    counters_of(state)["opening_run"] = command["run"]
    return count


@cold
def count_opening(counters: np.void, account_id: int, contract_id: int, amount: int) -> None:
    """Count a record towards the control totals."""
    counters["opening_records"] = signed(counters["opening_records"]) + 1
    term = balance_term(account_id, contract_id, amount)
    counters["opening_control"] = (signed(counters["opening_control"]) + term) % MODULUS


@cold
def is_balance(available: int, frozen: int, sum_before: int) -> bool:
    """Whether both parts of a balance are in range, and so is the sum of all balances with it."""
    if available < 0 or available > BALANCE_MAX or frozen < 0 or frozen > BALANCE_MAX:
        return False
    return sum_before + available + frozen <= TOTAL_MAX


@cold
def apply_opening_holding(state: Core, count: int, command: np.void) -> int:
    """OPENING_HOLDING: units of an account and contract."""
    reason = check_opening(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    counters = counters_of(state)
    account_id = signed(command["account_id"])
    contract_id = signed(command["contract_id"])
    available = signed(command["available_lots"])
    frozen = signed(command["frozen_lots"])
    if not is_account(state, account_id):
        return reject(state, count, command, reasons.UNKNOWN_ACCOUNT)
    if not is_contract(state, contract_id):
        return reject(state, count, command, reasons.UNKNOWN_CONTRACT)
    if not is_balance(available, frozen, signed(counters["opening_units"])):
        return reject(state, count, command, reasons.NEGATIVE_BALANCE)
    holding = holding_at(state, account_id, contract_id)
    mark = signed(counters["opening_mark"]) + 1
    movement = movement_at(state, account_id, contract_id)
    if signed(movement["opening_mark"]) == mark:
        return reject(state, count, command, reasons.DUPLICATE_RECORD)
    movement["opening_mark"] = mark
    holding["opening"] = available + frozen
    holding["available"] = available
    holding["frozen"] = frozen
    counters["opening_units"] = signed(counters["opening_units"]) + available + frozen
    count_opening(counters, account_id, contract_id, available + frozen)
    return count


@cold
def apply_opening_cash(state: Core, count: int, command: np.void) -> int:
    """OPENING_CASH: cash of an account."""
    reason = check_opening(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    counters = counters_of(state)
    account_id = signed(command["account_id"])
    available = signed(command["available_fen"])
    frozen = signed(command["frozen_fen"])
    if not is_account(state, account_id):
        return reject(state, count, command, reasons.UNKNOWN_ACCOUNT)
    if not is_balance(available, frozen, signed(counters["opening_cash"])):
        return reject(state, count, command, reasons.NEGATIVE_BALANCE)
    account = account_at(state, account_id)
    mark = signed(counters["opening_mark"]) + 1
    if signed(account["opening_mark"]) == mark:
        return reject(state, count, command, reasons.DUPLICATE_RECORD)
    account["opening_mark"] = mark
    account["opening"] = available + frozen
    account["available"] = available
    account["frozen"] = frozen
    counters["opening_cash"] = signed(counters["opening_cash"]) + available + frozen
    count_opening(counters, account_id, ZERO, available + frozen)
    return count


@cold
def apply_opening_totals(state: Core, count: int, command: np.void) -> int:
    """OPENING_TOTALS: if all four agree, every method leaves CLOSED."""
    reason = check_opening(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    counters = counters_of(state)
    is_equal = (
        signed(counters["opening_units"]) == signed(command["units_total_lots"])
        and signed(counters["opening_cash"]) == signed(command["cash_total_fen"])
        and signed(counters["opening_records"]) == signed(command["record_count"])
        and signed(counters["opening_control"]) == signed(command["control_hash"])
    )
    if not is_equal:
        return reject(state, count, command, reasons.CONTROL_TOTAL)
    counters["is_opening_accepted"] = 1
    begin_settlement(state, count, kinds.OPENING_ACCEPTED, command, ZERO, ZERO)
    event = event_at(state, count)
    event["units_total_lots"] = counters["opening_units"]
    event["cash_total_fen"] = counters["opening_cash"]
    event["record_count"] = counters["opening_records"]
    event["run"] = counters["opening_run"]
    counters["stage"] = 1
    counters["cursor"] = 0
    return run_opening_totals(state, count + 1, command)


@cold
def run_opening_totals(state: Core, count: int, command: np.void) -> int:
    """Open every method for the day."""
    counters = counters_of(state)
    count = run_change_all(state, count, command, CLOSED, PRE_OPEN)
    if signed(counters["cursor"]) == contracts_in(state) * METHODS:
        counters["cursor"] = 0
        counters["stage"] = 0
    return count
