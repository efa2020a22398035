"""MASS_CANCEL: a member's own orders, or as staff anybody's, by contract, side, price, login and method.

An account's orders are walked oldest first. Staff naming no account walk every contract's lists: bids best to
worst, asks, block offers, an auction's bids and its lot. The place lives in counters (`mass_*`), so that the
walk can be cut anywhere.
"""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    contract_at,
    contracts_in,
    counters_of,
    event_at,
    events_in,
    level_at,
    link_at,
    login_at,
    order_at,
)
from exchange.kernel.book import first_of_account, kind_of, next_level, next_of_account, part_of_kind, side_of
from exchange.kernel.clearing import end_auction
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    ALL,
    BREAK,
    CANCEL_IN_BREAK,
    CONTINUOUS,
    LEVELS_OF_BIDS,
    LOT_ORDER,
    MASS_CANCELLED,
    MEMBER_FIRST,
    METHODS,
    NO_LEVEL,
    NONE,
    ONE,
    SELL,
    STEP_EVENTS,
    STREAM_OPERATOR,
    ZERO,
)
from exchange.kernel.ending import end_resting
from exchange.kernel.events import begin_event, reject
from exchange.kernel.limits import check_messages
from exchange.kernel.one_way import is_binding
from exchange.kernel.phase_change import method_of
from exchange.kernel.risk import is_account, is_contract, is_own_account

OFFERS = signed(2)  # lists of a contract: its levels' bids and asks, its block offers,
BIDS = signed(3)  # an auction's bids and its lot
LOT = signed(4)
LISTS = signed(5)


@cold
def is_staff(state: Core, login_id: int) -> bool:
    """Whether a login is of no trading member; login 0 is the exchange itself."""
    return signed(login_at(state, login_id)["member_id"]) < MEMBER_FIRST


@cold
def is_kept(state: Core, contract_id: int, part: int) -> bool:
    """Whether members cannot cancel in this break."""
    contract = contract_at(state, contract_id)
    return signed(contract["phase"][part]) == BREAK and signed(contract["parameters"][CANCEL_IN_BREAK]) == 0


@cold
def check_filter(command: np.void) -> int:
    """Side, method and range of prices are of their kinds."""
    side = signed(command["side"])
    method = signed(command["method"])
    highest = signed(command["price_high_ticks"])
    is_known = (side <= SELL or side == ALL) and (method <= CONTINUOUS or method == ALL)
    is_range = highest == 0 or signed(command["price_low_ticks"]) <= highest
    return reasons.OK if is_known and is_range else reasons.INVALID_FIELD


@cold
def check_mass_cancel(state: Core, command: np.void) -> int:
    """Every check in its precedence; staff name any account or none, and no break stops them."""
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    login_id = signed(command["login_id"])
    by_staff = is_staff(state, login_id)
    if contract_id != 0 and not is_contract(state, contract_id):
        return reasons.UNKNOWN_CONTRACT
    if not by_staff and not is_own_account(state, account_id, login_id):
        return reasons.WRONG_ACCOUNT
    reason = check_filter(command)
    if reason != 0:
        return reason
    if by_staff:
        is_known = account_id == 0 or is_account(state, account_id)
        return reasons.OK if is_known else reasons.UNKNOWN_ACCOUNT
    if contract_id != 0:
        method = signed(command["method"])
        for part in range(METHODS):
            is_meant = method == ALL or method_of(contract_at(state, contract_id), part) == method
            if is_meant and is_kept(state, contract_id, part):
                return reasons.WRONG_PHASE
    return check_messages(state)


@cold
def apply_mass_cancel(state: Core, count: int, command: np.void) -> int:
    """MASS_CANCEL: halts and kill switches never stop it."""
    reason = check_mass_cancel(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    counters = counters_of(state)
    account_id = signed(command["account_id"])
    counters["mass_orders"] = 0
    counters["mass_lots"] = 0
    counters["mass_list"] = LISTS
    counters["mass_slot"] = NONE
    counters["cursor"] = 0
    if account_id != 0:
        counters["mass_slot"] = first_of_account(state, account_id)
        counters["cursor"] = contracts_in(state)
    counters["stage"] = 1
    return run_mass_cancel(state, count, command)


@cold
def run_mass_cancel(state: Core, count: int, command: np.void) -> int:
    """Order by order (cursor = contract of staff's walk), then say how many."""
    counters = counters_of(state)
    is_by_account = signed(command["account_id"]) != 0
    room = events_in(state) - STEP_EVENTS
    while count <= room:
        slot = signed(counters["mass_slot"])
        if slot != NONE:
            following = signed(link_at(state, slot)["next"])
            counters["mass_slot"] = next_of_account(state, slot) if is_by_account else following
            if is_meant_order(state, command, slot):
                counters["mass_orders"] = signed(counters["mass_orders"]) + 1
                remaining = signed(order_at(state, slot)["remaining"])
                counters["mass_lots"] = signed(counters["mass_lots"]) + remaining
                count = cancel_one(state, count, command, slot)
        elif signed(counters["cursor"]) < contracts_in(state):
            next_list(state, signed(command["contract_id"]))
        else:
            counters["cursor"] = 0
            counters["stage"] = 0
            return write_mass_cancelled(state, count, command)
    return count


@cold
def cancel_one(state: Core, count: int, command: np.void, slot: int) -> int:
    """End an order; with its lot an auction ends."""
    order = order_at(state, slot)
    if kind_of(order) == LOT_ORDER:
        return end_auction(state, count, command, signed(order["contract_id"]), MASS_CANCELLED)
    return end_resting(state, count, command, slot, MASS_CANCELLED)


@cold
def next_list(state: Core, chosen: int) -> None:
    """Go to the next queue that may hold orders: a level, the block offers, the lot, the next contract."""
    counters = counters_of(state)
    contract_id = signed(counters["cursor"])
    kind = signed(counters["mass_list"])
    if kind < OFFERS or kind == BIDS:
        side = LEVELS_OF_BIDS if kind == BIDS else kind
        position = next_level(state, contract_id, side, signed(counters["mass_position"]) + 1)
        counters["mass_position"] = position
        if position != NO_LEVEL:
            counters["mass_slot"] = level_at(state, contract_id, side, position)["head"]
            return
    kind += 1
    if kind >= LISTS:
        kind = ZERO
        contract_id = contracts_in(state) if chosen == contract_id and chosen != 0 else contract_id + ONE
        if chosen > contract_id:
            contract_id = chosen
        counters["cursor"] = contract_id
    counters["mass_list"] = kind
    counters["mass_position"] = NO_LEVEL
    if kind == OFFERS:
        counters["mass_slot"] = contract_at(state, contract_id)["block_head"]
    elif kind == LOT and signed(contract_at(state, contract_id)["has_auction"]) != 0:
        counters["mass_slot"] = contract_at(state, contract_id)["auction_slot"]


@cold
def is_meant_order(state: Core, command: np.void, slot: int) -> bool:
    """Whether an order passes the filters and may be cancelled now by who asks.

    A member's own may be kept or bind it; staff spare only the lot of an auction that still has bids.
    """
    order = order_at(state, slot)
    contract_id = signed(order["contract_id"])
    part = part_of_kind(kind_of(order))
    chosen = signed(command["contract_id"])
    side = signed(command["side"])
    method = signed(command["method"])
    login_id = signed(command["subject_id"])
    price = signed(order["price_ticks"])
    highest = signed(command["price_high_ticks"])
    if chosen != 0 and chosen != contract_id:
        return False
    if side != ALL and side != side_of(order):
        return False
    if method != ALL and method != method_of(contract_at(state, contract_id), part):
        return False
    if login_id != 0 and login_id != signed(order["login_id"]):
        return False
    if price < signed(command["price_low_ticks"]) or (highest != 0 and price > highest):
        return False
    if not is_staff(state, signed(command["login_id"])):
        return not is_kept(state, contract_id, part) and not is_binding(state, slot)
    has_bids = signed(contract_at(state, contract_id)["best"][LEVELS_OF_BIDS]) != NO_LEVEL
    is_by_account = signed(command["account_id"]) != 0
    return kind_of(order) != LOT_ORDER or not (is_by_account or has_bids)


@cold
def write_mass_cancelled(state: Core, count: int, command: np.void) -> int:
    """MASS_CANCELLED to the sender: its member, the operators for all staff."""
    counters = counters_of(state)
    login_id = signed(command["login_id"])
    stream = STREAM_OPERATOR
    if not is_staff(state, login_id):
        stream = signed(login_at(state, login_id)["member_id"])
    begin_event(
        state,
        count,
        stream,
        kinds.MASS_CANCELLED,
        command,
        login_id,
        signed(command["user_reference"]),
        signed(command["contract_id"]),
        signed(command["account_id"]),
    )
    event = event_at(state, count)
    event["cancelled_lots"] = counters["mass_lots"]
    event["record_count"] = counters["mass_orders"]
    return count + 1
