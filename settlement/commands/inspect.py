"""Commands that read a store: status, check, reconcile, statement, balances. They may run beside `serve`."""

import json
from datetime import date, datetime
from pathlib import Path

import typer

from exchange.client.signing import SHANGHAI, WUHAN, checker
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.units import trading_day_date, trading_day_number
from settlement.commands.opening import opened
from settlement.commands.serve import DATA, EXIT_CONFIGURATION, EXIT_CORRUPTION
from settlement.errors import CorruptionError
from settlement.ledger.balances import balances_as_of, issued_units
from settlement.ledger.book import chain_head
from settlement.ledger.check import check_ledger
from settlement.operations.audit import check_audit
from settlement.reconciliation import as_confirmed, cleared_figures, delivered_figures, reconcile
from settlement.registry.accounts import account_names
from settlement.reports.assets import asset_word
from settlement.reports.balances import balance_sheet, code_of_assets
from settlement.reports.statements import read_day_book, statement
from settlement.serials.check import check_serials
from settlement.serials.sums import serial_breaks
from settlement.signatures import check_signatures
from settlement.store.breaks import Break, open_breaks, read_reports
from settlement.store.cleared import read_clearing
from settlement.store.database import Store
from settlement.store.days import DayRow, newest_day, read_day, stated_days
from settlement.store.defaults import read_failures
from settlement.store.received import read_seal

EXIT_BREAKS = 3
DAY = typer.Option(..., "--day", formats=["%Y-%m-%d"], help="trading day")


def status_command(data: Path = DATA) -> None:
    """Say where the newest day stands, and what every day came to."""
    with opened(data) as store:
        day = newest_day(store)
        if day is None:
            typer.echo("no day begun yet: waiting for Shanghai")
            return
        typer.echo(
            f"{_iso(day)}: stage {day.stage.name}, run {day.run}, next stream number {day.next_number}"
        )
        for report in read_reports(store):
            typer.echo(
                f"{trading_day_date(report.trading_day)}: {report.stage.name}, "
                f"{report.settled_trades:,} trades settled, {report.tonnes_lots:,} t, "
                f"{report.break_count} break(s)"
            )
        for found in open_breaks(store):
            typer.echo(f"open {_words(found)}, age {found.age_days} day(s)")
        typer.echo(f"ledger chain head {chain_head(store).hex()}")


def check_command(data: Path = DATA) -> None:
    """Re-prove the ledger's chain, entries, balances and serials from the first entry on."""
    with opened(data) as store:
        try:
            report = check_ledger(store)
            serials = check_serials(store)
            steps = check_audit(store)
            keys = checker(data, SHANGHAI), checker(data, WUHAN)
            signed = check_signatures(store, stated_days(store), *keys)
        except CorruptionError as error:
            typer.echo(f"LEDGER WRONG: {error}", err=True)
            raise typer.Exit(EXIT_CORRUPTION) from None
    typer.echo(
        f"ledger proven: {report.blocks:,} blocks, {report.entries:,} entries, {report.postings:,} postings, "
        f"{report.accounts:,} ledger accounts; head {report.head.hex()}"
    )
    typer.echo(
        f"serials proven: {serials.serials:,} serials in {serials.live_blocks:,} live blocks, "
        f"{serials.blocks:,} blocks in all"
    )
    typer.echo(f"audit trail proven: {steps:,} steps of operations")
    without_key = f"; {signed[2]:,} NOT proven: the public key is missing" if signed[2] else ""
    typer.echo(f"signatures proven: {signed[0]:,} days by Shanghai, {signed[1]:,} by Wuhan{without_key}")


def reconcile_command(data: Path = DATA, day: datetime = DAY) -> None:
    """Compare both cities for a sealed day again, from the seal and the ledger's postings."""
    with opened(data) as store:
        row = _day(store, day.date())
        seal = read_seal(store, row.trading_day)
        if seal is None or row.stage < Stage.CLEARED:
            typer.echo(f"{_iso(row)} is in stage {row.stage.name}: expected a cleared day", err=True)
            raise typer.Exit(EXIT_CONFIGURATION)
        balances = balances_as_of(store, row.trading_day)
        clearing = read_clearing(store, row.trading_day, row.run)
        is_delivered = row.stage in (Stage.DELIVERED, Stage.STATED)
        if is_delivered:
            failures = read_failures(store, row.trading_day)
            figures = as_confirmed(delivered_figures(balances, clearing), clearing, failures)
        else:
            figures = cleared_figures(balances, clearing)
        codes = code_of_assets()
        found = reconcile(seal, figures, issued_units(store, row.trading_day), codes)
        newest = newest_day(store)
        if newest is not None and newest.trading_day == row.trading_day:  # serials are summed as they are now
            found = found._replace(breaks=(*found.breaks, *serial_breaks(store)))
    for wrong in found.breaks:
        typer.echo(_words(wrong).replace("break", "BREAK", 1))
    what = "delivered" if is_delivered else "cleared, not delivered"
    typer.echo(
        f"{_iso(row)} ({what}): {len(figures.cash):,} accounts, {seal.match_count:,} trades, "
        f"{len(found.breaks)} break(s)"
    )
    if found.breaks:
        raise typer.Exit(EXIT_BREAKS)


def statement_command(
    data: Path = DATA, account: int = typer.Option(..., help="trading account"), day: datetime = DAY
) -> None:
    """Print an account's statement of a delivered day (CSV)."""
    with opened(data) as store:
        row = _day(store, day.date())
        if row.stage not in (Stage.DELIVERED, Stage.STATED):
            typer.echo(f"{_iso(row)} is in stage {row.stage.name}: expected a delivered day", err=True)
            raise typer.Exit(EXIT_CONFIGURATION)
        names = account_names(store)
        if account not in names:
            typer.echo(f"expected an account from {min(names)} to {max(names)}, found {account}", err=True)
            raise typer.Exit(EXIT_CONFIGURATION)
        book = read_day_book(store, row.trading_day, code_of_assets())
    typer.echo(statement(book, account), nl=False)


def balances_command(
    data: Path = DATA, as_json: bool = typer.Option(False, "--json", help="one JSON object as last line")
) -> None:
    """What every trading account holds after the last delivered day."""
    with opened(data) as store:
        sheet = balance_sheet(store)
    if as_json:
        typer.echo(json.dumps(sheet))
        return
    codes = code_of_assets()
    for account_id, asset_id, amount in sheet["balances"]:
        typer.echo(f"{account_id}  {asset_word(asset_id, codes):<6} {amount:>22,}")


def _day(store: Store, day: date) -> DayRow:
    row = read_day(store, trading_day_number(day))
    if row is None:
        typer.echo(f"no day {day} in the store", err=True)
        raise typer.Exit(EXIT_CONFIGURATION)
    return row


def _words(found: Break) -> str:
    asset = asset_word(found.asset_id, code_of_assets())
    return (
        f"break: {'account ' + str(found.account_id) if found.account_id else 'total'}, {asset}, "
        f"{found.what.value}: other side {found.exchange_amount:,}, registry {found.registry_amount:,}"
    )


def _iso(row: DayRow) -> str:
    return trading_day_date(row.trading_day).isoformat()
