"""What crosses between the cities as rows: what each waits for, and its number of the day."""

from enum import StrEnum
from typing import Final, NamedTuple

from settlement.store.database import Store


class Direction(StrEnum):
    """What is to happen to the units or the cash."""

    TO_TRADING = "to-trading"
    TO_REGISTRY = "to-registry"
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    FREEZE = "freeze"
    RELEASE = "release"


class TransferState(StrEnum):
    """What a crossing waits for."""

    WAITING = "waiting"  # for the day to open, or for its end
    ASKED = "asked"  # Shanghai has been asked, no answer yet
    PAYING = "paying"  # the hold is granted; the bank is to pay out
    COMMITTING = "committing"  # HOLD_COMMIT is on its way
    ABORTING = "aborting"  # HOLD_ABORT is on its way
    HELD = "held"  # out of trading and not yet where it goes: Wuhan's and the bank's to end
    LATER = "later"  # Shanghai does not take it today: Wuhan books it after the day
    ENDED = "ended"


class Transfer(NamedTuple):
    """One crossing."""

    crossing_id: int  # 0 = given by the store
    cause: str
    operation_id: int  # 0 = none asked for it
    direction: Direction
    account_id: int
    registry_account_id: int
    asset_id: int
    amount: int  # lots or fen
    state: TransferState
    trading_day: int = 0
    transfer_id: int = 0
    user_reference: int = 0
    held_day: int = 0


_COLUMNS: Final = ", ".join(Transfer._fields)


def insert_transfer(store: Store, transfer: Transfer) -> None:
    """Keep a new crossing under the next number of its own."""
    store.require_transaction()
    number = 1 + store.number("SELECT MAX(crossing_id) FROM crossing")
    marks = ", ".join("?" * len(Transfer._fields))
    store.execute(f"INSERT INTO crossing ({_COLUMNS}) VALUES ({marks})", (number, *transfer[1:]))


def save_transfer(store: Store, transfer: Transfer) -> None:
    """Keep what a crossing waits for now."""
    store.require_transaction()
    changed = store.execute(
        "UPDATE crossing SET state = ?, trading_day = ?, transfer_id = ?, user_reference = ?, held_day = ?"
        " WHERE crossing_id = ?",
        (*transfer[8:], transfer.crossing_id),
    )
    assert changed == 1, f"expected crossing {transfer.crossing_id}, found none"


def running_transfers(store: Store) -> list[Transfer]:
    """Crossings that have not ended; those asked before in the order of their numbers, then the others."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM crossing WHERE state <> 'ended'"
        " ORDER BY transfer_id = 0, transfer_id, crossing_id"
    )
    return [_transfer(row) for row in rows]


def running_of(store: Store, account_id: int, asset_id: int) -> list[Transfer]:
    """Crossings of an account and asset that have not ended."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM crossing WHERE state <> 'ended' AND account_id = ? AND asset_id = ?"
        " ORDER BY crossing_id",
        (account_id, asset_id),
    )
    return [_transfer(row) for row in rows]


def find_transfer(store: Store, trading_day: int, transfer_id: int) -> Transfer | None:
    """The crossing that bears a number of a day."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM crossing WHERE trading_day = ? AND transfer_id = ?",
        (trading_day, transfer_id),
    )
    return _transfer(rows[0]) if rows else None


def find_by_cause(store: Store, cause: str) -> Transfer | None:
    """The crossing of a cause."""
    rows = store.rows(f"SELECT {_COLUMNS} FROM crossing WHERE cause = ?", (cause,))
    return _transfer(rows[0]) if rows else None


def find_by_reference(store: Store, trading_day: int, user_reference: int) -> Transfer | None:
    """The crossing whose newest command of a day bore that user reference."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM crossing WHERE trading_day = ? AND user_reference = ? AND state <> 'ended'",
        (trading_day, user_reference),
    )
    return _transfer(rows[0]) if rows else None


def count_of(store: Store, operation_id: int) -> int:
    """How many crossings an operation has begun."""
    return store.number("SELECT COUNT(*) FROM crossing WHERE operation_id = ?", (operation_id,))


def next_transfer_id(store: Store, trading_day: int) -> int:
    """A number above every one of the day."""
    return 1 + store.number("SELECT MAX(transfer_id) FROM crossing WHERE trading_day = ?", (trading_day,))


def held_amounts(store: Store, trading_day: int) -> dict[tuple[int, int], int]:
    """Lots or fen by account and asset that the day was sealed with on hold (SEAL_HOLD)."""
    rows = store.rows(
        "SELECT account_id, asset_id, SUM(amount) FROM crossing WHERE held_day = ?"
        " GROUP BY account_id, asset_id",
        (trading_day,),
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _transfer(row: tuple[object, ...]) -> Transfer:
    found = Transfer(*row)  # type: ignore[arg-type]
    return found._replace(direction=Direction(found.direction), state=TransferState(found.state))
