"""The committed published days, written in the official file's format, and the reference as a market."""

import csv
from collections.abc import Iterable
from pathlib import Path

from benchmarks.official.market import CapacityNeeded
from benchmarks.official.rows import COLUMNS
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.units import format_yuan
from tests.reference import Capacity, Reference, canonical_digest

WINDOWS = Path(__file__).resolve().parents[2] / "data" / "official_windows.csv"
MONEY = {
    "open": "open",
    "high": "high",
    "low": "low",
    "close": "close",
    "prev_close": "previous_close",
    "chg_pct": "change",
    "listing_amt_cny": "listed_fen",
    "block_amt_cny": "block_fen",
    "auction_amt_cny": "auction_fen",
}
TONNES = {"listing_vol_t": "listed_lots", "block_vol_t": "block_lots", "auction_vol_t": "auction_lots"}
Row = dict[str, str]


class ReferenceMarket:
    """The plain-Python model behind the same face as the kernel."""

    def __init__(self, needed: CapacityNeeded) -> None:
        self._reference = Reference(Capacity(*needed))

    def apply(self, commands: bytes) -> bytes:
        starts = range(0, len(commands), RECORD_BYTES)
        records = (commands[start : start + RECORD_BYTES] for start in starts)
        return b"".join(event for record in records for _, event in self._reference.apply(record))

    def digest(self) -> bytes:
        return canonical_digest(self._reference.market)


def windows() -> dict[str, list[Row]]:
    """Rows of each window, in our own integer form."""
    lines = [line for line in WINDOWS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found: dict[str, list[Row]] = {}
    for row in csv.DictReader(lines):
        found.setdefault(row.pop("window"), []).append(row)
    return found


def write_official(path: Path, rows: Iterable[Row]) -> Path:
    """The rows as the publisher's file has them: decimals, blanks kept."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in rows:
            money = {column: row[ours] and format_yuan(int(row[ours])) for column, ours in MONEY.items()}
            tonnes = {column: row[ours] for column, ours in TONNES.items()}
            writer.writerow({"date": row["date"], "subject": row["subject"]} | money | tonnes)
    return path
