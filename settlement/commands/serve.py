"""`settlement serve`: run Wuhan."""

import logging
import sys
from datetime import datetime
from pathlib import Path

import typer

from exchange.client import CredentialsUnusable, LoginRefused
from settlement.assembly import serve
from settlement.clearing.fault import Fault
from settlement.config import Settings
from settlement.errors import ConfigurationError, CorruptionError

EXIT_CONFIGURATION = 2
EXIT_CORRUPTION = 4
DATA = typer.Option(Path("data"), "--data", help="data folder of both cities")


def serve_command(
    data: Path = DATA,
    scenario: str = typer.Option(..., help="scenario: who takes part and with what"),
    members: int = typer.Option(..., min=1, help="number of members of the scenario"),
    first_day: datetime | None = typer.Option(
        None, formats=["%Y-%m-%d"], help="day on which the season begins; default: the scenario's"
    ),
    days: int = typer.Option(0, min=0, help="days of the season to settle, earlier runs included; 0 = all"),
    exchange: str = typer.Option("", help="HOST:PORT of Shanghai; default: data/run/shanghai.json"),
    real_time: bool = typer.Option(
        False,
        "--real-time",
        help="market time is the machine's, as with `exchange serve` without --day-seconds",
    ),
    once: bool = typer.Option(False, "--once", help="exit when done; with code 3 when a day is held"),
    plant: Fault | None = typer.Option(None, help="put this fault into the first clearing with trades"),
    http_port: int = typer.Option(0, min=0, max=65535, help="port of the HTTP status; 0 = any"),
) -> None:
    """Keep the registry and settle every day that Shanghai trades.

    Exit codes: 0 done, 2 wrong start, 3 a day is held, 4 corruption.
    """
    logging.basicConfig(
        stream=sys.stdout,
        level=logging.INFO,
        format="%(asctime)s 武汉 wuhan  %(levelname)-7s %(message)s",
        datefmt="%Y-%m-%d %H:%M:%S",
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every request
    log = logging.getLogger("wuhan")
    settings = Settings(
        data=data,
        scenario=scenario,
        members=members,
        first_day=first_day.date() if first_day else None,
        days=days,
        exchange=exchange,
        is_real_time=real_time,
        once=once,
        fault=plant,
        http_port=http_port,
    )
    try:
        code = serve(settings)
    except (ConfigurationError, CredentialsUnusable, LoginRefused) as error:
        log.error("%s", error)
        raise typer.Exit(EXIT_CONFIGURATION) from None
    except CorruptionError as error:
        log.critical("STOPPED, nothing was changed by this step: %s", error)
        raise typer.Exit(EXIT_CORRUPTION) from error
    raise typer.Exit(code)
