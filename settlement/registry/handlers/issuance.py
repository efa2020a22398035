"""Handlers of issuance: units come into being, reach provinces, and from there emitters (rulebook §2.1)."""

from typing import Any, Final

from settlement.ledger.entries import transfer
from settlement.operations.handler import DONE, Context, Handler, Outcome, done
from settlement.operations.params import Basis
from settlement.registry.accounts import entity_of_account, known_entity
from settlement.registry.handlers.checks import contract_known, enough, province_known, standing
from settlement.store.booked import allocated_lots, held_by_province
from settlement.store.operations import Operation
from settlement.vocabulary.chart import Bucket, LedgerKey, units
from settlement.vocabulary.entry_kinds import EntryKind
from settlement.vocabulary.refusals import Refusal, RefusalCode


def _check_issue(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    return contract_known(context, params.contract_id)


def _issue(context: Context, operation: Operation, params: Any) -> Outcome:
    move = (
        units(params.contract_id, Bucket.ISSUED),
        units(params.contract_id, Bucket.NATIONAL),
        params.lots,
    )
    return done(transfer(EntryKind.ISSUE, f"op/{operation.operation_id}/issue", params.document, [move]))


def _check_province(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    return (
        province_known(params.province_id)
        or contract_known(context, params.contract_id)
        or enough(context, units(params.contract_id, Bucket.NATIONAL), params.lots)
    )


def _allocate_province(context: Context, operation: Operation, params: Any) -> Outcome:
    target = units(params.contract_id, Bucket.PROVINCIAL, params.province_id)
    move = (units(params.contract_id, Bucket.NATIONAL), target, params.lots)
    reference = f"op/{operation.operation_id}/allocate-province"
    return done(transfer(EntryKind.ALLOCATE_PROVINCE, reference, "", [move]))


def _check_allocate(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    return (
        standing(context, params.entity_id)
        or contract_known(context, params.contract_id)
        or _province_has(context, params.entity_id, params.contract_id, params.lots)
    )


def _allocate(context: Context, operation: Operation, params: Any) -> Outcome:
    if params.basis is Basis.HELD_BY_PROVINCE:
        return DONE  # the operation itself is the record: store.booked counts it
    source, target = _accounts(context, params.entity_id, params.contract_id)
    reference = f"op/{operation.operation_id}/allocate"
    return done(transfer(EntryKind.ALLOCATE, reference, params.basis.value, [(source, target, params.lots)]))


def _check_true_up(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    refusal = standing(context, params.entity_id) or contract_known(context, params.contract_id)
    if refusal is not None:
        return refusal
    more = params.final_lots - allocated_lots(context.store, params.entity_id, params.contract_id)
    if more > 0:
        return _province_has(context, params.entity_id, params.contract_id, more)
    return enough(context, _accounts(context, params.entity_id, params.contract_id)[1], -more)


def _true_up(context: Context, operation: Operation, params: Any) -> Outcome:
    more = params.final_lots - allocated_lots(context.store, params.entity_id, params.contract_id)
    province, holder = _accounts(context, params.entity_id, params.contract_id)
    prefix = f"op/{operation.operation_id}"
    if more > 0:
        move = (province, holder, more)
        return done(transfer(EntryKind.ALLOCATE, f"{prefix}/allocate", Basis.FINAL.value, [move]))
    if more < 0:
        move = (holder, province, -more)
        return done(transfer(EntryKind.TAKE_BACK, f"{prefix}/take-back", Basis.FINAL.value, [move]))
    return DONE


def _check_auction(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    if not context.moment.owns_available:
        return Refusal(RefusalCode.DAY_RUNS, "ask again after the day's statements")
    entity = entity_of_account(context.store, params.account_id)
    if entity is None:
        return Refusal(RefusalCode.UNKNOWN_ACCOUNT, f"account {params.account_id}")
    return (
        standing(context, entity.entity_id)
        or contract_known(context, params.contract_id)
        or enough(context, units(params.contract_id, Bucket.NATIONAL), params.lots)
    )


def _auction_issue(context: Context, operation: Operation, params: Any) -> Outcome:
    target = units(params.contract_id, Bucket.TRADING_AVAILABLE, params.account_id)
    move = (units(params.contract_id, Bucket.NATIONAL), target, params.lots)
    reference = f"op/{operation.operation_id}/auction-issue"
    return done(transfer(EntryKind.AUCTION_ISSUE, reference, "", [move]))


def _province_has(context: Context, entity_id: int, contract_id: int, lots: int) -> Refusal | None:
    """Refuses more than the provincial account has beside what it holds for risky emitters."""
    province = _accounts(context, entity_id, contract_id)[0]
    return enough(context, province, lots, held_by_province(context.store, province.owner_id, contract_id))


def _accounts(context: Context, entity_id: int, contract_id: int) -> tuple[LedgerKey, LedgerKey]:
    """The provincial account of an entity's province, and the entity's registry-available."""
    entity = known_entity(context.store, entity_id)
    return (
        units(contract_id, Bucket.PROVINCIAL, entity.province_id),
        units(contract_id, Bucket.REGISTRY_AVAILABLE, entity.registry_account_id),
    )


ISSUE: Final = Handler(_check_issue, _issue)
ALLOCATE_PROVINCE: Final = Handler(_check_province, _allocate_province)
ALLOCATE: Final = Handler(_check_allocate, _allocate)
TRUE_UP: Final = Handler(_check_true_up, _true_up)
AUCTION_ISSUE: Final = Handler(_check_auction, _auction_issue)
