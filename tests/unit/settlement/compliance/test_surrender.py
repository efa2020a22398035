"""Surrender from application to booking: each step, refusals, deadline, third party, province."""

from datetime import date

import pytest

import settlement.compliance.surrendering as surrendering
from settlement.compliance.outcome import Standing
from settlement.compliance.rules import LateSurrender, compliance_rules
from settlement.ledger.balances import balances_now
from settlement.operations.desk import APPROVAL_NS
from settlement.operations.handler import Moment
from settlement.vocabulary.chart import Bucket, units
from settlement.vocabulary.entry_kinds import EntryKind
from settlement.vocabulary.operations import OperationKind, OperationState
from settlement.vocabulary.refusals import RefusalCode
from tests.unit.settlement.compliance.office import (
    ANNA,
    BEN,
    CARA,
    CEA23,
    CEA24,
    CEA25,
    LAST_NS,
    REGISTRY,
    Office,
    clerk,
    holder,
    reviewer,
    seconds_of,
)

DEADLINE = date(2025, 12, 31)


def balances(office: Office, entity_id: int = ANNA) -> tuple[int, int, int]:
    """(available, pending, surrendered)."""
    buckets = (Bucket.REGISTRY_AVAILABLE, Bucket.PENDING_SURRENDER, Bucket.SURRENDERED)
    available, pending, used_up = (office.lots(entity_id, bucket) for bucket in buckets)
    return available, pending, used_up


@pytest.fixture
def obliged(office: Office) -> Office:
    """Anna owes 100 for 2024 and has 150 of 2024."""
    office.oblige(ANNA, 2024, 100)
    office.give(ANNA, CEA24, 150)
    return office


def test_surrender_step_by_step(obliged: Office) -> None:
    assert balances(obliged) == (150, 0, 0)
    asked = obliged.surrender(ANNA, 60)
    assert balances(obliged) == (90, 60, 0)
    assert (obliged.row(ANNA).pending_lots, obliged.row(ANNA).open_lots) == (60, 40)

    obliged.approve(asked, reviewer(1))
    assert balances(obliged) == (90, 0, 60)
    assert obliged.row(ANNA).surrendered == {CEA24: 60}

    obliged.approve(obliged.surrender(ANNA, 40), reviewer(1))
    assert balances(obliged) == (50, 0, 100)
    assert obliged.row(ANNA).standing is Standing.ON_TIME
    obliged.proven()


def test_what_is_declined_withdrawn_or_expires_returns(obliged: Office) -> None:
    asked = obliged.surrender(ANNA, 60)
    with obliged.store.transaction():
        declined = obliged.desk.decline(obliged.context, reviewer(1), asked.operation_id, "why")
    assert declined.state is OperationState.DECLINED
    assert balances(obliged) == (150, 0, 0)

    asked = obliged.surrender(ANNA, 100)
    with obliged.store.transaction():
        obliged.desk.withdraw(obliged.context, holder(ANNA), asked.operation_id)
    assert balances(obliged) == (150, 0, 0)

    asked = obliged.surrender(ANNA, 100)
    moment: Moment = obliged.context.moment
    later = obliged.context._replace(moment=moment._replace(time_ns=asked.asked_ns + APPROVAL_NS))
    with obliged.store.transaction():
        assert [one.operation_id for one in obliged.desk.expire(later)] == [asked.operation_id]
    assert balances(obliged) == (150, 0, 0)
    assert (obliged.row(ANNA).pending_lots, obliged.row(ANNA).open_lots) == (0, 100)
    obliged.proven()


@pytest.mark.parametrize(
    ("code", "fields", "detail"),
    [
        (RefusalCode.NO_OBLIGATION, {"lots": 1, "year": 2023}, "year 2023"),
        (RefusalCode.MORE_THAN_DUE, {"lots": 101}, "100 still due"),
        (
            RefusalCode.VINTAGE_NOT_USABLE,
            {"lots": 1, "contract": CEA25},
            "usable: CEA, CEA21, CEA22, CEA23, CEA24",
        ),
        (RefusalCode.UNITS_INSUFFICIENT, {"lots": 31, "contract": CEA23}, "30 of"),
        (RefusalCode.UNKNOWN_CONTRACT, {"lots": 1, "contract": 7}, "contract 7"),
        (RefusalCode.NO_OBLIGATION, {"lots": 1, "obliged_entity_id": BEN}, "entity 2"),
    ],
)
def test_refusals_leave_balances_as_they_were(
    obliged: Office, code: RefusalCode, fields: dict[str, int], detail: str
) -> None:
    obliged.give(ANNA, CEA23, 30)
    before = balances_now(obliged.store)
    obliged.refuses(code, obliged.surrender(ANNA, **fields), detail)
    assert balances_now(obliged.store) == before


def test_units_in_trading_do_not_count(obliged: Office) -> None:
    available = units(CEA24, Bucket.REGISTRY_AVAILABLE, ANNA)
    obliged.move(available, units(CEA24, Bucket.TRADING_AVAILABLE, 1001), 100)
    obliged.refuses(RefusalCode.UNITS_INSUFFICIENT, obliged.surrender(ANNA, 51), "50 of")


def test_pending_counts_as_applied_for(obliged: Office) -> None:
    obliged.surrender(ANNA, 60)
    obliged.refuses(RefusalCode.MORE_THAN_DUE, obliged.surrender(ANNA, 41), "40 still due")
    assert obliged.surrender(ANNA, 40).state is OperationState.ASKED


@pytest.mark.parametrize(
    ("hour", "ns", "standing"),
    [(17, -1, Standing.ON_TIME), (17, 0, Standing.LATE)],
)
def test_the_deadline_is_that_of_asking(obliged: Office, hour: int, ns: int, standing: Standing) -> None:
    obliged.at(DEADLINE, seconds_of(hour), ns)
    asked = obliged.surrender(ANNA, 100)
    obliged.at(date(2026, 1, 2))
    assert obliged.approve(asked, reviewer(1)).state is OperationState.DONE
    assert obliged.row(ANNA).standing is standing


def test_where_lateness_is_not_accepted_it_is_refused(
    obliged: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = compliance_rules().late_surrender[0]
    strict = LateSurrender(
        is_accepted=False,
        effective_from=rule.effective_from,
        source=rule.source,
        locator=rule.locator,
        flag=rule.flag,
    )
    changed = type(compliance_rules())(compliance_rules().usable, (strict,), compliance_rules().carry_over)
    monkeypatch.setattr(surrendering, "compliance_rules", lambda: changed)
    obliged.at(DEADLINE, seconds_of(16) + 3599, LAST_NS)
    asked = obliged.surrender(ANNA, 50)
    before = balances_now(obliged.store)
    obliged.at(DEADLINE, seconds_of(17))
    obliged.refuses(RefusalCode.TOO_LATE, obliged.surrender(ANNA, 50), "2024")
    assert balances_now(obliged.store) == before
    assert obliged.approve(asked, reviewer(1)).state is OperationState.DONE
    assert obliged.row(ANNA).standing is Standing.SHORT


def test_a_third_party_surrenders_and_the_obliged_ones_province_approves(office: Office) -> None:
    office.oblige(CARA, 2024, 80)
    office.give(ANNA, CEA24, 100)
    asked = office.surrender(ANNA, 80, obliged_entity_id=CARA)
    assert balances(office) == (20, 80, 0)
    office.refuses(RefusalCode.OUT_OF_SCOPE, office.approve(asked, reviewer(1)))
    assert office.approve(asked, reviewer(2)).state is OperationState.DONE
    assert balances(office) == (20, 0, 80)
    assert balances(office, CARA) == (0, 0, 0)
    assert office.row(CARA).standing is Standing.ON_TIME
    office.proven()


def test_nobody_surrenders_anothers_units(obliged: Office) -> None:
    answer = obliged.ask(
        holder(BEN), OperationKind.SURRENDER, entity_id=ANNA, year=2024, contract_id=CEA24, lots=1
    )
    obliged.refuses(RefusalCode.OUT_OF_SCOPE, answer)


def hold_in_province(office: Office, entity_id: int, lots: int) -> None:
    """A risky emitter's allocation stays in the provincial account (rulebook §2.5)."""
    office.both(
        clerk(1),
        reviewer(1),
        OperationKind.ALLOCATE,
        contract_id=CEA24,
        entity_id=entity_id,
        lots=lots,
        basis="held-by-province",
    )


def test_a_province_surrenders_what_it_holds_for_a_risky_emitter(obliged: Office) -> None:
    national, province = units(CEA24, Bucket.NATIONAL), units(CEA24, Bucket.PROVINCIAL, 1)
    issue = (units(CEA24, Bucket.ISSUED), national)
    obliged.move(*issue, 500, kind=EntryKind.ISSUE)
    obliged.move(national, province, 500, kind=EntryKind.ALLOCATE_PROVINCE)
    fields = {"entity_id": ANNA, "year": 2024, "contract_id": CEA24}
    kind = OperationKind.SURRENDER_FROM_PROVINCE
    obliged.refuses(RefusalCode.UNITS_INSUFFICIENT, obliged.ask(clerk(1), kind, lots=1, **fields), "0 held")

    hold_in_province(obliged, ANNA, 70)
    hold_in_province(obliged, BEN, 30)
    asked = obliged.ask(clerk(1), kind, lots=50, **fields)
    assert obliged.row(ANNA).pending_lots == 50
    obliged.refuses(RefusalCode.UNITS_INSUFFICIENT, obliged.ask(clerk(1), kind, lots=21, **fields), "20 held")
    obliged.approve(asked, reviewer(1))
    assert balances(obliged) == (150, 0, 50)
    assert obliged.lots(1, Bucket.PROVINCIAL) == 450
    obliged.refuses(RefusalCode.MORE_THAN_DUE, obliged.surrender(ANNA, 51), "50 still due")
    assert obliged.row(ANNA).surrendered == {CEA24: 50}
    obliged.proven()


def test_an_obligation_is_set_anew_but_not_below_what_was_surrendered(obliged: Office) -> None:
    obliged.approve(obliged.surrender(ANNA, 60), reviewer(1))
    obliged.surrender(ANNA, 10)
    fields = {"entity_id": ANNA, "year": 2024, "verified_lots": 200}
    kind = OperationKind.SET_OBLIGATION
    obliged.refuses(
        RefusalCode.MORE_THAN_DUE, obliged.ask(clerk(1), kind, due_lots=69, **fields), "70 surrendered"
    )
    obliged.refuses(RefusalCode.INVALID_FIELD, obliged.ask(clerk(1), kind, due_lots=201, **fields))
    obliged.both(clerk(1), reviewer(1), kind, due_lots=70, **fields)
    assert (obliged.row(ANNA).due_lots, obliged.row(ANNA).open_lots) == (70, 0)


def test_a_reversed_surrender_is_owed_again(obliged: Office) -> None:
    done = obliged.approve(obliged.surrender(ANNA, 100), reviewer(1))
    clerk_of_registry = REGISTRY._replace(person_id="registry-1", level=clerk(1).level)
    obliged.both(
        clerk_of_registry, REGISTRY, OperationKind.REVERSE, operation_id=done.operation_id, reason="error"
    )
    assert balances(obliged) == (150, 0, 0)
    assert obliged.row(ANNA).open_lots == 100
    obliged.proven()
