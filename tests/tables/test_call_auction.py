# ruff: noqa: E501  (a table reads better in long rows)
"""Call auctions of the book: orders rest and cross, one price for all, indications, and what a halt changes."""

from collections.abc import Callable

import pytest

CALL = """
        exchange SET_PHASE contract=1 method=listed phase=call_auction          -> PHASE_CHANGED phase=call_auction; COMMAND_DONE
"""
UNITS_OF_3 = """
        wuhan OPENING_HOLDING account=ann contract=3 available_lots=10_000      -> nothing
        ---
        exchange SET_PHASE contract=3 method=continuous phase=call_auction      -> PHASE_CHANGED method=continuous; COMMAND_DONE
"""

TABLES = {
    "orders rest and may cross: nothing trades before the end": CALL
    + """
        ann LISTING side=sell q=10 p=55.00                              -> ACCEPTED order=$s
        bob LISTING side=buy q=10 p=56.00                               -> ACCEPTED order=$b        # crossed, and no more is said
        cat LISTING side=buy q=5 p=56.00                                -> ACCEPTED order=$c
        cat TAKE side=buy q=10 p=56.00                                  -> !WRONG_PHASE
        cat TAKE side=buy order=$s q=10 p=56.00                         -> !WRONG_PHASE
        exchange TICK                                                   -> INDICATIVE; FIVE_LEVELS board_side=buy level_1_quantity_lots=15; FIVE_LEVELS board_side=sell level_1_quantity_lots=10
        cat REDUCE order=$c q=4                                         -> REDUCED order=$c q=4
        bob REPLACE order=$b q=10 p=57.00                               -> REDUCED order=$b q=10 p=57.00 keeps_priority=0
        ann REPLACE order=$s q=10 p=56.50                               -> REDUCED order=$s p=56.50
        cat CANCEL order=$c                                             -> DONE order=$c q=4 filled_lots=0 done=cancelled
        exchange SET_PHASE contract=1 method=listed phase=paused        -> PHASE_CHANGED previous_phase=call_auction phase=paused; COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=call_auction  -> PHASE_CHANGED; COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=trading       -> EXECUTED order=$b p=56.50 q=10; DONE order=$b; EXECUTED order=$s p=56.50; DONE order=$s; TRADE; TRADE_REPORT; AUCTION_RESULT; PHASE_CHANGED; COMMAND_DONE
    """,
    "the events of an uncross": CALL
    + """
        ann LISTING side=sell q=10 p=55.00 ref=7                        -> ACCEPTED order=$s
        bob LISTING side=buy q=4 p=56.00 ref=8                          -> ACCEPTED order=$b
        cat LISTING side=buy q=16 p=55.52                               -> ACCEPTED order=$c
        operator SET_PHASE contract=1 method=listed phase=trading next_change_ns=77 -> EXECUTED stream=bob login=bob ref=8 contract=1 account=bob order=$b p=55.52 q=4 match=1 side=buy role=auction method=listed kind=listing ; DONE stream=bob order=$b p=56.00 q=0 filled_lots=4 done=filled ; EXECUTED stream=ann login=ann ref=7 account=ann order=$s p=55.52 q=4 match=1 side=sell role=auction ; TRADE stream=public login=0 ref=0 account=0 contract=1 p=55.52 q=4 match=1 side=255 method=listed ; TRADE_REPORT stream=wuhan account=bob seller_account_id=ann p=55.52 q=4 match=1 side=255 report_method=listed ; EXECUTED order=$c q=6 match=2 p=55.52 ; EXECUTED order=$s q=6 p=55.52 ; DONE stream=ann order=$s p=55.00 q=0 filled_lots=10 done=filled ; TRADE q=6 match=2 p=55.52 ; TRADE_REPORT account=cat q=6 ; AUCTION_RESULT stream=public login=0 ref=0 contract=1 account=0 tonnes_lots=10 p=55.52 auction_trade_count=2 auction_id=0 pricing=0 auction_kind=0 method=listed turnover_fen=55_520 ; PHASE_CHANGED stream=public previous_phase=call_auction phase=trading method=listed next_change_ns=77 ; COMMAND_DONE stream=operator login=operator
        cat CANCEL order=$c                                             -> DONE order=$c q=10 filled_lots=6 done=cancelled
    """,
    "first comes volume, then the smaller imbalance": CALL
    + """
        # at 55.60 30 trade and 30 are too many sellers, at 55.50 30 trade and nobody is left over
        bob LISTING side=buy q=30 p=55.60                               -> ACCEPTED
        ann LISTING side=sell q=30 p=55.50                              -> ACCEPTED
        ann LISTING side=sell q=30 p=55.60                              -> ACCEPTED
        bob LISTING side=buy q=9 p=55.20                                -> ACCEPTED
        ann LISTING side=sell q=9 p=55.70                               -> ACCEPTED
        exchange TICK                                                   -> INDICATIVE stream=public contract=1 account=0 login=0 p=55.52 volume_lots=30 imbalance_lots=0 imbalance_side=buy auction_method=listed indicative_auction_id=0; ...
        # a 31st buyer finds a seller at 55.60 only
        cat LISTING side=buy q=1 p=55.60                                -> ACCEPTED
        exchange TICK after=1_000                                       -> INDICATIVE p=55.60 volume_lots=31 imbalance_lots=29 imbalance_side=sell; ...
    """,
    "all that are left have buyers to spare: the highest": CALL
    + """
        ann LISTING side=sell q=10 p=55.10                              -> ACCEPTED
        bob LISTING side=buy q=25 p=55.40                               -> ACCEPTED
        exchange TICK                                                   -> INDICATIVE p=55.40 volume_lots=10 imbalance_lots=15 imbalance_side=buy; ...
    """,
    "all that are left have sellers to spare: the lowest": CALL
    + """
        ann LISTING side=sell q=25 p=55.90                              -> ACCEPTED
        bob LISTING side=buy q=10 p=56.40                               -> ACCEPTED
        exchange TICK                                                   -> INDICATIVE p=55.90 volume_lots=10 imbalance_lots=15 imbalance_side=sell; ...
    """,
    "no pressure: the base before the first trade of the book": CALL
    + """
        ann LISTING side=sell q=10 p=55.10                              -> ACCEPTED
        bob LISTING side=buy q=10 p=56.40                               -> ACCEPTED
        exchange TICK                                                   -> INDICATIVE p=55.52 volume_lots=10 imbalance_lots=0; ...
        ann LISTING side=sell q=10 p=55.60                              -> ACCEPTED order=$s
        bob LISTING side=buy q=10 p=56.40                               -> ACCEPTED
        exchange TICK after=1_000                                       -> INDICATIVE p=55.60 volume_lots=20; ...    # the base is below all that are left
    """,
    "no pressure: the last trade of the book; block trades do not count": """
        ann LISTING side=sell q=1 p=56.00                               -> ACCEPTED
        bob TAKE side=buy q=1 p=56.00                                   -> EXECUTED; ...
        ann BLOCK_OFFER side=sell q=100_000 p=55.20 to=bob              -> ACCEPTED order=$o; BLOCK_OFFERED
        bob BLOCK_ACCEPT order=$o q=100_000 p=55.20                     -> EXECUTED; ...
    """
    + CALL
    + """
        ann LISTING side=sell q=10 p=55.10                              -> ACCEPTED
        bob LISTING side=buy q=10 p=56.40                               -> ACCEPTED
        exchange TICK                                                   -> INDICATIVE p=56.00; ...
    """,
    "imbalances of both signs are no pressure: the nearest to the reference": CALL
    + """
        # at 55.52 30 buyers meet 20 sellers, at 55.53 20 buyers meet 30 sellers
        bob LISTING side=buy q=20 p=55.53                               -> ACCEPTED
        bob LISTING side=buy q=10 p=55.52                               -> ACCEPTED
        ann LISTING side=sell q=20 p=55.52                              -> ACCEPTED
        ann LISTING side=sell q=10 p=55.53                              -> ACCEPTED
        exchange TICK                                                   -> INDICATIVE p=55.52 volume_lots=20 imbalance_lots=10 imbalance_side=buy; ...
        exchange AUCTION_END contract=1 method=listed                   -> EXECUTED p=55.52 q=20; DONE; EXECUTED; DONE; TRADE; TRADE_REPORT; AUCTION_RESULT tonnes_lots=20; PHASE_CHANGED; COMMAND_DONE
    """,
    "two prices as near: the higher": """
        exchange PARAMETER_SET contract=1 parameter_id=price_step_ticks parameter_value=32 -> COMMAND_DONE
        ---
    """
    + CALL
    + """
        # the base 55.52 lies in the middle of 55.36, where buyers are to spare, and 55.68, where sellers are
        bob LISTING side=buy q=20 p=55.68                               -> ACCEPTED
        bob LISTING side=buy q=10 p=55.36                               -> ACCEPTED
        ann LISTING side=sell q=20 p=55.36                              -> ACCEPTED
        ann LISTING side=sell q=10 p=55.68                              -> ACCEPTED
        exchange TICK                                                   -> INDICATIVE p=55.68 volume_lots=20 imbalance_lots=10 imbalance_side=sell; ...
    """,
    "only prices on the step": """
        exchange PARAMETER_SET contract=1 parameter_id=price_step_ticks parameter_value=10 -> COMMAND_DONE
        ---
    """
    + CALL
    + """
        ann LISTING side=sell q=10 p=55.05                              -> !PRICE_OFF_TICK expected_value=10
        ann LISTING side=sell q=10 p=55.10                              -> ACCEPTED
        bob LISTING side=buy q=10 p=56.40                               -> ACCEPTED
        exchange TICK                                                   -> INDICATIVE p=55.50; ...                   # 55.52 is none
    """,
    "nothing crosses: told all the same": CALL
    + """
        ann LISTING side=sell q=10 p=55.11                              -> ACCEPTED
        exchange TICK                                                   -> INDICATIVE p=0 volume_lots=0 imbalance_lots=0 imbalance_side=buy; FIVE_LEVELS
        bob LISTING side=buy q=10 p=55.10                               -> ACCEPTED
        exchange TICK after=1_000                                       -> INDICATIVE p=0 volume_lots=0 imbalance_lots=0; FIVE_LEVELS
        exchange SET_PHASE contract=1 method=listed phase=trading       -> AUCTION_RESULT p=0 tonnes_lots=0 auction_trade_count=0 turnover_fen=0; PHASE_CHANGED phase=trading; COMMAND_DONE
    """,
    "the indication comes at once, then once a second; a new auction begins anew": CALL
    + """
        exchange TICK                                                   -> INDICATIVE
        exchange TICK after=900                                         -> nothing
        exchange TICK after=100                                         -> INDICATIVE
        exchange SET_PHASE contract=1 method=block phase=break          -> PHASE_CHANGED; COMMAND_DONE               # another method's phase changes nothing
        exchange TICK                                                   -> nothing
        exchange SET_PHASE contract=1 method=listed phase=call_auction next_change_ns=9 -> COMMAND_DONE
        exchange TICK                                                   -> nothing
        exchange SET_PHASE contract=1 method=listed phase=trading       -> AUCTION_RESULT; PHASE_CHANGED; COMMAND_DONE
        exchange TICK after=5_000                                       -> nothing
        exchange SET_PHASE contract=1 method=listed phase=call_auction  -> PHASE_CHANGED; COMMAND_DONE
        exchange SET_PHASE contract=3 method=continuous phase=call_auction -> PHASE_CHANGED; COMMAND_DONE
        exchange HALT level=market halt_reason=operator                 -> ...
        exchange TICK                                                   -> INDICATIVE contract=1; INDICATIVE contract=3 auction_method=continuous
    """,
    "BREAK and ENDED uncross first; what is left lapses": CALL
    + """
        ann LISTING side=sell q=10 p=55.00                              -> ACCEPTED order=$s
        bob LISTING side=buy q=4 p=56.00                                -> ACCEPTED order=$b
        exchange SET_PHASE contract=1 method=listed phase=break         -> EXECUTED p=55.00; DONE; EXECUTED; TRADE; TRADE_REPORT; AUCTION_RESULT tonnes_lots=4; PHASE_CHANGED phase=break; COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=call_auction  -> PHASE_CHANGED; COMMAND_DONE
        bob LISTING side=buy q=2 p=56.00                                -> ACCEPTED
        bob LISTING side=buy q=2 p=54.00                                -> ACCEPTED order=$c
        exchange SET_PHASE contract=1 method=255 phase=ended            -> EXECUTED p=55.00 q=2; DONE; EXECUTED; TRADE; TRADE_REPORT; AUCTION_RESULT tonnes_lots=2; PHASE_CHANGED method=listed phase=ended; DONE order=$c done=lapsed; DONE order=$s q=4 done=lapsed; PHASE_CHANGED method=block; PHASE_CHANGED method=one_way; COMMAND_DONE
    """,
    "during a halt nothing uncrosses: TRADING and BREAK become PAUSED, ENDED lapses": CALL
    + """
        ann LISTING side=sell q=10 p=55.00                              -> ACCEPTED order=$s
        bob LISTING side=buy q=4 p=56.00                                -> ACCEPTED order=$b
        exchange HALT level=contract subject_id=1 halt_reason=operator  -> ...
        exchange SET_PHASE contract=1 method=listed phase=trading next_change_ns=5 -> PHASE_CHANGED phase=paused next_change_ns=5; COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=call_auction  -> PHASE_CHANGED; COMMAND_DONE
        exchange RESUME level=contract subject_id=1                     -> ...
        exchange HALT level=market halt_reason=operator                 -> ...
        exchange SET_PHASE contract=1 method=listed phase=break         -> PHASE_CHANGED phase=paused; COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=call_auction  -> PHASE_CHANGED; COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=ended         -> PHASE_CHANGED phase=ended; DONE order=$b done=lapsed; DONE order=$s done=lapsed; COMMAND_DONE
    """,
    "AUCTION_END: by descending precedence, then it trades": CALL
    + """
        ann LISTING side=sell q=10 p=55.00                              -> ACCEPTED
        bob LISTING side=buy q=10 p=55.00                               -> ACCEPTED
        exchange HALT level=market halt_reason=operator                 -> ...
        exchange HALT level=contract subject_id=2 halt_reason=operator  -> ...
        exchange HALT level=contract subject_id=1 halt_reason=operator  -> ...
        operator AUCTION_END contract=6 method=block                    -> !UNKNOWN_CONTRACT stream=operator contract=6
        operator AUCTION_END contract=2 method=block                    -> !INVALID_FIELD
        operator AUCTION_END contract=2 method=one_way                  -> !INVALID_FIELD
        operator AUCTION_END contract=3 method=listed                   -> !INVALID_FIELD
        operator AUCTION_END contract=1 method=listed auction_id=1      -> !INVALID_FIELD
        operator AUCTION_END contract=2 method=listed                   -> !WRONG_PHASE
        operator AUCTION_END contract=1 method=listed                   -> !MARKET_HALTED
        exchange RESUME level=market                                    -> ...
        operator AUCTION_END contract=1 method=listed                   -> !CONTRACT_HALTED
        exchange RESUME level=contract subject_id=1                     -> ...
        operator AUCTION_END contract=1 method=listed                   -> EXECUTED; DONE; EXECUTED; DONE; TRADE; TRADE_REPORT; AUCTION_RESULT; PHASE_CHANGED previous_phase=call_auction phase=trading next_change_ns=0; COMMAND_DONE login=operator contract=1 subject_id=0 command_kind=auction_end
        operator AUCTION_END contract=1 method=listed                   -> !WRONG_PHASE
    """,
    "a halt and a kill stop listings as ever": CALL
    + """
        exchange KILL level=member subject_id=16                        -> ...
        ann LISTING side=sell q=10 p=55.00                              -> !MEMBER_KILLED
        exchange HALT level=market halt_reason=operator                 -> ...
        bob LISTING side=buy q=10 p=55.00                               -> !MARKET_HALTED
    """,
    "one entity may trade with itself in an uncross": CALL
    + """
        ann LISTING side=sell q=10 p=55.00                              -> ACCEPTED
        eve LISTING side=buy q=10 p=55.00                               -> ACCEPTED
        ann LISTING side=buy q=1 p=55.00                                -> ACCEPTED
        exchange SET_PHASE contract=1 method=listed phase=trading       -> EXECUTED account=eve q=10; DONE account=eve; EXECUTED account=ann side=sell; DONE account=ann side=sell; TRADE; TRADE_REPORT account=eve seller_account_id=ann; AUCTION_RESULT tonnes_lots=10; PHASE_CHANGED; COMMAND_DONE
    """,
    "a better price returns what it saved; fees grow on the cumulative amount": """
        exchange PARAMETER_SET contract=1 parameter_id=trading_fee_ppm parameter_value=600 -> COMMAND_DONE
        ---
        bob LISTING side=buy q=3 p=56.00                                -> ACCEPTED order=$b
        ann TAKE side=sell q=1 p=56.00                                  -> EXECUTED fee_t=4; ...          # 5,600 x 600 ppm = 3.36
    """
    + CALL
    + """
        ann LISTING side=sell q=1 p=55.52                               -> ACCEPTED
        exchange AUCTION_END contract=1 method=listed                   -> EXECUTED order=$b p=56.00 q=1 fee_t=3; EXECUTED account=ann fee_t=4; DONE; TRADE; TRADE_REPORT account=bob buyer_trading_fee_fen=3 seller_trading_fee_fen=4; AUCTION_RESULT; PHASE_CHANGED; COMMAND_DONE
        bob CANCEL order=$b                                             -> DONE q=1 filled_lots=2
        exchange SET_PHASE method=255 phase=ended                       -> ...
        exchange CLOSE_DAY                                              -> DAY_FIGURES trade_count=2 close_ticks=56.00; ...
    """,
    "what an uncross saves can be spent at once": CALL
    + """
        # 99,999 at 60.00 lock 599,994,000 of cat's 1,000,000,000 fen; at 56.00 559,994,400 are spent
        cat LISTING side=buy q=99_999 p=60.00                           -> ACCEPTED order=$c
        cat LISTING side=buy q=66_668 p=60.00                           -> !CASH_INSUFFICIENT
        ann LISTING side=sell q=99_999 p=56.00                          -> ACCEPTED
        ann LISTING side=sell q=1 p=56.00                               -> ACCEPTED
        exchange AUCTION_END contract=1 method=listed                   -> EXECUTED order=$c p=56.00 q=99_999; DONE order=$c; EXECUTED; DONE; TRADE; TRADE_REPORT; AUCTION_RESULT turnover_fen=559_994_400; PHASE_CHANGED; COMMAND_DONE
        cat LISTING side=buy q=73_335 p=60.00                           -> !CASH_INSUFFICIENT        # 440,005,600 are left
        cat LISTING side=buy q=73_334 p=60.00                           -> ACCEPTED
    """,
    "an uncross counts in the book's figures and in the composite": """
        exchange PARAMETER_SET contract=1 parameter_id=composite_weight parameter_value=1 -> COMMAND_DONE
        ---
    """
    + CALL
    + """
        ann LISTING side=sell q=10 p=56.00                              -> ACCEPTED
        bob LISTING side=buy q=10 p=56.00                               -> ACCEPTED
        exchange SET_PHASE method=255 phase=ended                       -> EXECUTED; ...
        exchange CLOSE_DAY                                              -> DAY_FIGURES figure_method=listed trade_count=1 open_ticks=56.00 high_ticks=56.00 low_ticks=56.00 close_ticks=56.00 volume_lots=10 turnover_fen=56_000; ...
    """,
    "continuous: day orders rest in an auction, and match again when it is over": UNITS_OF_3
    + """
        ann LIMIT_ORDER contract=3 side=sell q=10 p=60.00               -> ACCEPTED order=$s kind=limit
        bob LIMIT_ORDER contract=3 side=buy q=4 p=61.00                 -> ACCEPTED order=$b
        bob LIMIT_ORDER contract=3 side=buy q=4 p=61.00 time_in_force=1 -> !WRONG_PHASE
        bob LIMIT_ORDER contract=3 side=buy q=4 p=61.00 time_in_force=2 -> !WRONG_PHASE
        bob LIMIT_ORDER contract=3 side=buy q=4 p=50.00 order_flags=1   -> !WRONG_PHASE
        bob LISTING contract=3 side=buy q=4 p=61.00                     -> !WRONG_PHASE
        bob REPLACE order=$b q=3 p=62.00                                -> REDUCED p=62.00 q=3
        exchange TICK                                                   -> INDICATIVE contract=3 p=60.00 volume_lots=3 imbalance_lots=7 imbalance_side=sell auction_method=continuous; ...
        exchange AUCTION_END contract=3 method=continuous               -> EXECUTED order=$b p=60.00 q=3 role=auction method=continuous kind=limit; DONE; EXECUTED order=$s; TRADE side=255 method=continuous; TRADE_REPORT; AUCTION_RESULT method=continuous; PHASE_CHANGED method=continuous phase=trading; COMMAND_DONE
        bob LIMIT_ORDER contract=3 side=buy q=2 p=61.00                 -> ACCEPTED; EXECUTED order=$s p=60.00 role=maker; ...
    """,
    "continuous: self-trade prevention does not act in an uncross": UNITS_OF_3
    + """
        ann LIMIT_ORDER contract=3 side=sell q=10 p=60.00               -> ACCEPTED
        eve LIMIT_ORDER contract=3 side=buy q=10 p=60.00 self_trade_rule=1 -> ACCEPTED
        exchange AUCTION_END contract=3 method=continuous               -> EXECUTED account=eve q=10; DONE done=filled; EXECUTED account=ann; DONE done=filled; TRADE; ...
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_call_auction(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
