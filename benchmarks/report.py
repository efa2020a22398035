"""Write the measured numbers into the documents: `python -m benchmarks.report [--check]`.

Every benchmark leaves one file in benchmarks/results. The tables in the READMEs are made from those files and
from nothing else, so a number that nobody measured cannot stand there; a test fails when the two differ.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.marked_block import read_block, replace_block

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
BLOCK = "numbers"
MACHINE_KEYS = ("machine", "versions")
TEXT_CHARACTERS_MAX = 60  # longer texts are hashes and explanations: they stay in the results file
#: A group of measurements that all have the first of these becomes a table of its own, one row each.
COLUMNS = {
    "ns_per_command": "ns per command",
    "yardstick_ns": "bare book, ns",
    "ratio": "ratio",
    "trades": "trades",
    "live_orders": "live orders",
}
NOTHING_YET = "No results have been recorded yet; `make bench` writes them."


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the measured numbers into the documents.")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail where a page is out of date"
    )
    check = parser.parse_args().check
    body = render(RESULTS)
    stale = [page for page in PAGES if read_block(page.read_text(encoding="utf-8"), BLOCK) != body]
    if check and stale:
        sys.exit(f"out of date: {', '.join(page.name for page in stale)}; run python -m benchmarks.report")
    for page in stale:
        page.write_text(replace_block(page.read_text(encoding="utf-8"), BLOCK, body), encoding="utf-8")


def render(results: Path) -> str:
    """Return one table per results file, in the order of their names."""
    parts = [render_file(path) for path in sorted(results.glob("*.json"))]
    return "\n\n".join(parts) if parts else NOTHING_YET


def render_file(path: Path) -> str:
    """Return the tables of one benchmark, under the machine it was measured on.

    A row per single measure; a table of its own for every group of like measurements.
    """
    result = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(result, dict):
        raise ValueError(f"{path}: expected one JSON object, found {type(result).__name__}")
    lines = [f"**{path.stem}** ({_machine(result)})"]
    measures = {key: value for key, value in result.items() if key not in MACHINE_KEYS}
    groups = {key: value for key, value in measures.items() if _is_group(value)}
    for key, group in groups.items():
        lines += ["", *_group_table(key.replace("_", " "), group)]
    singles = list(_rows({key: value for key, value in measures.items() if key not in groups}))
    if singles:
        lines += [
            "",
            "| measure | value |",
            "|---|---:|",
            *(f"| {name} | {text} |" for name, text in singles),
        ]
    return "\n".join(lines)


def _is_group(value: object) -> bool:
    """Whether a value holds like measurements, each with the first of the columns."""
    first = next(iter(COLUMNS))
    return (
        isinstance(value, dict)
        and bool(value)
        and all(isinstance(row, dict) and first in row for row in value.values())
    )


def _group_table(title: str, group: dict[str, dict[str, Any]]) -> Iterator[str]:
    """One row per measurement, with the columns that all of them have."""
    columns = [key for key in COLUMNS if all(key in row for row in group.values())]
    yield f"| {title} | {' | '.join(COLUMNS[key] for key in columns)} |"
    yield "|---|" + "---:|" * len(columns)
    for name, row in group.items():
        yield f"| {name} | {' | '.join(format_number(row[key]) for key in columns)} |"


def _rows(measures: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield name and text of every single value; lists (histograms, repeats) stay in the results file."""
    for key, value in measures.items():
        name = f"{prefix}{key.replace('_', ' ')}"
        if isinstance(value, dict):
            yield from _rows(value, f"{name}, ")
        elif isinstance(value, int | float):
            yield name, format_number(value)
        elif isinstance(value, str) and len(value) <= TEXT_CHARACTERS_MAX:
            yield name, value.replace("|", "/")


def format_number(value: float) -> str:
    """Return whole numbers with separators, and others with three significant digits and no exponent."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{float(f'{value:.3g}'):,f}".rstrip("0").rstrip(".")


def _machine(result: dict[str, Any]) -> str:
    """Return machine and versions as one line; a benchmark must say both."""
    parts: list[str] = []
    for key in MACHINE_KEYS:
        value = result.get(key)
        if isinstance(value, dict):
            parts += [f"{name} {text}" for name, text in value.items() if not isinstance(text, dict | list)]
        elif value is not None:
            parts.append(str(value))
    if not parts:
        raise ValueError(f"a result must name its machine and versions; found neither among {sorted(result)}")
    return ", ".join(part.replace("|", "/") for part in parts)


if __name__ == "__main__":
    main()
