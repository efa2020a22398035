"""Drop copies and the right to the depth: set between days, refused within one, checked at the start."""

from datetime import date
from pathlib import Path

import pytest

from exchange.engine.derivations import derivations_of, is_depth_public
from exchange.engine.directory import STAFF, Directory, DropCopyOf, load, provision
from exchange.engine.feed_logins import DROP_COPIES_MAX, grant_depth, set_drop_copy
from exchange.errors import UsageError
from exchange.locking import only_one
from exchange.rulebook import load_scenario, participants
from exchange.vocabulary.enums import Right
from exchange.vocabulary.limits import DROP_COPY_FIRST, STREAM_DEPTH


def begin(data: Path, count: int = 9) -> None:
    provision(data, participants(load_scenario("season-2021"), count))


def settle(data: Path, day: str, confirmed: str = "true") -> None:
    """As far as files tell it."""
    for folder in (data / "shanghai" / "journal" / day, data / "shanghai" / "days"):
        folder.mkdir(parents=True, exist_ok=True)
    text = f'{{"date": "{day}", "confirmed": {confirmed}}}'
    (data / "shanghai" / "days" / f"{day}.json").write_text(text, encoding="utf-8")


def test_before_the_season_members_are_numbers_and_looked_at_when_it_begins(tmp_path: Path) -> None:
    assert set_drop_copy(tmp_path, "COPY01", ["17", "16", "17"]) == DropCopyOf(4, (16, 17))
    begin(tmp_path)
    directory = load(tmp_path / "shanghai")
    login = directory.by_user["COPY01"]
    assert (login.member_id, login.rights, login.login_id) == (4, Right.DROP_COPY, len(STAFF) + 1)
    assert directory.drop_copies == (DropCopyOf(4, (16, 17)),)
    assert (tmp_path / "credentials" / "COPY01.json").exists()
    set_drop_copy(tmp_path / "other", "COPY01", ["999"])
    with pytest.raises(UsageError, match=r"names no member of this season: \[999\]"):
        begin(tmp_path / "other")


def test_a_known_drop_copy_gets_the_new_set_and_keeps_its_password(tmp_path: Path) -> None:
    begin(tmp_path)
    set_drop_copy(tmp_path, "COPY01", ["16"])
    before = load(tmp_path / "shanghai").by_user["COPY01"]
    user = next(login.user for login in load(tmp_path / "shanghai").logins if login.member_id == 18)
    assert set_drop_copy(tmp_path, "COPY01", [user.lower(), "16"]) == DropCopyOf(4, (16, 18))
    assert load(tmp_path / "shanghai").by_user["COPY01"] == before
    assert set_drop_copy(tmp_path, "COPY02", ["16"]).stream_id == 5


def test_a_set_changed_between_days_leaves_the_day_before_as_it_was(tmp_path: Path) -> None:
    begin(tmp_path)
    set_drop_copy(tmp_path, "COPY01", ["16"])
    settle(tmp_path, "2021-12-16")
    set_drop_copy(tmp_path, "COPY01", ["17"])
    set_drop_copy(tmp_path, "COPY01", ["17", "18"])
    set_drop_copy(tmp_path, "COPY02", ["16"])
    directory = load(tmp_path / "shanghai")
    before, after = date(2021, 12, 16), date(2021, 12, 17)
    assert directory.drop_copies_on(before) == (DropCopyOf(4, (16,)),)
    assert directory.drop_copies_on(after) == (DropCopyOf(4, (17, 18), before), DropCopyOf(5, (16,), before))
    assert [made.stream_id for made in derivations_of(directory, "national", before)] == [DROP_COPY_FIRST]


def test_the_depth_is_a_right_more(tmp_path: Path) -> None:
    begin(tmp_path)
    before = load(tmp_path / "shanghai").by_user["CONSOL"].rights
    grant_depth(tmp_path, "CONSOL")
    begin(tmp_path)  # the next start keeps it
    assert load(tmp_path / "shanghai").by_user["CONSOL"].rights == before | Right.DEPTH
    with pytest.raises(UsageError, match="there is no login NOBODY"):
        grant_depth(tmp_path, "NOBODY")


@pytest.mark.parametrize(
    ("user", "members", "complaint"),
    [
        ("OPER01", ["16"], "OPER01 is a login of somebody already"),
        ("TOOLONG", ["16"], "expected a user of 1 to 6 letters and digits, found 'TOOLONG'"),
        ("COPY01", [], "a drop copy is of at least one member"),
        ("COPY01", ["999"], "expected a member's login or number, found '999'"),
        ("COPY01", ["OPER01"], "expected a member's login or number, found 'OPER01'"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, user: str, members: list[str], complaint: str) -> None:
    begin(tmp_path)
    with pytest.raises(UsageError, match=complaint):
        set_drop_copy(tmp_path, user, members)
    assert load(tmp_path / "shanghai").drop_copies == ()


def test_there_are_twelve_at_most(tmp_path: Path) -> None:
    for number in range(DROP_COPIES_MAX):
        set_drop_copy(tmp_path, f"COPY{number:02d}", ["16"])
    with pytest.raises(UsageError, match="there are 12 drop copies already"):
        set_drop_copy(tmp_path, "COPY99", ["16"])


def test_people_change_between_days_only(tmp_path: Path) -> None:
    begin(tmp_path)
    (tmp_path / "shanghai" / "journal" / "2021-12-16").mkdir(parents=True)
    with pytest.raises(UsageError, match="2021-12-16 has begun and is not settled"):
        set_drop_copy(tmp_path, "COPY01", ["16"])
    settle(tmp_path, "2021-12-16", confirmed="false")
    with pytest.raises(UsageError, match="not settled"):
        grant_depth(tmp_path, "CONSOL")
    settle(tmp_path, "2021-12-16")
    grant_depth(tmp_path, "CONSOL")
    with only_one(tmp_path / "shanghai" / "lock", "", ""):
        with pytest.raises(UsageError, match="an exchange is running"):
            grant_depth(tmp_path, "CONSOL")


def test_the_depth_is_made_when_somebody_may_follow_it(tmp_path: Path) -> None:
    begin(tmp_path)
    set_drop_copy(tmp_path, "COPY01", ["16"])
    directory, day = load(tmp_path / "shanghai"), date(2024, 6, 3)

    def made(profile: str, of: Directory) -> list[int]:
        return [derivation.stream_id for derivation in derivations_of(of, profile, day)]

    assert made("national", directory) == [DROP_COPY_FIRST]
    assert made("ccer-continuous", directory) == [STREAM_DEPTH, DROP_COPY_FIRST]
    assert [is_depth_public(profile, day) for profile in ("national", "ccer", "ccer-continuous")] == [
        False, False, True,
    ]  # fmt: skip
    grant_depth(tmp_path, "CONSOL")
    assert made("national", load(tmp_path / "shanghai")) == [STREAM_DEPTH, DROP_COPY_FIRST]
