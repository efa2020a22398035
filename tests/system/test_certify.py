"""`exchange certify`: a good program passes every step, a broken one fails the step that it breaks."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.certify.bench import Bench
from exchange.certify.examiner import Examiner, StepResult
from exchange.certify.program import Program
from exchange.certify.relay import Relay
from exchange.certify.scenario import NAMES
from exchange.commands.certify import CertifyOptions, market, print_scenario, run_certify
from exchange.errors import UsageError
from tests.system.raw_member import BREAKS

ROOT = Path(__file__).resolve().parents[2]
RAW = Path(__file__).with_name("raw_member.py")
PATIENCE_S = 3.0
RUN_TIMEOUT_S = 200
EVERY_DAY = tuple(name for name in NAMES if name not in ("wrong-password", "silence", "next-day", "logout"))
#: break -> what it fails of the steps it is taken through
BROKEN = {
    "hammers": (("wrong-password", "listing"), {"wrong-password"}),
    "mute": (("silence", "listing", "logout"), {"silence"}),
    "stubborn": (("listing", "reject", "cancel", "take"), {"reject"}),
    "forgetful": (("listing", "partial", "slow-line"), {"partial"}),
    "greedy": (("partial", "resume", "lost-answer"), {"resume"}),
    "doubles": (("resume", "lost-answer", "lost-command"), {"lost-answer"}),
    "resigned": (("resume", "lost-answer", "lost-command"), {"lost-command"}),
    "hasty": (("partial", "slow-line"), {"slow-line"}),
    "deaf": (("listing", "next-day"), {"next-day"}),
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with market(tmp_path_factory.mktemp("certify")) as bench:
        yield bench


def examine(bench: Bench, broken: str, steps: tuple[str, ...], folder: Path) -> list[StepResult]:
    """Each break as another member of the same market."""
    program = Program((sys.executable, str(RAW), broken), folder, str)
    relay = Relay(bench.address)
    user = bench.members[BREAKS.index(broken)]
    try:
        return Examiner(bench, relay, program, user, patience_s=PATIENCE_S).run(steps)
    finally:
        relay.close()


def test_a_program_of_the_standard_library_alone_passes(bench: Bench, tmp_path: Path) -> None:
    results = examine(bench, "good", (*EVERY_DAY, "logout"), tmp_path)
    assert [result.step for result in results] == [*EVERY_DAY, "logout"]
    assert [result for result in results if not result.passed] == []


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_program_fails_the_step_that_it_breaks(bench: Bench, tmp_path: Path, broken: str) -> None:
    steps, failed = BROKEN[broken]
    results = examine(bench, broken, steps, tmp_path)
    assert {result.step for result in results if not result.passed} == failed, results
    for result in results:
        assert result.expected and (result.passed or result.found)


def test_every_break_is_tried() -> None:
    assert set(BREAKS) == {"good", *BROKEN}


def certify(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "exchange", "certify", *arguments],
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT_S,
        check=False,
        cwd=ROOT,
    )


def test_the_example_passes_every_step(tmp_path: Path) -> None:
    """As its author would run it; the same result is kept in the folder."""
    data = tmp_path / "new"
    example = (sys.executable, "examples/certified_member.py")
    done = certify("--data", str(data), "--json", "--", *example)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["passed"] and [step["step"] for step in found["steps"]] == list(NAMES)
    assert json.loads((data / "certificate.json").read_text(encoding="utf-8")) == found
    again = certify("--data", str(data), "--", *example)
    assert again.returncode == 2 and "new or empty folder" in again.stderr


def test_a_program_that_does_nothing_fails_with_words(capsys: pytest.CaptureFixture[str]) -> None:
    program = (sys.executable, "-c", "print('no idea')")
    options = CertifyOptions(data=None, program=program, steps=("wrong-password",), patience_s=1.0)
    assert run_certify(options) == 1
    said = capsys.readouterr().out
    assert "FAILED  wrong-password" in said and "exit code 0" in said
    assert "FAILED: 0 of 1 steps" in said and "no idea" in said


def test_the_scenario_is_printed_and_unknown_steps_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    print_scenario()
    said = capsys.readouterr().out
    assert all(f". {name}: " in said for name in NAMES)
    with pytest.raises(UsageError, match="found fly"):
        run_certify(CertifyOptions(data=None, program=("true",), steps=("listing", "fly")))
