"""Cash in and out by way of two banks, by whoever owns "available", through every cut of a day."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.units import market_time_ns
from settlement.errors import CorruptionError
from settlement.instructions import Tell
from settlement.ledger.balances import balances_now
from settlement.reports.statements import read_day_book, statement
from settlement.store.breaks import open_breaks
from settlement.store.database import MIGRATIONS, Store
from settlement.store.transfers import Direction, Transfer, TransferState, running_transfers
from settlement.vocabulary.banking import BankMovement, BankOrder, BankWord
from settlement.vocabulary.chart import CASH, Bucket
from settlement.vocabulary.entry_kinds import BreakKind
from settlement.vocabulary.operations import OperationKind, OperationState
from settlement.vocabulary.refusals import RefusalCode
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.place import ACCOUNT, BANK, DONE, ENTITY, HOLDER, NEXT_DAY, OPENING, RUNNING, Place
from tests.unit.settlement.test_day import FEES, TRADES
from tests.unit.settlement.town import CODES, Town


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_withdrawal_is_held_paid_and_committed(place: Place) -> None:
    asked = place.withdraw(500)
    place.town.pump()
    assert place.state(asked) == RUNNING
    assert place.members_cash == (OPENING, 0, 0), "nothing moves before the bank has paid"
    [order] = place.town.city.bank_instructions(BANK)
    assert (order.order, order.account_id, order.amount_fen) == (BankOrder.PAY_OUT, ACCOUNT, 500)
    place.work()
    assert place.state(asked) == DONE
    assert place.members_cash == (OPENING - 500, 0, 0)
    assert place.has(Bucket.BANK, BANK) == -(2 * OPENING - 500)
    place.finish()
    place.begin(FakeShanghai(NEXT_DAY, **FEES))
    assert place.shanghai.opening[ACCOUNT, CASH] == place.bank.sub_ledger[ACCOUNT]


def test_a_withdrawal_that_the_bank_refuses_is_given_back(place: Place) -> None:
    place.bank.rejects.add(ACCOUNT)
    asked = place.withdraw(500)
    place.town.pump()
    place.work()
    assert place.state(asked) == (OperationState.REFUSED, RefusalCode.BANK_REFUSED)
    assert place.shanghai.holds == {}
    assert place.members_cash == (OPENING, 0, 0)
    place.finish()


def test_more_than_there_is_and_the_days_proceeds_are_refused_by_shanghai(place: Place) -> None:
    place.shanghai.trade(1002, ACCOUNT, 1, 4_200, 100_000)
    place.town.pump()
    asked = place.withdraw(OPENING + 1)
    place.town.pump()
    assert place.state(asked) == (OperationState.REFUSED, RefusalCode.SHANGHAI_REFUSED)
    assert place.town.city.bank_instructions(BANK) == []
    place.finish()
    late = place.withdraw(2 * OPENING, "late")
    assert place.state(late) == (OperationState.REFUSED, RefusalCode.CASH_INSUFFICIENT)


def test_a_deposit_reaches_the_account_by_way_of_shanghai(place: Place) -> None:
    place.bank.pay_in(ACCOUNT, 700, "counter/1")
    said = place.banks.exchange(place.town.city)
    assert place.members_cash == (OPENING, 0, 700)
    place.town.obey(said)
    place.town.pump()
    assert place.members_cash == (OPENING + 700, 0, 0)
    assert place.shanghai.closing((ACCOUNT, CASH)) == OPENING + 700
    place.finish()
    rows = statement(read_day_book(place.town.store, place.shanghai.number, CODES), ACCOUNT).splitlines()
    assert rows[1].split(",")[-3:-1] == ["100000007.00", "0.00"], "the founding deposit is of that day too"


@pytest.mark.parametrize("is_read", [False, True])
def test_a_deposit_through_both_orders_of_a_crash(place: Place, is_read: bool) -> None:
    place.bank.pay_in(ACCOUNT, 700, "counter/1")
    said = place.banks.exchange(place.town.city)
    if is_read:
        place.town.obey(said)  # Shanghai has it; its answer is not read
    place.restart()
    assert place.members_cash == (OPENING + 700, 0, 0)
    assert place.shanghai.closing((ACCOUNT, CASH)) == OPENING + 700
    place.work()
    place.finish()


@pytest.mark.parametrize("cut", ["asked", "granted", "paid", "committed"])
@pytest.mark.parametrize("is_refused", [False, True])
def test_a_withdrawal_through_every_order_of_a_crash(place: Place, cut: str, is_refused: bool) -> None:
    if is_refused:
        place.bank.rejects.add(ACCOUNT)
    asked = place.withdraw(500, line_is_up=cut != "asked")
    if cut == "granted":
        place.town.city.take(place.town._taken, place.shanghai.events(place.town._taken))
    elif cut != "asked":
        place.town.pump()
        place.work(line_is_up=False)
        if cut == "committed":
            place.town.obey(place.town.city.resend())  # Shanghai has it; its answer is not read
    place.restart()
    place.work()
    if is_refused:
        assert place.state(asked) == (OperationState.REFUSED, RefusalCode.BANK_REFUSED)
    else:
        assert place.state(asked) == DONE
    assert place.members_cash == (OPENING - (0 if is_refused else 500), 0, 0)
    place.finish()


@pytest.mark.parametrize("is_refused", [False, True])
@pytest.mark.parametrize("answered", ["before", "between", "tomorrow"])
def test_a_hold_open_at_the_seal_waits_for_the_bank(place: Place, is_refused: bool, answered: str) -> None:
    if is_refused:
        place.bank.rejects.add(ACCOUNT)
    place.bank.is_open = False
    asked = place.withdraw(500)
    place.town.pump()
    if answered == "before":  # the bank has answered; what Shanghai was told of it is lost
        place.bank.is_open = True
        place.work(line_is_up=False)
    for trade in TRADES:
        place.shanghai.trade(*trade)
    place.shanghai.seal()
    place.town.pump(2)
    assert place.town.stage is Stage.STATED, "a silent bank holds nothing up"
    assert open_breaks(place.town.store) == []
    before = sum(place.members_cash)
    if answered == "tomorrow":
        assert place.has(Bucket.MEMBER_HELD) == 500
        place.begin(FakeShanghai(NEXT_DAY, **FEES))
        assert place.shanghai.opening[ACCOUNT, CASH] == before - 500, "what is held is not opened with"
    place.bank.is_open = True
    place.work()
    assert place.has(Bucket.MEMBER_HELD) == place.has(Bucket.MEMBER_IN) == 0
    if is_refused:
        assert place.state(asked) == (OperationState.REFUSED, RefusalCode.BANK_REFUSED)
        assert place.has(Bucket.MEMBER_CASH) == before
    else:
        assert place.state(asked) == DONE
        assert place.has(Bucket.MEMBER_CASH) == before - (0 if answered == "before" else 500)
    if answered != "tomorrow":
        place.agree()
        place.begin(FakeShanghai(NEXT_DAY, **FEES))
    place.finish()


def test_between_days_wuhan_moves_cash_itself(place: Place) -> None:
    place.finish()
    available = place.has(Bucket.MEMBER_CASH)
    place.bank.pay_in(ACCOUNT, 700, "counter/1")
    place.work()
    assert place.members_cash == (available + 700, 0, 0)
    asked = place.withdraw(900)
    assert place.members_cash == (available - 200, 900, 0)
    place.work()
    assert place.state(asked) == DONE
    refused = place.withdraw(100, "refused")
    place.bank.rejects.add(ACCOUNT)
    place.work()
    assert place.state(refused) == (OperationState.REFUSED, RefusalCode.BANK_REFUSED)
    assert place.members_cash == (available - 200, 0, 0)
    place.agree()


def test_what_comes_in_or_is_asked_between_seal_and_statements_waits(place: Place) -> None:
    place.shanghai.seal()
    events = place.shanghai.events(place.town._taken)
    said = place.town.city.take(place.town._taken, events)  # cleared, the result is not sent yet
    assert place.town.stage is Stage.CLEARED
    place.bank.pay_in(ACCOUNT, 700, "counter/1")
    place.banks.exchange(place.town.city)
    asked = place.withdraw(300)
    assert place.members_cash == (OPENING, 0, 700)
    place.town._taken += len(events)
    place.town.obey(said)
    place.town.pump()
    assert place.members_cash == (OPENING + 400, 300, 0)
    place.work()
    assert place.state(asked) == DONE
    place.agree()


def test_late_statements_restrict_cash_in_and_out(place: Place) -> None:
    place.shanghai.seal()
    events = place.shanghai.events(place.town._taken)
    said = place.town.city.take(place.town._taken, events)
    place.town.city.pass_time(market_time_ns(date(2021, 12, 16), 86_399))
    assert place.state(place.withdraw(300, "in time")) == RUNNING
    place.town.city.pass_time(market_time_ns(NEXT_DAY, 0))
    late = place.withdraw(300, "late")
    assert place.state(late) == (OperationState.REFUSED, RefusalCode.STATEMENTS_LATE)
    place.bank.pay_in(ACCOUNT, 700, "counter/1")
    place.banks.exchange(place.town.city)
    assert place.members_cash == (OPENING, 0, 700)
    place.town._taken += len(events)
    place.town.obey(said)
    place.town.pump()
    assert place.members_cash == (OPENING + 400, 300, 0)
    place.work()
    place.agree()


def test_a_deposit_that_shanghai_does_not_take_is_booked_after_the_day(place: Place) -> None:
    place.shanghai.taken_max = 10
    place.bank.pay_in(ACCOUNT, 700, "counter/1")
    place.work()
    assert place.members_cash == (OPENING, 0, 700)
    place.restart()
    assert place.shanghai.highest_transfer == 1, "it is not asked for again today"
    place.finish()
    assert place.members_cash[1:] == (0, 0)


def test_funds_follow_the_trades_between_banks(place: Place) -> None:
    place.finish()
    sends = [one for bank in place.banks.by_id.values() for one in bank.known.values()]
    assert [one.order for one in sends if one.order is BankOrder.SEND] == [BankOrder.SEND]
    assert place.banks.by_id[1].sub_ledger[0] == sum(place.shanghai.fees.values())


def test_funds_that_a_bank_refused_to_send_are_asked_for_with_the_next_delivery(place: Place) -> None:
    place.bank.rejects.add(0)
    for trade in TRADES:
        place.shanghai.trade(*trade)
    place.shanghai.seal()
    place.town.pump()
    place.work()
    graves = [one for one in place.town.told(Tell) if isinstance(one, Tell) and "not today" in one.text]
    assert len(graves) == 1
    assert graves[0].is_grave
    place.bank.rejects.clear()
    place.begin(FakeShanghai(NEXT_DAY, **FEES))
    place.finish()


def test_arrival_heard_before_the_sending(place: Place) -> None:
    for trade in TRADES:
        place.shanghai.trade(*trade)
    place.shanghai.seal()
    place.town.pump()
    city = place.town.city
    one = place.banks.by_id[1]
    for bank_id, bank in place.banks.by_id.items():
        bank.work(city.bank_instructions(bank_id), place.banks.by_id)
    city.take_bank(1, one.stream)
    assert place.has(Bucket.BANK, 1) == -2 * OPENING, "not booked before it has left the other bank"
    assert city.bank_balance(1, one.balance()) == []
    place.work()
    place.agree()


def test_what_a_bank_has_otherwise_is_a_break_of_that_account_until_it_agrees(place: Place) -> None:
    place.finish()
    place.bank.sub_ledger[ACCOUNT] += 1
    [told] = place.town.city.bank_balance(BANK, place.bank.balance())
    assert isinstance(told, Tell)
    [found] = open_breaks(place.town.store)
    assert (found.account_id, found.what) == (ACCOUNT, BreakKind.BANK_ACCOUNT)
    assert found.exchange_amount == found.registry_amount + 1
    asked = place.withdraw(100)
    assert place.state(asked) == (OperationState.REFUSED, RefusalCode.BROKEN_ACCOUNT)
    place.begin(FakeShanghai(NEXT_DAY, **FEES))
    place.shanghai.seal()
    place.town.pump()
    assert len(open_breaks(place.town.store)) == 1, "Shanghai's seal does not close a bank's break"
    place.town.city.bank_balance(1, place.banks.by_id[1].balance())
    assert len(open_breaks(place.town.store)) == 1, "nor does another bank's"
    place.bank.sub_ledger[ACCOUNT] -= 1
    place.town.city.bank_balance(BANK, place.bank.balance())
    assert len(open_breaks(place.town.store)) == 1, "nor does the bank by mending its books"
    assert place.town.close_breaks("the bank had booked a fen too many") == 1
    assert place.state(place.withdraw(100, "again")) == RUNNING


def test_a_bank_whose_total_is_not_its_ledgers_is_a_break(place: Place) -> None:
    place.finish()
    place.bank.total -= 5
    place.town.city.bank_balance(BANK, place.bank.balance())
    assert [found.what for found in open_breaks(place.town.store)] == [BreakKind.BANK_TOTAL]
    place.bank.total += 5
    assert place.town.close_breaks("five fen were on their way") == 1
    place.agree()


def test_what_is_paid_in_for_a_closed_account_waits_at_its_bank(place: Place) -> None:
    names = {"kind": "noise", "name_zh": "新", "name_en": "New"}
    numbers = {"entity_id": 9, "account_id": 2009, "member_id": 99, "province_id": 1, "bank_id": BANK}
    opened = place.town.by_registry(OperationKind.OPEN_ACCOUNT, **numbers, **names)
    assert opened.state is OperationState.DONE
    place.bank.sub_ledger[2009] = 0
    assert place.town.by_registry(OperationKind.CLOSE_ACCOUNT, entity_id=9).state is OperationState.DONE
    assert place.shanghai.eligibility == {2009: 0}, "Shanghai began the day with the account"
    place.bank.pay_in(2009, 700, "counter/1")
    place.work()
    assert (place.has(Bucket.MEMBER_IN, 2009), place.has(Bucket.MEMBER_CASH, 2009)) == (700, 0)
    place.finish()
    assert (place.has(Bucket.MEMBER_IN, 2009), place.has(Bucket.MEMBER_CASH, 2009)) == (700, 0)
    place.begin(FakeShanghai(NEXT_DAY, **FEES))
    assert place.shanghai.eligibility == {}
    place.finish()


def test_books_are_not_compared_while_something_is_open(place: Place) -> None:
    place.withdraw(500)
    place.town.pump()
    assert place.town.city.bank_balance(BANK, place.bank.balance()._replace(total_fen=0)) == []
    place.work(line_is_up=False)  # paid, Shanghai has not let it go yet
    assert place.town.city.bank_balance(BANK, place.bank.balance()._replace(total_fen=0)) == []
    place.town.obey(place.town.city.resend())
    place.town.pump()
    assert len(place.town.city.bank_balance(BANK, place.bank.balance()._replace(total_fen=0))) == 1
    assert place.town.close_breaks("the test said so") == 1
    place.agree()
    place.finish()


def test_movements_are_taken_once_and_in_order(place: Place) -> None:
    place.bank.pay_in(ACCOUNT, 700, "counter/1")
    place.bank.pay_in(ACCOUNT, 20, "counter/2")
    with pytest.raises(CorruptionError, match="next movement"):
        place.town.city.take_bank(BANK, place.bank.stream[1:])
    for _ in range(2):
        place.town.obey(place.town.city.take_bank(BANK, place.bank.stream))
    place.town.pump()
    assert place.members_cash == (OPENING + 720, 0, 0)
    place.finish()


def first(word: BankWord, name: str, account_id: int, amount_fen: int) -> BankMovement:
    return BankMovement(1, word, name, account_id, amount_fen)


@pytest.mark.parametrize(
    "wrong",
    [
        first(BankWord.PAID_IN, "x", 999, 10),
        first(BankWord.PAID_IN, "x", 1002, 10),  # another bank's
        first(BankWord.PAID_IN, "x", ACCOUNT, -10),
        first(BankWord.PAID_OUT, "x", ACCOUNT, 10),
        first(BankWord.PAID_OUT, "op/1/pay-out", ACCOUNT, 499),
        first(BankWord.PAID_OUT, "op/1/pay-out", 1003, 500),
        first(BankWord.SETTLED, "op/1/pay-out", ACCOUNT, 500),
        first(BankWord.ARRIVED, "op/1/pay-out", 0, 500),
    ],
)
def test_what_a_bank_cannot_have_said_is_corruption(place: Place, wrong: BankMovement) -> None:
    place.withdraw(500)
    place.town.pump()
    before = balances_now(place.town.store)
    with pytest.raises(CorruptionError):
        place.town.city.take_bank(BANK, [wrong])
    assert balances_now(place.town.store) == before
    place.work()
    place.finish()


def test_before_the_first_day_nothing_is_taken_from_a_bank(tmp_path: Path) -> None:
    town = Town(tmp_path)
    assert town.city.take_bank(1, [first(BankWord.PAID_IN, "x", ACCOUNT, 10)]) == []
    assert town.city.bank_number(1) == 0


def test_units_and_cash_share_the_numbers_of_the_day(place: Place) -> None:
    data = f'{{"entity_id": {ENTITY}, "contract_id": 1, "lots": 7}}'.encode()
    _, said = place.town.city.ask(HOLDER, "units", OperationKind.TO_REGISTRY, data)
    place.town.obey(said)
    place.withdraw(500)
    place.bank.pay_in(ACCOUNT, 700, "counter/1")
    place.work()
    asks = (Kind.HOLD_REQUEST, Kind.DEPOSIT)
    numbers = [c["transfer_id"] for c in place.shanghai.commands if c["kind"] in asks]
    assert numbers == [1, 2, 3]
    place.work()
    assert running_transfers(place.town.store) == []
    place.finish()


def test_a_store_of_before_keeps_its_transfers_as_crossings(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "wuhan.sqlite")
    for script in sorted(MIGRATIONS.glob("000[1-8]_*.sql")):
        connection.executescript(script.read_text(encoding="utf-8"))
    connection.executescript(
        "PRAGMA foreign_keys = OFF; PRAGMA user_version = 8;"
        "INSERT INTO city_transfer VALUES (7, 'to-registry', 1001, 1, 1, 300, 'held', 8020, 2, 9);"
        "INSERT INTO city_transfer VALUES (8, 'to-trading', 1002, 2, 1, 40, 'waiting', 0, 0, 0);"
    )
    connection.close()
    store = Store.open(tmp_path / "wuhan.sqlite")
    assert running_transfers(store) == [
        Transfer(
            7,
            "op/7",
            7,
            Direction.TO_REGISTRY,
            1001,
            1,
            1,
            300,
            TransferState.HELD,
            8020,
            2,
            9,
            held_day=8020,
        ),
        Transfer(8, "op/8", 8, Direction.TO_TRADING, 1002, 2, 1, 40, TransferState.WAITING),
    ]
    store.close()
