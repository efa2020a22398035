"""Money, prices and quantities are integers: no float and no true division where they are kept."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from tests.architecture.source import ROOT, parse, python_files

WHOLE_NUMBER_PARTS = (
    "exchange/kernel",
    "exchange/vocabulary",
    "settlement/bank/books.py",
    "settlement/bank/store.py",
    "settlement/bank/teller.py",
    "settlement/clearing",
    "settlement/ledger",
    "settlement/registry",
    "settlement/store",
)
# The one place where decimal text becomes an integer, by way of Decimal.
DECIMAL_EDGE = ROOT / "exchange" / "vocabulary" / "units.py"
# Joins folder names with slashes, and holds no figure.
FOLDERS_ONLY = {ROOT / "exchange" / "kernel" / "cache.py"}
FLOAT_NAMES = {"float", "float16", "float32", "float64", "float_", "double", "floating"}


@pytest.mark.parametrize("part", WHOLE_NUMBER_PARTS)
def test_no_float(part: str) -> None:
    files = python_files(part)
    assert files, f"{part} is gone: take it off the list"
    assert [place for path in files if path not in FOLDERS_ONLY for place in float_uses(path)] == []


def test_decimal_stands_at_the_edge_only() -> None:
    files = [path for part in WHOLE_NUMBER_PARTS for path in python_files(part) if path != DECIMAL_EDGE]
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files
        for node in ast.walk(parse(path))
        if isinstance(node, ast.ImportFrom) and node.module == "decimal"
    ]
    assert found == []


def test_the_check_sees_every_kind_of_float(tmp_path: Path) -> None:
    source = "WAIT_S = 2.5\na = 1.5\nb = 3 / 2\nc = float(1)\nd = np.float64(1)\nb /= 2\ne = 3 // 2\n"
    lines = [line for line, _ in _float_nodes(ast.parse(source))]
    assert sorted(lines) == [2, 3, 4, 5, 6]


def float_uses(path: Path) -> list[str]:
    return [f"{path.relative_to(ROOT)}:{line} {what}" for line, what in _float_nodes(parse(path))]


def _float_nodes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    seconds = {id(node.value) for node in ast.walk(tree) if _names_seconds(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float()) if id(node) not in seconds:
                yield node.lineno, "float constant"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()) if not _is_path(node):
                yield node.lineno, "true division"
            case ast.Name(id=name) if name in FLOAT_NAMES:
                yield node.lineno, name
            case ast.Attribute(attr=name) if name in FLOAT_NAMES:
                yield node.lineno, name


def _names_seconds(node: ast.AST) -> TypeGuard[ast.Assign]:
    """Whether a constant of seconds is defined: waiting times are no money, and the libraries take floats."""
    return isinstance(node, ast.Assign) and all(
        isinstance(target, ast.Name) and target.id.endswith("_S") for target in node.targets
    )


def _is_path(node: ast.BinOp | ast.AugAssign) -> bool:
    """Whether a slash joins a path: `folder / "name"`, or any join whose parts hold a text."""
    if isinstance(node, ast.AugAssign):
        return False
    return any(
        isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in ast.walk(node)
    )
