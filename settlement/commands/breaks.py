"""`settlement breaks`: every reconciliation break with its owner and age, and where one comes from."""

from pathlib import Path

import typer

from exchange.vocabulary.units import trading_day_date
from settlement.commands.opening import opened
from settlement.commands.serve import DATA, EXIT_CONFIGURATION
from settlement.pinning import unpinned
from settlement.reports.balances import code_of_assets
from settlement.reports.day_file import break_record
from settlement.store.breaks import KeptBreak, find_break, kept_breaks
from settlement.store.database import Store
from settlement.tracing import trace


def breaks_command(
    break_id: int = typer.Argument(0, help="a break's number: show where it comes from"),
    closed: bool = typer.Option(False, "--closed", help="those that were closed as well"),
    data: Path = DATA,
) -> None:
    """List reconciliation breaks, or trace one to its trades and bookings."""
    with opened(data) as store:
        if break_id:
            _trace(store, break_id)
            return
        every = kept_breaks(store)
    breaks = [one for one in every if closed or one.is_open]
    stopping = {one.break_id for one in unpinned(every)}
    for one in breaks:
        typer.echo(_words(one))
        if one.break_id in stopping:
            typer.echo("       no account explains it: the next day is not opened until it is closed")
    if not breaks:
        typer.echo("no break" if closed else "no open break")


def _trace(store: Store, break_id: int) -> None:
    found = find_break(store, break_id)
    if found is None:
        typer.echo(f"there is no break {break_id}; `settlement breaks --closed` lists all", err=True)
        raise typer.Exit(EXIT_CONFIGURATION)
    typer.echo(_words(found))
    shown = trace(store, found)
    for row in shown.rows:
        typer.echo(f"  {row.amount:>22,}  {row.what}")
    if shown.rows:
        typer.echo(f"  {sum(row.amount for row in shown.rows):>22,}  together")
    for text in shown.trades:
        typer.echo(f"  {text}")


def _words(one: KeptBreak) -> str:
    found, shown = one.found, break_record(one, code_of_assets())
    whose = f"account {found.account_id}" if found.account_id else "total"
    closed = "" if one.is_open else f"; closed on {trading_day_date(one.closed_day)}: {one.closing_reason}"
    against = f"bank {one.bank_id}" if one.bank_id else "exchange"
    return (
        f"{one.break_id:>6} {whose} {shown['contract']} {found.what}: {against} "
        f"{found.exchange_amount:,}, registry {found.registry_amount:,}; owner {shown['owner']}, first found "
        f"{trading_day_date(one.first_day)}, age {found.age_days} day(s){closed}"
    )
