"""Commands for people at the door: ask, approve, decline, withdraw, operations, outcome, show, and keys."""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from exchange.client.door import Door, DoorAway, DoorRefused
from settlement.api.keys import make_secret_file
from settlement.commands.opening import opened
from settlement.commands.serve import DATA, EXIT_CONFIGURATION
from settlement.store.keys import MachineKey, all_keys, insert_keys, replace_key, revoke_key
from settlement.vocabulary.operations import Institution, Level, Person

EXIT_REFUSED = 1
AS = typer.Option(..., "--as", help="whose key: a file name of credentials/keys without .key")
KEY_HELP = "idempotency key: the same key is the same operation; default: a new one, told when nobody answers"
WHOLE_NUMBER = re.compile(r"-?[0-9]+", re.ASCII)
PAGE = 100

keys = typer.Typer(no_args_is_help=True, help="Machine keys of the door.")


def ask_command(
    kind: str = typer.Argument(help="what to ask for; `settlement kinds` lists them"),
    fields: list[str] = typer.Argument(default=None, help="fields as name=value"),
    person: str = AS,
    key: str = typer.Option("", help=KEY_HELP),
    data: Path = DATA,
) -> None:
    """Ask the registry for an operation. A text that looks like a number is quoted: grounds='"2021"'."""
    params = dict(_field(text) for text in fields or ())
    key = key or f"cli-{secrets.token_hex(8)}"
    with _door(data, person, f"; ask again with --key {key}: it is done once") as door:
        _tell(door.ask(kind, key, **params))


def approve_command(
    operation_id: int = typer.Argument(),
    command_hash: str = typer.Argument(help="of the operation, as `settlement operations` shows it"),
    person: str = AS,
    data: Path = DATA,
) -> None:
    """Approve, as the second person, exactly that command."""
    with _door(data, person) as door:
        _tell(door.approve(operation_id, command_hash))


def decline_command(
    operation_id: int = typer.Argument(),
    reason: str = typer.Argument(),
    person: str = AS,
    data: Path = DATA,
) -> None:
    """Decline, as the second person, what another has asked."""
    with _door(data, person) as door:
        _tell(door.decline(operation_id, reason))


def withdraw_command(operation_id: int = typer.Argument(), person: str = AS, data: Path = DATA) -> None:
    """Withdraw what one has asked oneself."""
    with _door(data, person) as door:
        _tell(door.withdraw(operation_id))


def operations_command(
    person: str = AS,
    after: int = typer.Option(0, help="only those with a higher number"),
    state: str = typer.Option("", help="only those in it, e.g. asked: they wait for a second person"),
    data: Path = DATA,
) -> None:
    """List the operations that this key may see, with their fields."""
    of_state = {"state": state} if state else {}
    with _door(data, person) as door:
        while page := door.get("/v1/operations", after=after, limit=PAGE, **of_state):
            for operation in page:
                _tell(operation)
                typer.echo(f"       {json.dumps(operation['params'], ensure_ascii=False)}")
            after = page[-1]["operation_id"]


def kinds_command(person: str = AS, data: Path = DATA) -> None:
    """List what can be asked for: who asks, who approves, and the fields."""
    with _door(data, person) as door:
        for kind in door.get("/v1/kinds"):
            by = f"asks: {', '.join(kind['asks'])}; approves: {', '.join(kind['approves']) or 'nobody'}"
            typer.echo(f"{kind['kind']:24} {by}")
            for name, word in kind["fields"].items():
                typer.echo(f"    {name}: {word}")


def outcome_command(person: str = AS, data: Path = DATA) -> None:
    """Print the outcome list 履约结果: due, surrendered, waiting, short, and how each stands."""
    with _door(data, person) as door:
        rows = door.get("/v1/obligations")
    heads = " ".join(f"{head:>15}" for head in ("due_t", "surrendered_t", "waiting_t", "short_t"))
    typer.echo(f"{'entity':>6} {'year':>4} {heads}  standing")
    for row in rows:
        surrendered = sum(one["lots"] for one in row["surrendered"])
        figures = (row["due_lots"], surrendered, row["pending_lots"], row["short_lots"])
        numbers = " ".join(f"{figure:>15,}" for figure in figures)
        typer.echo(f"{row['entity_id']:>6} {row['year']:>4} {numbers}  {row['standing']}")


def show_command(
    path: str = typer.Argument(help="a route of API.md, e.g. /v1/holdings?entity_id=1"),
    person: str = AS,
    data: Path = DATA,
) -> None:
    """Show what a route of the door answers."""
    with _door(data, person) as door:
        found = door.get(path)
    typer.echo(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, indent=1))


@keys.command("list")
def list_keys(data: Path = DATA) -> None:
    """List every key and whose it is."""
    with opened(data) as store:
        for key in all_keys(store):
            one = key.person
            state = "revoked 已注销" if key.is_revoked else "valid"
            typer.echo(f"{one.person_id:28} {one.institution} {one.level} scope {one.scope_id}  {state}")


@keys.command("make")
def make_key(
    person: str = typer.Argument(help="name of the key"),
    institution: Institution = typer.Option(...),
    level: Level = typer.Option(Level.OPERATOR),
    scope: int = typer.Option(0, help="entity or province"),
    data: Path = DATA,
) -> None:
    """Make a key; the secret goes into credentials/keys/<name>.key and is shown nowhere."""
    folder = data / "credentials" / "keys"
    made = Person(person, institution, level, scope)
    with opened(data, is_writing=True) as store:
        if any(key.person.person_id == person for key in all_keys(store)):
            typer.echo(
                f"{person} has a key already, valid or revoked; settlement key replace gives it a new secret",
                err=True,
            )
            raise typer.Exit(EXIT_CONFIGURATION)
        key = MachineKey(made, make_secret_file(folder, person))
        with store.transaction():
            insert_keys(store, [key])
    typer.echo(f"made: {folder / person}.key")


@keys.command("replace")
def replace(person: str = typer.Argument(), data: Path = DATA) -> None:
    """Give somebody a new secret, for one that was lost or revoked; the former is worth nothing."""
    with opened(data, is_writing=True) as store:
        if not any(key.person.person_id == person for key in all_keys(store)):
            typer.echo(f"there is no key of {person}", err=True)
            raise typer.Exit(EXIT_CONFIGURATION)
        secret_hash = make_secret_file(data / "credentials" / "keys", person)
        with store.transaction():
            replace_key(store, person, secret_hash)
    typer.echo(f"replaced: {data / 'credentials' / 'keys' / person}.key")


@keys.command("revoke")
def revoke(person: str = typer.Argument(), data: Path = DATA) -> None:
    """Make a key useless for ever, at once."""
    with opened(data, is_writing=True) as store, store.transaction():
        is_known = revoke_key(store, person)
    typer.echo(f"revoked: {person}" if is_known else f"there is no key of {person}", err=not is_known)
    if not is_known:
        raise typer.Exit(EXIT_CONFIGURATION)


def _field(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    if not value:
        raise typer.BadParameter(f"expected name=value, found {text!r}")
    if value in ("true", "false"):
        return name, value == "true"
    if len(value) > 1 and value[0] == value[-1] == '"':
        return name, value[1:-1]  # a text that looks like a number
    return name, int(value) if WHOLE_NUMBER.fullmatch(value) else value


def _tell(operation: dict[str, Any]) -> None:
    refusal = operation["refusal"]
    why = (
        f"  refused: {refusal['code']} {refusal['en']} {refusal['zh']} {refusal['detail']}" if refusal else ""
    )
    detail = f"  {operation['detail']}" if operation["detail"] and not refusal else ""
    typer.echo(f"{operation['operation_id']:>6} {operation['kind']} {operation['state']}{why}{detail}")
    if operation["state"] == "asked":
        approvers = ", ".join(operation["approvers"])
        typer.echo(f"       waits for {approvers}: hash {operation['command_hash']}")


@contextmanager
def _door(data: Path, person: str, remedy: str = "") -> Iterator[Door]:
    try:
        with Door.open(data, person) as door:
            yield door
    except DoorRefused as error:
        typer.echo(f"refused: {error}", err=True)
        raise typer.Exit(EXIT_REFUSED) from None
    except DoorAway as error:
        typer.echo(f"no answer: {error}{remedy}", err=True)
        raise typer.Exit(EXIT_REFUSED) from None
