"""Asking for the rows that the next commands of a batch need, before they are looked at.

A command touches a dozen rows of a state that is larger than the near caches, and one leads to another, as a
cancel's reference to its order. Nothing here changes or decides anything, and nothing branches on what a
command is: of random commands the processor would guess every second one wrongly.
"""

from typing import Final

import numpy as np

from exchange.kernel.access import (
    Core,
    accounts_in,
    cells_of,
    command_at,
    contract_at,
    contracts_in,
    counters_of,
    fetch_account,
    fetch_holding,
    fetch_link,
    fetch_login,
    fetch_order,
    fetch_reference,
    level_at,
    levels_in,
    link_at,
    logins_in,
    order_at,
    reference_at,
    ring_of,
)
from exchange.kernel.book import head_of, position_of, slot_of
from exchange.kernel.compiled import cold, hot, signed
from exchange.kernel.constants import NONE, ONE, SLOT_BITS, ZERO

#: How many commands ahead the first and second rows of a command are asked for.
FIRST: Final = signed(9)
SECOND: Final = signed(6)
THIRD: Final = signed(3)
#: With so many live orders their neighbours in queues and rings are far away too.
FAR_ORDERS: Final = signed(1 << 17)
#: Kinds 4 to 7 name an order. The cells of a command with its own reference and with that of the order it
#: names are found by their place, since of a choice between two loads the compiler would make a branch.
NAMING_SHIFT: Final = signed(2)
SIGN_SHIFT: Final = signed(63)
OWN_CELL: Final = signed(1)
NAMED_CELL: Final = signed(12)


@hot
def look_ahead(state: Core, done: int, end: int) -> None:
    """While command `done` is next: what those some places behind it will need."""
    if done + FIRST < end:
        ask_first(state, command_at(state, done + FIRST))
        ask_second(state, command_at(state, done + SECOND))
        if done & ONE == 0 and signed(counters_of(state)["live_orders"]) > FAR_ORDERS:
            ask_far(state, done + THIRD)


@hot
def cell_of(state: Core, command: np.void) -> int:
    """Where in its login's ring a command looks: at the order it names, or at its own place."""
    names_order = (signed(command["kind"]) >> NAMING_SHIFT) & ONE
    cell = OWN_CELL + names_order * (NAMED_CELL - OWN_CELL)
    return signed(cells_of(command)["cell"][cell]) & (ring_of(state) - ONE)


@hot
def ask_first(state: Core, command: np.void) -> None:
    """Whose command it is."""
    login_id = signed(command["login_id"])
    account_id = signed(command["account_id"])
    fetch_login(state, login_id)
    fetch_account(state, account_id)
    fetch_holding(state, account_id, signed(command["contract_id"]))
    fetch_reference(state, login_id, cell_of(state, command))


@hot
def place_named(state: Core, command: np.void) -> int:
    """What its login's ring holds where a command looks."""
    login_id = signed(command["login_id"])
    known = login_id if login_id < logins_in(state) else ZERO
    return signed(reference_at(state, known, cell_of(state, command))["place"])


@hot
def ask_second(state: Core, command: np.void) -> None:
    """The order that a cancel names, and the holding that it is locked in."""
    place = place_named(state, command)
    slot = slot_of(place)
    fetch_order(state, slot)
    fetch_link(state, slot)
    fetch_holding(state, signed(command["account_id"]), place >> SLOT_BITS)


@cold
def ask_far(state: Core, place: int) -> None:
    """The third round for two commands at once, out of the way of the loop, which needs every register."""
    ask_third(state, command_at(state, place))
    ask_third(state, command_at(state, place + ONE))


@hot
def ask_third(state: Core, command: np.void) -> None:
    """The neighbours of the order that a cancel names, and those that a new order will have."""
    slot = slot_of(place_named(state, command))
    link = link_at(state, slot & ~(slot >> SIGN_SHIFT))
    fetch_neighbour(state, signed(link["next"]))
    fetch_neighbour(state, signed(link["previous"]))
    fetch_neighbour(state, signed(link["account_next"]))
    fetch_neighbour(state, signed(link["account_previous"]))
    account_id = signed(command["account_id"])
    account_id = account_id if account_id < accounts_in(state) else ZERO
    fetch_link(state, signed(link_at(state, head_of(state, account_id))["account_previous"]))
    contract_id = signed(command["contract_id"])
    contract_id = contract_id if contract_id < contracts_in(state) else ZERO
    side = signed(command["side"]) & ONE
    position = position_of(contract_at(state, contract_id), side, signed(command["price_ticks"]))
    # The mask keeps any price in the book, and is exact where the levels are a power of two.
    level = level_at(state, contract_id, side, position & (levels_in(state) - ONE))
    fetch_neighbour(state, signed(level["tail"]))


@hot
def fetch_neighbour(state: Core, slot: int) -> None:
    """Ask for the link of a slot; of NONE, for what stands before the first."""
    fetch_link(state, ((slot + ONE) & NONE) - ONE)


@hot
def ask_makers(state: Core, slot: int) -> None:
    """While an order trades: whose the next in its queue is, and the one after that."""
    following = signed(link_at(state, slot)["next"])
    if following != NONE:
        order = order_at(state, following)
        account_id = signed(order["account_id"])
        fetch_account(state, account_id)
        fetch_holding(state, account_id, signed(order["contract_id"]))
        link = link_at(state, following)
        fetch_link(state, signed(link["account_next"]))
        fetch_link(state, signed(link["account_previous"]))
        after = signed(link["next"])
        fetch_order(state, after)
        fetch_link(state, after)
