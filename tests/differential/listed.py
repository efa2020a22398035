"""Random listings and takes of a generated day."""

from exchange.vocabulary.enums import Method, Side
from exchange.vocabulary.kinds import Kind
from tests.differential.flow import Flow
from tests.differential.picks import (
    U4_MAX,
    pick_account_id,
    pick_actor,
    pick_contract,
    pick_contract_id,
    pick_crossing_price,
    pick_flags,
    pick_order,
    pick_order_id,
    pick_price,
    pick_quantity,
    pick_several,
    pick_side,
)


def listing(flow: Flow) -> None:
    """LISTING."""
    login_id, account = pick_actor(flow)
    contract = pick_contract(flow, Method.LISTED)
    side = pick_side(flow, account, contract)
    flow.send(
        Kind.LISTING,
        login_id,
        contract_id=pick_contract_id(flow, contract),
        account_id=pick_account_id(flow, account),
        price_ticks=pick_price(flow, contract, Method.LISTED),
        quantity_lots=pick_quantity(flow, contract, Method.LISTED, account, side) & U4_MAX,
        side=side,
        order_flags=pick_flags(flow),
    )


def sweep(flow: Flow) -> None:
    """TAKE by price."""
    login_id, account = pick_actor(flow)
    contract = pick_contract(flow, Method.LISTED)
    side = pick_side(flow, account, contract)
    worst = pick_price(flow, contract, Method.LISTED)
    quantity = pick_quantity(flow, contract, Method.LISTED, account, side)
    if flow.chance(0.8):
        worst = pick_crossing_price(flow, contract, side)
        if flow.chance(0.3):
            quantity = pick_several(flow, contract, side) or quantity
    flow.send(
        Kind.TAKE,
        login_id,
        contract_id=pick_contract_id(flow, contract),
        account_id=pick_account_id(flow, account),
        price_ticks=worst,
        quantity_lots=quantity & U4_MAX,
        side=side,
        order_flags=flow.rng.randrange(2) if flow.chance(0.99) else 2,
    )


def named(flow: Flow) -> None:
    """TAKE of one listing: often at the best price, else anywhere, of anybody."""
    rng = flow.rng
    login_id, account = pick_actor(flow)
    contract = pick_contract(flow, Method.LISTED)
    side = rng.randrange(2)
    best = next(contract.sides[1 - side].best_first(), None)
    target = rng.choice(best[1].orders) if best and flow.chance(0.7) else pick_order(flow)
    if target is None:
        return
    if flow.chance(0.98):
        contract = target.contract
    if contract.matching_rule != Method.LISTED and flow.chance(0.98):
        return
    quantity = rng.randrange(1, target.remaining_lots + 1)
    if flow.chance(0.2):
        quantity = target.remaining_lots + rng.randrange(3)
    slack = rng.randrange(-1, 6)
    worst = target.price_ticks + (slack if target.side == Side.SELL else -slack)
    flow.send(
        Kind.TAKE,
        login_id,
        contract_id=contract.contract_id,
        account_id=pick_account_id(flow, account),
        order_id=pick_order_id(flow, target),
        price_ticks=worst & U4_MAX,
        quantity_lots=quantity,
        side=1 - target.side if flow.chance(0.98) else target.side,
        order_flags=rng.randrange(2),
    )
