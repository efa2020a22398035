"""One generated day from a seed: set-up, trading in segments, end."""

from exchange.vocabulary.enums import Phase
from exchange.vocabulary.kinds import Kind
from tests.differential import operations, trading
from tests.differential.ending import end_day
from tests.differential.flow import Day, Flow, Profile
from tests.differential.operations import EVERY_METHOD, trade_again
from tests.differential.setup import set_up
from tests.reference import Capacity

PROFILES = (
    Profile("plain", Capacity(256, 2_048, 1_040, 8, 64, 22, 64), 12_000),
    Profile("cramped", Capacity(24, 1_201, 1_010, 7, 32, 19, 8), 6_000),
    Profile("giant", Capacity(1_024, 2_048, 1_020, 8, 40, 20, 1_024), 6_000),
    Profile("deep", Capacity(4_096, 2_048, 1_060, 8, 64, 26, 4_096), 20_000),
    Profile("short", Capacity(64, 2_048, 1_012, 8, 32, 19, 16), 900),
)
OPERATIONS_SHARE = 0.05


def generate_day(seed: int, profile: Profile) -> Day:
    """A whole day, applied to a fresh reference while it is made."""
    flow = Flow(seed, profile)
    set_up(flow)
    for _ in range(flow.rng.randrange(20)):
        trading.act(flow)
    trade_again(flow)
    if profile.name == "giant":
        trading.fill_level(flow)
    while len(flow.records) < profile.commands:
        if flow.chance(0.001):
            lunch(flow)
        if flow.chance(OPERATIONS_SHARE):
            operations.act(flow)
        else:
            trading.act(flow)
        operations.settle_pending(flow)
    if flow.chance(0.95):
        end_day(flow)
    return flow.day()


def lunch(flow: Flow) -> None:
    """A break: nothing trades, cancels pass or not."""
    flow.send(Kind.SET_PHASE, method=EVERY_METHOD, phase=Phase.BREAK, next_change_ns=flow.time_ns + 10**12)
    for _ in range(flow.rng.randrange(30)):
        trading.act(flow)
    trade_again(flow)
