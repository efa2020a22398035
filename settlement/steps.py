"""The steps of the day end, each idempotent: what the store says in, records to send and new rows out.

A step runs inside one transaction that also moves the day's stage when the step ends with a signal, so a kill
at any instant leaves a day that either has the step behind it or does it again.
"""

from typing import NamedTuple

from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.records import Records
from exchange.vocabulary.signed import word_records
from exchange.vocabulary.units import format_yuan
from settlement.banks.funding import instruct_banks
from settlement.clearing.changed import apply_changes
from settlement.clearing.clear import clear
from settlement.clearing.delivery import delivery_entries
from settlement.clearing.failures import NO_FAILURES, delivered_of
from settlement.clearing.fault import can_plant, clear_with_fault
from settlement.clearing.lines import Clearing, Rows
from settlement.day_end import DaySignal, Step
from settlement.defaulting import cover_entry, judge, words
from settlement.errors import CorruptionError
from settlement.instructions import DayFinished, DayHeld, Instruction, Send, Tell
from settlement.ledger.balances import balances_now, issued_units
from settlement.ledger.book import book
from settlement.moment import moment_of
from settlement.operations.handler import Context
from settlement.outgoing import (
    Positions,
    delivered_records,
    opening_records,
    result_records,
    stage_records,
    stamp,
)
from settlement.pinning import unpinned
from settlement.reconciliation import (
    as_confirmed,
    cleared_figures,
    delivered_figures,
    opening_positions,
    reconcile,
)
from settlement.registry.accounts import account_names
from settlement.reports.day_file import day_record, write_day_file
from settlement.reports.happenings import happenings
from settlement.reports.statements import read_day_book, write_statements
from settlement.seal import check_seal
from settlement.season import Season
from settlement.serials.sums import serial_breaks
from settlement.signatures import sign_delivery
from settlement.store.breaks import (
    Break,
    DayReport,
    kept_breaks,
    open_breaks,
    read_reports,
    record_breaks,
    save_report,
)
from settlement.store.changes import read_changes
from settlement.store.cleared import (
    insert_clearing,
    is_fault_planted,
    note_fault,
    read_clearing,
    read_refusal,
)
from settlement.store.database import Store
from settlement.store.days import DayRow
from settlement.store.defaults import insert_failures, read_failures
from settlement.store.received import Seal, read_seal
from settlement.store.signatures import WUHAN, read_word
from settlement.store.transfers import held_amounts
from settlement.store.unbooked import read_unbooked, unbooked_breaks
from settlement.stream import date_of
from settlement.told import ToldTrades
from settlement.transfers.crossing import Crossings
from settlement.transfers.restrictions import tell_restrictions
from settlement.vocabulary.chart import CASH


class Done(NamedTuple):
    """What a step gave."""

    day: DayRow
    instructions: tuple[Instruction, ...] = ()
    signal: DaySignal | None = None


class Steps:
    """Runs single steps; holds where to read and write, and what it has just read."""

    def __init__(self, store: Store, season: Season, crossings: Crossings, told: ToldTrades) -> None:
        self._store = store
        self._season = season
        self._crossings = crossings
        self._told = told
        self._cached: tuple[tuple[int, int], Clearing] | None = None
        self._sealed_trades: tuple[int, Rows] | None = None  # read once; after the seal no trade comes
        self._functions = {
            Step.SEND_OPENING: self._send_opening,
            Step.SEND_TRANSFERS: self._send_transfers,
            Step.CHECK_BOOKABLE: self._check_bookable,
            Step.CHECK_SEAL: self._check_seal,
            Step.CHECK_ACCOUNTS: self._check_accounts,
            Step.CLEAR: self._clear,
            Step.SEND_RESULT: self._send_result,
            Step.HOLD: self._hold,
            Step.BEGIN_CORRECTION: self._begin_correction,
            Step.DELIVER: self._deliver,
            Step.SEND_DELIVERED: self._send_delivered,
            Step.WRITE_STATEMENTS: self._write_statements,
            Step.RECONCILE: self._reconcile,
            Step.BOOK_TRANSFERS: self._book_transfers,
            Step.WRITE_DAY: self._write_day,
            Step.SEND_STAGE: self._send_stage,
            Step.TELL_DAY: self._tell_day,
        }
        assert set(self._functions) == set(Step), "expected a function for every step"

    def run(self, step: Step, day: DayRow) -> Done:
        """Do one step of a day. Requires: an open transaction."""
        self._store.require_transaction()
        return self._functions[step](day)

    def positions(self, day: DayRow) -> Positions:
        """The day's opening positions, from the ledger. Requires: the day is not delivered."""
        return opening_positions(balances_now(self._store), self._season.contracts_of_day(day.trading_day))

    # ---- before the day

    def _send_opening(self, day: DayRow) -> Done:
        if day.stage is Stage.WAITING and (stops := unpinned(kept_breaks(self._store))):
            text = (
                f"{_date(day)}: not opened: {len(stops)} total(s) differ that no account explains: "
                f"{', '.join(f'break {one.break_id} {one.found.what}' for one in stops)}; "
                "close them by operation close-break, the day opens then"
            )
            return Done(day, (Tell(text, is_grave=True),))  # the door stays open: it is closed through it
        positions = self.positions(day)
        records = stage_records(Stage.OPENING_SENT, 0, day.trading_day)
        records += opening_records(positions, day.trading_day)
        text = (
            f"{_date(day)}: opening positions sent: {positions.units_total_lots:,} t, "
            f"{format_yuan(positions.cash_total_fen)} yuan, {len(positions.cash)} accounts"
        )
        signal = DaySignal.POSITIONS_SENT if day.stage is Stage.WAITING else None
        return self._sent(day, records, Tell(text), signal=signal)

    # ---- while the day runs

    def _send_transfers(self, day: DayRow) -> Done:
        """Ask Shanghai for everything that waits, and again for what it has not answered."""
        context = Context(self._store, self._season, moment_of(day, self._season))
        sending = self._crossings.send(context, day.trading_day, day.next_reference)
        sending += tell_restrictions(self._store, day.trading_day)
        return self._sent(day, sending) if sending else Done(day)

    # ---- after the seal

    def _check_bookable(self, day: DayRow) -> Done:
        """A day that cannot be booked whole is not cleared at all."""
        is_bookable = not read_unbooked(self._store, day.trading_day)
        return Done(day, (), None if is_bookable else DaySignal.NOT_BOOKABLE)

    def _check_seal(self, day: DayRow) -> Done:
        told = self._told.read(self._store, day.trading_day)
        held = held_amounts(self._store, day.trading_day)
        held_fen = sum(amount for (_, asset_id), amount in held.items() if asset_id == CASH)
        check_seal(self._seal(day), told, self._changes(day), sum(held.values()) - held_fen, held_fen)
        self._keep_trades(day, told)
        return Done(day)

    def _check_accounts(self, day: DayRow) -> Done:
        trades = self._trades(day)
        names = account_names(self._store)
        traders = {*trades["buyer_account_id"].tolist(), *trades["seller_account_id"].tolist()}
        for account_id in sorted(traders):
            status = names[account_id].status if account_id in names else "none"
            if status not in ("open", "restricted"):  # a restriction does not touch what is matched
                raise CorruptionError(f"trading account {account_id} that traded", "open", status)
        return Done(day)

    def _clear(self, day: DayRow) -> Done:
        trades = self._trades(day)
        tells: list[Instruction] = []
        fault = self._season.fault
        contracts = self._season.contracts_of_day(day.trading_day)
        if (
            fault is not None
            and day.run == 1
            and can_plant(fault, trades, contracts)
            and not is_fault_planted(self._store)
        ):
            accounts = account_names(self._store)
            clearing, description = clear_with_fault(fault, trades, accounts, contracts)
            note_fault(self._store, day.trading_day, fault.value, description)
            tells.append(Tell(f"{_date(day)}: PLANTED FAULT {fault.value}: {description}", is_grave=True))
            is_as_told = False
        else:
            clearing = clear(trades)
            is_as_told = not len(self._changes(day))
        insert_clearing(self._store, day.trading_day, day.run, clearing, is_as_told)
        self._sealed_trades = None
        self._told.forget()
        self._cached = (day.trading_day, day.run), clearing
        tells.append(
            Tell(
                f"{_date(day)}: run {day.run} cleared: {len(clearing.lines):,} trades, "
                f"{clearing.tonnes_lots:,} t, {format_yuan(clearing.amount_fen)} yuan"
            )
        )
        return Done(day, tuple(tells), DaySignal.RESULT_READY)

    def _send_result(self, day: DayRow) -> Done:
        held = held_amounts(self._store, day.trading_day)
        records = result_records(self._clearing(day), self.positions(day), held, day.trading_day, day.run)
        return self._sent(day, records)

    # ---- refused

    def _hold(self, day: DayRow) -> Done:
        if unbooked := read_unbooked(self._store, day.trading_day):
            text = (
                f"{_date(day)}: Shanghai moved balances during the day ({len(unbooked)}) that nobody here "
                f"asked for. The day is held, nothing is cleared or delivered. Accounts: "
                f"{', '.join(map(str, sorted({u.account_id for u in unbooked})))}"
            )
            return Done(day, (Tell(text, is_grave=True), DayHeld(day.trading_day, text)))
        refusal = read_refusal(self._store, day.trading_day, day.run)
        assert refusal is not None, "expected a stored refusal in stage REFUSED"
        accounts = sorted({b.account_id for b in open_breaks(self._store) if b.account_id})
        text = (
            f"{_date(day)}: Shanghai REFUSED run {day.run}: {refusal.difference_count} difference(s), "
            f"the first on account {refusal.account_id}: Shanghai's change {refusal.expected_amount:,}, "
            f"Wuhan's {refusal.found_amount:,}. The day is held, nothing is delivered. "
            f"Accounts that differ: {', '.join(map(str, accounts)) or 'none'}"
        )
        return Done(day, (Tell(text, is_grave=True), DayHeld(day.trading_day, text)))

    def _begin_correction(self, day: DayRow) -> Done:
        text = f"{_date(day)}: run {day.run} was held; once more as run {day.run + 1}"
        return Done(day._replace(run=day.run + 1), (Tell(text),), DaySignal.CORRECTION_BEGUN)

    # ---- confirmed

    def _deliver(self, day: DayRow) -> Done:
        failures = judge(self._store, self._season, self._clearing(day))
        insert_failures(self._store, day.trading_day, failures)
        clearing = delivered_of(self._clearing(day), failures)
        cover = cover_entry(failures, _date(day))
        entries = [*([cover] if cover else ()), *delivery_entries(clearing, _date(day), day.run)]
        tells = [Tell(f"{_date(day)}: no trades, nothing to deliver")]
        if entries:
            block = book(self._store, entries, day.trading_day, day.time_ns)
            text = (
                f"{_date(day)}: delivered, final: {len(clearing.lines) - len(failures.trades):,} trades, "
                f"{block.posting_count:,} postings, ledger block {block.block_id} {block.hash.hex()[:12]}"
            )
            tells = [Tell(text)]
        if failures != NO_FAILURES:
            tells.append(Tell(f"{_date(day)}: {words(failures)}", is_grave=True))
        instruct_banks(self._store, clearing, _date(day), day.run, failures.covers)
        if self._season.sign is not None:
            sign_delivery(self._season.sign, self._store, day)
        return Done(day, tuple(tells), DaySignal.DELIVERY_BOOKED)

    def _send_delivered(self, day: DayRow) -> Done:
        records = delivered_records(self._delivered(day), day.trading_day, day.run)
        if (word := read_word(self._store, day.trading_day, day.run, WUHAN)) is not None:
            records += word_records(word.head, word.signature, day.trading_day, day.run)
        return self._sent(day, records)

    def _write_statements(self, day: DayRow) -> Done:
        codes = self._season.contracts_of_day(day.trading_day)
        day_book = read_day_book(self._store, day.trading_day, codes, self._delivered(day))
        count = write_statements(day_book, self._season.folder / "statements")
        return Done(day, (Tell(f"{_date(day)}: {count:,} statements written"),))

    def _reconcile(self, day: DayRow) -> Done:
        """Compare both cities; on a delivered day this closes the books."""
        if breaks := unbooked_breaks(self._store, day.trading_day):
            return self._report_unbooked(day, breaks)
        clearing = self._clearing(day)
        is_delivered = day.stage is not Stage.REFUSED
        failures = read_failures(self._store, day.trading_day)
        balances = balances_now(self._store)
        if is_delivered:
            figures = as_confirmed(delivered_figures(balances, clearing), clearing, failures)
        else:
            figures = cleared_figures(balances, clearing)
        contracts = self._season.contracts_of_day(day.trading_day)
        issued = issued_units(self._store, day.trading_day)
        result = reconcile(self._seal(day), figures, issued, contracts)
        breaks = (*result.breaks, *serial_breaks(self._store))
        record_breaks(
            self._store,
            day.trading_day,
            breaks,
            f"found no more after run {day.run} of {_date(day)}",
        )
        brought = self._delivered(day) if is_delivered else None
        report = DayReport(
            day.trading_day,
            Stage.STATED if is_delivered else Stage.REFUSED,
            len(brought.lines) - len(failures.trades) if brought else 0,
            brought.tonnes_lots if brought else 0,
            brought.amount_fen if brought else 0,
            result.units_conserved,
            result.cash_conserved,
            len(breaks),
        )
        save_report(self._store, report)
        return Done(day, (), DaySignal.STATEMENTS_WRITTEN if is_delivered else None)

    def _report_unbooked(self, day: DayRow, breaks: tuple[Break, ...]) -> Done:
        """Nothing was cleared, so there is nothing to compare: what cannot be booked are the breaks."""
        record_breaks(self._store, day.trading_day, breaks, f"booked on {_date(day)}")
        save_report(
            self._store, DayReport(day.trading_day, Stage.REFUSED, 0, 0, 0, False, False, len(breaks))
        )
        return Done(day)

    def _book_transfers(self, day: DayRow) -> Done:
        """Wuhan owns "available" again: what is open between the buckets ends."""
        context = Context(self._store, self._season, moment_of(day, self._season))
        ended = self._crossings.settle(context)
        text = f"{_date(day)}: {ended} open crossing(s) between the cities ended"
        return Done(day, (Tell(text),) if ended else ())

    def _write_day(self, day: DayRow) -> Done:
        report = next((r for r in read_reports(self._store) if r.trading_day == day.trading_day), None)
        assert report is not None, f"expected a report of day {day.trading_day}, found none"
        codes = self._season.contracts_of_day(day.trading_day)
        happened = happenings(self._store, day.trading_day, codes)
        record = day_record(report, kept_breaks(self._store, only_open=True), happened, codes)
        write_day_file(self._season.folder / "days", record)
        return Done(day)

    def _send_stage(self, day: DayRow) -> Done:
        breaks = len(open_breaks(self._store))
        return self._sent(day, stage_records(day.stage, breaks, day.trading_day))

    def _tell_day(self, day: DayRow) -> Done:
        breaks = open_breaks(self._store)
        words = "both cities agree to the tonne and the fen" if not breaks else f"{len(breaks)} BREAKS"
        text = f"{_date(day)}: stated and reconciled: {words}"
        return Done(day, (Tell(text, is_grave=bool(breaks)), DayFinished(day.trading_day, len(breaks))))

    # ---- shared

    def _sent(
        self, day: DayRow, records: list[Records], *tells: Tell, signal: DaySignal | None = None
    ) -> Done:
        """Reserve references in the same transaction that says what is sent: none is ever used twice."""
        data = stamp(records, day.next_reference)
        used = sum(map(len, records))
        day = day._replace(next_reference=day.next_reference + used)
        return Done(day, (Send(data), *tells), signal)

    def _clearing(self, day: DayRow) -> Clearing:
        key = (day.trading_day, day.run)
        if self._cached is None or self._cached[0] != key:
            self._cached = key, read_clearing(self._store, *key)
        return self._cached[1]

    def _delivered(self, day: DayRow) -> Clearing:
        """What the day brought. Requires: it is delivered."""
        return delivered_of(self._clearing(day), read_failures(self._store, day.trading_day))

    def _trades(self, day: DayRow) -> Rows:
        if self._sealed_trades is None or self._sealed_trades[0] != day.trading_day:
            return self._keep_trades(day, self._told.read(self._store, day.trading_day))
        return self._sealed_trades[1]

    def _keep_trades(self, day: DayRow, told: Rows) -> Rows:
        """The steps after the seal share the trades on the terms that stand."""
        standing = apply_changes(told, self._changes(day))
        self._sealed_trades = day.trading_day, standing
        return standing

    def _changes(self, day: DayRow) -> Rows:
        return read_changes(self._store, day.trading_day)

    def _seal(self, day: DayRow) -> Seal:
        seal = read_seal(self._store, day.trading_day)
        if seal is None:
            raise CorruptionError(f"seal of {_date(day)}", "SEAL_BALANCES and SEAL_TOTALS", "not both")
        return seal


def _date(day: DayRow) -> str:
    return date_of(day.trading_day)
