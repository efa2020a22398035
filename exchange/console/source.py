"""How one source of the console stands: heard when, down since when, stale or not. Time is passed in."""

from dataclasses import dataclass
from typing import Final

from exchange.console.view import LineView

STALE_MS: Final = 3_000  # two missed answers; the page asks twice a second


@dataclass
class Source:
    """Begins as down, with nothing ever heard."""

    since_ms: int
    is_up: bool = False
    heard_ms: int = 0
    why: str = ""

    def heard(self, now_ms: int) -> None:
        """Something came."""
        if not self.is_up:
            self.is_up, self.since_ms, self.why = True, now_ms, ""
        self.heard_ms = now_ms

    def lost(self, now_ms: int, why: str) -> None:
        """It cannot be reached; `since` is the moment of the first failure."""
        if self.is_up:
            self.is_up, self.since_ms = False, now_ms
        self.why = why

    def view(self, now_ms: int) -> LineView:
        """As of now."""
        age_ms = now_ms - self.heard_ms if self.heard_ms else 0
        return LineView(self.is_up, self.is_stale(now_ms), self.since_ms, age_ms, self.why)

    def is_stale(self, now_ms: int) -> bool:
        """Whether what it said last is too old to be called the present."""
        return not self.is_up or now_ms - self.heard_ms > STALE_MS
