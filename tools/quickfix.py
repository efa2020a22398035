"""The QuickFIX engine in an environment of its own, for `make soak`: `python -m tools.quickfix` builds it
once.

It has no ready-made package and compiles for some minutes with a C++ compiler, so it is no dependency of
anything else. It is installed from its source archive, whose hash is in requirements-soak.lock, into
`.soak/` of the clone.
"""

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements-soak.lock"
VENV = ROOT / ".soak" / "quickfix"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"


def find_quickfix() -> Path | None:
    """The interpreter that can import quickfix, as the lock wants it; None if it has not been built."""
    is_there = PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == _fingerprint()
    return PYTHON if is_there else None


def main() -> None:
    """Build it, unless it is there."""
    if find_quickfix() is not None:
        return
    if shutil.which("g++") is None and shutil.which("c++") is None:
        sys.exit("two-city: QuickFIX needs a C++ compiler\n  to mend: apt-get install -y g++   (as root)")
    print(f"two-city: compiling QuickFIX into {VENV.relative_to(ROOT)}; this takes some minutes", flush=True)
    if VENV.exists():
        shutil.rmtree(VENV)
    venv.create(VENV, with_pip=True, symlinks=True)
    command = [
        str(PYTHON),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
        "install",
        "--require-hashes",
    ]
    if subprocess.run([*command, "--requirement", str(LOCK)], check=False).returncode != 0:
        sys.exit("two-city: QuickFIX could not be built; see pip's last lines above")
    STAMP.write_text(_fingerprint(), encoding="utf-8")


def _fingerprint() -> str:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return hashlib.sha256(LOCK.read_bytes() + version.encode()).hexdigest() + "\n"


if __name__ == "__main__":
    main()
