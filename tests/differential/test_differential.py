"""A million random commands: kernel and reference agree in every event byte, stream id and digest."""

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from tests.differential.shard import run_shard

SHARDS, COMMANDS_PER_SHARD = 10, 100_000
SUBSET_COMMANDS = 20_000


@pytest.mark.parametrize("seed", range(1, SHARDS + 1))
@pytest.mark.timeout(300)
def test_kernel_equals_reference(seed: int) -> None:
    """Days of every profile; every reject reason, event kind and done reason of this step occurs."""
    occurred = run_shard(seed, COMMANDS_PER_SHARD)
    assert occurred.commands.total() >= COMMANDS_PER_SHARD
    assert occurred.missing() == []


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
