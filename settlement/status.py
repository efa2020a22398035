"""What the core knows of itself, for people."""

from typing import NamedTuple

from exchange.vocabulary.enums import SettlementStage as Stage
from settlement.store.breaks import open_breaks
from settlement.store.database import Store
from settlement.store.days import count_stated, newest_day
from settlement.store.received import last_match_id


class Status(NamedTuple):
    """Where the newest day stands."""

    trading_day: int
    stage: Stage
    run: int
    next_number: int
    trades: int
    break_count: int
    days_stated: int  # of the whole season


def status_of(store: Store) -> Status | None:
    """As it is in the store; None before the first day."""
    day = newest_day(store)
    if day is None:
        return None
    trades = last_match_id(store, day.trading_day)
    breaks = len(open_breaks(store))
    return Status(day.trading_day, day.stage, day.run, day.next_number, trades, breaks, count_stated(store))
