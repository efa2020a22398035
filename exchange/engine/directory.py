"""Who may come in: trading accounts and logins, kept in one file, with generated credentials for each login.

Passwords are random keys of ten characters, so a keyed hash is enough to keep them (4,000 logins at the open
must not cost minutes of a slow one); the key lies in a file of its own. The clear password is written once,
into the credentials file that is handed to the login's owner, and nowhere else.
"""

import hashlib
import hmac
import os
import secrets
import string
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol

import msgspec

from exchange.errors import CorruptionError, UsageError
from exchange.vocabulary.enums import Eligibility, Right
from exchange.vocabulary.limits import MEMBER_FIRST, STREAM_OPERATOR, STREAM_PUBLIC, STREAM_SETTLEMENT

KEY_BYTES: Final = 32
HASH_BYTES: Final = 32
DIRECTORY_FILE: Final = "logins.json"
PASSWORD_CHARACTERS: Final = 10  # what a SoupBinTCP login holds
USER_CHARACTERS_MAX: Final = 6
USER_FORM: Final = f"1 to {USER_CHARACTERS_MAX} letters and digits"
STAFF_LOGIN_FIRST: Final = 1
MEMBER_LOGIN_FIRST: Final = 101
MEMBER_RIGHTS: Final = Right.TRADE | Right.VIEW | Right.RISK | Right.PUBLIC
UNRESTRICTED: Final = Eligibility.BUY | Eligibility.SELL | Eligibility.CCER
_PASSWORD_ALPHABET: Final = "".join(c for c in string.ascii_letters + string.digits if c not in "0O1Il")

#: user, member (= stream), rights, name: the logins that are nobody's trading member
STAFF: Final = (
    ("OPER01", STREAM_OPERATOR, Right.OPERATE | Right.VIEW | Right.PUBLIC, "Market operator"),
    ("WUHAN1", STREAM_SETTLEMENT, Right.SETTLE | Right.PUBLIC, "Registry and settlement"),
    ("CONSOL", STREAM_PUBLIC, Right.VIEW | Right.PUBLIC, "Operator console"),
    ("OPER02", STREAM_OPERATOR, Right.OPERATE | Right.VIEW | Right.PUBLIC, "Second market operator"),
    ("MQTT01", STREAM_PUBLIC, Right.VIEW | Right.PUBLIC, "Bridge to MQTT"),
    ("REDIS1", STREAM_PUBLIC, Right.VIEW | Right.PUBLIC, "Bridge to Redis"),
    ("WEBSK1", STREAM_PUBLIC, Right.VIEW | Right.PUBLIC, "Bridge to WebSocket"),
    ("BULLET", STREAM_PUBLIC, Right.VIEW | Right.PUBLIC, "Bulletin of the day"),
)


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member's trading account."""

    account_id: int
    member_id: int
    entity_id: int
    group_id: int
    eligibility: int


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One user of a member; the hash is of user and password, in hex."""

    login_id: int
    user: str
    member_id: int
    rights: int
    default_account_id: int
    key_hash: str
    is_revoked: bool = False  # until the key is rotated


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the owner of a login is handed."""

    user: str
    password: str
    login_id: int
    member_id: int
    account_id: int
    name: str


class Member(Protocol):
    """What provisioning needs of a participant of a scenario."""

    @property
    def member_id(self) -> int: ...
    @property
    def entity_id(self) -> int: ...
    @property
    def account_id(self) -> int: ...
    @property
    def user(self) -> str: ...
    @property
    def name_en(self) -> str: ...


class DropCopyOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A drop copy: whose streams it merges. Its logins are those of "member" `stream_id`.

    Dated, because the streams of the day before are kept and must come back as they were after a restart.
    """

    stream_id: int
    member_ids: tuple[int, ...]
    after: date | None = None  # the last day that was settled when it was set; None: of the whole season


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The directory's file."""

    accounts: tuple[Account, ...]
    logins: tuple[Login, ...]
    drop_copies: tuple[DropCopyOf, ...] = ()


class Directory(msgspec.Struct, frozen=True, dict=True):
    """Every account and login, in the order in which they are defined each day."""

    accounts: tuple[Account, ...]
    logins: tuple[Login, ...]
    key: bytes
    drop_copies: tuple[DropCopyOf, ...] = ()

    @cached_property
    def by_user(self) -> dict[str, Login]:
        """Logins by user."""
        return {login.user: login for login in self.logins}

    def drop_copies_on(self, day: date) -> tuple[DropCopyOf, ...]:
        """Of each drop copy what was set last before a day, by ascending stream."""
        newest = {copy.stream_id: copy for copy in self.drop_copies if copy.after is None or copy.after < day}
        return tuple(newest[stream_id] for stream_id in sorted(newest))

    def verify(self, user: str, password: str) -> Login | None:
        """The login of user and password; as slow for an unknown user as for a wrong password."""
        login = self.by_user.get(user)
        kept = login.key_hash if login is not None else "0" * (2 * HASH_BYTES)
        is_right = hmac.compare_digest(kept, password_hash(self.key, user, password))
        return login if is_right and login is not None and not login.is_revoked else None


def password_hash(key: bytes, user: str, password: str) -> str:
    """The keyed hash under which a password is kept."""
    text = f"{user}\0{password}".encode()
    return hashlib.blake2b(text, key=key, digest_size=HASH_BYTES).hexdigest()


def load(folder: Path) -> Directory:
    """The directory kept in a city's folder (its `key` and `logins.json`)."""
    path = folder / DIRECTORY_FILE
    try:
        key = (folder / "key").read_bytes()
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
    except FileNotFoundError as error:
        raise UsageError(f"{error.filename} is missing", "run `two-city up` once, or restore it") from error
    except msgspec.MsgspecError as error:
        raise CorruptionError(str(path), "a directory of accounts and logins", error) from error
    if len(key) != KEY_BYTES:
        raise CorruptionError(str(folder / "key"), f"{KEY_BYTES} bytes", len(key))
    return Directory(kept.accounts, kept.logins, key, kept.drop_copies)


def save(directory: Directory, folder: Path) -> None:
    """Write the directory, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_secret(folder / "key", directory.key)
    kept = _Kept(directory.accounts, directory.logins, directory.drop_copies)
    _write_secret(folder / DIRECTORY_FILE, msgspec.json.format(msgspec.json.encode(kept), indent=1))


def provision(data: Path, participants: Iterable[Member]) -> Directory:
    """Make accounts, logins and credentials for staff and participants; what exists already is kept.

    Idempotent: a second call with the same participants changes nothing. A login whose credentials file was
    lost gets a new password.
    """
    folder = data / "shanghai"
    has_directory = (folder / DIRECTORY_FILE).exists()
    old = load(folder) if has_directory else Directory((), (), secrets.token_bytes(KEY_BYTES))
    accounts = {account.account_id: account for account in old.accounts}
    logins = dict(old.by_user)
    next_login_id = max([MEMBER_LOGIN_FIRST - 1, *(login.login_id for login in old.logins)]) + 1
    for number, (user, member_id, rights, name) in enumerate(STAFF, STAFF_LOGIN_FIRST):
        bare = logins.get(user) or Login(number, user, member_id, int(rights), 0, "")
        logins[user] = with_credentials(data, old.key, bare, name)
    for member in participants:
        _check_member(member)
        accounts.setdefault(
            member.account_id,
            Account(member.account_id, member.member_id, member.entity_id, 0, int(UNRESTRICTED)),
        )
        user = member.user
        bare = logins.get(user) or Login(
            next_login_id, user, member.member_id, int(MEMBER_RIGHTS), member.account_id, ""
        )
        next_login_id = max(next_login_id, bare.login_id + 1)
        logins[user] = with_credentials(data, old.key, bare, member.name_en)
    directory = Directory(tuple(accounts.values()), tuple(logins.values()), old.key, old.drop_copies)
    _check_drop_copies(directory)
    if not has_directory or (directory.accounts, directory.logins) != (old.accounts, old.logins):
        save(directory, folder)
    return directory


def _check_member(member: Member) -> None:
    user = member.user
    if member.member_id < MEMBER_FIRST:
        raise ValueError(f"{user}: expected a member from {MEMBER_FIRST}, found {member.member_id}")
    if not is_user(user):
        raise ValueError(f"expected a user of {USER_FORM}, found {user!r}")


def is_user(user: str) -> bool:
    """Whether a SoupBinTCP login can hold it."""
    return 1 <= len(user) <= USER_CHARACTERS_MAX and user.isascii() and user.isalnum()


def _check_drop_copies(directory: Directory) -> None:
    members = {account.member_id for account in directory.accounts}
    for copy in directory.drop_copies:
        if unknown := sorted(set(copy.member_ids) - members):
            raise UsageError(
                f"drop copy {copy.stream_id} names no member of this season: {unknown}",
                "name others: two-city feed drop-copy USER MEMBER ...",
            )


def with_credentials(data: Path, key: bytes, login: Login, name: str) -> Login:
    """The login, its credentials file present and matching its hash; a revoked one is left as it is."""
    if login.is_revoked:
        return login
    path = data / "credentials" / f"{login.user}.json"
    if login.key_hash and _opens(path, key, login):
        return login
    password = "".join(secrets.choice(_PASSWORD_ALPHABET) for _ in range(PASSWORD_CHARACTERS))
    credentials = Credentials(
        login.user, password, login.login_id, login.member_id, login.default_account_id, name
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Not synced: 4,000 of them would cost seconds, and one that a crash tears is made again.
    _write_secret(path, msgspec.json.format(msgspec.json.encode(credentials), indent=1), is_synced=False)
    return msgspec.structs.replace(login, key_hash=password_hash(key, login.user, password))


def _opens(path: Path, key: bytes, login: Login) -> bool:
    """Whether a credentials file is there, whole, and of the password that the directory knows."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Credentials)
    except (FileNotFoundError, msgspec.MsgspecError):
        return False
    return hmac.compare_digest(password_hash(key, kept.user, kept.password), login.key_hash)


def _write_secret(path: Path, content: bytes, is_synced: bool = True) -> None:
    """Only the owner may read it; a crash leaves the old file or the new one."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        if is_synced:
            file.flush()
            os.fsync(file.fileno())
    beside.replace(path)
