"""What accounts may do, and what Shanghai was told of it today."""

from settlement.store.breaks import broken_accounts
from settlement.store.database import Store
from settlement.vocabulary.operations import OperationKind, OperationState


def forbidden(store: Store) -> dict[int, tuple[bool, bool]]:
    """(may buy, may sell) of every trading account that may not do both."""
    rows = store.rows(
        "SELECT t.account_id, e.may_buy, e.may_sell FROM entity e"
        " JOIN trading_account t ON t.entity_id = e.entity_id"
        " WHERE t.status <> 'closed' AND (e.may_buy = 0 OR e.may_sell = 0) ORDER BY t.account_id"
    )
    return {row[0]: (bool(row[1]), bool(row[2])) for row in rows}


def closed_on(store: Store, trading_day: int) -> list[int]:
    """Trading accounts closed on a day: Shanghai began it with them."""
    rows = store.rows(
        "SELECT t.account_id FROM operation o JOIN trading_account t ON t.entity_id = o.entity_id"
        " WHERE o.kind = ? AND o.state = ? AND o.trading_day = ? ORDER BY t.account_id",
        (OperationKind.CLOSE_ACCOUNT.value, OperationState.DONE.value, trading_day),
    )
    return [row[0] for row in rows]


def blocked_accounts(store: Store) -> set[int]:
    """Trading accounts where nothing comes in, leaves or is frozen: with an open break, or closed."""
    rows = store.rows("SELECT account_id FROM trading_account WHERE status = 'closed'")
    return broken_accounts(store) | {row[0] for row in rows}


def told_on(store: Store, trading_day: int) -> dict[int, int]:
    """Eligibility by account, as Shanghai was told on a day."""
    rows = store.rows(
        "SELECT account_id, eligibility FROM restriction_told WHERE trading_day = ?", (trading_day,)
    )
    return dict(rows)


def note_told(store: Store, trading_day: int, eligibility: dict[int, int]) -> None:
    """Remember what is being told."""
    store.require_transaction()
    store.execute_many(
        "INSERT INTO restriction_told (account_id, trading_day, eligibility) VALUES (?, ?, ?)"
        " ON CONFLICT (account_id) DO UPDATE SET"
        " trading_day = excluded.trading_day, eligibility = excluded.eligibility",
        [(account_id, trading_day, value) for account_id, value in eligibility.items()],
    )
