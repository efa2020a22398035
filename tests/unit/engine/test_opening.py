"""How a day is opened: the same commands in the same order for the same rulebook, directory and prices."""

import random
from datetime import date

import pytest

from exchange.engine.directory import Account, Directory, Login
from exchange.engine.opening import plan_day
from exchange.vocabulary.enums import ParameterId
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import read
from tests.simulation.market import DIRECTORY

DAY = date(2023, 8, 28)  # three contracts
BASES = {1: 7_000, 2: 7_306, 3: 10_425}


def shuffled(directory: Directory) -> Directory:
    rng = random.Random(1)
    accounts, logins = list(directory.accounts), list(directory.logins)
    rng.shuffle(accounts)
    rng.shuffle(logins)
    return Directory(tuple(accounts), tuple(logins), directory.key)


def test_the_script_opens_defines_rules_then_contracts_then_people() -> None:
    plan = plan_day("national", DAY, DIRECTORY, BASES)
    kinds = [Kind(record[3]) for record in plan.script]
    order = list(dict.fromkeys(kinds))
    assert order == [
        Kind.OPEN_DAY, Kind.PARAMETER_SET, Kind.DEFINE_CONTRACT, Kind.DEFINE_ACCOUNT, Kind.DEFINE_LOGIN,
    ]  # fmt: skip
    contracts = [read(r) for r in plan.script if r[3] == Kind.DEFINE_CONTRACT]
    assert [(c["contract_code"], c["base_price_ticks"]) for c in contracts] == [
        (b"CEA", 7_000),
        (b"CEA21", 7_306),
        (b"CEA22", 10_425),
    ]
    assert plan.codes == {1: "CEA", 2: "CEA21", 3: "CEA22"}


def test_rules_that_all_contracts_share_are_set_once_for_the_market() -> None:
    parameters = [
        read(r)
        for r in plan_day("test", DAY, DIRECTORY, BASES).script
        if r[3] == Kind.PARAMETER_SET
    ]  # fmt: skip
    assert {p["contract_id"] for p in parameters} == {0}
    values = {p["parameter_id"]: p["parameter_value"] for p in parameters}
    # one-way bidding is of a later year; the matching rule comes with the contract
    auctions = {key for key in ParameterId if key.name.startswith("AUCTION_")}
    assert set(values) == set(ParameterId) - auctions - {ParameterId.MATCHING_RULE}
    assert values[ParameterId.LISTED_BAND_PPM] == 100_000
    assert values[ParameterId.TRADING_FEE_PPM] > 0


def test_what_differs_between_contracts_is_set_for_each() -> None:
    script = plan_day("national", date(2026, 1, 5), DIRECTORY, dict.fromkeys(range(1, 7), 7_000)).script
    weights = {
        p["contract_id"]: p["parameter_value"]
        for p in (read(r) for r in script if r[3] == Kind.PARAMETER_SET)
        if p["parameter_id"] == ParameterId.COMPOSITE_WEIGHT
    }
    assert weights == {1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 1}


def test_the_order_of_the_directory_does_not_matter() -> None:
    plan = plan_day("national", DAY, DIRECTORY, BASES)
    assert plan_day("national", DAY, shuffled(DIRECTORY), BASES).script == plan.script


def test_the_capacity_fits_the_directory_and_the_widest_band() -> None:
    orders, levels, accounts, contracts, logins, members, references, trades, transfers = plan_day(
        "national", DAY, DIRECTORY, BASES, orders_capacity=99
    ).identity.capacity
    assert (orders, accounts, contracts, logins, members) == (99, 1003, 4, 103, 18)
    assert levels == 4224  # 9383..11468 is 2086 prices; twice that, in whole words of 64
    assert (references, trades, transfers) == (65_536, 65_536, 4_096)


@pytest.mark.parametrize(
    ("logins", "references"), [(10, 65_536), (1_000, 16_384), (4_000, 4_096), (65_000, 1_024)]
)
def test_reference_rings_share_a_bounded_memory(logins: int, references: int) -> None:
    directory = Directory(
        (Account(1001, 16, 1, 0, 3),),
        tuple(Login(n, f"U{n}", 16, 1, 1001, "") for n in range(1, logins + 1)),
        b"",
    )
    assert plan_day("national", DAY, directory, BASES).identity.capacity[6] == references
