"""A small exchange for client tests: real sockets and the real server session, its answers scripted."""

import asyncio
from collections.abc import Callable

from exchange.protocol.server_session import (
    Broken,
    LoggedOut,
    LoginRequested,
    RecordsReceived,
    ServerSession,
    ServerState,
)
from exchange.protocol.sessions import PUBLIC
from exchange.protocol.soupbintcp import LoginRefusal, LoginRequest
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import read

Answer = Callable[["Peer", dict[str, int | bytes]], None]


class Peer(asyncio.Protocol):
    """One connection, as the exchange sees it."""

    def __init__(self, exchange: "ScriptedExchange") -> None:
        self.exchange = exchange
        self.session = ServerSession(0)
        self.request: LoginRequest | None = None
        self.given = 0  # records of the stream sent so far
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.exchange.peers.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.exchange.peers.remove(self)
        self.exchange.lost.set()

    def data_received(self, data: bytes) -> None:
        for event in self.session.receive(data, 0):
            match event:
                case LoginRequested(request):
                    self._login(request)
                    self.data_received(b"")
                case RecordsReceived(records):
                    for at in range(0, len(records), RECORD_BYTES):
                        record = records[at : at + RECORD_BYTES]
                        self.exchange.received.append(record)
                        self.exchange.answer(self, read(record))
                case LoggedOut():
                    self.exchange.logouts += 1
                    self._close()
                case Broken(_, answer):
                    self.write(answer)
                    self._close()

    def write(self, data: bytes) -> None:
        assert self.transport is not None
        self.transport.write(data)

    def drop(self) -> None:
        """Lose the connection."""
        assert self.transport is not None
        self.transport.abort()

    def catch_up(self) -> None:
        """Send what the stream holds and this peer lacks."""
        if self.session.state is ServerState.OPEN:
            new, self.given = self.exchange.stream[self.given :], len(self.exchange.stream)
            self.write(b"".join(new))

    def end(self) -> None:
        """Send 'Z'."""
        self.write(self.session.end(0))

    def _login(self, request: LoginRequest) -> None:
        self.request = request
        self.exchange.logins.append(request)
        refusal = self.exchange.refusal(request)
        if refusal is not None:
            self.write(self.session.reject(refusal))
            self._close()
            return
        first = request.next_number or max(1, len(self.exchange.stream))
        self.write(self.session.accept(self.exchange.session_id, first, 0))
        self.given = first - 1
        self.catch_up()

    def _close(self) -> None:
        assert self.transport is not None
        self.transport.close()


class ScriptedExchange:
    """One stream, a password, and an answer to each record."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.stream: list[bytes] = []
        self.session_id = "211216000G"
        self.password = "secret"
        self.closed = False
        self.peers: list[Peer] = []
        self.logins: list[LoginRequest] = []
        self.received: list[bytes] = []
        self.logouts = 0
        self.lost = asyncio.Event()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "ScriptedExchange":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Peer(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for peer in list(self.peers):
            peer.drop()

    def refusal(self, request: LoginRequest) -> LoginRefusal | None:
        if request.password != self.password:
            return LoginRefusal.NOT_AUTHORISED
        ended = request.session not in ("", PUBLIC, self.session_id)
        return LoginRefusal.SESSION_UNAVAILABLE if self.closed or ended else None

    def publish(self, *records: bytes) -> None:
        """Append records to the stream and send them to everybody."""
        self.stream.extend(records)
        for peer in self.peers:
            peer.catch_up()

    def next_day(self, session_id: str) -> None:
        """End today's stream and begin another."""
        for peer in self.peers:
            peer.end()
        self.stream = []
        self.session_id = session_id


def kinds(records: list[bytes]) -> list[Kind]:
    """The kinds of records received."""
    return [Kind(record[3]) for record in records]
