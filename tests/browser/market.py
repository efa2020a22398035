"""A market and its console as real processes, and a page of a real browser that tells what it asked for."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, WebSocket

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
LOOPBACK = {"127.0.0.1", "localhost"}
START_TIMEOUT_S = 120


class Console:
    """`exchange console` as a process of its own."""

    def __init__(self, data: Path, port: int = 0) -> None:
        self.data = data
        self._address = data / "run" / "console.json"
        command = [sys.executable, "-m", "exchange", "console", "--data", str(data), "--port", str(port)]
        with (data.parent / "console.out").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=_outside_tests()
            )
        until(lambda: self._listens(), "the console to listen", START_TIMEOUT_S)
        self.port = int(json.loads(self._address.read_text())["port"])

    def _listens(self) -> bool:
        assert self.process.poll() is None, self.said()
        return self._address.exists() and json.loads(self._address.read_text())["pid"] == self.process.pid

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        """Its output: nothing, when all is well."""
        return (self.data.parent / "console.out").read_text()

    def kill(self) -> None:
        """As a crash would."""
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> int:
        """SIGTERM; gives the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


class Watched:
    """A page, every address that it asked for, and every error that it met."""

    def __init__(self, browser: Browser, base: str, *, width: int = 1440, height: int = 900) -> None:
        self.base = base
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("websocket", self._websocket)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _websocket(self, socket: WebSocket) -> None:
        self.asked.append(socket.url)

    def open(self, path: str) -> "Watched":
        self.page.goto(self.base + path)
        self.page.wait_for_selector("[data-field], .empty", timeout=30_000)
        return self

    def text(self, selector: str = "body") -> str:
        return self.page.locator(selector).first.inner_text()

    def number(self, field: str) -> int:
        """A number of the page, by the name of its place."""
        return int(self.text(f'[data-field="{field}"]').replace(",", "").replace("–", "0"))

    def wait(self, expression: str, argument: Any = None, timeout_s: float = 60) -> None:
        """Until the browser finds the expression true."""
        self.page.wait_for_function(expression, arg=argument, timeout=timeout_s * 1000)

    def wait_text(self, words: str, timeout_s: float = 60) -> None:
        self.wait("words => document.body.innerText.includes(words)", words, timeout_s)

    def keep(self, name: str) -> None:
        """A screenshot for a person to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    def close(self) -> None:
        """Nothing was asked of any other machine, and nothing broke."""
        self.context.close()
        strangers = [
            url
            for url in self.asked
            if not url.startswith("data:") and urlsplit(url).hostname not in LOOPBACK
        ]
        assert self.asked and strangers == [] and self.errors == []


def operator(data: Path, *arguments: str) -> None:
    """What an operator types."""
    command = [sys.executable, "-m", "exchange", "operator", *arguments, "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _outside_tests() -> dict[str, str]:
    """The web framework behaves otherwise where it believes itself under test: hide that it is."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


def until(is_so: Callable[[], bool], what: str, timeout_s: float = 60) -> None:
    """Wait for what another process brings about."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def kill_city(data: Path, name: str) -> None:
    """As a crash would."""
    os.kill(int(json.loads((data / "run" / f"{name}.json").read_text())["pid"]), signal.SIGKILL)
