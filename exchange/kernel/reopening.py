"""TICK and the breakers: the end of a limit state, the reopening by call auction, its extension."""

import numpy as np

from exchange.kernel.access import Core, contract_at, contracts_in, counters_of, events_in
from exchange.kernel.book import price_at
from exchange.kernel.breaker import end_breaker, enter_state, pause_book
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    BOOK,
    BREAKER_AUCTION,
    BREAKER_AUCTIONING,
    BREAKER_EXTENSION,
    BREAKER_LIMIT,
    BREAKER_NORMAL,
    BREAKER_PAUSING,
    BUY,
    CALL_AUCTION,
    SELL,
    STEP_EVENTS,
    TICK_STAGE_DONE,
    TRADING,
    ZERO,
)
from exchange.kernel.phase_change import change_phase
from exchange.kernel.uncross import indicative_price, run_uncross


@cold
def is_crossed(contract: np.void) -> bool:
    """Whether the best bid reaches the best ask."""
    bid = signed(contract["best"][BUY])
    ask = signed(contract["best"][SELL])
    return bid >= 0 and ask >= 0 and price_at(contract, BUY, bid) >= price_at(contract, SELL, ask)


@cold
def extension_of(state: Core, contract_id: int) -> int:
    """How much longer the reopening auction runs: while its price is outside the band and any is left."""
    contract = contract_at(state, contract_id)
    price = indicative_price(state, contract_id)
    upper = signed(contract["frozen_upper"])
    if price == 0 or upper == 0 or signed(contract["frozen_lower"]) <= price <= upper:
        return ZERO
    left_ms = signed(contract["parameters"][BREAKER_EXTENSION]) - signed(contract["extended_ms"])
    more_ms = signed(contract["parameters"][BREAKER_AUCTION])
    return more_ms if more_ms < left_ms else left_ms


@cold
def end_reopening(state: Core, count: int, command: np.void, contract_id: int) -> int:
    """The reopening auction runs longer, or trades (in slices) and gives way to trading."""
    counters = counters_of(state)
    contract = contract_at(state, contract_id)
    if signed(contract["breaker_state"]) == BREAKER_AUCTIONING:
        more_ms = extension_of(state, contract_id)
        if more_ms > 0:
            contract["extended_ms"] = signed(contract["extended_ms"]) + more_ms
            count = enter_state(state, count, command, contract_id, BREAKER_AUCTIONING, more_ms)
            contract["next_change_ns"][BOOK] = contract["breaker_due_ns"]
            return count
        counters["reopening_ns"] = contract["resume_ns"]
        count = end_breaker(state, count, command, contract_id)
    count = run_uncross(state, count, command, contract_id)
    if signed(counters["uncross_contract"]) != 0:
        return count
    return change_phase(state, count, command, contract_id, BOOK, TRADING, signed(counters["reopening_ns"]))


@cold
def move_breaker(state: Core, count: int, command: np.void, contract_id: int) -> int:
    """One step of a breaker whose time has come, or more of a reopening that has begun."""
    contract = contract_at(state, contract_id)
    breaker_state = signed(contract["breaker_state"])
    if breaker_state == BREAKER_LIMIT:
        if is_crossed(contract):
            return pause_book(state, count, command, contract_id)
        return end_breaker(state, count, command, contract_id)
    if breaker_state == BREAKER_PAUSING:
        wait_ms = signed(contract["parameters"][BREAKER_AUCTION])
        count = enter_state(state, count, command, contract_id, BREAKER_AUCTIONING, wait_ms)
        due_ns = signed(contract["breaker_due_ns"])
        return change_phase(state, count, command, contract_id, BOOK, CALL_AUCTION, due_ns)
    return end_reopening(state, count, command, contract_id)


@cold
def run_breakers(state: Core, count: int, command: np.void) -> int:
    """TICK: each breaker whose time has come moves one step; a halted book's waits (cursor = contract)."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    now_ns = signed(counters["last_time_ns"])
    for contract_id in range(signed(counters["cursor"]), contracts_in(state)):
        contract = contract_at(state, contract_id)
        is_halted = signed(counters["is_halted"]) | signed(contract["is_halted"])
        is_normal = signed(contract["breaker_state"]) == BREAKER_NORMAL
        is_due = not is_normal and is_halted == 0 and now_ns >= signed(contract["breaker_due_ns"])
        if not is_due and (contract_id == 0 or signed(counters["uncross_contract"]) != contract_id):
            continue
        counters["cursor"] = contract_id
        if count > room:
            return count
        count = move_breaker(state, count, command, contract_id)
        if signed(counters["uncross_contract"]) != 0:
            return count
    counters["cursor"] = TICK_STAGE_DONE
    return count
