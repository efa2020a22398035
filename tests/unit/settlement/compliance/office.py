"""A small registry of its own: three entities in two provinces, their people, a desk, and a clock to set."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from exchange.vocabulary.enums import SettlementStage
from exchange.vocabulary.units import NS_PER_SECOND, market_time_ns, trading_day_number
from settlement.compliance.handlers import COMPLIANCE_HANDLERS
from settlement.compliance.obligations import outcomes
from settlement.compliance.outcome import ComplianceOutcome
from settlement.ledger.balances import balance_of, balances_now
from settlement.ledger.book import book
from settlement.ledger.check import check_ledger
from settlement.ledger.entries import Entry, transfer
from settlement.operations.desk import Desk
from settlement.operations.handler import Context, Moment
from settlement.registry.accounts import Holder, open_accounts
from settlement.registry.handlers import REGISTRY_HANDLERS
from settlement.season import Season
from settlement.serials.check import check_blocks
from settlement.store.database import Store
from settlement.store.days import DayRow, insert_day
from settlement.store.operations import Operation
from settlement.vocabulary.chart import CASH, CONTRA, Bucket, LedgerKey, units
from settlement.vocabulary.entry_kinds import EntryKind
from settlement.vocabulary.operations import Institution, Level, OperationKind, OperationState, Person
from settlement.vocabulary.refusals import RefusalCode

CEA, CEA21, CEA22, CEA23, CEA24, CEA25 = range(1, 7)
CODES = {CEA: "CEA", CEA21: "CEA21", CEA22: "CEA22", CEA23: "CEA23", CEA24: "CEA24", CEA25: "CEA25"}
ANNA, BEN, CARA = 1, 2, 3  # Anna and Ben belong to province 1, Cara to province 2
PEOPLE = tuple(
    Holder(i, 1000 + i, 16 + i, "power", f"示例 {i}", f"Sample {i}", {}, 0, province_id=province)
    for i, province in ((ANNA, 1), (BEN, 1), (CARA, 2))
)
NOON = 12 * 3600
REGISTRY = Person("registry-2", Institution.REGISTRY, Level.REVIEWER)


def holder(entity_id: int) -> Person:
    return Person(f"holder-{entity_id}", Institution.HOLDER, Level.OPERATOR, entity_id)


def clerk(province_id: int) -> Person:
    return Person(f"clerk-{province_id}", Institution.PROVINCE, Level.OPERATOR, province_id)


def reviewer(province_id: int) -> Person:
    return Person(f"reviewer-{province_id}", Institution.PROVINCE, Level.REVIEWER, province_id)


class Office:
    """Asks and approves on a real store."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(folder / "wuhan.sqlite")
        self.season = Season("test", len(PEOPLE), PEOPLE, lambda day: CODES, folder)
        self.desk = Desk({**REGISTRY_HANDLERS, **COMPLIANCE_HANDLERS})
        self._asked = 0
        self._runs = 0
        self.at(date(2025, 12, 1))
        with self.store.transaction():
            open_accounts(self.store, PEOPLE)

    def at(self, day: date, seconds: int = NOON, ns: int = 0) -> None:
        """Set the market's clock."""
        self.now_ns = market_time_ns(day, seconds) + ns
        moment = Moment(self.now_ns, trading_day_number(day), True)
        self.context = Context(self.store, self.season, moment)

    def book(self, *entries: Entry) -> None:
        with self.store.transaction():
            book(self.store, entries, self.context.moment.booking_day, self.now_ns)

    def give(self, entity_id: int, contract_id: int, lots: int) -> None:
        """Issue units straight to an entity's registry bucket."""
        self._asked += 1
        national = units(contract_id, Bucket.NATIONAL)
        name = f"give/{self._asked}"
        self.book(
            transfer(
                EntryKind.ISSUE, f"{name}/issue", "", [(units(contract_id, Bucket.ISSUED), national, lots)]
            )
        )
        self.move(
            national,
            units(contract_id, Bucket.REGISTRY_AVAILABLE, entity_id),
            lots,
            kind=EntryKind.ALLOCATE,
        )

    def move(
        self, source: LedgerKey, target: LedgerKey, lots: int, kind: EntryKind = EntryKind.TO_TRADING
    ) -> None:
        self._asked += 1
        self.book(transfer(kind, f"move/{self._asked}", "", [(source, target, lots)]))

    def ask(self, person: Person, kind: OperationKind, **fields: Any) -> Operation:
        self._asked += 1
        with self.store.transaction():
            return self.desk.ask(
                self.context, person, f"key-{self._asked}", kind, msgspec.json.encode(fields)
            )

    def approve(self, answer: Operation, person: Person) -> Operation:
        operation = answer
        with self.store.transaction():
            return self.desk.approve(self.context, person, operation.operation_id, operation.command_hash)

    def both(self, asks: Person, approves: Person, kind: OperationKind, **fields: Any) -> Operation:
        """Ask and approve; it is to be done."""
        answer = self.approve(self.ask(asks, kind, **fields), approves)
        assert answer.state is OperationState.DONE, answer
        return answer

    def oblige(self, entity_id: int, year: int, due: int) -> None:
        province = PEOPLE[entity_id - 1].province_id
        self.both(
            clerk(province),
            reviewer(province),
            OperationKind.SET_OBLIGATION,
            entity_id=entity_id,
            year=year,
            verified_lots=due,
            due_lots=due,
        )

    def surrender(
        self, entity_id: int, lots: int, year: int = 2024, contract: int = CEA24, **more: int
    ) -> Operation:
        return self.ask(
            holder(entity_id),
            OperationKind.SURRENDER,
            entity_id=entity_id,
            year=year,
            contract_id=contract,
            lots=lots,
            **more,
        )

    def carry_over(self, entity_id: int, lots: int, contract: int = CEA24) -> Operation:
        return self.ask(
            holder(entity_id),
            OperationKind.CARRY_OVER,
            entity_id=entity_id,
            contract_id=contract,
            lots=lots,
        )

    def traded(
        self,
        day: date,
        seller: int,
        buyer: int,
        lots: int,
        *,
        contract: int = CEA24,
        stage: SettlementStage = SettlementStage.STATED,
        run: int = 1,
    ) -> None:
        """A day with one cleared trade; nothing is delivered in the ledger."""
        number = trading_day_number(day)
        with self.store.transaction():
            insert_day(self.store, DayRow(number, stage, 1, 1, 1, market_time_ns(day, NOON)))
            self.store.execute(
                "INSERT INTO clearing_line VALUES (?, ?, 1, ?, ?, ?, 1, 5000, ?, 0, 0, 0, 0)",
                (number, run, 1000 + buyer, 1000 + seller, contract, lots),
            )

    def lots(self, entity_id: int, bucket: Bucket, contract: int = CEA24) -> int:
        return balance_of(self.store, units(contract, bucket, entity_id))

    def row(self, entity_id: int, year: int = 2024) -> ComplianceOutcome:
        return next(r for r in outcomes(self.store, self.now_ns, entity_id) if r.year == year)

    def proven(self) -> None:
        """The ledger and the serials prove, and every vintage's units are all somewhere."""
        check_ledger(self.store)
        check_blocks(self.store)
        for contract in CODES:
            found = {k: v for k, v in balances_now(self.store).items() if k.asset_id == contract != CASH}
            issued = -sum(amount for key, amount in found.items() if key.bucket in CONTRA)
            assert issued == sum(amount for key, amount in found.items() if key.bucket not in CONTRA)

    def refuses(self, code: RefusalCode, answer: Operation, detail: str = "") -> None:
        assert answer.refusal is code, answer
        assert detail in answer.detail


def seconds_of(hour: int) -> int:
    return hour * 3600


LAST_NS = NS_PER_SECOND - 1
