"""Logins of a member beyond its first, and keys that are rotated and revoked."""

from pathlib import Path

import pytest

from exchange.client import load_credentials
from exchange.engine.directory import load, provision
from exchange.engine.login_keys import revoke_key, rotate_key
from exchange.engine.member_logins import add_login, parse_rights
from exchange.errors import UsageError
from exchange.rulebook import load_scenario, participants
from exchange.vocabulary.enums import Right

MEMBER = "E00001"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    begin(tmp_path)
    return tmp_path


def begin(data: Path) -> None:
    provision(data, participants(load_scenario("season-2021"), 9))


def test_another_login_is_of_the_same_member_and_has_its_own_rights_and_password(data: Path) -> None:
    path = add_login(data, "RISK01", MEMBER, parse_rights("risk, view"))
    first, made = (load(data / "shanghai").by_user[user] for user in (MEMBER, "RISK01"))
    assert (made.member_id, made.default_account_id) == (first.member_id, first.default_account_id)
    assert made.rights == Right.RISK | Right.VIEW
    assert made.login_id not in {login.login_id for login in load(data / "shanghai").logins if login != made}
    who = load_credentials(path)
    assert load(data / "shanghai").verify("RISK01", who.password) == made
    begin(data)
    assert load(data / "shanghai").by_user["RISK01"] == made, "the next start keeps it"


@pytest.mark.parametrize(
    ("user", "like", "complaint"),
    [
        (MEMBER, MEMBER, "there is a login E00001 already"),
        ("TOOLONG", MEMBER, "expected a user of 1 to 6 letters and digits"),
        ("NEW001", "OPER01", "expected a login of a trading member, found 'OPER01'"),
        ("NEW001", "NOBODY", "expected a login of a trading member, found 'NOBODY'"),
    ],
)
def test_what_cannot_be_made_is_said(data: Path, user: str, like: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        add_login(data, user, like, Right.VIEW)


def test_rights_are_words() -> None:
    assert parse_rights("Trade,PUBLIC") == Right.TRADE | Right.PUBLIC
    for wrong in ("", " , ", "operate", "trade;view"):
        with pytest.raises(UsageError):
            parse_rights(wrong)


def test_a_rotated_key_is_another_and_a_revoked_one_stays_revoked_over_a_start(data: Path) -> None:
    old = load_credentials(data / "credentials" / f"{MEMBER}.json").password
    path = rotate_key(data, MEMBER)
    new = load_credentials(path).password
    directory = load(data / "shanghai")
    assert directory.verify(MEMBER, new) and not directory.verify(MEMBER, old)
    revoke_key(data, MEMBER)
    begin(data)
    assert load(data / "shanghai").verify(MEMBER, new) is None
    rotate_key(data, MEMBER)
    assert load(data / "shanghai").verify(MEMBER, load_credentials(path).password)
    with pytest.raises(UsageError, match="there is no login NOBODY"):
        rotate_key(data, "NOBODY")
