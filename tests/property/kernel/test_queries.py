"""What a member may ask equals what the reference knows, after any trading."""

from typing import Any

from hypothesis import given, settings

from exchange import kernel
from exchange.vocabulary.enums import Method
from exchange.vocabulary.records import Records
from tests.property.kernel.trading import ACTIONS, CONTRACT, PEOPLE, Action, Player
from tests.reference import Reference
from tests.reference.closing import closing_price
from tests.reference.market import Market
from tests.reference.state import Contract, Order, Slot
from tests.tables.market import CAST
from tests.tables.subjects import KernelSubject

EXAMPLES = 60


def play_both(actions: list[Action]) -> tuple[kernel.State, Market]:
    """The same actions on kernel and reference."""
    players = Player("kernel"), Player("reference")
    for action in actions:
        first, second = (player.play(action) for player in players)
        assert first == second
    ours, theirs = players[0].market.subject, players[1].market.subject
    assert isinstance(ours, KernelSubject) and isinstance(theirs, Reference)
    return ours.state, theirs.market


def rows(replies: Records, *names: str) -> list[tuple[Any, ...]]:
    """The named fields of every reply."""
    return [tuple(reply[name].item() for name in names) for reply in replies]


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(ACTIONS)
def test_open_orders_holdings_and_cash(actions: list[Action]) -> None:
    state, market = play_both(actions)
    for account in market.accounts.values():
        found = rows(
            kernel.open_orders(state, account.account_id),
            *("order_id", "contract_id", "account_id", "price_ticks", "quantity_lots", "remaining_lots"),
            *("side", "order_kind", "method", "counterparty_account_id"),
        )
        own = [order for order in market.orders.values() if order.account is account]
        assert sorted(found) == sorted(map(order_row, own))
        holdings = rows(
            kernel.holdings(state, account.account_id),
            *("contract_id", "available_lots", "locked_lots", "bought_today_lots", "frozen_lots"),
        )
        assert [row for row in holdings if any(row[1:])] == [
            (contract_id, h.available, h.locked, h.bought_today, h.frozen)
            for contract_id, h in account.holdings.items()
            if h.total
        ]
        cash = rows(
            kernel.cash(state, account.account_id),
            *("account_id", "available_fen", "locked_fen", "proceeds_today_fen", "frozen_fen"),
        )
        assert cash == [
            (account.account_id, account.available, account.locked, account.proceeds, account.frozen)
        ]


def order_row(order: Order) -> tuple[int, ...]:
    """An open order as a reply says it."""
    return (
        order.order_id,
        order.contract.contract_id,
        order.account.account_id,
        order.price_ticks,
        order.quantity_lots,
        order.remaining_lots,
        order.side,
        order.kind,
        order.method,
        order.counterparty.account_id if order.counterparty else 0,
    )


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(ACTIONS)
def test_board(actions: list[Action]) -> None:
    """Every listing inside the best five levels, in the order a sweep would take them."""
    state, market = play_both(actions)
    contract = market.contracts[CONTRACT]
    for entity_id in {CAST[name].entity_id for name in PEOPLE}:
        found = rows(
            kernel.board(state, CONTRACT, entity_id),
            *("side", "order_id", "price_ticks", "quantity_lots", "is_own"),
        )
        assert found == [
            (book.side, o.order_id, o.price_ticks, o.remaining_lots, o.account.entity_id == entity_id)
            for book in contract.sides
            for _, level in list(book.best_first())[:5]
            for o in level.orders
        ]


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
@given(ACTIONS)
def test_contracts_phases_and_figures(actions: list[Action]) -> None:
    state, market = play_both(actions)
    contracts: list[Contract] = list(market.contracts.values())
    bands = ("base_price_ticks", "lower_ticks", "upper_ticks", "block_lower_ticks", "block_upper_ticks")
    assert rows(kernel.contracts(state), "contract_id", *bands, "product", "matching_rule") == [
        (
            c.contract_id,
            c.base_ticks,
            *c.band(Method.LISTED),
            *c.band(Method.BLOCK),
            c.product,
            c.matching_rule,
        )
        for c in contracts
    ]
    assert rows(kernel.phases(state), "contract_id", "method", "phase", "is_halted", "next_change_ns") == [
        (c.contract_id, c.method_at(s), c.phases[s], market.is_halted or c.is_halted, c.next_change_ns[s])
        for c in contracts
        for s in Slot
    ]
    ranges = ("open_ticks", "high_ticks", "low_ticks", "close_ticks", "volume_lots", "turnover_fen")
    assert rows(kernel.figures(state), "contract_id", "figure_method", "figure_trade_count", *ranges) == [
        figures_row(c, s) for c in contracts for s in Slot
    ]


def figures_row(contract: Contract, slot: Slot) -> tuple[int, ...]:
    """A method's figures so far as a reply says them."""
    f = contract.figures[slot]
    no_open = contract.base_ticks if slot == Slot.BOOK else 0
    close = closing_price(contract, slot)
    method = contract.method_at(slot)
    return (
        *(contract.contract_id, method, f.trade_count, f.open_ticks or no_open, f.high_ticks, f.low_ticks),
        *(close, f.volume_lots, f.turnover_fen),
    )
