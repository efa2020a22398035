# ruff: noqa: E501  (a table reads better in long rows)
"""BAND_CHANGE: the limits of a book or of blocks move during the day; what is outside lapses."""

from collections.abc import Callable

import pytest

TABLES = {
    "rejects by descending precedence": """
        operator BAND_CHANGE contract=9 method=continuous lower_ticks=2 upper_ticks=1              -> !UNKNOWN_CONTRACT
        operator BAND_CHANGE method=listed lower_ticks=50.00 upper_ticks=60.00                     -> !UNKNOWN_CONTRACT
        exchange SET_PHASE contract=1 method=listed phase=call_auction                             -> PHASE_CHANGED; COMMAND_DONE
        operator BAND_CHANGE contract=1 method=continuous lower_ticks=45.00 upper_ticks=70.00      -> !INVALID_FIELD
        operator BAND_CHANGE contract=1 method=one_way lower_ticks=45.00 upper_ticks=70.00         -> !INVALID_FIELD
        operator BAND_CHANGE contract=1 method=255 lower_ticks=45.00 upper_ticks=70.00             -> !INVALID_FIELD
        operator BAND_CHANGE contract=3 method=listed lower_ticks=55.00 upper_ticks=60.00          -> !INVALID_FIELD
        operator BAND_CHANGE contract=1 method=listed lower_ticks=60.01 upper_ticks=60.00          -> !INVALID_FIELD
        operator BAND_CHANGE contract=1 method=listed lower_ticks=0.99 upper_ticks=60.00           -> !INVALID_FIELD
        operator BAND_CHANGE contract=1 method=listed lower_ticks=55.00 upper_ticks=10_000.01      -> !INVALID_FIELD
        operator BAND_CHANGE contract=1 method=listed lower_ticks=45.27 upper_ticks=60.00          -> !PARAMETER_VALUE
        operator BAND_CHANGE contract=1 method=listed lower_ticks=50.00 upper_ticks=65.76          -> !PARAMETER_VALUE
        operator BAND_CHANGE contract=1 method=listed lower_ticks=45.28 upper_ticks=65.75          -> !WRONG_PHASE
        exchange SET_PHASE contract=1 method=listed phase=trading                                  -> ...
        operator BAND_CHANGE contract=1 method=listed lower_ticks=45.28 upper_ticks=65.75          -> BAND stream=public contract=1 base_price_ticks=55.52 lower_ticks=45.28 upper_ticks=65.75 block_lower_ticks=38.86 block_upper_ticks=72.18; COMMAND_DONE
    """,
    "wider: new prices are taken": """
        ann LISTING side=sell q=1 p=61.08                                                          -> !PRICE_OUTSIDE_BAND expected_value=61.07
        operator BAND_CHANGE contract=1 method=listed lower_ticks=48.00 upper_ticks=63.00          -> BAND; COMMAND_DONE
        ann LISTING side=sell q=1 p=63.00                                                          -> ACCEPTED
        bob LISTING side=buy q=1 p=48.00                                                           -> ACCEPTED
        bob LISTING side=buy q=1 p=47.99                                                           -> !PRICE_OUTSIDE_BAND expected_value=48.00
        ann LISTING side=sell q=1 p=63.01                                                          -> !PRICE_OUTSIDE_BAND expected_value=63.00
        bob TAKE side=buy q=1 p=63.00                                                              -> EXECUTED p=63.00; ...
        exchange TICK                                                                              -> FIVE_LEVELS level_1_price_ticks=48.00; FIVE_LEVELS level_count=0
    """,
    "narrower: bids then asks, best price first, first come first, lapse; what is inside stays where it was": """
        bob LISTING side=buy q=1 p=58.00 ref=1   -> ACCEPTED order=$b58
        bob LISTING side=buy q=2 p=60.00 ref=2   -> ACCEPTED order=$b60
        eve LISTING side=buy q=3 p=60.00 ref=1   -> ACCEPTED order=$e60
        bob LISTING side=buy q=4 p=55.00 ref=3   -> ACCEPTED order=$b55
        bob LISTING side=buy q=5 p=50.00 ref=4   -> ACCEPTED order=$b50
        bob LISTING side=buy q=6 p=51.00 ref=5   -> ACCEPTED order=$b51
        ann LISTING side=sell q=1 p=51.00 ref=1  -> ACCEPTED order=$a51
        ann LISTING side=sell q=2 p=57.00 ref=2  -> ACCEPTED order=$a57
        ann LISTING side=sell q=3 p=60.00 ref=3  -> ACCEPTED order=$a60
        operator BAND_CHANGE contract=1 method=listed lower_ticks=54.00 upper_ticks=57.00 -> BAND lower_ticks=54.00 upper_ticks=57.00; DONE stream=bob order=$b60 done=lapsed q=2 ref=2 login=bob; DONE stream=eve order=$e60; DONE order=$b58; DONE order=$b51; DONE order=$b50; DONE stream=ann order=$a51; DONE order=$a60 done=lapsed; COMMAND_DONE stream=operator
        exchange TICK                            -> FIVE_LEVELS level_count=1 level_1_price_ticks=55.00; FIVE_LEVELS level_count=1 level_1_price_ticks=57.00
        bob TAKE side=buy q=2 order=$a57 p=57.00 -> EXECUTED; ...
    """,
    "blocks have their own band, without the book's bounds; offers outside lapse, first come first": """
        ann BLOCK_OFFER side=sell q=100_000 p=40.00 to=bob ref=1  -> ACCEPTED order=$low; BLOCK_OFFERED
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob ref=2  -> ACCEPTED order=$mid; BLOCK_OFFERED
        ann BLOCK_OFFER side=sell q=100_000 p=70.00 to=bob ref=3  -> ACCEPTED order=$high; BLOCK_OFFERED
        ann LISTING side=sell q=1 p=50.00                         -> ACCEPTED
        operator BAND_CHANGE contract=1 method=block lower_ticks=55.00 upper_ticks=9_999.00 -> BAND block_lower_ticks=55.00 block_upper_ticks=9_999.00 lower_ticks=49.97 upper_ticks=61.07; DONE stream=ann order=$low done=lapsed; BLOCK_CLOSED stream=bob order=$low done=lapsed; COMMAND_DONE
        ann BLOCK_OFFER side=sell q=100_000 p=54.99 to=bob        -> !PRICE_OUTSIDE_BAND expected_value=55.00
        ann BLOCK_OFFER side=sell q=100_000 p=200.00 to=bob       -> ACCEPTED; BLOCK_OFFERED
        bob BLOCK_ACCEPT order=$mid q=100_000 p=55.00             -> EXECUTED; ...
    """,
    "in any phase but a call auction": """
        exchange SET_PHASE contract=1 method=listed phase=break                             -> PHASE_CHANGED; COMMAND_DONE
        operator BAND_CHANGE contract=1 method=listed lower_ticks=50.00 upper_ticks=60.00   -> BAND; COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=ended                             -> PHASE_CHANGED; COMMAND_DONE
        operator BAND_CHANGE contract=1 method=listed lower_ticks=50.00 upper_ticks=60.00   -> BAND; COMMAND_DONE
        operator BAND_CHANGE contract=1 method=block lower_ticks=50.00 upper_ticks=60.00    -> BAND; COMMAND_DONE
    """,
    "without a band the book's prices are all it can hold": """
        operator BAND_CHANGE contract=2 method=listed lower_ticks=69.76 upper_ticks=80.00   -> !PARAMETER_VALUE
        operator BAND_CHANGE contract=2 method=listed lower_ticks=69.77 upper_ticks=90.25   -> !PARAMETER_VALUE
        operator BAND_CHANGE contract=2 method=listed lower_ticks=69.77 upper_ticks=90.24   -> BAND; COMMAND_DONE
        operator BAND_CHANGE contract=2 method=listed lower_ticks=80.00 upper_ticks=80.00   -> BAND; COMMAND_DONE
        ann LISTING contract=2 side=sell q=1 p=80.00                                        -> ACCEPTED
        ann LISTING contract=2 side=sell q=1 p=80.01                                        -> !PRICE_OUTSIDE_BAND expected_value=80.00
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_bands(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
