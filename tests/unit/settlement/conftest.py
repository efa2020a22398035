"""No store outlives its test: one left to the garbage collector is a warning, and warnings are errors."""

from collections.abc import Iterator

import pytest

from tests.unit.settlement.town import close_stores


@pytest.fixture(autouse=True)
def stores_are_closed() -> Iterator[None]:
    """Close what the test has opened."""
    yield
    close_stores()
