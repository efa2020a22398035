"""The season so far: each day as simulated beside the official one. Read from the files of both cities."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from exchange.console.registry_state import RegistryDay
from exchange.rulebook.scenarios import Scenario, SeasonDay
from exchange.vocabulary.units import round_half_up

DAYS_SHOWN_MAX: Final = 2_000
Day = TypeVar("Day", "ExchangeDay", RegistryDay)


class ContractDay(Struct, frozen=True):
    """One contract's figures in Shanghai's day file; prices in ticks, 0 = no trade."""

    base: int = 0
    open: int = 0
    high: int = 0
    low: int = 0
    close: int = 0
    listed_lots: int = 0
    listed_fen: int = 0
    block_lots: int = 0
    block_fen: int = 0


class ExchangeDay(Struct, frozen=True):
    """Shanghai's day file, as far as it is shown."""

    date: date
    trades: int
    tonnes: int
    listed_tonnes: int
    block_tonnes: int
    amount_fen: int
    contracts: dict[str, ContractDay]
    confirmed: bool


class SeasonRow(Struct, frozen=True):
    """One trading day: simulated figures, the official ones of the same contract, and how it settled."""

    simulated: ExchangeDay
    contract: ContractDay
    official: SeasonDay | None
    settled: RegistryDay | None

    @property
    def close_difference_ticks(self) -> int | None:
        """Simulated close minus official close."""
        return self.contract.close - self.official.close_ticks if self.official else None

    @property
    def block_mean_ticks(self) -> int:
        """Mean price of the block trades, 0 = none."""
        lots = self.contract.block_lots
        return round_half_up(self.contract.block_fen, lots) if lots else 0


class SeasonTotals(Struct, frozen=True):
    """Sums over the days played."""

    days: int
    trades: int
    amount_fen: int
    listed_lots: int
    block_lots: int
    official_listed_lots: int
    official_block_lots: int
    settled_trades: int
    days_balanced: int
    breaks: int
    worst_close_difference_ticks: int


class SeasonView(Struct, frozen=True):
    """The season page."""

    title_zh: str
    title_en: str
    contract: str
    days_source: str
    note: str
    rows: tuple[SeasonRow, ...]
    totals: SeasonTotals
    unreadable: tuple[str, ...]  # files that could not be read: said, never left out silently


def season_view(
    scenario: Scenario,
    played: Mapping[date, ExchangeDay],
    settled: Mapping[date, RegistryDay],
    unreadable: tuple[str, ...] = (),
) -> SeasonView:
    """Put the two cities and the official figures side by side."""
    official = {row.date: row for row in scenario.days}
    rows = tuple(
        SeasonRow(
            played[day], played[day].contracts.get(scenario.contract, ContractDay()),
            official.get(day), settled.get(day),
        )
        for day in sorted(played)[-DAYS_SHOWN_MAX:]
    )  # fmt: skip
    return SeasonView(
        scenario.title_zh, scenario.title_en, scenario.contract, scenario.days_source, scenario.note,
        rows, _totals(rows), unreadable,
    )  # fmt: skip


def _totals(rows: tuple[SeasonRow, ...]) -> SeasonTotals:
    officials = [row.official for row in rows if row.official]
    settlements = [row.settled for row in rows if row.settled]
    return SeasonTotals(
        days=len(rows),
        trades=sum(row.simulated.trades for row in rows),
        amount_fen=sum(row.simulated.amount_fen for row in rows),
        listed_lots=sum(row.contract.listed_lots for row in rows),
        block_lots=sum(row.contract.block_lots for row in rows),
        official_listed_lots=sum(row.listed_lots for row in officials),
        official_block_lots=sum(row.block_lots for row in officials),
        settled_trades=sum(row.settled_trades for row in settlements),
        days_balanced=sum(row.is_balanced for row in settlements),
        breaks=sum(len(row.breaks) for row in settlements),
        worst_close_difference_ticks=max((abs(row.close_difference_ticks or 0) for row in rows), default=0),
    )


class SeasonFiles:
    """Reads the day files of a data folder; a file is read again only when it has changed."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._kept: dict[Path, tuple[int, ExchangeDay | RegistryDay]] = {}

    def view(self, scenario: Scenario) -> SeasonView:
        """The season as the files tell it now."""
        bad: list[str] = []
        played = self._read("shanghai", ExchangeDay, bad)
        settled = self._read("wuhan", RegistryDay, bad)
        return season_view(scenario, played, settled, tuple(bad))

    def _read(self, city: str, kind: type[Day], bad: list[str]) -> dict[date, Day]:
        found: dict[date, Day] = {}
        for path in sorted((self._data / city / "days").glob("????-??-??.json")):
            try:
                changed_ns = path.stat().st_mtime_ns
                kept = self._kept.get(path)
                if kept is None or kept[0] != changed_ns:
                    kept = (changed_ns, msgspec.json.decode(path.read_bytes(), type=kind))
                    self._kept[path] = kept
            except (OSError, msgspec.MsgspecError):
                bad.append(f"{city}/days/{path.name}")
                continue
            if isinstance(kept[1], kind):
                found[kept[1].date] = kept[1]
        return found
