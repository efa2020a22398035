"""Keys of logins, changed also while the exchange runs: it takes them from the directory's file at once."""

from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from exchange.engine.directory import Credentials, Directory, Login, load, save, with_credentials
from exchange.errors import UsageError
from exchange.locking import only_one


def rotate_key(data: Path, user: str) -> Path:
    """Give a login, revoked or not, a new password; gives its credentials file. The old one is void."""
    with _changing(data):
        directory, login = _find(data, user)
        fresh = msgspec.structs.replace(login, key_hash="", is_revoked=False)
        _save(data, directory, with_credentials(data, directory.key, fresh, _name_of(data, user)))
    return _credentials_path(data, user)


def revoke_key(data: Path, user: str) -> None:
    """Void a login's password until it is rotated; whoever uses it is disconnected."""
    with _changing(data):
        directory, login = _find(data, user)
        if login.is_revoked:
            raise UsageError(
                f"the key of {user} is revoked already", f"login rotate {user} gives it a new one"
            )
        _save(data, directory, msgspec.structs.replace(login, is_revoked=True))


def _changing(data: Path) -> AbstractContextManager[None]:
    return only_one(
        data / "shanghai" / "keys.lock", f"somebody changes keys of {data} now", "try again in a moment"
    )


def _find(data: Path, user: str) -> tuple[Directory, Login]:
    directory = load(data / "shanghai")
    login = directory.by_user.get(user)
    if login is None:
        known = ", ".join(sorted(directory.by_user)[:12])
        raise UsageError(f"there is no login {user}", f"name one of {known} ...")
    return directory, login


def _save(data: Path, directory: Directory, changed: Login) -> None:
    logins = tuple(changed if login.user == changed.user else login for login in directory.logins)
    save(msgspec.structs.replace(directory, logins=logins), data / "shanghai")


def _credentials_path(data: Path, user: str) -> Path:
    return data / "credentials" / f"{user}.json"


def _name_of(data: Path, user: str) -> str:
    """The name in the old credentials file, if it is still there."""
    try:
        return msgspec.json.decode(_credentials_path(data, user).read_bytes(), type=Credentials).name
    except (OSError, msgspec.MsgspecError):
        return user
