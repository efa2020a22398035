"""From a sealed day to its statements: `python -m benchmarks.day_end --trades N [--days D] [--check]`.

Wuhan's core on a SQLite store (WAL, synchronous=FULL), 4,000 accounts, 7 contracts, trades between random
pairs: the worst for serial numbers, since hardly two blocks ever lie side by side. The clock runs from the
last record of the seal to STATED: clearing, the result to the other process, its own recomputation, delivery
with serials, statements, reconciliation. Storing the trades as they come is not in it.
"""

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.day_end_exchange import ACCOUNTS, CONTRACTS, FIRST_ACCOUNT, run_exchange
from benchmarks.kernel_start import machine, versions
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.records import EVENT
from settlement.city import City
from settlement.instructions import Instruction, Send
from settlement.ledger.check import check_ledger
from settlement.operations.audit import check_audit
from settlement.registry.accounts import Holder
from settlement.season import Season
from settlement.serials.check import check_serials
from settlement.store.breaks import open_breaks, read_reports
from settlement.store.database import Store
from settlement.store.days import newest_day

RESULTS: Final = Path(__file__).parent / "results" / "day_end.json"
OPENING_LOTS: Final = 1_000_000
OPENING_CASH_FEN: Final = 100_000_000_000
CHUNK: Final = 131_072 * 64  # bytes given to the core at a time while the market trades
CODES: Final = {number: f"V{number}" for number in range(1, CONTRACTS + 1)}
MIB: Final = 1024


class Town:
    """Wuhan's core in this process, and the exchange in the other."""

    def __init__(self, folder: Path, exchange: Connection) -> None:
        self.folder = folder
        lots = dict.fromkeys(CODES, OPENING_LOTS)
        people = tuple(
            Holder(
                1 + i, FIRST_ACCOUNT + i, 16 + i, "noise", f"示例 {i}", f"Sample {i}", lots, OPENING_CASH_FEN
            )
            for i in range(ACCOUNTS)
        )
        self.store = Store.open(folder / "wuhan.sqlite")
        self.city = City(self.store, Season("bench", ACCOUNTS, people, lambda day: CODES, folder))
        self._exchange = exchange
        self._next = 1

    def play(self) -> float:
        """One day; gives the seconds from the seal to STATED."""
        self._next = 1
        self._obey(self.city.line_opened())
        self._take(self._ask("open"))
        reports = self._ask("trade")
        for start in range(0, len(reports), CHUNK):
            self._take(reports[start : start + CHUNK])
        balances, totals = self._ask("seal")
        self._take(balances)
        started = time.perf_counter()
        self._take(totals)
        seconds = time.perf_counter() - started
        day = newest_day(self.store)
        assert day is not None and day.stage is Stage.STATED, f"expected STATED, found {day}"
        return seconds

    def figures(self, trades: int, seconds: float) -> dict[str, Any]:
        """What the day came to."""
        store, day = self.store, newest_day(self.store)
        assert day is not None
        of_day = "SELECT COUNT(*) FROM ledger_entry WHERE trading_day = ?"
        postings = (
            "SELECT COUNT(*) FROM ledger_posting p JOIN ledger_entry e ON e.entry_id = p.entry_id"
            " WHERE e.trading_day = ?"
        )
        report = read_reports(store)[-1]
        return {
            "trades": trades,
            "store": "sqlite",
            "durability": "synchronous=FULL",
            "seconds": round(seconds, 2),
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MIB,
            "entries": store.number(of_day, (day.trading_day,)),
            "postings": store.number(postings, (day.trading_day,)),
            "blocks": store.number("SELECT COUNT(*) FROM serial_block WHERE to_entry_id IS NULL"),
            "statements": sum(1 for _ in max((self.folder / "statements").iterdir()).iterdir()),
            "breaks": len(open_breaks(store)),
            "conserved": report.units_conserved and report.cash_conserved,
        }

    def check(self) -> float:
        """Seconds in which everything is proven from the first entry on."""
        started = time.perf_counter()
        check_ledger(self.store)
        check_serials(self.store)
        check_audit(self.store)
        return time.perf_counter() - started

    def _ask(self, word: str, data: bytes = b"") -> Any:
        self._exchange.send((word, data))
        return self._exchange.recv()

    def _take(self, data: bytes) -> None:
        events = np.frombuffer(data, EVENT)
        first, self._next = self._next, self._next + len(events)
        self._obey(self.city.take(first, events))

    def _obey(self, instructions: list[Instruction]) -> None:
        for instruction in instructions:
            if isinstance(instruction, Send) and (answer := self._ask("hear", instruction.data)):
                self._take(answer)


@contextmanager
def new_town(trades: int) -> Iterator[Town]:
    """Both processes on an empty store."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    exchange = context.Process(target=run_exchange, args=(there, trades))
    exchange.start()
    with tempfile.TemporaryDirectory() as folder:
        town = Town(Path(folder), here)
        try:
            yield town
        finally:
            here.send(None)
            exchange.join(30)
            town.store.close()


def measure(trades: int, days: int, is_checked: bool) -> list[dict[str, Any]]:
    """One run of consecutive days on one store."""
    found: list[dict[str, Any]] = []
    with new_town(trades) as town:
        found += [town.figures(trades, town.play()) for _ in range(days)]
        if is_checked:
            found[-1]["check_seconds"] = round(town.check(), 2)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the day end.")
    parser.add_argument("--trades", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=1, help="consecutive days on one store, a line each")
    parser.add_argument("--repeats", type=int, default=1, help="runs, each on a store of its own: the median")
    parser.add_argument("--check", action="store_true", help="prove the store as well, and time it")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/day_end.json")
    parser.add_argument("--json", action="store_true", help="one JSON object a day")
    given = parser.parse_args()
    measured_on = machine()  # before the work, so that its own load is not taken for another's
    runs = [measure(given.trades, given.days, given.check) for _ in range(given.repeats)]
    days = [_median_of(rows) for rows in zip(*runs, strict=True)]
    for told in days:
        words = "  ".join(f"{name} {value}" for name, value in told.items())
        sys.stdout.write((json.dumps(told) if given.json else words) + "\n")
    if given.save:
        kept = {f"day {number}": told for number, told in enumerate(days, 1)}
        about = {"repeats": given.repeats, "machine": measured_on, "versions": versions()}
        RESULTS.write_text(json.dumps({**kept, **about}, indent=2) + "\n", encoding="utf-8")


def _median_of(rows: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    """One day of several runs: the median of its seconds, the highest of its peaks."""
    told = dict(rows[-1], seconds=statistics.median(row["seconds"] for row in rows))
    told["peak_mib"] = max(row["peak_mib"] for row in rows)
    return told


if __name__ == "__main__":
    main()
