"""What the door shows: accounts, holdings, serials, obligations and operations, each as JSON of integers."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from exchange.rulebook import CalendarError, RulebookError, rules_on
from exchange.rulebook.calendars import registry_calendar
from exchange.vocabulary.units import trading_day_date, trading_day_number
from settlement.api.problems import problem, refusal_body
from settlement.compliance.deadlines import last_purchase_day
from settlement.compliance.obligations import outcomes
from settlement.ledger.balances import balances_of_owners
from settlement.operations.params import fields_of
from settlement.operations.roles import MATRIX
from settlement.registry.accounts import Entity, entity_of_account, find_entity
from settlement.reports.day_file import break_record
from settlement.serials.lineage import held, held_at_end_of
from settlement.store.breaks import KeptBreak, find_break, kept_breaks
from settlement.store.database import Store
from settlement.store.days import newest_day
from settlement.store.objections import objections
from settlement.store.operations import Operation, Sight
from settlement.tracing import trace
from settlement.vocabulary.chart import CASH, OF_REGISTRY_ACCOUNT, OF_TRADING_ACCOUNT, Bucket, LedgerKey
from settlement.vocabulary.operations import Institution, OperationKind, Person

Codes = Mapping[int, str]
ALL_SEEING: Final = frozenset({Institution.REGISTRY, Institution.MINISTRY})


def visible_entity(store: Store, person: Person, entity_id: int) -> Entity:
    """An entity that this person may look at; Problem when not."""
    if person.institution is Institution.HOLDER and entity_id != person.scope_id:
        raise problem("NOT_YOURS_TO_SEE", f"entity {entity_id}: expected your own, {person.scope_id}")
    entity = find_entity(store, entity_id)
    if entity is None:
        raise problem("NOT_FOUND", f"entity {entity_id}")
    if person.institution in ALL_SEEING or person.institution is Institution.HOLDER:
        return entity
    if person.institution is Institution.PROVINCE and entity.province_id == person.scope_id:
        return entity
    raise problem("NOT_YOURS_TO_SEE", f"entity {entity_id} is of province {entity.province_id}")


def account_body(entity: Entity) -> dict[str, Any]:
    """An entity and what its accounts may do."""
    return {**entity._asdict(), "registry_account_id": entity.registry_account_id}


def holdings_body(store: Store, entity: Entity, codes: Codes) -> dict[str, Any]:
    """Units by contract and bucket, cash by bucket; what is nothing is left out."""
    found = balances_of_owners(store, {entity.registry_account_id, entity.account_id})
    own = sorted((key, amount) for key, amount in found.items() if amount and is_own(entity, key))
    return {
        "entity_id": entity.entity_id,
        "account_id": entity.account_id,
        "units": [
            {"contract": codes.get(key.asset_id, str(key.asset_id)), "bucket": key.bucket, "lots": amount}
            for key, amount in own
            if key.asset_id != CASH
        ],
        "cash": [{"bucket": key.bucket, "fen": amount} for key, amount in own if key.asset_id == CASH],
    }


def is_own(entity: Entity, key: LedgerKey) -> bool:
    """Whether a ledger account is the entity's: registry and trading accounts count from the same numbers."""
    if key.bucket in OF_REGISTRY_ACCOUNT:
        return key.owner_id == entity.registry_account_id
    return key.bucket in OF_TRADING_ACCOUNT and key.owner_id == entity.account_id


def serials_body(
    store: Store, entity: Entity, contract_id: int, bucket: Bucket, day: date | None
) -> list[dict[str, int]]:
    """Blocks of a bucket in the order in which they leave it, now or at the end of a day."""
    of_registry = bucket in OF_REGISTRY_ACCOUNT
    if not of_registry and bucket not in OF_TRADING_ACCOUNT:
        raise problem("NOT_FOUND", f"bucket {bucket} is nobody's own")
    owner = entity.registry_account_id if of_registry else entity.account_id
    key = LedgerKey(contract_id, bucket, owner)
    blocks = held(store, key) if day is None else held_at_end_of(store, key, trading_day_number(day))
    return [
        {"first_serial": one.first_serial, "last_serial": one.last_serial, "lots": one.lots} for one in blocks
    ]


def outcomes_body(store: Store, entity_id: int, codes: Codes) -> list[dict[str, Any]]:
    """How an entity, or everybody (0), stands with each obligation."""
    day = newest_day(store)
    return [
        {
            "entity_id": row.entity_id,
            "year": row.year,
            "due_lots": row.due_lots,
            "surrendered": [
                {"contract": codes.get(contract_id, str(contract_id)), "lots": lots}
                for contract_id, lots in row.surrendered.items()
            ],
            "pending_lots": row.pending_lots,
            "short_lots": row.short_lots,
            "standing": row.standing,
        }
        for row in outcomes(store, day.time_ns if day else 0, entity_id)
    ]


def breaks_body(store: Store, person: Person, codes: Codes) -> list[dict[str, Any]]:
    """Open breaks: everybody's for the offices that see all, else those of one's own account."""
    return [
        break_record(one, codes)
        for one in kept_breaks(store, only_open=True)
        if _sees_break(store, person, one)
    ]


def trace_body(store: Store, person: Person, break_id: int, codes: Codes) -> dict[str, Any]:
    """One break and where it comes from."""
    found = find_break(store, break_id)
    if found is None or not _sees_break(store, person, found):
        raise problem("NOT_FOUND", f"break {break_id}")
    shown = trace(store, found)
    return {
        **break_record(found, codes),
        "closing_reason": found.closing_reason,
        "closing_operation_id": found.closing_operation_id,
        "made_of": [row._asdict() for row in shown.rows],
        "trades": shown.trades,
    }


def _sees_break(store: Store, person: Person, found: KeptBreak) -> bool:
    if person.institution in ALL_SEEING:
        return True
    entity = entity_of_account(store, found.found.account_id)
    is_own = entity is not None and entity.entity_id == person.scope_id
    return person.institution is Institution.HOLDER and is_own


def objections_body(store: Store, entity_id: int) -> list[dict[str, Any]]:
    """Objections of an entity, or everybody's (0)."""
    return [
        {**row._asdict(), "trading_day": trading_day_date(row.trading_day).isoformat()}
        for row in objections(store, entity_id)
    ]


def calendar_body(profile: str, year: int) -> dict[str, Any]:
    """Deadline of an obligation year, and the last trading day whose purchase can still be surrendered."""
    try:
        deadline = registry_calendar().surrender_deadline(year)
        last = last_purchase_day(year, rules_on(profile, deadline))
    except (CalendarError, RulebookError) as error:
        raise problem("NOT_FOUND", str(error)) from error
    return {
        "year": year,
        "deadline": registry_calendar().deadline_instant(deadline).isoformat(),
        "last_purchase_day": last.isoformat(),
    }


def operation_body(operation: Operation) -> dict[str, Any]:
    """An operation as it stands."""
    return {
        "operation_id": operation.operation_id,
        "kind": operation.kind,
        "params": json.loads(operation.params),
        "state": operation.state,
        "asked_by": operation.person_id,
        "decided_by": operation.approver_id,
        "approvers": sorted(f"{i} {level}" for i, level in MATRIX[operation.kind].approves),
        "command_hash": operation.command_hash.hex(),
        "asked_ns": operation.asked_ns,
        "expires_ns": operation.expires_ns,
        "changed_ns": operation.changed_ns,
        "refusal": refusal_body(operation.refusal, operation.detail) if operation.refusal else None,
        "detail": operation.detail,
    }


def sight_of(person: Person) -> Sight:
    """Whose operations a person may see."""
    is_holder, is_province = (person.institution is one for one in (Institution.HOLDER, Institution.PROVINCE))
    return Sight(
        person.person_id,
        person.institution in ALL_SEEING,
        person.scope_id if is_holder else 0,
        person.scope_id if is_province else 0,
    )


def kinds_body() -> list[dict[str, Any]]:
    """Every kind of operation: who asks, who approves, and its fields."""
    return [
        {
            "kind": kind,
            "asks": sorted(f"{i} {level}" for i, level in MATRIX[kind].asks),
            "approves": sorted(f"{i} {level}" for i, level in MATRIX[kind].approves),
            "fields": fields_of(kind),
        }
        for kind in OperationKind
    ]
