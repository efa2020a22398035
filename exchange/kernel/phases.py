"""Phase changes of methods of contracts, and the lapse of what is still open when a method ends."""

import numpy as np

from exchange.kernel import reasons
from exchange.kernel.access import Core, contract_at, contracts_in, counters_of, events_in, level_at
from exchange.kernel.book import part_of
from exchange.kernel.breaker import end_breaker
from exchange.kernel.clearing import end_auction, first_bid, is_stopped, run_clearing
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    ALL,
    BLOCK,
    BOOK,
    BUY,
    CALL_AUCTION,
    CONTINUOUS,
    ENDED,
    LAPSED,
    METHODS,
    NONE,
    ONE_WAY,
    PAUSED,
    PHASE_MAX,
    PRE_OPEN,
    SEALED,
    SELL,
    STEP_EVENTS,
    ZERO,
)
from exchange.kernel.ending import end_resting
from exchange.kernel.events import reject, write_done, write_rejected
from exchange.kernel.phase_change import change_phase, method_of
from exchange.kernel.risk import is_contract
from exchange.kernel.uncross import run_uncross
from exchange.vocabulary.enums import Phase
from exchange.vocabulary.phases import PHASE_CHANGES

#: bit 8 * from + to is set where the table allows the change
LEGAL_CHANGES = tuple(sum(1 << target for target in PHASE_CHANGES[phase]) for phase in sorted(Phase))
CHANGING = signed(1)
LAPSING = signed(2)
ENDING = signed(3)  # the auction that a change of phase ends


@cold
def is_legal_change(phase: int, target: int) -> bool:
    """Whether the transition table allows a change of phase."""
    return (LEGAL_CHANGES[phase] >> target) & 1 == 1


@cold
def first_resting(state: Core, contract_id: int, part: int) -> int:
    """The order that lapses next: buys then sells, best price first, first come; or NONE."""
    contract = contract_at(state, contract_id)
    if part == BLOCK:
        return signed(contract["block_head"])
    if part == ONE_WAY:
        return first_bid(state, contract_id)
    for side in (BUY, SELL):
        best = signed(contract["best"][side])
        if best >= 0:
            return signed(level_at(state, contract_id, side, best)["head"])
    return NONE


@cold
def apply_set_phase(state: Core, count: int, command: np.void) -> int:
    """SET_PHASE: each contract and method by itself; an illegal one is refused and the others go on."""
    contract_id = signed(command["contract_id"])
    method = signed(command["method"])
    if contract_id != 0 and not is_contract(state, contract_id):
        return reject(state, count, command, reasons.UNKNOWN_CONTRACT)
    is_known = method <= CONTINUOUS or method == ALL
    is_other = contract_id != 0 and not is_meant(state, contract_id, part_of(method), method)
    if not is_known or signed(command["phase"]) > PHASE_MAX or is_other:
        return reject(state, count, command, reasons.INVALID_FIELD)
    counters = counters_of(state)
    counters["stage"] = CHANGING
    counters["cursor"] = 0
    counters["cursor_refused"] = 0
    counters["cursor_accepted"] = 0
    return run_set_phase(state, count, command)


@cold
def is_meant(state: Core, contract_id: int, part: int, method: int) -> bool:
    """Whether a command's method means a part of a contract; the book's is its matching rule."""
    return method == ALL or method_of(contract_at(state, contract_id), part) == method


@cold
def set_one_phase(state: Core, count: int, command: np.void, contract_id: int, part: int) -> int:
    """Change, keep or refuse the phase of one method of one contract."""
    counters = counters_of(state)
    contract = contract_at(state, contract_id)
    phase = signed(contract["phase"][part])
    target = signed(command["phase"])
    next_change_ns = signed(command["next_change_ns"])
    is_kept_apart = target == PRE_OPEN or target == SEALED  # reached by OPENING_TOTALS and SEAL_DAY only
    is_legal = not is_kept_apart and is_legal_change(phase, target)
    if part == BOOK and (phase == target or is_legal):
        count = end_breaker(state, count, command, contract_id)
    if phase == target:
        contract["next_change_ns"][part] = next_change_ns
    elif not is_legal:
        counters["cursor_refused"] = signed(counters["cursor_refused"]) + 1
        return write_rejected(state, count, command, contract_id, reasons.ILLEGAL_PHASE_CHANGE, ZERO)
    elif ends_auction(state, contract_id, part, target):
        counters["stage"] = ENDING
    else:
        count = enter_phase(state, count, command, contract_id, part)
    counters["cursor_accepted"] = signed(counters["cursor_accepted"]) + 1
    return count


@cold
def ends_auction(state: Core, contract_id: int, part: int, target: int) -> bool:
    """Whether an auction trades before the change: never during a halt."""
    contract = contract_at(state, contract_id)
    if is_stopped(state, contract_id):
        return False
    if part == BOOK:
        return signed(contract["phase"][BOOK]) == CALL_AUCTION and target != PAUSED
    return part == ONE_WAY and target == ENDED and signed(contract["has_auction"]) != 0


@cold
def enter_phase(state: Core, count: int, command: np.void, contract_id: int, part: int) -> int:
    """Enter the command's phase; a book that a halt kept from its auction's end is paused instead."""
    contract = contract_at(state, contract_id)
    target = signed(command["phase"])
    is_call = part == BOOK and signed(contract["phase"][BOOK]) == CALL_AUCTION
    if is_call and target != ENDED and is_stopped(state, contract_id):
        target = PAUSED
    next_change_ns = signed(command["next_change_ns"])
    count = change_phase(state, count, command, contract_id, part, target, next_change_ns)
    counters_of(state)["stage"] = LAPSING if target == ENDED else CHANGING
    return count


@cold
def run_ending(state: Core, count: int, command: np.void, contract_id: int, part: int) -> int:
    """More of the auction that the change ends; then the change itself."""
    counters = counters_of(state)
    if part == BOOK:
        count = run_uncross(state, count, command, contract_id)
    else:
        count = run_clearing(state, count, command, contract_id)
    if signed(counters["uncross_contract"]) != 0 or signed(counters["clearing_contract"]) != 0:
        return count
    return enter_phase(state, count, command, contract_id, part)


@cold
def run_lapse(state: Core, count: int, command: np.void, contract_id: int, part: int) -> int:
    """One more order ends, or the last of them did: then the auction does, or the stage."""
    slot = first_resting(state, contract_id, part)
    if slot != NONE:
        return end_resting(state, count, command, slot, LAPSED)
    counters_of(state)["stage"] = CHANGING
    if part == ONE_WAY and signed(contract_at(state, contract_id)["has_auction"]) != 0:
        return end_auction(state, count, command, contract_id, LAPSED)
    return count


@cold
def run_set_phase(state: Core, count: int, command: np.void) -> int:
    """Walk the parts of the contracts (cursor = 3 * contract + part), each through its stages."""
    counters = counters_of(state)
    chosen = signed(command["contract_id"])
    wanted = signed(command["method"])
    room = events_in(state) - STEP_EVENTS
    end = contracts_in(state) * METHODS
    while count <= room:
        cursor = signed(counters["cursor"])
        contract_id = cursor // METHODS
        part = cursor % METHODS
        stage = signed(counters["stage"])
        if stage == LAPSING:
            count = run_lapse(state, count, command, contract_id, part)
        elif stage == ENDING:
            count = run_ending(state, count, command, contract_id, part)
        elif cursor >= end:
            accepted = signed(counters["cursor_accepted"])
            refused = signed(counters["cursor_refused"])
            counters["stage"] = 0
            counters["cursor"] = 0
            if accepted == 0 and refused > 0:
                return count
            return write_done(state, count, command, chosen, ZERO, ZERO)
        else:
            is_chosen = (chosen == 0 or chosen == contract_id) and is_contract(state, contract_id)
            if is_chosen and is_meant(state, contract_id, part, wanted):
                count = set_one_phase(state, count, command, contract_id, part)
        if signed(counters["stage"]) == CHANGING:
            counters["cursor"] = cursor + 1
    return count


@cold
def run_change_all(state: Core, count: int, command: np.void, source: int, target: int) -> int:
    """Move every part in one phase to another; cursor is at the end when all are done."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    end = contracts_in(state) * METHODS
    cursor = signed(counters["cursor"])
    while cursor < end and count <= room:
        contract_id = cursor // METHODS
        part = cursor % METHODS
        if is_contract(state, contract_id):
            if signed(contract_at(state, contract_id)["phase"][part]) == source:
                count = change_phase(state, count, command, contract_id, part, target, ZERO)
        cursor += 1
    counters["cursor"] = cursor
    return count
