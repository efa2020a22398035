"""A line per day for the person who watches a season."""

import sys
from pathlib import Path
from typing import Any

import msgspec

from exchange.config import RunConfig
from exchange.rulebook.scenarios import SeasonDay, load_scenario
from exchange.vocabulary.units import format_yuan

FINISHED = ("STATED", "REFUSED")


def say(text: str) -> None:
    """Tell the person something, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class DayLines:
    """Which days of the run are finished in both cities, and their lines."""

    def __init__(self, data: Path, config: RunConfig, days: int) -> None:
        self._data = data
        scenario = load_scenario(config.scenario)
        self._official = {day.date.isoformat(): day for day in scenario.window(config.first_day, days)}
        self.dates = tuple(self._official)
        self._printed = self.done()

    def done(self) -> int:
        """How many days both cities have finished, from the first on without a gap."""
        count = 0
        for day in self.dates:
            if self._pair(day) is None:
                break
            count += 1
        return count

    def print_new(self) -> bool:
        """Print what has finished since the last call; whether there was anything."""
        first = self._printed
        while self._printed < len(self.dates):
            pair = self._pair(self.dates[self._printed])
            if pair is None:
                break
            say(day_line(*pair, self._official[self.dates[self._printed]]))
            self._printed += 1
        return self._printed > first

    def print_held(self) -> None:
        """Tell which day is held and why."""
        wuhan = self._read("wuhan", self.dates[self._printed])
        say(f"{self.dates[self._printed]}  HELD: Shanghai's recomputation refused Wuhan's clearing result")
        for found in wuhan["breaks"] if wuhan else []:
            whose = f"account {found['account_id']}" if found["account_id"] else "total"
            say(f"  break: {whose} {found['contract']} {found['what']}: "
                f"exchange {found['exchange']}, registry {found['registry']}")  # fmt: skip

    def _pair(self, day: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
        shanghai, wuhan = self._read("shanghai", day), self._read("wuhan", day)
        if shanghai is None or wuhan is None or wuhan["stage"] != "STATED":
            return None
        return shanghai, wuhan

    def _read(self, city: str, day: str) -> dict[str, Any] | None:
        path = self._data / city / "days" / f"{day}.json"
        if not path.exists():
            return None
        found: dict[str, Any] = msgspec.json.decode(path.read_bytes())
        return found


def day_line(shanghai: dict[str, Any], wuhan: dict[str, Any], official: SeasonDay) -> str:
    """One day: trades, tonnes and close beside the official ones, and what settlement says."""
    close = next(iter(shanghai["contracts"].values()))["close"]
    listed, block = shanghai["listed_tonnes"], shanghai["block_tonnes"]
    conserved = "conserved" if wuhan["units_conserved"] and wuhan["cash_conserved"] else "NOT CONSERVED"
    return (
        f"{shanghai['date']}  trades {shanghai['trades']:>4}  "
        f"listed {listed:>9,} t ({_percent(listed, official.listed_lots)})  "
        f"block {block:>10,} t ({_percent(block, official.block_lots)})  "
        f"close {format_yuan(close)} (official {format_yuan(official.close_ticks)})  "
        f"settled {wuhan['settled_trades']:>4}  breaks {len(wuhan['breaks'])}  {conserved}"
    )


def _percent(simulated: int, official: int) -> str:
    return f"{100 * (simulated - official) / official:+.1f} %" if official else "official 0"
