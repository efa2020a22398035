"""One trading day as a state machine: what it owes next, and what the kernel's events say has happened.

Every state is derived from journaled commands and the events they caused, so it is the same after a recovery.
What a day owes is asked anew each turn and sequenced at once; nothing is remembered as "already asked for".
"""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.engine.bounds import INTERNAL_COMMANDS_MAX
from exchange.engine.day_file import FiguresCollector
from exchange.engine.missed import MissedTransitions
from exchange.engine.opening import DayPlan
from exchange.engine.scheduler import BOOK_METHODS, SCHEDULED_KINDS, unstamped
from exchange.errors import CorruptionError, UsageError
from exchange.vocabulary.enums import HaltReason, Level, Phase, SettlementStage
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import Records, make
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.signed import DayTotals
from exchange.vocabulary.units import NS_PER_SECOND


class DayStage(IntEnum):
    """Where a trading day stands; only ever forward."""

    OPENING = 0  # being defined, then waiting for the opening positions
    SESSION = 1  # opening positions accepted: the schedule runs
    ENDED = 2  # every scheduled change has happened
    CLOSED = 3  # figures published
    SEALED = 4  # totals and balances sent: waiting for the registry's result
    CONFIRMED = 5  # the result equals the exchange's own
    DELIVERED = 6  # finality
    STATED = 7  # the registry is done with the day: the next one may open


class Fact(IntEnum):
    """What moves a day on."""

    OPENING_ACCEPTED = 0
    SCHEDULE_DONE = 1
    DAY_CLOSED = 2
    DAY_SEALED = 3
    RESULT_CONFIRMED = 4
    DELIVERED = 5
    STATED = 6


#: stage -> fact -> stage; a fact that is not listed for a stage changes nothing
STAGE_CHANGES: Final[dict[DayStage, dict[Fact, DayStage]]] = {
    DayStage.OPENING: {Fact.OPENING_ACCEPTED: DayStage.SESSION},
    DayStage.SESSION: {Fact.SCHEDULE_DONE: DayStage.ENDED},
    DayStage.ENDED: {Fact.DAY_CLOSED: DayStage.CLOSED},
    DayStage.CLOSED: {Fact.DAY_SEALED: DayStage.SEALED},
    DayStage.SEALED: {Fact.RESULT_CONFIRMED: DayStage.CONFIRMED},
    DayStage.CONFIRMED: {Fact.DELIVERED: DayStage.DELIVERED},
    DayStage.DELIVERED: {Fact.STATED: DayStage.STATED},
    DayStage.STATED: {},
}

_SCRIPT_KINDS: Final = (
    Kind.OPEN_DAY,
    Kind.DEFINE_CONTRACT,
    Kind.DEFINE_ACCOUNT,
    Kind.DEFINE_LOGIN,
    Kind.PARAMETER_SET,
)
_MUST_SUCCEED: Final = frozenset(
    (
        *_SCRIPT_KINDS,
        Kind.RESTART,
        Kind.CLOSE_DAY,
        Kind.SEAL_DAY,
        Kind.REGISTRY_CHAIN_HEAD,
        Kind.REGISTRY_SIGNATURE,
    )
)
_NEW_ORDER_KINDS: Final = (
    Kind.LISTING,
    Kind.TAKE,
    Kind.LIMIT_ORDER,
    Kind.REPLACE,
    Kind.BLOCK_OFFER,
    Kind.BLOCK_COUNTER,
    Kind.BLOCK_ACCEPT,
    Kind.AUCTION_BID,
)
_WATCHED: Final = (
    Kind.REJECTED,
    Kind.COMMAND_DONE,
    Kind.BAND,
    Kind.DAY_FIGURES,
    Kind.COMPOSITE,
    Kind.HALT_CHANGED,
    Kind.PHASE_CHANGED,
    Kind.SETTLEMENT_STAGE,
    Kind.OPENING_ACCEPTED,
    Kind.SEAL_TOTALS,
    Kind.RESULT_CONFIRMED,
    Kind.EXCHANGE_SIGNATURE,
    Kind.CONTRACT_EXPIRES,
)
_DONE_FACTS: Final = {
    Kind.CLOSE_DAY: Fact.DAY_CLOSED,
    Kind.SEAL_DAY: Fact.DAY_SEALED,
    Kind.DELIVERED: Fact.DELIVERED,
}
TICK: Final = make(Kind.TICK)


def _table(kinds: tuple[Kind, ...]) -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[list(kinds)] = True
    return table


_IS_SCRIPT: Final = _table(_SCRIPT_KINDS)
_IS_NEW_ORDER: Final = _table(_NEW_ORDER_KINDS)
_IS_WATCHED: Final = _table(_WATCHED)
_IS_SCHEDULED: Final = _table(SCHEDULED_KINDS)


class TradingDay:
    """The controller of one day."""

    def __init__(self, plan: DayPlan) -> None:
        self.plan = plan
        self.day = plan.day
        self.stage = DayStage.OPENING
        self.figures = FiguresCollector(plan.day, plan.codes, plan.expired)
        self.script_done = 0  # commands of the opening script journaled
        self.schedule_done = 0  # commands of the schedule journaled
        self.is_halted = False
        self.missed = MissedTransitions()
        self.caught_at_close = 0  # orders queued at the close, sequenced after it and so refused
        self._totals: DayTotals | None = None  # of the seal
        self._confirmed_run = 0
        self._is_signed = False  # both halves of the exchange's signature are journaled
        self._is_operator_halt = False  # a halt that only an operator may lift
        self._closing: tuple[int, int] | None = None  # (sequence, time) of the books' first scheduled ENDED
        self._restart_sequence: int | None = None
        self._resume_at_real_ns: int | None = None
        self._script_differs_at: int | None = None

    @property
    def is_defined(self) -> bool:
        """True when the whole opening script is journaled: members may be heard."""
        return self.stage > DayStage.OPENING or self.script_done >= len(self.plan.script)

    @property
    def wants_ticks(self) -> bool:
        """True while images, expiries and timers depend on the passing of time; not in a real night."""
        return self.stage is DayStage.SESSION and self.schedule_done > 0

    @property
    def to_sign(self) -> tuple[DayTotals, int] | None:
        """Totals and run of a confirmed result that the exchange has not signed yet."""
        is_confirmed = self.stage >= DayStage.CONFIRMED and self._confirmed_run > 0
        if not is_confirmed or self._is_signed or self._totals is None:
            return None
        return self._totals, self._confirmed_run

    def restart(self, recovered_sequence: int, resume_at_real_ns: int | None) -> None:
        """After a recovery a day in its session comes back halted: resumed at a real time or by hand."""
        if self.stage is DayStage.SESSION:
            self._restart_sequence = recovered_sequence
            self._resume_at_real_ns = None if self._is_operator_halt else resume_at_real_ns

    def owed(self, time_ns: int, real_ns: int) -> list[bytes]:
        """Commands due now, in a fixed order: restart, resume, what was missed, schedule, close, seal."""
        match self.stage:
            case DayStage.OPENING:
                return list(self.plan.script[self.script_done : self.script_done + INTERNAL_COMMANDS_MAX])
            case DayStage.SESSION:
                return [
                    *self._owed_after_restart(real_ns),
                    *self.missed.owed(),
                    *self.plan.schedule.due(self.schedule_done, time_ns),
                ]
            case DayStage.ENDED:
                return [TICK, make(Kind.CLOSE_DAY)]  # the tick shows the boards that the close emptied
            case DayStage.CLOSED:
                return [make(Kind.SEAL_DAY)]
            case _:
                return []

    def _owed_after_restart(self, real_ns: int) -> list[bytes]:
        if self._restart_sequence is not None:
            return [make(Kind.RESTART, recovered_sequence=self._restart_sequence)]
        if self.is_halted and self._resume_at_real_ns is not None and real_ns >= self._resume_at_real_ns:
            return [make(Kind.RESUME, level=Level.MARKET)]
        return []

    def observe_commands(self, commands: Records) -> None:
        """Take note of journaled commands; call it before `observe_events` of what they caused."""
        kinds = commands["kind"]
        is_own = commands["login_id"] == 0
        for index in np.flatnonzero(is_own & _IS_SCRIPT[kinds]).tolist():
            self._observe_script(commands[index : index + 1].view(np.uint64).tobytes())
        for index in np.flatnonzero(is_own & _IS_SCHEDULED[kinds]).tolist():
            self._observe_scheduled(commands[index : index + 1])
        if self._closing is not None and self.stage is DayStage.SESSION:
            sequence, time_ns = self._closing
            is_caught = (commands["sequence"] > sequence) & (commands["time_ns"] == time_ns)
            self.caught_at_close += int(np.count_nonzero(is_caught & _IS_NEW_ORDER[kinds]))

    def observe_events(self, events: Records) -> None:
        """Take note of what journaled commands caused."""
        for index in np.flatnonzero(_IS_WATCHED[events["kind"]]).tolist():
            self._note_schedule()  # before each fact: a replayed block may hold the close and what follows it
            self._observe_event(events[index])
        self._note_schedule()

    def refuse_other_script(self) -> None:
        """After a recovery: a day half defined by one directory cannot be finished with another."""
        if self.stage is DayStage.OPENING and self._script_differs_at is not None:
            raise UsageError(
                f"{self.day} was begun with other contracts, accounts or logins: "
                f"opening command {self._script_differs_at + 1} differs",
                "put the former directory back until the day is open, or begin anew with --fresh",
            )

    def _observe_scheduled(self, command: Records) -> None:
        """One of the schedule's own commands, or one that makes up for a transition missed in a halt."""
        if self.plan.schedule.is_due(self.schedule_done, command.view(np.uint64).tobytes()):
            self.schedule_done += 1
        if command["kind"][0] == Kind.SET_PHASE:
            self.missed.note_command(int(command["sequence"][0]), Phase(int(command["phase"][0])))
        if self._closing is None and _is_close(command[0]):
            self._closing = int(command["sequence"][0]), int(command["time_ns"][0])

    def _observe_script(self, record: bytes) -> None:
        script, index = self.plan.script, self.script_done
        if self._script_differs_at is None and (
            index >= len(script) or unstamped(record) != unstamped(script[index])
        ):
            self._script_differs_at = index
        self.script_done += 1

    def _observe_event(self, event: Records) -> None:
        match Kind(int(event["kind"])):
            case Kind.REJECTED:
                self._refuse_own_rejection(event)
            case Kind.COMMAND_DONE:
                self._observe_done(Kind(int(event["command_kind"])))
            case Kind.HALT_CHANGED:
                self.missed.note_halt(event)
                self._observe_halt(event)
            case Kind.PHASE_CHANGED:
                self.missed.note_phase(event)
            case Kind.OPENING_ACCEPTED:
                self._happened(Fact.OPENING_ACCEPTED)
            case Kind.RESULT_CONFIRMED:
                self._confirmed_run = int(event["run"])
                self._happened(Fact.RESULT_CONFIRMED)
            case Kind.EXCHANGE_SIGNATURE:
                self._is_signed = self._is_signed or event["fragment_index"] == 1
            case Kind.SEAL_TOTALS:
                self._totals = DayTotals(*(int(event[name]) for name in DayTotals._fields))
                self.figures.take(event)
            case Kind.SETTLEMENT_STAGE:
                if event["stage"] == SettlementStage.STATED:
                    self._happened(Fact.STATED)
            case _:
                self.figures.take(event)

    def _observe_done(self, kind: Kind) -> None:
        if kind is Kind.RESTART:
            self._restart_sequence = None
        fact = _DONE_FACTS.get(kind)
        if fact is not None:
            self._happened(fact)

    def _observe_halt(self, event: Records) -> None:
        if event["level"] != Level.MARKET:
            return
        self.is_halted = bool(event["is_halted"])
        if not self.is_halted:
            self._is_operator_halt = False
            self._resume_at_real_ns = None
        elif event["halt_reason"] != HaltReason.RESTART:
            self._is_operator_halt = True
            self._resume_at_real_ns = None

    def _note_schedule(self) -> None:
        if self.schedule_done == len(self.plan.schedule):
            self._happened(Fact.SCHEDULE_DONE)

    def _happened(self, fact: Fact) -> None:
        self.stage = STAGE_CHANGES[self.stage].get(fact, self.stage)

    def _refuse_own_rejection(self, event: Records) -> None:
        """The exchange's own commands may not fail: kernel and plan disagree about the rules."""
        kind = int(event["command_kind"])
        if event["login_id"] == 0 and kind in _MUST_SUCCEED:
            reason = RejectReason(int(event["reason"]))
            raise CorruptionError(
                f"{self.day}, command {int(event['sequence'])}",
                f"{Kind(kind).name} to take effect",
                reason.name,
            )


def _is_close(command: Records) -> bool:
    """Whether a scheduled command ends the day's books: one-way bidding may have ended long before."""
    is_end = command["kind"] == Kind.SET_PHASE and command["phase"] == Phase.ENDED
    return bool(is_end and command["method"] in BOOK_METHODS)


def resume_time_ns(real_ns: int, resume_after_restart_s: float) -> int | None:
    """The real time at which a restarted market resumes by itself; None: an operator must."""
    if resume_after_restart_s <= 0:
        return None
    return real_ns + round(resume_after_restart_s * NS_PER_SECOND)
