"""Handlers of objections to a statement: received, examined, rejected or corrected (rulebook §2.3 step 7).

A statement may be objected to until the next day opens; silence until then is acceptance. An objection moves
nothing and stops nothing: what has to be set right is an operation of its own, which the decision names.
"""

from typing import Any, Final

from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.units import trading_day_date, trading_day_number
from settlement.limits import FIRST_DATE, LAST_DATE
from settlement.operations.handler import Context, Handler, Outcome, done
from settlement.registry.accounts import Entity, find_entity
from settlement.store.cleared import is_trade_of
from settlement.store.days import DayRow, newest_day, read_day
from settlement.store.objections import (
    FOLLOWS,
    Objection,
    ObjectionState,
    change_objection,
    find_objection,
    insert_objection,
    is_under_way,
)
from settlement.store.operations import Operation, read_operation
from settlement.vocabulary.operations import OperationKind, OperationState
from settlement.vocabulary.refusals import Refusal, RefusalCode

ABOUT_OBJECTIONS: Final = frozenset(
    {OperationKind.OBJECT, OperationKind.EXAMINE_OBJECTION, OperationKind.DECIDE_OBJECTION}
)
#: stages of a newer day in which the market has not opened yet
NOT_OPEN: Final = frozenset({Stage.WAITING, Stage.OPENING_SENT})


def _check_object(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    entity = find_entity(context.store, params.entity_id)
    if entity is None:
        return Refusal(RefusalCode.UNKNOWN_ACCOUNT, f"entity {params.entity_id}")
    is_dated = FIRST_DATE <= params.day <= LAST_DATE
    day = read_day(context.store, trading_day_number(params.day)) if is_dated else None
    if day is None or day.stage is not Stage.STATED:
        return Refusal(RefusalCode.NO_STATEMENT, f"{params.day}")
    if is_under_way(context.store, params.entity_id, day.trading_day, params.match_id):
        return Refusal(RefusalCode.OBJECTION_STATE, "one to the same is not decided yet")
    return _check_time(context, day) or _check_trade(context, day, entity, params.match_id)


def _check_time(context: Context, day: DayRow) -> Refusal | None:
    newest = newest_day(context.store)
    assert newest is not None, "expected a day, found none"
    if newest.trading_day == day.trading_day or newest.stage in NOT_OPEN:
        return None
    opened = trading_day_date(newest.trading_day)
    return Refusal(RefusalCode.TOO_LATE, f"accepted by silence when {opened} opened")


def _check_trade(context: Context, day: DayRow, entity: Entity, match_id: int) -> Refusal | None:
    if match_id == 0 or is_trade_of(context.store, day.trading_day, day.run, match_id, entity.account_id):
        return None
    return Refusal(RefusalCode.NO_STATEMENT, f"trade {match_id} is not in it")


def _object(context: Context, operation: Operation, params: Any) -> Outcome:
    day = trading_day_number(params.day)
    number = operation.operation_id
    insert_objection(context.store, Objection(number, params.entity_id, day, params.match_id, params.grounds))
    return done(detail=f"objection {number} received")


def _check_next(context: Context, objection_id: int, state: ObjectionState) -> Refusal | None:
    found = find_objection(context.store, objection_id)
    if found is None:
        return Refusal(RefusalCode.UNKNOWN_OBJECTION, f"objection {objection_id}")
    if state not in FOLLOWS[found.state]:
        return Refusal(RefusalCode.OBJECTION_STATE, f"objection {objection_id} is {found.state}")
    return None


def _check_examine(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    return _check_next(context, params.objection_id, ObjectionState.EXAMINED)


def _examine(context: Context, operation: Operation, params: Any) -> Outcome:
    change_objection(context.store, params.objection_id, ObjectionState.EXAMINED)
    return done(detail=f"objection {params.objection_id} is examined")


def _check_decide(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    if (refusal := _check_next(context, params.objection_id, _verdict(params))) is not None:
        return refusal
    number = params.correcting_operation_id
    correcting = read_operation(context.store, number) if number else None
    is_older = number <= params.objection_id
    if number and (
        correcting is None
        or correcting.state is not OperationState.DONE
        or correcting.kind in ABOUT_OBJECTIONS
        or is_older
    ):
        return Refusal(
            RefusalCode.UNKNOWN_OPERATION, f"one done since the objection that moves something: {number}"
        )
    return None


def _decide(context: Context, operation: Operation, params: Any) -> Outcome:
    verdict = _verdict(params)
    change_objection(
        context.store, params.objection_id, verdict, params.reason, params.correcting_operation_id
    )
    return done(detail=f"objection {params.objection_id} {verdict}: {params.reason}")


def _verdict(params: Any) -> ObjectionState:
    """Corrected where an operation has set it right, else rejected."""
    return ObjectionState.CORRECTED if params.correcting_operation_id else ObjectionState.REJECTED


OBJECT: Final = Handler(_check_object, _object)
EXAMINE_OBJECTION: Final = Handler(_check_examine, _examine)
DECIDE_OBJECTION: Final = Handler(_check_decide, _decide)
