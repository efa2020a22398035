"""What FIX messages and the exchange's events do to orders, without I/O: reports to send, commands to give.

The desk is a function of the steps in the store: taking the same steps again makes the same desk, and what
it says then is thrown away, because the store has it as sent. So nothing is reported twice and nothing is
left out.
"""

from typing import Final, NamedTuple

from exchange.bridge.fix import commands
from exchange.bridge.fix.book import Book
from exchange.bridge.fix.check import utc_ms_of
from exchange.bridge.fix.codec import Field, Message, decode
from exchange.bridge.fix.commands import Command, Contract, Refusal, refusal_text
from exchange.bridge.fix.hearing import Effect, Hearing, ToExchange
from exchange.bridge.fix.orders import (
    Order,
    Report,
    Request,
    cancel_reject,
    execution_report,
    mass_report,
    refused_order,
    terms_of,
)
from exchange.bridge.fix.store import Answered, DayEnded, Entry, Heard, Linked, Opened, Received
from exchange.bridge.fix.tables import MsgType, Tag
from exchange.client.chunk import events_chunk, replies_chunk
from exchange.client.decode import decode_events, decode_replies
from exchange.client.replies import Refused
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.rejects import RejectReason

ORDER_STATUS: Final = "I"
DUPLICATE: Final = "6"
UNKNOWN: Final = "1"
TOO_LATE: Final = "0"
OTHER: Final = "99"
STALE: Final = "it was first sent before this trading day began; nothing was done"
STATUS_EXEC_ID: Final = "0"  # FIX 4.4: a status report tells of no new execution


class Target(NamedTuple):
    """Why an order cannot be named: reason and text of an OrderCancelReject."""

    reason: str
    text: str


class Desk:
    """One FIX session's orders of one trading day."""

    def __init__(self, opened: Opened) -> None:
        self.book = Book(opened.session)
        self._began_utc_ms = opened.began_utc_ms
        self._hearing = Hearing(self.book)

    @classmethod
    def rebuilt(cls, entries: list[Entry]) -> "Desk":
        """The desk after the steps of a day's file, the first of which is Opened."""
        opened = entries[0]
        assert isinstance(opened, Opened)
        desk = cls(opened)
        for entry in entries:
            match entry:
                case Received(_, raw) if raw:
                    desk.take_message(decode(raw))
                case Heard(first_number, records):
                    desk.take_records(first_number, records)
                case Answered(records):
                    desk.take_answers(records)
                case Linked():
                    desk.take_linked(entry)
                case DayEnded():
                    desk.end_day()
        return desk

    def take_linked(self, linked: Linked) -> None:
        """The exchange is reached again."""
        self.book.login_id = linked.login_id
        self.book.settled_sequence = max(self.book.settled_sequence, linked.settled_sequence)
        self.book.contracts = {code: Contract(number, code, rule) for number, code, rule in linked.contracts}

    def take_records(self, first_number: int, records: bytes) -> list[Effect]:
        """Consecutive records of the member's stream, from a number on."""
        chunk = events_chunk(first_number, records)
        effects: list[Effect] = []
        for number, event in enumerate(decode_events(chunk.events), first_number):
            effects += self._hearing.take(f"{self.book.session}-{number}", event)
        return effects

    def take_answers(self, records: bytes) -> list[Effect]:
        """Answers that stand in no stream: a command that was REFUSED was never taken in."""
        effects: list[Effect] = []
        for reply in decode_replies(replies_chunk(0, records).replies):
            if isinstance(reply, Refused):
                effects += self._hearing.take_refused(reply)
        return effects

    def end_day(self) -> list[Effect]:
        """The day's stream is over."""
        return self._hearing.end_day()

    def to_resend(self) -> bytes:
        """Commands that the exchange may not have."""
        return self.book.to_resend()

    def take_message(self, message: Message) -> list[Effect]:
        """A request of the member's engine, checked and in order."""
        match message.msg_type:
            case MsgType.NEW_ORDER_SINGLE:
                return self._new_order(message)
            case MsgType.ORDER_CANCEL_REQUEST | MsgType.ORDER_CANCEL_REPLACE_REQUEST:
                return self._change(message)
            case MsgType.ORDER_STATUS_REQUEST:
                return [self._status(message)]
            case MsgType.ORDER_MASS_CANCEL_REQUEST:
                return self._mass_cancel(message)
            case MsgType.SECURITY_LIST_REQUEST:
                return [self._security_list(message)]
        return []

    # ---- orders

    def _new_order(self, message: Message) -> list[Effect]:
        known = self.book.by_clord_id.get(message.text(Tag.ClOrdID))
        if known is not None:
            return [self._same_again(known, message)]
        if self.book.is_full:
            return [self._refuse_order(message, Refusal(RejectReason.ORDER_CAPACITY, ""), OTHER)]
        if self._is_stale(message):
            return [self._refuse_order(message, Refusal(RejectReason.WRONG_TRADING_DAY, STALE), OTHER)]
        contract = self.book.contracts.get(message.text(Tag.Symbol))
        if contract is None:
            refusal = Refusal(RejectReason.UNKNOWN_CONTRACT, "")
            return [self._refuse_order(message, refusal, UNKNOWN)]
        command = commands.new_order(message, contract)
        if isinstance(command, Refusal):
            return [self._refuse_order(message, command, OTHER)]
        order = _order_of(message, command)
        return self._give(message, command, order)

    def _same_again(self, known: Request, message: Message) -> Report:
        """A ClOrdID that was used: the same order is told as it stands, another is refused; none is made."""
        if known.msg_type == message.msg_type and known.terms == terms_of(message):
            if known.order is not None:
                return execution_report(known.order, STATUS_EXEC_ID, ORDER_STATUS)
            text = "refused when it first came"
        else:
            text = "the ClOrdID was used today for something else"
        return refused_order(message, self.book.local_id(), DUPLICATE, text)

    def _refuse_order(self, message: Message, refusal: Refusal, reason: str) -> Report:
        self.book.add(_request_of(message, None, None))
        text = refusal_text(refusal.reason, refusal.text)
        return refused_order(message, self.book.local_id(), reason, text)

    def _status(self, message: Message) -> Report:
        known = self.book.by_clord_id.get(message.text(Tag.ClOrdID))
        if known is not None and known.order is not None:
            return execution_report(known.order, STATUS_EXEC_ID, ORDER_STATUS)
        report = refused_order(message, STATUS_EXEC_ID, OTHER, "no order of that ClOrdID today")
        return Report(
            report.msg_type,
            [(tag, ORDER_STATUS if tag == Tag.ExecType else value) for tag, value in report.fields],
        )

    # ---- cancels and replacements

    def _change(self, message: Message) -> list[Effect]:
        orig = self.book.by_clord_id.get(message.text(Tag.OrigClOrdID))
        order = orig.order if orig is not None else None
        request = _request_of(message, None, order)
        if request.clord_id in self.book.by_clord_id:
            text = "the ClOrdID was used today; what it asked for is not asked again"
            return [cancel_reject(request, order, DUPLICATE, text)]
        wrong = _why_not(message, order)
        if wrong is not None or order is None:
            self.book.add(request)
            reason, text = wrong or Target(UNKNOWN, "")
            return [cancel_reject(request, order, reason, text)]
        named = {"order_id": order.order_id} if order.order_id else {"target_reference": order.reference}
        if message.msg_type == MsgType.ORDER_CANCEL_REQUEST:
            return self._give(message, Command(Kind.CANCEL, named), order)
        command = commands.replacement(message, named, order.price_ticks, order.leaves_lots, order.cum_lots)
        if isinstance(command, Refusal):
            self.book.add(request)
            return [cancel_reject(request, order, OTHER, refusal_text(command.reason, command.text))]
        return self._give(message, command, order)

    def _mass_cancel(self, message: Message) -> list[Effect]:
        request = _request_of(message, None, None)
        request.mass_type = message.text(Tag.MassCancelRequestType)
        request.echo = [(tag, value) for tag in (Tag.Symbol, Tag.Side) if (value := message.get(tag))]
        no_id = self.book.local_id()
        if request.clord_id in self.book.by_clord_id:
            return [mass_report(request, no_id, 0, (OTHER, "the ClOrdID was used today"))]
        if self._is_stale(message):
            self.book.add(request)
            text = refusal_text(RejectReason.WRONG_TRADING_DAY, STALE)
            return [mass_report(request, no_id, 0, (OTHER, text))]
        contract_id = 0
        if request.mass_type == "1":
            contract = self.book.contracts.get(message.text(Tag.Symbol))
            if contract is None:
                self.book.add(request)
                return [
                    mass_report(request, no_id, 0, (UNKNOWN, refusal_text(RejectReason.UNKNOWN_CONTRACT)))
                ]
            contract_id = contract.contract_id
        request.command = commands.mass_cancel(message, contract_id, self.book.login_id)
        self.book.add(request)
        return [ToExchange(request.record())]

    def _is_stale(self, message: Message) -> bool:
        """Whether a repeated message was meant for an earlier day."""
        first_ms = utc_ms_of(message.text(Tag.OrigSendingTime))
        return message.is_possible_duplicate and first_ms is not None and first_ms < self._began_utc_ms

    def _give(self, message: Message, command: Command, order: Order) -> list[Effect]:
        request = _request_of(message, command, order)
        self.book.add(request)
        return [ToExchange(request.record())]

    # ---- contracts

    def _security_list(self, message: Message) -> Report:
        fields: list[Field] = [
            (Tag.SecurityReqID, message.text(Tag.SecurityReqID)),
            (Tag.SecurityResponseID, self.book.local_id()),
            (Tag.SecurityRequestResult, "0"),
            (Tag.TotNoRelatedSym, str(len(self.book.contracts))),
            (Tag.LastFragment, "Y"),
            (Tag.NoRelatedSym, str(len(self.book.contracts))),
        ]
        for code in self.book.contracts:
            fields += [(Tag.Symbol, code), (Tag.Currency, "CNY")]
        return Report(MsgType.SECURITY_LIST, fields)


def _request_of(message: Message, command: Command | None, order: Order | None) -> Request:
    return Request(
        clord_id=message.text(Tag.ClOrdID),
        msg_type=message.msg_type,
        terms=terms_of(message),
        command=command,
        order=order,
        orig_clord_id=message.text(Tag.OrigClOrdID),
        is_answered=command is None and message.msg_type != MsgType.ORDER_MASS_CANCEL_REQUEST,
    )


def _order_of(message: Message, command: Command) -> Order:
    return Order(
        symbol=message.text(Tag.Symbol),
        clord_id=message.text(Tag.ClOrdID),
        reference=0,
        account=message.text(Tag.Account),
        side=commands.SIDES[message.text(Tag.Side)],
        price_ticks=command.fields["price_ticks"],
        quantity_lots=command.fields["quantity_lots"],
        time_in_force=message.get(Tag.TimeInForce) or commands.DAY,
        is_post_only=message.get(Tag.ExecInst) is not None,
    )


def _why_not(message: Message, order: Order | None) -> Target | None:
    """Why a cancel or replacement cannot be about an order; None if it can."""
    if order is None:
        return Target(UNKNOWN, refusal_text(RejectReason.UNKNOWN_ORDER))
    if order.end:
        return Target(TOO_LATE, refusal_text(RejectReason.UNKNOWN_ORDER))
    sides = (message.text(Tag.Symbol), commands.SIDES.get(message.text(Tag.Side)))
    if sides != (order.symbol, order.side):
        return Target(
            OTHER, refusal_text(RejectReason.INVALID_FIELD, "Symbol and Side are those of the order")
        )
    return None
