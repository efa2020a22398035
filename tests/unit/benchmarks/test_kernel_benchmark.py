"""The kernel's benchmark, run small: the figures are there, the fills are those of the bare book."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.flows import make_flow
from benchmarks.flows_format import write_flow
from benchmarks.kernel_commands import Style
from benchmarks.kernel_measure import Outcome, Trial, measure
from benchmarks.kernel_suite import interleave
from benchmarks.yardstick import examine
from exchange.vocabulary.enums import Method
from tests.unit.benchmarks.wild_flow import wild_flow

ROOT = Path(__file__).resolve().parents[3]
KEYS = "flow mode commands seconds ns_per_command trades tonnes fill_hash live_orders yardstick_ns".split()
LISTED = Style(method=Method.LISTED, is_immediate=True)
MESSAGES = 6_000


def check_same_work(outcome: Outcome) -> None:
    assert outcome.is_same_work
    assert outcome.passed.rejects == {}
    assert outcome.passed.trades > 0
    _, result = examine(outcome.trial.flow, outcome.trial.style.is_immediate)
    assert outcome.fill_hash == result.fill_hash
    assert outcome.passed.tonnes == result.tonnes
    assert outcome.passed.live_orders == result.live_orders


@pytest.mark.parametrize("name", ["A", "B", "adversarial", "replace"])
@pytest.mark.parametrize("gap", [1, 9])
def test_continuous_fills_are_those_of_the_bare_book(name: str, gap: int) -> None:
    flow = make_flow(name, MESSAGES, 1, live_wanted=400)
    check_same_work(measure(Trial(name, flow, Style(reference_gap=gap)), repeats=2))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_flow_without_manners_gives_the_same_fills(seed: int) -> None:
    """Shrinking replaces lose their place as the format says; what names a dead order is refused."""
    flow = wild_flow(seed, MESSAGES)
    outcome = measure(Trial("wild", flow), repeats=2)
    _, result = examine(flow, False)
    assert outcome.is_same_work
    assert outcome.fill_hash == result.fill_hash
    assert sum(outcome.passed.rejects.values()) == result.unknown
    assert outcome.commands > len(flow)


@pytest.mark.parametrize("style", [LISTED, Style(is_immediate=True), Style()])
def test_takes_and_orders_give_the_same_fills_on_the_listed_flow(style: Style) -> None:
    flow = make_flow("listed", MESSAGES, 1, live_wanted=400)
    check_same_work(measure(Trial("listed", flow, style), repeats=2))


def test_filling_the_book_is_not_counted() -> None:
    flow = make_flow("A", MESSAGES, 1, live_wanted=400)
    outcome = measure(Trial("A", flow, untimed=1_000), repeats=2)
    check_same_work(outcome)
    assert outcome.line()["commands"] == MESSAGES - 1_000


def test_several_contracts_each_fill_as_their_own_book() -> None:
    flows = [make_flow("A", MESSAGES // 3, seed, live_wanted=100) for seed in (1, 2, 3)]
    flow, contract_of_order = interleave(flows)
    outcome = measure(Trial("3", flow, contract_of_order=contract_of_order), repeats=2)
    assert outcome.is_same_work
    assert outcome.passed.rejects == {}
    assert np.unique(outcome.passed.fills["contract_id"]).tolist() == [1, 2, 3]


@pytest.mark.parametrize("mode", ["continuous", "listed"])
def test_the_command_prints_one_line_of_json(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "small.bin"
    flow = make_flow("listed", MESSAGES, 1, live_wanted=400)
    write_flow(path, flow)
    command = [sys.executable, "-m", "benchmarks.kernel", "--flow", str(path), "--mode", mode, "--json"]
    done = subprocess.run([*command, "--repeats", "2"], cwd=ROOT, capture_output=True, text=True, check=True)
    line = json.loads(done.stdout)
    assert list(line) == KEYS
    assert (line["flow"], line["mode"], line["commands"]) == ("small", mode, MESSAGES)
    assert line["fill_hash"] == examine(flow, False)[1].fill_hash
    assert line["ns_per_command"] > 0
    assert line["yardstick_ns"] > 0
    assert "fills: those of the bare book" in done.stderr


def test_an_unusable_flow_ends_the_command_with_one_line(tmp_path: Path) -> None:
    path = tmp_path / "short.bin"
    path.write_bytes(bytes(15))
    command = [sys.executable, "-m", "benchmarks.kernel", "--flow", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("expected a positive multiple of 16 bytes, found 15")
