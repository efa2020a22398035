"""The core's own thread: the event loop keeps its heartbeats while a day of a million trades is cleared."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from settlement.city import City
from settlement.status import Status
from settlement.store.database import Store

Result = TypeVar("Result")


class Worker:
    """Runs the calls of the core one after the other in one thread, which also owns the store."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, "wuhan-core")
        self._city: City | None = None
        self.status: Status | None = None

    async def start(self, make_city: Callable[[], City]) -> None:
        """Build the core in its thread."""
        self._city = await self._run(make_city)
        await self.do(lambda city: None)

    async def do(self, call: Callable[[City], Result]) -> Result:
        """Run one call of the core and note where it then stands."""
        city = self._city
        assert city is not None, "expected start() first"

        def call_and_look() -> tuple[Result, Status | None]:
            return call(city), city.status()

        result, self.status = await self._run(call_and_look)
        return result

    async def close(self, stores: Iterable[Store]) -> None:
        """Wait for what runs, close the store in its own thread, and end the thread."""
        for store in stores:
            await self._run(store.close)
        self._executor.shutdown()

    async def _run(self, call: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)
