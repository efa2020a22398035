"""Who may follow more than its own stream: drop copies, and the depth where the rules do not show it to all.

People change between days only, as rules do: a day's opening commands define its logins. So the exchange must
be stopped and the day it last began settled, or no day begun at all.
"""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from exchange.engine.day_file import DayFile
from exchange.engine.directory import (
    MEMBER_LOGIN_FIRST,
    USER_FORM,
    Directory,
    DropCopyOf,
    Login,
    is_user,
    load,
    provision,
    save,
    with_credentials,
)
from exchange.errors import UsageError
from exchange.locking import only_one
from exchange.vocabulary.enums import Right
from exchange.vocabulary.limits import DROP_COPY_FIRST, MEMBER_FIRST

DROP_COPIES_MAX: Final = MEMBER_FIRST - DROP_COPY_FIRST
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def set_drop_copy(data: Path, user: str, members: Sequence[str]) -> DropCopyOf:
    """Let a login follow the merged streams of members, named by a login of theirs or by their number.

    A new user is made with its credentials file; a known one gets this set instead of its former one.
    """
    with only_one(data / "shanghai" / "lock", f"an exchange is running on {data}", "stop it first"):
        directory, settled = between_days(data)
        login = directory.by_user.get(user)
        if login is None:
            login = _new_login(directory, user)
        elif not login.rights & Right.DROP_COPY:
            raise UsageError(f"{user} is a login of somebody already", "name another for the drop copy")
        made = DropCopyOf(login.member_id, _member_ids(directory, members), settled)
        of_now = made.stream_id, made.after
        others = tuple(c for c in directory.drop_copies if (c.stream_id, c.after) != of_now)
        login = with_credentials(data, directory.key, login, f"Drop copy {made.stream_id}")
        save_login(data, directory, login, drop_copies=(*others, made))
    return made


def grant_depth(data: Path, user: str) -> None:
    """Let a login follow the depth stream."""
    with only_one(data / "shanghai" / "lock", f"an exchange is running on {data}", "stop it first"):
        directory, _ = between_days(data)
        login = directory.by_user.get(user)
        if login is None:
            raise UsageError(f"there is no login {user}", f"name one of {data / 'credentials'}")
        save_login(data, directory, msgspec.structs.replace(login, rights=login.rights | Right.DEPTH))


def save_login(
    data: Path, directory: Directory, login: Login, drop_copies: tuple[DropCopyOf, ...] | None = None
) -> None:
    """Write the directory with one login put in its place, or behind the others."""
    logins = {**directory.by_user, login.user: login}
    copies = directory.drop_copies if drop_copies is None else drop_copies
    save(Directory(directory.accounts, tuple(logins.values()), directory.key, copies), data / "shanghai")


def between_days(data: Path) -> tuple[Directory, date | None]:
    """The directory and the last settled day; of a season that has not begun yet, one of staff alone."""
    begun = sorted(p.name for p in (data / "shanghai" / "journal").glob("*") if _DAY.fullmatch(p.name))
    if begun and not _is_settled(data, date.fromisoformat(begun[-1])):
        raise UsageError(
            f"{begun[-1]} has begun and is not settled: people change between days only",
            "let it be played to its end (two-city up --days), then come again",
        )
    folder = data / "shanghai"
    directory = load(folder) if (folder / "logins.json").exists() else provision(data, ())
    return directory, date.fromisoformat(begun[-1]) if begun else None


def _is_settled(data: Path, day: date) -> bool:
    path = data / "shanghai" / "days" / f"{day.isoformat()}.json"
    return path.exists() and msgspec.json.decode(path.read_bytes(), type=DayFile).confirmed


def _new_login(directory: Directory, user: str) -> Login:
    if not is_user(user):
        raise UsageError(f"expected a user of {USER_FORM}, found {user!r}", "for example DROP01")
    taken = {copy.stream_id for copy in directory.drop_copies}
    free = [stream_id for stream_id in range(DROP_COPY_FIRST, MEMBER_FIRST) if stream_id not in taken]
    if not free:
        raise UsageError(
            f"there are {DROP_COPIES_MAX} drop copies already, which is all", "change one of them"
        )
    login_id = 1 + max((i.login_id for i in directory.logins if i.login_id < MEMBER_LOGIN_FIRST), default=0)
    return Login(login_id, user, free[0], int(Right.DROP_COPY), 0, "")


def _member_ids(directory: Directory, members: Sequence[str]) -> tuple[int, ...]:
    known = {account.member_id for account in directory.accounts}
    found = set()
    for name in members:
        login = directory.by_user.get(name.upper())
        if login is not None and login.member_id >= MEMBER_FIRST:
            found.add(login.member_id)
        elif name.isdecimal() and (not known or int(name) in known) and int(name) >= MEMBER_FIRST:
            found.add(int(name))  # of a season not begun yet: looked at when it begins
        else:
            raise UsageError(
                f"expected a member's login or number, found {name!r}",
                "before the season has begun there are only numbers, from 16"
                if not known
                else "see feed list",
            )
    if not found:
        raise UsageError("a drop copy is of at least one member", "name their logins")
    return tuple(sorted(found))
