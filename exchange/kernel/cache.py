"""Where compiled code is kept: a folder named by everything it was compiled from.

Numba does not notice a change in another source file, which for an exchange is a wrong-money bug. So the
folder's name is a hash of numba's version and every source of kernel and vocabulary, set before any of them
is compiled. Source: design.md §4 "Numba's cache trap".
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any, Final

import numba
import numpy

config: Final[Any] = numba.config

FOLDERS: Final = ("kernel", "vocabulary")
HASH_CHARACTERS: Final = 16


def hash_sources() -> str:
    """SHA-256 (hex) over the versions of the compiler and every source file of kernel and vocabulary."""
    digest = hashlib.sha256(f"{numba.__version__} {numpy.__version__}".encode())
    root = Path(__file__).resolve().parents[1]
    for folder in FOLDERS:
        for path in sorted((root / folder).glob("*.py")):
            digest.update(f"\0{folder}/{path.name}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def use_cache_folder(sources_hash: str) -> None:
    """Point numba's cache at this source's own folder; where it cannot be written, at a temporary one."""
    mode = "bounds" if config.BOUNDSCHECK else "python" if config.DISABLE_JIT else "numba"
    name = f"{mode}-{sources_hash[:HASH_CHARACTERS]}"
    folder = _cache_root() / name
    if not _is_writable(folder):
        folder = Path(tempfile.mkdtemp(prefix="two-city-")) / name
    config.CACHE_DIR = str(folder)


def _cache_root() -> Path:
    chosen = os.environ.get("TWO_CITY_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "two-city"


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
