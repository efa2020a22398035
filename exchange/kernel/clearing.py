"""The end of a one-way auction: who gets how much, the trades, what lapses, the result."""

import numpy as np

from exchange.kernel.access import (
    Core,
    account_at,
    contract_at,
    contracts_in,
    counters_of,
    event_at,
    events_in,
    level_at,
    link_at,
    order_at,
)
from exchange.kernel.book import next_level
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    BUY,
    DAY_TRADES_MAX,
    FILLED,
    LEVELS_OF_BIDS,
    NONE,
    ONE_WAY,
    REMAINDER,
    STEP_EVENTS,
    TICK_STAGE_DONE,
    UNIFORM,
    ZERO,
)
from exchange.kernel.crossing import cross
from exchange.kernel.ending import end_resting
from exchange.kernel.uncross import write_result


@cold
def first_bid(state: Core, contract_id: int) -> int:
    """Slot of the best bid, first come, or NONE."""
    best = signed(contract_at(state, contract_id)["best"][LEVELS_OF_BIDS])
    return signed(level_at(state, contract_id, LEVELS_OF_BIDS, best)["head"]) if best >= 0 else NONE


@cold
def next_bid(state: Core, contract_id: int, slot: int) -> int:
    """Slot of the bid after one: behind it at its price, else the first at the next lower one; or NONE."""
    following = signed(link_at(state, slot)["next"])
    if following != NONE:
        return following
    position = signed(order_at(state, slot)["position"])
    position = next_level(state, contract_id, LEVELS_OF_BIDS, position + 1)
    return signed(level_at(state, contract_id, LEVELS_OF_BIDS, position)["head"]) if position >= 0 else NONE


@cold
def begin_tally(state: Core) -> None:
    """Nobody has been given anything yet: what accounts hold of earlier allocations bears an older mark."""
    counters = counters_of(state)
    counters["auction_mark"] = signed(counters["auction_mark"]) + 1


@cold
def award(state: Core, contract_id: int, slot: int, rest_lots: int) -> int:
    """What a bid gets of what is left, its account's share being counted; 0 is nothing."""
    mark = signed(counters_of(state)["auction_mark"])
    order = order_at(state, slot)
    account = account_at(state, signed(order["account_id"]))
    given = signed(account["auction_lots"]) if signed(account["auction_mark"]) == mark else ZERO
    lots = signed(order["remaining"])
    allowed = signed(contract_at(state, contract_id)["auction_share"]) - given
    lots = allowed if allowed < lots else lots
    lots = rest_lots if rest_lots < lots else lots
    account["auction_mark"] = mark
    account["auction_lots"] = given + lots
    return lots


@cold
def lowest_winner(state: Core, contract_id: int) -> int:
    """The lowest price that gets anything: what everybody pays in a uniform auction; 0 without a bid."""
    begin_tally(state)
    contract = contract_at(state, contract_id)
    rest = signed(order_at(state, signed(contract["auction_slot"]))["remaining"])
    trades = DAY_TRADES_MAX - signed(counters_of(state)["match_count"])
    lowest = ZERO
    slot = first_bid(state, contract_id)
    while slot != NONE and rest > 0 and trades > 0:
        lots = award(state, contract_id, slot, rest)
        if lots > 0:
            lowest = signed(order_at(state, slot)["price_ticks"])
            rest -= lots
            trades -= 1
        slot = next_bid(state, contract_id, slot)
    return lowest


@cold
def begin_clearing(state: Core, contract_id: int) -> None:
    """Find the uniform price, then begin at the best bid."""
    counters = counters_of(state)
    is_uniform = signed(contract_at(state, contract_id)["auction_pricing"]) == UNIFORM
    counters["clearing_price"] = lowest_winner(state, contract_id) if is_uniform else ZERO
    counters["clearing_contract"] = contract_id
    counters["clearing_slot"] = first_bid(state, contract_id)
    begin_tally(state)


@cold
def serve_bid(state: Core, count: int, command: np.void, contract_id: int) -> int:
    """Allocate to the bid that is next, if there is anything left for it."""
    counters = counters_of(state)
    contract = contract_at(state, contract_id)
    slot = signed(counters["clearing_slot"])
    lot = signed(contract["auction_slot"])
    rest = signed(order_at(state, lot)["remaining"])
    if rest == 0 or signed(counters["match_count"]) >= DAY_TRADES_MAX:
        counters["clearing_slot"] = NONE
        return count
    counters["clearing_slot"] = next_bid(state, contract_id, slot)
    lots = award(state, contract_id, slot, rest)
    if lots == 0:
        return count
    price = signed(counters["clearing_price"])
    if price == 0:
        price = signed(order_at(state, slot)["price_ticks"])
    contract["auction_price"] = price
    contract["auction_trades"] = signed(contract["auction_trades"]) + 1
    return cross(state, count, command, slot, lot, price, lots, BUY)


@cold
def run_clearing(state: Core, count: int, command: np.void, contract_id: int) -> int:
    """Price high to low, first come first; then every rest ends, and the auction with it.

    Begins, or works on; counters.clearing_contract is 0 again when the result is written.
    """
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    if signed(counters["clearing_contract"]) == 0:
        begin_clearing(state, contract_id)
    while signed(counters["clearing_slot"]) != NONE:
        if count > room:
            return count
        count = serve_bid(state, count, command, contract_id)
    slot = first_bid(state, contract_id)
    while slot != NONE and count <= room:
        count = end_resting(state, count, command, slot, REMAINDER)
        slot = first_bid(state, contract_id)
    if count > room:
        return count
    counters["clearing_contract"] = 0
    lot = signed(contract_at(state, contract_id)["auction_slot"])
    reason = REMAINDER if signed(order_at(state, lot)["remaining"]) > 0 else FILLED
    return end_auction(state, count, command, contract_id, reason)


@cold
def end_auction(state: Core, count: int, command: np.void, contract_id: int, reason: int) -> int:
    """The seller's lot ends when no bid is left, and with it the auction; two events."""
    contract = contract_at(state, contract_id)
    lot = signed(contract["auction_slot"])
    order = order_at(state, lot)
    tonnes = signed(order["quantity_lots"]) - signed(order["remaining"])
    turnover = signed(order["filled_fen"])
    count = end_resting(state, count, command, lot, reason)
    contract["has_auction"] = 0
    price = signed(contract["auction_price"])
    trades = signed(contract["auction_trades"])
    count = write_result(state, count, command, contract_id, ONE_WAY, price, tonnes, trades, turnover)
    event = event_at(state, count - 1)
    event["auction_id"] = contract["auction_id"]
    event["pricing"] = contract["auction_pricing"]
    event["auction_kind"] = contract["auction_kind"]
    return count


@cold
def is_stopped(state: Core, contract_id: int) -> bool:
    """Whether a halt of the market or the contract keeps an auction from ending."""
    halted = signed(counters_of(state)["is_halted"]) | signed(contract_at(state, contract_id)["is_halted"])
    return halted != 0


@cold
def run_due_auctions(state: Core, count: int, command: np.void) -> int:
    """TICK: every one-way auction whose window is over ends; a halt makes it wait (cursor = contract)."""
    counters = counters_of(state)
    room = events_in(state) - STEP_EVENTS
    now_ns = signed(counters["last_time_ns"])
    for contract_id in range(signed(counters["cursor"]), contracts_in(state)):
        contract = contract_at(state, contract_id)
        if signed(contract["has_auction"]) == 0 or now_ns < signed(contract["auction_end_ns"]):
            continue
        if is_stopped(state, contract_id):
            continue
        counters["cursor"] = contract_id
        if count > room:
            return count
        count = run_clearing(state, count, command, contract_id)
        if signed(counters["clearing_contract"]) != 0:
            return count
    counters["cursor"] = TICK_STAGE_DONE
    return count
