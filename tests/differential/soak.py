"""The long run, `make soak`: ten million random commands with every index checked, then wild records.

It is done in parts; each leaves its result in var/soak, so that a run that was stopped goes on where it was
(as long as no source of kernel, vocabulary, reference or flow changes). All together go to
tests/results/soak.json.

    python -m tests.differential.soak                # every part that is not done, then the result
    python -m tests.differential.soak --part 3       # one of them
    python -m tests.differential.soak --small        # the same in a few minutes, told and not kept
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
from typing import Any, Final, NamedTuple

os.environ["NUMBA_BOUNDSCHECK"] = "1"  # before the kernel is imported, here and in every process of the pool

import numba

from exchange import kernel
from exchange.vocabulary.kinds import Kind
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
SOURCES: Final = ("exchange/kernel", "exchange/vocabulary", "tests/differential", "tests/reference")
RESULT: Final = ROOT / "tests" / "results" / "soak.json"

Result = dict[str, Any]


class Plan(NamedTuple):
    """How much of everything; the parts are the differential's, then `fuzz` and `reach`."""

    differential_parts: int
    shards_per_part: int
    commands_per_shard: int
    fuzz_s: float
    reach_seeds: tuple[int, ...]
    first_seed: int = 1_001

    @property
    def commands(self) -> int:
        """At least so many random commands."""
        return self.differential_parts * self.shards_per_part * self.commands_per_shard

    def parts(self) -> "dict[str, Callable[[], Result]]":
        """What to do, by name."""
        days = {f"{n}": partial(differential_part, self, n) for n in range(self.differential_parts)}
        return {**days, "fuzz": partial(fuzz_part, self), "reach": partial(reach_part, self)}


LONG: Final = Plan(10, 20, 50_000, 330.0, tuple(range(301, 313)))
SMALL: Final = Plan(2, 2, 50_000, 10.0, (301,))


def check_bounds_checked() -> None:
    """A process that does not check indexes proves nothing here."""
    config: Any = numba.config
    assert config.BOUNDSCHECK, "expected NUMBA_BOUNDSCHECK=1, found it off"


def checked_shard(seed: int, commands: int) -> Occurred:
    """A shard in a process of the pool."""
    check_bounds_checked()
    return run_shard(seed, commands)


def new_pool() -> ProcessPoolExecutor:
    """A process for every core."""
    return ProcessPoolExecutor(len(os.sched_getaffinity(0)), get_context("spawn"))


def differential_part(plan: Plan, number: int) -> Result:
    """Shards of random days, on every core."""
    first = plan.first_seed + number * plan.shards_per_part
    seeds = range(first, first + plan.shards_per_part)
    with new_pool() as pool:
        shards = pool.map(checked_shard, seeds, [plan.commands_per_shard] * len(seeds))
        occurred: Occurred = sum(shards, Counter())
    return {
        "first_seed": seeds[0],
        "last_seed": seeds[-1],
        "commands": commands_in(occurred),
        "events": events_in(occurred),
        "occurred": [[*key, times] for key, times in sorted(occurred.items())],
    }


def checked_fuzz(first_seed: int, seconds: float) -> fuzz.Fuzzed:
    """Wild records in a process of the pool."""
    check_bounds_checked()
    return fuzz.fuzz(first_seed, seconds)


def fuzz_part(plan: Plan) -> Result:
    """Wild records for minutes, on every core."""
    first_seeds = [10_000_000 * (core + 1) for core in range(len(os.sched_getaffinity(0)))]
    with new_pool() as pool:
        fuzzed = list(pool.map(checked_fuzz, first_seeds, [plan.fuzz_s] * len(first_seeds)))
    total = fuzz.Fuzzed()
    for one in fuzzed:
        total = total.plus(one)
    return {"first_seeds": first_seeds, "seconds_each": plan.fuzz_s, **total._asdict()}


def reach_part(plan: Plan) -> Result:
    """What of the reference the flow reaches, and why the rest stays out."""
    reached = reach.measure(plan.reach_seeds)
    unexplained = [place for place in reached.left_out if place not in reach.NOT_REACHED]
    return {
        "seeds": list(plan.reach_seeds),
        "percent_of_lines_and_branches": round(reached.percent, 2),
        "left_out": [[*place, reach.NOT_REACHED.get(place, "by chance")] for place in reached.left_out],
        "unexplained": len(unexplained),
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


def run_part(name: str, part: Callable[[], Result], folder: Path) -> None:
    """One part, unless it is done."""
    path = folder / f"{name}.json"
    if path.exists():
        say(f"part {name}: done before")
        return
    began = time.monotonic()
    result: Result = {"commit": git("rev-parse", "HEAD")} | part()
    result["seconds"] = round(time.monotonic() - began, 1)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result), encoding="utf-8")
    say(f"part {name}: {result['seconds']} s")


def summary(plan: Plan, folder: Path) -> Result:
    """All parts together."""
    parts = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in plan.parts()}
    others = {name: parts.pop(name) for name in ("reach", "fuzz")}
    occurred: Occurred = Counter()
    for part in parts.values():
        for kind, field, value, times in part.pop("occurred"):
            occurred[kind, field, value] += times
    commands = sum(part["commands"] for part in parts.values())
    assert commands >= plan.commands, f"expected {plan.commands} commands, found {commands}"
    return {
        "commit": git("rev-parse", "HEAD"),
        "is_clean": not git("status", "--porcelain", "--", *SOURCES),
        "kernel_sources": kernel.SOURCES_HASH,
        "bounds_checked": True,
        "versions": {"python": platform.python_version()} | {p: version(p) for p in ("numba", "numpy")},
        "machine": {
            "cores": len(os.sched_getaffinity(0)),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "commands": commands,
        "events": sum(part["events"] for part in parts.values()),
        "seconds": round(sum(part["seconds"] for part in (*parts.values(), *others.values())), 1),
        "did_not_occur": missing(occurred),
        "rarest": {f"{Kind(kind).name}.{field}": rarest(occurred, kind, field) for kind, field in FIELDS},
        **others,
        "parts": list(parts.values()),
    }


def rarest(occurred: Occurred, kind: int, field: str) -> dict[str, int]:
    """How often the three rarest values of a field occurred."""
    counts = {value.name: occurred[kind, field, int(value)] for value in FIELDS[kind, field]}
    return dict(sorted(counts.items(), key=lambda item: item[1])[:3])


def write_result(plan: Plan, folder: Path) -> int:
    """Tell a small run, keep a long one; 1 if something is not as it has to be."""
    result = summary(plan, folder)
    text = json.dumps(result, indent=1) + "\n"
    if plan is SMALL:
        say(text)
        return 0
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text, encoding="utf-8")
    say(f"written: {RESULT.relative_to(ROOT)}")
    if result["did_not_occur"] or result["reach"]["unexplained"]:
        say(f"did not occur: {result['did_not_occur']}; was not reached: {result['reach']['left_out']}")
        return 1
    return 0


def main() -> int:
    """Run what is asked for, and write the result when everything is there."""
    parser = argparse.ArgumentParser(description="The long differential run, in parts.")
    parser.add_argument("--part", choices=[*LONG.parts()], help="one part only")
    parser.add_argument("--small", action="store_true", help="a hundredth of it")
    options = parser.parse_args()
    plan = SMALL if options.small else LONG
    folder = PARTS_FOLDER / ("small" if options.small else "long") / hash_sources()[:16]
    parts = plan.parts()
    for name in [options.part] if options.part else parts:
        run_part(name, parts[name], folder)
    return write_result(plan, folder) if all((folder / f"{name}.json").exists() for name in parts) else 0


if __name__ == "__main__":
    sys.exit(main())
