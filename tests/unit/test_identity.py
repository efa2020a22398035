"""A foreign package named `exchange` or `settlement` is refused at start, with its path and a remedy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
START = "import two_city; two_city.refuse_foreign_packages(); print('ours')"
LAUNCH = "import two_city; two_city.run_exchange()"


def run_python(code: str, *search_path: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter whose import path is these folders and the standard library."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, search_path))}
    return subprocess.run(
        [sys.executable, "-P", "-S", "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )


def make_foreign(folder: Path, name: str) -> Path:
    package = folder / name
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('foreign code was run')\n", encoding="utf-8")
    return package / "__init__.py"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder that holds the launcher and both package markers, as an installed wheel would."""
    home = tmp_path / "site"
    for name in ("exchange", "settlement"):
        (home / name).mkdir(parents=True)
        shutil.copy(ROOT / name / "__init__.py", home / name)
    shutil.copy(ROOT / "two_city.py", home)
    return home


def test_our_source_tree_is_accepted() -> None:
    result = run_python(START, ROOT)
    assert (result.returncode, result.stdout, result.stderr) == (0, "ours\n", "")


@pytest.mark.parametrize("name", ["exchange", "settlement"])
def test_foreign_package_found_first_is_refused(tmp_path: Path, installed: Path, name: str) -> None:
    foreign = make_foreign(tmp_path / "elsewhere", name)
    result = run_python(START, tmp_path / "elsewhere", installed)
    assert result.returncode != 0
    assert f"the package `{name}` on the import path is not this project's" in result.stderr
    assert f"expected  {installed / name / '__init__.py'}" in result.stderr
    assert f"found     {foreign}" in result.stderr
    assert "to mend   rename that folder" in result.stderr
    assert "foreign code was run" not in result.stderr


def test_foreign_package_found_later_does_no_harm(tmp_path: Path, installed: Path) -> None:
    make_foreign(tmp_path / "elsewhere", "exchange")
    result = run_python(START, installed, tmp_path / "elsewhere")
    assert (result.returncode, result.stdout) == (0, "ours\n"), result.stderr


def test_package_written_over_in_place_is_refused(installed: Path) -> None:
    (installed / "exchange" / "__init__.py").write_text("__version__ = '9.9'\n", encoding="utf-8")
    result = run_python(START, installed)
    assert result.returncode != 0
    assert 'without the line DISTRIBUTION = "two-city"' in result.stderr
    assert "make a fresh environment" in result.stderr


def test_owner_of_the_foreign_package_is_named(tmp_path: Path, installed: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    make_foreign(elsewhere, "exchange")
    metadata = elsewhere / "stock_exchange-3.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: stock-exchange\nVersion: 3.0\n", encoding="utf-8"
    )
    (metadata / "top_level.txt").write_text("exchange\n", encoding="utf-8")
    result = run_python(START, elsewhere, installed)
    assert "pip uninstall stock-exchange" in result.stderr


def test_command_line_says_it_without_a_traceback(tmp_path: Path, installed: Path) -> None:
    foreign = make_foreign(tmp_path / "elsewhere", "exchange")
    result = run_python(LAUNCH, tmp_path / "elsewhere", installed)
    assert result.returncode == 78
    assert str(foreign) in result.stderr
    assert "Traceback" not in result.stderr
