"""`exchange snapshot`: the follower as a program of its own, beside the exchange or by hand."""

import signal
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec

from exchange.commands.progress import say
from exchange.engine.files import RealFiles
from exchange.engine.follower import Every, SnapshotFollower
from exchange.errors import UsageError
from exchange.kernel import warm_up
from exchange.locking import only_one
from exchange.vocabulary.units import NS_PER_SECOND

EVERY_COMMANDS: Final = 500_000
EVERY_SECONDS: Final = 30.0
LOOK_S: Final = 0.2  # pause after a look at the journal that found nothing new
LOCK_WAIT_S: Final = 10.0  # the follower of an exchange that was killed may still be ending


class SnapshotOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the person, or the program that starts it, asked for."""

    data: Path
    once: bool = False
    every_seconds: float = EVERY_SECONDS
    every_commands: int = EVERY_COMMANDS


def run_snapshots(options: SnapshotOptions) -> int:
    """Follow the journal until told to stop; `once`: write one snapshot of what is durable now and end."""
    shanghai = options.data / "shanghai"
    if not (shanghai / "journal").is_dir():
        raise UsageError(f"{options.data} holds no journal", "run `two-city up` first, or name --data")
    stopped = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    _wait_for_lock(shanghai / "snapshots.lock", stopped)
    with only_one(
        shanghai / "snapshots.lock",
        f"another follower is at work on {options.data}",
        "stop it first: two would remove each other's snapshots",
    ):
        _follow(options, shanghai, stopped)
    return 0


def _follow(options: SnapshotOptions, shanghai: Path, stopped: threading.Event) -> None:
    warm_up()
    every = Every(options.every_commands, round(options.every_seconds * NS_PER_SECOND))
    follower = SnapshotFollower(
        shanghai / "journal", shanghai / "snapshots", RealFiles(), every, time.monotonic_ns
    )
    if options.once:
        while follower.step():
            pass
        head = follower.write_now()
        say(f"snapshot at command {head.sequence:,}" if head else "nothing new since the last snapshot")
        return
    while not stopped.is_set():
        if follower.step() == 0:
            stopped.wait(LOOK_S)


def _wait_for_lock(lock: Path, stopped: threading.Event) -> None:
    """Give an ending follower the time it needs; afterwards the lock says itself who holds it."""
    deadline = time.monotonic() + LOCK_WAIT_S
    while time.monotonic() < deadline and not stopped.is_set():
        try:
            with only_one(lock, "", ""):
                return
        except UsageError:
            stopped.wait(LOOK_S)


def follower_arguments(data: Path, every_seconds: float = EVERY_SECONDS) -> list[str]:
    """How another program of ours starts it."""
    return ["exchange", "snapshot", "--data", str(data), "--every-seconds", str(every_seconds)]
