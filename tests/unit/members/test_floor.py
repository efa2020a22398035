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
from exchange.vocabulary.units import NS_PER_SECOND
from tests.unit.net.running import Running, running_exchange

SCENARIO = load_scenario("season-2021")
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


async def pass_time(market: Running, view: MarketView) -> None:
    """Let the market's clock run to the close."""
    while view.phase[Method.LISTED] != Phase.ENDED:
        market.clock.set(market.clock.now_ns() + TICK_MARKET_S * NS_PER_SECOND)
        await asyncio.sleep(TICK_S)


async def play(market: Running) -> tuple[MarketView, list[int]]:
    address = Address("127.0.0.1", market.port)
    view = MarketView(1)
    public = Trader(credentials_of(market.data, "B00000"), lambda: address, (view.take,), "PUBLIC")
    await public.start(is_patient=True)
    rejects: list[int] = []
    agents: list[Agent] = []
    for number, kind in enumerate(KINDS):
        who = participant(number, kind)
        agents.append(await Agent.open(who, credentials_of(market.data, who.user), lambda: address, 1))
        agents[-1].trader.listen(lambda e: rejects.append(e.reason) if isinstance(e, Rejected) else None)
    day = SCENARIO.window(SCENARIO.first_date, 1)
    floor = Floor(SCENARIO, day, 1, tuple(agents), public, view)
    playing = asyncio.create_task(floor.play())
    await pass_time(market, view)
    floor.is_over.set()
    await playing
    await asyncio.gather(public.close(), *(agent.trader.close() for agent in agents))
    return view, rejects


def test_the_day_comes_near_its_official_tonnes_and_prices(tmp_path: Path) -> None:
    day = SCENARIO.day(SCENARIO.first_date)
    with running_exchange(tmp_path, members=len(KINDS)) as market:
        view, rejects = asyncio.run(play(market))
    assert abs(view.lots[Method.LISTED] - day.listed_lots) <= day.listed_lots * 0.05
    assert abs(view.lots[Method.BLOCK] - day.block_lots) <= day.block_lots * 0.3
    assert view.trades[Method.LISTED] > 60
    mean = view.fen[Method.LISTED] / view.lots[Method.LISTED]
    assert abs(mean - day.close_ticks) <= 0.02 * day.close_ticks
    assert view.lower_ticks <= view.low_ticks <= view.high_ticks <= view.upper_ticks
    assert set(rejects) <= EXPECTED_REJECTS
    assert len(rejects) < 0.2 * view.trades[Method.LISTED] + 20
