"""Follows the exchange's public stream and asks for its health; comes back by itself when it is cut off."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from exchange.client.connection import Connection
from exchange.client.credentials import address_of, credentials_of
from exchange.client.decode import decode_events, decode_replies
from exchange.client.errors import ConnectionLost, CredentialsUnusable, LoginRefused
from exchange.client.replies import BoardListing, EndOfAnswer
from exchange.console.model import MarketModel
from exchange.protocol.sessions import PUBLIC
from exchange.vocabulary.enums import QueryKind
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import Records, make

LOGIN: Final = "CONSOL"
PAUSE_S: Final = 0.4
ASK_S: Final = 0.5
ASKED: Final = (QueryKind.CONTRACTS, QueryKind.PHASES, QueryKind.BOARD, QueryKind.STATUS)
LISTINGS_KEPT_MAX: Final = 200_000


def wall_ms() -> int:
    """Wall-clock milliseconds."""
    return time.time_ns() // 1_000_000


class Follower:
    """The console's line to Shanghai."""

    def __init__(self, data: Path, model: MarketModel) -> None:
        self._data = data
        self._model = model
        self._session, self._next_number = PUBLIC, 1
        self._listings: list[BoardListing] = []

    async def run(self) -> NoReturn:
        """Follow stream after stream, for ever."""
        while True:
            try:
                await self._one_session()
            except LoginRefused as error:
                # The day asked for is gone or not yet open: the next one is followed from its start.
                self._begin_anew()
                if error.may_retry:
                    self._model.line_up(wall_ms())
                else:
                    self._model.line_down(wall_ms(), str(error))
            except (ConnectionLost, CredentialsUnusable) as error:
                self._model.line_down(wall_ms(), str(error))
            await asyncio.sleep(PAUSE_S)

    def _begin_anew(self) -> None:
        self._session, self._next_number = PUBLIC, 1

    async def _one_session(self) -> None:
        """One login to its end; resumes where the last one was cut, so that nothing is missed or doubled."""
        address = address_of(self._data)
        who = credentials_of(self._data, LOGIN)
        connection = await Connection.open(
            address.host, address.port, who.user, who.password,
            session=self._session, next_number=self._next_number,
        )  # fmt: skip
        self._session = connection.session
        self._model.line_up(wall_ms())
        asker = asyncio.create_task(self._ask(connection))
        try:
            while (chunk := await connection.receive()) is not None:
                for event in decode_events(chunk.events):
                    self._model.take(event, wall_ms())
                self._take_replies(chunk.replies)
                self._next_number = chunk.next_number
                await asyncio.sleep(0)  # a whole day comes at once after a start: let the page have its turn
            self._model.stream_ended(wall_ms())
            self._begin_anew()
        finally:
            asker.cancel()
            with suppress(asyncio.CancelledError, ConnectionLost):
                await asker
            await connection.close()

    def _take_replies(self, records: Records) -> None:
        for reply in decode_replies(records):
            if isinstance(reply, BoardListing):
                if len(self._listings) < LISTINGS_KEPT_MAX:
                    self._listings.append(reply)
            elif isinstance(reply, EndOfAnswer) and reply.query == QueryKind.BOARD:
                self._model.board(self._listings, wall_ms())
                self._listings = []
            else:
                self._model.answer(reply, wall_ms())

    async def _ask(self, connection: Connection) -> None:
        """Ask the same questions again and again; ends with the connection."""
        question = b"".join(make(Kind.QUERY, query=query) for query in ASKED)
        self._listings = []
        with suppress(ConnectionLost):
            while True:
                connection.send(question)
                await connection.drain()
                await asyncio.sleep(ASK_S)
