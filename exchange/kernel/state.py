"""The kernel's whole state: structured arrays whose capacities are chosen when it is made."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exchange.vocabulary.enums import MemberLimit, ParameterId, SelfTradeRule
from exchange.vocabulary.limits import (
    ACCOUNTS_MAX,
    CONTRACTS_MAX,
    LEVELS_MAX,
    LOGINS_MAX,
    MEMBER_FIRST,
    ORDERS_MAX,
    PROPOSALS_MAX,
    QUANTITY_LOTS_MAX,
    TRADES_KEPT_MAX,
    TRANSFERS_MAX,
)
from exchange.vocabulary.records import COMMAND

Rows = NDArray[np.void]

WORD_BITS: Final = 32
WORD_SHIFT: Final = 5
NO_SLOT: Final = 2**32 - 1
PARAMETERS: Final = max(ParameterId) + 1
CACHE_LINE_BYTES: Final = 64
HUGE_PAGE_BYTES: Final = 2 << 20
WINDOW_SECONDS: Final = 300  # the longest window of a monitor
NEVER_NS: Final = 2**63 - 1  # of a timer that is not set
SCRATCH_WORDS: Final = 24  # a block and a hash
METHODS: Final = 3  # of a contract, each with a phase and figures: the book, block, one-way
SIDES: Final = 3  # of a contract: bids, asks, bids of a one-way auction
LEVELS_OF_BIDS: Final = 2  # the last of them


class Capacity(NamedTuple):
    """How much a state holds; index 0 of contracts, accounts and logins is reserved."""

    orders: int  # live orders
    levels: int  # price levels of one side of one contract
    accounts: int  # highest account id + 1
    contracts: int  # highest contract id + 1
    logins: int  # highest login id + 1
    members: int  # highest member id + 1; a member's id is its stream
    references: int  # recent references kept per login, a power of two
    trades: int = 65_536  # the newest trades, which alone can be undone or corrected
    transfers: int = 4_096  # of the registry in one day


class State(NamedTuple):
    """The arrays; a field cannot be rebound, only its rows written."""

    counters: Rows  # one row: the day, the market, totals, the cursor of an unfinished command
    contracts: Rows
    levels: Rows  # [contract, side, position]; side 2 is of one-way bids; position 0 is the best price of all
    words: Rows  # bitmaps of non-empty levels, per contract and side: leaf words, then a summary of them
    orders: Rows  # by slot
    links: Rows  # of the same slot: its neighbours in a queue and in its account's ring; then one an account
    accounts: Rows
    holdings: Rows  # [account, contract]
    logins: Rows
    references: Rows  # [login, user_reference % ring]
    members: Rows
    trades: Rows  # ring of the newest trades: row (match_id - 1) % capacity
    transfers: Rows  # by ascending transfer_id
    windows: Rows  # [contract, second % WINDOW_SECONDS]: the monitors' windows
    movements: Rows  # [account, contract], contract 0 = cash: the cold part of a balance
    account_limits: Rows  # of members' own
    login_limits: Rows
    proposals: Rows  # of two persons; a row whose proposal_id is 0 is free
    proposed: Rows  # the command of the same row, as it arrives
    scratch: Rows  # of a hash, while it is computed


def _dtype(text: str, row_bytes: int = 0) -> np.dtype[np.void]:
    """An aligned dtype from `name type` pairs; `type*n` is a small fixed array. A row may be padded."""
    fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
    for row in filter(None, map(str.strip, text.splitlines())):
        for pair in row.split("#")[0].split(","):
            name, kind = pair.split()
            kind, _, count = kind.partition("*")
            fields.append((name, kind, (int(count),)) if count else (name, kind))
    packed = np.dtype(fields, align=True)
    if not row_bytes:
        return packed
    if packed.itemsize > row_bytes:
        raise ValueError(f"expected a row of at most {row_bytes} bytes, found {packed.itemsize}")
    names = packed.names or ()
    formats = [packed.fields[name][0] for name in names] if packed.fields else []
    offsets = [packed.fields[name][1] for name in names] if packed.fields else []
    layout = {"names": names, "formats": formats, "offsets": offsets, "itemsize": row_bytes}
    return np.dtype(layout, align=True)  # type: ignore[call-overload, no-any-return]


COUNTERS: Final = _dtype(f"""
    last_sequence i8, last_time_ns i8, order_number i8, match_count i8
    tonnes_lots i8, amount_fen i8, control i8, fees_fen i8
    free_head i8, live_orders i8
    contracts i8, accounts i8, logins i8, members i8, ring i8, levels i8, leaf_words i8, side_words i8
    composite_sum i8*2, composite_open i8*2, composite_high i8*2, composite_low i8*2, composite_weight i8
    is_halted u1, is_killed u1, halt_reason u1, is_open u1
    is_opening_accepted u1, is_closed u1, is_sealed u1, is_confirmed u1, is_delivered u1
    trading_day i8, expected_ns i8, parameters i8*{PARAMETERS}
    opening_run i8, opening_mark i8, opening_records i8, opening_units i8, opening_cash i8, opening_control i8
    result_run i8, result_is_begun i8, result_refused_run i8
    result_mark i8, result_records i8, result_control i8
    difference_count i8, difference_account i8, difference_contract i8
    difference_expected i8, difference_found i8
    settlement_stage i8, break_count i8
    stage i8, cursor i8, cursor_refused i8, cursor_accepted i8
    seal_units i8, seal_cash i8, seal_records i8
    trade_row i8, transfers i8, units_moved i8, cash_moved i8, covered_fen i8, busted_trades i8
    take_slot i8, take_position i8, take_depth i8, take_rest i8
    taker_order_id i8, taker_filled_fen i8, taker_lock_fen i8
    taker_account_id i8, taker_login_id i8, taker_reference i8
    match_in_force i8, match_rule i8, match_prevented i8, match_outcome i8
    after_stage i8  # what runs when the command is done: the pauses of a market-wide breaker, else 0
    wall_low i8, wall_high i8  # positions between which the running order may trade
    wall_reference i8, wall_lower i8, wall_upper i8  # the prices they come from
    composite_bases i8, timer_wake_ns i8, reopening_ns i8
    timer_login i8, timer_account i8, timer_slot i8, timer_orders i8, timer_lots i8
    market_breaker u1
    uncross_contract i8, uncross_price i8, uncross_rest i8, uncross_lots i8, uncross_trades i8
    clearing_contract i8, clearing_slot i8, clearing_price i8, auction_mark i8
    is_metered u1, is_over_limit u1  # a message limit is on; the command's bucket did not hold it
    mass_slot i8, mass_list i8, mass_position i8, mass_orders i8, mass_lots i8  # MASS_CANCEL's place and sums
    highest_proposal i8, approved_row i8  # approved_row: whose command APPROVE runs
    second_ns i8, bucket_limits i8*2  # when the second of the last counted command began; metering.py
    limit_passed i8  # for OWN_LIMIT
""")

CONTRACT: Final = _dtype(f"""
    is_defined u1, matching_rule u1, product u1, is_halted u1, is_killed u1, halt_reason u1, is_expiring u1
    is_stopped u1  # it or the market is halted or killed
    usual_method u1, wants u1*2  # marks.py: what a usual order may be, and what an account needs for a side
    phase u1*3, is_dirty u1*3  # a phase each: the book, block, one-way
    best i4*3  # position of the best level, -1 = none: bids, asks, bids of a one-way auction
    origin u4*3  # price of position 0: the upper end of the reach for bids, the lower for asks
    reach_lower u4, reach_upper u4  # prices that the book holds
    lower u4, upper u4, block_lower u4, block_upper u4, base u4
    block_head u4, block_tail u4
    open u4*6, high u4*6, low u4*6, last u4*6, trade_count u4*6  # part; 3 + part: trades no longer kept
    parameters i8*{PARAMETERS}
    volume_lots i8*6, turnover_fen i8*6, next_change_ns i8*3, expected_ns i8
    code u8, vintage u2, venue u1, registry u1
    is_watched u1, breaker_state u1, breaker_kind u1
    monitor_last u4, frozen_reference u4, frozen_lower u4, frozen_upper u4, trigger_price u4, extended_ms u4
    window_second i8, window_lots i8, window_fen i8  # the monitor's window, and what was traded in it
    breaker_due_ns i8, resume_ns i8
    has_auction u1, auction_pricing u1, auction_kind u1, auction_id u4, auction_slot u4  # one-way: the last
    auction_floor u4, auction_ceiling u4, auction_share u4, auction_price u4, auction_trades u4
    auction_end_ns i8, indicative_due_ns i8
""")

#: What a book traded in one second.
WINDOW: Final = _dtype("lots i8, fen i8")

LEVEL: Final = _dtype("head u4, tail u4, lots u4, count u4")

WORD: Final = _dtype("bits u4")

#: One cache line. An order that is not live has order_id 0. lock_fen is what is still locked for a buy,
#: filled_fen the amount its fees are counted on. Subject and terms stand as in commands and events, to be
#: copied as words.
ORDER: Final = _dtype(
    """
    order_id u8, lock_fen i8, filled_fen i8, login_id u2, contract_id u2, account_id u4
    price_ticks u4, quantity_lots u4, remaining u4, position u4, user_reference u4, side_kind u1
    is_counted u1  # among its login's open orders
    counterparty_account_id u4
    """,
    CACHE_LINE_BYTES,
)

#: 16 bytes, apart from the orders so that many fit the caches: unlinking touches the neighbours in two lists.
LINK: Final = _dtype("next u4, previous u4, account_next u4, account_previous u4")

#: Two cache lines; orders and trades need the first only.
ACCOUNT: Final = _dtype(
    """
    available i8, locked i8, fees_today i8, proceeds_today i8
    member_id u4, entity_id u4, open_orders u4, trade_count u4
    eligibility u1, is_defined u1, has_limits u1
    event_count u4  # of its member's stream that are about it; the member counts the others
    proceeds_held i8, opening i8, frozen i8, group_id u4, opening_mark u4, result_mark u4
    next_account u4  # of the member, ascending; 0 = none
    auction_mark u4, auction_lots u4  # what the allocation of that number has given it
    """,
    2 * CACHE_LINE_BYTES,
)

#: One cache line. open_buys are the lots of the account's resting buys; held is on its way out, not yet gone
#: (of contract 0: cash, the only field used there).
HOLDING: Final = _dtype("""
    available i8, locked i8, bought_today i8, sold_today i8, frozen i8, opening i8, open_buys i8, held i8
""")

#: buckets are the member's, kept by its first login: when the second of its last counted command began, plus
#: what it has sent in that second; messages, then cancels.
LOGIN: Final = _dtype(
    """
    highest_reference u4, member_id u4, heard_ns i8, buckets i8*2, open_orders u4
    first_login u2  # of the member
    is_defined u1, is_killed u1, has_limits u1, is_up u1, rights u1, down_reason u1
    is_stopped u1  # it or its member is killed
    cancels_on_disconnect u1, grace_ms u4, dead_man_ms u4, disconnect_due_ns i8
    """,
    CACHE_LINE_BYTES,
)

#: slot + 1 of the order that a reference made, its contract above; 0 = none.
REFERENCE: Final = _dtype("place u4")

#: 40 bytes. first_lots is what the trade was made for; state 0 as made, 1 corrected, 2 undone.
TRADE: Final = _dtype("""
    buyer_id u4, seller_id u4, price u4, lots u4
    buyer_trading u4, buyer_settlement u4, seller_trading u4, seller_settlement u4
    first_lots u4, contract_id u1, part u1, state u1
""")

#: state is a HoldState; hold_kind that of a hold, else 0.
TRANSFER: Final = _dtype("amount i8, transfer_id u4, account_id u4, contract_id u1, hold_kind u1, state u1")

#: moved: come in less gone; covered: paid by the settlement reserve; marks of the records received.
MOVEMENT: Final = _dtype("moved i8, covered i8, opening_mark u4, result_mark u4")

MEMBER: Final = _dtype(
    """
    event_count i8, first_account u4, last_account u4, first_login u2
    is_defined u1, is_killed u1
    """,
    CACHE_LINE_BYTES,
)

#: What a member allows its own account or login, by MemberLimit; 0 = off. silent_ns is a login's: timers.py.
OWN_LIMITS: Final = _dtype(f"value i8*{max(MemberLimit) + 1}, silent_ns i8")

#: halves: bit 0 is set when the record's first 32 bytes have come, bit 1 for the others.
PROPOSAL: Final = _dtype("command_hash u8, expires_ns i8, proposal_id u4, login_id u2, kind u1, halves u1")

SCRATCH: Final = _dtype("word i8")

DEFAULT_PARAMETERS: Final = {
    ParameterId.LISTED_QUANTITY_LOTS_MIN: 1,
    ParameterId.LISTED_QUANTITY_LOTS_MAX: 99_999,
    ParameterId.BLOCK_QUANTITY_LOTS_MIN: 100_000,
    ParameterId.BLOCK_QUANTITY_LOTS_MAX: QUANTITY_LOTS_MAX,
    ParameterId.TAKE_DEPTH_LEVELS: 5,
    ParameterId.STRICT_PRICE_PRIORITY: 1,
    ParameterId.PROCEEDS_REUSABLE: 1,
    ParameterId.CANCEL_IN_BREAK: 1,
    ParameterId.PUBLIC_DEPTH_LEVELS: 5,
    ParameterId.SELF_TRADE_RULE: SelfTradeRule.CANCEL_TAKER,
    ParameterId.BREAKER_LIMIT_STATE_MS: 15_000,
    ParameterId.BREAKER_PAUSE_MS: 300_000,
    ParameterId.BREAKER_AUCTION_MS: 120_000,
    ParameterId.BREAKER_EXTENSION_MS_MAX: 300_000,
    ParameterId.MARKET_BREAKER_PAUSE_MS: 900_000,
    ParameterId.AUCTION_QUANTITY_LOTS_MIN: 100_000,
    ParameterId.AUCTION_FLOOR_BAND_PPM: 100_000,
    ParameterId.AUCTION_CEILING_BAND_PPM: 100_000,
    ParameterId.AUCTION_BID_LOTS_MIN: 1,
    ParameterId.AUCTION_BID_CANCEL: 1,
    ParameterId.BUST_CHANGES_FIGURES: 1,
    ParameterId.PRICE_STEP_TICKS: 1,
}


def new_state(capacity: Capacity) -> State:
    """An empty state, every page of it touched; raises ValueError for a capacity outside the limits."""
    check_capacity(capacity)
    leaf_words = -(-capacity.levels // WORD_BITS)
    side_words = leaf_words + -(-leaf_words // WORD_BITS)
    sides = capacity.contracts * SIDES
    shapes = {
        "counters": (1, COUNTERS),
        "contracts": (capacity.contracts, CONTRACT),
        "levels": (sides * capacity.levels, LEVEL),
        "words": (sides * side_words, WORD),
        "orders": (capacity.orders, ORDER),
        "links": (capacity.orders + capacity.accounts, LINK),
        "accounts": (capacity.accounts, ACCOUNT),
        "holdings": (capacity.accounts * capacity.contracts, HOLDING),
        "logins": (capacity.logins, LOGIN),
        "references": (capacity.logins * capacity.references, REFERENCE),
        "members": (capacity.members, MEMBER),
        "trades": (capacity.trades, TRADE),
        "transfers": (capacity.transfers, TRANSFER),
        "windows": (capacity.contracts * WINDOW_SECONDS, WINDOW),
        "movements": (capacity.accounts * capacity.contracts, MOVEMENT),
        "account_limits": (capacity.accounts, OWN_LIMITS),
        "login_limits": (capacity.logins, OWN_LIMITS),
        "proposals": (PROPOSALS_MAX, PROPOSAL),
        "proposed": (PROPOSALS_MAX, COMMAND),
        "scratch": (SCRATCH_WORDS, SCRATCH),
    }
    state = State(**_arena(shapes))
    counters = state.counters[0]
    for name in ("contracts", "accounts", "logins", "members", "levels"):
        counters[name] = getattr(capacity, name)
    counters["ring"] = capacity.references
    counters["leaf_words"] = leaf_words
    counters["side_words"] = side_words
    for parameter, value in DEFAULT_PARAMETERS.items():
        counters["parameters"][parameter] = value
    state.contracts["best"] = -1
    state.logins["disconnect_due_ns"] = NEVER_NS
    counters["timer_wake_ns"] = NEVER_NS
    state.contracts["block_head"] = NO_SLOT
    state.contracts["block_tail"] = NO_SLOT
    state.levels["head"] = NO_SLOT
    state.levels["tail"] = NO_SLOT
    for name in LINK.names or ():
        state.links[name] = NO_SLOT
    state.links["next"][: capacity.orders - 1] = np.arange(1, capacity.orders, dtype=np.uint32)
    heads = np.arange(capacity.orders, len(state.links), dtype=np.uint32)
    state.links["account_next"][capacity.orders :] = heads
    state.links["account_previous"][capacity.orders :] = heads
    return state


def check_capacity(capacity: Capacity) -> None:
    """Raise ValueError naming the first count that is outside its bounds."""
    bounds = {
        "orders": (1, ORDERS_MAX),
        "levels": (1, LEVELS_MAX),
        "accounts": (2, ACCOUNTS_MAX),
        "contracts": (2, CONTRACTS_MAX),
        "logins": (2, LOGINS_MAX + 1),
        "members": (MEMBER_FIRST + 1, ACCOUNTS_MAX),
        "references": (1, 1 << 20),
        "trades": (1, TRADES_KEPT_MAX),
        "transfers": (1, TRANSFERS_MAX),
    }
    for name, (low, high) in bounds.items():
        value = getattr(capacity, name)
        if not low <= value <= high:
            raise ValueError(f"capacity.{name}: expected {low} to {high}, found {value}")
    if capacity.references & (capacity.references - 1):
        raise ValueError(f"capacity.references: expected a power of two, found {capacity.references}")


def _arena(shapes: dict[str, tuple[int, np.dtype[np.void]]]) -> dict[str, Rows]:
    """Zeroed rows of every shape, each on a cache line, in one block whose pages are all touched.

    One block, because numpy asks for huge pages from 4 MB on: with small ones most reads of a large state
    would wait for the translation of their address too.
    """
    sizes = {
        name: -(-count * dtype.itemsize // CACHE_LINE_BYTES) * CACHE_LINE_BYTES
        for name, (count, dtype) in shapes.items()
    }
    total = sum(sizes.values())
    boundary = HUGE_PAGE_BYTES if total > HUGE_PAGE_BYTES else CACHE_LINE_BYTES
    raw = np.empty(total + boundary, np.uint8)
    raw.fill(0)
    place = -raw.ctypes.data % boundary
    arrays = {}
    for name, (count, dtype) in shapes.items():
        arrays[name] = raw[place : place + count * dtype.itemsize].view(dtype)
        place += sizes[name]
    return arrays
