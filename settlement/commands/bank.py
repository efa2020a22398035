"""`settlement bank`: run a simulated settlement bank; `bank-deposit`, `bank-hours`: be at its counter."""

import asyncio
import logging
import secrets
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import typer

from exchange.rulebook import RulebookError
from exchange.vocabulary.units import format_yuan, parse_yuan
from settlement.api.bank_client import BankAway, BankClient, BankRefused
from settlement.bank.service import BankSettings, run_bank
from settlement.commands.serve import DATA, EXIT_CONFIGURATION, EXIT_CORRUPTION
from settlement.errors import ConfigurationError, CorruptionError
from settlement.vocabulary.bank_messages import AMOUNT_FEN_MAX
from settlement.vocabulary.banking import BankMovement

EXIT_REFUSED = 1
BANK = typer.Option(..., "--bank", min=1, help="number of the bank")
Result = TypeVar("Result")


def bank_command(
    bank: int = BANK,
    data: Path = DATA,
    scenario: str = typer.Option(..., help="scenario: who takes part and with what"),
    members: int = typer.Option(..., min=1, help="number of members of the scenario"),
    reject_every: int = typer.Option(0, min=0, help="reject every so many-th payment; 0 = none"),
    reject_account: list[int] = typer.Option(
        [], min=0, help="reject the payments of this account; 0 = those to other banks; may be repeated"
    ),
    http_port: int = typer.Option(0, min=0, max=65535, help="port; 0 = any"),
) -> None:
    """Run one settlement bank, simulated, until it is told to stop.

    Exit codes: 0 stopped, 2 wrong start, 4 corruption.
    """
    logging.basicConfig(
        stream=sys.stdout,
        level=logging.INFO,
        format=f"%(asctime)s 银行 bank {bank} %(levelname)-7s %(message)s",
        datefmt="%Y-%m-%d %H:%M:%S",
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
    log = logging.getLogger("bank")
    settings = BankSettings(
        data=data,
        bank_id=bank,
        scenario=scenario,
        members=members,
        reject_every=reject_every,
        rejected_accounts=frozenset(reject_account),
        http_port=http_port,
    )
    try:
        run_bank(settings)
    except (ConfigurationError, RulebookError) as error:
        log.error("%s", error)
        raise typer.Exit(EXIT_CONFIGURATION) from None
    except CorruptionError as error:
        log.critical("STOPPED: %s", error)
        raise typer.Exit(EXIT_CORRUPTION) from error


def bank_deposit_command(
    bank: int = BANK,
    account: int = typer.Option(..., min=1, help="trading account of the member"),
    yuan: str = typer.Option(..., help="amount in yuan"),
    reference: str = typer.Option("", help="the same reference is the same deposit; default: a new one"),
    data: Path = DATA,
) -> None:
    """Pay in at the counter of a settlement bank, as a member does."""
    try:
        amount_fen = parse_yuan(yuan)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if not 0 < amount_fen <= AMOUNT_FEN_MAX:
        raise typer.BadParameter(f"expected above 0 and at most {AMOUNT_FEN_MAX // 100} yuan, found {yuan}")
    name = reference or f"counter/{secrets.token_hex(8)}"

    async def pay_in() -> BankMovement:
        async with BankClient.open(data, bank) as client:
            return await client.pay_in(name, account, amount_fen)

    paid = _done(pay_in())
    typer.echo(
        f"bank {bank}, movement {paid.number}: {format_yuan(paid.amount_fen)} yuan paid in for account"
        f" {paid.account_id}, reference {paid.instruction_id}"
    )


def bank_hours_command(
    bank: int = BANK,
    is_open: bool = typer.Option(..., "--open/--closed", help="after the cut-off instructions wait"),
    data: Path = DATA,
) -> None:
    """Open a settlement bank, or close it: its cut-off."""

    async def set_hours() -> None:
        async with BankClient.open(data, bank) as client:
            await client.set_open(is_open)

    _done(set_hours())
    typer.echo(f"bank {bank} is {'open' if is_open else 'closed'}")


def _done(asked: Coroutine[Any, Any, Result]) -> Result:
    try:
        return asyncio.run(asked)
    except (BankAway, BankRefused) as error:
        typer.echo(f"refused: {error}" if isinstance(error, BankRefused) else f"no answer: {error}", err=True)
        raise typer.Exit(EXIT_REFUSED) from None
