"""Pieces of HTML; every text goes through `text`, so nothing that was received can become markup."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from exchange.client.words import Lang
from exchange.console.view import Tone
from exchange.console.words import say

MARKS: Final = {Tone.GOOD: "●", Tone.CARE: "▲", Tone.BAD: "■", Tone.IDLE: "○"}


def text(value: object) -> str:
    """Escaped."""
    return escape(str(value), quote=True)


def element(name: str, inner: str = "", *, css: str = "", **attributes: str) -> str:
    """One element; `inner` is markup, attribute values are text."""
    given = {"class": css, **{key.replace("_", "-"): value for key, value in attributes.items()}}
    written = "".join(f' {key}="{text(value)}"' for key, value in given.items() if value)
    return f"<{name}{written}>{inner}</{name}>"


def span(value: object, css: str = "", **attributes: str) -> str:
    """A span of text."""
    return element("span", text(value), css=css, **attributes)


def badge(tone: Tone, words: str, **attributes: str) -> str:
    """A statement with its mark: shape and colour say the same, so that colour is never needed."""
    inner = element("i", MARKS[tone], aria_hidden="true") + text(words)
    return element("span", inner, css=f"badge tone-{tone}", **attributes)


def panel(title: str, body: str, *, css: str = "", aside: str = "", mark: str = "") -> str:
    """A titled box; `aside` stands at the right of the title."""
    head = element("header", element("h2", text(title)) + element("div", aside, css="aside"))
    return element("section", head + body, css=f"panel {css}".strip(), data_panel=mark)


def table(
    heads: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[str]],
    *,
    css: str = "",
    foot: Sequence[str] = (),
) -> str:
    """heads: (text, css of the column); rows: markup of whole cells."""
    head = element("thead", element("tr", "".join(element("th", text(h), css=c) for h, c in heads)))
    body = element("tbody", "".join(element("tr", "".join(cells)) for cells in rows))
    end = element("tfoot", element("tr", "".join(foot))) if foot else ""
    return element("table", head + body + end, css=css)


def number(value: str, css: str = "", **attributes: str) -> str:
    """A right-aligned cell."""
    return element("td", text(value), css=f"n {css}".strip(), **attributes)


def word_cell(value: str, css: str = "") -> str:
    """A left-aligned cell."""
    return element("td", text(value), css=css)


def direction(ticks: int) -> str:
    """Css class of a difference."""
    return "up" if ticks > 0 else "down" if ticks < 0 else "flat"


def switch(lang: Lang, path: str, query: str) -> str:
    """中文 | English, as links, so that a page can be bookmarked in its language."""
    extra = f"&{query}" if query else ""
    links = [
        element(
            "a", name, href=f"{path}?lang={code}{extra}", css="on" if code == lang else "",
            lang="zh-CN" if code == "zh" else "en",
        )
        for code, name in (("zh", "中文"), ("en", "English"))
    ]  # fmt: skip
    return element("nav", "".join(links), css="switch", aria_label="language 语言")


def tabs(lang: Lang, current: str) -> str:
    """Market | Season."""
    links = [
        element("a", text(say(key, lang)), href=f"{path}?lang={lang}", css="on" if key == current else "")
        for key, path in (("market", "/"), ("season", "/season"))
    ]
    return element("nav", "".join(links), css="tabs")
