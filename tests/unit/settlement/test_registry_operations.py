"""Operations on the registry's books: who may, the second person, what is booked, and the audit trail."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from settlement.compliance.handlers import COMPLIANCE_HANDLERS
from settlement.errors import CorruptionError
from settlement.ledger.balances import balance_of
from settlement.ledger.check import check_ledger
from settlement.operations.audit import check_audit
from settlement.operations.desk import APPROVAL_NS, Desk
from settlement.operations.handler import Context, Moment
from settlement.registry.accounts import find_entity, open_accounts
from settlement.registry.handlers import REGISTRY_HANDLERS
from settlement.season import Season
from settlement.serials.check import check_serials
from settlement.store.database import Store
from settlement.store.operations import Operation
from settlement.transfers.handlers import TRANSFER_HANDLERS
from settlement.vocabulary.chart import Bucket, units
from settlement.vocabulary.operations import Institution, Level, OperationKind, OperationState, Person
from settlement.vocabulary.refusals import RefusalCode
from tests.unit.settlement.town import CEA, CODES, holders

K, S, C = OperationKind, OperationState, RefusalCode
MINISTER, MINISTER_2 = (Person(f"mee-{x}", Institution.MINISTRY, x) for x in (Level.OPERATOR, Level.REVIEWER))
PROVINCE, PROVINCE_2 = (
    Person(f"p1-{x}", Institution.PROVINCE, x, 1) for x in (Level.OPERATOR, Level.REVIEWER)
)
REGISTRY, REGISTRY_2 = (Person(f"crc-{x}", Institution.REGISTRY, x) for x in (Level.OPERATOR, Level.REVIEWER))
HOLDER = Person("h1", Institution.HOLDER, Level.OPERATOR, 1)
ISSUE = {"contract_id": CEA, "lots": 1_000, "document": "d"}

#: written out once more: kind -> who asks, who approves; "" = nobody has to
EXPECTED: Final = {
    K.OPEN_ACCOUNT: ("registry", "registry"),
    K.CLOSE_ACCOUNT: ("registry", "registry"),
    K.RESTRICT_ACCOUNT: ("registry", "registry"),
    K.ISSUE: ("ministry", "ministry"),
    K.ALLOCATE_PROVINCE: ("ministry", "ministry"),
    K.ALLOCATE: ("province", "province"),
    K.TRUE_UP: ("province", "province"),
    K.AUCTION_ISSUE: ("ministry", "ministry"),
    K.NON_TRADE_TRANSFER: ("registry", "registry"),
    K.FREEZE: ("registry", "registry"),
    K.RELEASE: ("registry", "registry"),
    K.RETIRE: ("holder", "registry"),
    K.REVERSE: ("registry", "registry"),
    K.SET_OBLIGATION: ("province", "province"),
    K.SURRENDER: ("holder", "province"),
    K.SURRENDER_FROM_PROVINCE: ("province", "province"),
    K.CARRY_OVER: ("holder", "registry"),
    K.TO_TRADING: ("holder", ""),
    K.TO_REGISTRY: ("holder", ""),
}


class Office:
    """A registry of four entities, and a desk to ask at."""

    def __init__(self, folder: Path) -> None:
        people = tuple(one._replace(province_id=1 + number % 2) for number, one in enumerate(holders()))
        self.store = Store.open(folder / "wuhan.sqlite")
        self.season = Season("test", len(people), people, lambda day: CODES, folder)
        self.desk = Desk({**REGISTRY_HANDLERS, **COMPLIANCE_HANDLERS, **TRANSFER_HANDLERS})
        self.now = 1_000
        self._keys = itertools.count()
        with self.store.transaction():
            open_accounts(self.store, people)

    def context(self) -> Context:
        return Context(self.store, self.season, Moment(self.now, 8_020, True, False, False, False))

    def act(self, call: Callable[[Context], Operation]) -> Operation:
        with self.store.transaction():
            return call(self.context())

    def ask(self, person: Person, kind: OperationKind, fields: dict[str, object], key: str = "") -> Operation:
        key = key or f"key {next(self._keys)}"
        data = json.dumps(fields).encode()
        return self.act(lambda context: self.desk.ask(context, person, key, kind, data).operation)

    def approve(self, person: Person, asked: Operation, command_hash: bytes = b"") -> Operation:
        digest = command_hash or asked.command_hash
        return self.act(
            lambda context: self.desk.approve(context, person, asked.operation_id, digest).operation
        )

    def do(self, first: Person, second: Person, kind: OperationKind, /, **fields: object) -> Operation:
        """Ask and approve; must succeed."""
        done = self.approve(second, self.ask(first, kind, fields))
        assert done.state is S.DONE, (done.refusal, done.detail)
        return done

    def endow(self) -> None:
        """1,000 t issued, 900 in the province, 400 with entity 1."""
        self.do(MINISTER, MINISTER_2, K.ISSUE, **ISSUE)
        self.do(MINISTER, MINISTER_2, K.ALLOCATE_PROVINCE, contract_id=CEA, province_id=1, lots=900)
        self.allocate(400)

    def allocate(self, lots: int, basis: str = "pre-allocation") -> Operation:
        fields = {"contract_id": CEA, "entity_id": 1, "lots": lots, "basis": basis}
        return self.do(PROVINCE, PROVINCE_2, K.ALLOCATE, **fields)

    def has(self, bucket: Bucket, owner: int = 1) -> int:
        return balance_of(self.store, units(CEA, bucket, owner))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    check_ledger(made.store)
    check_serials(made.store)
    check_audit(made.store)
    made.store.close()


@pytest.mark.parametrize("kind", list(EXPECTED))
def test_nobody_asks_outside_the_institution_and_level(office: Office, kind: OperationKind) -> None:
    for institution, level in itertools.product(Institution, Level):
        person = Person("somebody", institution, level, 1)
        found = office.ask(person, kind, {}).refusal
        is_allowed = (institution.value, level) == (EXPECTED[kind][0], Level.OPERATOR)
        assert found is (C.INVALID_FIELD if is_allowed else C.NOT_ALLOWED)


def test_nobody_approves_outside_the_institution_and_level(office: Office) -> None:
    asked = office.ask(MINISTER, K.ISSUE, ISSUE)
    for institution, level in itertools.product(Institution, Level):
        if (institution, level) != (Institution.MINISTRY, Level.REVIEWER):
            refused = office.approve(Person("somebody", institution, level), asked)
            assert refused.refusal is C.NOT_ALLOWED
    same = office.approve(MINISTER_2._replace(person_id=MINISTER.person_id), asked)
    assert same.refusal is C.SAME_PERSON
    assert office.approve(MINISTER_2, asked, b"x" * 32).refusal is C.COMMAND_HASH
    assert office.approve(MINISTER_2, asked).state is S.DONE
    assert office.approve(MINISTER_2, asked).refusal is C.NOT_WAITING
    assert office.has(Bucket.NATIONAL, 0) == 1_000


def test_another_province_neither_asks_nor_approves(office: Office) -> None:
    fields = {"contract_id": CEA, "entity_id": 1, "lots": 1, "basis": "final"}
    office.endow()
    assert office.ask(PROVINCE._replace(scope_id=2), K.ALLOCATE, fields).refusal is C.OUT_OF_SCOPE
    asked = office.ask(PROVINCE, K.ALLOCATE, fields)
    assert office.approve(PROVINCE_2._replace(scope_id=2), asked).refusal is C.OUT_OF_SCOPE


def test_an_approval_too_late_is_none(office: Office) -> None:
    asked = office.ask(MINISTER, K.ISSUE, ISSUE)
    office.now += APPROVAL_NS
    assert office.approve(MINISTER_2, asked).refusal is C.APPROVAL_EXPIRED
    with office.store.transaction():
        assert [one.state for one in office.desk.expire(office.context())] == [S.EXPIRED]


def test_a_key_is_one_command(office: Office) -> None:
    first = office.ask(MINISTER, K.ISSUE, ISSUE, "k")
    assert office.ask(MINISTER, K.ISSUE, ISSUE, "k") == first
    assert office.ask(MINISTER, K.ISSUE, ISSUE | {"lots": 2}, "k").refusal is C.KEY_REUSED


def test_from_the_nation_to_an_entity_and_the_true_up_both_ways(office: Office) -> None:
    office.endow()
    assert (office.has(Bucket.NATIONAL, 0), office.has(Bucket.PROVINCIAL)) == (100, 500)
    true_up = {"contract_id": CEA, "entity_id": 1}
    office.do(PROVINCE, PROVINCE_2, K.TRUE_UP, **true_up, final_lots=450)
    assert (office.has(Bucket.REGISTRY_AVAILABLE), office.has(Bucket.PROVINCIAL)) == (450, 450)
    office.do(PROVINCE, PROVINCE_2, K.TRUE_UP, **true_up, final_lots=380)
    assert (office.has(Bucket.REGISTRY_AVAILABLE), office.has(Bucket.PROVINCIAL)) == (380, 520)


def test_what_is_not_there_is_refused_and_nothing_moves(office: Office) -> None:
    office.endow()
    freeze = {"entity_id": 1, "place": "registry", "contract_id": CEA, "amount": 401, "document": "court"}
    for person, kind, fields in (
        (MINISTER, K.ALLOCATE_PROVINCE, {"contract_id": CEA, "province_id": 1, "lots": 101}),
        (PROVINCE, K.ALLOCATE, {"contract_id": CEA, "entity_id": 1, "lots": 501, "basis": "final"}),
        (REGISTRY, K.FREEZE, freeze),
        (HOLDER, K.RETIRE, {"entity_id": 1, "contract_id": CEA, "lots": 401, "purpose": "good"}),
    ):
        refused = office.ask(person, kind, fields)
        assert (refused.state, refused.refusal) == (S.REFUSED, C.UNITS_INSUFFICIENT)
    unknown = office.ask(MINISTER, K.ISSUE, ISSUE | {"contract_id": 9})
    assert unknown.refusal is C.UNKNOWN_CONTRACT
    assert (office.has(Bucket.NATIONAL, 0), office.has(Bucket.REGISTRY_AVAILABLE)) == (100, 400)


def test_frozen_units_stay_until_released(office: Office) -> None:
    office.endow()
    freeze = {"entity_id": 1, "place": "registry", "contract_id": CEA, "amount": 150, "document": "court"}
    office.do(REGISTRY, REGISTRY_2, K.FREEZE, **freeze)
    assert (office.has(Bucket.REGISTRY_AVAILABLE), office.has(Bucket.REGISTRY_FROZEN)) == (250, 150)
    move = {"entity_id": 1, "contract_id": CEA, "lots": 251}
    assert office.ask(HOLDER, K.TO_TRADING, move).refusal is C.UNITS_INSUFFICIENT
    office.do(REGISTRY, REGISTRY_2, K.RELEASE, **freeze)
    assert office.has(Bucket.REGISTRY_AVAILABLE) == 400


def test_a_retirement_waits_in_its_own_bucket(office: Office) -> None:
    office.endow()
    fields: dict[str, object] = {"entity_id": 1, "contract_id": CEA, "lots": 100, "purpose": "good"}
    asked = office.ask(HOLDER, K.RETIRE, fields)
    assert (office.has(Bucket.REGISTRY_AVAILABLE), office.has(Bucket.PENDING_RETIRE)) == (300, 100)
    declined = office.act(lambda c: office.desk.decline(c, REGISTRY_2, asked.operation_id, "why").operation)
    assert (declined.state, office.has(Bucket.REGISTRY_AVAILABLE)) == (S.DECLINED, 400)
    asked = office.ask(HOLDER, K.RETIRE, fields)
    gone = office.act(lambda c: office.desk.withdraw(c, HOLDER, asked.operation_id).operation)
    assert (gone.state, office.has(Bucket.REGISTRY_AVAILABLE)) == (S.WITHDRAWN, 400)
    assert office.approve(REGISTRY_2, office.ask(HOLDER, K.RETIRE, fields)).state is S.DONE
    assert (office.has(Bucket.REGISTRY_AVAILABLE), office.has(Bucket.RETIRED)) == (300, 100)


def test_a_transfer_without_a_trade_and_its_reversal(office: Office) -> None:
    office.endow()
    fields = {"contract_id": CEA, "source_entity_id": 1, "target_entity_id": 3, "lots": 70}
    moved = office.do(REGISTRY, REGISTRY_2, K.NON_TRADE_TRANSFER, **fields, ground="merger", document="d")
    assert (office.has(Bucket.REGISTRY_AVAILABLE), office.has(Bucket.REGISTRY_AVAILABLE, 3)) == (330, 70)
    back = {"operation_id": moved.operation_id, "reason": "wrong entity"}
    office.do(REGISTRY, REGISTRY_2, K.REVERSE, **back)
    assert (office.has(Bucket.REGISTRY_AVAILABLE), office.has(Bucket.REGISTRY_AVAILABLE, 3)) == (400, 0)
    assert office.ask(REGISTRY, K.REVERSE, back).refusal is C.NOT_REVERSIBLE


def test_accounts_are_opened_once_and_closed_when_empty(office: Office) -> None:
    office.endow()
    fields = {"kind": "emitter", "name_zh": "示例", "name_en": "Sample", "province_id": 1, "bank_id": 1}
    new = {"entity_id": 9, "account_id": 1_009, "member_id": 40, **fields}
    office.do(REGISTRY, REGISTRY_2, K.OPEN_ACCOUNT, **new)
    assert office.ask(REGISTRY, K.OPEN_ACCOUNT, new).refusal is C.ACCOUNT_EXISTS
    assert office.ask(REGISTRY, K.CLOSE_ACCOUNT, {"entity_id": 1}).refusal is C.ACCOUNT_NOT_EMPTY
    office.do(REGISTRY, REGISTRY_2, K.CLOSE_ACCOUNT, entity_id=9)
    closed = find_entity(office.store, 9)
    assert closed is not None
    assert closed.status == "closed"


def test_a_restricted_account_moves_nothing(office: Office) -> None:
    office.endow()
    flags = {"may_buy": False, "may_sell": False, "may_move": False, "reason": "inquiry"}
    office.do(REGISTRY, REGISTRY_2, K.RESTRICT_ACCOUNT, entity_id=1, **flags)
    move = {"entity_id": 1, "contract_id": CEA, "lots": 1}
    assert office.ask(HOLDER, K.TO_TRADING, move).refusal is C.ACCOUNT_RESTRICTED


def test_the_audit_trail_shows_what_was_changed_behind_it(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.endow()
    check_audit(office.store)
    office.store.execute("DROP TRIGGER operation_event_fixed")
    office.store.execute("UPDATE operation_event SET person_id = 'nobody' WHERE event_id = 2")
    with pytest.raises(CorruptionError):
        check_audit(office.store)
    office.store.close()


def test_kinds_that_are_not_offered_are_refused(office: Office) -> None:
    assert {*REGISTRY_HANDLERS, *COMPLIANCE_HANDLERS, *TRANSFER_HANDLERS} == set(EXPECTED)
    assert office.ask(HOLDER, K.WITHDRAW, {"entity_id": 1, "amount_fen": 1}).refusal is C.NOT_ALLOWED


def test_a_surrender_waits_for_the_province_and_meets_the_obligation(office: Office) -> None:
    office.endow()
    fields: dict[str, object] = {"entity_id": 1, "year": 2019, "contract_id": CEA, "lots": 60}
    assert office.ask(HOLDER, K.SURRENDER, fields).refusal is C.NO_OBLIGATION
    due = {"entity_id": 1, "year": 2019, "verified_lots": 120, "due_lots": 100}
    office.do(PROVINCE, PROVINCE_2, K.SET_OBLIGATION, **due)
    asked = office.ask(HOLDER, K.SURRENDER, fields)
    assert (office.has(Bucket.REGISTRY_AVAILABLE), office.has(Bucket.PENDING_SURRENDER)) == (340, 60)
    assert office.ask(HOLDER, K.SURRENDER, fields).refusal is C.MORE_THAN_DUE
    assert office.approve(PROVINCE_2._replace(scope_id=2), asked).refusal is C.OUT_OF_SCOPE
    assert office.approve(PROVINCE_2, asked).state is S.DONE
    assert (office.has(Bucket.PENDING_SURRENDER), office.has(Bucket.SURRENDERED)) == (0, 60)
    declined = office.ask(HOLDER, K.SURRENDER, fields | {"lots": 40})
    office.act(lambda c: office.desk.decline(c, PROVINCE_2, declined.operation_id, "why").operation)
    assert (office.has(Bucket.REGISTRY_AVAILABLE), office.has(Bucket.SURRENDERED)) == (340, 60)
    back = {"operation_id": asked.operation_id, "reason": "wrong year"}
    office.do(REGISTRY, REGISTRY_2, K.REVERSE, **back)
    assert (office.has(Bucket.REGISTRY_AVAILABLE), office.has(Bucket.SURRENDERED)) == (400, 0)
    assert office.ask(HOLDER, K.SURRENDER, fields | {"lots": 100}).state is S.ASKED


def test_a_province_surrenders_what_it_holds_for_a_risky_emitter(office: Office) -> None:
    office.endow()
    office.allocate(80, "held-by-province")
    due = {"entity_id": 1, "year": 2019, "verified_lots": 120, "due_lots": 100}
    office.do(PROVINCE, PROVINCE_2, K.SET_OBLIGATION, **due)
    fields = {"entity_id": 1, "year": 2019, "contract_id": CEA, "lots": 81}
    assert office.ask(PROVINCE, K.SURRENDER_FROM_PROVINCE, fields).refusal is C.UNITS_INSUFFICIENT
    office.do(PROVINCE, PROVINCE_2, K.SURRENDER_FROM_PROVINCE, **(fields | {"lots": 80}))
    assert (office.has(Bucket.SURRENDERED), office.has(Bucket.PROVINCIAL)) == (80, 420)
