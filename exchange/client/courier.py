"""Keeps one login's session alive: connects, resumes, resends, matches answers to commands and queries.

A lost connection is made again with a growing pause; the stream goes on from the next number, so no event is
missed or seen twice, and commands without an answer are sent again under their own reference. At the end of
the day's stream the courier waits for the next day's. Every connection begins with a query, whose answer says
up to which sequence the past reaches (see `desk`); only then are commands sent.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Final

from exchange.client.chunk import Chunk
from exchange.client.connection import Connection
from exchange.client.credentials import Address, Credentials
from exchange.client.decode import OtherRecord, decode_events, decode_replies
from exchange.client.desk import Command, Desk
from exchange.client.errors import (
    ConnectionClosed,
    ConnectionLost,
    CredentialsUnusable,
    LoginRefused,
    QueryRefused,
)
from exchange.client.events import Event
from exchange.client.outcome import Outcome
from exchange.client.replies import EndOfAnswer, Refused, Reply
from exchange.vocabulary.enums import QueryKind
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make

Locate = Callable[[], Address]
Listener = Callable[[Event | OtherRecord], None]
PAUSE_FIRST_S: Final = 0.05
PAUSE_MAX_S: Final = 1.0
NOT_OPEN_PAUSE_S: Final = 0.2  # between days: the next stream opens within seconds when days are compressed
REFUSALS_MAX: Final = 5  # of the stream followed, before we believe that it is no longer kept


class CourierClosed(ConnectionLost):
    """The session was closed by its owner."""


class _Query:
    """A query under way; answers come in the order of the queries."""

    def __init__(self, kind: QueryKind, contract_id: int = 0) -> None:
        self.record = make(Kind.QUERY, query=kind, contract_id=contract_id)
        self.replies: list[Reply] = []
        self.answer: asyncio.Future[list[Reply]] = asyncio.get_running_loop().create_future()


class Courier:
    """One login's session over any number of connections."""

    def __init__(
        self,
        credentials: Credentials,
        locate: Locate,
        listeners: tuple[Listener, ...] = (),
        stream: str = "",
    ) -> None:
        """`stream`: what is asked for each day; blank = the login's own, "PUBLIC" = the public one."""
        self.credentials = credentials
        self.stream = stream
        self.session = ""  # the stream followed now; blank before the first login and between days
        self.is_connected = False
        self.connections = 0  # made so far
        self.locate = locate  # where the exchange listens now
        self._desk = Desk(credentials.login_id)
        self._listeners = list(listeners)
        self._outcomes: dict[Command, asyncio.Future[Outcome]] = {}
        self._queries: deque[_Query] = deque()
        self._connection: Connection | None = None
        self._next_number = 1
        self.ended_session = ""  # the last stream that was followed to its end
        self._day_listeners: list[Callable[[], None]] = []
        self._refusals = 0
        self._ready = asyncio.Event()  # connected, and the past told apart from what is to come
        self._failure: BaseException | None = None
        self._is_closing = False
        self._is_own = asyncio.Event()  # no other reader of ours uses the login's stream now
        self._is_own.set()
        self._task: asyncio.Task[None] | None = None

    async def start(self, *, is_patient: bool) -> None:
        """Log in and keep the session. Without patience the first failure is raised."""
        if not is_patient:
            await self._connect()
        self._task = asyncio.create_task(self._run(), name=f"courier {self.credentials.user}")
        try:
            await self.until_ready()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Log out. Commands and queries without an answer raise CourierClosed."""
        self._is_closing = True
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._connection is not None:
            await self._connection.close()
        self.is_connected = False
        self._give_up(CourierClosed("the session was closed by its owner"))

    def listen(self, listener: Listener) -> None:
        """Call `listener` with every event from now on, in stream order, before outcomes are given."""
        self._listeners.append(listener)

    def listen_to_day_end(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the followed stream has ended."""
        self._day_listeners.append(listener)

    def unlisten(self, listener: Listener) -> None:
        """Undo `listen`."""
        self._listeners.remove(listener)

    @property
    def settled_sequence(self) -> int:
        """Last sequence of today that an answered query is known to have reflected."""
        return self._desk.settled_sequence

    async def until_ready(self) -> None:
        """Wait until commands can be sent; raises what ended the session for good."""
        await self._ready.wait()
        if self._failure is not None:
            raise self._failure

    async def command(self, kind: Kind, **fields: int | bytes) -> Outcome:
        """Send any command of the catalogue and wait for its outcome."""
        (outcome,) = await self.commands((kind, fields))
        return outcome

    async def commands(self, *sent: tuple[Kind, dict[str, int | bytes]]) -> list[Outcome]:
        """Send several in one go, nothing of ours between them, and wait for all their outcomes."""
        await self.until_ready()
        made = [self._desk.new_command(kind, **fields) for kind, fields in sent]
        loop = asyncio.get_running_loop()
        futures = [self._outcomes.setdefault(command, loop.create_future()) for command in made]
        self._send(b"".join(command.record() for command in made))
        return list(await asyncio.gather(*futures))

    async def ask(self, kind: QueryKind, contract_id: int = 0) -> list[Reply]:
        """Send a query and wait for the whole answer; QueryRefused when there is none."""
        await self.until_ready()
        query = _Query(kind, contract_id)
        self._queries.append(query)
        self._send(query.record)
        return await query.answer

    @contextlib.asynccontextmanager
    async def _lent(self) -> AsyncIterator[None]:
        """Meanwhile another reader may use the stream: being replaced by it is no reason to give up."""
        self._is_own.clear()
        try:
            yield
        finally:
            self._is_own.set()

    # ---- the session

    async def _run(self) -> None:
        """Hold a session until the owner closes it or the login is refused for good."""
        pause_s = PAUSE_FIRST_S
        while self._failure is None and not self._is_closing:
            try:
                if self._connection is None:
                    await self._connect()
                await self._follow()
                pause_s = PAUSE_FIRST_S
            except LoginRefused as error:
                if not error.may_retry:
                    self._give_up(error)
                self._note_refusal()
                pause_s = NOT_OPEN_PAUSE_S
            except (ConnectionLost, CredentialsUnusable) as error:
                is_replaced = isinstance(error, ConnectionClosed) and not error.may_retry
                if is_replaced and self._is_own.is_set():
                    self._give_up(error)
                pause_s = PAUSE_FIRST_S if self.is_connected else min(2 * pause_s, PAUSE_MAX_S)
            except Exception as error:  # a listener's or our own mistake: nobody may wait for ever
                self._give_up(error)
            await self._disconnect()
            await self._is_own.wait()
            await asyncio.sleep(pause_s)

    async def _connect(self) -> None:
        address, who = self.locate(), self.credentials
        connection = await Connection.open(
            address, who, session=self.session or self.stream, next_number=self._next_number
        )
        if connection.session == self.ended_session:
            await connection.close()
            raise LoginRefused("S", who.user, "(the next day's)")
        self.session = connection.session
        self.connections += 1
        self._refusals = 0
        self._connection = connection

    async def _follow(self) -> None:
        """Read one connection to its end."""
        connection = self._connection
        assert connection is not None
        self.is_connected = True
        barrier = _Query(QueryKind.PHASES)
        barrier.answer.add_done_callback(self._become_ready)
        for query in self._queries:
            query.replies.clear()
        self._queries.appendleft(barrier)
        self._send(b"".join(query.record for query in self._queries))
        try:
            while (chunk := await connection.receive()) is not None:
                self._take(chunk)
                self._next_number = connection.next_number
        finally:
            if barrier in self._queries:
                self._queries.remove(barrier)
        if connection.has_ended:
            self._end_day()

    def _become_ready(self, answer: "asyncio.Future[list[Reply]]") -> None:
        if self._failure is None and answer.exception() is None:
            self._send(self._desk.to_resend())
            self._ready.set()
        elif self._connection is not None:  # an exchange that answers no query is not ready: try again
            self._connection.abort()

    async def _disconnect(self) -> None:
        if self._failure is None:
            self._ready.clear()
        self.is_connected = False
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    def _end_day(self) -> None:
        """The followed stream is over, or no longer kept: begin the current one at its first record."""
        self.ended_session = self.session
        self.session, self._next_number, self._refusals = "", 1, 0
        self._resolve(self._desk.end_day())
        for listener in self._day_listeners:
            listener()

    def _note_refusal(self) -> None:
        """An exchange that is still starting refuses too, so one refusal is not yet a stream that is gone."""
        self._refusals += 1
        if self.session and self._refusals >= REFUSALS_MAX:
            self._end_day()

    def _take(self, chunk: Chunk) -> None:
        for event in decode_events(chunk.events):
            ended, answer = self._desk.take_event(event)
            for listener in tuple(self._listeners):
                listener(event)
            self._resolve(ended)
            self._send(answer)
        for reply in decode_replies(chunk.replies):
            if isinstance(reply, Refused) and reply.command_kind != Kind.QUERY:
                self._resolve(self._desk.take_refused(reply))
            elif self._queries and not isinstance(reply, OtherRecord):
                self._take_answer(self._queries[0], reply)

    def _take_answer(self, query: _Query, reply: Reply) -> None:
        if not isinstance(reply, (Refused, EndOfAnswer)):
            query.replies.append(reply)
            return
        self._queries.popleft()
        if isinstance(reply, EndOfAnswer):
            self._desk.settled_sequence = max(self._desk.settled_sequence, reply.sequence)
        if query.answer.done():  # whoever asked has gone
            return
        if isinstance(reply, Refused):
            query.answer.set_exception(QueryRefused(reply.reason))
        else:
            query.answer.set_result(query.replies)

    def _send(self, records: bytes) -> None:
        """Send if connected; what cannot be sent now is sent again once connected."""
        if self._connection is not None and records:
            with contextlib.suppress(ConnectionLost):
                self._connection.send(records)

    def _resolve(self, ended: list[Command]) -> None:
        for command in ended:
            future = self._outcomes.pop(command, None)
            assert command.outcome is not None
            if future is not None and not future.done():
                future.set_result(command.outcome)

    def _give_up(self, error: BaseException) -> None:
        """Tell everybody who waits; later calls raise it too."""
        self._failure = self._failure or error
        self._ready.set()
        for outcome in self._outcomes.values():
            if not outcome.done():
                outcome.set_exception(self._failure)
        for query in self._queries:
            if not query.answer.done():
                query.answer.set_exception(self._failure)
        self._outcomes.clear()
        self._queries.clear()
