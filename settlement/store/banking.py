"""The settlement banks as rows: what each was instructed, what became of it, every movement it told."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from settlement.limits import BANK_INSTRUCTIONS_MAX
from settlement.store.database import Store
from settlement.vocabulary.banking import BankInstruction, BankMovement, BankOrder, BankWord


class Instructed(NamedTuple):
    """An instruction with the bank that it went to and what became of it."""

    bank_id: int
    instruction: BankInstruction
    answer: BankWord | None
    reason: str
    has_arrived: bool  # a SEND: at the other bank


_COLUMNS: Final = "instruction_id, bank_order, account_id, amount_fen, target_bank_id"
_SELECT: Final = f"SELECT bank_id, {_COLUMNS}, answer, reason, has_arrived FROM bank_instruction"


def insert_instructions(store: Store, bank_id: int, instructions: Iterable[BankInstruction]) -> None:
    """Keep what a bank is to do, in the transaction that decides it."""
    store.require_transaction()
    store.execute_many(
        f"INSERT INTO bank_instruction (bank_id, {_COLUMNS}, answer, reason, has_arrived)"
        " VALUES (?, ?, ?, ?, ?, ?, '', '', 0)",
        [(bank_id, *one) for one in instructions],
    )


def find_instruction(store: Store, instruction_id: str) -> Instructed | None:
    """One instruction."""
    row = store.row(f"{_SELECT} WHERE instruction_id = ?", (instruction_id,))
    return _instructed(row) if row else None


def open_instructions(store: Store, bank_id: int) -> list[BankInstruction]:
    """What a bank has not answered yet, oldest first, at most BANK_INSTRUCTIONS_MAX."""
    rows = store.rows(
        f"{_SELECT} WHERE bank_id = ? AND answer = '' ORDER BY instruction_number LIMIT ?",
        (bank_id, BANK_INSTRUCTIONS_MAX),
    )
    return [_instructed(row).instruction for row in rows]


def sends_under_way(store: Store) -> list[Instructed]:
    """Every SEND whose money has not come in yet and was not refused."""
    rows = store.rows(f"{_SELECT} WHERE bank_order = 'send' AND has_arrived = 0 AND answer <> 'rejected'")
    return [_instructed(row) for row in rows]


def save_answer(store: Store, instruction_id: str, answer: BankWord, reason: str) -> None:
    """Keep a bank's answer."""
    store.require_transaction()
    store.execute(
        "UPDATE bank_instruction SET answer = ?, reason = ? WHERE instruction_id = ?",
        (answer, reason, instruction_id),
    )


def save_arrival(store: Store, instruction_id: str) -> None:
    """Keep that a SEND has come in and is booked."""
    store.require_transaction()
    store.execute("UPDATE bank_instruction SET has_arrived = 1 WHERE instruction_id = ?", (instruction_id,))


def newest_number(store: Store, bank_id: int) -> int:
    """Number of the newest movement taken; 0 = none."""
    return store.number("SELECT MAX(number) FROM bank_movement WHERE bank_id = ?", (bank_id,))


def insert_movement(store: Store, bank_id: int, movement: BankMovement, trading_day: int) -> None:
    """Keep one line of a bank's stream."""
    store.require_transaction()
    store.execute(
        "INSERT INTO bank_movement (bank_id, number, word, instruction_id, account_id, amount_fen, reason,"
        " trading_day) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (bank_id, *movement, trading_day),
    )


def is_told(store: Store, bank_id: int, word: BankWord, instruction_id: str) -> bool:
    """Whether a bank has told that word about that instruction."""
    sql = "SELECT 1 FROM bank_movement WHERE bank_id = ? AND word = ? AND instruction_id = ?"
    return store.row(sql, (bank_id, word, instruction_id)) is not None


def bank_of_account(store: Store) -> dict[int, int]:
    """The settlement bank of every trading account's cash."""
    return dict(store.rows("SELECT account_id, bank_id FROM cash_account"))


def _instructed(row: tuple[Any, ...]) -> Instructed:
    bank_id, instruction_id, order, *rest, answer, reason, has_arrived = row
    instruction = BankInstruction(instruction_id, BankOrder(order), *rest)
    return Instructed(bank_id, instruction, BankWord(answer) if answer else None, reason, bool(has_arrived))
