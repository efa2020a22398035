"""The day's figures as trades happen: open, high, low, last, volume and the composite price."""

import numpy as np

from exchange.kernel.access import Core, contract_at, contracts_in, counters_of
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import BOOK, COMPOSITE_WEIGHT, ZERO


@hot
def half_up(numerator: int, denominator: int) -> int:
    """Quotient rounded half up; both positive (see vocabulary.units.round_half_up).

    By the remainder, because twice the largest turnover of a day does not fit 64 bits.
    """
    quotient = numerator // denominator
    remainder = numerator - quotient * denominator
    return quotient + 1 if remainder >= denominator - remainder else quotient


@hot
def count_trade(contract: np.void, part: int, price_ticks: int, quantity_lots: int) -> int:
    """Add a trade to a method's figures; returns the price before it: the last one, else the base."""
    trades = signed(contract["trade_count"][part])
    previous = signed(contract["last"][part]) if trades > 0 else signed(contract["base"])
    if trades == 0:
        contract["open"][part] = price_ticks
        contract["high"][part] = price_ticks
        contract["low"][part] = price_ticks
    elif price_ticks > signed(contract["high"][part]):
        contract["high"][part] = price_ticks
    elif price_ticks < signed(contract["low"][part]):
        contract["low"][part] = price_ticks
    contract["last"][part] = price_ticks
    contract["trade_count"][part] = trades + 1
    contract["volume_lots"][part] = signed(contract["volume_lots"][part]) + quantity_lots
    turnover = signed(contract["turnover_fen"][part]) + price_ticks * quantity_lots
    contract["turnover_fen"][part] = turnover
    return previous


@hot
def move_composite(counters: np.void, era: int, change: int) -> None:
    """Move the weighted sum of last prices and follow its first, highest and lowest value.

    A sum becomes a price when it is asked for (composite_of): rounding keeps the order, and weights stay the
    day long, so no trade divides. Era 0 is the whole day, era 1 the trades no longer kept (trades.py).
    """
    total = signed(counters["composite_sum"][era]) + change
    counters["composite_sum"][era] = total
    if signed(counters["composite_open"][era]) == 0:
        counters["composite_open"][era] = total
        counters["composite_high"][era] = total
        counters["composite_low"][era] = total
    elif total > signed(counters["composite_high"][era]):
        counters["composite_high"][era] = total
    elif total < signed(counters["composite_low"][era]):
        counters["composite_low"][era] = total


@hot
def composite_of(counters: np.void, total: int) -> int:
    """The composite price that a weighted sum of prices is."""
    return half_up(total, signed(counters["composite_weight"]))


@hot
def count_composite(counters: np.void, change: int) -> None:
    """Follow the composite after a book trade of a weighted contract."""
    move_composite(counters, ZERO, change)


@cold
def weigh_contracts(state: Core) -> None:
    """Set the composite's weighted sum anew, after a weight or a base came or changed."""
    counters = counters_of(state)
    total = signed(0)
    weights = signed(0)
    for contract_id in range(1, contracts_in(state)):
        contract = contract_at(state, contract_id)
        if signed(contract["is_defined"]) != 0:
            weight = signed(contract["parameters"][COMPOSITE_WEIGHT])
            weights += weight
            if signed(contract["trade_count"][BOOK]) > 0:
                total += weight * signed(contract["last"][BOOK])
            else:
                total += weight * signed(contract["base"])
    counters["composite_sum"][0] = total
    counters["composite_sum"][1] = total  # weights and bases come before any trade
    counters["composite_weight"] = weights


@hot
def close_of(contract: np.void, part: int) -> int:
    """Volume-weighted mean, half up; without a trade the base for the book, else 0."""
    volume = signed(contract["volume_lots"][part])
    if volume > 0:
        return half_up(signed(contract["turnover_fen"][part]), volume)
    return signed(contract["base"]) if part == BOOK else signed(0)


@hot
def open_of(contract: np.void, part: int) -> int:
    """First trade; without one the base for the book, else 0."""
    if signed(contract["trade_count"][part]) > 0:
        return signed(contract["open"][part])
    return signed(contract["base"]) if part == BOOK else signed(0)
