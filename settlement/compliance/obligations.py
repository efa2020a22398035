"""Obligations: set by the province, and how entities stand with them (rulebook §4.6).

How much is due is the scenario's or the province's to say: caps and exemptions (rulebook §4.4) are in it.
"""

from typing import Any, Final

from settlement.compliance.deadlines import surrender_deadline_ns
from settlement.compliance.outcome import LATE_SURRENDERERS, ComplianceOutcome, outcome_list
from settlement.compliance.rules import Years
from settlement.operations.handler import DONE, Context, Handler, Outcome
from settlement.registry.handlers.checks import standing
from settlement.store.database import Store
from settlement.store.obligations import Obligation, obligations, save_obligation, surrendered
from settlement.store.operations import Operation
from settlement.vocabulary.refusals import Refusal, RefusalCode


def outcomes(store: Store, now_ns: int, entity_id: int = 0) -> list[ComplianceOutcome]:
    """The outcome list of an entity, or of all (0), as of now."""
    return outcome_list(
        obligations(store, entity_id), surrendered(store, entity_id), surrender_deadline_ns, now_ns
    )


def outcome_of(context: Context, entity_id: int, year: int) -> ComplianceOutcome | None:
    """How one entity stands with one year; None without an obligation."""
    found = outcomes(context.store, context.moment.time_ns, entity_id)
    return next((row for row in found if row.year == year), None)


def is_late_surrenderer(context: Context, entity_id: int, years: Years) -> bool:
    """Whether an entity missed the deadline of any of these years."""
    return any(
        row.year in years and row.standing in LATE_SURRENDERERS
        for row in outcomes(context.store, context.moment.time_ns, entity_id)
    )


def _check(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    if (refusal := standing(context, params.entity_id)) is not None:
        return refusal
    if params.due_lots > params.verified_lots:
        return Refusal(
            RefusalCode.INVALID_FIELD,
            f"due_lots: expected at most {params.verified_lots} verified, found {params.due_lots}",
        )
    found = outcome_of(context, params.entity_id, params.year)
    applied = 0 if found is None else found.surrendered_lots + found.pending_lots
    if params.due_lots < applied:
        return Refusal(RefusalCode.MORE_THAN_DUE, f"{applied} surrendered or applied for already")
    return None


def _set(context: Context, operation: Operation, params: Any) -> Outcome:
    row = Obligation(params.entity_id, params.year, params.verified_lots, params.due_lots)
    save_obligation(context.store, row)
    return DONE


SET_OBLIGATION: Final = Handler(_check, _set)
