"""Asking for a freeze and its release: in the registry, in trading, of cash (rulebook §2.1).

A freeze in the registry takes what is there or is refused. One in trading or of cash is an order: what is
not free now attaches later (rulebook §2.3). A release takes back what is not frozen yet first.
"""

from collections.abc import Mapping
from typing import Any, Final

from settlement.ledger.balances import balance_of
from settlement.operations.desk import Desk
from settlement.operations.handler import Context, Handler, Outcome, done
from settlement.operations.params import Place
from settlement.registry.accounts import known_entity
from settlement.registry.handlers.checks import contract_known, standing
from settlement.registry.handlers.freezes import check_registry, freeze_registry, release_registry
from settlement.store.freezes import FreezeOrder, insert_order
from settlement.store.operations import Operation
from settlement.store.transfers import Direction, Transfer, TransferState, insert_transfer
from settlement.transfers.freezing import (
    ask,
    asking,
    lower,
    lowerable,
    progress,
    releasable,
    unfreeze,
)
from settlement.transfers.postings import available, freeze, release
from settlement.vocabulary.chart import CASH, Bucket
from settlement.vocabulary.operations import OperationKind, OperationState
from settlement.vocabulary.refusals import Refusal, RefusalCode


def _check_freeze(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    if params.place is Place.REGISTRY:
        return check_registry(context, params, Bucket.REGISTRY_AVAILABLE)
    return _check_place(context, params)


def _check_release(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    if params.place is Place.REGISTRY:
        return check_registry(context, params, Bucket.REGISTRY_FROZEN)
    if (refusal := _check_place(context, params)) is not None:
        return refusal
    account_id = _account(context, params)
    lowered = lowerable(context, account_id, params.contract_id)
    frozen = releasable(context, account_id, params.contract_id)
    if params.amount <= lowered + frozen:
        return None
    is_cash = params.contract_id == CASH
    code = RefusalCode.CASH_INSUFFICIENT if is_cash else RefusalCode.UNITS_INSUFFICIENT
    return Refusal(code, f"frozen {frozen}, ordered and not yet frozen {lowered}, asked for {params.amount}")


def _check_place(context: Context, params: Any) -> Refusal | None:
    """Cash names no contract, units name one."""
    if params.place is Place.CASH and params.contract_id != CASH:
        return Refusal(RefusalCode.INVALID_FIELD, f"contract_id: expected {CASH} for cash")
    known = None if params.place is Place.CASH else contract_known(context, params.contract_id)
    return standing(context, params.entity_id) or known


def _freeze(context: Context, operation: Operation, params: Any) -> Outcome:
    if params.place is Place.REGISTRY:
        return freeze_registry(context, operation, params)
    account_id = _account(context, params)
    order = FreezeOrder(operation.operation_id, account_id, params.contract_id, params.amount)
    if not context.moment.owns_available:
        insert_order(context.store, order)
        ask(context, order, order.short)
        return progress(order)
    there = min(order.short, balance_of(context.store, available(asking(order, 1, 1))))
    order = order._replace(frozen=there)
    insert_order(context.store, order)
    if not there:
        return progress(order)
    part = asking(order, there, 1)._replace(state=TransferState.ENDED)
    insert_transfer(context.store, part)
    return progress(order)._replace(entries=(freeze(part),))


def _release(context: Context, operation: Operation, params: Any) -> Outcome:
    if params.place is Place.REGISTRY:
        return release_registry(context, operation, params)
    subject = _account(context, params), params.contract_id
    lowered = min(params.amount, lowerable(context, *subject))
    desk = Desk(FREEZE_HANDLERS)
    lower(context, desk, *subject, lowered, operation.approver_id)
    rest = params.amount - lowered
    if not rest:
        return done(detail=f"the order is lowered by {lowered:,}")
    moved = Transfer(
        0,
        f"op/{operation.operation_id}",
        operation.operation_id,
        Direction.RELEASE,
        subject[0],
        0,
        subject[1],
        rest,
        TransferState.WAITING,
    )
    if not context.moment.owns_available:
        insert_transfer(context.store, moved)
        return Outcome(OperationState.RUNNING)
    unfreeze(context, desk, moved, operation.approver_id)
    return done(release(moved))


def _account(context: Context, params: Any) -> int:
    entity = known_entity(context.store, params.entity_id)
    return entity.account_id


FREEZE_HANDLERS: Final[Mapping[OperationKind, Handler]] = {
    OperationKind.FREEZE: Handler(_check_freeze, _freeze),
    OperationKind.RELEASE: Handler(_check_release, _release),
}
