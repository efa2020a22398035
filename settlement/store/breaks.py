"""Reconciliation breaks with their age, and the report of each day."""

from collections.abc import Sequence
from typing import NamedTuple

from exchange.vocabulary.enums import SettlementStage
from settlement.store.database import Store
from settlement.vocabulary.entry_kinds import BreakKind


class Break(NamedTuple):
    """One difference. account_id 0: of a total; asset_id 0: of cash."""

    account_id: int
    asset_id: int
    what: BreakKind
    exchange_amount: int
    registry_amount: int
    age_days: int = 0  # trading days since it was first found


class DayReport(NamedTuple):
    """What a day came to."""

    trading_day: int
    stage: SettlementStage
    settled_trades: int
    tonnes_lots: int
    amount_fen: int
    units_conserved: bool
    cash_conserved: bool
    break_count: int


def record_breaks(
    store: Store, trading_day: int, found: Sequence[Break], reason: str, bank_id: int = 0
) -> None:
    """Keep the breaks found open, with their first day; close with a reason those found no more.

    `bank_id`: whose books were compared; those of other comparisons are left alone. 0 = Shanghai's.
    """
    store.require_transaction()
    open_rows = {
        (row[1], row[2], row[3]): row[0]
        for row in store.rows(
            "SELECT break_id, account_id, asset_id, what FROM reconciliation_break"
            " WHERE closed_day IS NULL AND bank_id = ?",
            (bank_id,),
        )
    }
    for item in found:
        break_id = open_rows.pop((item.account_id, item.asset_id, item.what.value), None)
        if break_id is None:
            store.execute(
                "INSERT INTO reconciliation_break (account_id, asset_id, what, exchange_amount,"
                " registry_amount, first_day, last_day, bank_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*item[:2], item.what.value, *item[3:5], trading_day, trading_day, bank_id),
            )
        else:
            store.execute(
                "UPDATE reconciliation_break SET exchange_amount = ?, registry_amount = ?, last_day = ?"
                " WHERE break_id = ?",
                (*item[3:5], trading_day, break_id),
            )
    for break_id in open_rows.values():
        store.execute(
            "UPDATE reconciliation_break SET closed_day = ?, closing_reason = ? WHERE break_id = ?",
            (trading_day, reason, break_id),
        )


def open_breaks(store: Store) -> list[Break]:
    """Breaks not closed, with their age."""
    return [
        Break(row[0], row[1], BreakKind(row[2]), *row[3:])
        for row in store.rows(
            "SELECT b.account_id, b.asset_id, b.what, b.exchange_amount, b.registry_amount,"
            " (SELECT COUNT(*) FROM settlement_day d"
            "  WHERE d.trading_day > b.first_day AND d.trading_day <= b.last_day)"
            " FROM reconciliation_break b WHERE b.closed_day IS NULL"
            " ORDER BY CASE b.account_id WHEN 0 THEN 1 ELSE 0 END, b.account_id, b.asset_id, b.what"
        )
    ]


def save_report(store: Store, report: DayReport) -> None:
    """Write a day's report, replacing an earlier one of the same day."""
    store.require_transaction()
    store.execute("DELETE FROM day_report WHERE trading_day = ?", (report.trading_day,))
    store.execute(
        "INSERT INTO day_report (trading_day, stage, settled_trades, tonnes_lots, amount_fen,"
        " units_conserved, cash_conserved, break_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        tuple(int(value) for value in report),
    )


def read_reports(store: Store) -> list[DayReport]:
    """Every day's report, oldest first."""
    return [
        DayReport(row[0], SettlementStage(row[1]), row[2], row[3], row[4], bool(row[5]), bool(row[6]), row[7])
        for row in store.rows(
            "SELECT trading_day, stage, settled_trades, tonnes_lots, amount_fen, units_conserved,"
            " cash_conserved, break_count FROM day_report ORDER BY trading_day"
        )
    ]
