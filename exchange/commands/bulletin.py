"""`exchange bulletin`: the day's bulletin by hand, or every day's by itself while a season is played."""

import asyncio
import signal
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from exchange.client.bulletin import Bulletin, NotClosed, bulletin_of, wanted, write_bulletin
from exchange.client.connection import Connection
from exchange.client.credentials import address_of, credentials_of
from exchange.client.errors import ConnectionClosed, ConnectionLost, CredentialsUnusable, LoginRefused
from exchange.client.stream import PUBLIC_STREAM, read_stream
from exchange.commands.progress import say
from exchange.config import kept_config
from exchange.engine.replay import replay_stream
from exchange.errors import UsageError
from exchange.protocol.sessions import session_id
from exchange.rulebook import contracts_on
from exchange.vocabulary.limits import STREAM_PUBLIC
from exchange.vocabulary.records import EVENT, Records

LOGIN: Final = "BULLET"  # follows the public stream and may do nothing else
FOLDER: Final = "bulletin"
PAUSE_S: Final = 0.2  # between two tries: the exchange restarts, or the next day has not opened
REFUSALS_MAX: Final = 25  # of a stream that was followed, before it counts as gone


class BulletinOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the person asked for."""

    data: Path
    day: date | None  # None: the last day that is closed
    out: Path


def run_bulletin(options: BulletinOptions) -> int:
    """Write one day's bulletin."""
    days = sorted(
        (date.fromisoformat(path.name) for path in (options.data / "shanghai" / "journal").glob("*-*-*")),
        reverse=True,
    )
    chosen = [day for day in days if options.day in (None, day)]
    for day in chosen:
        try:
            bulletin = _bulletin(options.data, day)
        except NotClosed as error:
            if options.day is not None:
                raise UsageError(str(error), "wait for the close, or name an earlier --day") from None
            continue
        for path in write_bulletin(bulletin, options.out):
            say(str(path))
        return 0
    raise UsageError(
        f"no closed day {options.day or ''} in {options.data}".replace("  ", " "),
        "run `two-city up` first, or name --data",
    )


def run_bulletins(data: Path) -> int:
    """Follow the public stream until told to stop, and write each day's bulletin when the day is over."""
    asyncio.run(_Follower(data).run())
    return 0


def _bulletin(data: Path, day: date) -> Bulletin:
    """From the stream while the exchange keeps it, else as the day's journal gives it again."""
    try:
        credentials, address = credentials_of(data, LOGIN), address_of(data)
        records = asyncio.run(read_stream(credentials, address, session_id(day, STREAM_PUBLIC)))
    except (ConnectionLost, CredentialsUnusable, LoginRefused):
        records = replay_stream(data / "shanghai" / "journal" / day.isoformat(), STREAM_PUBLIC)
    return bulletin_of(records, _codes(data, day))


def _codes(data: Path, day: date) -> Mapping[int, str]:
    return {row.contract_id: row.code for row in contracts_on(kept_config(data).profile, day)}


class _Follower:
    """One line to the public stream, made again when it is lost; keeps the few records that are wanted."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._session = ""
        self._next_number = 1
        self._refusals = 0
        self._kept: list[Records] = []
        self._begin()

    async def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(self._follow())
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    async def _follow(self) -> None:
        while True:
            try:
                await self._one_line()
            except LoginRefused as error:
                if not error.may_retry:
                    raise
                self._refusals += 1
                if self._session != PUBLIC_STREAM and self._refusals >= REFUSALS_MAX:
                    self._begin()  # the day went by unseen; `exchange bulletin` can write it later
            except (ConnectionLost, CredentialsUnusable) as error:
                if isinstance(error, ConnectionClosed) and not error.may_retry:
                    raise
            await asyncio.sleep(PAUSE_S)

    async def _one_line(self) -> None:
        address, who = address_of(self._data), credentials_of(self._data, LOGIN)
        connection = await Connection.open(address, who, session=self._session, next_number=self._next_number)
        self._session, self._refusals = connection.session, 0
        try:
            while (chunk := await connection.receive()) is not None:
                self._kept.append(wanted(chunk.events))
                self._next_number = chunk.next_number
            self._write()
            self._begin()
        finally:
            await connection.close()

    def _write(self) -> None:
        rows = [part.view(np.uint64) for part in self._kept if len(part)]
        records: Records = np.concatenate(rows).view(EVENT)
        bulletin = bulletin_of(records, {})
        codes = _codes(self._data, bulletin.day)
        for path in write_bulletin(bulletin_of(records, codes), self._data / FOLDER):
            say(str(path))

    def _begin(self) -> None:
        self._session, self._next_number, self._refusals = PUBLIC_STREAM, 1, 0
        self._kept = []


def follower_arguments(data: Path) -> list[str]:
    """How another program of ours starts it."""
    return ["exchange", "bulletin", "--follow", "--data", str(data)]
