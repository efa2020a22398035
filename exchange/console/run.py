"""Starts the console: a listener on loopback, two followers, the pages; says in DATA/run where it listens."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec
from nicegui import app, background_tasks, ui

from exchange.client.words import Lang
from exchange.config import kept_config
from exchange.console.follower import Follower, wall_ms
from exchange.console.guard import Guard
from exchange.console.model import MarketModel
from exchange.console.pages import add_pages
from exchange.console.registry import follow_registry
from exchange.console.season import SeasonFiles
from exchange.errors import CorruptionError, UsageError
from exchange.rulebook.scenarios import load_scenario

HOST: Final = "127.0.0.1"
BACKLOG: Final = 64
GRACE_S: Final = 1


def run_console(data: Path, port: int, lang: Lang | None = None) -> None:
    """Serve the console of a data folder until SIGINT or SIGTERM. `lang` None = the browser's choice."""
    # uvicorn ends in order at a signal and then raises the signal again: as an exception it lets us tidy up.
    signal.signal(signal.SIGTERM, _end)
    with suppress(KeyboardInterrupt):
        _serve(data, port, lang)


def _end(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _serve(data: Path, port: int, lang: Lang | None) -> None:
    config = kept_config(data)
    scenario = load_scenario(config.scenario)
    with _listener(port) as listener:
        bound_port = int(listener.getsockname()[1])
        model = MarketModel(config.profile, wall_ms())
        found: list[CorruptionError] = []
        add_pages(model, scenario, SeasonFiles(data), lang)
        app.add_middleware(Guard, port=bound_port)
        app.on_startup(lambda: _follow(data, model, found))
        address = data / "run" / "console.json"
        app.on_startup(lambda: _write_address(address, bound_port))
        try:
            # The socket is ours and listens already: who reads the address can connect at once.
            ui.run(
                host=HOST, port=bound_port, fd=listener.fileno(), title="Two-City", reload=False, show=False,
                show_welcome_message=False, tailwind=False, uvicorn_logging_level="warning",
                timeout_graceful_shutdown=GRACE_S, access_log=False, loop="asyncio",
            )  # fmt: skip
        finally:
            address.unlink(missing_ok=True)
        if found:
            raise found[0]


def _follow(data: Path, model: MarketModel, found: list[CorruptionError]) -> None:
    background_tasks.create(_follow_exchange(data, model, found), name="exchange")
    background_tasks.create(follow_registry(data, model), name="registry")


async def _follow_exchange(data: Path, model: MarketModel, found: list[CorruptionError]) -> None:
    """An exchange that contradicts itself must not be shown any longer: the console stops and says why."""
    try:
        await Follower(data, model).run()
    except CorruptionError as error:
        found.append(error)
        app.shutdown()


@contextmanager
def _listener(port: int) -> Iterator[socket.socket]:
    """A listening loopback socket; port 0 = a free one."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise UsageError(
                f"{HOST}:{port} cannot be listened at: {error}", "choose another --port, or 0"
            ) from error
        listener.listen(BACKLOG)
        yield listener


def _write_address(path: Path, port: int) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(msgspec.json.encode({"host": HOST, "port": port, "pid": os.getpid()}))
    aside.replace(path)
