"""Folder order is data-flow order is import order, and the two cities meet in three places only."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.source import PACKAGES, ROOT, imports, python_files

# The parts that talk to the network or start the parts that do.
MAY_IMPORT_ASYNCIO = {
    "exchange/__main__.py",
    "exchange/assembly.py",
    "exchange/bridge",
    "exchange/certify",
    "exchange/client",
    "exchange/commands",
    "exchange/console",
    "exchange/members",
    "exchange/net",
    "exchange/troubles",
    "settlement/__main__.py",
    "settlement/api",
    "settlement/assembly.py",
    "settlement/bank/app.py",
    "settlement/bank/delivery.py",
    "settlement/bank/service.py",
    "settlement/commands",
}
NETWORK_MODULES = {"asyncio", "socket", "socketserver", "selectors", "uvloop", "anyio"}
IMPURE_MODULES = NETWORK_MODULES | {"time", "random", "secrets", "logging", "threading", "multiprocessing"}


def test_contracts_of_import_linter_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr


def test_only_the_outer_parts_import_asyncio() -> None:
    allowed = [ROOT / part for part in MAY_IMPORT_ASYNCIO]
    found = [
        str(item)
        for path in python_files(*PACKAGES)
        if not any(path.is_relative_to(part) for part in allowed)
        for item in imports(path)
        if item.module.partition(".")[0] in NETWORK_MODULES
    ]
    assert found == []


def test_kernel_and_vocabulary_know_no_time_chance_or_thread() -> None:
    found = [
        str(item)
        for path in python_files("exchange/kernel", "exchange/vocabulary")
        for item in imports(path)
        if item.module.partition(".")[0] in IMPURE_MODULES
    ]
    assert found == []


def test_no_package_imports_tests_tools_or_benchmarks() -> None:
    found = [
        str(item)
        for path in python_files(*PACKAGES)
        for item in imports(path)
        if item.module.partition(".")[0] in {"tests", "tools", "benchmarks"}
    ]
    assert found == []
