"""One small case for every code that the kernel gives: the shortest acceptance table that has it.

Cases are found, not listed: a table that says `-> !REASON` claims that REASON can be reached, and running it
on the kernel shows that it is. What no plain table can say (a full market) is written here.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

import tests.tables
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import read
from exchange.vocabulary.rejects import RejectReason
from tests.tables.market import CAPACITY, TableMarket
from tests.tables.rows import Row, parse_row, parse_table
from tests.tables.subjects import new_subject


class Start(Enum):
    """How far the market is when a case begins."""

    EMPTY = 0
    DEFINED = 1
    TRADING = 2  # a whole table: its rows before `---` come before the opening positions


class Case(NamedTuple):
    """A table and where it begins."""

    name: str
    table: str
    names: dict[str, int | bytes]
    start: Start = Start.TRADING

    @property
    def rows(self) -> list[Row]:
        """Every row of it."""
        if self.start is not Start.TRADING:
            return _bare_rows(self.table)
        before, after = parse_table(self.table)
        return before + after

    def run(self) -> set[RejectReason]:
        """Run it on the kernel; the reasons that were given. Every row is compared, as in its own test."""
        subject = new_subject("kernel", CAPACITY)
        market = TableMarket(subject)
        market.names.update(self.names)
        given: set[RejectReason] = set()
        apply = subject.apply

        def note(record: bytes) -> list[tuple[int, bytes]]:
            events = apply(record)
            given.update(
                RejectReason(int(read(data)["reason"])) for _, data in events if data[3] == Kind.REJECTED
            )
            return events

        subject.apply = note  # type: ignore[method-assign]
        if self.start is Start.TRADING:
            market.run(self.table)
            return given
        if self.start is Start.DEFINED:
            market.define()
        for row in self.rows:
            market.run_row(row)
        return given


LISTING = "ann LISTING side=sell q=1 p=55.00"
FULL_MARKET = f"{LISTING} -> ACCEPTED\n" * CAPACITY.orders + f"{LISTING} -> !ORDER_CAPACITY"
FULL_LEVEL = (
    """
    exchange PARAMETER_SET contract=2 parameter_id=listed_quantity_lots_max parameter_value=20_000_000 -> ...
    exchange DEFINE_ACCOUNT account=1006 member_id=20 entity_id=5 eligibility=7                        -> ...
    wuhan OPENING_HOLDING account=1006 contract=2 available_lots=9_000_000_000                  -> nothing
    ---
    """
    + "zed LISTING account=1006 contract=2 side=sell q=20_000_000 p=80.00 -> ACCEPTED\n" * 214
    + "zed LISTING account=1006 contract=2 side=sell q=20_000_000 p=80.00 -> !LEVEL_CAPACITY"
)
UNOPENED = "exchange TICK -> !DAY_NOT_OPEN"


def every_case() -> Iterator[Case]:
    """Every table of the acceptance tests, and what is written here."""
    for found in pkgutil.iter_modules(tests.tables.__path__):
        if not found.name.startswith("test_"):
            continue
        module = importlib.import_module(f"tests.tables.{found.name}")
        names = getattr(module, "NAMES", {})
        for value in vars(module).values():
            if isinstance(value, dict) and value and all(_is_table(text) for text in value.values()):
                for title, table in value.items():
                    yield Case(f"{found.name}: {title}", table, names)
    opening = importlib.import_module("tests.tables.test_opening")
    yield Case("test_opening", opening.ROWS, {}, Start.DEFINED)
    yield Case("no day is open", UNOPENED, {}, Start.EMPTY)
    yield Case("a full market", FULL_MARKET, {})
    yield Case("a full price level", FULL_LEVEL, {})


def shortest_cases() -> dict[RejectReason, Case]:
    """For every reason that a row expects, the case with the fewest rows."""
    shortest: dict[RejectReason, Case] = {}
    for case in sorted(every_case(), key=lambda case: len(case.rows)):
        for row in case.rows:
            for part in row.events:
                if part.kind is Kind.REJECTED and "reason" in part.fields:
                    shortest.setdefault(RejectReason[part.fields["reason"].upper()], case)
    return shortest


def _is_table(value: object) -> bool:
    return isinstance(value, str) and "->" in value


def _bare_rows(text: str) -> list[Row]:
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [parse_row(line) for line in lines if line]
