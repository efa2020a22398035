"""Every table runs on the reference and on the kernel."""

from collections.abc import Callable

import pytest

from tests.tables.market import CAPACITY, TableMarket
from tests.tables.subjects import new_subject


@pytest.fixture(params=["reference", "kernel"])
def run(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Runs one table on a fresh market."""

    def run_table(table: str) -> None:
        market = TableMarket(new_subject(request.param, CAPACITY))
        market.run(table)

    return run_table
