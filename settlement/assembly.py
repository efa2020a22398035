"""Builds Wuhan in the order in which a record flows: line, core, store; banks and HTTP beside it."""

import asyncio
import logging
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from exchange.client import Address, address_of, credentials_of
from exchange.client.signing import SHANGHAI, WUHAN, Check, checker, signer
from exchange.rulebook.scenarios import load_scenario
from settlement.api.bank_client import BankClient
from settlement.api.bank_line import BankLine, CityCore
from settlement.api.door import Door
from settlement.api.keys import make_missing_keys, people_of
from settlement.api.line import Line, Plan
from settlement.api.serving import HttpServer, listening, require_loopback
from settlement.api.status import make_app
from settlement.api.token import load_or_make_token
from settlement.api.worker import Worker
from settlement.cash_rules import load_cash_rules
from settlement.city import City
from settlement.config import Settings
from settlement.errors import ConfigurationError
from settlement.files import only_one
from settlement.ledger.check import check_ledger
from settlement.limits import LAST_BANKS_PATIENCE_MS
from settlement.season import load_season
from settlement.store.database import Store

LOG: Final = logging.getLogger("wuhan")
LOGIN: Final = "WUHAN1"
EXIT_DONE: Final = 0
EXIT_HELD: Final = 3


def serve(settings: Settings) -> int:
    """Run Wuhan until its days are settled or it is told to stop; returns the exit code."""
    require_loopback(settings.http_host)
    with only_one(settings.folder, "Wuhan"):
        return asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> int:
    token = load_or_make_token(settings.token_path)
    worker = Worker()
    stores: list[Store] = []

    def make_city() -> City:
        season = load_season(settings)._replace(
            sign=signer(settings.data, WUHAN), check_of_shanghai=_checker_once_known(settings)
        )
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
        clock = time.time_ns if settings.is_real_time else None
        line = Line(worker, _address(settings), lambda: credentials_of(settings.data, LOGIN), plan, clock)
        profile = load_scenario(settings.scenario).profile
        door = Door(line, settings.store_path, settings.folder / "statements", profile)
        banks = _bank_lines(settings, worker, line)
        server = HttpServer(make_app(worker, line, banks, settings.store_path, token, door))
        with _listen(settings) as listener:
            return await _run_until_done(settings, line, banks, server, listener)
    finally:
        await worker.close(stores)


def _checker_once_known(settings: Settings) -> Callable[[], Check | None]:
    """Shanghai's key, read at the start if it is there, else when it comes; a file that is none stops."""
    known = [checker(settings.data, SHANGHAI)]

    def find() -> Check | None:
        if known[0] is None:
            known[0] = checker(settings.data, SHANGHAI)
        return known[0]

    return find


def _bank_lines(settings: Settings, worker: Worker, line: Line) -> tuple[BankLine, ...]:
    """A line to every settlement bank; one whose bank is not there waits for it."""
    bank_ids = range(1, load_cash_rules().banks.count + 1)
    core = CityCore(worker, line, bank_ids)

    def opener(bank_id: int) -> Callable[[], BankClient]:
        return lambda: BankClient.open(settings.data, bank_id)

    return tuple(BankLine(bank_id, core, opener(bank_id)) for bank_id in bank_ids)


async def _run_until_done(
    settings: Settings, line: Line, banks: Sequence[BankLine], server: HttpServer, listener: socket.socket
) -> int:
    """Lines and HTTP status side by side; the end of the days, a signal or an error ends all."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    http = asyncio.create_task(server.serve(sockets=[listener]))
    following = asyncio.create_task(line.run())
    stopping = asyncio.create_task(stop.wait())
    banking = [asyncio.create_task(bank.run()) for bank in banks]
    try:
        await asyncio.wait({http, following, stopping, *banking}, return_when=asyncio.FIRST_COMPLETED)
        _raise_of(banking)
        if following.done():
            following.result()
            LOG.info(
                "%d day(s) of the season settled%s",
                line.days_stated,
                ", a day is HELD" if line.is_held else "",
            )
            if not settings.once and not stop.is_set():
                await asyncio.wait({stopping, *banking}, return_when=asyncio.FIRST_COMPLETED)
            elif not line.is_held:
                await _last_of_banks(banks, {stopping, *banking})
            _raise_of(banking)
    finally:
        for task in (following, stopping, *banking):
            task.cancel()
        server.should_exit = True
        await asyncio.gather(http, following, stopping, *banking, return_exceptions=True)
    return EXIT_HELD if line.is_held else EXIT_DONE


async def _last_of_banks(banks: Sequence[BankLine], ending: set[asyncio.Task[Any]]) -> None:
    """Before the end of the last day: banks that are there answer it, for as long as patience lasts."""
    quiet = asyncio.gather(*(bank.until_quiet() for bank in banks))
    await asyncio.wait(
        {quiet, *ending}, timeout=LAST_BANKS_PATIENCE_MS / 1000, return_when=asyncio.FIRST_COMPLETED
    )
    quiet.cancel()
    await asyncio.gather(quiet, return_exceptions=True)


def _raise_of(tasks: Iterable[asyncio.Task[None]]) -> None:
    """A line to a bank ends only by what stops the process."""
    for task in tasks:
        if task.done():
            task.result()


def _address(settings: Settings) -> Callable[[], Address]:
    """Where Shanghai listens, asked at every connect: it may have moved when it restarts."""
    if settings.exchange:
        host, _, port = settings.exchange.rpartition(":")
        if not host or not port.isdigit():
            raise ConfigurationError(f"expected --exchange HOST:PORT, found {settings.exchange!r}")
        return lambda: Address(host, int(port))
    return lambda: address_of(settings.data)


@contextmanager
def _listen(settings: Settings) -> Iterator[socket.socket]:
    """Bind the HTTP port and say where it is."""
    token_file = str(settings.token_path.relative_to(settings.data))
    with listening(settings.http_host, settings.http_port, settings.address_path, token_file) as listener:
        LOG.info("HTTP on http://%s:%d (token in %s)", *listener.getsockname()[:2], token_file)
        yield listener
