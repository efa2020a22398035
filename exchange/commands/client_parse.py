"""Lines a person types into the terminal client, parsed: plain words, English or Chinese. Pure."""

from typing import Final, NamedTuple

from exchange.vocabulary.enums import MemberLimit, Side, TimeInForce
from exchange.vocabulary.units import parse_yuan

FEN_PER_YUAN: Final = 100
MS_PER_SECOND: Final = 1_000

VERBS: Final[dict[str, str]] = {
    "list": "list", "挂牌": "list",
    "take": "take", "摘牌": "take",
    "limit": "limit", "限价": "limit",
    "cancel": "cancel", "撤单": "cancel",
    "reduce": "reduce", "减量": "reduce",
    "replace": "replace", "改单": "replace",
    "cancel-all": "cancel-all", "批量撤单": "cancel-all",
    "block": "block", "大宗": "block",
    "accept": "accept", "确认": "accept",
    "decline": "decline", "拒绝": "decline",
    "counter": "counter", "还价": "counter",
    "bid": "bid", "竞买": "bid",
    "auctions": "auctions", "拍卖": "auctions",
    "session": "session", "会话": "session",
    "guard": "guard", "限额": "guard",
    "board": "board", "行情": "board",
    "orders": "orders", "委托": "orders",
    "trades": "trades", "成交": "trades",
    "offers": "offers", "要约": "offers",
    "holdings": "holdings", "持有量": "holdings",
    "cash": "cash", "资金": "cash",
    "rules": "rules", "规则": "rules",
    "lang": "lang", "语言": "lang",
    "help": "help", "帮助": "help", "?": "help",
    "quit": "quit", "exit": "quit", "退出": "quit",
}  # fmt: skip
SIDES: Final = {
    "buy": Side.BUY,
    "买": Side.BUY,
    "买入": Side.BUY,
    "sell": Side.SELL,
    "卖": Side.SELL,
    "卖出": Side.SELL,
}
USAGE: Final[dict[str, str]] = {
    "list": "list buy|sell PRICE QTY [CONTRACT]",
    "take": "take buy|sell PRICE QTY [#ORDER] [CONTRACT]",
    "limit": "limit buy|sell PRICE QTY [ioc|fok|post] [CONTRACT]",
    "cancel": "cancel #ORDER",
    "reduce": "reduce #ORDER QTY",
    "replace": "replace #ORDER PRICE QTY",
    "cancel-all": "cancel-all [buy|sell] [LOW-HIGH] [CONTRACT]",
    "block": "block buy|sell PRICE QTY to ACCOUNT|board [part] [CONTRACT]",
    "accept": "accept #ORDER [QTY]",
    "counter": "counter #ORDER PRICE QTY [part]",
    "bid": "bid AUCTION PRICE QTY",
    "session": "session cancel on|off [GRACE_S] [dead-man SECONDS|off]",
    "guard": "guard quantity|amount|orders NUMBER|off [LOGIN]",
    "decline": "decline #ORDER",
    "lang": "lang zh|en",
}


_BOARD: Final = ("board", "公开")
_PART: Final = ("part", "可部分")
_ON_OFF: Final = {"on": True, "开": True, "off": False, "关": False}
_LIFE: Final = {
    "ioc": (TimeInForce.IOC, False),
    "fok": (TimeInForce.FOK, False),
    "post": (TimeInForce.DAY, True),
}
_LIMITS: Final = {
    "quantity": MemberLimit.ORDER_QUANTITY_LOTS,
    "amount": MemberLimit.ORDER_AMOUNT_FEN,
    "orders": MemberLimit.OPEN_ORDERS,
    "数量": MemberLimit.ORDER_QUANTITY_LOTS,
    "金额": MemberLimit.ORDER_AMOUNT_FEN,
    "委托": MemberLimit.OPEN_ORDERS,
}


class NotUnderstood(ValueError):
    """A line that is no command; the message says what was expected and found."""


class Line(NamedTuple):
    """A command as typed; what does not apply is 0 or blank."""

    verb: str
    side: Side = Side.BUY
    price_ticks: int = 0
    quantity_lots: int = 0
    order: int = 0  # order number as shown, or a whole order id
    account_id: int = 0  # counterparty of a block, 0 = the board
    word: str = ""  # contract code, or the language
    has_side: bool = False
    is_partial: bool = False
    time_in_force: TimeInForce = TimeInForce.DAY
    is_post_only: bool = False
    price_low_ticks: int = 0
    price_high_ticks: int = 0
    milliseconds: int = 0
    dead_man_ms: int = 0
    is_on: bool = False
    limit: MemberLimit = MemberLimit.ORDER_QUANTITY_LOTS
    login_id: int = 0


def parse_line(text: str) -> Line | None:
    """A typed line; None when it is blank. NotUnderstood says how the command is written."""
    words = text.split()
    if not words:
        return None
    verb = VERBS.get(words[0].lower())
    if verb is None:
        raise NotUnderstood(f"expected a command (see help 帮助), found {words[0]!r}")
    try:
        return _PARSERS.get(verb, _plain)(verb, words[1:])
    except NotUnderstood as error:
        raise NotUnderstood(f"{error}\n  {USAGE.get(verb, verb)}") from None


def _plain(verb: str, words: list[str]) -> Line:
    if len(words) > 1:
        raise NotUnderstood(f"expected at most one word after {verb}, found {' '.join(words)!r}")
    return Line(verb, word=words[0].upper() if words else "")


def _order(verb: str, words: list[str]) -> Line:
    if len(words) != 1:
        raise NotUnderstood("expected one order number")
    return Line(verb, order=_order_number(words[0]))


def _accept(verb: str, words: list[str]) -> Line:
    if not 1 <= len(words) <= 2:
        raise NotUnderstood("expected an order number, and a quantity if not all is accepted")
    lots = _tonnes(words[1]) if len(words) == 2 else 0
    return Line(verb, order=_order_number(words[0]), quantity_lots=lots)


def _reduce(verb: str, words: list[str]) -> Line:
    if len(words) != 2:
        raise NotUnderstood("expected an order number and what shall be left of it")
    return Line(verb, order=_order_number(words[0]), quantity_lots=_tonnes(words[1]))


def _order_terms(verb: str, words: list[str]) -> Line:
    """An order, a price and a quantity; a counter-offer may add that it can be accepted in part."""
    is_partial = verb == "counter" and words[-1:] != [] and words[-1].lower() in _PART
    if is_partial:
        words = words[:-1]
    if len(words) != 3:
        raise NotUnderstood("expected an order number, a price and a quantity")
    return Line(
        verb,
        price_ticks=_price(words[1]),
        quantity_lots=_tonnes(words[2]),
        order=_order_number(words[0]),
        is_partial=is_partial,
    )


def _bid(verb: str, words: list[str]) -> Line:
    if len(words) != 3:
        raise NotUnderstood("expected the auction's number, a price and a quantity")
    number = _number(words[0].lstrip("#"), "an auction's number")
    return Line(verb, price_ticks=_price(words[1]), quantity_lots=_tonnes(words[2]), order=number)


def _cancel_all(verb: str, words: list[str]) -> Line:
    line = Line(verb)
    for text in words:
        side = SIDES.get(text.lower())
        low, dash, high = text.partition("-")
        if side is not None and not line.has_side:
            line = line._replace(side=side, has_side=True)
        elif dash and low[:1].isdecimal():
            line = line._replace(price_low_ticks=_price(low), price_high_ticks=_price(high))
        elif not line.word:
            line = line._replace(word=text.upper())
        else:
            raise NotUnderstood(f"expected a side, a price range and a contract, found {text!r}")
    return line


def _session(verb: str, words: list[str]) -> Line:
    if len(words) < 2 or words[0].lower() not in ("cancel", "撤单") or words[1].lower() not in _ON_OFF:
        raise NotUnderstood("expected cancel on or cancel off")
    line, rest = Line(verb, is_on=_ON_OFF[words[1].lower()]), words[2:]
    if rest and rest[0].isdecimal():
        line = line._replace(milliseconds=_seconds_ms(rest.pop(0)))
    if rest:
        if len(rest) != 2 or rest[0].lower() not in ("dead-man", "静默"):
            raise NotUnderstood(f"expected dead-man and seconds or off, found {' '.join(rest)!r}")
        line = line._replace(dead_man_ms=0 if rest[1].lower() == "off" else _seconds_ms(rest[1]))
    return line


def _guard(verb: str, words: list[str]) -> Line:
    if not 2 <= len(words) <= 3 or words[0].lower() not in _LIMITS:
        raise NotUnderstood(f"expected one of {', '.join(list(_LIMITS)[:3])} and a number or off")
    limit = _LIMITS[words[0].lower()]
    value = 0 if words[1].lower() in ("off", "关") else _number(words[1], "a number, or off")
    if limit is MemberLimit.ORDER_AMOUNT_FEN:
        value *= FEN_PER_YUAN
    login_id = _number(words[2], "the number of a login of yours") if len(words) == 3 else 0
    return Line(verb, quantity_lots=value, limit=limit, login_id=login_id)


def _terms(verb: str, words: list[str]) -> Line:
    if len(words) < 3:
        raise NotUnderstood("expected a side, a price and a quantity")
    side = SIDES.get(words[0].lower())
    if side is None:
        raise NotUnderstood(f"expected buy or sell, found {words[0]!r}")
    line = Line(verb, side, _price(words[1]), _tonnes(words[2]))
    rest = words[3:]
    if verb == "limit" and rest and rest[0].lower() in _LIFE:
        time_in_force, is_post_only = _LIFE[rest.pop(0).lower()]
        line = line._replace(time_in_force=time_in_force, is_post_only=is_post_only)
    if verb == "take" and rest and rest[0].startswith("#"):
        line = line._replace(order=_number(rest.pop(0).lstrip("#"), "an order number such as #57"))
    if verb == "block":
        if rest and rest[0].lower() in ("to", "给"):
            rest.pop(0)
        if not rest:
            raise NotUnderstood("expected the counterparty's account, or board")
        to = rest.pop(0)
        if to.lower() not in _BOARD:
            line = line._replace(account_id=_number(to, "an account number, or board"))
        if rest and rest[0].lower() in _PART:
            rest.pop(0)
            line = line._replace(is_partial=True)
    if len(rest) > 1:
        raise NotUnderstood(f"expected nothing after the contract, found {' '.join(rest[1:])!r}")
    return line._replace(word=rest[0].upper() if rest else "")


def _lang(verb: str, words: list[str]) -> Line:
    if len(words) != 1 or words[0].lower() not in ("zh", "en"):
        raise NotUnderstood("expected zh or en")
    return Line(verb, word=words[0].lower())


def _price(text: str) -> int:
    try:
        ticks = parse_yuan(text)
    except ValueError as error:
        raise NotUnderstood(f"price: {error}") from None
    if ticks <= 0:
        raise NotUnderstood(f"price: expected more than 0, found {text}")
    return ticks


def _tonnes(text: str) -> int:
    return _number(text.rstrip("t吨"), "a number of tonnes")


def _order_number(text: str) -> int:
    return _number(text.lstrip("#"), "an order number such as #57")


def _seconds_ms(text: str) -> int:
    return _number(text.rstrip("s秒"), "a number of seconds") * MS_PER_SECOND


def _number(text: str, what: str) -> int:
    digits = text.replace(",", "").replace("_", "")
    if not digits.isascii() or not digits.isdecimal() or int(digits) < 1:
        raise NotUnderstood(f"expected {what}, found {text!r}")
    return int(digits)


_PARSERS: Final = {
    "list": _terms,
    "take": _terms,
    "limit": _terms,
    "block": _terms,
    "cancel": _order,
    "reduce": _reduce,
    "replace": _order_terms,
    "counter": _order_terms,
    "cancel-all": _cancel_all,
    "bid": _bid,
    "session": _session,
    "guard": _guard,
    "accept": _accept,
    "decline": _order,
    "lang": _lang,
}
