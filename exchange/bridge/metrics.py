"""What a bridge has done, and a line in the log about it now and then."""

import asyncio
import logging
import time
from typing import Final

EVERY_S: Final = 60.0
log: Final = logging.getLogger("bridge")


class Counters:
    """Counts since the start; the lag is the worst since the last line."""

    def __init__(self) -> None:
        self.records = 0  # of the public stream, read
        self.items = 0  # of complete topics, passed on
        self.values = 0  # last values passed on
        self.changes = 0  # changes of last values heard: what was not passed on was conflated
        self.lag_ms = 0  # longest from a change to its being passed on
        self._waiting_since = 0.0

    @property
    def conflated(self) -> int:
        """Changes left out because a newer one came before they could be passed on."""
        return max(self.changes - self.values, 0)

    def waits(self) -> None:
        """Something is to be passed on."""
        if not self._waiting_since:
            self._waiting_since = time.monotonic()

    def passed(self) -> None:
        """Everything that waited has been passed on."""
        if self._waiting_since:
            self.lag_ms = max(self.lag_ms, int((time.monotonic() - self._waiting_since) * 1000))
        self._waiting_since = 0.0

    def line(self) -> str:
        """For the log; the worst lag begins anew."""
        lag_ms, self.lag_ms = self.lag_ms, 0
        return (
            f"read {self.records:,} records; passed on {self.items:,} items and {self.values:,} last values, "
            f"conflated {self.conflated:,}; worst lag {lag_ms:,} ms"
        )


async def tell_now_and_then(counters: Counters) -> None:
    """Write the line for ever."""
    while True:
        await asyncio.sleep(EVERY_S)
        log.info("%s", counters.line())
