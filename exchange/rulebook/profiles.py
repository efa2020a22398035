"""Loads a profile's dated rows and answers: which rules hold on a date?"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from exchange.rulebook.checks import DATA, check_profile
from exchange.rulebook.errors import RulebookError
from exchange.rulebook.files import load_toml
from exchange.rulebook.keys import RuleKey
from exchange.rulebook.model import ProfileFile, Rule, Session

NATIONAL = "national"
TEST = "test"
CCER = "ccer"
CCER_CONTINUOUS = "ccer-continuous"
EXTENDS_DEPTH_MAX = 4


class Profile(NamedTuple):
    """A profile with everything it extends already merged in: all rows of all dates."""

    name: str
    title_zh: str
    title_en: str
    venue: str
    synthetic: bool
    rules: tuple[Rule, ...]
    sessions: tuple[Session, ...]


class Rules(NamedTuple):
    """The rules of one profile on one date: one row for each key in force."""

    profile: Profile
    day: date
    in_force: Mapping[RuleKey, Rule]

    def rule(self, key: RuleKey) -> Rule:
        """The row in force; RulebookError when none holds yet on the date."""
        row = self.in_force.get(key)
        if row is None:
            first = min((r.effective_from for r in self.profile.rules if r.key is key), default=None)
            found = f"the first holds from {first}" if first else "the profile has none"
            raise RulebookError(f"profile {self.profile.name}: expected a rule {key} on {self.day}, {found}")
        return row

    def whole_number(self, key: RuleKey) -> int:
        """The value of an integer rule; RulebookError when unset or of another kind."""
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise RulebookError(
                f"profile {self.profile.name}: expected rule {key} to be an integer, found {value!r}"
            )
        return value

    def holds(self, key: RuleKey) -> bool:
        """The value of a yes/no rule; RulebookError when unset or of another kind."""
        value = self._value(key)
        if not isinstance(value, bool):
            raise RulebookError(
                f"profile {self.profile.name}: expected rule {key} to be yes/no, found {value!r}"
            )
        return value

    def choice(self, key: RuleKey) -> str:
        """The value of a choice; RulebookError when unset or of another kind."""
        value = self._value(key)
        if not isinstance(value, str):
            raise RulebookError(
                f"profile {self.profile.name}: expected rule {key} to be a choice, found {value!r}"
            )
        return value

    def is_set(self, key: RuleKey) -> bool:
        """False where no value is known and none may be invented."""
        return self.rule(key).value is not None

    def _value(self, key: RuleKey) -> int | bool | str:
        value = self.rule(key).value
        if value is None:
            raise RulebookError(
                f"profile {self.profile.name}: expected a value for rule {key} on {self.day}, found none; "
                "it is unknown: set it in a profile file of your own that extends this one"
            )
        return value


def profile_names() -> tuple[str, ...]:
    """The profiles that come with the rulebook."""
    return (NATIONAL, TEST, CCER, CCER_CONTINUOUS)


@cache
def load_profile(name: str) -> Profile:
    """A profile by name, or by the path of a .toml file of one's own; rows are checked."""
    return _load(name, 0)


@cache
def rules_on(profile: str, day: date) -> Rules:
    """The rules in force on a date: of each key, the row with the latest effective date up to it.

    Complexity: O(rows) the first time for a profile and date, then O(1).
    """
    loaded = load_profile(profile)
    in_force: dict[RuleKey, Rule] = {}
    for row in sorted(loaded.rules, key=lambda r: r.effective_from):
        if row.effective_from <= day:
            in_force[row.key] = row
    if not in_force:
        first = min(row.effective_from for row in loaded.rules)
        raise RulebookError(f"profile {loaded.name}: expected a date from {first} on, found {day}")
    return Rules(loaded, day, in_force)


def _load(name: str, depth: int) -> Profile:
    if depth > EXTENDS_DEPTH_MAX:
        raise RulebookError(
            f"profile {name}: expected at most {EXTENDS_DEPTH_MAX} levels of 'extends', found more"
        )
    path = Path(name) if name.endswith(".toml") else DATA / f"{name}.toml"
    if not name.endswith(".toml") and name not in profile_names():
        raise RulebookError(
            f"expected a profile of {profile_names()} or a path ending in .toml, found {name!r}"
        )
    own = load_toml(path, ProfileFile)
    check_profile(own, path.name)
    if not own.extends:
        rules, sessions = own.rule, own.session
    else:
        base = _load(own.extends, depth + 1)
        rules, sessions = _merge(base.rules, own.rule), own.session or base.sessions
    _check_complete(own.name, rules)
    return Profile(own.name, own.title_zh, own.title_en, own.venue, own.synthetic, rules, sessions)


def _merge(base: Iterable[Rule], own: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Rows of the extended profile without the overridden keys, then the profile's own."""
    overridden = {row.key for row in own}
    return (*(row for row in base if row.key not in overridden), *own)


def _check_complete(name: str, rules: Iterable[Rule]) -> None:
    missing = sorted(str(key) for key in set(RuleKey) - {row.key for row in rules})
    if missing:
        raise RulebookError(f"profile {name}: expected a row for every rule key, found none for {missing}")
