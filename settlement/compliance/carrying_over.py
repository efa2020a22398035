"""Handler of the carry-over: units of old vintages used up, as many of the new one issued (rulebook §4.5).

What is applied for is frozen until the batch in which it is processed; nobody who surrendered late may apply.
Applications are taken once the trading days that the limit is made of are over, until the deadline.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from exchange.vocabulary.units import (
    NS_PER_SECOND,
    SHANGHAI,
    market_time_ns,
    trading_day_date,
    trading_day_number,
)
from settlement.compliance.carry_over import limit_lots, processing_batch
from settlement.compliance.deadlines import carry_over_deadline, carry_over_deadline_ns
from settlement.compliance.obligations import is_late_surrenderer
from settlement.compliance.rules import CarryOverRules, Years, compliance_rules
from settlement.compliance.vintages import codes, contracts_of
from settlement.ledger.entries import Entry, transfer
from settlement.operations.handler import Context, Handler, Outcome, done
from settlement.registry.accounts import known_entity
from settlement.registry.handlers.checks import contract_known, enough, standing
from settlement.serials.carry_over import link_carry_over
from settlement.store.database import Store
from settlement.store.obligations import carried_over_lots, held_lots_on, insert_carry_over, net_sold_lots
from settlement.store.operations import Operation
from settlement.vocabulary.chart import Bucket, units
from settlement.vocabulary.entry_kinds import EntryKind
from settlement.vocabulary.refusals import Refusal, RefusalCode

SECONDS_OF_A_DAY: Final = 24 * 3600


def carry_over_limit(store: Store, entity_id: int, rules: CarryOverRules | None = None) -> int:
    """What an entity may carry over in all. Final once the day of the eligible holding is over."""
    rules = rules or compliance_rules().carry_over
    entity = known_entity(store, entity_id)
    old = [row.contract_id for row in contracts_of(rules.old_vintages)]
    first, last = trading_day_number(rules.trades.first), trading_day_number(rules.trades.last)
    sold = net_sold_lots(store, entity.account_id, old, first, last)
    holding_day = trading_day_number(rules.holding_on)
    eligible = held_lots_on(store, entity.registry_account_id, entity.account_id, old, holding_day)
    return limit_lots(rules, sold, eligible)


def _check(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    bucket = Bucket.PENDING_CARRY_OVER if is_reserved else Bucket.REGISTRY_AVAILABLE
    return (
        standing(context, params.entity_id)
        or contract_known(context, params.contract_id)
        or _check_vintage(params)
        or (None if is_reserved else _check_time(context))
        or _check_surrenderer(context, params)
        or _check_limit(context, params, is_reserved)
        or enough(context, units(params.contract_id, bucket, params.entity_id), params.lots)
    )


def _check_vintage(params: Any) -> Refusal | None:
    old = contracts_of(compliance_rules().carry_over.old_vintages)
    if params.contract_id in {row.contract_id for row in old}:
        return None
    return Refusal(RefusalCode.VINTAGE_NOT_USABLE, codes(old))


def _check_time(context: Context) -> Refusal | None:
    holding_on = compliance_rules().carry_over.holding_on
    if trading_day_date(context.moment.booking_day) <= holding_on:
        return Refusal(RefusalCode.CARRY_OVER_LIMIT, f"0: limits are known after {holding_on}")
    if context.moment.time_ns >= carry_over_deadline_ns():
        return Refusal(RefusalCode.TOO_LATE, f"applications until {carry_over_deadline()} 17:00")
    return None


def _check_surrenderer(context: Context, params: Any) -> Refusal | None:
    years = compliance_rules().carry_over.late_years
    if not is_late_surrenderer(context, params.entity_id, years):
        return None
    return Refusal(RefusalCode.LATE_SURRENDERER, f"entity {params.entity_id}")


def _check_limit(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    limit = carry_over_limit(context.store, params.entity_id)
    applied = carried_over_lots(context.store, params.entity_id) - (params.lots if is_reserved else 0)
    if params.lots <= limit - applied:
        return None
    return Refusal(RefusalCode.CARRY_OVER_LIMIT, f"{max(0, limit - applied)} of {limit} left")


def _reserve(context: Context, operation: Operation, params: Any) -> Sequence[Entry]:
    insert_carry_over(
        context.store, operation.operation_id, params.entity_id, params.contract_id, params.lots
    )
    buckets = (Bucket.REGISTRY_AVAILABLE, Bucket.PENDING_CARRY_OVER)
    return [_moved(EntryKind.APPLY_CARRY_OVER, "apply", operation, params, *buckets)]


def _release(context: Context, operation: Operation, params: Any) -> Sequence[Entry]:
    buckets = (Bucket.PENDING_CARRY_OVER, Bucket.REGISTRY_AVAILABLE)
    return [_moved(EntryKind.GIVE_BACK, "give-back", operation, params, *buckets)]


def _carry_over(context: Context, operation: Operation, params: Any) -> Outcome:
    """One entry: the old units are used up, and as many new ones issued to the same entity."""
    owner, lots = params.entity_id, params.lots
    old = (Bucket.PENDING_CARRY_OVER, Bucket.CARRIED_OVER)
    used_up, carried = (units(params.contract_id, bucket, owner) for bucket in old)
    new_id = _new_contract_id()
    issued, available = units(new_id, Bucket.ISSUED), units(new_id, Bucket.REGISTRY_AVAILABLE, owner)
    moves = [(used_up, carried, lots), (issued, available, lots)]
    reference = f"op/{operation.operation_id}/carry-over"
    return done(transfer(EntryKind.CARRY_OVER, reference, "carry-over 结转", moves))


def _new_contract_id() -> int:
    year = compliance_rules().carry_over.new_vintage
    return contracts_of(Years(year, year))[0].contract_id


def _link(context: Context, first_entry_id: int) -> None:
    """Lineage crosses the carry-over: the new serials name the old ones."""
    link_carry_over(context.store, first_entry_id)


def _approve_until(context: Context, params: Any) -> int:
    """The end of the day by which the application's batch is done; at once where there is no batch."""
    now_ns = context.moment.time_ns
    asked = datetime.fromtimestamp(now_ns // NS_PER_SECOND, SHANGHAI).date()
    done_by = processing_batch(compliance_rules().carry_over, asked)
    return now_ns if done_by is None else market_time_ns(done_by, SECONDS_OF_A_DAY)


def _moved(
    kind: EntryKind, name: str, operation: Operation, params: Any, source: Bucket, target: Bucket
) -> Entry:
    move = (
        units(params.contract_id, source, params.entity_id),
        units(params.contract_id, target, params.entity_id),
        params.lots,
    )
    return transfer(kind, f"op/{operation.operation_id}/{name}", "carry-over 结转", [move])


CARRY_OVER: Final = Handler(
    _check, _carry_over, _reserve, _release, approve_until=_approve_until, after_booking=_link
)
