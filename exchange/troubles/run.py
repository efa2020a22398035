"""One process that plays a scenario's troubles: it holds the line between the cities and watches the days."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, NamedTuple

from exchange.client.credentials import address_of
from exchange.client.door import Door, DoorAway, DoorRefused
from exchange.client.errors import ConnectionLost, CredentialsUnusable, LoginRefused
from exchange.config import kept_config
from exchange.rulebook.scenarios import Scenario, Trouble, TroubleKind, load_scenario, participants
from exchange.troubles.acts import bust, freeze
from exchange.troubles.plan import troubles_of
from exchange.troubles.relay import Relay

LOOK_EVERY_S: Final = 0.05
#: what says only that a city is away, or not ready: tried again at the next look
AWAY: Final = (OSError, ConnectionLost, LoginRefused, CredentialsUnusable, DoorAway, DoorRefused)
NOT_OPEN_YET: Final = ("WAITING", "OPENING_SENT")
log = logging.getLogger("troubles")


class Look(NamedTuple):
    """Where Wuhan says that the day stands."""

    day: str
    stage: str
    trades: int


def run_troubles_command(data: Path, days: int, port: int) -> int:
    """`exchange troubles`: play the troubles of the data folder's season; the exit code."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    asyncio.run(_run(data, days, port))
    return 0


async def _run(data: Path, days: int, port: int) -> None:
    config = kept_config(data)
    scenario = load_scenario(config.scenario)

    def shanghai() -> tuple[str, int]:
        found = address_of(data)
        return found.host, found.port

    relay = Relay(shanghai)
    await relay.listen("127.0.0.1", port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    dates = [str(day.date) for day in scenario.window(config.first_day, days)]
    player = Player(data, scenario, config.members, dates, relay)
    watching = asyncio.create_task(player.play(troubles_of(scenario, days)))
    await stop.wait()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await relay.close()


class Player:
    """Plays troubles one after the other, each on its day, after so many trades."""

    def __init__(self, data: Path, scenario: Scenario, members: int, dates: list[str], relay: Relay) -> None:
        self._data = data
        self._scenario = scenario
        self._people = participants(scenario, members)
        self._dates = dates
        self._relay = relay
        self._why_waiting = ""

    async def play(self, troubles: tuple[Trouble, ...]) -> None:
        """Until the last is played, or its day is over."""
        for trouble in troubles:
            if trouble.kind is TroubleKind.REFUSED_RESULT:
                continue  # Wuhan is started with it
            day = self._dates[trouble.day - 1]
            while not await self._is_over(trouble, day):  # noqa: ASYNC110 - the other end is another process
                await asyncio.sleep(LOOK_EVERY_S)

    async def _is_over(self, trouble: Trouble, day: str) -> bool:
        try:
            look = await asyncio.to_thread(self._look)
            if (
                look is None
                or look.day < day
                or (look.day == day and look.stage in ("WAITING", "OPENING_SENT"))
            ):
                return False
            if look.day > day or look.stage != "OPEN":
                log.warning("%s: too late for %s", day, trouble.kind)
                return True
            return look.trades >= trouble.after_trades and await self._acts()[trouble.kind](trouble, look)
        except AWAY as error:
            if str(error) != self._why_waiting:
                log.info("%s: %s waits: %s", day, trouble.kind, error)
                self._why_waiting = str(error)
            return False

    def _acts(self) -> dict[TroubleKind, Callable[[Trouble, Look], Awaitable[bool]]]:
        return {
            TroubleKind.BUST: lambda trouble, look: bust(self._data, look.day, look.trades),
            TroubleKind.FREEZE: self._freeze,
            TroubleKind.LINE_CUT: self._cut,
        }

    async def _freeze(self, trouble: Trouble, look: Look) -> bool:
        who = self._people[(trouble.member - 1) % len(self._people)]
        return await freeze(self._data, look.day, trouble, who, self._scenario.contract)

    async def _cut(self, trouble: Trouble, look: Look) -> bool:
        lines = self._relay.cut()
        log.info("%s: the line between the cities is cut", look.day)
        return lines > 0

    def _look(self) -> Look | None:
        """Wuhan's own word; None before its first day."""
        with Door.as_status_reader(self._data) as door:
            found = door.get("/status")
        return Look(found["day"], found["stage"], found["trades"]) if found["day"] else None
