"""Counts what differs from the published figures; excuses only what the exceptions file lists to the tick."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from benchmarks.official.rows import OfficialRow
from exchange.rulebook.files import load_toml

FIELDS: Final = ("open", "high", "low", "close", "limits", "base", "composite")
EXCEPTIONS_FILE: Final = Path(__file__).parent / "exceptions.toml"


class KnownException(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published figure that contradicts the rules, with both numbers."""

    date: date
    subject: str
    field: str
    published_ticks: int
    computed_ticks: int
    source: str
    explanation: str


class ExceptionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    exception: tuple[KnownException, ...]


class Difference(NamedTuple):
    """One comparison that failed."""

    row: str
    field: str
    published: str
    found: str


class Tally:
    """Comparisons made, differences by field, and the rows excused or left out with a reason each."""

    def __init__(self) -> None:
        self.mismatches: dict[str, int] = dict.fromkeys(FIELDS, 0)
        self.differences: list[Difference] = []
        self.excused: list[str] = []
        self.compared: dict[str, int] = dict.fromkeys(FIELDS, 0)

    def compare(self, row: OfficialRow, field: str, published: int | None, found: int) -> None:
        """Compare one figure in ticks; a blank is not compared, a listed exception is excused."""
        if published is None:
            return
        self.compared[field] += 1
        if published == found:
            return
        for known in known_exceptions():
            if (known.date, known.subject, known.field) == (row.day, row.subject, field) and (
                known.published_ticks,
                known.computed_ticks,
            ) == (published, found):
                self.excused.append(f"{row.name} {field}: {known.explanation} ({known.source})")
                return
        self.differ(row, field, str(published), str(found))

    def hold(self, row: OfficialRow, field: str, holds: bool, expected: str, found: str) -> None:
        """Count a check that is not a comparison of two figures."""
        self.compared[field] += 1
        if not holds:
            self.differ(row, field, expected, found)

    def differ(self, row: OfficialRow, field: str, published: str, found: str) -> None:
        """Record a difference."""
        self.mismatches[field] += 1
        self.differences.append(Difference(row.name, field, published, found))

    def leave_out(self, row: OfficialRow, reason: str) -> None:
        """Record a row that could not be replayed at all."""
        self.excused.append(f"{row.name}: not replayed: {reason}")


@cache
def known_exceptions() -> tuple[KnownException, ...]:
    """The committed list."""
    return load_toml(EXCEPTIONS_FILE, ExceptionFile).exception
