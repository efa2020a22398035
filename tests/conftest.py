"""What every test shares: a test that cannot run on this machine is left out, named, and fails a CI run."""

import os
import signal
from collections import defaultdict

import pytest

from tools.machine import find_browser, install_command, missing_requirements
from tools.quickfix import find_quickfix

UNCOMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
# A shell's background job ignores Ctrl-C, and so would every process that the tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()
#: what belongs to `make soak`: left out and named elsewhere, without failing a CI run
SOAK_ONLY = "QuickFIX is not built; to mend: make soak"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what cannot run here (deselect rather than skip, so that a skip always means a mistake)."""
    reasons: dict[str, str] = {}
    for requirement in missing_requirements():  # of several that a marker needs the first is named
        reason = f"no {requirement.name}; to mend: {install_command(requirement)}"
        reasons.setdefault(requirement.marker, reason)
    if find_quickfix() is None and not os.environ.get("TWO_CITY_QUICKFIX"):
        reasons["quickfix"] = SOAK_ONLY
    left_out: dict[str, list[str]] = defaultdict(list)
    deselected: list[pytest.Item] = []
    for item in items:
        why = next((reasons[mark.name] for mark in item.iter_markers() if mark.name in reasons), None)
        if why is not None:
            left_out[why].append(item.nodeid)
        if why is not None or (UNCOMPILED and item.get_closest_marker("compiled")):
            deselected.append(item)
    config.stash[LEFT_OUT] = left_out
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        gone = set(deselected)
        items[:] = [item for item in items if item not in gone]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    left_out = set(session.config.stash.get(LEFT_OUT, {})) - {SOAK_ONLY}
    if exitstatus == pytest.ExitCode.OK and left_out and _under_ci():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left_out = config.stash.get(LEFT_OUT, {})
    if not left_out:
        return
    is_failing = _under_ci() and set(left_out) != {SOAK_ONLY}
    terminalreporter.section("NOT RUN", red=is_failing, yellow=not is_failing)
    for reason, names in left_out.items():
        terminalreporter.line(f"{len(names)} tests: {reason}")
        for name in names:
            terminalreporter.line(f"  {name}")
    if is_failing:
        terminalreporter.line("CI is set, so tests that were left out fail the run.")


@pytest.fixture(scope="session")
def browser_executable() -> str:
    """The Chromium to hand to playwright as `executable_path`; the test must carry the `browser` marker."""
    path = find_browser()
    assert path is not None, "a test that uses a browser must be marked @pytest.mark.browser"
    return path


def _under_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")
