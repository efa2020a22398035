"""Freeze orders as rows: what was ordered, what releases have taken back, what is frozen."""

from typing import Final, NamedTuple

from settlement.store.database import Store


class FreezeOrder(NamedTuple):
    """A freeze in trading or of cash; while it is short it attaches to what comes in."""

    operation_id: int
    account_id: int
    asset_id: int
    asked: int
    lowered: int = 0  # taken back by releases
    frozen: int = 0

    @property
    def short(self) -> int:
        """What is still to be frozen."""
        return self.asked - self.lowered - self.frozen


_COLUMNS: Final = ", ".join(FreezeOrder._fields)
_SHORT: Final = f"SELECT {_COLUMNS} FROM freeze_order WHERE lowered + frozen < asked"


def insert_order(store: Store, order: FreezeOrder) -> None:
    """Keep a new order."""
    store.require_transaction()
    store.execute(f"INSERT INTO freeze_order ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", order)


def save_order(store: Store, order: FreezeOrder) -> None:
    """Keep how far an order is."""
    store.require_transaction()
    changed = store.execute(
        "UPDATE freeze_order SET lowered = ?, frozen = ? WHERE operation_id = ?",
        (order.lowered, order.frozen, order.operation_id),
    )
    assert changed == 1, f"expected the freeze order of operation {order.operation_id}, found none"


def read_order(store: Store, operation_id: int) -> FreezeOrder | None:
    """The order of an operation."""
    row = store.row(f"SELECT {_COLUMNS} FROM freeze_order WHERE operation_id = ?", (operation_id,))
    return FreezeOrder(*row) if row else None


def orders_of(store: Store, account_id: int, asset_id: int) -> list[FreezeOrder]:
    """Orders of an account and asset, oldest first."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM freeze_order WHERE account_id = ? AND asset_id = ? ORDER BY operation_id",
        (account_id, asset_id),
    )
    return [FreezeOrder(*row) for row in rows]


def short_orders(store: Store) -> list[FreezeOrder]:
    """Orders that something is still to be frozen for, oldest first."""
    return [FreezeOrder(*row) for row in store.rows(f"{_SHORT} ORDER BY operation_id")]


def is_short(store: Store, account_id: int) -> bool:
    """Whether something of an account is still to be frozen."""
    return store.row(f"{_SHORT} AND account_id = ?", (account_id,)) is not None
