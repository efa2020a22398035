"""BAND_CHANGE: the price limits of a contract move during the day, inside what its book can hold."""

import numpy as np

from exchange.kernel import reasons
from exchange.kernel.access import Core, contract_at, counters_of, events_in, level_at, link_at, order_at
from exchange.kernel.book import next_level, part_of, position_of
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    BLOCK,
    BUY,
    CALL_AUCTION,
    LAPSED,
    NONE,
    PRICE_MAX,
    PRICE_MIN,
    SELL,
    STEP_EVENTS,
    ZERO,
)
from exchange.kernel.definitions import write_band
from exchange.kernel.ending import end_resting
from exchange.kernel.events import reject, write_done
from exchange.kernel.risk import is_contract


@cold
def check_band(state: Core, command: np.void) -> int:
    """Every check of BAND_CHANGE in its precedence."""
    contract_id = signed(command["contract_id"])
    if not is_contract(state, contract_id):
        return reasons.UNKNOWN_CONTRACT
    contract = contract_at(state, contract_id)
    method = signed(command["method"])
    lower = signed(command["lower_ticks"])
    upper = signed(command["upper_ticks"])
    is_book = method == signed(contract["matching_rule"])
    if not is_book and method != BLOCK:
        return reasons.INVALID_FIELD
    if lower < PRICE_MIN or upper > PRICE_MAX or lower > upper:
        return reasons.INVALID_FIELD
    is_out_of_reach = lower < signed(contract["reach_lower"]) or upper > signed(contract["reach_upper"])
    if is_book and is_out_of_reach:
        return reasons.PARAMETER_VALUE
    if signed(contract["phase"][part_of(method)]) == CALL_AUCTION:
        return reasons.WRONG_PHASE
    return reasons.OK


@cold
def apply_band_change(state: Core, count: int, command: np.void) -> int:
    """BAND_CHANGE: everybody is told; orders outside lapse (cursor = the offer to look at next)."""
    reason = check_band(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    contract_id = signed(command["contract_id"])
    contract = contract_at(state, contract_id)
    if signed(command["method"]) == BLOCK:
        contract["block_lower"] = command["lower_ticks"]
        contract["block_upper"] = command["upper_ticks"]
    else:
        contract["lower"] = command["lower_ticks"]
        contract["upper"] = command["upper_ticks"]
    counters = counters_of(state)
    counters["stage"] = 1
    counters["cursor"] = contract["block_head"]
    count = write_band(state, count, command, contract_id)
    return run_band_change(state, count, command)


@cold
def first_outside(state: Core, contract_id: int) -> int:
    """The order of a book that lapses next: bids then asks, best price first, first come; or NONE."""
    contract = contract_at(state, contract_id)
    for side in (BUY, SELL):
        best = signed(contract["best"][side])
        if best < 0:
            continue
        lower = signed(contract["lower"])
        upper = signed(contract["upper"])
        near = position_of(contract, side, upper if side == BUY else lower)
        far = position_of(contract, side, lower if side == BUY else upper)
        position = best if best < near else next_level(state, contract_id, side, far + 1)
        if position >= 0:
            return signed(level_at(state, contract_id, side, position)["head"])
    return NONE


@cold
def next_offer_outside(state: Core, contract_id: int) -> int:
    """The block offer that lapses next, in the order they came, from the cursor on; or NONE."""
    contract = contract_at(state, contract_id)
    slot = signed(counters_of(state)["cursor"])
    while slot != NONE:
        price = signed(order_at(state, slot)["price_ticks"])
        if price < signed(contract["block_lower"]) or price > signed(contract["block_upper"]):
            return slot
        slot = signed(link_at(state, slot)["next"])
    return NONE


@cold
def run_band_change(state: Core, count: int, command: np.void) -> int:
    """Lapse what is outside, as far as the event buffer allows."""
    counters = counters_of(state)
    contract_id = signed(command["contract_id"])
    is_block = signed(command["method"]) == BLOCK
    room = events_in(state) - STEP_EVENTS
    while count <= room:
        slot = next_offer_outside(state, contract_id) if is_block else first_outside(state, contract_id)
        if slot == NONE:
            counters["cursor"] = 0
            counters["stage"] = 0
            return write_done(state, count, command, ZERO, ZERO, ZERO)
        if is_block:
            counters["cursor"] = link_at(state, slot)["next"]
        count = end_resting(state, count, command, slot, LAPSED)
    return count
