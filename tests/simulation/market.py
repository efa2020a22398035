"""A small market for the engine's tests: a directory, members that send commands, and a registry.

The registry knows only what the settlement stream released to it. It survives every crash of the exchange (it
is another machine), goes on from its next number, and sends again whatever was not answered.
"""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from exchange.engine.clock import Clock, ManualClock
from exchange.engine.day import DayStage
from exchange.engine.directory import UNRESTRICTED, Account, Directory, DropCopyOf, Login
from exchange.engine.engine import Engine
from exchange.engine.files import Files
from exchange.engine.journal_reader import JournalReader
from exchange.engine.settings import EngineSettings
from exchange.engine.signing import Sign
from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import Method, Phase, Right, SettlementStage, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import (
    DROP_COPY_FIRST,
    PROTOCOL_VERSION,
    RECORD_BYTES,
    STREAM_DEPTH,
    STREAM_PUBLIC,
    STREAM_SETTLEMENT,
)
from exchange.vocabulary.records import COMMAND, Records, make, read
from exchange.vocabulary.units import NS_PER_SECOND, market_time_ns
from tests.simulation.fake_disk import FakeDisk, Survival

DAY = date(2021, 12, 16)
NEXT_DAY = date(2021, 12, 17)
CEA = 1
ALICE_STREAM = 16
OPERATOR, REGISTRY, ALICE, BOB = 1, 2, 101, 102
ACCOUNTS = {ALICE: 1001, BOB: 1002}
OPENING_LOTS = 1_000_000
OPENING_FEN = 10_000_000_000

DIRECTORY = Directory(
    tuple(Account(1001 + n, 16 + n, 1 + n, 0, int(UNRESTRICTED)) for n in range(2)),
    (
        Login(OPERATOR, "OPER01", 2, int(Right.OPERATE | Right.DEPTH), 0, ""),
        Login(REGISTRY, "WUHAN1", STREAM_SETTLEMENT, int(Right.SETTLE), 0, ""),
        Login(ALICE, "ALICE1", 16, int(Right.TRADE), 1001, ""),
        Login(BOB, "BOB001", 17, int(Right.TRADE), 1002, ""),
    ),
    b"k" * 32,
    (
        DropCopyOf(DROP_COPY_FIRST, (16, 17)),
        DropCopyOf(DROP_COPY_FIRST + 1, (17,)),
    ),
)


def settings(folder: Path = Path("/shanghai"), **changes: Any) -> EngineSettings:
    """Small and in one thread."""
    values: dict[str, Any] = {
        "folder": folder,
        "profile": "test",
        "first_day": DAY,
        "days": 1,
        "opening_bases": {CEA: 5000},
        "is_threaded": False,
        "orders_capacity": 64,
        "segment_bytes": 8192,
    }
    return EngineSettings(**(values | changes))


def commands(*records: bytes) -> Records:
    """Records as the gateway hands them over."""
    return np.frombuffer(b"".join(records), COMMAND)


def at(hours: int, minutes: int = 0, day: date = DAY) -> int:
    return market_time_ns(day, hours * 3600 + minutes * 60)


class RealTime:
    """Monotonic time set by the test."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns

    def advance(self, seconds: float) -> None:
        self.now_ns += round(seconds * NS_PER_SECOND)


class Member:
    """One login: numbers its commands."""

    def __init__(self, login_id: int) -> None:
        self.login_id = login_id
        self.account_id = ACCOUNTS.get(login_id, 0)
        self.reference = 0

    def make(self, kind: Kind, **values: int) -> bytes:
        self.reference += 1
        return make(
            kind, user_reference=self.reference, contract_id=CEA, account_id=self.account_id, **values
        )

    def listing(self, side: Side, price: int, lots: int) -> bytes:
        return self.make(Kind.LISTING, side=side, price_ticks=price, quantity_lots=lots)

    def take(self, side: Side, price: int, lots: int) -> bytes:
        return self.make(Kind.TAKE, side=side, price_ticks=price, quantity_lots=lots)


class Registry:
    """Wuhan in a few lines: answers each event of the settlement stream that asks for something."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.reference = 0
        self.units = dict.fromkeys(ACCOUNTS.values(), OPENING_LOTS)
        self.cash = dict.fromkeys(ACCOUNTS.values(), OPENING_FEN)
        self._answered = 0
        self.is_silent = False

    def take(self, data: bytes) -> None:
        """More of the settlement stream."""
        self.events += [read(data[i : i + RECORD_BYTES]) for i in range(0, len(data), RECORD_BYTES)]

    def new_day(self) -> None:
        """The stream ended with the day's books agreed: carry them over."""
        units, cash = self.changes()
        for (account, _), change in units.items():
            self.units[account] += change
        for account, (change, _) in cash.items():
            self.cash[account] += change
        self.events, self.reference, self._answered = [], 0, 0

    def reconnected(self) -> None:
        """Whatever was sent may be lost: answer the last question again, from the beginning."""
        self._answered = 0

    def seen(self, kind: Kind) -> bool:
        return any(event["kind"] == kind for event in self.events)

    def answers(self) -> list[bytes]:
        """What the newest unanswered question asks for."""
        question = next(
            (
                kind
                for kind in (
                    Kind.RESULT_CONFIRMED,
                    Kind.SEAL_TOTALS,
                    Kind.OPENING_ACCEPTED,
                    Kind.STREAM_OPENED,
                )
                if self.seen(kind)
            ),
            None,
        )
        if question is None or question == self._answered or self.is_silent:
            return []
        self._answered = question
        match question:
            case Kind.STREAM_OPENED:
                return self.opening()
            case Kind.SEAL_TOTALS:
                return self.result()
            case Kind.RESULT_CONFIRMED:
                return self.delivery()
            case _:
                return []

    def send(self, kind: Kind, **values: int) -> bytes:
        self.reference += 1
        opened = self.events[0]
        return make(
            kind,
            user_reference=self.reference,
            version=PROTOCOL_VERSION,
            trading_day=opened["trading_day"],
            **values,
        )

    def opening(self) -> list[bytes]:
        control = sum(balance_term(a, CEA, lots) for a, lots in self.units.items())
        control += sum(balance_term(a, 0, fen) for a, fen in self.cash.items())
        return [
            self.send(Kind.OPENING_BEGIN, run=1),
            *(
                self.send(Kind.OPENING_HOLDING, account_id=a, contract_id=CEA, available_lots=lots)
                for a, lots in self.units.items()
            ),
            *(self.send(Kind.OPENING_CASH, account_id=a, available_fen=fen) for a, fen in self.cash.items()),
            self.send(
                Kind.OPENING_TOTALS,
                units_total_lots=sum(self.units.values()),
                cash_total_fen=sum(self.cash.values()),
                record_count=len(self.units) + len(self.cash),
                control_hash=control % MODULUS,
            ),
        ]

    def changes(self) -> tuple[dict[tuple[int, int], int], dict[int, tuple[int, int]]]:
        """Units by account and contract; cash and fees by account; from the trade reports alone."""
        units: dict[tuple[int, int], int] = defaultdict(int)
        cash: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for trade in (e for e in self.events if e["kind"] == Kind.TRADE_REPORT):
            amount = trade["price_ticks"] * trade["quantity_lots"]
            for account, sign, fees in (
                (trade["account_id"], 1, trade["buyer_trading_fee_fen"] + trade["buyer_settlement_fee_fen"]),
                (
                    trade["seller_account_id"],
                    -1,
                    trade["seller_trading_fee_fen"] + trade["seller_settlement_fee_fen"],
                ),
            ):
                units[account, trade["contract_id"]] += sign * trade["quantity_lots"]
                change, paid = cash[account]
                cash[account] = (change - sign * amount - fees, paid + fees)
        return units, cash

    def result(self) -> list[bytes]:
        units, cash = self.changes()
        reports = [e for e in self.events if e["kind"] == Kind.TRADE_REPORT]
        control = sum(balance_term(a, c, change) for (a, c), change in units.items())
        control += sum(balance_term(a, 0, change) for a, (change, _) in cash.items())
        return [
            self.send(Kind.RESULT_BEGIN, run=1),
            *(
                self.send(
                    Kind.RESULT_HOLDING, run=1, account_id=a, contract_id=c, change_lots=change,
                    closing_lots=self.units[a] + change,
                )
                for (a, c), change in sorted(units.items())
            ),
            *(
                self.send(
                    Kind.RESULT_CASH, run=1, account_id=a, change_fen=change,
                    closing_fen=self.cash[a] + change, fees_fen=fees,
                )
                for a, (change, fees) in sorted(cash.items())
            ),
            self.send(
                Kind.RESULT_TOTALS,
                run=1,
                tonnes_lots=sum(e["quantity_lots"] for e in reports),
                amount_fen=sum(e["price_ticks"] * e["quantity_lots"] for e in reports),
                record_count=len(units) + len(cash),
                control_hash=control % MODULUS,
            ),
        ]  # fmt: skip

    def delivery(self) -> list[bytes]:
        reports = [e for e in self.events if e["kind"] == Kind.TRADE_REPORT]
        return [
            self.send(Kind.DELIVERED, run=1, record_count=len(reports)),
            self.send(Kind.STAGE, stage=SettlementStage.STATED),
        ]


class Market:
    """An engine with clocks, followers and the registry; a crash replaces the engine, nothing else."""

    def __init__(
        self,
        files: Files,
        chosen: EngineSettings | None = None,
        clock: Clock | None = None,
        sign: Sign | None = None,
    ) -> None:
        self.settings = chosen or settings()
        self.real = RealTime()
        self.clock = clock or ManualClock()
        self.sign = sign
        self.registry = Registry()
        self.alice, self.bob, self.operator = Member(ALICE), Member(BOB), Member(OPERATOR)
        self.seen: dict[tuple[date, int], bytearray] = defaultdict(bytearray)
        self.day: date | None = None
        self.start(files)

    def start(self, files: Files) -> None:
        """Start the exchange on what the disk holds; followers go on from their next number."""
        self.files = files
        self.engine = Engine.open(
            self.settings, DIRECTORY, self.clock, files=files, monotonic_ns=self.real, sign=self.sign
        )
        self.registry.reconnected()
        self._note_day()
        self._catch_up()

    def send(self, member: Member, *records: bytes) -> None:
        self.engine.queue(member.login_id, commands(*records))

    def turn(self) -> int:
        """One turn, and everything it made visible."""
        count = self.engine.turn()
        self._note_day()
        for stream, first, data in self.engine.release():
            self._receive(stream, first, bytes(data))
        answers = self.registry.answers()
        if answers and self.engine.room():
            self.engine.queue(REGISTRY, commands(*answers))
        return count

    def _note_day(self) -> None:
        """With a new day come new streams, and references start again."""
        if self.day not in (None, self.engine.trading_day):
            self.registry.new_day()
            for member in (self.alice, self.bob, self.operator):
                member.reference = 0
        self.day = self.engine.trading_day

    def run(self, turns_max: int = 60) -> None:
        """Turns until nothing is owed any more."""
        for _ in range(turns_max):
            if self.turn() == 0 and not self.engine.queued:
                return
        raise AssertionError(f"expected the market to come to rest within {turns_max} turns")

    def go_to(self, hours: int, minutes: int = 0) -> None:
        """Let market time pass to a time of the day."""
        assert isinstance(self.clock, ManualClock)
        self.clock.set(at(hours, minutes, self.engine.trading_day))
        self.run()

    def events(self, stream: int, day: date | None = None) -> list[dict[str, Any]]:
        """Everything a follower of the stream has seen."""
        data = bytes(self.seen[day or self.engine.trading_day, stream])
        return [read(data[i : i + RECORD_BYTES]) for i in range(0, len(data), RECORD_BYTES)]

    def kinds(self, stream: int, day: date | None = None) -> list[Kind]:
        return [Kind(event["kind"]) for event in self.events(stream, day)]

    def _receive(self, stream: int, first: int, data: bytes) -> None:
        seen = self.seen[self.engine.trading_day, stream]
        assert len(seen) == (first - 1) * RECORD_BYTES, "a follower gets every record once, in order"
        seen += data
        if stream == STREAM_SETTLEMENT:
            self.registry.take(data)

    def _catch_up(self) -> None:
        """Read on from where each follower was; what it already has must still be there, byte for byte."""
        streams = self.engine.streams
        for day, stream in list(self.seen):
            if day == self.engine.trading_day:
                seen = self.seen[day, stream]
                known = len(seen) // RECORD_BYTES
                assert streams.read(stream, 1, known) == bytes(seen)
                assert streams.count(stream) >= known
        for stream in streams.stream_ids:
            known = len(self.seen[self.engine.trading_day, stream]) // RECORD_BYTES
            data = streams.read(stream, known + 1, streams.count(stream) - known)
            if data:
                self._receive(stream, known + 1, data)


def open_market(**changes: object) -> Market:
    """A market with its opening positions accepted, at 09:15."""
    market = Market(FakeDisk(), settings(**changes))
    market.run()
    assert market.engine.day.stage is DayStage.SESSION
    assert {STREAM_DEPTH, DROP_COPY_FIRST, DROP_COPY_FIRST + 1} < set(market.engine.streams.stream_ids)
    return market


def crash(market: Market, **changes: object) -> None:
    """Power cut and restart."""
    if changes:
        market.settings = settings(**changes)
    market.start(market.files.after_crash(Survival.DROPPED))  # type: ignore[attr-defined]


def phases(market: Market) -> list[tuple[Method, Phase]]:
    public = market.events(STREAM_PUBLIC)
    return [(Method(e["method"]), Phase(e["phase"])) for e in public if e["kind"] == Kind.PHASE_CHANGED]


def journaled(market: Market, day: date = DAY) -> Records:
    reader = JournalReader(market.settings.day_journal(day), market.files)
    rows = [batch.commands.view(np.uint64) for batch in reader.batches()]
    return np.concatenate(rows).view(COMMAND)
