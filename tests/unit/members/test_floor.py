"""The members play a day on the real exchange (gateway, engine, kernel, sockets); only time is set."""

import asyncio
from pathlib import Path

from exchange.client import Address, credentials_of
from exchange.client.events import Rejected
from exchange.client.trader import Trader
from exchange.members.agent import Agent
from exchange.members.floor import Floor
from exchange.members.market import MarketView
from exchange.rulebook.scenarios import MemberKind, Participant, load_scenario
from exchange.vocabulary.enums import Method, Phase
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import NS_PER_SECOND, market_time_ns
from tests.unit.net.running import Running, running_exchange

SCENARIO = load_scenario("season-2021")
HALF_PAST_ONE, NIGHT = 13 * 3600 + 1800, 23 * 3600
TICK_S, TICK_MARKET_S = 0.02, 60  # the day is played 3,000 times faster
EXPECTED_REJECTS = {
    RejectReason.WRONG_PHASE,  # sent while the phase changed
    RejectReason.PRICE_OUTSIDE_BAND,
    RejectReason.UNKNOWN_ORDER,
    RejectReason.OUTSIDE_BEST_FIVE,
    RejectReason.BETTER_PRICE_FIRST,
    RejectReason.LISTING_TOO_SMALL,
    RejectReason.NOTHING_TO_TAKE,
    RejectReason.UNITS_INSUFFICIENT,
}
KINDS = (*MemberKind, *MemberKind)


def participant(number: int, kind: MemberKind) -> Participant:
    return Participant(
        16 + number, 1 + number, 1001 + number, f"B{number:05d}", kind, "", "", {}, 0, 3 * 10**8
    )


async def play(market: Running, until_second: int, rejects: list[int]) -> MarketView:
    """All members trade while the market's clock runs to a second of the day, or to the close."""
    address = Address("127.0.0.1", market.port)
    view = MarketView(1)
    public = Trader(credentials_of(market.data, "B00000"), lambda: address, (view.take,), "PUBLIC")
    await public.start(is_patient=True)
    agents: list[Agent] = []
    for number, kind in enumerate(KINDS):
        who = participant(number, kind)
        agents.append(await Agent.open(who, credentials_of(market.data, who.user), lambda: address, 1))
        agents[-1].trader.listen(lambda e: rejects.append(e.reason) if isinstance(e, Rejected) else None)
    floor = Floor(SCENARIO, SCENARIO.window(SCENARIO.first_date, 1), 1, tuple(agents), public, view)
    playing = asyncio.create_task(floor.play())
    until_ns = market_time_ns(SCENARIO.first_date, until_second)
    while view.phase[Method.LISTED] != Phase.ENDED and market.clock.now_ns() < until_ns:
        market.clock.set(market.clock.now_ns() + TICK_MARKET_S * NS_PER_SECOND)
        await asyncio.sleep(TICK_S)
    floor.is_over.set()
    await playing
    await asyncio.gather(public.close(), *(agent.trader.close() for agent in agents))
    return view


def test_the_day_comes_near_its_official_tonnes_and_prices(tmp_path: Path) -> None:
    day = SCENARIO.day(SCENARIO.first_date)
    with running_exchange(tmp_path, members=len(KINDS)) as market:
        rejects: list[int] = []
        view = asyncio.run(play(market, NIGHT, rejects))
    assert abs(view.lots[Method.LISTED] - day.listed_lots) <= day.listed_lots * 0.05
    assert abs(view.lots[Method.BLOCK] - day.block_lots) <= day.block_lots * 0.3
    assert view.trades[Method.LISTED] > 60
    mean = view.fen[Method.LISTED] / view.lots[Method.LISTED]
    assert abs(mean - day.close_ticks) <= 0.02 * day.close_ticks
    assert view.lower_ticks <= view.low_ticks <= view.high_ticks <= view.upper_ticks
    assert set(rejects) <= EXPECTED_REJECTS
    assert len(rejects) < 0.2 * view.trades[Method.LISTED] + 20


def test_members_that_start_anew_in_the_afternoon_go_on_where_the_day_stands(tmp_path: Path) -> None:
    day = SCENARIO.day(SCENARIO.first_date)
    with running_exchange(tmp_path, members=len(KINDS)) as market:
        before = asyncio.run(play(market, HALF_PAST_ONE, []))
        after = asyncio.run(play(market, NIGHT, []))
    assert 0 < before.lots[Method.LISTED] < after.lots[Method.LISTED]
    assert abs(after.lots[Method.LISTED] - day.listed_lots) <= day.listed_lots * 0.05
    assert abs(after.lots[Method.BLOCK] - day.block_lots) <= day.block_lots * 0.3
