"""The day every short member asks for: the last one on which buying still helps before a deadline."""

from datetime import date
from typing import NamedTuple

from exchange.rulebook.calendars import registry_calendar, trading_calendar
from exchange.rulebook.keys import RuleKey
from exchange.rulebook.profiles import rules_on


class SurrenderDates(NamedTuple):
    """A surrender deadline and what a buyer needs to know of it."""

    deadline: date  # at 17:00 Asia/Shanghai
    last_purchase_day: date
    trading_days_left: int  # trading days after the day asked for on which buying still helps


def surrender_dates(profile: str, day: date) -> SurrenderDates | None:
    """The next surrender deadline seen from `day`, under the profile's rule for moves out of trading.

    None when no deadline is known any more. After the last useful purchase day `trading_days_left` is 0.
    """
    registry = registry_calendar()
    deadline = registry.next_surrender_deadline(day)
    if deadline is None:
        return None
    on_trading_days = rules_on(profile, day).holds(RuleKey.SURRENDER_TRANSFER_ON_TRADING_DAYS)
    last = registry.last_purchase_day_for_surrender(deadline, transfer_on_trading_days=on_trading_days)
    return SurrenderDates(deadline, last, trading_calendar().days_between(day, last))
