"""The public stream through cuts, days and refusals: nothing missed or doubled, what is wrong told apart."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import date

import pytest

from exchange.client import public_feed
from exchange.client.chunk import Chunk
from exchange.client.credentials import Address, Credentials
from exchange.client.errors import CredentialsUnusable
from exchange.client.public_feed import (
    LineDown,
    LineUp,
    News,
    NotOpen,
    PublicFeed,
    StreamEnded,
    StreamGone,
)
from exchange.errors import CorruptionError
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import make
from exchange.vocabulary.units import trading_day_number
from tests.unit.client.server import ScriptedExchange

TODAY, TOMORROW = "2112160000", "2112170000"
WHO = Credentials("CONSOL", "secret", 3, 0, 0)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_feed, "PAUSE_S", 0.005)


@pytest.fixture
async def exchange() -> AsyncIterator[ScriptedExchange]:
    async with ScriptedExchange(lambda peer, record: None) as running:
        running.session_id = TODAY
        running.stream = [opened(16), trade(1)]
        yield running


def opened(day: int) -> bytes:
    return make(
        Kind.STREAM_OPENED, version=PROTOCOL_VERSION, trading_day=trading_day_number(date(2021, 12, day))
    )


def trade(match_id: int) -> bytes:
    return make(Kind.TRADE, match_id=match_id, contract_id=1, price_ticks=4250, quantity_lots=1)


def feed_of(exchange: ScriptedExchange, session: str = "PUBLIC", password: str = "secret") -> PublicFeed:
    who = Credentials(WHO.user, password, WHO.login_id, 0, 0)
    return PublicFeed(lambda: (Address("127.0.0.1", exchange.port), who), session)


class Reader:
    """Reads a feed's news until something has come."""

    def __init__(self, news: AsyncIterator[News]) -> None:
        self._news = news
        self.heard: list[News] = []

    async def until(self, condition: Callable[[News], bool]) -> News:
        async with asyncio.timeout(20):
            async for news in self._news:
                self.heard.append(news)
                if condition(news):
                    return news
        raise AssertionError("the feed ended")

    async def until_record(self, number: int) -> None:
        await self.until(lambda news: isinstance(news, Chunk) and news.next_number > number)

    @property
    def records(self) -> list[tuple[int, int]]:
        """(kind, match id) of every record given, in order."""
        return [
            (int(record["kind"]), int.from_bytes(record.tobytes()[48:52], "little"))
            for chunk in self.heard
            if isinstance(chunk, Chunk)
            for record in chunk.events
        ]


async def test_a_cut_is_resumed_at_the_next_number(exchange: ScriptedExchange) -> None:
    async with aclosing(feed_of(exchange).news()) as news:
        reader = Reader(news)
        await reader.until_record(2)
        for match_id in (2, 3, 4):
            exchange.peers[-1].drop()
            exchange.stream.append(trade(match_id))
            await reader.until_record(match_id + 1)
    assert reader.records == [(Kind.STREAM_OPENED, 0)] + [(Kind.TRADE, match) for match in (1, 2, 3, 4)]
    ups = [news for news in reader.heard if isinstance(news, LineUp)]
    assert [(up.session, up.next_number) for up in ups] == [(TODAY, 1), (TODAY, 3), (TODAY, 4), (TODAY, 5)]
    assert ups[0].newest_number == 2
    assert sum(isinstance(news, LineDown) for news in reader.heard) == 3
    assert {(login.session, login.next_number) for login in exchange.logins} >= {("PUBLIC", 0), (TODAY, 1)}


async def test_the_next_day_is_followed_from_its_first_record(exchange: ScriptedExchange) -> None:
    async with aclosing(feed_of(exchange).news()) as news:
        reader = Reader(news)
        await reader.until_record(2)
        exchange.closed = True
        exchange.next_day(TOMORROW)
        ended = await reader.until(lambda news: isinstance(news, StreamEnded))
        assert ended == StreamEnded(TODAY, 3)
        await reader.until(lambda news: isinstance(news, NotOpen))
        exchange.stream = [opened(17), trade(1)]
        exchange.closed = False
        up = await reader.until(lambda news: isinstance(news, LineUp))
        assert up == LineUp(TOMORROW, 1, 2)
        await reader.until_record(2)


async def test_a_day_that_has_ended_is_not_followed_twice(exchange: ScriptedExchange) -> None:
    """An exchange that was killed after the end may say for a moment that the old day is today."""
    async with aclosing(feed_of(exchange).news()) as news:
        reader = Reader(news)
        await reader.until_record(2)
        exchange.next_day(TODAY)
        exchange.stream = [opened(16), trade(1)]
        await reader.until(lambda news: isinstance(news, StreamEnded))
        await reader.until(lambda news: isinstance(news, NotOpen))
    assert len(reader.records) == 2


async def test_a_wrong_password_is_not_a_lost_line(exchange: ScriptedExchange) -> None:
    async with aclosing(feed_of(exchange, password="wrong").news()) as news:
        down = await Reader(news).until(lambda news: isinstance(news, LineDown))
    assert isinstance(down, LineDown) and down.is_refused and "password wrong" in down.why


async def test_an_exchange_that_is_not_there_is_a_lost_line() -> None:
    def where() -> tuple[Address, Credentials]:
        raise CredentialsUnusable("no exchange runs", "start one")

    async with aclosing(PublicFeed(where).news()) as news:
        down = await Reader(news).until(lambda news: isinstance(news, LineDown))
    assert isinstance(down, LineDown) and not down.is_refused and "no exchange runs" in down.why


async def test_a_day_that_is_kept_no_longer_is_said_to_be_gone(exchange: ScriptedExchange) -> None:
    async with aclosing(feed_of(exchange, "2112140000").news()) as news:
        reader = Reader(news)
        assert await reader.until(lambda news: isinstance(news, StreamGone)) == StreamGone("2112140000", 1)
        assert await reader.until(lambda news: isinstance(news, LineUp)) == LineUp(TODAY, 1, 2)


async def test_an_exchange_that_has_forgotten_records_is_corrupt(exchange: ScriptedExchange) -> None:
    async with aclosing(feed_of(exchange).news()) as news:
        reader = Reader(news)
        await reader.until_record(2)
        exchange.closed = True
        exchange.peers[-1].drop()
        await reader.until(lambda news: isinstance(news, NotOpen))
        exchange.stream = [opened(16)]
        exchange.closed = False
        with pytest.raises(CorruptionError, match="at least the 2 records that were given before, found 1"):
            await reader.until(lambda news: isinstance(news, LineUp))


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        ([trade(1), trade(2)], r"found it at \[\]"),
        ([opened(16), opened(16)], r"found it at \[1, 2\]"),
    ],
)
async def test_a_stream_opens_once_and_at_its_beginning(
    exchange: ScriptedExchange, stream: list[bytes], found: str
) -> None:
    exchange.stream = stream
    async with aclosing(feed_of(exchange).news()) as news:
        with pytest.raises(CorruptionError, match=found):
            await Reader(news).until_record(2)


async def test_another_stream_than_the_public_one_is_refused(exchange: ScriptedExchange) -> None:
    exchange.session_id = "211216000G"
    async with aclosing(feed_of(exchange).news()) as news:
        with pytest.raises(CorruptionError, match="expected PUBLIC, found 211216000G"):
            await Reader(news).until_record(1)


async def test_questions_are_answered_between_records(exchange: ScriptedExchange) -> None:
    reply = make(Kind.REPLY_END, record_count=0, query=5)
    exchange.answer = lambda peer, record: peer.write(reply)
    feed = feed_of(exchange)
    feed.send(make(Kind.QUERY, query=5))  # nobody hears it: there is no line yet
    async with aclosing(feed.news()) as news:
        reader = Reader(news)
        await reader.until_record(2)
        feed.send(make(Kind.QUERY, query=5))
        answer = await reader.until(lambda news: isinstance(news, Chunk) and len(news.replies) == 1)
        assert isinstance(answer, Chunk) and answer.next_number == 3
        exchange.publish(trade(2))
        await reader.until_record(3)
