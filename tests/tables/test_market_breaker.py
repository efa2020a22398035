# ruff: noqa: E501  (a table reads better in long rows)
"""The market-wide breaker: the composite against the composite of the bases, once a day."""

from collections.abc import Callable

import pytest

#: contracts 1 (55.52) and 2 (80.00) weigh the same: the bases' composite is 67.76, and 1 % of it 0.6776
WATCHED = """
    exchange PARAMETER_SET contract=1 parameter_id=composite_weight parameter_value=1 -> COMMAND_DONE
    exchange PARAMETER_SET contract=2 parameter_id=composite_weight parameter_value=1 -> COMMAND_DONE
    exchange PARAMETER_SET parameter_id=market_breaker_ppm parameter_value=10_000     -> COMMAND_DONE
"""
BEGIN = "\n---\n"
TRIP = """
    ann LISTING side=sell q=1 p=58.00 -> ACCEPTED
    bob TAKE side=buy q=1 p=58.00     -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE; BREAKER_STATE contract=1; PHASE_CHANGED contract=1; BREAKER_STATE contract=2; PHASE_CHANGED contract=2; BREAKER_STATE contract=3; PHASE_CHANGED contract=3
"""

TABLES = {
    "at the threshold every book that trades is paused, after the command's own events": WATCHED
    + BEGIN
    + """
        ann LISTING side=sell q=1 p=56.86 -> ACCEPTED
        bob TAKE side=buy q=1 p=56.86     -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE done=filled    # 68.43
        ann LISTING side=sell q=1 p=56.87 -> ACCEPTED
        bob TAKE side=buy q=1 p=56.87     -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE done=filled; BREAKER_STATE stream=public contract=1 breaker_state=pause breaker_kind=market reference_ticks=0 trigger_ticks=0 lower_ticks=0 upper_ticks=0 method=listed next_change_ns=+900_000; PHASE_CHANGED contract=1 previous_phase=trading phase=paused method=listed next_change_ns=+900_000; BREAKER_STATE contract=2; PHASE_CHANGED contract=2; BREAKER_STATE contract=3 method=continuous; PHASE_CHANGED contract=3 method=continuous
        bob TAKE side=buy q=1 p=56.87     -> !WRONG_PHASE
        bob BLOCK_OFFER side=sell q=100_000 p=55.00 to=ann -> ACCEPTED; BLOCK_OFFERED
    """,
    "it falls as well": WATCHED
    + BEGIN
    + """
        bob LISTING side=buy q=1 p=54.17  -> ACCEPTED
        ann TAKE side=sell q=1 p=54.17    -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE    # 67.09 is 67 ticks under
        bob LISTING side=buy q=1 p=54.15  -> ACCEPTED
        ann TAKE side=sell q=1 p=54.15    -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE; BREAKER_STATE breaker_kind=market; ...
    """,
    "the running take stops after that fill": WATCHED
    + BEGIN
    + """
        ann LISTING side=sell q=1 p=57.00 -> ACCEPTED
        ann LISTING side=sell q=5 p=57.00 -> ACCEPTED order=$left
        bob TAKE side=buy q=3 p=57.00     -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE done=remainder q=2 filled_lots=1; BREAKER_STATE; ...
        ann CANCEL order=$left            -> DONE q=5
    """,
    "a running day order stops too, and its rest rests; a fill or kill is finished first": (
        WATCHED
        + """
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=3 -> COMMAND_DONE
    """
    )
    + BEGIN
    + """
        ann LIMIT_ORDER side=sell q=1 p=57.00                 -> ACCEPTED
        ann LIMIT_ORDER side=sell q=5 p=57.00                 -> ACCEPTED
        bob LIMIT_ORDER side=buy q=3 p=57.00                  -> ACCEPTED order=$bob; EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; BREAKER_STATE; ...
        bob CANCEL order=$bob                                 -> DONE q=2
    """,
    "a fill or kill is finished first": (
        WATCHED
        + """
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=3 -> COMMAND_DONE
    """
    )
    + BEGIN
    + """
        ann LIMIT_ORDER side=sell q=1 p=57.00                 -> ACCEPTED
        ann LIMIT_ORDER side=sell q=1 p=57.00                 -> ACCEPTED
        bob LIMIT_ORDER side=buy q=2 p=57.00 time_in_force=2  -> ACCEPTED; EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE done=filled; BREAKER_STATE; ...
    """,
    "pause, auction, trading; then never again that day": WATCHED
    + BEGIN
    + TRIP
    + """
        exchange TICK                      -> FIVE_LEVELS
        exchange TICK after=900_000        -> BREAKER_STATE contract=1 breaker_state=auction breaker_kind=market next_change_ns=+120_000; PHASE_CHANGED contract=1 phase=call_auction; BREAKER_STATE contract=2; PHASE_CHANGED; BREAKER_STATE contract=3; PHASE_CHANGED; ...
        exchange TICK after=120_000        -> BREAKER_STATE contract=1 breaker_state=normal breaker_kind=market; AUCTION_RESULT; PHASE_CHANGED contract=1 phase=trading; BREAKER_STATE contract=2; AUCTION_RESULT; PHASE_CHANGED; BREAKER_STATE; AUCTION_RESULT; PHASE_CHANGED
        ann LISTING side=sell q=1 p=60.00  -> ACCEPTED
        bob TAKE side=buy q=1 p=60.00      -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE done=filled
    """,
    "only books that trade are paused": WATCHED
    + BEGIN
    + """
        exchange SET_PHASE contract=2 method=listed phase=break       -> PHASE_CHANGED; COMMAND_DONE
        exchange SET_PHASE contract=3 method=continuous phase=ended   -> PHASE_CHANGED; COMMAND_DONE
        ann LISTING side=sell q=1 p=58.00                             -> ACCEPTED
        bob TAKE side=buy q=1 p=58.00                                 -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE; BREAKER_STATE contract=1; PHASE_CHANGED contract=1 phase=paused
    """,
    "a book's own breaker gives way, and its band stays": (
        WATCHED
        + """
        exchange PARAMETER_SET contract=2 parameter_id=breaker_ppm parameter_value=20_000 -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=breaker_ppm parameter_value=20_000 -> COMMAND_DONE
    """
    )
    + BEGIN
    + """
        ann LISTING contract=2 side=sell q=1 p=80.00  -> ACCEPTED
        bob TAKE contract=2 side=buy q=1 p=80.00      -> EXECUTED; ...
        ann LISTING contract=2 side=sell q=1 p=85.00  -> ACCEPTED
        bob TAKE contract=2 side=buy q=1 p=85.00      -> BREAKER_STATE contract=2 breaker_state=limit breaker_kind=dynamic; DONE
        ann LISTING side=sell q=1 p=58.00             -> ACCEPTED
        bob TAKE side=buy q=1 p=58.00                 -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE; BREAKER_STATE contract=1 breaker_state=pause reference_ticks=58.00 lower_ticks=56.84 upper_ticks=59.16; PHASE_CHANGED; BREAKER_STATE contract=2 breaker_state=pause breaker_kind=market reference_ticks=80.00 trigger_ticks=0 lower_ticks=78.40 upper_ticks=81.60; PHASE_CHANGED contract=2; BREAKER_STATE contract=3; PHASE_CHANGED
    """,
    "an auction's trades count; the pause follows its phase": WATCHED
    + BEGIN
    + """
        exchange SET_PHASE contract=1 method=listed phase=call_auction -> PHASE_CHANGED; COMMAND_DONE
        ann LISTING side=sell q=1 p=58.00                              -> ACCEPTED
        bob LISTING side=buy q=1 p=58.00                               -> ACCEPTED
        exchange SET_PHASE contract=1 method=listed phase=trading      -> EXECUTED; DONE; EXECUTED; DONE; TRADE; TRADE_REPORT; AUCTION_RESULT; PHASE_CHANGED phase=trading; COMMAND_DONE; BREAKER_STATE contract=1; PHASE_CHANGED contract=1 phase=paused; BREAKER_STATE contract=2; PHASE_CHANGED; BREAKER_STATE contract=3; PHASE_CHANGED
    """,
    "blocks do not move the composite": WATCHED
    + BEGIN
    + """
        ann BLOCK_OFFER side=sell q=100_000 p=70.00 to=bob    -> ACCEPTED order=$offer; BLOCK_OFFERED
        bob BLOCK_ACCEPT order=$offer q=100_000 p=70.00       -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE
    """,
    "its parameters are of the market": """
        exchange PARAMETER_SET contract=1 parameter_id=market_breaker_ppm parameter_value=1      -> !UNKNOWN_CONTRACT
        exchange PARAMETER_SET contract=1 parameter_id=market_breaker_pause_ms parameter_value=1 -> !UNKNOWN_CONTRACT
        ---
        exchange TICK -> nothing
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_market_breaker(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
