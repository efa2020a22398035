"""A small registry: four holders in two provinces, units issued and allocated, and a desk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from settlement.ledger.balances import balance_of, balances_now
from settlement.ledger.check import check_ledger
from settlement.operations.audit import check_audit
from settlement.operations.desk import Desk
from settlement.operations.handler import DONE, Context, Handler, Moment
from settlement.registry.accounts import Holder, open_accounts
from settlement.registry.handlers import REGISTRY_HANDLERS
from settlement.season import Season
from settlement.serials.check import check_serials
from settlement.store.database import Store
from settlement.store.operations import Operation
from settlement.transfers.freeze_handlers import FREEZE_HANDLERS
from settlement.vocabulary.chart import Bucket, units
from settlement.vocabulary.operations import Institution, Level, OperationKind, OperationState, Person

CEA, CEA21 = 1, 2
DAY, NOW = 8_020, 1_000_000
HUBEI, HENAN = 1, 2
ANNA, BEN, CARL, DORA = 1, 2, 3, 4  # Anna and Ben in Hubei, Carl and Dora in Henan

_UNUSED = Handler(lambda context, params, is_reserved: None, lambda context, operation, params: DONE)


def person(institution: str, level: str, scope: int = 0, name: str = "") -> Person:
    """Somebody of an institution."""
    return Person(name or f"{institution}-{level}-{scope}", Institution(institution), Level(level), scope)


M_OP, M_REV = person("ministry", "operator"), person("ministry", "reviewer")
R_OP, R_REV = person("registry", "operator"), person("registry", "reviewer")
P_OP, P_REV = person("province", "operator", HUBEI), person("province", "reviewer", HUBEI)
REVIEWERS = {
    Institution.MINISTRY: M_REV,
    Institution.REGISTRY: R_REV,
    Institution.PROVINCE: P_REV,
    Institution.HOLDER: R_REV,
}


def holder(entity_id: int) -> Person:
    """Somebody of an entity."""
    return person("holder", "operator", entity_id)


class Registry:
    """A store, a desk, and the moment at which everything is asked."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(folder / "wuhan.sqlite")
        people = [
            Holder(
                i, 1000 + i, 16 + i, "noise", f"示例 {i}", f"Sample {i}", {}, 0, 0, HUBEI if i < 3 else HENAN
            )
            for i in (ANNA, BEN, CARL, DORA)
        ]
        season = Season("test", 4, people, lambda day: {CEA: "CEA", CEA21: "CEA21"}, folder)
        self.context = Context(self.store, season, Moment(NOW, DAY, True))
        handlers = {**REGISTRY_HANDLERS, **FREEZE_HANDLERS}
        self.desk = Desk({kind: handlers.get(kind, _UNUSED) for kind in OperationKind})
        self.count = 0
        with self.store.transaction():
            open_accounts(self.store, people)

    def at(self, **fields: Any) -> None:
        """Change the moment."""
        self.context = self.context._replace(moment=self.context.moment._replace(**fields))

    def ask(self, who: Person, kind: OperationKind, key: str = "", /, **fields: Any) -> Operation:
        """Ask; a new key each time unless one is given."""
        self.count += 1
        data = msgspec.json.encode(fields)
        with self.store.transaction():
            return self.desk.ask(self.context, who, key or f"key {self.count}", kind, data)

    def approve(self, who: Person, asked: Operation) -> Operation:
        """Approve what was asked."""
        operation = asked
        with self.store.transaction():
            return self.desk.approve(self.context, who, operation.operation_id, operation.command_hash)

    def decline(self, who: Person, asked: Operation) -> Operation:
        """Decline what was asked."""
        with self.store.transaction():
            return self.desk.decline(self.context, who, asked.operation_id, "no")

    def withdraw(self, who: Person, asked: Operation) -> Operation:
        """Withdraw what was asked."""
        with self.store.transaction():
            return self.desk.withdraw(self.context, who, asked.operation_id)

    def both(self, who: Person, kind: OperationKind, /, **fields: Any) -> Operation:
        """Ask, and have the second person of that institution approve."""
        asked = self.ask(who, kind, **fields)
        if asked.state is not OperationState.ASKED:
            return asked
        return self.approve(REVIEWERS[who.institution], asked)

    def has(self, bucket: Bucket, owner: int = 0, contract_id: int = CEA) -> int:
        """Balance of one account of units."""
        return balance_of(self.store, units(contract_id, bucket, owner))

    def prove(self) -> None:
        """Conservation, ledger, serials and audit trail."""
        sums: dict[int, int] = {}
        for key, amount in balances_now(self.store).items():
            sums[key.asset_id] = sums.get(key.asset_id, 0) + amount
        assert not any(sums.values())
        check_ledger(self.store)
        check_serials(self.store)
        check_audit(self.store)


def allocated(folder: Path) -> Registry:
    """1000 issued: 300 national, Hubei 700, of which Anna 200 and Ben 100."""
    registry = Registry(folder)
    registry.both(M_OP, OperationKind.ISSUE, contract_id=CEA, lots=1000, document="d")
    registry.both(M_OP, OperationKind.ALLOCATE_PROVINCE, contract_id=CEA, province_id=HUBEI, lots=700)
    for entity_id, lots in ((ANNA, 200), (BEN, 100)):
        registry.both(
            P_OP,
            OperationKind.ALLOCATE,
            contract_id=CEA,
            entity_id=entity_id,
            lots=lots,
            basis="pre-allocation",
        )
    return registry


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    made = allocated(tmp_path)
    yield made
    made.prove()
    made.store.close()
