"""A million random commands: kernel and reference agree in every event byte, stream id and digest."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.differential.shard import Occurred, commands_in, missing, run_shard

SHARDS, COMMANDS_PER_SHARD = 20, 50_000
COMMANDS = 1_000_000
SUBSET_COMMANDS = 15_000
CORES = min(len(os.sched_getaffinity(0)), 4)

Shards = dict[int, "Future[Occurred]"]


@pytest.fixture(scope="module")
def shards() -> Iterator[Shards]:
    """The shards by seed, at work on every core from the first test on."""
    with ProcessPoolExecutor(CORES, get_context("spawn")) as pool:
        seeds = range(1, SHARDS + 1)
        yield {seed: pool.submit(run_shard, seed, COMMANDS_PER_SHARD) for seed in seeds}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("seed", range(1, SHARDS + 1))
@pytest.mark.timeout(300)
def test_kernel_equals_reference(shards: Shards, seed: int) -> None:
    """Days of every profile; a difference is shown as a short list of commands."""
    assert commands_in(shards[seed].result()) >= COMMANDS_PER_SHARD


@pytest.mark.timeout(300)
def test_everything_occurred(shards: Shards) -> None:
    """Every command, event kind, reject reason, done reason, and value of the other fields of events."""
    occurred: Occurred = sum((shard.result() for shard in shards.values()), Counter())
    assert commands_in(occurred) >= COMMANDS
    assert missing(occurred) == []


def run_subset(settings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The differential run as a process of its own, with numba set otherwise."""
    command = [sys.executable, "-m", "tests.differential", "--seed", "77", "--commands", str(SUBSET_COMMANDS)]
    return subprocess.run(
        command, env=os.environ | settings, capture_output=True, text=True, timeout=280, check=False
    )


@pytest.mark.parametrize("setting", ["NUMBA_DISABLE_JIT", "NUMBA_BOUNDSCHECK"])
@pytest.mark.timeout(300)
def test_agrees_with_numba_set_otherwise(setting: str) -> None:
    """Without the compiler numpy's integer rules apply; with bounds checks a wild index is an error."""
    done = run_subset({"NUMBA_DISABLE_JIT": "0", "NUMBA_BOUNDSCHECK": "0"} | {setting: "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("equal"), done.stdout
