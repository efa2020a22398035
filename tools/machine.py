"""What tests need from the machine beside Python packages: how it is found, and which package has it."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


class Requirement(NamedTuple):
    """One thing that the tests carrying a marker need."""

    marker: str
    name: str
    find: Callable[[], str | None]
    apt_packages: tuple[str, ...]
    """Any one of them will do; Debian and Ubuntu name them differently."""


def find_browser() -> str | None:
    """Return the path of a Chromium that playwright can drive."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def find_chinese_font() -> str | None:
    """Return the name of a font with Chinese characters: without one, screenshots show empty boxes."""
    if sys.platform == "darwin":
        return "PingFang SC"
    if shutil.which("fc-list") is None:
        return next((path.name for path in Path("/usr/share/fonts").rglob("*CJK*")), None)
    listed = subprocess.run(
        ["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False, timeout=60
    ).stdout
    return next((line.strip() for line in listed.splitlines() if line.strip()), None)


def find_mosquitto() -> str | None:
    """Return the path of the MQTT broker; Debian keeps it where only root looks."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def find_redis() -> str | None:
    """Return the path of the Redis server."""
    return shutil.which("redis-server")


def find_tshark() -> str | None:
    """Return the path of Wireshark's dissector for the command line."""
    return shutil.which("tshark")


REQUIREMENTS = (
    Requirement("browser", "Chromium", find_browser, ("chromium-headless-shell", "chromium")),
    Requirement("browser", "a Chinese font", find_chinese_font, ("fonts-noto-cjk",)),
    Requirement("mosquitto", "Mosquitto", find_mosquitto, ("mosquitto",)),
    Requirement("redis", "Redis", find_redis, ("redis-server",)),
    Requirement("tshark", "tshark", find_tshark, ("tshark",)),
)


def missing_requirements() -> list[Requirement]:
    return [requirement for requirement in REQUIREMENTS if requirement.find() is None]


def install_command(requirement: Requirement) -> str:
    """Return the command a reader can type to mend a missing requirement on Debian or Ubuntu."""
    return f"apt-get update && apt-get install -y {requirement.apt_packages[0]}"
