"""`settlement`: the command line of Wuhan."""

import typer

from settlement.commands.inspect import (
    balances_command,
    check_command,
    reconcile_command,
    statement_command,
    status_command,
)
from settlement.commands.serve import serve_command

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
app.command("statement")(statement_command)
app.command("balances")(balances_command)


def main() -> None:
    """Run the command line."""
    app(prog_name="settlement")


if __name__ == "__main__":
    main()
