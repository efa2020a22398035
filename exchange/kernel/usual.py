"""The usual order and the usual cancel: nearly all that members send, looked at once and without a call.

Nothing is decided here that continuous.py, listing.py and cancel.py do not decide. Where any answer is not
the usual one, nothing has been changed and the command goes the long way, which finds out why. No branch asks
for the side of an order: of random sides the processor would guess every second one wrongly.
"""

from typing import Final

import numpy as np

from exchange.kernel import kinds
from exchange.kernel.access import (
    Core,
    account_at,
    accounts_in,
    contract_at,
    contracts_in,
    counters_of,
    holding_at,
    level_at,
    login_at,
    order_at,
    orders_in,
    purse_of,
    reference_at,
    ring_of,
    words_of,
)
from exchange.kernel.book import (
    buys_of,
    fill_slot,
    join_account,
    join_level,
    kind_of,
    place_of,
    position_of,
    side_kind,
    slot_of,
    take_slot,
)
from exchange.kernel.compiled import hot, signed
from exchange.kernel.constants import (
    AMOUNT_MAX,
    BOOK,
    BREAK,
    DAY_TRADES_MAX,
    HOLDING_LIMIT,
    LEVEL_LOTS_MAX,
    LISTED_MAX,
    LISTED_MIN,
    LISTING_ORDER,
    OFFER_ORDER,
    ONE,
    OPEN_ORDERS_MAX,
    SELF_TRADE_LAST,
    ZERO,
)
from exchange.kernel.events import detail_of, tell_account
from exchange.kernel.risk import amount_with_fees

NOT_USUAL: Final = signed(-1)
#: Bytes of a command from its side on, that must not be set: of a limit order all but side, IOC and rule.
FORM_SHIFT: Final = signed(32)
LIMIT_FORM: Final = signed(0xFF_FF_FF_FF & ~0x07_01_00_01)
LISTING_FORM: Final = signed(0xFF_FE)
RULE_SHIFT: Final = signed(24)
RULE_MASK: Final = signed(7)


@hot
def form_of(command: np.void) -> int:
    """Side, flags, time in force and self-trade rule of a command, from the lowest byte up."""
    return signed(words_of(command)["w6"]) >> FORM_SHIFT


@hot
def side_named(command: np.void) -> int:
    """The side of a command whose form is usual."""
    return form_of(command) & ONE


@hot
def has_usual_terms(contract: np.void, method: int, price_ticks: int, quantity_lots: int) -> bool:
    """The book trades by the method, and size, price and amount lie in their bounds."""
    return (
        signed(contract["usual_method"]) == method + ONE
        and signed(contract["parameters"][LISTED_MIN])
        <= quantity_lots
        <= signed(contract["parameters"][LISTED_MAX])
        and signed(contract["lower"]) <= price_ticks <= signed(contract["upper"])
        and price_ticks * quantity_lots <= AMOUNT_MAX
    )


@hot
def is_usual_sender(state: Core, contract: np.void, account: np.void, login: np.void, side: int) -> bool:
    """The account is the login's and may trade the side, nothing stops it, and no limit of its own is on.

    An account that is not defined may trade nothing.
    """
    wanted = signed(contract["wants"][side])
    marks = (
        signed(login["is_stopped"])
        | signed(login["has_limits"])
        | signed(account["has_limits"])
        | signed(counters_of(state)["is_over_limit"])
    )
    return (
        signed(account["eligibility"]) & wanted == wanted
        and signed(account["member_id"]) == signed(login["member_id"])
        and marks == 0
    )


@hot
def has_usual_means(
    contract: np.void, purse: np.void, holding: np.void, side: int, quantity_lots: int, needed: int
) -> bool:
    """The purse holds what the order needs, and with it the account stays within the holding limit."""
    if signed(purse["available"]) < needed:
        return False
    limit = signed(contract["parameters"][HOLDING_LIMIT])
    if limit == 0:
        return True
    held = signed(holding["available"]) + signed(holding["locked"]) + signed(holding["bought_today"])
    held += signed(holding["frozen"]) + signed(holding["open_buys"]) + signed(holding["held"])
    return held + (quantity_lots & buys_of(side)) <= limit


@hot
def has_usual_room(
    state: Core, contract: np.void, account: np.void, level: np.void, quantity_lots: int
) -> bool:
    """A slot is free, the level holds more, and the account may have another open order."""
    counters = counters_of(state)
    limit = signed(contract["parameters"][OPEN_ORDERS_MAX])
    return (
        signed(counters["free_head"]) < orders_in(state)
        and signed(counters["match_count"]) + signed(counters["live_orders"]) <= DAY_TRADES_MAX
        and signed(level["lots"]) + quantity_lots <= LEVEL_LOTS_MAX
        and (limit == 0 or signed(account["open_orders"]) < limit)
    )


@hot
def accept_usual(
    state: Core, count: int, command: np.void, order_kind: int, method: int, wrong_form: int
) -> tuple[int, int]:
    """Accept a usual order into a slot that is linked into no level yet: (slot, position) or NOT_USUAL.

    The slot taken is counters.free_head before the call. Writes ACCEPTED as event `count`.
    """
    words = words_of(command)
    form = form_of(command)
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    rule = (form >> RULE_SHIFT) & RULE_MASK
    is_outside = contract_id >= contracts_in(state) or account_id >= accounts_in(state)
    if is_outside or form & wrong_form != 0 or (order_kind != LISTING_ORDER and rule > SELF_TRADE_LAST):
        return NOT_USUAL, ZERO
    side = side_named(command)
    contract = contract_at(state, contract_id)
    account = account_at(state, account_id)
    login_id = signed(command["login_id"])
    login = login_at(state, login_id)
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    if not has_usual_terms(contract, method, price, quantity):
        return NOT_USUAL, ZERO
    if not is_usual_sender(state, contract, account, login, side):
        return NOT_USUAL, ZERO
    holding = holding_at(state, account_id, contract_id)
    purse = purse_of(side, account, holding)
    buys = buys_of(side)
    needed = quantity + ((amount_with_fees(contract, price * quantity) - quantity) & buys)
    if not has_usual_means(contract, purse, holding, side, quantity, needed):
        return NOT_USUAL, ZERO
    position = position_of(contract, side, price)
    level = level_at(state, contract_id, side, position)
    if not has_usual_room(state, contract, account, level, quantity):
        return NOT_USUAL, ZERO
    # From here the command succeeds.
    slot = take_slot(state)
    purse["available"] = signed(purse["available"]) - needed
    purse["locked"] = signed(purse["locked"]) + needed
    holding["open_buys"] = signed(holding["open_buys"]) + (quantity & buys)
    join_account(state, account, account_id, slot)
    reference = signed(command["user_reference"])
    packed = side_kind(side, order_kind, (rule << ONE) if order_kind != LISTING_ORDER else ZERO)
    terms = signed(words["w5"])
    fill_slot(state, slot, command, terms, quantity, position, packed, needed & buys, ZERO)
    reference_at(state, login_id, reference & (ring_of(state) - 1))["place"] = place_of(contract_id, slot)
    tell_account(
        state,
        count,
        command,
        account,
        kinds.ACCEPTED,
        reference,
        signed(words["w3"]),
        signed(order_at(state, slot)["order_id"]),
        terms,
        detail_of(ZERO, side, ZERO, method, order_kind),
        ZERO,
    )
    return slot, position


@hot
def rest_usual(state: Core, command: np.void, slot: int, position: int) -> None:
    """Put an order just accepted at the back of its level."""
    contract_id = signed(command["contract_id"])
    contract = contract_at(state, contract_id)
    side, quantity = side_named(command), signed(command["quantity_lots"])
    join_level(state, contract, contract_id, side, position, slot, quantity)


@hot
def find_usual(state: Core, command: np.void) -> int:
    """The slot of the order in a book that a usual cancel names by its own reference, or NOT_USUAL."""
    login_id = signed(command["login_id"])
    target = signed(command["target_reference"])
    distance = signed(login_at(state, login_id)["highest_reference"]) - target
    ring = ring_of(state)
    if signed(command["order_id"]) != 0 or distance < 0 or distance >= ring:
        return NOT_USUAL
    slot = slot_of(signed(reference_at(state, login_id, target & (ring - ONE))["place"]))
    if slot < 0:
        return NOT_USUAL
    order = order_at(state, slot)
    if (
        signed(order["user_reference"]) != target
        or signed(order["login_id"]) != login_id
        or signed(order["order_id"]) == 0
        or kind_of(order) >= OFFER_ORDER
        or signed(counters_of(state)["is_over_limit"]) != 0
    ):
        return NOT_USUAL
    account_id = signed(command["account_id"])
    if account_id != 0 and account_id != signed(order["account_id"]):
        return NOT_USUAL
    contract = contract_at(state, signed(order["contract_id"]))
    return NOT_USUAL if signed(contract["phase"][BOOK]) == BREAK else slot
