"""What may be in the repository: sizes that can be read, no address in a lock file, no path of a machine."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, functions, parse, python_files, text_files, tracked_files

# We look for a second reason past 400 lines; the test leaves a tenth of slack, so that nobody shortens a
# comment to please it (DECISIONS.md).
FILE_LINES_MAX = 450
# One literal table that reads better whole than in parts.
TABLES = {"exchange/vocabulary/messages.py"}
FUNCTION_LINES_MAX = 70
TRACKED_BYTES_MAX = 1_000_000
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-soak.lock")
HOME_FOLDER = re.compile(r"(?<![\w.])/(?:home/[a-z_][\w-]*|Users/\w+|root)/")
SOURCES = python_files()


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_host(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in lock
    assert not re.search(r"^\s*(--?(extra-)?index-url|--?find-links|-i|-f)\b", lock, flags=re.MULTILINE)


def test_no_other_lock_is_tracked() -> None:
    assert [
        path.name for path in tracked_files() if path.name in {"uv.lock", "poetry.lock", "pylock.toml"}
    ] == []


def test_no_path_of_a_machine() -> None:
    own_paths = {str(ROOT), str(Path.home())} - {"/"}
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path, text in text_files()
        for number, line in enumerate(text.splitlines(), 1)
        if HOME_FOLDER.search(line) or any(f"{own}/" in line for own in own_paths)
    ]
    assert found == []


def test_files_are_short_enough_to_read() -> None:
    long_files = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if (lines := path.read_text(encoding="utf-8").count("\n")) > FILE_LINES_MAX
        and path.relative_to(ROOT).as_posix() not in TABLES
    }
    assert long_files == {}


def test_functions_fit_a_screen() -> None:
    long_functions = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {length} lines"
        for path in SOURCES
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert long_functions == []


def test_every_module_says_its_reason_to_exist() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(parse(path))
    ]
    assert silent == []


def test_nothing_large_or_foreign_is_tracked() -> None:
    large = {
        str(path.relative_to(ROOT)): path.stat().st_size
        for path in tracked_files()
        if path.stat().st_size > TRACKED_BYTES_MAX
    }
    assert large == {}
    scripts = [
        str(path.relative_to(ROOT)) for path in tracked_files() if path.suffix in {".js", ".whl", ".so"}
    ]
    assert scripts == []


def test_no_unfinished_work_is_left_in_the_source() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if words.search(line)
    ]
    assert found == []
