# ruff: noqa: E501  (a table reads better in long rows)
"""One-way bidding and primary auctions: the notice, sealed bids, the allocation, and every way one ends."""

from collections.abc import Callable

import pytest

#: uniform, 100,000 t of ann's, floor at the base 55.52, ceiling 61.07
NOTICE = """
        exchange AUCTION_NOTICE contract=1 account=ann auction_id=7 q=100_000 floor_ticks=55.52 end_ns=+60_000 -> ACCEPTED order=$a; AUCTION_ANNOUNCED; COMMAND_DONE
"""
#: the same, each winner pays its own bid, one account gets 40 % at most
AS_BID = """
        exchange AUCTION_NOTICE contract=1 account=ann auction_id=7 q=100_000 floor_ticks=55.52 end_ns=+60_000 pricing=pay_as_bid bidder_share_ppm=400_000 -> ACCEPTED order=$a; AUCTION_ANNOUNCED; COMMAND_DONE
"""

TABLES = {
    "the notice: rejects by descending precedence": """
        exchange PARAMETER_SET contract=2 parameter_id=auction_quantity_lots_min parameter_value=1 -> COMMAND_DONE
        ---
        exchange SET_PHASE contract=1 method=one_way phase=ended        -> ...
        operator AUCTION_NOTICE contract=6 account=9 pricing=2          -> !UNKNOWN_CONTRACT stream=operator contract=6
        operator AUCTION_NOTICE contract=0 account=9 pricing=2          -> !UNKNOWN_CONTRACT
        operator AUCTION_NOTICE contract=1 account=9 pricing=2          -> !UNKNOWN_ACCOUNT
        operator AUCTION_NOTICE contract=1 account=ann pricing=2 end_ns=+1                             -> !INVALID_FIELD
        operator AUCTION_NOTICE contract=1 account=ann auction_kind=2 end_ns=+1                        -> !INVALID_FIELD
        operator AUCTION_NOTICE contract=1 account=ann bidder_share_ppm=1_000_001 end_ns=+1            -> !INVALID_FIELD
        operator AUCTION_NOTICE contract=1 account=ann                                                 -> !INVALID_FIELD
        operator AUCTION_NOTICE contract=1 account=ann end_ns=+1                                       -> !WRONG_PHASE
        operator AUCTION_NOTICE contract=2 account=zed auction_id=0 end_ns=+1                          -> !AUCTION_RUNNING
        operator AUCTION_NOTICE contract=2 account=zed auction_id=4_294_967_295 end_ns=+1              -> !NUMBER_GAP
        operator AUCTION_NOTICE contract=2 account=zed auction_id=1_048_577 end_ns=+1                  -> !NUMBER_GAP
        operator AUCTION_NOTICE contract=2 account=ann auction_id=5 end_ns=+90_000 q=1 floor_ticks=80.00 -> ACCEPTED; ...
        operator AUCTION_NOTICE contract=2 account=zed auction_id=6 end_ns=+1                          -> !AUCTION_RUNNING
        operator AUCTION_END contract=2 method=one_way auction_id=5                                    -> ...
        operator AUCTION_NOTICE contract=2 account=zed auction_id=5 end_ns=+1                          -> !AUCTION_RUNNING
    """,
    "the notice: who, how much, at what price": """
        exchange DEFINE_ACCOUNT account=1006 member_id=17 entity_id=9 eligibility=5  -> COMMAND_DONE
        exchange DEFINE_ACCOUNT account=1007 member_id=17 entity_id=9 eligibility=3  -> COMMAND_DONE
        exchange PARAMETER_SET parameter_id=auction_quantity_lots_min parameter_value=1_000 -> COMMAND_DONE
        exchange PARAMETER_SET parameter_id=block_quantity_lots_max parameter_value=1_000_002 -> COMMAND_DONE
        ---
        operator AUCTION_NOTICE contract=1 account=1006 auction_id=1 end_ns=+1                         -> !NOT_ELIGIBLE          # may not sell
        operator AUCTION_NOTICE contract=2 account=1007 auction_id=1 end_ns=+1                         -> !NOT_ELIGIBLE          # no CCER
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 end_ns=+1 q=999                    -> !QUANTITY_BELOW_MINIMUM expected_value=1_000
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 end_ns=+1 q=1_000_003              -> !QUANTITY_ABOVE_MAXIMUM expected_value=1_000_002
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 end_ns=+1 q=1_000_002              -> !PRICE_OUTSIDE_BAND expected_value=49.97
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 end_ns=+1 q=1_000_002 floor_ticks=49.96 -> !PRICE_OUTSIDE_BAND expected_value=49.97
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 end_ns=+1 q=1_000_002 floor_ticks=49.98 -> !PRICE_OUTSIDE_BAND expected_value=49.97
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 end_ns=+1 q=1_000_002 floor_ticks=55.53 -> !PRICE_OUTSIDE_BAND expected_value=55.52
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 end_ns=+1 q=1_000_002 floor_ticks=49.97 ceiling_ticks=61.06 -> !PRICE_OUTSIDE_BAND expected_value=61.07
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 end_ns=+1 q=1_000_002 floor_ticks=49.97 ceiling_ticks=61.07 -> !UNITS_INSUFFICIENT
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 end_ns=+1 q=1_000_000 floor_ticks=49.97 ceiling_ticks=61.07 -> ACCEPTED; AUCTION_ANNOUNCED floor_ticks=49.97 ceiling_ticks=61.07; COMMAND_DONE
    """,
    "a primary auction's floor and ceiling are its own": """
        exchange PARAMETER_SET parameter_id=auction_quantity_lots_min parameter_value=1 -> COMMAND_DONE
        ---
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 auction_kind=primary end_ns=+1 q=1_000_001 floor_ticks=0.99 ceiling_ticks=10_000.01 -> !PRICE_OUTSIDE_BAND expected_value=1_000_000
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 auction_kind=primary end_ns=+1 q=1_000_001 floor_ticks=0.99 ceiling_ticks=10_000.00 -> !PRICE_OUTSIDE_BAND expected_value=100
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 auction_kind=primary end_ns=+1 q=1_000_001 floor_ticks=1.00                         -> !PRICE_OUTSIDE_BAND expected_value=0
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 auction_kind=primary end_ns=+1 q=1_000_001 floor_ticks=30.01 ceiling_ticks=30.00    -> !PRICE_OUTSIDE_BAND expected_value=30.00
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 auction_kind=primary end_ns=+1 q=1_000_001 floor_ticks=9_979.52 ceiling_ticks=10_000.00 -> !DEFINITION_CAPACITY
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 auction_kind=primary end_ns=+1 q=1_000_001 floor_ticks=9_979.53 ceiling_ticks=10_000.00 -> !AMOUNT_ABOVE_LIMIT
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 auction_kind=primary end_ns=+1 q=1_000_001 floor_ticks=30.00 ceiling_ticks=30.00    -> !UNITS_INSUFFICIENT
        operator AUCTION_NOTICE contract=1 account=ann auction_id=1 auction_kind=primary pricing=pay_as_bid bidder_share_ppm=500_000 end_ns=+1 q=9 floor_ticks=30.00 ceiling_ticks=30.00 -> ACCEPTED; AUCTION_ANNOUNCED auction_kind=primary pricing=pay_as_bid bidder_share_ppm=500_000 q=9 floor_ticks=30.00 ceiling_ticks=30.00; COMMAND_DONE
        bob AUCTION_BID auction_id=1 q=5 p=30.00                        -> !QUANTITY_ABOVE_MAXIMUM expected_value=4      # half of nine, rounded down
        bob AUCTION_BID after=2 auction_id=1 q=4 p=30.00                -> !UNKNOWN_AUCTION
    """,
    "the floor of a band wider than the book is not held": """
        exchange PARAMETER_SET contract=2 parameter_id=auction_floor_band_ppm parameter_value=200_000 -> COMMAND_DONE
        exchange PARAMETER_SET contract=2 parameter_id=auction_ceiling_band_ppm parameter_value=56_000 -> COMMAND_DONE
        exchange PARAMETER_SET contract=2 parameter_id=auction_quantity_lots_min parameter_value=1 -> COMMAND_DONE
        ---
        exchange AUCTION_NOTICE contract=2 account=ann auction_id=1 end_ns=+1 q=500 floor_ticks=64.00 -> !DEFINITION_CAPACITY     # 64.00 to 84.48 are 2,049 prices
        exchange AUCTION_NOTICE contract=2 account=ann auction_id=1 end_ns=+1 q=500 floor_ticks=80.00 -> ACCEPTED; AUCTION_ANNOUNCED ceiling_ticks=84.48; COMMAND_DONE
    """,
    "units bought today, and a full pool": """
        exchange PARAMETER_SET parameter_id=auction_quantity_lots_min parameter_value=1 -> COMMAND_DONE
        ---
        ann LISTING side=sell q=10 p=55.00                              -> ACCEPTED
        cat TAKE side=buy q=10 p=55.00                                  -> EXECUTED; ...
        exchange AUCTION_NOTICE contract=1 account=cat auction_id=1 end_ns=+1 q=1_011 floor_ticks=55.52 -> !UNITS_INSUFFICIENT
        exchange AUCTION_NOTICE contract=1 account=cat auction_id=1 end_ns=+1 q=1_010 floor_ticks=55.52 -> !BOUGHT_TODAY
        exchange AUCTION_NOTICE contract=1 account=cat auction_id=1 end_ns=+1 q=1_000 floor_ticks=55.52 -> ACCEPTED; ...
        cat LISTING side=sell q=1 p=55.00                               -> !BOUGHT_TODAY
    """,
    "the notice is told": """
        operator AUCTION_NOTICE contract=1 account=ann auction_id=7 q=100_000 floor_ticks=55.52 end_ns=1_700_000_000_000_000_000 bidder_share_ppm=400_000 -> ACCEPTED stream=ann login=operator ref=1 contract=1 account=ann order=$a p=55.52 q=100_000 side=sell method=one_way kind=auction_offer to=0 ; AUCTION_ANNOUNCED stream=public login=0 ref=0 account=0 contract=1 q=100_000 floor_ticks=55.52 ceiling_ticks=61.07 bidder_share_ppm=400_000 auction_id=7 pricing=uniform auction_kind=one_way end_ns=1_700_000_000_000_000_000 ; COMMAND_DONE stream=operator login=operator ref=1 contract=1 account=ann subject_id=7 command_kind=auction_notice
        ann LISTING side=sell q=99_999 p=55.52                          -> ACCEPTED
        ann BLOCK_OFFER side=sell q=800_002 p=55.52 to=bob              -> !UNITS_INSUFFICIENT          # 100,000 are locked
        ann CANCEL order=$a                                             -> !BID_BINDING
        ann REDUCE order=$a q=1                                         -> !NOT_IN_BOOK
        bob CANCEL order=$a                                             -> !NOT_YOUR_ORDER
        operator CANCEL target_reference=1                              -> !NOT_YOUR_ORDER
        bob TAKE side=buy order=$a q=10 p=55.52                         -> !NOT_A_LISTING
        bob BLOCK_ACCEPT order=$a q=100_000 p=55.52                     -> !NOT_A_BLOCK_OFFER
    """,
    "the exchange itself may announce: it has no reference": """
        exchange AUCTION_NOTICE contract=1 account=ann auction_id=7 q=100_000 floor_ticks=55.52 end_ns=+1 -> ACCEPTED stream=ann login=0 ref=0 order=$a; AUCTION_ANNOUNCED; COMMAND_DONE stream=operator login=0
        exchange AUCTION_NOTICE contract=2 account=ann auction_id=1 q=100_000 floor_ticks=80.00 end_ns=+1 -> !UNITS_INSUFFICIENT
        exchange CANCEL order=$a                                        -> !NOT_YOUR_ORDER
        exchange TICK after=1                                           -> DONE order=$a done=remainder; AUCTION_RESULT
    """,
    "a bid: rejects by descending precedence": """
        exchange DEFINE_ACCOUNT account=1006 member_id=17 entity_id=9 eligibility=6  -> COMMAND_DONE
        exchange DEFINE_ACCOUNT account=1007 member_id=17 entity_id=9 eligibility=3  -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=price_step_ticks parameter_value=8 -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=auction_bid_lots_min parameter_value=10 -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=holding_limit_lots parameter_value=300_010 -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=open_orders_max parameter_value=2 -> COMMAND_DONE
        ---
        exchange AUCTION_NOTICE contract=1 account=ann auction_id=7 q=300_000 floor_ticks=55.52 end_ns=+60_000 -> ACCEPTED; ...
        exchange SET_PHASE contract=1 method=one_way phase=break        -> ...
        exchange HALT level=market halt_reason=operator                 -> ...
        exchange HALT level=contract subject_id=1 halt_reason=operator  -> ...
        exchange KILL level=market                                      -> ...
        exchange KILL level=contract subject_id=1                       -> ...
        exchange KILL level=member subject_id=17                        -> ...
        exchange KILL level=login subject_id=12                         -> ...
        bob AUCTION_BID contract=6 account=1005                         -> !UNKNOWN_CONTRACT stream=bob contract=6
        bob AUCTION_BID account=zed q=4 p=5                             -> !WRONG_ACCOUNT q=4 p=5
        bob AUCTION_BID account=1006                                    -> !WRONG_PHASE
        exchange SET_PHASE contract=1 method=one_way phase=trading      -> ...
        bob AUCTION_BID account=1006                                    -> !MARKET_HALTED
        exchange RESUME level=market                                    -> ...
        bob AUCTION_BID account=1006                                    -> !CONTRACT_HALTED
        exchange RESUME level=contract subject_id=1                     -> ...
        bob AUCTION_BID account=1006                                    -> !MARKET_KILLED
        exchange RESTORE level=market                                   -> ...
        bob AUCTION_BID account=1006                                    -> !CONTRACT_KILLED
        exchange RESTORE level=contract subject_id=1                    -> ...
        bob AUCTION_BID account=1006                                    -> !MEMBER_KILLED
        exchange RESTORE level=member subject_id=17                     -> ...
        bob AUCTION_BID account=1006                                    -> !LOGIN_KILLED
        exchange RESTORE level=login subject_id=12                      -> ...
        bob AUCTION_BID account=1006                                    -> !UNKNOWN_AUCTION
        bob AUCTION_BID account=1006 auction_id=6                       -> !UNKNOWN_AUCTION
        bob AUCTION_BID contract=2 account=1006 auction_id=7            -> !UNKNOWN_AUCTION
        bob AUCTION_BID account=1006 auction_id=7                       -> !NOT_ELIGIBLE
        eve AUCTION_BID auction_id=7                                    -> !OWN_COUNTERPARTY
        ann AUCTION_BID auction_id=7                                    -> !OWN_COUNTERPARTY
        bob AUCTION_BID auction_id=7 q=9                                -> !QUANTITY_BELOW_MINIMUM expected_value=10
        bob AUCTION_BID auction_id=7 q=300_001                          -> !QUANTITY_ABOVE_MAXIMUM expected_value=300_000
        bob AUCTION_BID auction_id=7 q=300_000 p=1                      -> !PRICE_OFF_TICK expected_value=8
        bob AUCTION_BID auction_id=7 q=300_000 p=55.44                  -> !PRICE_OUTSIDE_BAND expected_value=55.52
        bob AUCTION_BID auction_id=7 q=300_000 p=61.12                  -> !PRICE_OUTSIDE_BAND expected_value=61.07
        cat AUCTION_BID auction_id=7 q=300_000 p=61.04                  -> !CASH_INSUFFICIENT
        bob AUCTION_BID auction_id=7 q=300_000 p=61.04                  -> !HOLDING_LIMIT
        bob LISTING side=sell q=1 p=56.00                               -> ACCEPTED
        bob LISTING side=sell q=1 p=56.00                               -> ACCEPTED order=$l
        bob AUCTION_BID auction_id=7 q=10 p=61.04                       -> !OPEN_ORDERS_LIMIT
        bob CANCEL order=$l                                             -> DONE
        bob AUCTION_BID auction_id=7 q=10 p=61.04 ref=90                -> ACCEPTED stream=bob login=bob ref=90 contract=1 account=bob order=$b p=61.04 q=10 side=buy method=one_way kind=bid to=0
        bob AUCTION_BID auction_id=7 q=10 p=61.04                       -> !HOLDING_LIMIT                # open bids count
    """,
    "a CCER auction asks for CCER": """
        exchange DEFINE_ACCOUNT account=1007 member_id=17 entity_id=9 eligibility=3  -> COMMAND_DONE
        exchange PARAMETER_SET contract=2 parameter_id=auction_quantity_lots_min parameter_value=1 -> COMMAND_DONE
        ---
        exchange AUCTION_NOTICE contract=2 account=ann auction_id=1 q=500 floor_ticks=80.00 end_ns=+1 -> ACCEPTED; ...
        bob AUCTION_BID contract=2 account=1007 auction_id=1 q=1 p=80.00 -> !NOT_ELIGIBLE
        bob AUCTION_BID contract=2 auction_id=1 q=1 p=80.00             -> ACCEPTED
    """,
    "bids are sealed: nothing trades and nothing is told before the end": NOTICE
    + """
        bob AUCTION_BID auction_id=7 q=60_000 p=58.00                   -> ACCEPTED
        cat AUCTION_BID auction_id=7 q=100_000 p=58.00                  -> ACCEPTED
        exchange TICK after=59_000                                      -> nothing
        ann LISTING side=sell q=1 p=55.52                               -> ACCEPTED
        exchange TICK                                                   -> FIVE_LEVELS board_side=sell
        bob TAKE side=buy q=1 p=58.00                                   -> EXECUTED p=55.52; ...         # the book goes on beside it
    """,
    "uniform: everybody pays the lowest price that got anything": NOTICE
    + """
        bob AUCTION_BID auction_id=7 q=60_000 p=56.00 ref=5             -> ACCEPTED order=$b1
        cat AUCTION_BID auction_id=7 q=30_000 p=58.00                   -> ACCEPTED order=$c
        bob AUCTION_BID auction_id=7 q=50_000 p=56.00                   -> ACCEPTED order=$b2
        bob AUCTION_BID auction_id=7 q=50_000 p=55.52                   -> ACCEPTED order=$b3
        operator AUCTION_END contract=1 method=one_way auction_id=7     -> EXECUTED stream=cat account=cat order=$c p=56.00 q=30_000 match=1 side=buy role=auction method=one_way kind=bid fee_t=0 ; DONE stream=cat order=$c p=58.00 q=0 filled_lots=30_000 done=filled ; EXECUTED stream=ann login=0 ref=0 account=ann order=$a p=56.00 q=30_000 match=1 side=sell role=auction method=one_way kind=auction_offer ; TRADE stream=public contract=1 account=0 p=56.00 q=30_000 match=1 side=buy method=one_way ; TRADE_REPORT stream=wuhan account=cat seller_account_id=ann p=56.00 q=30_000 match=1 side=buy report_method=one_way ; EXECUTED stream=bob login=bob ref=5 order=$b1 p=56.00 q=60_000 match=2 ; DONE order=$b1 done=filled ; EXECUTED order=$a q=60_000 ; TRADE match=2 ; TRADE_REPORT match=2 ; EXECUTED order=$b2 p=56.00 q=10_000 match=3 ; EXECUTED order=$a q=10_000 ; TRADE match=3 ; TRADE_REPORT match=3 ; DONE order=$b2 p=56.00 q=40_000 filled_lots=10_000 done=remainder ; DONE order=$b3 q=50_000 filled_lots=0 done=remainder ; DONE stream=ann order=$a p=55.52 q=0 filled_lots=100_000 done=filled ; AUCTION_RESULT stream=public login=0 ref=0 account=0 contract=1 tonnes_lots=100_000 p=56.00 auction_trade_count=3 auction_id=7 pricing=uniform auction_kind=one_way method=one_way turnover_fen=560_000_000 ; COMMAND_DONE login=operator contract=1 subject_id=7 command_kind=auction_end
        bob AUCTION_BID auction_id=7 q=1 p=56.00                        -> !UNKNOWN_AUCTION
        operator AUCTION_END contract=1 method=one_way auction_id=7     -> !UNKNOWN_AUCTION
        exchange TICK after=60_000                                      -> nothing
    """,
    "pay-as-bid: each its own price; nobody more than its share": AS_BID
    + """
        bob AUCTION_BID auction_id=7 q=40_001 p=58.00                   -> !QUANTITY_ABOVE_MAXIMUM expected_value=40_000
        bob AUCTION_BID auction_id=7 q=30_000 p=58.00                   -> ACCEPTED order=$b1
        bob AUCTION_BID auction_id=7 q=30_000 p=57.00                   -> ACCEPTED order=$b2
        bob AUCTION_BID auction_id=7 q=5_000 p=57.00                    -> ACCEPTED order=$b3
        cat AUCTION_BID auction_id=7 q=20_000 p=56.00                   -> ACCEPTED order=$c1
        cat AUCTION_BID auction_id=7 q=10_000 p=55.52                   -> ACCEPTED order=$c2
        exchange TICK after=59_999                                      -> nothing
        exchange TICK after=1                                           -> EXECUTED order=$b1 p=58.00 q=30_000; DONE order=$b1; EXECUTED; TRADE; TRADE_REPORT; EXECUTED order=$b2 p=57.00 q=10_000; EXECUTED; TRADE; TRADE_REPORT; EXECUTED order=$c1 p=56.00 q=20_000; DONE; EXECUTED; TRADE; TRADE_REPORT; EXECUTED order=$c2 p=55.52 q=10_000; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE order=$b2 done=remainder q=20_000 filled_lots=10_000; DONE order=$b3 done=remainder q=5_000; DONE order=$a done=remainder q=30_000 filled_lots=70_000; AUCTION_RESULT p=55.52 tonnes_lots=70_000 auction_trade_count=4 pricing=pay_as_bid turnover_fen=398_520_000
        ann BLOCK_OFFER side=sell q=930_001 p=55.52 to=bob              -> !UNITS_INSUFFICIENT
        ann BLOCK_OFFER side=sell q=930_000 p=55.52 to=bob              -> ACCEPTED; BLOCK_OFFERED       # the unsold came back
        bob BLOCK_OFFER side=sell q=300_001 p=55.52 to=ann              -> !BOUGHT_TODAY                 # T+1
    """,
    "the share is an account's, not a member's": """
        exchange DEFINE_ACCOUNT account=1006 member_id=17 entity_id=2 eligibility=7  -> COMMAND_DONE
        wuhan OPENING_CASH account=1006 available_fen=10_000_000_000    -> nothing
        ---
    """
    + AS_BID
    + """
        bob AUCTION_BID auction_id=7 q=40_000 p=58.00                   -> ACCEPTED
        bob AUCTION_BID account=1006 auction_id=7 q=40_000 p=58.00      -> ACCEPTED
        exchange AUCTION_END contract=1 method=one_way auction_id=7     -> EXECUTED account=bob q=40_000; DONE; EXECUTED; TRADE; TRADE_REPORT; EXECUTED account=1006 q=40_000; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE done=remainder; AUCTION_RESULT; COMMAND_DONE
    """,
    "locks are at one's own price with fees; what is saved returns": """
        exchange PARAMETER_SET contract=1 parameter_id=trading_fee_ppm parameter_value=100 -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=auction_quantity_lots_min parameter_value=1 -> COMMAND_DONE
        ---
        exchange AUCTION_NOTICE contract=1 account=ann auction_id=7 q=200_000 floor_ticks=55.52 end_ns=+60_000 -> ACCEPTED order=$a; ...
        # 165,000 x 60.00 = 990,000,000 fen and 99,000 of fees; cat has 1,000,000,000
        cat AUCTION_BID auction_id=7 q=165_000 p=60.00                  -> ACCEPTED order=$c
        cat AUCTION_BID auction_id=7 q=1_784 p=55.52                    -> !CASH_INSUFFICIENT            # 9,905,759 fen, 9,901,000 are free
        cat AUCTION_BID auction_id=7 q=1_783 p=55.52                    -> ACCEPTED order=$d
        exchange AUCTION_END contract=1 method=one_way auction_id=7     -> EXECUTED order=$c p=55.52 q=165_000 fee_t=91_608; DONE order=$c done=filled; EXECUTED order=$a fee_t=91_608; TRADE; TRADE_REPORT buyer_trading_fee_fen=91_608 seller_trading_fee_fen=91_608; EXECUTED order=$d q=1_783 fee_t=990; DONE; EXECUTED order=$a fee_t=990; TRADE; TRADE_REPORT; DONE order=$a q=33_217 done=remainder; AUCTION_RESULT; COMMAND_DONE
        cat LISTING side=buy q=1_333 p=55.52                            -> ACCEPTED
    """,
    "a bid may be cancelled while the window runs, if the rules say so": NOTICE
    + """
        bob AUCTION_BID auction_id=7 q=100_000 p=61.07 ref=9            -> ACCEPTED order=$b
        cat AUCTION_BID auction_id=7 q=5_000 p=61.07                    -> ACCEPTED order=$c
        bob REPLACE order=$b q=2 p=60.00                                -> !NOT_IN_BOOK
        exchange HALT level=market halt_reason=operator                 -> ...
        bob CANCEL target_reference=9                                   -> DONE order=$b q=100_000 filled_lots=0 done=cancelled method=one_way kind=bid
        cat CANCEL after=60_000 order=$c                                -> !BID_BINDING                  # the window is over
        exchange TICK                                                   -> nothing                       # a halt makes it wait
        exchange RESUME level=market                                    -> ...
        exchange TICK                                                   -> EXECUTED order=$c; ...
    """,
    "a binding bid stays": """
        exchange PARAMETER_SET contract=1 parameter_id=auction_bid_cancel parameter_value=0 -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=cancel_in_break parameter_value=0 -> COMMAND_DONE
        ---
    """
    + NOTICE
    + """
        bob AUCTION_BID auction_id=7 q=5 p=61.07                        -> ACCEPTED order=$b
        exchange SET_PHASE contract=1 method=one_way phase=break        -> ...
        cat CANCEL order=$b                                             -> !NOT_YOUR_ORDER
        bob CANCEL order=$b                                             -> !WRONG_PHASE
        exchange SET_PHASE contract=1 method=one_way phase=trading      -> ...
        bob CANCEL order=$b                                             -> !BID_BINDING
        bob MASS_CANCEL contract=0 side=255 method=255                  -> MASS_CANCELLED record_count=0 cancelled_lots=0
        ann MASS_CANCEL contract=0 side=255 method=255                  -> MASS_CANCELLED record_count=0 cancelled_lots=0
    """,
    "staff withdraws an auction: bids best first, then the lot": NOTICE
    + """
        bob AUCTION_BID auction_id=7 q=5 p=58.00                        -> ACCEPTED order=$b
        cat AUCTION_BID auction_id=7 q=6 p=59.00                        -> ACCEPTED order=$c
        operator MASS_CANCEL account=0 contract=1 side=255 method=one_way -> DONE order=$c done=mass_cancelled; DONE order=$b done=mass_cancelled; DONE order=$a done=mass_cancelled q=100_000; AUCTION_RESULT p=0 tonnes_lots=0 auction_id=7; MASS_CANCELLED stream=operator record_count=3 cancelled_lots=100_011
        exchange TICK after=60_000                                      -> nothing
        operator AUCTION_END contract=1 method=one_way auction_id=7     -> !UNKNOWN_AUCTION
    """,
    "staff spare the lot of an auction that still has bids, and along an account's list": NOTICE
    + """
        bob AUCTION_BID auction_id=7 q=5 p=58.00                        -> ACCEPTED order=$b
        cat AUCTION_BID auction_id=7 q=6 p=59.00                        -> ACCEPTED order=$c
        operator MASS_CANCEL account=ann side=255 method=255            -> MASS_CANCELLED record_count=0 cancelled_lots=0
        operator MASS_CANCEL side=sell method=255                       -> MASS_CANCELLED record_count=0
        operator MASS_CANCEL account=bob side=255 method=255            -> DONE order=$b done=mass_cancelled; MASS_CANCELLED record_count=1
        operator MASS_CANCEL side=buy method=one_way                    -> DONE order=$c done=mass_cancelled; MASS_CANCELLED record_count=1 cancelled_lots=6
        operator MASS_CANCEL side=sell method=one_way                   -> DONE order=$a done=mass_cancelled; AUCTION_RESULT auction_id=7; MASS_CANCELLED record_count=1 cancelled_lots=100_000
    """,
    "a lost connection cancels bids, but never what binds": """
        exchange PARAMETER_SET contract=2 parameter_id=auction_bid_cancel parameter_value=0 -> COMMAND_DONE
        exchange PARAMETER_SET contract=2 parameter_id=auction_quantity_lots_min parameter_value=1 -> COMMAND_DONE
        ---
        bob SESSION_SETTING cancel_on_disconnect=1                      -> SETTING_CHANGED
        ann SESSION_SETTING cancel_on_disconnect=1                      -> SETTING_CHANGED
        exchange AUCTION_NOTICE contract=2 account=ann auction_id=1 q=500 floor_ticks=80.00 end_ns=+60_000 -> ACCEPTED; ...
    """
    + NOTICE
    + """
        bob AUCTION_BID contract=2 auction_id=1 q=5 p=80.00             -> ACCEPTED order=$binding
        bob AUCTION_BID auction_id=7 q=6 p=58.00                        -> ACCEPTED order=$b
        exchange LOGIN_DOWN subject_id=12 down_reason=2                 -> LOGIN_CHANGED
        exchange LOGIN_DOWN subject_id=11 down_reason=2                 -> LOGIN_CHANGED
        exchange TICK                                                   -> MASS_CANCELLED stream=ann record_count=0; DONE order=$b done=disconnected; MASS_CANCELLED stream=bob record_count=1 cancelled_lots=6
        exchange TICK after=60_000                                      -> DONE order=$a; AUCTION_RESULT contract=1; EXECUTED order=$binding p=80.00; ...
    """,
    "without a bid everything is left over; the next auction has a higher number": NOTICE
    + """
        exchange TICK after=60_000                                      -> DONE order=$a q=100_000 done=remainder filled_lots=0; AUCTION_RESULT p=0 tonnes_lots=0 auction_trade_count=0 turnover_fen=0 auction_id=7
        exchange AUCTION_NOTICE contract=1 account=ann auction_id=7 q=100_000 floor_ticks=55.52 end_ns=+60_000 -> !AUCTION_RUNNING
        exchange AUCTION_NOTICE contract=1 account=ann auction_id=8 q=100_000 floor_ticks=55.52 end_ns=+60_000 -> ACCEPTED; ...
        bob AUCTION_BID auction_id=7 q=1 p=56.00                        -> !UNKNOWN_AUCTION
        bob AUCTION_BID auction_id=8 q=1 p=56.00                        -> ACCEPTED
    """,
    "the end of the method ends it first": NOTICE
    + """
        bob AUCTION_BID auction_id=7 q=5 p=58.00                        -> ACCEPTED order=$b
        exchange SET_PHASE contract=1 method=one_way phase=break        -> PHASE_CHANGED; COMMAND_DONE
        exchange SET_PHASE contract=1 method=one_way phase=ended        -> EXECUTED order=$b p=58.00; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE order=$a done=remainder q=99_995; AUCTION_RESULT tonnes_lots=5; PHASE_CHANGED method=one_way phase=ended; COMMAND_DONE
    """,
    "a halt makes it wait; if the method ends meanwhile everything lapses": NOTICE
    + """
        bob AUCTION_BID auction_id=7 q=5 p=58.00                        -> ACCEPTED order=$b
        cat AUCTION_BID auction_id=7 q=5 p=59.00                        -> ACCEPTED order=$c
        exchange HALT level=contract subject_id=1 halt_reason=operator  -> ...
        operator AUCTION_END contract=1 method=one_way auction_id=7     -> !CONTRACT_HALTED
        exchange HALT level=market halt_reason=operator                 -> ...
        operator AUCTION_END contract=1 method=one_way auction_id=6     -> !MARKET_HALTED
        exchange TICK after=60_000                                      -> nothing
        exchange SET_PHASE contract=1 method=one_way phase=ended        -> PHASE_CHANGED phase=ended; DONE order=$c done=lapsed; DONE order=$b done=lapsed; DONE order=$a done=lapsed q=100_000; AUCTION_RESULT p=0 tonnes_lots=0; COMMAND_DONE
    """,
    "ends of several contracts in one TICK, contracts ascending": """
        exchange PARAMETER_SET parameter_id=auction_quantity_lots_min parameter_value=1 -> COMMAND_DONE
        ---
        exchange AUCTION_NOTICE contract=2 account=ann auction_id=1 q=9 floor_ticks=80.00 end_ns=+1 -> ACCEPTED; ...
        exchange AUCTION_NOTICE contract=1 account=ann auction_id=9 q=9 floor_ticks=55.52 end_ns=+1 -> ACCEPTED; ...
        exchange TICK after=1                                           -> DONE contract=1; AUCTION_RESULT contract=1; DONE contract=2; AUCTION_RESULT contract=2
    """,
    "it has figures of its own, and the book's do not see it": NOTICE
    + """
        bob AUCTION_BID auction_id=7 q=99_999 p=58.00                   -> ACCEPTED
        cat AUCTION_BID auction_id=7 q=1 p=56.01                        -> ACCEPTED
        exchange SET_PHASE method=255 phase=ended                       -> PHASE_CHANGED; PHASE_CHANGED; EXECUTED p=56.01; ...
        exchange CLOSE_DAY                                              -> DAY_FIGURES figure_method=listed trade_count=0 close_ticks=55.52 volume_lots=0; DAY_FIGURES figure_method=block trade_count=0; DAY_FIGURES figure_method=one_way trade_count=2 open_ticks=56.01 high_ticks=56.01 low_ticks=56.01 close_ticks=56.01 volume_lots=100_000 turnover_fen=560_100_000; ...
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_one_way(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
