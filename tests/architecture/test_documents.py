"""Documents point at what exists, and their numbers are the measured ones."""

import re
from pathlib import Path

import pytest

from benchmarks.report import BLOCK, PAGES, RESULTS, render
from tests.architecture.source import ROOT, tracked_files
from tools.marked_block import read_block

LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
DOCUMENTS = [path for path in tracked_files() if path.suffix == ".md"]
REQUIRED = (
    "README.md README.zh-CN.md ARCHITECTURE.md VOCABULARY.md DECISIONS.md CHANGELOG.md CONTRIBUTING.md "
    "SECURITY.md DATA_SOURCES.md LICENSE"
).split()


@pytest.mark.parametrize("name", REQUIRED)
def test_document_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 500


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_somewhere(document: Path) -> None:
    targets = [match["target"] for match in LINK.finditer(document.read_text(encoding="utf-8"))]
    broken = [
        target
        for target in targets
        if "://" not in target
        and not target.startswith(("#", "mailto:"))
        and not (document.parent / target.partition("#")[0]).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_numbers_are_those_of_the_results(page: Path) -> None:
    written = read_block(page.read_text(encoding="utf-8"), BLOCK)
    assert written == render(RESULTS), "run python -m benchmarks.report"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_the_client_shown_is_the_example_that_runs(page: Path) -> None:
    example = (ROOT / "examples" / "first_trade.py").read_text(encoding="utf-8")
    assert f"```python\n{example}```\n" in page.read_text(encoding="utf-8")


def test_readmes_have_the_same_sections() -> None:
    counts = {page.name: page.read_text(encoding="utf-8").count("\n## ") for page in PAGES}
    assert len(set(counts.values())) == 1, counts


def test_make_targets_that_documents_name_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    named = {
        target
        for path in DOCUMENTS
        for target in re.findall(r"`?make ([a-z-]+)`", path.read_text(encoding="utf-8"))
    }
    assert named <= targets
