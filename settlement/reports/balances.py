"""`settlement balances`: what every trading account holds, to be compared with the exchange."""

from collections import defaultdict
from typing import Any

from exchange.rulebook import contract_table
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.units import trading_day_date
from settlement.compliance.obligations import outcomes
from settlement.day_end import Step
from settlement.ledger.balances import (
    Balances,
    balances_as_of,
    balances_now,
    member_cash,
    trading_units,
)
from settlement.reconciliation import cleared_figures
from settlement.reports.day_file import break_record
from settlement.store.breaks import kept_breaks, read_reports
from settlement.store.cleared import read_clearing
from settlement.store.database import Store
from settlement.store.days import newest_day
from settlement.vocabulary.chart import CASH, IN_TRADING, MEMBERS_CASH, Bucket


def code_of_assets() -> dict[int, str]:
    """Code of every contract by id."""
    return {row.contract_id: row.code for row in contract_table().contract}


def balance_sheet(store: Store) -> dict[str, Any]:
    """Balances after the last delivered day, and as a refused, held clearing would make them."""
    reports = read_reports(store)
    newest = newest_day(store)
    # what is booked between two days is the later one's: the newest day's balances are those without it
    balances = balances_as_of(store, newest.trading_day) if newest else balances_now(store)
    held: list[list[int]] = []
    if newest is not None and newest.stage is Stage.REFUSED:
        figures = cleared_figures(balances, read_clearing(store, newest.trading_day, newest.run))
        held = _triples(figures.units, figures.cash)
    codes = code_of_assets()
    compliance = outcomes(store, newest.time_ns if newest else 0)
    return {
        "due_lots": sum(row.due_lots for row in compliance),
        "surrendered_lots": sum(row.surrendered_lots for row in compliance),
        "settled_trades": settled_trades(store),
        "days": [
            {
                "date": trading_day_date(report.trading_day).isoformat(),
                "trades": report.settled_trades,
                "tonnes": report.tonnes_lots,
                "amount_fen": report.amount_fen,
                "stage": report.stage.name,
            }
            for report in reports
        ],
        "balances": _now(balances),
        "between_days": _between_days(store),
        "bank_waiting": store.number("SELECT COUNT(*) FROM bank_instruction WHERE answer = ''"),
        "cleared_not_delivered": held,
        "breaks": [
            {
                name: value
                for name, value in break_record(found, codes).items()
                if name not in ("age_days", "break_id", "owner")
            }
            for found in kept_breaks(store, only_open=True)
        ],
        "units_conserved": all(report.units_conserved for report in reports),
        "cash_conserved": all(report.cash_conserved for report in reports),
    }


def _between_days(store: Store) -> list[list[Any]]:
    """(date, account, asset, change) of what was booked in trading after a day and before the next opened."""
    rows = store.rows(
        "SELECT e.trading_day, a.owner_id, a.asset_id, a.bucket, p.amount FROM day_step s"
        " JOIN ledger_entry e ON e.trading_day = s.trading_day AND e.booked_ns < s.time_ns"
        " JOIN ledger_posting p ON p.entry_id = e.entry_id"
        " JOIN ledger_account a ON a.ledger_account_id = p.ledger_account_id WHERE s.step = ? AND s.run = 1",
        (Step.SEND_OPENING.value,),
    )
    sums: dict[tuple[str, int, int], int] = defaultdict(int)
    for trading_day, owner, asset, bucket, amount in rows:
        if Bucket(bucket) in IN_TRADING or Bucket(bucket) in MEMBERS_CASH:
            sums[trading_day_date(trading_day).isoformat(), owner, asset] += amount
    return [[*key, change] for key, change in sorted(sums.items()) if change]


def settled_trades(store: Store) -> int:
    """Trades delivered on all days, counted from the lines of the runs that were delivered."""
    return store.number(
        "SELECT COUNT(*) FROM clearing_line l JOIN settlement_day d"
        " ON d.trading_day = l.trading_day AND d.run = l.run WHERE d.stage IN (?, ?)",
        (int(Stage.DELIVERED), int(Stage.STATED)),
    )


def _now(balances: Balances) -> list[list[int]]:
    units = {key: sum(pair) for key, pair in trading_units(balances).items()}
    return _triples(units, {key: sum(pair) for key, pair in member_cash(balances).items()})


def _triples(units: dict[tuple[int, int], int], cash: dict[int, int]) -> list[list[int]]:
    rows = [[account_id, contract_id, lots] for (account_id, contract_id), lots in units.items()]
    rows += [[account_id, CASH, fen] for account_id, fen in cash.items()]
    return sorted(rows)
