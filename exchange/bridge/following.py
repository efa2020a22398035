"""Follows the public stream for one bridge: records into the market, then to whoever passes them on."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import aclosing
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from exchange.bridge.market import Complete, Market
from exchange.bridge.metrics import Counters
from exchange.client.chunk import Chunk
from exchange.client.credentials import address_of, credentials_of
from exchange.client.decode import OtherRecord, decode_events
from exchange.client.events import Event
from exchange.client.public_feed import (
    LineDown,
    LineUp,
    NotOpen,
    PublicFeed,
    StreamEnded,
    StreamGone,
)
from exchange.errors import CorruptionError, UsageError
from exchange.protocol.sessions import PUBLIC, parse_session, session_id
from exchange.vocabulary.limits import STREAM_PUBLIC

log: Final = logging.getLogger("bridge")


class Line(StrEnum):
    """How the line to the exchange stands, as the bridges tell it."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    WAITING = "waiting"  # the exchange answers; the next day's stream is not open
    LOST = "lost"


class Position(NamedTuple):
    """The last record that an earlier run has passed on for good."""

    day: date
    number: int

    @property
    def session(self) -> str:
        """The stream it lies in."""
        return session_id(self.day, STREAM_PUBLIC)


class Passing(Protocol):
    """What passes the market's news on: an MQTT publisher, a Redis writer, the WebSocket hub."""

    def take(self, number: int, event: Event | OtherRecord, complete: Complete | None) -> None:
        """One record that has not been passed on before; the market has taken it already."""

    def take_again(self, number: int, event: Event | OtherRecord) -> None:
        """One record that an earlier run has passed on."""

    async def room(self) -> None:
        """Wait until more can be taken."""


class Following:
    """One pass over the public stream, from the first record of a day on."""

    def __init__(self, data: Path, user: str, counters: Counters, after: Position | None = None) -> None:
        """`after`: where an earlier run has come to; its day is read again from the start, for its state."""
        self.market = Market()
        self.line = Line.CONNECTING
        self.is_caught_up = False  # with all that the exchange had when the stream was begun
        self._after = after
        self._newest_number = 0
        self._counters = counters
        self._user = user
        self._feed = PublicFeed(
            lambda: (address_of(data), credentials_of(data, user)), after.session if after else PUBLIC
        )

    async def run(self, passing: Passing) -> None:
        """For ever. Raises CorruptionError, and UsageError when the login is refused for good."""
        async with aclosing(self._feed.news()) as heard:
            async for news in heard:
                match news:
                    case LineUp():
                        self._line_up(news)
                    case Chunk():
                        self._take(news, passing)
                        await passing.room()
                        await asyncio.sleep(0)  # a whole day comes at once: let the others have their turn
                    case StreamEnded(session, next_number):
                        self.market.stream_ended()
                        self._tell(Line.WAITING, f"stream {session} has ended with record {next_number - 1}")
                    case StreamGone(session, next_number):
                        self._gone(session, next_number)
                    case NotOpen(why):
                        self._tell(Line.WAITING, why)
                    case LineDown(why, is_refused):
                        self._tell(Line.LOST, why)
                        if is_refused:
                            raise UsageError(
                                why, f"provision the login {self._user} again with `two-city up`"
                            )

    def _line_up(self, news: LineUp) -> None:
        name = parse_session(news.session)
        assert name is not None  # the feed has checked it
        if news.next_number == 1:
            self.is_caught_up = False
            self._newest_number = news.newest_number
            self._check_position(name.trading_day, news.newest_number)
        self._tell(Line.CONNECTED, f"following {news.session} from record {news.next_number}")

    def _check_position(self, day: date, newest_number: int) -> None:
        """What has been passed on must still be there: the exchange forgets nothing that it has said."""
        after = self._after
        if after is None:
            return
        if day < after.day or (day == after.day and newest_number < after.number):
            raise CorruptionError(
                "the public stream, compared with what was passed on before",
                f"{after.day} to record {after.number} at least",
                f"{day} to record {newest_number}",
            )

    def _take(self, chunk: Chunk, passing: Passing) -> None:
        market, after = self.market, self._after
        for number, event in enumerate(decode_events(chunk.events), chunk.first_number):
            complete = market.take(number, event)
            if after is not None and market.day == after.day and number <= after.number:
                passing.take_again(number, event)
            else:
                passing.take(number, event, complete)
        self._counters.records += len(chunk.events)
        if market.number >= self._newest_number:
            self.is_caught_up = True

    def _gone(self, session: str, next_number: int) -> None:
        log.warning(
            "the exchange keeps stream %s no longer: records from %d on, and whole days after it, are lost",
            session, self._after.number + 1 if self._after is not None else next_number,
        )  # fmt: skip

    def _tell(self, line: Line, why: str) -> None:
        """Say a change of the line once."""
        if line is not self.line:
            log.log(logging.WARNING if line is Line.LOST else logging.INFO, "exchange %s: %s", line, why)
        self.line = line


def raise_if_cancelled() -> None:
    """Raise the cancellation again that an error while tidying up has taken the place of."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def together(*parts: Coroutine[Any, Any, None]) -> None:
    """Run parts until the first ends or fails; the others are cancelled, its failure is raised plainly."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
