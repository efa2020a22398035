"""The wheel holds the two packages and their data; dependencies are declared, imported and locked alike."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, imports, python_files, tracked_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {*PACKAGES, "two_city"}
PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)", flags=re.MULTILINE)


def requirement_names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~ ;\[]", requirement)[0].lower() for requirement in requirements}


def pins(lock: str) -> set[tuple[str, str]]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {(match["name"].lower(), match["version"]) for match in PINNED.finditer(text)}


def test_imported_packages_are_declared_and_declared_ones_imported() -> None:
    imported = {
        item.module.partition(".")[0].lower() for path in python_files(*PACKAGES) for item in imports(path)
    }
    third_party = imported - set(sys.stdlib_module_names) - OURS - {"__future__"}
    assert third_party == requirement_names(PROJECT["dependencies"])


def test_every_dependency_is_locked() -> None:
    extras = PROJECT["optional-dependencies"]
    running = requirement_names(PROJECT["dependencies"] + extras["build"])
    testing = requirement_names(extras["dev"])
    assert running <= {name for name, _ in pins("requirements.lock")}
    assert running | testing <= {name for name, _ in pins("requirements-dev.lock")}


def test_both_locks_agree() -> None:
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_commands_start_by_way_of_the_identity_check() -> None:
    assert PROJECT["scripts"] == {
        "two-city": "two_city:run_exchange",
        "exchange": "two_city:run_exchange",
        "settlement": "two_city:run_settlement",
    }


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel from the clone and return the names in it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    command = [sys.executable, "-c", build, str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_holds_the_two_packages_and_the_launcher(wheel_names: set[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel_names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {*PACKAGES, "two_city.py"}


def test_wheel_holds_every_tracked_file_of_the_packages(wheel_names: set[str]) -> None:
    expected = {
        path.relative_to(ROOT).as_posix()
        for path in tracked_files()
        if path.relative_to(ROOT).parts[0] in PACKAGES
    }
    assert expected <= wheel_names
    assert not [name for name in wheel_names if Path(name).suffix in {".pyc", ".nbi", ".nbc"}]
