"""Follows the public stream over any number of connections and days; nothing is missed or given twice.

    feed = PublicFeed("CONSOL", where=lambda: (address_of(data), credentials_of(data, "CONSOL")))
    async for news in feed.news(): ...      # LineUp, Chunk, StreamEnded, NotOpen, ...

A cut connection is made again and resumes at the next number; after a day's last record the next day's stream
is followed from its first. What can go wrong is told apart: LineDown says why there is no line, and whether
the login is refused for good; NotOpen that the exchange is there and has no such stream now; StreamGone that
a day is no longer kept. Numbers that do not fit together are corruption and raise CorruptionError.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Final, NamedTuple

from exchange.client.chunk import Chunk
from exchange.client.connection import Connection
from exchange.client.credentials import Address, Credentials
from exchange.client.errors import ConnectionClosed, ConnectionLost, CredentialsUnusable, LoginRefused
from exchange.errors import CorruptionError
from exchange.protocol.sessions import PUBLIC, parse_session
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import STREAM_PUBLIC

PAUSE_S: Final = 0.2  # between two tries: compressed days follow each other within seconds
TAKEN_PAUSE_S: Final = 30.0  # another program has the login: two must not take it from each other
REFUSALS_MAX: Final = 5  # of the stream followed, before it is believed that it is no longer kept
Where = Callable[[], tuple[Address, Credentials]]


class LineUp(NamedTuple):
    """The exchange let us in: records of `session` follow from `next_number`."""

    session: str
    next_number: int
    newest_number: int  # the stream's newest record at a fresh start; 0 after a cut, when it was not asked


class LineDown(NamedTuple):
    """There is no line now; it is tried again."""

    why: str
    is_refused: bool  # the login is refused for good: only a person can help


class NotOpen(NamedTuple):
    """The exchange answers, but the stream is not open: it is starting, or between two days. Tried again."""

    why: str


class StreamEnded(NamedTuple):
    """The day's last record has been given."""

    session: str
    next_number: int


class StreamGone(NamedTuple):
    """The exchange keeps this day no longer: what follows `next_number` in it will never be given."""

    session: str
    next_number: int


News = LineUp | LineDown | NotOpen | Chunk | StreamEnded | StreamGone


class PublicFeed:
    """One login's view of the public stream, for ever."""

    def __init__(self, where: Where, session: str = PUBLIC) -> None:
        """`session`: the stream to begin with, from its first record; PUBLIC = today's."""
        self._where = where
        self._session = session
        self._next_number = 1
        self._newest_number = 0
        self._ended_session = ""
        self._refusals = 0
        self._connection: Connection | None = None

    def send(self, records: bytes) -> None:
        """Send queries, if there is a line; the answers come as chunks of replies."""
        if self._connection is not None:
            try:
                self._connection.send(records)
            except ConnectionLost:  # the reading side says so too
                return

    async def news(self) -> AsyncGenerator[News, None]:
        """Everything that happens, in order. Raises CorruptionError; ends only when closed."""
        try:
            while True:
                try:
                    self._connection = await self._open()
                    yield LineUp(self._session, self._next_number, self._newest_number)
                    while (chunk := await self._connection.receive()) is not None:
                        self._check(chunk)
                        yield chunk
                        self._next_number = chunk.next_number
                    yield StreamEnded(self._session, self._next_number)
                    self._ended_session = self._session
                    self._begin_anew()
                except LoginRefused as error:
                    if not error.may_retry:
                        yield LineDown(str(error), True)
                    elif self._is_gone():
                        yield StreamGone(self._session, self._next_number)
                        self._begin_anew()
                    else:
                        yield NotOpen(str(error))
                except (ConnectionLost, CredentialsUnusable) as error:
                    is_for_good = isinstance(error, ConnectionClosed) and not error.may_retry
                    yield LineDown(str(error), is_for_good)
                    if is_for_good:
                        await asyncio.sleep(TAKEN_PAUSE_S)
                await self._close()
                await asyncio.sleep(PAUSE_S)
        finally:
            await self._close()

    # ---- one connection

    async def _open(self) -> Connection:
        """Log in where the last connection was cut, or at the first record of a stream."""
        self._newest_number = 0
        if self._next_number == 1 or self._refusals:
            await self._ask_newest()
        connection = await self._login(self._session, self._next_number)
        if connection.next_number != self._next_number:
            await connection.close()
            raise CorruptionError(
                f"public stream {self._session}", f"record {self._next_number} next", connection.next_number
            )
        self._session = connection.session
        self._refusals = 0
        return connection

    async def _ask_newest(self) -> None:
        """The stream's newest number, by a login that begins there; a stream cannot become shorter."""
        probe = await self._login(self._session, 0)
        self._session, self._newest_number = probe.session, probe.next_number
        await probe.close()
        if self._newest_number + 1 < self._next_number:
            raise CorruptionError(
                f"public stream {self._session}",
                f"at least the {self._next_number - 1} records that were given before",
                self._newest_number,
            )

    async def _login(self, session: str, next_number: int) -> Connection:
        address, who = self._where()
        connection = await Connection.open(address, who, session=session, next_number=next_number)
        name = parse_session(connection.session)
        if name is None or name.stream_id != STREAM_PUBLIC or session not in (PUBLIC, connection.session):
            await connection.close()
            raise CorruptionError("login to the public stream", session, connection.session)
        if (
            connection.session == self._ended_session
        ):  # an exchange that starts again may not have ended it yet
            await connection.close()
            raise LoginRefused("S", who.user, "(the next day's)")
        return connection

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    def _check(self, chunk: Chunk) -> None:
        """Numbers go on without a gap, and a stream says once, in its first record, that it opens."""
        if not len(chunk.events):
            return
        if chunk.first_number != self._next_number:
            raise CorruptionError(
                f"public stream {self._session}", f"record {self._next_number} next", chunk.first_number
            )
        openings = [int(at) for at in (chunk.events["kind"] == Kind.STREAM_OPENED).nonzero()[0]]
        expected = [0] if chunk.first_number == 1 else []
        if openings != expected:
            raise CorruptionError(
                f"public stream {self._session}",
                "STREAM_OPENED as record 1 and nowhere else",
                f"it at {[chunk.first_number + at for at in openings]} of a chunk from {chunk.first_number}",
            )

    # ---- days

    def _begin_anew(self) -> None:
        self._session, self._next_number, self._refusals = PUBLIC, 1, 0

    def _is_gone(self) -> bool:
        """An exchange that is still starting refuses too, so one refusal is not yet a day that is gone."""
        if self._session == PUBLIC:
            return False
        self._refusals += 1
        return self._refusals >= REFUSALS_MAX
