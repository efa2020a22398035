"""What an account has, in every bucket, and what of it came from its trades; contract 0 stands for cash."""

from exchange.kernel.access import Core, account_at, counters_of, holding_at, movement_at
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import ZERO


@cold
def balance_of(state: Core, account_id: int, contract_id: int) -> int:
    """All units of an account in a contract, or all its cash."""
    holding = holding_at(state, account_id, contract_id)
    total = signed(holding["held"])
    if contract_id == 0:
        account = account_at(state, account_id)
        total += signed(account["available"]) + signed(account["locked"])
        return total + signed(account["frozen"]) + signed(account["proceeds_held"])
    total += signed(holding["available"]) + signed(holding["locked"])
    return total + signed(holding["bought_today"]) + signed(holding["frozen"])


@cold
def opening_of(state: Core, account_id: int, contract_id: int) -> int:
    """What the registry gave."""
    if contract_id == 0:
        return signed(account_at(state, account_id)["opening"])
    return signed(holding_at(state, account_id, contract_id)["opening"])


@cold
def traded_of(state: Core, account_id: int, contract_id: int) -> int:
    """The change by trades alone: neither what came or went by the registry nor what the reserve paid."""
    movement = movement_at(state, account_id, contract_id)
    outside = opening_of(state, account_id, contract_id) + signed(movement["moved"])
    return balance_of(state, account_id, contract_id) - outside - signed(movement["covered"])


@cold
def available_of(state: Core, account_id: int, contract_id: int) -> int:
    """What may be sold or spent."""
    if contract_id == 0:
        return signed(account_at(state, account_id)["available"])
    return signed(holding_at(state, account_id, contract_id)["available"])


@cold
def frozen_of(state: Core, account_id: int, contract_id: int) -> int:
    """What the registry froze."""
    if contract_id == 0:
        return signed(account_at(state, account_id)["frozen"])
    return signed(holding_at(state, account_id, contract_id)["frozen"])


@cold
def bought_of(state: Core, account_id: int, contract_id: int) -> int:
    """Units bought today that stand, sold on or not; none for cash."""
    if contract_id == 0:
        return ZERO
    return traded_of(state, account_id, contract_id) + signed(
        holding_at(state, account_id, contract_id)["sold_today"]
    )


@cold
def move_balance(
    state: Core, account_id: int, contract_id: int, available: int, frozen: int, held: int
) -> None:
    """Change three buckets; what they gain or lose together has come in or gone out."""
    moved = available + frozen + held
    movement = movement_at(state, account_id, contract_id)
    movement["moved"] = signed(movement["moved"]) + moved
    holding = holding_at(state, account_id, contract_id)
    holding["held"] = signed(holding["held"]) + held
    counters = counters_of(state)
    if contract_id == 0:
        counters["cash_moved"] = signed(counters["cash_moved"]) + moved
        account = account_at(state, account_id)
        account["available"] = signed(account["available"]) + available
        account["frozen"] = signed(account["frozen"]) + frozen
        return
    counters["units_moved"] = signed(counters["units_moved"]) + moved
    holding["available"] = signed(holding["available"]) + available
    holding["frozen"] = signed(holding["frozen"]) + frozen
