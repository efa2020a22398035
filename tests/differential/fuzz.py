"""Wild records on live states: never a crash, the reference's answer, and a refusal changes nothing."""

import random
import struct
import time
from itertools import count
from typing import Final, NamedTuple

import numpy as np

from exchange import kernel
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import BY_KIND, DTYPES
from tests.differential.actions import Choice
from tests.differential.describe import describe
from tests.differential.extremes import KIND_OFFSET, extreme_values, fields_of, with_field
from tests.differential.flow import Event, Flow
from tests.differential.live import Live
from tests.differential.operations import trade_again
from tests.differential.profiles import PROFILES
from tests.differential.setup import set_up

RECORDS_PER_STATE: Final = 400
COMMANDS_BEFORE: Final = 900
CHECKED_SHARE: Final = 0.15
LATE_NS: Final = 2**61
COMMANDS: Final = tuple(kind for kind in BY_KIND if kind < 0x80)
STAMPS: Final = ("user_reference", "sequence", "time_ns", "login_id")
#: what a refused command may change: the reference it consumed, the stamps, and what its sender was told
CONSUMED: Final = {
    "counters": ("last_sequence", "last_time_ns"),
    "logins": ("highest_reference", "heard_ns", "buckets"),
    "members": ("event_count",),
}
#: a second half that does not belong to the first is refused, and with it the proposal is gone
MAY_CHANGE: Final = (Kind.COMMAND_FRAGMENT,)


class Fuzzed(NamedTuple):
    """How many records of how many states, how many were refused, and of these how many states compared."""

    states: int = 0
    records: int = 0
    refused: int = 0
    compared: int = 0

    def plus(self, other: "Fuzzed") -> "Fuzzed":
        """Both together."""
        return Fuzzed(*(mine + others for mine, others in zip(self, other, strict=True)))


def wild_value(rng: random.Random, field_type: str, extremes: tuple[int | bytes, ...]) -> int | bytes:
    """An extreme, a small number as an enumeration would have it, or anything."""
    size = int(field_type[1:])
    pick = rng.random()
    if pick < 0.4:
        return rng.choice(extremes)
    if field_type[0] == "S":
        return rng.randbytes(size)
    if pick < 0.7:
        return rng.randrange(12)
    return int.from_bytes(rng.randbytes(size), "little", signed=field_type[0] == "i")


def spoiled(rng: random.Random, record: bytes, fields: int) -> bytes:
    """A record with so many of its fields set to anything; the exchange's own stamps rarely."""
    known = [field for field in fields_of(record[KIND_OFFSET]) if field.name != "time_ns"]
    for field in rng.choices(known, k=fields):
        if field.name not in STAMPS or rng.random() < 0.15:
            record = with_field(record, field.name, wild_value(rng, field.type, extreme_values(field)))
    return record


def sensible(flow: Flow, choice: Choice) -> list[bytes]:
    """What an action would send; nothing if wild numbers of the state leave it none that a field can hold."""
    try:
        return flow.captured(choice.act)
    except struct.error:
        return []


def wild(flow: Flow, choice: Choice) -> bytes:
    """Mostly a sensible command with a few fields spoiled; else any fields, any body, or any bytes."""
    rng = flow.rng
    pick = rng.random()
    if pick < 0.7 and flow.time_ns < LATE_NS:  # later than that, what an action would name is out of range
        captured = [r for r in sensible(flow, choice) if r[KIND_OFFSET] in DTYPES]
        if captured:
            return spoiled(rng, rng.choice(captured), rng.choice((0, 0, 0, 1, 1, 2)))
    login_id = rng.choice((0, *flow.market.logins))
    kind = rng.choice(COMMANDS)
    record = flow.stamped(kind, login_id)
    if pick < 0.85:
        return spoiled(rng, record, 2 * len(fields_of(kind)))
    if pick < 0.95:
        return record[:26] + rng.randbytes(RECORD_BYTES - 26)
    return rng.randbytes(RECORD_BYTES)


def timed(flow: Flow, record: bytes) -> bytes:
    """The record at a time that never goes back, and rarely leaps to the end of all times."""
    rng = flow.rng
    if rng.random() < 0.1:
        flow.time_ns += rng.choice((1, 10**6, 10**9, 10**12))
    if rng.random() < 0.000_5:
        flow.time_ns = rng.choice((2**62 - 1, 2**62, 2**63 - 2, 2**63 - 1))
    flow.time_ns = min(flow.time_ns, 2**63 - 1)
    return record[:16] + flow.time_ns.to_bytes(8, "little", signed=True) + record[24:]


def is_only_refused(events: list[Event]) -> bool:
    """Whether a command was refused and did nothing else."""
    return bool(events) and all(event[KIND_OFFSET] == Kind.REJECTED for _, event in events)


def assert_unchanged(live: Live, before: list[np.ndarray], record: bytes) -> None:
    """The canonical digest is what it was, but for what a refusal consumes."""
    after = [array.copy() for array in live.state]
    for name, fields in CONSUMED.items():
        index = live.state._fields.index(name)
        for field in fields:
            after[index][field] = before[index][field]
    digests = [kernel.digest_canonical(kernel.State(*arrays)) for arrays in (before, after)]
    assert digests[0] == digests[1], f"expected a refusal to change nothing, found it did: {describe(record)}"


def fuzz_state(seed: int) -> Fuzzed:
    """Wild records on one live state."""
    profile = PROFILES[seed % len(PROFILES)]
    flow, choice = Flow(seed, profile), Choice(profile)
    set_up(flow)
    trade_again(flow)
    for _ in range(flow.rng.randrange(COMMANDS_BEFORE)):
        choice.act(flow)
    live = Live(flow)
    refused = compared = 0
    for _ in range(RECORDS_PER_STATE):
        record = timed(flow, wild(flow, choice))
        before = [array.copy() for array in live.state] if flow.chance(CHECKED_SHARE) else None
        if is_only_refused(live.tell(record)):
            refused += 1
            if before and record[KIND_OFFSET] not in MAY_CHANGE:
                assert_unchanged(live, before, record)
                compared += 1
    live.compare(f"seed {seed}, profile {profile.name}")
    return Fuzzed(1, RECORDS_PER_STATE, refused, compared)


def fuzz(first_seed: int, seconds: float) -> Fuzzed:
    """State after state for so long."""
    fuzzed, until = Fuzzed(), time.monotonic() + seconds
    for seed in count(first_seed):
        try:
            fuzzed = fuzzed.plus(fuzz_state(seed))
        except Exception as error:
            raise AssertionError(f"fuzz seed {seed}: {error}") from error
        if time.monotonic() >= until:
            break
    return fuzzed
