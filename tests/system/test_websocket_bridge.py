"""The bridge to browsers over real sockets: snapshot and changes, refusals, and clients that take nothing."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from benchmarks.gateway_market import DAY
from exchange.bridge import websocket
from exchange.bridge.slow_clients import BoundedConnection
from exchange.bridge.websocket import WebSocketOptions, run_websocket
from exchange.config import RunConfig, keep
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import make
from exchange.vocabulary.units import trading_day_number
from tests.system.small_market import SmallMarket, small_market, until
from tests.unit.client.server import ScriptedExchange


@pytest.fixture
def market(tmp_path: Path) -> Iterator[SmallMarket]:
    with small_market(tmp_path / "data") as made:
        yield made


@asynccontextmanager
async def bridge(data: Path, *origins: str, interval_ms: int = 20) -> AsyncIterator[int]:
    """A bridge, stopped as Ctrl-C would; gives its port."""
    address = data / "run" / "websocket.json"
    options = WebSocketOptions(data=data, venue="SEEE", port=0, origins=origins, interval_ms=interval_ms)
    made = asyncio.create_task(run_websocket(options))
    try:
        await until(lambda: made.done() or address.exists(), "the bridge to listen")
        yield json.loads(address.read_text())["port"]
    finally:
        made.cancel()
        with suppress(asyncio.CancelledError):
            await made
        assert not address.exists()


class Browser:
    """Keeps what it is told, as a page would."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.numbers: list[int] = []
        self.values: dict[str, Any] = {}
        self.trades: list[int] = []
        self.exchange = ""

    async def hear(self) -> Any:
        """One message."""
        async with asyncio.timeout(60):
            said = json.loads(await self.connection.recv())
        self.numbers.append(said["number"])
        self.exchange = said["exchange"]
        if said["type"] == "snapshot":
            self.values = {}
        for path, value in said["values"].items():
            if value is None:
                self.values.pop(path, None)
            else:
                self.values[path] = value
        for group in said["items"]:
            self.trades += [item["match_id"] for item in group["batch"]["items"]]
        return said

    async def until(self, condition: Any) -> None:
        while not condition():
            await self.hear()


async def test_a_browser_ends_with_what_the_exchange_says(market: SmallMarket) -> None:
    market.trade(3)
    async with bridge(market.data) as port, connect(f"ws://127.0.0.1:{port}/market") as connection:
        browser = Browser(connection)
        first = await browser.hear()
        assert (first["type"], first["exchange"]) == ("snapshot", "connected")
        market.trade(4)
        await browser.until(lambda: browser.values["CEA/last"]["match_id"] == 7)
        market.stop()
        await browser.until(lambda: browser.exchange == "lost")
        market.start()
        market.trade(2)
        market.list_one(4_300)
        market.halt()
        market.tick()
        await browser.until(lambda: browser.values.get("CEA/halt", {}).get("is_halted"))
        await browser.until(lambda: market.is_board(browser.values.get("CEA/quote")))
        market.check_last_values(browser.values.get)
        assert browser.trades == list(range(1, market.trades + 1))
        assert browser.numbers == list(range(1, len(browser.numbers) + 1))


async def test_a_choice_by_query_and_by_message(market: SmallMarket) -> None:
    market.trade(1)
    async with bridge(market.data) as port:
        async with connect(f"ws://127.0.0.1:{port}/market?contracts=CEA&topics=last,day") as connection:
            browser = Browser(connection)
            await browser.hear()
            assert set(browser.values) == {"CEA/last", "market/day"}
            assert browser.trades == []
            await connection.send('{"topics": ["band"]}')
            await browser.until(lambda: set(browser.values) == {"CEA/band"})


#: what a client sends -> the code and a part of the reason with which it is closed
WRONG: tuple[tuple[str | bytes, int, str], ...] = (
    ("hello", 1008, "expected"),
    ('{"topics": ["prices"]}', 1008, "no topic 'prices'"),
    ('{"order": "buy"}', 1008, "unknown field `order`"),
    (b"\0\1", 1003, "found bytes"),
    ("x" * 10_000, 1009, ""),
)


async def test_what_cannot_be_understood_is_answered_with_a_code_and_a_reason(market: SmallMarket) -> None:
    async with bridge(market.data) as port:
        for sent, code, reason in WRONG:
            async with connect(f"ws://127.0.0.1:{port}/market") as connection:
                await connection.send(sent)
                with pytest.raises(ConnectionClosed) as caught:
                    while True:
                        await connection.recv()
            assert caught.value.rcvd is not None
            assert (caught.value.rcvd.code, reason in caught.value.rcvd.reason) == (code, True), sent
        with pytest.raises(ConnectionClosed, match="found 'price'"):
            async with connect(f"ws://127.0.0.1:{port}/market?price=1") as wrong:
                await wrong.recv()


async def test_a_client_that_talks_on_and_one_too_many_are_closed(
    market: SmallMarket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "CHOICES_MAX", 3)
    monkeypatch.setattr(websocket, "CLIENTS_MAX", 1)
    async with bridge(market.data) as port, connect(f"ws://127.0.0.1:{port}/market") as connection:
        await connection.recv()
        async with connect(f"ws://127.0.0.1:{port}/market") as second:
            with pytest.raises(ConnectionClosed, match="1 clients are connected already"):
                await second.recv()
        for _ in range(3):
            await connection.send("{}")
        with pytest.raises(ConnectionClosed, match="at most 3 messages"):
            while True:
                await connection.recv()


async def test_only_our_page_and_allowed_ones_may_connect(market: SmallMarket) -> None:
    async with bridge(market.data, "https://desk.example") as port:
        uri, ours = f"ws://127.0.0.1:{port}/market", (f"http://127.0.0.1:{port}", f"http://localhost:{port}")
        for origin in (None, *ours, "https://desk.example"):
            async with connect(uri, origin=origin) as connection:
                await connection.recv()
        for origin in ("https://evil.example", "null", f"http://127.0.0.1:{port + 1}"):
            with pytest.raises(InvalidStatus, match="403"):
                await connect(uri, origin=origin)


async def test_another_host_name_gets_nothing_and_our_own_the_page(market: SmallMarket) -> None:
    async with bridge(market.data) as port:
        assert "403" in (await http(port, "rebound.example"))[0]
        status, page = await http(port, f"127.0.0.1:{port}")
        assert "200" in status and "new WebSocket" in page
        assert "default-src 'none'" in page
        missing = connect(f"ws://rebound.example:{port}/market", host="127.0.0.1", port=port)
        with pytest.raises(InvalidStatus, match="403"):
            await missing


async def http(port: int, host: str) -> tuple[str, str]:
    """Status line, and the rest."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    status, _, rest = (await reader.read()).decode().partition("\r\n")
    writer.close()
    await writer.wait_closed()
    return status, rest


@asynccontextmanager
async def scripted_exchange(data: Path) -> AsyncIterator[ScriptedExchange]:
    """An exchange whose every record is ours, in a data folder that a bridge can use."""
    keep(RunConfig(first_day=DAY, members=8), data)
    who = {"user": "WEBSK1", "password": "secret", "login_id": 7, "member_id": 0, "account_id": 0}
    credentials = data / "credentials" / "WEBSK1.json"
    credentials.parent.mkdir()
    credentials.write_text(json.dumps(who))
    credentials.chmod(0o600)
    (data / "run").mkdir()
    async with ScriptedExchange(lambda peer, record: None) as exchange:
        exchange.session_id = "2112160000"
        exchange.stream = [
            make(Kind.STREAM_OPENED, version=PROTOCOL_VERSION, trading_day=trading_day_number(DAY))
        ]
        address = {"host": "127.0.0.1", "port": exchange.port}
        (data / "run" / "shanghai.json").write_text(json.dumps(address))
        yield exchange


def boards(turn: int) -> list[bytes]:
    """A new offer in each of many contracts: each makes a long value anew."""
    return [
        make(
            Kind.BLOCK_BOARD, contract_id=contract_id, order_id=turn, price_ticks=4_000, quantity_lots=100_000
        )
        for contract_id in range(1, 40)
    ]


def sleeper(port: int) -> connect:
    """A client that takes nothing unless it is asked to; its buffers are small."""
    taker = socket.socket()
    taker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    taker.connect(("127.0.0.1", port))
    return connect(f"ws://127.0.0.1:{port}/market", sock=taker, max_queue=1, max_size=None, close_timeout=0.1)


async def test_who_takes_nothing_is_closed_with_a_code_and_nobody_else_notices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up = []
    give_up = BoundedConnection._give_up
    monkeypatch.setattr(BoundedConnection, "takes_nothing_s", 0.1)
    monkeypatch.setattr(BoundedConnection, "_give_up", lambda self: (given_up.append(self), give_up(self)))
    monkeypatch.setattr(websocket, "CLIENTS_MAX", 3)
    async with scripted_exchange(tmp_path) as exchange, bridge(tmp_path, interval_ms=10) as port:
        uri = f"ws://127.0.0.1:{port}/market"
        async with connect(uri, max_size=None) as connection, sleeper(port) as first, sleeper(port):
            browser = Browser(connection)
            turn = 0
            while len(given_up) < 2:
                turn += 1
                exchange.publish(*boards(turn))
                await browser.until(lambda: browser.values.get("39/board", {}).get("offer_count") == turn)  # noqa: B023
            with pytest.raises(ConnectionClosed) as caught:
                while True:
                    await first.recv()
            assert caught.value.rcvd is not None
            assert (caught.value.rcvd.code, caught.value.rcvd.reason[:16]) == (1013, "nothing was read")
            exchange.publish(*boards(turn + 1))
            await browser.until(lambda: browser.values["39/board"]["offer_count"] == turn + 1)
            # The other one never wakes up; its place is free all the same.
            async with connect(uri, max_size=None) as third, connect(uri, max_size=None) as fourth:
                assert json.loads(await third.recv())["type"] == "snapshot"
                with suppress(ConnectionClosed):
                    await fourth.recv()
            await until(lambda: given_up[0].disconnected and given_up[1].disconnected, "both to be gone")
