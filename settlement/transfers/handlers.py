"""Asking for a transfer between the buckets: booked at once if Wuhan owns "available", else Shanghai decides.

What leaves the registry bucket leaves it when it is asked for, so that it cannot be spent twice; what leaves
the trading bucket leaves it only when Shanghai says so. Source: rulebook §2.1 (moving between buckets).
"""

from collections.abc import Mapping
from typing import Final

from settlement.operations.handler import Context, Handler, Outcome, done
from settlement.operations.params import BucketTransfer, Params
from settlement.registry.accounts import find_entity, known_entity
from settlement.registry.handlers.checks import contract_known, enough, standing, stays
from settlement.store.operations import Operation
from settlement.store.transfers import Direction, Transfer, TransferState, insert_transfer
from settlement.transfers.postings import leave_registry, to_registry, to_trading
from settlement.vocabulary.chart import Bucket, LedgerKey, units
from settlement.vocabulary.operations import OperationKind, OperationState
from settlement.vocabulary.refusals import Refusal

RUNNING: Final = Outcome(OperationState.RUNNING)


def _check(context: Context, params: Params, direction: Direction) -> Refusal | None:
    assert isinstance(params, BucketTransfer)
    refusal = standing(context, params.entity_id, must_move=True) or contract_known(
        context, params.contract_id
    )
    if refusal is None and direction is Direction.TO_REGISTRY:
        refusal = may_leave(context, params.entity_id)
    if refusal is not None or (direction is Direction.TO_REGISTRY and not context.moment.owns_available):
        return refusal  # what is available while the day runs, Shanghai knows and answers
    return enough(context, _source(context, params, direction), params.lots)


def _source(context: Context, params: BucketTransfer, direction: Direction) -> LedgerKey:
    entity = known_entity(context.store, params.entity_id)
    if direction is Direction.TO_TRADING:
        return units(params.contract_id, Bucket.REGISTRY_AVAILABLE, entity.registry_account_id)
    return units(params.contract_id, Bucket.TRADING_AVAILABLE, entity.account_id)


def _carry_out(context: Context, operation: Operation, params: Params, direction: Direction) -> Outcome:
    assert isinstance(params, BucketTransfer)
    entity = known_entity(context.store, params.entity_id)
    transfer = Transfer(
        0,
        f"op/{operation.operation_id}",
        operation.operation_id,
        direction,
        entity.account_id,
        entity.registry_account_id,
        params.contract_id,
        params.lots,
        TransferState.WAITING,
    )
    if context.moment.owns_available:
        booked = to_trading if direction is Direction.TO_TRADING else to_registry
        return done(booked(transfer))
    insert_transfer(context.store, transfer)
    if direction is Direction.TO_TRADING:
        return RUNNING._replace(entries=(leave_registry(transfer),))
    return RUNNING


def may_leave(context: Context, entity_id: int) -> Refusal | None:
    """Refuses to let anything out while a freeze of the account is not whole, or it owes the reserve."""
    entity = find_entity(context.store, entity_id)
    return None if entity is None else stays(context, entity.account_id)


def _handler(direction: Direction) -> Handler:
    return Handler(
        check=lambda context, params, is_reserved: _check(context, params, direction),
        carry_out=lambda context, operation, params: _carry_out(context, operation, params, direction),
    )


TRANSFER_HANDLERS: Final[Mapping[OperationKind, Handler]] = {
    OperationKind.TO_TRADING: _handler(Direction.TO_TRADING),
    OperationKind.TO_REGISTRY: _handler(Direction.TO_REGISTRY),
}
