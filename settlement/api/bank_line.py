"""Wuhan's line to one settlement bank: instructions out, movements in, books compared; a bank may be away.

Each look takes what the bank has told since, gives what the core has decided since, and, when both sides have
been quiet, compares the books. What a bank says wrongly ends that session, never Wuhan: it is told and tried
again. Only the core may find a movement corrupt, and that stops the process.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol

from settlement.api.bank_client import BankAway, BankClient, BankRefused
from settlement.api.line import Line
from settlement.api.worker import Worker
from settlement.city import City
from settlement.instructions import Instruction
from settlement.limits import BANK_PAGE_MOVEMENTS, BANK_TICK_MS, RECONNECT_FIRST_MS, RECONNECT_MAX_MS
from settlement.vocabulary.banking import BankBalance, BankInstruction, BankMovement

LOG: Final = logging.getLogger("wuhan")


class View(NamedTuple):
    """What the core has to say about one bank."""

    number: int  # newest movement taken
    instructions: Sequence[BankInstruction]  # not answered, oldest first
    days_stated: int
    numbers: tuple[int, ...]  # newest of every bank: what one tells may settle what another began


class BankCore(Protocol):
    """What a line needs of Wuhan's core."""

    async def view(self, bank_id: int) -> View:
        """Where the core stands with a bank."""

    async def take(self, bank_id: int, movements: Sequence[BankMovement]) -> None:
        """Take consecutive movements."""

    async def compare(self, bank_id: int, balance: BankBalance) -> None:
        """Compare the bank's books with the ledger, unless something between them is open."""


class CityCore:
    """The real core, in its thread; what it has to say to Shanghai goes out on the line there."""

    def __init__(self, worker: Worker, line: Line, bank_ids: Sequence[int]) -> None:
        self._worker = worker
        self._line = line
        self._bank_ids = tuple(bank_ids)

    async def view(self, bank_id: int) -> View:
        """Where the core stands with a bank."""

        def look(city: City) -> tuple[int, list[BankInstruction], tuple[int, ...]]:
            numbers = tuple(map(city.bank_number, self._bank_ids))
            return city.bank_number(bank_id), city.bank_instructions(bank_id), numbers

        number, instructions, numbers = await self._worker.do(look)
        return View(number, instructions, self._line.days_stated, numbers)

    async def take(self, bank_id: int, movements: Sequence[BankMovement]) -> None:
        """Take consecutive movements."""

        def take(city: City) -> tuple[None, list[Instruction]]:
            return None, city.take_bank(bank_id, movements)

        await self._line.do(take)

    async def compare(self, bank_id: int, balance: BankBalance) -> None:
        """Compare the bank's books with the ledger."""

        def compare(city: City) -> tuple[None, list[Instruction]]:
            return None, city.bank_balance(bank_id, balance)

        await self._line.do(compare)


class BankLine:
    """The line to one bank, opened again whenever it is lost."""

    def __init__(self, bank_id: int, core: BankCore, open_client: Callable[[], BankClient]) -> None:
        self.bank_id = bank_id
        self.is_up = False
        self.number = 0  # newest movement taken, for people
        self._core = core
        self._open_client = open_client
        self._was_up = False
        self._why_down = ""
        self._given: set[str] = set()  # instructions that the bank has, of those not answered
        self._compared: tuple[int, tuple[int, ...]] | None = None  # days and numbers of the last comparison

    async def run(self) -> None:
        """Follow the bank for ever. Raises only what stops the process: corruption found by the core."""
        pause_ms = RECONNECT_FIRST_MS
        while True:
            try:
                async with self._open_client() as client:
                    await self._open_session(client)
                    pause_ms = RECONNECT_FIRST_MS
                    while True:
                        if not await self.look(client):
                            await asyncio.sleep(BANK_TICK_MS / 1000)
            except (BankAway, BankRefused) as error:
                self._tell_down(error)
            finally:
                self.is_up = False
            await asyncio.sleep(pause_ms / 1000)
            pause_ms = min(2 * pause_ms, RECONNECT_MAX_MS)

    async def until_quiet(self) -> None:
        """Until a bank that is there has answered everything and its books were compared."""
        while self.is_up:
            view = await self._core.view(self.bank_id)
            if not view.instructions and self._compared == (view.days_stated, view.numbers):
                return
            await asyncio.sleep(BANK_TICK_MS / 1000)

    async def _open_session(self, client: BankClient) -> None:
        """A bank must have told what was taken of it: one that has less has lost its books."""
        number = (await self._core.view(self.bank_id)).number
        found = (await client.balance()).number
        if found < number:
            raise BankRefused(
                f"bank {self.bank_id}: newest movement: expected {number} or later, found {found}:"
                " its store was lost, restore it"
            )
        self._given.clear()
        self.is_up, self.number, self._was_up, self._why_down = True, number, True, ""
        LOG.info("line to bank %d up: movements from number %d", self.bank_id, number + 1)

    async def look(self, client: BankClient) -> bool:
        """One look at both sides; True when there is more to take at once."""
        before = view = await self._core.view(self.bank_id)
        movements = await client.movements(before.number)
        if movements:
            await self._core.take(self.bank_id, movements)
            view = await self._core.view(self.bank_id)
        self.number = view.number
        if view.number > before.number and len(movements) == BANK_PAGE_MOVEMENTS:
            return True
        await self._instruct(client, view.instructions)
        key = view.days_stated, view.numbers
        if view.days_stated and not view.instructions and self._compared != key:
            await self._core.compare(self.bank_id, await client.balance())
            self._compared = key
        return False

    async def _instruct(self, client: BankClient, instructions: Sequence[BankInstruction]) -> None:
        """Give what the bank does not have yet, in order; what it has it keeps, so once a session will do."""
        self._given &= {one.instruction_id for one in instructions}
        for instruction in instructions:
            if instruction.instruction_id not in self._given:
                await client.instruct(instruction)
                self._given.add(instruction.instruction_id)

    def _tell_down(self, error: BankAway | BankRefused) -> None:
        """Say once why; a bank that was never there is nobody's fault."""
        is_refused = isinstance(error, BankRefused)
        if (self._was_up or is_refused) and str(error) != self._why_down:
            LOG.log(logging.ERROR if is_refused else logging.WARNING, "line down: %s", error)
            self._why_down = str(error)
