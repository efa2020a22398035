"""Units and the only place where decimal text becomes integers and back.

One tick = 0.01 CNY per tonne, one lot = 1 tonne, one fen = 0.01 CNY; so ticks x lots = fen.
Source: rulebook §1.1 (tick, lot).
"""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

FEN_PER_YUAN = 100
TICKS_PER_YUAN = 100
PPM = 1_000_000
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991
TRADING_DAY_EPOCH = date(2000, 1, 1)
NS_PER_SECOND = 1_000_000_000


def parse_yuan(text: str) -> int:
    """Integer fen (or ticks) of a decimal yuan text; more than two decimals is an error."""
    try:
        scaled = Decimal(text) * 100
    except InvalidOperation as error:
        raise ValueError(f"expected a decimal number of yuan, found {text!r}") from error
    if scaled != scaled.to_integral_value():
        raise ValueError(f"expected at most two decimals, found {text!r}")
    return int(scaled)


def format_yuan(amount_fen: int) -> str:
    """Decimal yuan text with two decimals."""
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}{abs(amount_fen) // 100}.{abs(amount_fen) % 100:02d}"


def trading_day_number(day: date) -> int:
    """Days since 2000-01-01: the u2 that stands for a trading date in a record."""
    number = (day - TRADING_DAY_EPOCH).days
    if not 0 <= number <= 0xFFFF:
        raise ValueError(f"expected a trading date from 2000-01-01 to 2179-06-05, found {day}")
    return number


def trading_day_date(number: int) -> date:
    """The date of a trading-day number."""
    return TRADING_DAY_EPOCH + timedelta(days=number)


def market_time_ns(day: date, seconds_of_day: int) -> int:
    """Nanoseconds since the Unix epoch of a second of a day in Shanghai."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return (int(midnight.timestamp()) + seconds_of_day) * NS_PER_SECOND


def round_half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator rounded half up; both positive.

    Source: rulebook §1.3 (rounding of limits and close).
    """
    return (2 * numerator + denominator) // (2 * denominator)


def fee_fen(amount_fen: int, rate_ppm: int) -> int:
    """Fee on a cumulative amount: rate x amount, rounded up to the fen.

    Source: rulebook §1.1 (rates unknown, so configuration).
    """
    return (amount_fen * rate_ppm + PPM - 1) // PPM
