"""The report is one file that needs nothing else, in both languages, and says what is synthetic."""

import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from exchange.console import figures
from exchange.console.report import write_report
from exchange.rulebook.scenarios import load_scenario
from tests.unit.console.heard import A_BREAK, DAY, stated
from tests.unit.console.test_season import played, write

NEXT = date(2021, 12, 17)


@pytest.fixture
def page(tmp_path: Path) -> str:
    write(tmp_path, "shanghai", f"{DAY}.json", played(DAY, 4421, 901_715, 19_579_226))
    write(tmp_path, "shanghai", f"{NEXT}.json", played(NEXT, 4666, 645_303, 2_014_648))
    write(tmp_path, "wuhan", f"{DAY}.json", stated())
    return written(tmp_path)


def written(folder: Path) -> str:
    out = folder / "report.html"
    write_report(folder, load_scenario("season-2021"), out)
    assert [path.name for path in folder.glob(".*.part")] == []
    return out.read_text(encoding="utf-8")


def test_it_needs_nothing_from_outside(page: str) -> None:
    assert re.search(r"<(script|link|img|iframe|object|embed)\b", page) is None
    assert re.findall(r"(?:src|href)=\"(?!#)", page) == []
    assert "@import" not in page and "url(http" not in page


def test_simulated_stands_beside_official(page: str) -> None:
    for figure in ("44.21", "44.22", "−0.01", "901,715", "19,579,226", "46.66", "645,303", "2021-12-17"):
        assert figure in page


def test_a_day_not_settled_is_said(page: str) -> None:
    assert "未结算 not settled" in page and "结算单已出 stated" in page


def test_it_says_what_is_synthetic(page: str) -> None:
    assert "no order-level data was ever published" in page and "虚构" in page


def test_the_three_drawings_are_whole_and_their_names_do_not_collide(page: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert len(drawings) == 3
    ids = [name for drawing in drawings for name in re.findall(r' id="([^"]+)"', drawing)]
    assert len(ids) == len(set(ids))
    for drawing in drawings:
        ElementTree.fromstring(drawing)
        used = set(re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', drawing))
        assert used and used <= set(ids)


def test_the_same_season_gives_the_same_file(page: str, tmp_path: Path) -> None:
    assert written(tmp_path) == page


def test_breaks_are_counted(tmp_path: Path) -> None:
    write(tmp_path, "shanghai", f"{DAY}.json", played(DAY, 4421, 1, 0))
    write(tmp_path, "wuhan", f"{DAY}.json", stated(breaks=(A_BREAK,), units_conserved=False))
    page = written(tmp_path)
    assert "否 no" in page and 'class="n differs">1<' in page


def test_a_season_without_a_day_gives_a_report_that_says_so(tmp_path: Path) -> None:
    assert "no trading day is over yet" in written(tmp_path)


def test_without_a_chinese_font_drawings_are_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "chinese_font", lambda: None)
    assert figures.title("官方", "official") == "official"
    assert figures.chinese_font() is None
