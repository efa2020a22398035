"""How much of the reference the random flow reaches: lines and branches, by days of every profile.

`python -m tests.differential.reach` prints it; a line that stays out is in NOT_REACHED with the reason.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

import coverage

ROOT: Final = Path(__file__).resolve().parents[2]
REFERENCE: Final = ROOT / "tests" / "reference"
SEEDS: Final = (201, 203)

#: file, text of a line that no random day reaches -> why
NOT_REACHED: Final = {
    ("admission.py", "return Refusal(RejectReason.ORDER_CAPACITY)"): "a day of 16 million trades",
    ("return Refusal(RejectReason.NEGATIVE_BALANCE)",): "balances at their bound of 256 accounts",
    (
        "breaker.py",
        "return False",
    ): "rare: what is left of an order whose trade trips the market's breaker (test_market_breaker.py)",
    ("layout.py", "unknown = sorted(values.keys() - zeros.keys())"): "a mistake in a test",
    (
        "layout.py",
        'raise ValueError(f"{Kind(kind).name}: expected fields of {list(zeros)}, found {unknown}")',
    ): "a mistake in a test",
}


class Reach(NamedTuple):
    """What was reached: share of lines and branches, and the lines left out, by file and text."""

    percent: float
    left_out: list[tuple[str, str]]


def run_day(seed: int, folder: Path) -> None:
    """A day of every profile in a process of its own, measured from its first import on."""
    command = [*f"-m coverage run --branch --source={REFERENCE} --rcfile=/dev/null".split()]
    command += [f"--data-file={folder / f'data.{seed}'}", "-m", "tests.differential.day", str(seed)]
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True)


def measure(seeds: Iterable[int] = SEEDS) -> Reach:
    """All seeds together."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as waiters:
            list(waiters.map(lambda seed: run_day(seed, folder), seeds))
        whole = coverage.Coverage(data_file=str(folder / "data"), config_file=False)
        whole.combine([str(folder)], strict=True)
        report = folder / "report.json"
        whole.json_report(outfile=str(report))
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return Reach(found["totals"]["percent_covered"], list(lines_left_out(found["files"])))


def lines_left_out(files: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """File name and text of every line that did not run."""
    for name, file in files.items():
        path = REFERENCE / Path(name).name
        lines = path.read_text(encoding="utf-8").splitlines()
        for number in file["missing_lines"]:
            yield path.name, lines[number - 1].strip()


def main() -> int:
    """Print what was reached."""
    reach = measure()
    sys.stdout.write(f"{reach.percent:.2f} % of the reference's lines and branches\n")
    for place in reach.left_out:
        sys.stdout.write(f"  {place[0]}: {place[1]}  [{NOT_REACHED.get(place, 'by chance')}]\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
