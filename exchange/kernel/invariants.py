"""Proof that a state balances: units, cash, locks, books, free slots and the day's totals."""

import numpy as np

from exchange.errors import CorruptionError
from exchange.kernel.constants import TRADE_UNDONE
from exchange.kernel.ownership import check_lists
from exchange.kernel.proofs import check_limits, check_proposals
from exchange.kernel.state import LEVELS_OF_BIDS, NO_SLOT, SIDES, WORD_BITS, State
from exchange.kernel.views import (
    auction_slots,
    defined_contracts,
    kept_trades,
    offer_slots,
    queue,
    side_levels,
    side_slots,
)
from exchange.kernel.watching import check_breakers
from exchange.vocabulary.enums import HoldState, Method, OrderKind, ParameterId, Side
from exchange.vocabulary.limits import ORDER_SLOT_BITS, ORDER_SLOT_NONE
from exchange.vocabulary.units import PPM

FIGURE_SLOTS = 3  # behind them the figures of trades no longer kept
#: of an order's side_kind
SIDE_AND_KIND = 0x0F
#: what rests in a book, by its matching rule
BOOK_KINDS = {Method.LISTED: OrderKind.LISTING, Method.CONTINUOUS: OrderKind.LIMIT}
SIDE_NAMES = ("BUY", "SELL", "BIDS")


def check_state(state: State) -> None:
    """Raise CorruptionError naming the first thing that does not balance; takes time like the capacity."""
    _check_balances(state)
    _check_slots(state)
    for contract_id in defined_contracts(state):
        for side in range(SIDES):
            _check_side(state, contract_id, side)
        _check_offers(state, contract_id)
        _check_auction(state, contract_id)
    _check_locks(state)
    _check_totals(state)
    _check_holds(state)
    check_breakers(state)
    check_limits(state)
    check_proposals(state)


def _expect(what: str, expected: object, found: object) -> None:
    if expected != found:
        raise CorruptionError(what, expected, found)


def _check_balances(state: State) -> None:
    """No bucket is negative; what everybody has is what the registry gave, less the fees."""
    buckets = ("opening", "available", "locked", "bought_today", "frozen", "sold_today", "open_buys", "held")
    _expect("negative movements.covered", 0, int((state.movements["covered"] < 0).sum()))
    for name in buckets:
        _expect(f"negative holdings.{name}", 0, int((state.holdings[name] < 0).sum()))
    cash = ("opening", "available", "locked", "frozen", "proceeds_held", "fees_today")
    for name in cash:
        _expect(f"negative accounts.{name}", 0, int((state.accounts[name] < 0).sum()))
    contracts = int(state.counters["contracts"][0])
    units = sum(state.holdings[name] for name in ("available", "locked", "bought_today", "frozen"))
    opening = state.holdings["opening"].reshape(-1, contracts).sum(axis=0)
    closing = np.asarray(units).reshape(-1, contracts).sum(axis=0)
    on_hold = state.holdings["held"].reshape(-1, contracts).sum(axis=0)  # first of all cash
    moved = state.movements["moved"].reshape(-1, contracts).sum(axis=0)
    opening[1:] += moved[1:]
    closing[1:] += on_hold[1:]
    for contract_id in range(contracts):
        _expect(f"units of contract {contract_id}", int(opening[contract_id]), int(closing[contract_id]))
    held = sum(int(state.accounts[name].sum()) for name in cash[1:5])
    fees = int(state.counters["fees_fen"][0])
    covered = int(state.movements["covered"].sum())
    given = int(state.accounts["opening"].sum()) + int(moved[0]) + covered
    _expect("cash plus fees", given, held + int(on_hold[0]) + fees)
    totals = {"cash_moved": moved[0], "units_moved": moved[1:].sum(), "covered_fen": covered}
    for name, found in totals.items():
        _expect(name, int(state.counters[name][0]), int(found))
    _expect("fees of all accounts", fees, int(state.accounts["fees_today"].sum()))


def _check_slots(state: State) -> None:
    """Every slot is live or on the free stack, once, and a live order's id names its slot."""
    counters = state.counters[0]
    live = np.flatnonzero(state.orders["order_id"])
    _expect("live orders", int(counters["live_orders"]), len(live))
    slots = state.orders["order_id"][live] & np.uint64(ORDER_SLOT_NONE)
    _expect("slots named by live order ids", live.tolist(), slots.tolist())
    numbers = state.orders["order_id"][live] >> np.uint64(ORDER_SLOT_BITS)
    newest = int(np.max(numbers, initial=0))
    _expect("order numbers above the counter", False, newest > int(counters["order_number"]))
    end = NO_SLOT if len(live) < len(state.orders) else int(counters["free_head"])
    _expect("end of a full pool's free stack", NO_SLOT, end)
    free = list(queue(state, int(counters["free_head"])))
    _expect("free slots", len(state.orders) - len(live), len(free))
    _expect("slots on the free stack twice", len(free), len(set(free)))
    _expect("live slots on the free stack", 0, int((state.orders["order_id"][free] != 0).sum()))


def _check_side(state: State, contract_id: int, side: int) -> None:
    """A side's queues, level totals, bitmap and best price agree."""
    name = f"contract {contract_id} {SIDE_NAMES[side]}"
    contract = state.contracts[contract_id]
    levels = side_levels(state, contract_id, side)
    full = np.flatnonzero(levels["count"])
    _expect(f"{name} best", int(full[0]) if len(full) else -1, int(contract["best"][side]))
    _expect(f"{name} bitmap", full.tolist(), _marked_levels(state, contract_id, side))
    _expect(f"{name} empty levels with lots", 0, int(levels["lots"][levels["count"] == 0].sum()))
    origin = int(contract["origin"][side])
    for position in full.tolist():
        slots = list(queue(state, int(levels["head"][position])))
        place = f"{name} level {position}"
        _expect(f"{place} orders", int(levels["count"][position]), len(slots))
        _expect(f"{place} tail", int(levels["tail"][position]), slots[-1])
        _expect(f"{place} lots", int(levels["lots"][position]), int(state.orders["remaining"][slots].sum()))
        _check_links(state, place, slots)
        price = origin + position if side == Side.SELL else origin - position
        prices = set(state.orders["price_ticks"][slots].tolist())
        _expect(f"{place} prices", {price}, prices)
        kinds = set((state.orders["side_kind"][slots] & SIDE_AND_KIND).tolist())
        _expect(f"{place} side and kind", {_kind_on(contract, side)}, kinds)


def _kind_on(contract: np.void, side: int) -> int:
    """Side and kind of the orders that rest on a side of levels."""
    if side == LEVELS_OF_BIDS:
        return Side.BUY | OrderKind.BID << 1
    return side | BOOK_KINDS[Method(int(contract["matching_rule"]))] << 1


def _check_auction(state: State, contract_id: int) -> None:
    """Bids rest only while an auction runs, between its floor and ceiling; its lot is the seller's."""
    contract = state.contracts[contract_id]
    name = f"contract {contract_id} auction"
    if not contract["has_auction"]:
        _expect(f"{name} bids", -1, int(contract["best"][LEVELS_OF_BIDS]))
        return
    lot, *bids = auction_slots(state, contract_id)
    found = int(state.orders["side_kind"][lot]) & SIDE_AND_KIND
    _expect(f"{name} lot", Side.SELL | OrderKind.AUCTION_OFFER << 1, found)
    prices = state.orders["price_ticks"][bids]
    outside = (prices < contract["auction_floor"]) | (prices > contract["auction_ceiling"])
    _expect(f"{name} bids outside floor and ceiling", 0, int(outside.sum()))


def _marked_levels(state: State, contract_id: int, side: int) -> list[int]:
    """The positions that a side's bitmap says are not empty, both tiers agreeing."""
    counters = state.counters[0]
    leaf_words, side_words = int(counters["leaf_words"]), int(counters["side_words"])
    start = (contract_id * SIDES + side) * side_words
    words = state.words["bits"][start : start + side_words]
    leaves = _bits(words[:leaf_words])
    summary = _bits(words[leaf_words:])
    full_words = sorted({position // WORD_BITS for position in leaves})
    _expect(f"contract {contract_id} {SIDE_NAMES[side]} bitmap summary", full_words, summary)
    return leaves


def _bits(words: np.ndarray) -> list[int]:
    little = np.ascontiguousarray(words).astype("<u4").view(np.uint8)
    return [int(i) for i in np.flatnonzero(np.unpackbits(little, bitorder="little"))]


def _check_links(state: State, place: str, slots: list[int]) -> None:
    previous = state.links["previous"][slots].tolist()
    _expect(f"{place} backward links", [NO_SLOT, *slots[:-1]], previous)
    remaining = state.orders["remaining"][slots]
    _expect(f"{place} orders with nothing left", 0, int((remaining == 0).sum()))


def _check_offers(state: State, contract_id: int) -> None:
    """A contract's block offers are linked both ways, and each is still large enough to be a block."""
    slots = list(offer_slots(state, contract_id))
    tail = int(state.contracts["block_tail"][contract_id])
    _expect(f"contract {contract_id} last block offer", slots[-1] if slots else NO_SLOT, tail)
    if slots:
        _check_links(state, f"contract {contract_id} block offers", slots)
        least = int(state.contracts["parameters"][contract_id][ParameterId.BLOCK_QUANTITY_LOTS_MIN])
        small = int((state.orders["remaining"][slots] < least).sum())
        _expect(f"contract {contract_id} block offers of less than a block", 0, small)


def _check_lock_amounts(state: State, slots: np.ndarray) -> None:
    """A resting buy locks what it may still cost at its own price, fees going on from what it has filled."""
    orders = state.orders[slots]
    filled = orders["filled_fen"].astype(np.int64)
    amount = orders["price_ticks"].astype(np.int64) * orders["remaining"]
    needed = amount.copy()
    for rate in (ParameterId.TRADING_FEE_PPM, ParameterId.SETTLEMENT_FEE_PPM):
        rates = state.contracts["parameters"][orders["contract_id"], rate]
        needed += -(-(filled + amount) * rates // PPM) + (-filled * rates // PPM)
    is_buy = orders["side_kind"] & 1 == Side.BUY
    wrong = np.flatnonzero(np.where(is_buy, needed, 0) != orders["lock_fen"])
    if len(wrong):
        first = int(wrong[0])
        wanted = int(needed[first]) if is_buy[first] else 0
        _expect(f"lock of slot {int(slots[first])}", wanted, int(orders["lock_fen"][first]))


def _check_locks(state: State) -> None:
    """What is locked is what the live orders need, and every live order is in a book or a list."""
    contracts = int(state.counters["contracts"][0])
    locked_lots = np.zeros(len(state.holdings), np.int64)
    open_buys = np.zeros(len(state.holdings), np.int64)
    locked_fen = np.zeros(len(state.accounts), np.int64)
    open_orders = np.zeros(len(state.accounts), np.int64)
    entered = np.zeros(len(state.logins), np.int64)
    found: list[int] = []
    for contract_id in defined_contracts(state):
        sides = [slot for side in Side for slot in side_slots(state, contract_id, side)]
        for slot in (*sides, *offer_slots(state, contract_id), *auction_slots(state, contract_id)):
            found.append(slot)
            order = state.orders[slot]
            account_id = int(order["account_id"])
            _expect(f"contract of slot {slot}", contract_id, int(order["contract_id"]))
            open_orders[account_id] += 1
            login = state.logins[int(order["login_id"])]
            entered[int(order["login_id"])] += int(order["is_counted"])
            is_own = state.accounts["member_id"][account_id] == login["member_id"]
            is_missed = bool(login["has_limits"]) and bool(is_own) and not order["is_counted"]
            _expect(f"slot {slot} of a login with limits is not counted", False, is_missed)
            locked_fen[account_id] += int(state.orders["lock_fen"][slot])
            lots = open_buys if int(order["side_kind"]) & 1 == Side.BUY else locked_lots
            lots[account_id * contracts + contract_id] += int(order["remaining"])
    _expect("live orders in books and lists", int(state.counters["live_orders"][0]), len(found))
    _check_lock_amounts(state, np.array(found, np.int64))
    check_lists(state, found)
    if int(state.counters["stage"][0]) != 0:
        return  # an unfinished command holds a lock of its own
    for name, wanted, rows in (
        ("holdings.locked", locked_lots, state.holdings["locked"]),
        ("holdings.open_buys", open_buys, state.holdings["open_buys"]),
        ("accounts.locked", locked_fen, state.accounts["locked"]),
        ("accounts.open_orders", open_orders, state.accounts["open_orders"]),
        ("logins.open_orders", entered, state.logins["open_orders"]),
    ):
        wrong = np.flatnonzero(wanted != rows)
        if len(wrong):
            first = int(wrong[0])
            _expect(f"{name}[{first}]", int(wanted[first]), int(rows[first]))


def _check_totals(state: State) -> None:
    """The day's totals are those of its contracts, and what was bought is what was sold."""
    counters = state.counters[0]
    busted = int(counters["busted_trades"])
    sides = 2 * (int(counters["match_count"]) - busted)
    _expect("match_count by the sides of trades", sides, int(state.accounts["trade_count"].sum()))
    contracts = int(counters["contracts"])
    sold = state.holdings["sold_today"].reshape(-1, contracts).sum(axis=0)
    _expect("tonnes_lots", int(counters["tonnes_lots"]), int(sold.sum()))
    if counters["parameters"][ParameterId.BUST_CHANGES_FIGURES]:
        _check_figures(state, sold)
    _check_kept_trades(state, sold)


def _check_figures(state: State, sold: np.ndarray) -> None:
    """The figures are of the trades that stand."""
    counters = state.counters[0]
    figures = {name: state.contracts[name][:, :FIGURE_SLOTS] for name in ("volume_lots", "turnover_fen")}
    trades = int(state.contracts["trade_count"][:, :FIGURE_SLOTS].sum())
    _expect("trades of all figures", int(counters["match_count"]) - int(counters["busted_trades"]), trades)
    _expect("amount_fen", int(counters["amount_fen"]), int(figures["turnover_fen"].sum()))
    for contract_id in defined_contracts(state):
        traded = int(figures["volume_lots"][contract_id].sum())
        _expect(f"units sold of contract {contract_id}", traded, int(sold[contract_id]))


def _check_kept_trades(state: State, sold: np.ndarray) -> None:
    """The kept trades that stand and the figures of those no longer kept make up what was sold."""
    kept = kept_trades(state)
    standing = kept[kept["state"] != TRADE_UNDONE]
    forgotten = state.contracts["volume_lots"][:, FIGURE_SLOTS:].sum(axis=1)
    for contract_id in defined_contracts(state):
        lots = int(standing["lots"][standing["contract_id"] == contract_id].sum())
        traded = lots + int(forgotten[contract_id])
        _expect(f"kept trades of contract {contract_id}", traded, int(sold[contract_id]))


def _check_holds(state: State) -> None:
    """The registry's numbers ascend, and what is held is what its unresolved holds say."""
    rows = state.transfers[: int(state.counters["transfers"][0])]
    numbers = rows["transfer_id"].tolist()
    _expect("order of transfers", sorted(set(numbers)), numbers)
    contracts = int(state.counters["contracts"][0])
    wanted = np.zeros(len(state.holdings), np.int64)
    for row in rows[rows["state"] == HoldState.GRANTED]:
        wanted[int(row["account_id"]) * contracts + int(row["contract_id"])] += int(row["amount"])
    wrong = np.flatnonzero(wanted != state.holdings["held"])
    if len(wrong):
        first = int(wrong[0])
        _expect(f"holdings.held[{first}]", int(wanted[first]), int(state.holdings["held"][first]))
