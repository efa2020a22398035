"""The command line of Shanghai and of the whole market; each command imports what it needs when it runs."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from exchange.errors import TwoCityError
from two_city import refuse_or_exit

#: as Wuhan knows them (a test compares); wrong-vintage waits for a day with two contracts
PLANTS = ("lost-trade", "doubled-trade", "one-fen", "one-tonne", "swapped-account", "wrong-vintage")
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Two-City: an open carbon exchange. Shanghai trades, Wuhan keeps the registry and settles.",
)
Data = Annotated[Path, typer.Option("--data", help="Data folder of the season.")]
PemFile = Annotated[Path | None, typer.Option(help="PEM file; both, or neither.")]
DEFAULT_DATA = Path("data")


@app.command()
def up(
    scenario: Annotated[str, typer.Option(help="Season to play; a name or a file.")] = "season-2021",
    days: Annotated[int, typer.Option(min=1, help="Trading days to play.")] = 12,
    day_seconds: Annotated[
        float, typer.Option(min=1.0, help="Length of a trading day in real seconds.")
    ] = 20.0,
    members: Annotated[int, typer.Option(min=8, max=4000, help="Trading members.")] = 40,
    console_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the console, 0 = a free one.")
    ] = 0,
    console: Annotated[bool, typer.Option(help="Start the operator console.")] = True,
    data: Data = DEFAULT_DATA,
    once: Annotated[bool, typer.Option("--once", help="Exit after the last day; last line is JSON.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew: removes the season in --data.")] = False,
    resume_after_restart: Annotated[
        float, typer.Option(min=0.0, help="Resume so many seconds after a restart; 0 = an operator must.")
    ] = 2.0,
    profile: Annotated[
        str,
        typer.Option(help="Rules: national or test; for ccer and ccer-continuous no season is shipped."),
    ] = "national",
    first_day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day, default the scenario's.")
    ] = None,
    plant: Annotated[
        str | None, typer.Option(help=f"Plant a fault in Wuhan's clearing: {', '.join(PLANTS)}.")
    ] = None,
    troubles: Annotated[
        bool, typer.Option("--troubles", help="Play the scenario's troubles: freezes, a bust, a cut line ...")
    ] = False,
    mqtt: Annotated[str | None, typer.Option(help="Also publish to this broker: mqtt://HOST:1883.")] = None,
    redis: Annotated[str | None, typer.Option(help="Also write to this Redis: redis://HOST:6379.")] = None,
    websocket_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Also serve browsers at this port, 0 = a free one.")
    ] = None,
) -> None:
    """Start both cities, the console and simulated members; play the season; settle every day."""
    from exchange.commands.up import UpOptions, run_up

    if plant not in (None, *PLANTS):
        raise typer.BadParameter(f"expected one of {', '.join(PLANTS)}, found {plant}")
    options = UpOptions(
        scenario=scenario, profile=profile, days=days, day_seconds=day_seconds, members=members,
        first_day=first_day.date() if first_day else None, data=data, console_port=console_port,
        console=console, once=once, fresh=fresh, resume_after_restart_s=resume_after_restart, plant=plant,
        troubles=troubles, mqtt=mqtt, redis=redis, websocket_port=websocket_port,
    )  # fmt: skip
    raise typer.Exit(run_up(options))


@app.command()
def serve(
    data: Data = DEFAULT_DATA,
    port: Annotated[int, typer.Option(help="Port of the order gateway, 0 = a free one.")] = 0,
    days: Annotated[int, typer.Option(min=1)] = 12,
    day_seconds: Annotated[float, typer.Option(min=0.0, help="0 = real time.")] = 20.0,
    resume_after_restart: Annotated[float, typer.Option(min=0.0)] = 0.0,
    durability: Annotated[str, typer.Option(help="sync, or none (for measurements).")] = "sync",
    snapshots: Annotated[bool, typer.Option(help="Start the follower that writes snapshots.")] = True,
    host: Annotated[str, typer.Option(help="Address to listen on; beyond loopback TLS is demanded.")] = (
        "127.0.0.1"
    ),
    tls_certificate: PemFile = None,
    tls_key: PemFile = None,
    tls_authority: Annotated[
        Path | None, typer.Option(help="PEM of who signed it, for clients here; default: itself.")
    ] = None,
    client_authority: Annotated[
        Path | None, typer.Option(help="PEM of who signs members' certificates; then each must show one.")
    ] = None,
    connections_per_address: Annotated[int, typer.Option(min=1, max=8192)] = 8192,
) -> None:
    """Run Shanghai alone: the gateway, the engine and the kernel of a season begun by `up`."""
    from exchange.assembly import GatewayOptions, ServeOptions
    from exchange.commands.serve import run_serve

    options = ServeOptions(
        data=data.resolve(), port=port, days=days, day_seconds=day_seconds,
        resume_after_restart_s=resume_after_restart, durability=durability,
        gateway=GatewayOptions(
            host=host, tls_certificate=tls_certificate, tls_key=tls_key, tls_authority=tls_authority,
            client_authority=client_authority, connections_per_address_max=connections_per_address,
        ),
    )  # fmt: skip
    raise typer.Exit(run_serve(options, snapshots=snapshots))


@app.command()
def snapshot(
    data: Data = DEFAULT_DATA,
    once: Annotated[bool, typer.Option("--once", help="Write one of what is durable now, and end.")] = False,
    every_seconds: Annotated[float, typer.Option(min=0.1, help="Real seconds between two.")] = 30.0,
    every_commands: Annotated[int, typer.Option(min=1, help="Or so many commands, if sooner.")] = 500_000,
) -> None:
    """Follow the journal and write snapshots, so that a restart need not replay the whole day."""
    from exchange.commands.snapshot import SnapshotOptions, run_snapshots

    options = SnapshotOptions(
        data=data.resolve(), once=once, every_seconds=every_seconds, every_commands=every_commands
    )
    raise typer.Exit(run_snapshots(options))


@app.command(name="compile")
def compile_kernel() -> None:
    """Compile the kernel now, so that the first start is quick."""
    import time

    started = time.perf_counter()
    from exchange.kernel import SOURCES_HASH, warm_up

    warm_up()
    print(f"kernel {SOURCES_HASH[:16]} ready in {time.perf_counter() - started:.1f} s")


@app.command()
def replay(
    data: Data = DEFAULT_DATA,
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Default: every day.")] = None,
) -> None:
    """Replay journals and print trades, tonnes and the state's digest of each day."""
    from exchange.engine.recovery import replay as replay_day

    for folder in _journals(data, day.date() if day else None):
        found = replay_day(folder)
        print(
            f"{folder.name}  commands {found.last_sequence:,}  trades {found.match_count:,}  "
            f"tonnes {found.tonnes:,}  amount {found.amount_fen / 100:,.2f} CNY  digest {found.digest}"
        )


@app.command()
def check(data: Data = DEFAULT_DATA) -> None:
    """Re-prove every journal and its snapshots: checksums, hash chain, digests, conservation."""
    from exchange.engine.recovery import replay_and_prove
    from exchange.kernel import check_state

    for folder in _journals(data, None):
        found, proven = replay_and_prove(folder, data.resolve() / "shanghai" / "snapshots")
        check_state(found.state)
        print(
            f"{folder.name}  {found.last_sequence:,} commands replayed, {proven} snapshots proven, "
            "units and cash conserved"
        )


@app.command()
def client(
    data: Data = DEFAULT_DATA,
    user: Annotated[str, typer.Option(help="Login, e.g. the one `up` prints.")] = "",
    lang: Annotated[str, typer.Option(help="en or zh.")] = "en",
    command: Annotated[list[str] | None, typer.Option(help="Run this and exit; repeatable.")] = None,
) -> None:
    """Trade from a terminal as one member."""
    from exchange.commands.client import run_client

    raise typer.Exit(run_client(data.resolve(), user, lang, tuple(command or ())))


@app.command()
def bulletin(
    data: Data = DEFAULT_DATA,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Default: the last closed day.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the files; default DATA/bulletin.")] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Write each day's as it ends, until stopped (`up` does this).")
    ] = False,
) -> None:
    """Write a day's official bulletin, CSV and Parquet, from its public stream: no member is in it."""
    from exchange.commands.bulletin import FOLDER, BulletinOptions, run_bulletin, run_bulletins

    folder = data.resolve()
    if follow:
        raise typer.Exit(run_bulletins(folder))
    options = BulletinOptions(data=folder, day=day.date() if day else None, out=out or folder / FOLDER)
    raise typer.Exit(run_bulletin(options))


@app.command()
def certify(
    program: Annotated[
        list[str] | None,
        typer.Argument(help="The program with its arguments, after `--`; none: you start it yourself."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="A new folder for the examination; default: a passing one.")
    ] = None,
    steps: Annotated[str, typer.Option(help="Only these steps, separated by commas.")] = "",
    patience: Annotated[
        float, typer.Option(min=0.0, help="Seconds that a step waits; 0 = 10, or 180 for a person.")
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Say nothing but one JSON object.")] = False,
    list_steps: Annotated[bool, typer.Option("--list", help="Print what is asked of a program.")] = False,
) -> None:
    """Examine a member's program before it trades with others. Exit codes: 0 passed, 1 failed, 2 not run."""
    from exchange.certify.scenario import NAMES
    from exchange.commands.certify import CertifyOptions, print_scenario, run_certify

    if list_steps:
        print_scenario()
        return
    options = CertifyOptions(
        data=data, program=tuple(program or ()), steps=tuple(filter(None, steps.split(","))) or NAMES,
        patience_s=patience or None, as_json=as_json,
    )  # fmt: skip
    raise typer.Exit(run_certify(options))


@app.command()
def members(
    data: Data = DEFAULT_DATA,
    scenario: str = "season-2021",
    members: Annotated[int, typer.Option(min=8, max=4000)] = 40,
    days: Annotated[int, typer.Option(min=1)] = 12,
    human: Annotated[str, typer.Option(help="Login left to a person.")] = "",
) -> None:
    """Run the simulated members."""
    from exchange.members.run import run_members_command

    raise typer.Exit(run_members_command(data.resolve(), scenario, members, days, human or None))


@app.command()
def troubles(
    data: Data = DEFAULT_DATA,
    days: Annotated[int, typer.Option(min=1)] = 5,
    port: Annotated[int, typer.Option(help="Where Wuhan finds the line to Shanghai.")] = 0,
) -> None:
    """Hold the line between the cities and play the scenario's troubles."""
    from exchange.troubles.run import run_troubles_command

    raise typer.Exit(run_troubles_command(data.resolve(), days, port))


@app.command()
def console(
    data: Data = DEFAULT_DATA,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 0,
) -> None:
    """Run the operator console (read-only page)."""
    from exchange.console.run import run_console

    run_console(data.resolve(), port)


@app.command()
def report(data: Data = DEFAULT_DATA) -> None:
    """Write DATA/report.html: the simulated season beside the official one."""
    from exchange.config import kept_config
    from exchange.console.report import write_report
    from exchange.rulebook.scenarios import load_scenario

    folder = data.resolve()
    out = folder / "report.html"
    write_report(folder, load_scenario(kept_config(folder).scenario), out)
    print(out)


def _journals(data: Path, day: date | None) -> list[Path]:
    from exchange.errors import UsageError

    folder = data.resolve() / "shanghai" / "journal"
    found = sorted(
        path
        for path in folder.glob("*-*-*")
        if path.is_dir() and day in (None, date.fromisoformat(path.name))
    )
    if not found:
        raise UsageError(
            f"no journal of {day or 'any day'} in {folder}", "run `two-city up` first, or name --data"
        )
    return found


def _add_groups() -> None:
    """`exchange operator ...` and `exchange bridge ...`; added here, so that importing this stays quick."""
    from exchange.commands.bridge import app as bridge
    from exchange.commands.logins import app as logins
    from exchange.commands.operator import app as operator

    app.add_typer(operator, name="operator", help="Halt, resume, kill, restore, status.")
    app.add_typer(logins, name="login", help="List logins; rotate and revoke their keys.")
    app.add_typer(bridge, name="bridge", help="Market data for MQTT, Redis and browsers.")


def _add_feed() -> None:
    """`exchange feed ...`, likewise."""
    from exchange.commands.feed import app as feed

    app.add_typer(feed, name="feed", help="Who may follow drop copies and the whole book.")


def main() -> None:
    """Run a command; an error of ours is one readable message, not a traceback."""
    refuse_or_exit()
    _add_groups()
    _add_feed()
    try:
        app()
    except TwoCityError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        raise SystemExit(2) from None
    except OSError as error:  # names the file: an unwritable folder, a full disk
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
