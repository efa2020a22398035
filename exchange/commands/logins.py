"""`exchange login`: who may log in, and their keys, also while the exchange runs."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False)
Data = Annotated[Path, typer.Option("--data", help="Data folder of the season.")]
User = Annotated[str, typer.Argument(help="A login, for example E00001.")]
DEFAULT_DATA = Path("data")


@app.command("list")
def list_logins(data: Data = DEFAULT_DATA) -> None:
    """List every login, its member, its rights and whether its key is revoked."""
    from exchange.engine.directory import load
    from exchange.vocabulary.enums import Right

    for login in load(data / "shanghai").logins:
        rights = "|".join(str(right.name) for right in Right if right & login.rights)
        state = "REVOKED 已注销" if login.is_revoked else ""
        print(f"{login.user:<8}{login.login_id:>6}  member {login.member_id:<6} {rights}  {state}".rstrip())


@app.command()
def add(
    user: Annotated[str, typer.Argument(help="The new login: 1 to 6 letters and digits.")],
    like: Annotated[str, typer.Option(help="A login of the member that it is to belong to.")],
    rights: Annotated[str, typer.Option(help="trade, view, risk, public; joined by commas.")] = "view,public",
    data: Data = DEFAULT_DATA,
) -> None:
    """Make another login of a member; between days, with the exchange stopped."""
    from exchange.engine.member_logins import add_login, parse_rights

    path = add_login(data.resolve(), user.upper(), like.upper(), parse_rights(rights))
    print(f"{user.upper()} may {rights.replace(',', ', ')} from the next day on; credentials: {path}")


@app.command()
def rotate(user: User, data: Data = DEFAULT_DATA) -> None:
    """Give a login a new password, in its credentials file; the old one is void within a second."""
    from exchange.engine.login_keys import rotate_key

    print(f"new password of {user.upper()} in {rotate_key(data, user.upper())}")


@app.command()
def revoke(user: User, data: Data = DEFAULT_DATA) -> None:
    """Void a login's password and disconnect whoever uses it; `rotate` gives it a new one."""
    from exchange.engine.login_keys import revoke_key

    revoke_key(data, user.upper())
    print(f"{user.upper()} is revoked: it cannot log in, and whoever uses it is disconnected")
