"""Depth and drop copy of the real exchange: killed in mid-session, nothing is lost and nothing twice."""

import asyncio
import os
import signal
from collections import defaultdict
from contextlib import suppress
from datetime import date
from pathlib import Path

from typer.testing import CliRunner

from exchange.client import (
    Book,
    Connection,
    ConnectionLost,
    CredentialsUnusable,
    LoginRefused,
    MarketFeed,
    address_of,
    credentials_of,
)
from exchange.commands.feed import app
from exchange.engine.derivations import derivations_of
from exchange.engine.directory import load
from exchange.engine.journal_reader import JournalReader
from exchange.engine.replay import Applier, blocks
from exchange.errors import UsageError
from exchange.kernel import Capacity, new_state
from exchange.protocol.sessions import session_id
from exchange.publish.streams import Streams
from exchange.vocabulary.limits import DROP_COPY_FIRST, STREAM_DEPTH
from tests.system.harness import UpRun

OPTIONS = ("--once", "--days", "2", "--resume-after-restart", "0.5", "--day-seconds", "5", "--members", "24")
COPIED = ("20", "21", "22", "23", "24", "25")
ALL = 1 << 30
TIMEOUT_S = 150

Received = defaultdict[str, bytearray]


def feed(data: Path, *words: str) -> str:
    done = CliRunner().invoke(app, [*words, "--data", str(data)])
    if isinstance(done.exception, UsageError):
        return str(done.exception)
    assert done.exit_code == 0, done.output
    return done.output


async def follow(data: Path, received: Received) -> None:
    """The drop copy, stream after stream; after every cut from the first byte that has not been received."""
    session = ""
    who = credentials_of(data, "DROP01")
    while True:
        number = len(received[session]) // 64 + 1 if session else 1
        with suppress(ConnectionLost, CredentialsUnusable, LoginRefused):
            connection = await Connection.open(address_of(data), who, session=session, next_number=number)
            session = connection.session
            while (chunk := await connection.receive()) is not None:
                received[session] += chunk.events.tobytes()
            session = ""
            await connection.close()
        await asyncio.sleep(0.05)


async def play(data: Path, run: UpRun) -> tuple[Received, Received, int]:
    """Two days with a kill in the first: what both readers received, and the depth's connections."""
    depth: Received = defaultdict(bytearray)
    copy: Received = defaultdict(bytearray)
    who, other = credentials_of(data, "CONSOL"), credentials_of(data, "OPER02")
    whole = MarketFeed(
        who, lambda: address_of(data), Book, from_start=True,
        take=lambda records: depth[whole.session].extend(records.tobytes()),
    )  # fmt: skip
    following = asyncio.create_task(follow(data, copy))
    async with asyncio.timeout(TIMEOUT_S), whole, MarketFeed(other, lambda: address_of(data), Book) as late:
        await late.until_live()
        while len(late.book) < 20:
            await late.changed()
        await late.check()
        killed = run.city_pid("shanghai")
        os.kill(killed, signal.SIGKILL)
        await asyncio.to_thread(run.until, lambda: run.city_pid("shanghai") != killed, "the restart")
        number = late.book.number
        await late.check()
        while late.book.number <= number:  # the market goes on
            await late.changed()
        await asyncio.gather(late.check(), whole.check())
        first_day = late.session
        while not late.is_live or late.session == first_day:
            await late.changed()
        await late.check()
        await asyncio.to_thread(run.wait)
    following.cancel()
    return depth, copy, whole.connections


def derived(data: Path, day: date) -> tuple[bytes, bytes]:
    """Depth and drop copy of a day, from nothing but its journal."""
    reader = JournalReader(data / "shanghai" / "journal" / day.isoformat())
    identity = reader.identity()
    assert identity is not None
    applier = Applier(new_state(Capacity(*identity.capacity)))
    streams = Streams(derivations=derivations_of(load(data / "shanghai"), "national", day))
    for block in blocks(reader.batches()):
        sequence = block.last_sequence
        applier.apply(block.commands, lambda events, ids, at=sequence: streams.append(events, ids, at))
        streams.complete(sequence)
        streams.release(sequence)
    return streams.read(STREAM_DEPTH, 1, ALL), streams.read(DROP_COPY_FIRST, 1, ALL)


def test_depth_and_drop_copy_resume_exactly_after_a_kill(tmp_path: Path) -> None:
    data = tmp_path / "season"
    assert "stream 4" in feed(data, "drop-copy", "DROP01", *COPIED)
    for user in ("CONSOL", "OPER02"):  # a login follows a stream once
        feed(data, "depth", user)
    run = UpRun(data, *OPTIONS)
    run.until(lambda: (data / "run" / "shanghai.json").exists(), "the exchange's address")
    assert "an exchange is running" in feed(data, "depth", "OPER01")
    depth, copy, connections = asyncio.run(play(data, run))
    assert run.wait() == 0, run.text() + run.logs()
    assert connections >= 3  # two days and a kill
    days = [date.fromisoformat(path.name) for path in (data / "shanghai" / "journal").iterdir()]
    assert len(days) == 2
    for day in days:
        of_depth, of_copy = derived(data, day)
        assert bytes(depth[session_id(day, STREAM_DEPTH)]) == of_depth
        assert bytes(copy[session_id(day, DROP_COPY_FIRST)]) == of_copy
        assert min(len(of_depth), len(of_copy)) > 64 * 20
    told = feed(data, "drop-copy", "DROP01", "E00001")
    assert "from the next day on" in told
    assert "CONSOL  depth" in feed(data, "list")
