"""One TCP connection: chunks in, chunks out, the session machine between; every decision is the gateway's."""

import asyncio
from collections import deque
from typing import Protocol, cast

from exchange.net.admission import Admitted, Refused
from exchange.net.bounds import HELD_BYTES_MAX, QUERIES_WAITING_MAX, SLOW_BYTES
from exchange.net.follower import Follower
from exchange.net.intake import Source
from exchange.net.tls import user_of_certificate
from exchange.protocol import soupbintcp
from exchange.protocol.server_session import (
    Broken,
    LoggedOut,
    LoginRequested,
    RecordsReceived,
    ServerEvent,
    ServerSession,
    ServerState,
    Silence,
)
from exchange.protocol.sessions import session_id
from exchange.protocol.soupbintcp import LoginRequest
from exchange.vocabulary.enums import DownReason
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import SEND_BUFFER_BYTES_MAX, SLOW_CLOSE_MS, SLOW_WARN_MS
from exchange.vocabulary.records import make


class Owner(Protocol):
    """What a connection needs of the gateway."""

    now_ms: int

    def connected(self, connection: "Connection") -> bool:
        """A new connection; False when there are too many."""

    def admit(self, request: LoginRequest, connection: "Connection") -> Admitted | Refused:
        """Decide a login that came over a connection."""

    def logged_in(self, connection: "Connection") -> None:
        """The login was accepted and the connection is to be fed."""

    def received(self, connection: "Connection", data: bytes) -> None:
        """Whole records of a connection that is logged in."""

    def drained(self, connection: "Connection") -> None:
        """The peer has taken what was written; the connection can be fed again."""

    def left(self, connection: "Connection", reason: DownReason) -> None:
        """The session is over; told once, also to those that never logged in."""

    def lost(self, connection: "Connection") -> None:
        """The socket is gone; told after `left`."""


class Connection(asyncio.Protocol):
    """One peer. Made by the listener for each accepted socket."""

    def __init__(self, owner: Owner) -> None:
        self.session = ServerSession(owner.now_ms)
        self.admitted: Admitted | None = None
        self.follower: Follower | None = None
        self.source: Source[Connection] | None = None
        self.queries: deque[bytes] = deque()
        self.address = ""  # of the peer
        self.held_bytes = 0  # answers that wait to be durable
        self.is_slow = False
        self._owner = owner
        self._is_reading = True
        self._has_left = False
        self._unsent_bytes = 0
        self._slow_since_ms = 0
        self._is_warned = False
        self._transport: asyncio.Transport | None = None

    # ---- called by asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""
        self._transport.set_write_buffer_limits(high=SLOW_BYTES)
        if not self._owner.connected(self):
            self.write(soupbintcp.debug("expected fewer connections, found no room for one more"))
            self._shut(DownReason.EXCHANGE)

    def data_received(self, data: bytes) -> None:
        for event in self.session.receive(data, self._owner.now_ms):
            self._handle(event)

    def pause_writing(self) -> None:
        self.is_slow = True
        self._slow_since_ms = self._owner.now_ms
        self._set_reading()  # who does not take answers is asked for no more

    def resume_writing(self) -> None:
        self.is_slow = self._is_warned = False
        self._set_reading()
        if not self._has_left:
            self._owner.drained(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._leave(DownReason.LOST)
        self._owner.lost(self)

    # ---- called by the gateway and the follower

    @property
    def certified_user(self) -> str | None:
        """The user that the peer's certificate names; None where none is asked for."""
        security = self._transport.get_extra_info("ssl_object") if self._transport is not None else None
        return None if security is None else user_of_certificate(security.getpeercert())

    @property
    def login_id(self) -> int:
        """The login it belongs to; 0 before the login."""
        return self.admitted.login.login_id if self.admitted is not None else 0

    @property
    def is_trading(self) -> bool:
        """Whether its records are taken: logged in, on the stream of a day that is not over.

        The session may already be closed by what came behind the records in the same chunk: they still count.
        """
        return not self._has_left and self.admitted is not None and not self.admitted.day.streams.ended

    @property
    def can_be_answered(self) -> bool:
        """Whether one more answer may be made for it."""
        return not self._has_left and not self.is_slow and self.held_bytes < HELD_BYTES_MAX

    def write(self, data: bytes | memoryview) -> None:
        """Send; a peer that leaves more than a bound untaken is cut off."""
        if self._transport is None or self._has_left or self._transport.is_closing():
            return
        self._transport.write(data)
        self.session.sent(self._owner.now_ms)
        if self.is_slow and self._transport.get_write_buffer_size() > SEND_BUFFER_BYTES_MAX:
            self.abort()

    def end(self) -> None:
        """The last record of the stream was written: say so, and close once it has been taken."""
        if self.session.state is ServerState.OPEN:
            self.write(self.session.end(self._owner.now_ms))
            self._shut(DownReason.EXCHANGE)

    def dismiss(self, reason: DownReason, why: str) -> None:
        """Say for what reason it is closed, to the program and to a person, and close."""
        if self._has_left:
            return
        self.write(make(Kind.CONNECTION_CLOSED, down_reason=int(reason)) + soupbintcp.debug(why))
        if self.is_slow:
            self.abort(reason)
        else:
            self._shut(reason)

    def check_silence(self) -> None:
        """Send a heartbeat, warn or close, as the time demands."""
        if self.is_slow:
            self._check_slow()
        if not self._is_reading and self._is_progressing():
            self.session.heard(self._owner.now_ms)
        owed = self.session.silence(self._owner.now_ms)
        if owed is Silence.HEARTBEAT and not self.is_slow:
            self.write(soupbintcp.SERVER_HEARTBEAT)
        elif owed is Silence.DEAD:
            self.abort(DownReason.SILENT)

    def abort(self, reason: DownReason = DownReason.EXCHANGE) -> None:
        """Close now, whatever has not been sent."""
        self._leave(reason)
        if self._transport is not None:
            self._transport.abort()

    def refresh_reading(self) -> None:
        """Read again if there is room again."""
        if not self._is_reading:
            self._set_reading()

    # ---- own

    def _handle(self, event: ServerEvent) -> None:
        match event:
            case RecordsReceived(data):
                self._owner.received(self, data)
                assert self.source is not None
                if self.source.is_full:
                    self._set_reading()
            case LoginRequested(request):
                self._log_in(request)
            case LoggedOut():
                self._leave(DownReason.LOGOUT)
                if self._transport is not None:
                    self._transport.close()
            case Broken(_, answer):
                self.write(answer)
                self._shut(DownReason.BROKEN)

    def _log_in(self, request: LoginRequest) -> None:
        decided = self._owner.admit(request, self)
        if isinstance(decided, Refused):
            self.write(soupbintcp.debug(decided.why) + self.session.reject(decided.refusal))
            self._shut(DownReason.BROKEN)
            return
        self.admitted = decided
        self.source = Source(self)
        self.follower = Follower(self, decided.day.streams, decided.stream_id, decided.next_number)
        session = session_id(decided.day.trading_day, decided.stream_id)
        self.write(self.session.accept(session, decided.next_number, self._owner.now_ms))
        if decided.gone is not None:
            self.write(
                soupbintcp.debug(
                    f"{decided.gone} is kept no longer; this is {session}, your open orders follow"
                )
            )
        self._owner.logged_in(self)
        self.data_received(b"")  # what came behind the login

    def _check_slow(self) -> None:
        """A reader that does not drain what waits for it is warned, then closed; its stream waits for it."""
        slow_ms = self._owner.now_ms - self._slow_since_ms
        if slow_ms >= SLOW_CLOSE_MS:
            self.dismiss(
                DownReason.SLOW, f"expected a reader, found one that took too little in {slow_ms} ms"
            )
        elif slow_ms >= SLOW_WARN_MS and not self._is_warned and self._transport is not None:
            self._is_warned = True
            queued_bytes = self._transport.get_write_buffer_size()
            left_ms = SLOW_CLOSE_MS - SLOW_WARN_MS
            self.write(make(Kind.SLOW_READER, queued_bytes=queued_bytes, retry_after_ms=left_ms))

    def _set_reading(self) -> None:
        """Read unless the peer takes no answers or has more waiting than it may."""
        if self._transport is None or self._transport.is_closing():
            return
        is_reading = self._has_left or (not self.is_slow and self._has_room())
        if is_reading != self._is_reading:
            self._is_reading = is_reading
            if is_reading:
                self._transport.resume_reading()
            else:
                self._transport.pause_reading()

    def _has_room(self) -> bool:
        if self.source is None:
            return True
        is_roomy = not self.source.is_full if self._is_reading else self.source.has_room
        return is_roomy and len(self.queries) < QUERIES_WAITING_MAX

    def _is_progressing(self) -> bool:
        """While it is not read, a peer lives as long as it takes what it is sent, or is sent nothing."""
        unsent_bytes = self._transport.get_write_buffer_size() if self._transport is not None else 0
        is_progressing = unsent_bytes == 0 or unsent_bytes != self._unsent_bytes
        self._unsent_bytes = unsent_bytes
        return is_progressing

    def _leave(self, reason: DownReason) -> None:
        if self._has_left:
            return
        self._has_left = True
        if self.session.state is not ServerState.CLOSED:
            self.session.close()
        self._owner.left(self, reason)

    def _shut(self, reason: DownReason) -> None:
        """Say no more, and let the peer take what was said: a close with unread bytes would destroy it.

        The peer's own close, or the silence check, ends the connection.
        """
        self._leave(reason)
        if self._transport is not None and not self._transport.is_closing():
            if not self._transport.can_write_eof():  # TLS says its own goodbye
                self._transport.close()
                return
            try:
                self._transport.write_eof()
            except OSError:  # the peer has reset the connection, and asyncio has not told yet
                self._transport.abort()
                return
            self._set_reading()
