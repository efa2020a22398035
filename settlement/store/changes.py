"""Trades undone or corrected by the exchange, kept in the order in which it told them."""

from typing import Final

import numpy as np

from settlement.clearing.lines import CHANGED_FIELDS, TRADE_CHANGE, Rows
from settlement.store.database import Store

_COLUMNS: Final = ", ".join((*CHANGED_FIELDS, "bust_reason"))


def insert_changes(store: Store, trading_day: int, after_match_id: int, rows: list[tuple[int, ...]]) -> None:
    """Keep consecutive changes; `after_match_id` is the newest trade told before them."""
    store.require_transaction()
    marks = ", ".join("?" * (len(CHANGED_FIELDS) + 3))
    store.execute_many(
        f"INSERT INTO trade_change (trading_day, after_match_id, {_COLUMNS}) VALUES ({marks})",
        [(trading_day, after_match_id, *row) for row in rows],
    )


def read_changes(store: Store, trading_day: int) -> Rows:
    """A day's changes in the order in which they were told (TRADE_CHANGE rows)."""
    rows = store.rows(
        f"SELECT after_match_id, {', '.join(CHANGED_FIELDS)} FROM trade_change WHERE trading_day = ?"
        " ORDER BY change_id",
        (trading_day,),
    )
    return np.array(rows, TRADE_CHANGE)
