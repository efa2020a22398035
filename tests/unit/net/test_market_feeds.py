"""Depth, five levels and drop copies over real sockets: joined late, cut, resumed, refused, proven right."""

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from benchmarks.gateway_market import CONTRACT, DAY, make_directory
from exchange import kernel
from exchange.client import (
    Address,
    Book,
    BookBroken,
    Connection,
    Credentials,
    FiveLevelBook,
    LoginRefused,
    MarketFeed,
    QueryRefused,
    credentials_of,
    load_credentials,
)
from exchange.engine.feed_logins import grant_depth, set_drop_copy
from exchange.protocol.client_session import Rejected
from exchange.protocol.sessions import session_id
from exchange.protocol.soupbintcp import LoginRefusal
from exchange.vocabulary.enums import Level, QueryKind, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import DROP_COPY_FIRST, RECORD_BYTES, STREAM_DEPTH
from exchange.vocabulary.records import EVENT, Records, make
from exchange.vocabulary.rejects import RejectReason
from tests.unit.net.running import Peer, Running, running_exchange

TRADERS = ("B00000", "B00001", "B00002")
ALL = 1 << 30
EXAMPLE = Path(__file__).parents[3] / "examples" / "follow_book.py"
TIMEOUT_S = 60


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """An exchange at ten; CONSOL and MQTT01 may see the depth, COPY01 copies the other two members."""
    make_directory(tmp_path, 3)
    for user in ("CONSOL", "MQTT01"):
        grant_depth(tmp_path, user)
    set_drop_copy(tmp_path, "COPY01", ["B00001", "b00002"])
    with running_exchange(tmp_path, members=3) as running:
        yield running


def login(running: Running, user: str) -> Credentials:
    return load_credentials(running.data / "credentials" / f"{user}.json")


def feed(running: Running, user: str, made: type, **options: object) -> MarketFeed:
    return MarketFeed(login(running, user), lambda: Address("127.0.0.1", running.port), made, **options)


class Trader:
    """A login that sends at random and reads what it is told."""

    def __init__(self, connection: Connection, seed: int) -> None:
        self._connection = connection
        self._rng = random.Random(seed)
        self._reference = 0
        self._answered: asyncio.Queue[int] = asyncio.Queue()
        self.reading = asyncio.create_task(self._read())

    async def act(self, count: int) -> int:
        """Send so many commands and a query; the command up to which its answer has waited."""
        self._connection.send(b"".join(self._command() for _ in range(count)))
        self._connection.send(make(Kind.QUERY, query=QueryKind.CONTRACTS))
        return await self._answered.get()

    def _command(self) -> bytes:
        rng, known = self._rng, self._reference
        self._reference += 1
        kind = rng.choice((Kind.LISTING, Kind.LISTING, Kind.TAKE, Kind.CANCEL, Kind.REDUCE, Kind.REPLACE))
        fields = {"price_ticks": 4_250 + rng.randrange(-4, 5), "quantity_lots": rng.randrange(1, 40)}
        if kind in (Kind.LISTING, Kind.TAKE):
            return make(
                kind, user_reference=self._reference, contract_id=CONTRACT, side=rng.randrange(2), **fields
            )
        if kind is not Kind.REPLACE:
            del fields["price_ticks"]
        if kind is Kind.CANCEL:
            fields = {}
        target = rng.randrange(max(known - 60, 0), known + 1)
        return make(kind, user_reference=self._reference, target_reference=target, **fields)

    async def _read(self) -> None:
        while (chunk := await self._connection.receive()) is not None:
            for reply in chunk.replies:
                if reply["kind"] == Kind.REPLY_END:
                    self._answered.put_nowait(int(reply["sequence"]))


@asynccontextmanager
async def traders(running: Running) -> AsyncIterator[list[Trader]]:
    connections = [
        await Connection.open(Address("127.0.0.1", running.port), login(running, user)) for user in TRADERS
    ]
    made = [Trader(connection, seed) for seed, connection in enumerate(connections)]
    try:
        yield made
    finally:
        for trader, connection in zip(made, connections, strict=True):
            trader.reading.cancel()
            await connection.close()


async def caught_up(depth: MarketFeed, running: Running) -> None:
    """Wait until a book holds every record of its stream, while nobody trades."""
    while not depth.is_live or depth.book.number < running.engine.streams.count(STREAM_DEPTH):
        await depth.changed()


async def test_books_are_right_whatever_happens_to_the_line(running: Running) -> None:
    taken: list[Records] = []
    async with (
        asyncio.timeout(TIMEOUT_S),
        traders(running) as members,
        feed(running, "CONSOL", Book, take=taken.append, from_start=True) as depth,
        feed(running, "B00000", FiveLevelBook) as levels,
    ):
        await asyncio.gather(*(member.act(300) for member in members))
        async with feed(running, "MQTT01", Book) as late:
            for step in range(12):
                acting = [asyncio.create_task(member.act(100)) for member in members]
                await levels.changed()
                for cut in (depth, late, levels)[step % 4 : step % 4 + 1]:
                    if cut._connection is not None:  # the line, not the feed's own wish
                        cut._connection.abort()
                await asyncio.gather(*acting, late.check())
            for book in (depth, late):
                await caught_up(book, running)
                assert book.book.digest() == kernel.digest_book(running.engine.state)
                await book.check()
            assert late.snapshots == 1 and late.connections > 1
            assert depth.snapshots == 0 and depth.connections > 1
        while levels.book.digest() != kernel.digest_levels(running.engine.state):
            await levels.changed()
        assert levels.book.digest() == depth.book.levels_digest()
        assert len(depth.book) > 50
    received = b"".join(records.tobytes() for records in taken)
    assert received == running.engine.streams.read(STREAM_DEPTH, 1, ALL)


async def test_a_book_that_went_wrong_is_found_out_and_mended(running: Running) -> None:
    async with (
        asyncio.timeout(TIMEOUT_S),
        traders(running) as members,
        feed(running, "CONSOL", Book) as depth,
    ):
        await members[0].act(200)
        await depth.check()
        order = next(depth.book.orders(CONTRACT, Side.SELL))
        depth.book._execute(order.order_id, order.lots)
        with pytest.raises(BookBroken, match="expected [0-9a-f]{64}, found"):
            await depth.check()
        await depth.check()
        assert depth.snapshots == 2
        assert next(depth.book.orders(CONTRACT, Side.SELL)).order_id == order.order_id


async def test_a_book_too_large_for_an_answer_is_built_from_the_first_record(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.net.queries.SNAPSHOT_ORDERS_MAX", 10)
    async with asyncio.timeout(TIMEOUT_S), traders(running) as members:
        await asyncio.gather(*(member.act(200) for member in members))
        async with feed(running, "CONSOL", Book) as depth:
            await caught_up(depth, running)
            assert depth.snapshots == 0
            assert depth.book.digest() == kernel.digest_book(running.engine.state)
            with pytest.raises(QueryRefused, match="BOOK_TOO_LARGE"):
                await depth.check()
            assert depth.is_live


async def test_who_may_not_see_the_depth_is_refused_its_stream_and_its_queries(running: Running) -> None:
    async with asyncio.timeout(TIMEOUT_S), feed(running, "B00000", Book) as depth:
        with pytest.raises(LoginRefused, match="refused: A"):
            await depth.until_live()
    with running.peer("B00000") as member:
        member.send(*(make(Kind.QUERY, query=kind) for kind in (QueryKind.DEPTH, QueryKind.DIGEST)))
        refused = member.wait_for(Kind.REFUSED, 2)
        assert {int(record["reason"]) for record in refused} == {RejectReason.NOT_AUTHORISED}


async def test_the_example_shows_both(running: Running) -> None:
    (running.data / "run").mkdir()
    address = {"host": "127.0.0.1", "port": running.port, "pid": 0}
    (running.data / "run" / "shanghai.json").write_text(json.dumps(address), encoding="utf-8")
    async with asyncio.timeout(TIMEOUT_S), traders(running) as members:
        await members[0].act(100)
        for words, said in ((("CONSOL", "--whole"), "the exchange has the same"), (("B00000",), "asks ")):
            shown = await asyncio.create_subprocess_exec(
                sys.executable, EXAMPLE, running.data, *words, stdout=asyncio.subprocess.PIPE
            )
            ended = asyncio.create_task(shown.communicate())
            while not ended.done():
                await members[1].act(20)
                await asyncio.wait({ended}, timeout=0.05)
            output, _ = ended.result()
            assert shown.returncode == 0 and said in output.decode(), output


async def test_a_drop_copy_is_the_merged_streams_of_its_members_and_resumes(running: Running) -> None:
    stream = session_id(DAY, DROP_COPY_FIRST)
    async with asyncio.timeout(TIMEOUT_S), traders(running) as members:
        await asyncio.gather(*(member.act(150) for member in members))
        kill = make(Kind.KILL, user_reference=1, subject_id=18, level=Level.MEMBER)
        with running.peer("OPER01") as operator, running.peer("COPY01") as copy:
            operator.send(kill)
            copy.wait_for(Kind.KILL_CHANGED)
            part = len(copy.events) // 3
            with running.peer("COPY01", stream, part + 1) as other:
                other.wait_for(Kind.KILL_CHANGED)
                assert other.data == copy.data[part * RECORD_BYTES :]
            events = copy.events
    assert events[0]["kind"] == Kind.STREAM_OPENED
    assert int(np.frombuffer(copy.data[48:52], np.uint32)[0]) == DROP_COPY_FIRST
    assert set(events["account_id"].tolist()) == {0, 1002, 1003}
    assert (np.diff(events["sequence"].astype(np.int64)) >= 0).all()
    for member_id in (17, 18):
        own = np.frombuffer(running.engine.streams.read(member_id, 2, ALL), EVENT)
        of_member = np.isin(events["account_id"], {17: 1002, 18: 1003}[member_id])
        told = own[own["account_id"] != 0]
        assert events[of_member].tobytes() == told[: int(of_member.sum())].tobytes()


def test_a_drop_copy_only_listens_and_is_nobody_elses(running: Running) -> None:
    with running.peer("COPY01") as copy:
        copy.send(make(Kind.LISTING, user_reference=1), make(Kind.MASS_CANCEL, user_reference=2))
        refused = copy.wait_for(Kind.REFUSED, 2)
        assert {int(record["reason"]) for record in refused} == {RejectReason.NOT_AUTHORISED}
    password = credentials_of(running.data, "B00001").password
    with Peer(running.port, "B00001", password, session_id(DAY, DROP_COPY_FIRST)) as member:
        assert member.login() == Rejected(LoginRefusal.NOT_AUTHORISED)
        assert member.texts == ["B00001 may not follow stream 4"]
