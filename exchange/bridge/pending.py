"""What waits to be passed on, and when: once an interval, or as soon as too much waits."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

ITEMS_MAX: Final = 20_000  # the exchange is not read further meanwhile
T = TypeVar("T")


class Pending(Generic[T]):
    """Items in order. Whoever adds waits for `room`; whoever passes them on takes all there are."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._items: list[T] = []
        self._room = asyncio.Event()
        self._room.set()
        self._is_full = asyncio.Event()

    def add(self, item: T) -> None:
        """One more; it never waits."""
        self._items.append(item)

    def take(self) -> list[T]:
        """Everything so far: there is room again."""
        items, self._items = self._items, []
        self._room.set()
        return items

    async def room(self) -> None:
        """Wait while too much waits."""
        if len(self._items) >= ITEMS_MAX:
            self._room.clear()
            self._is_full.set()
            await self._room.wait()

    async def run(self, flush: Callable[[], Awaitable[None]]) -> None:
        """Flush again and again, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._interval_s):
                    await self._is_full.wait()
            except TimeoutError:
                pass
            self._is_full.clear()
            await flush()
