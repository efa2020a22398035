"""Handler of reversals: what a finished operation has moved goes back, by an entry that names it."""

from typing import Any, Final

from settlement.ledger.balances import balance_of
from settlement.ledger.book import is_booked
from settlement.ledger.entries import transfer
from settlement.operations.handler import Context, Handler, Outcome, done
from settlement.registry.handlers.checks import standing
from settlement.store.blocks import SerialBlock, blocks_now, blocks_of_entry, read_block
from settlement.store.booked import Moved, moves_of_operation
from settlement.store.database import Store
from settlement.store.operations import Operation, read_operation
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
    moves = moves_of_operation(context.store, target.operation_id)
    if not moves:
        return _not_reversible(f"operation {target.operation_id} moved nothing")
    holder, lots = moves[-1].target, moves[-1].lots
    if (has := balance_of(context.store, holder)) < lots:
        return _not_reversible(f"{holder.code} has {has}, expected {lots}")
    return None


def _reverse(context: Context, operation: Operation, params: Any) -> Outcome:
    """From where the operation's last move brought the units straight to where its first took them."""
    moves = moves_of_operation(context.store, params.operation_id)
    first, last = moves[0], moves[-1]
    assert first.lots == last.lots, f"expected {first.lots} lots to arrive, found {last.lots}"
    entry = transfer(
        EntryKind.REVERSAL,
        _reference(params.operation_id),
        params.reason,
        [(last.target, first.source, last.lots)],
        {0: _serials_still_there(context.store, last)},
    )
    return done(entry, detail=f"operation {params.operation_id}")


def _serials_still_there(store: Store, move: Moved) -> tuple[tuple[int, int], ...]:
    """The serials that the move brought, if its target still has them all; else none: first in, first out."""
    arrived = tuple(
        (block.first_serial, block.last_serial)
        for block in blocks_of_entry(store, move.entry_id)
        if block.ledger_account_id == move.target_account_id and _came_from_elsewhere(store, block)
    )
    here = sum(
        max(0, 1 + min(last, block.last_serial) - max(first, block.first_serial))
        for block in blocks_now(store, move.target_account_id)
        for first, last in arrived
    )
    return arrived if here == move.lots else ()


def _came_from_elsewhere(store: Store, block: SerialBlock) -> bool:
    parent = read_block(store, block.parent_id)
    return parent is not None and parent.ledger_account_id != block.ledger_account_id


def _reference(operation_id: int) -> str:
    return f"op/{operation_id}/reversal"


def _not_reversible(detail: str) -> Refusal:
    return Refusal(RefusalCode.NOT_REVERSIBLE, detail)


REVERSE: Final = Handler(_check, _reverse)
