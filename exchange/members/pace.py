"""Market time between events, and which part of the trading hours has passed. Pure: clocks are passed in."""

from collections import deque
from typing import Final, NamedTuple

from exchange.vocabulary.units import NS_PER_SECOND

WINDOW_S: Final = (
    2.0  # real seconds over which the pace is measured; a compressed day changes pace at each phase
)
SHORTEST_S: Final = 0.05  # below it a burst of events would look like a leap of the clock
RATE_MIN: Final = 0.5
RATE_MAX: Final = 1e6


class Observation(NamedTuple):
    """Market time seen at a moment of the monotonic clock."""

    time_ns: int
    monotonic_s: float


class MarketClock:
    """Follows the exchange's clock, compressed or not, from the times of its events."""

    def __init__(self) -> None:
        self.rate = 1.0  # market seconds in one real second
        self.is_measured = False  # until then the rate is a guess
        self._seen: deque[Observation] = deque()

    def observe(self, time_ns: int, monotonic_s: float) -> None:
        """An event's time, when it arrived."""
        if self._seen and time_ns <= self._seen[-1].time_ns:
            return
        self._seen.append(Observation(time_ns, monotonic_s))
        while len(self._seen) > 2 and monotonic_s - self._seen[0].monotonic_s > WINDOW_S:
            self._seen.popleft()
        first = self._seen[0]
        elapsed_s = monotonic_s - first.monotonic_s
        if elapsed_s >= SHORTEST_S:
            rate = (time_ns - first.time_ns) / NS_PER_SECOND / elapsed_s
            self.rate = min(max(rate, RATE_MIN), RATE_MAX)
            self.is_measured = True

    def restart(self) -> None:
        """Measure the pace anew: a phase began, or the exchange was away; until then the last one holds."""
        while len(self._seen) > 1:
            self._seen.popleft()

    def new_day(self) -> None:
        """Forget everything but the pace."""
        self._seen.clear()

    def now_ns(self, monotonic_s: float, latest_ns: int = 0) -> int:
        """Market time now, at most `latest_ns` (when the phase changes next) if given; 0 before any event."""
        if not self._seen:
            return 0
        last = self._seen[-1]
        now = last.time_ns + int((monotonic_s - last.monotonic_s) * self.rate * NS_PER_SECOND)
        return min(now, max(latest_ns, last.time_ns)) if latest_ns else now


class Hours(NamedTuple):
    """Trading hours of a method: (opens, closes) in seconds of the day, ascending."""

    windows: tuple[tuple[int, int], ...]

    def progress(self, second_of_day: float) -> float:
        """Which part of the hours has passed, 0 to 1."""
        whole = sum(closes - opens for opens, closes in self.windows)
        passed = sum(min(max(second_of_day - opens, 0), closes - opens) for opens, closes in self.windows)
        return passed / whole if whole else 1.0
