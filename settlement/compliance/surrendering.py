"""Handlers of surrender: a holder's units or a province's, for its own or another's obligation.

Whose units they are asks, the province of the obliged entity approves (rulebook §2.1, §2.5). A surrender
asked for after the deadline is late. Whether it is booked all the same is configuration in the data, as the
rulebook says only what lateness costs: as committed it is booked, and the outcome list calls it late.
"""

from collections.abc import Sequence
from typing import Any, Final

from exchange.vocabulary.units import trading_day_date
from settlement.compliance.deadlines import is_late
from settlement.compliance.obligations import outcome_of
from settlement.compliance.rules import compliance_rules, is_late_accepted
from settlement.compliance.vintages import codes, usable_contracts
from settlement.ledger.entries import Entry, transfer
from settlement.operations.handler import Context, Handler, Outcome, done
from settlement.registry.accounts import known_entity
from settlement.registry.handlers.checks import contract_known, enough, standing
from settlement.store.booked import held_for
from settlement.store.obligations import Surrendered, insert_surrender, surrendered
from settlement.store.operations import Operation
from settlement.vocabulary.chart import Bucket, LedgerKey, units
from settlement.vocabulary.entry_kinds import EntryKind
from settlement.vocabulary.refusals import Refusal, RefusalCode


def obliged_entity_of(params: Any) -> int:
    """Whose obligation it is."""
    return int(getattr(params, "obliged_entity_id", 0) or params.entity_id)


def _check_obligation(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    """What holds for every surrender, whoever's the units are."""
    obliged = obliged_entity_of(params)
    found = outcome_of(context, obliged, params.year)
    if found is None:
        return Refusal(RefusalCode.NO_OBLIGATION, f"entity {obliged}, year {params.year}")
    day = trading_day_date(context.moment.booking_day)
    usable = usable_contracts(compliance_rules(), params.year, day)
    if params.contract_id not in {row.contract_id for row in usable}:
        return Refusal(RefusalCode.VINTAGE_NOT_USABLE, codes(usable))
    if not is_reserved and is_late(params.year, context.moment.time_ns):
        if not is_late_accepted(compliance_rules(), day):
            return Refusal(RefusalCode.TOO_LATE, f"surrender for {params.year}")
    rest = found.open_lots + (params.lots if is_reserved else 0)
    if params.lots > rest:
        return Refusal(RefusalCode.MORE_THAN_DUE, f"{rest} still due, asked for {params.lots}")
    return None


def _check(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    bucket = Bucket.PENDING_SURRENDER if is_reserved else Bucket.REGISTRY_AVAILABLE
    return (
        standing(context, params.entity_id)
        or contract_known(context, params.contract_id)
        or _check_obligation(context, params, is_reserved)
        or enough(context, units(params.contract_id, bucket, params.entity_id), params.lots)
    )


def _reserve(context: Context, operation: Operation, params: Any) -> Sequence[Entry]:
    _keep(context, operation, params, is_from_province=False)
    source, pending, _ = _accounts(params)
    return [_step(EntryKind.APPLY_SURRENDER, "apply", operation, params, source, pending)]


def _release(context: Context, operation: Operation, params: Any) -> Sequence[Entry]:
    source, pending, _ = _accounts(params)
    return [_step(EntryKind.GIVE_BACK, "give-back", operation, params, pending, source)]


def _surrender(context: Context, operation: Operation, params: Any) -> Outcome:
    _, pending, used_up = _accounts(params)
    return done(_step(EntryKind.SURRENDER, "surrender", operation, params, pending, used_up))


def _check_province(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    return (
        standing(context, params.entity_id)
        or contract_known(context, params.contract_id)
        or _check_obligation(context, params, is_reserved)
        or _check_held(context, params, is_reserved)
        or enough(context, _provincial(context, params), params.lots)
    )


def _check_held(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    """Refuses more than the province holds on the entity's behalf."""
    applied = sum(
        row.lots
        for row in surrendered(context.store, params.entity_id)
        if row.is_from_province and row.contract_id == params.contract_id
    )
    allocated = held_for(context.store, params.entity_id, params.contract_id)
    held = allocated - applied + (params.lots if is_reserved else 0)
    if params.lots <= held:
        return None
    return Refusal(
        RefusalCode.UNITS_INSUFFICIENT, f"{held} held by the province for entity {params.entity_id}"
    )


def _reserve_province(context: Context, operation: Operation, params: Any) -> Sequence[Entry]:
    _keep(context, operation, params, is_from_province=True)
    return ()


def _surrender_province(context: Context, operation: Operation, params: Any) -> Outcome:
    source, used_up = _provincial(context, params), _accounts(params)[2]
    return done(_step(EntryKind.SURRENDER, "surrender", operation, params, source, used_up))


def _keep(context: Context, operation: Operation, params: Any, *, is_from_province: bool) -> None:
    row = Surrendered(
        operation.operation_id,
        params.entity_id,
        obliged_entity_of(params),
        params.year,
        params.contract_id,
        params.lots,
        operation.asked_ns,
        is_from_province,
        True,
    )
    insert_surrender(context.store, row)


def _accounts(params: Any) -> tuple[LedgerKey, LedgerKey, LedgerKey]:
    """Available, pending and surrendered, of whose units they are."""
    buckets = (Bucket.REGISTRY_AVAILABLE, Bucket.PENDING_SURRENDER, Bucket.SURRENDERED)
    available, pending, used_up = (units(params.contract_id, one, params.entity_id) for one in buckets)
    return available, pending, used_up


def _provincial(context: Context, params: Any) -> LedgerKey:
    entity = known_entity(context.store, params.entity_id)
    return units(params.contract_id, Bucket.PROVINCIAL, entity.province_id)


def _step(
    kind: EntryKind, name: str, operation: Operation, params: Any, source: LedgerKey, target: LedgerKey
) -> Entry:
    memo = f"obligation {params.year} of entity {obliged_entity_of(params)}"
    return transfer(kind, f"op/{operation.operation_id}/{name}", memo, [(source, target, params.lots)])


SURRENDER: Final = Handler(_check, _surrender, _reserve, _release, approval_entity_of=obliged_entity_of)
SURRENDER_FROM_PROVINCE: Final = Handler(_check_province, _surrender_province, _reserve_province)
