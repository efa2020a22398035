"""Provisioning: generated credentials that open exactly their own login, kept safe, and never made twice."""

from pathlib import Path

import msgspec
import pytest

from exchange.engine import directory as directory_module
from exchange.engine.directory import STAFF, Credentials, Directory, load, provision
from exchange.errors import CorruptionError, UsageError
from exchange.rulebook import load_scenario, participants
from exchange.vocabulary.enums import Right


def season_members(count: int = 9) -> list[directory_module.Member]:
    return list(participants(load_scenario("season-2021"), count))


def credentials(data: Path, user: str) -> Credentials:
    return msgspec.json.decode((data / "credentials" / f"{user}.json").read_bytes(), type=Credentials)


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return provision(tmp_path, season_members())


def test_every_login_opens_with_its_own_credentials_only(tmp_path: Path, directory: Directory) -> None:
    passwords = {}
    for login in directory.logins:
        kept = credentials(tmp_path, login.user)
        assert len(kept.password) == 10
        assert directory.verify(login.user, kept.password) == login
        assert (kept.login_id, kept.member_id) == (login.login_id, login.member_id)
        passwords[login.user] = kept.password
    assert len(set(passwords.values())) == len(passwords) == 9 + len(STAFF)
    assert directory.verify("OPER01", passwords["WUHAN1"]) is None
    assert directory.verify("NOBODY", passwords["WUHAN1"]) is None
    assert directory.verify("OPER01", "") is None


def test_rights_and_members(directory: Directory) -> None:
    staff = {login.user: login for login in directory.logins if login.login_id < 100}
    assert {user: (login.member_id, Right(login.rights)) for user, login in staff.items()} == {
        "OPER01": (2, Right.OPERATE | Right.VIEW | Right.PUBLIC),
        "WUHAN1": (1, Right.SETTLE | Right.PUBLIC),
        "CONSOL": (0, Right.VIEW | Right.PUBLIC),
        "OPER02": (2, Right.OPERATE | Right.VIEW | Right.PUBLIC),
        "MQTT01": (0, Right.VIEW | Right.PUBLIC),
        "REDIS1": (0, Right.VIEW | Right.PUBLIC),
        "WEBSK1": (0, Right.VIEW | Right.PUBLIC),
        "BULLET": (0, Right.VIEW | Right.PUBLIC),
    }
    members = [login for login in directory.logins if login.login_id > 100]
    assert [login.login_id for login in members] == list(range(101, 110))
    accounts = {account.account_id: account for account in directory.accounts}
    for login in members:
        assert login.rights & Right.TRADE and not login.rights & (Right.OPERATE | Right.SETTLE)
        assert accounts[login.default_account_id].member_id == login.member_id


def test_nothing_in_clear_and_nothing_for_others_to_read(tmp_path: Path, directory: Directory) -> None:
    for path in tmp_path.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    kept = (tmp_path / "shanghai" / "logins.json").read_text()
    for login in directory.logins:
        assert credentials(tmp_path, login.user).password not in kept
    assert directory.key.hex() not in kept


def test_a_second_call_changes_nothing(tmp_path: Path, directory: Directory) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert provision(tmp_path, season_members()) == directory == load(tmp_path / "shanghai")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_more_members_keep_the_old_logins(tmp_path: Path, directory: Directory) -> None:
    more = provision(tmp_path, season_members(12))
    assert more.logins[: len(directory.logins)] == directory.logins
    assert len(more.logins) == len(directory.logins) + 3
    assert len({login.login_id for login in more.logins}) == len(more.logins)


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b'{"user"')])
def test_a_lost_or_torn_credentials_file_is_made_anew(tmp_path: Path, directory: Directory, damage) -> None:
    old = credentials(tmp_path, "OPER01").password
    damage(tmp_path / "credentials" / "OPER01.json")
    mended = provision(tmp_path, season_members())
    assert mended.verify("OPER01", old) is None
    assert mended.verify("OPER01", credentials(tmp_path, "OPER01").password) is not None
    assert load(tmp_path / "shanghai") == mended


def test_a_missing_or_damaged_directory_says_so(tmp_path: Path, directory: Directory) -> None:
    with pytest.raises(UsageError, match="to mend"):
        load(tmp_path)
    (tmp_path / "shanghai" / "key").write_bytes(b"short")
    with pytest.raises(CorruptionError, match="expected 32 bytes, found 5"):
        load(tmp_path / "shanghai")
