"""The bridge to browsers: a read-only WebSocket on loopback, /market, and a small page that shows it."""

import asyncio
import logging
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from exchange.bridge.following import Following, together
from exchange.bridge.hub import Choice, Hub, View
from exchange.bridge.metrics import Counters, tell_now_and_then
from exchange.bridge.slow_clients import BoundedConnection
from exchange.errors import UsageError

LOGIN: Final = "WEBSK1"
HOST: Final = "127.0.0.1"
HOST_NAMES: Final = ("127.0.0.1", "localhost")
CLIENTS_MAX: Final = 200
PAGES_MAX: Final = 50  # other requests at a time
CHOICES_MAX: Final = 100  # of one connection
MESSAGE_BYTES_MAX: Final = 8_192  # of what a client sends
BACKLOG: Final = 64
GRACE_S: Final = 2
PING_S: Final = 20.0
REASON_BYTES_MAX: Final = 123  # what a close frame holds
NOT_JSON, WRONG, TOO_MANY = 1003, 1008, 1013
PAGE: Final = Path(__file__).with_name("market.html")
POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
log: Final = logging.getLogger("bridge")


class WebSocketOptions(NamedTuple):
    """What the person asked for."""

    data: Path
    venue: str
    port: int
    origins: tuple[str, ...]  # pages of other addresses that may connect
    interval_ms: int


async def run_websocket(options: WebSocketOptions) -> None:
    """For ever; UsageError when the port is taken, CorruptionError from the exchange."""
    with _listen(options.port) as listener:
        port = int(listener.getsockname()[1])
        counters = Counters()
        following = Following(options.data, LOGIN, counters)
        hub = Hub(following, options.venue, counters)
        service = _Service(hub, options, port)
        address = options.data / "run" / "websocket.json"
        _write_address(address, port)
        log.info("market data at ws://%s:%d/market, a page at http://%s:%d/", HOST, port, HOST, port)
        try:
            await together(
                following.run(hub), service.serve(listener), service.tick(), tell_now_and_then(counters)
            )
        finally:
            address.unlink(missing_ok=True)


class _Server(uvicorn.Server):
    """Signals are the process's, not the server's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the handlers as they are."""
        yield


class _Service:
    """The clients and what they are told, all at the same moments."""

    def __init__(self, hub: Hub, options: WebSocketOptions, port: int) -> None:
        self._hub = hub
        self._interval_s = options.interval_ms / 1000
        self._hosts = {f"{name}:{port}" for name in HOST_NAMES}
        self._origins = {f"http://{host}" for host in self._hosts} | set(options.origins)
        self._clients = 0
        self._next_tick = asyncio.Event()

    async def serve(self, listener: socket.socket) -> None:
        """Answer until cancelled; clients are told that we are going away."""
        routes = [Route("/", self._page), WebSocketRoute("/market", self._market)]
        config = uvicorn.Config(
            Starlette(routes=routes), ws=BoundedConnection, ws_max_size=MESSAGE_BYTES_MAX,
            ws_ping_interval=PING_S, ws_ping_timeout=PING_S, ws_per_message_deflate=False, lifespan="off",
            limit_concurrency=CLIENTS_MAX + PAGES_MAX, log_config=None,
            log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE_S, server_header=False,
        )  # fmt: skip
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving

    async def tick(self) -> None:
        """Wake the clients once an interval; what changed in between is one message."""
        while True:
            await asyncio.sleep(self._interval_s)
            self._next_tick.set()
            self._next_tick = asyncio.Event()
            self._hub.counters.passed()

    def _is_welcome(self, headers: Mapping[str, str]) -> bool:
        """A program may leave Origin out; a browser names the page, which must be ours or an allowed one."""
        origin = headers.get("origin")
        return headers.get("host") in self._hosts and (origin is None or origin in self._origins)

    async def _page(self, request: Request) -> Response:
        if not self._is_welcome(request.headers):
            return PlainTextResponse("this bridge answers only to its own address on this machine\n", 403)
        headers = {"content-security-policy": POLICY, "x-content-type-options": "nosniff"}
        return HTMLResponse(PAGE.read_text(encoding="utf-8"), headers=headers)

    async def _market(self, client: WebSocket) -> None:
        """One client from its first message to its last."""
        if not self._is_welcome(client.headers):
            await client.close()  # before it is accepted: the answer is 403
            return
        await client.accept()
        if self._clients >= CLIENTS_MAX:
            await client.close(TOO_MANY, f"{CLIENTS_MAX} clients are connected already")
            return
        self._clients += 1
        try:
            view = View(self._hub, _choice_of_query(client))
            await together(self._tell(client, view), self._listen_to(client, view))
        except _Refused as refused:
            await client.close(refused.code, refused.reason)
        except WebSocketDisconnect:
            return
        finally:
            self._clients -= 1

    async def _tell(self, client: WebSocket, view: View) -> None:
        while True:
            tick = self._next_tick
            message = view.message()
            if message is not None:
                await client.send_text(message.decode())
            await tick.wait()

    async def _listen_to(self, client: WebSocket, view: View) -> None:
        """A client may choose again; anything else is refused with a reason."""
        for _ in range(CHOICES_MAX):
            text = await client.receive()
            if text["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(text.get("code", 1005))
            view.choose(_choice_of(text.get("text")))
        raise _Refused(WRONG, f"expected at most {CHOICES_MAX} messages on a connection")


class _Refused(Exception):
    """What a client sent is wrong: it is closed with a code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:REASON_BYTES_MAX].decode(errors="ignore")


def _choice_of(text: str | None) -> Choice:
    if text is None:
        raise _Refused(NOT_JSON, "expected text, found bytes")
    try:
        choice = msgspec.json.decode(text, type=Choice)
    except msgspec.MsgspecError as error:
        raise _Refused(WRONG, f'expected {{"contracts": [...], "topics": [...]}}: {error}') from error
    return _checked(choice)


def _choice_of_query(client: WebSocket) -> Choice:
    unknown = sorted(set(client.query_params) - {"contracts", "topics"})
    if unknown:
        raise _Refused(WRONG, f"expected ?contracts=A,B&topics=C,D, found {unknown[0][:40]!r}")
    contracts, topics = (
        tuple(word for word in client.query_params.get(name, "").split(",") if word)
        for name in ("contracts", "topics")
    )
    return _checked(Choice(contracts, topics))


def _checked(choice: Choice) -> Choice:
    problem = choice.problem()
    if problem:
        raise _Refused(WRONG, problem)
    return choice


def check_origin(origin: str) -> str:
    """An origin as browsers write it: scheme, host and port, nothing after; UsageError otherwise."""
    parts = urlsplit(origin)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or origin != f"{parts.scheme}://{parts.netloc}"
    ):
        raise UsageError(f"expected an origin like http://localhost:3000, found {origin}", "mend --origin")
    return origin


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise UsageError(
            f"{HOST}:{port} cannot be listened at: {error}", "choose another --port, or 0"
        ) from error
    return listener


def _write_address(path: Path, port: int) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(msgspec.json.encode({"host": HOST, "port": port, "pid": os.getpid()}))
    aside.replace(path)
