"""How fast the kernel is: `python -m benchmarks.kernel --mode listed [--json]`.

One process, one core. A seeded flow of listings, cancels and takes with every check, fee and event on goes
through apply_batch into a reused event buffer; the figure is the median of the repeats, each on a fresh
state, so that every repeat must end in the same state hash. Compiling and loading are measured in processes
of their own with a cache folder of their own. The result is written to benchmarks/results/kernel.json and
printed as one JSON line last.
"""

import argparse
import json
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

import numpy as np

from benchmarks.kernel_flow import CAPACITY, listed_flow, set_up_day
from exchange import kernel
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import COMMAND, EVENT, Records

RESULT: Final = Path(__file__).parent / "results" / "kernel.json"
EVENT_BUFFER: Final = 16_384
BATCH: Final = 4_096
CALLS: Final = 2_000
START_UP = """
import time
started = time.perf_counter()
from exchange import kernel
imported = time.perf_counter()
kernel.warm_up()
print(imported - started, time.perf_counter() - started)
"""


class Run:
    """One pass of commands through a fresh state."""

    def __init__(self, set_up: Records) -> None:
        self.state = kernel.new_state(CAPACITY)
        self.events = np.zeros(EVENT_BUFFER, EVENT)
        self.streams = np.zeros(EVENT_BUFFER, np.uint32)
        self.event_count = 0
        self.rejected = 0
        self.apply(set_up)

    def apply(self, commands: Records) -> int:
        """Everything in batches, as the engine does; returns the nanoseconds inside apply_batch."""
        spent = 0
        for start in range(0, len(commands), BATCH):
            batch = commands[start : start + BATCH]
            while len(batch):
                began = time.perf_counter_ns()
                done, count, _ = kernel.apply_batch(self.state, batch, self.events, self.streams)
                spent += time.perf_counter_ns() - began
                batch = batch[done:]
                self.event_count += count
                self.rejected += int((self.events["kind"][:count] == Kind.REJECTED).sum())
        return spent


def measure(commands: int, repeats: int, seed: int) -> dict[str, Any]:
    """All figures of the listed mode."""
    kernel.warm_up()
    set_up = set_up_day()
    flow = listed_flow(seed, commands, len(set_up) + 1)
    times, hashes = [], set()
    for _ in range(repeats):
        run = Run(set_up)
        before = run.event_count
        times.append(run.apply(flow) / len(flow))
        hashes.add(kernel.digest_canonical(run.state).hex())
    if len(hashes) != 1:
        raise AssertionError(f"expected one state hash over {repeats} repeats, found {sorted(hashes)}")
    counters = run.state.counters[0]
    nanoseconds = statistics.median(times)
    return {
        "mode": "listed",
        "commands": len(flow),
        "ns_per_command": round(nanoseconds, 1),
        "ns_per_command_all": [round(t, 1) for t in times],
        "commands_per_second": round(1e9 / nanoseconds),
        "events_per_command": round((run.event_count - before) / len(flow), 2),
        "trades": int(counters["match_count"]),
        "tonnes": int(counters["tonnes_lots"]),
        "live_orders": int(counters["live_orders"]),
        "accepted_share": round(1 - run.rejected / len(flow), 4),
        "call_us": call_overhead_us(run, flow),
        **start_up_seconds(),
        "state_hash": hashes.pop(),
        "kernel_hash": kernel.SOURCES_HASH,
    }


def call_overhead_us(run: Run, flow: Records) -> dict[str, float]:
    """Median microseconds of one call from Python with 0, 1 and 64 commands (repeats of known references)."""
    figures = {}
    for size in (0, 1, 64):
        batch = np.ascontiguousarray(flow[:size]) if size else np.zeros(0, COMMAND)
        times = []
        for _ in range(CALLS):
            began = time.perf_counter_ns()
            kernel.apply_batch(run.state, batch, run.events, run.streams)
            times.append(time.perf_counter_ns() - began)
        figures[str(size)] = round(statistics.median(times) / 1_000, 2)
    return figures


def start_up_seconds() -> dict[str, float]:
    """Cold: compile into an empty cache. Warm: import and load from it. Each in a fresh process."""
    with tempfile.TemporaryDirectory(prefix="kernel-cache-") as folder:
        environment = os.environ | {"TWO_CITY_CACHE_DIR": folder}
        cold, warm = (_start_up(environment) for _ in range(2))
    return {"cold_compile_s": cold[1], "warm_import_s": warm[1]}


def _start_up(environment: dict[str, str]) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", START_UP], env=environment, check=True, capture_output=True, text=True
    )
    imported, ready = map(float, done.stdout.split())
    return round(imported, 2), round(ready, 2)


def machine() -> dict[str, Any]:
    """What it ran on."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text(encoding="utf-8").splitlines() if cpu.exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    load = round(os.getloadavg()[0], 1)
    return {"cpu": model or platform.machine(), "cores": os.cpu_count(), "load": load}


def main() -> None:
    """Measure, write the result, print it."""
    parser = argparse.ArgumentParser(description="How fast the kernel is.")
    parser.add_argument("--mode", choices=["listed"], default="listed")
    parser.add_argument("--commands", type=int, default=200_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print the last line only")
    options = parser.parse_args()
    result = measure(options.commands, options.repeats, options.seed) | {
        "machine": machine(),
        "versions": {
            "python": platform.python_version(),
            "numpy": version("numpy"),
            "numba": version("numba"),
        },
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if not options.json:
        for name in ("ns_per_command", "accepted_share", "trades", "cold_compile_s", "warm_import_s"):
            print(f"{name}: {result[name]}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
