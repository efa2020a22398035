"""Who may speak to the page: a browser on this machine that means this console, and no other site's page."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
#: the page's libraries compile templates in the browser, hence unsafe-eval; nothing comes from outside
POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)


def is_ours(headers: list[tuple[bytes, bytes]], port: int) -> bool:
    """Whether Host names this console, and Origin, where there is one, is its own page."""
    allowed = {f"{host}:{port}".encode() for host in HOSTS}
    found = {name.lower(): value for name, value in headers if name.lower() in (b"host", b"origin")}
    count = sum(name.lower() == b"host" for name, _ in headers)
    origin = found.get(b"origin")
    own_origins = {b"http://" + host for host in allowed}
    return count == 1 and found.get(b"host") in allowed and (origin is None or origin in own_origins)


class Guard:
    """ASGI middleware: refuses other hosts and origins before anything else looks at the request."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on with our headers, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if not is_ours(scope["headers"], self._port):
            await _refuse(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        await self._app(scope, receive, send_guarded)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    body = b"this console answers only to its own address on this machine\n"
    await send(
        {
            "type": "http.response.start", "status": 403,
            "headers": [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())],
        }
    )  # fmt: skip
    await send({"type": "http.response.body", "body": body})
