"""What the breakers measure: a book's reference price, and the composite against that of the bases."""

from typing import NamedTuple

from exchange.vocabulary.enums import BreakerState, ParameterId
from exchange.vocabulary.units import PPM, round_half_up
from tests.reference.market import Market, MarketBreaker
from tests.reference.state import Contract

NS_PER_SECOND = 1_000_000_000
NS_PER_MS = 1_000_000
TIME_NS_MAX = 1 << 62  # no timer is set from a later moment, so that none leaves 64 bits


def later(market: Market, wait_ms: int) -> int:
    """The time so many milliseconds after the command's."""
    now_ns: int = market.command.time_ns
    return min(now_ns, TIME_NS_MAX) + wait_ms * NS_PER_MS


class Band(NamedTuple):
    """A reference price and the prices around it that may trade, ends allowed."""

    reference_ticks: int
    lower_ticks: int
    upper_ticks: int


NO_BAND = Band(0, 0, 0)


def this_second(contract: Contract, time_ns: int) -> int:
    """The bucket of a time; it never goes back."""
    return max(contract.monitor.second, time_ns // NS_PER_SECOND)


def window_of(contract: Contract, time_ns: int) -> dict[int, tuple[int, int]]:
    """Lots and fen traded in each of the last BREAKER_WINDOW_S seconds, this one included."""
    oldest = this_second(contract, time_ns) - contract.parameters[ParameterId.BREAKER_WINDOW_S] + 1
    return {second: traded for second, traded in contract.monitor.buckets.items() if second >= oldest}


def reference_price(market: Market, contract: Contract) -> int:
    """Mean of the window's trades by volume, half up; the last trade where there are none; 0 before any."""
    window = window_of(contract, market.command.time_ns).values()
    lots, fen = sum(lots for lots, _ in window), sum(fen for _, fen in window)
    return round_half_up(fen, lots) if lots else contract.monitor.last_ticks


def band_now(market: Market, contract: Contract) -> Band | None:
    """The prices that may trade; None while the book is not watched. One order is judged by one band."""
    breaker = contract.breaker
    if breaker.state == BreakerState.LIMIT:
        return Band(breaker.reference_ticks, breaker.lower_ticks, breaker.upper_ticks)
    width = contract.parameters[ParameterId.BREAKER_PPM]
    reference = reference_price(market, contract)
    if not width or not reference:
        return None
    lower, upper = (round_half_up(reference * (PPM + way * width), PPM) for way in (-1, 1))
    return Band(reference, lower, upper)


def watch(market: Market, contract: Contract, price_ticks: int, quantity_lots: int) -> None:
    """A trade of a book: it is the last one, and counts in its second."""
    if not contract.parameters[ParameterId.BREAKER_PPM]:
        return
    monitor = contract.monitor
    monitor.second = this_second(contract, market.command.time_ns)
    monitor.last_ticks = price_ticks
    lots, fen = monitor.buckets.get(monitor.second, (0, 0))
    monitor.buckets[monitor.second] = lots + quantity_lots, fen + price_ticks * quantity_lots


def prime(contract: Contract, price_ticks: int) -> None:
    """An auction's price takes the place of everything that was traded before."""
    if contract.parameters[ParameterId.BREAKER_PPM]:
        contract.monitor.last_ticks = price_ticks
        contract.monitor.buckets.clear()


def watch_composite(market: Market, composite: int, of_bases: int) -> None:
    """The market-wide breaker trips once a day; the pauses follow when the command is done."""
    width = market.defaults[ParameterId.MARKET_BREAKER_PPM]
    if not width or market.market_breaker != MarketBreaker.ARMED:
        return
    if abs(composite - of_bases) * PPM >= width * of_bases:
        market.market_breaker = MarketBreaker.TRIPPED
