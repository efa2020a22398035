"""The season page: each day as simulated beside the official one. Pure: a view in, markup out."""

from exchange.client.words import STAGES, Lang, word
from exchange.console import markup, words
from exchange.console.markup import badge, element, number, span, text, word_cell
from exchange.console.registry_state import RegistryDay
from exchange.console.season import SeasonRow, SeasonTotals, SeasonView
from exchange.console.view import Tone
from exchange.console.words import NOTHING, say
from exchange.vocabulary.enums import SettlementStage
from exchange.vocabulary.units import format_yuan


def render(season: SeasonView, lang: Lang) -> dict[str, str]:
    """Markup of every panel."""
    return {
        "top": _top(season, lang),
        "totals": _totals(season.totals, lang),
        "days": _days(season, lang),
        "source": _source(season, lang),
        "legend": span(say("synthetic", lang), "dim"),
    }


def _top(season: SeasonView, lang: Lang) -> str:
    name = element("h1", text(say("title", lang))) + span(say("read_only", lang), "chip")
    title = season.title_zh if lang == "zh" else season.title_en
    return (
        element("div", name, css="brand")
        + markup.tabs(lang, "season")
        + element("div", span(title, "fact strong"), css="facts")
        + markup.switch(lang, "/season", "")
    )


def _totals(totals: SeasonTotals, lang: Lang) -> str:
    tone = Tone.GOOD if totals.days and totals.days_balanced == totals.days else Tone.CARE
    tone = Tone.BAD if totals.breaks else tone if totals.days else Tone.IDLE
    cards = (
        (say("days", lang), words.whole(totals.days), ""),
        (say("trades_count", lang), words.whole(totals.trades), ""),
        (say("listed_tonnes", lang), words.whole(totals.listed_lots),
         _beside(totals.listed_lots, totals.official_listed_lots, lang)),
        (say("block_tonnes", lang), words.whole(totals.block_lots),
         _beside(totals.block_lots, totals.official_block_lots, lang)),
        (say("amount_yuan", lang), words.yuan(totals.amount_fen), ""),
        (say("worst_close", lang), format_yuan(totals.worst_close_difference_ticks), ""),
    )  # fmt: skip
    body = "".join(
        element("div", span(label, "label") + element("b", text(value)) + span(beside, "detail"))
        for label, value, beside in cards
    )
    settled = f"{totals.days_balanced} / {totals.days}"
    body += element(
        "div", span(say("balanced_days", lang), "label") + badge(tone, settled, data_field="balanced-days")
    )
    return element("section", body, css="panel cards", data_panel="totals")


def _beside(simulated: int, official: int, lang: Lang) -> str:
    return f"{say('official', lang)} {words.whole(official)}  {words.percent(simulated - official, official)}"


def _days(season: SeasonView, lang: Lang) -> str:
    groups = (
        ("", 1), (say("close", lang), 3), (say("listed_tonnes", lang), 3), (say("block_tonnes", lang), 3),
        ("", 2), (say("settlement", lang), 3),
    )  # fmt: skip
    top = element("tr", "".join(element("th", text(name), css="group", colspan=str(n)) for name, n in groups))
    trio = [say("simulated", lang), say("official", lang), say("difference", lang)]
    names = [say("day", lang), *trio * 3, say("trades_count", lang), say("amount", lang)]
    heads = "".join(element("th", text(name), css="n" if i else "") for i, name in enumerate(names))
    last = (say("stage", lang), say("settled_trades", lang), say("reconciliation", lang))
    heads += "".join(
        element("th", text(name), css=css) for name, css in zip(last, ("", "n", ""), strict=True)
    )
    rows = [element("tr", "".join(_row(row, lang))) for row in reversed(season.rows)]
    if not rows:
        rows = [element("tr", element("td", text(say("no_days", lang)), css="empty", colspan="15"))]
    body = element(
        "table", element("thead", top + element("tr", heads)) + element("tbody", "".join(rows)), css="season"
    )
    return element("section", element("div", body, css="scroll wide"), css="panel flush", data_panel="days")


def _row(row: SeasonRow, lang: Lang) -> list[str]:
    official = row.official
    cells = [
        element("td", text(row.simulated.date), css="strong"),
        number(words.price(row.contract.close), "strong", data_field="close"),
    ]
    if official is None:
        cells += [number(NOTHING)] * 2
    else:
        difference = row.close_difference_ticks or 0
        cells += [
            number(words.price(official.close_ticks)),
            _difference(words.signed_price(difference), difference),
        ]
    for mine, theirs in (
        (row.contract.listed_lots, official.listed_lots if official else None),
        (row.contract.block_lots, official.block_lots if official else None),
    ):
        cells.append(number(words.whole(mine), "strong"))
        if theirs is None:
            cells += [number(NOTHING)] * 2
        else:
            cells += [number(words.whole(theirs)), _difference(words.whole(mine - theirs), mine - theirs)]
    cells += [
        number(words.whole(row.simulated.trades)),
        number(words.tens_of_thousands(row.simulated.amount_fen)),
    ]
    return [*cells, *_settled(row.settled, lang)]


def _difference(written: str, value: int) -> str:
    """A zero stands back, so that what differs is seen."""
    return number(written, "strong differs" if value else "dim")


def _settled(day: RegistryDay | None, lang: Lang) -> list[str]:
    if day is None:
        return [word_cell(NOTHING), number(NOTHING), word_cell(NOTHING)]
    stage = (
        word(STAGES, SettlementStage[day.stage], lang)
        if day.stage in SettlementStage.__members__
        else day.stage
    )
    if day.breaks:
        verdict = badge(Tone.BAD, f"{len(day.breaks)} {say('breaks', lang)}")
    elif day.is_balanced:
        verdict = badge(Tone.GOOD, f"0 {say('breaks', lang)} · {say('conserved', lang)}")
    else:
        verdict = badge(Tone.CARE, NOTHING)
    return [word_cell(stage), number(words.whole(day.settled_trades)), element("td", verdict)]


def _source(season: SeasonView, lang: Lang) -> str:
    rows = element("p", span(f"{say('source', lang)} ({season.days_source})", "label"))
    rows += element("p", span(say("origins", lang), "dim"))
    if season.unreadable:
        names = ", ".join(season.unreadable)
        rows += element("p", badge(Tone.BAD, f"{say('unreadable', lang)}: {names}"))
    return rows
