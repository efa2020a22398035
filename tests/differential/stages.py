"""The stages of a day at which every kind of command is tried, whether it belongs there or not."""

from collections.abc import Callable
from typing import Final

from exchange.vocabulary.enums import Phase
from exchange.vocabulary.kinds import Kind
from tests.differential.actions import Choice
from tests.differential.ending import end_trading, seal
from tests.differential.flow import Flow
from tests.differential.operations import EVERY_METHOD, trade_again
from tests.differential.profiles import BREAKER_RULES, Profile
from tests.differential.setup import define, give_positions, set_up
from tests.reference import Capacity

SEED = 11
TRADING_COMMANDS = 1_500
PROFILE: Final = Profile(
    "stages",
    Capacity(64, 2_048, 1_012, 7, 32, 19, 16, 64, 64),
    TRADING_COMMANDS,
    {"auction_notice": 4, "transfer": 3, "propose": 3, "cancel": 2},
    BREAKER_RULES,
)


def empty(flow: Flow) -> None:
    """No day is open."""


def opening(flow: Flow) -> None:
    """Defined, with positions given and not yet confirmed."""
    define(flow)
    give_positions(flow, run=1, mistakes=0.0)


def trading(flow: Flow) -> None:
    """Everything trades, and has for a while."""
    choice = Choice(PROFILE)
    set_up(flow)
    trade_again(flow)
    while len(flow.records) < TRADING_COMMANDS:
        choice.act(flow)
        flow.do_planned()


def calling(flow: Flow) -> None:
    """Every book is in a call auction."""
    trading(flow)
    flow.send(Kind.SET_PHASE, method=EVERY_METHOD, phase=Phase.CALL_AUCTION)
    choice = Choice(PROFILE)
    for _ in range(40):
        choice.act(flow)


def sealed(flow: Flow) -> None:
    """The day is over, its result not yet confirmed."""
    trading(flow)
    choice = Choice(PROFILE)
    assert end_trading(flow, choice), "expected a day that can end, found a contract that never opened"
    seal(flow, choice)


STAGES: Final[dict[str, Callable[[Flow], None]]] = {
    stage.__name__: stage for stage in (empty, opening, trading, calling, sealed)
}


def at_stage(name: str) -> Flow:
    """A flow that has come to a stage; always the same one."""
    flow = Flow(SEED, PROFILE)
    STAGES[name](flow)
    return flow
