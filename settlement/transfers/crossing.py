"""What crosses between the cities, from what Shanghai is asked to its answer, and what the seal leaves open.

Shanghai owns "available" while its day runs: units and cash leave trading by a hold that it grants and Wuhan
commits, come in and are frozen by its word. From the seal on Wuhan owns it: what is still open is ended when
both cities are reconciled, at the latest, but for what waits for a bank. Whatever was sent and not answered
is sent again when the line returns; the stream has every answer exactly once, so a crossing ends once,
whichever city was killed in between.
"""

from collections.abc import Mapping
from typing import Final

from exchange.vocabulary.enums import HoldState
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import Records
from exchange.vocabulary.rejects import RejectReason
from settlement.errors import CorruptionError
from settlement.ledger.entries import Entry
from settlement.operations.desk import Desk
from settlement.operations.handler import Context
from settlement.outgoing import transfer_record
from settlement.store.restrictions import blocked_accounts
from settlement.store.transfers import (
    Direction,
    Transfer,
    TransferState,
    find_by_reference,
    find_transfer,
    next_transfer_id,
    running_transfers,
    save_transfer,
)
from settlement.transfers.ending import WUHAN, Ending
from settlement.transfers.freezing import ask_whole, attach, next_part
from settlement.transfers.postings import hold

#: what Shanghai is asked for each direction
ASKS: Final[Mapping[Direction, Kind]] = {
    Direction.TO_TRADING: Kind.TRANSFER_IN,
    Direction.TO_REGISTRY: Kind.HOLD_REQUEST,
    Direction.DEPOSIT: Kind.DEPOSIT,
    Direction.WITHDRAWAL: Kind.HOLD_REQUEST,
    Direction.FREEZE: Kind.FREEZE,
    Direction.RELEASE: Kind.RELEASE,
}
#: how a hold is resolved
RESOLVES: Final[Mapping[TransferState, Kind]] = {
    TransferState.COMMITTING: Kind.HOLD_COMMIT,
    TransferState.ABORTING: Kind.HOLD_ABORT,
}
#: commands of crossings; a rejection of one that has ended already says nothing new
CROSSING_KINDS: Final = frozenset({*ASKS.values(), *RESOLVES.values()})
#: the day does not take it: Wuhan ends the crossing itself after the seal
OUT_OF_HOURS: Final = frozenset({RejectReason.DAY_SEALED, RejectReason.OPENING_NOT_ACCEPTED})
#: what a crossing waited for when an answer may come
WAITED_FOR: Final[Mapping[HoldState, TransferState]] = {
    HoldState.GRANTED: TransferState.ASKED,
    HoldState.REFUSED: TransferState.ASKED,
    HoldState.BOOKED: TransferState.ASKED,
    HoldState.COMMITTED: TransferState.COMMITTING,
    HoldState.RELEASED: TransferState.ABORTING,
}
#: what a hold may be in when the day is sealed with it
HOLDING: Final = frozenset({TransferState.PAYING, *RESOLVES})
#: what leaves trading when Wuhan owns it: after everything has come in and freezes have attached
LEAVING: Final = frozenset({Direction.TO_REGISTRY, Direction.WITHDRAWAL})

#: records about crossings, one each; their user references, consecutive, are in the store already
Sending = list[Records]


class Crossings:
    """Moves crossings on. Everything happens in the caller's transaction."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ending = Ending(desk)

    def send(self, context: Context, day: int, first_reference: int, *, only_new: bool = False) -> Sending:
        """What Shanghai is to be asked, or asked again; references count from `first_reference`."""
        blocked = blocked_accounts(context.store)
        records: list[Records] = []
        for transfer in running_transfers(context.store):
            if transfer.state in (TransferState.HELD, TransferState.PAYING):
                continue  # a bank's to answer
            is_resolving = transfer.state in RESOLVES
            if transfer.account_id in blocked and not is_resolving:
                continue
            # a number is of its day; a break may have kept the crossing from ending
            is_new = transfer.trading_day != day and not is_resolving
            if is_new:
                number = next_transfer_id(context.store, day)
                transfer = transfer._replace(state=TransferState.ASKED, trading_day=day, transfer_id=number)
            elif transfer.state is TransferState.LATER or (only_new and transfer.user_reference):
                continue
            records.append(self._command(context, transfer, day, first_reference + len(records)))
        return records

    def answered(
        self, context: Context, day: int, fields: Mapping[str, int], next_reference: int
    ) -> Sending | None:
        """HOLD_CHANGED. None when it is about no crossing of ours."""
        transfer = find_transfer(context.store, day, fields["transfer_id"])
        if transfer is None:
            return None
        state = HoldState(fields["hold_state"])
        if WAITED_FOR.get(state) is not transfer.state:
            raise CorruptionError(
                f"HOLD_CHANGED of transfer {transfer.transfer_id}",
                f"an answer to {transfer.state}",
                state.name,
            )
        if state is HoldState.GRANTED and transfer.direction is Direction.TO_REGISTRY:
            granted = transfer._replace(state=TransferState.COMMITTING)
            return [self._command(context, granted, day, next_reference)]
        if state is HoldState.GRANTED:
            self._ending.granted(context, transfer)
        elif state is HoldState.REFUSED:
            self._ending.refuse(context, transfer, RejectReason(fields["hold_reason"]))
        else:
            self._ending.told(context, transfer, state)
        if transfer.direction is Direction.FREEZE:
            next_part(context, transfer)
        elif state in (HoldState.BOOKED, HoldState.RELEASED):
            ask_whole(context, transfer.account_id, transfer.asset_id)  # what came in may be frozen
        return self.send(context, day, next_reference, only_new=True)

    def rejected(
        self, context: Context, day: int, fields: Mapping[str, int], next_reference: int
    ) -> Sending | None:
        """REJECTED. None when it is about no command of a crossing."""
        kind, reason = Kind(fields["command_kind"]), RejectReason(fields["reason"])
        if kind not in CROSSING_KINDS:
            return None
        transfer = find_by_reference(context.store, day, fields["user_reference"])
        if transfer is None or transfer.state is not TransferState.ASKED:
            return []  # sent twice, or a commit whose answer is the seal's
        if reason in OUT_OF_HOURS or reason is RejectReason.DUPLICATE_RECORD:
            waiting = transfer._replace(
                state=TransferState.WAITING, trading_day=0, transfer_id=0, user_reference=0
            )
            save_transfer(context.store, waiting)
            if reason in OUT_OF_HOURS:
                return []
            return self.send(context, day, next_reference, only_new=True)  # a later number came first
        self._ending.refuse(context, transfer, reason)
        return []

    def held_at_seal(self, context: Context, day: int, fields: Mapping[str, int]) -> Entry | None:
        """SEAL_HOLD: the entry that takes what is held out of trading; None if not of ours."""
        transfer = find_transfer(context.store, day, fields["transfer_id"])
        if transfer is None:
            return None
        if transfer.state not in HOLDING or transfer.amount != fields["amount"]:
            raise CorruptionError(
                f"SEAL_HOLD of transfer {transfer.transfer_id}",
                f"a hold granted and not resolved, of {transfer.amount}",
                f"{transfer.state}, of {fields['amount']}",
            )
        save_transfer(context.store, transfer._replace(state=TransferState.HELD, held_day=day))
        return hold(transfer)

    def bank_answered(self, context: Context, transfer: Transfer, *, is_paid: bool) -> None:
        """A bank has paid out, or has refused to: the hold is resolved, by Shanghai or by Wuhan."""
        if transfer.state is TransferState.PAYING:
            state = TransferState.COMMITTING if is_paid else TransferState.ABORTING
            save_transfer(context.store, transfer._replace(state=state, user_reference=0))
        elif transfer.state is TransferState.HELD:
            self._ending.held_cash(context, transfer)
        else:
            raise CorruptionError(f"pay-out of {transfer.cause}", "asked of the bank", transfer.state)

    def came_in(self, context: Context, deposit: Transfer) -> None:
        """A deposit is on Wuhan's books: into the cash account, if that is Wuhan's to move."""
        self._ending.came_in(context, deposit)

    def attach_freezes(self, context: Context) -> None:
        """Wuhan owns "available": what came in is frozen where a freeze is short."""
        attach(context, self._desk, WUHAN)

    def settle(self, context: Context) -> int:
        """End what is open, Wuhan owning "available" again; gives how many ended or went to a bank."""
        blocked = blocked_accounts(context.store)
        running = [t for t in running_transfers(context.store) if t.account_id not in blocked]
        leaving = [t for t in running if t.direction in LEAVING and t.state is not TransferState.HELD]
        ended = sum(self._ending.settle(context, t) for t in running if t not in leaving)
        self.attach_freezes(context)
        return ended + sum(self._ending.settle(context, t) for t in leaving)

    def _command(self, context: Context, transfer: Transfer, day: int, reference: int) -> Records:
        save_transfer(context.store, transfer._replace(user_reference=reference))
        kind = RESOLVES.get(transfer.state, ASKS[transfer.direction])
        return transfer_record(kind, transfer, day)
