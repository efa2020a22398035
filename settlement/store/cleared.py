"""Runs of the clearing: their lines and sums, planted faults, refusals."""

from typing import NamedTuple

import numpy as np

from settlement.clearing.lines import CASH_CHANGE, LINE, LINE_FIELDS, UNITS_CHANGE, Clearing, Rows
from settlement.store.database import Store


class Refusal(NamedTuple):
    """What the exchange said of a run that it refused."""

    account_id: int
    contract_id: int
    expected_amount: int
    found_amount: int
    difference_count: int


def insert_clearing(
    store: Store, trading_day: int, run: int, clearing: Clearing, is_as_told: bool = False
) -> None:
    """Store a run; `is_as_told`: its lines are the day's trades, so the database can copy them itself."""
    store.require_transaction()
    if is_as_told:
        _copy_trades(store, trading_day, run)
    else:
        _insert_lines(store, trading_day, run, clearing.lines)
    store.execute_many(
        "INSERT INTO cleared_units (trading_day, run, account_id, contract_id, bought_lots, sold_lots)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        ((trading_day, run, *row) for row in clearing.units.tolist()),
    )
    store.execute_many(
        "INSERT INTO cleared_cash (trading_day, run, account_id, purchases_fen, sales_fen, trading_fee_fen,"
        " settlement_fee_fen) VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((trading_day, run, *row) for row in clearing.cash.tolist()),
    )


def _copy_trades(store: Store, trading_day: int, run: int) -> None:
    names = ", ".join(LINE_FIELDS)
    store.execute(
        f"INSERT INTO clearing_line (trading_day, run, {names})"
        f" SELECT trading_day, ?, {names} FROM trade WHERE trading_day = ? ORDER BY match_id",
        (run, trading_day),
    )


def _insert_lines(store: Store, trading_day: int, run: int, lines: Rows) -> None:
    marks = ", ".join("?" * len(LINE_FIELDS))
    store.execute_chunks(
        f"INSERT INTO clearing_line (trading_day, run, {', '.join(LINE_FIELDS)})"
        f" VALUES ({trading_day:d}, {run:d}, {marks})",
        lines.view(np.int64).reshape(-1, len(LINE_FIELDS)),
    )


def read_clearing(store: Store, trading_day: int, run: int) -> Clearing:
    """A run as stored."""
    where = "WHERE trading_day = ? AND run = ?"
    lines = store.rows(
        f"SELECT {', '.join(LINE_FIELDS)} FROM clearing_line {where} ORDER BY match_id", (trading_day, run)
    )
    units = store.rows(
        f"SELECT account_id, contract_id, bought_lots, sold_lots FROM cleared_units {where}"
        " ORDER BY account_id, contract_id",
        (trading_day, run),
    )
    cash = store.rows(
        "SELECT account_id, purchases_fen, sales_fen, trading_fee_fen, settlement_fee_fen"
        f" FROM cleared_cash {where} ORDER BY account_id",
        (trading_day, run),
    )
    return Clearing(np.array(lines, LINE), np.array(units, UNITS_CHANGE), np.array(cash, CASH_CHANGE))


def insert_refusal(store: Store, trading_day: int, run: int, refusal: Refusal) -> None:
    """Remember what the exchange said."""
    store.execute(
        "INSERT INTO refusal (trading_day, run, account_id, contract_id, expected_amount, found_amount,"
        " difference_count) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (trading_day, run, *refusal),
    )


def read_refusal(store: Store, trading_day: int, run: int) -> Refusal | None:
    """What the exchange said of a run."""
    row = store.row(
        "SELECT account_id, contract_id, expected_amount, found_amount, difference_count FROM refusal"
        " WHERE trading_day = ? AND run = ?",
        (trading_day, run),
    )
    return Refusal(*row) if row else None


def note_fault(store: Store, trading_day: int, fault: str, description: str) -> None:
    """Remember that a fault was planted: it is planted once."""
    store.execute(
        "INSERT INTO planted_fault (trading_day, fault, description) VALUES (?, ?, ?)",
        (trading_day, fault, description),
    )


def is_fault_planted(store: Store) -> bool:
    """Whether a fault was planted before, on any day."""
    return store.row("SELECT 1 FROM planted_fault") is not None


def is_trade_of(store: Store, trading_day: int, run: int, match_id: int, account_id: int) -> bool:
    """Whether a run has that trade, with the account on one of its sides."""
    sql = (
        "SELECT 1 FROM clearing_line WHERE trading_day = ? AND run = ? AND match_id = ?"
        " AND ? IN (buyer_account_id, seller_account_id)"
    )
    return store.row(sql, (trading_day, run, match_id, account_id)) is not None
