"""Builds Wuhan in the order in which a record flows: line, core, store; the HTTP status beside it."""

import asyncio
import fcntl
import json
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn

from exchange.client import address_of, credentials_of
from exchange.rulebook.scenarios import load_scenario
from settlement.api.door import Door
from settlement.api.keys import make_missing_keys, people_of
from settlement.api.line import Line, Plan
from settlement.api.status import make_app
from settlement.api.token import load_or_make_token
from settlement.api.worker import Worker
from settlement.city import City
from settlement.config import Settings
from settlement.errors import ConfigurationError
from settlement.ledger.check import check_ledger
from settlement.reports.day_file import write_atomically
from settlement.season import load_season
from settlement.store.database import Store

LOG: Final = logging.getLogger("wuhan")
LOGIN: Final = "WUHAN1"
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
EXIT_DONE: Final = 0
EXIT_HELD: Final = 3


def serve(settings: Settings) -> int:
    """Run Wuhan until its days are settled or it is told to stop; returns the exit code."""
    if settings.http_host not in LOOPBACK:
        raise ConfigurationError(
            f"expected an HTTP host of {LOOPBACK}, found {settings.http_host}: elsewhere it needs TLS"
        )
    with _only_one(settings):
        return asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> int:
    token = load_or_make_token(settings.token_path)
    worker = Worker()
    stores: list[Store] = []

    def make_city() -> City:
        season = load_season(settings)
        stores.append(Store.open(settings.store_path))
        check_ledger(stores[0])  # a balance that the entries do not give must not open a day
        city = City(stores[0], season)
        made = make_missing_keys(stores[0], people_of(season), settings.keys_folder)
        if made:
            LOG.info("%d machine keys made in %s", made, settings.keys_folder.relative_to(settings.data))
        return city

    try:
        await worker.start(make_city)
        plan = Plan(settings.days, stops_when_held=settings.once)
        line = Line(worker, _address(settings), lambda: credentials_of(settings.data, LOGIN), plan)
        profile = load_scenario(settings.scenario).profile
        door = Door(line, settings.store_path, settings.folder / "statements", profile)
        server = _HttpServer(
            uvicorn.Config(
                make_app(worker, line, settings.store_path, token, door),
                log_config=None,
                log_level="warning",
                access_log=False,
            )
        )
        with _listen(settings) as listener:
            return await _run_until_done(settings, line, server, listener)
    finally:
        await worker.close(stores)


async def _run_until_done(
    settings: Settings, line: Line, server: "_HttpServer", listener: socket.socket
) -> int:
    """Line and HTTP status side by side; the end of the days, a signal or an error ends both."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    http = asyncio.create_task(server.serve(sockets=[listener]))
    following = asyncio.create_task(line.run())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({http, following, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if following.done():
            following.result()
            LOG.info(
                "%d day(s) of the season settled%s",
                line.days_stated,
                ", a day is HELD" if line.is_held else "",
            )
            if not settings.once and not stop.is_set():
                await stopping
    finally:
        following.cancel()
        stopping.cancel()
        server.should_exit = True
        await asyncio.gather(http, following, stopping, return_exceptions=True)
    return EXIT_HELD if line.is_held else EXIT_DONE


def _address(settings: Settings) -> Callable[[], tuple[str, int]]:
    """Where Shanghai listens, asked at every connect: it may have moved when it restarts."""
    if settings.exchange:
        host, _, port = settings.exchange.rpartition(":")
        if not host or not port.isdigit():
            raise ConfigurationError(f"expected --exchange HOST:PORT, found {settings.exchange!r}")
        return lambda: (host, int(port))

    def read() -> tuple[str, int]:
        found = address_of(settings.data)
        return found.host, found.port

    return read


@contextmanager
def _listen(settings: Settings) -> Iterator[socket.socket]:
    """Bind the HTTP port and say where it is; the file goes when the process goes."""
    listener = socket.create_server((settings.http_host, settings.http_port))
    host, port = listener.getsockname()[:2]
    path = settings.address_path
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    token_file = str(settings.token_path.relative_to(settings.data))
    write_atomically(
        path, json.dumps({"host": host, "port": port, "pid": os.getpid(), "token_file": token_file}) + "\n"
    )
    LOG.info("HTTP on http://%s:%d (token in %s)", host, port, token_file)
    try:
        yield listener
    finally:
        path.unlink(missing_ok=True)
        listener.close()


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """One process at a time may write a store; the kernel drops the lock however the process ends."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"another Wuhan runs on {settings.folder}; expected none: stop it first"
            ) from None
        yield


class _HttpServer(uvicorn.Server):
    """uvicorn without its own signal handlers: stopping is ours."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield
