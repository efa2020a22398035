"""A tree against itself: both do the same trades, and a ratio comes out."""

import re
import subprocess
import sys
from pathlib import Path

from benchmarks.flows import make_flow
from benchmarks.flows_format import write_flow

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.paired", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_a_tree_against_itself(tmp_path: Path) -> None:
    flow = tmp_path / "A.bin"
    write_flow(flow, make_flow("A", 5_000, seed=1))
    done = run(str(flow), str(ROOT), "--launches", "1", "--passes", "2")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ratio \d\.\d{3} \(of each launch: \d\.\d{3}\)$", done.stdout, re.MULTILINE)


def test_what_is_not_a_tree_is_refused(tmp_path: Path) -> None:
    flow = tmp_path / "A.bin"
    write_flow(flow, make_flow("A", 100, seed=1))
    done = run(str(flow), str(tmp_path))
    assert done.returncode == 2
    assert "expected a working tree of this project" in done.stderr
