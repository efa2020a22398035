"""The end of a day: its figures to everybody, then its balances and totals to the registry."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    account_at,
    accounts_in,
    contract_at,
    contracts_in,
    counters_of,
    event_at,
    events_in,
    holding_at,
    transfer_at,
)
from exchange.kernel.balances import balance_of
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    BOOK,
    COMPOSITE_WEIGHT,
    ENDED,
    HOLD_GRANTED,
    METHODS,
    SEALED,
    STEP_EVENTS,
    ZERO,
)
from exchange.kernel.events import begin_public, begin_settlement, reject, write_done
from exchange.kernel.figures import close_of, composite_of, half_up, open_of
from exchange.kernel.phase_change import method_of
from exchange.kernel.phases import run_change_all
from exchange.kernel.risk import is_contract

SEALING_PHASES = signed(1)
SEALING_HOLDINGS = signed(2)
SEALING_CASH = signed(3)
SEALING_HOLDS = signed(4)
SEALING_TOTALS = signed(5)


@cold
def has_ended(state: Core) -> bool:
    """Whether every method of every contract has ended."""
    for contract_id in range(1, contracts_in(state)):
        contract = contract_at(state, contract_id)
        if signed(contract["is_defined"]) != 0:
            for part in range(METHODS):
                if signed(contract["phase"][part]) != ENDED:
                    return False
    return True


@cold
def apply_close_day(state: Core, count: int, command: np.void) -> int:
    """CLOSE_DAY: once, when every method of every contract has ended."""
    counters = counters_of(state)
    if signed(counters["is_closed"]) != 0 or not has_ended(state):
        return reject(state, count, command, reasons.WRONG_PHASE)
    counters["is_closed"] = 1
    counters["stage"] = 1
    counters["cursor"] = 0
    return run_close_day(state, count, command)


@cold
def run_close_day(state: Core, count: int, command: np.void) -> int:
    """Write the figures of every method (cursor = 3 * contract + part), then the composite."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    end = contracts_in(state) * METHODS
    cursor = signed(counters["cursor"])
    while cursor < end and count <= room:
        contract_id = cursor // METHODS
        if is_contract(state, contract_id):
            count = write_figures(state, count, command, contract_id, cursor % METHODS)
        cursor += 1
    counters["cursor"] = cursor
    if cursor < end or count > room:
        return count
    counters["cursor"] = 0
    counters["stage"] = 0
    count = write_composite(state, count, command)
    return write_done(state, count, command, ZERO, ZERO, ZERO)


@cold
def write_figures(state: Core, count: int, command: np.void, contract_id: int, part: int) -> int:
    """DAY_FIGURES of one method of a contract."""
    contract = contract_at(state, contract_id)
    begin_public(state, count, kinds.DAY_FIGURES, command, contract_id)
    event = event_at(state, count)
    event["trade_count"] = contract["trade_count"][part]
    event["figure_method"] = method_of(contract, part)
    event["open_ticks"] = open_of(contract, part)
    event["high_ticks"] = contract["high"][part]
    event["low_ticks"] = contract["low"][part]
    event["close_ticks"] = close_of(contract, part)
    event["volume_lots"] = contract["volume_lots"][part]
    event["turnover_fen"] = contract["turnover_fen"][part]
    return count + 1


@cold
def write_composite(state: Core, count: int, command: np.void) -> int:
    """COMPOSITE: its close is of the contracts' closes and belongs to the day's range."""
    counters = counters_of(state)
    closes = ZERO
    bases = ZERO
    for contract_id in range(1, contracts_in(state)):
        contract = contract_at(state, contract_id)
        if signed(contract["is_defined"]) != 0:
            weight = signed(contract["parameters"][COMPOSITE_WEIGHT])
            closes += weight * close_of(contract, BOOK)
            bases += weight * signed(contract["base"])
    weights = signed(counters["composite_weight"])
    begin_public(state, count, kinds.COMPOSITE, command, ZERO)
    event = event_at(state, count)
    event["volume_lots"] = counters["tonnes_lots"]
    event["turnover_fen"] = counters["amount_fen"]
    if weights == 0:
        return count + 1
    close = half_up(closes, weights)
    event["close_ticks"] = close
    if signed(counters["composite_open"][0]) == 0:
        event["open_ticks"] = half_up(bases, weights)
        return count + 1
    event["open_ticks"] = composite_of(counters, signed(counters["composite_open"][0]))
    event["high_ticks"] = max(composite_of(counters, signed(counters["composite_high"][0])), close)
    event["low_ticks"] = min(composite_of(counters, signed(counters["composite_low"][0])), close)
    return count + 1


@cold
def apply_seal_day(state: Core, count: int, command: np.void) -> int:
    """SEAL_DAY: once, after the close; proceeds held until now are released."""
    counters = counters_of(state)
    if signed(counters["is_closed"]) == 0 or signed(counters["is_sealed"]) != 0:
        return reject(state, count, command, reasons.WRONG_PHASE)
    counters["is_sealed"] = 1
    for account_id in range(1, accounts_in(state)):
        account = account_at(state, account_id)
        account["available"] = signed(account["available"]) + signed(account["proceeds_held"])
        account["proceeds_held"] = 0
    counters["seal_units"] = 0
    counters["seal_cash"] = 0
    counters["seal_records"] = 0
    counters["stage"] = SEALING_PHASES
    counters["cursor"] = 0
    return run_seal_day(state, count, command)


@cold
def run_seal_day(state: Core, count: int, command: np.void) -> int:
    """Phases, then units by account and contract, cash by account, holds by number, then the totals."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    if signed(counters["stage"]) == SEALING_PHASES:
        count = run_change_all(state, count, command, ENDED, SEALED)
        if signed(counters["cursor"]) == contracts_in(state) * METHODS:
            counters["cursor"] = 0
            counters["stage"] = SEALING_HOLDINGS
    if signed(counters["stage"]) == SEALING_HOLDINGS:
        count = seal_holdings(state, count, command)
    if signed(counters["stage"]) == SEALING_CASH:
        count = seal_cash(state, count, command)
    if signed(counters["stage"]) == SEALING_HOLDS:
        count = seal_holds(state, count, command)
    if signed(counters["stage"]) == SEALING_TOTALS and count <= room:
        counters["cursor"] = 0
        counters["stage"] = 0
        count = write_seal_totals(state, count, command)
        return write_done(state, count, command, ZERO, ZERO, ZERO)
    return count


@cold
def seal_holdings(state: Core, count: int, command: np.void) -> int:
    """SEAL_HOLDING of every account and contract with units now or at the open (cursor = row)."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    contracts = contracts_in(state)
    cursor = signed(counters["cursor"])
    end = accounts_in(state) * contracts
    while cursor < end and count <= room:
        account_id = cursor // contracts
        contract_id = cursor % contracts
        holding = holding_at(state, account_id, contract_id)
        units = balance_of(state, account_id, contract_id) if contract_id != 0 else ZERO
        if units != 0 or signed(holding["opening"]) != 0:
            counters["seal_units"] = signed(counters["seal_units"]) + units
            counters["seal_records"] = signed(counters["seal_records"]) + 1
            begin_settlement(state, count, kinds.SEAL_HOLDING, command, contract_id, account_id)
            event = event_at(state, count)
            event["available_lots"] = holding["available"]
            event["bought_today_lots"] = holding["bought_today"]
            event["frozen_lots"] = holding["frozen"]
            count += 1
        cursor += 1
    counters["cursor"] = cursor
    if cursor == end:
        counters["cursor"] = 0
        counters["stage"] = SEALING_CASH
    return count


@cold
def seal_cash(state: Core, count: int, command: np.void) -> int:
    """SEAL_CASH of every account with cash now or at the open (cursor = account)."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    cursor = signed(counters["cursor"])
    while cursor < accounts_in(state) and count <= room:
        account = account_at(state, cursor)
        cash = balance_of(state, cursor, ZERO)
        if cash != 0 or signed(account["opening"]) != 0:
            counters["seal_cash"] = signed(counters["seal_cash"]) + cash
            counters["seal_records"] = signed(counters["seal_records"]) + 1
            begin_settlement(state, count, kinds.SEAL_CASH, command, ZERO, cursor)
            event = event_at(state, count)
            event["available_fen"] = account["available"]
            event["proceeds_today_fen"] = account["proceeds_today"]
            event["frozen_fen"] = account["frozen"]
            count += 1
        cursor += 1
    counters["cursor"] = cursor
    if cursor == accounts_in(state):
        counters["cursor"] = 0
        counters["stage"] = SEALING_HOLDS
    return count


@cold
def seal_holds(state: Core, count: int, command: np.void) -> int:
    """SEAL_HOLD of every hold that is not resolved: the balances do not show it (cursor = row)."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    cursor = signed(counters["cursor"])
    while cursor < signed(counters["transfers"]) and count <= room:
        transfer = transfer_at(state, cursor)
        if signed(transfer["state"]) == HOLD_GRANTED:
            contract_id = signed(transfer["contract_id"])
            account_id = signed(transfer["account_id"])
            begin_settlement(state, count, kinds.SEAL_HOLD, command, contract_id, account_id)
            event = event_at(state, count)
            event["amount"] = transfer["amount"]
            event["transfer_id"] = transfer["transfer_id"]
            event["hold_kind"] = transfer["hold_kind"]
            count += 1
        cursor += 1
    counters["cursor"] = cursor
    if cursor == signed(counters["transfers"]):
        counters["cursor"] = 0
        counters["stage"] = SEALING_TOTALS
    return count


@cold
def write_seal_totals(state: Core, count: int, command: np.void) -> int:
    """SEAL_BALANCES, then SEAL_TOTALS: the seal is complete."""
    counters = counters_of(state)
    begin_settlement(state, count, kinds.SEAL_BALANCES, command, ZERO, ZERO)
    event = event_at(state, count)
    event["units_total_lots"] = counters["seal_units"]
    event["cash_total_fen"] = counters["seal_cash"]
    event["record_count"] = counters["seal_records"]
    event["fees_fen"] = counters["fees_fen"]
    begin_settlement(state, count + 1, kinds.SEAL_TOTALS, command, ZERO, ZERO)
    event = event_at(state, count + 1)
    event["tonnes_lots"] = counters["tonnes_lots"]
    event["amount_fen"] = counters["amount_fen"]
    event["match_count"] = counters["match_count"]
    event["control_hash"] = counters["control"]
    return count + 2
