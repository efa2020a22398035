"""A bare price-time book: no check, no event, no account. What the kernel's time is compared with.

Orders lie in one table by their id, levels in one by their price, first-in-first-out queues are linked
through the ids. It runs in the same process on the same flow, and its fill hash must equal the kernel's:
so both did the same work.
"""

import time
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.compiled import compiled, signed, unsigned
from benchmarks.flows_format import CANCEL, NEW, REPLACE, Flow

#: 16 bytes: four to a cache line. An order that is not live has quantity 0.
ORDER: Final = np.dtype([("price_ticks", "<u4"), ("quantity", "<u4"), ("next", "<u4"), ("previous", "<u4")])
LEVEL: Final = np.dtype([("head", "<u4"), ("tail", "<u4")])
TOP: Final = np.dtype(
    [
        ("bid", "<i8"),  # best price bid, or the price under the lowest
        ("ask", "<i8"),  # best price asked, or the price over the highest
        ("price_min", "<i8"),
        ("price_max", "<i8"),
        ("live", "<i8"),
        ("live_max", "<i8"),
        ("trades", "<i8"),
        ("tonnes", "<i8"),
        ("unknown", "<i8"),  # cancels and replaces of orders that are no longer live
        ("fill_hash", "<u8"),
    ]
)

HASH_STEP: Final = unsigned(0x9E3779B97F4A7C15)
HASH_MAKER: Final = unsigned(0xBF58476D1CE4E5B9)
HASH_TAKER: Final = unsigned(0x94D049BB133111EB)
HASH_PRICE: Final = unsigned(0xD6E8FEB86659FD93)

#: What a message turns out to do when it arrives.
PLAIN: Final = 0
CROSSING: Final = 1  # a new or replaced order that trades at once
SHRINKING: Final = 2  # a replace that only lowers the quantity
DEAD: Final = 3  # names an order that is no longer live


class Book(NamedTuple):
    """Everything a bare book knows."""

    orders: NDArray[np.void]  # by order id
    sides: NDArray[np.uint8]  # by order id
    levels: NDArray[np.void]  # by price less price_min
    top: NDArray[np.void]  # one row


class Result(NamedTuple):
    """What a flow did to a book."""

    trades: int
    tonnes: int
    fill_hash: int
    live_orders: int
    live_max: int
    unknown: int


def new_book(orders: int, price_min: int, price_max: int) -> Book:
    """An empty book for ids up to `orders` and prices of the range."""
    book = Book(
        np.zeros(orders + 1, ORDER),
        np.zeros(orders + 1, np.uint8),
        np.zeros(price_max - price_min + 3, LEVEL),
        np.zeros(1, TOP),
    )
    clear(book, price_min, price_max)
    return book


def clear(book: Book, price_min: int, price_max: int) -> None:
    """Forget everything; the memory stays."""
    for rows in book:
        rows[:] = np.zeros(1, rows.dtype)
    top = book.top[0]
    top["price_min"], top["price_max"] = price_min, price_max
    top["bid"], top["ask"] = price_min - 1, price_max + 1


def book_for(flow: Flow) -> Book:
    """An empty book of the size that a flow needs."""
    priced = flow["price_ticks"][flow["type"] != CANCEL]
    low, high = (int(priced.min()), int(priced.max())) if len(priced) else (1, 1)
    return new_book(int(flow["order_id"].max()), low, high)


def result_of(book: Book) -> Result:
    """What has been counted so far."""
    top = book.top[0]
    names = ("trades", "tonnes", "fill_hash", "live", "live_max", "unknown")
    return Result(*(int(top[name]) for name in names))


def run_yardstick(flow: Flow, untimed: int, repeats: int) -> tuple[Result, list[float]]:
    """The flow's result and the nanoseconds a message of every repeat, after the first `untimed` messages."""
    book = book_for(flow)
    low, high = int(book.top[0]["price_min"]), int(book.top[0]["price_max"])
    run_book(book, flow[:0])
    times: list[float] = []
    for _ in range(repeats):
        clear(book, low, high)
        run_book(book, flow[:untimed])
        began = time.thread_time_ns()
        run_book(book, flow[untimed:])
        times.append((time.thread_time_ns() - began) / (len(flow) - untimed))
    return result_of(book), times


def examine(flow: Flow, is_immediate: bool) -> tuple[NDArray[np.uint8], Result]:
    """What every message does on arrival; if immediate, the rest of a crossing order does not stay."""
    book = book_for(flow)
    classes = np.zeros(len(flow), np.uint8)
    classify(book, flow, classes, is_immediate)
    return classes, result_of(book)


@compiled
def level_at(book: Book, price: int) -> np.void:
    """The level of a price."""
    level: np.void = book.levels[price - book.top[0]["price_min"] + 1]
    return level


@compiled
def rest(book: Book, order_id: int, side: int, price: int, quantity: int) -> None:
    """Append an order to the queue of its price."""
    order, level, top = book.orders[order_id], level_at(book, price), book.top[0]
    order["price_ticks"] = price
    order["quantity"] = quantity
    order["next"] = 0
    order["previous"] = level["tail"]
    if level["tail"] == 0:
        level["head"] = order_id
    else:
        book.orders[level["tail"]]["next"] = order_id
    level["tail"] = order_id
    if side == 0:
        top["bid"] = max(top["bid"], price)
    else:
        top["ask"] = min(top["ask"], price)
    top["live"] += 1
    top["live_max"] = max(top["live_max"], top["live"])


@compiled
def remove(book: Book, order_id: int) -> None:
    """Take a live order out of its queue; find the next best price if its level was the best."""
    order, top = book.orders[order_id], book.top[0]
    price = signed(order["price_ticks"])
    level = level_at(book, price)
    before, after = order["previous"], order["next"]
    if before == 0:
        level["head"] = after
    else:
        book.orders[before]["next"] = after
    if after == 0:
        level["tail"] = before
    else:
        book.orders[after]["previous"] = before
    order["quantity"] = 0
    top["live"] -= 1
    if level["head"] == 0:
        if price == top["bid"]:
            find_bid(book)
        elif price == top["ask"]:
            find_ask(book)


@compiled
def find_bid(book: Book) -> None:
    """Walk down to the next price with an order."""
    top = book.top[0]
    price, end = top["bid"], top["price_min"]
    while price >= end and level_at(book, price)["head"] == 0:
        price -= 1
    top["bid"] = price


@compiled
def find_ask(book: Book) -> None:
    """Walk up to the next price with an order."""
    top = book.top[0]
    price, end = top["ask"], top["price_max"]
    while price <= end and level_at(book, price)["head"] == 0:
        price += 1
    top["ask"] = price


@compiled
def crosses(book: Book, side: int, price: int) -> bool:
    """Whether an order at this price would trade at once."""
    top = book.top[0]
    return bool(price >= top["ask"] if side == 0 else price <= top["bid"])


@compiled
def trade(book: Book, order_id: int, side: int, price: int, quantity: int) -> int:
    """Match an incoming order against the other side; returns what is left of it."""
    top = book.top[0]
    while quantity > 0 and crosses(book, side, price):
        best = top["ask"] if side == 0 else top["bid"]
        maker_id = signed(level_at(book, best)["head"])
        maker = book.orders[maker_id]
        filled = min(quantity, signed(maker["quantity"]))
        top["fill_hash"] = top["fill_hash"] * HASH_STEP + (
            unsigned(maker_id) * HASH_MAKER
            + unsigned(order_id) * HASH_TAKER
            + unsigned(best) * HASH_PRICE
            + unsigned(filled)
        )
        top["trades"] += 1
        top["tonnes"] += filled
        quantity -= filled
        if filled == signed(maker["quantity"]):
            remove(book, maker_id)
        else:
            maker["quantity"] -= np.uint32(filled)
    return quantity


@compiled
def enter(book: Book, order_id: int, side: int, price: int, quantity: int) -> None:
    """Match, then rest what is left."""
    left = trade(book, order_id, side, price, quantity)
    if left > 0:
        rest(book, order_id, side, price, left)


@compiled
def run_book(book: Book, flow: Flow) -> None:
    """Every message of a flow, in order."""
    for record in flow:
        order_id = signed(record["order_id"])
        if record["type"] == NEW:
            side = signed(record["side"])
            book.sides[order_id] = side
            enter(book, order_id, side, signed(record["price_ticks"]), signed(record["quantity"]))
        elif book.orders[order_id]["quantity"] == 0:
            book.top[0]["unknown"] += 1
        else:
            remove(book, order_id)
            if record["type"] == REPLACE:
                side = signed(book.sides[order_id])
                price, quantity = signed(record["price_ticks"]), signed(record["quantity"])
                enter(book, order_id, side, price, quantity)


@compiled
def classify(book: Book, flow: Flow, classes: NDArray[np.uint8], is_immediate: bool) -> None:
    """The same run, writing down what each message turned out to do."""
    for index in range(len(flow)):
        record = flow[index]
        order_id = signed(record["order_id"])
        price, quantity = signed(record["price_ticks"]), signed(record["quantity"])
        if record["type"] == NEW:
            book.sides[order_id] = record["side"]
        else:
            order = book.orders[order_id]
            was, stood = signed(order["quantity"]), signed(order["price_ticks"])
            if was == 0:
                classes[index] = DEAD
                book.top[0]["unknown"] += 1
                continue
            remove(book, order_id)
            if record["type"] == CANCEL:
                continue
            if price == stood and quantity < was:
                classes[index] = SHRINKING
        side = signed(book.sides[order_id])
        if crosses(book, side, price):
            classes[index] = CROSSING
            left = trade(book, order_id, side, price, quantity)
            if left > 0 and not is_immediate:
                rest(book, order_id, side, price, left)
        else:
            rest(book, order_id, side, price, quantity)
