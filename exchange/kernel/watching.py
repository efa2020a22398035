"""Proof that every breaker agrees with its book and its monitor with its window: a part of check_state."""

from exchange.errors import CorruptionError
from exchange.kernel.state import NEVER_NS, WINDOW_SECONDS, State
from exchange.kernel.views import defined_contracts
from exchange.vocabulary.enums import BreakerState, ParameterId, Phase

BOOK = 0
#: the book's phase while its breaker is in a state
PHASES = {
    BreakerState.LIMIT: Phase.TRADING,
    BreakerState.PAUSE: Phase.PAUSED,
    BreakerState.AUCTION: Phase.CALL_AUCTION,
}
PRICES = ("frozen_reference", "frozen_lower", "frozen_upper", "trigger_price")
FROZEN = (*PRICES, "extended_ms", "breaker_due_ns", "resume_ns")


def check_breakers(state: State) -> None:
    """Raise CorruptionError naming the first breaker, window or timer that is not as it must be."""
    for contract_id in defined_contracts(state):
        _check_breaker(state, contract_id)
        _check_window(state, contract_id)
    set_timers = state.logins["disconnect_due_ns"]
    wake_ns = int(state.counters["timer_wake_ns"][0])
    if not state.counters["stage"][0]:
        late = int((set_timers < wake_ns).sum())
        _expect("timers due before the logins are looked at", 0, late)
    unasked = (set_timers != NEVER_NS) & (state.logins["cancels_on_disconnect"] == 0)
    _expect("disconnect timers that nobody asked for", 0, int(unasked.sum()))


def _check_breaker(state: State, contract_id: int) -> None:
    """State and phase go together; the band holds its reference; an auction is not extended too far."""
    contract, name = state.contracts[contract_id], f"breaker of contract {contract_id}"
    if contract["breaker_state"] == BreakerState.NORMAL:
        _expect(f"{name}: prices and times", [0] * len(FROZEN), [int(contract[field]) for field in FROZEN])
        return
    if not state.counters["stage"][0]:
        phase = PHASES[BreakerState(int(contract["breaker_state"]))]
        _expect(f"{name}: phase", phase, int(contract["phase"][BOOK]))
    band = [int(contract[field]) for field in ("frozen_lower", "frozen_reference", "frozen_upper")]
    _expect(f"{name}: band", sorted(band), band)
    longest_ms = int(contract["parameters"][ParameterId.BREAKER_EXTENSION_MS_MAX])
    _expect(f"{name}: extended too far", False, int(contract["extended_ms"]) > longest_ms)


def _check_window(state: State, contract_id: int) -> None:
    """What the window holds in sum is what its seconds hold, and nothing older is left in it."""
    contract, name = state.contracts[contract_id], f"window of contract {contract_id}"
    rows = state.windows[contract_id * WINDOW_SECONDS : (contract_id + 1) * WINDOW_SECONDS]
    _expect(f"{name}: tonnes", int(rows["lots"].sum()), int(contract["window_lots"]))
    _expect(f"{name}: amount", int(rows["fen"].sum()), int(contract["window_fen"]))
    latest, width = int(contract["window_second"]), int(contract["parameters"][ParameterId.BREAKER_WINDOW_S])
    inside = {second % WINDOW_SECONDS for second in range(latest - width + 1, latest + 1)}
    older = [int(row) for row in rows["lots"].nonzero()[0] if int(row) not in inside]
    _expect(f"{name}: seconds that have left it", [], older)


def _expect(what: str, expected: object, found: object) -> None:
    if expected != found:
        raise CorruptionError(what, expected, found)
