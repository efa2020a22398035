"""Where each trading day stands: stage, run, next stream number, next reference, and the steps done."""

from typing import NamedTuple

from exchange.vocabulary.enums import SettlementStage
from settlement.store.database import Store


class DayRow(NamedTuple):
    """One trading day."""

    trading_day: int
    stage: SettlementStage
    run: int
    next_number: int  # of the settlement stream: everything before it is stored
    next_reference: int  # user references below it may have been sent
    time_ns: int  # market time of the newest record seen


def newest_day(store: Store) -> DayRow | None:
    """The day begun last."""
    return _row(store.row(f"{_SELECT} ORDER BY trading_day DESC LIMIT 1"))


def read_day(store: Store, trading_day: int) -> DayRow | None:
    """One day."""
    return _row(store.row(f"{_SELECT} WHERE trading_day = ?", (trading_day,)))


def count_stated(store: Store) -> int:
    """How many days are over."""
    return store.number("SELECT COUNT(*) FROM settlement_day WHERE stage = ?", (int(SettlementStage.STATED),))


def stated_days(store: Store) -> list[DayRow]:
    """Days that are over, oldest first."""
    rows = store.rows(f"{_SELECT} WHERE stage = ? ORDER BY trading_day", (int(SettlementStage.STATED),))
    return [found for row in rows if (found := _row(row))]


def insert_day(store: Store, day: DayRow) -> None:
    """Begin a day."""
    store.require_transaction()
    store.execute(
        "INSERT INTO settlement_day (trading_day, stage, run, next_number, next_reference, time_ns)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (day.trading_day, int(day.stage), *day[2:]),
    )


def save_day(store: Store, day: DayRow) -> None:
    """Write a day's row as it now is."""
    store.require_transaction()
    changed = store.execute(
        "UPDATE settlement_day SET stage = ?, run = ?, next_number = ?, next_reference = ?, time_ns = ?"
        " WHERE trading_day = ?",
        (int(day.stage), *day[2:], day.trading_day),
    )
    assert changed == 1, f"expected one row of day {day.trading_day}, found {changed}"


def note_step(store: Store, day: DayRow, step: str) -> None:
    """Record that a step is done; again is the same."""
    store.execute(
        "INSERT INTO day_step (trading_day, run, step, time_ns) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (trading_day, run, step) DO NOTHING",
        (day.trading_day, day.run, step, day.time_ns),
    )


def steps_done(store: Store, trading_day: int) -> list[tuple[int, str]]:
    """(run, step) of everything done."""
    return [
        (row[0], row[1])
        for row in store.rows(
            "SELECT run, step FROM day_step WHERE trading_day = ? ORDER BY run, time_ns, step", (trading_day,)
        )
    ]


_SELECT = "SELECT trading_day, stage, run, next_number, next_reference, time_ns FROM settlement_day"


def _row(row: tuple[int, ...] | None) -> DayRow | None:
    return None if row is None else DayRow(row[0], SettlementStage(row[1]), *row[2:])
