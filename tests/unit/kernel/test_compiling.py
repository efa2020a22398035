"""What numba made of the kernel, compiled anew: one form of every function, no floats, no second layout."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from exchange import kernel
from exchange.vocabulary.records import COMMAND, EVENT
from tests.unit.kernel.day import CAPACITY

pytestmark = pytest.mark.compiled
DECORATORS = {"hot", "cold", "entry"}

PROBE = """
import importlib, json, pkgutil
from numba.core.dispatcher import Dispatcher
from exchange import kernel
kernel.warm_up()
found = {}
for module in pkgutil.iter_modules(kernel.__path__, "exchange.kernel."):
    for name, function in vars(importlib.import_module(module.name)).items():
        if isinstance(function, Dispatcher):
            found[f"{function.py_func.__module__}.{function.py_func.__name__}"] = function
report = {}
for name, function in found.items():
    floats = sorted(
        {
            variable
            for result in function.overloads.values()
            for variable, kind in result.type_annotation.typemap.items()
            if "float" in str(kind) or "complex" in str(kind)
        }
    )
    report[name] = [len(function.signatures), floats]
print(json.dumps(report))
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, list[str]]]:
    """Every compiled function: number of its signatures, and its variables with a float in their type."""
    environment = os.environ | {"TWO_CITY_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))}
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        env=environment,
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    report: dict[str, tuple[int, list[str]]] = json.loads(done.stdout)
    return report


def decorated() -> set[str]:
    """Every function of the kernel's sources that is to be compiled."""
    return {
        f"exchange.kernel.{path.stem}.{node.name}"
        for path in Path(kernel.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and DECORATORS & set(map(ast.unparse, node.decorator_list))
    }


@pytest.mark.timeout(300)
def test_every_function_is_compiled(compiled: dict[str, tuple[int, list[str]]]) -> None:
    """So what is said of the compiled ones is said of all, and none is dead."""
    assert {name for name in compiled if name.startswith("exchange.kernel.")} == decorated()


@pytest.mark.timeout(300)
def test_every_function_has_one_signature(compiled: dict[str, tuple[int, list[str]]]) -> None:
    assert {name: count for name, (count, _) in compiled.items() if count != 1} == {}


@pytest.mark.timeout(300)
def test_no_float_is_inferred(compiled: dict[str, tuple[int, list[str]]]) -> None:
    assert {name: floats for name, (_, floats) in compiled.items() if floats} == {}


def test_a_readonly_batch_is_refused_after_the_warm_up() -> None:
    kernel.warm_up()
    batch = np.frombuffer(bytes(64), COMMAND)
    with pytest.raises(ValueError, match="expected a writable contiguous array"):
        kernel.apply_batch(kernel.new_state(CAPACITY), batch, np.zeros(64, EVENT), np.zeros(64, np.uint32))


@pytest.mark.parametrize(("events", "streams"), [(15, 15), (64, 63)])
def test_buffers_too_small_for_a_step_are_refused(events: int, streams: int) -> None:
    batch = np.zeros(1, COMMAND)
    with pytest.raises(ValueError, match=f"found {events} events and {streams} streams"):
        kernel.apply_batch(
            kernel.new_state(CAPACITY), batch, np.zeros(events, EVENT), np.zeros(streams, np.uint32)
        )
