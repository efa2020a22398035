"""The order gateway: one listener, one loop turn for all connections, nothing sent before it is durable.

A turn takes what has been received (a quantum from each connection), checks it by whole arrays, lets the
engine sequence and match it, answers queries, and writes what has become durable to whoever follows it.
"""

import asyncio
import ipaddress
import resource
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exchange.engine.directory import Directory
from exchange.engine.engine import Engine
from exchange.errors import UsageError
from exchange.net.admission import Admitted, Refused
from exchange.net.answers import Answers
from exchange.net.bounds import (
    BACKLOG,
    DESCRIPTORS_KEPT,
    FAREWELL_MS,
    FEW_RECORDS,
    SILENCE_INTERVAL_MS,
    STRANGERS_SHARE,
    TURN_INTERVAL_MS,
)
from exchange.net.connection import Connection
from exchange.net.feeds import Feeds
from exchange.net.intake import Batch, Intake
from exchange.net.intake_check import as_commands, check, refusals, select, stamp_few
from exchange.net.lockout import Lockout
from exchange.net.login_keys import LoginKeys
from exchange.net.senders import SenderTable
from exchange.net.settings import DEFAULTS, GatewaySettings
from exchange.net.tls import server_context
from exchange.protocol.soupbintcp import LoginRefusal, LoginRequest
from exchange.vocabulary.enums import DownReason
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import CONNECTIONS_MAX, LOGIN_TIMEOUT_MS, RECORD_BYTES
from exchange.vocabulary.records import Records
from exchange.vocabulary.rejects import RejectReason

_NS_PER_MS: Final = 1_000_000


class _Measured(NamedTuple):
    """Commands whose results have not been released yet, and when the first of them came in."""

    sequence: int
    received_ns: int
    commands: int


def connections_allowed() -> int:
    """How many connections the process may hold, after raising its limit of descriptors as far as it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard == resource.RLIM_INFINITY:
        return CONNECTIONS_MAX
    return min(CONNECTIONS_MAX, hard - DESCRIPTORS_KEPT)


class Gateway:
    """Serves one engine on one address."""

    def __init__(self, engine: Engine, directory: Directory, settings: GatewaySettings = DEFAULTS) -> None:
        if settings.tls is None:
            refuse_open_address(settings.host)
        self.now_ms = time.monotonic_ns() // _NS_PER_MS
        self.port = settings.port
        self._settings = settings
        self._security = server_context(settings.tls) if settings.tls is not None else None
        self._keys = LoginKeys(directory, settings.directory_folder)
        self._lockout = Lockout()
        self._addresses: Counter[str] = Counter()
        self._engine = engine
        self._senders = SenderTable(directory)
        self._intake: Intake[Connection] = Intake()
        self._feeds = Feeds(engine)
        self._answers = Answers(engine)
        self._connections: set[Connection] = set()
        self._strangers: set[Connection] = set()  # have not logged in
        self._leaving: list[tuple[Connection, DownReason]] = []  # gone, with commands still queued
        self._connections_max = connections_allowed()
        self._measured: deque[_Measured] = deque()
        self._received_ns = 0
        self._is_turn_due = False
        self._silence_checked_ms = self.now_ms
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: asyncio.Server | None = None
        self._stopped: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    # ---- life

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._connections)

    async def start(self) -> None:
        """Listen; afterwards `port` is the real one."""
        self._loop = asyncio.get_running_loop()
        self._stopped = self._loop.create_future()
        self._server = await self._loop.create_server(
            lambda: Connection(self),
            self._settings.host,
            self.port,
            backlog=BACKLOG,
            ssl=self._security,
            ssl_handshake_timeout=LOGIN_TIMEOUT_MS / 1_000 if self._security is not None else None,
        )
        self.port = int(self._server.sockets[0].getsockname()[1])
        self._engine.on_durable = self._wake
        self._tick()

    async def serve(self) -> None:
        """Serve until the last day is over or `stop` is called; raises what the engine met."""
        if self._server is None:
            await self.start()
        assert self._stopped is not None
        try:
            await self._stopped
            await self._farewell()
        finally:
            await self.close()

    def stop(self) -> None:
        """Make `serve` return."""
        if self._stopped is not None and not self._stopped.done():
            self._stopped.set_result(None)

    async def close(self) -> None:
        """Close the listener and every connection; the engine is its owner's to close."""
        self._engine.on_durable = None
        if self._timer is not None:
            self._timer.cancel()
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.abort()
        await asyncio.sleep(0)

    async def _farewell(self) -> None:
        """After the last day: let everybody take what was released, and the end of their stream."""
        for _ in range(FAREWELL_MS // TURN_INTERVAL_MS):
            if not self._connections or not self._engine.is_over:
                break
            self._feeds.release()  # who lags takes the rest
            self._answers.release()
            await asyncio.sleep(TURN_INTERVAL_MS / 1_000)

    # ---- what connections say

    def connected(self, connection: Connection) -> bool:
        """A new connection; False when there are too many, in all or from its address."""
        self._connections.add(connection)
        self._strangers.add(connection)
        self._addresses[connection.address] += 1
        is_room = len(self._strangers) * STRANGERS_SHARE <= self._connections_max
        is_room = is_room and len(self._connections) <= self._connections_max
        return is_room and self._addresses[connection.address] <= self._settings.connections_per_address_max

    def admit(self, request: LoginRequest, connection: Connection) -> Admitted | Refused:
        """Decide a login: not locked out, the certificate's own user, then password and stream."""
        user, address = request.user, connection.address
        if locked_ms := self._lockout.locked_ms(address, user, self.now_ms):
            return Refused(LoginRefusal.NOT_AUTHORISED, f"locked out: try again in {locked_ms} ms")
        tls = self._settings.tls
        if tls is not None and tls.client_authority is not None and connection.certified_user != user:
            found = connection.certified_user or "no common name"
            return Refused(
                LoginRefusal.NOT_AUTHORISED, f"expected a certificate of {user}, found one of {found}"
            )
        decided = self._feeds.admit(request, self._keys.directory)
        if isinstance(decided, Refused) and decided.is_wrong_password:
            self._lockout.failed(address, user, self.now_ms)
        else:
            self._lockout.succeeded(address, user)
        return decided

    def logged_in(self, connection: Connection) -> None:
        """The connection follows its stream from now on."""
        self._strangers.discard(connection)
        self._feeds.join(connection)
        if connection.admitted is not None and connection.admitted.gone is not None:
            self._answers.snapshot(connection)
        self._turn_soon()

    def received(self, connection: Connection, data: bytes) -> None:
        """Queue records for the next turn; a connection whose day is over is told that it is."""
        if not connection.is_trading:
            records = as_commands(data)
            reasons = np.full(len(records), RejectReason.NOT_READY, np.uint16)
            connection.write(refusals(records, reasons).tobytes())
            return
        if self._intake.is_empty:
            self._received_ns = time.monotonic_ns()
        assert connection.source is not None
        self._intake.add(connection.source, data)
        self._turn_soon()

    def drained(self, connection: Connection) -> None:
        """The peer has taken what was written to it."""
        if connection.follower is not None:
            self._feeds.feed(connection)
        if connection.queries:
            self._turn_soon()

    def left(self, connection: Connection, reason: DownReason) -> None:
        """The session is over, though its last bytes may still be on their way."""
        self._answers.forget(connection)
        if reason is DownReason.REVOKED and connection.source is not None:
            connection.source.clear()
        self._leaving.append((connection, reason))
        self._turn_soon()

    def lost(self, connection: Connection) -> None:
        """The socket is gone."""
        if connection in self._connections:
            self._connections.discard(connection)
            self._addresses[connection.address] -= 1
            if not self._addresses[connection.address]:
                del self._addresses[connection.address]
        self._strangers.discard(connection)

    # ---- turns

    def _turn_soon(self) -> None:
        if not self._is_turn_due and self._loop is not None:
            self._is_turn_due = True
            self._loop.call_soon(self._run, self._turn)

    def _wake(self) -> None:
        """Called from the journal's thread: something has become durable."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._run, self._release)

    def _tick(self) -> None:
        """The gateway's one timer: the engine's schedule, and silence."""
        assert self._loop is not None
        self._timer = self._loop.call_later(TURN_INTERVAL_MS / 1_000, self._tick)
        self.now_ms = time.monotonic_ns() // _NS_PER_MS
        self._run(self._turn)
        if self.now_ms - self._silence_checked_ms >= SILENCE_INTERVAL_MS:
            self._silence_checked_ms = self.now_ms
            self.refresh_keys()
            for connection in list(self._connections):
                connection.check_silence()

    def refresh_keys(self) -> None:
        """Close whatever uses a key that has been revoked."""
        revoked = {login.login_id for login in self._keys.refresh()}
        for connection in list(self._connections) if revoked else ():
            if connection.login_id in revoked:
                connection.dismiss(DownReason.REVOKED, "the key of this login has been revoked")

    def _run(self, step: Callable[[], None]) -> None:
        """Run a step; what it raises comes from the engine or is a bug, and ends the whole service."""
        if self._stopped is None or self._stopped.done():
            return
        try:
            step()
        except Exception as error:
            self._stopped.set_exception(error)

    def _turn(self) -> None:
        """One loop turn for everybody."""
        self._is_turn_due = False
        self.now_ms = time.monotonic_ns() // _NS_PER_MS
        engine = self._engine
        taken = 0
        if not self._intake.is_empty and (room := engine.room()):
            taken = self._take_in(self._intake.take(room))
        engine.turn()
        self._see_off()
        if taken:
            self._measured.append(_Measured(engine.last_sequence, self._received_ns, taken))
            self._received_ns = time.monotonic_ns()  # of what is left in the queues, if anything
        if self._feeds.follow_day():
            self._end_day()
        self._answers.make(self._feeds.sessions)
        self._release()
        if engine.is_over:
            self.stop()
        elif self._feeds.are_lagging or self._answers.are_waiting or self._may_take_more():
            self._turn_soon()

    def _see_off(self) -> None:
        """A login goes down behind all that was received of it: cancel-on-disconnect must find its orders."""
        if not self._leaving or self._engine.queued:
            return
        going, self._leaving = self._leaving, []
        for connection, reason in going:
            if connection.source is None or connection.source.is_empty:
                self._feeds.leave(connection, reason)
            else:
                self._leaving.append((connection, reason))

    def _may_take_more(self) -> bool:
        """Whether another turn would do something; while the journal is behind it tells when it is not."""
        return not self._intake.is_empty and self._engine.queued == 0 and self._engine.room() > 0

    def _take_in(self, batch: Batch[Connection]) -> int:
        """Check a batch; queue what is good, in order; answer the rest. Returns the commands queued."""
        count = len(batch.data) // RECORD_BYTES
        if count <= FEW_RECORDS and self._are_few_and_good(batch):
            if count:
                self._engine.queue_stamped(as_commands(batch.data))
            return count
        records = as_commands(batch.data)
        login_ids = np.array([owner.login_id for owner in batch.owners], np.int64)
        counts = np.array(batch.counts, np.int64)
        known = self._senders
        reasons, is_all_commands = check(records, login_ids, counts, known.logins, known.member_of_account)
        if is_all_commands:
            self._engine.queue_stamped(records)
        else:
            is_command = (reasons == RejectReason.NONE) & (records["kind"] != Kind.QUERY)
            count = int(np.count_nonzero(is_command))
            if count:
                self._engine.queue_stamped(select(records, is_command))
            self._take_others(batch, records, reasons, ~is_command)
        for owner in batch.owners:
            owner.refresh_reading()
        return count

    def _are_few_and_good(self, batch: Batch[Connection]) -> bool:
        """Whether all of a small batch may pass as it is; its senders are stamped then."""
        one = self._senders.one
        senders = [
            one(owner.login_id)
            for owner, count in zip(batch.owners, batch.counts, strict=True)
            for _ in range(count)
        ]
        return stamp_few(batch.data, senders, self._senders.members_list)

    def _take_others(
        self,
        batch: Batch[Connection],
        records: Records,
        reasons: NDArray[np.uint16],
        is_other: NDArray[np.bool_],
    ) -> None:
        """Refuse or queue what does not go to the engine, for the connections that sent such records."""
        start = 0
        for owner, count in zip(batch.owners, batch.counts, strict=True):
            part = slice(start, start + count)
            start += count
            if not is_other[part].any():
                continue
            if reasons[part].any():
                owner.write(refusals(records[part], reasons[part]).tobytes())
            asked = select(records[part], is_other[part] & (reasons[part] == RejectReason.NONE))
            data = asked.view(np.uint64).tobytes()
            for offset in range(0, len(data), records.itemsize):
                self._answers.ask(owner, data[offset : offset + records.itemsize])

    def _release(self) -> None:
        """Send everything that has become durable: streams first, so that an answer never overtakes them."""
        self._feeds.release()
        self._answers.release()
        durable_sequence = self._engine.durable_sequence
        while self._measured and self._measured[0].sequence <= durable_sequence:
            _, received_ns, commands = self._measured.popleft()
            now_ns = time.monotonic_ns()
            self._engine.metrics.record_latency(now_ns - received_ns, now_ns, commands)

    def _end_day(self) -> None:
        """Let go of what belonged to the old day; nothing that came too late may reach the new one."""
        self._intake.clear()
        self._answers.end_day()
        self._measured.clear()


def refuse_open_address(host: str) -> None:
    """Raise UsageError unless the address is loopback: nothing goes further without TLS."""
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise UsageError(
            f"the gateway listens on loopback only while it has no TLS, found {host}",
            "use 127.0.0.1, and a tunnel for members elsewhere",
        )
