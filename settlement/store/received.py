"""What came over the line, stored as it came: trades and the seal."""

from typing import Final, NamedTuple

import numpy as np

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.signed import DayTotals
from settlement.clearing.lines import LINE, LINE_FIELDS, Rows
from settlement.incoming import StoredRows
from settlement.store.changes import insert_changes
from settlement.store.database import Store

_TABLES: Final = {
    Kind.TRADE_REPORT: (
        "trade",
        "match_id, buyer_account_id, seller_account_id, contract_id, method, taker_side, price_ticks,"
        " quantity_lots, buyer_trading_fee_fen, buyer_settlement_fee_fen, seller_trading_fee_fen,"
        " seller_settlement_fee_fen, time_ns",
    ),
    Kind.SEAL_HOLDING: (
        "seal_holding",
        "account_id, contract_id, available_lots, bought_today_lots, frozen_lots",
    ),
    Kind.SEAL_CASH: ("seal_cash", "account_id, available_fen, proceeds_today_fen, frozen_fen"),
    Kind.SEAL_BALANCES: ("seal_balances", "units_total_lots, cash_total_fen, record_count, fees_fen"),
    Kind.SEAL_TOTALS: ("seal_totals", "tonnes_lots, amount_fen, match_count, control_hash"),
}


class Seal(NamedTuple):
    """The exchange's closing balances and control totals of a day."""

    units: dict[tuple[int, int], int]  # lots by account and contract: available, bought today and frozen
    cash: dict[int, int]  # fen by account: available and frozen
    units_total_lots: int
    cash_total_fen: int
    record_count: int
    fees_fen: int
    tonnes_lots: int
    amount_fen: int
    match_count: int
    control_hash: int


def insert_rows(store: Store, trading_day: int, stored: StoredRows) -> None:
    """Store records of one kind. The same key twice is an IntegrityError: stream numbers prevent it."""
    store.require_transaction()
    if stored.kind is Kind.BUST_REPORT:
        insert_changes(store, trading_day, last_match_id(store, trading_day), stored.rows)
        return
    table, columns = _TABLES[stored.kind]
    marks = ", ".join("?" * (columns.count(",") + 2))
    store.execute_many(
        f"INSERT INTO {table} (trading_day, {columns}) VALUES ({marks})",
        [(trading_day, *row) for row in stored.rows],
    )


def read_trades(store: Store, trading_day: int) -> Rows:
    """The day's trades in match order (LINE rows)."""
    rows = store.rows(
        f"SELECT {', '.join(LINE_FIELDS)} FROM trade WHERE trading_day = ? ORDER BY match_id", (trading_day,)
    )
    return np.array(rows, LINE)


def last_match_id(store: Store, trading_day: int) -> int:
    """Number of the day's newest trade; numbers are consecutive, so it is how many came."""
    return store.number("SELECT MAX(match_id) FROM trade WHERE trading_day = ?", (trading_day,))


def read_totals(store: Store, trading_day: int) -> DayTotals | None:
    """The totals of the day's seal, without its balances."""
    sql = "SELECT trading_day, match_count, tonnes_lots, amount_fen, control_hash FROM seal_totals"
    row = store.row(f"{sql} WHERE trading_day = ?", (trading_day,))
    return None if row is None else DayTotals(*row)


def read_seal(store: Store, trading_day: int) -> Seal | None:
    """The day's seal; None when it is not complete."""
    totals = store.row(
        "SELECT b.units_total_lots, b.cash_total_fen, b.record_count, b.fees_fen,"
        " t.tonnes_lots, t.amount_fen, t.match_count, t.control_hash FROM seal_balances b"
        " JOIN seal_totals t ON t.trading_day = b.trading_day WHERE t.trading_day = ?",
        (trading_day,),
    )
    if totals is None:
        return None
    units = {
        (row[0], row[1]): row[2]
        for row in store.rows(
            "SELECT account_id, contract_id, available_lots + bought_today_lots + frozen_lots"
            " FROM seal_holding WHERE trading_day = ? ORDER BY account_id, contract_id",
            (trading_day,),
        )
    }
    cash = {
        row[0]: row[1]
        for row in store.rows(
            "SELECT account_id, available_fen + frozen_fen FROM seal_cash WHERE trading_day = ?"
            " ORDER BY account_id",
            (trading_day,),
        )
    }
    return Seal(units, cash, *totals)
