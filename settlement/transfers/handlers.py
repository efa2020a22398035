"""Asking for a transfer between the buckets: booked at once if Wuhan owns "available", else Shanghai decides.

What leaves the registry bucket leaves it when it is asked for, so that it cannot be spent twice; what leaves
the trading bucket leaves it only when Shanghai says so. Source: rulebook §2.1 (moving between buckets).
"""

from collections.abc import Mapping
from typing import Final

from settlement.ledger.balances import balance_of
from settlement.operations.handler import Context, Handler, Outcome, done
from settlement.operations.params import BucketTransfer, Params
from settlement.registry.accounts import Entity, find_entity
from settlement.store.breaks import open_breaks
from settlement.store.operations import Operation
from settlement.store.transfers import Direction, Transfer, TransferState, insert_transfer
from settlement.transfers.postings import leave_registry, to_registry, to_trading
from settlement.vocabulary.chart import Bucket, LedgerKey, units
from settlement.vocabulary.operations import OperationKind, OperationState
from settlement.vocabulary.refusals import Refusal, RefusalCode

RUNNING: Final = Outcome(OperationState.RUNNING)


def _check(context: Context, params: Params, direction: Direction) -> Refusal | None:
    assert isinstance(params, BucketTransfer)
    entity = find_entity(context.store, params.entity_id)
    if entity is None:
        return Refusal(RefusalCode.UNKNOWN_ACCOUNT, f"entity {params.entity_id}")
    if entity.status == "closed":
        return Refusal(RefusalCode.ACCOUNT_CLOSED, f"entity {params.entity_id}")
    if not entity.may_move:
        return Refusal(RefusalCode.ACCOUNT_RESTRICTED, f"entity {params.entity_id}")
    if params.contract_id not in context.season.contracts_of_day(context.moment.booking_day):
        return Refusal(RefusalCode.UNKNOWN_CONTRACT, f"contract {params.contract_id}")
    if any(found.account_id == entity.account_id for found in open_breaks(context.store)):
        return Refusal(RefusalCode.BROKEN_ACCOUNT, f"account {entity.account_id}")
    if direction is Direction.TO_REGISTRY and not context.moment.owns_available:
        return None  # Shanghai knows what is available, and answers
    available = balance_of(context.store, _source(entity, params.contract_id, direction))
    if available < params.lots:
        return Refusal(RefusalCode.UNITS_INSUFFICIENT, f"available {available:,} t")
    return None


def _source(entity: Entity, contract_id: int, direction: Direction) -> LedgerKey:
    if direction is Direction.TO_TRADING:
        return units(contract_id, Bucket.REGISTRY_AVAILABLE, entity.registry_account_id)
    return units(contract_id, Bucket.TRADING_AVAILABLE, entity.account_id)


def _carry_out(context: Context, operation: Operation, params: Params, direction: Direction) -> Outcome:
    assert isinstance(params, BucketTransfer)
    entity = find_entity(context.store, params.entity_id)
    assert entity is not None, f"expected entity {params.entity_id}, found none"
    transfer = Transfer(
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


def _handler(direction: Direction) -> Handler:
    return Handler(
        check=lambda context, params, is_reserved: _check(context, params, direction),
        carry_out=lambda context, operation, params: _carry_out(context, operation, params, direction),
    )


TRANSFER_HANDLERS: Final[Mapping[OperationKind, Handler]] = {
    OperationKind.TO_TRADING: _handler(Direction.TO_TRADING),
    OperationKind.TO_REGISTRY: _handler(Direction.TO_REGISTRY),
}
