"""The registry's clearing result, compared record by record with the exchange's own changes."""

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
from exchange.kernel.balances import balance_of, bought_of, traded_of
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import STAGE_MAX, VERSION, ZERO
from exchange.kernel.events import begin_public, begin_settlement, reject, write_done
from exchange.kernel.opening import MODULUS, balance_term, check_letter
from exchange.kernel.risk import is_account, is_contract


@cold
def check_result(state: Core, command: np.void) -> int:
    """A result comes after the seal, until one is confirmed."""
    reason = check_letter(state, command)
    if reason != 0:
        return reason
    counters = counters_of(state)
    if signed(counters["is_sealed"]) == 0:
        return reasons.NOT_SEALED
    if signed(counters["is_confirmed"]) != 0:
        return reasons.ALREADY_CONFIRMED
    return reasons.OK


@cold
def check_run(state: Core, command: np.void) -> int:
    """A result's records and totals belong to the run begun."""
    reason = check_result(state, command)
    if reason != 0:
        return reason
    counters = counters_of(state)
    is_begun = signed(counters["result_is_begun"]) != 0
    if not is_begun or signed(command["run"]) != signed(counters["result_run"]):
        return reasons.INVALID_FIELD
    return reasons.OK


@cold
def apply_result_begin(state: Core, count: int, command: np.void) -> int:
    """RESULT_BEGIN: a comparison starts anew, under a run above every refused one."""
    reason = check_result(state, command)
    counters = counters_of(state)
    if reason == 0 and signed(command["run"]) <= signed(counters["result_refused_run"]):
        reason = reasons.DUPLICATE_RECORD
    if reason != 0:
        return reject(state, count, command, reason)
    counters["result_run"] = command["run"]
    counters["result_is_begun"] = 1
    counters["result_mark"] = signed(counters["result_mark"]) + 1
    counters["result_records"] = 0
    counters["result_control"] = 0
    counters["difference_count"] = 0
    counters["difference_account"] = 0
    counters["difference_contract"] = 0
    counters["difference_expected"] = 0
    counters["difference_found"] = 0
    return count


@cold
def count_difference(counters: np.void, account_id: int, contract_id: int, expected: int, found: int) -> None:
    """Count a difference; the first is remembered."""
    if signed(counters["difference_count"]) == 0:
        counters["difference_account"] = account_id
        counters["difference_contract"] = contract_id
        counters["difference_expected"] = expected
        counters["difference_found"] = found
    counters["difference_count"] = signed(counters["difference_count"]) + 1


@cold
def count_result(counters: np.void, account_id: int, contract_id: int, change: int) -> None:
    """Count a record towards the control totals."""
    counters["result_records"] = signed(counters["result_records"]) + 1
    term = balance_term(account_id, contract_id, change)
    counters["result_control"] = (signed(counters["result_control"]) + term) % MODULUS


@cold
def apply_result_holding(state: Core, count: int, command: np.void) -> int:
    """RESULT_HOLDING: compared with the exchange's own change of units."""
    counters = counters_of(state)
    account_id = signed(command["account_id"])
    contract_id = signed(command["contract_id"])
    reason = check_run(state, command)
    if reason == 0 and not is_account(state, account_id):
        reason = reasons.UNKNOWN_ACCOUNT
    if reason == 0 and not is_contract(state, contract_id):
        reason = reasons.UNKNOWN_CONTRACT
    if reason != 0:
        return reject(state, count, command, reason)
    movement = movement_at(state, account_id, contract_id)
    if signed(movement["result_mark"]) == signed(counters["result_mark"]):
        return reject(state, count, command, reasons.DUPLICATE_RECORD)
    movement["result_mark"] = counters["result_mark"]
    closing = balance_of(state, account_id, contract_id)
    change = traded_of(state, account_id, contract_id)
    found = signed(command["change_lots"])
    if change != found or closing != signed(command["closing_lots"]):
        count_difference(counters, account_id, contract_id, change, found)
    count_result(counters, account_id, contract_id, found)
    return count


@cold
def apply_result_cash(state: Core, count: int, command: np.void) -> int:
    """RESULT_CASH: compared with the exchange's own change of cash and fees."""
    counters = counters_of(state)
    account_id = signed(command["account_id"])
    reason = check_run(state, command)
    if reason == 0 and not is_account(state, account_id):
        reason = reasons.UNKNOWN_ACCOUNT
    if reason != 0:
        return reject(state, count, command, reason)
    account = account_at(state, account_id)
    if signed(account["result_mark"]) == signed(counters["result_mark"]):
        return reject(state, count, command, reasons.DUPLICATE_RECORD)
    account["result_mark"] = counters["result_mark"]
    closing = balance_of(state, account_id, ZERO)
    change = traded_of(state, account_id, ZERO)
    found = signed(command["change_fen"])
    is_equal = (
        change == found
        and closing == signed(command["closing_fen"])
        and signed(account["fees_today"]) == signed(command["fees_fen"])
    )
    if not is_equal:
        count_difference(counters, account_id, ZERO, change, found)
    count_result(counters, account_id, ZERO, found)
    return count


@cold
def count_missing(state: Core) -> None:
    """Whoever traded and was not in the result is a difference: units of all accounts, then cash."""
    counters = counters_of(state)
    contracts = contracts_in(state)
    mark = signed(counters["result_mark"])
    for account_id in range(1, accounts_in(state)):
        if signed(account_at(state, account_id)["trade_count"]) == 0:
            continue
        for contract_id in range(1, contracts):
            holding = holding_at(state, account_id, contract_id)
            if signed(movement_at(state, account_id, contract_id)["result_mark"]) == mark:
                continue
            change = traded_of(state, account_id, contract_id)
            if signed(holding["sold_today"]) > 0 or bought_of(state, account_id, contract_id) > 0:
                count_difference(counters, account_id, contract_id, change, ZERO)
    for account_id in range(1, accounts_in(state)):
        account = account_at(state, account_id)
        if signed(account["trade_count"]) > 0 and signed(account["result_mark"]) != mark:
            change = traded_of(state, account_id, ZERO)
            count_difference(counters, account_id, ZERO, change, ZERO)


@cold
def count_wrong_total(counters: np.void, own: int, given: int) -> None:
    """A total that differs is one difference, of no account."""
    if own != given:
        count_difference(counters, ZERO, ZERO, own, given)


@cold
def apply_result_totals(state: Core, count: int, command: np.void) -> int:
    """RESULT_TOTALS: without a difference the day's result is confirmed."""
    reason = check_run(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    counters = counters_of(state)
    count_missing(state)
    count_wrong_total(counters, signed(counters["result_records"]), signed(command["record_count"]))
    count_wrong_total(counters, signed(counters["tonnes_lots"]), signed(command["tonnes_lots"]))
    count_wrong_total(counters, signed(counters["amount_fen"]), signed(command["amount_fen"]))
    count_wrong_total(counters, signed(counters["result_control"]), signed(command["control_hash"]))
    if signed(counters["difference_count"]) == 0:
        counters["is_confirmed"] = 1
        begin_settlement(state, count, kinds.RESULT_CONFIRMED, command, ZERO, ZERO)
        event_at(state, count)["record_count"] = counters["result_records"]
    else:
        counters["result_refused_run"] = command["run"]
        counters["result_is_begun"] = 0
        account_id = signed(counters["difference_account"])
        contract_id = signed(counters["difference_contract"])
        begin_settlement(state, count, kinds.RESULT_REFUSED, command, contract_id, account_id)
        event = event_at(state, count)
        event["expected_amount"] = counters["difference_expected"]
        event["found_amount"] = counters["difference_found"]
        event["difference_count"] = counters["difference_count"]
    event_at(state, count)["run"] = command["run"]
    return count + 1


@cold
def apply_delivered(state: Core, count: int, command: np.void) -> int:
    """DELIVERED: finality, after the confirmation."""
    counters = counters_of(state)
    reason = check_letter(state, command)
    if reason == 0 and signed(counters["is_confirmed"]) == 0:
        reason = reasons.NOT_SEALED
    if reason != 0:
        return reject(state, count, command, reason)
    counters["is_delivered"] = 1
    return write_done(state, count, command, signed(command["record_count"]), ZERO, ZERO)


@cold
def apply_stage(state: Core, count: int, command: np.void) -> int:
    """STAGE: where the registry's day stands, for everybody to see."""
    counters = counters_of(state)
    reason = check_letter(state, command)
    if reason == 0 and signed(command["stage"]) > STAGE_MAX:
        reason = reasons.INVALID_FIELD
    if reason != 0:
        return reject(state, count, command, reason)
    counters["settlement_stage"] = command["stage"]
    counters["break_count"] = command["break_count"]
    begin_public(state, count, kinds.SETTLEMENT_STAGE, command, ZERO)
    event = event_at(state, count)
    event["break_count"] = command["break_count"]
    event["stage"] = command["stage"]
    event["version"] = VERSION
    event["trading_day"] = counters["trading_day"]
    return count + 1
