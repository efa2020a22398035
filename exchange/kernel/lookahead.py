"""Asking for the rows that the next commands of a batch need, before they are looked at.

A command touches a dozen rows of a state that is larger than the near caches, and one leads to another, as a
cancel's reference to its order. Nothing here changes or decides anything, and nothing branches on what a
command is: of random commands the processor would guess every second one wrongly.
"""

from typing import Final

import numpy as np

from exchange.kernel.access import (
    Core,
    cells_of,
    command_at,
    fetch_account,
    fetch_holding,
    fetch_link,
    fetch_login,
    fetch_order,
    fetch_reference,
    link_at,
    logins_in,
    order_at,
    reference_at,
    ring_of,
)
from exchange.kernel.book import slot_of
from exchange.kernel.compiled import hot, signed
from exchange.kernel.constants import NONE, ONE, SLOT_BITS

#: How many commands ahead the first and second rows of a command are asked for.
FIRST: Final = signed(9)
SECOND: Final = signed(6)
#: Kinds 4 to 7 name an order. The cells of a command with its own reference and with that of the order it
#: names are found by their place, since of a choice between two loads the compiler would make a branch.
NAMING_SHIFT: Final = signed(2)
OWN_CELL: Final = signed(1)
NAMED_CELL: Final = signed(12)


@hot
def look_ahead(state: Core, done: int, end: int) -> None:
    """While command `done` is next: what those some places behind it will need."""
    if done + FIRST < end:
        ask_first(state, command_at(state, done + FIRST))
        ask_second(state, command_at(state, done + SECOND))


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
def ask_second(state: Core, command: np.void) -> None:
    """The order that a cancel names, and the holding that it is locked in."""
    login_id = signed(command["login_id"])
    known = login_id if login_id < logins_in(state) else signed(0)
    place = signed(reference_at(state, known, cell_of(state, command))["place"])
    slot = slot_of(place)
    fetch_order(state, slot)
    fetch_link(state, slot)
    fetch_holding(state, signed(command["account_id"]), place >> SLOT_BITS)


@hot
def ask_makers(state: Core, slot: int) -> None:
    """While an order trades: whose the next in its queue is, and the one after that."""
    following = signed(link_at(state, slot)["next"])
    if following != NONE:
        order = order_at(state, following)
        account_id = signed(order["account_id"])
        fetch_account(state, account_id)
        fetch_holding(state, account_id, signed(order["contract_id"]))
        after = signed(link_at(state, following)["next"])
        fetch_order(state, after)
        fetch_link(state, after)
