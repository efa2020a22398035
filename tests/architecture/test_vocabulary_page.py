"""VOCABULARY.md names every public enum member, and its table of rejections is the code's."""

import enum
import importlib
import pkgutil
import re

import pytest

import exchange.vocabulary
from exchange.vocabulary.rejects import REJECT_TEXTS, RejectReason
from tests.architecture.source import ROOT
from tools.marked_block import read_block
from tools.vocabulary_page import BLOCK, reject_table

PAGE = (ROOT / "VOCABULARY.md").read_text(encoding="utf-8")


def public_enums() -> dict[str, type[enum.Enum]]:
    """Return every enum that a module of exchange.vocabulary defines."""
    modules = [
        importlib.import_module(module_info.name)
        for module_info in pkgutil.iter_modules(exchange.vocabulary.__path__, "exchange.vocabulary.")
    ]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, enum.Enum) and value.__module__ == module.__name__
    }


@pytest.mark.parametrize("name", sorted(public_enums()))
def test_every_member_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE, f"the enum {name} has no table in VOCABULARY.md"
    table = table_of(name)
    missing = [member for member in public_enums()[name].__members__ if f"`{member}`" not in table]
    assert missing == []


def test_no_table_names_a_member_that_is_gone() -> None:
    enums = public_enums()
    stale = [
        f"{name}.{member}"
        for name in enums
        if name != "RejectReason"
        for member in re.findall(r"^\| `([A-Z][A-Z0-9_]+)` ", table_of(name), flags=re.MULTILINE)
        if member not in enums[name].__members__
    ]
    assert stale == []


def test_table_of_rejections_is_the_codes_own() -> None:
    assert read_block(PAGE, BLOCK) == reject_table(), "run python -m tools.vocabulary_page"


def test_every_rejection_has_texts() -> None:
    assert set(RejectReason) - {RejectReason.NONE} == set(REJECT_TEXTS)
    assert [reason.name for reason, text in REJECT_TEXTS.items() if not all(text)] == []


def table_of(name: str) -> str:
    """Return the table whose head names the enum; for the rejections, their whole section."""
    if name == "RejectReason":
        return PAGE[PAGE.index("## 4.") :]
    start = PAGE.index(f"| `{name}` |")
    end = PAGE.find("\n\n", start)
    return PAGE[start:end] if end != -1 else PAGE[start:]
