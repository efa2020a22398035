"""The compiled code's folder is named by what it was compiled from, and a read-only home is no obstacle."""

import shutil
from pathlib import Path

import numba
import pytest

from exchange.kernel import SOURCES_HASH, cache

ROOT = Path(cache.__file__).resolve().parents[1]


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of kernel and vocabulary that the hash is taken over."""
    for folder in cache.FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "kernel" / "cache.py"))
    return tmp_path


def test_equal_sources_have_the_hash_of_this_kernel(sources: Path) -> None:
    assert cache.hash_sources() == SOURCES_HASH


@pytest.mark.parametrize("name", ["kernel/risk.py", "vocabulary/limits.py", "vocabulary/phases.py"])
def test_a_change_in_any_source_changes_the_hash(sources: Path, name: str) -> None:
    path = sources / name
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert cache.hash_sources() != SOURCES_HASH


def test_a_new_file_changes_the_hash(sources: Path) -> None:
    (sources / "vocabulary" / "more.py").write_text("MORE = 1\n", encoding="utf-8")
    assert cache.hash_sources() != SOURCES_HASH


@pytest.fixture
def restored_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put numba's own setting back afterwards."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", cache.config.CACHE_DIR)


@pytest.mark.usefixtures("restored_folder")
def test_the_chosen_folder_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWO_CITY_CACHE_DIR", str(tmp_path))
    cache.use_cache_folder("ab" * 32)
    folder = Path(cache.config.CACHE_DIR)
    assert folder.parent == tmp_path
    assert folder.name.endswith("ab" * 8)


@pytest.mark.usefixtures("restored_folder")
def test_a_folder_that_cannot_be_made_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("TWO_CITY_CACHE_DIR", str(blocked))
    cache.use_cache_folder("cd" * 32)
    folder = Path(cache.config.CACHE_DIR)
    assert not folder.is_relative_to(tmp_path)
    assert folder.name.endswith("cd" * 8)
    shutil.rmtree(folder.parent)
