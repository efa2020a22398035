"""The report's figures as inline SVG, drawn without a display; Chinese text needs a font that has it."""

import re
from functools import cache
from io import StringIO
from typing import Any, Final, cast

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from exchange.console.season import SeasonView
from exchange.vocabulary.units import TICKS_PER_YUAN

#: looked for in this order; the first one installed is used
CHINESE_FONTS: Final = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Noto Sans CJK JP",  # the collection of all CJK faces is found under the name of its first one
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "SimHei",
)
OFFICIAL: Final = "#c98a1b"
SIMULATED: Final = "#2463b4"
INK: Final = "#3a4454"
WIDTH_INCHES, HEIGHT_INCHES = 9.2, 3.1


@cache
def chinese_font() -> str | None:
    """A font with Chinese characters, if one is installed."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in installed), None)


def title(zh: str, en: str) -> str:
    """Both languages, or English alone where Chinese would be drawn as empty boxes."""
    return f"{zh}  {en}" if chinese_font() else en


def close_figure(season: SeasonView) -> str:
    """Simulated close on the official one."""
    figure, axes = _figure()
    days = range(len(season.rows))
    official = [
        (i, row.official.close_ticks / TICKS_PER_YUAN) for i, row in enumerate(season.rows) if row.official
    ]
    axes.plot(
        [i for i, _ in official], [close for _, close in official], color=OFFICIAL, linewidth=5, alpha=0.55,
        solid_capstyle="round", label=title("官方", "official"),
    )  # fmt: skip
    axes.plot(
        days, [row.contract.close / TICKS_PER_YUAN for row in season.rows], color=SIMULATED, linewidth=1.6,
        marker="o", markersize=4, label=title("模拟", "simulated"),
    )  # fmt: skip
    axes.set_ylabel(title("元/吨", "CNY/t"))
    _days_axis(axes, season)
    return _svg(figure)


def tonnes_figure(season: SeasonView, method: str) -> str:
    """`method`: listed or block; official and simulated tonnes of each day side by side."""
    figure, axes = _figure()
    name = f"{method}_lots"
    official = [getattr(row.official, name) if row.official else 0 for row in season.rows]
    simulated = [getattr(row.contract, name) for row in season.rows]
    places = range(len(season.rows))
    scale = 10_000
    axes.bar(
        [i - 0.2 for i in places], [lots / scale for lots in official], width=0.38, color=OFFICIAL,
        label=title("官方", "official"),
    )  # fmt: skip
    axes.bar(
        [i + 0.2 for i in places], [lots / scale for lots in simulated], width=0.38, color=SIMULATED,
        label=title("模拟", "simulated"),
    )  # fmt: skip
    axes.set_ylabel(title("万吨", "10,000 t"))
    _days_axis(axes, season)
    return _svg(figure)


def _figure() -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#c9ced6")
    axes.grid(axis="y", color="#e6e9ed", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, labelsize=8, length=0)
    axes.yaxis.label.set_color(INK)
    return figure, axes


def _days_axis(axes: Axes, season: SeasonView) -> None:
    days = [row.simulated.date for row in season.rows]
    step = max(1, len(days) // 14)
    axes.set_xticks(range(0, len(days), step), [f"{day:%m-%d}" for day in days[::step]])
    axes.legend(frameon=False, fontsize=8, loc="best", labelcolor=INK)


def _settings() -> dict[str, Any]:
    families = [name for name in (chinese_font(), "DejaVu Sans") if name]
    # Text becomes outlines: the file then looks the same on a machine without our fonts.
    return {"font.family": families, "font.size": 9, "svg.fonttype": "path", "svg.hashsalt": "two-city"}


def _svg(figure: Figure) -> str:
    """The drawing as an element for the page: no XML head, no date, no link to anything outside."""
    written = StringIO()
    figure.savefig(
        written, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    drawing = written.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    return re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)


def draw(season: SeasonView) -> dict[str, str]:
    """All figures by name; none when no day was played."""
    if not season.rows:
        return {}
    with matplotlib.rc_context(cast("Any", _settings())):
        return {
            "close": close_figure(season),
            "listed": tonnes_figure(season, "listed"),
            "block": tonnes_figure(season, "block"),
        }
