"""Freezes in trading and of cash, releases, restrictions: by whoever owns "available", until whole."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from exchange.vocabulary.enums import Eligibility
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.rejects import RejectReason
from settlement.instructions import Tell
from settlement.ledger.balances import balance_of
from settlement.store.freezes import read_order
from settlement.store.operations import Operation
from settlement.vocabulary.chart import CASH, Bucket, LedgerKey, cash, units
from settlement.vocabulary.operations import Institution, Level, OperationKind, OperationState, Person
from settlement.vocabulary.refusals import RefusalCode
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.place import ACCOUNT, DONE, ENTITY, HOLDER, NEXT_DAY, OPENING, RUNNING, Place
from tests.unit.settlement.test_day import FEES
from tests.unit.settlement.town import CEA

OFFICER = Person("crc-1", Institution.REGISTRY, Level.OPERATOR)
REVIEWER = Person("crc-2", Institution.REGISTRY, Level.REVIEWER)
LOTS = 1_000_000
ALL = int(Eligibility.BUY | Eligibility.SELL | Eligibility.CCER)
UNITS, MONEY = ("trading", CEA), ("cash", CASH)
AVAILABLE = {
    CEA: units(CEA, Bucket.TRADING_AVAILABLE, ACCOUNT),
    CASH: cash(Bucket.MEMBER_CASH, ACCOUNT),
}
FROZEN = {CEA: units(CEA, Bucket.FROZEN, ACCOUNT), CASH: cash(Bucket.MEMBER_FROZEN, ACCOUNT)}
WHOLE = {CEA: LOTS, CASH: OPENING}


class Court(Place):
    """A place where a registry officer and a reviewer act on a court's paper."""

    keys = 0

    def order(self, kind: OperationKind, **fields: Any) -> Operation:
        """Ask and have it approved."""
        self.keys += 1
        data = msgspec.json.encode(fields)
        asked, _ = self.town.city.ask(OFFICER, f"key {self.keys}", kind, data)
        if asked.state is not OperationState.ASKED:
            return asked
        operation, said = self.town.city.approve(REVIEWER, asked.operation_id, asked.command_hash)
        self.town.obey(said)
        return operation

    def freeze(self, what: tuple[str, int], amount: int) -> Operation:
        return self.order(OperationKind.FREEZE, **self._paper(what, amount))

    def release(self, what: tuple[str, int], amount: int) -> Operation:
        return self.order(OperationKind.RELEASE, **self._paper(what, amount))

    def restrict(self, **may: bool) -> Operation:
        allowed = {"may_buy": True, "may_sell": True, "may_move": True, **may}
        return self.order(OperationKind.RESTRICT_ACCOUNT, entity_id=ENTITY, reason="r", **allowed)

    def _paper(self, what: tuple[str, int], amount: int) -> dict[str, Any]:
        place, contract_id = what
        return {
            "entity_id": ENTITY,
            "place": place,
            "contract_id": contract_id,
            "amount": amount,
            "document": "d",
        }

    def out(self, lots: int, key: str) -> Operation:
        data = f'{{"entity_id": {ENTITY}, "contract_id": {CEA}, "lots": {lots}}}'.encode()
        operation, said = self.town.city.ask(HOLDER, key, OperationKind.TO_REGISTRY, data)
        self.town.obey(said)
        return operation

    def balance(self, key: LedgerKey) -> int:
        return balance_of(self.town.store, key)

    def frozen(self, asset_id: int) -> int:
        """What is frozen, alike in the orders, the ledger and, while a day runs, Shanghai."""
        found = self.balance(FROZEN[asset_id])
        ordered = self.town.store.number(
            "SELECT SUM(frozen) FROM freeze_order WHERE account_id = ? AND asset_id = ?", (ACCOUNT, asset_id)
        )
        assert ordered == found
        if self.town.stage is Stage.OPEN:
            assert self.shanghai.frozen[ACCOUNT, asset_id] == found
        return found

    def next_day(self) -> None:
        self.begin(FakeShanghai(NEXT_DAY, **FEES))


@pytest.fixture
def court(tmp_path: Path) -> Court:
    return Court(tmp_path)


@pytest.mark.parametrize("what", [UNITS, MONEY])
def test_what_is_free_is_frozen_at_once_and_released(court: Court, what: tuple[str, int]) -> None:
    asset_id = what[1]
    asked = court.freeze(what, 300)
    assert court.state(asked) == RUNNING
    court.town.pump()
    assert court.state(asked) == DONE
    assert (court.frozen(asset_id), court.balance(AVAILABLE[asset_id])) == (300, WHOLE[asset_id] - 300)
    released = court.release(what, 100)
    assert court.state(released) == RUNNING
    court.town.pump()
    assert court.state(released) == DONE
    assert (court.frozen(asset_id), court.balance(AVAILABLE[asset_id])) == (200, WHOLE[asset_id] - 200)
    court.finish()
    court.next_day()
    assert court.frozen(asset_id) == 200, "the next day opens with it frozen"
    court.finish()


@pytest.mark.parametrize("what", [UNITS, MONEY])
def test_between_days_wuhan_freezes_and_releases_itself(court: Court, what: tuple[str, int]) -> None:
    asset_id = what[1]
    court.finish()
    before = court.balance(AVAILABLE[asset_id])
    assert court.state(court.freeze(what, 300)) == DONE
    assert (court.frozen(asset_id), court.balance(AVAILABLE[asset_id])) == (300, before - 300)
    assert court.state(court.release(what, 300)) == DONE
    assert (court.frozen(asset_id), court.balance(AVAILABLE[asset_id])) == (0, before)
    too_much = court.release(what, 1)
    assert court.state(too_much)[0] is OperationState.REFUSED
    court.agree()


@pytest.mark.parametrize("free", [0, 1, 2, 77_777, LOTS - 1])
def test_while_the_day_runs_exactly_what_is_free_is_frozen(court: Court, free: int) -> None:
    court.shanghai.locked[ACCOUNT, CEA] = LOTS - free
    asked = court.freeze(UNITS, LOTS)
    court.town.pump()
    assert court.state(asked) == RUNNING
    assert court.frozen(CEA) == free
    asks = [one for one in court.shanghai.commands if one["kind"] == Kind.FREEZE]
    assert len(asks) <= 2 + LOTS.bit_length()
    court.finish()


def test_a_freeze_attaches_over_two_days_to_what_remains_and_what_comes_in(court: Court) -> None:
    court.shanghai.locked[ACCOUNT, CEA] = 900_000  # on sell orders
    asked = court.freeze(UNITS, LOTS + 50)
    court.town.pump()
    assert (court.state(asked), court.frozen(CEA)) == (RUNNING, 100_000)
    assert court.shanghai.eligibility == {ACCOUNT: ALL & ~Eligibility.SELL}
    court.shanghai.trade(1002, ACCOUNT, CEA, 4_200, 400_000)  # an order of before: matched is matched
    court.town.pump()
    court.shanghai.locked.clear()
    court.finish()  # delivers 400,000 away and 150,300 in, takes 7 out
    first = court.balance(units(CEA, Bucket.FROZEN, ACCOUNT))
    assert (court.state(asked), court.balance(AVAILABLE[CEA])) == (RUNNING, 0)
    assert 100_000 < first < LOTS + 50
    court.next_day()
    assert court.frozen(CEA) == first
    assert court.shanghai.eligibility == {ACCOUNT: ALL & ~Eligibility.SELL}, "told anew at the opening"
    for kind, refused in (
        (OperationKind.TO_REGISTRY, court.out(1, "out")),
        (None, court.withdraw(1, "cash")),
    ):
        assert court.state(refused) == (OperationState.REFUSED, RefusalCode.FREEZE_INCOMPLETE), kind
    missing = LOTS + 50 - first
    court.shanghai.trade(ACCOUNT, 1003, CEA, 4_200, missing + 10)
    court.shanghai.seal()
    court.town.pump()
    assert court.state(asked) == DONE
    assert (court.frozen(CEA), court.balance(AVAILABLE[CEA])) == (LOTS + 50, 10)
    court.work()
    court.agree()
    assert court.state(court.out(10, "out again")) == DONE


def test_a_short_freeze_of_cash_takes_what_is_paid_in_and_given_back(court: Court) -> None:
    court.bank.rejects.add(ACCOUNT)
    earlier = court.withdraw(1_000)  # under way before the order comes
    court.town.pump()
    asked = court.freeze(MONEY, OPENING + 500)
    court.town.pump()
    assert (court.state(asked), court.frozen(CASH)) == (RUNNING, OPENING - 1_000)
    assert court.shanghai.eligibility == {ACCOUNT: ALL & ~Eligibility.BUY}
    court.work()  # the bank refuses, the hold is released, the freeze attaches
    assert court.state(earlier) == (OperationState.REFUSED, RefusalCode.BANK_REFUSED)
    assert court.frozen(CASH) == OPENING
    court.bank.pay_in(ACCOUNT, 600, "counter/1")
    court.work()
    assert court.state(asked) == DONE
    assert (court.frozen(CASH), court.members_cash) == (OPENING + 500, (100, 0, 0))
    assert court.shanghai.eligibility == {ACCOUNT: ALL}, "lifted when it is whole"
    court.shanghai.seal()
    court.town.pump()
    court.work()
    court.agree()


def test_proceeds_of_the_day_are_frozen_after_their_delivery(court: Court) -> None:
    court.shanghai.trade(1002, ACCOUNT, CEA, 4_200, 100_000)
    court.town.pump()
    asked = court.freeze(MONEY, OPENING + 100)
    court.town.pump()
    assert court.frozen(CASH) == OPENING, "the ledger has no more before the delivery"
    court.shanghai.seal()
    court.town.pump()
    assert (court.state(asked), court.frozen(CASH)) == (DONE, OPENING + 100)
    court.work()
    court.agree()


def test_a_withdrawal_under_way_is_not_frozen_twice(court: Court) -> None:
    court.shanghai.trade(1002, ACCOUNT, CEA, 4_200, 100_000)  # proceeds hide what is held
    earlier = court.withdraw(OPENING)
    court.town.pump()
    asked = court.freeze(MONEY, OPENING)
    court.town.pump()
    assert court.frozen(CASH) == 0
    court.work()
    assert (court.state(earlier), court.state(asked)) == (DONE, RUNNING)
    court.shanghai.seal()
    court.town.pump()
    assert court.frozen(CASH) == court.bank.sub_ledger[ACCOUNT] + court.shanghai.change[ACCOUNT, CASH]
    court.work()
    court.agree()


def test_a_queued_freeze_waits_for_the_end_of_the_day(court: Court) -> None:
    court.town.season = court.town.season._replace(is_freeze_queued=True)
    court.restart()
    asked = court.freeze(UNITS, 300)
    court.town.pump()
    assert (court.state(asked), court.frozen(CEA)) == (RUNNING, 0)
    assert court.shanghai.eligibility == {ACCOUNT: ALL & ~Eligibility.SELL}
    court.shanghai.seal()
    court.town.pump()
    assert (court.state(asked), court.frozen(CEA)) == (DONE, 300)
    court.work()
    court.agree()
    court.next_day()
    assert court.shanghai.eligibility == {}


def test_a_release_lowers_the_order_first(court: Court) -> None:
    court.shanghai.locked[ACCOUNT, CEA] = LOTS - 200
    asked = court.freeze(UNITS, 500)
    court.town.pump()
    assert court.frozen(CEA) == 200
    assert court.state(court.release(UNITS, 501)) == (
        OperationState.REFUSED,
        RefusalCode.UNITS_INSUFFICIENT,
    )
    lowered = court.release(UNITS, 100)
    assert (court.state(lowered), court.state(asked)) == (DONE, RUNNING)
    both = court.release(UNITS, 250)
    assert court.state(asked) == DONE, "nothing is short any more"
    assert court.shanghai.eligibility == {ACCOUNT: ALL}
    court.town.pump()
    assert (court.state(both), court.frozen(CEA)) == (DONE, 150)
    order = read_order(court.town.store, asked.operation_id)
    assert order is not None
    assert (order.asked, order.lowered, order.frozen) == (500, 350, 150)
    court.finish()


def test_what_is_on_its_way_to_be_frozen_is_not_released_before_it_is(court: Court) -> None:
    asked = court.freeze(UNITS, 300)
    early = court.release(UNITS, 300)
    assert court.state(early) == (OperationState.REFUSED, RefusalCode.UNITS_INSUFFICIENT)
    court.town.pump()
    first, second = court.release(UNITS, 200), court.release(UNITS, 200)
    assert court.state(second)[0] is OperationState.REFUSED, "the first is releasing it already"
    court.town.pump()
    assert (court.state(asked), court.state(first), court.frozen(CEA)) == (DONE, DONE, 100)
    court.finish()


def test_a_freeze_and_a_release_that_meet_the_seal_end_after_it(court: Court) -> None:
    court.freeze(UNITS, 300)
    court.town.pump()
    court.shanghai.seal()
    released = court.release(UNITS, 100)  # Shanghai is sealed, Wuhan has not read it yet
    frozen = court.freeze(MONEY, 40)
    court.town.pump()
    assert court.town.stage is Stage.STATED
    assert (court.state(released), court.state(frozen)) == (DONE, DONE)
    assert (court.frozen(CEA), court.frozen(CASH)) == (200, 40)
    court.work()
    court.agree()


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_freeze_through_a_crash(court: Court, is_lost: bool) -> None:
    asked, said = court.town.city.ask(
        OFFICER, "k", OperationKind.FREEZE, msgspec.json.encode(court._paper(UNITS, 300))
    )
    _, said = court.town.city.approve(REVIEWER, asked.operation_id, asked.command_hash)
    court.town.obey(said, line_holds=lambda data: not is_lost)
    court.restart()
    assert (court.state(asked), court.frozen(CEA)) == (DONE, 300)
    court.finish()


def test_what_waits_to_leave_gives_way_to_a_freeze(court: Court) -> None:
    court.shanghai.seal()
    events = court.shanghai.events(court.town._taken)
    said = court.town.city.take(court.town._taken, events)
    court.town._taken += len(events)
    waiting = court.out(10, "waits"), court.withdraw(10, "waits too")
    court.freeze(UNITS, 2 * LOTS)
    court.town.obey(said)
    court.town.pump()
    for one in waiting:
        assert court.state(one) == (OperationState.REFUSED, RefusalCode.FREEZE_INCOMPLETE)
    assert court.frozen(CEA) == LOTS
    court.agree()


def test_units_that_come_from_the_registry_are_frozen_where_a_freeze_is_short(court: Court) -> None:
    court.out(500, "out")
    court.town.pump()
    asked = court.freeze(UNITS, LOTS)
    court.town.pump()
    assert court.frozen(CEA) == LOTS - 500
    data = f'{{"entity_id": {ENTITY}, "contract_id": {CEA}, "lots": 300}}'.encode()
    _, said = court.town.city.ask(HOLDER, "in", OperationKind.TO_TRADING, data)
    court.town.obey(said)
    court.town.pump()
    assert (court.state(asked), court.frozen(CEA)) == (RUNNING, LOTS - 200)
    court.shanghai.seal()
    court.town.pump()
    court.work()
    _, said = court.town.city.ask(HOLDER, "in between days", OperationKind.TO_TRADING, data[:-4] + b"200}")
    court.town.obey(said)
    assert (court.state(asked), court.frozen(CEA)) == (DONE, LOTS)
    court.agree()


def test_cash_names_no_contract_and_an_empty_account_is_not_closed_while_a_freeze_is_short(
    court: Court,
) -> None:
    wrong = court.freeze(("cash", CEA), 10)
    assert court.state(wrong) == (OperationState.REFUSED, RefusalCode.INVALID_FIELD)
    court.finish()
    assert court.state(court.withdraw(court.has(Bucket.MEMBER_CASH), "all")) == RUNNING
    court.work()
    data = f'{{"entity_id": {ENTITY}, "contract_id": {CEA}, "lots": %d}}'
    lots = court.balance(AVAILABLE[CEA])
    assert court.state(court.out(lots, "all units")) == DONE
    retire = data.replace("}", ', "purpose": "p"}') % lots
    asked, _ = court.town.city.ask(HOLDER, "retire", OperationKind.RETIRE, retire.encode())
    court.town.city.approve(REVIEWER, asked.operation_id, asked.command_hash)
    court.freeze(MONEY, 10)
    closed = court.order(OperationKind.CLOSE_ACCOUNT, entity_id=ENTITY)
    assert court.state(closed) == (OperationState.REFUSED, RefusalCode.FREEZE_INCOMPLETE)
    court.agree()


def test_a_restriction_is_told_at_once_and_at_every_opening_until_it_is_lifted(court: Court) -> None:
    assert court.state(court.restrict(may_sell=False, may_move=False)) == DONE
    assert court.shanghai.eligibility == {ACCOUNT: ALL & ~Eligibility.SELL}
    assert court.state(court.withdraw(10)) == (OperationState.REFUSED, RefusalCode.ACCOUNT_RESTRICTED)
    court.finish()
    court.next_day()
    assert court.shanghai.eligibility == {ACCOUNT: ALL & ~Eligibility.SELL}
    court.shanghai.eligibility.clear()
    court.town.connect(court.shanghai)
    assert court.shanghai.eligibility == {ACCOUNT: ALL & ~Eligibility.SELL}, "the line came back"
    court.restrict()
    assert court.shanghai.eligibility == {ACCOUNT: ALL}
    court.restrict(may_buy=False)
    court.restrict()
    told = len([one for one in court.shanghai.commands if one["kind"] == Kind.RESTRICT])
    assert told == 5
    court.town.pump()
    court.finish()


def test_a_restriction_between_days_holds_from_the_opening_on(court: Court) -> None:
    court.finish()
    court.restrict(may_buy=False)
    court.next_day()
    assert court.shanghai.eligibility == {ACCOUNT: ALL & ~Eligibility.BUY}
    court.restrict()
    assert court.shanghai.eligibility == {ACCOUNT: ALL}
    court.finish()


def test_a_restriction_that_meets_the_seal_is_no_matter_and_one_refused_is_said(court: Court) -> None:
    court.shanghai.seal()
    court.restrict(may_buy=False)
    court.town.pump()
    assert court.town.stage is Stage.STATED
    court.next_day()
    court.shanghai.reject(Kind.RESTRICT, RejectReason.UNKNOWN_ACCOUNT)
    court.town.pump()
    graves = [one.text for one in court.town.told(Tell) if isinstance(one, Tell) and one.is_grave]
    assert ["RESTRICT" in text for text in graves] == [True]
    court.finish()
