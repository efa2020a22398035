"""The four kinds of members: who wants what, who deals with whom, quotes, withdrawals, mistakes, blocks."""

from random import Random

import pytest

from exchange.client.events import BlockClosed, BlockOffered, Done, Executed, StreamOpened
from exchange.members import behaviour
from exchange.members.director import Guidance
from exchange.members.state import MemberState
from exchange.rulebook.scenarios import MemberKind
from exchange.vocabulary.enums import DoneReason, Method, OrderKind, Role, Side
from tests.unit.members.play import CONTRACT, member, rest

RICH = 10**13
GUIDANCE = Guidance(CONTRACT, 4300, 5, 4250, 4350, 3870, 4730, 1000, 50_000, 500, 0.3)


def crowd() -> list[MemberState]:
    return [
        member(MemberKind.SHORT_EMITTER, 1001, 10_000, RICH, obligation=900_000),
        member(MemberKind.SURPLUS_HOLDER, 1002, 900_000, 10**9, obligation=100_000),
        member(MemberKind.INTERMEDIARY, 1003, 50_000, 10**11),
        member(MemberKind.NOISE, 1004, 5_000, 10**8),
    ]


def test_urgency_grows_toward_the_deadline() -> None:
    wishes = [behaviour.wish_to_buy(crowd()[0], 4300, days) for days in (30, 10, 5, 1, 0)]
    assert wishes == sorted(wishes) and wishes[-1] > 4 * wishes[0]


def test_a_surplus_holder_hoards_while_the_deadline_is_far_and_keeps_what_it_must_surrender() -> None:
    holder = crowd()[1]
    assert behaviour.wish_to_sell(holder, 0) > 2 * behaviour.wish_to_sell(holder, 30) > 0
    holder.units_lots = holder.obligation_lots
    assert behaviour.wish_to_sell(holder, 0) < 0.01 * holder.available_lots


def test_the_main_buyer_is_short_and_the_main_seller_has_a_surplus() -> None:
    random = Random(1)
    deals = [behaviour.make_deal(crowd(), 4300, 100, 10, random) for _ in range(300)]
    buys = [d.taker if d.taker_side is Side.BUY else d.maker for d in deals if d is not None]
    sells = [d.maker if d.taker_side is Side.BUY else d.taker for d in deals if d is not None]
    assert sum(m is not None and m.kind is MemberKind.SHORT_EMITTER for m in buys) > 200
    assert sum(m is not None and m.kind is MemberKind.SURPLUS_HOLDER for m in sells) > 200
    assert {d.taker_side for d in deals if d is not None} == {Side.BUY, Side.SELL}


def test_what_was_bought_today_is_never_sold_today() -> None:
    intermediary = member(MemberKind.INTERMEDIARY, 1003, 0, 10**11)
    intermediary.units_lots = 50_000
    assert behaviour.wish_to_sell(intermediary, 0) == 0


@pytest.mark.parametrize("seed", range(20))
def test_a_deal_asks_no_more_than_either_side_has(seed: int) -> None:
    random = Random(seed)
    states = crowd()
    deal = behaviour.make_deal(states, 4300, 99_999, 5, random)
    assert deal is not None and deal.maker is not None and deal.maker.entity_id != deal.taker.entity_id
    buyer, seller = (deal.taker, deal.maker) if deal.taker_side is Side.BUY else (deal.maker, deal.taker)
    most = max(deal.quantity_lots, deal.listing_lots)
    assert 1 <= deal.quantity_lots <= deal.listing_lots or deal.listing_lots == deal.quantity_lots
    assert deal.quantity_lots <= seller.available_lots
    assert (most if deal.maker is buyer else deal.quantity_lots) * 4300 <= buyer.available_fen
    assert (most if deal.maker is seller else deal.quantity_lots) <= seller.available_lots


def test_an_exact_price_is_made_by_a_listing_of_that_price() -> None:
    deal = behaviour.make_deal(crowd(), 4350, 10, 5, Random(2), Side.SELL)
    assert deal is not None and deal.maker is not None
    assert (deal.taker_side, deal.price_ticks, deal.listing_lots) == (Side.SELL, 4350, deal.quantity_lots)


def test_a_buyer_takes_what_is_offered_cheaper_instead_of_listing_above_it() -> None:
    for seed in range(30):
        states = crowd()
        rest(states[1], 9, Side.SELL, 4290, 5_000)
        deal = behaviour.make_deal(states, 4300, 100, 5, Random(seed))
        assert deal is not None
        assert deal.taker_side is Side.BUY or deal.maker is states[1]


def test_nobody_deals_alone_or_without_means() -> None:
    alone = [member(MemberKind.NOISE, 1, 100, RICH)]
    poor = [member(MemberKind.NOISE, 1, 0, 0), member(MemberKind.NOISE, 2, 0, 0)]
    assert behaviour.make_deal(alone, 4300, 1, 5, Random(1)) is None
    assert behaviour.make_deal(poor, 4300, 1, 5, Random(1)) is None


def test_quotes_lie_on_their_side_of_the_price_inside_the_band_and_are_affordable() -> None:
    random = Random(4)
    made = [quote for _ in range(300) for quote in behaviour.quotes(crowd(), GUIDANCE, 10, random)]
    assert {quote.side for quote in made} == {Side.BUY, Side.SELL}
    for quote in made:
        assert GUIDANCE.band_lower_ticks <= quote.price_ticks <= GUIDANCE.band_upper_ticks
        assert (quote.price_ticks > 4300) == (quote.side is Side.SELL)
        has = quote.member.available_lots if quote.side is Side.SELL else quote.member.available_fen // 4300
        assert 1 <= quote.quantity_lots <= max(has, 1)


def test_a_member_with_many_listings_quotes_no_more() -> None:
    states = crowd()
    for state in states:
        for number in range(behaviour.ORDERS_MAX):
            rest(state, state.account_id * 10 + number, Side.BUY, 4200, 1)
    random = Random(4)
    assert [quote for _ in range(50) for quote in behaviour.quotes(states, GUIDANCE, 10, random)] == []


def test_listings_the_price_has_passed_are_withdrawn() -> None:
    states = crowd()
    rest(states[0], 1, Side.SELL, 4250, 10)  # far too cheap now
    rest(states[1], 2, Side.BUY, 4350, 10)  # far too dear now
    rest(states[2], 3, Side.SELL, 4310, 10)
    chosen = {order_id for _, order_id in behaviour.withdrawals(states, GUIDANCE, Random(5))}
    assert chosen >= {1, 2}


def test_mistakes_are_rare_and_wrong() -> None:
    random = Random(6)
    made = [q for _ in range(2000) if (q := behaviour.mistake(crowd(), GUIDANCE, random))]
    assert 10 < len(made) < 100
    for quote in made:
        is_outside = quote.price_ticks > GUIDANCE.band_upper_ticks
        assert is_outside or quote.quantity_lots > quote.member.available_lots


def offer(side: Side, price: int, lots: int = 100_000) -> BlockOffered:
    kind = OrderKind.BLOCK_OFFER
    return BlockOffered(0, 1, 0, 0, CONTRACT, 1, 7, price, lots, 2, side, 0, Method.BLOCK, kind, 0)


@pytest.mark.parametrize(
    ("who", "side", "price", "days_left", "accepts"),
    [
        (0, Side.SELL, 4300, 3, True),  # short and pressed: at the market price
        (0, Side.SELL, 4310, 3, False),
        (0, Side.SELL, 4200, 30, False),  # not pressed: only well below it
        (0, Side.SELL, 4000, 30, True),
        (1, Side.BUY, 4300, 30, True),  # a surplus holder sells near the price
        (1, Side.BUY, 4000, 30, False),
        (3, Side.SELL, 3000, 3, False),  # cannot pay
        (2, Side.BUY, 4300, 3, False),  # has not that much
    ],
)
def test_a_block_from_outside_is_judged_by_its_price(
    who: int, side: Side, price: int, days_left: int, accepts: bool
) -> None:
    assert behaviour.accepts_offer(crowd()[who], offer(side, price), 4300, days_left) is accepts


def test_a_members_orders_and_offers_follow_its_stream() -> None:
    state = crowd()[0]
    state.must_ask = False
    rest(state, 5, Side.SELL, 4300, 10)
    filled = Executed(1, 1, 0, 0, CONTRACT, 1001, 5, 4300, 4, 3, Side.SELL, Role.MAKER, Method.LISTED,
                      OrderKind.LISTING, 0, 0)  # fmt: skip
    state.take(filled)
    assert state.orders[5].remaining_lots == 6 and state.must_ask and state.last_match_id == 3
    state.take(Done(1, 1, 0, 0, CONTRACT, 1001, 5, 4300, 6, 4, Side.SELL, DoneReason.CANCELLED, Method.LISTED,
                    OrderKind.LISTING))  # fmt: skip
    state.take(offer(Side.SELL, 4000))
    assert state.orders == {} and set(state.offers) == {7}
    state.take(BlockClosed(0, 1, 0, 0, CONTRACT, 1, 7, 4000, 100_000, 2, Side.SELL, DoneReason.LAPSED,
                           Method.BLOCK))  # fmt: skip
    rest(state, 6, Side.BUY, 4300, 1)
    state.take(StreamOpened(0, 1, 0, 0, 0, 0, 1, 1, 1, 1, 16, 1, 8020, 1))
    assert state.orders == {} and state.offers == {} and state.must_ask
