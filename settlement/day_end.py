"""The day end as a literal table: stage -> signal -> stage, and what each stage obliges Wuhan to do. Pure.

Every step named here is idempotent and resumable. A stage has two lists of steps: what is done when it is
entered, and what is done again when the line comes back or the process starts anew in that stage. Steps that
are pure bookkeeping end with a signal of their own, so one push carries the day from SEALED to CLEARED, or
from CONFIRMED to STATED, and stops where the answer must come from Shanghai.

SETTLEMENT.md's table is generated from this one (`python -m settlement.day_end`; a test compares).
"""

from enum import Enum
from typing import Final, NamedTuple

from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.errors import IllegalStage


class DaySignal(Enum):
    """What moves the day on."""

    POSITIONS_SENT = "opening positions are on their way"
    POSITIONS_ACCEPTED = "Shanghai: opening positions agree with their control totals"
    SEAL_RECEIVED = "Shanghai: the day is sealed"
    RESULT_READY = "the run is cleared and stored"
    RESULT_CONFIRMED = "Shanghai: the result equals its own"
    RESULT_REFUSED = "Shanghai: the result differs"
    NOT_BOOKABLE = "Shanghai moved a balance during the day that nobody in Wuhan asked for"
    CORRECTION_BEGUN = "a corrected run is to be cleared"
    DELIVERY_BOOKED = "units and cash are delivered: finality"
    STATEMENTS_WRITTEN = "statements are written, both cities reconciled"


class Step(Enum):
    """What Wuhan does; the names are stored when a step is done."""

    SEND_OPENING = "send-opening"
    SEND_TRANSFERS = "send-transfers"
    CHECK_BOOKABLE = "check-bookable"
    CHECK_SEAL = "check-seal"
    CHECK_ACCOUNTS = "check-accounts"
    CLEAR = "clear"
    SEND_RESULT = "send-result"
    HOLD = "hold"
    BEGIN_CORRECTION = "begin-correction"
    DELIVER = "deliver"
    SEND_DELIVERED = "send-delivered"
    WRITE_STATEMENTS = "write-statements"
    RECONCILE = "reconcile"
    BOOK_TRANSFERS = "book-transfers"
    WRITE_DAY = "write-day"
    SEND_STAGE = "send-stage"
    TELL_DAY = "tell-day"


TRANSITIONS: Final[dict[Stage, dict[DaySignal, Stage]]] = {
    Stage.WAITING: {DaySignal.POSITIONS_SENT: Stage.OPENING_SENT},
    Stage.OPENING_SENT: {DaySignal.POSITIONS_ACCEPTED: Stage.OPEN},
    Stage.OPEN: {DaySignal.SEAL_RECEIVED: Stage.SEALED},
    Stage.SEALED: {DaySignal.RESULT_READY: Stage.CLEARED, DaySignal.NOT_BOOKABLE: Stage.REFUSED},
    Stage.CLEARED: {
        DaySignal.RESULT_CONFIRMED: Stage.CONFIRMED,
        DaySignal.RESULT_REFUSED: Stage.REFUSED,
    },
    Stage.REFUSED: {DaySignal.CORRECTION_BEGUN: Stage.SEALED},
    Stage.CONFIRMED: {DaySignal.DELIVERY_BOOKED: Stage.DELIVERED},
    Stage.DELIVERED: {DaySignal.STATEMENTS_WRITTEN: Stage.STATED},
    Stage.STATED: {},
}


class Duties(NamedTuple):
    """What a stage obliges to."""

    on_entry: tuple[Step, ...]
    on_return: tuple[Step, ...]  # the line came back
    on_restart: tuple[Step, ...]  # the process started anew


def _same(*steps: Step) -> Duties:
    return Duties(steps, steps, steps)


_SEND_OPENING: Final = (Step.SEND_OPENING,)
_SEND_TRANSFERS: Final = (Step.SEND_TRANSFERS,)
_SEND_RESULT: Final = (Step.SEND_RESULT,)
_HOLD: Final = (Step.RECONCILE, Step.WRITE_DAY, Step.SEND_STAGE, Step.HOLD)
_FINISHED: Final = (Step.SEND_DELIVERED, Step.SEND_STAGE)
DUTIES: Final[dict[Stage, Duties]] = {
    Stage.WAITING: _same(Step.SEND_OPENING),
    Stage.OPENING_SENT: Duties((), _SEND_OPENING, _SEND_OPENING),
    Stage.OPEN: Duties((Step.SEND_STAGE, Step.SEND_TRANSFERS), _SEND_TRANSFERS, _SEND_TRANSFERS),
    Stage.SEALED: _same(
        Step.SEND_STAGE, Step.CHECK_BOOKABLE, Step.CHECK_SEAL, Step.CHECK_ACCOUNTS, Step.CLEAR
    ),
    Stage.CLEARED: Duties((Step.SEND_STAGE, Step.SEND_RESULT), _SEND_RESULT, _SEND_RESULT),
    Stage.REFUSED: Duties(_HOLD, (Step.SEND_STAGE,), (Step.BEGIN_CORRECTION,)),
    Stage.CONFIRMED: _same(Step.SEND_STAGE, Step.DELIVER),
    Stage.DELIVERED: _same(
        Step.SEND_DELIVERED,
        Step.SEND_STAGE,
        Step.WRITE_STATEMENTS,
        Step.RECONCILE,
    ),
    Stage.STATED: Duties(
        (Step.BOOK_TRANSFERS, Step.WRITE_DAY, Step.SEND_STAGE, Step.TELL_DAY), _FINISHED, _FINISHED
    ),
}


def next_stage(stage: Stage, signal: DaySignal) -> Stage:
    """The stage after a signal; IllegalStage when the table has none."""
    following = TRANSITIONS[stage].get(signal)
    if following is None:
        legal = [known.name for known in TRANSITIONS[stage]] or "no signal: the day is over"
        raise IllegalStage(f"day end in stage {stage.name}", legal, signal.name)
    return following


def stage_table() -> str:
    """The table as Markdown."""
    lines = [
        "| stage | signal | next stage | done on entry | done when the line returns | done on a restart |",
        "|---|---|---|---|---|---|",
    ]
    for stage, duties in DUTIES.items():
        lists = " | ".join(", ".join(step.value for step in steps) or "–" for steps in duties)
        for index, (signal, following) in enumerate(TRANSITIONS[stage].items() or ((None, None),)):
            said = f"{signal.name}: {signal.value}" if signal else "–"
            steps = lists if index == 0 else "| |"
            lines.append(f"| {stage.name} | {said} | {following.name if following else '–'} | {steps} |")
    return "\n".join(lines)


if __name__ == "__main__":
    import sys

    sys.stdout.write(stage_table() + "\n")
