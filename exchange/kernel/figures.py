"""The day's figures as trades happen: open, high, low, last, volume and the composite price."""

import numpy as np

from exchange.kernel.access import Core, contract_at, contracts_in, counters_of
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import COMPOSITE_WEIGHT, LISTED


@hot
def half_up(numerator: int, denominator: int) -> int:
    """Quotient rounded half up; both positive (see vocabulary.units.round_half_up)."""
    return (2 * numerator + denominator) // (2 * denominator)


@hot
def count_trade(contract: np.void, method: int, price_ticks: int, quantity_lots: int) -> int:
    """Add a trade to a method's figures; returns the price before it: the last one, else the base."""
    trades = signed(contract["trade_count"][method])
    previous = signed(contract["last"][method]) if trades > 0 else signed(contract["base"])
    if trades == 0:
        contract["open"][method] = price_ticks
        contract["high"][method] = price_ticks
        contract["low"][method] = price_ticks
    elif price_ticks > signed(contract["high"][method]):
        contract["high"][method] = price_ticks
    elif price_ticks < signed(contract["low"][method]):
        contract["low"][method] = price_ticks
    contract["last"][method] = price_ticks
    contract["trade_count"][method] = trades + 1
    contract["volume_lots"][method] = signed(contract["volume_lots"][method]) + quantity_lots
    turnover = signed(contract["turnover_fen"][method]) + price_ticks * quantity_lots
    contract["turnover_fen"][method] = turnover
    return previous


@hot
def count_composite(counters: np.void, change: int) -> None:
    """Move the weighted sum of last prices and follow the composite's open, high and low."""
    total = signed(counters["composite_sum"]) + change
    counters["composite_sum"] = total
    now = half_up(total, signed(counters["composite_weight"]))
    if signed(counters["composite_open"]) == 0:
        counters["composite_open"] = now
        counters["composite_high"] = now
        counters["composite_low"] = now
    elif now > signed(counters["composite_high"]):
        counters["composite_high"] = now
    elif now < signed(counters["composite_low"]):
        counters["composite_low"] = now


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
            if signed(contract["trade_count"][LISTED]) > 0:
                total += weight * signed(contract["last"][LISTED])
            else:
                total += weight * signed(contract["base"])
    counters["composite_sum"] = total
    counters["composite_weight"] = weights


@hot
def close_of(contract: np.void, method: int) -> int:
    """Volume-weighted mean, half up; without a trade the base for listed trades, else 0."""
    volume = signed(contract["volume_lots"][method])
    if volume > 0:
        return half_up(signed(contract["turnover_fen"][method]), volume)
    return signed(contract["base"]) if method == LISTED else signed(0)


@hot
def open_of(contract: np.void, method: int) -> int:
    """First trade; without one the base for listed trades, else 0."""
    if signed(contract["trade_count"][method]) > 0:
        return signed(contract["open"][method])
    return signed(contract["base"]) if method == LISTED else signed(0)
