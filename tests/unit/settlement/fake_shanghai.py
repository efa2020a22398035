"""A Shanghai made of records, for tests: balances in plain dicts, the kernel's rules for what Wuhan sends.

It knows nothing of Wuhan's code: it recomputes every change from its own trades, as the real one does.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np

from exchange.vocabulary.control import MODULUS, balance_term, trade_step
from exchange.vocabulary.enums import HoldKind, HoldState
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import BALANCE_MAX, PROTOCOL_VERSION, RECORD_BYTES, STREAM_SETTLEMENT
from exchange.vocabulary.records import DTYPES, EVENT, Records, make, read
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.signed import DayTotals, confirmation_text
from exchange.vocabulary.units import fee_fen, market_time_ns, trading_day_number
from settlement.vocabulary.chart import CASH

FIRST_DAY = date(2021, 12, 16)
HEAD = bytes(range(31)) + b"\0"  # ends with a zero, as one in 256 does


class FakeShanghai:
    """One trading day of an exchange, as the settlement stream sees it."""

    def __init__(
        self,
        day: date = FIRST_DAY,
        trading_fee_ppm: int = 0,
        settlement_fee_ppm: int = 0,
        sign: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self.day = day
        self.number = trading_day_number(day)
        self.rates = (trading_fee_ppm, settlement_fee_ppm)
        self.sign = sign  # None: what it confirms goes unsigned
        self.fragments: list[bytes] = []  # of the registry's word, as they came
        self.records: list[bytes] = []
        self.commands: list[dict[str, int]] = []
        self.opening: dict[tuple[int, int], int] = {}
        self.change: dict[tuple[int, int], int] = defaultdict(int)
        self.fees: dict[int, int] = defaultdict(int)
        self.trades: list[tuple[int, int, int, int, int, int]] = []
        self.stages: list[int] = []
        self.highest_reference = 0
        self.moved: dict[tuple[int, int], int] = defaultdict(int)  # by transfers; what is held is out
        self.frozen: dict[tuple[int, int], int] = defaultdict(int)
        self.locked: dict[tuple[int, int], int] = defaultdict(int)  # a test says so: by resting orders
        self.proceeds: dict[int, int] = defaultdict(int)  # of sales of the day: spent, never withdrawn
        self.eligibility: dict[int, int] = {}  # as told today
        self.taken_max = BALANCE_MAX  # more than that does not come in
        self.holds: dict[int, tuple[int, int, int]] = {}  # granted and neither committed nor returned
        self.highest_transfer = 0
        self.is_open = self.is_sealed = self.is_confirmed = False
        self.delivered: dict[str, int] | None = None
        self.refused_run = 0
        self._begun: dict[tuple[int, int], int] = {}
        self._differences: list[tuple[int, int, int, int]] = []
        self._control = 0
        self._run = 0
        self._emit(Kind.STREAM_OPENED, stream_id=STREAM_SETTLEMENT)

    # ---- what a test does

    def events(self, first_number: int = 1) -> Records:
        """The stream from a number on."""
        return np.frombuffer(b"".join(self.records[first_number - 1 :]), EVENT)

    def trade(
        self, buyer: int, seller: int, contract_id: int, price: int, lots: int, method: int = 0
    ) -> None:
        """A match: both balances move, a TRADE_REPORT is written."""
        assert self.is_open and not self.is_sealed
        amount = price * lots
        fees = [fee_fen(amount, rate) for rate in self.rates]
        self.change[buyer, contract_id] += lots
        self.change[seller, contract_id] -= lots
        self.change[buyer, CASH] -= amount + sum(fees)
        self.change[seller, CASH] += amount - sum(fees)
        self.proceeds[seller] += amount - sum(fees)
        for account in (buyer, seller):
            self.fees[account] += sum(fees)
        match_id = len(self.trades) + 1
        self.trades.append((match_id, buyer, seller, contract_id, amount, lots))
        self._control = trade_step(self._control, match_id, buyer, seller, contract_id, amount, lots)
        self._emit(
            Kind.TRADE_REPORT,
            report_method=method,
            account_id=buyer,
            seller_account_id=seller,
            contract_id=contract_id,
            price_ticks=price,
            quantity_lots=lots,
            match_id=match_id,
            buyer_trading_fee_fen=fees[0],
            seller_trading_fee_fen=fees[0],
            buyer_settlement_fee_fen=fees[1],
            seller_settlement_fee_fen=fees[1],
        )

    def bust(self, match_id: int, price: int = 0, lots: int = 0) -> None:
        """Undo a trade, or correct it: both balances move, a BUST_REPORT is written."""
        _, buyer, seller, contract_id, old_amount, old_lots = self.trades[match_id - 1]
        amount = price * lots
        old_fees, fees = (sum(fee_fen(value, rate) for rate in self.rates) for value in (old_amount, amount))
        trading_fee, settlement_fee = (fee_fen(amount, rate) for rate in self.rates)
        self.change[buyer, contract_id] += lots - old_lots
        self.change[seller, contract_id] -= lots - old_lots
        self.change[buyer, CASH] -= amount + fees - old_amount - old_fees
        self.change[seller, CASH] += amount - fees - old_amount + old_fees
        for account in (buyer, seller):
            self.fees[account] += fees - old_fees
        self.trades[match_id - 1] = (match_id, buyer, seller, contract_id, amount, lots)
        self._control = trade_step(self._control, match_id, buyer, seller, contract_id, amount, lots)
        self._emit(
            Kind.BUST_REPORT,
            account_id=buyer,
            seller_account_id=seller,
            contract_id=contract_id,
            price_ticks=price,
            quantity_lots=lots,
            match_id=match_id,
            buyer_trading_fee_fen=trading_fee,
            seller_trading_fee_fen=trading_fee,
            buyer_settlement_fee_fen=settlement_fee,
            seller_settlement_fee_fen=settlement_fee,
            bust_reason=7,
        )

    def hold_changed(
        self, account: int, contract_id: int, amount: int, transfer_id: int, state: HoldState
    ) -> None:
        """The answer to a command about a balance; what it moved is in the closing balance."""
        if state in (HoldState.BOOKED, HoldState.COMMITTED):
            self.change[account, contract_id] += amount if state is HoldState.BOOKED else -amount
        self._emit(
            Kind.HOLD_CHANGED,
            account_id=account,
            contract_id=contract_id,
            amount=amount,
            transfer_id=transfer_id,
            hold_state=state,
        )

    def seal_hold(
        self, account: int, contract_id: int, amount: int, transfer_id: int, kind: HoldKind
    ) -> None:
        """A hold not resolved at the seal: no balance of the seal shows it."""
        self.change[account, contract_id] -= amount
        self._tell_seal_hold(account, contract_id, amount, transfer_id, kind)

    def _tell_seal_hold(
        self, account: int, contract_id: int, amount: int, transfer_id: int, kind: HoldKind
    ) -> None:
        self._emit(
            Kind.SEAL_HOLD,
            account_id=account,
            contract_id=contract_id,
            amount=amount,
            transfer_id=transfer_id,
            hold_kind=kind,
        )

    def closing(self, key: tuple[int, int]) -> int:
        """Closing balance of an account and contract, or of its cash (contract 0), without what is held."""
        return self.opening.get(key, 0) + self.moved.get(key, 0) + self.change.get(key, 0)

    def seal(self) -> None:
        """Closing balances and control totals."""
        keys = sorted({*self.opening, *self.moved, *self.change})
        for number, (account, contract, lots) in self.holds.items():
            kind = HoldKind.CASH_WITHDRAWAL if contract == CASH else HoldKind.UNITS_TO_REGISTRY
            self._tell_seal_hold(account, contract, lots, number, kind)
        held = sum(lots for _, contract, lots in self.holds.values() if contract != CASH)
        held_fen = sum(fen for _, contract, fen in self.holds.values() if contract == CASH)
        units = [(key, self.closing(key)) for key in keys if key[1] != CASH]
        cash = [(key, self.closing(key)) for key in keys if key[1] == CASH]
        for (account, contract), lots in units:
            bought = max(self.change.get((account, contract), 0), 0)
            self._emit(
                Kind.SEAL_HOLDING,
                account_id=account,
                contract_id=contract,
                available_lots=lots - bought - self.frozen[account, contract],
                frozen_lots=self.frozen[account, contract],
                bought_today_lots=bought,
            )
        for (account, _), fen in cash:
            frozen = self.frozen[account, CASH]
            self._emit(Kind.SEAL_CASH, account_id=account, available_fen=fen - frozen, frozen_fen=frozen)
        self._emit(
            Kind.SEAL_BALANCES,
            units_total_lots=sum(lots for _, lots in units) + held,
            cash_total_fen=sum(fen for _, fen in cash) + held_fen,
            record_count=len(keys),
            fees_fen=sum(self.fees.values()),
        )
        self._emit(
            Kind.SEAL_TOTALS,
            tonnes_lots=sum(trade[5] for trade in self.trades),
            amount_fen=sum(trade[4] for trade in self.trades),
            match_count=len(self.trades),
            control_hash=self._control,
        )
        self.is_sealed = True

    def falsify(self, kind: Kind, field: str, value: int) -> None:
        """Write another value into the newest record of a kind, as a broken line would."""
        index = max(i for i, record in enumerate(self.records) if record[3] == kind)
        wrong = np.frombuffer(self.records[index], DTYPES[kind]).copy()
        wrong[field] = value
        self.records[index] = wrong.tobytes()

    def reject(self, kind: Kind, reason: int) -> None:
        """Reject a record."""
        self._emit(Kind.REJECTED, command_kind=kind, reason=reason, highest_reference=self.highest_reference)

    # ---- what Wuhan sends

    def receive(self, data: bytes) -> None:
        """Take registry commands, as the kernel does."""
        for start in range(0, len(data), RECORD_BYTES):
            record = data[start : start + RECORD_BYTES]
            named = read(record)
            fields = {name: value for name, value in named.items() if isinstance(value, int)}
            self.commands.append(fields)
            if isinstance(data_of := named.get("fragment"), bytes):
                self.fragments.append(data_of.ljust(32, b"\0"))
            reason = self._apply(Kind(fields["kind"]), fields)
            if reason:
                self._emit(
                    Kind.REJECTED,
                    command_kind=fields["kind"],
                    user_reference=fields["user_reference"],
                    reason=reason,
                    highest_reference=self.highest_reference,
                )

    def _apply(self, kind: Kind, fields: dict[str, int]) -> RejectReason:
        if fields["user_reference"] <= self.highest_reference:
            return RejectReason.DUPLICATE_REFERENCE
        self.highest_reference = fields["user_reference"]
        if kind in (Kind.REGISTRY_CHAIN_HEAD, Kind.REGISTRY_SIGNATURE):
            return RejectReason.NONE if self.is_confirmed else RejectReason.NOT_SEALED
        if fields["version"] != PROTOCOL_VERSION or fields["trading_day"] != self.number:
            return RejectReason.WRONG_TRADING_DAY
        if kind.name.startswith("OPENING"):
            return self._apply_opening(kind, fields)
        if kind.name.startswith("RESULT"):
            return self._apply_result(kind, fields)
        if Kind.DEPOSIT <= kind <= Kind.RESTRICT:
            return self._apply_transfer(kind, fields)
        if kind is Kind.DELIVERED:
            if not self.is_confirmed:
                return RejectReason.NOT_SEALED
            self.delivered = fields
        elif kind is Kind.STAGE:
            self.stages.append(fields["stage"])
        return RejectReason.NONE

    def _apply_opening(self, kind: Kind, fields: dict[str, int]) -> RejectReason:
        if self.is_open:
            return RejectReason.OPENING_CLOSED
        if kind is Kind.OPENING_BEGIN:
            self._begun = {}
            self.frozen.clear()
        elif kind is Kind.OPENING_HOLDING:
            key = (fields["account_id"], fields["contract_id"])
            self._begun[key] = fields["available_lots"] + fields["frozen_lots"]
            self.frozen[key] = fields["frozen_lots"]
        elif kind is Kind.OPENING_CASH:
            key = (fields["account_id"], CASH)
            self._begun[key] = fields["available_fen"] + fields["frozen_fen"]
            self.frozen[key] = fields["frozen_fen"]
        else:
            found = {
                "units_total_lots": sum(v for k, v in self._begun.items() if k[1] != CASH),
                "cash_total_fen": sum(v for k, v in self._begun.items() if k[1] == CASH),
                "record_count": len(self._begun),
                "control_hash": sum(balance_term(*k, v) for k, v in self._begun.items()) % MODULUS,
            }
            if any(fields[name] != value for name, value in found.items()):
                return RejectReason.CONTROL_TOTAL
            self.opening, self.is_open = self._begun, True
            self._emit(Kind.OPENING_ACCEPTED, **{k: v for k, v in found.items() if k != "control_hash"})
        return RejectReason.NONE

    def free(self, key: tuple[int, int]) -> int:
        """What may be frozen; proceeds of the day are among the cash."""
        change = self.change.get(key, 0)
        traded = change if key[1] == CASH else min(change, 0)
        moved = self.opening.get(key, 0) + self.moved.get(key, 0)
        return moved + traded - self.frozen.get(key, 0) - self.locked.get(key, 0)

    def _apply_transfer(self, kind: Kind, fields: dict[str, int]) -> RejectReason:
        """What leaves by a hold, comes in, is frozen; too little is an answer and no rejection."""
        if not self.is_open:
            return RejectReason.OPENING_NOT_ACCEPTED
        if self.is_sealed:
            return RejectReason.DAY_SEALED
        if kind is Kind.RESTRICT:
            self.eligibility[fields["account_id"]] = fields["eligibility"]
            return RejectReason.NONE
        number = fields["transfer_id"]
        if kind in (Kind.HOLD_COMMIT, Kind.HOLD_ABORT):
            return self._resolve(kind, number)
        if number <= self.highest_transfer:
            return RejectReason.DUPLICATE_RECORD
        self.highest_transfer = number
        account, contract, amount = fields["account_id"], fields["contract_id"], fields["amount"]
        key = account, contract
        if (kind is Kind.DEPOSIT) != (contract == CASH) and kind in (Kind.DEPOSIT, Kind.TRANSFER_IN):
            return RejectReason.INVALID_FIELD
        if amount > self._limit(kind, key):
            self._tell_hold(*key, amount, number, HoldState.REFUSED, RejectReason.UNITS_INSUFFICIENT)
        elif kind is Kind.HOLD_REQUEST:
            self.moved[key] -= amount
            self.holds[number] = (account, contract, amount)
            self._tell_hold(*key, amount, number, HoldState.GRANTED)
        else:
            changed = self.moved if kind in (Kind.DEPOSIT, Kind.TRANSFER_IN) else self.frozen
            changed[key] += -amount if kind is Kind.RELEASE else amount
            self._tell_hold(*key, amount, number, HoldState.BOOKED)
        return RejectReason.NONE

    def _limit(self, kind: Kind, key: tuple[int, int]) -> int:
        """The most that a command may take."""
        if kind is Kind.RELEASE:
            return self.frozen[key]
        if kind is Kind.FREEZE:
            return self.free(key)
        if kind is Kind.HOLD_REQUEST:
            return self.free(key) - (self.proceeds[key[0]] if key[1] == CASH else 0)
        return self.taken_max

    def _resolve(self, kind: Kind, number: int) -> RejectReason:
        if number not in self.holds:
            return RejectReason.TRANSFER_RESOLVED
        account, contract, amount = self.holds.pop(number)
        if kind is Kind.HOLD_ABORT:
            self.moved[account, contract] += amount
        state = HoldState.COMMITTED if kind is Kind.HOLD_COMMIT else HoldState.RELEASED
        self._tell_hold(account, contract, amount, number, state)
        return RejectReason.NONE

    def _tell_hold(
        self, account: int, contract: int, lots: int, number: int, state: HoldState, reason: int = 0
    ) -> None:
        self._emit(
            Kind.HOLD_CHANGED,
            account_id=account,
            contract_id=contract,
            amount=lots,
            transfer_id=number,
            hold_state=state,
            hold_reason=reason,
        )

    def _apply_result(self, kind: Kind, fields: dict[str, int]) -> RejectReason:
        if not self.is_sealed:
            return RejectReason.NOT_SEALED
        if self.is_confirmed:
            return RejectReason.ALREADY_CONFIRMED
        if kind is Kind.RESULT_BEGIN:
            if fields["run"] <= self.refused_run:
                return RejectReason.DUPLICATE_RECORD
            self._run, self._differences, self._begun = fields["run"], [], {}
        elif fields["run"] != self._run or self._run == self.refused_run:
            return RejectReason.INVALID_FIELD
        elif kind is Kind.RESULT_TOTALS:
            self._judge(fields)
        else:
            self._compare(kind, fields)
        return RejectReason.NONE

    def _compare(self, kind: Kind, fields: dict[str, int]) -> None:
        is_cash = kind is Kind.RESULT_CASH
        key = (fields["account_id"], CASH if is_cash else fields["contract_id"])
        change = fields["change_fen" if is_cash else "change_lots"]
        closing = fields["closing_fen" if is_cash else "closing_lots"]
        self._begun[key] = change
        held = sum(hold[2] for hold in self.holds.values() if hold[:2] == key)
        wrong = change != self.change.get(key, 0) or closing != self.closing(key) + held
        if wrong or (is_cash and fields["fees_fen"] != self.fees[key[0]]):
            self._differences.append((*key, self.change.get(key, 0), change))

    def _judge(self, fields: dict[str, int]) -> None:
        traded = {key for trade in self.trades for key in self._touched(trade)}
        for key in sorted(traded - set(self._begun), key=lambda key: (key[1] == CASH, key)):
            self._differences.append((*key, self.change[key], 0))
        totals = {
            "record_count": len(traded),
            "tonnes_lots": sum(trade[5] for trade in self.trades),
            "amount_fen": sum(trade[4] for trade in self.trades),
            "control_hash": sum(balance_term(*key, self.change[key]) for key in traded) % MODULUS,
        }
        for name, expected in totals.items():
            if fields[name] != expected:
                self._differences.append((0, 0, expected, fields[name]))
        if not self._differences:
            self.is_confirmed = True
            self._emit(Kind.RESULT_CONFIRMED, run=self._run, record_count=len(traded))
            if self.sign is not None:
                self._sign(self.sign)
            return
        account, contract, expected, found = self._differences[0]
        self.refused_run = self._run
        self._emit(
            Kind.RESULT_REFUSED,
            run=self._run,
            account_id=account,
            contract_id=contract,
            expected_amount=expected,
            found_amount=found,
            difference_count=len(self._differences),
        )

    def _sign(self, sign: Callable[[bytes], bytes]) -> None:
        """Head and signature of what was confirmed, as three fragments."""
        lots, fen = (sum(trade[column] for trade in self.trades) for column in (5, 4))
        totals = DayTotals(self.number, len(self.trades), lots, fen, self._control)
        signature = sign(confirmation_text(totals, self._run, HEAD))
        signed = Kind.EXCHANGE_SIGNATURE
        for kind, data, index, count in (
            (Kind.EXCHANGE_CHAIN_HEAD, HEAD, 0, 1),
            (signed, signature[:32], 0, 2),
            (signed, signature[32:], 1, 2),
        ):
            fields = {"fragment_index": index, "fragment_count": count, "fragment_version": PROTOCOL_VERSION}
            of_run = {"fragment_trading_day": self.number, "fragment_run": self._run}
            self.records.append(make(kind, fragment=data, **fields, **of_run))

    def _touched(self, trade: tuple[int, int, int, int, int, int]) -> Iterator[tuple[int, int]]:
        _, buyer, seller, contract, _, _ = trade
        for account in (buyer, seller):
            yield account, contract
            yield account, CASH

    def _emit(self, kind: Kind, **values: int) -> None:
        dated = {"trading_day": self.number, "time_ns": market_time_ns(self.day, 34_200 + len(self.records))}
        if kind is Kind.REJECTED:
            del dated["trading_day"]
        elif kind is not Kind.TRADE_REPORT:
            dated["version"] = PROTOCOL_VERSION
        else:
            dated["report_version"] = PROTOCOL_VERSION
        self.records.append(make(kind, **dated, **values))
