"""The keys of logins while the exchange runs: a key that is rotated or revoked counts within a second.

Accounts and logins are defined once a day, so anything else that changes in the directory's file waits for
the next start, and is said once.
"""

import sys
from pathlib import Path
from typing import Final

import msgspec

from exchange.engine.directory import DIRECTORY_FILE, Directory, Login, load
from exchange.errors import TwoCityError

NO_STAMP: Final = (0, 0)


class LoginKeys:
    """The directory, with the keys as they now are. `folder`: of its file; None = it never changes."""

    def __init__(self, directory: Directory, folder: Path | None = None) -> None:
        self.directory = directory
        self._folder = folder
        self._stamp = NO_STAMP  # what changed since the directory was loaded is found by the first look
        self._told = ""

    def refresh(self) -> list[Login]:
        """Read the file again if it is another one; gives the logins whose keys have been revoked since."""
        stamp = self._newest_stamp()
        if stamp in (self._stamp, NO_STAMP) or self._folder is None:
            return []
        try:
            found = load(self._folder)
        except (TwoCityError, OSError) as error:  # looked at again the next time
            self._say_once(f"{error}; the keys stay as they were")
            return []
        self._stamp, self._told = stamp, ""
        if not _differ_by_keys_only(self.directory, found):
            _say("the directory has other logins or accounts: they count from the next start on")
        known = found.by_user
        logins = tuple(_with_key_of(login, known.get(login.user)) for login in self.directory.logins)
        before = self.directory.by_user
        self.directory = msgspec.structs.replace(self.directory, logins=logins)
        return [login for login in logins if login.is_revoked and not before[login.user].is_revoked]

    def _say_once(self, text: str) -> None:
        if text != self._told:
            self._told = text
            _say(text)

    def _newest_stamp(self) -> tuple[int, int]:
        if self._folder is None:
            return NO_STAMP
        try:
            found = (self._folder / DIRECTORY_FILE).stat()
        except OSError:
            return NO_STAMP
        return found.st_mtime_ns, found.st_ino


def _with_key_of(login: Login, newer: Login | None) -> Login:
    """The login with the newer one's key; a login that is gone is revoked."""
    if newer is None:
        return msgspec.structs.replace(login, is_revoked=True)
    return msgspec.structs.replace(login, key_hash=newer.key_hash, is_revoked=newer.is_revoked)


def _differ_by_keys_only(old: Directory, new: Directory) -> bool:
    def bare(directory: Directory) -> list[Login]:
        return [msgspec.structs.replace(one, key_hash="", is_revoked=False) for one in directory.logins]

    same = old.accounts == new.accounts and old.drop_copies == new.drop_copies
    return same and bare(old) == bare(new)


def _say(text: str) -> None:
    sys.stderr.write(f"two-city: {text}\n")
    sys.stderr.flush()
