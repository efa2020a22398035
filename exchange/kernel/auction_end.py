"""AUCTION_END: a one-way auction or the book's call auction ends now."""

import numpy as np

from exchange.kernel import reasons
from exchange.kernel.access import Core, contract_at, counters_of
from exchange.kernel.breaker import end_breaker
from exchange.kernel.clearing import run_clearing
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import BOOK, CALL_AUCTION, ONE_WAY, TRADING, ZERO
from exchange.kernel.events import reject, write_done
from exchange.kernel.phase_change import change_phase
from exchange.kernel.risk import is_contract
from exchange.kernel.uncross import run_uncross


@cold
def check_auction_end(state: Core, command: np.void) -> int:
    """Every check in its precedence."""
    contract_id = signed(command["contract_id"])
    if not is_contract(state, contract_id):
        return reasons.UNKNOWN_CONTRACT
    contract = contract_at(state, contract_id)
    auction_id = signed(command["auction_id"])
    method = signed(contract["matching_rule"]) if auction_id == 0 else ONE_WAY
    if signed(command["method"]) != method:
        return reasons.INVALID_FIELD
    if auction_id == 0 and signed(contract["phase"][BOOK]) != CALL_AUCTION:
        return reasons.WRONG_PHASE
    if signed(counters_of(state)["is_halted"]) != 0:
        return reasons.MARKET_HALTED
    if signed(contract["is_halted"]) != 0:
        return reasons.CONTRACT_HALTED
    is_running = signed(contract["has_auction"]) != 0 and signed(contract["auction_id"]) == auction_id
    if auction_id != 0 and not is_running:
        return reasons.UNKNOWN_AUCTION
    return reasons.OK


@cold
def apply_auction_end(state: Core, count: int, command: np.void) -> int:
    """AUCTION_END: of the one-way auction it names, or with number 0 of the book's call auction."""
    reason = check_auction_end(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    counters_of(state)["stage"] = 1
    if signed(command["auction_id"]) == 0:
        count = end_breaker(state, count, command, signed(command["contract_id"]))
    return run_auction_end(state, count, command)


@cold
def run_auction_end(state: Core, count: int, command: np.void) -> int:
    """Trade in slices; then the book trades on."""
    counters = counters_of(state)
    contract_id = signed(command["contract_id"])
    auction_id = signed(command["auction_id"])
    if auction_id != 0:
        count = run_clearing(state, count, command, contract_id)
        if signed(counters["clearing_contract"]) != 0:
            return count
    else:
        count = run_uncross(state, count, command, contract_id)
        if signed(counters["uncross_contract"]) != 0:
            return count
        count = change_phase(state, count, command, contract_id, BOOK, TRADING, ZERO)
    counters["stage"] = 0
    return write_done(state, count, command, auction_id, ZERO, ZERO)
