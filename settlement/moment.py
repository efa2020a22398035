"""Where the market stands when something is asked: made of the newest day's row, never of a clock. Pure."""

from exchange.rulebook import CalendarError
from exchange.rulebook.calendars import trading_calendar
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.units import trading_day_date, trading_day_number
from settlement.operations.handler import Moment
from settlement.season import Season
from settlement.store.days import DayRow


def moment_of(day: DayRow | None, season: Season) -> Moment:
    """The moment of a day; before the first one everything is Wuhan's."""
    if day is None:
        return Moment(0, season.first_day, True)
    is_over = day.stage is Stage.STATED
    return Moment(day.time_ns, _day_after(day.trading_day) if is_over else day.trading_day, is_over)


def _day_after(trading_day: int) -> int:
    """What is booked between two days belongs to the later one: the earlier one's statements are out.

    After the last day that the calendar knows it is the date after: no day can begin there to be stated.
    """
    try:
        return trading_day_number(trading_calendar().next_trading_day(trading_day_date(trading_day)))
    except CalendarError:
        return trading_day + 1
