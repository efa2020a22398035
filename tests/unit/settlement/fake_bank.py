"""Settlement banks made of dicts, for tests: they carry out what they are told to, refuse or say nothing."""

from collections.abc import Sequence

from settlement.city import City
from settlement.instructions import Instruction
from settlement.registry.accounts import Holder
from settlement.vocabulary.banking import BankBalance, BankInstruction, BankMovement, BankOrder, BankWord

INSTITUTIONS = 0


class FakeBank:
    """One bank; its books move when it says so, and only then."""

    def __init__(self, bank_id: int, holders: Sequence[Holder]) -> None:
        self.bank_id = bank_id
        self.sub_ledger = {h.account_id: h.opening_cash_fen for h in holders if h.bank_id == bank_id}
        self.total = sum(self.sub_ledger.values())
        self.stream: list[BankMovement] = []
        self.known: dict[str, BankInstruction] = {}
        self.is_open = True
        self.rejects: set[int] = set()  # accounts whose pay-outs are refused; 0: every SEND

    def pay_in(self, account_id: int, amount_fen: int, reference: str) -> None:
        """A member pays in at the counter."""
        self.sub_ledger[account_id] += amount_fen
        self.total += amount_fen
        self._say(BankWord.PAID_IN, reference, account_id, amount_fen)

    def work(self, instructions: Sequence[BankInstruction], others: dict[int, "FakeBank"]) -> None:
        """Carry out what is new; the same again is harmless."""
        for one in instructions:
            if one.instruction_id in self.known:
                assert self.known[one.instruction_id] == one
            elif self.is_open:
                self.known[one.instruction_id] = one
                self._carry_out(one, others)

    def _carry_out(self, one: BankInstruction, others: dict[int, "FakeBank"]) -> None:
        if one.account_id in self.rejects and one.order is not BankOrder.SETTLE:
            self._say(BankWord.REJECTED, one.instruction_id, one.account_id, one.amount_fen, "not today")
            return
        if one.order is BankOrder.SETTLE:
            self.sub_ledger[one.account_id] = self.sub_ledger.get(one.account_id, 0) + one.amount_fen
            self._say(BankWord.SETTLED, one.instruction_id, one.account_id, one.amount_fen)
            return
        self.total -= one.amount_fen
        if one.order is BankOrder.PAY_OUT:
            self.sub_ledger[one.account_id] -= one.amount_fen
            self._say(BankWord.PAID_OUT, one.instruction_id, one.account_id, one.amount_fen)
            return
        self._say(BankWord.SENT, one.instruction_id, INSTITUTIONS, one.amount_fen)
        target = others[one.target_bank_id]
        target.total += one.amount_fen
        target._say(BankWord.ARRIVED, one.instruction_id, INSTITUTIONS, one.amount_fen)

    def _say(self, word: BankWord, name: str, account_id: int, amount_fen: int, reason: str = "") -> None:
        number = len(self.stream) + 1
        self.stream.append(BankMovement(number, word, name, account_id, amount_fen, reason))

    def balance(self) -> BankBalance:
        """The books after the newest movement."""
        return BankBalance(len(self.stream), self.total, dict(self.sub_ledger))


class Banks:
    """All banks of a town, and the line between them and Wuhan."""

    def __init__(self, holders: Sequence[Holder], reserve_fen: int = 0, count: int = 2) -> None:
        self.by_id = {bank_id: FakeBank(bank_id, holders) for bank_id in range(1, count + 1)}
        if reserve_fen:
            self.by_id[1].sub_ledger[INSTITUTIONS] = reserve_fen
            self.by_id[1].total += reserve_fen

    def exchange(self, city: City) -> list[Instruction]:
        """Instructions out, movements in, until nothing moves; gives what the core says to Shanghai."""
        said: list[Instruction] = []
        moved = True
        while moved:
            moved = False
            for bank_id, bank in self.by_id.items():
                bank.work(city.bank_instructions(bank_id), self.by_id)
                fresh = bank.stream[city.bank_number(bank_id) :]
                said += city.take_bank(bank_id, fresh)
                moved = moved or bool(fresh)
        return said
