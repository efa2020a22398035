"""The random flow alone reaches the reference: what it never reached it would never have compared."""

import pytest

from tests.differential.reach import measure

PERCENT_MIN = 99


@pytest.mark.timeout(300)
def test_the_flow_reaches_the_reference() -> None:
    """Lines and branches; the soak's result names every line left out with the reason."""
    reach = measure()
    assert reach.percent >= PERCENT_MIN, reach
