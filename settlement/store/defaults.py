"""Failed trades, what the settlement reserve paid, and what of that is still owed."""

from settlement.clearing.failures import FailedTrade, Failures, Missing, delivered_of
from settlement.clearing.lines import Clearing
from settlement.store.cleared import read_clearing
from settlement.store.database import Store


def insert_failures(store: Store, trading_day: int, failures: Failures) -> None:
    """Keep what was found at the delivery of a day."""
    store.require_transaction()
    store.execute_many(
        "INSERT INTO failed_trade (trading_day, match_id, account_id, missing) VALUES (?, ?, ?, ?)",
        [(trading_day, one.match_id, one.account_id, one.missing.value) for one in failures.trades],
    )
    store.execute_many(
        "INSERT INTO reserve_cover (trading_day, account_id, amount_fen) VALUES (?, ?, ?)",
        [(trading_day, account_id, fen) for account_id, fen in sorted(failures.covers.items())],
    )


def read_failures(store: Store, trading_day: int) -> Failures:
    """What was not delivered on a day, and what the reserve paid."""
    trades = store.rows(
        "SELECT match_id, account_id, missing FROM failed_trade WHERE trading_day = ? ORDER BY match_id",
        (trading_day,),
    )
    covers = store.rows(
        "SELECT account_id, amount_fen FROM reserve_cover WHERE trading_day = ? ORDER BY account_id",
        (trading_day,),
    )
    return Failures(tuple(FailedTrade(row[0], row[1], Missing(row[2])) for row in trades), dict(covers))


def read_delivered(store: Store, trading_day: int, run: int) -> Clearing:
    """What a delivered day brought: the confirmed run without what failed."""
    return delivered_of(read_clearing(store, trading_day, run), read_failures(store, trading_day))


def owed_by(store: Store, account_id: int) -> int:
    """What an account still owes the settlement reserve, in fen."""
    return store.number(
        "SELECT SUM(amount_fen - recovered_fen) FROM reserve_cover WHERE account_id = ?", (account_id,)
    )


def debtors(store: Store) -> list[int]:
    """Accounts that owe the settlement reserve."""
    rows = store.rows(
        "SELECT DISTINCT account_id FROM reserve_cover WHERE recovered_fen < amount_fen ORDER BY account_id"
    )
    return [row[0] for row in rows]


def recover(store: Store, account_id: int, amount_fen: int) -> None:
    """An account has paid back: its oldest debts first. Requires: no more than it owes."""
    store.require_transaction()
    rows = store.rows(
        "SELECT trading_day, amount_fen - recovered_fen FROM reserve_cover"
        " WHERE account_id = ? AND recovered_fen < amount_fen ORDER BY trading_day",
        (account_id,),
    )
    for trading_day, due_fen in rows:
        paid = min(due_fen, amount_fen)
        amount_fen -= paid
        store.execute(
            "UPDATE reserve_cover SET recovered_fen = recovered_fen + ?"
            " WHERE trading_day = ? AND account_id = ?",
            (paid, trading_day, account_id),
        )
    assert amount_fen == 0, f"expected a debt of what is paid back, found {amount_fen} fen too much"
