"""Follows the market and keeps a book right: joins by a snapshot, follows, refills, resumes, day after day.

    async with MarketFeed(credentials, locate, Book) as feed:
        await feed.until_live()
        feed.book.levels(contract_id, Side.BUY, 5)
        await feed.changed()
        await feed.check()          # the exchange's digest at the same number

What is shown is always the state between two commands as of `book.number`. While the line is cut the book
stays as it was, and `is_live` is False until everything missed has been taken; before a day's first snapshot,
and once a day is over, there is no book.
"""

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Final, Generic, NamedTuple, Self, TypeVar

from exchange.client.book import Book, FiveLevelBook
from exchange.client.chunk import NO_EVENTS, Chunk, joined
from exchange.client.connection import Connection
from exchange.client.courier import NOT_OPEN_PAUSE_S, PAUSE_FIRST_S, PAUSE_MAX_S, Locate
from exchange.client.credentials import Credentials
from exchange.client.errors import (
    BookBroken,
    BookNotReady,
    ConnectionClosed,
    ConnectionLost,
    CredentialsUnusable,
    LoginRefused,
    QueryRefused,
    RecordsMissing,
)
from exchange.errors import PeerError
from exchange.vocabulary.enums import QueryKind
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import DTYPES, Records, make
from exchange.vocabulary.rejects import RejectReason

KEPT_RECORDS_MAX: Final = 1 << 20  # while an answer is awaited; beyond it the feed begins anew
REFUSALS_MAX: Final = 5  # of the stream followed, before we believe that it is no longer kept
DIGEST_BYTES: Final = 32
B = TypeVar("B", Book, FiveLevelBook)
_ENDS: Final = (int(Kind.REPLY_END), int(Kind.REFUSED))


class _BeginAnew(Exception):
    """The book is given up; the next connection begins with a snapshot, or with the day's first record."""


class _Question(NamedTuple):
    """What was asked of the exchange. Records that come meanwhile are kept back if `keeps_back`."""

    kind: QueryKind
    keeps_back: bool


class MarketFeed(Generic[B]):
    """One login that follows the depth stream (Book) or the public one (FiveLevelBook)."""

    def __init__(
        self,
        credentials: Credentials,
        locate: Locate,
        make_book: type[B],
        *,
        take: Callable[[Records], None] | None = None,
        from_start: bool = False,
    ) -> None:
        """`take` is called with records of the stream, each once and in order, after the book has them.

        `from_start`: take each day's stream from its first record, instead of a snapshot and what follows.
        """
        self.is_live = False  # all that the exchange had released when we last asked has been taken
        self.session = ""  # the stream followed; blank before the first login and between days
        self.connections = 0  # made so far
        self.snapshots = 0  # loaded so far
        self._credentials = credentials
        self._locate = locate
        self._make_book: type[B] = make_book
        self._taker = take
        self._from_start = from_start
        self._is_too_large = False  # for a snapshot, today
        self._book: B | None = None  # what is shown
        self._growing: B = make_book()  # the same, or one that is not there yet
        self._marker: int | None = None  # the number from which on the book is live
        self._question: _Question | None = None
        self._replies: list[Records] = []
        self._kept: Records = NO_EVENTS  # consecutive, behind what the book holds
        self._kept_first = 1
        self._compared: tuple[int, bytes] | None = None  # a digest to come to, and at which number
        self._check: asyncio.Future[None] | None = None
        self._refusals = 0
        self._connection: Connection | None = None
        self._changes = asyncio.Condition()
        self._failure: Exception | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name=f"feed {self._make_book.SESSION}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    @property
    def book(self) -> B:
        """The book as of its number; BookNotReady before the day's first snapshot."""
        if self._book is None:
            raise BookNotReady(f"no book of {self.session or 'today'} yet")
        return self._book

    async def until_live(self) -> None:
        """Wait until the book is complete; raises what the feed cannot mend, such as a wrong password."""
        await self._wait(lambda: self.is_live)

    async def until(self, sequence: int) -> None:
        """Wait until the book holds a record of that command, or of a later one, or a snapshot after it."""
        await self._wait(lambda: self._book is not None and self._book.sequence >= sequence)

    async def changed(self) -> None:
        """Wait until the book, or what is known of it, is another."""
        async with self._changes:
            await self._changes.wait()
        if self._failure is not None:
            raise self._failure

    async def check(self) -> None:
        """Compare the book with the exchange's digest of it.

        Raises BookBroken when they differ, and the feed begins anew; QueryRefused for too large a book.
        """
        if self._make_book is not Book:
            raise ValueError("expected a feed of the depth: of the five levels there is no digest to ask for")
        while True:
            await self.until_live()
            if self._question is not None or self._compared is not None or self._connection is None:
                await self.changed()
                continue
            self._check = asyncio.get_running_loop().create_future()
            with contextlib.suppress(ConnectionLost):  # asked again when it is back
                self._ask(_Question(QueryKind.DIGEST, keeps_back=True))
                return await self._check

    # ---- one connection after the other

    async def _run(self) -> None:
        try:
            await self._follow_all()
        except Exception as error:  # of `take`, or a mistake of ours: whoever waits must hear of it
            await self._fail(error)

    async def _follow_all(self) -> None:
        pause_s = PAUSE_FIRST_S
        while True:
            before = self.connections
            ended = await self._follow_one()
            await self._cut()
            match ended:
                case LoginRefused(may_retry=True):
                    await self._refused()
                case LoginRefused() | QueryRefused() | ConnectionClosed(may_retry=False):
                    raise ended
                case RecordsMissing():
                    pass  # the next login asks from there
                case ConnectionLost() | CredentialsUnusable():
                    pause_s = PAUSE_FIRST_S if self.connections > before else min(2 * pause_s, PAUSE_MAX_S)
                    await asyncio.sleep(pause_s)
                case _:
                    self._forget()
                    await asyncio.sleep(PAUSE_FIRST_S)

    async def _follow_one(self) -> Exception:
        """One login to its end; why it ended."""
        try:
            await self._follow()
        except (_BeginAnew, PeerError, CredentialsUnusable) as error:
            return error
        raise AssertionError("a login ends by an exception")

    async def _follow(self) -> None:
        address, who, book = self._locate(), self._credentials, self._make_book
        has_begun = self._growing.number > 0
        is_whole = self._from_start or self._is_too_large
        connection = await Connection.open(
            address,
            who,
            session=self.session if has_begun else book.SESSION,
            next_number=self._growing.number + 1 if has_begun or is_whole else 0,
        )
        self._connection, self.session = connection, connection.session
        self.connections += 1
        self._refusals = 0
        try:
            wants_snapshot = not has_begun and not is_whole
            self._ask(_Question(book.QUERY if wants_snapshot else book.MARKER, keeps_back=wants_snapshot))
            while (chunk := await connection.receive()) is not None:
                self._hear(chunk)
                async with self._changes:
                    self._changes.notify_all()
            self._is_too_large = False  # it was today's
            raise _BeginAnew
        finally:
            await connection.close()

    async def _refused(self) -> None:
        """The stream is not there: the next day's is not open yet, or the one followed is no longer kept."""
        self._refusals += 1
        if self._refusals >= REFUSALS_MAX and self.session:
            self._forget()
        await asyncio.sleep(NOT_OPEN_PAUSE_S)

    async def _cut(self) -> None:
        """The connection is gone, and with it all that was asked and not answered."""
        self.is_live = False
        self._connection = self._question = self._marker = None
        self._replies, self._kept, self._compared = [], NO_EVENTS, None
        if self._check is not None and not self._check.done():
            self._check.set_exception(ConnectionLost("the line was cut before the answer"))
        async with self._changes:
            self._changes.notify_all()

    async def _fail(self, error: Exception) -> None:
        self._failure = error
        await self._cut()

    def _forget(self) -> None:
        self.session = ""
        self._book, self._growing = None, self._make_book()

    async def _wait(self, condition: Callable[[], bool]) -> None:
        async with self._changes:
            await self._changes.wait_for(lambda: condition() or self._failure is not None)
        if self._failure is not None:
            raise self._failure

    # ---- what comes

    def _ask(self, question: _Question) -> None:
        assert self._connection is not None and self._question is None
        self._question, self._replies = question, []
        self._connection.send(make(Kind.QUERY, query=question.kind))

    def _hear(self, chunk: Chunk) -> None:
        if len(chunk.replies):
            self._replies.append(chunk.replies)
            if int(chunk.replies["kind"][-1]) in _ENDS:
                self._answered(joined(self._replies))
        elif len(chunk.events):
            if len(self._kept) + len(chunk.events) > KEPT_RECORDS_MAX:
                raise _BeginAnew
            if len(self._kept):
                self._kept = joined((self._kept, chunk.events))
            else:
                self._kept, self._kept_first = chunk.events, chunk.first_number
            if self._question is None or not self._question.keeps_back:
                self._apply()

    def _answered(self, replies: Records) -> None:
        question, self._question, self._replies = self._question, None, []
        end = replies[-1:].view(DTYPES[int(replies["kind"][-1])])[0]
        assert question is not None
        if int(end["kind"]) == Kind.REFUSED:
            if int(end["reason"]) != RejectReason.BOOK_TOO_LARGE:
                raise QueryRefused(int(end["reason"]))
            if question.kind == QueryKind.DIGEST:
                self._checked(QueryRefused(int(end["reason"])))
            else:
                self._is_too_large = True
                raise _BeginAnew
        elif question.kind == QueryKind.DIGEST:
            digest = bytes(replies[:1].view(DTYPES[Kind.REPLY_DIGEST])["digest"][0])
            self._compared = int(end["stream_number"]), digest.ljust(DIGEST_BYTES, b"\0")
        else:
            if question.keeps_back:
                self._growing.load(replies[:-1], int(end["stream_number"]), int(end["sequence"]))
                self.snapshots += 1
            self._marker = int(end["stream_number"])
        self._apply()

    def _apply(self) -> None:
        """Take what was kept: all of it, but up to a number at which the book is to be compared only."""
        book = self._growing
        if len(self._kept):
            until = self._compared[0] if self._compared is not None else None
            part = self._kept if until is None else self._kept[: max(until + 1 - self._kept_first, 0)]
            first = book.number + 1 - self._kept_first
            taken = book.apply(self._kept_first, part)
            if taken and self._taker is not None:
                self._taker(part[first : first + taken])
            self._kept = self._kept[max(book.number + 1 - self._kept_first, 0) :]
            self._kept_first = book.number + 1
        if self._compared is not None and book.number >= self._compared[0]:
            expected, self._compared = self._compared[1], None
            self._compare(expected, book.digest())
            self._apply()
        elif self._marker is not None and book.number >= self._marker:
            self._book, self.is_live = book, True

    def _compare(self, expected: bytes, found: bytes) -> None:
        if expected == found:
            self._checked(None)
            return
        error = BookBroken(
            f"digest of the book at record {self._growing.number} of {self.session}: "
            f"expected {expected.hex()}, found {found.hex()}"
        )
        self._checked(error)
        raise error

    def _checked(self, error: Exception | None) -> None:
        """Tell who asked for a check."""
        if self._check is None or self._check.done():
            return
        if error is None:
            self._check.set_result(None)
        else:
            self._check.set_exception(error)
