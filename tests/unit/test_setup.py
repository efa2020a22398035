"""A machine that lacks something is told the exact command that mends it; tests left out are named."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WITH_PYTHON = ROOT / "tools" / "with_python.sh"


class Machine:
    """A folder of commands that stands for everything installed on a machine."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.commands = home / "bin"
        self.commands.mkdir(parents=True)
        self.shell = shutil.which("sh") or "/bin/sh"

    def add_command(self, name: str, script: str = "exit 0") -> None:
        path = self.commands / name
        path.write_text(f"#!{self.shell}\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def add_python(self, name: str, minor: int, *, has_venv: bool = True) -> None:
        """Add an interpreter that knows the two questions it is asked, and otherwise says its name."""
        answer_venv = 0 if has_venv else 1
        self.add_command(
            name,
            'case "$2" in\n'
            f'  *version_info*) echo "{minor}" ;;\n'
            f"  *ensurepip*) exit {answer_venv} ;;\n"
            f'  *) echo "run by {name}: $1" ;;\n'
            "esac",
        )

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [self.shell, str(WITH_PYTHON), "script.py"]
        variables = {"PATH": str(self.commands), **environment}
        return subprocess.run(
            command, cwd=self.home, env=variables, capture_output=True, text=True, timeout=60
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


def test_newest_suitable_python_is_chosen(machine: Machine) -> None:
    machine.add_python("python3", 9)
    machine.add_python("python3.11", 11)
    machine.add_python("python3.13", 13)
    assert machine.run().stdout == "run by python3.13: script.py\n"


def test_python_that_cannot_make_a_venv_is_passed_over(machine: Machine) -> None:
    machine.add_python("python3.13", 13, has_venv=False)
    machine.add_python("python3", 11)
    assert machine.run().stdout == "run by python3: script.py\n"


def test_python_beyond_the_lock_is_passed_over(machine: Machine) -> None:
    machine.add_python("python3", 15)
    machine.add_python("python3.12", 12)
    assert machine.run().stdout == "run by python3.12: script.py\n"


def test_variable_chooses_the_python(machine: Machine) -> None:
    machine.add_python("python3.13", 13)
    machine.add_python("mine", 11)
    assert machine.run(PYTHON="mine").stdout == "run by mine: script.py\n"


def test_unsuitable_choice_is_an_error(machine: Machine) -> None:
    machine.add_python("mine", 9)
    result = machine.run(PYTHON="mine")
    assert result.returncode == 1
    assert "PYTHON=mine is not a Python from 3.11 to 3.14" in result.stderr


def test_missing_venv_module_names_its_package(machine: Machine) -> None:
    machine.add_python("python3", 11, has_venv=False)
    machine.add_command("apt-get")
    result = machine.run()
    assert result.returncode == 1
    assert "apt-get update && apt-get install -y python3.11-venv" in result.stderr


def test_missing_python_names_its_package(machine: Machine) -> None:
    machine.add_command("dnf")
    result = machine.run()
    assert result.returncode == 1
    assert "dnf install -y python3.12" in result.stderr


def test_working_environment_is_used_first(machine: Machine) -> None:
    machine.add_python("python3.13", 13)
    machine.add_python("environment", 12)
    environment = machine.home / ".venv" / "bin"
    environment.mkdir(parents=True)
    shutil.copy(machine.commands / "environment", environment / "python")
    assert machine.run().stdout == "run by environment: script.py\n"


@pytest.fixture
def small_suite(tmp_path: Path) -> Path:
    """A suite of two tests, one of which needs a browser, under the project's own conftest."""
    suite = tmp_path / "suite"
    (suite / "tests").mkdir(parents=True)
    shutil.copytree(ROOT / "tools", suite / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests" / "conftest.py", suite / "tests")
    shutil.copy(ROOT / "pyproject.toml", suite)
    (suite / "tests" / "test_small.py").write_text(
        "import pytest\n\ndef test_plain():\n    pass\n\n"
        "@pytest.mark.browser\ndef test_page():\n    raise AssertionError('no browser here')\n",
        encoding="utf-8",
    )
    return suite


def run_suite(suite: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it on a machine with an empty search path, so without any browser."""
    variables = {key: value for key, value in os.environ.items() if key != "CI"}
    variables |= {"PATH": str(suite / "nothing"), **environment}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=suite, env=variables, capture_output=True, text=True, timeout=100)


def test_what_cannot_run_is_named(small_suite: Path) -> None:
    result = run_suite(small_suite)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "NOT RUN" in result.stdout
    assert "tests/test_small.py::test_page" in result.stdout
    assert "apt-get install -y chromium-headless-shell" in result.stdout
    assert "1 passed, 1 deselected" in result.stdout.splitlines()[-1]


def test_what_cannot_run_fails_continuous_integration(small_suite: Path) -> None:
    result = run_suite(small_suite, CI="true")
    assert result.returncode == 1
    assert "tests that were left out fail the run" in result.stdout


def test_failed_install_says_so_and_is_not_taken_for_done(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    (clone / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "install.py", clone / "tools")
    shutil.copy(ROOT / "pyproject.toml", clone)
    for lock in ("requirements.lock", "requirements-dev.lock"):  # locks without the build back end
        (clone / lock).write_text("", encoding="utf-8")
    command = [sys.executable, "tools/install.py"]
    result = subprocess.run(command, cwd=clone, capture_output=True, text=True, timeout=200)
    assert result.returncode == 1
    assert "two-city: pip failed: " in result.stderr
    assert "to mend: " in result.stderr
    assert not list((clone / ".venv").glob(".installed-*"))
