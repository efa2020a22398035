"""Derive a season's table (tonnes and prices by day, integers) from the official daily file.

`python -m tools.derive_season --csv FILE > exchange/rulebook/scenarios/season_2021_days.csv`. The official
file (S-DATA: the exchange's public daily data) is not part of this repository; derived from it are the
figures that a scenario is measured against, in lots and ticks. No order-level data exists in public.
"""

import argparse
import csv
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from exchange.rulebook.scenarios.model import DAY_COLUMNS
from exchange.vocabulary.units import parse_yuan, round_half_up

FIRST = date(2021, 11, 1)
LAST = date(2022, 1, 31)
CONTRACT = "CEA"


def derive(official: Path, contract: str, first: date, last: date) -> str:
    """The table's text for one contract and the days from `first` to `last`."""
    lines = [
        f"# Derived by tools/derive_season.py: {contract}, {first} to {last}, one row a trading day.",
        "# Source: S-DATA, public daily data of the Shanghai Environment and Energy Exchange.",
        "# Units: lots of 1 t, ticks of 0.01 CNY a tonne; block_mean_ticks: half up, 0 = no block.",
        ",".join(DAY_COLUMNS),
    ]
    lines += [",".join(row) for row in _rows(official, contract, first, last)]
    return "\n".join(lines) + "\n"


def _rows(official: Path, contract: str, first: date, last: date) -> Iterator[list[str]]:
    with official.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["subject"] == contract and first <= date.fromisoformat(row["date"]) <= last:
                yield [row["date"], *map(str, _figures(row))]


def _figures(row: dict[str, str]) -> list[int]:
    block_lots = int(row["block_vol_t"])
    block_mean = round_half_up(parse_yuan(row["block_amt_cny"]), block_lots) if block_lots else 0
    prices = [parse_yuan(row[column]) for column in ("prev_close", "open", "high", "low", "close")]
    return [int(row["listing_vol_t"]), block_lots, *prices, block_mean]


def main() -> None:
    """Write the table to standard output."""
    parser = argparse.ArgumentParser(description="Derive a season's table from the official daily file.")
    parser.add_argument("--csv", type=Path, required=True, help="official daily file")
    parser.add_argument("--contract", default=CONTRACT)
    parser.add_argument("--first", type=date.fromisoformat, default=FIRST)
    parser.add_argument("--last", type=date.fromisoformat, default=LAST)
    options = parser.parse_args()
    sys.stdout.write(derive(options.csv, options.contract, options.first, options.last))


if __name__ == "__main__":
    main()
