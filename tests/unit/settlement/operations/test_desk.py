"""The desk: the second person, the bound command, the time limit, keys, and what was set aside."""

from typing import Any

import pytest

from settlement.ledger.balances import balances_now
from settlement.operations.desk import APPROVAL_NS
from settlement.store.operations import Operation
from settlement.vocabulary.chart import Bucket
from settlement.vocabulary.operations import OperationKind, OperationState, Person
from settlement.vocabulary.refusals import RefusalCode
from tests.unit.settlement.operations.conftest import (
    ANNA,
    BEN,
    CEA,
    HENAN,
    M_OP,
    M_REV,
    NOW,
    P_OP,
    P_REV,
    R_OP,
    R_REV,
    Registry,
    holder,
    person,
)

ALLOCATION: dict[str, Any] = {"contract_id": CEA, "entity_id": ANNA, "lots": 5, "basis": "final"}


def asked(registry: Registry) -> Operation:
    return registry.ask(P_OP, OperationKind.ALLOCATE, **ALLOCATION)


def retirement(registry: Registry) -> Operation:
    found = registry.ask(
        holder(ANNA), OperationKind.RETIRE, entity_id=ANNA, contract_id=CEA, lots=50, purpose="p"
    )
    assert found.state is OperationState.ASKED
    assert registry.has(Bucket.PENDING_RETIRE, ANNA) == 50
    assert registry.has(Bucket.REGISTRY_AVAILABLE, ANNA) == 150
    return found


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (P_REV._replace(person_id=P_OP.person_id), RefusalCode.SAME_PERSON),
        (P_OP._replace(person_id="another"), RefusalCode.NOT_ALLOWED),
        (R_REV, RefusalCode.NOT_ALLOWED),
        (M_REV, RefusalCode.NOT_ALLOWED),
        (person("province", "viewer", 1), RefusalCode.NOT_ALLOWED),
        (person("province", "reviewer", HENAN), RefusalCode.OUT_OF_SCOPE),
    ],
)
def test_who_may_not_approve(registry: Registry, who: Person, code: RefusalCode) -> None:
    waiting = asked(registry)
    before = balances_now(registry.store)
    assert registry.approve(who, waiting).refusal is code
    assert balances_now(registry.store) == before
    assert registry.approve(P_REV, waiting).state is OperationState.DONE


def test_asking_for_another_scope_is_refused(registry: Registry) -> None:
    other = registry.ask(person("province", "operator", HENAN), OperationKind.ALLOCATE, **ALLOCATION)
    assert other.refusal is RefusalCode.OUT_OF_SCOPE
    fields: dict[str, Any] = {"entity_id": ANNA, "contract_id": CEA, "lots": 1, "purpose": "p"}
    mine = registry.ask(holder(BEN), OperationKind.RETIRE, **fields)
    assert mine.refusal is RefusalCode.OUT_OF_SCOPE


def test_an_approval_binds_one_command(registry: Registry) -> None:
    waiting = asked(registry)
    wrong = waiting._replace(command_hash=b"other")
    assert registry.approve(P_REV, wrong).refusal is RefusalCode.COMMAND_HASH
    assert registry.has(Bucket.REGISTRY_AVAILABLE, ANNA) == 200


def test_an_approval_comes_once_and_in_time(registry: Registry) -> None:
    first, second = asked(registry), asked(registry)
    assert registry.approve(P_REV, first).state is OperationState.DONE
    assert registry.approve(P_REV, first).refusal is RefusalCode.NOT_WAITING
    registry.at(time_ns=NOW + APPROVAL_NS)
    assert registry.approve(P_REV, second).refusal is RefusalCode.APPROVAL_EXPIRED
    assert registry.has(Bucket.REGISTRY_AVAILABLE, ANNA) == 205


def test_the_same_key_gives_the_same_answer(registry: Registry) -> None:
    first = registry.ask(P_OP, OperationKind.ALLOCATE, "mine", **ALLOCATION)
    registry.approve(P_REV, first)
    again = registry.ask(P_OP, OperationKind.ALLOCATE, "mine", **ALLOCATION)
    assert again.operation_id == first.operation_id
    assert again.state is OperationState.DONE
    other = registry.ask(P_OP, OperationKind.ALLOCATE, "mine", **{**ALLOCATION, "lots": 6})
    assert other.refusal is RefusalCode.KEY_REUSED
    assert registry.has(Bucket.REGISTRY_AVAILABLE, ANNA) == 205


def test_a_refused_application_is_kept_and_reserves_nothing(registry: Registry) -> None:
    fields: dict[str, Any] = {"entity_id": ANNA, "contract_id": CEA, "lots": 201, "purpose": "p"}
    found = registry.ask(holder(ANNA), OperationKind.RETIRE, "k", **fields)
    assert (found.state, found.refusal) == (OperationState.REFUSED, RefusalCode.UNITS_INSUFFICIENT)
    assert registry.ask(holder(ANNA), OperationKind.RETIRE, "k", **fields) == found
    assert registry.has(Bucket.PENDING_RETIRE, ANNA) == 0


def test_what_was_set_aside_returns(registry: Registry) -> None:
    assert registry.decline(R_REV, retirement(registry)).state is OperationState.DECLINED
    assert registry.has(Bucket.REGISTRY_AVAILABLE, ANNA) == 200
    waiting = retirement(registry)
    assert registry.withdraw(holder(BEN), waiting).refusal is RefusalCode.NOT_YOURS
    assert registry.withdraw(holder(ANNA), waiting).state is OperationState.WITHDRAWN
    assert registry.withdraw(holder(ANNA), waiting).refusal is RefusalCode.NOT_WAITING
    retirement(registry)
    registry.at(time_ns=NOW + APPROVAL_NS)
    with registry.store.transaction():
        ended = registry.desk.expire(registry.context)
    assert [one.state for one in ended] == [OperationState.EXPIRED]
    assert registry.has(Bucket.REGISTRY_AVAILABLE, ANNA) == 200


def test_what_a_second_check_refuses_returns_too(registry: Registry) -> None:
    waiting = retirement(registry)
    registry.both(
        R_OP,
        OperationKind.RESTRICT_ACCOUNT,
        entity_id=ANNA,
        may_buy=True,
        may_sell=True,
        may_move=False,
        reason="r",
    )
    found = registry.approve(R_REV, waiting)
    assert (found.state, found.refusal) == (OperationState.REFUSED, RefusalCode.ACCOUNT_RESTRICTED)
    assert registry.has(Bucket.REGISTRY_AVAILABLE, ANNA) == 200


def test_no_such_operation(registry: Registry) -> None:
    nothing = asked(registry)._replace(operation_id=99)
    assert registry.approve(P_REV, nothing).refusal is RefusalCode.UNKNOWN_OPERATION
    assert registry.withdraw(M_OP, nothing).refusal is RefusalCode.UNKNOWN_OPERATION
