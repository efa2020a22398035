"""The console in a real browser, on a real market: live, honest when cut off, whole in both languages."""

import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.market import Console, Watched, kill_city, operator, until
from tests.system.harness import UpRun

pytestmark = [pytest.mark.browser, pytest.mark.compiled, pytest.mark.timeout(600)]

CHINESE = re.compile(r"[\u3400-\u9fff]")
ENGLISH_SENTENCE = re.compile(r"[a-z]{3,}(?: [a-z]{3,})+")
HAS_TRADES = "() => document.querySelector('[data-field=trades]')?.innerText.match(/^[1-9]/)"
GROWS = """([field, old]) =>
    Number(document.querySelector(`[data-field=${field}]`).innerText.replaceAll(',', '')) > old"""
DAYS, DAY_SECONDS = 12, 40


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UpRun]:
    run = UpRun(
        tmp_path_factory.mktemp("browser") / "data", "--days", str(DAYS), "--day-seconds", str(DAY_SECONDS),
        "--once", "--resume-after-restart", "2",
    )  # fmt: skip
    try:
        run.until(lambda: (run.data / "run" / "wuhan.json").exists(), "both cities to run")
        yield run
    finally:
        run.interrupt()


@pytest.fixture(scope="module")
def console(market: UpRun) -> Iterator[Console]:
    started = Console(market.data)
    try:
        yield started
    finally:
        assert started.stop() == 0
    assert started.said() == ""
    assert not (market.data / "run" / "console.json").exists()


@pytest.fixture(scope="module")
def browser(browser_executable: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_executable, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def english(browser: Browser, console: Console) -> Iterator[Watched]:
    watched = Watched(browser, console.url).open("/?lang=en")
    yield watched
    watched.close()


def test_numbers_change_while_one_looks(english: Watched) -> None:
    english.wait(
        "() => document.querySelector('[data-field=trades]')?.innerText.match(/^[1-9]/)", timeout_s=90
    )
    for field in ("trades", "listed"):
        english.wait(GROWS, [field, english.number(field)])
    assert english.text('[data-field="state"]').split("\n")[-1].strip() in ("trading", "not trading")
    english.wait("() => document.querySelectorAll('.board .depth').length >= 4")
    english.wait("() => document.querySelectorAll('.day-chart svg path').length > 5")
    english.keep("market-en")


def test_health_comes_from_the_exchange(english: Watched) -> None:
    english.wait("() => document.querySelector('[data-field=health-4]')?.innerText > '0'")
    assert english.number("health-4") > 40, "sessions: every member, Wuhan and this console"
    assert re.fullmatch(r"[\d.]+ (µs|ms|s)", english.text('[data-field="health-0"]'))
    until(lambda: english.text(".lines").count("up") == 3, "all three lines to be up")


@pytest.mark.parametrize("path", ["/", "/season"])
def test_english_page_has_no_chinese_left(browser: Browser, console: Console, path: str) -> None:
    watched = Watched(browser, console.url).open(f"{path}?lang=en")
    words = watched.text().replace("中文", "")
    assert CHINESE.search(words) is None, words
    assert watched.page.evaluate("document.documentElement.lang") == "en"
    watched.close()


@pytest.mark.parametrize("path", ["/", "/season"])
def test_chinese_page_has_no_english_left(browser: Browser, console: Console, path: str) -> None:
    watched = Watched(browser, console.url).open(f"{path}?lang=zh")
    watched.wait("() => document.documentElement.lang === 'zh-CN'")
    words = watched.text().replace("English", "")
    assert CHINESE.search(words) is not None
    assert ENGLISH_SENTENCE.search(words) is None, words
    watched.keep(f"{'market' if path == '/' else 'season'}-zh")
    watched.close()


@pytest.mark.parametrize("path", ["/", "/season"])
@pytest.mark.parametrize(
    "size", [(1440, 900), (1920, 1080), (700, 900)], ids=lambda size: f"{size[0]}x{size[1]}"
)
def test_no_page_is_wider_than_its_window(
    browser: Browser, console: Console, size: tuple[int, int], path: str
) -> None:
    watched = Watched(browser, console.url, width=size[0], height=size[1]).open(f"{path}?lang=en")
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    watched.keep(f"{'market' if path == '/' else 'season'}-{size[0]}")
    watched.close()


def test_a_halt_is_shown_with_its_reason_and_ends(english: Watched, market: UpRun) -> None:
    operator(market.data, "halt", "--reason", "technical")
    english.wait_text("market halted: technical failure", timeout_s=10)
    assert "market halted" in english.text('[data-field="state"]')
    english.keep("halted-en")
    operator(market.data, "resume")
    english.wait("() => !document.body.innerText.includes('market halted: technical failure')", timeout_s=10)
    english.wait_text("market resumed", timeout_s=10)


def test_a_dead_exchange_is_said_and_its_return_is_seen(english: Watched, market: UpRun) -> None:
    english.wait(
        "() => document.querySelector('[data-field=trades]')?.innerText.match(/^[1-9]/)", timeout_s=90
    )
    trades = english.number("trades")
    kill_city(market.data, "shanghai")
    english.wait_text("Exchange not reachable · since", timeout_s=15)
    assert "not reachable" in english.text('[data-field="state"]')
    assert english.number("trades") >= trades, "what was known stays, marked as the past"
    assert english.page.locator(".market-grid.past").count() == 1
    english.keep("unreachable-en")
    english.wait("() => !document.body.innerText.includes('Exchange not reachable')", timeout_s=60)
    english.wait("() => document.querySelector('.market-grid:not(.past)')", timeout_s=30)
    assert english.number("trades") >= trades, "nothing was lost, and nothing was counted from nought"


def test_season_stands_beside_the_official_one(browser: Browser, console: Console, market: UpRun) -> None:
    first = market.data / "shanghai" / "days" / "2021-12-16.json"
    settled = market.data / "wuhan" / "days" / "2021-12-16.json"
    until(lambda: first.exists() and settled.exists(), "the first day to be settled", 180)
    watched = Watched(browser, console.url).open("/season?lang=en")
    watched.wait_text("2021-12-16")
    watched.wait("() => document.body.innerText.includes('conserved')")
    figures = json.loads(first.read_text())
    row = watched.page.locator("table.season tbody tr").last.inner_text()
    close = figures["contracts"]["CEA"]["close"]
    assert row.startswith("2021-12-16") and f"{close // 100}.{close % 100:02d}" in row
    assert "44.22" in row, "the official close"
    assert f"{figures['listed_tonnes']:,}" in row and "901,715" in row
    watched.wait("() => document.querySelectorAll('.season-chart svg path').length > 5")
    watched.keep("season-en")
    watched.close()


def test_the_page_itself_notices_a_dead_console(browser: Browser, market: UpRun, console: Console) -> None:
    second = Console(market.data)
    watched = Watched(browser, second.url).open("/?lang=zh")
    second.kill()
    watched.wait("() => document.body.classList.contains('frozen')", timeout_s=15)
    assert watched.page.locator(".frozen-note").is_visible()
    watched.keep("frozen-zh")
    again = Console(market.data, second.port)
    try:
        watched.wait("() => !document.body.classList.contains('frozen')", timeout_s=60)
    finally:
        watched.close()
        assert again.stop() == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "exchange.example"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
        ({"Origin": "http://exchange.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_only_its_own_page_may_speak_to_it(console: Console, headers: dict[str, str], status: int) -> None:
    for path in ("/", "/season", "/_nicegui_ws/socket.io/?EIO=4&transport=polling"):
        connection = http.client.HTTPConnection("127.0.0.1", console.port, timeout=10)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        assert (path, response.status == 403) == (path, status == 403)
        connection.close()


def test_no_secret_is_on_a_page(browser: Browser, console: Console, market: UpRun) -> None:
    secrets = _secrets(market.data)
    assert len(secrets) > 40
    for path in ("/?lang=en", "/season?lang=zh"):
        watched = Watched(browser, console.url).open(path)
        content = watched.page.content()
        assert [secret for secret in secrets if secret in content] == []
        watched.close()


def _secrets(data: Path) -> list[str]:
    folder = data / "credentials"
    passwords = [json.loads(path.read_text())["password"] for path in folder.glob("*.json")]
    return [*passwords, *(path.read_text().strip() for path in folder.glob("*.token"))]
