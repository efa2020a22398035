"""A town with two settlement banks, and what the tests of cash and freezes do in it."""

from datetime import date
from pathlib import Path

from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.ledger.balances import balance_of
from settlement.ledger.check import check_ledger
from settlement.operations.audit import check_audit
from settlement.serials.check import check_serials
from settlement.store.breaks import open_breaks
from settlement.store.operations import Operation, read_operation
from settlement.vocabulary.chart import Bucket, cash
from settlement.vocabulary.operations import Institution, Level, OperationKind, OperationState, Person
from settlement.vocabulary.refusals import RefusalCode
from tests.unit.settlement.fake_bank import Banks
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.test_day import FEES, TRADES
from tests.unit.settlement.town import Town, holders

ENTITY, ACCOUNT, BANK = 1, 1001, 2
HOLDER = Person("holder-1", Institution.HOLDER, Level.OPERATOR, ENTITY)
OPENING = 10_000_000_000
NEXT_DAY = date(2021, 12, 17)

DONE = (OperationState.DONE, RefusalCode.NONE)
RUNNING = (OperationState.RUNNING, RefusalCode.NONE)


class Place:
    """Both cities and two banks; Anna (account 1001) and Carl are at bank 2, Ben and Dora at bank 1."""

    def __init__(self, folder: Path, *, is_matched_frozen: bool = False, reserve_fen: int = 0) -> None:
        people = tuple(h._replace(bank_id=1 + h.account_id % 2) for h in holders())
        self.town = Town(folder, people, is_matched_frozen=is_matched_frozen, reserve_fen=reserve_fen)
        self.banks = Banks(people, reserve_fen)
        self.bank = self.banks.by_id[BANK]
        self.begin(FakeShanghai(**FEES))

    def begin(self, shanghai: FakeShanghai) -> None:
        self.shanghai = shanghai
        self.town.connect(shanghai)
        self.town.pump()

    def withdraw(self, amount_fen: int, key: str = "w", *, line_is_up: bool = True) -> Operation:
        data = f'{{"entity_id": {ENTITY}, "amount_fen": {amount_fen}}}'.encode()
        operation, said = self.town.city.ask(HOLDER, key, OperationKind.WITHDRAW, data)
        self.town.obey(said, line_holds=lambda data: line_is_up)
        return operation

    def work(self, *, line_is_up: bool = True) -> None:
        """The banks do their part, then Shanghai its own."""
        self.town.obey(self.banks.exchange(self.town.city), line_holds=lambda data: line_is_up)
        if line_is_up:
            self.town.pump()

    def restart(self) -> None:
        self.town.kill()
        self.town.start()
        self.town.connect(self.shanghai)
        self.town.pump()

    def state(self, operation: Operation) -> tuple[OperationState, RefusalCode]:
        found = read_operation(self.town.store, operation.operation_id)
        assert found is not None
        return found.state, found.refusal

    def has(self, bucket: Bucket, owner: int = ACCOUNT) -> int:
        return balance_of(self.town.store, cash(bucket, owner))

    @property
    def members_cash(self) -> tuple[int, int, int]:
        """Available, held and coming in."""
        return self.has(Bucket.MEMBER_CASH), self.has(Bucket.MEMBER_HELD), self.has(Bucket.MEMBER_IN)

    def finish(self) -> None:
        """Trade, seal, settle; both cities and both banks agree to the fen."""
        self.finish_day()
        self.agree()

    def finish_day(self) -> None:
        """Trade, seal, settle; the banks have answered."""
        for trade in TRADES:
            self.shanghai.trade(*trade)
        self.shanghai.seal()
        self.town.pump(2)
        assert self.town.stage is Stage.STATED
        self.work()

    def agree(self) -> None:
        for bank_id, bank in self.banks.by_id.items():
            assert self.town.city.bank_instructions(bank_id) == []
            assert self.town.city.bank_balance(bank_id, bank.balance()) == []
            assert -self.has(Bucket.BANK, bank_id) == bank.total == sum(bank.sub_ledger.values())
        assert self.has(Bucket.BETWEEN_BANKS, 0) == 0
        assert open_breaks(self.town.store) == []
        self.prove()

    def prove(self) -> None:
        check_ledger(self.town.store)
        check_serials(self.town.store)
        check_audit(self.town.store)
