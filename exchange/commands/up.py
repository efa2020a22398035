"""`exchange up`: both cities, banks, console and simulated members as processes; a season played in them."""

import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from types import FrameType

import msgspec

from exchange.bridge.service import MQTT, REDIS, parse_service
from exchange.commands import bulletin
from exchange.commands.processes import Child, ChildFailed, Supervisor, free_port, wait_for
from exchange.commands.progress import DayLines, say
from exchange.commands.snapshot import EVERY_SECONDS, follower_arguments
from exchange.commands.verdict import Verdict, reach_verdict
from exchange.config import RunConfig, keep
from exchange.errors import UsageError
from exchange.locking import only_one
from exchange.rulebook import RulebookError, contracts_on, parameters_on
from exchange.rulebook.scenarios import Scenario, load_scenario, participants
from exchange.troubles.plan import has_refused_result

START_TIMEOUT_S = 180.0  # the first start compiles the kernel
DAY_GRACE_S = 90.0
EXIT_GOOD, EXIT_BREAKS, EXIT_FAILED = 0, 1, 2
LOCK = ".lock"
SNAPSHOTS_OF_A_DAY = 4  # a compressed day is short: still some snapshots in each
REFUSED_RESULT = "one-fen"  # the fault that the planted trouble of a refused result is
NEEDED = ("Shanghai", "Wuhan", "members", "troubles")
WRONG_VINTAGE, VINTAGES_MIN = "wrong-vintage", 2
REGISTRY = "CRC"  # Wuhan's, among the rulebook's
CITY_HELD = 3  # exit code of the registry when a day is held
SETTLEMENT_BANKS = (1, 2)  # as many as the registry's data/cash.toml has; a test compares them
BANK_FOLDERS = tuple(f"bank-{bank}" for bank in SETTLEMENT_BANKS)
KEPT_FOLDERS = ("run", "log", "shanghai", "wuhan", "credentials", "bridge", bulletin.FOLDER, *BANK_FOLDERS)
KEPT_FILES = ("run.json", "report.html")


class UpOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the person asked for."""

    scenario: str
    profile: str
    days: int
    day_seconds: float
    members: int
    first_day: date | None
    data: Path
    console_port: int
    console: bool
    once: bool
    fresh: bool
    resume_after_restart_s: float
    plant: str | None
    troubles: bool = False
    mqtt: str | None = None
    redis: str | None = None
    websocket_port: int | None = None


def run_up(options: UpOptions) -> int:
    """Play the season; returns the exit code."""
    data = options.data.resolve()
    if data.exists() and not data.is_dir():
        raise UsageError(
            f"expected --data to be a folder, or nothing yet, found the file {data}", "choose a folder"
        )
    _check_services(options)
    wanted = _config(options)  # refuses what cannot be played before anything is touched
    if options.fresh:
        remove_season(data)
    with _only_run(data), _interruptible():
        config = keep(wanted, data)
        supervisor = Supervisor(say)
        try:
            return _play(options, config, data, supervisor)
        except KeyboardInterrupt:
            say("\nstopping; run the same command again to go on")
            return EXIT_GOOD
        except ChildFailed as failure:
            say(str(failure))
            return EXIT_FAILED
        finally:
            supervisor.stop()


def _config(options: UpOptions) -> RunConfig:
    scenario = load_scenario(options.scenario)
    first_day = options.first_day or scenario.first_date
    try:
        scenario.window(first_day, options.days)
        parameters_on(options.profile, first_day, scenario.contract)
        _refuse_idle_plant(options, scenario, first_day)
    except RulebookError as error:
        raise UsageError(str(error), "choose other --days, --first-day or --profile") from error
    return RunConfig(
        scenario=options.scenario, profile=options.profile, members=options.members, first_day=first_day
    )


def _play(options: UpOptions, config: RunConfig, data: Path, supervisor: Supervisor) -> int:
    lines = DayLines(data, config, options.days)
    if lines.done() < options.days:
        _play_days(options, config, data, supervisor, lines)
    else:
        say(f"all {options.days} days are played; --fresh begins anew, --days asks for more")
    verdict = reach_verdict(data, lines.dates)
    verdict.tell(say)
    report = _write_report(data, config)
    say(f"report: {report}")
    if not options.once and options.console:
        _leave_console_up(options, data, supervisor)
    sys.stdout.write(verdict.json_line() + "\n")
    return EXIT_GOOD if verdict.good else EXIT_BREAKS


def _refuse_idle_plant(options: UpOptions, scenario: Scenario, first_day: date) -> None:
    """A wrong vintage needs two of the registry's contracts on a day: else it would wait unseen."""
    last = scenario.window(first_day, options.days)[-1].date
    held = [row.code for row in contracts_on(options.profile, last) if row.registry == REGISTRY]
    if options.plant == WRONG_VINTAGE and len(held) < VINTAGES_MIN:
        raise UsageError(
            f"--plant {WRONG_VINTAGE} needs two vintages on a day, found {', '.join(held)} on {last}",
            "plant swapped-account, or play a scenario of later years",
        )


def _play_days(
    options: UpOptions, config: RunConfig, data: Path, supervisor: Supervisor, lines: DayLines
) -> None:
    (data / "run").mkdir(exist_ok=True)
    human = participants(load_scenario(config.scenario), config.members)[0]
    say(f"season {config.scenario} from {config.first_day}, {options.days} days, data in {data}")
    say("Shanghai starts (the first start compiles the kernel) ...")
    exchange_port = free_port()
    shanghai = Child(
        "Shanghai", _shanghai_arguments(options, config, data, exchange_port), data / "log" / "shanghai.log"
    )
    supervisor.start(shanghai)
    wait_for(data / "run" / "shanghai.json", shanghai, START_TIMEOUT_S)
    _start_banks(config, data, supervisor)
    line_port = _start_troubles(options, data, supervisor) if options.troubles else exchange_port
    wuhan = Child("Wuhan", _wuhan_arguments(options, config, data, line_port), data / "log" / "wuhan.log")
    supervisor.start(wuhan)
    every_s = min(EVERY_SECONDS, options.day_seconds / SNAPSHOTS_OF_A_DAY)
    supervisor.start(Child("snapshots", follower_arguments(data, every_s), data / "log" / "snapshots.log"))
    bulletins = Child("bulletins", bulletin.follower_arguments(data), data / "log" / "bulletins.log")
    supervisor.start(bulletins)
    if options.console:
        _start_console(options, data, supervisor)
    members = Child(
        "members", _members_arguments(options, config, data, human.user), data / "log" / "members.log"
    )
    supervisor.start(members)
    _start_bridges(options, data, supervisor)
    if not options.once:
        say(f"trade yourself, as {human.name_en} ({human.name_zh}), in another terminal:")
        program = Path(sys.executable).parent / "exchange"
        say(f"  {shlex.join([str(program), 'client', '--data', str(data), '--user', human.user])}")
    _watch(options, supervisor, lines, (shanghai, wuhan, members))
    if lines.done() == options.days:
        _wait_bulletin(data / bulletin.FOLDER / f"{lines.dates[-1]}-halts.parquet", bulletins)


def _watch(
    options: UpOptions, supervisor: Supervisor, lines: DayLines, children: tuple[Child, Child, Child]
) -> None:
    """Print each day as it is settled, until the last one, or until a city has ended for good."""
    shanghai, wuhan, members = children
    patience_s = DAY_GRACE_S + 3 * options.day_seconds
    deadline = time.monotonic() + patience_s
    was_held = False
    while lines.done() < options.days:
        if lines.print_new():
            deadline = time.monotonic() + patience_s
        if wuhan.exit_code == CITY_HELD:
            lines.print_held()
            if not options.troubles or was_held:
                return
            was_held = True
            supervisor.start_again(wuhan, "to clear the day once more and have it confirmed")
        ended = [child for child in supervisor.children if child.exit_code is not None]
        if lines.done() >= options.days:  # asked after the exit codes: the last day ends the cities
            break
        for child in ended:
            code = supervisor.watch(child)
            if code is not None and child.name in NEEDED:
                raise ChildFailed(
                    f"{child.name} ended with {code}; its log {child.log} ends with:\n{child.last_lines()}"
                )
            if code is not None:  # console, snapshots, bridges: the market goes on
                supervisor.tell_gone(child, code)
        if time.monotonic() > deadline:
            raise ChildFailed(
                f"no day was settled for {patience_s:.0f} s; the end of {wuhan.log}:\n"
                f"{wuhan.last_lines()}\nthe end of {shanghai.log}:\n{shanghai.last_lines()}"
            )
        time.sleep(0.1)
    lines.print_new()
    _wait_ended(shanghai, wuhan, members)


def _wait_bulletin(last_file: Path, bulletins: Child) -> None:
    """The last day's stream has ended: its bulletin follows within moments."""
    deadline = time.monotonic() + 10
    while bulletins.exit_code is None and not last_file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def _wait_ended(*children: Child) -> None:
    """After the last day every process ends by itself; what does not is stopped by the supervisor."""
    deadline = time.monotonic() + 10
    while any(child.exit_code is None for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)


def _shanghai_arguments(options: UpOptions, config: RunConfig, data: Path, port: int) -> list[str]:
    return [
        "exchange", "serve", "--data", str(data), "--port", str(port), "--days", str(options.days),
        "--day-seconds", str(options.day_seconds),
        "--resume-after-restart", str(options.resume_after_restart_s), "--no-snapshots",
    ]  # fmt: skip


def _wuhan_arguments(options: UpOptions, config: RunConfig, data: Path, port: int) -> list[str]:
    arguments = [
        "settlement", "serve", "--data", str(data), "--exchange", f"127.0.0.1:{port}",
        "--scenario", config.scenario, "--members", str(config.members),
        "--first-day", config.first_day.isoformat(), "--days", str(options.days), "--once",
    ]  # fmt: skip
    plant = options.plant
    if options.troubles and has_refused_result(load_scenario(config.scenario), options.days):
        plant = plant or REFUSED_RESULT
    return arguments + (["--plant", plant] if plant else [])


def _start_troubles(options: UpOptions, data: Path, supervisor: Supervisor) -> int:
    """Start what plays the troubles; gives the port at which it holds the line for Wuhan."""
    port = free_port()
    where = ["--data", str(data), "--days", str(options.days), "--port", str(port)]
    supervisor.start(Child("troubles", ["exchange", "troubles", *where], data / "log" / "troubles.log"))
    return port


def _start_banks(config: RunConfig, data: Path, supervisor: Supervisor) -> None:
    """The settlement banks, before the registry that has its cash there; all start at once."""
    banks = {
        bank: Child(
            f"bank {bank}",
            [
                "settlement", "bank", "--bank", str(bank), "--data", str(data),
                "--scenario", config.scenario, "--members", str(config.members),
            ],
            data / "log" / f"bank-{bank}.log",
        )
        for bank in SETTLEMENT_BANKS
    }  # fmt: skip
    for child in banks.values():
        supervisor.start(child)
    for bank, child in banks.items():
        wait_for(data / "run" / f"bank-{bank}.json", child, START_TIMEOUT_S)
    say(f"{len(banks)} settlement banks, simulated: {', '.join(child.name for child in banks.values())}")


def _members_arguments(options: UpOptions, config: RunConfig, data: Path, human: str) -> list[str]:
    arguments = [
        "exchange", "members", "--data", str(data), "--scenario", config.scenario,
        "--members", str(config.members), "--days", str(options.days),
    ]  # fmt: skip
    return arguments + ([] if options.once else ["--human", human])


def _start_console(options: UpOptions, data: Path, supervisor: Supervisor) -> None:
    port = options.console_port or free_port()
    console = Child(
        "console",
        ["exchange", "console", "--data", str(data), "--port", str(port)],
        data / "log" / "console.log",
    )
    supervisor.start(console)
    wait_for(data / "run" / "console.json", console, START_TIMEOUT_S)
    say(f"console: http://127.0.0.1:{port}/")


def _check_services(options: UpOptions) -> None:
    """Refuse a URL that no bridge could use."""
    if options.mqtt is not None:
        parse_service(options.mqtt, MQTT)
    if options.redis is not None:
        parse_service(options.redis, REDIS)


def _start_bridges(options: UpOptions, data: Path, supervisor: Supervisor) -> None:
    """Those that were asked for; none of them is waited for."""
    wanted: list[tuple[str, str, str]] = []
    if options.mqtt is not None:
        wanted.append(("mqtt", "--url", options.mqtt))
    if options.redis is not None:
        wanted.append(("redis", "--url", options.redis))
    if options.websocket_port is not None:
        wanted.append(("websocket", "--port", str(options.websocket_port or free_port())))
    for name, option, value in wanted:
        arguments = ["exchange", "bridge", name, option, value, "--data", str(data)]
        log = data / "log" / f"bridge-{name}.log"
        supervisor.start(Child(f"bridge {name}", arguments, log))
        where = value if option == "--url" else f"http://127.0.0.1:{value}/"
        say(f"market data by {name}: {where}, log {log}")


def _leave_console_up(options: UpOptions, data: Path, supervisor: Supervisor) -> None:
    address = data / "run" / "console.json"
    if not any(child.name == "console" and child.exit_code is None for child in supervisor.children):
        _start_console(options, data, supervisor)
    port = msgspec.json.decode(address.read_bytes())["port"]
    say(f"the season stays on http://127.0.0.1:{port}/season until Ctrl-C")
    while True:
        time.sleep(1)


def _write_report(data: Path, config: RunConfig) -> Path:
    """In a process of its own: drawing needs a library that nothing else here needs."""
    out = data / "report.html"
    command = [sys.executable, "-P", "-m", "exchange", "report", "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        say(f"the report could not be written: {done.stderr.strip()[-500:]}")
    return out


def remove_season(data: Path) -> None:
    """Remove what a run put into its data folder, and nothing else; refuse a folder that holds no season."""
    if not data.exists() or {path.name for path in data.iterdir()} <= {LOCK}:
        return
    if not (data / "run.json").exists():
        raise UsageError(
            f"{data} holds no season of ours, so --fresh does not touch it", "name another --data folder"
        )
    with _only_run(data):
        for name in KEPT_FOLDERS:
            shutil.rmtree(data / name, ignore_errors=True)
        for name in KEPT_FILES:
            (data / name).unlink(missing_ok=True)


def _only_run(data: Path) -> AbstractContextManager[None]:
    """Refuse a second run in the same data folder."""
    return only_one(
        data / LOCK, f"another run is using {data}", "stop it with Ctrl-C, or name another --data"
    )


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM stops the run as Ctrl-C does."""

    def interrupt(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


__all__ = ["UpOptions", "Verdict", "remove_season", "run_up"]
