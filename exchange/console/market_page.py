"""The market page: a view in, the markup of each panel out. Pure; the page only puts it in place."""

from typing import Final

from exchange.client.words import HALT_REASONS, LEVELS, METHODS, PHASES, SIDES, Lang, word
from exchange.console import markup, words
from exchange.console.market_side import board_panel, health_panel, settlement_panel
from exchange.console.markup import badge, element, number, panel, span, table, text, word_cell
from exchange.console.view import (
    ContractView,
    HaltView,
    MarketView,
    MarketWord,
    NoticeView,
    PhaseView,
    Tone,
    TradeView,
)
from exchange.console.words import NOTHING, say
from exchange.vocabulary.enums import Level, Method, Phase

PHASE_TONES: Final = {
    Phase.TRADING: Tone.GOOD,
    Phase.CALL_AUCTION: Tone.GOOD,
    Phase.PAUSED: Tone.CARE,
}


def render(view: MarketView, code: str, lang: Lang) -> dict[str, str]:
    """Markup of every panel."""
    contract = view.contract(code)
    return {
        "top": _top(view, code, lang),
        "banner": _banner(view, lang),
        "contracts": _contracts(view, contract, lang),
        "board": board_panel(contract, lang),
        "health": health_panel(view, lang),
        "settlement": settlement_panel(view, lang),
        "trades": _trades(view, lang),
        "notices": _notices(view.notices, lang),
        "legend": _legend(lang),
    }


def is_frozen(view: MarketView) -> bool:
    """Whether what the page shows of the exchange is the past."""
    return not view.exchange.is_up or view.status_is_stale


def chart_head(view: MarketView, code: str, lang: Lang) -> str:
    """Contract, what the chart shows, and in which units."""
    contract = view.contract(code)
    title = f"{contract.code if contract else NOTHING} · {say('chart', lang)}"
    units = span(f"{say('per_tonne', lang)} · {say('tonnes', lang)}", "dim")
    return element("header", element("h2", text(title)) + element("div", units, css="aside"))


def _top(view: MarketView, code: str, lang: Lang) -> str:
    day = view.trading_day.isoformat() if view.trading_day else say("no_day", lang)
    facts = _fact(say("trading_day", lang), day, "day") + _fact(
        say("market_time", lang), words.clock(view.market_ns), "clock"
    )
    if view.surrender:
        left = f"{view.surrender.trading_days_left} {say('days_left', lang)}"
        detail = f"{say('last_purchase', lang)} {view.surrender.last_purchase_day:%m-%d} · {left}"
        facts += _fact(say("surrender", lang), str(view.surrender.deadline), "surrender", detail)
    name = element("h1", text(say("title", lang))) + span(say("read_only", lang), "chip")
    state = badge(view.tone, words.of_pair(words.MARKET_WORDS[view.word], lang), data_field="state")
    query = f"contract={code}" if code else ""
    return (
        element("div", name, css="brand")
        + markup.tabs(lang, "market")
        + element("div", facts, css="facts")
        + state
        + markup.switch(lang, "/", query)
    )


def _fact(label: str, value: str, field: str, detail: str = "") -> str:
    inner = span(label, "label") + element("b", text(value), data_field=field)
    return element("span", inner + (span(detail, "detail") if detail else ""), css="fact")


def _banner(view: MarketView, lang: Lang) -> str:
    """What must not be overlooked: nothing is shown when there is nothing."""
    rows = [_halt_row(view, halt, lang) for halt in view.halts]
    killed = [row.code for row in view.contracts if row.is_killed]
    if killed:
        rows.append(_banner_row(Tone.BAD, f"{say('killed', lang)}: {', '.join(killed)}", ""))
    if not view.exchange.is_up and view.word is MarketWord.DAY_OVER:
        since = f"{say('ended_in_order', lang)} · {say('not_running', lang)} {say('since', lang)} "
        rows.insert(0, _banner_row(Tone.IDLE, since + words.wall_clock(view.exchange.since_ms), ""))
    elif not view.exchange.is_up:
        since = (
            f"{say('not_reachable', lang)} · {say('since', lang)} {words.wall_clock(view.exchange.since_ms)}"
        )
        shown = f"{say('shown_is', lang)} {words.clock(view.market_ns)}" if view.market_ns else ""
        rows.insert(0, _banner_row(Tone.BAD, since, shown, title=view.exchange.why))
    elif view.status_is_stale:
        since = f"{say('answers_stale', lang)} ({words.age(view.exchange.age_ms, lang)})"
        rows.insert(0, _banner_row(Tone.CARE, since, ""))
    return "".join(rows)


def _halt_row(view: MarketView, halt: HaltView, lang: Lang) -> str:
    codes = {row.contract_id: row.code for row in view.contracts}
    subject = word(LEVELS, halt.level, lang)
    if halt.level == Level.CONTRACT:
        subject = codes.get(halt.subject_id, str(halt.subject_id))
    reason = word(HALT_REASONS, halt.reason, lang)
    detail = f"{say('since', lang)} {words.clock(halt.since_ns)}"
    if halt.expected_ns:
        detail += f" · {say('expected', lang)} {words.clock(halt.expected_ns)}"
    return _banner_row(Tone.BAD, f"{subject} {say('halted', lang)}: {reason}", detail)


def _banner_row(tone: Tone, statement: str, detail: str, title: str = "") -> str:
    inner = badge(tone, statement) + span(detail, "detail")
    return element("div", inner, css=f"banner-row tone-{tone}", role="alert", title=title)


def _contracts(view: MarketView, chosen: ContractView | None, lang: Lang) -> str:
    keys = (
        "contract", "last", "change", "close_so_far", "base", "band", "open", "high", "low",
        "listed_t", "block_t", "amount", "trades_count",
    )  # fmt: skip
    heads = [(say(key, lang), "" if key == "contract" else "n") for key in keys]
    heads += [(say("listed_phase", lang), ""), (say("block_phase", lang), "")]
    rows = [_contract_row(row, lang, row is chosen, is_frozen(view)) for row in view.contracts]
    if not rows:
        rows = [[element("td", text(say("no_day", lang)), css="empty", colspan=str(len(heads)))]]
    return element("section", table(heads, rows, css="contracts"), css="panel flush", data_panel="contracts")


def _contract_row(row: ContractView, lang: Lang, is_chosen: bool, is_past: bool) -> list[str]:
    link = element(
        "a", text(row.code), href=f"/?lang={lang}&contract={row.code}", css="code on" if is_chosen else "code"
    )
    change = row.last_ticks - row.base_ticks if row.last_ticks else 0
    css = markup.direction(change)
    moved = (
        f"{words.signed_price(change)}  {words.percent(change, row.base_ticks)}"
        if row.last_ticks
        else NOTHING
    )
    close_css = markup.direction(row.close_ticks - row.base_ticks)
    band = f"{words.price(row.lower_ticks)} – {words.price(row.upper_ticks)}"
    phases = {phase.method: phase for phase in row.phases}
    return [
        element("td", link),
        number(words.price(row.last_ticks), f"{css} strong", data_field="last"),
        number(moved, css),
        number(words.price(row.close_ticks), close_css, data_field="close"),
        number(words.price(row.base_ticks)),
        number(band, "dim"),
        number(words.price(row.open_ticks), _against(row.open_ticks, row)),
        number(words.price(row.high_ticks), _against(row.high_ticks, row)),
        number(words.price(row.low_ticks), _against(row.low_ticks, row)),
        number(words.whole(row.listed_lots), data_field="listed"),
        number(words.whole(row.block_lots)),
        number(words.tens_of_thousands(row.listed_fen + row.block_fen)),
        number(words.whole(row.listed_trades + row.block_trades), data_field="trades"),
        _phase_cell(phases.get(Method.LISTED) or phases.get(Method.CONTINUOUS), row, lang, is_past),
        _phase_cell(phases.get(Method.BLOCK), row, lang, is_past),
    ]


def _against(ticks: int, row: ContractView) -> str:
    return markup.direction(ticks - row.base_ticks) if ticks else ""


def _phase_cell(phase: PhaseView | None, row: ContractView, lang: Lang, is_past: bool) -> str:
    if phase is None:
        return word_cell(NOTHING)
    tone, name = PHASE_TONES.get(phase.phase, Tone.IDLE), word(PHASES, phase.phase, lang)
    if is_past:
        tone = Tone.IDLE  # it was so; whether it is so is not known
    if row.is_halted or row.is_killed:
        tone, name = Tone.BAD, f"{name} · {say('halted' if row.is_halted else 'killed', lang)}"
    then = ""
    if phase.next_ns:
        then = f"{words.clock(phase.next_ns, with_seconds=False)}"
        if phase.next_phase is not None:
            then += f" {say('then', lang)} {word(PHASES, phase.next_phase, lang)}"
    return element("td", badge(tone, name) + span(then, "next"), css="phase")


def _trades(view: MarketView, lang: Lang) -> str:
    heads = [
        (say("time", lang), ""), (say("contract", lang), ""), (say("method", lang), ""),
        (say("taker", lang), ""), (say("price", lang), "n"), (say("quantity", lang), "n"),
        (say("number", lang), "n"),
    ]  # fmt: skip
    rows = [_trade_row(row, lang) for row in view.trades]
    if not rows:
        rows = [[element("td", text(say("no_trades", lang)), css="empty", colspan=str(len(heads)))]]
    return panel(
        say("trades", lang), element("div", table(heads, rows, css="trades"), css="scroll"), mark="trades"
    )


def _trade_row(row: TradeView, lang: Lang) -> list[str]:
    is_block = row.method == Method.BLOCK
    side = word(SIDES, row.side, lang)
    return [
        word_cell(words.clock(row.time_ns)),
        word_cell(row.code),
        word_cell(word(METHODS, row.method, lang), "block" if is_block else ""),
        word_cell(side, "dim"),
        number(words.price(row.price_ticks), markup.direction(row.price_ticks - row.base_ticks)),
        number(words.whole(row.quantity_lots)),
        number(str(row.match_id), "dim"),
    ]


def _notices(notices: tuple[NoticeView, ...], lang: Lang) -> str:
    rows = [
        element(
            "li", span(words.clock(row.time_ns), "time") + badge(row.tone, row.zh if lang == "zh" else row.en)
        )
        for row in notices
    ]
    body = "".join(rows) or element("li", text(say("no_notices", lang)), css="empty")
    return panel(say("notices", lang), element("ul", body, css="scroll notices"), mark="notices")


def _legend(lang: Lang) -> str:
    prices = span(f"▲ {say('legend_up', lang)}", "up") + span(f"▼ {say('legend_down', lang)}", "down")
    tones = "".join(badge(tone, say(tone.value, lang)) for tone in Tone)
    return prices + tones + span(say("synthetic", lang), "dim")
