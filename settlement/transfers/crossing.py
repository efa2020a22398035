"""Transfers between the cities, from what Shanghai is asked to its answer, and what the seal leaves open.

Shanghai owns "available" while its day runs: units leave trading by a hold that it grants and Wuhan commits,
and come in by its word. From the seal on Wuhan owns it: what is still open is ended when both cities are
reconciled, at the latest. Whatever was sent and not answered is sent again when the line returns; the stream
has every answer exactly once, so a transfer ends once, whichever city was killed in between.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from exchange.vocabulary.enums import HoldState
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import Records
from exchange.vocabulary.rejects import REJECT_TEXTS, RejectReason
from settlement.errors import CorruptionError
from settlement.ledger.balances import balance_of
from settlement.ledger.entries import Entry
from settlement.operations.desk import Desk
from settlement.operations.handler import Context, done, refused
from settlement.outgoing import transfer_record
from settlement.store.breaks import open_breaks
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
from settlement.transfers.postings import (
    hold_at_seal,
    reach_registry,
    reach_trading,
    return_to_registry,
    to_registry,
)
from settlement.vocabulary.chart import Bucket, units
from settlement.vocabulary.refusals import RefusalCode

#: commands of transfers; a rejection of one that has ended already says nothing new
TRANSFER_KINDS: Final = frozenset({Kind.HOLD_REQUEST, Kind.HOLD_COMMIT, Kind.TRANSFER_IN})
#: the day does not take transfers: Wuhan ends the transfer itself after the seal
OUT_OF_HOURS: Final = frozenset({RejectReason.DAY_SEALED, RejectReason.OPENING_NOT_ACCEPTED})
#: what a transfer waited for when an answer may come
WAITED_FOR: Final[Mapping[HoldState, TransferState]] = {
    HoldState.GRANTED: TransferState.ASKED,
    HoldState.REFUSED: TransferState.ASKED,
    HoldState.BOOKED: TransferState.ASKED,
    HoldState.COMMITTED: TransferState.COMMITTING,
}
SHANGHAI: Final = "shanghai"
WUHAN: Final = "wuhan"


#: records about transfers, one each; their user references, consecutive, are in the store already
Sending = list[Records]


class Crossings:
    """Moves transfers on. Everything happens in the caller's transaction."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def send(self, context: Context, day: int, first_reference: int, *, only_new: bool = False) -> Sending:
        """What Shanghai is to be asked, or asked again; references count from `first_reference`."""
        blocked = _blocked(context)
        records: list[Records] = []
        for transfer in running_transfers(context.store):
            if transfer.state is TransferState.HELD or transfer.account_id in blocked:
                continue
            is_new = (
                transfer.trading_day != day
            )  # a number is of its day; a break may have kept it from ending
            if is_new:
                number = next_transfer_id(context.store, day)
                transfer = transfer._replace(state=TransferState.ASKED, trading_day=day, transfer_id=number)
            elif only_new:
                continue
            records.append(self._command(context, transfer, day, first_reference + len(records)))
        return records

    def answered(
        self, context: Context, day: int, fields: Mapping[str, int], next_reference: int
    ) -> Sending | None:
        """HOLD_CHANGED. None when it is about no transfer of ours."""
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
        if state is HoldState.GRANTED:
            granted = transfer._replace(state=TransferState.COMMITTING)
            return [self._command(context, granted, day, next_reference)]
        if state is HoldState.REFUSED:
            self._refuse(context, transfer, RejectReason(fields["hold_reason"]))
        else:
            entry = to_registry if state is HoldState.COMMITTED else reach_trading
            self._finish(context, transfer, entry(transfer), SHANGHAI)
        return []

    def rejected(
        self, context: Context, day: int, fields: Mapping[str, int], next_reference: int
    ) -> Sending | None:
        """REJECTED. None when it is about no command of a transfer."""
        kind, reason = Kind(fields["command_kind"]), RejectReason(fields["reason"])
        if kind not in TRANSFER_KINDS:
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
        self._refuse(context, transfer, reason)
        return []

    def held_at_seal(self, context: Context, day: int, fields: Mapping[str, int]) -> Entry | None:
        """SEAL_HOLD: the entry that takes what is held out of trading; None if not of ours."""
        transfer = find_transfer(context.store, day, fields["transfer_id"])
        if transfer is None:
            return None
        if transfer.state is not TransferState.COMMITTING or transfer.lots != fields["amount"]:
            raise CorruptionError(
                f"SEAL_HOLD of transfer {transfer.transfer_id}",
                f"{TransferState.COMMITTING} of {transfer.lots} t",
                f"{transfer.state} of {fields['amount']} t",
            )
        save_transfer(context.store, transfer._replace(state=TransferState.HELD))
        return hold_at_seal(transfer)

    def settle(self, context: Context) -> int:
        """End what is open, Wuhan owning "available" again; gives how many ended."""
        blocked, ended = _blocked(context), 0
        for transfer in running_transfers(context.store):
            if transfer.account_id in blocked:
                continue  # an account with a break moves nothing
            self._settle(context, transfer)
            ended += 1
        return ended

    # ---- inside

    def _command(self, context: Context, transfer: Transfer, day: int, reference: int) -> Records:
        save_transfer(context.store, transfer._replace(user_reference=reference))
        if transfer.state is TransferState.COMMITTING:
            return transfer_record(Kind.HOLD_COMMIT, transfer, day)
        is_in = transfer.direction is Direction.TO_TRADING
        return transfer_record(Kind.TRANSFER_IN if is_in else Kind.HOLD_REQUEST, transfer, day)

    def _settle(self, context: Context, transfer: Transfer) -> None:
        if transfer.state is TransferState.COMMITTING:
            raise CorruptionError(
                f"transfer of operation {transfer.operation_id} after the seal",
                "committed or held",
                "neither",
            )
        if transfer.direction is Direction.TO_TRADING:
            self._finish(context, transfer, reach_trading(transfer), WUHAN)
            return
        if transfer.state is TransferState.HELD:
            self._finish(context, transfer, reach_registry(transfer), WUHAN)
            return
        trading = units(transfer.contract_id, Bucket.TRADING_AVAILABLE, transfer.account_id)
        available = balance_of(context.store, trading)
        if available >= transfer.lots:
            self._finish(context, transfer, to_registry(transfer), WUHAN)
            return
        save_transfer(context.store, transfer._replace(state=TransferState.ENDED))
        outcome = refused(RefusalCode.UNITS_INSUFFICIENT, f"available {available:,} t")
        self._desk.finish(context, transfer.operation_id, outcome, WUHAN)

    def _finish(self, context: Context, transfer: Transfer, entry: Entry, by: str) -> None:
        save_transfer(context.store, transfer._replace(state=TransferState.ENDED))
        self._desk.finish(context, transfer.operation_id, done(entry), by)

    def _refuse(self, context: Context, transfer: Transfer, reason: RejectReason) -> None:
        save_transfer(context.store, transfer._replace(state=TransferState.ENDED))
        text = f"{int(reason)} {REJECT_TEXTS[reason].en}"
        outcome = refused(RefusalCode.SHANGHAI_REFUSED, text)
        if transfer.direction is Direction.TO_TRADING:
            outcome = outcome._replace(entries=(return_to_registry(transfer),))
        self._desk.finish(context, transfer.operation_id, outcome, SHANGHAI)


def _blocked(context: Context) -> Iterable[int]:
    return {found.account_id for found in open_breaks(context.store)}
