"""Lines a person types into the terminal client, parsed: plain words, English or Chinese. Pure."""

from typing import Final, NamedTuple

from exchange.vocabulary.enums import Side
from exchange.vocabulary.units import parse_yuan

VERBS: Final[dict[str, str]] = {
    "list": "list", "挂牌": "list",
    "take": "take", "摘牌": "take",
    "cancel": "cancel", "撤单": "cancel",
    "block": "block", "大宗": "block",
    "accept": "accept", "确认": "accept",
    "decline": "decline", "拒绝": "decline",
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
    "cancel": "cancel #ORDER",
    "block": "block buy|sell PRICE QTY to ACCOUNT [CONTRACT]",
    "accept": "accept #ORDER",
    "decline": "decline #ORDER",
    "lang": "lang zh|en",
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
    account_id: int = 0
    word: str = ""  # contract code, or the language


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
    return Line(verb, order=_number(words[0].lstrip("#"), "an order number such as #57"))


def _terms(verb: str, words: list[str]) -> Line:
    if len(words) < 3:
        raise NotUnderstood("expected a side, a price and a quantity")
    side = SIDES.get(words[0].lower())
    if side is None:
        raise NotUnderstood(f"expected buy or sell, found {words[0]!r}")
    line = Line(verb, side, _price(words[1]), _number(words[2].rstrip("t吨"), "a number of tonnes"))
    rest = words[3:]
    if verb == "take" and rest and rest[0].startswith("#"):
        line = line._replace(order=_number(rest.pop(0).lstrip("#"), "an order number such as #57"))
    if verb == "block":
        if rest and rest[0].lower() in ("to", "给"):
            rest.pop(0)
        if not rest:
            raise NotUnderstood("expected the counterparty's account")
        line = line._replace(account_id=_number(rest.pop(0), "an account number"))
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


def _number(text: str, what: str) -> int:
    digits = text.replace(",", "").replace("_", "")
    if not digits.isascii() or not digits.isdecimal() or int(digits) < 1:
        raise NotUnderstood(f"expected {what}, found {text!r}")
    return int(digits)


_PARSERS: Final = {
    "list": _terms,
    "take": _terms,
    "block": _terms,
    "cancel": _order,
    "accept": _order,
    "decline": _order,
    "lang": _lang,
}
