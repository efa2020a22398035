"""What somebody wants of the registry in a random life: fields of every kind of operation."""

from collections.abc import Callable, Mapping
from datetime import date
from random import Random
from typing import Any, Final

from exchange.rulebook.calendars import trading_calendar
from settlement.ledger.balances import balance_of
from settlement.operations.params import Basis, Ground, Place
from settlement.registry.accounts import Holder, find_entity
from settlement.registry.handlers.reversal import REVERSIBLE
from settlement.store.booked import held_for
from settlement.store.defaults import owed_by
from settlement.store.objections import objections
from settlement.store.operations import operations_in
from settlement.vocabulary.chart import CASH, Bucket, cash, units
from settlement.vocabulary.operations import OperationKind, OperationState
from tests.unit.settlement.town import Town

_OF_ENTITY: Final = (Bucket.REGISTRY_AVAILABLE, lambda who: who.entity_id)
_OF_PROVINCE: Final = (Bucket.PROVINCIAL, lambda who: who.province_id)
_NATIONAL: Final = (Bucket.NATIONAL, lambda who: 0)
SOURCES: Final[Mapping[OperationKind, tuple[Bucket, Callable[[Holder], int]]]] = {
    OperationKind.ALLOCATE_PROVINCE: _NATIONAL,
    OperationKind.AUCTION_ISSUE: _NATIONAL,
    OperationKind.ALLOCATE: _OF_PROVINCE,
    OperationKind.TRUE_UP: _OF_PROVINCE,
    OperationKind.SURRENDER_FROM_PROVINCE: _OF_PROVINCE,
    OperationKind.TO_TRADING: _OF_ENTITY,
    OperationKind.SURRENDER: _OF_ENTITY,
    OperationKind.RETIRE: _OF_ENTITY,
    OperationKind.CARRY_OVER: _OF_ENTITY,
    OperationKind.NON_TRADE_TRANSFER: _OF_ENTITY,
    OperationKind.TO_REGISTRY: (Bucket.TRADING_AVAILABLE, lambda who: who.account_id),
}
FROZEN: Final = {
    Place.REGISTRY: Bucket.REGISTRY_FROZEN,
    Place.TRADING: Bucket.FROZEN,
    Place.CASH: Bucket.MEMBER_FROZEN,
}


class Wishes:
    """Draws what is asked for. Most of it is possible, much is not."""

    random: Random
    people: list[Holder]
    codes: dict[int, str]
    year: int
    day: date
    count: int
    town: Town

    def _has_begun(self) -> bool:
        return find_entity(self.town.store, 1) is not None

    def _yesterday(self) -> date:
        """The day whose statement is newest, between two days; or one earlier."""
        return trading_calendar().previous_trading_day(self.day)

    def _some_lots(self, kind: OperationKind, contract_id: int, who: Holder) -> int:
        """Mostly a part of what there is."""
        found = SOURCES.get(kind)
        if found is None or self.random.random() < 0.15:
            return self.random.randint(1, 2_000)
        bucket, owner = found
        there = balance_of(self.town.store, units(contract_id, bucket, owner(who)))
        return self.random.randint(1, max(1, there // 2))

    def _held_by_province(self, entity_id: int, contract_id: int) -> int:
        return held_for(self.town.store, entity_id, contract_id) if self._has_begun() else 0

    def _owed(self, who: Holder) -> int:
        return owed_by(self.town.store, who.account_id) if self._has_begun() else 0

    def _some_frozen(self, kind: OperationKind, place: Place, contract_id: int, who: Holder) -> int:
        """Of a release mostly a part of what is frozen there."""
        most = 40_000_000 if place is Place.CASH else 2_000
        if kind is OperationKind.RELEASE:
            bucket, owner = FROZEN[place], who.entity_id if place is Place.REGISTRY else who.account_id
            key = cash(bucket, owner) if place is Place.CASH else units(contract_id, bucket, owner)
            most = max(1, balance_of(self.town.store, key))
        return self.random.randint(1, most)

    def fields(self, kind: OperationKind, who: Holder) -> dict[str, Any]:
        """What a kind is asked with, mostly about `who`."""
        random = self.random
        entity_id, other = who.entity_id, random.choice(self.people).entity_id
        contract_id = random.choice(list(self.codes))
        lots = self._some_lots(kind, contract_id, who)
        of_entity = {"entity_id": entity_id, "contract_id": contract_id, "lots": lots}
        year = self.year if random.random() < 0.8 else random.choice((2019, 2021, 2023, 2025))
        match kind:
            case OperationKind.OPEN_ACCOUNT:
                number = 100 + self.count
                names = {"kind": "noise", "name_zh": "新", "name_en": "New"}
                return {
                    "entity_id": number, "account_id": 2_000 + number, "member_id": number, **names,
                    "province_id": random.randint(1, 2), "bank_id": random.randint(1, 2),
                }  # fmt: skip
            case OperationKind.CLOSE_ACCOUNT:
                return {"entity_id": self.people[-1].entity_id}  # the newest may still be empty
            case OperationKind.RESTRICT_ACCOUNT:
                may = {name: random.random() < 0.8 for name in ("may_buy", "may_sell", "may_move")}
                return {"entity_id": entity_id, **may, "reason": "inquiry"}
            case OperationKind.ISSUE:
                return {"contract_id": contract_id, "lots": 20 * lots, "document": "d"}
            case OperationKind.ALLOCATE_PROVINCE:
                return {"contract_id": contract_id, "province_id": who.province_id, "lots": lots}
            case OperationKind.ALLOCATE:
                return {**of_entity, "basis": random.choice(list(Basis)).value}
            case OperationKind.TRUE_UP:
                return {"entity_id": entity_id, "contract_id": contract_id, "final_lots": lots}
            case OperationKind.AUCTION_ISSUE:
                return {"contract_id": contract_id, "account_id": who.account_id, "lots": lots}
            case OperationKind.NON_TRADE_TRANSFER:
                ends = {"source_entity_id": entity_id, "target_entity_id": other}
                why = {"ground": random.choice(list(Ground)).value, "document": "d"}
                return {"contract_id": contract_id, "lots": lots, **ends, **why}
            case OperationKind.FREEZE | OperationKind.RELEASE:
                place = random.choice(list(Place))
                contract_id = CASH if place is Place.CASH else contract_id
                amount = self._some_frozen(kind, place, contract_id, who)
                where = {"place": place.value, "contract_id": contract_id}
                return {"entity_id": entity_id, **where, "amount": amount, "document": "d"}
            case OperationKind.SET_OBLIGATION:
                due = random.randint(20_000, 40_000)
                return {"entity_id": entity_id, "year": year, "verified_lots": 2 * due, "due_lots": due}
            case OperationKind.SURRENDER:
                obliged = other if random.random() < 0.2 else 0
                return {**of_entity, "year": year, "obliged_entity_id": obliged}
            case OperationKind.SURRENDER_FROM_PROVINCE:
                lots = random.randint(1, max(1, self._held_by_province(entity_id, contract_id)))
                return {**of_entity, "lots": lots, "year": year}
            case OperationKind.RETIRE:
                return {**of_entity, "purpose": "voluntary"}
            case OperationKind.REVERSE:
                done = operations_in(self.town.store, OperationState.DONE) if self._has_begun() else []
                found = [one.operation_id for one in done if one.kind in REVERSIBLE]
                return {"operation_id": random.choice(found or [1]), "reason": "error"}
            case OperationKind.WITHDRAW:
                return {"entity_id": entity_id, "amount_fen": random.randint(1, 3_000_000)}
            case _:
                return self._fields_of_few(kind, of_entity)

    def _fields_of_few(self, kind: OperationKind, of_entity: dict[str, Any]) -> dict[str, Any]:
        """Objections, breaks, the reserve; and the fields of every plain movement."""
        random = self.random
        match kind:
            case OperationKind.OBJECT:
                about = {"day": str(self._yesterday()), "match_id": random.randint(0, 3)}
                return {"entity_id": of_entity["entity_id"], "grounds": "not so", **about}
            case OperationKind.EXAMINE_OBJECTION | OperationKind.DECIDE_OBJECTION:
                known = objections(self.town.store)[-3:] if self._has_begun() else []
                found = random.choice(known).objection_id if known else 1
                why = {"reason": "looked up"} if kind is OperationKind.DECIDE_OBJECTION else {}
                return {"objection_id": found, **why}
            case OperationKind.CLOSE_BREAK:
                return {"break_id": 1, "reason": "none"}
            case OperationKind.FUND_RESERVE:
                return {"amount_fen": random.randint(1, 2_000)}
            case OperationKind.RECOVER:
                owing = [one for one in self.people if self._owed(one)]
                debtor = random.choice(owing or self.people)
                most = max(1, self._owed(debtor))
                return {"entity_id": debtor.entity_id, "amount_fen": random.randint(1, most)}
            case _:
                return of_entity
