"""Both cities, ready to be started by a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.cities import Cities, make_cities


@pytest.fixture
def cities(tmp_path: Path) -> Iterator[Cities]:
    yield from make_cities(tmp_path, "test")


@pytest.fixture
def national_cities(tmp_path: Path) -> Iterator[Cities]:
    yield from make_cities(tmp_path, "national")
