"""Make `.venv` from a lock file: `python tools/install.py [--dev]`. Standard library only; may be run again.

Nothing outside the clone is touched but the package caches of pip. A stamp in `.venv` holds the hash of what
was installed, so that a second run takes milliseconds and a changed lock is noticed.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {False: ROOT / "requirements.lock", True: ROOT / "requirements-dev.lock"}
INSTALLED_BY = (ROOT / "pyproject.toml", Path(__file__))


class InstallError(Exception):
    """Installing failed; the message ends with the command that mends it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--dev", action="store_true", help="install what tests and benchmarks need as well")
    try:
        install(dev=parser.parse_args().dev)
    except InstallError as error:
        sys.exit(f"two-city: {error}")


def install(*, dev: bool) -> None:
    """Bring `.venv` to the state of the lock; the development set contains the running set."""
    if _is_stamped(dev) or (not dev and _is_stamped(True)):
        return
    _make_venv()
    lock = LOCKS[dev]
    print(f"two-city: installing {lock.name} into {VENV.relative_to(ROOT)} (Python {_version()})", flush=True)
    _pip("install", "--require-hashes", "--requirement", str(lock))
    # The build back end comes from the lock, so the clone is installed without asking any registry for it.
    _pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    _stamp(dev).write_text(_fingerprint(dev), encoding="utf-8")


def _make_venv() -> None:
    if PYTHON.exists() and _runs(PYTHON):
        return
    if VENV.exists():  # left over from an interpreter that is gone
        shutil.rmtree(VENV)
    try:
        venv.create(VENV, with_pip=True, symlinks=True)
    except (subprocess.CalledProcessError, ImportError, OSError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        package = f"python3.{sys.version_info.minor}-venv"
        raise InstallError(
            f"{sys.executable} cannot make a virtual environment: {error}\n"
            f"  to mend: {_system_install(package, f'python3.{sys.version_info.minor}')}"
        ) from error


def _pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments, "--quiet"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode == 0:
        return
    lines = [f"pip failed: {' '.join(command)}"]
    if not any(shutil.which(name) for name in ("cc", "gcc", "clang")):
        # Every pinned package has a wheel for Linux and macOS on common processors; elsewhere pip compiles.
        lines.append("  there is no C compiler, which is needed where a package has no ready-made wheel")
        lines.append(f"  to mend: {_system_install('build-essential', 'gcc gcc-c++ make')}")
    else:
        lines.append(
            "  to mend: read pip's last lines above; after a lost connection, run the same make target again"
        )
    raise InstallError("\n".join(lines))


def _system_install(apt: str, dnf: str) -> str:
    """Return the command that installs a system package here."""
    if shutil.which("apt-get"):
        return f"apt-get update && apt-get install -y {apt}   (as root)"
    if shutil.which("dnf"):
        return f"dnf install -y {dnf}   (as root)"
    if sys.platform == "darwin":
        return "xcode-select --install"
    return f"install {apt} (its name on Debian) with the system's package manager"


def _runs(python: Path) -> bool:
    """Whether an interpreter starts, is new enough and has pip (a half-made environment has none)."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([str(python), "-c", probe], capture_output=True, check=False).returncode == 0


def _version() -> str:
    probe = "import platform; print(platform.python_version())"
    return subprocess.run(
        [str(PYTHON), "-c", probe], capture_output=True, text=True, check=True
    ).stdout.strip()


def _stamp(dev: bool) -> Path:
    return VENV / f".installed-{'dev' if dev else 'run'}"


def _is_stamped(dev: bool) -> bool:
    stamp = _stamp(dev)
    return PYTHON.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == _fingerprint(dev)


def _fingerprint(dev: bool) -> str:
    """Return the hash of all that decides what is installed, and where: a moved clone is installed again."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in (LOCKS[dev], *INSTALLED_BY):
        digest.update(path.read_bytes())
    return digest.hexdigest() + "\n"


if __name__ == "__main__":
    main()
