"""Random listings and takes of a generated day."""

from exchange.vocabulary.enums import Method, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import AMOUNT_FEN_MAX, LEVEL_LOTS_MAX, QUANTITY_LOTS_MAX
from tests.differential.flow import Flow
from tests.differential.picks import (
    U4_MAX,
    login_of,
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
    pick_side,
)
from tests.differential.setup import GIANT_CONTRACT


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
    if flow.chance(0.8):
        worst = pick_crossing_price(flow, contract, side)
    flow.send(
        Kind.TAKE,
        login_id,
        contract_id=pick_contract_id(flow, contract),
        account_id=pick_account_id(flow, account),
        price_ticks=worst,
        quantity_lots=pick_quantity(flow, contract, Method.LISTED, account, side) & U4_MAX,
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


def flood(flow: Flow) -> None:
    """Rich accounts offer as much as they may at one price until the level is full, then move into it."""
    contract = flow.market.contracts.get(GIANT_CONTRACT)
    rich = [a for a in flow.market.accounts.values() if a.holding(GIANT_CONTRACT).available > 10**11]
    if not rich or not contract:
        return
    kind = Kind.LISTING if contract.matching_rule == Method.LISTED else Kind.LIMIT_ORDER
    upper = contract.band(contract.matching_rule)[1]
    price = upper if kind == Kind.LIMIT_ORDER else contract.band(contract.matching_rule)[0]
    quantity = min(QUANTITY_LOTS_MAX, AMOUNT_FEN_MAX // price)
    terms = {"contract_id": GIANT_CONTRACT, "quantity_lots": quantity, "side": Side.SELL}
    for number in range(LEVEL_LOTS_MAX // quantity + 2):
        account = flow.rng.choice(rich)
        beside = 0 if number else (1 if price < upper else -1)
        flow.send(
            kind,
            login_of(flow, account),
            account_id=account.account_id,
            price_ticks=price + beside,
            **terms,
        )
    book = contract.sides[Side.SELL]
    for level in (level for other, level in book.levels.items() if other != price):
        order = level.orders[0]
        flow.send(
            Kind.REPLACE,
            order.login_id,
            order_id=order.order_id,
            price_ticks=price,
            quantity_lots=quantity,
        )
        return
