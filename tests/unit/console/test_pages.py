"""Markup of both pages: complete in both languages, and nothing received can become markup."""

import re

import pytest

from exchange.client.words import Lang
from exchange.console import charts, market_page, season_page, words
from exchange.console.season import SeasonView, season_view
from exchange.console.source import STALE_MS
from exchange.console.view import MarketView, TradeView
from exchange.rulebook.scenarios import load_scenario
from exchange.vocabulary.enums import HaltReason, Level, Method, Phase, SettlementStage, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make
from tests.unit.console.heard import A_BREAK, CEA, DAY, Exchange, at, stated
from tests.unit.console.test_season import played

CHINESE = re.compile(r"[\u3400-\u9fff]")
LANGS: tuple[Lang, Lang] = ("zh", "en")


@pytest.fixture(scope="module")
def view() -> MarketView:
    """A market in which something of everything has happened."""
    exchange = Exchange().open_day()
    for stage in (SettlementStage.OPENING_SENT, SettlementStage.OPEN, SettlementStage.REFUSED):
        exchange.stage(stage, "09:15:30")
    exchange.phase(Phase.TRADING, "09:30:00", until="11:30:00")
    exchange.phase(Phase.BREAK, "09:30:00", method=Method.BLOCK)
    exchange.trade(4400, 10, "09:31:00")
    exchange.trade(4000, 200_000, "13:31:00", Method.BLOCK)
    exchange.events(
        make(Kind.FIVE_LEVELS, board_contract_id=CEA, board_side=Side.SELL, level_count=1,
             level_1_price_ticks=4410, level_1_quantity_lots=7),
        make(Kind.HALT_CHANGED, is_halted=1, level=Level.MARKET, halt_reason=HaltReason.RESTART,
             time_ns=at("10:00:00"), expected_ns=at("10:30:00")),
        make(Kind.HALT_CHANGED, is_halted=0, level=Level.CONTRACT, subject_id=CEA),
        make(Kind.COMPOSITE, close_ticks=4400),
    )  # fmt: skip
    exchange.replies(make(Kind.REPLY_PHASE, contract_id=CEA, phase=Phase.TRADING, is_killed=1))
    exchange.wuhan(stated(), breaks=(A_BREAK,))
    exchange.model.line_down(exchange.now_ms, "cut")
    exchange.now_ms += 60_000
    return exchange.view()


@pytest.fixture(scope="module")
def season() -> SeasonView:
    scenario = load_scenario("season-2021")
    return season_view(
        scenario, {DAY: played(DAY, 4420, 901_715, 0)}, {DAY: stated(breaks=(A_BREAK,))}, ("x",)
    )


def visible(pieces: dict[str, str]) -> str:
    """What a person reads, without the language switch."""
    whole = re.sub(r'<nav class="switch".*?</nav>', "", "".join(pieces.values()))
    return re.sub(r"<[^>]*>", " ", whole)


def test_english_market_page_has_no_chinese(view: MarketView) -> None:
    found = visible(market_page.render(view, "", "en"))
    assert CHINESE.search(found) is None, found
    for said in ("Exchange not reachable", "market halted: restart", "refused", "new orders stopped: CEA"):
        assert said in found


def test_chinese_market_page_has_no_english(view: MarketView) -> None:
    found = visible(market_page.render(view, "", "zh"))
    # what stays: contract codes, percentiles, units and the words of Wuhan's own break
    left = set(re.findall(r"[A-Za-z]{3,}", found)) - {"CEA", "units"}
    assert left == set()
    for said in ("交易所无法连接", "市场 暂停交易: 系统重启", "被拒绝", "停止新申报: CEA"):
        assert said in found


def test_season_page_in_both_languages(season: SeasonView) -> None:
    assert CHINESE.search(visible(season_page.render(season, "en"))) is None
    chinese = visible(season_page.render(season, "zh"))
    assert set(re.findall(r"[A-Za-z]{3,}", chinese)) <= {"DATA"}
    assert "44.20" in chinese and "44.22" in chinese and "−0.02" in chinese


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_good_while_the_exchange_is_silent(lang: Lang) -> None:
    exchange = Exchange().open_day()
    exchange.phase(Phase.TRADING, "09:30:00")
    assert "tone-good" in market_page.render(exchange.view(), "", lang)["contracts"]
    exchange.now_ms += STALE_MS + 1
    pieces = market_page.render(exchange.view(), "", lang)
    for name in ("top", "banner", "contracts", "board", "health", "settlement"):
        assert "tone-good" not in pieces[name], name


def test_the_end_of_a_day_is_no_alarm() -> None:
    exchange = Exchange().open_day()
    exchange.model.stream_ended(exchange.now_ms)
    exchange.model.line_down(exchange.now_ms, "gone")
    banner = market_page.render(exchange.view(), "", "en")["banner"]
    assert "ended in order" in banner and "tone-bad" not in banner


def test_every_word_has_both_languages() -> None:
    for key, (zh, en) in {**words.WORDS, **words.MARKET_WORDS, **words.BALANCE_WORDS}.items():
        assert zh and en and CHINESE.search(en) is None, key
        assert CHINESE.search(zh) or zh == en, key


def test_what_is_received_cannot_become_markup(view: MarketView) -> None:
    import msgspec

    evil = '<img src=x onerror="alert(1)">'
    trade = TradeView(at("09:31:00"), evil, 1, 4400, 1, Side.BUY, Method.LISTED, 4306)
    broken = msgspec.structs.replace(A_BREAK, what=evil)
    balance = msgspec.structs.replace(view.balance, breaks=(broken,))
    line = msgspec.structs.replace(view.exchange, why=evil)
    hostile = msgspec.structs.replace(view, trades=(trade,), balance=balance, exchange=line, registry=line)
    for lang in LANGS:
        pieces = market_page.render(hostile, evil, lang)
        assert "<img" not in "".join(pieces.values())
        assert "&lt;img" in pieces["trades"] and "&lt;img" in pieces["settlement"]


def test_a_page_of_nothing_can_be_drawn() -> None:
    empty = Exchange().view()
    for lang in LANGS:
        assert words.say("no_day", lang) in market_page.render(empty, "", lang)["contracts"]
        assert charts.day_chart(empty, None, lang)["series"][0]["data"] == []


def test_chart_leaves_the_lunch_break_out(view: MarketView) -> None:
    options = charts.day_chart(view, view.contract("CEA"), "en")
    labels = options["xAxis"][0]["data"]
    assert (labels[0], labels[119], labels[120], labels[-1], len(labels)) == (
        "09:30", "11:29", "11:30/13:00", "15:00", 241
    )  # fmt: skip
    last, volume = options["series"][0]["data"], options["series"][2]["data"]
    assert (last[1], volume[1], last.count(None)) == (44.0, 10, 240)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (words.percent(125, 4306), "+2.90%"),
        (words.percent(-1, 20_000), "−0.01%"),
        (words.percent(0, 4306), "0.00%"),
        (words.percent(1, 0), "–"),
        (words.signed_price(-5), "−0.05"),
        (words.signed_price(0), "0.00"),
        (words.price(0), "–"),
        (words.tens_of_thousands(72_950_600_00), "7,295.06"),
        (words.yuan(108_161_376_564), "1,081,613,765.64"),
        (words.microseconds(999), "999 µs"),
        (words.microseconds(28_310), "28.31 ms"),
        (words.microseconds(2_500_000), "2.50 s"),
        (words.clock(at("09:05:07")), "09:05:07"),
        (words.clock(0), "–"),
        (words.age(59_999, "en"), "59 s ago"),
        (words.age(60_000, "zh"), "1 分前"),
        (words.age(7_200_000, "en"), "2 h ago"),
    ],
)
def test_numbers_as_people_read_them(written: str, expected: str) -> None:
    assert written == expected
