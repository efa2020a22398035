"""The terminal client's lines and words: what a person types and reads, without a socket."""

from io import StringIO

import pytest
from rich.console import Console

from exchange.client.replies import BoardListing, Contract, MethodPhase
from exchange.commands import client_show as show
from exchange.commands.client_parse import Line, NotUnderstood, parse_line
from exchange.vocabulary.enums import MemberLimit, Method, Phase, Side, TimeInForce
from exchange.vocabulary.units import market_time_ns, trading_day_date

BUY, SELL = Side.BUY, Side.SELL


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("list sell 43.50 1,000", Line("list", SELL, 4350, 1000)),
        ("list buy 43 5t cea21", Line("list", BUY, 4300, 5, word="CEA21")),
        ("挂牌 卖 43.50 1000吨", Line("list", SELL, 4350, 1000)),
        ("take buy 44 10", Line("take", BUY, 4400, 10)),
        ("TAKE buy 44 10 #57 CEA", Line("take", BUY, 4400, 10, order=57, word="CEA")),
        ("摘牌 买 44 10 #57", Line("take", BUY, 4400, 10, order=57)),
        ("cancel #57", Line("cancel", order=57)),
        ("撤单 57", Line("cancel", order=57)),
        ("block sell 40 100000 to 1005", Line("block", SELL, 4000, 100_000, account_id=1005)),
        ("大宗 卖 40 100000 给 1005", Line("block", SELL, 4000, 100_000, account_id=1005)),
        ("accept #8", Line("accept", order=8)),
        ("accept #8 100,000", Line("accept", order=8, quantity_lots=100_000)),
        ("limit buy 43.50 10", Line("limit", BUY, 4350, 10)),
        (
            "limit sell 43 10 ioc CEA",
            Line("limit", SELL, 4300, 10, word="CEA", time_in_force=TimeInForce.IOC),
        ),
        ("限价 卖 43 10 FOK", Line("limit", SELL, 4300, 10, time_in_force=TimeInForce.FOK)),
        ("limit sell 43 10 post", Line("limit", SELL, 4300, 10, is_post_only=True)),
        ("reduce #57 5t", Line("reduce", order=57, quantity_lots=5)),
        ("改单 #57 43.1 5", Line("replace", order=57, price_ticks=4310, quantity_lots=5)),
        ("cancel-all", Line("cancel-all")),
        (
            "批量撤单 卖 43-44.50 cea",
            Line("cancel-all", SELL, word="CEA", has_side=True, price_low_ticks=4300, price_high_ticks=4450),
        ),
        ("block sell 40 300000 to board part", Line("block", SELL, 4000, 300_000, is_partial=True)),
        (
            "block buy 40 100000 to 1005 CEA21",
            Line("block", BUY, 4000, 100_000, account_id=1005, word="CEA21"),
        ),
        ("counter #8 39.5 100000", Line("counter", order=8, price_ticks=3950, quantity_lots=100_000)),
        (
            "还价 #8 39.5 200000 part",
            Line("counter", order=8, price_ticks=3950, quantity_lots=200_000, is_partial=True),
        ),
        ("bid 3 44 1000", Line("bid", order=3, price_ticks=4400, quantity_lots=1000)),
        ("session cancel on 5", Line("session", is_on=True, milliseconds=5_000)),
        ("session cancel off dead-man 60s", Line("session", dead_man_ms=60_000)),
        ("会话 撤单 开 静默 off", Line("session", is_on=True)),
        ("guard amount 1,000", Line("guard", quantity_lots=100_000, limit=MemberLimit.ORDER_AMOUNT_FEN)),
        ("guard orders off 101", Line("guard", limit=MemberLimit.OPEN_ORDERS, login_id=101)),
        ("auctions", Line("auctions")),
        ("board", Line("board")),
        ("行情 cea21", Line("board", word="CEA21")),
        ("lang zh", Line("lang", word="zh")),
        ("退出", Line("quit")),
    ],  # fmt: skip
)
def test_a_line_is_understood_in_both_languages(text: str, line: Line) -> None:
    assert parse_line(text) == line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sell 43 1", "expected a command"),
        ("list 43 1 sell", "expected buy or sell, found '43'"),
        ("list sell", "list buy|sell PRICE QTY"),
        ("list sell 43.555 1", "at most two decimals"),
        ("list sell -1 1", "more than 0"),
        ("list sell nan 1", "price"),
        ("list sell 43 1.5", "a number of tonnes, found '1.5'"),
        ("list sell 43 0", "a number of tonnes, found '0'"),
        ("list sell 43 1 CEA now", "nothing after the contract"),
        ("block sell 40 100000", "counterparty's account"),
        ("cancel", "one order number"),
        ("reduce #5", "what shall be left"),
        ("replace #5 43", "a price and a quantity"),
        ("accept #5 1 2", "a quantity if not all"),
        ("cancel-all buy CEA CEA21", "found 'CEA21'"),
        ("bid 3 44", "the auction's number"),
        ("session off", "expected cancel on or cancel off"),
        ("session cancel on dead-man", "expected dead-man and seconds or off"),
        ("guard speed 5", "expected one of quantity, amount, orders"),
        ("guard orders many", "a number, or off"),
        ("cancel #x", "an order number such as #57"),
        ("lang de", "expected zh or en"),
    ],
)
def test_a_line_that_is_no_command_says_what_was_expected(text: str, says: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse_line(text)
    assert says in str(caught.value)


def test_a_blank_line_is_nothing() -> None:
    assert parse_line("   \n") is None


def listing(number: int, side: Side, price: int, lots: int, is_own: int = 0) -> BoardListing:
    return BoardListing(0, 0, 0, 0, 1, 0, order_id=number << 24 | 5, price_ticks=price, quantity_lots=lots,
                        side=side, is_own=is_own)  # fmt: skip


def test_the_board_shows_the_best_levels_towards_the_middle_and_marks_own_listings() -> None:
    rows = [listing(1, SELL, 4401, 10), listing(2, SELL, 4400, 5), listing(3, SELL, 4400, 6, 1),
            listing(4, BUY, 4390, 7), listing(5, BUY, 4395, 8)]  # fmt: skip
    console = Console(width=100, record=True, file=StringIO())
    console.print(show.board_table(rows, "en"))
    lines = [line for line in console.export_text().splitlines() if "#" in line]
    assert ["44.01" in lines[0], "44.00" in lines[1], "43.95" in lines[2], "43.90" in lines[3]] == [True] * 4
    assert "11" in lines[1] and "#2 #3*" in lines[1]


def test_phases_are_named_in_both_languages_with_their_next_change() -> None:
    contract = Contract(0, 0, 0, 0, 1, 0, b"CEA", 4306, 3875, 4737, 3014, 5598, 0, 1, 0)
    at = market_time_ns(trading_day_date(8020), 11 * 3600 + 1800)
    phases = [MethodPhase(0, 0, 0, 0, 1, 0, 1, Phase.TRADING, Method.LISTED, 0, at)]
    assert show.phase_line(contract, phases, "en") == "listed: trading (HALTED), until 11:30:00"
    assert show.phase_line(contract, phases, "zh") == "挂牌协议: 交易中 (暂停交易),11:30:00 变更"
    assert "band 38.75 – 47.37" in show.price_line(contract, [], "en")
