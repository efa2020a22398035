"""Start the two cities' programs, after making sure that `exchange` and `settlement` are this project's.

Both names are ordinary words, and another distribution may own them too: in an environment shared with one,
Python would run that other program, or a mixture of both, without a word. The check stands in this module,
whose name nobody else uses: inside `exchange` it would never be reached when a foreign one is found first.
"""

import importlib.metadata
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

DISTRIBUTION = "two-city"
PACKAGES = ("exchange", "settlement")
MARKER = f'DISTRIBUTION = "{DISTRIBUTION}"'
EXIT_FOREIGN_PACKAGE = 78  # EX_CONFIG of sysexits.h


class ForeignPackageError(RuntimeError):
    """One of our package names leads to somebody else's code; the message says where, and how to mend it."""


def run_exchange() -> None:
    """Entry point of the commands `two-city` and `exchange`."""
    refuse_or_exit()
    from exchange.__main__ import main

    main()


def run_settlement() -> None:
    """Entry point of the command `settlement`."""
    refuse_or_exit()
    from settlement.__main__ import main

    main()


def refuse_foreign_packages() -> None:
    """Raise ForeignPackageError unless both packages lie beside this file and carry the project's marker."""
    home = Path(__file__).resolve().parent
    for name in PACKAGES:
        expected = home / name / "__init__.py"
        found = _location(importlib.util.find_spec(name))
        if found != expected:
            raise ForeignPackageError(_shadowed(name, expected, found))
        if MARKER not in expected.read_text(encoding="utf-8"):
            raise ForeignPackageError(_overwritten(name, expected))


def refuse_or_exit() -> None:
    """End the process with a readable message when a package name leads to somebody else's code."""
    try:
        refuse_foreign_packages()
    except ForeignPackageError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(EXIT_FOREIGN_PACKAGE) from None


def _location(spec: ModuleSpec | None) -> Path | None:
    """Return the file a package would be loaded from; for a bare folder without `__init__.py`, the folder."""
    if spec is None:
        return None
    if spec.origin is not None:
        return Path(spec.origin).resolve()
    folders = list(spec.submodule_search_locations or ())
    return Path(folders[0]).resolve() if folders else None


def _shadowed(name: str, expected: Path, found: Path | None) -> str:
    if found is None:
        mend = "install the project again: pip install --force-reinstall two-city (in a clone: make install)"
    elif owners := _other_owners(name):
        remove = f"pip uninstall {' '.join(owners)}"
        mend = f"give two-city an environment of its own, or remove the other distribution: {remove}"
    else:
        mend = f"rename that folder, or take {found.parent} and its parent off PYTHONPATH and the import path"
    return _message(name, expected, str(found) if found else "nothing", mend)


def _overwritten(name: str, expected: Path) -> str:
    others = " ".join(_other_owners(name)) or "another package"
    mend = f"make a fresh environment for two-city alone; {others} wrote over its files in this one"
    return _message(name, expected, f"a file of that name without the line {MARKER}", mend)


def _other_owners(name: str) -> list[str]:
    """Return the installed distributions, other than ours, that claim the package name."""
    owners = importlib.metadata.packages_distributions().get(name, [])
    return sorted({owner for owner in owners if owner != DISTRIBUTION})


def _message(name: str, expected: Path, found: str, mend: str) -> str:
    return (
        f"two-city: the package `{name}` on the import path is not this project's.\n"
        f"  expected  {expected}\n"
        f"  found     {found}\n"
        f"  to mend   {mend}"
    )
