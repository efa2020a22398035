"""Both traders come back by themselves after a SIGKILL of the exchange: nothing missed, nothing twice."""

import asyncio
import os
import signal
import threading
from collections import Counter
from typing import Final

import pytest

from exchange.client import (
    Address,
    BlockingTrader,
    Credentials,
    Outcome,
    Result,
    Trader,
    address_of,
    credentials_of,
)
from exchange.client.events import Accepted
from exchange.rulebook.scenarios import load_scenario, participants
from exchange.vocabulary.enums import Phase, Side
from exchange.vocabulary.rejects import RejectAction
from tests.system.cities import MEMBERS, PATIENCE_S, Cities

pytestmark = pytest.mark.timeout(2 * PATIENCE_S)
LOTS: Final = 10
LISTED: Final = 0


class Heard:
    """Orders accepted, by reference, as the stream told them."""

    def __init__(self) -> None:
        self.accepted: Counter[int] = Counter()

    def __call__(self, event: object) -> None:
        if isinstance(event, Accepted):
            self.accepted[event.user_reference] += 1


def kill_and_start_again(cities: Cities, killed: threading.Event) -> None:
    """As an operator would, once the exchange is gone."""
    pid = cities.running[0].pid
    os.kill(pid, signal.SIGKILL)
    cities.running[0].wait()
    (cities.data / "run" / "shanghai.json").unlink()
    killed.set()
    cities.start_exchange(day_seconds="60", days=1)


def trade_plainly(
    credentials: Credentials, cities: Cities, killed: threading.Event
) -> tuple[list[Outcome], int, Heard]:
    """Without asyncio: listings before the kill, while the exchange is gone, and after it is back."""
    heard = Heard()

    def where() -> Address:
        return address_of(cities.data)

    with BlockingTrader.open(
        credentials, where, is_patient=True, listeners=(heard,), timeout_s=PATIENCE_S
    ) as trader:
        while not any(row.phase == Phase.TRADING and row.method == LISTED for row in trader.phases()):
            trader.next_event(0.1)
        price = trader.contracts()[0].base_price_ticks
        outcomes = [trader.listing(Side.BUY, price - 1, LOTS, contract_id=1)]
        kill_and_start_again(cities, killed)
        while not (outcomes[-1].accepted and trader.connections > 1):
            outcomes.append(trader.listing(Side.BUY, price - 2, LOTS, contract_id=1))
        return outcomes, trader.connections, heard


async def test_both_go_on_and_every_command_has_one_outcome(cities: Cities) -> None:
    users = [one.user for one in participants(load_scenario("season-2021"), int(MEMBERS))]
    await asyncio.to_thread(cities.start_exchange, "60", 1)
    cities.start_wuhan(days=1)
    killed = threading.Event()
    first, second = (credentials_of(cities.data, user) for user in users[:2])
    plain = asyncio.create_task(asyncio.to_thread(trade_plainly, first, cities, killed))
    heard = Heard()
    async with await Trader.open(
        second, lambda: address_of(cities.data), is_patient=True, listeners=(heard,)
    ) as trader:
        price = (await trader.contracts())[0].base_price_ticks
        await asyncio.to_thread(killed.wait, PATIENCE_S)
        outcomes = [await trader.listing(Side.BUY, price - 3, LOTS, contract_id=1)]  # nobody is there yet
        while not outcomes[-1].accepted:
            outcomes.append(await trader.listing(Side.BUY, price - 3, LOTS, contract_id=1))
        check(outcomes, trader.connections, heard)
        assert len(await trader.orders()) == sum(outcome.accepted for outcome in outcomes)
    check(*await plain)


def check(outcomes: list[Outcome], connections: int, heard: Heard) -> None:
    """One outcome each, the accepted ones once in the stream; the market was halted for a while."""
    assert connections >= 2
    assert Result.UNKNOWN not in {outcome.result for outcome in outcomes}
    accepted = {outcome.user_reference for outcome in outcomes if outcome.accepted}
    assert heard.accepted == Counter(dict.fromkeys(accepted, 1))
    waits = {outcome.action for outcome in outcomes if not outcome.accepted}
    assert waits <= {RejectAction.WAIT}
