"""The shapes of the flows: compiled generators that keep a bare book beside them.

Knowing the book they never cancel or replace an order that is gone, so every message does its work. Prices
stay inside 4500 to 5500, the ten per cent of a base of 5000. A replace always changes the price or raises
the quantity, since an exchange lets an order that only shrinks keep its place in the queue.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.compiled import compiled, signed
from benchmarks.flows_format import CANCEL, NEW, REPLACE, Flow
from benchmarks.flows_random import Random, below, between, steps
from benchmarks.yardstick import Book, enter, level_at, remove

BASE_TICKS: Final = 5_000
PRICE_MIN: Final = 4_500
PRICE_MAX: Final = 5_500
ACCOUNTS: Final = 4_000  # an order belongs to account 1 + order_id % ACCOUNTS
BUY: Final = 0


class Shape(NamedTuple):
    """What a flow is made of; shares are of 1,000 messages, the rest of them cross."""

    new_share: int
    cancel_share: int
    replace_share: int
    live_wanted: int  # below it a cancel or a replace becomes a new order; 0 = let it grow
    near_of_64: int  # how tightly new orders sit at the touch: the chance of one tick more, of 64
    depth_ticks: int  # and how far away they may be
    quantity_max: int  # of a resting order
    crossing_max: int  # of a crossing one
    wave_messages: int  # length of a one-sided wave; 0 = both sides alike
    is_clean: bool  # crossing orders fill whole, and never against their own account


SHAPES: Final = {
    # Typical: what takers use up is made good by new orders, so the shares are near 45 / 45 / 10.
    "A": Shape(450, 450, 0, 10_000, 56, 120, 100, 60, 0, False),
    # Burst: grows by about 280,000 live orders a million messages.
    "B": Shape(700, 150, 0, 0, 63, 420, 100, 202, 20_000, False),
    # Add and cancel, and nothing ever trades.
    "C": Shape(500, 500, 0, 1_000, 56, 120, 100, 0, 0, False),
    # As A, over a wide book whose levels are cold. The conversion makes its references gapped or colliding.
    "adversarial": Shape(450, 450, 0, 10_000, 63, 420, 100, 60, 0, False),
    # List, take, cancel: the same fills in listed mode, as limit orders and as immediate-or-cancel orders.
    "listed": Shape(450, 450, 0, 10_000, 56, 120, 100, 60, 0, True),
    # As A, with a third of the messages replacing.
    "replace": Shape(300, 270, 330, 10_000, 56, 120, 100, 60, 0, False),
}


@compiled
def generate(shape: Shape, random: Random, book: Book, alive: NDArray[np.uint32], flow: Flow) -> None:
    """Fill the flow, message by message, and keep the book and the list of ids that may be alive."""
    alive_count, new_count = 0, 0
    for index in range(len(flow)):
        record = flow[index]
        chance = below(random, 1_000)
        picked = 0
        if shape.new_share <= chance < shape.new_share + shape.cancel_share + shape.replace_share:
            if book.top[0]["live"] >= max(shape.live_wanted, 1):
                picked, alive_count = pick_alive(random, book, alive, alive_count)
            else:
                chance = 0
        if picked == 0:
            new_count += 1
            alive[alive_count] = new_count
            alive_count += 1
            side = pick_side(shape, random, index)
            is_crossing = chance >= 1_000 - crossing_share(shape)
            write_new(shape, random, book, record, new_count, side, is_crossing)
        elif chance < shape.new_share + shape.cancel_share:
            write_cancel(book, record, picked)
            alive_count -= 1
        else:
            write_replace(shape, random, book, record, picked)


@compiled
def crossing_share(shape: Shape) -> int:
    """How many of 1,000 messages cross."""
    return 1_000 - shape.new_share - shape.cancel_share - shape.replace_share


@compiled
def pick_side(shape: Shape, random: Random, index: int) -> int:
    """Both sides alike; in waves seven of eight orders are of the wave's side."""
    if shape.wave_messages == 0:
        return below(random, 2)
    wave = (index // shape.wave_messages) % 2
    return wave if below(random, 8) else 1 - wave


@compiled
def pick_alive(random: Random, book: Book, alive: NDArray[np.uint32], count: int) -> tuple[int, int]:
    """A live order, put last in the list; ids that were filled meanwhile are dropped on the way."""
    while count > 0:
        at = below(random, count)
        picked = signed(alive[at])
        if book.orders[picked]["quantity"] > 0:
            alive[at] = alive[count - 1]
            alive[count - 1] = picked
            return picked, count
        count -= 1
        alive[at] = alive[count]
    return 0, 0


@compiled
def passive_price(shape: Shape, random: Random, book: Book, side: int) -> int:
    """A price that does not cross: at the touch or some ticks behind it, inside the band."""
    top: np.void = book.top[0]
    away = steps(random, shape.near_of_64, shape.depth_ticks)
    if side == BUY:
        best = min(top["ask"] - 1, BASE_TICKS + shape.depth_ticks // 2)
        return signed(max(best - away, PRICE_MIN))
    best = max(top["bid"] + 1, BASE_TICKS - shape.depth_ticks // 2)
    return signed(min(best + away, PRICE_MAX))


@compiled
def crossing_price(random: Random, book: Book, side: int) -> int:
    """A price that reaches one to three levels into the other side; 0 if there is none."""
    top = book.top[0]
    if side == BUY:
        best, end = top["ask"], min(top["ask"] + below(random, 3), PRICE_MAX)
        return end if best <= PRICE_MAX else 0
    best, end = top["bid"], max(top["bid"] - below(random, 3), PRICE_MIN)
    return end if best >= PRICE_MIN else 0


@compiled
def write_new(
    shape: Shape, random: Random, book: Book, record: np.void, order_id: int, side: int, is_crossing: bool
) -> None:
    """A new order, crossing if wanted and possible."""
    price = crossing_price(random, book, side) if is_crossing else 0
    quantity = between(random, 1, max(shape.crossing_max, 1))
    if price and shape.is_clean:
        quantity = clean_quantity(book, order_id, side, price, quantity)
    if price == 0 or quantity == 0:
        price = passive_price(shape, random, book, side)
        quantity = between(random, 1, shape.quantity_max)
    record["type"] = NEW
    record["side"] = side
    record["price_ticks"] = price
    record["quantity"] = quantity
    record["order_id"] = order_id
    book.sides[order_id] = side
    enter(book, order_id, side, price, quantity)


@compiled
def clean_quantity(book: Book, order_id: int, side: int, price: int, quantity: int) -> int:
    """As much of the quantity as fills at once before an order of the same account comes in the way."""
    top = book.top[0]
    step = 1 if side == BUY else -1
    level_price = top["ask"] if side == BUY else top["bid"]
    found = 0
    while found < quantity and (price - level_price) * step >= 0:
        maker_id = signed(level_at(book, level_price)["head"])
        while maker_id and found < quantity:
            if maker_id % ACCOUNTS == order_id % ACCOUNTS:
                return found
            maker = book.orders[maker_id]
            found += signed(maker["quantity"])
            maker_id = signed(maker["next"])
        level_price += step
    return min(found, quantity)


@compiled
def write_cancel(book: Book, record: np.void, order_id: int) -> None:
    """A cancel carries the side and price of its order, for readers who like to see them."""
    record["type"] = CANCEL
    record["side"] = book.sides[order_id]
    record["price_ticks"] = book.orders[order_id]["price_ticks"]
    record["order_id"] = order_id
    remove(book, order_id)


@compiled
def write_replace(shape: Shape, random: Random, book: Book, record: np.void, order_id: int) -> None:
    """A new price near the touch, or more at the same price."""
    side = signed(book.sides[order_id])
    order = book.orders[order_id]
    stood, was = signed(order["price_ticks"]), signed(order["quantity"])
    remove(book, order_id)
    price = passive_price(shape, random, book, side)
    quantity = between(random, 1, shape.quantity_max)
    if price == stood:
        quantity += was
    record["type"] = REPLACE
    record["side"] = side
    record["price_ticks"] = price
    record["quantity"] = quantity
    record["order_id"] = order_id
    enter(book, order_id, side, price, quantity)
