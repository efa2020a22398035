"""The order book: slots, price levels and their queues. A position counts from the best price the book holds.

Positions make both sides one: position 0 is the highest price for bids and the lowest for asks, so the best
level of either side is its lowest non-empty position. The band lies in the middle of what the book holds, so
that it can be moved during the day.
"""

import numpy as np

from exchange.kernel.access import (
    Core,
    counters_of,
    fetch_link,
    fetch_order,
    level_at,
    link_at,
    order_at,
    order_words_at,
    orders_in,
    words_of,
)
from exchange.kernel.bits import clear_level, first_level, set_level
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import (
    ACCEPT_ORDER,
    BID_ORDER,
    BLOCK,
    BOOK,
    BUY,
    CONTINUOUS,
    KIND_MASK,
    KIND_SHIFT,
    LIMIT_ORDER,
    LISTED,
    LISTING_ORDER,
    LOT_ORDER,
    MARKS_SHIFT,
    NONE,
    OFFER_ORDER,
    ONE,
    ONE_WAY,
    RULE_SHIFT,
    SLOT_BITS,
    SLOT_MASK,
    TAKE_ORDER,
)

HALF_WORD = signed(32)
METHOD_BITS = signed(2)
METHOD_MASK = signed(3)


@hot
def part_of(method: int) -> int:
    """Whose phase and figures a method has: the book's, block's or one-way's."""
    return BOOK if method == CONTINUOUS else method


@cold
def part_of_kind(order_kind: int) -> int:
    """Whose phase an order of a kind depends on: the book's, block's or one-way's."""
    if order_kind == OFFER_ORDER:
        return BLOCK
    return ONE_WAY if order_kind == BID_ORDER or order_kind == LOT_ORDER else BOOK


#: the method of every kind of order, two bits each
METHODS_OF_KINDS = signed(
    sum(
        int(method) << METHOD_BITS * int(kind)
        for kind, method in (
            (LISTING_ORDER, LISTED),
            (TAKE_ORDER, LISTED),
            (LIMIT_ORDER, CONTINUOUS),
            (OFFER_ORDER, BLOCK),
            (ACCEPT_ORDER, BLOCK),
            (BID_ORDER, ONE_WAY),
            (LOT_ORDER, ONE_WAY),
        )
    )
)


@hot
def method_of_kind(kind: int) -> int:
    """The method that orders of a kind belong to."""
    return (METHODS_OF_KINDS >> (kind * METHOD_BITS)) & METHOD_MASK


@hot
def position_of(contract: np.void, side: int, price_ticks: int) -> int:
    """Position of a price on a side; negative where the book does not reach so far."""
    origin = signed(contract["origin"][side])
    return origin - price_ticks if side == BUY else price_ticks - origin


@hot
def price_at(contract: np.void, side: int, position: int) -> int:
    """Price of a position of a side."""
    origin = signed(contract["origin"][side])
    return origin - position if side == BUY else origin + position


@hot
def side_kind(side: int, order_kind: int, marks: int) -> int:
    """Side, kind and marks of an order in one byte; marks are its flag and, above it, its self-trade rule."""
    return side | (order_kind << KIND_SHIFT) | (marks << MARKS_SHIFT)


@hot
def side_of(order: np.void) -> int:
    """Side of an order slot."""
    return signed(order["side_kind"]) & ONE


@hot
def buys_of(side: int) -> int:
    """All bits for a buy, none for a sale: what a sum takes of a number without a branch."""
    return side - ONE


@hot
def kind_of(order: np.void) -> int:
    """OrderKind of an order slot."""
    return (signed(order["side_kind"]) >> KIND_SHIFT) & KIND_MASK


@hot
def flags_of(order: np.void) -> int:
    """The flags that an order was accepted with."""
    return (signed(order["side_kind"]) >> MARKS_SHIFT) & ONE


@hot
def rule_of(order: np.void) -> int:
    """The SelfTradeRule that an order chose."""
    return signed(order["side_kind"]) >> RULE_SHIFT


@hot
def next_level(state: Core, contract_id: int, side: int, position: int) -> int:
    """First non-empty position at or after one, or -1."""
    return first_level(state, contract_id, side, position)


@hot
def next_order_number(counters: np.void) -> int:
    """Count one more order of the day."""
    number = signed(counters["order_number"]) + 1
    counters["order_number"] = number
    return number


@hot
def place_of(contract_id: int, slot: int) -> int:
    """What a ring of references keeps of an order."""
    return (contract_id << SLOT_BITS) | (slot + ONE)


@hot
def slot_of(place: int) -> int:
    """The slot that a ring of references keeps; negative for none."""
    return (place & SLOT_MASK) - ONE


@hot
def take_slot(state: Core) -> int:
    """Pop a slot off the free stack and give it the next order id; the caller knows that one is free."""
    counters = counters_of(state)
    slot = signed(counters["free_head"])
    following = signed(link_at(state, slot)["next"])
    fetch_link(state, following)
    fetch_order(state, following)
    counters["free_head"] = following
    counters["live_orders"] = signed(counters["live_orders"]) + 1
    order_at(state, slot)["order_id"] = (next_order_number(counters) << SLOT_BITS) | slot
    return slot


@hot
def fill_slot(
    state: Core,
    slot: int,
    command: np.void,
    terms: int,
    quantity_lots: int,
    position: int,
    packed_kind: int,
    locked_fen: int,
    counterparty: int,
) -> None:
    """Fill a slot that has its order id with a command's order, a word at a time."""
    order = order_words_at(state, slot)
    order["w1"] = locked_fen
    order["w2"] = 0  # filled_fen
    order["w3"] = words_of(command)["w3"]  # login, contract and account
    order["w4"] = terms
    order["w5"] = quantity_lots | (position << HALF_WORD)  # all of it remains
    order["w6"] = signed(command["user_reference"]) | (packed_kind << HALF_WORD)
    order["w7"] = counterparty


@hot
def free_slot(state: Core, slot: int) -> None:
    """Push a slot on the free stack: it is the next one handed out."""
    counters = counters_of(state)
    order_at(state, slot)["order_id"] = 0
    link_at(state, slot)["next"] = counters["free_head"]
    counters["free_head"] = slot
    counters["live_orders"] = signed(counters["live_orders"]) - 1


@hot
def head_of(state: Core, account_id: int) -> int:
    """The link that begins and ends the ring of an account's live orders: one behind those of all slots."""
    return orders_in(state) + account_id


@hot
def join_account(state: Core, account: np.void, account_id: int, slot: int) -> None:
    """Put a new order at the end of its account's live orders.

    They are a ring through the account's own link, so that no branch asks whether there is a neighbour: few
    accounts have many orders, and the processor would guess wrongly.
    """
    end = head_of(state, account_id)
    head = link_at(state, end)
    last = signed(head["account_previous"])
    link = link_at(state, slot)
    link["account_next"] = end
    link["account_previous"] = last
    link_at(state, last)["account_next"] = slot
    head["account_previous"] = slot
    account["open_orders"] = signed(account["open_orders"]) + 1


@hot
def leave_account(state: Core, account: np.void, slot: int) -> None:
    """Take an order out of its account's live orders."""
    link = link_at(state, slot)
    following = signed(link["account_next"])
    previous = signed(link["account_previous"])
    link_at(state, previous)["account_next"] = following
    link_at(state, following)["account_previous"] = previous
    account["open_orders"] = signed(account["open_orders"]) - 1


@cold
def first_of_account(state: Core, account_id: int) -> int:
    """Slot of an account's oldest live order, or NONE."""
    return next_of_account(state, head_of(state, account_id))


@cold
def next_of_account(state: Core, slot: int) -> int:
    """Slot of the account's next live order, or NONE."""
    following = signed(link_at(state, slot)["account_next"])
    return following if following < orders_in(state) else NONE


@hot
def find_slot(state: Core, order_id: int) -> int:
    """Slot of a live order, or NONE."""
    slot = order_id & SLOT_MASK
    if slot < orders_in(state) and order_id != 0 and signed(order_at(state, slot)["order_id"]) == order_id:
        return slot
    return NONE


@hot
def append_order(state: Core, contract: np.void, slot: int) -> None:
    """Put a filled-in order slot at the back of its level's queue in the book."""
    append_at(state, contract, slot, side_of(order_at(state, slot)))


@hot
def append_at(state: Core, contract: np.void, slot: int, side: int) -> None:
    """The same on any of the contract's three sides."""
    order = order_at(state, slot)
    contract_id = signed(order["contract_id"])
    position = signed(order["position"])
    join_level(state, contract, contract_id, side, position, slot, signed(order["remaining"]))


@hot
def join_level(
    state: Core, contract: np.void, contract_id: int, side: int, position: int, slot: int, lots: int
) -> None:
    """Put a slot with so many lots at the back of a level's queue."""
    link = link_at(state, slot)
    level = level_at(state, contract_id, side, position)
    link["next"] = NONE
    tail = signed(level["tail"])
    link["previous"] = tail
    if tail == NONE:
        level["head"] = slot
        set_level(state, contract_id, side, position)
        best = signed(contract["best"][side])
        if best < 0 or position < best:
            contract["best"][side] = position
    else:
        link_at(state, tail)["next"] = slot
    level["tail"] = slot
    level["lots"] = signed(level["lots"]) + lots
    level["count"] = signed(level["count"]) + 1
    contract["is_dirty"][side] = 1


@hot
def unlink(state: Core, slot: int) -> tuple[int, int]:
    """Join the neighbours of a slot in its queue or list; returns them: (previous, following)."""
    link = link_at(state, slot)
    previous = signed(link["previous"])
    following = signed(link["next"])
    if previous != NONE:
        link_at(state, previous)["next"] = following
    if following != NONE:
        link_at(state, following)["previous"] = previous
    return previous, following


@hot
def lower_level(state: Core, contract: np.void, slot: int, side: int, lots: int) -> None:
    """The level of an order that stays in its queue holds so many lots less."""
    order = order_at(state, slot)
    level = level_at(state, signed(order["contract_id"]), side, signed(order["position"]))
    level["lots"] = signed(level["lots"]) - lots
    contract["is_dirty"][side] = 1


@hot
def remove_order(state: Core, contract: np.void, slot: int) -> None:
    """Unlink an order and its remaining lots from its level in the book."""
    order = order_at(state, slot)
    remove_at(state, contract, slot, side_of(order), signed(order["remaining"]))


@hot
def remove_at(state: Core, contract: np.void, slot: int, side: int, lots: int) -> None:
    """The same on any of the contract's three sides, and with so many lots as its level counts for it."""
    order = order_at(state, slot)
    contract_id = signed(order["contract_id"])
    position = signed(order["position"])
    level = level_at(state, contract_id, side, position)
    previous, following = unlink(state, slot)
    if previous == NONE:
        level["head"] = following
    if following == NONE:
        level["tail"] = previous
    level["lots"] = signed(level["lots"]) - lots
    level["count"] = signed(level["count"]) - 1
    contract["is_dirty"][side] = 1
    if previous == NONE and following == NONE:
        empty_level(state, contract, contract_id, side, position)


@hot
def empty_level(state: Core, contract: np.void, contract_id: int, side: int, position: int) -> None:
    """A level that has lost its last order."""
    clear_level(state, contract_id, side, position)
    if signed(contract["best"][side]) == position:
        contract["best"][side] = first_level(state, contract_id, side, position + 1)


@hot
def append_offer(state: Core, contract: np.void, slot: int) -> None:
    """Put a block offer at the back of its contract's list."""
    link = link_at(state, slot)
    tail = signed(contract["block_tail"])
    link["next"] = NONE
    link["previous"] = tail
    if tail == NONE:
        contract["block_head"] = slot
    else:
        link_at(state, tail)["next"] = slot
    contract["block_tail"] = slot


@hot
def remove_offer(state: Core, contract: np.void, slot: int) -> None:
    """Unlink a block offer."""
    previous, following = unlink(state, slot)
    if previous == NONE:
        contract["block_head"] = following
    if following == NONE:
        contract["block_tail"] = previous
