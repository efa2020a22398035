# ruff: noqa: E501  (a table reads better in long rows)
"""LIMIT_ORDER: price, then time; day, immediate or cancel, fill or kill, post-only; self-trade prevention."""

from collections.abc import Callable

import pytest

#: contract 3 trades continuously between 54.00 and 66.00; ann and eve are one legal entity
MARKET = """
    exchange PARAMETER_SET contract=3 parameter_id=listed_band_ppm parameter_value=100_000  -> BAND; COMMAND_DONE
    wuhan OPENING_HOLDING account=ann contract=3 available_lots=10_000                       -> nothing
    wuhan OPENING_HOLDING account=bob contract=3 available_lots=10_000                       -> nothing
    wuhan OPENING_HOLDING account=cat contract=3 available_lots=1_000                        -> nothing
    wuhan OPENING_HOLDING account=eve contract=3 available_lots=10_000                       -> nothing
"""
OPEN = MARKET + "    ---\n"


def rule(number: int) -> str:
    """The market with another rule for self-trades of orders that choose none."""
    line = f"    exchange PARAMETER_SET contract=3 parameter_id=self_trade_rule parameter_value={number} -> COMMAND_DONE\n"
    return MARKET + line + "    ---\n"


TABLES = {
    "rejects by descending precedence": MARKET
    + """
        exchange DEFINE_ACCOUNT account=1006 member_id=17 entity_id=9 eligibility=0                     -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=listed_quantity_lots_min parameter_value=2       -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=listed_quantity_lots_max parameter_value=20_000  -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=price_step_ticks parameter_value=5               -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=holding_limit_lots parameter_value=20_000        -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=open_orders_max parameter_value=1                -> COMMAND_DONE
        ---
        exchange SET_PHASE contract=3 method=continuous phase=break                             -> ...
        exchange HALT level=market halt_reason=operator                                         -> ...
        exchange HALT level=contract subject_id=3 halt_reason=operator                          -> ...
        exchange KILL level=market                                                              -> ...
        exchange KILL level=contract subject_id=3                                               -> ...
        exchange KILL level=member subject_id=17                                                -> ...
        exchange KILL level=login subject_id=bob                                                -> ...
        bob LIMIT_ORDER contract=6 account=ann side=2 q=0 p=0.03                                -> !UNKNOWN_CONTRACT
        bob LIMIT_ORDER contract=3 account=ann side=2 q=0 p=0.03                                -> !WRONG_ACCOUNT
        bob LIMIT_ORDER contract=3 account=1006 side=2 q=0 p=0.03                               -> !INVALID_FIELD stream=bob q=0 p=0.03
        bob LIMIT_ORDER contract=3 account=1006 side=buy order_flags=2 q=0 p=0.03               -> !INVALID_FIELD
        bob LIMIT_ORDER contract=3 account=1006 side=buy tif=3 q=0 p=0.03                       -> !INVALID_FIELD
        bob LIMIT_ORDER contract=3 account=1006 side=buy stp=5 q=0 p=0.03                       -> !INVALID_FIELD
        bob LIMIT_ORDER contract=3 account=1006 side=buy order_flags=1 tif=ioc q=0 p=0.03       -> !INVALID_FIELD
        bob LIMIT_ORDER contract=3 account=1006 side=buy order_flags=1 tif=fok q=0 p=0.03       -> !INVALID_FIELD
        bob LIMIT_ORDER contract=3 account=1006 side=buy q=0 p=0.03                             -> !WRONG_PHASE
        exchange SET_PHASE contract=3 method=continuous phase=trading                           -> ...
        bob LIMIT_ORDER contract=3 account=1006 side=buy q=0 p=0.03                             -> !MARKET_HALTED
        exchange RESUME level=market                                                            -> ...
        bob LIMIT_ORDER contract=3 account=1006 side=buy q=0 p=0.03                             -> !CONTRACT_HALTED
        exchange RESUME level=contract subject_id=3                                             -> ...
        bob LIMIT_ORDER contract=3 account=1006 side=buy q=0 p=0.03                             -> !MARKET_KILLED
        exchange RESTORE level=market                                                           -> ...
        bob LIMIT_ORDER contract=3 account=1006 side=buy q=0 p=0.03                             -> !CONTRACT_KILLED
        exchange RESTORE level=contract subject_id=3                                            -> ...
        bob LIMIT_ORDER contract=3 account=1006 side=buy q=0 p=0.03                             -> !MEMBER_KILLED
        exchange RESTORE level=member subject_id=17                                             -> ...
        bob LIMIT_ORDER contract=3 account=1006 side=buy q=0 p=0.03                             -> !LOGIN_KILLED
        exchange RESTORE level=login subject_id=bob                                             -> ...
        bob LIMIT_ORDER contract=3 account=1006 side=buy q=0 p=0.03                             -> !NOT_ELIGIBLE
        bob LIMIT_ORDER contract=3 side=buy q=1 p=0.03                                          -> !QUANTITY_BELOW_MINIMUM expected_value=2
        bob LIMIT_ORDER contract=3 side=buy q=20_001 p=0.03                                     -> !QUANTITY_ABOVE_MAXIMUM expected_value=20_000
        bob LIMIT_ORDER contract=3 side=buy q=11_000 p=0.03                                     -> !PRICE_OFF_TICK expected_value=5
        bob LIMIT_ORDER contract=3 side=buy q=11_000 p=53.95                                    -> !PRICE_OUTSIDE_BAND expected_value=54.00
        bob LIMIT_ORDER contract=3 side=buy q=11_000 p=66.05                                    -> !PRICE_OUTSIDE_BAND expected_value=66.00
        cat LIMIT_ORDER contract=3 side=sell q=100 p=60.00                                      -> ACCEPTED order=$c
        zed LIMIT_ORDER contract=3 side=buy q=20_000 p=60.00 order_flags=1                      -> !WOULD_CROSS
        zed LIMIT_ORDER contract=3 side=buy q=20_000 p=60.00 tif=fok                            -> !NOT_FILLABLE
        zed LIMIT_ORDER contract=3 side=buy q=20_000 p=60.00                                    -> !CASH_INSUFFICIENT
        bob LIMIT_ORDER contract=3 side=buy q=10_001 p=60.00                                    -> !HOLDING_LIMIT
        cat LIMIT_ORDER contract=3 side=sell q=901 p=60.00                                      -> !UNITS_INSUFFICIENT
        cat LIMIT_ORDER contract=3 side=sell q=900 p=60.00                                      -> !OPEN_ORDERS_LIMIT
        bob LIMIT_ORDER contract=3 side=buy q=10 p=55.00                                        -> ACCEPTED
        bob LIMIT_ORDER contract=3 side=buy q=10 p=55.00                                        -> !OPEN_ORDERS_LIMIT
        bob LIMIT_ORDER contract=3 side=buy q=10 p=60.00 tif=ioc                                -> ACCEPTED; EXECUTED; EXECUTED; TRADE; TRADE_REPORT; DONE done=filled   # never rests
    """,
    "a book has one kind of order: listings where it is listed, limit orders where it is continuous": OPEN
    + """
        bob LISTING contract=3 side=sell q=10 p=60.00                       -> !WRONG_PHASE
        bob TAKE contract=3 side=buy q=10 p=60.00                           -> !WRONG_PHASE
        bob LIMIT_ORDER contract=1 side=sell q=10 p=55.00                   -> !WRONG_PHASE
        ann BLOCK_OFFER contract=3 side=sell q=100_000 p=60.00 to=bob       -> !UNITS_INSUFFICIENT
    """,
    "a day order rests; what it says": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=10 p=60.00 ref=7             -> ACCEPTED stream=ann login=ann ref=7 account=ann contract=3 order=16_777_216 q=10 p=60.00 side=sell kind=limit method=continuous order_flags=0 to=0
        bob LIMIT_ORDER contract=3 side=buy q=10 p=59.99 order_flags=1      -> ACCEPTED order_flags=1 order=33_554_433
        exchange TICK                                                       -> FIVE_LEVELS board_contract_id=3 board_side=buy level_1_price_ticks=59.99 level_1_quantity_lots=10; FIVE_LEVELS board_side=sell level_1_price_ticks=60.00
        ann CANCEL target_reference=7                                       -> DONE order=16_777_216 q=10 filled_lots=0 done=cancelled kind=limit method=continuous
    """,
    "price, then time; every fill at the resting order's price; then the taker's end": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=10 p=60.02                   -> ACCEPTED order=$c
        ann LIMIT_ORDER contract=3 side=sell q=10 p=60.00                   -> ACCEPTED order=$a
        cat LIMIT_ORDER contract=3 side=sell q=10 p=60.00                   -> ACCEPTED order=$b
        bob LIMIT_ORDER contract=3 side=buy q=25 p=60.02 ref=9              -> ACCEPTED order=$t q=25 p=60.02; EXECUTED stream=ann order=$a q=10 p=60.00 role=maker kind=limit method=continuous match=1; DONE order=$a done=filled kind=limit; EXECUTED stream=bob ref=9 order=$t q=10 p=60.00 side=buy role=taker kind=limit method=continuous; TRADE stream=public contract=3 p=60.00 q=10 side=buy method=continuous match=1; TRADE_REPORT account=bob seller_account_id=ann report_method=continuous; EXECUTED order=$b match=2; DONE order=$b; EXECUTED order=$t; TRADE; TRADE_REPORT; EXECUTED order=$c q=5 p=60.02 match=3; EXECUTED order=$t q=5 p=60.02; TRADE; TRADE_REPORT; DONE order=$t ref=9 q=0 filled_lots=25 p=60.02 done=filled kind=limit method=continuous
        bob LIMIT_ORDER contract=3 side=buy q=7 p=60.02                     -> ACCEPTED order=$u; EXECUTED order=$c q=5; DONE order=$c filled_lots=10; EXECUTED order=$u q=5; TRADE; TRADE_REPORT   # two rest, and nothing more is said
        ann LIMIT_ORDER contract=3 side=sell q=2 p=59.00                    -> ACCEPTED order=$v; EXECUTED stream=bob order=$u q=2 p=60.02 role=maker; DONE order=$u q=0 filled_lots=7; EXECUTED order=$v p=60.02 side=sell; TRADE side=sell; TRADE_REPORT account=bob seller_account_id=ann; DONE order=$v filled_lots=2
        exchange SET_PHASE method=255 phase=ended                           -> ...
        exchange CLOSE_DAY                                                  -> DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES contract=3 figure_method=continuous trade_count=5 open_ticks=60.00 high_ticks=60.02 low_ticks=60.00 close_ticks=60.01 volume_lots=32; ...
    """,
    "the rest of a day order waits behind those that came first": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED
        bob LIMIT_ORDER contract=3 side=buy q=3 p=60.00                     -> ACCEPTED; EXECUTED q=3; EXECUTED; TRADE; TRADE_REPORT; DONE
        bob LIMIT_ORDER contract=3 side=buy q=4 p=60.00                     -> ACCEPTED order=$b; EXECUTED q=2; DONE; EXECUTED; TRADE; TRADE_REPORT
        cat LIMIT_ORDER contract=3 side=buy q=1 p=60.00                     -> ACCEPTED order=$c
        ann LIMIT_ORDER contract=3 side=sell q=3 p=60.00                    -> ACCEPTED; EXECUTED order=$b q=2; DONE order=$b filled_lots=4; EXECUTED; TRADE; TRADE_REPORT; EXECUTED order=$c q=1; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE
    """,
    "immediate or cancel: the rest is done": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED
        bob LIMIT_ORDER contract=3 side=buy q=8 p=60.00 tif=ioc             -> ACCEPTED order=$t; EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE order=$t q=3 filled_lots=5 done=remainder
        bob LIMIT_ORDER contract=3 side=buy q=8 p=60.00 tif=ioc             -> ACCEPTED order=$u; DONE order=$u q=8 filled_lots=0 done=remainder
        exchange TICK                                                       -> FIVE_LEVELS board_side=sell level_count=0
    """,
    "fill or kill: wholly now, or refused": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED
        cat LIMIT_ORDER contract=3 side=sell q=5 p=60.01                    -> ACCEPTED
        bob LIMIT_ORDER contract=3 side=buy q=6 p=60.00 tif=fok             -> !NOT_FILLABLE q=6 p=60.00
        bob LIMIT_ORDER contract=3 side=buy q=11 p=60.01 tif=fok            -> !NOT_FILLABLE
        bob LIMIT_ORDER contract=3 side=buy q=5 p=59.99 tif=fok             -> !NOT_FILLABLE
        bob LIMIT_ORDER contract=3 side=buy q=10 p=60.01 tif=fok            -> ACCEPTED; EXECUTED q=5; DONE; EXECUTED; TRADE; TRADE_REPORT; EXECUTED q=5; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE q=0 filled_lots=10 done=filled
    """,
    "fill or kill meets an own order: counted as its rule says": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$a
        cat LIMIT_ORDER contract=3 side=sell q=5 p=60.01                    -> ACCEPTED order=$c
        eve LIMIT_ORDER contract=3 side=buy q=5 p=60.01 tif=fok             -> !NOT_FILLABLE                                # CANCEL_TAKER, the contract's rule
        eve LIMIT_ORDER contract=3 side=buy q=5 p=60.01 tif=fok stp=cancel_both     -> !NOT_FILLABLE
        eve LIMIT_ORDER contract=3 side=buy q=5 p=60.01 tif=fok stp=decrement_both  -> !NOT_FILLABLE
        eve LIMIT_ORDER contract=3 side=buy q=6 p=60.01 tif=fok stp=cancel_maker    -> !NOT_FILLABLE                        # own ones do not count
        eve LIMIT_ORDER contract=3 side=buy q=5 p=60.01 tif=fok stp=cancel_maker    -> ACCEPTED order=$t; DONE stream=ann order=$a q=5 done=prevented; EXECUTED order=$c; DONE; EXECUTED order=$t; TRADE; TRADE_REPORT; DONE order=$t done=filled
        cat LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED
        eve LIMIT_ORDER contract=3 side=buy q=5 p=60.00 tif=fok             -> ACCEPTED; EXECUTED account=cat; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE done=filled      # filled before it meets its own
    """,
    "fill or kill under a contract's rule NONE: an own order fills it": rule(0)
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED
        eve LIMIT_ORDER contract=3 side=buy q=5 p=60.00 tif=fok             -> ACCEPTED; EXECUTED account=ann; DONE; EXECUTED account=eve; TRADE; TRADE_REPORT; DONE done=filled
    """,
    "post-only is refused when it would trade, against own orders as well": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED
        eve LIMIT_ORDER contract=3 side=buy q=5 p=60.00 order_flags=1       -> !WOULD_CROSS
        bob LIMIT_ORDER contract=3 side=buy q=5 p=60.01 order_flags=1       -> !WOULD_CROSS
        bob LIMIT_ORDER contract=3 side=buy q=5 p=59.99 order_flags=1       -> ACCEPTED order_flags=1
        ann LIMIT_ORDER contract=3 side=sell q=5 p=59.99 order_flags=1      -> !WOULD_CROSS
        ann LIMIT_ORDER contract=3 side=sell q=5 p=59.99                    -> ACCEPTED; EXECUTED; ...
    """,
    "self-trade, CANCEL_TAKER (the default): the incoming order ends with its rest": OPEN
    + """
        cat LIMIT_ORDER contract=3 side=sell q=2 p=60.00                    -> ACCEPTED
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$a
        cat LIMIT_ORDER contract=3 side=sell q=2 p=60.00                    -> ACCEPTED
        eve LIMIT_ORDER contract=3 side=buy q=10 p=60.00                    -> ACCEPTED order=$t; EXECUTED account=cat; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE stream=eve order=$t q=8 filled_lots=2 done=prevented
        ann CANCEL order=$a                                                 -> DONE q=5
    """,
    "self-trade, CANCEL_MAKER: the resting order ends, the incoming one goes on and may rest": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00 ref=3              -> ACCEPTED order=$a
        cat LIMIT_ORDER contract=3 side=sell q=2 p=60.00                    -> ACCEPTED
        eve LIMIT_ORDER contract=3 side=buy q=10 p=60.00 stp=cancel_maker   -> ACCEPTED order=$t; DONE stream=ann login=ann ref=3 order=$a q=5 filled_lots=0 done=prevented; EXECUTED account=cat; DONE; EXECUTED order=$t; TRADE; TRADE_REPORT
        eve CANCEL order=$t                                                 -> DONE q=8 filled_lots=2 done=cancelled
    """,
    "self-trade, CANCEL_BOTH: the resting order first": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$a
        eve LIMIT_ORDER contract=3 side=buy q=10 p=60.00 stp=cancel_both    -> ACCEPTED order=$t; DONE order=$a q=5 done=prevented; DONE order=$t q=10 filled_lots=0 done=prevented
    """,
    "self-trade, DECREMENT_BOTH: the smaller quantity leaves both; the incoming order never rests": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$a
        cat LIMIT_ORDER contract=3 side=sell q=2 p=60.00                    -> ACCEPTED order=$c
        ann LIMIT_ORDER contract=3 side=sell q=20 p=60.01 ref=30            -> ACCEPTED order=$b
        # 5 prevented, 2 traded, 3 prevented: 2 + 8 = 10
        eve LIMIT_ORDER contract=3 side=buy q=10 p=60.01 stp=decrement_both -> ACCEPTED order=$t; DONE order=$a q=5 filled_lots=0 done=prevented; EXECUTED order=$c; DONE; EXECUTED order=$t q=2; TRADE; TRADE_REPORT; REDUCED stream=ann login=ann ref=0 account=ann contract=3 order=$b q=17 p=60.01 target_reference=30 side=sell keeps_priority=1 method=continuous; DONE stream=eve order=$t q=8 filled_lots=2 done=prevented
        ann CANCEL order=$b                                                 -> DONE q=17 filled_lots=0
    """,
    "DECREMENT_BOTH: what is left finds nothing more and does not rest": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$a
        eve LIMIT_ORDER contract=3 side=buy q=8 p=60.00 stp=decrement_both  -> ACCEPTED order=$t; DONE order=$a q=5 done=prevented; DONE order=$t q=8 filled_lots=0 done=prevented
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$b
        cat LIMIT_ORDER contract=3 side=sell q=3 p=60.00                    -> ACCEPTED
        eve LIMIT_ORDER contract=3 side=buy q=8 p=60.00 stp=decrement_both  -> ACCEPTED order=$u; DONE order=$b; EXECUTED q=3; DONE; EXECUTED order=$u; TRADE; TRADE_REPORT; DONE order=$u q=5 filled_lots=3 done=prevented   # the others filled all the rest
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$d
        eve LIMIT_ORDER contract=3 side=buy q=5 p=60.00 stp=decrement_both  -> ACCEPTED order=$v; DONE order=$d q=5; DONE order=$v q=5 done=prevented   # both to nothing
        ann LIMIT_ORDER contract=3 side=buy q=1 p=59.00                     -> ACCEPTED order=134_217_728                             # slots came back: resting, then incoming
    """,
    "an order that chooses no rule takes the contract's: every rule as parameter": rule(2)
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$a
        eve LIMIT_ORDER contract=3 side=buy q=5 p=60.00 tif=ioc             -> ACCEPTED order=$t; DONE order=$a done=prevented; DONE order=$t q=5 done=remainder
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$b
        eve LIMIT_ORDER contract=3 side=buy q=5 p=60.00 stp=cancel_taker    -> ACCEPTED order=$u; DONE order=$u done=prevented     # its own comes first
        ann CANCEL order=$b                                                 -> DONE
    """,
    "rule 0 lets one entity trade with itself": rule(0)
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED
        eve LIMIT_ORDER contract=3 side=buy q=5 p=60.00                     -> ACCEPTED; EXECUTED account=ann; DONE; EXECUTED account=eve; TRADE; TRADE_REPORT account=eve seller_account_id=ann; DONE done=filled
    """,
    "rule 3 and rule 4 of the contract": rule(3)
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$a
        eve LIMIT_ORDER contract=3 side=buy q=9 p=60.00                     -> ACCEPTED order=$t; DONE order=$a done=prevented; DONE order=$t q=9 done=prevented
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED
        eve LIMIT_ORDER contract=3 side=buy q=2 p=60.00 stp=decrement_both  -> ACCEPTED; REDUCED q=3 keeps_priority=1; DONE q=2 done=prevented
    """,
    "a reduced resting order keeps its place": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$a
        cat LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$c
        eve LIMIT_ORDER contract=3 side=buy q=2 p=60.00 stp=decrement_both  -> ACCEPTED; REDUCED order=$a q=3; DONE
        exchange TICK                                                       -> FIVE_LEVELS level_1_quantity_lots=8
        bob LIMIT_ORDER contract=3 side=buy q=4 p=60.00                     -> ACCEPTED; EXECUTED order=$a q=3; DONE order=$a q=0 filled_lots=3; EXECUTED; TRADE; TRADE_REPORT; EXECUTED order=$c q=1; EXECUTED; TRADE; TRADE_REPORT; DONE
    """,
    "money: locked at the limit with both fees; what better prices saved returns when matching ends": MARKET
    + """
        exchange PARAMETER_SET contract=3 parameter_id=trading_fee_ppm parameter_value=600              -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=listed_quantity_lots_max parameter_value=200_000 -> COMMAND_DONE
        ---
        ann LIMIT_ORDER contract=3 side=sell q=2 p=55.00                    -> ACCEPTED
        # cat has 10^9 fen; 3 x 6600 = 19,800 + 12 fees are locked, 2 x 5500 + 7 spent, 6600 + (fee on 17,600 = 11 less 7) stay locked
        cat LIMIT_ORDER contract=3 side=buy q=3 p=66.00                     -> ACCEPTED order=$c; EXECUTED fee_t=7; DONE; EXECUTED fee_t=7; TRADE; TRADE_REPORT
        # 10^9 - 11,007 - 6,604 = 999,982,389: 181,709 x 55.00 = 999,399,500 + 599,640 (599,639.7) is too much, 181,705 x 55.00 = 999,377,500 + 599,627 (599,626.5) = 999,977,127
        cat LIMIT_ORDER contract=3 side=buy q=181_709 p=55.00               -> !CASH_INSUFFICIENT
        cat LIMIT_ORDER contract=3 side=buy q=181_705 p=55.00               -> ACCEPTED order=$d     # 5,262 fen are left
        cat LIMIT_ORDER contract=3 side=buy q=1 p=54.00                     -> !CASH_INSUFFICIENT     # 5,404
        cat CANCEL order=$d                                                 -> DONE
        cat CANCEL order=$c                                                 -> DONE q=1 filled_lots=2
        # 10^9 - 11,007 are back
        cat LIMIT_ORDER contract=3 side=buy q=181_707 p=55.00               -> ACCEPTED              # 999,388,500 + 599,634 (599,633.1) = 999,988,134
        cat LIMIT_ORDER contract=3 side=buy q=1 p=54.00                     -> !CASH_INSUFFICIENT     # 859 fen
    """,
    "fees grow over one order's fills, at rest or not": MARKET
    + """
        exchange PARAMETER_SET contract=3 parameter_id=trading_fee_ppm parameter_value=333      -> COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=settlement_fee_ppm parameter_value=10    -> COMMAND_DONE
        ---
        # 1 t at 55.00: 1.8315 -> 2 and 0.055 -> 1; 2 t: 3.663 -> 4 and 0.11 -> 1; 3 t: 5.4945 -> 6 and 0.165 -> 1
        ann LIMIT_ORDER contract=3 side=sell q=1 p=55.00        -> ACCEPTED
        ann LIMIT_ORDER contract=3 side=sell q=1 p=55.00        -> ACCEPTED
        bob LIMIT_ORDER contract=3 side=buy q=3 p=55.00         -> ACCEPTED; EXECUTED fee_t=2 fee_s=1; DONE; EXECUTED fee_t=2 fee_s=1; TRADE; TRADE_REPORT; EXECUTED fee_t=2 fee_s=1; DONE; EXECUTED fee_t=2 fee_s=0; TRADE; TRADE_REPORT
        cat LIMIT_ORDER contract=3 side=sell q=1 p=55.00        -> ACCEPTED; EXECUTED account=bob role=maker fee_t=2 fee_s=0; DONE; EXECUTED account=cat fee_t=2 fee_s=1; TRADE; TRADE_REPORT; DONE
    """,
    "units: an order of a seller locks them, prevention gives them back": OPEN
    + """
        cat LIMIT_ORDER contract=3 side=sell q=1_000 p=60.00                -> ACCEPTED order=$c
        cat LIMIT_ORDER contract=3 side=sell q=1 p=60.00                    -> !UNITS_INSUFFICIENT
        cat LIMIT_ORDER contract=3 side=buy q=400 p=60.00 stp=decrement_both -> ACCEPTED; REDUCED q=600; DONE q=400
        cat LIMIT_ORDER contract=3 side=sell q=401 p=61.00                  -> !UNITS_INSUFFICIENT
        cat LIMIT_ORDER contract=3 side=sell q=400 p=61.00                  -> ACCEPTED
        bob LIMIT_ORDER contract=3 side=buy q=100 p=60.00                   -> ACCEPTED; EXECUTED; EXECUTED; TRADE; TRADE_REPORT; DONE
        bob LIMIT_ORDER contract=3 side=sell q=10_001 p=62.00               -> !BOUGHT_TODAY
    """,
    "in a call auction a day order rests, crossing or not; nothing that must trade or must not trade is taken": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED
        exchange SET_PHASE contract=3 method=continuous phase=call_auction  -> ...
        bob LIMIT_ORDER contract=3 side=buy q=5 p=61.00                     -> ACCEPTED order=$b
        bob LIMIT_ORDER contract=3 side=buy q=5 p=55.00 order_flags=1       -> !WRONG_PHASE
        bob LIMIT_ORDER contract=3 side=buy q=5 p=61.00 tif=ioc             -> !WRONG_PHASE
        bob LIMIT_ORDER contract=3 side=buy q=5 p=61.00 tif=fok             -> !WRONG_PHASE
        bob CANCEL order=$b                                                 -> DONE
        exchange SET_PHASE contract=3 method=continuous phase=paused        -> ...
        bob LIMIT_ORDER contract=3 side=buy q=5 p=61.00                     -> !WRONG_PHASE
    """,
    "at the close limit orders lapse": OPEN
    + """
        ann LIMIT_ORDER contract=3 side=sell q=5 p=60.00                    -> ACCEPTED order=$a
        bob LIMIT_ORDER contract=3 side=buy q=5 p=59.00                     -> ACCEPTED order=$b
        exchange SET_PHASE contract=3 method=continuous phase=ended         -> PHASE_CHANGED method=continuous; DONE order=$b done=lapsed kind=limit; DONE order=$a done=lapsed; COMMAND_DONE
        bob LIMIT_ORDER contract=3 side=buy q=5 p=61.00                     -> !WRONG_PHASE
    """,
    "a trade of a continuous book counts in the composite": """
        exchange PARAMETER_SET contract=3 parameter_id=composite_weight parameter_value=1 -> COMMAND_DONE
        wuhan OPENING_HOLDING account=ann contract=3 available_lots=10 -> nothing
        ---
        ann LIMIT_ORDER contract=3 side=sell q=5 p=61.00                    -> ACCEPTED
        bob LIMIT_ORDER contract=3 side=buy q=5 p=61.00                     -> ACCEPTED; EXECUTED; ...
        exchange SET_PHASE method=255 phase=ended                           -> ...
        exchange CLOSE_DAY                                                  -> DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES contract=3 close_ticks=61.00; DAY_FIGURES; DAY_FIGURES; COMPOSITE open_ticks=61.00 high_ticks=61.00 close_ticks=61.00; COMMAND_DONE
    """,
    "the matching rule of a book changes while it is quiet and empty": """
        exchange PARAMETER_SET contract=0 parameter_id=matching_rule parameter_value=3  -> !UNKNOWN_CONTRACT
        exchange PARAMETER_SET contract=6 parameter_id=matching_rule parameter_value=3  -> !UNKNOWN_CONTRACT
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=1  -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=2  -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=4  -> !PARAMETER_VALUE
        ---
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=3  -> !ORDERS_STILL_LIVE              # TRADING
        ann LISTING side=sell q=5 p=55.00                                               -> ACCEPTED order=$a
        exchange SET_PHASE contract=1 method=listed phase=break                         -> ...
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=3  -> !ORDERS_STILL_LIVE
        ann CANCEL order=$a                                                             -> DONE
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=1  -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=3  -> COMMAND_DONE subject_id=37 parameter_value=3
        exchange SET_PHASE contract=1 method=listed phase=trading                       -> !INVALID_FIELD
        exchange SET_PHASE contract=1 method=continuous phase=trading                   -> PHASE_CHANGED contract=1 method=continuous previous_phase=break; COMMAND_DONE
        ann LISTING side=sell q=5 p=55.00                                               -> !WRONG_PHASE
        ann LIMIT_ORDER side=sell q=5 p=55.00                                           -> ACCEPTED
        bob LIMIT_ORDER side=buy q=5 p=55.00                                            -> ACCEPTED; EXECUTED method=continuous; ...
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob                              -> ACCEPTED order=$o; BLOCK_OFFERED      # no matter to the book
        exchange SET_PHASE contract=1 method=continuous phase=paused                    -> ...
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=0  -> COMMAND_DONE
        exchange SET_PHASE contract=1 method=listed phase=call_auction                  -> ...
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=3  -> !ORDERS_STILL_LIVE
        exchange SET_PHASE contract=1 method=255 phase=ended                            -> ...
        exchange PARAMETER_SET contract=1 parameter_id=matching_rule parameter_value=3  -> !ORDERS_STILL_LIVE
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_continuous(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
