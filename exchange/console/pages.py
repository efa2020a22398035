"""The two pages in the browser: panels that are replaced when their markup changed, and charts."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from nicegui import ui
from starlette.requests import Request

from exchange.client.words import Lang
from exchange.console import charts, market_page, season_page
from exchange.console.follower import wall_ms
from exchange.console.model import MarketModel
from exchange.console.season import SeasonFiles
from exchange.console.words import say
from exchange.rulebook.scenarios import Scenario

REFRESH_S: Final = 0.5
SEASON_REFRESH_S: Final = 1.0
STYLE: Final = (Path(__file__).parent / "console.css").read_text(encoding="utf-8")
#: The page itself notices that nothing comes any more, and says so: a dead server cannot.
WATCH: Final = """
<script>
let consoleBeat = "", consoleHeard = Date.now();
setInterval(() => {
  const beat = document.querySelector("[data-beat]")?.dataset.beat ?? "";
  if (beat !== consoleBeat) { consoleBeat = beat; consoleHeard = Date.now(); }
  document.body.classList.toggle("frozen", Date.now() - consoleHeard > 4000);
}, 500);
</script>
"""
LANG_TAGS: Final[dict[Lang, str]] = {"zh": "zh-CN", "en": "en"}


class Panels:
    """Named places of a page; an unchanged panel costs nothing on the wire."""

    def __init__(self) -> None:
        self._places: dict[str, ui.html] = {}

    def add(self, name: str, css: str) -> None:
        """A place for markup of our own making (every received text in it is escaped by markup.text)."""
        self._places[name] = ui.html("", sanitize=False).classes(css)

    def show(self, pieces: dict[str, str]) -> None:
        """Replace what changed."""
        for name, piece in pieces.items():
            place = self._places[name]
            if place.content != piece:
                place.set_content(piece)


class Chart:
    """One chart that is redrawn when its options changed."""

    def __init__(self, css: str) -> None:
        self._options: charts.Options = {}
        self._element = ui.echart({}, renderer="svg").classes(css)

    def show(self, options: charts.Options) -> None:
        """Redraw if anything differs."""
        if options != self._options:
            self._options = options
            self._element.options.clear()
            self._element.options.update(options)
            self._element.update()


def add_pages(model: MarketModel, scenario: Scenario, files: SeasonFiles, lang: Lang | None) -> None:
    """Register both pages; `lang`: the language of who asks for none, None = the browser's."""
    ui.add_css(STYLE, shared=True)
    ui.add_body_html(WATCH, shared=True)

    @ui.page("/", title="Two-City")
    def market(request: Request) -> None:
        MarketPage(model, _lang(request, lang), request.query_params.get("contract", ""))

    @ui.page("/season", title="Two-City")
    def season(request: Request) -> None:
        SeasonPage(files, scenario, _lang(request, lang))


def _lang(request: Request, fallback: Lang | None) -> Lang:
    asked = request.query_params.get("lang")
    if asked in ("zh", "en"):
        return "zh" if asked == "zh" else "en"
    if fallback is not None:
        return fallback
    accepted = request.headers.get("accept-language", "zh")
    return "zh" if accepted.lower().startswith("zh") else "en"


class MarketPage:
    """One browser's market page."""

    def __init__(self, model: MarketModel, lang: Lang, code: str) -> None:
        self._model, self._lang, self._code = model, lang, code
        self._panels = Panels()
        self._root = _page(lang)
        with self._root:
            self._panels.add("top", "top")
            self._panels.add("banner", "banner")
            with ui.element("div").classes("market-grid") as self._grid:
                for name in ("contracts", "board", "health", "settlement", "trades", "notices"):
                    self._panels.add(name, f"at-{name}")
                with ui.element("section").classes("panel at-chart"):
                    self._panels.add("chart_title", "chart-title")
                    self._chart = Chart("day-chart")
            self._panels.add("legend", "legend")
        _refresh(self.show, REFRESH_S)

    def show(self) -> None:
        """Bring the page up to date."""
        view = self._model.view(wall_ms())
        pieces = market_page.render(view, self._code, self._lang)
        pieces["chart_title"] = market_page.chart_head(view, self._code, self._lang)
        self._panels.show(pieces)
        self._chart.show(charts.day_chart(view, view.contract(self._code), self._lang))
        self._grid.classes(**_past(market_page.is_frozen(view)))
        self._root.props["data-beat"] = str(view.now_ms)


class SeasonPage:
    """One browser's season page."""

    def __init__(self, files: SeasonFiles, scenario: Scenario, lang: Lang) -> None:
        self._files, self._scenario, self._lang = files, scenario, lang
        self._panels = Panels()
        self._root = _page(lang)
        with self._root:
            self._panels.add("top", "top")
            with ui.element("div").classes("season-grid"):
                self._panels.add("totals", "wide-cell")
                self._close = _titled_chart(say("close_chart", lang))
                self._tonnes = _titled_chart(say("tonnes_chart", lang))
                self._panels.add("days", "wide-cell")
            self._panels.add("source", "source")
            self._panels.add("legend", "legend")
        _refresh(self.show, SEASON_REFRESH_S)

    def show(self) -> None:
        """Bring the page up to date."""
        season = self._files.view(self._scenario)
        self._panels.show(season_page.render(season, self._lang))
        self._close.show(charts.close_chart(season, self._lang))
        self._tonnes.show(charts.tonnes_chart(season, self._lang))
        self._root.props["data-beat"] = str(wall_ms())


def _page(lang: Lang) -> ui.element:
    """The frame of a page, with the note that appears when the console itself is gone."""
    ui.html(say("frozen", lang), sanitize=False).classes("frozen-note")
    ui.add_head_html(f"<script>document.documentElement.lang = '{LANG_TAGS[lang]}'</script>")
    return ui.element("main").classes("console")


def _titled_chart(title: str) -> Chart:
    with ui.element("section").classes("panel"):
        ui.html(f"<header><h2>{title}</h2></header>", sanitize=False)
        return Chart("season-chart")


def _refresh(show: Callable[[], None], every_s: float) -> None:
    show()
    ui.timer(every_s, show)


def _past(is_past: bool) -> dict[str, str]:
    return {"add": "past"} if is_past else {"remove": "past"}
