"""Both kinds of auction against a brute force: who trades how much, at what price, nothing before the end."""

from collections import Counter
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.vocabulary.enums import AuctionPricing, Method, ParameterId, Phase, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import read
from tests.tables.market import CAPACITY, CAST, TableMarket
from tests.tables.subjects import Event, new_subject

EXAMPLES: Final = 120
CONTRACT: Final = 1
BASE_TICKS: Final = 5_552
SPREAD_TICKS: Final = 5
FEES: Final = ((ParameterId.TRADING_FEE_PPM, 333), (ParameterId.SETTLEMENT_FEE_PPM, 77))
SUBJECTS: Final = ("reference", "kernel")
#: what must not be heard while an auction collects orders
TRADED: Final = {Kind.EXECUTED, Kind.DONE, Kind.TRADE, Kind.TRADE_REPORT, Kind.AUCTION_RESULT}


class Entry(NamedTuple):
    """One order of a call auction, or (with side BUY) one bid."""

    who: str
    side: int
    price_ticks: int
    quantity_lots: int


PRICES: Final = st.integers(BASE_TICKS - SPREAD_TICKS, BASE_TICKS + SPREAD_TICKS)
ORDERS: Final = st.lists(
    st.builds(
        Entry,
        st.sampled_from(("ann", "bob", "cat", "eve")),
        st.sampled_from((0, 1)),
        PRICES,
        st.integers(1, 9),
    ),
    max_size=12,
)
BIDS: Final = st.lists(
    st.builds(
        Entry,
        st.sampled_from(("bob", "cat")),
        st.just(0),
        st.integers(BASE_TICKS, BASE_TICKS + 3),
        st.integers(1, 12),
    ),
    max_size=10,
)


# ---- the brute force


def best_price(orders: list[Entry], reference_ticks: int) -> int | None:
    """The rule read aloud, over every price of the band and every order at each."""
    outcome = {}
    for price in range(4_997, 6_108):
        bought = sum(o.quantity_lots for o in orders if o.side == Side.BUY and o.price_ticks >= price)
        sold = sum(o.quantity_lots for o in orders if o.side == Side.SELL and o.price_ticks <= price)
        outcome[price] = bought, sold
    most = max(min(pair) for pair in outcome.values())
    if most == 0:
        return None
    left = [price for price, pair in outcome.items() if min(pair) == most]
    least = min(abs(outcome[price][0] - outcome[price][1]) for price in left)
    left = [price for price in left if abs(outcome[price][0] - outcome[price][1]) == least]
    pressing = {
        (outcome[price][0] > outcome[price][1]) - (outcome[price][0] < outcome[price][1]) for price in left
    }
    if pressing == {1}:
        return max(left)
    if pressing == {-1}:
        return min(left)
    return sorted(left, key=lambda price: (abs(price - reference_ticks), -price))[0]


def tonne_by_tonne(orders: list[Entry], price_ticks: int) -> Counter[int]:
    """Lots that each order gets at a price: single tonnes of both sides, best price and first come first."""
    queue: dict[int, list[int]] = {}
    for side in Side:
        sign = -1 if side == Side.BUY else 1
        reach = [
            (sign * o.price_ticks, number)
            for number, o in enumerate(orders)
            if o.side == side and sign * o.price_ticks <= sign * price_ticks
        ]
        queue[side] = [number for _, number in sorted(reach) for _ in range(orders[number].quantity_lots)]
    pairs = list(zip(queue[Side.BUY], queue[Side.SELL], strict=False))
    return Counter(number for pair in pairs for number in pair)


def shared_out(bids: list[Entry], offered_lots: int, share_lots: int) -> Counter[int]:
    """Lots that each bid gets: single tonnes, highest price first, until lot or share is used up."""
    got: Counter[int] = Counter()
    held: Counter[str] = Counter()
    for number in sorted(range(len(bids)), key=lambda number: (-bids[number].price_ticks, number)):
        for _ in range(bids[number].quantity_lots):
            if got.total() < offered_lots and held[bids[number].who] < share_lots:
                got[number] += 1
                held[bids[number].who] += 1
    return got


# ---- the exchange


def new_market(subject: str) -> TableMarket:
    """The tables' market with fees and small auctions, everything trading."""
    market = TableMarket(new_subject(subject, CAPACITY))
    market.define()
    for parameter, value in (*FEES, (ParameterId.AUCTION_QUANTITY_LOTS_MIN, 1)):
        market.send(Kind.PARAMETER_SET, contract_id=CONTRACT, parameter_id=parameter, parameter_value=value)
    market.open()
    return market


def enter(market: TableMarket, kind: Kind, entries: list[Entry], **fields: int) -> dict[int, int]:
    """Send the orders; every one is only accepted. Order ids by number."""
    ids = {}
    for number, entry in enumerate(entries):
        terms = {"price_ticks": entry.price_ticks, "quantity_lots": entry.quantity_lots, **fields}
        if kind == Kind.LISTING:
            terms["side"] = entry.side
        account_id = CAST[entry.who].account_id
        events = market.send(kind, entry.who, contract_id=CONTRACT, account_id=account_id, **terms)
        (accepted,) = [read(event) for _, event in events]
        assert accepted["kind"] == Kind.ACCEPTED
        ids[int(accepted["order_id"])] = number
    return ids


def heard(events: list[Event], kind: Kind) -> list[dict[str, Any]]:
    """The events of a kind."""
    return [read(event) for _, event in events if event[3] == kind]


def executed_lots(events: list[Event], ids: dict[int, int]) -> Counter[int]:
    """Lots of every order that traded, by its number."""
    lots: Counter[int] = Counter()
    for event in heard(events, Kind.EXECUTED):
        if event["order_id"] in ids:
            lots[ids[event["order_id"]]] += event["quantity_lots"]
    return lots


@pytest.mark.parametrize("subject", SUBJECTS)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(ORDERS, st.one_of(st.none(), PRICES))
def test_call_auction(subject: str, orders: list[Entry], last_ticks: int | None) -> None:
    """Price, volume and every order's part of an uncross; the indication says the same before it."""
    market = new_market(subject)
    if last_ticks is not None:
        account = CAST["bob"].account_id
        terms = {"contract_id": CONTRACT, "price_ticks": last_ticks, "quantity_lots": 1}
        market.send(Kind.LISTING, "ann", account_id=CAST["ann"].account_id, side=Side.SELL, **terms)
        market.send(Kind.TAKE, "bob", account_id=account, side=Side.BUY, **terms)
    market.send(Kind.SET_PHASE, contract_id=CONTRACT, method=Method.LISTED, phase=Phase.CALL_AUCTION)
    ids = enter(market, Kind.LISTING, orders)
    price = best_price(orders, last_ticks or BASE_TICKS)
    expected = tonne_by_tonne(orders, price) if price else Counter()
    before = market.send(Kind.TICK)
    assert not {event[3] for _, event in before} & TRADED
    (indicative,) = heard(before, Kind.INDICATIVE)
    assert (indicative["price_ticks"], indicative["volume_lots"]) == (price or 0, expected.total() // 2)
    events = market.send(Kind.AUCTION_END, contract_id=CONTRACT, method=Method.LISTED)
    assert executed_lots(events, ids) == expected
    assert {event["price_ticks"] for event in heard(events, Kind.TRADE)} == ({price} if price else set())
    (result,) = heard(events, Kind.AUCTION_RESULT)
    assert (result["price_ticks"], result["tonnes_lots"]) == (price or 0, expected.total() // 2)
    assert result["turnover_fen"] == (price or 0) * expected.total() // 2


@pytest.mark.parametrize("subject", SUBJECTS)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(BIDS, st.integers(12, 40), st.integers(0, 1_000_000), st.sampled_from(AuctionPricing))
def test_one_way_auction(
    subject: str, bids: list[Entry], offered_lots: int, share_ppm: int, pricing: AuctionPricing
) -> None:
    """Every bid's part and its price, in both modes, with and without a share."""
    market = new_market(subject)
    share_lots = offered_lots * share_ppm // 1_000_000 if share_ppm else offered_lots
    bids = [bid for bid in bids if bid.quantity_lots <= share_lots]
    market.send(
        Kind.AUCTION_NOTICE,
        contract_id=CONTRACT,
        account_id=CAST["ann"].account_id,
        quantity_lots=offered_lots,
        floor_ticks=BASE_TICKS,
        bidder_share_ppm=share_ppm,
        auction_id=1,
        pricing=pricing,
        end_ns=market.time_ns + 10**9,
    )
    ids = enter(market, Kind.AUCTION_BID, bids, auction_id=1)
    assert not market.send(Kind.TICK)
    events = market.send(Kind.AUCTION_END, contract_id=CONTRACT, method=Method.ONE_WAY, auction_id=1)
    expected = shared_out(bids, offered_lots, share_lots)
    assert executed_lots(events, ids) == expected
    lowest = min((bids[number].price_ticks for number in expected), default=0)
    prices = {n: lowest if pricing == AuctionPricing.UNIFORM else bids[n].price_ticks for n in expected}
    bought = [event for event in heard(events, Kind.EXECUTED) if event["side"] == Side.BUY]
    assert {ids[event["order_id"]]: event["price_ticks"] for event in bought} == prices
    (result,) = heard(events, Kind.AUCTION_RESULT)
    assert (result["price_ticks"], result["tonnes_lots"]) == (lowest, expected.total())
    assert result["turnover_fen"] == sum(prices[number] * lots for number, lots in expected.items())
    ended = {event["order_id"] for event in heard(events, Kind.DONE)}
    assert ended >= set(ids), "expected no bid to outlive its auction"
