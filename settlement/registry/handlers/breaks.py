"""Handler of closing a reconciliation break: by two persons, with a reason that stays in the audit trail.

It moves nothing. What made the difference is set right by an operation of its own, or by the other side; if
it is still there, the next comparison opens a new break of the same age.
"""

from typing import Any, Final

from settlement.operations.handler import Context, Handler, Outcome, done
from settlement.store.breaks import close_break, find_break
from settlement.store.operations import Operation
from settlement.vocabulary.refusals import Refusal, RefusalCode


def _check(context: Context, params: Any, is_reserved: bool) -> Refusal | None:
    found = find_break(context.store, params.break_id)
    if found is None:
        return Refusal(RefusalCode.UNKNOWN_BREAK, f"break {params.break_id}")
    if not found.is_open:
        return Refusal(RefusalCode.BREAK_CLOSED, f"break {params.break_id}: {found.closing_reason}")
    return None


def _close(context: Context, operation: Operation, params: Any) -> Outcome:
    day = context.moment.booking_day
    close_break(context.store, params.break_id, day, params.reason, operation.operation_id)
    return done(detail=f"break {params.break_id}: {params.reason}")


CLOSE_BREAK: Final = Handler(_check, _close)
