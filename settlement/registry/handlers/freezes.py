"""Freezes in the registry on a court's or an authority's paper, and release (rulebook §2.1)."""

from typing import Any

from settlement.ledger.entries import transfer
from settlement.operations.handler import Context, Outcome, done
from settlement.registry.handlers.checks import contract_known, enough, standing
from settlement.store.operations import Operation
from settlement.vocabulary.chart import Bucket, units
from settlement.vocabulary.entry_kinds import EntryKind
from settlement.vocabulary.refusals import Refusal


def check_registry(context: Context, params: Any, source: Bucket) -> Refusal | None:
    """Refuses more than the bucket has that is to be taken from."""
    return (
        standing(context, params.entity_id)
        or contract_known(context, params.contract_id)
        or enough(context, units(params.contract_id, source, params.entity_id), params.amount)
    )


def freeze_registry(context: Context, operation: Operation, params: Any) -> Outcome:
    """Registry-available to registry-frozen."""
    return _moved(EntryKind.FREEZE, Bucket.REGISTRY_AVAILABLE, Bucket.REGISTRY_FROZEN, operation, params)


def release_registry(context: Context, operation: Operation, params: Any) -> Outcome:
    """Registry-frozen to registry-available."""
    return _moved(EntryKind.RELEASE, Bucket.REGISTRY_FROZEN, Bucket.REGISTRY_AVAILABLE, operation, params)


def _moved(kind: EntryKind, source: Bucket, target: Bucket, operation: Operation, params: Any) -> Outcome:
    move = (
        units(params.contract_id, source, params.entity_id),
        units(params.contract_id, target, params.entity_id),
        params.amount,
    )
    return done(transfer(kind, f"op/{operation.operation_id}/{kind}", params.document, [move]))
