"""More logins of a member, each with its own rights: one that trades, one that only looks, a risk desk."""

from pathlib import Path
from typing import Final

from exchange.engine.directory import MEMBER_LOGIN_FIRST, USER_FORM, Login, is_user, with_credentials
from exchange.engine.feed_logins import between_days, save_login
from exchange.errors import UsageError
from exchange.locking import only_one
from exchange.vocabulary.enums import Right
from exchange.vocabulary.limits import LOGINS_MAX, MEMBER_FIRST

RIGHTS: Final = {"trade": Right.TRADE, "view": Right.VIEW, "risk": Right.RISK, "public": Right.PUBLIC}


def add_login(data: Path, user: str, like: str, rights: Right) -> Path:
    """Make a login of the member that `like` belongs to; gives its credentials file.

    It counts from the next day on: a day's opening commands define its logins.
    """
    with only_one(data / "shanghai" / "lock", f"an exchange is running on {data}", "stop it first"):
        directory, _ = between_days(data)
        fellow = directory.by_user.get(like)
        if fellow is None or fellow.member_id < MEMBER_FIRST:
            raise UsageError(f"expected a login of a trading member, found {like!r}", "see login list")
        if not is_user(user):
            raise UsageError(f"expected a user of {USER_FORM}, found {user!r}", "for example RISK01")
        if user in directory.by_user:
            raise UsageError(f"there is a login {user} already", "see login list")
        login_id = 1 + max([MEMBER_LOGIN_FIRST, *(login.login_id for login in directory.logins)])
        if login_id > LOGINS_MAX:
            raise UsageError(f"there are {LOGINS_MAX} logins already, which is all", "use one of them")
        made = Login(login_id, user, fellow.member_id, int(rights), fellow.default_account_id, "")
        save_login(data, directory, with_credentials(data, directory.key, made, f"{user}, as {like}"))
    return data / "credentials" / f"{user}.json"


def parse_rights(words: str) -> Right:
    """Rights by name, joined by commas; raises UsageError naming what is known."""
    found = Right(0)
    for word in filter(None, (part.strip().lower() for part in words.split(","))):
        if word not in RIGHTS:
            raise UsageError(f"expected rights of {', '.join(RIGHTS)}, found {word!r}", "join them by commas")
        found |= RIGHTS[word]
    if not found:
        raise UsageError("a login needs at least one right", f"of {', '.join(RIGHTS)}")
    return found
