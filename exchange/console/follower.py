"""The console's line to Shanghai: the public stream into the model, and its questions again and again."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from exchange.client.chunk import Chunk
from exchange.client.credentials import address_of, credentials_of
from exchange.client.decode import decode_events, decode_replies
from exchange.client.public_feed import LineDown, LineUp, NotOpen, PublicFeed, StreamEnded, StreamGone
from exchange.client.replies import BoardListing, EndOfAnswer
from exchange.console.model import MarketModel
from exchange.vocabulary.enums import QueryKind
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import Records, make

LOGIN: Final = "CONSOL"
ASK_S: Final = 0.5
ASKED: Final = (QueryKind.CONTRACTS, QueryKind.PHASES, QueryKind.BOARD, QueryKind.STATUS)
LISTINGS_KEPT_MAX: Final = 200_000


def wall_ms() -> int:
    """Wall-clock milliseconds."""
    return time.time_ns() // 1_000_000


class Follower:
    """Tells the model what the feed says."""

    def __init__(self, data: Path, model: MarketModel) -> None:
        self._model = model
        self._feed = PublicFeed(lambda: (address_of(data), credentials_of(data, LOGIN)))
        self._listings: list[BoardListing] = []

    async def run(self) -> None:
        """Follow stream after stream, for ever; CorruptionError when the exchange contradicts itself."""
        asker = asyncio.create_task(self._ask())
        heard = self._feed.news()
        try:
            async for news in heard:
                match news:
                    case LineUp():
                        self._listings = []
                        self._model.line_up(wall_ms())
                        self._feed.send(_QUESTION)
                    case Chunk():
                        for event in decode_events(news.events):
                            self._model.take(event, wall_ms())
                        self._take_replies(news.replies)
                        await asyncio.sleep(0)  # a whole day comes at once: let the page have its turn
                    case StreamEnded():
                        self._model.stream_ended(wall_ms())
                    case NotOpen() | StreamGone():  # it answers
                        self._model.line_up(wall_ms())
                    case LineDown(why):
                        self._model.line_down(wall_ms(), why)
        finally:
            await heard.aclose()
            asker.cancel()
            with suppress(asyncio.CancelledError):
                await asker

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

    async def _ask(self) -> None:
        """Ask the same questions again and again, whenever there is a line."""
        while True:
            await asyncio.sleep(ASK_S)
            self._feed.send(_QUESTION)


_QUESTION: Final = b"".join(make(Kind.QUERY, query=query) for query in ASKED)
