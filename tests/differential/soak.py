"""The long run, `make soak`: ten million random commands with every index checked, then wild records.

It is done in parts; each leaves its result in var/soak, so that a run that was stopped goes on where it was
(as long as no source of kernel, vocabulary, reference or flow changes). All together are written to tests/results/soak.json.

    python -m tests.differential.soak                # every part that is not done, then the result
    python -m tests.differential.soak --part 3       # one of them
"""

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

os.environ["NUMBA_BOUNDSCHECK"] = "1"  # before the kernel is imported, here and in every process of the pool

import numba

from exchange import kernel
from tests.differential import fuzz, reach
from tests.differential.shard import (
    FIELDS,
    Occurred,
    commands_in,
    events_in,
    missing,
    run_shard,
)

ROOT: Final = Path(__file__).resolve().parents[2]
PARTS_FOLDER: Final = ROOT / "var" / "soak"
RESULT: Final = ROOT / "tests" / "results" / "soak.json"

COMMANDS: Final = 10_000_000
DIFFERENTIAL_PARTS: Final = 10
SHARDS_PER_PART: Final = 20
COMMANDS_PER_SHARD: Final = 50_000
FIRST_SEED: Final = 1_001
FUZZ_S: Final = 330.0
REACH_SEEDS: Final = tuple(range(301, 313))

Result = dict[str, Any]


def check_bounds_checked() -> None:
    """A process that does not check indexes proves nothing here."""
    config: Any = numba.config
    assert config.BOUNDSCHECK, "expected NUMBA_BOUNDSCHECK=1, found it off"


def checked_shard(seed: int) -> Occurred:
    """A shard in a process of the pool."""
    check_bounds_checked()
    return run_shard(seed, COMMANDS_PER_SHARD)


def new_pool() -> ProcessPoolExecutor:
    """A process for every core."""
    return ProcessPoolExecutor(len(os.sched_getaffinity(0)), get_context("spawn"))


def differential_part(number: int) -> Result:
    """Shards of random days, on every core."""
    seeds = range(FIRST_SEED + number * SHARDS_PER_PART, FIRST_SEED + (number + 1) * SHARDS_PER_PART)
    with new_pool() as pool:
        occurred: Occurred = sum(pool.map(checked_shard, seeds), Counter())
    return {
        "first_seed": seeds[0],
        "last_seed": seeds[-1],
        "commands": commands_in(occurred),
        "events": events_in(occurred),
        "occurred": [[*key, times] for key, times in sorted(occurred.items())],
    }


def checked_fuzz(first_seed: int) -> fuzz.Fuzzed:
    """Wild records in a process of the pool."""
    check_bounds_checked()
    return fuzz.fuzz(first_seed, FUZZ_S)


def fuzz_part() -> Result:
    """Wild records for minutes, on every core."""
    first_seeds = [10_000_000 * (core + 1) for core in range(len(os.sched_getaffinity(0)))]
    with new_pool() as pool:
        fuzzed = list(pool.map(checked_fuzz, first_seeds))
    total = fuzz.Fuzzed()
    for one in fuzzed:
        total = total.plus(one)
    return {"first_seeds": first_seeds, "seconds_each": FUZZ_S, **total._asdict()}


def reach_part() -> Result:
    """What of the reference the flow reaches, and why the rest stays out."""
    reached = reach.measure(REACH_SEEDS)
    unexplained = [place for place in reached.left_out if place not in reach.NOT_REACHED]
    return {
        "seeds": list(REACH_SEEDS),
        "percent_of_lines_and_branches": round(reached.percent, 2),
        "left_out": [[*place, reach.NOT_REACHED.get(place, "by chance")] for place in reached.left_out],
        "unexplained": len(unexplained),
    }


PARTS: Final[dict[str, Callable[[], Result]]] = {
    **{f"{number}": partial(differential_part, number) for number in range(DIFFERENTIAL_PARTS)},
    "fuzz": fuzz_part,
    "reach": reach_part,
}


def say(text: str) -> None:
    """Progress, for who watches."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def git(*arguments: str) -> str:
    """What git says; empty outside a clone."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def hash_sources() -> str:
    """What the parts of one run have in common."""
    digest = hashlib.sha256(kernel.SOURCES_HASH.encode())
    for folder in ("reference", "differential"):
        for path in sorted((ROOT / "tests" / folder).glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def run_part(name: str, folder: Path) -> None:
    """One part, unless it is done."""
    path = folder / f"{name}.json"
    if path.exists():
        say(f"part {name}: done before")
        return
    began = time.monotonic()
    result: Result = {"commit": git("rev-parse", "HEAD")} | PARTS[name]()
    result["seconds"] = round(time.monotonic() - began, 1)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result), encoding="utf-8")
    say(f"part {name}: {result['seconds']} s")


def summary(folder: Path) -> Result:
    """All parts together."""
    parts = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in PARTS}
    days = [parts[str(number)] for number in range(DIFFERENTIAL_PARTS)]
    occurred: Occurred = Counter()
    for part in days:
        for kind, field, value, times in part.pop("occurred"):
            occurred[kind, field, value] += times
    commands = sum(part["commands"] for part in days)
    assert commands >= COMMANDS, f"expected {COMMANDS} commands, found {commands}"
    assert missing(occurred) == [], f"expected everything to occur, found nothing of {missing(occurred)}"
    return {
        "commit": git("rev-parse", "HEAD"),
        "is_clean": not git("status", "--porcelain", "--", "exchange", "tests"),
        "kernel_sources": kernel.SOURCES_HASH,
        "bounds_checked": True,
        "versions": {"python": platform.python_version()} | {p: version(p) for p in ("numba", "numpy")},
        "machine": {
            "cores": len(os.sched_getaffinity(0)),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "commands": commands,
        "events": sum(part["events"] for part in days),
        "seconds": round(sum(part["seconds"] for part in parts.values()), 1),
        "rarest": {field: rarest(occurred, field) for _, field in FIELDS},
        "reach": parts.pop("reach"),
        "fuzz": parts.pop("fuzz"),
        "parts": list(parts.values()),
    }


def rarest(occurred: Occurred, field: str) -> dict[str, int]:
    """How often each value of a field occurred, the rarest three."""
    ((key, values),) = ((key, values) for key, values in FIELDS.items() if key[1] == field)
    counts = {value.name: occurred[(*key, int(value))] for value in values}
    return dict(sorted(counts.items(), key=lambda item: item[1])[:3])


def main() -> int:
    """Run what is asked for, and write the result when everything is there."""
    parser = argparse.ArgumentParser(description="The long differential run, in parts.")
    parser.add_argument("--part", choices=[*PARTS], help="one part only")
    options = parser.parse_args()
    folder = PARTS_FOLDER / hash_sources()[:16]
    for name in [options.part] if options.part else PARTS:
        run_part(name, folder)
    if all((folder / f"{name}.json").exists() for name in PARTS):
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(summary(folder), indent=1) + "\n", encoding="utf-8")
        say(f"written: {RESULT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
