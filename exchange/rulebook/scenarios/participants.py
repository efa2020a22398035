"""Makes a scenario's synthetic members: same seed and number, same members, to the lot and the fen."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from exchange.rulebook.errors import RulebookError
from exchange.rulebook.scenarios.model import KindRecipe, MemberKind, Scenario
from exchange.vocabulary.limits import MEMBER_FIRST

ACCOUNT_FIRST: Final = 1001
MEMBERS_MIN: Final = len(MemberKind)
MEMBERS_MAX: Final = 50_000  # one login each: below the protocol's 65,535 logins, with room for staff
WEIGHTS: Final = (2, 2, 2, 3, 3, 4, 6, 10)  # a few members are several times larger than most
_MASK: Final = 2**64 - 1


class Participant(NamedTuple):
    """One synthetic member with its one trading account and one login."""

    member_id: int
    entity_id: int
    account_id: int
    user: str  # six characters, as SoupBinTCP pads it
    kind: MemberKind
    name_zh: str
    name_en: str
    opening_lots: dict[str, int]  # lots by contract code
    opening_cash_fen: int
    obligation_lots: int  # to be surrendered by the scenario's deadline


def participants(scenario: Scenario, members: int) -> tuple[Participant, ...]:
    """`members` synthetic members; each kind has at least one, and the recipe's totals are met exactly.

    Complexity: O(members).
    """
    if not MEMBERS_MIN <= members <= MEMBERS_MAX:
        raise RulebookError(
            f"scenario {scenario.name}: expected {MEMBERS_MIN} to {MEMBERS_MAX} members, found {members}"
        )
    kinds = scenario.recipe.kind
    counts = _apportion(members - len(kinds), [row.member_share_ppm for row in kinds])
    random = _random_numbers(scenario.recipe.seed)
    made: list[Participant] = []
    for row, count in zip(kinds, counts, strict=True):
        made.extend(_of_kind(scenario, row, count + 1, len(made), random))
    return tuple(made)


def _of_kind(
    scenario: Scenario, row: KindRecipe, count: int, already: int, random: Iterator[int]
) -> Iterator[Participant]:
    weights = [WEIGHTS[next(random) % len(WEIGHTS)] for _ in range(count)]
    allowances = _apportion(row.opening_allowances_lots, weights)
    obligations = _apportion(row.obligation_lots, weights)
    cash = _apportion(row.opening_cash_fen, weights)
    for index in range(count):
        number = already + index
        yield Participant(
            member_id=MEMBER_FIRST + number,
            entity_id=1 + number,
            account_id=ACCOUNT_FIRST + number,
            user=f"{row.login_prefix}{index + 1:05d}",
            kind=row.kind,
            name_zh=f"{row.name_zh} {index + 1:03d}",
            name_en=f"{row.name_en} {index + 1:03d}",
            opening_lots={scenario.contract: allowances[index]},
            opening_cash_fen=cash[index],
            obligation_lots=obligations[index],
        )


def _apportion(total: int, weights: list[int]) -> list[int]:
    """Shares in proportion to weights, adding up exactly: largest remainders first, then lower index."""
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return shares


def _random_numbers(seed: int) -> Iterator[int]:
    """SplitMix64: written out, so that the members never change with a library's version."""
    state = seed & _MASK
    while True:
        state = (state + 0x9E3779B97F4A7C15) & _MASK
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        yield mixed ^ (mixed >> 31)
