"""What Shanghai tells about a crossing that nobody here asked for: such a day is held after the seal. Pure.

Settling the day as if it had not been would give the registry other balances than Shanghai has.
"""

from collections.abc import Mapping

from exchange.vocabulary.enums import HoldState
from exchange.vocabulary.kinds import Kind
from settlement.store.unbooked import Unbooked
from settlement.vocabulary.entry_kinds import BreakKind

#: a hold granted moves nothing yet, and one returned never did; SEAL_HOLD tells of the open ones
MOVED = (HoldState.BOOKED, HoldState.COMMITTED)


def find_unbookable(fields: Mapping[str, int]) -> tuple[Unbooked, str] | None:
    """What a record says that cannot be booked, and in words; None if it moves nothing."""
    place = fields["account_id"], fields["contract_id"]
    number, amount = fields["transfer_id"], fields["amount"]
    if fields["kind"] == Kind.SEAL_HOLD:
        text = f"hold {number} was not resolved at the seal"
        return Unbooked(BreakKind.HOLD, number, *place, amount), text
    if fields["hold_state"] not in MOVED:
        return None
    return Unbooked(BreakKind.TRANSFER, number, *place, amount), f"Shanghai booked transfer {number}"
