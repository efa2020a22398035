"""A shard of the differential run: whole days from one seed, and what occurred in them."""

import struct
from collections import Counter
from collections.abc import Iterable
from enum import IntEnum
from itertools import count
from typing import NamedTuple

from exchange.vocabulary.enums import (
    BreakerKind,
    BreakerState,
    ChangeKind,
    DoneReason,
    HoldState,
    MemberLimit,
    OrderKind,
    Phase,
    ProposalState,
    Role,
)
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import BY_KIND, CATALOGUE
from exchange.vocabulary.rejects import RejectReason
from tests.differential.day import generate_day
from tests.differential.drive import Divergence, run_kernel
from tests.differential.flow import Day
from tests.differential.profiles import PROFILES
from tests.differential.shrink import explain
from tests.reference.layout import CODES
from tests.reference.reference import RULES

SEED_STEP = 1_000
STEP = 2  # of the catalogue: what comes later is no part of this kernel
#: what no command is refused with
NOT_A_REFUSAL = {RejectReason.NONE}
REASONS = {reason for reason in RejectReason if reason < RejectReason.NOT_AUTHORISED} - NOT_A_REFUSAL
EVENT_KINDS = {Kind(m.kind) for m in CATALOGUE if m.step <= STEP and 0x80 <= m.kind <= 0xBF} | {
    Kind.EXCHANGE_SIGNATURE,
    Kind.EXCHANGE_CHAIN_HEAD,
}
#: fields of events whose every value has to occur
FIELDS: dict[tuple[int, str], Iterable[IntEnum]] = {
    (Kind.REJECTED, "reason"): REASONS,
    (Kind.DONE, "done_reason"): DoneReason,
    (Kind.EXECUTED, "role"): Role,
    (Kind.EXECUTED, "order_kind"): OrderKind,
    (Kind.PHASE_CHANGED, "phase"): set(Phase) - {Phase.CLOSED},
    (Kind.BREAKER_STATE, "breaker_state"): BreakerState,
    (Kind.BREAKER_STATE, "breaker_kind"): BreakerKind,
    (Kind.HOLD_CHANGED, "hold_state"): HoldState,
    (Kind.BALANCE_CHANGED, "change_kind"): ChangeKind,
    (Kind.PROPOSAL_CHANGED, "proposal_state"): ProposalState,
    (Kind.LIMIT_CHANGED, "parameter_id"): MemberLimit,
}

#: how often commands, events and values of the fields above occurred, by kind, field ("" = all) and value
Occurred = Counter[tuple[int, str, int]]
ALL_COMMANDS = (0, "commands", 0)  # those of no known kind as well


class Place(NamedTuple):
    """Where a field is in its records."""

    name: str
    layout: struct.Struct
    offset: int


def _place(kind: int, name: str) -> Place:
    field = next(field for field in BY_KIND[kind].fields if field.name == name)
    return Place(name, struct.Struct("<" + CODES[field.type]), field.offset)


PLACES = {kind: [_place(*key) for key in FIELDS if key[0] == kind] for kind, _ in FIELDS}


def count_day(day: Day) -> Occurred:
    """What occurred in a day."""
    occurred: Occurred = Counter((record[3], "", 0) for record in day.records if record[3] in RULES)
    occurred[ALL_COMMANDS] = len(day.records)
    for events in day.expected:
        for _, event in events:
            occurred[event[3], "", 0] += 1
            for name, layout, offset in PLACES.get(event[3], ()):
                occurred[event[3], name, layout.unpack_from(event, offset)[0]] += 1
    return occurred


def missing(occurred: Occurred) -> list[str]:
    """What never occurred and should have."""
    kinds = [Kind(kind).name for kind in (*RULES, *EVENT_KINDS) if not occurred[kind, "", 0]]
    return kinds + [
        f"{name} {value.name}"
        for (kind, name), values in FIELDS.items()
        for value in values
        if not occurred[kind, name, value]
    ]


def commands_in(occurred: Occurred) -> int:
    """How many commands there were."""
    return occurred[ALL_COMMANDS]


def events_in(occurred: Occurred) -> int:
    """How many events there were."""
    return sum(times for (kind, name, _), times in occurred.items() if kind >= 0x80 and not name)


def run_shard(seed: int, commands: int) -> Occurred:
    """Days of every profile in turn until there were so many commands; AssertionError with a short case."""
    occurred: Occurred = Counter()
    done = 0
    for number in count():
        day_seed, profile = seed * SEED_STEP + number, PROFILES[(seed + number) % len(PROFILES)]
        day = generate_day(day_seed, profile)
        try:
            run_kernel(day, day_seed)
        except Divergence as divergence:
            raise AssertionError(
                f"seed {day_seed}, profile {profile.name}\n{explain(day, divergence)}"
            ) from divergence
        occurred += count_day(day)
        done += len(day.records)
        if done >= commands:
            break
    return occurred
