"""Blocks among the simulated members: offers to a named counterparty, acceptances, refusals of poor terms."""

import asyncio
from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Final, NamedTuple

from exchange.client.events import BlockOffered
from exchange.members import behaviour
from exchange.members.agent import Agent
from exchange.members.director import BlockWish, Director, Guidance, Seen
from exchange.members.state import MemberState
from exchange.vocabulary.enums import Side

HAGGLE_SHARE: Final = 0.12  # of the blocks: a first offer on poor terms, which is declined
HAGGLE_PPM: Final = 30_000


class Negotiation(NamedTuple):
    """An offer on the way, until it is accepted, declined or gone."""

    wish: BlockWish
    offeror: MemberState
    counterparty_account_id: int
    order_id: int
    is_agreed: bool  # the terms are those agreed beforehand; else a try on poor terms


class BlockDesk:
    """All block negotiations of one contract's members."""

    def __init__(self, agents: Mapping[int, Agent], seed: int) -> None:
        self.days_left = 0
        self.last_match_id = 0
        self._agents = agents
        self._seed = seed
        self._random = Random(seed)
        self._open: list[Negotiation] = []
        self._traded_lots = 0  # accepted, but perhaps not yet in the public view

    def begin_day(self, today: date, days_left: int) -> None:
        """Forget yesterday."""
        self.days_left = days_left
        self.last_match_id = 0
        self._open.clear()
        self._traded_lots = 0
        self._random = Random(f"{self._seed} {today} blocks")

    @property
    def in_flight_lots(self) -> int:
        """Tonnes offered or just accepted that the public view may not show yet."""
        return sum(n.wish.quantity_lots for n in self._open if n.is_agreed) + self._traded_lots

    def settle(self) -> None:
        """The public view shows everything accepted so far."""
        self._traded_lots = 0

    async def step(self, director: Director, seen: Seen) -> None:
        """Answer what was offered, look after our own offers, and make the block that is due."""
        guidance = director.guide(seen)
        await asyncio.gather(
            *(
                self._answer(agent, offer, guidance)
                for agent in self._agents.values()
                for offer in tuple(agent.state.offers.values())
            )
        )
        for negotiation in tuple(self._open):
            if negotiation.order_id not in negotiation.offeror.orders:
                self._open.remove(negotiation)
                if not negotiation.is_agreed:  # the poor try was declined: now the agreed terms
                    director.block_failed(negotiation.wish)
        wish = director.block_due(seen, self.in_flight_lots)
        if wish is not None and not await self._offer(wish):
            director.block_failed(wish, is_too_large=True)

    async def _offer(self, wish: BlockWish) -> bool:
        """Have one member offer the block to another; whether the offer stands."""
        states = [agent.state for agent in self._agents.values()]
        price, lots = wish.price_ticks, wish.quantity_lots
        seller = behaviour.choose(
            (m for m in states if m.available_lots >= lots),
            lambda m: behaviour.wish_to_sell(m, self.days_left),
            self._random,
        )
        if seller is None:
            return False
        buyer = behaviour.choose(
            (
                m
                for m in states
                if m.entity_id != seller.entity_id and behaviour.affordable_lots(m, price) >= lots
            ),
            lambda m: behaviour.wish_to_buy(m, price, self.days_left),
            self._random,
        )
        if buyer is None:
            return False
        is_sale = self._random.random() < 0.7
        offeror, other = (seller, buyer) if is_sale else (buyer, seller)
        is_agreed = self._random.random() >= HAGGLE_SHARE
        if not is_agreed:
            price += (price * HAGGLE_PPM // 1_000_000) * (1 if is_sale else -1)
        outcome = await self._agents[offeror.account_id].trader.block_offer(
            Side.SELL if is_sale else Side.BUY,
            price,
            lots,
            contract_id=wish.contract_id,
            counterparty_account_id=other.account_id,
        )
        if outcome.accepted:
            self._open.append(Negotiation(wish, offeror, other.account_id, outcome.order_id, is_agreed))
        return outcome.accepted

    async def _answer(self, agent: Agent, offer: BlockOffered, guidance: Guidance) -> None:
        """Accept or decline one offer; an offer from outside our members is judged by its price."""
        agent.state.offers.pop(offer.order_id, None)
        negotiation = next((n for n in self._open if n.order_id == offer.order_id), None)
        await agent.ask_balances()
        if negotiation is not None:
            is_accepted = negotiation.is_agreed
        else:
            is_accepted = behaviour.accepts_offer(agent.state, offer, guidance.target_ticks, self.days_left)
        if not is_accepted:
            await agent.trader.block_decline(offer.order_id, contract_id=offer.contract_id)
            return
        outcome = await agent.trader.block_accept(
            offer.order_id, offer.price_ticks, offer.quantity_lots, contract_id=offer.contract_id
        )
        if not outcome.accepted:
            await agent.trader.block_decline(offer.order_id, contract_id=offer.contract_id)
            return
        if outcome.executions:
            self.last_match_id = max(self.last_match_id, outcome.executions[-1].match_id)
        self._traded_lots += outcome.filled_lots
        if negotiation is not None:
            self._open.remove(negotiation)
