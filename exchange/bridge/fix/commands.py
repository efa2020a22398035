"""FIX requests as commands of the one protocol: text to ticks and lots, exactly; what cannot be said there is
refused.
"""

from typing import Final, NamedTuple

from exchange.bridge.fix.codec import Message
from exchange.bridge.fix.tables import Tag
from exchange.vocabulary.enums import LimitFlag, Method, Side, TakeFlag, TimeInForce
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PRICE_TICKS_MAX, QUANTITY_LOTS_MAX
from exchange.vocabulary.rejects import REJECT_TEXTS, RejectReason
from exchange.vocabulary.units import parse_yuan

ANY: Final = 255
DAY: Final = "0"
SIDES: Final = {"1": Side.BUY, "2": Side.SELL}
SIDE_CODES: Final = {Side.BUY: "1", Side.SELL: "2"}
_TIMES: Final = {DAY: TimeInForce.DAY, "3": TimeInForce.IOC, "4": TimeInForce.FOK}


class Contract(NamedTuple):
    """What an order has to know of a contract."""

    contract_id: int
    code: str
    matching_rule: int


class Command(NamedTuple):
    """A command without its reference."""

    kind: Kind
    fields: dict[str, int]


class Refusal(NamedTuple):
    """Why the gateway itself refuses a request: a code of the exchange's own, and what it means here."""

    reason: RejectReason
    text: str


def refusal_text(reason: RejectReason, note: str = "") -> str:
    """Name, number and sentence of a reject code, in English."""
    text = REJECT_TEXTS[reason]
    return f"{reason.name} ({int(reason)}): {note or text.en}; {text.remedy}"


def new_order(message: Message, contract: Contract) -> Command | Refusal:
    """NewOrderSingle (D): what it becomes depends on how the contract is traded today."""
    price = price_ticks_of(message)
    quantity = quantity_lots_of(message)
    if isinstance(price, Refusal):
        return price
    if isinstance(quantity, Refusal):
        return quantity
    account = _account_of(message)
    if isinstance(account, Refusal):
        return account
    fields = {
        "contract_id": contract.contract_id,
        "account_id": account,
        "side": int(SIDES[message.text(Tag.Side)]),
        "price_ticks": price,
        "quantity_lots": quantity,
    }
    time = message.get(Tag.TimeInForce) or DAY
    is_post_only = message.get(Tag.ExecInst) is not None
    if is_post_only and time != DAY:
        return Refusal(RejectReason.INVALID_FIELD, "ExecInst 6 only with TimeInForce 0")
    if contract.matching_rule == Method.CONTINUOUS:
        flags = int(LimitFlag.POST_ONLY) if is_post_only else 0
        return Command(Kind.LIMIT_ORDER, {**fields, "time_in_force": int(_TIMES[time]), "order_flags": flags})
    if time == DAY:  # a listing rests and never matches by itself, so it is post-only in any case
        return Command(Kind.LISTING, fields)
    if time == "3":
        return Command(Kind.TAKE, {**fields, "order_flags": int(TakeFlag.PARTIAL)})
    return Refusal(RejectReason.INVALID_FIELD, "a listed contract knows TimeInForce 0 (listing) and 3 (take)")


def replacement(
    message: Message, named: dict[str, int], price_ticks: int, leaves: int, cum: int
) -> Command | Refusal:
    """OrderCancelReplaceRequest (G): fewer lots at the same price keep their place, anything else replaces.

    FIX gives the whole quantity, the exchange wants what shall remain of it.
    """
    price = price_ticks_of(message)
    quantity = quantity_lots_of(message)
    if isinstance(price, Refusal):
        return price
    if isinstance(quantity, Refusal):
        return quantity
    remaining = quantity - cum
    if remaining <= 0:
        text = f"OrderQty must be above CumQty, which is {cum}"
        return Refusal(RejectReason.QUANTITY_BELOW_MINIMUM, text)
    if price == price_ticks and remaining < leaves:
        return Command(Kind.REDUCE, {**named, "quantity_lots": remaining})
    return Command(Kind.REPLACE, {**named, "price_ticks": price, "quantity_lots": remaining})


def mass_cancel(message: Message, contract_id: int, login_id: int) -> Command:
    """OrderMassCancelRequest (q): of this login's orders only."""
    side = message.get(Tag.Side)
    return Command(
        Kind.MASS_CANCEL,
        {
            "contract_id": contract_id,
            "side": ANY if side is None else int(SIDES[side]),
            "subject_id": login_id,
            "method": ANY,
        },
    )


def price_ticks_of(message: Message) -> int | Refusal:
    """Price (44), already checked to be a decimal number, as integer ticks."""
    text = message.text(Tag.Price)
    try:
        ticks = parse_yuan(text)
    except ValueError:
        return Refusal(RejectReason.PRICE_OFF_TICK, f"Price has at most two decimals, found {text}")
    if ticks > PRICE_TICKS_MAX:
        return Refusal(RejectReason.PRICE_OUTSIDE_BAND, f"no contract trades at {text}")
    return ticks


def quantity_lots_of(message: Message) -> int | Refusal:
    """OrderQty (38), already checked to be a decimal number, as whole lots."""
    text = message.text(Tag.OrderQty)
    whole, _, part = text.partition(".")
    if part.strip("0"):
        return Refusal(RejectReason.INVALID_FIELD, f"OrderQty is in whole tonnes, found {text}")
    if int(whole) > QUANTITY_LOTS_MAX:
        return Refusal(RejectReason.QUANTITY_ABOVE_MAXIMUM, f"no order may have {text} tonnes")
    return int(whole)


def _account_of(message: Message) -> int | Refusal:
    text = message.get(Tag.Account) or "0"
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    return Refusal(RejectReason.WRONG_ACCOUNT, "Account is the number of a trading account")
