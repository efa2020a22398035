"""Random life of both cities and two banks: every operation, by everybody, at any time, with cuts and deaths.

Most of what is asked is possible, much is not: a refusal must change nothing. Everything is drawn from one
seed, so a life that fails can be lived again.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from exchange.rulebook.calendars import trading_calendar
from exchange.vocabulary.enums import Eligibility
from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.instructions import Instruction
from settlement.ledger.balances import balance_of, balances_now, issued_units
from settlement.ledger.check import check_ledger
from settlement.operations.audit import check_audit
from settlement.operations.params import Place
from settlement.operations.roles import MATRIX, Scope
from settlement.registry.accounts import Holder, find_entity
from settlement.serials.check import check_serials
from settlement.store.breaks import open_breaks
from settlement.store.operations import Operation, operations_in, read_operation
from settlement.vocabulary.chart import CASH, CONTRA, Bucket, cash, units
from settlement.vocabulary.operations import Institution, Level, OperationKind, OperationState, Person
from tests.property.settlement.wishes import Wishes
from tests.unit.settlement.fake_bank import Banks
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.town import Town

ENTITIES: Final = 6
FEES: Final = {"trading_fee_ppm": 333, "settlement_fee_ppm": 127}
KINDS: Final = tuple(OperationKind)
#: what is asked most: the market's daily bread
FREQUENT: Final = (
    OperationKind.TO_REGISTRY,
    OperationKind.TO_TRADING,
    OperationKind.WITHDRAW,
    OperationKind.SURRENDER,
    OperationKind.FREEZE,
    OperationKind.RELEASE,
    OperationKind.ALLOCATE,
    OperationKind.ALLOCATE_PROVINCE,
    OperationKind.SET_OBLIGATION,
    OperationKind.ISSUE,
    OperationKind.CARRY_OVER,
    OperationKind.SURRENDER_FROM_PROVINCE,
)
#: what is possible between two days only
BETWEEN_DAYS: Final = (
    OperationKind.AUCTION_ISSUE,
    OperationKind.OBJECT,
    OperationKind.OBJECT,
    OperationKind.EXAMINE_OBJECTION,
    OperationKind.DECIDE_OBJECTION,
    OperationKind.RECOVER,
)
WRONG_PERSON, LOST_SEND, DEATH = 0.05, 0.05, 0.04


class Life(Wishes):
    """One season, day after day."""

    def __init__(
        self, folder: Path, seed: int, first_day: date, codes: Mapping[int, str], obligation_year: int
    ) -> None:
        self.random = Random(seed)
        self.codes = dict(codes)
        self.people = [
            Holder(
                number, 1000 + number, 15 + number, "noise", f"示例 {number}", f"Sample {number}",
                dict.fromkeys(codes, 20_000), 200_000_000, 30_000, 1 + number % 2, 1 + number // 2 % 2,
            )
            for number in range(1, ENTITIES + 1)
        ]  # fmt: skip
        self.year = obligation_year
        # in two of three lives a freeze takes what was matched too; the reserve is large or very small
        reserve_fen = self.random.choice((300_000, 3_000_000_000))
        self.town = Town(
            folder, tuple(self.people), codes=codes, obligation_year=obligation_year,
            is_matched_frozen=seed % 3 != 2, reserve_fen=reserve_fen,
        )  # fmt: skip
        self.banks = Banks(self.people, reserve_fen)
        self.day = first_day
        self.shanghai = FakeShanghai(first_day, **FEES)
        self.asked: Counter[tuple[OperationKind, OperationState]] = Counter()
        self.count = 0

    # ---- a day

    def live(self) -> None:
        """One trading day, what happens between it and the next, and the proof of both."""
        self.shanghai = FakeShanghai(self.day, **FEES)
        self._some(8)
        self.town.connect(self.shanghai)
        self.town.pump(self.random.randint(1, 40))
        assert self.town.stage is Stage.OPEN, self.town.stage
        for _ in range(self.random.randint(20, 70)):
            self._happen()
        self._reconnect()
        arrested = self._arrest() if self.random.random() < 0.3 else None
        self.shanghai.seal()
        self.town.pump(self.random.randint(1, 60))
        if self.random.random() < DEATH:
            self._die()
        assert self.town.stage is Stage.STATED, self.town.stage
        if arrested is not None:
            self.town.by_registry(OperationKind.RELEASE, **arrested)
        self._some(8)
        self._agree()
        self.day = trading_calendar().next_trading_day(self.day)

    def prove(self) -> None:
        """From the first entry on."""
        store = self.town.store
        check_ledger(store)
        check_serials(store)
        check_audit(store)
        balances = balances_now(store)
        assert all(amount <= 0 if key.bucket in CONTRA else amount >= 0 for key, amount in balances.items())
        for asset in (CASH, *self.codes):
            assert sum(amount for key, amount in balances.items() if key.asset_id == asset) == 0
        issued = issued_units(store, self.town.day.trading_day + 30)
        for contract in self.codes:  # issued = held + surrendered + retired + carried over
            held = [
                amount
                for key, amount in balances.items()
                if key.asset_id == contract and key.bucket is not Bucket.ISSUED
            ]
            assert sum(held) == issued[contract]

    def _some(self, most: int) -> None:
        """Operations while the line is quiet: before the day, and after it."""
        for _ in range(self.random.randint(0, most)):
            self._operate()

    def _happen(self) -> None:
        """One thing of the running day."""
        draw = self.random.random()
        if draw < 0.35:
            self._trade()
        elif draw < 0.40:
            self._bust()
        elif draw < 0.80:
            self._operate()
        elif draw < 0.85:
            self._pay_in()
        elif draw < 0.90:
            self._bank_changes()
        elif draw < 0.96:
            self._obey(self.banks.exchange(self.town.city))
        else:
            self._reconnect()
        if self.random.random() < 0.8:
            self.town.pump(self.random.randint(1, 5))

    def _arrest(self) -> dict[str, Any] | None:
        """A court takes all that one side of the newest trade has, after it was matched."""
        if not self.shanghai.trades:
            return None
        _, buyer, seller, contract, *_ = self.shanghai.trades[-1]
        account, asset = self.random.choice(((buyer, CASH), (seller, contract)))
        who = next((one for one in self.people if one.account_id == account), None)
        if who is None:
            return None
        bucket = Bucket.MEMBER_CASH if asset == CASH else Bucket.TRADING_AVAILABLE
        key = cash(bucket, account) if asset == CASH else units(asset, bucket, account)
        amount = balance_of(self.town.store, key) + self.random.randint(0, 500)
        place = Place.CASH if asset == CASH else Place.TRADING
        self.count += 1
        paper = {"entity_id": who.entity_id, "place": place.value, "contract_id": asset, "amount": amount}
        order = {**paper, "document": f"arrest {self.count}"}
        self._count(self.town.by_registry(OperationKind.FREEZE, **order))
        self.town.pump()
        return order

    # ---- the market

    def _trade(self) -> None:
        buyer, seller = self.random.sample(self.people, 2)
        contract = self.random.choice(list(self.codes))
        price, lots = self.random.randint(1_000, 9_000), self.random.randint(1, 400)
        may_buy = self._eligibility(buyer) & Eligibility.BUY
        may_sell = self._eligibility(seller) & Eligibility.SELL
        cost = price * lots * 102 // 100 + 2
        if not (may_buy and may_sell) or self.shanghai.free((buyer.account_id, CASH)) < cost:
            return
        if self.shanghai.free((seller.account_id, contract)) >= lots:
            self.shanghai.trade(buyer.account_id, seller.account_id, contract, price, lots)

    def _bust(self) -> None:
        """Undo a trade whose units and proceeds are still there; half of them come back on other terms."""
        if not self.shanghai.trades:
            return
        match_id, buyer, seller, contract, amount, lots = self.random.choice(self.shanghai.trades)
        units, cash = (buyer, contract), (seller, CASH)
        has_units = self.shanghai.closing(units) - self.shanghai.frozen[units] >= lots
        has_cash = self.shanghai.free(cash) >= amount * 102 // 100 + 2
        if lots and has_units and has_cash:
            price = amount // lots
            is_corrected = lots > 1 and self.random.random() < 0.5
            self.shanghai.bust(match_id, *((price - 1, lots - 1) if is_corrected else ()))

    def _eligibility(self, who: Holder) -> int:
        return self.shanghai.eligibility.get(who.account_id, Eligibility.BUY | Eligibility.SELL)

    # ---- the banks

    def _pay_in(self) -> None:
        who = self.random.choice(self.people)
        self.count += 1
        bank = self.banks.by_id[who.bank_id]
        bank.sub_ledger.setdefault(who.account_id, 0)
        bank.pay_in(who.account_id, self.random.randint(1, 900_000), f"counter/{self.count}")

    def _bank_changes(self) -> None:
        bank = self.random.choice(list(self.banks.by_id.values()))
        bank.is_open = self.random.random() < 0.7
        accounts = [0, *(who.account_id for who in self.people if who.bank_id == bank.bank_id)]
        bank.rejects = set(self.random.sample(accounts, self.random.randint(0, 2)))

    def _agree(self) -> None:
        """Nothing is wrong that is not on its way: no break, of Shanghai or of a bank."""
        if self.random.random() < 0.5:
            for bank in self.banks.by_id.values():
                bank.is_open, bank.rejects = True, set()
            self._obey(self.banks.exchange(self.town.city))
        for bank_id, bank in self.banks.by_id.items():
            assert self.town.city.bank_balance(bank_id, bank.balance()) == []
        assert open_breaks(self.town.store) == [], "no false break"

    # ---- the line

    def _obey(self, said: list[Instruction]) -> None:
        is_lost = self.random.random() < LOST_SEND
        self.town.obey(said, line_holds=lambda data: not is_lost)

    def _reconnect(self) -> None:
        """The line comes back, or Wuhan does: what was lost is sent again."""
        if self.random.random() < DEATH:
            self.town.kill()
            self.town.start()
        self.town.connect(self.shanghai)
        self.town.pump()

    def _die(self) -> None:
        self.town.kill()
        self.town.start()
        self.town.connect(self.shanghai)
        self.town.pump()

    # ---- operations

    def _operate(self) -> None:
        waiting = operations_in(self.town.store, OperationState.ASKED) if self._has_begun() else []
        if waiting and self.random.random() < 0.6:
            self._decide(self.random.choice(waiting))
        else:
            is_quiet = self._has_begun() and self.town.stage is not Stage.OPEN
            self._ask(self.random.choice((*FREQUENT, *KINDS, *(4 * BETWEEN_DAYS if is_quiet else ()))))

    def _ask(self, kind: OperationKind) -> None:
        self.count += 1
        who = self.random.choice(self.people)
        if kind is OperationKind.SURRENDER_FROM_PROVINCE:
            held = [
                one
                for one in self.people
                if any(self._held_by_province(one.entity_id, c) for c in self.codes)
            ]
            who = self.random.choice(held or self.people)
        person = self._person(kind, who)
        data = msgspec.json.encode(self.fields(kind, who))
        operation, said = self.town.city.ask(person, f"key {self.count}", kind, data)
        self._obey(said)
        if operation.operation_id:
            self._count(operation)
        if operation.state is OperationState.ASKED and self.random.random() < 0.5:
            self._decide(operation)  # the second person was waiting for it

    def _decide(self, operation: Operation) -> None:
        city, number = self.town.city, operation.operation_id
        draw = self.random.random()
        if draw < 0.1:
            asker = Person(operation.person_id, Institution.REGISTRY, Level.OPERATOR)
            _, said = city.withdraw(asker, number)
        else:
            who = self.random.choice(list(MATRIX[operation.kind].approves))
            reviewer = Person(f"{who[0]}-reviewer", *who, self._scope_of_approver(operation))
            if draw < 0.2:
                _, said = city.decline(reviewer, number, "no")
            else:
                _, said = city.approve(reviewer, number, operation.command_hash)
        self._obey(said)
        found = read_operation(self.town.store, number)
        assert found is not None
        self._count(found)
        self._take_note(found)

    def _count(self, operation: Operation) -> None:
        self.asked[operation.kind, operation.state] += 1

    def _take_note(self, operation: Operation) -> None:
        """Who has an account now, and who has none any more."""
        if operation.kind is OperationKind.CLOSE_ACCOUNT and operation.state is OperationState.DONE:
            self.people = [who for who in self.people if who.entity_id != operation.entity_id]
        if operation.kind is OperationKind.OPEN_ACCOUNT and operation.state is OperationState.DONE:
            entity = find_entity(self.town.store, msgspec.json.decode(operation.params)["entity_id"])
            assert entity is not None
            names = entity.kind, entity.name_zh, entity.name_en
            numbers = entity.entity_id, entity.account_id, entity.member_id
            self.people.append(Holder(*numbers, *names, {}, 0, 0, entity.province_id, entity.bank_id))

    def _person(self, kind: OperationKind, who: Holder) -> Person:
        if self.random.random() < WRONG_PERSON:
            return Person("stranger", self.random.choice(list(Institution)), Level.OPERATOR, 1)
        [(institution, level)] = MATRIX[kind].asks
        scope = {Scope.ENTITY: who.entity_id, Scope.PROVINCE: who.province_id, Scope.NONE: 0}
        name = f"{institution}-operator-{who.entity_id if institution is Institution.HOLDER else ''}"
        return Person(name, institution, level, scope[MATRIX[kind].asks_scope])

    def _scope_of_approver(self, operation: Operation) -> int:
        if MATRIX[operation.kind].approves_scope is Scope.NONE:
            return 0
        params = msgspec.json.decode(operation.params)
        entity = find_entity(self.town.store, params.get("obliged_entity_id") or operation.entity_id)
        return entity.province_id if entity else 0
