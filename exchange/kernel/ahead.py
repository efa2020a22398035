"""Looking ahead in the batch: asking for the cache lines that later commands will need.

A command touches a dozen rows of a state larger than the caches, each found through the one before, and
waiting for them was most of its time. The batch says what is to come, so the lines are asked for in three
rounds, each reading only what an earlier one has brought. Nothing is decided here: no result depends on it.
"""

import numpy as np

from exchange.kernel import kinds
from exchange.kernel.access import (
    Core,
    command_at,
    link_at,
    login_at,
    logins_in,
    order_at,
    reference_at,
    ring_of,
    touch_account,
    touch_holding,
    touch_link,
    touch_login,
    touch_member,
    touch_order,
    touch_reference,
)
from exchange.kernel.compiled import hot, signed
from exchange.kernel.constants import NONE

FAR = signed(24)
NEAR = signed(16)
NEXT = signed(8)


@hot
def look_ahead(state: Core, done: int, end: int) -> None:
    """The three rounds, for the commands so many places down the batch."""
    if done + FAR < end:
        touch_parties(state, command_at(state, done + FAR))
    if done + NEAR < end:
        touch_named(state, command_at(state, done + NEAR))
    if done + NEXT < end:
        touch_neighbours(state, command_at(state, done + NEXT))


@hot
def names_order(command: np.void) -> bool:
    """Whether a command names an order by reference: CANCEL, REDUCE and REPLACE are neighbours."""
    kind = signed(command["kind"])
    return kinds.CANCEL <= kind <= kinds.REPLACE


@hot
def touch_parties(state: Core, command: np.void) -> None:
    """Login, account, holding, and the place of the reference in the login's ring."""
    login_id = signed(command["login_id"])
    account_id = signed(command["account_id"])
    reference = signed(command["user_reference"])
    if names_order(command):
        reference = signed(command["target_reference"])
    touch_login(state, login_id)
    touch_account(state, account_id)
    touch_holding(state, account_id, signed(command["contract_id"]))
    touch_reference(state, login_id, reference & (ring_of(state) - 1))


@hot
def named_slot(state: Core, command: np.void) -> int:
    """The slot that a command's target reference had last; -1 for none."""
    login_id = signed(command["login_id"])
    if not names_order(command) or login_id >= logins_in(state):
        return signed(-1)
    place = signed(command["target_reference"]) & (ring_of(state) - 1)
    return signed(reference_at(state, login_id, place)["slot"]) - 1


@hot
def touch_named(state: Core, command: np.void) -> None:
    """The member, and the order that is named, with its links."""
    login_id = signed(command["login_id"])
    if login_id < logins_in(state):
        touch_member(state, signed(login_at(state, login_id)["member_id"]))
    slot = named_slot(state, command)
    if slot >= 0:
        touch_order(state, slot)
        touch_link(state, slot)


@hot
def touch_neighbours(state: Core, command: np.void) -> None:
    """The account and holding of the order that is named, and its neighbours in both lists."""
    slot = named_slot(state, command)
    if slot >= 0:
        order = order_at(state, slot)
        account_id = signed(order["account_id"])
        touch_account(state, account_id)
        touch_holding(state, account_id, signed(order["contract_id"]))
        link = link_at(state, slot)
        if signed(link["next"]) != NONE:
            touch_link(state, signed(link["next"]))
        if signed(link["previous"]) != NONE:
            touch_link(state, signed(link["previous"]))
        if signed(link["account_next"]) != NONE:
            touch_link(state, signed(link["account_next"]))
        if signed(link["account_previous"]) != NONE:
            touch_link(state, signed(link["account_previous"]))
