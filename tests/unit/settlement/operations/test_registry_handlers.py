"""The registry's handlers: what each moves, what each refuses without moving anything, and random persons."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.ledger.balances import balances_now
from settlement.registry.accounts import find_entity
from settlement.store.blocks import blocks_now
from settlement.store.booked import allocated_lots
from settlement.store.breaks import Break, record_breaks
from settlement.vocabulary.chart import Bucket
from settlement.vocabulary.entry_kinds import BreakKind
from settlement.vocabulary.operations import OperationKind as Kind
from settlement.vocabulary.operations import OperationState, Person
from settlement.vocabulary.refusals import RefusalCode as Code
from tests.unit.settlement.operations.conftest import (
    ANNA,
    BEN,
    CARL,
    CEA,
    DAY,
    HUBEI,
    M_OP,
    P_OP,
    P_REV,
    R_OP,
    R_REV,
    Registry,
    allocated,
    holder,
)

AVAILABLE = Bucket.REGISTRY_AVAILABLE
UNKNOWN = 99
OPEN: dict[str, Any] = {
    "entity_id": 5,
    "kind": "noise",
    "name_zh": "示例 5",
    "name_en": "Sample 5",
    "province_id": HUBEI,
    "bank_id": 1,
    "account_id": 1005,
    "member_id": 21,
}
ISSUE: dict[str, Any] = {"contract_id": CEA, "lots": 10, "document": "d"}
TO_PROVINCE: dict[str, Any] = {"contract_id": CEA, "province_id": HUBEI, "lots": 10}
ALLOCATE: dict[str, Any] = {"contract_id": CEA, "entity_id": ANNA, "lots": 10, "basis": "final"}
TRUE_UP: dict[str, Any] = {"contract_id": CEA, "entity_id": ANNA, "final_lots": 150}
AUCTION: dict[str, Any] = {"contract_id": CEA, "account_id": 1001, "lots": 10}
MERGER: dict[str, Any] = {
    "contract_id": CEA,
    "source_entity_id": ANNA,
    "target_entity_id": BEN,
    "lots": 10,
    "ground": "merger",
    "document": "d",
}
FREEZE: dict[str, Any] = {
    "entity_id": ANNA,
    "place": "registry",
    "contract_id": CEA,
    "amount": 10,
    "document": "d",
}
RETIRE: dict[str, Any] = {"entity_id": ANNA, "contract_id": CEA, "lots": 10, "purpose": "p"}


def restrict(registry: Registry, entity_id: int, may_move: bool) -> None:
    fields = {"entity_id": entity_id, "may_buy": True, "may_sell": True, "may_move": may_move, "reason": "r"}
    assert registry.both(R_OP, Kind.RESTRICT_ACCOUNT, **fields).state is OperationState.DONE


def done(registry: Registry, who: Person, kind: Kind, /, **fields: Any) -> int:
    operation = registry.both(who, kind, **fields)
    assert operation.state is OperationState.DONE, operation.detail
    return operation.operation_id


def refused(registry: Registry, code: Code, who: Person, kind: Kind, /, **fields: Any) -> None:
    before = balances_now(registry.store)
    operation = registry.both(who, kind, **fields)
    assert (operation.state, operation.refusal) == (OperationState.REFUSED, code), operation.detail
    assert balances_now(registry.store) == before


def test_an_account_is_opened_once(registry: Registry) -> None:
    done(registry, R_OP, Kind.OPEN_ACCOUNT, **OPEN)
    entity = find_entity(registry.store, 5)
    assert entity is not None
    assert (entity.account_id, entity.status, entity.province_id) == (1005, "open", HUBEI)
    refused(registry, Code.ACCOUNT_EXISTS, R_OP, Kind.OPEN_ACCOUNT, **OPEN)
    refused(registry, Code.ACCOUNT_EXISTS, R_OP, Kind.OPEN_ACCOUNT, **{**OPEN, "entity_id": 6})


def test_an_account_is_opened_once_though_asked_for_twice(registry: Registry) -> None:
    first, second = (registry.ask(R_OP, Kind.OPEN_ACCOUNT, **OPEN) for _ in range(2))
    assert registry.approve(R_REV, first).state is OperationState.DONE
    assert registry.approve(R_REV, second).refusal is Code.ACCOUNT_EXISTS


def test_provinces_and_banks_that_are_none_are_refused(registry: Registry) -> None:
    refused(registry, Code.UNKNOWN_PROVINCE, R_OP, Kind.OPEN_ACCOUNT, **{**OPEN, "province_id": 0})
    refused(
        registry, Code.UNKNOWN_PROVINCE, M_OP, Kind.ALLOCATE_PROVINCE, **{**TO_PROVINCE, "province_id": 33}
    )
    refused(registry, Code.UNKNOWN_BANK, R_OP, Kind.OPEN_ACCOUNT, **{**OPEN, "bank_id": 3})


def test_an_account_is_closed_when_it_is_empty(registry: Registry) -> None:
    refused(registry, Code.ACCOUNT_NOT_EMPTY, R_OP, Kind.CLOSE_ACCOUNT, entity_id=ANNA)
    done(registry, M_OP, Kind.AUCTION_ISSUE, contract_id=CEA, account_id=1004, lots=1)
    refused(registry, Code.ACCOUNT_NOT_EMPTY, R_OP, Kind.CLOSE_ACCOUNT, entity_id=4)
    done(registry, R_OP, Kind.CLOSE_ACCOUNT, entity_id=CARL)
    refused(registry, Code.ACCOUNT_CLOSED, R_OP, Kind.CLOSE_ACCOUNT, entity_id=CARL)
    merger = {**MERGER, "target_entity_id": CARL}
    refused(registry, Code.ACCOUNT_CLOSED, R_OP, Kind.NON_TRADE_TRANSFER, **merger)


def test_a_restriction_shows_and_is_lifted(registry: Registry) -> None:
    for may_move, status in ((False, "restricted"), (True, "open")):
        restrict(registry, ANNA, may_move)
        entity = find_entity(registry.store, ANNA)
        assert entity is not None
        assert (entity.may_move, entity.status) == (may_move, status)


def test_units_come_into_being_and_go_down_to_emitters(registry: Registry) -> None:
    assert registry.has(Bucket.ISSUED) == -1000
    assert registry.has(Bucket.NATIONAL) == 300
    assert registry.has(Bucket.PROVINCIAL, HUBEI) == 400
    assert (registry.has(AVAILABLE, ANNA), registry.has(AVAILABLE, BEN)) == (200, 100)


def test_units_held_by_the_province_are_nobody_elses(registry: Registry) -> None:
    held = {**ALLOCATE, "entity_id": BEN, "lots": 350, "basis": "held-by-province"}
    done(registry, P_OP, Kind.ALLOCATE, **held)
    assert (registry.has(Bucket.PROVINCIAL, HUBEI), registry.has(AVAILABLE, BEN)) == (400, 100)
    assert allocated_lots(registry.store, BEN, CEA) == 450
    refused(registry, Code.UNITS_INSUFFICIENT, P_OP, Kind.ALLOCATE, **{**ALLOCATE, "lots": 51})
    done(registry, P_OP, Kind.ALLOCATE, **{**ALLOCATE, "lots": 50})


@pytest.mark.parametrize("final_lots", [150, 200, 260, 600])
def test_a_true_up_goes_both_ways(registry: Registry, final_lots: int) -> None:
    done(registry, P_OP, Kind.TRUE_UP, **{**TRUE_UP, "final_lots": final_lots})
    assert registry.has(AVAILABLE, ANNA) == final_lots
    assert registry.has(Bucket.PROVINCIAL, HUBEI) == 600 - final_lots
    assert allocated_lots(registry.store, ANNA, CEA) == final_lots


def test_a_true_up_needs_the_units_to_be_there(registry: Registry) -> None:
    refused(registry, Code.UNITS_INSUFFICIENT, P_OP, Kind.TRUE_UP, **{**TRUE_UP, "final_lots": 601})
    done(registry, R_OP, Kind.NON_TRADE_TRANSFER, **{**MERGER, "lots": 160})
    refused(registry, Code.UNITS_INSUFFICIENT, P_OP, Kind.TRUE_UP, **TRUE_UP)


def test_an_auction_issue_waits_for_the_hour(registry: Registry) -> None:
    registry.at(owns_available=False)
    refused(registry, Code.DAY_RUNS, M_OP, Kind.AUCTION_ISSUE, **AUCTION)
    registry.at(owns_available=True)
    done(registry, M_OP, Kind.AUCTION_ISSUE, **AUCTION)
    assert registry.has(Bucket.TRADING_AVAILABLE, 1001) == 10
    refused(registry, Code.UNKNOWN_ACCOUNT, M_OP, Kind.AUCTION_ISSUE, **{**AUCTION, "account_id": UNKNOWN})


def test_units_change_hands_without_a_trade(registry: Registry) -> None:
    done(registry, R_OP, Kind.NON_TRADE_TRANSFER, **MERGER)
    assert (registry.has(AVAILABLE, ANNA), registry.has(AVAILABLE, BEN)) == (190, 110)
    same = {**MERGER, "target_entity_id": ANNA}
    refused(registry, Code.INVALID_FIELD, R_OP, Kind.NON_TRADE_TRANSFER, **same)
    restrict(registry, ANNA, False)
    refused(registry, Code.ACCOUNT_RESTRICTED, R_OP, Kind.NON_TRADE_TRANSFER, **MERGER)
    done(registry, R_OP, Kind.NON_TRADE_TRANSFER, **{**MERGER, "ground": "court"})
    assert registry.has(AVAILABLE, BEN) == 120


def test_a_freeze_takes_at_most_what_is_available(registry: Registry) -> None:
    refused(registry, Code.UNITS_INSUFFICIENT, R_OP, Kind.FREEZE, **{**FREEZE, "amount": 201})
    done(registry, R_OP, Kind.FREEZE, **{**FREEZE, "amount": 200})
    assert (registry.has(AVAILABLE, ANNA), registry.has(Bucket.REGISTRY_FROZEN, ANNA)) == (0, 200)
    refused(registry, Code.UNITS_INSUFFICIENT, holder(ANNA), Kind.RETIRE, **RETIRE)
    refused(registry, Code.UNITS_INSUFFICIENT, R_OP, Kind.RELEASE, **{**FREEZE, "amount": 201})
    done(registry, R_OP, Kind.RELEASE, **{**FREEZE, "amount": 150})
    assert registry.has(AVAILABLE, ANNA) == 150
    refused(registry, Code.INVALID_FIELD, R_OP, Kind.FREEZE, **{**FREEZE, "place": "cash"})


def test_a_retirement_is_final(registry: Registry) -> None:
    done(registry, holder(ANNA), Kind.RETIRE, **RETIRE)
    assert (registry.has(AVAILABLE, ANNA), registry.has(Bucket.RETIRED, ANNA)) == (190, 10)
    assert registry.has(Bucket.PENDING_RETIRE, ANNA) == 0
    restrict(registry, ANNA, False)
    refused(registry, Code.ACCOUNT_RESTRICTED, holder(ANNA), Kind.RETIRE, **RETIRE)


@pytest.mark.parametrize(
    ("who", "kind", "fields"),
    [
        (P_OP, Kind.ALLOCATE, ALLOCATE),
        (M_OP, Kind.ALLOCATE_PROVINCE, TO_PROVINCE),
        (R_OP, Kind.NON_TRADE_TRANSFER, MERGER),
        (holder(ANNA), Kind.RETIRE, RETIRE),
    ],
)
def test_a_reversal_gives_back_once(registry: Registry, who: Person, kind: Kind, fields: Any) -> None:
    before = {key: amount for key, amount in balances_now(registry.store).items() if amount}
    operation_id = done(registry, who, kind, **fields)
    allocated_before = allocated_lots(registry.store, ANNA, CEA)
    done(registry, R_OP, Kind.REVERSE, operation_id=operation_id, reason="r")
    assert {key: amount for key, amount in balances_now(registry.store).items() if amount} == before
    given = 10 if kind is Kind.ALLOCATE else 0
    assert allocated_lots(registry.store, ANNA, CEA) == allocated_before - given
    refused(registry, Code.NOT_REVERSIBLE, R_OP, Kind.REVERSE, operation_id=operation_id, reason="r")


def test_a_reversal_gives_back_the_same_serials(registry: Registry) -> None:
    def serials() -> list[list[int]]:
        numbers = registry.store.rows(
            "SELECT ledger_account_id FROM ledger_account WHERE bucket = 'registry-available'"
            " ORDER BY owner_id"
        )
        return [
            [
                serial
                for block in sorted(blocks_now(registry.store, row[0]), key=lambda one: one.first_serial)
                for serial in range(block.first_serial, block.last_serial + 1)
            ]
            for row in numbers
        ]

    before = serials()
    operation_id = done(registry, R_OP, Kind.NON_TRADE_TRANSFER, **MERGER)
    assert serials() != before
    done(registry, R_OP, Kind.REVERSE, operation_id=operation_id, reason="r")
    assert serials() == before


def test_what_cannot_be_reversed(registry: Registry) -> None:
    refused(registry, Code.UNKNOWN_OPERATION, R_OP, Kind.REVERSE, operation_id=UNKNOWN, reason="r")
    refused(registry, Code.NOT_REVERSIBLE, R_OP, Kind.REVERSE, operation_id=1, reason="an issue")
    waiting = registry.ask(P_OP, Kind.ALLOCATE, **ALLOCATE).operation_id
    refused(registry, Code.NOT_REVERSIBLE, R_OP, Kind.REVERSE, operation_id=waiting, reason="r")
    held = done(registry, P_OP, Kind.ALLOCATE, **{**ALLOCATE, "basis": "held-by-province"})
    refused(registry, Code.NOT_REVERSIBLE, R_OP, Kind.REVERSE, operation_id=held, reason="r")
    done(registry, R_OP, Kind.NON_TRADE_TRANSFER, **{**MERGER, "lots": 150})
    refused(registry, Code.NOT_REVERSIBLE, R_OP, Kind.REVERSE, operation_id=3, reason="spent")


@pytest.mark.parametrize(
    ("who", "kind", "fields", "amount"),
    [
        (M_OP, Kind.ISSUE, ISSUE, ""),
        (M_OP, Kind.ALLOCATE_PROVINCE, TO_PROVINCE, "lots"),
        (P_OP, Kind.ALLOCATE, ALLOCATE, "lots"),
        (P_OP, Kind.TRUE_UP, TRUE_UP, ""),
        (M_OP, Kind.AUCTION_ISSUE, AUCTION, "lots"),
        (R_OP, Kind.NON_TRADE_TRANSFER, MERGER, "lots"),
        (R_OP, Kind.FREEZE, FREEZE, "amount"),
        (R_OP, Kind.RELEASE, FREEZE, "amount"),
        (holder(ANNA), Kind.RETIRE, RETIRE, "lots"),
    ],
)
def test_an_unknown_vintage_and_too_much_are_refused(
    registry: Registry, who: Person, kind: Kind, fields: Any, amount: str
) -> None:
    refused(registry, Code.UNKNOWN_CONTRACT, who, kind, **{**fields, "contract_id": UNKNOWN})
    if amount:
        refused(registry, Code.UNITS_INSUFFICIENT, who, kind, **{**fields, amount: 10_000})


ABOUT_ANNA = [
    (R_OP, Kind.CLOSE_ACCOUNT, {"entity_id": ANNA}, "entity_id"),
    (P_OP, Kind.ALLOCATE, ALLOCATE, ""),
    (P_OP, Kind.TRUE_UP, TRUE_UP, ""),
    (M_OP, Kind.AUCTION_ISSUE, AUCTION, "account_id"),
    (R_OP, Kind.NON_TRADE_TRANSFER, MERGER, "source_entity_id"),
    (R_OP, Kind.FREEZE, FREEZE, "entity_id"),
    (R_OP, Kind.RELEASE, FREEZE, "entity_id"),
    (holder(ANNA), Kind.RETIRE, RETIRE, ""),
    (R_OP, Kind.REVERSE, {"operation_id": 3, "reason": "r"}, ""),
]


@pytest.mark.parametrize(("who", "kind", "fields", "named_by"), ABOUT_ANNA)
def test_broken_closed_and_unknown_accounts_are_refused(
    registry: Registry, who: Person, kind: Kind, fields: Any, named_by: str
) -> None:
    if named_by:
        refused(registry, Code.UNKNOWN_ACCOUNT, who, kind, **{**fields, named_by: UNKNOWN})
    with registry.store.transaction():
        record_breaks(registry.store, DAY, [Break(1001, CEA, BreakKind.UNITS, 1, 2)], "")
    refused(registry, Code.BROKEN_ACCOUNT, who, kind, **fields)
    registry.store.execute("UPDATE trading_account SET status = 'closed' WHERE account_id = 1001")
    refused(registry, Code.ACCOUNT_CLOSED, who, kind, **fields)


ENTITY = st.integers(ANNA, CARL)
LOTS = st.integers(1, 300)
DEEDS = st.one_of(
    st.tuples(st.just(Kind.ISSUE), ENTITY, ENTITY, LOTS),
    st.tuples(st.sampled_from([*Kind][:17]), ENTITY, ENTITY, LOTS),
    st.tuples(st.just(Kind.REVERSE), ENTITY, ENTITY, st.integers(1, 30)),
)


def fields_of(kind: Kind, one: int, other: int, lots: int) -> dict[str, Any]:
    return {
        Kind.ISSUE: {**ISSUE, "lots": lots},
        Kind.ALLOCATE_PROVINCE: {**TO_PROVINCE, "lots": lots},
        Kind.ALLOCATE: {**ALLOCATE, "entity_id": one, "lots": lots},
        Kind.TRUE_UP: {**TRUE_UP, "entity_id": one, "final_lots": lots},
        Kind.AUCTION_ISSUE: {**AUCTION, "lots": lots},
        Kind.NON_TRADE_TRANSFER: {
            **MERGER,
            "source_entity_id": one,
            "target_entity_id": other,
            "lots": lots,
        },
        Kind.FREEZE: {**FREEZE, "entity_id": one, "amount": lots},
        Kind.RELEASE: {**FREEZE, "entity_id": one, "amount": lots},
        Kind.RETIRE: {**RETIRE, "entity_id": one, "lots": lots},
        Kind.REVERSE: {"operation_id": lots, "reason": "r"},
    }.get(kind, {"entity_id": one})


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([M_OP, P_OP, R_OP, holder(ANNA), holder(BEN)]),
            DEEDS,
            st.sampled_from(["approve", "decline", "withdraw", "leave"]),
        ),
        max_size=30,
    )
)
def test_whatever_anybody_asks_the_books_hold(deeds: list[tuple[Person, Any, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        registry = allocated(Path(folder))
        for who, (kind, one, other, lots), then in deeds:
            asked = registry.ask(who, kind, **fields_of(kind, one, other, lots))
            if then == "withdraw":
                registry.withdraw(who, asked)
            elif then != "leave":
                act = registry.approve if then == "approve" else registry.decline
                for reviewer in (P_REV, R_REV, M_OP._replace(person_id="m", level=P_REV.level)):
                    act(reviewer, asked)
        registry.prove()
        registry.store.close()
