"""An office for each test, closed after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.settlement.compliance.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path)
    yield opened
    opened.store.close()
