"""Queries read the state as it is: orders, holdings, cash, contracts, phases, the board and the figures."""

import numpy as np

from exchange import kernel
from exchange.vocabulary.enums import HaltReason, Level, Method, OrderKind, Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import Records
from tests.unit.kernel.day import ANN, BOB, CASH, CEA, UNITS, busy_day, trading_day


def rows(records: Records, *names: str) -> list[tuple[int, ...]]:
    """The named fields of every record."""
    return [tuple(int(record[name]) for name in names) for record in records]


def test_open_orders_oldest_first() -> None:
    day = busy_day()
    fields = ("price_ticks", "quantity_lots", "remaining_lots", "side", "order_kind", "method")
    listing, offer = OrderKind.LISTING, OrderKind.BLOCK_OFFER
    assert rows(kernel.open_orders(day.state, ANN), *fields) == [
        (5_020, 100, 100, 1, listing, Method.LISTED),
        (5_010, 100, 50, 1, listing, Method.LISTED),
    ]
    orders = kernel.open_orders(day.state, BOB)
    assert rows(orders, *fields) == [
        (4_990, 200, 200, 0, listing, Method.LISTED),
        (5_100, 100_000, 100_000, 1, offer, Method.BLOCK),
    ]
    assert rows(orders, "counterparty_account_id", "account_id", "contract_id") == [(0, 2, 1), (ANN, 2, 1)]


def test_holdings_and_cash() -> None:
    day = busy_day()
    names = ("contract_id", "available_lots", "locked_lots", "bought_today_lots", "frozen_lots")
    assert rows(kernel.holdings(day.state, BOB), *names) == [(CEA, UNITS - 100_000, 100_000, 150, 0)]
    assert rows(kernel.holdings(day.state, ANN), *names) == [(CEA, UNITS - 300, 150, 0, 0)]
    names = ("available_fen", "locked_fen", "proceeds_today_fen", "frozen_fen")
    sold = 150 * 5_010
    assert rows(kernel.cash(day.state, ANN), *names) == [(CASH + sold, 0, sold, 0)]
    locked = 200 * 4_990
    assert rows(kernel.cash(day.state, BOB), *names) == [(CASH - sold - locked, locked, 0, 0)]


def test_holdings_show_only_what_is_there() -> None:
    assert len(kernel.holdings(trading_day().state, 5)) == 0


def test_contracts_and_phases() -> None:
    day = trading_day()
    (contract,) = kernel.contracts(day.state)
    assert contract["contract_code"] == b"CEA"
    assert rows(np.array([contract]), "contract_id", "base_price_ticks", "lower_ticks", "upper_ticks") == [
        (CEA, 5_000, 4_745, 5_256)
    ]
    phase_fields = ("contract_id", "method", "phase", "is_halted", "is_killed")
    every = (Method.LISTED, Method.BLOCK, Method.ONE_WAY)
    trading = [(CEA, method, Phase.TRADING, 0, 0) for method in every]
    assert rows(kernel.phases(day.state), *phase_fields) == trading
    day.do(Kind.HALT, level=Level.MARKET, halt_reason=HaltReason.OPERATOR)
    day.do(Kind.KILL, level=Level.CONTRACT, subject_id=CEA)
    assert [(p["is_halted"], p["is_killed"]) for p in kernel.phases(day.state)] == [(1, 1)] * 3


def test_board_shows_the_best_levels_of_both_sides_best_first() -> None:
    day = trading_day()
    for price in (5_060, 5_050, 5_040, 5_030, 5_020, 5_010, 5_010):
        day.order(Kind.LISTING, ANN, side=1, price_ticks=price, quantity_lots=price - 5_000)
    day.order(Kind.LISTING, BOB, side=0, price_ticks=4_990, quantity_lots=7)
    listings = kernel.board(day.state, CEA, entity_id=BOB)
    assert rows(listings, "side", "price_ticks", "quantity_lots", "is_own", "account_id") == [
        (0, 4_990, 7, 1, 0),
        *[(1, price, price - 5_000, 0, 0) for price in (5_010, 5_010, 5_020, 5_030, 5_040, 5_050)],
    ]


def test_figures_before_and_after_trades() -> None:
    names = ("figure_method", "figure_trade_count", "open_ticks", "high_ticks", "low_ticks", "close_ticks")
    nothing = [
        (Method.LISTED, 0, 5_000, 0, 0, 5_000),
        (Method.BLOCK, 0, 0, 0, 0, 0),
        (Method.ONE_WAY, 0, 0, 0, 0, 0),
    ]
    assert rows(kernel.figures(trading_day().state), *names) == nothing
    day = busy_day()
    day.order(Kind.TAKE, BOB, side=0, price_ticks=5_020, quantity_lots=150)
    listed, block, _one_way = kernel.figures(day.state)
    turnover = 200 * 5_010 + 100 * 5_020
    close = (2 * turnover + 300) // 600
    assert rows(np.array([listed]), *names) == [(Method.LISTED, 4, 5_010, 5_020, 5_010, close)]
    assert (int(listed["volume_lots"]), int(listed["turnover_fen"])) == (300, turnover)
    assert int(block["volume_lots"]) == 0


def test_replies_say_after_which_command_they_are_true() -> None:
    day = busy_day()
    for records in (kernel.open_orders(day.state, ANN), kernel.cash(day.state, ANN)):
        assert {int(sequence) for sequence in records["sequence"]} == {len(day.commands)}
        assert set(records["packet_type"]) == {ord("U")}
        assert set(records["user_reference"]) == {0}
