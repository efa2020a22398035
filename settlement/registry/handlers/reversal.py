"""Handler of reversals: what a finished operation has moved goes back, by an entry that names it."""

from collections import defaultdict
from typing import Any, Final

from settlement.ledger.balances import balance_of
from settlement.ledger.book import is_booked
from settlement.ledger.entries import transfer
from settlement.operations.handler import Context, Handler, Outcome, done
from settlement.registry.handlers.checks import standing
from settlement.store.booked import postings_of_operation
from settlement.store.operations import Operation, read_operation
from settlement.vocabulary.chart import LedgerKey
from settlement.vocabulary.entry_kinds import EntryKind
from settlement.vocabulary.operations import OperationKind, OperationState
from settlement.vocabulary.refusals import Refusal, RefusalCode

REVERSIBLE: Final = frozenset(
    {
        OperationKind.ALLOCATE,
        OperationKind.ALLOCATE_PROVINCE,
        OperationKind.NON_TRADE_TRANSFER,
        OperationKind.RETIRE,
        OperationKind.SURRENDER,
    }
)


def _check(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    target = read_operation(context.store, params.operation_id)
    if target is None:
        return Refusal(RefusalCode.UNKNOWN_OPERATION, str(params.operation_id))
    if target.kind not in REVERSIBLE or target.state is not OperationState.DONE:
        return _not_reversible(f"operation {target.operation_id} is {target.kind}, {target.state}")
    if is_booked(context.store, _reference(target.operation_id)):
        return _not_reversible(f"operation {target.operation_id} is reversed already")
    if target.entity_id and (refusal := standing(context, target.entity_id)) is not None:
        return refusal
    moves = _moves_back(context, target.operation_id)
    if not moves:
        return _not_reversible(f"operation {target.operation_id} moved nothing")
    return _missing(context, moves)


def _reverse(context: Context, operation: Operation, params: Any) -> Outcome:
    moves = _moves_back(context, params.operation_id)
    return done(
        transfer(EntryKind.REVERSAL, _reference(params.operation_id), params.reason, moves),
        detail=f"operation {params.operation_id}",
    )


def _moves_back(context: Context, operation_id: int) -> list[tuple[LedgerKey, LedgerKey, int]]:
    """The operation's moves (each a pair of postings) from the last to the first, the other way."""
    postings = postings_of_operation(context.store, operation_id)
    pairs = list(zip(postings[::2], postings[1::2], strict=True))
    return [(target, source, amount) for (source, _), (target, amount) in reversed(pairs)]


def _missing(context: Context, moves: list[tuple[LedgerKey, LedgerKey, int]]) -> Refusal | None:
    """Refuses when an account no longer has what would leave it."""
    sums: dict[LedgerKey, int] = defaultdict(int)
    for source, target, amount in moves:
        sums[source] -= amount
        sums[target] += amount
    for key, change in sorted(sums.items()):
        if change < 0 and (has := balance_of(context.store, key)) < -change:
            return _not_reversible(f"{key.code} has {has}, expected {-change}")
    return None


def _reference(operation_id: int) -> str:
    return f"op/{operation_id}/reversal"


def _not_reversible(detail: str) -> Refusal:
    return Refusal(RefusalCode.NOT_REVERSIBLE, detail)


REVERSE: Final = Handler(_check, _reverse)
