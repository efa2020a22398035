"""When a surrender is late, and the last day on which buying still helps: the compliance calendar in time_ns.

A surrender is on time when it was asked for before 17:00 Asia/Shanghai of the deadline's date, by the market
time that the core stamps; when it is approved does not matter (rulebook §4.6).
"""

from datetime import date

from exchange.rulebook import CalendarError, RuleKey, Rules
from exchange.rulebook.calendars import registry_calendar
from exchange.vocabulary.units import NS_PER_SECOND

APPLICATION = "carry_over_application"


def surrender_deadline_ns(obligation_year: int) -> int | None:
    """The first instant that is late; None for a year whose deadline is not known yet."""
    try:
        day = registry_calendar().surrender_deadline(obligation_year)
    except CalendarError:
        return None
    return _instant_ns(day)


def is_late(obligation_year: int, asked_ns: int) -> bool:
    """Whether what was asked for then comes after the deadline."""
    deadline_ns = surrender_deadline_ns(obligation_year)
    return deadline_ns is not None and asked_ns >= deadline_ns


def carry_over_deadline() -> date:
    """The last date on which carry-over may be applied for (rulebook §4.5)."""
    return next(
        row.date
        for obligation in registry_calendar().obligations
        for row in obligation.deadlines
        if row.kind == APPLICATION
    )


def carry_over_deadline_ns() -> int:
    """The first instant at which it is too late to apply."""
    return _instant_ns(carry_over_deadline())


def last_purchase_day(obligation_year: int, rules: Rules) -> date:
    """The last trading day on which a purchase can still be surrendered for that year."""
    registry = registry_calendar()
    return registry.last_purchase_day_for_surrender(
        registry.surrender_deadline(obligation_year),
        transfer_on_trading_days=rules.holds(RuleKey.SURRENDER_TRANSFER_ON_TRADING_DAYS),
    )


def _instant_ns(day: date) -> int:
    return int(registry_calendar().deadline_instant(day).timestamp()) * NS_PER_SECOND
