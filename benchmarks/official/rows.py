"""Reads the official daily file: a row a day and subject, blanks kept as None, everything else integers."""

import csv
import re
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from exchange.vocabulary.units import parse_yuan

COMPOSITE_SUBJECT: Final = "COMCEA"
BLANKS: Final = frozenset({"", "-", "--"})
CONTRACT_CODE: Final = re.compile(r"CEA(\d{2})?")
COLUMNS: Final = (
    "date",
    "subject",
    "open",
    "high",
    "low",
    "close",
    "prev_close",
    "chg_pct",
    "listing_vol_t",
    "listing_amt_cny",
    "block_vol_t",
    "block_amt_cny",
    "auction_vol_t",
    "auction_amt_cny",
)


class MalformedFile(Exception):
    """The file is not in the official format; names the line, what was expected and what was found."""


class OfficialRow(NamedTuple):
    """One published row. None = left blank by the publisher, so nothing is compared with it."""

    line: int
    day: date
    subject: str
    open_ticks: int | None
    high_ticks: int | None
    low_ticks: int | None
    close_ticks: int | None
    previous_close_ticks: int | None
    change_basis_points: int | None  # of the previous close, as published with two decimals of a percent
    listed_lots: int
    listed_fen: int | None
    block_lots: int
    block_fen: int | None
    auction_lots: int
    auction_fen: int | None

    @property
    def name(self) -> str:
        """How a message names the row."""
        return f"{self.day} {self.subject}"


class OfficialDay(NamedTuple):
    """Everything published for one day."""

    day: date
    contracts: tuple[OfficialRow, ...]
    composite: OfficialRow | None


def read_days(path: Path) -> list[OfficialDay]:
    """All days of the file in order of date."""
    rows = sorted(_read_rows(path), key=lambda row: (row.day, row.subject))
    days = []
    for day, group in groupby(rows, key=lambda row: row.day):
        by_subject = {row.subject: row for row in group}
        composite = by_subject.pop(COMPOSITE_SUBJECT, None)
        days.append(OfficialDay(day, tuple(by_subject.values()), composite))
    return days


def _read_rows(path: Path) -> Iterator[OfficialRow]:
    seen: set[tuple[date, str]] = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise MalformedFile(f"{path.name}: expected the columns {COLUMNS}, found none named {missing}")
        for fields in reader:
            row = _row(reader.line_num, fields, path.name)
            if (row.day, row.subject) in seen:
                raise MalformedFile(f"{path.name} line {row.line}: expected {row.name} once, found it twice")
            seen.add((row.day, row.subject))
            yield row


def _row(line: int, fields: dict[str, str], name: str) -> OfficialRow:
    try:
        subject = fields["subject"].strip()
        if subject != COMPOSITE_SUBJECT and CONTRACT_CODE.fullmatch(subject) is None:
            raise ValueError(f"expected a subject CEA, CEAyy or {COMPOSITE_SUBJECT}, found {subject!r}")
        return OfficialRow(
            line=line,
            day=date.fromisoformat(fields["date"].strip()),
            subject=subject,
            open_ticks=_hundredths(fields["open"]) or None,  # a price of 0 is a blank, except high and low
            high_ticks=_hundredths(fields["high"]),
            low_ticks=_hundredths(fields["low"]),
            close_ticks=_hundredths(fields["close"]) or None,
            previous_close_ticks=_hundredths(fields["prev_close"]) or None,
            change_basis_points=_hundredths(fields["chg_pct"]),
            listed_lots=_lots(fields["listing_vol_t"]),
            listed_fen=_hundredths(fields["listing_amt_cny"]),
            block_lots=_lots(fields["block_vol_t"]),
            block_fen=_hundredths(fields["block_amt_cny"]),
            auction_lots=_lots(fields["auction_vol_t"]),
            auction_fen=_hundredths(fields["auction_amt_cny"]),
        )
    except (ValueError, AttributeError) as error:
        raise MalformedFile(f"{name} line {line}: {error}") from error


def _hundredths(text: str) -> int | None:
    """Fen, ticks or basis points of a decimal text; None for a blank."""
    return None if text.strip() in BLANKS else parse_yuan(text.strip())


def _lots(text: str) -> int:
    """Whole tonnes; a blank volume means that nothing of the kind was traded."""
    hundredths = _hundredths(text)
    if hundredths is None:
        return 0
    if hundredths < 0 or hundredths % 100:
        raise ValueError(f"expected whole tonnes, found {text!r}")
    return hundredths // 100
