"""Units and cash that enter, leave or are set aside during the day, at the registry's word."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    account_at,
    counters_of,
    event_at,
    holding_at,
    transfer_at,
    transfers_in,
)
from exchange.kernel.balances import available_of, balance_of, bought_of, frozen_of, move_balance
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    BALANCE_MAX,
    CASH_WITHDRAWAL,
    CHANGE_DEPOSIT,
    CHANGE_FREEZE,
    CHANGE_HOLD,
    CHANGE_HOLD_RETURNED,
    CHANGE_LEFT,
    CHANGE_RELEASE,
    CHANGE_TRANSFER_IN,
    ELIGIBILITY_MAX,
    HOLD_BOOKED,
    HOLD_COMMITTED,
    HOLD_GRANTED,
    HOLD_REFUSED,
    HOLD_RELEASED,
    TOTAL_MAX,
    UNITS_TO_REGISTRY,
    ZERO,
)
from exchange.kernel.events import begin_event, begin_settlement, reject, write_done
from exchange.kernel.opening import check_letter
from exchange.kernel.risk import is_account, is_contract


@cold
def check_hours(state: Core, command: np.void) -> int:
    """The day's balances are Shanghai's: opening positions are accepted and the day is not sealed."""
    reason = check_letter(state, command)
    if reason != 0:
        return reason
    counters = counters_of(state)
    if signed(counters["is_opening_accepted"]) == 0:
        return reasons.OPENING_NOT_ACCEPTED
    if signed(counters["is_sealed"]) != 0:
        return reasons.DAY_SEALED
    return reasons.OK


@cold
def is_form_right(kind: int, contract_id: int, hold_kind: int) -> bool:
    """A deposit is cash; a hold says which of the two it is."""
    if kind == kinds.DEPOSIT:
        return contract_id == 0
    if kind == kinds.HOLD_REQUEST:
        return hold_kind == (CASH_WITHDRAWAL if contract_id == 0 else UNITS_TO_REGISTRY)
    return True


@cold
def fits_bounds(state: Core, command: np.void) -> bool:
    """Whether the balance, and all balances together, may grow by what comes in."""
    amount = signed(command["amount"])
    contract_id = signed(command["contract_id"])
    counters = counters_of(state)
    if contract_id == 0:
        everything = signed(counters["opening_cash"]) + signed(counters["cash_moved"])
    else:
        everything = signed(counters["opening_units"]) + signed(counters["units_moved"])
    if amount > BALANCE_MAX or everything + amount > TOTAL_MAX:
        return False
    return balance_of(state, signed(command["account_id"]), contract_id) + amount <= BALANCE_MAX


@cold
def check_transfer(state: Core, command: np.void) -> int:
    """A new transfer: its hours, whom and what it is about, its form, its amount, its number, room for it."""
    reason = check_hours(state, command)
    if reason != 0:
        return reason
    kind = signed(command["kind"])
    contract_id = signed(command["contract_id"])
    if not is_account(state, signed(command["account_id"])):
        return reasons.UNKNOWN_ACCOUNT
    is_cash = contract_id == 0 and kind != kinds.TRANSFER_IN
    if not is_cash and not is_contract(state, contract_id):
        return reasons.UNKNOWN_CONTRACT
    if not is_form_right(kind, contract_id, signed(command["hold_kind"])):
        return reasons.INVALID_FIELD
    comes_in = kind == kinds.DEPOSIT or kind == kinds.TRANSFER_IN
    if signed(command["amount"]) < 1 or (comes_in and not fits_bounds(state, command)):
        return reasons.NEGATIVE_BALANCE
    transfers = signed(counters_of(state)["transfers"])
    highest = ZERO
    if transfers > 0:
        highest = signed(transfer_at(state, transfers - 1)["transfer_id"])
    if signed(command["transfer_id"]) <= highest:
        return reasons.DUPLICATE_RECORD
    if transfers == transfers_in(state):
        return reasons.TRANSFER_CAPACITY
    return reasons.OK


@cold
def find_shortage(state: Core, command: np.void) -> int:
    """Why a hold, freeze or release finds too little; OK if there is enough, or if something comes in.

    What was traded today is not yet delivered, so it may be frozen but may not leave today.
    """
    kind = signed(command["kind"])
    account_id = signed(command["account_id"])
    contract_id = signed(command["contract_id"])
    if kind == kinds.DEPOSIT or kind == kinds.TRANSFER_IN:
        return reasons.OK
    limit = available_of(state, account_id, contract_id)
    tomorrow = ZERO
    if kind == kinds.RELEASE:
        limit = frozen_of(state, account_id, contract_id)
    elif contract_id != 0:
        waiting = signed(holding_at(state, account_id, contract_id)["bought_today"])
        tomorrow = waiting
        if kind == kinds.HOLD_REQUEST:
            tomorrow = bought_of(state, account_id, contract_id)
            limit -= tomorrow - waiting
    elif kind == kinds.HOLD_REQUEST:
        account = account_at(state, account_id)
        limit -= signed(account["proceeds_today"]) - signed(account["proceeds_held"])
    amount = signed(command["amount"])
    if amount <= limit:
        return reasons.OK
    if contract_id == 0:
        return reasons.CASH_INSUFFICIENT
    return reasons.BOUGHT_TODAY if amount <= limit + tomorrow else reasons.UNITS_INSUFFICIENT


@cold
def find_transfer(state: Core, transfer_id: int) -> int:
    """Row of a transfer by its number, -1 if there is none: the numbers ascend."""
    low = ZERO
    high = signed(counters_of(state)["transfers"])
    while low < high:
        middle = (low + high) // 2
        if signed(transfer_at(state, middle)["transfer_id"]) < transfer_id:
            low = middle + 1
        else:
            high = middle
    is_found = low < signed(counters_of(state)["transfers"])
    if is_found and signed(transfer_at(state, low)["transfer_id"]) == transfer_id:
        return low
    return signed(-1)


@cold
def record_transfer(state: Core, command: np.void, hold_state: int) -> int:
    """Keep a transfer under its number; gives its row."""
    counters = counters_of(state)
    row = signed(counters["transfers"])
    counters["transfers"] = row + 1
    transfer = transfer_at(state, row)
    transfer["amount"] = command["amount"]
    transfer["transfer_id"] = command["transfer_id"]
    transfer["account_id"] = command["account_id"]
    transfer["contract_id"] = command["contract_id"]
    if signed(command["kind"]) == kinds.HOLD_REQUEST:
        transfer["hold_kind"] = command["hold_kind"]
    transfer["state"] = hold_state
    return row


@cold
def write_hold_changed(state: Core, count: int, command: np.void, row: int, reason: int) -> int:
    """HOLD_CHANGED: the answer to the registry."""
    transfer = transfer_at(state, row)
    contract_id = signed(transfer["contract_id"])
    account_id = signed(transfer["account_id"])
    begin_settlement(state, count, kinds.HOLD_CHANGED, command, contract_id, account_id)
    event = event_at(state, count)
    event["amount"] = transfer["amount"]
    event["transfer_id"] = transfer["transfer_id"]
    event["hold_state"] = transfer["state"]
    event["hold_reason"] = reason
    return count + 1


@cold
def write_balance_changed(
    state: Core,
    count: int,
    command: np.void,
    account_id: int,
    contract_id: int,
    change: tuple[int, int, int],
) -> int:
    """BALANCE_CHANGED to the account's member: (what kind of change, how much, its number)."""
    begin_event(
        state,
        count,
        signed(account_at(state, account_id)["member_id"]),
        kinds.BALANCE_CHANGED,
        command,
        signed(command["login_id"]),
        signed(command["user_reference"]),
        contract_id,
        account_id,
    )
    event = event_at(state, count)
    event["amount"] = change[1]
    event["available"] = available_of(state, account_id, contract_id)
    event["transfer_id"] = change[2]
    event["change_kind"] = change[0]
    return count + 1


@cold
def book_transfer(state: Core, command: np.void) -> tuple[int, int]:
    """Move the balance; gives what kind of change it is and how available changes."""
    kind = signed(command["kind"])
    account_id = signed(command["account_id"])
    contract_id = signed(command["contract_id"])
    amount = signed(command["amount"])
    if kind == kinds.HOLD_REQUEST:
        move_balance(state, account_id, contract_id, -amount, ZERO, amount)
        return CHANGE_HOLD, -amount
    if kind == kinds.FREEZE:
        move_balance(state, account_id, contract_id, -amount, amount, ZERO)
        return CHANGE_FREEZE, -amount
    if kind == kinds.RELEASE:
        move_balance(state, account_id, contract_id, amount, -amount, ZERO)
        return CHANGE_RELEASE, amount
    move_balance(state, account_id, contract_id, amount, ZERO, ZERO)
    return (CHANGE_DEPOSIT if kind == kinds.DEPOSIT else CHANGE_TRANSFER_IN), amount


@cold
def apply_transfer(state: Core, count: int, command: np.void) -> int:
    """DEPOSIT, TRANSFER_IN, HOLD_REQUEST, FREEZE, RELEASE; too little is an outcome, not a reject."""
    reason = check_transfer(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    shortage = find_shortage(state, command)
    if shortage != 0:
        row = record_transfer(state, command, HOLD_REFUSED)
        return write_hold_changed(state, count, command, row, shortage)
    change_kind, amount = book_transfer(state, command)
    is_hold = signed(command["kind"]) == kinds.HOLD_REQUEST
    row = record_transfer(state, command, HOLD_GRANTED if is_hold else HOLD_BOOKED)
    count = write_hold_changed(state, count, command, row, reasons.OK)
    change = change_kind, amount, signed(command["transfer_id"])
    account_id = signed(command["account_id"])
    return write_balance_changed(state, count, command, account_id, signed(command["contract_id"]), change)


@cold
def apply_hold_end(state: Core, count: int, command: np.void) -> int:
    """HOLD_COMMIT and HOLD_ABORT, by the number alone: what is held has left, or returns."""
    reason = check_hours(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    number = signed(command["transfer_id"])
    row = find_transfer(state, number)
    if row < 0:
        return reject(state, count, command, reasons.UNKNOWN_TRANSFER)
    transfer = transfer_at(state, row)
    if signed(transfer["state"]) != HOLD_GRANTED:
        return reject(state, count, command, reasons.TRANSFER_RESOLVED)
    account_id = signed(transfer["account_id"])
    contract_id = signed(transfer["contract_id"])
    amount = signed(transfer["amount"])
    if signed(command["kind"]) == kinds.HOLD_COMMIT:
        move_balance(state, account_id, contract_id, ZERO, ZERO, -amount)
        transfer["state"] = HOLD_COMMITTED
        change = CHANGE_LEFT, -amount, number
    else:
        move_balance(state, account_id, contract_id, amount, ZERO, -amount)
        transfer["state"] = HOLD_RELEASED
        change = CHANGE_HOLD_RETURNED, amount, number
    count = write_hold_changed(state, count, command, row, reasons.OK)
    return write_balance_changed(state, count, command, account_id, contract_id, change)


@cold
def apply_restrict(state: Core, count: int, command: np.void) -> int:
    """RESTRICT: what the account may do from now on; its live orders stay."""
    reason = check_hours(state, command)
    account_id = signed(command["account_id"])
    eligibility = signed(command["eligibility"])
    if reason == 0 and not is_account(state, account_id):
        reason = reasons.UNKNOWN_ACCOUNT
    if reason == 0 and eligibility > ELIGIBILITY_MAX:
        reason = reasons.INVALID_FIELD
    if reason != 0:
        return reject(state, count, command, reason)
    account = account_at(state, account_id)
    account["eligibility"] = eligibility
    begin_event(
        state,
        count,
        signed(account["member_id"]),
        kinds.ACCOUNT_RESTRICTED,
        command,
        signed(command["login_id"]),
        signed(command["user_reference"]),
        ZERO,
        account_id,
    )
    event_at(state, count)["eligibility"] = eligibility
    return write_done(state, count + 1, command, ZERO, ZERO, eligibility)
