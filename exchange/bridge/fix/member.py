"""One FIX connection (asyncio): moves bytes, lets session, store and desk do one step at a time, follows the
exchange.

The order of a step is the whole of crash safety: act, store, then send. What is sent, to either side, stands
in the store first. Closing the connection forgets everything in memory; the next logon takes it from the
store.
"""

import asyncio
import contextlib
import logging
import re
from pathlib import Path
from typing import Final

from exchange.bridge.fix.desk import Desk
from exchange.bridge.fix.hearing import AskContracts, Effect, ToExchange
from exchange.bridge.fix.link import Login, open_patiently, open_stream
from exchange.bridge.fix.session import Session
from exchange.bridge.fix.states import ApplicationReceived, Clock, Ended, LogonRequested, State
from exchange.bridge.fix.store import Answered, DayEnded, Heard, Linked, Store
from exchange.client.chunk import Chunk
from exchange.client.connection import Connection
from exchange.client.courier import Locate
from exchange.client.decode import decode_replies
from exchange.client.errors import ConnectionClosed, ConnectionLost, CredentialsUnusable, LoginRefused
from exchange.client.replies import Contract, EndOfAnswer
from exchange.vocabulary.enums import QueryKind
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make

READ_BYTES: Final = 65_536
WRITE_BUFFER_BYTES: Final = 262_144
SLOW_READER_S: Final = (
    10.0  # to take what fills the buffer; then the session ends, and the store has the rest
)
ANSWER_S: Final = 2.0
CLOSE_S: Final = 2.0
TICK_S: Final = 0.1
RECORDS_PER_STEP: Final = 256
_USER: Final = re.compile(r"[A-Z0-9]{1,6}")
_ASK: Final = make(Kind.QUERY, query=int(QueryKind.CONTRACTS))
log = logging.getLogger("fix")


class Member:
    """One connection of one member's engine."""

    def __init__(
        self,
        folder: Path,
        locate: Locate,
        clock: Clock,
        busy: set[str],
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """`folder`: where the users' stores are; `busy`: users with an open session, shared by all
        connections.
        """
        self._reader, self._writer = streams
        self._writer.transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        self._folder, self._locate, self._clock, self._busy = folder, locate, clock, busy
        self._session = Session(clock)
        self._store: Store | None = None
        self._desk: Desk | None = None
        self._login = Login("", "")
        self._connection: Connection | None = None
        self._begun: Connection | None = None
        self._ended_day = ""
        self._to_exchange: list[bytes] = []
        self._contracts: list[Contract] = []
        self._must_ask = self._is_asking = False
        self._end_reason = ""
        self._lock = asyncio.Lock()  # one step at a time
        self._is_logged_on = asyncio.Event()

    async def run(self) -> None:
        """Serve the connection to its end."""
        tasks = [asyncio.create_task(part()) for part in (self._read, self._tick, self._follow_exchange)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            reason = self._end_reason or "connection lost"
            log.info("%s: the session ended: %s", self._login.user or "?", reason)
            await self._close()
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def log_out(self, reason: str) -> None:
        """Ask the member's engine to end the session."""
        async with self._lock:
            self._session.log_out(reason)
            await self._flush()

    # ---- three tasks; the first that ends ends the connection

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await self._reader.read(READ_BYTES):
                async with self._lock:
                    self._session.feed(data)
                    if not await self._take_all():
                        return

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            async with self._lock:
                self._session.tick()
                if not await self._take_all():
                    return
                if self._must_ask and not self._is_asking:
                    self._ask_contracts()

    async def _follow_exchange(self) -> None:
        await self._is_logged_on.wait()
        while True:
            try:
                await self._follow_stream()
            except ConnectionLost as lost:
                if isinstance(lost, ConnectionClosed) and not lost.may_retry:
                    await self._give_up(lost)
                log.info("%s: the exchange is away: %s", self._login.user, lost)
            async with self._lock:
                self._session.is_available = False
                connection, self._connection = self._connection, None
            if connection is not None:
                if connection.has_ended:
                    self._ended_day = connection.session
                    async with self._lock:
                        await self._end_day()
                await connection.close()
            store = self._store
            assert store is not None
            where = (store.session, store.next_number, self._ended_day)
            try:
                self._connection = await open_patiently(self._locate, self._login, *where)
            except LoginRefused as refused:
                await self._give_up(refused)

    async def _give_up(self, why: Exception) -> None:
        """The exchange will not have this login: neither has the engine a session."""
        await self.log_out(str(why))
        await asyncio.Event().wait()  # until the engine has answered, or the time for it is over

    async def _follow_stream(self) -> None:
        connection = self._connection
        assert connection is not None
        if self._begun is not connection:
            async with self._lock:
                await self._begin_stream(connection)
        while (chunk := await connection.receive()) is not None:
            async with self._lock:
                if self._session.state is State.OPEN:  # else the stream is read again at the next logon
                    await self._hear(chunk)

    # ---- steps

    async def _take_all(self) -> bool:
        """Act on all that the session has; False when it is over."""
        while (event := self._session.next()) is not None:
            match event:
                case LogonRequested(user, password):
                    await self._log_on(Login(user, password))
                case ApplicationReceived(message):
                    assert self._desk is not None
                    self._do(self._desk.take_message(message))
                case Ended(reason, _):
                    self._end_reason = reason
                    await self._flush()
                    return False
            if len(self._to_exchange) >= RECORDS_PER_STEP:
                await self._flush()
        await self._flush()
        return True

    async def _log_on(self, login: Login) -> None:
        if not _USER.fullmatch(login.user):
            self._session.refuse(f"expected a Two-City user, found {login.user!r}")
            return
        if login.user in self._busy:
            self._session.refuse(f"{login.user} has a session open already")
            return
        self._busy.add(login.user)
        self._login = login
        self._store = store = Store(self._folder / login.user)
        entries = store.load()
        try:
            where = (store.session, store.next_number, "")
            self._connection = await open_stream(self._locate, login, *where)
        except (LoginRefused, ConnectionLost, CredentialsUnusable) as error:
            self._session.refuse(str(error))
            return
        if entries:
            self._desk = Desk.rebuilt(entries)
        else:
            self._begin_day(self._connection.session)
        self._session.accept(store)
        await self._begin_stream(self._connection)
        with contextlib.suppress(ConnectionLost, TimeoutError):  # so that the first order finds the exchange
            while self._session.state is State.OPEN and not self._session.is_available:
                async with asyncio.timeout(ANSWER_S):
                    chunk = await self._connection.receive()
                if chunk is None:
                    break
                await self._hear(chunk)
        self._is_logged_on.set()
        log.info("%s: logged on, day %s", login.user, store.session)

    def _begin_day(self, session: str) -> None:
        store = self._store
        assert store is not None
        self._desk = Desk(store.begin_day(session, self._clock.utc_ms()))

    async def _begin_stream(self, connection: Connection) -> None:
        """A connection to the exchange begins: perhaps with another day, always with the day's contracts."""
        self._begun = connection
        if connection.session != (self._store.session if self._store is not None else ""):
            await self._end_day()
            self._begin_day(connection.session)
        self._ask_contracts()

    async def _end_day(self) -> None:
        """The kept day's stream is over, or too old for the exchange to have it."""
        store, desk = self._store, self._desk
        assert store is not None and desk is not None
        if self._session.state is State.OPEN:
            store.append(DayEnded())
            self._do(desk.end_day())
            await self._flush()

    async def _hear(self, chunk: Chunk) -> None:
        """Records of the stream, or answers: stored with what they cause, some at a time."""
        store, desk = self._store, self._desk
        assert store is not None and desk is not None
        for start in range(0, len(chunk.events), RECORDS_PER_STEP):
            records = chunk.events[start : start + RECORDS_PER_STEP].tobytes()
            first = chunk.first_number + start
            store.append(Heard(first, records))
            self._do(desk.take_records(first, records))
            await self._flush()
        for reply in decode_replies(chunk.replies):
            match reply:
                case Contract():
                    self._contracts.append(reply)
                case EndOfAnswer(query=QueryKind.CONTRACTS):
                    self._take_contracts(reply)
        refused = b"".join(one.tobytes() for one in chunk.replies if one["kind"] == Kind.REFUSED)
        if refused:
            store.append(Answered(refused))
            self._do(desk.take_answers(refused))
        await self._flush()

    def _take_contracts(self, end: EndOfAnswer) -> None:
        """The answer to our question: who we are there, what is traded how, where the past ends."""
        store, desk = self._store, self._desk
        assert store is not None and desk is not None
        found = tuple((one.contract_id, one.code, one.matching_rule) for one in self._contracts)
        self._contracts, self._is_asking = [], False
        self._must_ask = not found
        linked = Linked(end.login_id, end.sequence, found)
        store.append(linked)
        desk.take_linked(linked)
        if found and not self._session.is_available:
            self._session.is_available = True
            self._to_exchange.append(desk.to_resend())

    def _do(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case ToExchange(record):
                    self._to_exchange.append(record)
                case AskContracts():
                    self._must_ask = True
                case _:
                    if self._session.state is State.OPEN:
                        self._session.send(*effect)

    async def _flush(self) -> None:
        """End the step: store it, then send. A peer that does not take what is sent loses the connection."""
        output, records = self._session.output(), b"".join(self._to_exchange)
        self._to_exchange = []
        if self._store is not None:
            self._store.commit(is_durable=bool(output or records))
        if records and self._connection is not None:
            with contextlib.suppress(ConnectionLost):  # sent again once it is back
                self._connection.send(records)
        try:
            while output:
                self._writer.write(output)
                async with asyncio.timeout(SLOW_READER_S):
                    await self._writer.drain()
                output = self._session.output() if self._session.is_resending else b""
        except ConnectionError:  # the reading task sees it too; what was not sent stands in the store
            return
        except TimeoutError:
            self._end_reason = f"a slow reader: it took nothing for {SLOW_READER_S} s"
            self._writer.transport.abort()

    def _ask_contracts(self) -> None:
        self._must_ask, self._is_asking, self._contracts = False, True, []
        if self._connection is not None:
            with contextlib.suppress(ConnectionLost):  # asked again with the next connection
                self._connection.send(_ASK)

    async def _close(self) -> None:
        if self._session.state is not State.CLOSED:
            self._session.close()
        if self._store is not None:
            self._store.close()
            self._busy.discard(self._login.user)
        if self._connection is not None:
            await self._connection.close()
        self._writer.close()
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._writer.wait_closed()
        self._writer.transport.abort()
