# ruff: noqa: E501  (a table reads better in long rows)
"""REDUCE and REPLACE of listings and limit orders: what keeps its place, what locks, what trades at once."""

from collections.abc import Callable

import pytest

from tests.tables.test_continuous import MARKET, OPEN

REDUCE = {
    "REDUCE: rejects by descending precedence": """
        exchange PARAMETER_SET contract=1 parameter_id=cancel_in_break parameter_value=0 -> ...
        ---
        ann LISTING side=sell q=10 p=55.00                          -> ACCEPTED order=$a
        bob LISTING side=sell q=10 p=55.00                          -> ACCEPTED order=$b
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob          -> ACCEPTED order=$o; BLOCK_OFFERED
        exchange SET_PHASE contract=1 method=255 phase=break        -> ...
        ann REDUCE account=bob order=1 q=0                          -> !WRONG_ACCOUNT order=1
        ann REDUCE account=999_999 order=$a q=0                     -> !WRONG_ACCOUNT
        ann REDUCE order=1 q=0                                      -> !UNKNOWN_ORDER order=1
        ann REDUCE q=0                                              -> !UNKNOWN_ORDER
        ann REDUCE target_reference=1 q=0 ref=99                    -> !REFERENCE_TOO_OLD
        ann REDUCE order=$b q=0                                     -> !NOT_YOUR_ORDER
        ann REDUCE account=0 order=$b q=0                           -> !NOT_YOUR_ORDER
        ann REDUCE order=$o q=0                                     -> !WRONG_PHASE
        ann REDUCE order=$a q=0                                     -> !WRONG_PHASE
        exchange SET_PHASE contract=1 method=255 phase=trading      -> ...
        ann REDUCE order=$o q=0                                     -> !NOT_IN_BOOK
        ann REDUCE order=$a q=0                                     -> !QUANTITY_BELOW_MINIMUM expected_value=1
        ann REDUCE order=$a q=11                                    -> !QUANTITY_NOT_LOWER expected_value=10 q=11
        ann REDUCE order=$a q=10                                    -> !QUANTITY_NOT_LOWER
        ann REDUCE order=$a q=9                                     -> REDUCED
        exchange REDUCE order=$a q=3                                -> !NOT_YOUR_ORDER stream=operator
        exchange REDUCE target_reference=1 q=3                      -> !UNKNOWN_ORDER
    """,
    "REDUCE keeps the place, and says what remains": """
        exchange DEFINE_LOGIN subject_id=21 member_id=16            -> COMMAND_DONE
        ---
        ann LISTING side=sell q=10 p=55.00 ref=5                    -> ACCEPTED order=$a
        cat LISTING side=sell q=10 p=55.00                          -> ACCEPTED order=$c
        bob TAKE order=$a side=buy q=2 p=55.00                      -> EXECUTED; EXECUTED; TRADE; TRADE_REPORT; DONE
        ann REDUCE order=$a q=3 contract=0 account=0 ref=6          -> REDUCED stream=ann login=ann ref=6 account=ann contract=1 order=$a p=55.00 q=3 target_reference=5 side=sell keeps_priority=1 method=listed
        exchange TICK                                               -> FIVE_LEVELS level_1_quantity_lots=13
        bob TAKE side=buy q=4 p=55.00                               -> EXECUTED order=$a q=3; DONE order=$a q=0 filled_lots=5 done=filled; EXECUTED; TRADE; TRADE_REPORT; EXECUTED order=$c q=1; EXECUTED; TRADE; TRADE_REPORT; DONE
    """,
    "REDUCE by reference; a limit order as well": OPEN
    + """
        bob LIMIT_ORDER contract=3 side=buy q=10 p=60.00 ref=4      -> ACCEPTED order=$b
        bob REDUCE target_reference=4 q=1 ref=5                     -> REDUCED order=$b q=1 target_reference=4 ref=5 method=continuous
        bob CANCEL order=$b                                         -> DONE q=1 filled_lots=0
    """,
    "REDUCE passes halts, kills and every phase with live orders": """
        ann LISTING side=sell q=9 p=55.00                           -> ACCEPTED order=$a
        exchange HALT level=market halt_reason=operator             -> ...
        exchange HALT level=contract subject_id=1 halt_reason=operator -> ...
        exchange KILL level=market                                  -> ...
        exchange KILL level=contract subject_id=1                   -> ...
        exchange KILL level=member subject_id=16                    -> ...
        exchange KILL level=login subject_id=ann                    -> ...
        ann REDUCE order=$a q=8                                     -> REDUCED
        exchange SET_PHASE contract=1 method=listed phase=paused    -> ...
        ann REDUCE order=$a q=7                                     -> REDUCED
        exchange SET_PHASE contract=1 method=listed phase=break     -> ...
        ann REDUCE order=$a q=6                                     -> REDUCED
        exchange SET_PHASE contract=1 method=listed phase=call_auction -> ...
        ann REDUCE order=$a q=5                                     -> REDUCED
    """,
    "REDUCE gives back what is no longer needed, to the fen": MARKET
    + """
        exchange PARAMETER_SET contract=3 parameter_id=trading_fee_ppm parameter_value=600              -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=listed_quantity_lots_max parameter_value=200_000 -> COMMAND_DONE
        ---
        # 10^9: 181,709 x 55.00 = 999,399,500 and 599,640 (599,639.7): 860 fen are left
        cat LIMIT_ORDER contract=3 side=buy q=181_709 p=55.00               -> ACCEPTED order=$c
        cat LIMIT_ORDER contract=3 side=buy q=1 p=55.00                     -> !CASH_INSUFFICIENT
        ann LIMIT_ORDER contract=3 side=sell q=1 p=55.00                    -> ACCEPTED; EXECUTED fee_t=4; EXECUTED; TRADE; TRADE_REPORT; DONE      # 3.3
        cat REDUCE order=$c q=181_707                                       -> REDUCED                                    # 5,500 and 3 come back
        cat LIMIT_ORDER contract=3 side=buy q=1 p=63.60                     -> !CASH_INSUFFICIENT                         # 6,360 and 4 of 6,363
        cat LIMIT_ORDER contract=3 side=buy q=1 p=63.59                     -> ACCEPTED
        cat LIMIT_ORDER contract=3 side=sell q=1_000 p=66.00                -> ACCEPTED order=$s
        cat REDUCE order=$s q=400                                           -> REDUCED side=sell
        cat LIMIT_ORDER contract=3 side=sell q=601 p=66.00                  -> !BOUGHT_TODAY
        cat LIMIT_ORDER contract=3 side=sell q=600 p=66.00                  -> ACCEPTED
    """,
}
REPLACE = {
    "REPLACE: rejects by descending precedence": MARKET
    + """
        exchange DEFINE_ACCOUNT account=1006 member_id=17 entity_id=9 eligibility=2                     -> COMMAND_DONE
        wuhan OPENING_HOLDING account=1006 contract=3 available_lots=10                                 -> nothing
        exchange PARAMETER_SET contract=3 parameter_id=listed_quantity_lots_min parameter_value=2       -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=listed_quantity_lots_max parameter_value=20_000  -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=price_step_ticks parameter_value=5               -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=holding_limit_lots parameter_value=20_000        -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=open_orders_max parameter_value=1                -> COMMAND_DONE
        ---
        bob LIMIT_ORDER contract=3 side=buy q=10 p=60.00 order_flags=1                          -> ACCEPTED order=$b
        cat LIMIT_ORDER contract=3 side=sell q=10 p=61.00                                       -> ACCEPTED order=$c
        ann BLOCK_OFFER contract=1 side=sell q=100_000 p=55.00 to=bob                           -> ACCEPTED order=$o; BLOCK_OFFERED
        exchange SET_PHASE contract=3 method=continuous phase=break                             -> ...
        exchange HALT level=market halt_reason=operator                                         -> ...
        exchange HALT level=contract subject_id=3 halt_reason=operator                          -> ...
        exchange KILL level=market                                                              -> ...
        exchange KILL level=contract subject_id=3                                               -> ...
        exchange KILL level=member subject_id=17                                                -> ...
        exchange KILL level=login subject_id=bob                                                -> ...
        bob REPLACE account=ann order=1 q=0 p=0.03                                              -> !WRONG_ACCOUNT order=1 q=0 p=0.03
        bob REPLACE order=1 q=0 p=0.03                                                          -> !UNKNOWN_ORDER
        bob REPLACE target_reference=77 q=0 p=0.03                                              -> !UNKNOWN_ORDER
        bob REPLACE order=$c q=0 p=0.03                                                         -> !NOT_YOUR_ORDER
        ann REPLACE order=$o q=0 p=0.03                                                         -> !NOT_IN_BOOK
        bob REPLACE order=$b q=0 p=0.03                                                         -> !WRONG_PHASE
        exchange SET_PHASE contract=3 method=continuous phase=trading                           -> ...
        bob REPLACE order=$b q=0 p=0.03                                                         -> !MARKET_HALTED
        exchange RESUME level=market                                                            -> ...
        bob REPLACE order=$b q=0 p=0.03                                                         -> !CONTRACT_HALTED
        exchange RESUME level=contract subject_id=3                                             -> ...
        bob REPLACE order=$b q=0 p=0.03                                                         -> !MARKET_KILLED
        exchange RESTORE level=market                                                           -> ...
        bob REPLACE order=$b q=0 p=0.03                                                         -> !CONTRACT_KILLED
        exchange RESTORE level=contract subject_id=3                                            -> ...
        bob REPLACE order=$b q=0 p=0.03                                                         -> !MEMBER_KILLED
        exchange RESTORE level=member subject_id=17                                             -> ...
        bob REPLACE order=$b q=0 p=0.03                                                         -> !LOGIN_KILLED
        exchange RESTORE level=login subject_id=bob                                             -> ...
        bob REPLACE order=$b q=1 p=0.03                                                         -> !QUANTITY_BELOW_MINIMUM expected_value=2
        bob REPLACE order=$b q=20_001 p=0.03                                                    -> !QUANTITY_ABOVE_MAXIMUM expected_value=20_000
        bob REPLACE order=$b q=11_000 p=0.03                                                    -> !PRICE_OFF_TICK expected_value=5
        bob REPLACE order=$b q=11_000 p=53.95                                                   -> !PRICE_OUTSIDE_BAND expected_value=54.00
        bob REPLACE order=$b q=11_000 p=66.05                                                   -> !PRICE_OUTSIDE_BAND expected_value=66.00
        bob REPLACE order=$b q=11_000 p=61.00                                                   -> !WOULD_CROSS
        bob REPLACE order=$b q=10_001 p=60.00                                                   -> !HOLDING_LIMIT
        bob REPLACE order=$b q=10_000 p=60.00                                                   -> REDUCED                # its own ten do not count twice, nor does the limit of one open order
        cat REPLACE order=$c q=1_001 p=61.00                                                    -> !UNITS_INSUFFICIENT
        cat REPLACE order=$c q=1_000 p=61.00                                                    -> REDUCED q=1_000 keeps_priority=0
        exchange REPLACE order=$c q=3 p=61.00                                                   -> !NOT_YOUR_ORDER stream=operator
    """,
    "eligibility is judged anew": OPEN
    + """
        cat LIMIT_ORDER contract=3 side=sell q=10 p=61.00                   -> ACCEPTED order=$c
        wuhan RESTRICT account=cat eligibility=1                            -> ...
        cat REPLACE order=$c q=5 p=61.00                                    -> !NOT_ELIGIBLE
        cat REDUCE order=$c q=5                                             -> REDUCED
    """,
    "same price and fewer lots keep the place; same price and as many or more do not": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=10 p=60.00 ref=3             -> ACCEPTED order=$a
        cat LIMIT_ORDER contract=3 side=sell q=10 p=60.00                   -> ACCEPTED order=$c
        ann REPLACE order=$a q=9 p=60.00 ref=4                              -> REDUCED stream=ann login=ann ref=4 account=ann contract=3 order=$a q=9 p=60.00 target_reference=3 side=sell keeps_priority=1 method=continuous
        bob LIMIT_ORDER contract=3 side=buy q=1 p=60.00                     -> ACCEPTED; EXECUTED order=$a; ...
        ann REPLACE order=$a q=8 p=60.00                                    -> REDUCED q=8 keeps_priority=0
        bob LIMIT_ORDER contract=3 side=buy q=1 p=60.00                     -> ACCEPTED; EXECUTED order=$c; ...
        cat REPLACE order=$c q=20 p=60.00                                   -> REDUCED q=20 keeps_priority=0
        bob LIMIT_ORDER contract=3 side=buy q=9 p=60.00                     -> ACCEPTED; EXECUTED order=$a q=8; DONE order=$a filled_lots=9 q=0; EXECUTED; TRADE; TRADE_REPORT; EXECUTED order=$c q=1; ...
        cat CANCEL order=$c                                                 -> DONE q=19 filled_lots=2
    """,
    "another price: to the back of its level, the same order id and reference": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=10 p=60.00 ref=3             -> ACCEPTED order=$a
        cat LIMIT_ORDER contract=3 side=sell q=10 p=60.01                   -> ACCEPTED order=$c
        ann REPLACE target_reference=3 q=10 p=60.01                         -> REDUCED order=$a p=60.01 keeps_priority=0
        exchange TICK                                                       -> FIVE_LEVELS board_side=sell level_count=1 level_1_price_ticks=60.01 level_1_quantity_lots=20
        bob LIMIT_ORDER contract=3 side=buy q=11 p=60.01                    -> ACCEPTED; EXECUTED order=$c; DONE order=$c; EXECUTED; TRADE; TRADE_REPORT; EXECUTED order=$a q=1; EXECUTED; TRADE; TRADE_REPORT; DONE
        ann CANCEL target_reference=3                                       -> DONE order=$a q=9 filled_lots=1 p=60.01
    """,
    "a replaced limit order trades at once like a new day order": OPEN
    + """
        exchange TICK                                                       -> nothing
        ann LIMIT_ORDER contract=3 side=sell q=10 p=60.00                   -> ACCEPTED order=$a
        bob LIMIT_ORDER contract=3 side=buy q=5 p=59.00 ref=3               -> ACCEPTED order=$b
        bob REPLACE order=$b q=12 p=60.05 ref=4                             -> REDUCED ref=4 order=$b q=12 p=60.05 keeps_priority=0; EXECUTED order=$a q=10 p=60.00; DONE order=$a; EXECUTED stream=bob login=bob ref=3 account=bob order=$b q=10 p=60.00 side=buy role=taker kind=limit; TRADE side=buy; TRADE_REPORT
        bob CANCEL order=$b                                                 -> DONE q=2 filled_lots=10
        cat LIMIT_ORDER contract=3 side=sell q=4 p=60.00                    -> ACCEPTED
        bob LIMIT_ORDER contract=3 side=buy q=4 p=59.00 ref=9               -> ACCEPTED order=$d
        bob REPLACE order=$d q=4 p=60.00                                    -> REDUCED; EXECUTED; DONE; EXECUTED order=$d; TRADE; TRADE_REPORT; DONE stream=bob ref=9 order=$d q=0 filled_lots=4 done=filled kind=limit
        bob CANCEL target_reference=9                                       -> !UNKNOWN_ORDER
    """,
    "another login of the member replaces; the executions stay under the order's login": MARKET
    + """
        exchange DEFINE_LOGIN subject_id=21 member_id=17                    -> COMMAND_DONE
        exchange DEFINE_ACCOUNT account=1006 member_id=17 entity_id=2 eligibility=7 -> COMMAND_DONE
        ---
        ann LIMIT_ORDER contract=3 side=sell q=1 p=60.00                    -> ACCEPTED
        bob LIMIT_ORDER contract=3 side=buy q=2 p=59.00 ref=5               -> ACCEPTED order=$b
        bob REPLACE account=1006 order=$b q=2 p=60.00 ref=6                 -> REDUCED account=bob; EXECUTED; DONE; EXECUTED ref=5 account=bob; TRADE; TRADE_REPORT account=bob
    """,
    "prevention meets a replaced order by the rule it was entered with": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$a
        eve LIMIT_ORDER contract=3 side=buy q=5 p=59.00 stp=cancel_maker    -> ACCEPTED order=$e
        eve LIMIT_ORDER contract=3 side=buy q=5 p=59.00                     -> ACCEPTED order=$f
        eve REPLACE order=$f q=5 p=60.00                                    -> REDUCED order=$f; DONE stream=eve order=$f q=5 filled_lots=0 done=prevented
        eve REPLACE order=$e q=6 p=60.00                                    -> REDUCED order=$e; DONE stream=ann order=$a done=prevented
        eve CANCEL order=$e                                                 -> DONE q=6
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$b
        eve LIMIT_ORDER contract=3 side=buy q=3 p=59.00 stp=decrement_both  -> ACCEPTED order=$g
        bob LIMIT_ORDER contract=3 side=sell q=1 p=59.00                    -> ACCEPTED; EXECUTED order=$g; ...
        eve REPLACE order=$g q=4 p=60.00                                    -> REDUCED; REDUCED stream=ann order=$b q=1; DONE order=$g q=4 filled_lots=1 done=prevented
    """,
    "post-only stays post-only; in a call auction such an order cannot be replaced": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$a
        bob LIMIT_ORDER contract=3 side=buy q=5 p=59.00 order_flags=1       -> ACCEPTED order=$b
        bob LIMIT_ORDER contract=3 side=buy q=5 p=59.00                     -> ACCEPTED order=$c
        bob REPLACE order=$b q=5 p=60.00                                    -> !WOULD_CROSS
        bob REPLACE order=$b q=5 p=59.99                                    -> REDUCED p=59.99
        exchange SET_PHASE contract=3 method=continuous phase=call_auction  -> ...
        bob REPLACE order=$b q=5 p=59.98                                    -> !WRONG_PHASE
        bob REPLACE order=$c q=5 p=61.00                                    -> REDUCED p=61.00                                    # rests, crossing, until the auction
        bob REDUCE order=$b q=4                                             -> REDUCED
        exchange SET_PHASE contract=3 method=continuous phase=paused        -> ...
        bob REPLACE order=$c q=5 p=60.00                                    -> !WRONG_PHASE
    """,
    "a listing is replaced and never matches": """
        ann LISTING side=sell q=10 p=55.00                                  -> ACCEPTED order=$a
        bob LISTING side=buy q=10 p=54.00                                   -> ACCEPTED order=$b
        bob REPLACE order=$b q=10 p=56.00                                   -> REDUCED order=$b p=56.00 keeps_priority=0 method=listed
        bob REPLACE order=$b q=10 p=61.08                                   -> !PRICE_OUTSIDE_BAND expected_value=61.07
        eve TAKE side=sell q=4 p=56.00                                      -> EXECUTED order=$b q=4; ...
        bob REPLACE order=$b q=20 p=55.50                                   -> REDUCED q=20
        bob CANCEL order=$b                                                 -> DONE q=20 filled_lots=4 p=55.50 kind=listing
    """,
    "money: what the order has locked counts, and its fees go on from what it has filled": MARKET
    + """
        exchange PARAMETER_SET contract=3 parameter_id=trading_fee_ppm parameter_value=600              -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=listed_quantity_lots_max parameter_value=200_000 -> COMMAND_DONE
        ---
        # 10^9: 181,709 x 55.00 = 999,399,500 and 599,640 (599,639.7): 860 fen are left
        cat LIMIT_ORDER contract=3 side=buy q=181_709 p=55.00               -> ACCEPTED order=$c
        cat REPLACE order=$c q=181_710 p=55.00                              -> !CASH_INSUFFICIENT
        cat REPLACE order=$c q=181_675 p=55.01                              -> REDUCED                 # 999,394,175 and 599,637 (599,636.5)
        ann LIMIT_ORDER contract=3 side=sell q=1 p=55.01                    -> ACCEPTED; EXECUTED order=$c fee_t=4; ...                # 3.3006
        cat REPLACE order=$c q=1 p=66.00                                    -> REDUCED                 # 12,101 x 600 ppm = 7.26: 8 less 4
        cat LIMIT_ORDER contract=3 side=buy q=181_707 p=55.00               -> !CASH_INSUFFICIENT      # of 999,987,891: 999,388,500 and 599,634
        cat LIMIT_ORDER contract=3 side=buy q=181_706 p=55.00               -> ACCEPTED                # 999,383,000 and 599,630
        cat REPLACE order=$c q=1 p=54.00                                    -> REDUCED
        cat CANCEL order=$c                                                 -> DONE q=1 filled_lots=1 p=54.00
    """,
    "a seller's own units count as available": OPEN
    + """
        cat LIMIT_ORDER contract=3 side=sell q=600 p=61.00                  -> ACCEPTED order=$c
        cat REPLACE order=$c q=1_000 p=62.00                                -> REDUCED q=1_000
        cat LIMIT_ORDER contract=3 side=sell q=1 p=61.00                    -> !UNITS_INSUFFICIENT
        cat REPLACE order=$c q=1_001 p=62.00                                -> !UNITS_INSUFFICIENT
        cat REPLACE order=$c q=400 p=61.00                                  -> REDUCED q=400
        cat LIMIT_ORDER contract=3 side=sell q=600 p=61.00                  -> ACCEPTED
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED
        cat LIMIT_ORDER contract=3 side=buy q=5 p=60.00                     -> ACCEPTED; EXECUTED; ...
        cat REPLACE order=$c q=401 p=61.00                                  -> !BOUGHT_TODAY
        cat REPLACE order=$c q=406 p=61.00                                  -> !UNITS_INSUFFICIENT
    """,
    "with what it has filled an order keeps the bounds of one order": """
        exchange DEFINE_CONTRACT contract=4 product=1 matching_rule=continuous base_price_ticks=1.00                 -> BAND lower_ticks=1.00 upper_ticks=21.47; COMMAND_DONE
        exchange PARAMETER_SET contract=4 parameter_id=listed_quantity_lots_max parameter_value=20_000_000           -> COMMAND_DONE
        wuhan OPENING_HOLDING account=ann contract=4 available_lots=50_000_000                                       -> nothing
        ---
        ann LIMIT_ORDER contract=4 side=sell q=20_000_000 p=1.00                                                     -> ACCEPTED order=$a
        bob LIMIT_ORDER contract=4 side=buy q=1 p=1.00                                                               -> ACCEPTED; EXECUTED order=$a; ...
        ann REPLACE order=$a q=20_000_000 p=1.00                                                                     -> !QUANTITY_ABOVE_MAXIMUM expected_value=20_000_000
        ann REPLACE order=$a q=19_999_999 p=1.00                                                                     -> REDUCED q=19_999_999 keeps_priority=0
    """,
    "the amount's bound counts what was filled": """
        exchange DEFINE_CONTRACT contract=4 product=1 matching_rule=continuous base_price_ticks=9_999.00             -> BAND; COMMAND_DONE
        exchange PARAMETER_SET contract=4 parameter_id=listed_quantity_lots_max parameter_value=20_000_000           -> COMMAND_DONE
        wuhan OPENING_HOLDING account=ann contract=4 available_lots=1_000_000                                        -> nothing
        ---
        ann LIMIT_ORDER contract=4 side=sell q=400_000 p=10_000.00                                                   -> ACCEPTED order=$a          # 4 billion yuan
        ann LIMIT_ORDER contract=4 side=sell q=400_001 p=10_000.00                                                   -> !AMOUNT_ABOVE_LIMIT
        bob LIMIT_ORDER contract=4 side=buy q=1 p=10_000.00                                                          -> ACCEPTED; EXECUTED; ...
        ann REPLACE order=$a q=400_000 p=10_000.00                                                                   -> !AMOUNT_ABOVE_LIMIT
        ann REPLACE order=$a q=400_040 p=9_999.00                                                                    -> !AMOUNT_ABOVE_LIMIT
        ann REPLACE order=$a q=399_999 p=10_000.00                                                                   -> REDUCED keeps_priority=0
    """,
    "kill switches stop what raises an order, never what lowers it": OPEN
    + """
        bob LIMIT_ORDER contract=3 side=buy q=5 p=59.00                     -> ACCEPTED order=$b
        exchange KILL level=member subject_id=17                            -> ...
        bob LIMIT_ORDER contract=3 side=buy q=5 p=59.00                     -> !MEMBER_KILLED
        bob REPLACE order=$b q=4 p=59.00                                    -> !MEMBER_KILLED
        bob REDUCE order=$b q=4                                             -> REDUCED
        bob MASS_CANCEL contract=0 side=255 method=255                      -> DONE order=$b; MASS_CANCELLED
    """,
}


@pytest.mark.parametrize("name", REDUCE)
def test_reduce(run: Callable[[str], None], name: str) -> None:
    run(REDUCE[name])


@pytest.mark.parametrize("name", REPLACE)
def test_replace(run: Callable[[str], None], name: str) -> None:
    run(REPLACE[name])
