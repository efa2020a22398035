"""Panels beside the chart and below it: best five levels, operation and lines, the settlement day."""

from exchange.client.words import STAGES, Lang, word
from exchange.console import markup, words
from exchange.console.markup import badge, element, panel, span, table, text
from exchange.console.view import (
    Balance,
    BalanceView,
    ContractView,
    LevelView,
    LineView,
    MarketView,
    StepState,
    StepView,
    Tone,
)
from exchange.console.words import NOTHING, say
from exchange.vocabulary.enums import SettlementStage

LEVELS_SHOWN = 5


def board_panel(contract: ContractView | None, lang: Lang) -> str:
    """Sell levels above, buy levels below, the last price between them, the day's limits at the ends."""
    if contract is None:
        return panel(
            say("five_levels", lang), element("p", text(say("no_day", lang)), css="empty"), mark="board"
        )
    most = max((row.quantity_lots for row in (*contract.sell, *contract.buy)), default=1)
    sells = [_level(index, "sell", contract, most, lang) for index in range(LEVELS_SHOWN, 0, -1)]
    buys = [_level(index, "buy", contract, most, lang) for index in range(1, LEVELS_SHOWN + 1)]
    heads = "".join(
        element("th", text(say(key, lang)), css="" if key == "level" else "n")
        for key in ("level", "price", "quantity", "listings")
    )
    rows = "".join(sells) + _middle(contract, lang) + "".join(buys)
    limits = (
        f"{say('limits', lang)} {words.price(contract.lower_ticks)} – {words.price(contract.upper_ticks)}"
    )
    body = element("table", element("thead", element("tr", heads)) + element("tbody", rows), css="board")
    return panel(
        f"{contract.code} · {say('five_levels', lang)}", body, aside=span(limits, "dim"), mark="board"
    )


def _level(index: int, side: str, contract: ContractView, most: int, lang: Lang) -> str:
    levels = contract.sell if side == "sell" else contract.buy
    level: LevelView | None = levels[index - 1] if index <= len(levels) else None
    name = element("td", text(f"{say(side, lang)}{index}"), css=f"level {side}")
    if level is None:
        return element("tr", name + element("td", NOTHING, css="n dim") * 3)
    share = max(1, level.quantity_lots * 100 // most)
    css = markup.direction(level.price_ticks - contract.base_ticks)
    return element(
        "tr",
        name
        + markup.number(words.price(level.price_ticks), f"{css} strong")
        + element(
            "td", element("i", css="bar", style=f"width:{share}%") + span(words.whole(level.quantity_lots)),
            css=f"n depth {side}",
        )
        + markup.number(str(level.listings) if level.listings else NOTHING, "dim"),
    )  # fmt: skip


def _middle(contract: ContractView, lang: Lang) -> str:
    change = contract.last_ticks - contract.base_ticks
    if not contract.last_ticks:
        inner = span(say("last", lang), "label") + span(NOTHING, "big")
    else:
        moved = f"{words.signed_price(change)}  {words.percent(change, contract.base_ticks)}"
        inner = (
            span(say("last", lang), "label")
            + span(words.price(contract.last_ticks), f"big {markup.direction(change)}")
            + span(moved, markup.direction(change))
        )
    return element("tr", element("td", element("div", inner, css="middle"), colspan="4"), css="last")


def health_panel(view: MarketView, lang: Lang) -> str:
    """How Shanghai runs, and the three lines; an old answer is marked old."""
    status = view.status
    aside = ""
    if status is not None and view.status_is_stale:
        aside = badge(Tone.CARE, f"{say('stale', lang)} · {words.age(view.exchange.age_ms, lang)}")
    if status is None:
        rows = [(say("latency", lang), NOTHING)]
    else:
        rows = [
            ("p50", words.microseconds(status.latency_p50_us)),
            ("p99", words.microseconds(status.latency_p99_us)),
            ("p99.9", words.microseconds(status.latency_p999_us)),
            (say("rate", lang), words.whole(status.commands_per_second)),
            (say("sessions", lang), words.whole(status.sessions)),
            (say("live_orders", lang), words.whole(status.live_orders)),
            (say("sequenced", lang), words.whole(status.last_sequence)),
            (say("durable", lang), words.whole(status.durable_sequence)),
            (say("caught", lang), words.whole(status.caught_at_close)),
        ]
    figures = "".join(
        element("div", span(label, "label") + element("b", text(value), data_field=f"health-{index}"))
        for index, (label, value) in enumerate(rows)
    )
    mode = NOTHING if status is None else say("synced" if status.durability else "not_synced", lang)
    body = element("div", figures, css="stale figures" if view.status_is_stale else "figures")
    note = element("p", span(say("durability", lang), "label") + span(mode), css="note")
    return panel(say("health", lang), body + note + _lines(view, lang), aside=aside, mark="health")


def _lines(view: MarketView, lang: Lang) -> str:
    cities = {"up": (Tone.GOOD, "up"), "down": (Tone.BAD, "down")}.get(view.city_line, (Tone.IDLE, "unknown"))
    rows = (
        element("li", span(say("line_exchange", lang)) + _line_badge(view.exchange, lang))
        + element("li", span(say("line_cities", lang)) + badge(cities[0], say(cities[1], lang)))
        + element("li", span(say("line_registry", lang)) + _line_badge(view.registry, lang))
    )
    return element("h3", text(say("lines", lang))) + element("ul", rows, css="lines")


def _line_badge(line: LineView, lang: Lang) -> str:
    if not line.is_up:
        return badge(
            Tone.BAD, f"{say('down', lang)} · {words.wall_clock(line.since_ms)}",
            title=line.why,
        )  # fmt: skip
    if line.is_stale:
        return badge(Tone.CARE, f"{say('stale', lang)} · {words.age(line.age_ms, lang)}")
    return badge(Tone.GOOD, say("up", lang))


def settlement_panel(view: MarketView, lang: Lang) -> str:
    """The steps of the registry's day, and reconciliation."""
    steps = element("ol", "".join(_step(step, lang) for step in view.steps), css="steps")
    return panel(
        say("settlement", lang), steps + _breaks(view.balance, lang), aside=_balance(view.balance, lang),
        mark="settlement",
    )  # fmt: skip


def _step(step: StepView, lang: Lang) -> str:
    stage = SettlementStage.REFUSED if step.state is StepState.REFUSED else step.stage
    at = words.clock(step.at_ns) if step.at_ns else " "
    inner = element("i") + element("b", text(word(STAGES, stage, lang))) + span(at, "time")
    return element("li", inner, css=f"step {step.state}", data_stage=step.stage.name)


def _balance(balance: BalanceView, lang: Lang) -> str:
    statement = words.of_pair(words.BALANCE_WORDS[balance.word], lang)
    if balance.break_count:
        statement += f" · {balance.break_count} {say('breaks', lang)}"
    before = ""
    if balance.before:
        word_of = words.BALANCE_WORDS[Balance.BALANCED if balance.before_is_balanced else Balance.BREAKS]
        said = f"{say('previous_day', lang)} {balance.before}: {words.of_pair(word_of, lang)}"
        before = span(said, "dim" if balance.before_is_balanced else "tone-bad badge")
    label = span(say("reconciliation", lang), "label")
    return before + label + badge(balance.tone, statement, data_field="balance")


def _breaks(balance: BalanceView, lang: Lang) -> str:
    if not balance.breaks:
        return ""
    heads = [
        (say("account", lang), ""), (say("contract", lang), ""), (say("what", lang), ""),
        (say("exchange_says", lang), "n"), (say("registry_says", lang), "n"),
        (say("difference", lang), "n"), (say("age", lang), "n"),
    ]  # fmt: skip
    rows = [
        [
            markup.word_cell(str(row.account_id)), markup.word_cell(row.contract), markup.word_cell(row.what),
            markup.number(words.whole(row.exchange)), markup.number(words.whole(row.registry)),
            markup.number(words.whole(row.registry - row.exchange), "strong"),
            markup.number(f"{row.age_days} {say('age_days', lang)}"),
        ]
        for row in balance.breaks
    ]  # fmt: skip
    return element("div", table(heads, rows, css="breaks"), css="scroll")
