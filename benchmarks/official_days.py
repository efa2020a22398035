"""Official daily figures through the kernel: `python -m benchmarks.official_days --csv FILE [--json]`.

For every contract and day of the file, funded members trade the published tonnes and amounts through
ordinary commands: listings and takes (first at the published open, one at the high, one at the low), blocks
as blocks. Then open, high, low, close, limits, base and composite close are compared with what was
published; benchmarks/official/compare.py says exactly how. The last line is one JSON object; `--json`
prints nothing else. Exit code 0: no mismatch.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from benchmarks.official.market import KernelMarket
from benchmarks.official.rows import MalformedFile, OfficialDay, read_days
from benchmarks.official.season import Replay, Totals
from exchange.errors import TwoCityError

DIFFERENCES_SHOWN_MAX = 50


def main() -> None:
    """Replay one file and say what differs."""
    parser = argparse.ArgumentParser(description="Replay official daily figures through the kernel.")
    parser.add_argument("--csv", type=Path, required=True, help="official daily file")
    parser.add_argument("--json", action="store_true", help="print the last line only")
    options = parser.parse_args()
    try:
        days = read_days(options.csv)
        started = time.perf_counter()
        totals = Replay(KernelMarket).run(days)
    except (MalformedFile, OSError, TwoCityError) as error:
        sys.exit(f"{options.csv}: {error}")
    if not options.json:
        for line in report(days, totals, time.perf_counter() - started):
            print(line)
    print(json.dumps(last_line(totals)))
    sys.exit(1 if any(totals.tally.mismatches.values()) else 0)


def last_line(totals: Totals) -> dict[str, object]:
    """The machine-readable result."""
    return {
        "rows": totals.rows,
        "commands": totals.commands,
        "trades": totals.trades,
        "state_hash": totals.state_hash,
        "mismatches": totals.tally.mismatches,
        "listed_exceptions": len(totals.tally.excused),
    }


def report(days: list[OfficialDay], totals: Totals, seconds: float) -> list[str]:
    """What a person reads above the last line."""
    if not days:
        return ["no days in the file"]
    lines = [f"{len(days)} days from {days[0].day} to {days[-1].day}, replayed in {seconds:.1f} s"]
    lines += [f"compared {field}: {count}" for field, count in totals.tally.compared.items()]
    if totals.auction_rows:
        lines.append(
            f"one-way auctions: {totals.auction_lots} t in {totals.auction_rows} rows; they make no price"
        )
    lines += [f"exception: {text}" for text in totals.tally.excused]
    shown = totals.tally.differences[:DIFFERENCES_SHOWN_MAX]
    lines += [f"MISMATCH {d.row} {d.field}: published {d.published}, found {d.found}" for d in shown]
    hidden = len(totals.tally.differences) - len(shown)
    return [*lines, f"and {hidden} more mismatches"] if hidden else lines


if __name__ == "__main__":
    main()
