"""Random block offers of a generated day: addressed or on the board, answered, countered, declined."""

from exchange.vocabulary.enums import Method, ParameterId
from exchange.vocabulary.kinds import Kind
from tests.differential.flow import Flow
from tests.differential.picks import (
    U4_MAX,
    login_of,
    pick_account,
    pick_account_id,
    pick_actor,
    pick_contract,
    pick_contract_id,
    pick_offer,
    pick_order_id,
    pick_price,
    pick_quantity,
    pick_side,
)
from tests.reference.state import Account, Order


def pick_offer_flags(flow: Flow) -> int:
    """Whole or in part."""
    return flow.rng.randrange(2) if flow.chance(0.99) else flow.rng.randrange(256)


def offer(flow: Flow) -> None:
    """BLOCK_OFFER."""
    login_id, account = pick_actor(flow)
    contract = pick_contract(flow)
    side = pick_side(flow, account, contract)
    counterparty = pick_account(flow).account_id if flow.chance(0.6) else 0
    flow.send(
        Kind.BLOCK_OFFER,
        login_id,
        contract_id=pick_contract_id(flow, contract),
        account_id=pick_account_id(flow, account),
        price_ticks=pick_price(flow, contract, Method.BLOCK),
        quantity_lots=pick_quantity(flow, contract, Method.BLOCK, account, side) & U4_MAX,
        counterparty_account_id=counterparty if flow.chance(0.98) else flow.rng.choice((5, U4_MAX)),
        side=side,
        order_flags=pick_offer_flags(flow),
    )


def answerer(flow: Flow, target: Order) -> Account:
    """Whom an offer addresses; of one on the board, anybody."""
    if target.counterparty is None or flow.chance(0.05):
        return pick_account(flow)
    return target.counterparty


def accepted_lots(flow: Flow, target: Order) -> int:
    """All that remains, or a part that may leave too little to live on."""
    rng, remaining = flow.rng, target.remaining_lots
    least = target.contract.parameters[ParameterId.BLOCK_QUANTITY_LOTS_MIN]
    if target.order_flags and flow.chance(0.6):
        most = max(remaining, least)
        return rng.choice((least, rng.randrange(least, most + 1), max(most - least, 1)))
    return remaining - flow.chance(0.03)


def accept(flow: Flow) -> None:
    """BLOCK_ACCEPT, mostly by whom it addresses and on its terms."""
    target = pick_offer(flow)
    if target is None:
        return
    account = answerer(flow, target)
    flow.send(
        Kind.BLOCK_ACCEPT,
        login_of(flow, account),
        contract_id=target.contract.contract_id if flow.chance(0.98) else flow.rng.randrange(8),
        account_id=account.account_id if flow.chance(0.99) else 1_001,
        order_id=pick_order_id(flow, target),
        price_ticks=target.price_ticks + flow.chance(0.03),
        quantity_lots=accepted_lots(flow, target) & U4_MAX,
    )


def counter(flow: Flow) -> None:
    """BLOCK_COUNTER: other terms for the one who offered."""
    target = pick_offer(flow)
    if target is None:
        return
    account = answerer(flow, target)
    contract = target.contract
    quantity = pick_quantity(flow, contract, Method.BLOCK, account, 1 - target.side)
    flow.send(
        Kind.BLOCK_COUNTER,
        login_of(flow, account),
        contract_id=contract.contract_id if flow.chance(0.98) else flow.rng.randrange(8),
        account_id=account.account_id,
        order_id=pick_order_id(flow, target),
        price_ticks=pick_price(flow, contract, Method.BLOCK),
        quantity_lots=quantity & U4_MAX,
        order_flags=pick_offer_flags(flow),
    )


def decline(flow: Flow) -> None:
    """BLOCK_DECLINE."""
    target = pick_offer(flow)
    if target is None:
        return
    account = target.counterparty or pick_account(flow)
    flow.send(
        Kind.BLOCK_DECLINE,
        login_of(flow, account),
        contract_id=target.contract.contract_id if flow.chance(0.95) else flow.rng.randrange(8),
        account_id=account.account_id if flow.chance(0.95) else 1_001,
        order_id=pick_order_id(flow, target),
    )
