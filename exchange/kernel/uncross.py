"""Call auctions of the book: the price of all that crosses, the matches at it, the indication before."""

import numpy as np

from exchange.kernel import kinds
from exchange.kernel.access import (
    Core,
    contract_at,
    contracts_in,
    counters_of,
    event_at,
    events_in,
    level_at,
    order_at,
)
from exchange.kernel.book import position_of, price_at
from exchange.kernel.breaker import later
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    BOOK,
    BOTH_SIDES,
    BUY,
    CALL_AUCTION,
    DAY_TRADES_MAX,
    PRICE_STEP,
    SELL,
    STEP_EVENTS,
    TICK_STAGE_DONE,
    ZERO,
)
from exchange.kernel.crossing import cross
from exchange.kernel.events import begin_public
from exchange.kernel.monitor import prime_monitor, watch_trade

INDICATIVE_EVERY_MS = signed(1_000)


@cold
def lots_between(state: Core, contract_id: int, side: int, first: int, last: int) -> int:
    """Lots resting at the positions first to last of a side."""
    lots = ZERO
    for position in range(first, last + 1):
        lots += signed(level_at(state, contract_id, side, position)["lots"])
    return lots


@cold
def reference_of(contract: np.void) -> int:
    """The book's last trade of the day, else the base."""
    last = signed(contract["last"][BOOK])
    return last if last > 0 else signed(contract["base"])


@cold
def find_price(state: Core, contract_id: int, lowest: int, highest: int) -> tuple[int, int, int]:
    """Most volume, least imbalance, the side that presses, nearest the reference, the higher price.

    Between best ask and best bid, both crossed. One walk upwards: whatever is as good as the best so far
    stretches the stretch of the best (first to last), and is judged by its distance from the reference.
    """
    contract = contract_at(state, contract_id)
    step = signed(contract["parameters"][PRICE_STEP])
    reference = reference_of(contract)
    best_bid = signed(contract["best"][BUY])
    buyers = lots_between(state, contract_id, BUY, best_bid, position_of(contract, BUY, lowest))
    sellers = ZERO
    volume = signed(-1)
    least = first = last = nearest = nearest_imbalance = ZERO
    signs = ZERO  # bit 0: somewhere too many buyers, bit 1: too many sellers, bit 2: neither
    for price in range(lowest, highest + 1):
        ask = level_at(state, contract_id, SELL, position_of(contract, SELL, price))
        bid = level_at(state, contract_id, BUY, position_of(contract, BUY, price))
        sellers += signed(ask["lots"])
        if price % step == 0:
            imbalance = buyers - sellers
            traded = buyers if imbalance < 0 else sellers
            size = -imbalance if imbalance < 0 else imbalance
            if traded > volume or (traded == volume and size < least):
                volume, least, first, signs = traded, size, price, ZERO
                nearest = ZERO
            if traded == volume and size == least:
                last = price
                signs |= 1 if imbalance > 0 else (2 if imbalance < 0 else 4)
                if nearest == 0 or abs(price - reference) <= abs(nearest - reference):
                    nearest, nearest_imbalance = price, imbalance
        buyers -= signed(bid["lots"])
    if signs == 1:
        return last, volume, least
    if signs == 2:
        return first, volume, -least
    return nearest, volume, nearest_imbalance


@cold
def auction_result(state: Core, contract_id: int) -> tuple[int, int, int]:
    """Price, volume and imbalance (buyers less sellers) of an uncross now; zeros where nothing crosses."""
    contract = contract_at(state, contract_id)
    ask = signed(contract["best"][SELL])
    bid = signed(contract["best"][BUY])
    if ask < 0 or bid < 0:
        return ZERO, ZERO, ZERO
    lowest = price_at(contract, SELL, ask)
    highest = price_at(contract, BUY, bid)
    if lowest > highest:
        return ZERO, ZERO, ZERO
    return find_price(state, contract_id, lowest, highest)


@cold
def indicative_price(state: Core, contract_id: int) -> int:
    """The price of an uncross now, 0 = none."""
    return auction_result(state, contract_id)[0]


@cold
def write_result(
    state: Core,
    count: int,
    command: np.void,
    contract_id: int,
    method: int,
    price_ticks: int,
    tonnes_lots: int,
    trades: int,
    turnover_fen: int,
) -> int:
    """AUCTION_RESULT to everybody; the caller adds what only a one-way auction has."""
    begin_public(state, count, kinds.AUCTION_RESULT, command, contract_id)
    event = event_at(state, count)
    event["tonnes_lots"] = tonnes_lots
    event["price_ticks"] = price_ticks
    event["auction_trade_count"] = trades
    event["method"] = method
    event["turnover_fen"] = turnover_fen
    return count + 1


@cold
def begin_uncross(state: Core, contract_id: int) -> None:
    """Fix price and volume: nothing runs in between, so they hold for every slice."""
    counters = counters_of(state)
    price, volume, _ = auction_result(state, contract_id)
    counters["uncross_contract"] = contract_id
    counters["uncross_price"] = price
    counters["uncross_rest"] = volume
    counters["uncross_lots"] = 0
    counters["uncross_trades"] = 0


@cold
def first_of(state: Core, contract_id: int, side: int) -> int:
    """Slot of the first order of a side's best level; the caller knows that there is one."""
    best = signed(contract_at(state, contract_id)["best"][side])
    return signed(level_at(state, contract_id, side, best)["head"])


@cold
def cross_best(state: Core, count: int, command: np.void, contract_id: int) -> int:
    """One match of an uncross: the first bid against the first ask."""
    counters = counters_of(state)
    buyer = first_of(state, contract_id, BUY)
    seller = first_of(state, contract_id, SELL)
    lots = signed(counters["uncross_rest"])
    bought = signed(order_at(state, buyer)["remaining"])
    sold = signed(order_at(state, seller)["remaining"])
    lots = bought if bought < lots else lots
    lots = sold if sold < lots else lots
    price = signed(counters["uncross_price"])
    counters["uncross_rest"] = signed(counters["uncross_rest"]) - lots
    counters["uncross_lots"] = signed(counters["uncross_lots"]) + lots
    counters["uncross_trades"] = signed(counters["uncross_trades"]) + 1
    count = cross(state, count, command, buyer, seller, price, lots, BOTH_SIDES)
    if signed(contract_at(state, contract_id)["is_watched"]) != 0:
        watch_trade(state, contract_id, price, lots)
    return count


@cold
def run_uncross(state: Core, count: int, command: np.void, contract_id: int) -> int:
    """Trade what crosses at one price: bids best first, first come, against asks likewise.

    Begins, or works on; counters.uncross_contract is 0 again when the result is written.
    """
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    if signed(counters["uncross_contract"]) == 0:
        begin_uncross(state, contract_id)
    while signed(counters["uncross_rest"]) > 0 and signed(counters["match_count"]) < DAY_TRADES_MAX:
        if count > room:
            return count
        count = cross_best(state, count, command, contract_id)
    if count > room:
        return count
    contract = contract_at(state, contract_id)
    lots = signed(counters["uncross_lots"])
    price = signed(counters["uncross_price"]) if lots > 0 else ZERO
    trades = signed(counters["uncross_trades"])
    if lots > 0:
        prime_monitor(state, contract_id, price)
    counters["uncross_contract"] = 0
    method = signed(contract["matching_rule"])
    return write_result(state, count, command, contract_id, method, price, lots, trades, lots * price)


@cold
def write_indicative(state: Core, count: int, command: np.void, contract_id: int) -> int:
    """INDICATIVE: what the call auction would trade now."""
    price, volume, imbalance = auction_result(state, contract_id)
    begin_public(state, count, kinds.INDICATIVE, command, contract_id)
    event = event_at(state, count)
    event["imbalance_lots"] = -imbalance if imbalance < 0 else imbalance
    event["price_ticks"] = price
    event["volume_lots"] = volume
    event["imbalance_side"] = SELL if imbalance < 0 else BUY
    event["auction_method"] = contract_at(state, contract_id)["matching_rule"]
    return count + 1


@cold
def run_indicatives(state: Core, count: int, command: np.void) -> int:
    """TICK: every running call auction is told, at most once a second (cursor = contract)."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    now_ns = signed(counters["last_time_ns"])
    for contract_id in range(signed(counters["cursor"]), contracts_in(state)):
        contract = contract_at(state, contract_id)
        is_running = signed(contract["phase"][BOOK]) == CALL_AUCTION
        if not is_running or now_ns < signed(contract["indicative_due_ns"]):
            continue
        if count > room:
            counters["cursor"] = contract_id
            return count
        contract["indicative_due_ns"] = later(state, INDICATIVE_EVERY_MS)
        count = write_indicative(state, count, command, contract_id)
    counters["cursor"] = TICK_STAGE_DONE
    return count
