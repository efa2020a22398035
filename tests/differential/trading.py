"""Random member commands of a generated day: listings, takes, blocks, cancels, mostly sensible."""

from typing import Final

from exchange.vocabulary.enums import Method, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import AMOUNT_FEN_MAX, LEVEL_LOTS_MAX, QUANTITY_LOTS_MAX
from tests.differential.flow import Flow
from tests.differential.picks import (
    login_of,
    pick_account_id,
    pick_actor,
    pick_contract,
    pick_contract_id,
    pick_flags,
    pick_offer,
    pick_order,
    pick_order_id,
    pick_price,
    pick_quantity,
    pick_side,
)
from tests.differential.setup import GIANT_CONTRACT

UNSUPPORTED: Final = (
    *(Kind.LIMIT_ORDER, Kind.REDUCE, Kind.REPLACE, Kind.MASS_CANCEL, Kind.BLOCK_COUNTER, Kind.AUCTION_BID),
    *(Kind.SESSION_SETTING, Kind.MEMBER_LIMIT, Kind.QUERY, Kind.NOTICE, Kind.BUST),
)
ACTIONS = ("listing", "sweep", "named", "cancel", "offer", "accept", "decline", "stray")
WEIGHTS = (34, 18, 14, 12, 7, 10, 2, 1)


def act(flow: Flow) -> None:
    """One member command (or a burst that fills a price level)."""
    (action,) = flow.rng.choices(ACTIONS, WEIGHTS)
    if flow.profile.name == "giant" and flow.chance(0.001):
        fill_level(flow)
        return
    {
        "listing": listing,
        "sweep": sweep,
        "named": named,
        "cancel": cancel,
        "offer": offer,
        "accept": accept,
        "decline": decline,
        "stray": stray,
    }[action](flow)


def listing(flow: Flow) -> None:
    """LISTING."""
    login_id, account = pick_actor(flow)
    contract = pick_contract(flow)
    side = pick_side(flow, account, contract)
    flow.send(
        Kind.LISTING,
        login_id,
        contract_id=pick_contract_id(flow, contract),
        account_id=pick_account_id(flow, account),
        price_ticks=pick_price(flow, contract, Method.LISTED) & 0xFFFFFFFF,
        quantity_lots=pick_quantity(flow, contract, Method.LISTED, account, side) & 0xFFFFFFFF,
        side=side,
        order_flags=pick_flags(flow),
    )


def sweep(flow: Flow) -> None:
    """TAKE by price."""
    login_id, account = pick_actor(flow)
    contract = pick_contract(flow)
    side = pick_side(flow, account, contract)
    best = next(contract.sides[1 - side & 1].best_first(), None)
    worst = pick_price(flow, contract, Method.LISTED)
    if best and flow.chance(0.8):
        worst = best[0] + (1 if side == Side.BUY else -1) * flow.rng.randrange(-1, 9)
    flow.send(
        Kind.TAKE,
        login_id,
        contract_id=pick_contract_id(flow, contract),
        account_id=pick_account_id(flow, account),
        price_ticks=worst & 0xFFFFFFFF,
        quantity_lots=pick_quantity(flow, contract, Method.LISTED, account, side) & 0xFFFFFFFF,
        side=side,
        order_flags=flow.rng.randrange(2) if flow.chance(0.99) else 2,
    )


def named(flow: Flow) -> None:
    """TAKE of one listing: often at the best price, else anywhere, of anybody."""
    rng = flow.rng
    login_id, account = pick_actor(flow)
    contract = pick_contract(flow)
    side = rng.randrange(2)
    best = next(contract.sides[1 - side].best_first(), None)
    target = rng.choice(best[1].orders) if best and flow.chance(0.7) else pick_order(flow)
    if target is None:
        return
    contract = target.contract if flow.chance(0.98) else contract
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
        price_ticks=worst & 0xFFFFFFFF,
        quantity_lots=quantity,
        side=1 - target.side if flow.chance(0.98) else target.side,
        order_flags=rng.randrange(2),
    )


def cancel(flow: Flow) -> None:
    """CANCEL by id or reference; of one's own, of others, of what is gone."""
    rng = flow.rng
    order = pick_order(flow)
    if order is None or flow.chance(0.08):
        login_id, account = pick_actor(flow)
        login = flow.market.logins.get(login_id)
        highest = login.highest_reference if login else 5
        target = rng.choice((0, max(highest - rng.randrange(40), 0), highest + 1, highest + 2, 2**32 - 1))
        flow.send(
            Kind.CANCEL, login_id, account_id=rng.choice((0, account.account_id)), target_reference=target
        )
        return
    if flow.chance(0.03):
        login_id, account = pick_actor(flow)
        flow.send(Kind.CANCEL, login_id, account_id=account.account_id, order_id=order.order_id)
    elif flow.chance(0.4):
        flow.send(Kind.CANCEL, order.login_id, target_reference=order.user_reference)
    else:
        account_id = rng.choice((0, order.account.account_id, order.account.account_id, 1_003))
        flow.send(
            Kind.CANCEL,
            login_of(flow, order.account),
            account_id=account_id,
            contract_id=rng.choice((0, order.contract.contract_id)),
            order_id=pick_order_id(flow, order),
        )


def offer(flow: Flow) -> None:
    """BLOCK_OFFER."""
    login_id, account = pick_actor(flow)
    contract = pick_contract(flow)
    side = pick_side(flow, account, contract)
    counterparty = flow.rng.choice(flow.market.accounts.values()).account_id
    flow.send(
        Kind.BLOCK_OFFER,
        login_id,
        contract_id=pick_contract_id(flow, contract),
        account_id=pick_account_id(flow, account),
        price_ticks=pick_price(flow, contract, Method.BLOCK) & 0xFFFFFFFF,
        quantity_lots=pick_quantity(flow, contract, Method.BLOCK, account, side) & 0xFFFFFFFF,
        counterparty_account_id=counterparty if flow.chance(0.98) else flow.rng.choice((0, 5, 2**32 - 1)),
        side=side,
        order_flags=pick_flags(flow),
    )


def accept(flow: Flow) -> None:
    """BLOCK_ACCEPT, mostly by whom it addresses and on its terms."""
    rng = flow.rng
    target = pick_offer(flow)
    if target is None:
        return
    account = target.counterparty
    if account is None or flow.chance(0.05):
        account = rng.choice(flow.market.accounts.values())
    flow.send(
        Kind.BLOCK_ACCEPT,
        login_of(flow, account),
        contract_id=target.contract.contract_id if flow.chance(0.98) else rng.randrange(8),
        account_id=account.account_id,
        order_id=pick_order_id(flow, target),
        price_ticks=target.price_ticks + (flow.chance(0.03)),
        quantity_lots=target.quantity_lots - (flow.chance(0.03)),
    )


def decline(flow: Flow) -> None:
    """BLOCK_DECLINE."""
    target = pick_offer(flow)
    if target is None:
        return
    account = target.counterparty or flow.rng.choice(flow.market.accounts.values())
    flow.send(
        Kind.BLOCK_DECLINE,
        login_of(flow, account),
        contract_id=target.contract.contract_id if flow.chance(0.95) else flow.rng.randrange(8),
        account_id=account.account_id if flow.chance(0.95) else 1_001,
        order_id=pick_order_id(flow, target),
    )


def stray(flow: Flow) -> None:
    """A kind of a later step, a kind that does not exist, a login that does not exist."""
    rng = flow.rng
    login_id, _ = pick_actor(flow)
    pick = rng.random()
    if pick < 0.5:
        flow.send(rng.choice(UNSUPPORTED), login_id)
    elif pick < 0.7:
        record = bytearray(flow.stamped(Kind.LISTING, login_id))
        record[3] = rng.choice((0x00, 0x0F, 0x2F, 0x3A, 0x5F, 0x7F, 0x80, 0xFF))
        flow.apply(bytes(record))
    else:
        flow.send(Kind.LISTING, rng.choice((10, 63, 64, 200, 65_535)), contract_id=1, account_id=1_001)


def fill_level(flow: Flow) -> None:
    """Rich accounts list as much as they may at one price until the level is full."""
    contract = flow.market.contracts[GIANT_CONTRACT]
    rich = [a for a in flow.market.accounts.values() if a.holding(GIANT_CONTRACT).available > 10**11]
    if not rich:
        return
    price = contract.band(Method.LISTED)[0]
    quantity = min(QUANTITY_LOTS_MAX, AMOUNT_FEN_MAX // price)
    for _ in range(LEVEL_LOTS_MAX // quantity + 2):
        account = flow.rng.choice(rich)
        flow.send(
            Kind.LISTING,
            login_of(flow, account),
            contract_id=GIANT_CONTRACT,
            account_id=account.account_id,
            price_ticks=price,
            quantity_lots=quantity,
            side=Side.SELL,
        )
