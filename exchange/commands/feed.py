"""`exchange feed ...`: who may follow more than its own stream. Between days, with the exchange stopped."""

from pathlib import Path
from typing import Annotated

import typer

from exchange.vocabulary.enums import Right

app = typer.Typer(no_args_is_help=True, add_completion=False)
Data = Annotated[Path, typer.Option("--data", help="Data folder of the season.")]
User = Annotated[str, typer.Argument(help="The login that follows.")]
DEFAULT_DATA = Path("data")


@app.command("drop-copy")
def drop_copy(
    user: User,
    members: Annotated[list[str], typer.Argument(help="Members, each by a login of theirs or its number.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Let a login follow the merged streams of members; a new one is made, a known one gets this set."""
    from exchange.engine.feed_logins import set_drop_copy

    folder = data.resolve()
    made = set_drop_copy(folder, user.upper(), members)
    of = ", ".join(map(str, made.member_ids))
    print(f"{user.upper()} follows the members {of} in stream {made.stream_id}, from the next day on")
    print(f"credentials: {folder / 'credentials' / (user.upper() + '.json')}")


@app.command()
def depth(user: User, data: Data = DEFAULT_DATA) -> None:
    """Let a login follow the whole book, order by order, where the rules do not show it to everybody."""
    from exchange.engine.feed_logins import grant_depth

    grant_depth(data.resolve(), user.upper())
    print(f"{user.upper()} may follow the depth stream, from the next day on")


@app.command("list")
def list_feeds(data: Data = DEFAULT_DATA) -> None:
    """Tell who may."""
    from exchange.engine.directory import load

    directory = load(data.resolve() / "shanghai")
    members_of = {copy.stream_id: copy.member_ids for copy in directory.drop_copies}  # the newest is the last
    for login in directory.logins:
        if login.rights & Right.DROP_COPY:
            print(f"{login.user}  drop copy of {', '.join(map(str, members_of[login.member_id]))}")
        if login.rights & Right.DEPTH:
            print(f"{login.user}  depth")
