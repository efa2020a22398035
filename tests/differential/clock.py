"""Time in a generated day: ticks, and leaps to the moments at which something is due."""

from collections.abc import Iterator

from exchange.vocabulary.enums import BreakerState
from exchange.vocabulary.kinds import Kind
from tests.differential.flow import Flow
from tests.reference.state import NEVER_NS

NS_PER_MS = 1_000_000
NS_PER_S = 10**9
#: before, at and after the moment, and long after it
OFFSETS_NS = (-1, 0, 0, 1, NS_PER_S, 400 * NS_PER_S)


def tick(flow: Flow) -> None:
    """TICK."""
    flow.send(Kind.TICK)


def due_times(flow: Flow) -> Iterator[int]:
    """Every moment that some rule waits for, and the next second of the message limits."""
    market = flow.market
    yield (flow.time_ns // NS_PER_S + 1) * NS_PER_S
    for contract in market.contracts.values():
        if contract.auction:
            yield contract.auction.end_ns
        if contract.breaker.state != BreakerState.NORMAL:
            yield contract.breaker.due_ns
        if contract.indicative_due_ns:
            yield contract.indicative_due_ns
    for login in market.logins.values():
        if login.disconnect_due_ns != NEVER_NS:
            yield login.disconnect_due_ns
        if login.dead_man_ms and login.heard_ns != login.silent_ns:
            yield login.heard_ns + login.dead_man_ms * NS_PER_MS
    for proposal in market.proposals.values():
        yield proposal.expires_ns


def jump(flow: Flow) -> None:
    """TICK exactly before, at or after the moment when something is due; never back."""
    moments = [moment for moment in due_times(flow) if moment >= flow.time_ns]
    moment = min(moments) if flow.chance(0.5) else flow.rng.choice(moments)
    offset = flow.rng.choices(OFFSETS_NS, (20, 30, 30, 20, 5, 1))[0]
    if moment + offset < 2**61:  # a damaged command may have set a time at the end of all times
        flow.send_at(moment + offset, Kind.TICK)
