"""One generated day from a seed: set-up, everything that may happen, end."""

from tests.differential.actions import Choice
from tests.differential.ending import end_day
from tests.differential.flow import Day, Flow
from tests.differential.operations import trade_again
from tests.differential.profiles import Profile
from tests.differential.setup import set_up


def generate_day(seed: int, profile: Profile) -> Day:
    """A whole day, applied to a fresh reference while it is made."""
    flow, choice = Flow(seed, profile), Choice(profile)
    set_up(flow)
    for _ in range(flow.rng.randrange(20)):
        choice.act(flow)
    trade_again(flow)
    while len(flow.records) < profile.commands:
        choice.act(flow)
        flow.do_planned()
    if flow.chance(0.95):
        end_day(flow, choice)
    return flow.day()
