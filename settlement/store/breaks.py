"""Reconciliation breaks with their age, and the report of each day.

A break that a refused run has made is closed by the corrected run of the same day. Every other stays open,
found again or not, until a person closes it with a reason: nothing mends itself silently.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from exchange.vocabulary.enums import SettlementStage
from settlement.store.database import Store
from settlement.vocabulary.entry_kinds import BreakKind

_BREAK: Final = (
    "b.account_id, b.asset_id, b.what, b.exchange_amount, b.registry_amount,"
    " (SELECT COUNT(*) FROM settlement_day d"
    "  WHERE d.trading_day > b.first_day AND d.trading_day <= b.last_day)"
    " FROM reconciliation_break b"
)
_FIRST_FOUND: Final = (
    "SELECT break_id FROM reconciliation_break WHERE first_day = ? AND bank_id = ? AND closed_day IS NULL"
)


class Break(NamedTuple):
    """One difference. account_id 0: of a total; asset_id 0: of cash."""

    account_id: int
    asset_id: int
    what: BreakKind
    exchange_amount: int
    registry_amount: int
    age_days: int = 0  # trading days since it was first found


class KeptBreak(NamedTuple):
    """A break as it is kept."""

    break_id: int
    bank_id: int  # whose books were compared; 0 = Shanghai's
    first_day: int
    last_day: int  # of the newest comparison that found it
    closed_day: int  # 0 = open
    closing_operation_id: int  # 0 = open, or set right by a corrected run
    closing_reason: str
    found: Break

    @property
    def is_open(self) -> bool:
        """Whether nobody has closed it yet."""
        return self.closed_day == 0


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
    """Keep the breaks found open, with their first day.

    `reason`: with which those that this very day's refused run had made are closed when they are found no
    more; empty: none is. `bank_id`: whose books were compared; those of other comparisons are left alone.
    0 = Shanghai's.
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
    of_today = {row[0] for row in store.rows(_FIRST_FOUND, (trading_day, bank_id))}
    for item in found:
        break_id = open_rows.pop((item.account_id, item.asset_id, item.what.value), None)
        if break_id is None:
            store.execute(
                "INSERT INTO reconciliation_break (account_id, asset_id, what, exchange_amount,"
                " registry_amount, first_day, last_day, bank_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *item[:2],
                    item.what.value,
                    *item[3:5],
                    _first_day(store, item, trading_day, bank_id),
                    trading_day,
                    bank_id,
                ),
            )
        else:
            store.execute(
                "UPDATE reconciliation_break SET exchange_amount = ?, registry_amount = ?, last_day = ?"
                " WHERE break_id = ?",
                (*item[3:5], trading_day, break_id),
            )
    for break_id in open_rows.values():
        if reason and break_id in of_today:
            close_break(store, break_id, trading_day, reason)


def _first_day(store: Store, found: Break, trading_day: int, bank_id: int) -> int:
    """Of a new break: today, or that of one which was closed though its cause remained: it keeps its age."""
    sql = (
        "SELECT first_day FROM reconciliation_break WHERE account_id = ? AND asset_id = ? AND what = ?"
        " AND bank_id = ? AND closing_operation_id > 0 AND last_day >="
        " (SELECT COALESCE(MAX(trading_day), 0) FROM settlement_day WHERE trading_day < ?)"
        " ORDER BY break_id DESC LIMIT 1"
    )
    key = found.account_id, found.asset_id, found.what.value, bank_id, trading_day
    return store.number(sql, key) or trading_day


def close_break(
    store: Store, break_id: int, trading_day: int, reason: str, closing_operation_id: int = 0
) -> None:
    """Close a break with a reason. Requires: it is open."""
    store.require_transaction()
    store.execute(
        "UPDATE reconciliation_break SET closed_day = ?, closing_reason = ?, closing_operation_id = ?"
        " WHERE break_id = ? AND closed_day IS NULL",
        (trading_day, reason, closing_operation_id, break_id),
    )


def kept_breaks(store: Store, *, only_open: bool = False) -> list[KeptBreak]:
    """Breaks with their numbers, oldest first."""
    return _kept(store, "WHERE b.closed_day IS NULL" if only_open else "")


def find_break(store: Store, break_id: int) -> KeptBreak | None:
    """One break."""
    found = _kept(store, "WHERE b.break_id = ?", (break_id,))
    return found[0] if found else None


def _kept(store: Store, where: str, values: tuple[int, ...] = ()) -> list[KeptBreak]:
    sql = (
        "SELECT b.break_id, b.bank_id, b.first_day, b.last_day, COALESCE(b.closed_day, 0),"
        f" b.closing_operation_id, COALESCE(b.closing_reason, ''), {_BREAK} {where} ORDER BY b.break_id"
    )
    return [KeptBreak._make((*row[:7], _break(row[7:]))) for row in store.rows(sql, values)]


def broken_accounts(store: Store) -> set[int]:
    """Trading accounts with an open break: nothing of theirs is sold, moved or withdrawn."""
    rows = store.rows(
        "SELECT DISTINCT account_id FROM reconciliation_break WHERE closed_day IS NULL AND account_id <> 0"
    )
    return {row[0] for row in rows}


def open_breaks(store: Store) -> list[Break]:
    """Breaks not closed, with their age; those of totals last."""
    sql = (
        f"SELECT {_BREAK} WHERE b.closed_day IS NULL"
        " ORDER BY CASE b.account_id WHEN 0 THEN 1 ELSE 0 END, b.account_id, b.asset_id, b.what"
    )
    return [_break(row) for row in store.rows(sql)]


def _break(row: tuple[Any, ...]) -> Break:
    return Break(row[0], row[1], BreakKind(row[2]), *row[3:])


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
