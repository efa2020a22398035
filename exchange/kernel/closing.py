"""The end of a day: its figures to everybody, then its balances and totals to the registry."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    BLOCK,
    COMPOSITE_WEIGHT,
    ENDED,
    LISTED,
    ONE,
    SEALED,
    STEP_EVENTS,
    ZERO,
)
from exchange.kernel.events import Out, begin_public, begin_settlement, reject, write_done
from exchange.kernel.figures import close_of, half_up, open_of
from exchange.kernel.phases import run_change_all
from exchange.kernel.result import cash_of, units_of
from exchange.kernel.risk import is_contract
from exchange.kernel.state import State

SEALING_PHASES = signed(1)
SEALING_HOLDINGS = signed(2)
SEALING_CASH = signed(3)
SEALING_TOTALS = signed(4)


@cold
def has_ended(state: State) -> bool:
    """Whether every method of every contract has ended."""
    for contract_id in range(1, signed(state.counters[0]["contracts"])):
        contract = state.contracts[contract_id]
        if signed(contract["is_defined"]) != 0:
            if signed(contract["phase"][LISTED]) != ENDED or signed(contract["phase"][BLOCK]) != ENDED:
                return False
    return True


@cold
def apply_close_day(state: State, out: Out, count: int, command: np.void) -> int:
    """CLOSE_DAY: once, when every method of every contract has ended."""
    counters = state.counters[0]
    if signed(counters["is_closed"]) != 0 or not has_ended(state):
        return reject(state, out, count, command, reasons.WRONG_PHASE)
    counters["is_closed"] = 1
    counters["stage"] = 1
    counters["cursor"] = 0
    return run_close_day(state, out, count, command)


@cold
def run_close_day(state: State, out: Out, count: int, command: np.void) -> int:
    """Write the figures of every method (cursor = 2 * contract + method), then the composite."""
    counters = state.counters[0]
    room = len(out.events) - STEP_EVENTS
    end = signed(counters["contracts"]) * 2
    cursor = signed(counters["cursor"])
    while cursor < end and count <= room:
        contract_id = cursor >> ONE
        if is_contract(state, contract_id):
            count = write_figures(state, out, count, command, contract_id, cursor & ONE)
        cursor += 1
    counters["cursor"] = cursor
    if cursor < end or count > room:
        return count
    counters["cursor"] = 0
    counters["stage"] = 0
    count = write_composite(state, out, count, command)
    return write_done(state, out, count, command, ZERO, ZERO, ZERO)


@cold
def write_figures(state: State, out: Out, count: int, command: np.void, contract_id: int, method: int) -> int:
    """DAY_FIGURES of one method of a contract."""
    contract = state.contracts[contract_id]
    begin_public(out, count, kinds.DAY_FIGURES, command, contract_id)
    event = out.events[count]
    event["trade_count"] = contract["trade_count"][method]
    event["figure_method"] = method
    event["open_ticks"] = open_of(contract, method)
    event["high_ticks"] = contract["high"][method]
    event["low_ticks"] = contract["low"][method]
    event["close_ticks"] = close_of(contract, method)
    event["volume_lots"] = contract["volume_lots"][method]
    event["turnover_fen"] = contract["turnover_fen"][method]
    return count + 1


@cold
def write_composite(state: State, out: Out, count: int, command: np.void) -> int:
    """COMPOSITE: its close is of the contracts' closes and belongs to the day's range."""
    counters = state.counters[0]
    closes = ZERO
    bases = ZERO
    for contract_id in range(1, signed(counters["contracts"])):
        contract = state.contracts[contract_id]
        if signed(contract["is_defined"]) != 0:
            weight = signed(contract["parameters"][COMPOSITE_WEIGHT])
            closes += weight * close_of(contract, LISTED)
            bases += weight * signed(contract["base"])
    weights = signed(counters["composite_weight"])
    begin_public(out, count, kinds.COMPOSITE, command, ZERO)
    event = out.events[count]
    event["volume_lots"] = counters["tonnes_lots"]
    event["turnover_fen"] = counters["amount_fen"]
    if weights == 0:
        return count + 1
    close = half_up(closes, weights)
    event["close_ticks"] = close
    if signed(counters["composite_open"]) == 0:
        event["open_ticks"] = half_up(bases, weights)
        return count + 1
    event["open_ticks"] = counters["composite_open"]
    event["high_ticks"] = max(signed(counters["composite_high"]), close)
    event["low_ticks"] = min(signed(counters["composite_low"]), close)
    return count + 1


@cold
def apply_seal_day(state: State, out: Out, count: int, command: np.void) -> int:
    """SEAL_DAY: once, after the close; proceeds held until now are released."""
    counters = state.counters[0]
    if signed(counters["is_closed"]) == 0 or signed(counters["is_sealed"]) != 0:
        return reject(state, out, count, command, reasons.WRONG_PHASE)
    counters["is_sealed"] = 1
    for account_id in range(1, signed(counters["accounts"])):
        account = state.accounts[account_id]
        account["available"] = signed(account["available"]) + signed(account["proceeds_held"])
        account["proceeds_held"] = 0
    counters["seal_units"] = 0
    counters["seal_cash"] = 0
    counters["seal_records"] = 0
    counters["stage"] = SEALING_PHASES
    counters["cursor"] = 0
    return run_seal_day(state, out, count, command)


@cold
def run_seal_day(state: State, out: Out, count: int, command: np.void) -> int:
    """Phases, then units by account and contract, then cash by account, then the totals."""
    counters = state.counters[0]
    room = len(out.events) - STEP_EVENTS
    if signed(counters["stage"]) == SEALING_PHASES:
        count = run_change_all(state, out, count, command, ENDED, SEALED)
        if signed(counters["cursor"]) == signed(counters["contracts"]) * 2:
            counters["cursor"] = 0
            counters["stage"] = SEALING_HOLDINGS
    if signed(counters["stage"]) == SEALING_HOLDINGS:
        count = seal_holdings(state, out, count, command)
    if signed(counters["stage"]) == SEALING_CASH:
        count = seal_cash(state, out, count, command)
    if signed(counters["stage"]) == SEALING_TOTALS and count <= room:
        counters["cursor"] = 0
        counters["stage"] = 0
        count = write_seal_totals(state, out, count, command)
        return write_done(state, out, count, command, ZERO, ZERO, ZERO)
    return count


@cold
def seal_holdings(state: State, out: Out, count: int, command: np.void) -> int:
    """SEAL_HOLDING of every account and contract with units now or at the open (cursor = row)."""
    counters = state.counters[0]
    room = len(out.events) - STEP_EVENTS
    contracts = signed(counters["contracts"])
    cursor = signed(counters["cursor"])
    while cursor < len(state.holdings) and count <= room:
        holding = state.holdings[cursor]
        units = units_of(holding)
        if units != 0 or signed(holding["opening"]) != 0:
            counters["seal_units"] = signed(counters["seal_units"]) + units
            counters["seal_records"] = signed(counters["seal_records"]) + 1
            account_id = cursor // contracts
            contract_id = cursor % contracts
            begin_settlement(state, out, count, kinds.SEAL_HOLDING, command, contract_id, account_id)
            event = out.events[count]
            event["available_lots"] = holding["available"]
            event["bought_today_lots"] = holding["bought_today"]
            event["frozen_lots"] = holding["frozen"]
            count += 1
        cursor += 1
    counters["cursor"] = cursor
    if cursor == len(state.holdings):
        counters["cursor"] = 0
        counters["stage"] = SEALING_CASH
    return count


@cold
def seal_cash(state: State, out: Out, count: int, command: np.void) -> int:
    """SEAL_CASH of every account with cash now or at the open (cursor = account)."""
    counters = state.counters[0]
    room = len(out.events) - STEP_EVENTS
    cursor = signed(counters["cursor"])
    while cursor < len(state.accounts) and count <= room:
        account = state.accounts[cursor]
        cash = cash_of(account)
        if cash != 0 or signed(account["opening"]) != 0:
            counters["seal_cash"] = signed(counters["seal_cash"]) + cash
            counters["seal_records"] = signed(counters["seal_records"]) + 1
            begin_settlement(state, out, count, kinds.SEAL_CASH, command, ZERO, cursor)
            event = out.events[count]
            event["available_fen"] = account["available"]
            event["proceeds_today_fen"] = account["proceeds_today"]
            event["frozen_fen"] = account["frozen"]
            count += 1
        cursor += 1
    counters["cursor"] = cursor
    if cursor == len(state.accounts):
        counters["cursor"] = 0
        counters["stage"] = SEALING_TOTALS
    return count


@cold
def write_seal_totals(state: State, out: Out, count: int, command: np.void) -> int:
    """SEAL_BALANCES, then SEAL_TOTALS: the seal is complete."""
    counters = state.counters[0]
    begin_settlement(state, out, count, kinds.SEAL_BALANCES, command, ZERO, ZERO)
    event = out.events[count]
    event["units_total_lots"] = counters["seal_units"]
    event["cash_total_fen"] = counters["seal_cash"]
    event["record_count"] = counters["seal_records"]
    event["fees_fen"] = counters["fees_fen"]
    begin_settlement(state, out, count + 1, kinds.SEAL_TOTALS, command, ZERO, ZERO)
    event = out.events[count + 1]
    event["tonnes_lots"] = counters["tonnes_lots"]
    event["amount_fen"] = counters["amount_fen"]
    event["match_count"] = counters["match_count"]
    event["control_hash"] = counters["control"]
    return count + 2
