"""One process that runs all simulated members of a season, all but the login left to a person."""

import asyncio
import logging
import signal
import sys
from pathlib import Path

from exchange.client.credentials import address_of, credentials_of
from exchange.client.errors import ConnectionLost
from exchange.client.trader import Trader
from exchange.config import kept_config
from exchange.errors import UsageError
from exchange.members.agent import Agent
from exchange.members.errands import Errands, approve_surrenders
from exchange.members.floor import Floor
from exchange.members.market import MarketView
from exchange.rulebook.contracts import contract
from exchange.rulebook.scenarios import Participant, Scenario, load_scenario, participants

PUBLIC = "PUBLIC"
PROVINCIAL_REVIEWER = "province-1-reviewer"  # all entities of a season are of one province
log = logging.getLogger("members")


def run_members_command(data: Path, scenario: str, members: int, days: int, human: str | None) -> int:
    """`exchange members`: play `days` days from the data folder's first day; the exit code."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    exit_code = 0
    try:
        asyncio.run(run_members(data, load_scenario(scenario), members, days, human))
    except* ConnectionLost as lost:
        log.error("stopped: %s", "; ".join(str(error) for error in lost.exceptions))
        exit_code = 1
    return exit_code


async def run_members(data: Path, scenario: Scenario, members: int, days: int, human: str | None) -> None:
    """Log every member in, trade until the last day's stream ends, log out.

    `human`: the login left out. A stopped exchange is waited for; SIGTERM and SIGINT end the run.
    """
    everybody = participants(scenario, members)
    played = tuple(p for p in everybody if p.user != (human or "").upper())
    if human and len(played) == len(everybody):
        raise UsageError(f"no member has the login {human}", f"name one of {everybody[0].user} and on")
    season = scenario.window(kept_config(data).first_day, days)
    contract_id = contract(scenario.contract).contract_id
    view = MarketView(contract_id)
    traders: list[Trader] = []

    async def trade() -> None:
        public = await _public(data, played[0].user, view)
        traders.append(public)
        agents = await asyncio.gather(*(_agent(data, p, contract_id) for p in played))
        traders.extend(agent.trader for agent in agents)
        log.info("%d members logged in, %s is left to a person", len(agents), human or "nobody")
        floor = Floor(scenario, season, contract_id, tuple(agents), public, view)
        dates = [day.date for day in season]
        errands = Errands(data, agents, view, (contract_id, scenario.contract), dates, scenario.deadline)
        async with asyncio.TaskGroup() as group:
            beside = [
                group.create_task(errands.run()),
                group.create_task(approve_surrenders(data, PROVINCIAL_REVIEWER)),
            ]
            await floor.play()
            for task in beside:
                task.cancel()

    task = asyncio.create_task(trade())
    for number in (signal.SIGTERM, signal.SIGINT):  # they end the trading, never the logouts behind it
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        log.info("stopped by a signal")
    finally:
        await asyncio.gather(*(trader.close() for trader in traders))


async def _public(data: Path, user: str, view: MarketView) -> Trader:
    public = Trader(credentials_of(data, user), lambda: address_of(data), (view.take,), PUBLIC)
    await public.start(is_patient=True)
    return public


async def _agent(data: Path, participant: Participant, contract_id: int) -> Agent:
    credentials = credentials_of(data, participant.user)
    return await Agent.open(participant, credentials, lambda: address_of(data), contract_id)
