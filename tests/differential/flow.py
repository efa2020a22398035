"""A day's commands under construction: each is applied to the reference the moment it is chosen."""

import random
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, NamedTuple

from exchange.vocabulary.limits import REFERENCE_GAP_MAX
from tests.differential.profiles import Profile
from tests.reference import Capacity, Reference
from tests.reference.digest import book_digest, levels_digest
from tests.reference.layout import write
from tests.reference.state import Account

MUTATION_FIRST_BYTE = 24  # from login_id on: what lies before is the exchange's own stamp
REFERENCE_MAX = 2**32 - 1
MUTATION_CHANCE = 0.008
NS_PER_US = 1_000

Event = tuple[int, bytes]
Action = Callable[["Flow"], object]


class Day(NamedTuple):
    """A finished day: commands, what the reference answered, and its digest after some of them."""

    capacity: Capacity
    records: list[bytes]
    expected: list[list[Event]]
    digests: dict[int, bytes]  # by number of commands applied
    books: dict[int, tuple[bytes, bytes]]  # of the same: digests of every resting order, of five levels


class Flow:
    """Chooses by the reference's state, so that most commands are valid and the rest nearly so."""

    def __init__(self, seed: int, profile: Profile) -> None:
        self.rng = random.Random(f"{profile.name} {seed}")
        self.profile = profile
        self.reference = Reference(profile.capacity)
        self.market = self.reference.market
        self.records: list[bytes] = []
        self.expected: list[list[Event]] = []
        self.digests: dict[int, bytes] = {}
        self.books: dict[int, tuple[bytes, bytes]] = {}
        self.time_ns = 1_639_617_300_000_000_000
        self.next_checkpoint = 50
        self._actors: list[tuple[int, Account]] = []
        self._actors_of = 0
        self._planned: list[tuple[int, int, Action]] = []  # by number of commands, then in order of planning
        self._plans = 0
        self._captured: list[bytes] | None = None

    def day(self) -> Day:
        """What was generated so far, as one day."""
        self.checkpoint()
        return Day(self.profile.capacity, self.records, self.expected, self.digests, self.books)

    def chance(self, probability: float) -> bool:
        """True that often."""
        return self.rng.random() < probability

    def send(self, kind: int, login_id: int = 0, **fields: Any) -> list[Event]:
        """A moment later: stamp a command, now and then damage it, and apply it to the reference."""
        self.time_ns += self.rng.randrange(self.profile.pace_us) * NS_PER_US
        return self.send_now(kind, login_id, **fields)

    def send_at(self, time_ns: int, kind: int) -> list[Event]:
        """A command of the exchange at a time that matters to the nanosecond."""
        self.time_ns = max(self.time_ns, time_ns)
        return self.send_now(kind)

    def send_now(self, kind: int, login_id: int = 0, **fields: Any) -> list[Event]:
        """A command at the time of the last one."""
        return self.send_record(self.stamped(kind, login_id, **fields))

    def send_record(self, record: bytes) -> list[Event]:
        """Any record, now and then damaged on its way."""
        if self._captured is not None:
            self._captured.append(record)
            return []
        if self.rng.random() < MUTATION_CHANCE and self.market.is_open:
            record = self.mutated(record)
        return self.apply(record)

    def captured(self, action: Action) -> list[bytes]:
        """What an action would send, not sent: somebody proposes it instead."""
        outer, records = self._captured, list[bytes]()
        self._captured = records
        try:
            action(self)
        finally:
            self._captured = outer
        return records

    def plan(self, commands: int, action: Action) -> None:
        """Do something so many commands later: undo a halt, end an auction."""
        self._plans += 1
        heappush(self._planned, (len(self.records) + commands, self._plans, action))

    def do_planned(self) -> None:
        """What is due by now."""
        while self._planned and self._planned[0][0] <= len(self.records):
            heappop(self._planned)[2](self)

    def stamped(self, kind: int, login_id: int = 0, **fields: Any) -> bytes:
        """A command with sequence, time, login and user reference."""
        fields |= {"sequence": len(self.records) + 1, "time_ns": self.time_ns}
        if login_id:
            fields |= {"login_id": login_id, "user_reference": self.reference_of(login_id)}
        return write(kind, fields)

    def apply(self, record: bytes) -> list[Event]:
        """Record a command and the reference's answer; keep a digest now and then."""
        events = self.reference.apply(record)
        self.records.append(record)
        self.expected.append(events)
        if len(self.records) >= self.next_checkpoint:
            self.checkpoint()
            self.next_checkpoint = len(self.records) + self.rng.randrange(200, 1_500)
        return events

    def actors(self) -> list[tuple[int, Account]]:
        """Every login with every account of its member."""
        accounts, logins = self.market.accounts.values(), self.market.logins.values()
        if len(accounts) + len(logins) != self._actors_of:
            self._actors_of = len(accounts) + len(logins)
            self._actors = [(i.login_id, a) for i in logins for a in accounts if i.member_id == a.member_id]
        return self._actors

    def checkpoint(self) -> None:
        """Check the reference and remember its digest."""
        self.reference.check()
        self.digests[len(self.records)] = self.reference.canonical_digest()
        self.books[len(self.records)] = book_digest(self.market), levels_digest(self.market)

    def mutated(self, record: bytes) -> bytes:
        """The record with one or two bytes after the stamps replaced."""
        damaged = bytearray(record)
        for _ in range(self.rng.randrange(1, 3)):
            damaged[self.rng.randrange(MUTATION_FIRST_BYTE, len(damaged))] = self.rng.choice(
                (0, 1, 2, 3, 5, 6, 7, 127, 128, 255, self.rng.randrange(256))
            )
        return bytes(damaged)

    def reference_of(self, login_id: int) -> int:
        """The login's next user reference; rarely one that is used, far ahead or just at the bound."""
        login = self.market.logins.get(login_id)
        highest = login.highest_reference if login else 0
        pick = self.rng.random()
        if pick < 0.98:
            return min(highest + 1, REFERENCE_MAX)
        if pick < 0.99:
            return min(highest + self.rng.randrange(2, 40), REFERENCE_MAX)
        if pick < 0.995:
            return self.rng.randrange(highest + 1)
        gap = REFERENCE_GAP_MAX + self.rng.choice((0, 1, 1, 1, 5_000))
        return min(highest + gap, REFERENCE_MAX)
