"""The trade lines of a day's statements, written by compiled code: there may be millions of them."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.enums import Method
from settlement.clearing.lines import LINE_FIELDS, Rows
from settlement.compiled import compiled
from settlement.errors import CorruptionError

#: by Method; then the words for a trade that was undone, and for one that could not be delivered
WORDS: Final = (
    *("挂牌 listed", "大宗 block", "单向竞价 one-way", "连续竞价 continuous"),
    *("已撤销 undone", "交收失败 failed"),
)
SIDES: Final = ("买入 buy", "卖出 sell")
UNDONE: Final = len(Method)
FAILED: Final = UNDONE + 1  # has a price and no quantity
#: seven whole numbers of at most 20 characters with sign, point and comma, and the end of the line
NUMBERS_BYTES: Final = 7 * 23 + 1

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
MATCH, BUYER, SELLER, CONTRACT, METHOD, PRICE, LOTS, BUYER_FEES = range(8)
SELLER_FEES: Final = BUYER_FEES + 2
assert LINE_FIELDS[BUYER_FEES].startswith("buyer") and LINE_FIELDS[SELLER_FEES].startswith("seller")
COMMA, POINT, MINUS, ZERO, NEWLINE = b",.-0\n"


class TradeLines:
    """The trades of a confirmed run by account; the text is made when it is asked for."""

    def __init__(self, day: str, codes: Mapping[int, str], lines: Rows) -> None:
        """Sort the lines (LINE, in match order) by account. Complexity: O(n log n)."""
        if len(lines) and not 0 <= int(lines["method"].max()) < UNDONE:
            raise CorruptionError("method of a trade", f"0 to {UNDONE - 1}", int(lines["method"].max()))
        self._table = lines.view(np.int64).reshape(-1, len(LINE_FIELDS))
        owners = self._table[:, (BUYER, SELLER)].reshape(-1)
        self._sides = np.argsort(owners, kind="stable")  # 2 * line, and 1 more for the seller's side
        accounts, firsts, counts = np.unique(owners[self._sides], return_index=True, return_counts=True)
        spans = zip(firsts.tolist(), (firsts + counts).tolist(), strict=True)
        self._spans = dict(zip(accounts.tolist(), spans, strict=True))
        self._head = np.frombuffer(f"trade,{day},".encode(), np.uint8)
        end = 1 + int(np.max(self._table[:, CONTRACT], initial=0))
        self._texts, self._text_ends = _joined(
            [
                f",{codes.get(contract, contract)},{word},{side},"
                for contract in range(end)
                for word in WORDS
                for side in SIDES
            ]
        )

    def of(self, account_id: int) -> bytes:
        """CSV lines in UTF-8 of an account's trades in match order; empty when it had none.

        Columns: trade, date, account, match id, contract, method, side, price, lots, amount, both fees;
        price, amount and fees in yuan with two decimals.
        """
        first, end = self._spans.get(account_id, (0, 0))
        longest = int(np.diff(self._text_ends).max(initial=0)) + len(self._head) + NUMBERS_BYTES
        text = np.empty((end - first) * longest, np.uint8)
        sides = self._sides[first:end]
        used = _write(text, self._table, sides, account_id, self._head, self._texts, self._text_ends)
        return text[:used].tobytes()


def _joined(texts: Sequence[str]) -> tuple[Bytes, Numbers]:
    """All texts one after the other, and where each ends after a first 0."""
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    return np.frombuffer(b"".join(encoded), np.uint8), ends


@compiled
def _write(
    text: Bytes,
    table: Numbers,
    sides: Numbers,
    account_id: int,
    head: Bytes,
    texts: Bytes,
    text_ends: Numbers,
) -> int:
    """Write a line for each side; returns how many bytes that took."""
    at = 0
    for place in range(len(sides)):
        line, side = sides[place] // 2, sides[place] % 2
        lots, price = table[line, LOTS], table[line, PRICE]
        word = table[line, METHOD] if lots else (FAILED if price else UNDONE)
        middle = (table[line, CONTRACT] * len(WORDS) + word) * len(SIDES) + side
        fees = SELLER_FEES if side else BUYER_FEES
        at = _put_text(text, at, head, 0, len(head))
        at = _put_number(text, at, account_id)
        text[at] = COMMA
        at = _put_number(text, at + 1, table[line, MATCH])
        at = _put_text(text, at, texts, text_ends[middle], text_ends[middle + 1])
        at = _put_yuan(text, at, price)
        text[at] = COMMA
        at = _put_number(text, at + 1, lots)
        text[at] = COMMA
        at = _put_yuan(text, at + 1, price * lots)
        text[at] = COMMA
        at = _put_yuan(text, at + 1, table[line, fees])
        text[at] = COMMA
        at = _put_yuan(text, at + 1, table[line, fees + 1])
        text[at] = NEWLINE
        at += 1
    return at


@compiled
def _put_text(text: Bytes, at: int, source: Bytes, first: int, end: int) -> int:
    for place in range(first, end):
        text[at] = source[place]
        at += 1
    return at


@compiled
def _put_number(text: Bytes, at: int, number: int) -> int:
    """Decimal digits of a whole number that is not negative."""
    digits = 1
    rest = number // 10
    while rest:
        digits += 1
        rest //= 10
    for place in range(at + digits - 1, at - 1, -1):
        text[place] = ZERO + number % 10
        number //= 10
    return at + digits


@compiled
def _put_yuan(text: Bytes, at: int, amount_fen: int) -> int:
    """The text of vocabulary.units.format_yuan."""
    if amount_fen < 0:
        text[at] = MINUS
        at += 1
        amount_fen = -amount_fen
    at = _put_number(text, at, amount_fen // 100)
    text[at] = POINT
    text[at + 1] = ZERO + amount_fen % 100 // 10
    text[at + 2] = ZERO + amount_fen % 10
    return at + 3
