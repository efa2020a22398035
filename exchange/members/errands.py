"""The members at the registry's door: cover obligations, hand tonnes in, and the province that approves it.

Everything is found out anew at the door and asked under keys that say what it is for, so a restart of the
members or of the registry in the middle does nothing twice.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from exchange.client.door import Door, DoorAway, DoorRefused
from exchange.members.agent import Agent
from exchange.members.compliance import Errand, ErrandKind, Standing, is_covering_day, to_move, to_surrender
from exchange.members.market import MarketView
from exchange.vocabulary.enums import SettlementStage
from exchange.vocabulary.units import trading_day_date

LOOK_EVERY_S: Final = 0.25
AWAY_PAUSE_S: Final = 1.0
ANSWER_PATIENCE_S: Final = 10.0
OFFICE_EVERY_S: Final = 1.0
RUNNING: Final = "running"

log = logging.getLogger("members")


class Errands:
    """What the members of a season do at the registry, day by day."""

    def __init__(
        self,
        data: Path,
        agents: Sequence[Agent],
        view: MarketView,
        contract: tuple[int, str],
        dates: Sequence[date],
        deadline: date,
    ) -> None:
        """`contract`: number and code of what is surrendered; `dates`: the season's trading days."""
        self._data = data
        self._agents = [agent for agent in agents if agent.participant.obligation_lots]
        self._view = view
        self._contract_id, self._code = contract
        self._dates = list(dates)
        self._deadline = deadline

    async def run(self) -> None:
        """Each day, once it is open, until cancelled."""
        done_day = 0
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            day = self._view.trading_day
            if day in (0, done_day) or self._view.stage != SettlementStage.OPEN:
                continue
            if trading_day_date(day) in self._dates:
                await self._run_day(day)
            done_day = day

    async def _run_day(self, day: int) -> None:
        today = trading_day_date(day)
        index, days_left = self._dates.index(today), (self._deadline - today).days
        due = [a for a in self._agents if is_covering_day(a.participant.entity_id, index, days_left)]
        moved_lots, asked_lots = 0, 0
        for agent in due:
            moved, asked = await self._covered(agent, today, day)
            moved_lots, asked_lots = moved_lots + moved, asked_lots + asked
        log.info(
            "%s: %d members at the registry: %d t moved there, %d t applied to surrender",
            today,
            len(due),
            moved_lots,
            asked_lots,
        )

    async def _covered(self, agent: Agent, today: date, day: int) -> tuple[int, int]:
        """One member's errand in a thread; again while the registry is away and the day lasts."""
        while self._view.trading_day == day:
            try:
                return await asyncio.to_thread(self._cover, agent, today)
            except DoorAway:
                await asyncio.sleep(AWAY_PAUSE_S)
            except DoorRefused as refusal:
                log.warning("%s at the registry: %s", agent.participant.user, refusal)
                break
        return 0, 0

    def _cover(self, agent: Agent, today: date) -> tuple[int, int]:
        """One member: tonnes moved, tonnes applied for."""
        entity_id = agent.participant.entity_id
        with Door.open(self._data, f"holder-{entity_id}") as door:
            moving = to_move(self._standing(door), today)
            moved = self._done(door, entity_id, moving) if moving else 0
            handing_in = to_surrender(self._standing(door), today)
            asked = self._done(door, entity_id, handing_in) if handing_in else 0
            agent.state.obligation_lots = self._standing(door).to_come_lots
        agent.state.must_ask = True
        return moved, asked

    def _standing(self, door: Door) -> Standing:
        units = [row for row in door.get("/v1/holdings")["units"] if row["contract"] == self._code]
        lots = {row["bucket"]: row["lots"] for row in units}
        row = door.get("/v1/obligations")[0]
        return Standing(
            row["year"],
            row["short_lots"] - row["pending_lots"],
            lots.get("registry-available", 0),
            lots.get("trading-available", 0),
        )

    def _done(self, door: Door, entity_id: int, errand: Errand) -> int:
        """Ask for one operation and wait for the other city's word; its tonnes, 0 when it is not given."""
        fields = {"entity_id": entity_id, "contract_id": self._contract_id, "lots": errand.lots}
        if errand.kind is ErrandKind.SURRENDER:
            fields["year"] = errand.year
        found = door.ask(errand.kind, errand.key, **fields)
        until = time.monotonic() + ANSWER_PATIENCE_S  # members that are told to stop wait no longer than that
        while found["state"] == RUNNING and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
            found = door.operation(found["operation_id"])
        return errand.lots if found["state"] in ("done", "asked") else 0


async def approve_surrenders(data: Path, person_id: str) -> None:
    """A province's reviewer, until cancelled: approves what the registry's own checks have let pass."""
    told = ""
    while True:
        approved = 0
        try:
            approved = await asyncio.to_thread(_approve_waiting, data, person_id)
        except DoorAway:
            pass  # tried again at the next look
        except DoorRefused as refusal:  # its time was over, or a check fails by now: the registry has said so
            if str(refusal) != told:
                log.warning("%s: %s", person_id, refusal)
            told = str(refusal)
        if approved:
            log.info("%s: %d surrenders approved", person_id, approved)
        await asyncio.sleep(OFFICE_EVERY_S)


def _approve_waiting(data: Path, person_id: str) -> int:
    with Door.open(data, person_id) as door:
        waiting = door.get("/v1/operations", state="asked")
        surrenders = [one for one in waiting if one["kind"] == ErrandKind.SURRENDER]
        for one in surrenders:
            door.approve(one["operation_id"], one["command_hash"])
    return len(surrenders)
