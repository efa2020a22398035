"""The day's figures as a file: collected from the kernel's events, read as the next day's base prices."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from exchange.engine.files import Files, write_atomically
from exchange.engine.settings import EngineSettings
from exchange.errors import CorruptionError, UsageError
from exchange.rulebook import contracts_on
from exchange.rulebook.calendars import trading_calendar
from exchange.vocabulary.enums import Method
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import Records


class ContractFigures(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One contract's day; prices in ticks, 0 = no trade. Listed: the book's, whatever its matching rule."""

    contract_id: int
    base: int = 0
    open: int = 0
    high: int = 0
    low: int = 0
    close: int = 0
    listed_lots: int = 0
    listed_fen: int = 0
    block_lots: int = 0
    block_fen: int = 0
    one_way_lots: int = 0
    one_way_fen: int = 0
    lower: int = 0
    upper: int = 0


class CompositeFigures(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The composite price's day; prices in ticks."""

    open: int = 0
    high: int = 0
    low: int = 0
    close: int = 0


class DayFile(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Shanghai's figures of one day. `confirmed`: the registry cleared to the same result and delivered."""

    date: date
    trades: int = 0
    tonnes: int = 0
    listed_tonnes: int = 0
    block_tonnes: int = 0
    one_way_tonnes: int = 0
    amount_fen: int = 0
    contracts: dict[str, ContractFigures] = {}
    composite: CompositeFigures = msgspec.field(default_factory=CompositeFigures)
    last_sequence: int = 0
    digest: str = ""
    confirmed: bool = False
    expired: tuple[int, ...] = ()  # contracts that are not listed any more from the next day on


class FiguresCollector:
    """Takes the day's figures from the kernel's events, live or replayed."""

    def __init__(self, day: date, codes: Mapping[int, str], expired: Iterable[int] = ()) -> None:
        self._contracts = {contract_id: ContractFigures(contract_id=contract_id) for contract_id in codes}
        self._codes = codes
        self.file = DayFile(date=day, expired=tuple(sorted(expired)))

    def take(self, event: Records) -> None:
        """One event that tells a figure (others are none of its business)."""
        match Kind(int(event["kind"])):
            case Kind.BAND:
                figures = self._contracts[int(event["contract_id"])]
                figures.base = int(event["base_price_ticks"])
                figures.lower, figures.upper = int(event["lower_ticks"]), int(event["upper_ticks"])
            case Kind.DAY_FIGURES:
                self._take_figures(event)
            case Kind.COMPOSITE:
                names = ("open", "high", "low", "close")
                self.file.composite = CompositeFigures(**{n: int(event[f"{n}_ticks"]) for n in names})
            case Kind.CONTRACT_EXPIRES:
                self.file.expired = tuple(sorted({*self.file.expired, int(event["contract_id"])}))
            case Kind.SEAL_TOTALS:
                self.file.trades = int(event["match_count"])
                self.file.tonnes = int(event["tonnes_lots"])
                self.file.amount_fen = int(event["amount_fen"])
            case _:
                pass

    def _take_figures(self, event: Records) -> None:
        figures = self._contracts[int(event["contract_id"])]
        lots, fen = int(event["volume_lots"]), int(event["turnover_fen"])
        if event["figure_method"] == Method.BLOCK:
            figures.block_lots, figures.block_fen = lots, fen
            self.file.block_tonnes += lots
            return
        if event["figure_method"] == Method.ONE_WAY:
            figures.one_way_lots, figures.one_way_fen = lots, fen
            self.file.one_way_tonnes += lots
            return
        figures.listed_lots, figures.listed_fen = lots, fen
        figures.open, figures.high = int(event["open_ticks"]), int(event["high_ticks"])
        figures.low, figures.close = int(event["low_ticks"]), int(event["close_ticks"])
        self.file.listed_tonnes += lots

    def write(
        self, files: Files, path: Path, *, last_sequence: int, digest: str, is_confirmed: bool
    ) -> DayFile:
        """Write the file, whole or not at all; writing it again after a restart changes nothing."""
        self.file.contracts = {self._codes[key]: value for key, value in self._contracts.items()}
        self.file.last_sequence, self.file.digest, self.file.confirmed = last_sequence, digest, is_confirmed
        files.make_folder(path.parent)
        write_atomically(files, path, msgspec.json.format(msgspec.json.encode(self.file), indent=1))
        return self.file


def read_day_file(files: Files, path: Path) -> DayFile | None:
    """The figures of a day; None when the file is not there."""
    if path.name not in files.names(path.parent):
        return None
    try:
        return msgspec.json.decode(files.read(path), type=DayFile)
    except msgspec.MsgspecError as error:
        raise CorruptionError(str(path), "the figures of a trading day", error) from error


def first_trading_day(settings: EngineSettings) -> date:
    """The season's first day, or the first trading day after it."""
    calendar, first = trading_calendar(), settings.first_day
    return first if calendar.is_trading_day(first) else calendar.next_trading_day(first)


class Listed(NamedTuple):
    """What is listed on a day: base price by contract id, and the contracts that have expired before."""

    bases: dict[int, int]
    expired: tuple[int, ...]


def listed_on(settings: EngineSettings, files: Files, day: date) -> Listed:
    """Base price of every contract of a day: the close of the day before; first day: as the settings say.

    A contract that did not trade the day before starts from that day's composite close (rulebook §1.3); one
    that has expired is not listed again.
    """
    contracts = contracts_on(settings.profile, day)
    if day > first_trading_day(settings):
        file = _confirmed_file(settings, files, day)
        known = {row.contract_id: row.close for row in file.contracts.values()}
        left = [row for row in contracts if row.contract_id not in file.expired]
        if not left:
            raise UsageError(f"every contract has expired before {day}", "begin a season that has one")
        bases = {row.contract_id: known.get(row.contract_id, file.composite.close) for row in left}
        return Listed(bases, file.expired)
    bases = {
        row.contract_id: settings.opening_bases.get(row.contract_id, row.first_base_ticks or 0)
        for row in contracts
    }
    missing = [row.code for row in contracts if not bases[row.contract_id]]
    if missing:
        raise UsageError(f"no base price is known for {missing} on {day}", "give it in opening_bases")
    return Listed(bases, ())


def _confirmed_file(settings: EngineSettings, files: Files, day: date) -> DayFile:
    previous = trading_calendar().previous_trading_day(day)
    path = settings.day_file(previous)
    file = read_day_file(files, path)
    if file is None or not file.confirmed:
        found = "an unconfirmed one" if file else "none"
        raise UsageError(
            f"the base prices of {day} are the closes of {previous}: expected {path}, found {found}",
            "restore the file from a copy, or begin anew with --fresh",
        )
    return file
