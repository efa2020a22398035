"""A bank in this process: three members with 1,000 fen each, of which the special account holds 3,000."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from settlement.bank.books import Rules
from settlement.bank.store import BankStore, Identity
from settlement.bank.teller import Teller

OPENING = {1001: 1_000, 1003: 1_000, 1005: 1_000}
OTHERS = Rules(other_banks=frozenset({2}))


class Branch:
    """A store and its teller, opened again at will."""

    def __init__(self, path: Path, rules: Rules = OTHERS) -> None:
        self._path = path
        self._rules = rules
        self.reopen()

    def reopen(self) -> None:
        """As after a restart."""
        if hasattr(self, "store"):
            self.store.close()
        self.store = BankStore.open(self._path, Identity(1, "season-2021", 6), OPENING)
        self.teller = Teller(self.store, self._rules)

    def words(self) -> list[str]:
        """The stream as words with amounts."""
        return [f"{one.number} {one.word} {one.amount_fen}" for one in self.store.movements(0, 1_000)]


@pytest.fixture
def make_branch(tmp_path: Path) -> Iterator[Callable[..., Branch]]:
    made: list[Branch] = []

    def make(rules: Rules = OTHERS) -> Branch:
        made.append(Branch(tmp_path / f"{len(made)}.sqlite", rules))
        return made[-1]

    yield make
    for branch in made:
        branch.store.close()


@pytest.fixture
def branch(make_branch: Callable[..., Branch]) -> Branch:
    return make_branch()
