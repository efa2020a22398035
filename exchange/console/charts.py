"""Chart options: the day's price and volume, and the season beside the official figures. Pure."""

from itertools import pairwise
from typing import Any, Final

from exchange.client.words import Lang
from exchange.console.season import SeasonView
from exchange.console.view import ContractView, MarketView
from exchange.console.words import say

INK: Final = "#8791a0"  # readable on light and dark grounds
GRID: Final = "rgba(128,138,150,0.18)"
LAST: Final = "#3b7dd8"
AVERAGE: Final = "#d69a2d"
VOLUME: Final = "rgba(120,140,170,0.55)"
OFFICIAL: Final = "#d69a2d"
SIMULATED: Final = "#3b7dd8"
FONT: Final = "Roboto, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"

Options = dict[str, Any]


def yuan_of(ticks: int) -> float:
    """For the axis of a chart only."""
    return ticks / 100


def day_chart(view: MarketView, contract: ContractView | None, lang: Lang) -> Options:
    """Last price and running average above, tonnes of each minute below; the lunch break takes no room."""
    rows = {row.minute: row for row in contract.minutes} if contract else {}
    minutes = _minutes(view.open_minutes, set(rows))
    last = [yuan_of(rows[m].last_ticks) if m in rows else None for m in minutes]
    average = [yuan_of(rows[m].average_ticks) if m in rows else None for m in minutes]
    volume = [rows[m].lots if m in rows else None for m in minutes]
    labels = [_joined(view.open_minutes, m) for m in minutes]
    base = yuan_of(contract.base_ticks) if contract else 0
    return {
        **_frame(),
        "legend": _legend([say("last", lang), say("average", lang), say("volume", lang)]),
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "grid": [
            {"left": 56, "right": 16, "top": 34, "bottom": 92},
            {"left": 56, "right": 16, "height": 52, "bottom": 26},
        ],
        "xAxis": [_times(labels, 0, False), _times(labels, 1, True)],
        "yAxis": [
            {**_values(), "scale": True, "axisLabel": {**_label(), "formatter": "{value}"}},
            {**_values(), "gridIndex": 1, "splitNumber": 1, "axisLabel": {**_label(), "showMinLabel": False}},
        ],
        "series": [
            _line(say("last", lang), last, LAST, width=2, mark=_base_line(base, lang) if base else None),
            _line(say("average", lang), average, AVERAGE, width=1.5),
            {
                "name": say("volume", lang), "type": "bar", "xAxisIndex": 1, "yAxisIndex": 1,
                "data": volume, "itemStyle": {"color": VOLUME}, "barMinWidth": 1, "large": False,
            },
        ],
    }  # fmt: skip


def _minutes(sessions: tuple[tuple[int, int], ...], traded: set[int]) -> list[int]:
    """Minutes of the sessions one after the other; the last minute of a break is the first after it."""
    inside = {minute for start, end in sessions for minute in range(start, end)}
    return sorted(inside | traded | {end for _, end in sessions[-1:]})


def _joined(sessions: tuple[tuple[int, int], ...], minute: int) -> str:
    """A minute's label; where a break is left out, both of its ends."""
    before = next((end for (_, end), (start, _) in pairwise(sessions) if start == minute), None)
    label = f"{minute // 60:02d}:{minute % 60:02d}"
    return label if before is None else f"{before // 60:02d}:{before % 60:02d}/{label}"


def close_chart(season: SeasonView, lang: Lang) -> Options:
    """Close of each day: simulated as points on the official line."""
    days = [row.simulated.date.isoformat() for row in season.rows]
    official = [yuan_of(row.official.close_ticks) if row.official else None for row in season.rows]
    simulated = [yuan_of(row.contract.close) for row in season.rows]
    return {
        **_frame(),
        "legend": _legend([say("official", lang), say("simulated", lang)]),
        "grid": {"left": 56, "right": 16, "top": 34, "bottom": 26},
        "xAxis": _days(days),
        "yAxis": {**_values(), "scale": True},
        "series": [
            _line(say("official", lang), official, OFFICIAL, width=6),
            {
                **_line(say("simulated", lang), simulated, SIMULATED, width=2),
                "symbol": "circle", "showSymbol": True, "symbolSize": 6,
            },
        ],
    }  # fmt: skip


def tonnes_chart(season: SeasonView, lang: Lang) -> Options:
    """Listed and block tonnes of each day; blocks are far larger, so the axis is logarithmic."""
    days = [row.simulated.date.isoformat() for row in season.rows]
    pairs = (
        (f"{say('listed_phase', lang)} {say('official', lang)}", OFFICIAL, 0.45,
         [row.official.listed_lots if row.official else 0 for row in season.rows]),
        (f"{say('listed_phase', lang)} {say('simulated', lang)}", OFFICIAL, 1.0,
         [row.contract.listed_lots for row in season.rows]),
        (f"{say('block_phase', lang)} {say('official', lang)}", SIMULATED, 0.45,
         [row.official.block_lots if row.official else 0 for row in season.rows]),
        (f"{say('block_phase', lang)} {say('simulated', lang)}", SIMULATED, 1.0,
         [row.contract.block_lots for row in season.rows]),
    )  # fmt: skip
    return {
        **_frame(),
        "legend": _legend([name for name, *_ in pairs]),
        "grid": {"left": 66, "right": 16, "top": 34, "bottom": 26},
        "xAxis": _days(days),
        "yAxis": {**_values(), "type": "log", "min": 1_000, "name": say("log_scale", lang),
                  "nameTextStyle": {"color": INK}},
        "series": [
            {"name": name, "type": "bar", "data": [lots or None for lots in data], "barMaxWidth": 14,
             "barGap": "6%", "itemStyle": {"color": color, "opacity": opacity}}
            for name, color, opacity, data in pairs
        ],
    }  # fmt: skip


def _frame() -> Options:
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT, "color": INK},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "cross", "label": {"show": False}},
                    "textStyle": {"fontSize": 12}, "confine": True},
    }  # fmt: skip


def _legend(names: list[str]) -> Options:
    return {
        "data": names, "right": 12, "top": 2, "itemWidth": 14, "itemHeight": 8, "icon": "roundRect",
        "textStyle": {"color": INK, "fontSize": 12},
    }  # fmt: skip


def _label() -> Options:
    return {"color": INK, "fontSize": 11}


def _times(labels: list[str], grid: int, shows: bool) -> Options:
    ticks = [index for index, label in enumerate(labels) if label.endswith((":00", ":30"))]
    step = max(1, len(labels) // 8) if not ticks else 29
    return {
        "type": "category", "data": labels, "gridIndex": grid, "boundaryGap": False,
        "axisLine": {"lineStyle": {"color": GRID}}, "axisTick": {"show": False},
        "axisLabel": {**_label(), "show": shows, "interval": step},
        "splitLine": {"show": True, "interval": step, "lineStyle": {"color": GRID}},
    }  # fmt: skip


def _days(days: list[str]) -> Options:
    return {
        "type": "category", "data": days, "axisLine": {"lineStyle": {"color": GRID}},
        "axisTick": {"show": False}, "axisLabel": _label(),
    }  # fmt: skip


def _values() -> Options:
    return {"type": "value", "axisLabel": _label(), "splitLine": {"lineStyle": {"color": GRID}}}


def _line(
    name: str,
    data: list[float | None] | list[float],
    color: str,
    *,
    width: float,
    mark: Options | None = None,
) -> Options:
    series: Options = {
        "name": name, "type": "line", "data": data, "connectNulls": True, "showSymbol": False,
        "lineStyle": {"width": width, "color": color}, "itemStyle": {"color": color},
    }  # fmt: skip
    return {**series, "markLine": mark} if mark else series


def _base_line(base: float, lang: Lang) -> Options:
    return {
        "symbol": "none", "silent": True, "data": [{"yAxis": base}],
        "lineStyle": {"color": INK, "type": "dashed", "width": 1},
        "label": {"formatter": f"{say('base', lang)} {base:.2f}", "position": "insideStartTop",
                  "color": INK, "fontSize": 11},
    }  # fmt: skip
