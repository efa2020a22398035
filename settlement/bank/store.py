"""A settlement bank's own store: SQLite, durable at every commit. One connection, one thread."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from settlement.bank.books import Effect, Held
from settlement.errors import ConfigurationError, CorruptionError, expect
from settlement.sqlite import connect, make_durable, transaction
from settlement.vocabulary.banking import BankBalance, BankInstruction, BankMovement, BankOrder, BankWord

SCHEMA: Final = Path(__file__).with_name("schema.sql")
SCHEMA_VERSION: Final = 1


class Identity(NamedTuple):
    """Which bank of which season a store is for."""

    bank_id: int
    scenario: str
    members: int


class Received(NamedTuple):
    """An instruction as it was received, and the number of its answer; 0 = it waits."""

    instruction: BankInstruction
    outgoing_number: int
    answer_number: int


class Delivery(NamedTuple):
    """What has left for another bank and is not acknowledged yet."""

    number: int
    instruction_id: str
    amount_fen: int


class BankStore:
    """The books of one bank; everything that changes them stands in `transaction`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path, identity: Identity, opening_fen: Mapping[int, int]) -> "BankStore":
        """Open the store, made with the opening balances where there is none; prove its balances."""
        connection = connect(path)
        try:
            make_durable(connection)
            store = cls(connection)
            store._make_or_check(identity, opening_fen)
            store.check()
        except BaseException:
            connection.close()
            raise
        return store

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is committed together, or nothing is."""
        with transaction(self._connection):
            yield

    def _make_or_check(self, identity: Identity, opening_fen: Mapping[int, int]) -> None:
        version = self._integer("PRAGMA user_version")
        if version == 0:
            script = SCHEMA.read_text(encoding="utf-8")
            with self.transaction():
                for statement in _statements(script):
                    self._connection.execute(statement)
                total = sum(opening_fen.values())
                self._connection.execute(
                    "INSERT INTO bank (row_id, bank_id, scenario, members, is_open, opening_fen, total_fen)"
                    " VALUES (1, ?, ?, ?, 1, ?, ?)",
                    (*identity, total, total),
                )
                self._connection.executemany(
                    "INSERT INTO sub_ledger (account_id, opening_fen, amount_fen) VALUES (?, ?, ?)",
                    [(account_id, fen, fen) for account_id, fen in sorted(opening_fen.items())],
                )
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        else:
            expect("schema of the bank's store", SCHEMA_VERSION, version)
        found = Identity(*self._row("SELECT bank_id, scenario, members FROM bank"))
        if found != identity:
            raise ConfigurationError(
                f"this store holds {found}; expected that, asked for {identity}: start with another --data"
            )

    # ---- what is there

    @property
    def is_open(self) -> bool:
        """Whether instructions are carried out now."""
        return bool(self._integer("SELECT is_open FROM bank"))

    @property
    def newest_number(self) -> int:
        """Number of the newest movement; 0 = none."""
        return self._integer("SELECT COALESCE(MAX(number), 0) FROM movement")

    @property
    def waiting_count(self) -> int:
        """Instructions received and not answered."""
        return self._integer("SELECT COUNT(*) FROM instruction WHERE answer_number IS NULL")

    def held(self, account_id: int) -> Held:
        """The special account and one sub-ledger."""
        row = self._connection.execute(
            "SELECT amount_fen FROM sub_ledger WHERE account_id = ?", (account_id,)
        ).fetchone()
        return Held(self._integer("SELECT total_fen FROM bank"), row[0] if row else None)

    def find(self, instruction_id: str) -> Received | None:
        """An instruction received before."""
        rows = self._received("WHERE instruction_id = ?", (instruction_id,))
        return rows[0] if rows else None

    def waiting(self) -> list[Received]:
        """Every instruction not answered, in the order in which they came."""
        return self._received("WHERE answer_number IS NULL ORDER BY instruction_number")

    def _received(self, where: str, values: tuple[Any, ...] = ()) -> list[Received]:
        sql = (
            "SELECT instruction_id, bank_order, account_id, amount_fen, target_bank_id, outgoing_number,"
            f" COALESCE(answer_number, 0) FROM instruction {where}"
        )
        return [
            Received(BankInstruction(name, BankOrder(order), *rest), outgoing, answer)
            for name, order, *rest, outgoing, answer in self._connection.execute(sql, values)
        ]

    def movement_of(self, word: BankWord, name: str) -> BankMovement | None:
        """The movement of that word about that name."""
        found = self._movements("WHERE word = ? AND instruction_id = ?", (word, name))
        return found[0] if found else None

    def movements(self, after: int, limit: int) -> list[BankMovement]:
        """Movements with a higher number, in order."""
        return self._movements("WHERE number > ? ORDER BY number LIMIT ?", (after, limit))

    def _movements(self, where: str, values: tuple[Any, ...]) -> list[BankMovement]:
        sql = f"SELECT number, word, instruction_id, account_id, amount_fen, reason FROM movement {where}"
        return [
            BankMovement(number, BankWord(word), *rest)
            for number, word, *rest in self._connection.execute(sql, values)
        ]

    def balance(self) -> BankBalance:
        """The books as they stand."""
        sub_ledger = dict(self._connection.execute("SELECT account_id, amount_fen FROM sub_ledger"))
        return BankBalance(self.newest_number, self._integer("SELECT total_fen FROM bank"), sub_ledger)

    def under_way(self, target_bank_id: int, limit: int) -> list[Delivery]:
        """What that bank has not acknowledged, oldest first."""
        sql = (
            "SELECT number, instruction_id, amount_fen FROM delivery"
            " WHERE target_bank_id = ? AND is_acknowledged = 0 ORDER BY number LIMIT ?"
        )
        return [Delivery(*row) for row in self._connection.execute(sql, (target_bank_id, limit))]

    # ---- what changes it, in a transaction of the caller

    def set_open(self, is_open: bool) -> None:
        """Open or close."""
        self._connection.execute("UPDATE bank SET is_open = ?", (int(is_open),))

    def receive(self, instruction: BankInstruction) -> Received:
        """Keep a new instruction."""
        counted = 0
        if instruction.order is not BankOrder.SETTLE:
            counted = 1 + self._integer("SELECT COALESCE(MAX(outgoing_number), 0) FROM instruction")
        self._connection.execute(
            "INSERT INTO instruction (instruction_id, bank_order, account_id, amount_fen, target_bank_id,"
            " outgoing_number) VALUES (?, ?, ?, ?, ?, ?)",
            (*instruction, counted),
        )
        return Received(instruction, counted, 0)

    def move(self, name: str, account_id: int, amount_fen: int, effect: Effect) -> BankMovement:
        """Write one movement and change the balances by it."""
        movement = BankMovement(
            self.newest_number + 1, effect.word, name, account_id, amount_fen, effect.reason
        )
        self._connection.execute("INSERT INTO movement VALUES (?, ?, ?, ?, ?, ?)", movement)
        if effect.total_change_fen:
            self._connection.execute("UPDATE bank SET total_fen = total_fen + ?", (effect.total_change_fen,))
        if effect.account_change_fen:
            self._connection.execute(
                "INSERT INTO sub_ledger (account_id, opening_fen, amount_fen) VALUES (?, 0, 0)"
                " ON CONFLICT DO NOTHING",
                (account_id,),
            )
            self._connection.execute(
                "UPDATE sub_ledger SET amount_fen = amount_fen + ? WHERE account_id = ?",
                (effect.account_change_fen, account_id),
            )
        return movement

    def answer(self, instruction: BankInstruction, movement: BankMovement) -> None:
        """Keep which movement answers an instruction; what has left for another bank is to be delivered."""
        self._connection.execute(
            "UPDATE instruction SET answer_number = ? WHERE instruction_id = ?",
            (movement.number, instruction.instruction_id),
        )
        if movement.word is BankWord.SENT:
            self._connection.execute(
                "INSERT INTO delivery VALUES (?, ?, ?, ?, 0)",
                (
                    movement.number,
                    instruction.instruction_id,
                    instruction.target_bank_id,
                    instruction.amount_fen,
                ),
            )

    def acknowledge(self, number: int) -> None:
        """The other bank has it."""
        self._connection.execute("UPDATE delivery SET is_acknowledged = 1 WHERE number = ?", (number,))

    # ---- proof

    def check(self) -> None:
        """Replay the stream from the opening balances; CorruptionError where it gives something else."""
        opening = dict(self._connection.execute("SELECT account_id, opening_fen FROM sub_ledger"))
        total = self._integer("SELECT opening_fen FROM bank")
        number = 0
        for number, movement in enumerate(self.movements(0, -1), 1):
            expect("bank: number of a movement", number, movement.number)
            total_change, account_change = _changes(movement)
            total += total_change
            if account_change:
                opening[movement.account_id] = opening.get(movement.account_id, 0) + account_change
        if self.balance() != BankBalance(number, total, opening):
            raise CorruptionError("balances of the bank", BankBalance(number, total, opening), self.balance())

    def _integer(self, sql: str) -> int:
        return int(self._row(sql)[0])

    def _row(self, sql: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] = self._connection.execute(sql).fetchone()
        return row


def _changes(movement: BankMovement) -> tuple[int, int]:
    """By how much a movement changes the special account and the sub-ledger that it names."""
    amount_fen = movement.amount_fen
    return {
        BankWord.PAID_IN: (amount_fen, amount_fen),
        BankWord.PAID_OUT: (-amount_fen, -amount_fen),
        BankWord.REJECTED: (0, 0),
        BankWord.SENT: (-amount_fen, 0),
        BankWord.ARRIVED: (amount_fen, 0),
        BankWord.SETTLED: (0, amount_fen),
    }[movement.word]


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: executescript would commit what is open."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
