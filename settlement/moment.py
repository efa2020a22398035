"""Where the market stands when something is asked: made of the newest day's row, never of a clock. Pure."""

from datetime import timedelta

from exchange.rulebook import CalendarError
from exchange.rulebook.calendars import trading_calendar
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.units import market_time_ns, trading_day_date, trading_day_number
from settlement.operations.handler import Moment
from settlement.season import Season
from settlement.store.days import DayRow


def moment_of(day: DayRow | None, season: Season) -> Moment:
    """The moment of a day; before the first one everything is Wuhan's."""
    if day is None:
        return Moment(0, season.first_day, True)
    is_over = day.stage is Stage.STATED
    booking_day = _day_after(day.trading_day) if is_over else day.trading_day
    return Moment(day.time_ns, booking_day, is_over, _is_late(day))


def _is_late(day: DayRow) -> bool:
    """Whether a sealed day is not stated though its calendar day is over (rulebook §2.2 art 9)."""
    if day.stage in (Stage.WAITING, Stage.OPENING_SENT, Stage.OPEN, Stage.STATED):
        return False
    return day.time_ns >= market_time_ns(trading_day_date(day.trading_day) + timedelta(days=1), 0)


def _day_after(trading_day: int) -> int:
    """What is booked between two days belongs to the later one: the earlier one's statements are out.

    After the last day that the calendar knows it is the date after: no day can begin there to be stated.
    """
    try:
        return trading_day_number(trading_calendar().next_trading_day(trading_day_date(trading_day)))
    except CalendarError:
        return trading_day + 1
