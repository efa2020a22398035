"""Handlers of the settlement reserve: filled from the settlement fees, and paid back by who was covered.

Source: rulebook §2.2 arts 12-15 (settlement risk reserve), art 18 (the registry covers a default out of the
reserve, then recovers it from the defaulter).
"""

from typing import Any, Final

from settlement.banks.funding import instruct_recovery
from settlement.ledger.entries import transfer
from settlement.operations.handler import Context, Handler, Outcome, done
from settlement.registry.accounts import known_entity
from settlement.registry.handlers.checks import enough, standing
from settlement.store.defaults import owed_by, recover
from settlement.store.operations import Operation
from settlement.vocabulary.chart import Bucket, cash
from settlement.vocabulary.entry_kinds import EntryKind
from settlement.vocabulary.refusals import Refusal, RefusalCode

_RESERVE: Final = cash(Bucket.SETTLEMENT_RESERVE)
_INCOME: Final = cash(Bucket.SETTLEMENT_FEE_INCOME)


def _check_funding(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    return enough(context, _INCOME, params.amount_fen)


def _fund(context: Context, operation: Operation, params: Any) -> Outcome:
    memo = "settlement reserve funded 计提结算准备金"
    move = (_INCOME, _RESERVE, params.amount_fen)
    return done(transfer(EntryKind.FUND_RESERVE, f"op/{operation.operation_id}", memo, [move]))


def _check_recovery(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    if (refusal := standing(context, params.entity_id)) is not None:
        return refusal
    if not context.moment.owns_available:
        return Refusal(RefusalCode.DAY_RUNS, "cash is Shanghai's until the day is stated")
    account_id = known_entity(context.store, params.entity_id).account_id
    owed_fen = owed_by(context.store, account_id)
    if params.amount_fen > owed_fen:
        return Refusal(RefusalCode.MORE_THAN_DUE, f"owed {owed_fen} fen, asked for {params.amount_fen}")
    return enough(context, cash(Bucket.MEMBER_CASH, account_id), params.amount_fen)


def _recover(context: Context, operation: Operation, params: Any) -> Outcome:
    account_id = known_entity(context.store, params.entity_id).account_id
    recover(context.store, account_id, params.amount_fen)
    cause = f"op/{operation.operation_id}"
    instruct_recovery(context.store, account_id, params.amount_fen, cause)
    memo = "paid back to the settlement reserve 归还结算准备金垫付"
    move = (cash(Bucket.MEMBER_CASH, account_id), _RESERVE, params.amount_fen)
    return done(transfer(EntryKind.RECOVER, cause, memo, [move]))


FUND_RESERVE: Final = Handler(_check_funding, _fund)
RECOVER: Final = Handler(_check_recovery, _recover)
