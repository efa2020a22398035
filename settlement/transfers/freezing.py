"""Freeze orders: what of them is frozen now, what attaches later, and what a release takes back.

Shanghai refuses a freeze of more than is free and does not say how much is. So while the day runs Wuhan asks
for the whole, and after each answer for half of what it asked before: no more is then free than the next
asks can take. What is not free is matched, on order or not there; it attaches at the end of the day, or when
something comes in. An order is short until then, and a short account lets nothing out.
"""

from settlement.ledger.balances import balance_of
from settlement.operations.desk import Desk
from settlement.operations.handler import Context, Outcome
from settlement.store.freezes import FreezeOrder, orders_of, read_order, save_order, short_orders
from settlement.store.operations import read_operation
from settlement.store.restrictions import blocked_accounts
from settlement.store.transfers import (
    Direction,
    Transfer,
    TransferState,
    count_of,
    insert_transfer,
    running_of,
)
from settlement.transfers.postings import available, freeze
from settlement.vocabulary.operations import ENDED, OperationState

#: crossings that take from what is available when they end
TAKING = frozenset({Direction.TO_REGISTRY, Direction.WITHDRAWAL, Direction.FREEZE})


def ask_whole(context: Context, account_id: int, asset_id: int) -> None:
    """Ask Shanghai for all that the account's orders are short of; not while one of them is being asked."""
    for order in orders_of(context.store, account_id, asset_id):
        if order.short:
            ask(context, order, order.short)


def ask(context: Context, order: FreezeOrder, amount_max: int) -> None:
    """Have Shanghai asked to freeze at most that much, and no more than the ledger can book."""
    if context.season.is_freeze_queued or context.moment.owns_available:
        return
    running = running_of(context.store, order.account_id, order.asset_id)
    if any(one.direction is Direction.FREEZE and one.operation_id == order.operation_id for one in running):
        return
    amount = min(amount_max, order.short, _spare(context, order, running))
    if amount > 0:
        number = 1 + count_of(context.store, order.operation_id)
        insert_transfer(context.store, asking(order, amount, number))


def asking(order: FreezeOrder, amount: int, number: int) -> Transfer:
    """The crossing that freezes a part of an order."""
    return Transfer(
        0,
        f"op/{order.operation_id}/part/{number}",
        order.operation_id,
        Direction.FREEZE,
        order.account_id,
        0,
        order.asset_id,
        amount,
        TransferState.WAITING,
    )


def next_part(context: Context, asked: Transfer) -> None:
    """Shanghai has answered: less than what was asked is free now, so half of it is next."""
    order = read_order(context.store, asked.operation_id)
    assert order is not None, f"expected a freeze order of operation {asked.operation_id}, found none"
    if asked.amount > 1:
        ask(context, order, (asked.amount + 1) // 2)


def book_part(context: Context, desk: Desk, part: Transfer, by: str) -> None:
    """A part of an order is frozen."""
    order = read_order(context.store, part.operation_id)
    assert order is not None, f"expected a freeze order of operation {part.operation_id}, found none"
    order = order._replace(frozen=order.frozen + part.amount)
    save_order(context.store, order)
    desk.finish(context, order.operation_id, progress(order)._replace(entries=(freeze(part),)), by)


def progress(order: FreezeOrder) -> Outcome:
    """Where the operation of an order stands: done when nothing is short."""
    state = OperationState.RUNNING if order.short else OperationState.DONE
    return Outcome(state, detail=f"frozen {order.frozen:,} of {order.asked - order.lowered:,}")


def attach(context: Context, desk: Desk, by: str) -> None:
    """Wuhan owns "available": freeze what is there of every order that is short."""
    blocked = blocked_accounts(context.store)
    for order in short_orders(context.store):
        part = asking(order, order.short, 1 + count_of(context.store, order.operation_id))
        amount = min(order.short, balance_of(context.store, available(part)))
        if amount > 0 and order.account_id not in blocked:
            part = part._replace(amount=amount, state=TransferState.ENDED)
            insert_transfer(context.store, part)
            book_part(context, desk, part, by)


def lowerable(context: Context, account_id: int, asset_id: int) -> int:
    """What a release can take back before anything frozen: short, and not on its way to Shanghai."""
    running = running_of(context.store, account_id, asset_id)
    asked = sum(one.amount for one in running if one.direction is Direction.FREEZE)
    return sum(order.short for order in orders_of(context.store, account_id, asset_id)) - asked


def releasable(context: Context, account_id: int, asset_id: int) -> int:
    """What is frozen and not being released already."""
    running = running_of(context.store, account_id, asset_id)
    leaving = sum(one.amount for one in running if one.direction is Direction.RELEASE)
    return sum(order.frozen for order in orders_of(context.store, account_id, asset_id)) - leaving


def lower(context: Context, desk: Desk, account_id: int, asset_id: int, amount: int, by: str) -> None:
    """Take back what is not frozen yet, oldest order first."""
    running = running_of(context.store, account_id, asset_id)
    for order in orders_of(context.store, account_id, asset_id):
        asked = sum(
            one.amount
            for one in running
            if one.direction is Direction.FREEZE and one.operation_id == order.operation_id
        )
        taken = min(amount, order.short - asked)
        if taken > 0:
            amount -= taken
            _save(context, desk, order._replace(lowered=order.lowered + taken), by)
    assert amount == 0, f"expected orders short of what is lowered, found {amount} too few"


def unfreeze(context: Context, desk: Desk, moved: Transfer, by: str) -> None:
    """What was frozen is released, oldest order first."""
    amount = moved.amount
    for order in orders_of(context.store, moved.account_id, moved.asset_id):
        taken = min(amount, order.frozen)
        if taken > 0:
            amount -= taken
            changed = order._replace(frozen=order.frozen - taken, lowered=order.lowered + taken)
            _save(context, desk, changed, by)
    assert amount == 0, f"expected orders that froze what is released, found {amount} too few"


def _save(context: Context, desk: Desk, order: FreezeOrder, by: str) -> None:
    save_order(context.store, order)
    operation = read_operation(context.store, order.operation_id)
    assert operation is not None, f"expected operation {order.operation_id}, found none"
    if operation.state not in ENDED:
        desk.finish(context, order.operation_id, progress(order), by)


def _spare(context: Context, order: FreezeOrder, running: list[Transfer]) -> int:
    """What the ledger has that nothing under way will take: proceeds of the day are not in it yet."""
    key = available(asking(order, 1, 0))
    taken = sum(
        one.amount for one in running if one.direction in TAKING and one.state is not TransferState.HELD
    )
    return balance_of(context.store, key) - taken
