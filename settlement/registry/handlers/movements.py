"""Handlers of movements in the registry without a trade: to another entity, or retired (rulebook §2.1)."""

from collections.abc import Sequence
from typing import Any, Final

from settlement.ledger.entries import Entry, transfer
from settlement.operations.handler import Context, Handler, Outcome, done
from settlement.operations.params import Ground
from settlement.registry.handlers.checks import contract_known, enough, standing
from settlement.store.operations import Operation
from settlement.vocabulary.chart import Bucket, units
from settlement.vocabulary.entry_kinds import EntryKind
from settlement.vocabulary.refusals import Refusal, RefusalCode


def _check_transfer(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    if params.source_entity_id == params.target_entity_id:
        return Refusal(RefusalCode.INVALID_FIELD, "target_entity_id: expected another entity")
    return (
        standing(context, params.source_entity_id, must_move=params.ground is not Ground.COURT)
        or standing(context, params.target_entity_id)
        or contract_known(context, params.contract_id)
        or enough(
            context,
            units(params.contract_id, Bucket.REGISTRY_AVAILABLE, params.source_entity_id),
            params.lots,
        )
    )


def _transfer(context: Context, operation: Operation, params: Any) -> Outcome:
    source, target = (
        units(params.contract_id, Bucket.REGISTRY_AVAILABLE, owner)
        for owner in (params.source_entity_id, params.target_entity_id)
    )
    reference = f"op/{operation.operation_id}/non-trade-transfer"
    memo = f"{params.ground} {params.document}"
    return done(transfer(EntryKind.NON_TRADE_TRANSFER, reference, memo, [(source, target, params.lots)]))


def _check_retire(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    bucket = Bucket.PENDING_RETIRE if is_reserved else Bucket.REGISTRY_AVAILABLE
    return (
        standing(context, params.entity_id, must_move=True)
        or contract_known(context, params.contract_id)
        or enough(context, units(params.contract_id, bucket, params.entity_id), params.lots)
    )


def _retire_step(kind: EntryKind, source: Bucket, target: Bucket, operation: Operation, params: Any) -> Entry:
    move = (
        units(params.contract_id, source, params.entity_id),
        units(params.contract_id, target, params.entity_id),
        params.lots,
    )
    return transfer(kind, f"op/{operation.operation_id}/{kind}", params.purpose, [move])


def _retire(context: Context, operation: Operation, params: Any) -> Outcome:
    return done(_retire_step(EntryKind.RETIRE, Bucket.PENDING_RETIRE, Bucket.RETIRED, operation, params))


def _reserve_retire(context: Context, operation: Operation, params: Any) -> Sequence[Entry]:
    kind, source, target = EntryKind.APPLY_RETIRE, Bucket.REGISTRY_AVAILABLE, Bucket.PENDING_RETIRE
    return [_retire_step(kind, source, target, operation, params)]


def _release_retire(context: Context, operation: Operation, params: Any) -> Sequence[Entry]:
    kind, source, target = EntryKind.GIVE_BACK, Bucket.PENDING_RETIRE, Bucket.REGISTRY_AVAILABLE
    return [_retire_step(kind, source, target, operation, params)]


NON_TRADE_TRANSFER: Final = Handler(
    _check_transfer, _transfer, entity_of=lambda params: int(getattr(params, "source_entity_id", 0))
)
RETIRE: Final = Handler(_check_retire, _retire, _reserve_retire, _release_retire)
