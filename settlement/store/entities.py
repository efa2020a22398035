"""Rows of entities and their accounts after the opening: restricted, closed."""

from settlement.store.database import Store


def is_account_taken(store: Store, entity_id: int, account_id: int) -> bool:
    """Whether the entity or the trading account's number is there already."""
    sql = "SELECT 1 FROM entity WHERE entity_id = ? UNION SELECT 1 FROM trading_account WHERE account_id = ?"
    return store.row(sql, (entity_id, account_id)) is not None


def restrict_entity(store: Store, entity_id: int, may_buy: bool, may_sell: bool, may_move: bool) -> None:
    """Set what an entity may do; its trading account is restricted while anything is forbidden."""
    store.require_transaction()
    store.execute(
        "UPDATE entity SET may_buy = ?, may_sell = ?, may_move = ? WHERE entity_id = ?",
        (int(may_buy), int(may_sell), int(may_move), entity_id),
    )
    status = "open" if may_buy and may_sell and may_move else "restricted"
    store.execute("UPDATE trading_account SET status = ? WHERE entity_id = ?", (status, entity_id))


def close_entity(store: Store, entity_id: int) -> None:
    """Close an entity's accounts; the rows are kept (rulebook §2.1: 20 years)."""
    store.require_transaction()
    store.execute("UPDATE trading_account SET status = 'closed' WHERE entity_id = ?", (entity_id,))
