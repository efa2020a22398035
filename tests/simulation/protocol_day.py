"""A small trading day, record by record: written as exchange/protocol/DAY.md, and read back to be replayed.

`python -m tests.simulation.protocol_day` writes the page. What is sent comes from the script below and from
the registry; what is received is what the real engine released. A replay knows the page alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from exchange.engine.clock import ManualClock
from exchange.engine.engine import Engine
from exchange.vocabulary.enums import HaltReason, Level, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import STREAM_OPERATOR, STREAM_PUBLIC, STREAM_SETTLEMENT
from exchange.vocabulary.records import BY_KIND, read
from tests.simulation.fake_disk import FakeDisk
from tests.simulation.market import (
    ACCOUNTS,
    ALICE,
    BOB,
    DIRECTORY,
    OPERATOR,
    REGISTRY,
    Member,
    RealTime,
    Registry,
    at,
    commands,
    settings,
)

PAGE: Final = Path(__file__).resolve().parents[2] / "exchange" / "protocol" / "DAY.md"
SENDERS: Final = {"alice": ALICE, "bob": BOB, "operator": OPERATOR, "registry": REGISTRY}
STREAMS: Final = {
    "public": STREAM_PUBLIC,
    "registry": STREAM_SETTLEMENT,
    "operator": STREAM_OPERATOR,
    "alice": 16,
    "bob": 17,
}
LINE_BYTES: Final = 32
GROUP_BYTES: Final = 4
TURNS_MAX: Final = 200
_HIDDEN: Final = ("length_high", "length_low", "packet_type", "kind")
_TIME: Final = re.compile(r"^## (\d\d):(\d\d):(\d\d)")
_HEAD: Final = re.compile(r"^(?P<way>[<>]) (?P<who>[a-z]+) [A-Z_]+")


class Record(NamedTuple):
    """64 bytes of one login (sent) or of one stream (received)."""

    who: str
    data: bytes


class Moment(NamedTuple):
    """What is sent at a market time, and everything that the exchange says before it rests again."""

    seconds: int
    title: str
    sent: list[Record]
    received: list[Record]


class WireDay:
    """An engine without sockets: records in, released records out."""

    def __init__(self) -> None:
        self._clock = ManualClock()
        self._real = RealTime()
        self._engine = Engine.open(
            settings(), DIRECTORY, self._clock, files=FakeDisk(), monotonic_ns=self._real
        )
        self._names = {number: name for name, number in STREAMS.items()}
        self._day = self._engine.trading_day

    def play(self, seconds: int, sent: Iterable[Record]) -> list[Record]:
        """Let it be that time, send, and run until nothing is owed; what came out, in order."""
        self._clock.set(at(0, 0, self._day) + seconds * 1_000_000_000)
        self._real.advance(1)
        for record in sent:
            self._engine.queue(SENDERS[record.who], commands(record.data))
        received: list[Record] = []
        for _ in range(TURNS_MAX):
            count = self._engine.turn()
            for stream, _, data in self._engine.release():
                name = self._names.get(stream)
                if name is None:  # a derived stream: the page shows what the kernel itself says
                    continue
                received += [Record(name, bytes(data[n : n + 64])) for n in range(0, len(data), 64)]
            if not count and not self._engine.queued:
                return received
        raise AssertionError(f"expected the exchange to come to rest within {TURNS_MAX} turns")


class _Script:
    """What people do; each act gives its title and records."""

    def __init__(self) -> None:
        self.alice, self.bob, self.operator = Member(ALICE), Member(BOB), Member(OPERATOR)
        self.seen: list[Record] = []

    def acts(self) -> Iterator[tuple[int, str, Callable[[], list[Record]]]]:
        alice, bob = self.alice, self.bob
        yield _clock(9, 15), "the day is defined", list
        yield _clock(9, 30), "the morning session begins", list
        yield _clock(9, 30, 5), "a listing", lambda: self._of(alice.listing(Side.SELL, 5_100, 100))
        yield (
            _clock(9, 30, 9),
            "rejects: beyond the band, nothing asked",
            lambda: self._of(alice.listing(Side.SELL, 5_600, 100), alice.listing(Side.SELL, 5_100, 0)),
        )
        yield _clock(9, 31), "a take of a part", lambda: self._of(bob.take(Side.BUY, 5_100, 40), who="bob")
        yield (
            _clock(9, 32),
            "the take once more under its reference, then one at too low a price",
            self._again,
        )
        yield _clock(10), "what is left is reduced and cancelled", self._reduce_and_cancel
        yield _clock(11, 30), "lunch", list
        yield _clock(13), "the afternoon session begins", list
        yield (
            _clock(13, 5),
            "a block is offered",
            lambda: self._of(
                alice.make(
                    Kind.BLOCK_OFFER,
                    side=Side.SELL,
                    price_ticks=5_050,
                    quantity_lots=100_000,
                    counterparty_account_id=ACCOUNTS[BOB],
                )
            ),
        )
        yield _clock(13, 6), "accepted at another price, then at the offered one", self._accept
        yield _clock(14), "the market is halted; a listing is refused", self._halt
        yield _clock(14, 1), "and goes on", lambda: self._operate(Kind.RESUME, level=Level.MARKET)
        yield (
            _clock(14, 30),
            "a listing that will lapse",
            lambda: self._of(bob.listing(Side.BUY, 4_900, 30), who="bob"),
        )
        yield _clock(15), "the close, the figures and the seal", list

    def _of(self, *records: bytes, who: str = "alice") -> list[Record]:
        return [Record(who, record) for record in records]

    def _again(self) -> list[Record]:
        self.bob.reference -= 1
        return self._of(self.bob.take(Side.BUY, 5_100, 40), self.bob.take(Side.BUY, 5_000, 40), who="bob")

    def _reduce_and_cancel(self) -> list[Record]:
        order_id = self._last(Kind.ACCEPTED, "order_id")
        return self._of(
            self.alice.make(Kind.REDUCE, order_id=order_id, quantity_lots=20),
            self.alice.make(Kind.CANCEL, order_id=order_id),
        )

    def _accept(self) -> list[Record]:
        order_id = self._last(Kind.BLOCK_OFFERED, "order_id")
        return self._of(
            *(
                self.bob.make(Kind.BLOCK_ACCEPT, order_id=order_id, price_ticks=price, quantity_lots=100_000)
                for price in (5_000, 5_050)
            ),
            who="bob",
        )

    def _halt(self) -> list[Record]:
        halt = self._operate(Kind.HALT, level=Level.MARKET, halt_reason=HaltReason.OPERATOR)
        return halt + self._of(self.bob.listing(Side.BUY, 4_900, 30), who="bob")

    def _operate(self, kind: Kind, **values: int) -> list[Record]:
        return self._of(self.operator.make(kind, **values), who="operator")

    def _last(self, kind: Kind, name: str) -> int:
        found = [read(r.data)[name] for r in self.seen if r.data[3] == kind]
        value = found[-1]
        assert isinstance(value, int)
        return value


def record_day() -> list[Moment]:
    """Play the script; the registry answers whatever its stream asks for."""
    wire, script, registry = WireDay(), _Script(), Registry()
    moments: list[Moment] = []

    def play(seconds: int, title: str, sent: list[Record]) -> None:
        received = wire.play(seconds, sent)
        moments.append(Moment(seconds, title, sent, received))
        script.seen += received
        registry.take(b"".join(record.data for record in received if record.who == "registry"))

    for seconds, title, act in script.acts():
        play(seconds, title, act())
        while answers := [Record("registry", data) for data in registry.answers()]:
            play(seconds, f"the registry answers with {_kind(answers[-1])}", answers)
    return moments


def replay_day(moments: Iterable[Moment]) -> Iterator[tuple[Moment, list[Record]]]:
    """Send what the moments say was sent, and nothing else; each with what came out."""
    wire = WireDay()
    for moment in moments:
        yield moment, wire.play(moment.seconds, moment.sent)


def day_page(moments: Iterable[Moment]) -> str:
    """The page as Markdown."""
    parts = [_INTRO]
    for moment in moments:
        hours, rest = divmod(moment.seconds, 3_600)
        parts.append(f"## {hours:02}:{rest // 60:02}:{rest % 60:02} {moment.title}\n")
        blocks = [_block(">", record) for record in moment.sent]
        blocks += [_block("<", record) for record in moment.received]
        parts.append("```\n" + "\n".join(blocks) + "\n```\n" if blocks else "Nothing is said.\n")
    return "\n".join(parts)


def read_page(page: str) -> list[Moment]:
    """The moments of a page, from its bytes alone."""
    moments: list[Moment] = []
    records: list[Record] = []
    for line in page.splitlines():
        if time := _TIME.match(line):
            hours, minutes, seconds = map(int, time.groups())
            moments.append(Moment(_clock(hours, minutes, seconds), line[12:], [], []))
        elif head := _HEAD.match(line):
            records = moments[-1].sent if head["way"] == ">" else moments[-1].received
            records.append(Record(head["who"], b""))
        elif line.startswith("    "):
            records[-1] = Record(records[-1].who, records[-1].data + bytes.fromhex(line))
    return moments


def _block(way: str, record: Record) -> str:
    values = read(record.data)
    said = " ".join(
        f"{name}={_shown(value)}" for name, value in values.items() if name not in _HIDDEN and value
    )
    lines = [f"{way} {record.who} {_kind(record)} {said}"]
    for start in range(0, len(record.data), LINE_BYTES):
        line = record.data[start : start + LINE_BYTES]
        lines.append("    " + line.hex(" ", GROUP_BYTES))
    return "\n".join(lines)


def _kind(record: Record) -> str:
    return BY_KIND[record.data[3]].name


def _shown(value: int | bytes) -> str:
    return str(value) if isinstance(value, int) else value.rstrip(b"\0").decode("utf-8", "replace")


def _clock(hours: int, minutes: int = 0, seconds: int = 0) -> int:
    return hours * 3_600 + minutes * 60 + seconds


_INTRO: Final = """# Bytes of a whole trading day

Written by `python -m tests.simulation.protocol_day`; do not edit. Every record is the 64 bytes of one data
packet, its length and type included, as PROTOCOL.md lays them out. `>` was sent by a login, `<` is the next
record of a stream; under each heading first what is sent, then all that it causes, in the order in which it
is released. Between two headings nothing happens but the passing of time.

The day is of the profile `test` (both fees charged), with one contract whose base price is 50.00. `alice` has
account 1001 and stream 16, `bob` account 1002 and stream 17; each begins with 1,000,000 t and 100 million
yuan. A test sends what this page says was sent to a real engine and compares every byte that comes out.
"""


if __name__ == "__main__":
    PAGE.write_text(day_page(record_day()), encoding="utf-8")
