"""Auctions at the day's bound of trades, cut into the smallest slices, and damaged."""

from collections.abc import Callable

import numpy as np
import pytest

from exchange import kernel
from exchange.errors import CorruptionError
from exchange.kernel.state import LEVELS_OF_BIDS
from exchange.vocabulary.enums import DoneReason, Method, ParameterId, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import DAY_TRADES_MAX, EVENTS_PER_STEP_MAX
from exchange.vocabulary.records import COMMAND, EVENT, read
from tests.tables.market import CAPACITY, CAST, TableMarket
from tests.tables.subjects import Event, KernelSubject

CONTRACT = 1
TICKS = 5_552
ORDERS = 9


class Unchecked(KernelSubject):
    """A kernel whose count of trades a test has moved."""

    def check(self) -> None:
        """Nothing: the totals do not fit the count."""


class Smallest(KernelSubject):
    """A kernel that is given the smallest buffer there may be."""

    def __init__(self) -> None:
        super().__init__(CAPACITY)
        self._events = np.zeros(EVENTS_PER_STEP_MAX, EVENT)
        self._streams = np.zeros(EVENTS_PER_STEP_MAX, np.uint32)
        self.slices = 0

    def apply(self, record: bytes) -> list[Event]:
        """Count the slices that a command takes."""
        command = np.frombuffer(record, COMMAND).copy()
        events: list[Event] = []
        done = self.slices = 0
        while not done:
            done, count, _ = kernel.apply_batch(self.state, command, self._events, self._streams)
            events += [(int(self._streams[i]), self._events[i : i + 1].tobytes()) for i in range(count)]
            self.slices += 1
        return events


def new_market(subject: KernelSubject) -> TableMarket:
    """The tables' market with auctions of any size."""
    market = TableMarket(subject)
    market.define()
    market.send(Kind.PARAMETER_SET, parameter_id=ParameterId.AUCTION_QUANTITY_LOTS_MIN, parameter_value=1)
    market.open()
    return market


def order(market: TableMarket, who: str, kind: Kind, price_ticks: int, **fields: int) -> None:
    """One accepted tonne."""
    terms = {"contract_id": CONTRACT, "price_ticks": price_ticks, "quantity_lots": 1, **fields}
    ((_, event),) = market.send(kind, who, account_id=CAST[who].account_id, **terms)
    assert event[3] == Kind.ACCEPTED


def crossed_book(market: TableMarket) -> None:
    """As many bids as asks at one price in a call auction."""
    market.send(Kind.SET_PHASE, contract_id=CONTRACT, method=Method.LISTED, phase=Phase.CALL_AUCTION)
    for _ in range(ORDERS):
        order(market, "ann", Kind.LISTING, TICKS, side=1)
        order(market, "bob", Kind.LISTING, TICKS, side=0)


def bids_for_a_lot(market: TableMarket) -> None:
    """A running one-way auction with as many bids as it has tonnes."""
    market.send(
        Kind.AUCTION_NOTICE,
        contract_id=CONTRACT,
        account_id=CAST["ann"].account_id,
        quantity_lots=ORDERS,
        floor_ticks=TICKS,
        auction_id=1,
        end_ns=market.time_ns + 10**9,
    )
    for number in range(ORDERS):
        order(market, "bob", Kind.AUCTION_BID, TICKS + number, auction_id=1)


def end(market: TableMarket, auction_id: int) -> list[dict[str, object]]:
    """AUCTION_END and what it says."""
    method = Method.ONE_WAY if auction_id else Method.LISTED
    events = market.send(Kind.AUCTION_END, contract_id=CONTRACT, method=method, auction_id=auction_id)
    return [read(event) for _, event in events]


@pytest.mark.parametrize(("collect", "auction_id"), [(crossed_book, 0), (bids_for_a_lot, 1)])
def test_an_auction_stops_at_the_days_bound_of_trades(
    collect: Callable[[TableMarket], None], auction_id: int
) -> None:
    """What is left stays in the book, or is done; the result says what traded, and no number is passed."""
    market = new_market(subject := Unchecked(CAPACITY))
    collect(market)
    subject.state.counters["match_count"] = DAY_TRADES_MAX - 2
    events = end(market, auction_id)
    assert [e["match_id"] for e in events if e["kind"] == Kind.TRADE] == [DAY_TRADES_MAX - 1, DAY_TRADES_MAX]
    (result,) = [event for event in events if event["kind"] == Kind.AUCTION_RESULT]
    assert (result["tonnes_lots"], result["auction_trade_count"]) == (2, 2)
    rests = [e for e in events if e["kind"] == Kind.DONE and e["done_reason"] == DoneReason.REMAINDER]
    assert len(rests) == (ORDERS - 2 + 1 if auction_id else 0)  # the bids that got nothing, and the lot


@pytest.mark.parametrize(("collect", "auction_id"), [(crossed_book, 0), (bids_for_a_lot, 1)])
def test_the_smallest_buffer_cuts_an_auction_and_does_not_show(
    collect: Callable[[TableMarket], None], auction_id: int
) -> None:
    whole, cut = new_market(KernelSubject(CAPACITY)), new_market(subject := Smallest())
    collect(whole)
    collect(cut)
    assert end(whole, auction_id) == end(cut, auction_id)
    assert subject.slices >= ORDERS
    assert kernel.digest_canonical(subject.state) == kernel.digest_canonical(whole.subject.state)  # type: ignore[attr-defined]


def bid_below_the_floor(state: kernel.State) -> None:
    state.contracts["auction_floor"][CONTRACT] += 1


def auction_forgotten(state: kernel.State) -> None:
    state.contracts["has_auction"][CONTRACT] = 0


def lot_is_a_bid(state: kernel.State) -> None:
    best = state.contracts["best"][CONTRACT][LEVELS_OF_BIDS]
    levels = int(state.counters["levels"][0])
    head = state.levels["head"][(CONTRACT * 3 + LEVELS_OF_BIDS) * levels + best]
    state.contracts["auction_slot"][CONTRACT] = head


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (bid_below_the_floor, "bids outside floor and ceiling"),
        (auction_forgotten, "bids"),
        (lot_is_a_bid, "lot"),
    ],
)
def test_damage_to_an_auction_is_found(damage: Callable[[kernel.State], None], what: str) -> None:
    market = new_market(subject := KernelSubject(CAPACITY))
    bids_for_a_lot(market)
    damage(subject.state)
    with pytest.raises(CorruptionError, match=f"contract {CONTRACT} auction {what}: expected"):
        subject.check()
