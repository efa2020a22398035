"""Two working trees on one flow, pass by pass in turn: `python -m benchmarks.paired FLOW OTHER_TREE`.

On a shared machine the same run varies by more than most changes gain. So each tree gets a process of its
own, both on one core, and they take turns; what counts is the ratio of neighbouring passes. Processes differ
too, by where their memory happens to lie: both are started anew several times, and the median is told.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
#: One pass for every line that is sent; with the sources of the folder that it runs in.
WORKER: Final = """
import sys
from pathlib import Path
from benchmarks.flows_format import read_flow
from benchmarks.kernel_measure import Trial, prepare
from benchmarks.kernel_run import apply_all, new_heard, warm_up
from benchmarks.yardstick import examine
flow = read_flow(Path(sys.argv[1]))
fills = examine(flow, False)[1].trades
market, load = prepare(Trial("paired", flow))
warm_up(market)
print(fills, flush=True)
for _ in sys.stdin:
    market.restore()
    print(apply_all(market, load.commands, new_heard(fills)) / len(flow), flush=True)
"""


class Worker:
    """A process that measures a tree."""

    def __init__(self, tree: Path, flow: Path) -> None:
        self.tree = tree
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(flow)],
            cwd=tree,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.trades = int(self._line())

    def measure(self) -> float:
        """Nanoseconds a message of one pass."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self._line())

    def close(self) -> None:
        """Let it end."""
        self.process.communicate()

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.tree}: the benchmark of this tree ended (see above)")
        return line


def compare(trees: list[Path], flow: Path, passes: int) -> list[list[float]]:
    """The passes of each tree, after one that does not count."""
    workers = [Worker(tree, flow) for tree in trees]
    found = {worker.trades for worker in workers}
    if len(found) > 1:
        sys.exit(f"expected the same trades of both trees, found {sorted(found)}")
    for worker in workers:
        worker.measure()
    times = [[worker.measure() for worker in workers] for _ in range(passes)]
    for worker in workers:
        worker.close()
    return [list(column) for column in zip(*times, strict=True)]


def main() -> None:
    """Tell both trees' times and the ratio, this tree to the other."""
    options = _options()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # inherited by the workers, which take turns
    mine, others, ratios = [], [], []
    for _ in range(options.launches):
        here, there = compare([ROOT, options.tree], options.flow, options.passes)
        mine.append(statistics.median(here))
        others.append(statistics.median(there))
        ratios.append(statistics.median(a / b for a, b in zip(here, there, strict=True)))
    print(f"this tree {statistics.median(mine):.1f} ns, {options.tree} {statistics.median(others):.1f} ns")
    told = ", ".join(f"{ratio:.3f}" for ratio in ratios)
    print(f"ratio {statistics.median(ratios):.3f} (of each launch: {told})")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="This working tree against another one on a flow.")
    parser.add_argument("flow", type=lambda text: Path(text).resolve(), help="a file of benchmarks.flows")
    parser.add_argument("tree", type=lambda text: Path(text).resolve(), help="such as a git worktree")
    parser.add_argument("--launches", type=int, default=3, help="processes of each tree")
    parser.add_argument("--passes", type=int, default=5, help="of each process")
    options = parser.parse_args()
    if not options.flow.is_file():
        parser.error(f"{options.flow}: no such file")
    if not (options.tree / "benchmarks" / "kernel_run.py").is_file():
        parser.error(f"{options.tree}: expected a working tree of this project")
    if options.launches < 1 or options.passes < 1:
        parser.error("expected at least one launch and one pass")
    return options


if __name__ == "__main__":
    main()
