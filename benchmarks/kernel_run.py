"""One timed pass: commands through apply_batch into a reused buffer, and every event read again.

The reader is compiled. It reads all 64 bytes of every event, counts rejects by reason and keeps both sides of
every trade; the fill hash is computed from those afterwards, under the flow's own order ids. Time is the
processor time of this thread, as it is for the bare book: on an idle machine that is the time on the wall.
"""

import time
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.compiled import compiled, signed, unsigned
from benchmarks.kernel_commands import REFERENCE_BITS, Load
from benchmarks.kernel_market import EVENT_BUFFER, Market
from benchmarks.yardstick import HASH_MAKER, HASH_PRICE, HASH_STEP, HASH_TAKER
from exchange import kernel
from exchange.vocabulary.enums import Role
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import Records
from exchange.vocabulary.rejects import RejectReason

BATCH: Final = 1_024
EXECUTED: Final = int(Kind.EXECUTED)
REJECTED: Final = int(Kind.REJECTED)
MAKER: Final = int(Role.MAKER)
WORDS: Final = 8  # of a 64-byte event
SHIFT: Final = unsigned(REFERENCE_BITS)
KIND_SHIFT: Final = unsigned(24)  # of an event's first word
KIND_MASK: Final = unsigned(0xFF)

FILL: Final = np.dtype(
    [
        ("maker", "<u8"),
        ("taker", "<u8"),
        ("price_ticks", "<u4"),
        ("quantity_lots", "<u4"),
        ("contract_id", "<u4"),
        ("reserved", "<u4"),
    ]
)


class Heard(NamedTuple):
    """What the reader has understood of the events so far."""

    by_reason: NDArray[np.int64]  # rejects
    places: NDArray[np.int64]  # of the executions in the batch being read
    totals: NDArray[np.uint64]  # sum of all words; number of fills; number of events
    fills: NDArray[np.void]


class Pass(NamedTuple):
    """The outcome of one repeat."""

    nanoseconds: int
    rejects: dict[str, int]  # by reason
    trades: int
    tonnes: int
    live_orders: int
    fold: int
    event_count: int
    fills: NDArray[np.void]


def new_heard(fills: int) -> Heard:
    """Nothing heard yet, room for so many fills, every page touched."""
    reasons, places = np.zeros(1_000, np.int64), np.zeros(EVENT_BUFFER + 1, np.int64)
    return Heard(reasons, places, np.zeros(3, np.uint64), np.full(fills + 1, 0, FILL))


@compiled
def hear(
    events: Records, words: NDArray[np.uint64], streams: NDArray[np.uint32], count: int, heard: Heard
) -> None:
    """Read every byte of `count` events and where each is to go; keep both sides of every trade.

    Which events are executions or rejects is written down without a branch, as nobody can foresee it.
    """
    fold = heard.totals[0]
    for index in range(count * WORDS):
        fold += words[index]
    executed, rejected = 0, 0
    for index in range(count):
        fold += unsigned(streams[index])
        kind = (words[index * WORDS] >> KIND_SHIFT) & KIND_MASK
        heard.places[executed] = index
        executed += kind == EXECUTED
        rejected += kind == REJECTED
    heard.totals[0] = fold
    heard.totals[2] += unsigned(count)
    keep_fills(events, heard, executed)
    if rejected > 0:
        count_rejects(events, heard, count)


@compiled
def keep_fills(events: Records, heard: Heard, executed: int) -> None:
    """Both sides of the trades of a batch: the maker's execution comes first, then the taker's."""
    fill_count = signed(heard.totals[1])
    last = len(heard.fills) - 1
    for place in range(executed):
        event = events[heard.places[place]]
        fill = heard.fills[min(fill_count, last)]
        key = (unsigned(event["login_id"]) << SHIFT) | unsigned(event["user_reference"])
        if event["role"] == MAKER:
            fill["maker"] = key
        else:
            fill["taker"] = key
            fill["price_ticks"] = event["price_ticks"]
            fill["quantity_lots"] = event["quantity_lots"]
            fill["contract_id"] = event["contract_id"]
            fill_count += 1
    heard.totals[1] = unsigned(fill_count)


@compiled
def count_rejects(events: Records, heard: Heard, count: int) -> None:
    """Rejects by reason."""
    for index in range(count):
        if events[index]["kind"] == REJECTED:
            heard.by_reason[events[index]["reason"]] += 1


def warm_up(market: Market) -> None:
    """Compile or load what a timed pass runs."""
    kernel.warm_up()
    hear(market.events, market.events.view(np.uint64), market.streams, 0, new_heard(0))


def apply_all(market: Market, commands: Records, heard: Heard) -> int:
    """Every command in batches, as the engine does; returns its nanoseconds, reading included."""
    state, events, streams = market.state, market.events, market.streams
    words = events.view(np.uint64)
    began = time.thread_time_ns()
    for start in range(0, len(commands), BATCH):
        batch = commands[start : start + BATCH]
        while len(batch):
            done, count, _ = kernel.apply_batch(state, batch, events, streams)
            hear(events, words, streams, count, heard)
            batch = batch[done:]
    return time.thread_time_ns() - began


def run_pass(market: Market, load: Load, untimed: int, fills: int) -> Pass:
    """Restore the morning, apply the first `untimed` commands, then the rest against the clock."""
    market.restore()
    heard = new_heard(fills)
    apply_all(market, load.commands[:untimed], heard)
    nanoseconds = apply_all(market, load.commands[untimed:], heard)
    trades = int(heard.totals[1])
    if trades > fills:
        raise ValueError(f"expected at most {fills} fills, found {trades}")
    kept = heard.fills[:trades]
    reasons = np.flatnonzero(heard.by_reason)
    return Pass(
        nanoseconds,
        {RejectReason(int(reason)).name: int(heard.by_reason[reason]) for reason in reasons},
        trades,
        int(kept["quantity_lots"].sum(dtype=np.int64)),
        market.live_orders,
        int(heard.totals[0]),
        int(heard.totals[2]),
        kept,
    )


@compiled
def fold_fills(
    makers: NDArray[np.uint32],
    takers: NDArray[np.uint32],
    prices: NDArray[np.uint32],
    quantities: NDArray[np.uint32],
) -> int:
    """The fill hash over trades in order."""
    folded = unsigned(0)
    for index in range(len(makers)):
        folded = folded * HASH_STEP + (
            unsigned(makers[index]) * HASH_MAKER
            + unsigned(takers[index]) * HASH_TAKER
            + unsigned(prices[index]) * HASH_PRICE
            + unsigned(quantities[index])
        )
    return folded


def fill_hash(load: Load, fills: NDArray[np.void]) -> int:
    """The fill hash of trades that the events told, under the flow's ids."""
    makers = load.order_ids_of(np.ascontiguousarray(fills["maker"]))
    takers = load.order_ids_of(np.ascontiguousarray(fills["taker"]))
    prices = np.ascontiguousarray(fills["price_ticks"])
    quantities = np.ascontiguousarray(fills["quantity_lots"])
    return int(fold_fills(makers, takers, prices, quantities))
