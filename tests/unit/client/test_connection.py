"""A connection over real sockets: login, records both ways, resume, end, loss."""

import asyncio

import pytest

from exchange.client import (
    Address,
    Connection,
    ConnectionLost,
    Credentials,
    LoginRefused,
    OtherRecord,
    VersionUnknown,
    decode_events,
)
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import make
from tests.unit.client.server import Peer, ScriptedExchange


def trade(match_id: int) -> bytes:
    return make(Kind.TRADE, match_id=match_id, price_ticks=4800, quantity_lots=10)


def reply_end(peer: Peer, _: object) -> None:
    peer.write(make(Kind.REPLY_END, record_count=0, query=3))


def who(password: str = "secret") -> Credentials:
    return Credentials("SHEM01", password, 101, 16, 1001)


async def open_to(exchange: ScriptedExchange, **options: int | str) -> Connection:
    return await Connection.open(Address("127.0.0.1", exchange.port), who(), **options)


async def test_gives_numbered_events_and_answers_in_the_order_sent() -> None:
    async with ScriptedExchange(reply_end) as exchange:
        exchange.publish(trade(1), trade(2))
        connection = await open_to(exchange, next_number=1)
        first = await connection.receive()
        connection.send(make(Kind.QUERY, query=3))
        answer = await connection.receive()
        exchange.publish(trade(3))
        second = await connection.receive()
        assert first is not None and answer is not None and second is not None
        assert (first.first_number, first.events["match_id"].tolist()) == (1, [1, 2])
        assert len(answer.events) == 0 and answer.replies["kind"].tolist() == [Kind.REPLY_END]
        assert (second.first_number, second.events["match_id"].tolist()) == (3, [3])
        assert connection.session == "211216000G" and connection.next_number == 4
        await connection.close()


async def test_resumes_after_loss_with_exactly_what_was_missed() -> None:
    async with ScriptedExchange(reply_end) as exchange:
        exchange.publish(trade(1))
        connection = await open_to(exchange, next_number=1)
        await connection.receive()
        exchange.peers[0].drop()
        with pytest.raises(ConnectionLost):
            await connection.receive()
        exchange.publish(trade(2), trade(3))
        again = await open_to(exchange, session=connection.session, next_number=connection.next_number)
        chunk = await again.receive()
        assert chunk is not None
        assert (chunk.first_number, chunk.events["match_id"].tolist()) == (2, [2, 3])
        await again.close()


async def test_records_received_but_not_yet_read_are_given_before_the_loss() -> None:
    async with ScriptedExchange(reply_end) as exchange:
        connection = await open_to(exchange, next_number=1)
        exchange.publish(trade(1))
        connection.send(make(Kind.QUERY, query=3))
        chunk = await connection.receive()
        assert chunk is not None and chunk.next_number == 2
        exchange.publish(trade(2))
        exchange.peers[0].transport.close()  # type: ignore[union-attr]  # flushes, then closes
        await exchange.lost.wait()
        answers = [await connection.receive(), await connection.receive()]
        assert [c.events["match_id"].tolist() for c in answers if c and len(c.events)] == [[2]]
        with pytest.raises(ConnectionLost):
            await connection.receive()


async def test_end_of_session_gives_none() -> None:
    async with ScriptedExchange(reply_end) as exchange:
        connection = await open_to(exchange, next_number=1)
        exchange.next_day("211217000G")
        assert await connection.receive() is None
        assert connection.has_ended
        await connection.close()


async def test_close_logs_out_and_ends_a_waiting_receive() -> None:
    async with ScriptedExchange(reply_end) as exchange:
        connection = await open_to(exchange, next_number=1)
        waiting = asyncio.create_task(connection.receive())
        await connection.close()
        assert await waiting is None
        await exchange.lost.wait()
        assert exchange.logouts == 1
        with pytest.raises(ConnectionLost):
            connection.send(make(Kind.QUERY, query=3))


@pytest.mark.parametrize(("password", "session", "code"), [("wrong", "", "A"), ("secret", "2001010000", "S")])
async def test_refused_login_says_why(password: str, session: str, code: str) -> None:
    async with ScriptedExchange(reply_end) as exchange:
        with pytest.raises(LoginRefused) as caught:
            await Connection.open(Address("127.0.0.1", exchange.port), who(password), session=session)
        assert caught.value.code == code
        assert caught.value.may_retry == (code == "S")


async def test_nobody_there_is_a_lost_connection() -> None:
    async with ScriptedExchange(reply_end) as exchange:
        port = exchange.port
    with pytest.raises(ConnectionLost):
        await Connection.open(Address("127.0.0.1", port), who())


async def test_a_server_that_breaks_the_protocol_is_left() -> None:
    async with ScriptedExchange(reply_end) as exchange:
        connection = await open_to(exchange, next_number=1)
        exchange.peers[0].write(b"\xff\xffX")
        with pytest.raises(ConnectionLost, match="expected a packet"):
            await connection.receive()


async def test_a_stream_of_another_version_is_refused_and_nothing_of_it_is_given() -> None:
    async with ScriptedExchange(reply_end) as exchange:
        exchange.publish(make(Kind.STREAM_OPENED, version=PROTOCOL_VERSION + 1, stream_id=16), trade(1))
        connection = await open_to(exchange, next_number=1)
        with pytest.raises(VersionUnknown, match=f"version {PROTOCOL_VERSION} .* found 2"):
            await connection.receive()
        await exchange.lost.wait()
        assert exchange.logouts == 1
        await connection.close()


async def test_a_stream_of_our_version_and_records_of_unknown_kinds_are_given() -> None:
    async with ScriptedExchange(reply_end) as exchange:
        unknown = bytearray(trade(1))
        unknown[3] = 0x9F
        exchange.publish(make(Kind.STREAM_OPENED, version=PROTOCOL_VERSION), bytes(unknown), trade(2))
        connection = await open_to(exchange, next_number=1)
        chunk = await connection.receive()
        assert chunk is not None and chunk.next_number == 4
        assert [event.kind for event in decode_events(chunk.events) if isinstance(event, OtherRecord)] == [
            0x9F
        ]
        await connection.close()
