"""DATA/report.html: the simulated season beside the official one, in one file that needs nothing else."""

import re
from pathlib import Path
from typing import Final

from exchange.client.words import STAGES, Pair
from exchange.console import figures, words
from exchange.console.markup import element, number, span, text, word_cell
from exchange.console.season import SeasonFiles, SeasonRow, SeasonView
from exchange.rulebook.scenarios import Scenario
from exchange.vocabulary.enums import SettlementStage
from exchange.vocabulary.units import format_yuan

STYLE: Final = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
TITLE: Final = ("双城碳市 · 模拟季报告", "Two-City · report of a simulated season")

REAL: Final[tuple[Pair, ...]] = (
    (
        "每日官方成交量与价格（开盘、最高、最低、收盘）",
        "daily official tonnes and prices (open, high, low, close)",
    ),
    ("交易规则、交易日历与合约", "trading rules, trading calendar and contracts"),
)
SYNTHETIC: Final[tuple[Pair, ...]] = (
    (
        "参与者的名称、数量、持有量、资金与全部申报：官方从未公布逐笔数据",
        "members' names, number, holdings, cash and every order: no order-level data was ever published",
    ),
    (
        "模拟参与者以每日官方成交量和收盘价为目标，因此接近官方数字是设计使然，并非预测",
        "the simulated members aim at each day's official tonnes and close, so that agreement is by design "
        "and no forecast",
    ),
    (
        "费率：官方费率未知，全国规则档案按零计",
        "fee rates: the official ones are unknown and count as zero in the national profile",
    ),
)


def write_report(data: Path, scenario: Scenario, out: Path) -> None:
    """Write the report of the days played so far, whole or not at all."""
    season = SeasonFiles(data).view(scenario)
    aside = out.with_name(f".{out.name}.part")
    aside.write_text(report_page(season), encoding="utf-8")
    aside.replace(out)


def report_page(season: SeasonView) -> str:
    """The whole document."""
    drawings = figures.draw(season)
    sections = [
        _section(("合计", "Totals"), _totals(season)),
        *_figures(drawings),
        _section(("每日", "Day by day"), _days(season)),
        _section(("结算", "Settlement"), _settlement(season)),
        _section(("真实与虚构", "What is real and what is synthetic"), _origins(season)),
    ]
    names = f"{text(season.title_zh)} · {text(season.title_en)}"
    head = element("header", element("h1", _both(TITLE)) + element("p", names, css="dim"))
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(TITLE[0])} {text(TITLE[1])}</title><style>{STYLE}</style></head>"
        f"<body>{head}{''.join(sections)}</body></html>\n"
    )


def _both(pair: Pair) -> str:
    return span(pair[0]) + " " + element("span", text(pair[1]), css="en", lang="en")


def _section(heading: Pair, body: str) -> str:
    return element("section", element("h2", _both(heading)) + body)


def _figures(drawings: dict[str, str]) -> list[str]:
    headings = {
        "close": ("收盘价：模拟与官方", "Close: simulated beside official"),
        "listed": ("挂牌协议成交量", "Listed tonnes"),
        "block": ("大宗协议成交量", "Block tonnes"),
    }
    return [
        _section(headings[name], element("figure", _own_names(drawing, name)))
        for name, drawing in drawings.items()
    ]


def _own_names(drawing: str, name: str) -> str:
    """Ids made unique: several drawings share one document, and each refers to its own glyphs."""
    drawing = re.sub(r'id="', f'id="{name}-', drawing)
    drawing = re.sub(r'xlink:href="#', f'xlink:href="#{name}-', drawing)
    return re.sub(r"url\(#", f"url(#{name}-", drawing)


def _totals(season: SeasonView) -> str:
    totals = season.totals
    rows = (
        (("交易日数", "trading days"), words.whole(totals.days), ""),
        (("成交笔数", "trades"), words.whole(totals.trades), ""),
        (("成交额（元）", "amount (CNY)"), words.yuan(totals.amount_fen), ""),
        (("挂牌成交量（吨）", "listed tonnes"), words.whole(totals.listed_lots),
         words.whole(totals.official_listed_lots)),
        (("大宗成交量（吨）", "block tonnes"), words.whole(totals.block_lots),
         words.whole(totals.official_block_lots)),
        (("收盘价最大偏差（元/吨）", "largest close difference (CNY/t)"),
         format_yuan(totals.worst_close_difference_ticks), ""),
        (("结算笔数", "trades settled"), words.whole(totals.settled_trades), ""),
        (("对平天数", "days balanced"), f"{totals.days_balanced} / {totals.days}", ""),
        (("对账差异", "reconciliation breaks"), words.whole(totals.breaks), ""),
    )  # fmt: skip
    heads = ("", "模拟 simulated", "官方 official")
    return _table(
        element("tr", "".join(element("th", text(head), css="n" if head else "") for head in heads)),
        [
            [element("td", _both(name)), number(value, "strong"), number(official)]
            for name, value, official in rows
        ],
        "totals",
    )


def _days(season: SeasonView) -> str:
    groups = (
        (("", ""), 1), (("收盘价", "close"), 3), (("挂牌 吨", "listed t"), 2),
        (("大宗 吨", "block t"), 2), (("成交", "trades"), 2),
    )  # fmt: skip
    top = "".join(element("th", _both(name), css="group", colspan=str(span_of)) for name, span_of in groups)
    pair = ("模拟 sim.", "官方 official")
    names = ("日期 day", *pair, "差 diff.", *pair, *pair, "笔数 count", "金额 元 CNY")
    low = "".join(element("th", text(name), css="n" if index else "") for index, name in enumerate(names))
    return _table(element("tr", top) + element("tr", low), [_day(row) for row in season.rows], "days")


def _day(row: SeasonRow) -> list[str]:
    official = row.official
    difference = row.close_difference_ticks
    return [
        word_cell(str(row.simulated.date)),
        number(words.price(row.contract.close), "strong"),
        number(words.price(official.close_ticks) if official else words.NOTHING),
        number(
            words.NOTHING if difference is None else words.signed_price(difference),
            "differs" if difference else "dim",
        ),
        number(words.whole(row.contract.listed_lots), "strong"),
        number(words.whole(official.listed_lots) if official else words.NOTHING),
        number(words.whole(row.contract.block_lots), "strong"),
        number(words.whole(official.block_lots) if official else words.NOTHING),
        number(words.whole(row.simulated.trades)),
        number(words.yuan(row.simulated.amount_fen)),
    ]


def _settlement(season: SeasonView) -> str:
    names = (
        "日期 day",
        "阶段 stage",
        "结算笔数 settled",
        "吨 tonnes",
        "金额 元 CNY",
        "差异 breaks",
        "守恒 conserved",
    )
    low = "".join(element("th", text(name), css="n" if 1 < i < 6 else "") for i, name in enumerate(names))
    table = _table(element("tr", low), [_settled(row) for row in season.rows], "settlement")
    return table + _happenings(season)


def _happenings(season: SeasonView) -> str:
    """What the days had besides trades, one line each."""
    rows = [
        element("li", _both((f"{row.settled.date} {one.zh}", one.en)))
        for row in season.rows
        if row.settled is not None
        for one in row.settled.happenings
    ]
    heading = element("h3", _both(("特别事项", "What else happened")))
    return heading + element("ul", "".join(rows), css="happenings") if rows else ""


def _settled(row: SeasonRow) -> list[str]:
    day = row.settled
    if day is None:
        missing = word_cell("未结算 not settled", "differs")
        return [
            word_cell(str(row.simulated.date)),
            missing,
            *[number(words.NOTHING)] * 4,
            word_cell(words.NOTHING),
        ]
    known = SettlementStage.__members__.get(day.stage)
    stage = " ".join(STAGES[known]) if known is not None else day.stage
    is_conserved = day.units_conserved and day.cash_conserved
    return [
        word_cell(str(day.date)), word_cell(stage), number(words.whole(day.settled_trades)),
        number(words.whole(day.tonnes)), number(words.yuan(day.amount_fen)),
        number(str(len(day.breaks)), "differs" if day.breaks else ""),
        word_cell("是 yes" if is_conserved else "否 no", "" if is_conserved else "differs"),
    ]  # fmt: skip


def _origins(season: SeasonView) -> str:
    def listed(heading: Pair, items: tuple[Pair, ...]) -> str:
        rows = "".join(
            element("li", element("p", text(zh)) + element("p", text(en), css="en")) for zh, en in items
        )
        return element("h3", _both(heading)) + element("ul", rows)

    body = listed(("真实", "Real"), REAL) + listed(("虚构", "Synthetic"), SYNTHETIC)
    body += element(
        "p",
        text(f"{words.WORDS['source'][0]} · {words.WORDS['source'][1]} ({season.days_source})"),
        css="dim",
    )
    if season.unreadable:
        body += element(
            "p", text(f"无法读取 could not be read: {', '.join(season.unreadable)}"), css="differs"
        )
    return body


def _table(head: str, rows: list[list[str]], css: str) -> str:
    body = "".join(element("tr", "".join(row)) for row in rows)
    empty = element(
        "tr", element("td", "尚无已结束的交易日 no trading day is over yet", css="dim", colspan="10")
    )
    return element(
        "div", element("table", element("thead", head) + element("tbody", body or empty), css=css), css="wide"
    )
