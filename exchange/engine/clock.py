"""Market time: the real one, one set by hand, and one in which a trading day passes in seconds."""

import time
from collections.abc import Callable
from datetime import date
from typing import Final, Protocol

from exchange.vocabulary.units import NS_PER_SECOND, market_time_ns

DAY_BEGINS_SECONDS: Final = 9 * 3600 + 15 * 60  # 09:15, when a compressed day waits for its opening positions


class Clock(Protocol):
    """Where market time comes from. The engine opens, starts and resumes the day; only some clocks care."""

    def now_ns(self) -> int:
        """Market time, nanoseconds since 1970-01-01 UTC."""

    def open_day(self, day: date) -> None:
        """A trading day begins; its opening positions are not confirmed yet."""

    def start(self) -> None:
        """The opening positions are confirmed: time may pass."""

    def resume(self, time_ns: int) -> None:
        """After a recovery: continue from the last journaled time."""


class SystemClock:
    """The real time of day."""

    def now_ns(self) -> int:
        return time.time_ns()

    def open_day(self, day: date) -> None:
        """Real time passes whatever the day does."""

    def start(self) -> None:
        """Real time passes whatever the day does."""

    def resume(self, time_ns: int) -> None:
        """Real time has gone on; the sequencer keeps it from going back."""


class ManualClock:
    """Time set by hand: tests, and a market stepped by its operator."""

    def __init__(self, now_ns: int = 0) -> None:
        self._now_ns = now_ns

    def now_ns(self) -> int:
        return self._now_ns

    def set(self, now_ns: int) -> None:
        """Go to a time, earlier ones too: the sequencer must cope with a clock that goes back."""
        self._now_ns = now_ns

    def advance(self, step_ns: int) -> None:
        """Let time pass."""
        self._now_ns += step_ns

    def open_day(self, day: date) -> None:
        self._now_ns = max(self._now_ns, market_time_ns(day, DAY_BEGINS_SECONDS))

    def start(self) -> None:
        """Time passes only by hand."""

    def resume(self, time_ns: int) -> None:
        self._now_ns = max(self._now_ns, time_ns)


#: Market second of the day at which a stretch ends, and the parts per hundred of the real time it gets.
STRETCHES: Final = (
    (9 * 3600 + 30 * 60, 5),  # before the open
    (11 * 3600 + 30 * 60, 45),  # morning
    (13 * 3600, 4),  # lunch
    (15 * 3600, 42),  # afternoon
    (15 * 3600 + 10 * 60, 4),  # after the close
)


class CompressedClock:
    """A trading day from 09:15 to 15:10 in `day_seconds` of real time; after 15:10 time passes as it is.

    A day stands at 09:15 until `start`. The mapping is piecewise linear and integer, so the same real time
    always gives the same market time.
    """

    def __init__(self, day_seconds: float, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._day_real_ns = round(day_seconds * NS_PER_SECOND)
        if self._day_real_ns < 100:
            raise ValueError(f"expected a day of at least 100 ns, found {day_seconds} s")
        self._monotonic_ns = monotonic_ns
        self._day_begins_ns = 0
        self._started_at_ns: int | None = None  # real time that stands for 09:15
        self._held_ns = 0

    def now_ns(self) -> int:
        if self._started_at_ns is None:
            return self._held_ns
        return self._day_begins_ns + self._market_elapsed_ns(self._monotonic_ns() - self._started_at_ns)

    def open_day(self, day: date) -> None:
        self._day_begins_ns = market_time_ns(day, DAY_BEGINS_SECONDS)
        self._held_ns = self._day_begins_ns
        self._started_at_ns = None

    def start(self) -> None:
        if self._started_at_ns is None:
            self._started_at_ns = self._monotonic_ns() - self._real_elapsed_ns(
                self._held_ns - self._day_begins_ns
            )

    def resume(self, time_ns: int) -> None:
        self._held_ns = max(self._day_begins_ns, time_ns)
        self._started_at_ns = None

    def _stretches_ns(self) -> list[tuple[int, int]]:
        """(market, real) length of each stretch."""
        previous, lengths = DAY_BEGINS_SECONDS, []
        for end, share in STRETCHES:
            lengths.append(((end - previous) * NS_PER_SECOND, self._day_real_ns * share // 100))
            previous = end
        return lengths

    def _market_elapsed_ns(self, real_ns: int) -> int:
        market = 0
        for market_length, real_length in self._stretches_ns():
            if real_ns < real_length:
                return market + real_ns * market_length // real_length
            market, real_ns = market + market_length, real_ns - real_length
        return market + real_ns

    def _real_elapsed_ns(self, market_ns: int) -> int:
        """The first real time at which `market_ns` is reached."""
        real = 0
        for market_length, real_length in self._stretches_ns():
            if market_ns < market_length:
                return real - (-market_ns * real_length // market_length)
            real, market_ns = real + real_length, market_ns - market_length
        return real + market_ns
