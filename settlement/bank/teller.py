"""A bank at work: what comes in, to movements, each in one transaction with the balances it changes."""

from collections.abc import Iterable

from settlement.bank.books import Effect, Rules, arrived, carry_out, paid_in
from settlement.bank.store import BankStore, Received
from settlement.limits import BANK_WAITING_MAX
from settlement.vocabulary.banking import BankInstruction, BankMovement, BankWord


class Conflict(Exception):
    """The same name was used before for something else: nothing was changed."""

    def __init__(self, name: str, expected: object, found: object) -> None:
        super().__init__(f"{name} is known: expected {expected}, found {found}")


class Unserved(Exception):
    """What was asked at the counter cannot be done now; the text says why."""


class Full(Exception):
    """Too many instructions wait: come again when some are answered."""


class Teller:
    """Takes instructions, deposits and arrivals. Asking the same again gives the same answer."""

    def __init__(self, store: BankStore, rules: Rules) -> None:
        self._store = store
        self._rules = rules

    def receive(self, instruction: BankInstruction) -> int:
        """Take an instruction; the number of the movement that answers it, 0 while it waits."""
        known = self._store.find(instruction.instruction_id)
        if known is not None:
            if known.instruction != instruction:
                raise Conflict(instruction.instruction_id, known.instruction, instruction)
            return known.answer_number
        if self._store.waiting_count >= BANK_WAITING_MAX:
            raise Full(f"{BANK_WAITING_MAX} instructions wait")
        with self._store.transaction():
            received = self._store.receive(instruction)
            if not self._store.is_open:
                return 0
            movement = self._try(received)
            if movement is not None and movement.word is BankWord.SETTLED:
                self._try_all(self._store.waiting())
            return movement.number if movement else 0

    def pay_in(self, reference: str, account_id: int, amount_fen: int) -> BankMovement:
        """A member pays in at the counter."""
        known = self._store.movement_of(BankWord.PAID_IN, reference)
        if known is not None:
            _require_same(known, account_id, amount_fen)
            return known
        if not self._store.is_open:
            raise Unserved("the bank is closed: come when it is open")
        if self._store.held(account_id).account_fen is None or account_id == 0:
            raise Unserved(f"account_id: expected one with a sub-ledger at this bank, found {account_id}")
        return self._credit(reference, account_id, amount_fen, paid_in(amount_fen))

    def take_arrival(self, instruction_id: str, amount_fen: int) -> BankMovement:
        """Another bank's SEND comes in, by day or night."""
        known = self._store.movement_of(BankWord.ARRIVED, instruction_id)
        if known is not None:
            _require_same(known, 0, amount_fen)
            return known
        return self._credit(instruction_id, 0, amount_fen, arrived(amount_fen))

    def set_open(self, is_open: bool) -> None:
        """Open, and carry out what has waited for it; or close."""
        with self._store.transaction():
            self._store.set_open(is_open)
            if is_open:
                self._try_all(self._store.waiting())

    def acknowledge(self, number: int) -> None:
        """Another bank has what left with that movement."""
        with self._store.transaction():
            self._store.acknowledge(number)

    def _credit(self, name: str, account_id: int, amount_fen: int, effect: Effect) -> BankMovement:
        with self._store.transaction():
            movement = self._store.move(name, account_id, amount_fen, effect)
            if self._store.is_open:
                self._try_all(self._store.waiting())
            return movement

    def _try_all(self, waiting: Iterable[Received]) -> None:
        """In the order in which they came; what still cannot be carried out waits on and stops nobody."""
        for received in waiting:
            self._try(received)

    def _try(self, received: Received) -> BankMovement | None:
        instruction = received.instruction
        held = self._store.held(instruction.account_id)
        effect = carry_out(instruction, received.outgoing_number, held, self._rules)
        if effect is None:
            return None
        movement = self._store.move(
            instruction.instruction_id, instruction.account_id, instruction.amount_fen, effect
        )
        self._store.answer(instruction, movement)
        return movement


def _require_same(known: BankMovement, account_id: int, amount_fen: int) -> None:
    if (known.account_id, known.amount_fen) != (account_id, amount_fen):
        expected = f"account {known.account_id}, {known.amount_fen} fen"
        raise Conflict(known.instruction_id, expected, f"account {account_id}, {amount_fen} fen")
