"""A few thousand wild records; five minutes of them are part of the soak."""

import pytest

from tests.differential.fuzz import RECORDS_PER_STATE, fuzz_state

STATES = 10


@pytest.mark.parametrize("seed", range(STATES))
def test_wild_records(seed: int) -> None:
    """Kernel and reference answer the same; what is refused leaves the state as it was."""
    fuzzed = fuzz_state(seed)
    assert fuzzed.records == RECORDS_PER_STATE
    assert 0 < fuzzed.compared <= fuzzed.refused < fuzzed.records
