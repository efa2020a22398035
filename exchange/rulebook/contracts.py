"""Which contracts exist, where each is listed, held and settled, and its weight in the composite price."""

from collections.abc import Mapping
from datetime import date
from functools import cache

from exchange.rulebook.checks import DATA, check_contracts
from exchange.rulebook.errors import RulebookError
from exchange.rulebook.files import load_toml
from exchange.rulebook.model import CompositeWeights, Contract, ContractFile, Institution
from exchange.rulebook.profiles import load_profile


@cache
def contract_table() -> ContractFile:
    """The committed table, checked."""
    table = load_toml(DATA / "contracts.toml", ContractFile)
    check_contracts(table)
    return table


def contract(code: str) -> Contract:
    """One contract by code; RulebookError names the codes known."""
    for row in contract_table().contract:
        if row.code == code:
            return row
    raise RulebookError(
        f"expected a contract of {[row.code for row in contract_table().contract]}, found {code!r}"
    )


def contract_by_id(contract_id: int) -> Contract:
    """One contract by id; RulebookError names the ids known."""
    for row in contract_table().contract:
        if row.contract_id == contract_id:
            return row
    known = [row.contract_id for row in contract_table().contract]
    raise RulebookError(f"expected a contract id of {known}, found {contract_id}")


def contracts_on(profile: str, day: date) -> tuple[Contract, ...]:
    """The contracts of a profile's venue listed on a date, by id."""
    venue = load_profile(profile).venue
    rows = (row for row in contract_table().contract if row.venue == venue and row.listed_from <= day)
    return tuple(sorted(rows, key=lambda row: row.contract_id))


def institution(key: str) -> Institution:
    """A venue, registry or settlement institution by key."""
    for row in contract_table().institution:
        if row.key == key:
            return row
    raise RulebookError(
        f"expected an institution of {[row.key for row in contract_table().institution]}, found {key!r}"
    )


def composite_weights_on(day: date) -> Mapping[str, int]:
    """Integer weight of each contract in the composite price on a date; contracts not named weigh 0."""
    in_force: CompositeWeights | None = None
    for row in sorted(contract_table().composite, key=lambda r: r.effective_from):
        if row.effective_from <= day:
            in_force = row
    if in_force is None:
        first = min(row.effective_from for row in contract_table().composite)
        raise RulebookError(f"composite weights: expected a date from {first} on, found {day}")
    return in_force.weights
