"""Plays a season: each step asks the pure parts what to do and has the members do it. The I/O is here."""

import asyncio
import logging
import time
from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Final

from exchange.client.decode import OtherRecord
from exchange.client.events import Event, PhaseChanged, StreamOpened
from exchange.client.trader import Trader
from exchange.members import behaviour
from exchange.members.agent import Agent
from exchange.members.blocks import BlockDesk
from exchange.members.director import ALL_DONE_AT, Director, Guidance, Seen
from exchange.members.market import MarketView
from exchange.members.pace import Hours, MarketClock
from exchange.rulebook.scenarios import Scenario, SeasonDay
from exchange.rulebook.sessions import sessions_on
from exchange.vocabulary.enums import Method, Phase, SettlementStage, Side
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import NS_PER_SECOND, market_time_ns, trading_day_date

STEP_MARKET_S: Final = 50.0  # market seconds between two steps: about 290 steps a day
STEP_S_MIN: Final = 0.008
STEP_S_MAX: Final = 1.0  # in real time too, the members look at the market every second
STEP_S_UNMEASURED: Final = 0.05  # the pace is not known yet: act, and the answers' times will show it
DEALS_A_STEP_MAX: Final = 6
IDLE_S: Final = 0.25
SEEN_TIMEOUT_S: Final = 2.0
GONE_S: Final = 5.0  # an exchange away that long after its last day's statements will not come back

log = logging.getLogger("members")


class Floor:
    """All simulated members of one contract."""

    def __init__(
        self,
        scenario: Scenario,
        days: tuple[SeasonDay, ...],
        contract_id: int,
        agents: tuple[Agent, ...],
        public: Trader,
        view: MarketView,
    ) -> None:
        self.view = view
        self.clock = MarketClock()
        self._scenario = scenario
        self._days: Mapping[date, SeasonDay] = {day.date: day for day in days}
        self._last_day = days[-1].date
        self._contract_id = contract_id
        self._agents = {agent.participant.account_id: agent for agent in agents}
        self._states = tuple(agent.state for agent in agents)
        self._public = public
        self._changed = asyncio.Event()
        self.is_over = asyncio.Event()
        self._synced_connections = 0
        self._director: Director | None = None
        self._hours: dict[int, Hours] = {}
        self._random = Random(scenario.recipe.seed)
        self._next_lots = 0
        self._quote_at_ns = 0  # market time of the next quotes
        self.blocks = BlockDesk(self._agents, scenario.recipe.seed)
        public.listen(self._take)
        for agent in agents:  # their own events tell the time too: a quiet market has few public ones
            agent.trader.listen(self._observe)
        public.listen_to_day_end(self._day_ended)
        if view.trading_day:
            self._begin_day()

    async def play(self) -> None:
        """Trade until the last day's public stream has ended."""
        async with asyncio.TaskGroup() as group:
            loops = [group.create_task(self._listed_loop()), group.create_task(self._block_loop())]
            await self.is_over.wait()
            for task in loops:
                task.cancel()

    # ---- what is seen

    def _take(self, event: Event | OtherRecord) -> None:
        """A public event; the view has already taken it."""
        self._observe(event)
        if isinstance(event, StreamOpened):
            self._begin_day()
        elif isinstance(event, PhaseChanged) and event.method == Method.LISTED:
            self.clock.restart()
        self._changed.set()

    def _observe(self, event: Event | OtherRecord) -> None:
        if not isinstance(event, OtherRecord):
            self.clock.observe(event.time_ns, time.monotonic())

    def _begin_day(self) -> None:
        today = trading_day_date(self.view.trading_day)
        self.clock.new_day()
        self._next_lots = self._quote_at_ns = 0
        day = self._days.get(today)
        seed = self._scenario.recipe.seed
        self._director = Director(self._contract_id, day, seed) if day is not None else None
        self._random = Random(f"{seed} {today} floor")
        self._hours = {method: hours_on(self._scenario.profile, today, method) for method in Method}
        self.blocks.begin_day(today, (self._scenario.deadline - today).days)
        log.info("%s: %s", today, "trading" if day is not None else "not a day of this run")

    def _day_ended(self) -> None:
        view = self.view
        log.info(
            "%s ended: listed %d t in %d trades, block %d t in %d",
            trading_day_date(view.trading_day),
            view.lots[Method.LISTED],
            view.trades[Method.LISTED],
            view.lots[Method.BLOCK],
            view.trades[Method.BLOCK],
        )
        if view.trading_day and trading_day_date(view.trading_day) >= self._last_day:
            self.is_over.set()
        self._changed.set()

    def _seen(self) -> Seen:
        view = self.view
        midnight_ns = market_time_ns(trading_day_date(view.trading_day), 0)
        now_ns = self.clock.now_ns(time.monotonic(), view.next_change_ns[Method.LISTED])
        second = (now_ns - midnight_ns) / NS_PER_SECOND
        return Seen(
            view, self._hours[Method.LISTED].progress(second), self._hours[Method.BLOCK].progress(second)
        )

    async def _idle(self) -> None:
        """Wait for something public to happen; notice an exchange that has gone after the last day."""
        self._changed.clear()
        try:
            async with asyncio.timeout(IDLE_S):
                await self._changed.wait()
        except TimeoutError:
            if self._is_done() and not self._public.is_connected:
                await asyncio.sleep(GONE_S)
                if not self._public.is_connected:
                    self.is_over.set()

    def _is_done(self) -> bool:
        is_last = self.view.trading_day and trading_day_date(self.view.trading_day) >= self._last_day
        return bool(is_last) and self.view.stage == SettlementStage.STATED

    async def _catch_up(self) -> None:
        """After a (re)connection: wait until the view shows at least what the exchange says has traded."""
        connections = self._public.connections
        if connections == self._synced_connections:
            return
        self.clock.restart()
        for figures in await self._public.figures():
            if figures.contract_id == self._contract_id:
                while self.view.lots.get(figures.figure_method, 0) < figures.volume_lots:
                    self._changed.clear()
                    await self._changed.wait()
        self._synced_connections = connections

    async def _until_seen(self, match_id: int) -> None:
        """Wait until the public view shows a trade of ours, so that it is not traded twice."""
        try:
            async with asyncio.timeout(SEEN_TIMEOUT_S):
                while self.view.last_match_id < match_id:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            log.warning("trade %d was not seen on the public stream in time", match_id)

    # ---- listed

    async def _listed_loop(self) -> None:
        while True:
            if self._director is None or not self.view.is_open(Method.LISTED):
                await self._idle()
                continue
            await self._catch_up()
            await self._step(self._director)
            await asyncio.sleep(self._step_s())

    async def _step(self, director: Director) -> None:
        """One step: the trades that are due, then quotes, withdrawals and mistakes."""
        today = self.view.trading_day
        failures = 0
        for _ in range(DEALS_A_STEP_MAX):
            await self._ask_balances()
            seen = self._seen()
            guidance = director.guide(seen)
            lots, price, taker_side = self._next_deal(director, seen, guidance)
            if not lots or failures > 2:
                break
            traded = await self._deal(guidance, lots, price, taker_side)
            failures += not traded
            if self.view.trading_day != today or not self.view.is_open(Method.LISTED):
                return
        now_ns = self.clock.now_ns(time.monotonic())
        if not self.clock.is_measured or now_ns >= self._quote_at_ns:
            self._quote_at_ns = now_ns + int(0.8 * STEP_MARKET_S * NS_PER_SECOND)
            await self._surround(director.guide(self._seen()))

    def _step_s(self) -> float:
        """Real seconds until the next step."""
        if not self.clock.is_measured:
            return STEP_S_UNMEASURED
        return min(max(STEP_MARKET_S / self.clock.rate, STEP_S_MIN), STEP_S_MAX)

    def _next_deal(self, director: Director, seen: Seen, guidance: Guidance) -> tuple[int, int, Side | None]:
        """(tonnes, price, taker if the price is to be exact); no tonnes = nothing is due yet."""
        if not guidance.remaining_lots:
            return 0, 0, None
        if not self._next_lots:
            self._next_lots = director.deal_lots(guidance)
        lots = min(self._next_lots, guidance.remaining_lots)
        is_last_call = seen.listed_progress >= ALL_DONE_AT
        if guidance.due_lots < lots and not is_last_call:
            return 0, 0, None
        if not self.view.trades[Method.LISTED]:  # the first trade is the open
            return lots, guidance.target_ticks, Side.BUY
        extreme = director.extreme_due(seen)
        if extreme:
            side = Side.SELL if extreme > guidance.target_ticks else Side.BUY
            return max(1, min(lots, director.usual_lots // 3)), extreme, side
        if guidance.due_lots > 4 * lots or is_last_call:  # behind: a larger one than drawn
            lots = max(lots, director.deal_lots(guidance))
        return lots, guidance.target_ticks, None

    async def _deal(self, guidance: Guidance, lots: int, price: int, taker_side: Side | None) -> int:
        """Have two members trade; the tonnes traded."""
        deal = behaviour.make_deal(self._states, price, lots, self.blocks.days_left, self._random, taker_side)
        self._next_lots = 0
        if deal is None:
            return 0
        named = 0
        if deal.maker is not None:
            maker_side = Side.SELL if deal.taker_side is Side.BUY else Side.BUY
            listed = await self._trader(deal.maker.account_id).listing(
                maker_side, deal.price_ticks, deal.listing_lots, contract_id=guidance.contract_id
            )
            if not listed.accepted:
                return 0
            named = listed.order_id if deal.is_named else 0
        taker = self._trader(deal.taker.account_id)
        terms = (deal.taker_side, deal.price_ticks, deal.quantity_lots)
        taken = await taker.take(*terms, contract_id=guidance.contract_id, order_id=named)
        if taken.reason is RejectReason.BETTER_PRICE_FIRST:
            taken = await taker.take(*terms, contract_id=guidance.contract_id)
        if taken.executions:
            await self._until_seen(taken.executions[-1].match_id)
        return taken.filled_lots

    async def _surround(self, guidance: Guidance) -> None:
        """Quotes around the price, cancels of what is stale, and now and then a mistake, all at once."""
        days_left = self.blocks.days_left
        posted = behaviour.quotes(self._states, guidance, days_left, self._random)
        wrong = behaviour.mistake(self._states, guidance, self._random)
        listings = [
            self._trader(quote.member.account_id).listing(
                quote.side, quote.price_ticks, quote.quantity_lots, contract_id=guidance.contract_id
            )
            for quote in (*posted, *([wrong] if wrong else []))
        ]
        cancels = [
            self._trader(member.account_id).cancel(order_id)
            for member, order_id in behaviour.withdrawals(self._states, guidance, self._random)
        ]
        await asyncio.gather(*listings, *cancels)

    async def _ask_balances(self) -> None:
        await asyncio.gather(*(a.ask_balances() for a in self._agents.values() if a.state.must_ask))

    def _trader(self, account_id: int) -> Trader:
        return self._agents[account_id].trader

    # ---- blocks

    async def _block_loop(self) -> None:
        while True:
            if self._director is None or not self.view.is_open(Method.BLOCK):
                await self._idle()
                continue
            await self._catch_up()
            await self._ask_balances()
            seen = self._seen()
            await self.blocks.step(self._director, seen)
            if self.blocks.last_match_id > self.view.last_match_id:
                await self._until_seen(self.blocks.last_match_id)
            self.blocks.settle()
            await asyncio.sleep(self._step_s())


def hours_on(profile: str, day: date, method: Method) -> Hours:
    """A method's trading hours on a day, from the rulebook's sessions."""
    windows: list[tuple[int, int]] = []
    opens: int | None = None
    for change in sessions_on(profile, day):
        if change.method != method:
            continue
        if change.phase == Phase.TRADING:
            opens = change.seconds_of_day
        elif opens is not None:
            windows.append((opens, change.seconds_of_day))
            opens = None
    return Hours(tuple(windows))
