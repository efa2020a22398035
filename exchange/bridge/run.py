"""The process of a bridge: one of its kind for a data folder, a log on standard output, a clean end."""

import asyncio
import logging
import os
import secrets
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from exchange.config import kept_config
from exchange.errors import CorruptionError
from exchange.locking import only_one
from exchange.rulebook import load_profile

FOLDER: Final = "bridge"  # in the data folder; `up --fresh` removes it
RUN_BYTES: Final = 16
log: Final = logging.getLogger("bridge")


def run_bridge(name: str, data: Path, bridge: Coroutine[Any, Any, None]) -> int:
    """Run a bridge until SIGINT or SIGTERM; the exit code. Its own errors are raised."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        with only_one(
            data / FOLDER / f"{name}.lock",
            f"another {name} bridge is running on {data}",
            "stop it: one login is for one program",
        ):
            asyncio.run(_until_told(bridge))
    finally:
        bridge.close()
    return 0


async def _until_told(bridge: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(bridge)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task
        return
    log.info("stopped")


def venue_of(data: Path) -> str:
    """The venue whose market the data folder plays, as the rulebook names it."""
    return load_profile(kept_config(data).profile).venue


def run_identity(data: Path) -> str:
    """What tells this data folder's season from any other: chosen once, when the first bridge asks."""
    path = data / FOLDER / "run-id"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = path.with_name(f".run-id.{os.getpid()}")
    made.write_text(secrets.token_hex(RUN_BYTES), encoding="ascii")
    try:
        with suppress(FileExistsError):  # another bridge was first
            os.link(made, path)
    finally:
        made.unlink()
    found = path.read_text(encoding="ascii").strip()
    if len(found) != 2 * RUN_BYTES or not found.isalnum():
        raise CorruptionError(str(path), f"{2 * RUN_BYTES} hexadecimal digits", repr(found))
    return found
