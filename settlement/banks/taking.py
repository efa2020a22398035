"""What a settlement bank tells: each movement taken once, in its order, booked or passed on.

A bank's numbers are consecutive, and an answer fits the instruction that it names: what does not is
corruption. A bank that is silent holds nothing up: what it has not answered stays open.
"""

from collections.abc import Sequence
from typing import Final

from settlement.errors import CorruptionError, expect
from settlement.instructions import Instruction, Tell
from settlement.ledger.book import book
from settlement.ledger.entries import Entry, transfer
from settlement.operations.handler import Context
from settlement.registry.accounts import entity_of_account
from settlement.store.banking import (
    Instructed,
    find_instruction,
    insert_movement,
    is_told,
    newest_number,
    save_answer,
    save_arrival,
)
from settlement.store.transfers import Direction, Transfer, TransferState, find_by_cause, insert_transfer
from settlement.transfers.crossing import Crossings
from settlement.transfers.postings import come_in
from settlement.vocabulary.banking import BankMovement, BankOrder, BankWord
from settlement.vocabulary.chart import CASH, Bucket, cash
from settlement.vocabulary.entry_kinds import EntryKind

#: what a bank may answer to an order
ANSWERS: Final = {
    BankOrder.PAY_OUT: frozenset({BankWord.PAID_OUT, BankWord.REJECTED}),
    BankOrder.SEND: frozenset({BankWord.SENT, BankWord.REJECTED}),
    BankOrder.SETTLE: frozenset({BankWord.SETTLED}),
}


def take_movements(
    context: Context, crossings: Crossings, bank_id: int, movements: Sequence[BankMovement]
) -> list[Instruction]:
    """Take consecutive movements; those taken before are passed over. Requires: an open transaction."""
    context.store.require_transaction()
    told: list[Instruction] = []
    newest = newest_number(context.store, bank_id)
    for movement in movements:
        if movement.number <= newest:
            continue
        expect(f"bank {bank_id}: next movement", newest + 1, movement.number)
        newest = movement.number
        told += _take(context, crossings, bank_id, movement)
    return told


def _take(context: Context, crossings: Crossings, bank_id: int, movement: BankMovement) -> list[Instruction]:
    where = f"bank {bank_id}, movement {movement.number}: {movement.word} {movement.instruction_id}"
    if is_told(context.store, bank_id, movement.word, movement.instruction_id):
        raise CorruptionError(where, "told once", "told twice")
    if movement.amount_fen == 0 or (movement.amount_fen < 0 and movement.word is not BankWord.SETTLED):
        raise CorruptionError(f"{where}: amount", "above 0", movement.amount_fen)
    insert_movement(context.store, bank_id, movement, context.moment.booking_day)
    if movement.word is BankWord.PAID_IN:
        _paid_in(context, crossings, bank_id, movement, where)
        return []
    instructed = find_instruction(context.store, movement.instruction_id)
    if instructed is None:
        raise CorruptionError(where, "an instruction of Wuhan", "none")
    ordered = instructed.instruction
    expect(f"{where}: amount", ordered.amount_fen, movement.amount_fen)
    if movement.word is BankWord.ARRIVED:
        expect(f"{where}: order and bank", (BankOrder.SEND, ordered.target_bank_id), (ordered.order, bank_id))
        if instructed.answer is BankWord.SENT:
            _book(context, [_arrival(instructed)])
            save_arrival(context.store, ordered.instruction_id)
        return []  # the other bank's word of the sending is still to come
    expect(f"{where}: bank", instructed.bank_id, bank_id)
    expect(f"{where}: account", ordered.account_id, movement.account_id)
    return _answered(context, crossings, instructed, movement, where)


def _paid_in(
    context: Context, crossings: Crossings, bank_id: int, movement: BankMovement, where: str
) -> None:
    """A member has paid in: it is Wuhan's books' at once, and available when its owner says so."""
    entity = entity_of_account(context.store, movement.account_id)
    if entity is None:
        raise CorruptionError(f"{where}: account", "one of this registry", movement.account_id)
    expect(f"{where}: bank of account {movement.account_id}", entity.bank_id, bank_id)
    deposit = Transfer(
        0,
        f"bank/{bank_id}/{movement.number}",
        0,
        Direction.DEPOSIT,
        movement.account_id,
        entity.registry_account_id,
        CASH,
        movement.amount_fen,
        TransferState.WAITING,
    )
    insert_transfer(context.store, deposit)
    _book(context, [come_in(deposit, bank_id)])
    crossings.came_in(context, deposit)


def _answered(
    context: Context, crossings: Crossings, instructed: Instructed, movement: BankMovement, where: str
) -> list[Instruction]:
    ordered = instructed.instruction
    if instructed.answer is not None or movement.word not in ANSWERS[ordered.order]:
        expected = "an answer that fits" if instructed.answer is None else f"none after {instructed.answer}"
        raise CorruptionError(where, expected, movement.word)
    save_answer(context.store, ordered.instruction_id, movement.word, movement.reason)
    if ordered.order is BankOrder.PAY_OUT:
        transfer = find_by_cause(context.store, ordered.instruction_id.removesuffix("/pay-out"))
        assert transfer is not None, f"expected a crossing of {ordered.instruction_id}, found none"
        crossings.bank_answered(context, transfer, is_paid=movement.word is BankWord.PAID_OUT)
    elif movement.word is BankWord.SENT:
        entries = [_sending(instructed)]
        if is_told(context.store, ordered.target_bank_id, BankWord.ARRIVED, ordered.instruction_id):
            entries.append(_arrival(instructed))  # the other bank was heard first
            save_arrival(context.store, ordered.instruction_id)
        _book(context, entries)
    elif movement.word is BankWord.REJECTED:
        text = f"{where} refused: {movement.reason}; the next delivery asks for it again"
        return [Tell(text, is_grave=True)]
    return []


def _sending(instructed: Instructed) -> Entry:
    return _funding(instructed, "sent", Bucket.BETWEEN_BANKS, 0, Bucket.BANK, instructed.bank_id)


def _arrival(instructed: Instructed) -> Entry:
    target = instructed.instruction.target_bank_id
    return _funding(instructed, "arrived", Bucket.BANK, target, Bucket.BETWEEN_BANKS, 0)


def _funding(
    instructed: Instructed, step: str, source: Bucket, source_id: int, target: Bucket, target_id: int
) -> Entry:
    """What a bank has less it has sent: a contra account that goes up holds less."""
    sent = instructed.instruction
    memo = f"bank {instructed.bank_id} to bank {sent.target_bank_id}"
    move = cash(source, source_id), cash(target, target_id), sent.amount_fen
    return transfer(EntryKind.FUNDING, f"{sent.instruction_id}/{step}", memo, [move])


def _book(context: Context, entries: list[Entry]) -> None:
    book(context.store, entries, context.moment.booking_day, context.moment.time_ns)
