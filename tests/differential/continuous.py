"""Random limit orders of a generated day; orders reduced, replaced and cancelled, one or many."""

from typing import Any

from exchange.vocabulary.enums import Method, Side, TimeInForce
from exchange.vocabulary.kinds import Kind
from tests.differential.flow import Flow
from tests.differential.picks import (
    U4_MAX,
    login_of,
    pick_account_id,
    pick_actor,
    pick_book_order,
    pick_contract,
    pick_contract_id,
    pick_crossing_price,
    pick_order,
    pick_order_id,
    pick_price,
    pick_quantity,
    pick_several,
    pick_side,
)
from tests.differential.setup import OPERATOR_LOGIN
from tests.reference.state import Order

ANY = 255
RULES = (0, 0, 1, 2, 3, 4)
TIMES = (TimeInForce.DAY, TimeInForce.IOC, TimeInForce.FOK)


def limit(flow: Flow) -> None:
    """LIMIT_ORDER of every kind; about half of them cross."""
    rng = flow.rng
    login_id, account = pick_actor(flow)
    contract = pick_contract(flow, Method.CONTINUOUS)
    side = pick_side(flow, account, contract)
    time_in_force = int(rng.choices(TIMES, (70, 15, 15))[0])
    flags = int(time_in_force == TimeInForce.DAY and flow.chance(0.15))
    if flow.chance(0.01):
        time_in_force, flags = rng.randrange(4), rng.randrange(3)
    is_crossing = flow.chance(0.1 if flags else 0.5 if time_in_force == TimeInForce.DAY else 0.9)
    pick = pick_crossing_price(flow, contract, side) if is_crossing else 0
    quantity = pick_quantity(flow, contract, Method.CONTINUOUS, account, side)
    if is_crossing and flow.chance(0.3):
        quantity = pick_several(flow, contract, side) or quantity
    flow.send(
        Kind.LIMIT_ORDER,
        login_id,
        contract_id=pick_contract_id(flow, contract),
        account_id=pick_account_id(flow, account),
        price_ticks=pick or pick_price(flow, contract, Method.CONTINUOUS),
        quantity_lots=quantity & U4_MAX,
        side=side,
        order_flags=flags,
        time_in_force=time_in_force,
        self_trade_rule=rng.choice(RULES) if flow.chance(0.998) else rng.randrange(256),
    )


def send_about(flow: Flow, kind: Kind, order: Order | None, **values: Any) -> None:
    """A command that names an order by id or reference; mostly one's own, or one that is gone."""
    rng = flow.rng
    if order is None or flow.chance(0.05):
        login_id, account = pick_actor(flow)
        login = flow.market.logins.get(login_id)
        highest = login.highest_reference if login else 5
        target = rng.choice((0, max(highest - rng.randrange(40), 0), highest + 1, highest + 2, U4_MAX))
        account_id = rng.choice((0, account.account_id))
        flow.send(kind, login_id, account_id=account_id, target_reference=target, **values)
    elif flow.chance(0.03):
        login_id, account = pick_actor(flow)
        flow.send(kind, login_id, account_id=account.account_id, order_id=order.order_id, **values)
    elif flow.chance(0.4 if is_remembered(flow, order) else 0.02):
        flow.send(kind, order.login_id, target_reference=order.user_reference, **values)
    else:
        account_id = order.account.account_id
        flow.send(
            kind,
            login_of(flow, order.account),
            account_id=rng.choice((0, account_id, account_id)) if flow.chance(0.98) else 1_003,
            contract_id=rng.choice((0, order.contract.contract_id)),
            order_id=pick_order_id(flow, order),
            **values,
        )


def is_remembered(flow: Flow, order: Order) -> bool:
    """Whether the exchange still finds the order by its login's reference."""
    login = flow.market.logins.get(order.login_id)
    return (
        login is not None
        and login.highest_reference - order.user_reference < flow.profile.capacity.references
    )


def cancel(flow: Flow) -> None:
    """CANCEL of any order."""
    send_about(flow, Kind.CANCEL, pick_order(flow))


def reduce(flow: Flow) -> None:
    """REDUCE, mostly to less."""
    rng = flow.rng
    order = pick_book_order(flow)
    remaining = order.remaining_lots if order else 10
    quantity = rng.randrange(1, max(remaining, 2))
    if flow.chance(0.08):
        quantity = rng.choice((0, remaining, remaining + 1, U4_MAX))
    send_about(flow, Kind.REDUCE, order, quantity_lots=quantity)


def replace(flow: Flow) -> None:
    """REPLACE: less at the same price, more, elsewhere, or across the book."""
    rng = flow.rng
    order = pick_book_order(flow)
    if order is None:
        send_about(flow, Kind.REPLACE, None, price_ticks=5_000, quantity_lots=5)
        return
    contract = order.contract
    quantity = pick_quantity(flow, contract, contract.matching_rule, order.account, order.side)
    if flow.chance(0.5):
        quantity = max(order.remaining_lots + rng.randrange(-20, 20), 1)
    price = rng.choice((order.price_ticks, pick_price(flow, contract, contract.matching_rule)))
    if flow.chance(0.25):
        price = pick_crossing_price(flow, contract, order.side)
    send_about(flow, Kind.REPLACE, order, price_ticks=price, quantity_lots=quantity & U4_MAX)


def mass_cancel(flow: Flow) -> None:
    """MASS_CANCEL by a member of what is its own, or by staff; mostly of a part."""
    rng = flow.rng
    login_id, account = pick_actor(flow)
    order = pick_order(flow)
    contract = order.contract if order else pick_contract(flow)
    is_staff = flow.chance(0.35)
    price = order.price_ticks if order else 0
    low, high = rng.choice(
        ((0, 0), (0, 0), (price, 0), (0, price), (price - 2, price + 3), (price + 1, price))
    )
    account_id = pick_account_id(flow, account)
    if is_staff:
        login_id = rng.choice((0, OPERATOR_LOGIN))
        account_id = rng.choice((0, 0, account_id, order.account.account_id if order else 0))
    flow.send(
        Kind.MASS_CANCEL,
        login_id,
        account_id=account_id,
        contract_id=rng.choice((0, contract.contract_id, pick_contract_id(flow, contract))),
        price_low_ticks=max(low, 0),
        price_high_ticks=high,
        subject_id=rng.choice((0, 0, order.login_id if order else login_id, login_id)),
        side=rng.choice((ANY, ANY, Side.BUY, Side.SELL)) if flow.chance(0.97) else 2,
        method=rng.choice((ANY, ANY, *Method)) if flow.chance(0.97) else 4,
    )
