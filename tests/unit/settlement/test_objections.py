"""Objections: until the next opening, one step after the other, and nothing moves by itself."""

from pathlib import Path

import msgspec
import pytest

from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.ledger.balances import balances_now
from settlement.reports.happenings import happenings
from settlement.store.objections import Objection, ObjectionState, objections
from settlement.store.operations import Operation
from settlement.vocabulary.operations import OperationKind, OperationState
from settlement.vocabulary.refusals import RefusalCode
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.place import ENTITY, HOLDER, NEXT_DAY, Place
from tests.unit.settlement.test_day import FEES
from tests.unit.settlement.town import CLERK, CODES

DAY = "2021-12-16"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The day is stated: account 1001 bought in trades 1 and 3 and sold in trade 2; 1002 sold in trade 1."""
    place = Place(tmp_path)
    place.finish()
    return place


def object_to(place: Place, match_id: int = 1, day: str = DAY, entity_id: int = ENTITY) -> Operation:
    fields = {"entity_id": entity_id, "day": day, "match_id": match_id, "grounds": "I never bought that"}
    person = HOLDER._replace(scope_id=entity_id, person_id=f"holder-{entity_id}")
    key = f"object {match_id} {day}"
    operation, said = place.town.city.ask(person, key, OperationKind.OBJECT, msgspec.json.encode(fields))
    place.town.obey(said)
    return operation


def examine(place: Place, objection_id: int) -> Operation:
    data = msgspec.json.encode({"objection_id": objection_id})
    operation, _ = place.town.city.ask(
        CLERK, f"examine {objection_id}", OperationKind.EXAMINE_OBJECTION, data
    )
    return operation


def decide(place: Place, objection_id: int, reason: str = "it is so", correcting: int = 0) -> Operation:
    return place.town.by_registry(
        OperationKind.DECIDE_OBJECTION,
        objection_id=objection_id,
        reason=reason,
        correcting_operation_id=correcting,
    )


def test_received_examined_rejected(place: Place) -> None:
    before = balances_now(place.town.store)
    number = object_to(place).operation_id
    assert decide(place, number).refusal is RefusalCode.OBJECTION_STATE, "examined first"
    assert examine(place, number).state is OperationState.DONE
    assert examine(place, number).operation_id == examine(place, number).operation_id, "asked twice is once"
    assert decide(place, number, "the take was yours").state is OperationState.DONE
    day = place.town.day.trading_day
    assert objections(place.town.store) == [
        Objection(
            number, ENTITY, day, 1, "I never bought that", ObjectionState.REJECTED, "the take was yours"
        )
    ]
    assert decide(place, number, "again").refusal is RefusalCode.OBJECTION_STATE
    assert balances_now(place.town.store) == before
    place.prove()


def test_corrected_names_the_operation_that_has_done_it(place: Place) -> None:
    number = object_to(place).operation_id
    examine(place, number)
    assert decide(place, number, "x", correcting=99).refusal is RefusalCode.UNKNOWN_OPERATION
    restricted = place.town.by_registry(
        OperationKind.RESTRICT_ACCOUNT, entity_id=2, may_buy=True, may_sell=True, may_move=False, reason="r"
    )
    assert decide(place, number, "set right", restricted.operation_id).state is OperationState.DONE
    [found] = objections(place.town.store, ENTITY)
    assert (found.state, found.correcting_operation_id) == (ObjectionState.CORRECTED, restricted.operation_id)


def test_silence_until_the_next_opening_is_acceptance(place: Place) -> None:
    early = object_to(place, 2)
    place.begin(FakeShanghai(NEXT_DAY, **FEES))
    assert place.town.stage is Stage.OPEN
    late = object_to(place, 3)
    assert (late.refusal, late.detail) == (RefusalCode.TOO_LATE, "accepted by silence when 2021-12-17 opened")
    assert examine(place, early.operation_id).state is OperationState.DONE, "what was received goes on"
    place.finish()
    told = happenings(place.town.store, place.town.day.trading_day, CODES)
    assert [one.what for one in told] == ["object"], "what happens between two days is the later one's"


@pytest.mark.parametrize(
    ("match_id", "day", "refusal"),
    [
        (0, DAY, RefusalCode.NONE),
        (4, DAY, RefusalCode.NO_STATEMENT),
        (1, "2021-12-15", RefusalCode.NO_STATEMENT),
        (1, "2021-12-17", RefusalCode.NO_STATEMENT),
    ],
)
def test_only_to_what_is_stated(place: Place, match_id: int, day: str, refusal: RefusalCode) -> None:
    assert object_to(place, match_id, day).refusal is refusal


def test_only_to_ones_own_trades(place: Place) -> None:
    assert object_to(place, 2, entity_id=2).refusal is RefusalCode.NO_STATEMENT
    assert object_to(place, 1, entity_id=2).state is OperationState.DONE


def test_unknown_ones_are_not_examined(place: Place) -> None:
    assert examine(place, 77).refusal is RefusalCode.UNKNOWN_OBJECTION
