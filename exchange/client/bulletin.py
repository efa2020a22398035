"""The day's official bulletin from its public stream: what anybody may know of a day, of no member anything.

Two tables, each as CSV and Parquet. Figures: a row for each contract and one for the composite price, in the
columns of the market's published daily data (yuan with two decimals, tonnes), with trades and limits behind
them; in Parquet the same as whole ticks, lots and fen. Halts: every halt, resumption and breaker, in order.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct

from exchange.client.decode import decode_events
from exchange.client.events import Band, BreakerState, Composite, DayFigures, HaltChanged, StreamOpened
from exchange.client.words import BREAKER_STATES, HALT_REASONS, LEVELS, word
from exchange.vocabulary.enums import Level, Method
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import Records
from exchange.vocabulary.units import format_yuan, round_half_up, trading_day_date

COMPOSITE: Final = "COMCEA"
BASIS_POINTS: Final = 10_000
#: what of a public stream a bulletin is made of
KINDS: Final = (
    Kind.STREAM_OPENED,
    Kind.BAND,
    Kind.DAY_FIGURES,
    Kind.COMPOSITE,
    Kind.HALT_CHANGED,
    Kind.BREAKER_STATE,
)
FIGURE_COLUMNS: Final = (
    *("date", "subject", "open", "high", "low", "close", "prev_close", "chg_pct"),
    *("listing_vol_t", "listing_amt_cny", "block_vol_t", "block_amt_cny", "auction_vol_t", "auction_amt_cny"),
    *("listing_trades", "block_trades", "auction_trades", "limit_down", "limit_up"),
)
HALT_COLUMNS: Final = ("time", "subject", "what", "reason", "until")


class NotClosed(Exception):
    """The stream does not hold the day's figures yet."""


class Volume(Struct):
    """What one method traded."""

    trades: int = 0
    lots: int = 0
    fen: int = 0


class Figures(Struct):
    """One contract's day, or the composite's. 0 = none."""

    subject: str
    listed: Volume
    block: Volume
    one_way: Volume
    open_ticks: int = 0
    high_ticks: int = 0
    low_ticks: int = 0
    close_ticks: int = 0
    base_ticks: int = 0
    lower_ticks: int = 0
    upper_ticks: int = 0

    @property
    def change_basis_points(self) -> int:
        """Close against base, in hundredths of a percent, rounded half up away from 0."""
        if not self.base_ticks:
            return 0
        rise = self.close_ticks - self.base_ticks
        size = round_half_up(abs(rise) * BASIS_POINTS, self.base_ticks)
        return size if rise >= 0 else -size


class Happening(Struct, frozen=True):
    """A halt, a resumption, or a move of a breaker."""

    time_ns: int
    subject: str  # a contract's code, or MARKET
    what: str
    reason: str
    until_ns: int  # 0 = unknown


class Bulletin(Struct, frozen=True):
    """One day."""

    day: date
    figures: tuple[Figures, ...]  # contracts by id, then the composite
    happenings: tuple[Happening, ...]


def wanted(records: Records) -> Records:
    """The few records of a stream's part that a bulletin is made of."""
    words = records.view(np.uint64).reshape(-1, records.itemsize // 8)
    return words[np.isin(records["kind"], KINDS)].reshape(-1).view(records.dtype)


def bulletin_of(records: Records, codes: Mapping[int, str]) -> Bulletin:
    """The bulletin of a whole public stream. `codes` by contract id. NotClosed before the day's figures."""
    maker = _Maker(codes)
    for event in decode_events(wanted(records)):
        maker.take(event)
    return maker.bulletin()


class _Maker:
    """Takes the stream's events; what is said again later replaces what was said before."""

    def __init__(self, codes: Mapping[int, str]) -> None:
        self._codes = codes
        self._day: date | None = None
        self._contracts: dict[int, Figures] = {}
        self._composite: Composite | None = None
        self._happenings: list[Happening] = []

    def take(self, event: object) -> None:
        """One event."""
        match event:
            case StreamOpened():
                self._day = trading_day_date(event.trading_day)
            case Band():
                figures = self._of(event.contract_id)
                figures.base_ticks = event.base_price_ticks
                figures.lower_ticks, figures.upper_ticks = event.lower_ticks, event.upper_ticks
            case DayFigures():
                self._take_figures(event)
            case Composite():
                self._composite = event
            case HaltChanged():
                self._take_halt(event)
            case BreakerState():
                state = word(BREAKER_STATES, event.breaker_state, "en")
                subject = self._code(event.contract_id)
                self._note(event.time_ns, subject, state, "circuit breaker", event.next_change_ns)

    def bulletin(self) -> Bulletin:
        """The day, once its figures are there."""
        if self._day is None or self._composite is None:
            raise NotClosed(f"the figures of {self._day or 'the day'} are not published yet")
        contracts = [self._contracts[contract_id] for contract_id in sorted(self._contracts)]
        total = Figures(
            COMPOSITE,
            _sum(row.listed for row in contracts),
            _sum(row.block for row in contracts),
            _sum(row.one_way for row in contracts),
            self._composite.open_ticks,
            self._composite.high_ticks,
            self._composite.low_ticks,
            self._composite.close_ticks,
        )
        return Bulletin(self._day, (*contracts, total), tuple(self._happenings))

    def _take_figures(self, event: DayFigures) -> None:
        figures = self._of(event.contract_id)
        volume = Volume(event.trade_count, event.volume_lots, event.turnover_fen)
        match event.figure_method:
            case Method.BLOCK:
                figures.block = volume
            case Method.ONE_WAY:
                figures.one_way = volume
            case _:  # the book, whatever its matching rule
                figures.listed = volume
                figures.open_ticks, figures.close_ticks = event.open_ticks, event.close_ticks
                figures.high_ticks, figures.low_ticks = event.high_ticks, event.low_ticks

    def _take_halt(self, event: HaltChanged) -> None:
        is_market = event.level == Level.MARKET
        subject = word(LEVELS, event.level, "en").upper() if is_market else self._code(event.subject_id)
        what = "halted" if event.is_halted else "resumed"
        reason = word(HALT_REASONS, event.halt_reason, "en") if event.is_halted else ""
        self._note(event.time_ns, subject, what, reason, event.expected_ns)

    def _note(self, time_ns: int, subject: str, what: str, reason: str, until_ns: int) -> None:
        self._happenings.append(Happening(time_ns, subject, what, reason, until_ns))

    def _of(self, contract_id: int) -> Figures:
        made = Figures(self._code(contract_id), Volume(), Volume(), Volume())
        return self._contracts.setdefault(contract_id, made)

    def _code(self, contract_id: int) -> str:
        return self._codes.get(contract_id, str(contract_id))


def _sum(volumes: Iterable[Volume]) -> Volume:
    rows = list(volumes)
    return Volume(sum(v.trades for v in rows), sum(v.lots for v in rows), sum(v.fen for v in rows))


# ---- files


def write_bulletin(bulletin: Bulletin, folder: Path) -> list[Path]:
    """Write the four files, each whole or not at all; writing them again changes nothing."""
    import pyarrow.parquet as parquet

    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / bulletin.day.isoformat()
    halts = folder / f"{bulletin.day.isoformat()}-halts"
    written = []
    for path, rows, table in (
        (stem, figure_lines(bulletin), figures_table(bulletin)),
        (halts, halt_lines(bulletin), halts_table(bulletin)),
    ):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        buffer = io.BytesIO()
        parquet.write_table(table, buffer)
        for suffix, data in ((".csv", text.getvalue().encode()), (".parquet", buffer.getvalue())):
            whole = path.with_name(path.name + suffix)
            beside = whole.with_name(whole.name + ".new")
            beside.write_bytes(data)
            beside.replace(whole)
            written.append(whole)
    return written


def figure_lines(bulletin: Bulletin) -> list[tuple[str, ...]]:
    """The figures as published: yuan with two decimals, whole tonnes, blanks where there is nothing."""
    return [FIGURE_COLUMNS, *(_figure_line(bulletin.day, row) for row in bulletin.figures)]


def _figure_line(day: date, row: Figures) -> tuple[str, ...]:
    prices = (row.open_ticks, row.high_ticks, row.low_ticks, row.close_ticks, row.base_ticks)
    volumes = (row.listed, row.block, row.one_way)
    return (
        day.isoformat(),
        row.subject,
        *(_yuan(price) for price in prices),
        format_yuan(row.change_basis_points) if row.base_ticks else "",
        *(cell for volume in volumes for cell in (str(volume.lots), format_yuan(volume.fen))),
        *(str(volume.trades) for volume in volumes),
        *(_yuan(price) for price in (row.lower_ticks, row.upper_ticks)),
    )


def halt_lines(bulletin: Bulletin) -> list[tuple[str, ...]]:
    """What happened, in Shanghai's time."""
    lines = [
        (_clock(one.time_ns), one.subject, one.what, one.reason, _clock(one.until_ns))
        for one in bulletin.happenings
    ]
    return [HALT_COLUMNS, *lines]


def figures_table(bulletin: Bulletin) -> Any:
    """The figures as whole numbers; null = none."""
    import pyarrow as pa

    rows = bulletin.figures
    columns: dict[str, Any] = {
        "date": pa.array([bulletin.day] * len(rows), pa.date32()),
        "subject": pa.array([row.subject for row in rows], pa.string()),
    }
    for name in ("open", "high", "low", "close", "base", "lower", "upper"):
        prices = [getattr(row, f"{name}_ticks") or None for row in rows]
        columns[f"{name}_ticks"] = pa.array(prices, pa.uint32())
    changes = [row.change_basis_points if row.base_ticks else None for row in rows]
    columns["change_basis_points"] = pa.array(changes, pa.int32())
    for name in ("listed", "block", "one_way"):
        volumes = [getattr(row, name) for row in rows]
        columns[f"{name}_lots"] = pa.array([volume.lots for volume in volumes], pa.int64())
        columns[f"{name}_fen"] = pa.array([volume.fen for volume in volumes], pa.int64())
        columns[f"{name}_trades"] = pa.array([volume.trades for volume in volumes], pa.uint32())
    return pa.table(columns)


def halts_table(bulletin: Bulletin) -> Any:
    """What happened, with timestamps of Shanghai; null = unknown."""
    import pyarrow as pa

    rows = bulletin.happenings
    times = pa.timestamp("ns", "Asia/Shanghai")
    words = {name: pa.array([getattr(row, name) for row in rows], pa.string()) for name in HALT_COLUMNS[1:4]}
    return pa.table(
        {
            "time": pa.array([row.time_ns for row in rows], pa.int64()).cast(times),
            **words,
            "until": pa.array([row.until_ns or None for row in rows], pa.int64()).cast(times),
        }
    )


def _yuan(price_ticks: int) -> str:
    return format_yuan(price_ticks) if price_ticks else ""


def _clock(time_ns: int) -> str:
    """Date and time of Shanghai to the millisecond; blank for none."""
    if not time_ns:
        return ""
    shanghai = np.datetime64(time_ns + _SHANGHAI_AHEAD_NS, "ns").astype("datetime64[ms]")
    return str(shanghai).replace("T", " ")


_SHANGHAI_AHEAD_NS: Final = 8 * 3_600 * 1_000_000_000  # no daylight saving since 1991
