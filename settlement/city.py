"""Wuhan's core: stream records in, instructions out; everything between is in the store. No clock, no socket.

    city = City(store, season)
    line: session, number = city.wanted_stream()   what to log in to
          city.line_opened()                       -> instructions
          city.take(first_number, events)          -> instructions, after they are committed
          city.resend()                            the exchange was busy: do the stage's sends again

A chunk is one transaction: its rows, the signals' effect on the stage and the next stream number stand or
fall together. So a record is taken once, however often the line is cut or the process killed.
"""

from collections.abc import Callable, Sequence
from typing import Final

from exchange.rulebook.calendars import trading_calendar
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import Records
from exchange.vocabulary.rejects import REJECT_TEXTS, RejectReason
from exchange.vocabulary.units import trading_day_date
from settlement.banks.agreement import compare_books
from settlement.banks.taking import take_movements
from settlement.day_end import DUTIES, DaySignal, Duties, Step, next_stage
from settlement.errors import CorruptionError
from settlement.founding import found_registry
from settlement.handlers import HANDLERS
from settlement.incoming import Signal, StoredRows, sort_events
from settlement.instructions import Instruction, Send, Tell
from settlement.ledger.book import book
from settlement.moment import moment_of
from settlement.operations.desk import Desk
from settlement.operations.handler import Context
from settlement.outgoing import stamp
from settlement.registry.accounts import open_season
from settlement.season import Season
from settlement.signatures import is_confirmed_by, keep_fragment, refuse_unsigned
from settlement.status import Status, status_of
from settlement.steps import Steps
from settlement.store.banking import newest_number, open_instructions
from settlement.store.cleared import Refusal, insert_refusal
from settlement.store.database import Store
from settlement.store.days import DayRow, insert_day, newest_day, note_step, save_day
from settlement.store.happenings import note_line_opening
from settlement.store.operations import Operation
from settlement.store.received import insert_rows
from settlement.store.unbooked import insert_unbooked
from settlement.stream import date_of, settlement_session, told_changes
from settlement.told import ToldTrades
from settlement.transfers.crossing import OUT_OF_HOURS, Crossings, Sending
from settlement.transfers.restrictions import tell_restrictions
from settlement.unbookable import find_unbookable
from settlement.vocabulary.banking import BankBalance, BankInstruction, BankMovement
from settlement.vocabulary.operations import OperationKind, OperationState, Person

#: rejections that only say that an earlier sending of the same had arrived
ALREADY: Final = frozenset({RejectReason.OPENING_CLOSED, RejectReason.ALREADY_CONFIRMED})


class City:
    """The registry and settlement institution, as a state machine over its store."""

    def __init__(self, store: Store, season: Season) -> None:
        self._store = store
        self._season = season
        self._desk = Desk(HANDLERS)
        self._crossings = Crossings(self._desk)
        self._told = ToldTrades()
        self._steps = Steps(store, season, self._crossings, self._told)
        self._is_restart = True
        self._stream_day = 0  # trading day of the stream on the line; 0 = not yet known
        with store.transaction():
            open_season(store, season.scenario, season.members)
        day = newest_day(store)
        if day is not None and day.stage in (Stage.STATED, Stage.REFUSED):
            # a kill may have come between the commit of the stage and what is done on its entry
            is_over = day.stage is Stage.STATED
            self._run_steps(day, (Step.BOOK_TRANSFERS, Step.WRITE_DAY) if is_over else (Step.WRITE_DAY,))

    # ---- the line

    def wanted_stream(self) -> tuple[str, int]:
        """Session and first number to ask for: an unfinished day goes on, else the current stream."""
        day = newest_day(self._store)
        if day is None or day.stage is Stage.STATED:
            return "", 1
        return settlement_session(day.trading_day), day.next_number

    def line_opened(self) -> list[Instruction]:
        """The line is open: do again what the exchange may not have got."""
        day = newest_day(self._store)
        if day is None or day.stage is Stage.STATED:
            self._stream_day = 0
            return []
        self._stream_day = day.trading_day
        with self._store.transaction():
            note_line_opening(self._store, day, is_restart=self._is_restart)
        return self._resume(day)

    def take(self, first_number: int, events: Records) -> list[Instruction]:
        """Take consecutive records of the stream; what was taken before is passed over."""
        if not len(events):
            return []
        instructions: list[Instruction] = []
        if first_number == 1:
            instructions += self._stream_opened(events)
        day = self._day()
        if first_number > day.next_number:
            raise CorruptionError("settlement stream: next number", day.next_number, first_number)
        fresh = events[day.next_number - first_number :]
        if not len(fresh):
            return instructions
        before = day.stage
        with self._store.transaction():
            day = day._replace(next_number=day.next_number + len(fresh))
            for part in sort_events(fresh):
                day, said = self._take_part(day, part)
                if said != instructions[-1:]:  # a thousand equal rejections are told once
                    instructions += said
            save_day(self._store, day)
        if day.stage is not before:
            instructions += self._enter(day)
        return instructions

    def resend(self) -> list[Instruction]:
        """The exchange did not take what was sent: send it again, with fresh references."""
        return self._run_steps(self._day(), DUTIES[self._day().stage].on_return)

    # ---- operations

    def ask(
        self, person: Person, key: str, kind: OperationKind, data: bytes
    ) -> tuple[Operation, list[Instruction]]:
        """Ask for a registry operation; `data` is the JSON of its fields. The answer may be a refusal."""
        return self._at_desk(lambda context: self._desk.ask(context, person, key, kind, data))

    def approve(
        self, person: Person, operation_id: int, command_hash: bytes
    ) -> tuple[Operation, list[Instruction]]:
        """Approve, as a second person, the operation of that number and hash."""
        return self._at_desk(lambda context: self._desk.approve(context, person, operation_id, command_hash))

    def decline(self, person: Person, operation_id: int, reason: str) -> tuple[Operation, list[Instruction]]:
        """Decline, as a second person, what another has asked."""
        return self._at_desk(lambda context: self._desk.decline(context, person, operation_id, reason))

    def withdraw(self, person: Person, operation_id: int) -> tuple[Operation, list[Instruction]]:
        """Withdraw what one has asked oneself and nobody has approved yet."""
        return self._at_desk(lambda context: self._desk.withdraw(context, person, operation_id))

    def _at_desk(self, act: Callable[[Context], Operation]) -> tuple[Operation, list[Instruction]]:
        """Act in one transaction, after what nobody has approved in time has ended; send what it asks for."""
        day = newest_day(self._store)
        context = self._context(day)
        with self._store.transaction():
            self._desk.expire(context)
            operation, said = act(context), self._moved_on(context, day)
        if operation.kind is OperationKind.CLOSE_BREAK and operation.state is OperationState.DONE:
            said += self._open_if_held(day)
        return operation, said

    def _open_if_held(self, day: DayRow | None) -> list[Instruction]:
        """A break that kept the day from opening may just have been closed."""
        if day is None or day.stage is not Stage.WAITING or self._stream_day != day.trading_day:
            return []
        return self._run_steps(self._day(), DUTIES[Stage.WAITING].on_return)

    def _moved_on(self, context: Context, day: DayRow | None) -> list[Instruction]:
        """Something was asked for or came in: Shanghai is told while its day runs; else freezes attach."""
        if context.moment.owns_available:
            self._crossings.attach_freezes(context)
        if day is None or day.stage is not Stage.OPEN:
            return []
        sending = self._crossings.send(context, day.trading_day, day.next_reference, only_new=True)
        return self._send(day, sending)[1]

    def _context(self, day: DayRow | None) -> Context:
        return Context(self._store, self._season, moment_of(day, self._season))

    def _send(self, day: DayRow, sending: Sending) -> tuple[DayRow, list[Instruction]]:
        """Send what crossings ask for and new restrictions, reserving references in the same transaction."""
        if day.stage is Stage.OPEN:
            sending = [*sending, *tell_restrictions(self._store, day.trading_day, only_new=True)]
        if not sending:
            return day, []
        data = stamp(sending, day.next_reference)
        day = day._replace(next_reference=day.next_reference + sum(map(len, sending)))
        save_day(self._store, day)
        return day, [Send(data)]

    # ---- the settlement banks

    def bank_number(self, bank_id: int) -> int:
        """Number of the newest movement of a bank that was taken; 0 = none."""
        return newest_number(self._store, bank_id)

    def take_bank(self, bank_id: int, movements: Sequence[BankMovement]) -> list[Instruction]:
        """Take consecutive movements of a bank; what was taken before is passed over.

        Before the first day there are no accounts: nothing is taken then, to be given again later.
        """
        day = newest_day(self._store)
        if day is None:
            return []
        context = self._context(day)
        with self._store.transaction():
            told = take_movements(context, self._crossings, bank_id, movements)
            return told + self._moved_on(context, day)

    def bank_instructions(self, bank_id: int) -> list[BankInstruction]:
        """What a bank has not answered yet, oldest first; bounded, so ask again after its answers."""
        return open_instructions(self._store, bank_id)

    def bank_balance(self, bank_id: int, balance: BankBalance) -> list[Instruction]:
        """Compare a bank's books with the ledger; nothing while something between them is open."""
        day = newest_day(self._store)
        if day is None:
            return []
        context = self._context(day)
        with self._store.transaction():
            told = compare_books(context, bank_id, balance, day.trading_day)
            return told + self._moved_on(context, day)

    def pass_time(self, time_ns: int) -> None:
        """Market time, as the shell knows it: between the seal and the next day Shanghai tells none.

        Deadlines (17:00, rulebook §4.6), approvals that expire and statements that are late depend on it.
        """
        day = newest_day(self._store)
        if day is not None and time_ns > day.time_ns:
            with self._store.transaction():
                save_day(self._store, day._replace(time_ns=time_ns))

    def status(self) -> Status | None:
        """Where the newest day stands; None before the first."""
        return status_of(self._store)

    # ---- one stream

    def _stream_opened(self, events: Records) -> list[Instruction]:
        """The first record says which day it is: a new one is begun, a finished one answered again."""
        kind, version, trading_day = (int(events[name][0]) for name in ("kind", "version", "trading_day"))
        if kind != Kind.STREAM_OPENED:
            raise CorruptionError("first record of the stream", "STREAM_OPENED", Kind(kind).name)
        if version != PROTOCOL_VERSION:
            raise CorruptionError("protocol version of the exchange", PROTOCOL_VERSION, version)
        if self._stream_day not in (0, trading_day):
            raise CorruptionError("trading day of the stream", self._stream_day, trading_day)
        self._stream_day = trading_day
        newest = newest_day(self._store)
        if newest is None or newest.trading_day < trading_day:
            return self._begin_day(newest, trading_day, int(events["time_ns"][0]))
        if newest.trading_day > trading_day:
            raise CorruptionError(
                "trading day of the exchange", f"{date_of(newest.trading_day)} or later", date_of(trading_day)
            )
        return self._resume(newest) if newest.stage is Stage.STATED else []

    def _begin_day(self, newest: DayRow | None, trading_day: int, time_ns: int) -> list[Instruction]:
        if newest is not None and newest.stage is not Stage.STATED:
            raise CorruptionError(
                f"new day {date_of(trading_day)}: stage of {date_of(newest.trading_day)}",
                Stage.STATED.name,
                newest.stage.name,
            )
        first_day = self._season.first_day
        if newest is None and first_day not in (0, trading_day):
            # An empty store in mid-season is a lost one: founding it anew would issue every tonne again.
            raise CorruptionError(
                "day of an empty store (was it removed? begin both cities anew, or restore it)",
                date_of(first_day),
                date_of(trading_day),
            )
        if not trading_calendar().is_trading_day(trading_day_date(trading_day)):
            raise CorruptionError("day of the exchange", "a trading day", date_of(trading_day))
        self._is_restart = False
        day = DayRow(trading_day, Stage.WAITING, 1, 1, 1, time_ns)
        instructions: list[Instruction] = []
        with self._store.transaction():
            insert_day(self._store, day)
            if newest is None:
                instructions.append(found_registry(self._store, self._season, day))
        return instructions + self._enter(day)

    # ---- records

    def _take_part(self, day: DayRow, part: StoredRows | Signal) -> tuple[DayRow, list[Instruction]]:
        if isinstance(part, StoredRows):
            if part.trading_days != {day.trading_day}:
                raise CorruptionError(
                    f"trading day of {part.kind.name}", {day.trading_day}, part.trading_days
                )
            insert_rows(self._store, day.trading_day, part)
            if part.kind is Kind.TRADE_REPORT:
                self._told.add(day.trading_day, part)
            return day, told_changes(day.trading_day, part) if part.kind is Kind.BUST_REPORT else []
        day = day._replace(time_ns=max(day.time_ns, part.fields.get("time_ns", 0)))
        if part.data:
            return self._signed(day, part)
        handle = self._HANDLERS.get(part.kind)
        return handle(self, day, part.fields) if handle else (day, [])

    def _opening_accepted(self, day: DayRow, fields: dict[str, int]) -> tuple[DayRow, list[Instruction]]:
        sent = self._steps.positions(day)
        for name in ("units_total_lots", "cash_total_fen"):
            if fields[name] != getattr(sent, name):
                raise CorruptionError(f"OPENING_ACCEPTED.{name}", getattr(sent, name), fields[name])
        return self._signalled(day, DaySignal.POSITIONS_ACCEPTED, "opening positions accepted by Shanghai")

    def _sealed(self, day: DayRow, fields: dict[str, int]) -> tuple[DayRow, list[Instruction]]:
        text = f"Shanghai sealed the day: {fields['match_count']:,} trades, {fields['tonnes_lots']:,} t"
        return self._signalled(day, DaySignal.SEAL_RECEIVED, text)

    def _confirmed(self, day: DayRow, fields: dict[str, int]) -> tuple[DayRow, list[Instruction]]:
        if fields["run"] != day.run:
            raise CorruptionError("RESULT_CONFIRMED.run", day.run, fields["run"])
        text = f"run {day.run} confirmed: Shanghai's own balances give the same"
        if self._season.check_of_shanghai() is None:
            refuse_unsigned(self._store, day)
        else:
            return day, [Tell(f"{date_of(day.trading_day)}: {text}; its signature is awaited")]
        return self._signalled(day, DaySignal.RESULT_CONFIRMED, text)

    def _signed(self, day: DayRow, part: Signal) -> tuple[DayRow, list[Instruction]]:
        """A part of Shanghai's signature: with the last one the run is confirmed."""
        keep_fragment(self._store, day, part.kind, part.fields, part.data)
        check = self._season.check_of_shanghai()
        is_due = day.stage is Stage.CLEARED and check is not None
        if not is_due or check is None or not is_confirmed_by(check, self._store, day):
            return day, []
        text = f"run {day.run} confirmed and signed by Shanghai"
        return self._signalled(day, DaySignal.RESULT_CONFIRMED, text)

    def _refused(self, day: DayRow, fields: dict[str, int]) -> tuple[DayRow, list[Instruction]]:
        if fields["run"] != day.run or day.stage is not Stage.CLEARED:
            return day, []  # an answer to a run sent twice, or to one already given up
        refusal = Refusal(*(fields[name] for name in Refusal._fields))
        insert_refusal(self._store, day.trading_day, day.run, refusal)
        return self._signalled(day, DaySignal.RESULT_REFUSED, f"run {day.run} refused by Shanghai")

    def _hold_changed(self, day: DayRow, fields: dict[str, int]) -> tuple[DayRow, list[Instruction]]:
        """Shanghai's word about a crossing."""
        of_day = day.trading_day, fields, day.next_reference
        sending = self._crossings.answered(self._context(day), *of_day)
        return self._unbookable(day, fields) if sending is None else self._send(day, sending)

    def _seal_hold(self, day: DayRow, fields: dict[str, int]) -> tuple[DayRow, list[Instruction]]:
        """A hold not resolved at the seal: from now on Wuhan's."""
        entry = self._crossings.held_at_seal(self._context(day), day.trading_day, fields)
        if entry is None:
            return self._unbookable(day, fields)
        book(self._store, [entry], day.trading_day, day.time_ns)
        return day, []

    def _rejected(self, day: DayRow, fields: dict[str, int]) -> tuple[DayRow, list[Instruction]]:
        """A record of ours was refused: harmless, or to be sent again, or the end."""
        reason = RejectReason(fields["reason"])
        if reason is not RejectReason.DUPLICATE_REFERENCE:
            of_day = day.trading_day, fields, day.next_reference
            sending = self._crossings.rejected(self._context(day), *of_day)
            if sending is not None:
                return self._send(day, sending)
            if fields["command_kind"] == Kind.RESTRICT and reason in OUT_OF_HOURS:
                return day, []  # it holds from the next opening on
        if reason is RejectReason.DUPLICATE_REFERENCE:
            if fields["highest_reference"] < day.next_reference:
                return day, []
            day = day._replace(next_reference=fields["highest_reference"] + 1)
            outcome = self._steps_in_transaction(day, DUTIES[day.stage].on_return)
            return outcome
        if reason in ALREADY:
            return day, []
        text = f"{Kind(fields['command_kind']).name} refused: {int(reason)} {REJECT_TEXTS[reason].en}"
        if reason is RejectReason.CONTROL_TOTAL:
            raise CorruptionError("opening positions", "control totals that agree", text)
        return day, [Tell(f"{date_of(day.trading_day)}: {text}", is_grave=True)]

    def _unbookable(self, day: DayRow, fields: dict[str, int]) -> tuple[DayRow, list[Instruction]]:
        """What nobody here asked for: remembered, said at once, and the day is held after the seal."""
        if (unbookable := find_unbookable(fields)) is None:
            return day, []
        found, text = unbookable
        insert_unbooked(self._store, day.trading_day, found)
        words = f"{date_of(day.trading_day)}: {text}, which nobody here asked for; the day will be held"
        return day, [Tell(words, is_grave=True)]

    _Handler = Callable[["City", DayRow, dict[str, int]], tuple[DayRow, list[Instruction]]]
    _HANDLERS: Final[dict[Kind, _Handler]] = {
        Kind.OPENING_ACCEPTED: _opening_accepted,
        Kind.HOLD_CHANGED: _hold_changed,
        Kind.SEAL_HOLD: _seal_hold,
        Kind.SEAL_TOTALS: _sealed,
        Kind.RESULT_CONFIRMED: _confirmed,
        Kind.RESULT_REFUSED: _refused,
        Kind.REJECTED: _rejected,
    }

    # ---- stages

    def _signalled(self, day: DayRow, signal: DaySignal, text: str) -> tuple[DayRow, list[Instruction]]:
        day = day._replace(stage=next_stage(day.stage, signal))
        return day, [Tell(f"{date_of(day.trading_day)}: {text}")]

    def _resume(self, day: DayRow) -> list[Instruction]:
        duties: Duties = DUTIES[day.stage]
        steps = duties.on_restart if self._is_restart else duties.on_return
        self._is_restart = False
        return self._run_steps(day, steps)

    def _enter(self, day: DayRow) -> list[Instruction]:
        return self._run_steps(day, DUTIES[day.stage].on_entry)

    def _run_steps(self, day: DayRow, steps: tuple[Step, ...]) -> list[Instruction]:
        """Run steps, each in a transaction of its own, and go on through every stage that they lead to."""
        instructions: list[Instruction] = []
        while steps:
            step, steps = steps[0], steps[1:]
            before = day.stage
            with self._store.transaction():
                day, said = self._steps_in_transaction(day, (step,))
            instructions += said
            if day.stage is not before:
                is_last = not steps or day.stage is Stage.REFUSED  # only a refusal cuts a stage short
                assert is_last, f"expected {step.value} to be the last step of {before.name}"
                steps = DUTIES[day.stage].on_entry
        return instructions

    def _steps_in_transaction(self, day: DayRow, steps: tuple[Step, ...]) -> tuple[DayRow, list[Instruction]]:
        """Run steps inside the caller's transaction; save the day with the stage that a signal leads to."""
        instructions: list[Instruction] = []
        for step in steps:
            note_step(self._store, day, step.value)
            done = self._steps.run(step, day)
            day = done.day
            instructions += done.instructions
            if done.signal is not None:
                day = day._replace(stage=next_stage(day.stage, done.signal))
        save_day(self._store, day)
        return day, instructions

    def _day(self) -> DayRow:
        day = newest_day(self._store)
        assert day is not None, "expected a day begun by STREAM_OPENED, found none"
        return day
