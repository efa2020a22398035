"""Marks that say at one look what an order would have to ask in many places.

Whatever changes one of those places sets the marks anew; check_state proves that they are right.
"""

from exchange.kernel.access import (
    Core,
    contract_at,
    contracts_in,
    counters_of,
    login_at,
    logins_in,
    member_at,
)
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    BOOK,
    BUY,
    CCER,
    MAY_BUY,
    MAY_CCER,
    MAY_SELL,
    ONE,
    PRICE_STEP,
    SELL,
    TRADING,
    ZERO,
)


@cold
def mark_contract(state: Core, contract_id: int) -> None:
    """Whether orders for a contract are stopped, which of them are usual, and who may enter them.

    usual_method is the book's method plus one while it trades, takes every tick as a price, and nothing stops
    it; else 0.
    """
    counters = counters_of(state)
    contract = contract_at(state, contract_id)
    stopped = signed(counters["is_halted"]) | signed(counters["is_killed"])
    stopped |= signed(contract["is_halted"]) | signed(contract["is_killed"])
    contract["is_stopped"] = stopped
    is_usual = (
        signed(contract["is_defined"]) != 0
        and stopped == 0
        and signed(contract["phase"][BOOK]) == TRADING
        and signed(contract["parameters"][PRICE_STEP]) == ONE
    )
    contract["usual_method"] = signed(contract["matching_rule"]) + ONE if is_usual else ZERO
    product = MAY_CCER if signed(contract["product"]) == CCER else ZERO
    contract["wants"][BUY] = MAY_BUY | product
    contract["wants"][SELL] = MAY_SELL | product


@cold
def mark_market(state: Core) -> None:
    """All contracts, and the logins that a kill switch stops."""
    for contract_id in range(1, contracts_in(state)):
        mark_contract(state, contract_id)
    for login_id in range(1, logins_in(state)):
        login = login_at(state, login_id)
        member = member_at(state, signed(login["member_id"]))
        login["is_stopped"] = signed(login["is_killed"]) | signed(member["is_killed"])
