"""Replays a file of official days one after another, chaining our own closes into the next day's bases.

A contract's base is our own previous close; a vintage that was not there yesterday starts from our own
previous composite close. The first day of a file, or the first after missing days, has no previous close of
ours: the published one starts the chain and is not compared. One-way auctions make no price; their tonnes
are counted only. What is compared is said in compare.py.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from benchmarks.official.compare import compare_base, compare_change, compare_contract, is_left_out
from benchmarks.official.market import CapacityNeeded, Market
from benchmarks.official.opening import ContractPlan
from benchmarks.official.rows import OfficialDay, OfficialRow
from benchmarks.official.split import CannotSplit, Trade, block_trades, listed_trades
from benchmarks.official.tally import Tally
from benchmarks.official.trading import DayOutcome, expected_limits, play_day
from exchange.rulebook import (
    NATIONAL,
    CalendarError,
    composite_weights_on,
    contract_table,
    parameters_of,
    rules_on,
)
from exchange.rulebook.calendars import trading_calendar
from exchange.vocabulary.enums import ParameterId
from exchange.vocabulary.limits import MEMBER_FIRST

MarketFactory = Callable[[CapacityNeeded], Market]


class Totals(NamedTuple):
    """What a replay did."""

    rows: int
    commands: int
    trades: int
    auction_rows: int
    auction_lots: int
    state_hash: str
    tally: Tally


class Replay:
    """The chain of closes from day to day; the market itself is fresh every morning."""

    def __init__(self, factory: MarketFactory) -> None:
        self._factory = factory
        self._closes: dict[str, int] = {}
        self._composite_close: int | None = None
        self._contract_ids = {row.code: row.contract_id for row in contract_table().contract}
        self._previous_day: date | None = None
        self._hash = hashlib.sha256()
        self._commands = self._trades = self._rows = self._auction_rows = self._auction_lots = 0
        self.tally = Tally()

    def run(self, days: Iterable[OfficialDay]) -> Totals:
        """Replay all days in order."""
        for official in days:
            self._run_day(official)
        return Totals(
            self._rows,
            self._commands,
            self._trades,
            self._auction_rows,
            self._auction_lots,
            self._hash.hexdigest(),
            self.tally,
        )

    def _run_day(self, official: OfficialDay) -> None:
        self._rows += len(official.contracts) + (official.composite is not None)
        if self._is_gap_before(official.day):
            self._closes.clear()
            self._composite_close = None
        plans: dict[str, tuple[OfficialRow, ContractPlan]] = {}
        for row in official.contracts:
            self._auction_rows += row.auction_lots > 0
            self._auction_lots += row.auction_lots
            plan = self._plan(row)
            if plan is not None:
                plans[row.subject] = (row, plan)
        self._previous_day = official.day
        if not plans:
            return
        ordered = sorted((plan for _, plan in plans.values()), key=lambda plan: plan.contract_id)
        outcome = play_day(self._factory(_capacity(ordered)), official.day, ordered)
        self._commands += outcome.command_count
        self._trades += outcome.trade_count
        self._hash.update(official.day.isoformat().encode("ascii") + outcome.digest)
        for row, plan in plans.values():
            self._closes[row.subject] = compare_contract(self.tally, row, plan, outcome)
        self._go_on_from(official, plans, outcome)

    def _go_on_from(
        self, official: OfficialDay, plans: dict[str, tuple[OfficialRow, ContractPlan]], outcome: DayOutcome
    ) -> None:
        """Compare the composite close and chain it, unless one of its closes could not be replayed."""
        published = official.composite.close_ticks if official.composite is not None else None
        missing = len(plans) < len(official.contracts) or any(is_left_out(*pair) for pair in plans.values())
        self._composite_close = published if missing else outcome.composite["close_ticks"] or None
        if official.composite is not None and not missing:
            self.tally.compare(official.composite, "composite", published, outcome.composite["close_ticks"])

    def _is_gap_before(self, day: date) -> bool:
        """Whether trading days are missing before `day`; past the calendar's end none is taken to be."""
        if self._previous_day is None:
            return False
        try:
            return trading_calendar().previous_trading_day(day) != self._previous_day
        except CalendarError:
            return False

    def _plan(self, row: OfficialRow) -> ContractPlan | None:
        """What to trade for one row; None, with the reason noted, when its figures cannot be traded."""
        base = self._base(row)
        if base is None:
            self.tally.leave_out(row, "no base is known: no previous close of it is published")
            return None
        rules = rules_on(NATIONAL, row.day)
        weight = composite_weights_on(row.day).get(row.subject, 0)
        parameters = dict(parameters_of(rules, weight))
        lots_max = parameters[ParameterId.LISTED_QUANTITY_LOTS_MAX]
        block_min = parameters[ParameterId.BLOCK_QUANTITY_LOTS_MIN]
        lower, upper = expected_limits(base, parameters[ParameterId.BLOCK_BAND_PPM])
        listed = self._split(row, lambda: listed_trades(row, lots_max))
        prices = range(lower, upper + 1)
        blocks = self._split(row, lambda: block_trades(row.block_lots, row.block_fen, block_min, prices))
        return ContractPlan(
            self._contract_id(row.subject),
            row.subject,
            2000 + int(row.subject[3:]) if row.subject[3:] else 0,
            base,
            tuple(sorted(parameters.items())),
            tuple(listed),
            tuple(blocks),
        )

    def _split(self, row: OfficialRow, split: Callable[[], list[Trade]]) -> list[Trade]:
        """The trades, or none with the reason noted."""
        try:
            return split()
        except CannotSplit as reason:
            self.tally.leave_out(row, str(reason))
            return []

    def _contract_id(self, code: str) -> int:
        """The rulebook's id; a vintage that the rulebook does not know yet gets the next free one."""
        return self._contract_ids.setdefault(code, max(self._contract_ids.values()) + 1)

    def _base(self, row: OfficialRow) -> int | None:
        """The base by the rules, compared with everything published that depends on it."""
        own = self._closes.get(row.subject)
        if own is None and self._closes:
            own = self._composite_close  # a vintage that was not there yesterday
        if own is None:
            return self._first_base(row)
        compare_base(self.tally, row, own)
        return own

    def _first_base(self, row: OfficialRow) -> int | None:
        """The base with which a chain starts."""
        if row.previous_close_ticks:
            return row.previous_close_ticks
        for contract in contract_table().contract:
            if contract.code == row.subject and contract.listed_from == row.day and contract.first_base_ticks:
                compare_change(self.tally, row, contract.first_base_ticks)
                return contract.first_base_ticks
        return row.open_ticks if row.listed_lots == 0 else None


def _capacity(plans: list[ContractPlan]) -> CapacityNeeded:
    """Just enough for the day: a level for each price of the widest band, an order for each block."""
    widest = 2
    for plan in plans:
        lower, upper = expected_limits(plan.base_ticks, dict(plan.parameters)[ParameterId.LISTED_BAND_PPM])
        widest = max(widest, upper - lower + 1)
    blocks = sum(len(plan.blocks) for plan in plans)
    return CapacityNeeded(
        orders=_power_of_two(blocks + 16),
        levels=_power_of_two(widest),
        accounts=1024,
        contracts=max(plan.contract_id for plan in plans) + 1,
        logins=128,
        members=MEMBER_FIRST + 2,
        references=1024,
    )


def _power_of_two(least: int) -> int:
    return 1 << max(6, (least - 1).bit_length())
