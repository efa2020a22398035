"""What the breakers measure: a book's reference price, and the composite against that of the bases.

An order that begins to match asks once for its walls, the positions between which it may trade. Its own fills
do not move them: else a sweep would drag its band along, and a fill-or-kill could not be promised.
"""

import numpy as np

from exchange.kernel.access import Core, contract_at, contracts_in, counters_of, window_at
from exchange.kernel.book import position_of
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    BREAKER_LIMIT,
    BREAKER_PPM,
    BREAKER_WINDOW,
    BUY,
    COMPOSITE_WEIGHT,
    MARKET_BREAKER,
    NO_WALL,
    PAUSING_MARKET,
    PPM,
    WINDOW_SECONDS,
    ZERO,
)
from exchange.kernel.figures import composite_of, half_up

NS_PER_SECOND = signed(1_000_000_000)
#: bits of contract.is_watched
BY_ITSELF = signed(1)
IN_COMPOSITE = signed(2)
#: counters.market_breaker: it acts once a day
SPENT = signed(2)


@cold
def watch_contracts(state: Core) -> None:
    """Set what is watched anew, after a rule, a weight or a base came or changed."""
    counters = counters_of(state)
    width = signed(counters["parameters"][MARKET_BREAKER])
    total = ZERO
    weights = ZERO
    for contract_id in range(1, contracts_in(state)):
        contract = contract_at(state, contract_id)
        if signed(contract["is_defined"]) == 0:
            continue
        weight = signed(contract["parameters"][COMPOSITE_WEIGHT])
        total += weight * signed(contract["base"])
        weights += weight
        watched = BY_ITSELF if signed(contract["parameters"][BREAKER_PPM]) > 0 else ZERO
        if width > 0 and weight > 0:
            watched |= IN_COMPOSITE
        contract["is_watched"] = watched
    counters["composite_bases"] = half_up(total, weights) if weights > 0 else ZERO


@hot
def stamp(counters: np.void, command: np.void) -> None:
    """Remember a command's number and time, before anything asks for them."""
    counters["last_sequence"] = command["sequence"]
    counters["last_time_ns"] = command["time_ns"]


@cold
def move_window(state: Core, contract_id: int) -> None:
    """Forget the seconds that have left a contract's window since it was last looked at."""
    contract = contract_at(state, contract_id)
    width = signed(contract["parameters"][BREAKER_WINDOW])
    latest = signed(contract["window_second"])
    second = signed(counters_of(state)["last_time_ns"]) // NS_PER_SECOND
    if second <= latest:
        return
    contract["window_second"] = second
    last_left = second - width if second - width < latest else latest
    for left in range(latest - width + 1, last_left + 1):
        row = window_at(state, contract_id, left % WINDOW_SECONDS)
        contract["window_lots"] = signed(contract["window_lots"]) - signed(row["lots"])
        contract["window_fen"] = signed(contract["window_fen"]) - signed(row["fen"])
        row["lots"] = 0
        row["fen"] = 0


@cold
def band_of(state: Core, contract_id: int) -> tuple[int, int, int]:
    """Reference and band of a book as of now, half up; zeros while it is not watched."""
    contract = contract_at(state, contract_id)
    reference = signed(contract["monitor_last"])
    if reference == 0:
        return ZERO, ZERO, ZERO
    move_window(state, contract_id)
    lots = signed(contract["window_lots"])
    if lots > 0:
        reference = half_up(signed(contract["window_fen"]), lots)
    width = signed(contract["parameters"][BREAKER_PPM])
    return reference, half_up(reference * (PPM - width), PPM), half_up(reference * (PPM + width), PPM)


@cold
def set_walls(state: Core, contract_id: int, side: int) -> None:
    """The positions of a side between which the order that begins now may trade."""
    counters = counters_of(state)
    contract = contract_at(state, contract_id)
    if signed(contract["breaker_state"]) == BREAKER_LIMIT:
        reference = signed(contract["frozen_reference"])
        lower = signed(contract["frozen_lower"])
        upper = signed(contract["frozen_upper"])
    else:
        reference, lower, upper = band_of(state, contract_id)
    counters["wall_reference"] = reference
    counters["wall_lower"] = lower
    counters["wall_upper"] = upper
    if reference == 0:
        counters["wall_low"] = ZERO
        counters["wall_high"] = NO_WALL
    else:
        counters["wall_low"] = position_of(contract, side, upper if side == BUY else lower)
        counters["wall_high"] = position_of(contract, side, lower if side == BUY else upper)


@cold
def watch_trade(state: Core, contract_id: int, price_ticks: int, quantity_lots: int) -> None:
    """A trade of a watched book: the last one, counted in its second; it may trip the market-wide breaker."""
    contract = contract_at(state, contract_id)
    watched = signed(contract["is_watched"])
    if watched & IN_COMPOSITE:
        watch_composite(counters_of(state))
    if watched & BY_ITSELF == 0:
        return
    contract["monitor_last"] = price_ticks
    if signed(contract["parameters"][BREAKER_WINDOW]) == 0:
        return
    move_window(state, contract_id)
    row = window_at(state, contract_id, signed(contract["window_second"]) % WINDOW_SECONDS)
    fen = price_ticks * quantity_lots
    row["lots"] = signed(row["lots"]) + quantity_lots
    row["fen"] = signed(row["fen"]) + fen
    contract["window_lots"] = signed(contract["window_lots"]) + quantity_lots
    contract["window_fen"] = signed(contract["window_fen"]) + fen


@cold
def watch_composite(counters: np.void) -> None:
    """Trip the market-wide breaker, once a day; the pauses follow when the running command is done."""
    if signed(counters["market_breaker"]) == SPENT:
        return
    bases = signed(counters["composite_bases"])
    now = composite_of(counters, signed(counters["composite_sum"][0]))
    distance = now - bases if now > bases else bases - now
    if distance * PPM >= signed(counters["parameters"][MARKET_BREAKER]) * bases:
        counters["market_breaker"] = SPENT
        counters["after_stage"] = PAUSING_MARKET


@cold
def prime_monitor(state: Core, contract_id: int, price_ticks: int) -> None:
    """An auction's price takes the place of everything that was traded before."""
    contract = contract_at(state, contract_id)
    if signed(contract["is_watched"]) & BY_ITSELF == 0:
        return
    contract["monitor_last"] = price_ticks
    if signed(contract["window_lots"]) > 0:
        for second in range(WINDOW_SECONDS):
            row = window_at(state, contract_id, second)
            row["lots"] = 0
            row["fen"] = 0
        contract["window_lots"] = 0
        contract["window_fen"] = 0
