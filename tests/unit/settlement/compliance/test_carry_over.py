"""Carry-over from the limit to the new vintage: what it is computed of, applications, refusals, lineage."""

from datetime import date

import pytest

from exchange.vocabulary.enums import SettlementStage
from settlement.compliance.carrying_over import carry_over_limit
from settlement.ledger.balances import balances_now
from settlement.vocabulary.chart import Bucket, units
from settlement.vocabulary.entry_kinds import EntryKind
from settlement.vocabulary.operations import OperationState
from settlement.vocabulary.refusals import RefusalCode
from tests.unit.settlement.compliance.office import (
    ANNA,
    BEN,
    CEA23,
    CEA24,
    CEA25,
    REGISTRY,
    Office,
    holder,
    reviewer,
    seconds_of,
)


@pytest.fixture
def holding(office: Office) -> Office:
    """Anna has sold 4,000 net and holds 20,000 of 2024 and 5,000 of 2023: she may carry over 16,000."""
    office.give(ANNA, CEA24, 20_000)
    office.give(ANNA, CEA23, 5_000)
    office.traded(date(2025, 11, 3), ANNA, BEN, 5_000)
    office.traded(date(2025, 11, 4), BEN, ANNA, 1_000, contract=CEA23)
    office.at(date(2026, 2, 2))
    return office


def test_limit_by_net_sales_and_by_holding(holding: Office) -> None:
    assert carry_over_limit(holding.store, ANNA) == 16_000
    assert carry_over_limit(holding.store, BEN) == 0


def test_only_delivered_trades_of_the_old_vintages_and_dates_count(holding: Office) -> None:
    holding.traded(date(2025, 11, 5), ANNA, BEN, 1_000, stage=SettlementStage.REFUSED)
    holding.traded(date(2025, 11, 6), ANNA, BEN, 1_000, run=2)  # a run that another replaced
    holding.traded(date(2025, 11, 7), ANNA, BEN, 1_000, contract=CEA25)
    holding.traded(date(2023, 12, 29), ANNA, BEN, 1_000)
    holding.traded(date(2026, 1, 5), ANNA, BEN, 1_000)
    assert carry_over_limit(holding.store, ANNA) == 16_000
    holding.traded(date(2025, 12, 31), ANNA, BEN, 2, stage=SettlementStage.DELIVERED)
    holding.traded(date(2024, 1, 2), ANNA, BEN, 2)
    assert carry_over_limit(holding.store, ANNA) == 16_006


def test_the_holding_is_that_of_the_cut_off_in_whatever_usable_bucket(office: Office) -> None:
    office.give(BEN, CEA24, 900)
    available = units(CEA24, Bucket.REGISTRY_AVAILABLE, BEN)
    office.move(available, units(CEA24, Bucket.TRADING_AVAILABLE, 1002), 100)
    office.move(available, units(CEA24, Bucket.FROZEN, 1002), 100)
    office.move(available, units(CEA24, Bucket.REGISTRY_FROZEN, BEN), 100, kind=EntryKind.FREEZE)
    office.move(available, units(CEA24, Bucket.TO_TRADING, 1002), 100)
    assert carry_over_limit(office.store, BEN) == 900
    office.oblige(BEN, 2024, 50)
    office.surrender(BEN, 50)  # waits: deducted
    assert carry_over_limit(office.store, BEN) == 850
    office.at(date(2026, 1, 5))
    office.give(BEN, CEA24, 5_000)
    office.move(available, units(CEA24, Bucket.RETIRED, BEN), 100, kind=EntryKind.RETIRE)
    assert carry_over_limit(office.store, BEN) == 850


def test_several_applications_up_to_the_limit(holding: Office) -> None:
    first = holding.carry_over(ANNA, 9_000)
    assert holding.lots(ANNA, Bucket.PENDING_CARRY_OVER) == 9_000
    assert holding.lots(ANNA, Bucket.REGISTRY_AVAILABLE) == 11_000
    holding.refuses(RefusalCode.CARRY_OVER_LIMIT, holding.carry_over(ANNA, 7_001), "7000 of 16000 left")
    second = holding.carry_over(ANNA, 5_000, CEA23)

    holding.at(date(2026, 3, 26))  # weeks later: an application waits for its batch
    for asked in (first, second):
        assert holding.approve(asked, REGISTRY).state is OperationState.DONE
    assert holding.lots(ANNA, Bucket.CARRIED_OVER) == 9_000
    assert holding.lots(ANNA, Bucket.CARRIED_OVER, CEA23) == 5_000
    assert holding.lots(ANNA, Bucket.PENDING_CARRY_OVER) == 0
    assert holding.lots(ANNA, Bucket.REGISTRY_AVAILABLE, CEA25) == 14_000
    holding.proven()

    holding.refuses(RefusalCode.CARRY_OVER_LIMIT, holding.carry_over(ANNA, 2_001), "2000 of 16000 left")
    assert holding.carry_over(ANNA, 2_000).state is OperationState.ASKED


def test_new_serials_name_the_old_ones(holding: Office) -> None:
    holding.approve(holding.carry_over(ANNA, 100), REGISTRY)
    links = holding.store.rows(
        "SELECT contract_id, first_serial, last_serial, new_contract_id FROM serial_link"
    )
    assert [(old, last - first + 1, new) for old, first, last, new in links] == [(CEA24, 100, CEA25)]


def test_what_is_withdrawn_returns_and_may_be_applied_for_again(holding: Office) -> None:
    asked = holding.carry_over(ANNA, 16_000)
    with holding.store.transaction():
        holding.desk.withdraw(holding.context, holder(ANNA), asked.operation_id)
    assert holding.lots(ANNA, Bucket.REGISTRY_AVAILABLE) == 20_000
    assert holding.carry_over(ANNA, 16_000).state is OperationState.ASKED


def test_an_application_lapses_after_its_batch(holding: Office) -> None:
    asked = holding.carry_over(ANNA, 10)
    holding.at(date(2026, 3, 28))
    holding.refuses(RefusalCode.APPROVAL_EXPIRED, holding.approve(asked, REGISTRY))
    with holding.store.transaction():
        assert len(holding.desk.expire(holding.context)) == 1
    assert holding.lots(ANNA, Bucket.REGISTRY_AVAILABLE) == 20_000


def test_deadline_of_applications(holding: Office) -> None:
    holding.at(date(2026, 6, 10), seconds_of(17), -1)
    assert holding.carry_over(ANNA, 10).state is OperationState.ASKED
    before = balances_now(holding.store)
    holding.at(date(2026, 6, 10), seconds_of(17))
    holding.refuses(RefusalCode.TOO_LATE, holding.carry_over(ANNA, 10), "2026-06-10 17:00")
    holding.at(date(2025, 12, 31))
    holding.refuses(RefusalCode.CARRY_OVER_LIMIT, holding.carry_over(ANNA, 10), "known after 2025-12-31")
    assert balances_now(holding.store) == before


def test_other_refusals_leave_balances_as_they_were(holding: Office) -> None:
    holding.give(ANNA, CEA25, 10)
    available = units(CEA24, Bucket.REGISTRY_AVAILABLE, ANNA)
    holding.move(available, units(CEA24, Bucket.TRADING_AVAILABLE, 1001), 19_000)
    before = balances_now(holding.store)
    holding.refuses(RefusalCode.VINTAGE_NOT_USABLE, holding.carry_over(ANNA, 1, CEA25), "CEA23, CEA24")
    holding.refuses(RefusalCode.UNITS_INSUFFICIENT, holding.carry_over(ANNA, 1_001), "1000 of")
    assert balances_now(holding.store) == before


@pytest.mark.parametrize("year", [2023, 2024])
def test_late_surrenderers_are_excluded(office: Office, year: int) -> None:
    office.give(ANNA, CEA23, 500)
    office.give(BEN, CEA23, 500)
    office.at(date(2024, 12, 2))
    for entity_id in (ANNA, BEN):
        office.oblige(entity_id, year, 100)
    office.approve(office.surrender(BEN, 100, year, CEA23), reviewer(1))
    office.at(date(2026, 1, 5))
    office.refuses(RefusalCode.LATE_SURRENDERER, office.carry_over(ANNA, 1, CEA23))
    office.approve(office.surrender(ANNA, 100, year, CEA23), reviewer(1))
    before = balances_now(office.store)
    office.refuses(RefusalCode.LATE_SURRENDERER, office.carry_over(ANNA, 1, CEA23))
    assert balances_now(office.store) == before
