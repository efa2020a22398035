"""The FIX gateway (asyncio): listens on loopback, one Member for each connection, a bound on their number."""

import asyncio
import contextlib
import logging
import os
import signal
import time
from pathlib import Path
from typing import Final

import msgspec

from exchange.bridge.fix.member import Member
from exchange.client.credentials import address_of
from exchange.errors import UsageError
from exchange.locking import only_one

HOST: Final = "127.0.0.1"
CONNECTIONS_MAX: Final = 64
GOODBYE_S: Final = 2.0
log = logging.getLogger("fix")


class WallClock:
    """The machine's clocks."""

    def now_ms(self) -> int:
        """Milliseconds that only grow."""
        return time.monotonic_ns() // 1_000_000

    def utc_ms(self) -> int:
        """Milliseconds since 1970."""
        return time.time_ns() // 1_000_000


class Gateway:
    """All FIX sessions of one data folder."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._folder = data / "bridge" / "fix"
        self._members: dict[asyncio.Task[None], Member] = {}
        self._busy: set[str] = set()
        self._stop = asyncio.Event()
        self._failure: BaseException | None = None

    async def run(self, port: int) -> None:
        """Serve until SIGTERM or SIGINT; raises what no gateway may go on with, as a damaged store."""
        try:
            server = await asyncio.start_server(self._accept, HOST, port)
        except OSError as error:
            raise UsageError(
                f"{HOST}:{port} cannot be listened at: {error}", "choose another --port"
            ) from error
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        bound_port = server.sockets[0].getsockname()[1]
        address = self._data / "run" / "bridge-fix.json"
        _announce(address, bound_port)
        log.info("listening on %s:%s", HOST, bound_port)
        try:
            await self._stop.wait()
        finally:
            address.unlink(missing_ok=True)
            server.close()
            await self._say_goodbye()
        if self._failure is not None:
            raise self._failure

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._members) >= CONNECTIONS_MAX or self._stop.is_set():
            log.info("a connection was refused: expected at most %s", CONNECTIONS_MAX)
            writer.transport.abort()
            return
        streams = (reader, writer)
        member = Member(self._folder, lambda: address_of(self._data), WallClock(), self._busy, streams)
        task = asyncio.create_task(self._serve(member))
        self._members[task] = member
        task.add_done_callback(self._members.pop)

    async def _serve(self, member: Member) -> None:
        try:
            await member.run()
        except Exception as error:  # a damaged store, a full disk, a mistake of ours: no session may go on
            self._failure = self._failure or error
            self._stop.set()

    async def _say_goodbye(self) -> None:
        """Ask all to log out and give them a moment."""
        tasks = list(self._members)
        for member in list(self._members.values()):
            with contextlib.suppress(ConnectionError):
                await member.log_out("the gateway stops")
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=GOODBYE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def run_bridge(data: Path, port: int) -> None:
    """Serve a data folder until told to stop."""
    with only_one(
        data / "bridge" / "fix" / "lock",
        f"another FIX gateway is running on {data}",
        "stop it first: two would use the same numbers",
    ):
        asyncio.run(Gateway(data).run(port))


def _announce(address: Path, port: int) -> None:
    """Tell other programs where we listen; whole or not at all."""
    address.parent.mkdir(parents=True, exist_ok=True)
    beside = address.with_suffix(".new")
    beside.write_bytes(msgspec.json.encode({"host": HOST, "port": port, "pid": os.getpid()}))
    beside.replace(address)
