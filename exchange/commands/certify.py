"""`exchange certify`: a new member's program is taken through the scenario, step by step."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from exchange.certify.bench import MEMBERS, SCENARIO, Bench, running_exchange
from exchange.certify.examiner import PATIENCE_S, PERSON_PATIENCE_S, Examiner, StepResult
from exchange.certify.program import Program
from exchange.certify.relay import Relay
from exchange.certify.scenario import NAMES, scenario_text
from exchange.commands.processes import Child
from exchange.commands.progress import say
from exchange.errors import UsageError

EXIT_PASSED, EXIT_FAILED = 0, 1
CERTIFICATE: Final = "certificate.json"
LOG_LINES_SHOWN: Final = 12


class CertifyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the person asked for."""

    data: Path | None  # None: a folder for this examination alone
    program: tuple[str, ...]  # empty: a person starts it
    steps: tuple[str, ...] = NAMES
    patience_s: float | None = None
    as_json: bool = False


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """The result, as `--json` prints it."""

    program: tuple[str, ...]
    passed: bool
    steps: list[StepResult]


def run_certify(options: CertifyOptions) -> int:
    """Examine; 0 when every step was passed."""
    unknown = sorted(set(options.steps) - set(NAMES))
    if unknown:
        raise UsageError(f"expected steps of {', '.join(NAMES)}, found {', '.join(unknown)}", "see --list")
    if options.data is not None:
        _refuse_used(options.data)
        return _examine(options, options.data.resolve())
    with tempfile.TemporaryDirectory(prefix="certify-") as folder:
        return _examine(options, Path(folder))


def print_scenario() -> None:
    """What a program is taken through, for its author."""
    say(scenario_text())


@contextmanager
def market(data: Path) -> Iterator[Bench]:
    """Both cities, trading: Shanghai in this process, Wuhan as a child."""
    with running_exchange(data) as bench:
        where = ["--data", str(data), "--exchange", f"{bench.address.host}:{bench.address.port}"]
        season = ["--scenario", SCENARIO, "--members", str(MEMBERS)]
        first = ["--first-day", bench.config.first_day.isoformat()]
        wuhan = Child("Wuhan", ["settlement", "serve", *where, *season, *first], data / "log" / "wuhan.log")
        wuhan.start()
        try:
            bench.open_sessions()
            yield bench
        finally:
            bench.close()
            wuhan.stop()


def _examine(options: CertifyOptions, data: Path) -> int:
    tell = _silent if options.as_json else say
    tell("a market is made for the examination ...")
    program = Program(options.program, data / "program", say)
    patience_s = options.patience_s or (PATIENCE_S if options.program else PERSON_PATIENCE_S)
    with market(data) as bench:
        relay = Relay(bench.address)
        examiner = Examiner(
            bench, relay, program, bench.members[0], patience_s=patience_s, on_result=lambda r: tell(_line(r))
        )
        try:
            results = examiner.run(options.steps)
        finally:
            relay.close()
    passed = all(result.passed for result in results)
    certificate = Certificate(program=options.program, passed=passed, steps=results)
    encoded = msgspec.json.encode(certificate)
    (data / CERTIFICATE).write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")
    if options.as_json:
        sys.stdout.write(encoded.decode() + "\n")
        return EXIT_PASSED if passed else EXIT_FAILED
    failed = sum(not result.passed for result in results)
    tell(f"{'PASSED' if passed else 'FAILED'}: {len(results) - failed} of {len(results)} steps")
    if not passed and (last := _last_lines(program.log)):
        tell(f"the program's last words:\n{last}")
    return EXIT_PASSED if passed else EXIT_FAILED


def _refuse_used(data: Path) -> None:
    """An examination begins its own season: it never touches one that is there."""
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise UsageError(f"expected --data to be a new or empty folder, found {data}", "name another one")


def _line(result: StepResult) -> str:
    """One row of the table; what a failed step expected and found stands below it."""
    if result.passed:
        return f"  passed  {result.step}"
    found = f"            expected {result.expected}\n            found {result.found}"
    return f"  FAILED  {result.step}\n{found}"


def _last_lines(log: Path) -> str:
    if not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES_SHOWN:])


def _silent(text: str) -> None:
    """With --json nothing is said but the result."""
