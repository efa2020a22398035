"""The check that `python -m exchange` makes first: both package names lead to this project's code.

The check itself lies in `two_city.py`, outside this package, where the console commands reach it even when a
foreign `exchange` is found first.
"""

from two_city import ForeignPackageError, refuse_foreign_packages

__all__ = ["ForeignPackageError", "refuse_foreign_packages"]
