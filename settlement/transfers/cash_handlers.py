"""Asking for a withdrawal: Shanghai holds it while its day runs, the holder's bank pays it out.

Source: rulebook §2.2 art 5 (all cash through the special settlement account), art 9 (statements late: cash in
and out is restricted). Same-day sale proceeds may be spent and not withdrawn: Shanghai refuses the hold.
"""

from collections.abc import Mapping
from typing import Any, Final

from settlement.operations.handler import Context, Handler, Outcome
from settlement.registry.accounts import known_entity
from settlement.registry.handlers.checks import enough, standing
from settlement.store.operations import Operation
from settlement.store.transfers import Direction, Transfer, TransferState, insert_transfer
from settlement.transfers.ending import instruct_pay_out
from settlement.transfers.handlers import may_leave
from settlement.transfers.postings import hold
from settlement.vocabulary.chart import CASH, Bucket, cash
from settlement.vocabulary.operations import OperationKind, OperationState
from settlement.vocabulary.refusals import Refusal, RefusalCode


def _check(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    refusal = standing(context, params.entity_id, must_move=True) or may_leave(context, params.entity_id)
    if refusal is not None:
        return refusal
    if context.moment.is_statement_late:
        return Refusal(RefusalCode.STATEMENTS_LATE)
    if not context.moment.owns_available:
        return None  # what is available while the day runs, Shanghai knows and answers
    entity = known_entity(context.store, params.entity_id)
    return enough(context, cash(Bucket.MEMBER_CASH, entity.account_id), params.amount_fen)


def _carry_out(context: Context, operation: Operation, params: Any) -> Outcome:
    entity = known_entity(context.store, params.entity_id)
    is_ours = context.moment.owns_available
    moved = Transfer(
        0,
        f"op/{operation.operation_id}",
        operation.operation_id,
        Direction.WITHDRAWAL,
        entity.account_id,
        entity.registry_account_id,
        CASH,
        params.amount_fen,
        TransferState.HELD if is_ours else TransferState.WAITING,
    )
    insert_transfer(context.store, moved)
    if not is_ours:
        return Outcome(OperationState.RUNNING)

    instruct_pay_out(context, moved)
    return Outcome(OperationState.RUNNING, (hold(moved),))


CASH_HANDLERS: Final[Mapping[OperationKind, Handler]] = {
    OperationKind.WITHDRAW: Handler(_check, _carry_out),
}
