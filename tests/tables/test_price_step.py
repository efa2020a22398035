# ruff: noqa: E501  (a table reads better in long rows)
"""PRICE_STEP_TICKS: every price that a member gives is a multiple of the contract's step."""

from collections.abc import Callable

import pytest

TABLES = {
    "every command with a price, between the size and the band": """
        exchange PARAMETER_SET contract=1 parameter_id=price_step_ticks parameter_value=5       -> COMMAND_DONE
        ---
        ann LISTING side=sell q=0 p=61.08                                   -> !QUANTITY_BELOW_MINIMUM
        ann LISTING side=sell q=1 p=61.08                                   -> !PRICE_OFF_TICK expected_value=5 p=61.08
        ann LISTING side=sell q=1 p=61.10                                   -> !PRICE_OUTSIDE_BAND expected_value=61.07
        ann LISTING side=sell q=1 p=55.55                                   -> ACCEPTED order=$a
        bob TAKE side=buy q=1 p=55.56                                       -> !PRICE_OFF_TICK expected_value=5
        bob TAKE side=buy q=1 p=55.55 order=$a                              -> EXECUTED; ...
        ann BLOCK_OFFER side=sell q=100_000 p=55.01 to=bob                  -> !PRICE_OFF_TICK expected_value=5
        ann BLOCK_OFFER side=sell q=100_000 p=55.05 to=bob                  -> ACCEPTED; BLOCK_OFFERED
        ann LISTING contract=2 side=sell q=1 p=79.99                        -> ACCEPTED                       # the other contract's step is one tick
    """,
    "of the whole market": """
        exchange PARAMETER_SET contract=0 parameter_id=price_step_ticks parameter_value=100     -> COMMAND_DONE
        ---
        ann LISTING contract=2 side=sell q=1 p=79.99                        -> !PRICE_OFF_TICK expected_value=100
        ann LISTING contract=2 side=sell q=1 p=80.00                        -> ACCEPTED
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_price_step(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
