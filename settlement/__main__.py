"""`settlement`: the command line of Wuhan."""

import sqlite3
import sys

import typer

from settlement.commands.bank import bank_command, bank_deposit_command, bank_hours_command
from settlement.commands.breaks import breaks_command
from settlement.commands.door import (
    approve_command,
    ask_command,
    decline_command,
    keys,
    kinds_command,
    operations_command,
    outcome_command,
    show_command,
    withdraw_command,
)
from settlement.commands.inspect import (
    balances_command,
    check_command,
    reconcile_command,
    statement_command,
    status_command,
)
from settlement.commands.serve import EXIT_CORRUPTION, serve_command
from settlement.errors import CorruptionError

app = typer.Typer(
    help="Wuhan 武汉: the registry and settlement of the national carbon market.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve_command)
app.command("status")(status_command)
app.command("check")(check_command)
app.command("reconcile")(reconcile_command)
app.command("breaks")(breaks_command)
app.command("statement")(statement_command)
app.command("balances")(balances_command)
app.command("ask")(ask_command)
app.command("approve")(approve_command)
app.command("decline")(decline_command)
app.command("withdraw")(withdraw_command)
app.command("operations")(operations_command)
app.command("kinds")(kinds_command)
app.command("outcome")(outcome_command)
app.command("show")(show_command)
app.command("bank")(bank_command)
app.command("bank-deposit")(bank_deposit_command)
app.command("bank-hours")(bank_hours_command)
app.add_typer(keys, name="key")


def main() -> None:
    """Run the command line."""
    try:
        app(prog_name="settlement")
    except CorruptionError as error:
        sys.stderr.write(f"STOPPED: {error}\n")
        raise SystemExit(EXIT_CORRUPTION) from None
    except sqlite3.DatabaseError as error:
        sys.stderr.write(f"STOPPED: the store wuhan.sqlite cannot be read: {error}; restore it from a copy\n")
        raise SystemExit(EXIT_CORRUPTION) from None


if __name__ == "__main__":
    main()
