"""Where the tests find the official daily file, which is not part of this repository."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FILE_NAME = "cea_daily_2021_2024.csv"


@pytest.fixture(scope="session")
def official_csv() -> Path:
    """The file TWO_CITY_OFFICIAL_CSV names, or the one in data/ or in ../shared/data beside the clone."""
    named = os.environ.get("TWO_CITY_OFFICIAL_CSV")
    places = (
        [Path(named)] if named else [ROOT / "data" / FILE_NAME, ROOT.parent / "shared" / "data" / FILE_NAME]
    )
    for place in places:
        if place.is_file():
            return place
    pytest.skip(f"no official daily file {FILE_NAME}: name it in TWO_CITY_OFFICIAL_CSV or put it into data/")
