"""Circuit breakers: what triggers, the limit state and the pause; the pause of the whole market."""

import numpy as np

from exchange.kernel import kinds
from exchange.kernel.access import Core, contract_at, contracts_in, counters_of, event_at, events_in
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    BOOK,
    BREAKER_LIMIT,
    BREAKER_LIMIT_STATE,
    BREAKER_NORMAL,
    BREAKER_PAUSE,
    BREAKER_PAUSING,
    DYNAMIC_BREAKER,
    MARKET_BREAKER_PAUSE,
    MARKET_WIDE_BREAKER,
    PAUSED,
    STEP_EVENTS,
    TRADING,
    ZERO,
)
from exchange.kernel.events import begin_public
from exchange.kernel.monitor import band_of
from exchange.kernel.phase_change import change_phase, method_of
from exchange.kernel.risk import is_contract

NS_PER_MS = signed(1_000_000)
TIME_NS_MAX = signed(1 << 62)  # no timer is set from a later moment, so that none leaves 64 bits


@cold
def later(state: Core, wait_ms: int) -> int:
    """The time so many milliseconds after the command's."""
    now_ns = signed(counters_of(state)["last_time_ns"])
    return (now_ns if now_ns < TIME_NS_MAX else TIME_NS_MAX) + wait_ms * NS_PER_MS


@cold
def write_breaker(state: Core, count: int, command: np.void, contract_id: int) -> int:
    """BREAKER_STATE to everybody."""
    contract = contract_at(state, contract_id)
    begin_public(state, count, kinds.BREAKER_STATE, command, contract_id)
    event = event_at(state, count)
    event["reference_ticks"] = contract["frozen_reference"]
    event["trigger_ticks"] = contract["trigger_price"]
    event["lower_ticks"] = contract["frozen_lower"]
    event["upper_ticks"] = contract["frozen_upper"]
    event["breaker_state"] = contract["breaker_state"]
    event["breaker_kind"] = contract["breaker_kind"]
    event["method"] = method_of(contract, BOOK)
    event["next_change_ns"] = contract["breaker_due_ns"]
    return count + 1


@cold
def freeze(contract: np.void, kind: int, band: tuple[int, int, int], trigger_price: int) -> None:
    """A breaker acts: its band stands until it ends."""
    contract["breaker_kind"] = kind
    contract["frozen_reference"] = band[0]
    contract["frozen_lower"] = band[1]
    contract["frozen_upper"] = band[2]
    contract["trigger_price"] = trigger_price
    contract["extended_ms"] = 0
    contract["resume_ns"] = 0


@cold
def enter_state(
    state: Core, count: int, command: np.void, contract_id: int, breaker_state: int, wait_ms: int
) -> int:
    """Go to the next state for so long, and say so."""
    contract = contract_at(state, contract_id)
    contract["breaker_state"] = breaker_state
    contract["breaker_due_ns"] = later(state, wait_ms)
    return write_breaker(state, count, command, contract_id)


@cold
def trip_breaker(state: Core, count: int, command: np.void, contract_id: int, price_ticks: int) -> int:
    """A price beyond the walls would have traded: triggers, unless a trigger runs."""
    contract = contract_at(state, contract_id)
    if signed(contract["breaker_state"]) != BREAKER_NORMAL:
        return count
    counters = counters_of(state)
    band = signed(counters["wall_reference"]), signed(counters["wall_lower"]), signed(counters["wall_upper"])
    freeze(contract, DYNAMIC_BREAKER, band, price_ticks)
    wait_ms = signed(contract["parameters"][BREAKER_LIMIT_STATE])
    if wait_ms > 0:
        return enter_state(state, count, command, contract_id, BREAKER_LIMIT, wait_ms)
    return pause_book(state, count, command, contract_id)


@cold
def pause_book(state: Core, count: int, command: np.void, contract_id: int) -> int:
    """Nothing trades; the schedule's next change is remembered for the return to trading."""
    contract = contract_at(state, contract_id)
    contract["resume_ns"] = contract["next_change_ns"][BOOK]
    wait_ms = signed(contract["parameters"][BREAKER_PAUSE])
    if signed(contract["breaker_kind"]) == MARKET_WIDE_BREAKER:
        wait_ms = signed(counters_of(state)["parameters"][MARKET_BREAKER_PAUSE])
    count = enter_state(state, count, command, contract_id, BREAKER_PAUSING, wait_ms)
    due_ns = signed(contract["breaker_due_ns"])
    return change_phase(state, count, command, contract_id, BOOK, PAUSED, due_ns)


@cold
def end_breaker(state: Core, count: int, command: np.void, contract_id: int) -> int:
    """Back to normal, whatever the state was; says so if it was another."""
    contract = contract_at(state, contract_id)
    if signed(contract["breaker_state"]) == BREAKER_NORMAL:
        return count
    freeze(contract, signed(contract["breaker_kind"]), (ZERO, ZERO, ZERO), ZERO)
    contract["breaker_state"] = BREAKER_NORMAL
    contract["breaker_due_ns"] = 0
    count = write_breaker(state, count, command, contract_id)
    contract["breaker_kind"] = 0
    return count


@cold
def run_pause_market(state: Core, count: int, command: np.void) -> int:
    """After the command that tripped the market-wide breaker: every book that trades is paused."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    for contract_id in range(signed(counters["cursor"]), contracts_in(state)):
        contract = contract_at(state, contract_id)
        if not is_contract(state, contract_id) or signed(contract["phase"][BOOK]) != TRADING:
            continue
        counters["cursor"] = contract_id
        if count > room:
            return count
        reference, lower, upper = band_of(state, contract_id)
        if signed(contract["breaker_state"]) == BREAKER_LIMIT:
            reference = signed(contract["frozen_reference"])
            lower = signed(contract["frozen_lower"])
            upper = signed(contract["frozen_upper"])
        freeze(contract, MARKET_WIDE_BREAKER, (reference, lower, upper), ZERO)
        count = pause_book(state, count, command, contract_id)
    counters["cursor"] = 0
    counters["stage"] = 0
    return count
