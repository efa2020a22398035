"""Orders and requests as the gateway knows them, and the reports about them. No I/O."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from exchange.bridge.fix.check import utc_text
from exchange.bridge.fix.codec import Field, Message
from exchange.bridge.fix.commands import DAY, SIDE_CODES, Command
from exchange.bridge.fix.tables import MsgType, Tag
from exchange.vocabulary.enums import Side
from exchange.vocabulary.records import make
from exchange.vocabulary.units import format_yuan

NO_ORDER_ID: Final = "NONE"
AVERAGE_DECIMALS: Final = 8
NEW, PARTIALLY_FILLED, FILLED, CANCELED, REJECTED, PENDING_NEW, EXPIRED = "0", "1", "2", "4", "8", "A", "C"
#: an order asks the same again when these fields are the same
TERMS: Final = (Tag.Symbol, Tag.Side, Tag.OrderQty, Tag.Price, Tag.TimeInForce, Tag.ExecInst, Tag.Account)


@dataclass(slots=True)
class Order:
    """One order that this session entered. Prices in ticks, quantities in lots, the amount in fen."""

    symbol: str
    clord_id: str
    reference: int
    account: str
    side: Side
    price_ticks: int
    quantity_lots: int
    time_in_force: str
    is_post_only: bool
    order_id: int = 0
    cum_lots: int = 0
    amount_fen: int = 0
    end: str = ""
    """OrdStatus once it will trade no more, else blank."""

    @property
    def leaves_lots(self) -> int:
        """What may still trade."""
        return 0 if self.end else self.quantity_lots - self.cum_lots

    @property
    def status(self) -> str:
        """OrdStatus (39)."""
        if self.end:
            return self.end
        if self.cum_lots:
            return PARTIALLY_FILLED
        return NEW if self.order_id else PENDING_NEW

    @property
    def order_id_text(self) -> str:
        """OrderID (37)."""
        return str(self.order_id) if self.order_id else NO_ORDER_ID


@dataclass(slots=True)
class Request:
    """One ClOrdID: a command under way, or one that is answered."""

    clord_id: str
    msg_type: str
    terms: tuple[str | None, ...]
    command: Command | None
    """None where the gateway itself refused it."""
    order: Order | None
    reference: int = 0
    orig_clord_id: str = ""
    after_sequence: int = 0
    """Events up to it are of the past, and answer something else."""
    is_answered: bool = False
    renumberings: int = 0
    mass_type: str = ""
    echo: list[Field] = field(default_factory=list)
    """Fields that its report repeats."""

    def record(self) -> bytes:
        """The 64 bytes that say it to the exchange."""
        assert self.command is not None
        return make(self.command.kind, user_reference=self.reference, **self.command.fields)


class Report(NamedTuple):
    """An application message to send."""

    msg_type: str
    fields: list[Field]


def terms_of(message: Message) -> tuple[str | None, ...]:
    """What a second message with the same ClOrdID must repeat to be the same request."""
    return tuple(message.get(tag) for tag in TERMS)


def average_text(amount_fen: int, lots: int) -> str:
    """Average price in yuan: exact where eight decimals hold it, else rounded half to even."""
    if not lots:
        return "0.00"
    scaled, rest = divmod(amount_fen * 10 ** (AVERAGE_DECIMALS - 2), lots)
    if 2 * rest > lots or (2 * rest == lots and scaled % 2):
        scaled += 1
    whole, part = divmod(scaled, 10**AVERAGE_DECIMALS)
    return f"{whole}.{f'{part:0{AVERAGE_DECIMALS}d}'.rstrip('0').ljust(2, '0')}"


def execution_report(
    order: Order,
    exec_id: str,
    exec_type: str,
    *,
    orig_clord_id: str = "",
    time_ns: int = 0,
    clord_id: str = "",
    extra: tuple[Field, ...] = (),
) -> Report:
    """ExecutionReport (8) about an order as it stands now."""
    fields: list[Field] = [
        (Tag.OrderID, order.order_id_text),
        (Tag.ClOrdID, clord_id or order.clord_id),
        *([(Tag.OrigClOrdID, orig_clord_id)] if orig_clord_id else []),
        (Tag.ExecID, exec_id),
        (Tag.ExecType, exec_type),
        (Tag.OrdStatus, order.status),
        *([(Tag.Account, order.account)] if order.account else []),
        (Tag.Symbol, order.symbol),
        (Tag.Side, SIDE_CODES[order.side]),
        (Tag.OrderQty, str(order.quantity_lots)),
        (Tag.OrdType, "2"),
        (Tag.Price, format_yuan(order.price_ticks)),
        (Tag.Currency, "CNY"),
        (Tag.TimeInForce, order.time_in_force),
        *([(Tag.ExecInst, "6")] if order.is_post_only else []),
        (Tag.LeavesQty, str(order.leaves_lots)),
        (Tag.CumQty, str(order.cum_lots)),
        (Tag.AvgPx, average_text(order.amount_fen, order.cum_lots)),
        *([(Tag.TransactTime, utc_text(time_ns // 1_000_000))] if time_ns else []),
        *extra,
    ]
    return Report(MsgType.EXECUTION_REPORT, fields)


def refused_order(message: Message, exec_id: str, reason: str, text: str) -> Report:
    """ExecutionReport (8) about an order that never reached the exchange, in the words it was given in."""
    fields: list[Field] = [
        (Tag.OrderID, NO_ORDER_ID),
        (Tag.ClOrdID, message.text(Tag.ClOrdID)),
        (Tag.ExecID, exec_id),
        (Tag.ExecType, REJECTED),
        (Tag.OrdStatus, REJECTED),
        (Tag.Symbol, message.text(Tag.Symbol)),
        (Tag.Side, message.text(Tag.Side)),
        *[(tag, value) for tag in (Tag.OrderQty, Tag.Price) if (value := message.get(tag)) is not None],
        (Tag.TimeInForce, message.get(Tag.TimeInForce) or DAY),
        (Tag.LeavesQty, "0"),
        (Tag.CumQty, "0"),
        (Tag.AvgPx, "0.00"),
        (Tag.OrdRejReason, reason),
        (Tag.Text, text),
    ]
    return Report(MsgType.EXECUTION_REPORT, fields)


def cancel_reject(request: Request, order: Order | None, reason: str, text: str, time_ns: int = 0) -> Report:
    """OrderCancelReject (9)."""
    fields: list[Field] = [
        (Tag.OrderID, order.order_id_text if order is not None else NO_ORDER_ID),
        (Tag.ClOrdID, request.clord_id),
        (Tag.OrigClOrdID, request.orig_clord_id),
        (Tag.OrdStatus, order.status if order is not None else REJECTED),
        *([(Tag.TransactTime, utc_text(time_ns // 1_000_000))] if time_ns else []),
        (Tag.CxlRejResponseTo, "1" if request.msg_type == MsgType.ORDER_CANCEL_REQUEST else "2"),
        (Tag.CxlRejReason, reason),
        (Tag.Text, text),
    ]
    return Report(MsgType.ORDER_CANCEL_REJECT, fields)


def mass_report(
    request: Request, order_id: str, count: int, refusal: tuple[str, str] | None = None
) -> Report:
    """OrderMassCancelReport (r); `refusal` is reason and text."""
    fields: list[Field] = [
        (Tag.ClOrdID, request.clord_id),
        (Tag.OrderID, order_id),
        (Tag.MassCancelRequestType, request.mass_type),
        (Tag.MassCancelResponse, "0" if refusal else request.mass_type),
        *([(Tag.MassCancelRejectReason, refusal[0])] if refusal else []),
        (Tag.TotalAffectedOrders, str(count)),
        *request.echo,
        *([(Tag.Text, refusal[1])] if refusal else []),
    ]
    return Report(MsgType.ORDER_MASS_CANCEL_REPORT, fields)
