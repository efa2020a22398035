"""What a handler of one kind of operation is given and gives back."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from settlement.ledger.entries import Entry
from settlement.operations.params import Params
from settlement.season import Season
from settlement.store.database import Store
from settlement.store.operations import Operation
from settlement.vocabulary.operations import OperationState
from settlement.vocabulary.refusals import Refusal, RefusalCode

NO_REFUSAL: Final = Refusal(RefusalCode.NONE)


class Moment(NamedTuple):
    """When something is asked: market time as the core stamps it, and where the day stands."""

    time_ns: int  # since the epoch, of the market's clock
    booking_day: int  # trading day on which entries of now are booked: the day that runs, else the next one
    owns_available: bool  # True: trading and cash balances are Wuhan's to move; False: Shanghai's
    is_statement_late: bool = False  # a sealed day is not stated though its calendar day is over


class Context(NamedTuple):
    """What handlers read. They write nothing themselves but rows of their own tables."""

    store: Store
    season: Season
    moment: Moment


class Outcome(NamedTuple):
    """What came of carrying an operation out."""

    state: OperationState
    entries: Sequence[Entry] = ()  # booked as one block, in the transaction that changes the state
    refusal: Refusal = NO_REFUSAL
    detail: str = ""


DONE: Final = Outcome(OperationState.DONE)


def refused(code: RefusalCode, detail: str = "") -> Outcome:
    """The operation ends without effect."""
    return Outcome(OperationState.REFUSED, refusal=Refusal(code, detail))


def done(*entries: Entry, detail: str = "") -> Outcome:
    """The operation is carried out whole by these entries."""
    return Outcome(OperationState.DONE, entries, detail=detail)


def _nothing(context: Context, operation: Operation, params: Any) -> Sequence[Entry]:
    return ()


class Handler(NamedTuple):
    """One kind of operation.

    `check` is asked when the operation is asked for and again before it is carried out. `reserve` gives the
    entries that set the amount aside while the operation waits for its second person, `release` those that
    give it back when it is declined, withdrawn or expires; the check before carrying out comes after reserve,
    so it must not count what the operation itself has reserved as missing (`is_reserved` says so).
    `params` is the msgspec struct of the kind in operations.params. `approval_entity_of` is for kinds that
    concern another entity than whoever asks; `approve_until` for those that wait longer than others.
    """

    check: Callable[[Context, Params, bool], Refusal | None]  # (context, params, is_reserved)
    carry_out: Callable[[Context, Operation, Params], Outcome]
    reserve: Callable[[Context, Operation, Params], Sequence[Entry]] = _nothing
    release: Callable[[Context, Operation, Params], Sequence[Entry]] = _nothing
    entity_of: Callable[[Params], int] = lambda params: int(getattr(params, "entity_id", 0))
    approval_entity_of: Callable[[Params], int] | None = None  # whose scope approves; None: entity_of
    approve_until: Callable[[Context, Params], int] | None = None  # time_ns; None: the desk's own time
    after_booking: Callable[[Context, int], None] | None = None  # when done, with its first entry's number
