# ruff: noqa: E501  (a table reads better in long rows)
"""The dynamic breaker of one book: monitor, limit state, pause, reopening auction. A table for each rule."""

from collections.abc import Callable

import pytest

#: 2 % around the last trade; ann sells 1 t at 55.00 to bob, so that the band is 53.90 to 56.10
WATCHED = """
    exchange PARAMETER_SET contract=1 parameter_id=breaker_ppm parameter_value=20_000 -> COMMAND_DONE
"""
CONTINUOUS = """
    exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=3 -> COMMAND_DONE
"""
AT_ONCE = """
    exchange PARAMETER_SET contract=1 parameter_id=breaker_limit_state_ms parameter_value=0 -> COMMAND_DONE
"""
BEGIN = "\n---\n"
TRADE = """
    ann LISTING side=sell q=1 p=55.00 -> ACCEPTED
    bob TAKE side=buy q=1 p=55.00     -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE
"""
MATCH = """
    ann LIMIT_ORDER side=sell q=1 p=55.00 -> ACCEPTED
    bob LIMIT_ORDER side=buy q=1 p=55.00  -> ACCEPTED; EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE
"""
#: the book stands crossed beyond the band: an ask at 57.00, a bid at 57.50 whose order triggered
CROSSED = """
    ann LIMIT_ORDER side=sell q=5 p=57.00 -> ACCEPTED
    bob LIMIT_ORDER side=buy q=3 p=57.50  -> ACCEPTED; BREAKER_STATE breaker_state=limit trigger_ticks=57.00 next_change_ns=+15_000
"""
LISTED = WATCHED + BEGIN
MATCHED = WATCHED + CONTINUOUS + BEGIN

TABLES = {
    "off: every price of the day's band trades": """
        ann LISTING side=sell q=1 p=50.00 -> ACCEPTED
        bob TAKE side=buy q=1 p=50.00     -> EXECUTED; ...
        ann LISTING side=sell q=1 p=61.00 -> ACCEPTED
        bob TAKE side=buy q=1 p=61.00     -> EXECUTED; ...
        exchange TICK                     -> FIVE_LEVELS
    """,
    "before the first trade nothing is watched; the first trade primes the monitor": LISTED
    + """
        ann LISTING side=sell q=1 p=61.00 -> ACCEPTED
        bob TAKE side=buy q=1 p=61.00     -> EXECUTED; DONE; EXECUTED; TRADE p=61.00; TRADE_REPORT; DONE
        ann LISTING side=sell q=1 p=59.77 -> ACCEPTED
        bob TAKE side=buy q=1 p=59.77     -> BREAKER_STATE reference_ticks=61.00 lower_ticks=59.78 upper_ticks=62.22; DONE
    """,
    "the band is half up and its ends trade; what would trade outside triggers, and the take is done": LISTED
    + """
        ann LISTING side=sell q=1 p=55.25          -> ACCEPTED
        bob TAKE side=buy q=1 p=55.25              -> EXECUTED; ...
        ann LISTING side=sell q=2 p=56.37          -> ACCEPTED order=$high
        bob TAKE side=buy q=2 p=58.00 ref=9        -> BREAKER_STATE stream=public contract=1 reference_ticks=55.25 trigger_ticks=56.37 lower_ticks=54.15 upper_ticks=56.36 breaker_state=limit breaker_kind=dynamic method=listed next_change_ns=+15_000 account=0 login=0 ref=0; DONE stream=bob ref=9 done=remainder q=2 filled_lots=0 p=58.00
        ann LISTING side=sell q=1 p=56.36          -> ACCEPTED
        bob TAKE side=buy q=1 p=56.36              -> EXECUTED; ...
        bob LISTING side=buy q=1 p=54.15           -> ACCEPTED
        ann TAKE side=sell q=1 p=54.15             -> EXECUTED; ...
        bob TAKE side=buy order=$high q=2 p=56.37  -> DONE done=remainder filled_lots=0
    """,
    "a named take beyond the band triggers too": LISTED
    + TRADE
    + """
        bob LISTING side=buy q=5 p=53.89           -> ACCEPTED order=$low
        ann TAKE side=sell order=$low q=5 p=53.00  -> BREAKER_STATE reference_ticks=55.00 trigger_ticks=53.89 lower_ticks=53.90 upper_ticks=56.10; DONE done=remainder q=5
        exchange TICK                              -> FIVE_LEVELS board_side=buy level_1_quantity_lots=5; FIVE_LEVELS board_side=sell
    """,
    "one order is judged by one band: a sweep does not drag it along": LISTED
    + TRADE
    + """
        ann LISTING side=sell q=1 p=55.50 -> ACCEPTED
        ann LISTING side=sell q=1 p=56.10 -> ACCEPTED
        ann LISTING side=sell q=1 p=56.11 -> ACCEPTED order=$next
        bob TAKE side=buy q=9 p=57.00     -> EXECUTED p=55.50; DONE; EXECUTED; TRADE; TRADE_REPORT; EXECUTED p=56.10; DONE; EXECUTED; TRADE; TRADE_REPORT; BREAKER_STATE reference_ticks=55.00 trigger_ticks=56.11; DONE done=remainder q=7 filled_lots=2
    """,
    "own listings are skipped: only what would trade triggers": LISTED
    + TRADE
    + """
        eve LISTING side=buy q=1 p=53.00  -> ACCEPTED
        ann TAKE side=sell q=1 p=53.00    -> !NOTHING_TO_TAKE
        bob LISTING side=buy q=1 p=54.00  -> ACCEPTED
        ann TAKE side=sell q=2 p=53.00    -> EXECUTED p=54.00; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE q=1
    """,
    "one trigger at a time; several triggers in one batch do not add up": LISTED
    + TRADE
    + """
        ann LISTING side=sell q=5 p=57.00       -> ACCEPTED
        bob LISTING side=buy q=5 p=53.00        -> ACCEPTED
        bob TAKE side=buy q=1 p=57.00           -> BREAKER_STATE trigger_ticks=57.00 next_change_ns=+15_000; DONE done=remainder
        bob TAKE side=buy q=1 p=57.00           -> DONE done=remainder
        ann TAKE side=sell q=1 p=53.00          -> DONE done=remainder
        cat TAKE side=buy q=1 p=57.00           -> DONE done=remainder
        exchange TICK after=14_999              -> FIVE_LEVELS; FIVE_LEVELS
        exchange TICK after=1                   -> BREAKER_STATE breaker_state=normal breaker_kind=dynamic reference_ticks=0 trigger_ticks=0 lower_ticks=0 upper_ticks=0 next_change_ns=0
        bob TAKE side=buy q=1 p=57.00           -> BREAKER_STATE breaker_state=limit next_change_ns=+15_000; DONE
    """,
    "limit state: inside the frozen band trading goes on and moves the reference, beyond it nothing trades": MATCHED
    + MATCH
    + CROSSED
    + """
        ann LIMIT_ORDER side=sell q=1 p=56.00 -> ACCEPTED
        cat LIMIT_ORDER side=buy q=1 p=56.00  -> ACCEPTED; EXECUTED p=56.00; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE
        cat LIMIT_ORDER side=buy q=1 p=57.00  -> ACCEPTED
        exchange TICK                         -> FIVE_LEVELS; FIVE_LEVELS
        exchange SET_PHASE contract=1 method=continuous phase=trading -> BREAKER_STATE breaker_state=normal; COMMAND_DONE
        cat LIMIT_ORDER side=buy q=1 p=57.13  -> ACCEPTED; EXECUTED p=57.00; ...    # 56.00 is the reference now
    """,
    "limit state returns to normal when the book uncrosses": MATCHED
    + MATCH
    + """
        ann LIMIT_ORDER side=sell q=5 p=57.00       -> ACCEPTED order=$ask
        bob LIMIT_ORDER side=buy q=3 p=57.50        -> ACCEPTED; BREAKER_STATE breaker_state=limit
        ann CANCEL after=10_000 order=$ask          -> DONE done=cancelled
        exchange TICK                               -> FIVE_LEVELS board_side=buy level_1_price_ticks=57.50; FIVE_LEVELS
        exchange TICK after=4_999                   -> nothing
        exchange TICK after=1                       -> BREAKER_STATE breaker_state=normal
        ann LIMIT_ORDER side=sell q=3 p=57.50       -> ACCEPTED; BREAKER_STATE breaker_state=limit trigger_ticks=57.50
    """,
    "a book still crossed is paused, reopens by auction, and the auction's price primes the monitor anew": MATCHED
    + MATCH
    + CROSSED
    + """
        exchange TICK after=15_000             -> BREAKER_STATE breaker_state=pause breaker_kind=dynamic reference_ticks=55.00 trigger_ticks=57.00 lower_ticks=53.90 upper_ticks=56.10 method=continuous next_change_ns=+300_000; PHASE_CHANGED previous_phase=trading phase=paused method=continuous next_change_ns=+300_000; FIVE_LEVELS; FIVE_LEVELS
        bob LIMIT_ORDER side=buy q=1 p=55.00   -> !WRONG_PHASE
        exchange TICK after=299_999            -> nothing
        exchange TICK after=1                  -> BREAKER_STATE breaker_state=auction next_change_ns=+120_000; PHASE_CHANGED previous_phase=paused phase=call_auction next_change_ns=+120_000; INDICATIVE
        ann LIMIT_ORDER side=sell q=6 p=55.90  -> ACCEPTED
        cat LIMIT_ORDER side=buy q=3 p=55.90   -> ACCEPTED
        exchange TICK after=120_000            -> BREAKER_STATE breaker_state=normal; EXECUTED p=55.90; ...
        cat LIMIT_ORDER side=buy q=5 p=57.00   -> ACCEPTED; EXECUTED p=57.00; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE
        exchange SET_PHASE contract=1 method=continuous phase=call_auction -> PHASE_CHANGED; COMMAND_DONE
        ann LIMIT_ORDER side=sell q=1 p=55.90  -> ACCEPTED
        bob LIMIT_ORDER side=buy q=1 p=55.90   -> ACCEPTED
        exchange SET_PHASE contract=1 method=continuous phase=trading -> EXECUTED p=55.90; ...
        ann LIMIT_ORDER side=sell q=1 p=57.03  -> ACCEPTED
        cat LIMIT_ORDER side=buy q=1 p=57.03   -> ACCEPTED; BREAKER_STATE reference_ticks=55.90 lower_ticks=54.78 upper_ticks=57.02 trigger_ticks=57.03
    """,
    "the auction's end: the breaker is over, what crosses trades, then trading; the schedule's time returns": MATCHED
    + MATCH
    + """
        exchange SET_PHASE contract=1 method=continuous phase=trading next_change_ns=+7_000_000 -> COMMAND_DONE
        ann LIMIT_ORDER side=sell q=3 p=56.50  -> ACCEPTED
        bob LIMIT_ORDER side=buy q=3 p=56.50   -> ACCEPTED; BREAKER_STATE
        exchange TICK after=15_000             -> BREAKER_STATE; PHASE_CHANGED; ...
        exchange TICK after=300_000            -> BREAKER_STATE; PHASE_CHANGED; ...
        eve LIMIT_ORDER side=sell q=3 p=56.00  -> ACCEPTED
        exchange TICK after=120_000            -> BREAKER_STATE breaker_state=normal; EXECUTED stream=bob p=56.00 role=auction; DONE done=filled; EXECUTED stream=eve; DONE done=filled; TRADE side=255; TRADE_REPORT; AUCTION_RESULT p=56.00 tonnes_lots=3; PHASE_CHANGED previous_phase=call_auction phase=trading; ...
    """,
    "no limit state: a trigger pauses at once, and the rest of a day order rests": MATCHED.replace(
        BEGIN, AT_ONCE + BEGIN
    )
    + MATCH
    + """
        ann LIMIT_ORDER side=sell q=1 p=56.00  -> ACCEPTED
        ann LIMIT_ORDER side=sell q=1 p=57.00  -> ACCEPTED
        bob LIMIT_ORDER side=buy q=5 p=57.00   -> ACCEPTED order=$bob; EXECUTED p=56.00; DONE; EXECUTED; TRADE; TRADE_REPORT; BREAKER_STATE breaker_state=pause trigger_ticks=57.00 next_change_ns=+300_000; PHASE_CHANGED phase=paused next_change_ns=+300_000
        exchange TICK                          -> FIVE_LEVELS board_side=buy level_1_price_ticks=57.00 level_1_quantity_lots=4; FIVE_LEVELS board_side=sell level_1_price_ticks=57.00 level_1_quantity_lots=1
    """,
    "the rest of an IOC that triggers is done": MATCHED
    + MATCH
    + """
        ann LIMIT_ORDER side=sell q=1 p=56.00                  -> ACCEPTED
        ann LIMIT_ORDER side=sell q=1 p=57.00                  -> ACCEPTED
        bob LIMIT_ORDER side=buy q=5 p=57.00 time_in_force=1   -> ACCEPTED; EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; BREAKER_STATE trigger_ticks=57.00; DONE done=remainder q=4 filled_lots=1
    """,
    "FOK counts only what the band lets trade, and triggers nothing": MATCHED
    + MATCH
    + """
        ann LIMIT_ORDER side=sell q=1 p=56.10                  -> ACCEPTED
        ann LIMIT_ORDER side=sell q=1 p=56.11                  -> ACCEPTED
        bob LIMIT_ORDER side=buy q=2 p=57.00 time_in_force=2   -> !NOT_FILLABLE
        bob LIMIT_ORDER side=buy q=1 p=57.00 time_in_force=2   -> ACCEPTED; EXECUTED p=56.10; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE done=filled
        bob LIMIT_ORDER side=buy q=1 p=57.00                   -> ACCEPTED; EXECUTED p=56.11; ...
    """,
    "a replaced order triggers like a new one": MATCHED
    + MATCH
    + """
        ann LIMIT_ORDER side=sell q=1 p=57.00    -> ACCEPTED
        bob LIMIT_ORDER side=buy q=1 p=55.00     -> ACCEPTED order=$bob
        bob REPLACE order=$bob q=1 p=57.00       -> REDUCED p=57.00 keeps_priority=0; BREAKER_STATE trigger_ticks=57.00
    """,
    "what self-trade prevention keeps from trading does not trigger": MATCHED
    + MATCH
    + """
        eve LIMIT_ORDER side=buy q=1 p=53.00                     -> ACCEPTED
        ann LIMIT_ORDER side=sell q=1 p=53.00                    -> ACCEPTED; DONE done=prevented
        ann LIMIT_ORDER side=sell q=1 p=53.00 self_trade_rule=2  -> ACCEPTED; DONE stream=eve done=prevented
        exchange TICK                                            -> FIVE_LEVELS; FIVE_LEVELS
    """,
    "an expiry in the past fires once: one step a tick, the next counted from that tick": MATCHED
    + MATCH
    + CROSSED
    + """
        exchange TICK after=90_000_000 -> BREAKER_STATE breaker_state=pause next_change_ns=+300_000; PHASE_CHANGED phase=paused; ...
        exchange TICK                  -> nothing
        exchange TICK after=90_000_000 -> BREAKER_STATE breaker_state=auction next_change_ns=+120_000; PHASE_CHANGED phase=call_auction; ...
    """,
    "bounded total extension: while the price is outside the band the auction runs longer, but only so long": (
        WATCHED
        + CONTINUOUS
        + AT_ONCE
        + """
        exchange PARAMETER_SET contract=1 parameter_id=breaker_extension_ms_max parameter_value=150_000 -> COMMAND_DONE
    """
    )
    + BEGIN
    + MATCH
    + """
        ann LIMIT_ORDER side=sell q=5 p=57.00 -> ACCEPTED
        bob LIMIT_ORDER side=buy q=5 p=57.50  -> ACCEPTED; BREAKER_STATE; PHASE_CHANGED
        exchange TICK after=300_000           -> BREAKER_STATE breaker_state=auction next_change_ns=+120_000; PHASE_CHANGED; ...
        exchange TICK after=120_000           -> BREAKER_STATE breaker_state=auction next_change_ns=+120_000 upper_ticks=56.10; INDICATIVE
        exchange TICK after=120_000           -> BREAKER_STATE breaker_state=auction next_change_ns=+30_000; INDICATIVE
        exchange TICK after=29_999            -> INDICATIVE
        exchange TICK after=1                 -> BREAKER_STATE breaker_state=normal; EXECUTED; DONE; EXECUTED; DONE; TRADE; TRADE_REPORT; AUCTION_RESULT; PHASE_CHANGED phase=trading next_change_ns=0; ...
    """,
    "an auction inside the band is not extended": MATCHED
    + MATCH
    + CROSSED
    + """
        exchange TICK after=15_000             -> BREAKER_STATE; PHASE_CHANGED; ...
        exchange TICK after=300_000            -> BREAKER_STATE; PHASE_CHANGED; ...
        ann LIMIT_ORDER side=sell q=4 p=56.10  -> ACCEPTED
        cat LIMIT_ORDER side=buy q=1 p=56.10   -> ACCEPTED
        exchange TICK after=120_000            -> BREAKER_STATE breaker_state=normal; EXECUTED p=56.10; ...
    """,
    "without a price the auction ends at once and the old reference stays": MATCHED
    + MATCH
    + """
        ann LIMIT_ORDER side=sell q=5 p=57.00  -> ACCEPTED order=$ask
        bob LIMIT_ORDER side=buy q=5 p=57.50   -> ACCEPTED order=$bid; BREAKER_STATE
        exchange TICK after=15_000             -> BREAKER_STATE; PHASE_CHANGED; ...
        bob CANCEL order=$bid                  -> DONE
        exchange TICK after=300_000            -> BREAKER_STATE; PHASE_CHANGED; ...
        exchange TICK after=120_000            -> BREAKER_STATE breaker_state=normal; AUCTION_RESULT p=0 tonnes_lots=0; PHASE_CHANGED phase=trading; ...
        bob LIMIT_ORDER side=buy q=1 p=57.00   -> ACCEPTED; BREAKER_STATE reference_ticks=55.00 trigger_ticks=57.00
    """,
    "cancels pass in every state": MATCHED
    + MATCH
    + """
        ann LIMIT_ORDER side=sell q=5 p=57.00   -> ACCEPTED
        bob LIMIT_ORDER side=buy q=3 p=57.50    -> ACCEPTED order=$one; BREAKER_STATE breaker_state=limit
        bob LIMIT_ORDER side=buy q=3 p=57.50    -> ACCEPTED order=$two
        bob LIMIT_ORDER side=buy q=3 p=57.50    -> ACCEPTED order=$three
        bob CANCEL order=$one                   -> DONE done=cancelled
        exchange TICK after=15_000              -> BREAKER_STATE breaker_state=pause; PHASE_CHANGED; ...
        bob REDUCE order=$three q=2             -> REDUCED q=2
        bob CANCEL order=$two                   -> DONE done=cancelled
        exchange TICK after=300_000             -> BREAKER_STATE breaker_state=auction; PHASE_CHANGED; ...
        operator HALT level=market halt_reason=operator -> HALT_CHANGED; COMMAND_DONE
        bob CANCEL order=$three                 -> DONE done=cancelled
    """,
    "halted timers wait, and fire at the first tick after the resume": MATCHED
    + MATCH
    + CROSSED
    + """
        operator HALT level=contract subject_id=1 halt_reason=operator -> HALT_CHANGED; COMMAND_DONE
        exchange TICK after=15_000              -> FIVE_LEVELS; FIVE_LEVELS
        exchange TICK after=900_000             -> nothing
        operator RESUME level=contract subject_id=1 -> HALT_CHANGED; COMMAND_DONE
        exchange TICK                           -> BREAKER_STATE breaker_state=pause next_change_ns=+300_000; PHASE_CHANGED
        operator HALT level=market halt_reason=operator -> HALT_CHANGED; COMMAND_DONE
        exchange TICK after=300_000             -> nothing
        operator RESUME level=market            -> HALT_CHANGED; COMMAND_DONE
        exchange TICK                           -> BREAKER_STATE breaker_state=auction next_change_ns=+120_000; PHASE_CHANGED; INDICATIVE
    """,
    "a restart halts the market: the breaker waits where it was": MATCHED
    + MATCH
    + CROSSED
    + """
        exchange RESTART                        -> HALT_CHANGED; COMMAND_DONE
        exchange TICK after=900_000             -> FIVE_LEVELS; FIVE_LEVELS
        operator RESUME level=market            -> HALT_CHANGED; COMMAND_DONE
        exchange TICK                           -> BREAKER_STATE breaker_state=pause; PHASE_CHANGED
    """,
    "any phase set on the book ends its breaker; another method's does not": MATCHED
    + MATCH
    + CROSSED
    + """
        exchange SET_PHASE contract=1 method=block phase=break           -> PHASE_CHANGED; COMMAND_DONE
        exchange SET_PHASE contract=1 method=continuous phase=pre_open   -> !ILLEGAL_PHASE_CHANGE
        exchange SET_PHASE contract=1 method=continuous phase=trading    -> BREAKER_STATE breaker_state=normal breaker_kind=dynamic next_change_ns=0; COMMAND_DONE
        cat LIMIT_ORDER side=buy q=1 p=57.50                             -> ACCEPTED; BREAKER_STATE breaker_state=limit
        exchange SET_PHASE contract=1 method=continuous phase=paused     -> BREAKER_STATE breaker_state=normal; PHASE_CHANGED phase=paused; COMMAND_DONE
        exchange TICK after=900_000                                      -> FIVE_LEVELS; FIVE_LEVELS
    """,
    "a phase set during the reopening auction ends the breaker, then the auction": MATCHED
    + MATCH
    + CROSSED
    + """
        exchange TICK after=15_000                                       -> BREAKER_STATE; PHASE_CHANGED; ...
        exchange TICK after=300_000                                      -> BREAKER_STATE; PHASE_CHANGED; ...
        exchange SET_PHASE contract=1 method=continuous phase=break      -> BREAKER_STATE breaker_state=normal; EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; AUCTION_RESULT; PHASE_CHANGED phase=break; COMMAND_DONE
        exchange TICK after=900_000                                      -> FIVE_LEVELS; FIVE_LEVELS
    """,
    "the close ends a pause: the breaker, the phase, the lapses": MATCHED
    + MATCH
    + CROSSED
    + """
        exchange TICK after=15_000                                       -> BREAKER_STATE; PHASE_CHANGED; ...
        exchange SET_PHASE contract=1 method=continuous phase=ended      -> BREAKER_STATE breaker_state=normal; PHASE_CHANGED previous_phase=paused phase=ended; DONE done=lapsed side=buy; DONE done=lapsed side=sell; COMMAND_DONE
    """,
    "half-up window mean: the trades of the last seconds by volume, then the last trade alone": (
        WATCHED
        + """
        exchange PARAMETER_SET contract=1 parameter_id=breaker_window_s parameter_value=10 -> COMMAND_DONE
    """
    )
    + BEGIN
    + """
        ann LISTING side=sell q=1 p=55.00               -> ACCEPTED
        bob TAKE side=buy q=1 p=55.00                   -> EXECUTED; ...
        ann LISTING after=3_000 side=sell q=1 p=56.00   -> ACCEPTED
        bob TAKE side=buy q=1 p=56.00                   -> EXECUTED; ...
        ann LISTING side=sell q=2 p=55.51               -> ACCEPTED
        bob TAKE side=buy q=2 p=55.51                   -> EXECUTED; ...
        ann LISTING side=sell q=9 p=60.00               -> ACCEPTED
        bob TAKE after=6_000 side=buy q=1 p=60.00       -> BREAKER_STATE reference_ticks=55.51 lower_ticks=54.40 upper_ticks=56.62; DONE
        exchange TICK after=15_000                      -> BREAKER_STATE breaker_state=normal; FIVE_LEVELS
        bob TAKE side=buy q=1 p=60.00                   -> BREAKER_STATE reference_ticks=55.51; DONE
    """,
    "the window's oldest second leaves it whole": (
        WATCHED
        + """
        exchange PARAMETER_SET contract=1 parameter_id=breaker_window_s parameter_value=2 -> COMMAND_DONE
    """
    )
    + BEGIN
    + """
        ann LISTING side=sell q=1 p=55.00               -> ACCEPTED
        bob TAKE side=buy q=1 p=55.00                   -> EXECUTED; ...
        ann LISTING after=1_000 side=sell q=1 p=56.00   -> ACCEPTED
        bob TAKE side=buy q=1 p=56.00                   -> EXECUTED; ...
        ann LISTING side=sell q=9 p=60.00               -> ACCEPTED
        bob TAKE side=buy q=1 p=60.00                   -> BREAKER_STATE reference_ticks=55.50; DONE
        exchange SET_PHASE contract=1 method=listed phase=trading -> BREAKER_STATE breaker_state=normal; COMMAND_DONE
        bob TAKE after=1_000 side=buy q=1 p=60.00       -> BREAKER_STATE reference_ticks=56.00; DONE
    """,
    "an auction's price takes the place of the window": (
        WATCHED
        + """
        exchange PARAMETER_SET contract=1 parameter_id=breaker_window_s parameter_value=300 -> COMMAND_DONE
    """
    )
    + BEGIN
    + TRADE
    + """
        exchange SET_PHASE contract=1 method=listed phase=call_auction -> PHASE_CHANGED; COMMAND_DONE
        ann LISTING side=sell q=1 p=58.00               -> ACCEPTED
        bob LISTING side=buy q=1 p=58.00                -> ACCEPTED
        exchange SET_PHASE contract=1 method=listed phase=trading -> EXECUTED p=58.00; DONE; EXECUTED; DONE; TRADE; TRADE_REPORT; AUCTION_RESULT; PHASE_CHANGED; COMMAND_DONE
        ann LISTING side=sell q=1 p=60.00               -> ACCEPTED
        bob TAKE side=buy q=1 p=60.00                   -> BREAKER_STATE reference_ticks=58.00; DONE
    """,
    "an opening auction primes the monitor": LISTED
    + """
        exchange SET_PHASE contract=1 method=listed phase=call_auction -> PHASE_CHANGED; COMMAND_DONE
        ann LISTING side=sell q=1 p=50.00               -> ACCEPTED
        bob LISTING side=buy q=1 p=50.00                -> ACCEPTED
        exchange SET_PHASE contract=1 method=listed phase=trading -> EXECUTED p=50.00; ...
        ann LISTING side=sell q=1 p=55.00               -> ACCEPTED
        bob TAKE side=buy q=1 p=55.00                   -> BREAKER_STATE reference_ticks=50.00; DONE
    """,
    "blocks are not watched": LISTED
    + TRADE
    + """
        ann BLOCK_OFFER side=sell q=100_000 p=70.00 to=bob    -> ACCEPTED order=$offer; BLOCK_OFFERED
        bob BLOCK_ACCEPT order=$offer q=100_000 p=70.00       -> EXECUTED; ...
        ann LISTING side=sell q=1 p=57.00                     -> ACCEPTED
        bob TAKE side=buy q=1 p=57.00                         -> BREAKER_STATE reference_ticks=55.00; DONE
    """,
    "the auction ended by the operator ends the breaker": MATCHED
    + MATCH
    + CROSSED
    + """
        exchange TICK after=15_000                            -> BREAKER_STATE; PHASE_CHANGED; ...
        exchange TICK after=300_000                           -> BREAKER_STATE; PHASE_CHANGED; ...
        operator AUCTION_END contract=1 method=continuous     -> BREAKER_STATE breaker_state=normal; EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; AUCTION_RESULT; PHASE_CHANGED phase=trading; COMMAND_DONE
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_breaker(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
