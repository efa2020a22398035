"""Every table runs on the reference and on the kernel."""

from collections.abc import Mapping
from typing import Protocol

import pytest

from tests.tables.market import CAPACITY, TableMarket
from tests.tables.subjects import new_subject


class Run(Protocol):
    """Runs one table on a fresh market; `names` are `$names` that stand for something from the start."""

    def __call__(self, table: str, names: Mapping[str, int | bytes] | None = None) -> None: ...


@pytest.fixture(params=["reference", "kernel"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs tables on one of the two exchanges."""

    def run_table(table: str, names: Mapping[str, int | bytes] | None = None) -> None:
        market = TableMarket(new_subject(request.param, CAPACITY))
        market.names.update(names or {})
        market.run(table)

    return run_table
