"""What the exchange says, as reports: which request an event answers, what becomes of its order. No I/O."""

from typing import Final, NamedTuple

from exchange.bridge.fix.book import Book
from exchange.bridge.fix.codec import Field
from exchange.bridge.fix.commands import refusal_text
from exchange.bridge.fix.orders import (
    CANCELED,
    EXPIRED,
    FILLED,
    NEW,
    NO_ORDER_ID,
    REJECTED,
    Order,
    Report,
    Request,
    cancel_reject,
    execution_report,
    mass_report,
)
from exchange.bridge.fix.tables import Tag
from exchange.client.decode import OtherRecord
from exchange.client.events import Accepted, Done, Event, Executed, Headed, MassCancelled, Reduced, Rejected
from exchange.client.replies import Refused
from exchange.client.words import DONE_REASONS
from exchange.vocabulary.enums import DoneReason
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import format_yuan

TRADE: Final = "F"
REPLACED: Final = "5"
RESTATED: Final = "D"
OTHER: Final = "99"
UNKNOWN_ORDER: Final = "1"
_NUMBER_TAKEN: Final = (RejectReason.DUPLICATE_REFERENCE, RejectReason.REFERENCE_GAP)
_CHANGES: Final = (Kind.CANCEL, Kind.REDUCE, Kind.REPLACE)


class ToExchange(NamedTuple):
    """One record for the exchange."""

    record: bytes


class AskContracts(NamedTuple):
    """The way a contract is traded may have changed: ask again."""


Effect = Report | ToExchange | AskContracts


class Hearing:
    """Takes the events of the member's stream; other logins and orders not ours say nothing here."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def take(self, exec_id: str, event: Event | OtherRecord) -> list[Effect]:
        """One event; `exec_id` names the report about it."""
        if not isinstance(event, Headed) or event.login_id != self._book.login_id:
            return []
        match event:
            case Accepted():
                return self._accepted(exec_id, event)
            case Executed():
                return self._executed(exec_id, event)
            case Done():
                return self._done(exec_id, event)
            case Reduced():
                return self._reduced(exec_id, event)
            case MassCancelled():
                return self._mass_cancelled(event)
            case Rejected():
                return self._rejected(exec_id, event)
        return []

    def end_day(self) -> list[Effect]:
        """The stream is over: what it does not answer was never taken in."""
        return [
            self._refuse(request, self._book.local_id(), RejectReason.DAY_NOT_OPEN, 0)
            for request in self._book.under_way()
        ]

    def take_refused(self, refused: Refused) -> list[Effect]:
        """REFUSED: the reference is not used up, and nothing stands in the stream."""
        request = self._book.request_at(refused.user_reference)
        if request is None or request.is_answered or refused.command_kind == Kind.QUERY:
            return []
        return [self._refuse(request, self._book.local_id(), refused.reason, 0)]

    # ---- orders

    def _accepted(self, exec_id: str, event: Accepted) -> list[Effect]:
        request = self._book.request_of(event)
        order = self._book.order_of(event)
        if request is None or order is None or not _is_about(order, event):
            return []
        request.is_answered = True
        return [self._acknowledge(order, exec_id, event)]

    def _executed(self, exec_id: str, event: Executed) -> list[Effect]:
        request = self._book.request_of(event)
        order = self._book.order_of(event)
        if request is None or order is None or not _is_of(order, event):
            return []
        request.is_answered = True
        reports = self._acknowledge_first(order, exec_id, event)
        order.cum_lots += event.quantity_lots
        order.amount_fen += event.price_ticks * event.quantity_lots
        if order.leaves_lots == 0:
            order.end = FILLED
        extra: tuple[Field, ...] = (
            (Tag.LastQty, str(event.quantity_lots)),
            (Tag.LastPx, format_yuan(event.price_ticks)),
            (Tag.TradeDate, f"20{self._book.session[:6]}"),
            (Tag.Commission, format_yuan(event.trading_fee_fen + event.settlement_fee_fen)),
            (Tag.CommType, "3"),
            (Tag.SecondaryExecID, str(event.match_id)),
        )
        reports.append(execution_report(order, exec_id, TRADE, time_ns=event.time_ns, extra=extra))
        return reports

    def _acknowledge_first(self, order: Order, exec_id: str, event: Executed | Done) -> list[Effect]:
        """A take is not accepted before it trades or ends: what it does first says that it was taken in."""
        return [] if order.order_id else [self._acknowledge(order, f"{exec_id}N", event)]

    def _acknowledge(self, order: Order, exec_id: str, event: Accepted | Executed | Done) -> Report:
        order.order_id = event.order_id
        return execution_report(order, exec_id, NEW, time_ns=event.time_ns)

    def _done(self, exec_id: str, event: Done) -> list[Effect]:
        request = self._book.request_of(event)
        order = self._book.order_of(event)
        if request is None or order is None or not _is_of(order, event) or order.end:
            return []  # also of a filled one: its last trade has said so
        request.is_answered = True
        reports = self._acknowledge_first(order, exec_id, event)
        order.end = EXPIRED if event.done_reason == DoneReason.LAPSED else CANCELED
        cancel = self._book.cancel_under_way(order) if event.done_reason == DoneReason.CANCELLED else None
        orig_clord_id = ""
        if cancel is not None:
            cancel.is_answered = True
            orig_clord_id, order.clord_id = order.clord_id, cancel.clord_id
        text = DONE_REASONS[event.done_reason][1]
        extra: tuple[Field, ...] = ((Tag.Text, text),)
        ended = execution_report(
            order, exec_id, order.end, orig_clord_id=orig_clord_id, time_ns=event.time_ns, extra=extra
        )
        return [*reports, ended]

    # ---- changes

    def _reduced(self, exec_id: str, event: Reduced) -> list[Effect]:
        request = self._book.request_of(event) if event.user_reference else None
        order = request.order if request is not None else self._book.order_at(event.target_reference)
        if order is None or order.order_id != event.order_id:
            return []
        order.quantity_lots = order.cum_lots + event.quantity_lots
        order.price_ticks = event.price_ticks
        if request is None:  # self-trade prevention took some of it
            extra: tuple[Field, ...] = (
                (Tag.ExecRestatementReason, OTHER),
                (Tag.Text, DONE_REASONS[DoneReason.PREVENTED][1]),
            )
            return [execution_report(order, exec_id, RESTATED, time_ns=event.time_ns, extra=extra)]
        request.is_answered = True
        orig_clord_id, order.clord_id = order.clord_id, request.clord_id
        return [
            execution_report(order, exec_id, REPLACED, orig_clord_id=orig_clord_id, time_ns=event.time_ns)
        ]

    def _mass_cancelled(self, event: MassCancelled) -> list[Effect]:
        request = self._book.request_of(event)
        if request is None or not request.mass_type:
            return []
        request.is_answered = True
        return [mass_report(request, f"{self._book.session}-{request.reference}", event.record_count)]

    # ---- refusals

    def _rejected(self, exec_id: str, event: Rejected) -> list[Effect]:
        self._book.saw(event.highest_reference)
        request = self._book.request_of(event)
        if request is None or request.is_answered:
            return []
        is_gap = event.reason == RejectReason.REFERENCE_GAP
        if event.reason in _NUMBER_TAKEN:
            if self._book.renumber(request, event.highest_reference, is_gap=is_gap):
                return [ToExchange(request.record())]
        elif request.command is None or request.command.kind != event.command_kind:
            return []  # of another program of our login, under a number that we wanted
        effects: list[Effect] = [self._refuse(request, exec_id, event.reason, event.time_ns)]
        return [*effects, AskContracts()] if event.reason == RejectReason.WRONG_PHASE else effects

    def _refuse(self, request: Request, exec_id: str, reason: int, time_ns: int) -> Report:
        request.is_answered = True
        text = refusal_text(RejectReason(reason))
        order = request.order
        if request.mass_type:
            return mass_report(request, NO_ORDER_ID, 0, (OTHER, text))
        if request.command is not None and request.command.kind in _CHANGES:
            code = UNKNOWN_ORDER if reason == RejectReason.UNKNOWN_ORDER else OTHER
            return cancel_reject(request, order, code, text, time_ns)
        assert order is not None
        order.end = REJECTED
        extra: tuple[Field, ...] = ((Tag.OrdRejReason, OTHER), (Tag.Text, text))
        return execution_report(order, exec_id, REJECTED, time_ns=time_ns, extra=extra)


def _is_about(order: Order, event: Accepted) -> bool:
    """Whether it can be our order's: another program of the same login may have used the number."""
    asked = (order.side, order.price_ticks, order.quantity_lots)
    return asked == (event.side, event.price_ticks, event.quantity_lots)


def _is_of(order: Order, event: Executed | Done) -> bool:
    """Whether an event is of our order; before it is known by its id, as far as one can see."""
    return order.order_id == event.order_id if order.order_id else order.side == event.side
