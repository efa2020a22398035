"""One login over one TCP connection (asyncio): chunks in, records out, heartbeats by itself.

    connection = await Connection.open(address, credentials, next_number=1)
    connection.send(make(Kind.LISTING, user_reference=1, ...))
    while (chunk := await connection.receive()) is not None: ...

`receive` gives None at the end of the session (the trading day is over) and after `close`; it raises
ConnectionLost when the other end is gone, VersionUnknown when its stream opens in a version of the protocol
that is not ours. To resume: open again with the same session and `next_number`.
"""

import asyncio
from collections import deque
from typing import Final, Protocol, cast

from exchange.client.chunk import Chunk, events_chunk, replies_chunk, unknown_version
from exchange.client.credentials import Address
from exchange.client.errors import ConnectionClosed, ConnectionLost, LoginRefused, VersionUnknown
from exchange.client.security import security_of
from exchange.protocol.client_session import (
    Accepted,
    ClientEvent,
    ClientSession,
    ClientState,
    DebugText,
    Rejected,
    Sequenced,
    ServerBroken,
    SessionEnded,
    Unsequenced,
)
from exchange.protocol.errors import PeerError as ProtocolError
from exchange.protocol.sessions import parse_session
from exchange.protocol.soupbintcp import LoginRequest
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import LOGIN_TIMEOUT_MS, RECORD_BYTES
from exchange.vocabulary.records import Records, read

KIND_AT: Final = 3  # place of the kind in a record
TICK_S: Final = 0.25
CLOSE_TIMEOUT_S: Final = 2.0
UNREAD_BYTES_MAX: Final = 4 << 20  # reading from the socket pauses above it, and goes on below a quarter


class Who(Protocol):
    """Who logs in: `Credentials`, or anything that has as much."""

    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def certificate_file(self) -> str: ...


class Connection:
    """One open session. Not to be made directly: use `open`."""

    def __init__(self, link: "_Link", session: str) -> None:
        self._link = link
        self.session = session

    @classmethod
    async def open(
        cls, address: Address, who: Who, *, session: str = "", next_number: int = 0
    ) -> "Connection":
        """Connect, by TLS where the address says so, and log in.

        `session`: blank = own stream of today, "PUBLIC", or a stream's id. `next_number`: first record
        wanted, from 1; 0 = begin with the newest. Raises LoginRefused, ConnectionLost when nobody answers, or
        CredentialsUnusable for a file of TLS.
        """
        host, port, user = address.host, address.port, who.user
        security = security_of(address, who.certificate_file)
        machine = ClientSession(LoginRequest(user, who.password, session, next_number))
        try:
            async with asyncio.timeout(LOGIN_TIMEOUT_MS / 1000):
                _, link = await asyncio.get_running_loop().create_connection(
                    lambda: _Link(machine, user), host, port, ssl=security
                )
                try:
                    await link.logged_in
                except BaseException:
                    link.abort()
                    raise
        except (OSError, TimeoutError) as error:
            raise ConnectionLost(f"{host}:{port}: {str(error) or 'no answer to the login'}") from error
        if parse_session(session.upper()) and machine.session != session.upper():  # its day is kept no longer
            link.abort()
            raise LoginRefused("S", user, session)
        return cls(link, machine.session)

    @property
    def next_number(self) -> int:
        """Number of the first record that `receive` has not yet given."""
        return self._link.next_number

    @property
    def has_ended(self) -> bool:
        """Whether the stream's last record has been received."""
        return self._link.machine.state is ClientState.ENDED

    async def receive(self) -> Chunk | None:
        """The next chunk; None at the end of the session; ConnectionLost when the peer is gone."""
        return await self._link.receive()

    def send(self, records: Records | bytes) -> None:
        """Send whole records, without waiting; ConnectionLost when that can no longer be done."""
        self._link.send(records if isinstance(records, bytes) else records.tobytes())

    async def drain(self) -> None:
        """Wait until the socket takes more: call it between large sends."""
        await self._link.writable.wait()

    async def close(self) -> None:
        """Log out and close; harmless when already closed."""
        await self._link.close()

    def abort(self) -> None:
        """Drop the connection without a logout; `receive` then raises ConnectionLost."""
        self._link.abort()


class _Link(asyncio.Protocol):
    """The asyncio side of a connection: moves bytes between the socket and the session machine."""

    def __init__(self, machine: ClientSession, user: str) -> None:
        self.machine = machine
        self.next_number = machine.next_number
        self.writable = asyncio.Event()
        self.writable.set()
        self._loop = asyncio.get_running_loop()
        self.logged_in: asyncio.Future[None] = self._loop.create_future()
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._user = user
        self._chunks: deque[Chunk] = deque()
        self._unread_bytes = 0
        self._waiter: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._ticker: asyncio.TimerHandle | None = None
        self._failure = ""  # why the connection cannot be used any more
        self._refusal: VersionUnknown | None = None
        self._is_over = False
        self._is_closing = False  # by our own wish
        self._last_debug = ""
        self._closed_reason = 0  # DownReason, if the exchange has given one

    # ---- the socket's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Log in at once."""
        self._transport = cast(asyncio.Transport, transport)  # not a subclass of it under every loop
        self._transport.write(self.machine.login(self._now_ms()))
        self._ticker = self._loop.call_later(TICK_S, self._tick)

    def data_received(self, data: bytes) -> None:
        """A chunk from the socket."""
        for event in self.machine.receive(data, self._now_ms()):
            if self._refusal is None:
                self._take(event)
        if self._unread_bytes > UNREAD_BYTES_MAX and self._transport is not None:
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone."""
        if self._ticker is not None:
            self._ticker.cancel()
        self._is_over = True
        self._failure = self._failure or self._last_debug or str(exc or "closed by the exchange")
        self._fail_login(ConnectionLost(self._failure))
        self.writable.set()
        if not self._closed.done():
            self._closed.set_result(None)
        self._wake()

    def pause_writing(self) -> None:
        """The send buffer is full."""
        self.writable.clear()

    def resume_writing(self) -> None:
        """The send buffer has room again."""
        self.writable.set()

    # ---- the session's side

    def _take(self, event: ClientEvent) -> None:
        match event:
            case Sequenced(first_number, data):
                if first_number == 1 and (unknown := unknown_version(data)) is not None:
                    self._refuse(unknown)
                    return
                self._chunks.append(events_chunk(first_number, data))
                self._unread_bytes += len(data)
            case Unsequenced(data, next_number):
                self._chunks.append(replies_chunk(next_number, data))
                if Kind.CONNECTION_CLOSED in data[KIND_AT::RECORD_BYTES]:
                    self._note_closing(data)
                self._unread_bytes += len(data)
            case Accepted(_, next_number):
                self.next_number = next_number
                if not self.logged_in.done():
                    self.logged_in.set_result(None)
            case Rejected(refusal):
                self._fail_login(LoginRefused(chr(refusal), self._user, self.machine.session))
            case SessionEnded():
                self._is_over = True
            case DebugText(text):
                self._last_debug = text
            case ServerBroken(reason):
                self._fail(reason)

    def _note_closing(self, data: bytes) -> None:
        """The exchange says that it closes, and why; the socket ends soon."""
        for at in range(0, len(data), RECORD_BYTES):
            if data[at + KIND_AT] == Kind.CONNECTION_CLOSED:
                self._closed_reason = int(read(data[at : at + RECORD_BYTES])["down_reason"])

    def _tick(self) -> None:
        assert self._transport is not None
        self._ticker = self._loop.call_later(TICK_S, self._tick)
        try:
            owed = self.machine.tick(self._now_ms())
        except ProtocolError as error:
            self._fail(str(error))
            return
        if owed:
            self._transport.write(owed)

    def _refuse(self, error: VersionUnknown) -> None:
        """Read nothing more and say so: what follows might be misread."""
        self._refusal = error
        if self.machine.state is ClientState.OPEN and self._transport is not None:
            self._transport.write(self.machine.logout())
            self._transport.close()

    def _fail(self, reason: str) -> None:
        self._failure = self._failure or reason
        self.abort()

    def _fail_login(self, error: Exception) -> None:
        if not self.logged_in.done():
            self.logged_in.set_exception(error)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _now_ms(self) -> int:
        return int(self._loop.time() * 1000)

    # ---- the owner's side

    async def receive(self) -> Chunk | None:
        """See Connection.receive."""
        while not self._chunks:
            if self._refusal is not None:
                raise self._refusal
            if self._is_over:
                if self.machine.state is ClientState.ENDED or self._is_closing:
                    return None
                if self._closed_reason:
                    raise ConnectionClosed(self._closed_reason, self._failure)
                raise ConnectionLost(self._failure)
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        chunk = self._chunks.popleft()
        self.next_number = chunk.next_number
        self._unread_bytes -= chunk.events.nbytes + chunk.replies.nbytes
        if self._unread_bytes < UNREAD_BYTES_MAX // 4 and self._transport is not None:
            self._transport.resume_reading()
        return chunk

    def send(self, data: bytes) -> None:
        """See Connection.send."""
        if self._is_over or self._transport is None or self.machine.state is not ClientState.OPEN:
            raise ConnectionLost(self._failure or "the session is over")
        self._transport.write(data)
        self.machine.sent(self._now_ms())

    async def close(self) -> None:
        """See Connection.close."""
        if self._transport is not None and not self._closed.done():
            if self.machine.state in (ClientState.OPEN, ClientState.ENDED):
                self._transport.write(self.machine.logout())
            self._is_over = self._is_closing = True
            self._transport.close()
            try:
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await asyncio.shield(self._closed)
            except TimeoutError:  # the peer does not read what is still to be sent
                self._transport.abort()
                await self._closed

    def abort(self) -> None:
        """Drop the socket without a logout."""
        if self._transport is not None:
            self._transport.abort()
