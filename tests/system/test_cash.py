"""Cash, freezes and restrictions against the real exchange: its kernel holds, aborts, freezes and seals."""

import msgspec
import pytest

from exchange.client import Connection, address_of, credentials_of
from exchange.vocabulary.enums import Eligibility
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import read
from settlement.ledger.balances import balance_of
from settlement.ledger.check import check_ledger
from settlement.operations.audit import check_audit
from settlement.serials.check import check_serials
from settlement.store.breaks import open_breaks
from settlement.store.operations import Operation
from settlement.vocabulary.banking import BankMovement, BankWord
from settlement.vocabulary.chart import CASH, Bucket, cash
from settlement.vocabulary.operations import Institution, Level, OperationKind, OperationState, Person
from settlement.vocabulary.refusals import RefusalCode
from tests.system.cities import PATIENCE_S, Cities
from tests.system.test_transfers import ACCOUNT, CEA, ENTITY, HOLDER, Wuhan

OFFICER = Person("crc-1", Institution.REGISTRY, Level.OPERATOR)
REVIEWER = Person("crc-2", Institution.REGISTRY, Level.REVIEWER)

pytestmark = pytest.mark.timeout(2 * PATIENCE_S)


class Bank:
    """A bank that says what a test wants, in its numbered stream, and Wuhan's line to it."""

    def __init__(self, wuhan: Wuhan) -> None:
        self.wuhan = wuhan
        row = wuhan.store.row("SELECT bank_id FROM cash_account WHERE account_id = ?", (ACCOUNT,))
        assert row is not None
        self.bank_id: int = row[0]

    async def say(self, word: BankWord, name: str, amount_fen: int) -> None:
        number = self.wuhan.city.bank_number(self.bank_id) + 1
        movement = BankMovement(number, word, name, ACCOUNT, amount_fen, "the bank's own reason")
        await self.wuhan.obey(self.wuhan.city.take_bank(self.bank_id, [movement]))

    async def pay_out_of(self, operation: Operation) -> str:
        """Read the stream until the bank is told to pay a withdrawal out."""
        name = f"op/{operation.operation_id}/pay-out"
        while name not in [one.instruction_id for one in self.wuhan.city.bank_instructions(self.bank_id)]:
            await self.wuhan.hear()
        return name


async def withdraw(wuhan: Wuhan, amount_fen: int, key: str) -> Operation:
    data = msgspec.json.encode({"entity_id": ENTITY, "amount_fen": amount_fen})
    operation, said = wuhan.city.ask(HOLDER, key, OperationKind.WITHDRAW, data)
    await wuhan.obey(said)
    return operation


async def order(wuhan: Wuhan, key: str, kind: OperationKind, **fields: object) -> Operation:
    """Ask as a registry officer and have it approved."""
    asked, _ = wuhan.city.ask(OFFICER, key, kind, msgspec.json.encode({"entity_id": ENTITY, **fields}))
    operation, said = wuhan.city.approve(REVIEWER, asked.operation_id, asked.command_hash)
    await wuhan.obey(said)
    return operation


async def until_told(cities: Cities, kind: Kind, value: int) -> None:
    """Read the exchange's audit until a command of a kind took effect on the account with that value."""
    who, where = credentials_of(cities.data, "OPER02"), address_of(cities.data)
    line = await Connection.open(where, who, next_number=1)
    wanted = {"command_kind": kind, "account_id": ACCOUNT, "parameter_value": value}
    try:
        while (chunk := await line.receive()) is not None:
            for event in chunk.events[chunk.events["kind"] == Kind.COMMAND_DONE]:
                if wanted.items() <= read(event.tobytes()).items():
                    return
        raise AssertionError(f"the exchange ended the stream without {wanted}")
    finally:
        await line.close()


async def freeze_more_than_there_is(wuhan: Wuhan) -> None:
    """All that is free is frozen, found by halving; the rest stays ordered until a release lowers it."""
    lots = wuhan.has(Bucket.TRADING_AVAILABLE, ACCOUNT)
    paper = {"place": "trading", "contract_id": CEA, "document": "d"}
    short = await order(wuhan, "short", OperationKind.FREEZE, amount=2 * lots, **paper)
    while wuhan.has(Bucket.TRADING_AVAILABLE, ACCOUNT):
        await wuhan.hear()
    denied = await withdraw(wuhan, 1, "denied")
    assert denied.refusal is RefusalCode.FREEZE_INCOMPLETE
    lowered = await order(wuhan, "lower", OperationKind.RELEASE, amount=lots, **paper)
    assert lowered.state is OperationState.DONE
    assert (await wuhan.until_ended(short)).state is OperationState.DONE


async def test_the_real_exchange_carries_cash_freezes_and_restrictions(cities: Cities) -> None:
    wuhan = await Wuhan.beside(cities)
    store = wuhan.store
    bank = Bank(wuhan)

    def has(bucket: Bucket) -> int:
        return balance_of(store, cash(bucket, ACCOUNT))

    opening = has(Bucket.MEMBER_CASH)

    paid = await withdraw(wuhan, 500, "paid")
    await bank.say(BankWord.PAID_OUT, await bank.pay_out_of(paid), 500)
    assert (await wuhan.until_ended(paid)).state is OperationState.DONE
    assert has(Bucket.MEMBER_CASH) == opening - 500
    refused = await withdraw(wuhan, 300, "refused")
    await bank.say(BankWord.REJECTED, await bank.pay_out_of(refused), 300)
    ended = await wuhan.until_ended(refused)
    assert (ended.refusal, has(Bucket.MEMBER_CASH)) == (RefusalCode.BANK_REFUSED, opening - 500)
    more = await wuhan.until_ended(await withdraw(wuhan, opening, "more"))
    assert more.refusal is RefusalCode.SHANGHAI_REFUSED

    await bank.say(BankWord.PAID_IN, "counter/1", 700)
    assert has(Bucket.MEMBER_IN) == 700
    while has(Bucket.MEMBER_IN):
        await wuhan.hear()
    assert has(Bucket.MEMBER_CASH) == opening + 200

    for place, contract_id in (("trading", CEA), ("cash", CASH)):
        paper = {"place": place, "contract_id": contract_id, "document": "d"}
        frozen = await order(wuhan, f"freeze {place}", OperationKind.FREEZE, amount=90, **paper)
        assert (await wuhan.until_ended(frozen)).state is OperationState.DONE
        released = await order(wuhan, f"release {place}", OperationKind.RELEASE, amount=40, **paper)
        assert (await wuhan.until_ended(released)).state is OperationState.DONE
    assert (wuhan.has(Bucket.FROZEN, ACCOUNT), has(Bucket.MEMBER_FROZEN)) == (50, 50)

    may = {"may_buy": False, "may_sell": True, "may_move": True, "reason": "r"}
    restricted = await order(wuhan, "restrict", OperationKind.RESTRICT_ACCOUNT, **may)
    assert restricted.state is OperationState.DONE
    await until_told(cities, Kind.RESTRICT, Eligibility.SELL | Eligibility.CCER)

    await freeze_more_than_there_is(wuhan)

    # the bank does not answer this one before the day is over
    held = await withdraw(wuhan, 11, "held")
    name = await bank.pay_out_of(held)
    await wuhan.until_stage(Stage.STATED)
    assert open_breaks(store) == []
    assert (has(Bucket.MEMBER_HELD), has(Bucket.MEMBER_CASH)) == (11, opening + 200 - 50 - 11)
    await bank.say(BankWord.PAID_OUT, name, 11)
    assert has(Bucket.MEMBER_HELD) == 0
    assert -balance_of(store, cash(Bucket.BANK, bank.bank_id)) >= has(Bucket.MEMBER_CASH)
    check_ledger(store)
    check_serials(store)
    check_audit(store)
    await wuhan.close()
