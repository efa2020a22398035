"""What the kernel costs before the first command: compiling, loading, and one call from Python."""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from benchmarks.kernel_market import Market
from exchange import kernel
from exchange.vocabulary.records import Records

ROOT: Final = Path(__file__).resolve().parents[1]
CALLS: Final = 2_000
START_UP: Final = """
import time
started = time.perf_counter(), time.process_time()
from exchange import kernel
kernel.warm_up()
print(time.perf_counter() - started[0], time.process_time() - started[1])
"""


def call_overhead_us(market: Market, commands: Records) -> dict[str, float]:
    """Median microseconds of one call with 0, 1 and 64 commands (repeats of known references)."""
    figures = {}
    for size in (0, 1, 64):
        batch = commands[:size].copy()
        times = []
        for _ in range(CALLS):
            began = time.perf_counter_ns()
            kernel.apply_batch(market.state, batch, market.events, market.streams)
            times.append(time.perf_counter_ns() - began)
        figures[str(size)] = round(statistics.median(times) / 1_000, 2)
    return figures


def start_up_seconds() -> dict[str, float]:
    """Cold: compile into an empty cache. Warm: import and load from it. Each in a fresh process."""
    with tempfile.TemporaryDirectory(prefix="kernel-cache-") as folder:
        environment = os.environ | {"TWO_CITY_CACHE_DIR": folder}
        cold = _start_up(environment)
        warm = [_start_up(environment) for _ in range(3)]
    return {
        "cold_compile_s": cold[0],
        "cold_compile_cpu_s": cold[1],
        "warm_import_s": statistics.median(wall for wall, _ in warm),
        "warm_import_cpu_s": statistics.median(cpu for _, cpu in warm),
    }


def _start_up(environment: dict[str, str]) -> tuple[float, float]:
    command = [sys.executable, "-c", START_UP]
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
    wall, cpu = map(float, done.stdout.split())
    return round(wall, 2), round(cpu, 2)


def machine() -> dict[str, Any]:
    """What it ran on."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text(encoding="utf-8").splitlines() if cpu.exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    load = round(os.getloadavg()[0], 1)
    return {"cpu": model or platform.machine(), "cores": os.cpu_count(), "load": load}


def versions() -> dict[str, str]:
    """With what, and which state of the sources."""
    return {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "numba": version("numba"),
        "commit": commit(),
    }


def commit() -> str:
    """The commit checked out, marked if its sources were changed since; empty where there is no git."""
    try:
        named = _git("rev-parse", "--short", "HEAD")
        changed = _git("status", "--porcelain", "--", "exchange", "benchmarks/*.py")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return named + (" with changes" if changed else "")


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()
