"""One generated day from a seed: set-up, everything that may happen, end.

`python -m tests.differential.day 7` makes a day of every profile, without the kernel (see reach.py).
"""

import sys

from tests.differential.actions import Choice
from tests.differential.ending import end_day
from tests.differential.flow import Day, Flow
from tests.differential.operations import trade_again
from tests.differential.profiles import PROFILES, Profile
from tests.differential.setup import before_open, define, opening


def generate_day(seed: int, profile: Profile) -> Day:
    """A whole day, applied to a fresh reference while it is made."""
    flow, choice = Flow(seed, profile), Choice(profile)
    before_open(flow)
    define(flow)
    for stage in (opening, trade_again):  # before each of them it is too early for nearly everything
        for _ in range(flow.rng.randrange(20)):
            choice.act(flow)
        stage(flow)
    while len(flow.records) < profile.commands:
        choice.act(flow)
        flow.do_planned()
    if flow.chance(0.95):
        end_day(flow, choice)
    return flow.day()


if __name__ == "__main__":
    for chosen in PROFILES:
        generate_day(int(sys.argv[1]), chosen)
