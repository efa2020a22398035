"""The small page of the WebSocket bridge in a real browser: it shows the market as it changes."""

from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make
from tests.system.test_websocket_bridge import bridge, scripted_exchange

pytestmark = pytest.mark.browser


def quote(price_ticks: int) -> bytes:
    return make(
        Kind.FIVE_LEVELS, board_contract_id=1, level_count=1, level_1_price_ticks=price_ticks,
        level_1_quantity_lots=1_200,
    )  # fmt: skip


async def test_the_page_shows_the_board_as_it_changes(tmp_path: Path, browser_executable: str) -> None:
    async with (
        scripted_exchange(tmp_path) as exchange,
        bridge(tmp_path) as port,
        async_playwright() as playwright,
    ):
        exchange.publish(quote(4_250))
        browser = await playwright.chromium.launch(executable_path=browser_executable, args=["--no-sandbox"])
        page = await browser.new_page()
        await page.goto(f"http://127.0.0.1:{port}/")
        await page.wait_for_selector("text=42.50")
        assert await page.inner_text("h2") == "CEA"
        assert "SEEE, exchange connected" in await page.inner_text("#line")
        exchange.publish(quote(4_305))
        await page.wait_for_selector("text=43.05")
        exchange.next_day("2112170000")
        await page.wait_for_selector("text=exchange waiting")
        await browser.close()
