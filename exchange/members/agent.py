"""One simulated member at work: its trader, what it knows of itself, and asking for its balances."""

import asyncio

from exchange.client.courier import Locate
from exchange.client.credentials import Credentials
from exchange.client.errors import QueryRefused
from exchange.client.trader import Trader
from exchange.members.state import MemberState
from exchange.rulebook.scenarios import Participant


class Agent:
    """A member that is logged in."""

    def __init__(self, participant: Participant, state: MemberState, trader: Trader) -> None:
        self.participant = participant
        self.state = state
        self.trader = trader

    @classmethod
    async def open(
        cls, participant: Participant, credentials: Credentials, locate: Locate, contract_id: int
    ) -> "Agent":
        """Log in, waiting for the exchange if it is not there yet."""
        state = MemberState(
            participant.kind,
            participant.account_id,
            participant.entity_id,
            participant.obligation_lots,
            contract_id,
        )
        trader = await Trader.open(credentials, locate, is_patient=True, listeners=(state.take,))
        return cls(participant, state, trader)

    async def ask_balances(self) -> None:
        """Ask holdings and cash if something may have changed them."""
        if not self.state.must_ask:
            return
        self.state.must_ask = False  # before asking: what happens meanwhile asks again
        try:
            holdings, cash = await asyncio.gather(self.trader.holdings(), self.trader.cash())
        except QueryRefused:  # not ready; the next deal asks again
            self.state.must_ask = True
            return
        self.state.learn(holdings, cash)
