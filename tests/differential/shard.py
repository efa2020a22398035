"""A shard of the differential run: whole days from one seed, and what occurred in them."""

import struct
from collections import Counter
from itertools import count
from typing import NamedTuple

from exchange.vocabulary.enums import DoneReason
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.rejects import RejectReason
from tests.differential.day import PROFILES, generate_day
from tests.differential.drive import Divergence, run_kernel
from tests.differential.flow import Day
from tests.differential.shrink import explain
from tests.reference.reference import RULES

SEED_STEP = 1_000
#: codes of later steps, of the session, and of what no command can reach in a test's time
NOT_REACHED = {
    RejectReason.NONE,
    RejectReason.MESSAGE_LIMIT,
    RejectReason.ORDERS_STILL_LIVE,
    RejectReason.RESULT_DIFFERS,
}
REASONS = {reason for reason in RejectReason if reason < RejectReason.MALFORMED} - NOT_REACHED
KINDS_LATER = {Kind.REDUCED, Kind.MASS_CANCELLED, Kind.BALANCE_CHANGED, Kind.PROPOSAL_CHANGED}
DONE_REASONS = {
    DoneReason.FILLED,
    DoneReason.CANCELLED,
    DoneReason.LAPSED,
    DoneReason.REMAINDER,
    DoneReason.DECLINED,
}
EVENT_KINDS = {
    kind
    for kind in Kind
    if Kind.ACCEPTED <= kind < Kind.NOTICE_TEXT or Kind.OPENING_ACCEPTED <= kind <= Kind.RESULT_REFUSED
} - (KINDS_LATER | {Kind.SEAL_HOLD})


class Occurred(NamedTuple):
    """How often each command kind, event kind, reject reason and done reason occurred."""

    commands: Counter[int]
    events: Counter[int]
    reasons: Counter[int]
    done: Counter[int]

    def add(self, day: Day) -> None:
        """Count a day."""
        self.commands.update(record[3] for record in day.records)
        for events in day.expected:
            for _, event in events:
                self.events[event[3]] += 1
                if event[3] == Kind.REJECTED:
                    self.reasons[struct.unpack_from("<H", event, 54)[0]] += 1
                elif event[3] == Kind.DONE:
                    self.done[event[53]] += 1

    def missing(self) -> list[str]:
        """What never occurred and should have."""
        wanted = (
            (RULES, self.commands, Kind),
            (EVENT_KINDS, self.events, Kind),
            (REASONS, self.reasons, RejectReason),
            (DONE_REASONS, self.done, DoneReason),
        )
        return [enum(value).name for values, seen, enum in wanted for value in values if not seen[value]]


def new_counts() -> Occurred:
    """Nothing has occurred."""
    return Occurred(Counter(), Counter(), Counter(), Counter())


def run_shard(seed: int, commands: int) -> Occurred:
    """Days of every profile in turn until there were so many commands; AssertionError with a short case."""
    occurred = new_counts()
    for number in count():
        day_seed, profile = seed * SEED_STEP + number, PROFILES[number % len(PROFILES)]
        day = generate_day(day_seed, profile)
        try:
            run_kernel(day, day_seed)
        except Divergence as divergence:
            raise AssertionError(
                f"seed {day_seed}, profile {profile.name}\n{explain(day, divergence)}"
            ) from divergence
        occurred.add(day)
        if occurred.commands.total() >= commands:
            return occurred
    raise AssertionError("expected the count to end, found the end of an endless count")
