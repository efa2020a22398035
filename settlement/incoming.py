"""What Wuhan receives, sorted: rows to be stored, and signals for the day end, in stream order. Pure."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import DTYPES, EVENT, Records
from exchange.vocabulary.signed import fragment_of
from settlement.clearing.lines import CHANGED_FIELDS, FEES

#: kinds stored as they come -> the record's fields in the order of the table's columns after trading_day
STORED_FIELDS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.TRADE_REPORT: (
        "match_id",
        "account_id",
        "seller_account_id",
        "contract_id",
        "report_method",
        "side",
        "price_ticks",
        "quantity_lots",
        *FEES,
        "time_ns",
    ),
    Kind.BUST_REPORT: (*CHANGED_FIELDS, "bust_reason"),
    Kind.SEAL_HOLDING: (
        "account_id",
        "contract_id",
        "available_lots",
        "bought_today_lots",
        "frozen_lots",
    ),
    Kind.SEAL_CASH: ("account_id", "available_fen", "proceeds_today_fen", "frozen_fen"),
    Kind.SEAL_BALANCES: ("units_total_lots", "cash_total_fen", "record_count", "fees_fen"),
    Kind.SEAL_TOTALS: ("tonnes_lots", "amount_fen", "match_count", "control_hash"),
}


FRAGMENTS: Final = frozenset({Kind.EXCHANGE_SIGNATURE, Kind.EXCHANGE_CHAIN_HEAD})


class StoredRows(NamedTuple):
    """Consecutive records of one kind, as rows for its table."""

    kind: Kind
    trading_days: set[int]
    rows: list[tuple[int, ...]]


class Signal(NamedTuple):
    """One record that is not mere data, with all its fields."""

    kind: Kind
    fields: dict[str, int]
    data: bytes = b""  # of a fragment: all its 32 bytes


def sort_events(events: Records) -> Iterator[StoredRows | Signal]:
    """Split an EVENT array into runs of rows and single signals; SEAL_TOTALS is both, the rows first."""
    kinds = events["kind"]
    cuts = np.flatnonzero(kinds[1:] != kinds[:-1]) + 1
    bounds = [0, *cuts.tolist(), len(events)]
    for start, end in zip(bounds, bounds[1:], strict=False):
        if start == end:
            continue
        kind = Kind(int(kinds[start]))
        part = _typed(events[start:end], kind)
        if kind in STORED_FIELDS:
            yield _rows(part, kind)
        if kind not in STORED_FIELDS or kind is Kind.SEAL_TOTALS:
            for record in part:
                data = fragment_of(record) if kind in FRAGMENTS else b""
                yield Signal(kind, _fields(record), data)


def _typed(events: Records, kind: Kind) -> Records:
    """The same bytes under the kind's own layout: the union lacks some of its names."""
    assert events.dtype == EVENT, f"expected records of dtype EVENT, found {events.dtype}"
    return np.frombuffer(events.tobytes(), DTYPES[kind])


def _rows(part: Records, kind: Kind) -> StoredRows:
    columns = [part[name].tolist() for name in STORED_FIELDS[kind]]
    return StoredRows(kind, set(part["trading_day"].tolist()), list(zip(*columns, strict=True)))


def _fields(record: np.void) -> dict[str, int]:
    names = record.dtype.names or ()
    values = {name: record[name].item() for name in names}
    return {name: value for name, value in values.items() if isinstance(value, int)}
