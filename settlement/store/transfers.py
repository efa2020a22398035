"""Transfers between the cities as rows: what each waits for, and its number of the day."""

from enum import StrEnum
from typing import Final, NamedTuple

from settlement.store.database import Store


class Direction(StrEnum):
    """Where the units go."""

    TO_TRADING = "to-trading"
    TO_REGISTRY = "to-registry"


class TransferState(StrEnum):
    """What a transfer waits for."""

    WAITING = "waiting"  # for the day to open, or for its end
    ASKED = "asked"  # HOLD_REQUEST or TRANSFER_IN is on its way, no answer yet
    COMMITTING = "committing"  # the hold is granted, HOLD_COMMIT is on its way
    HELD = "held"  # the day was sealed with the hold granted: Wuhan's to end
    ENDED = "ended"


class Transfer(NamedTuple):
    """One transfer."""

    operation_id: int
    direction: Direction
    account_id: int
    registry_account_id: int
    contract_id: int
    lots: int
    state: TransferState
    trading_day: int = 0
    transfer_id: int = 0
    user_reference: int = 0


_COLUMNS: Final = ", ".join(Transfer._fields)


def insert_transfer(store: Store, transfer: Transfer) -> None:
    """Keep a new transfer."""
    store.require_transaction()
    marks = ", ".join("?" * len(Transfer._fields))
    store.execute(f"INSERT INTO city_transfer ({_COLUMNS}) VALUES ({marks})", transfer)


def save_transfer(store: Store, transfer: Transfer) -> None:
    """Keep what a transfer waits for now."""
    store.require_transaction()
    changed = store.execute(
        "UPDATE city_transfer SET state = ?, trading_day = ?, transfer_id = ?, user_reference = ?"
        " WHERE operation_id = ?",
        (*transfer[6:], transfer.operation_id),
    )
    assert changed == 1, f"expected the transfer of operation {transfer.operation_id}, found none"


def running_transfers(store: Store) -> list[Transfer]:
    """Transfers that have not ended; those asked before in the order of their numbers, then the others."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM city_transfer WHERE state <> 'ended'"
        " ORDER BY transfer_id = 0, transfer_id, operation_id"
    )
    return [_transfer(row) for row in rows]


def find_transfer(store: Store, trading_day: int, transfer_id: int) -> Transfer | None:
    """The transfer that bears a number of a day."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM city_transfer WHERE trading_day = ? AND transfer_id = ?",
        (trading_day, transfer_id),
    )
    return _transfer(rows[0]) if rows else None


def find_by_reference(store: Store, trading_day: int, user_reference: int) -> Transfer | None:
    """The transfer whose newest command of a day bore that user reference."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM city_transfer WHERE trading_day = ? AND user_reference = ?"
        " AND state <> 'ended'",
        (trading_day, user_reference),
    )
    return _transfer(rows[0]) if rows else None


def next_transfer_id(store: Store, trading_day: int) -> int:
    """A number above every one of the day."""
    return 1 + store.number(
        "SELECT MAX(transfer_id) FROM city_transfer WHERE trading_day = ?", (trading_day,)
    )


def held_lots(store: Store, trading_day: int) -> dict[tuple[int, int], int]:
    """Lots by account and contract that the day was sealed with on hold (SEAL_HOLD)."""
    rows = store.rows(
        "SELECT account_id, contract_id, SUM(lots) FROM city_transfer"
        " WHERE trading_day = ? AND state = 'held' GROUP BY account_id, contract_id",
        (trading_day,),
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _transfer(row: tuple[object, ...]) -> Transfer:
    found = Transfer(*row)  # type: ignore[arg-type]
    return found._replace(direction=Direction(found.direction), state=TransferState(found.state))
