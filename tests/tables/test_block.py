# ruff: noqa: E501  (a table reads better in long rows)
"""BLOCK_OFFER, BLOCK_ACCEPT, BLOCK_COUNTER, BLOCK_DECLINE 大宗: to one counterparty, or on the board."""

from collections.abc import Callable

import pytest

TABLES = {
    "offer: rejects by descending precedence": """
        exchange DEFINE_ACCOUNT account=1006 member_id=17 entity_id=2 eligibility=2 -> ...   # may not buy
        ---
        exchange SET_PHASE contract=1 method=block phase=break           -> ...
        exchange HALT level=market halt_reason=operator                  -> ...
        exchange HALT level=contract subject_id=1 halt_reason=registry   -> ...
        exchange KILL level=market                                       -> ...
        exchange KILL level=contract subject_id=1                        -> ...
        exchange KILL level=member subject_id=17                         -> ...
        exchange KILL level=login subject_id=bob                         -> ...
        bob BLOCK_OFFER contract=6 account=ann side=9 q=0 p=0            -> !UNKNOWN_CONTRACT
        bob BLOCK_OFFER account=ann side=9 q=0 p=0                       -> !WRONG_ACCOUNT
        bob BLOCK_OFFER account=1006 side=9 q=0 p=0                      -> !INVALID_FIELD
        bob BLOCK_OFFER account=1006 side=buy order_flags=2 q=0 p=0      -> !INVALID_FIELD
        bob BLOCK_OFFER account=1006 side=buy q=0 p=0                    -> !WRONG_PHASE
        exchange SET_PHASE contract=1 method=block phase=trading         -> ...
        bob BLOCK_OFFER account=1006 side=buy q=0 p=0                    -> !MARKET_HALTED
        exchange RESUME level=market                                     -> ...
        bob BLOCK_OFFER account=1006 side=buy q=0 p=0                    -> !CONTRACT_HALTED
        exchange RESUME level=contract subject_id=1                      -> ...
        bob BLOCK_OFFER account=1006 side=buy q=0 p=0                    -> !MARKET_KILLED
        exchange RESTORE level=market                                    -> ...
        bob BLOCK_OFFER account=1006 side=buy q=0 p=0                    -> !CONTRACT_KILLED
        exchange RESTORE level=contract subject_id=1                     -> ...
        bob BLOCK_OFFER account=1006 side=buy q=0 p=0                    -> !MEMBER_KILLED
        exchange RESTORE level=member subject_id=17                      -> ...
        bob BLOCK_OFFER account=1006 side=buy q=0 p=0                    -> !LOGIN_KILLED
        exchange RESTORE level=login subject_id=bob                      -> ...
        bob BLOCK_OFFER account=1006 side=buy q=0 p=0                    -> !NOT_ELIGIBLE
        bob BLOCK_OFFER side=sell q=99_999 p=0                           -> !QUANTITY_BELOW_MINIMUM expected_value=100_000
        bob BLOCK_OFFER side=sell q=20_000_001 p=0                       -> !QUANTITY_ABOVE_MAXIMUM expected_value=20_000_000
        bob BLOCK_OFFER side=sell q=400_000 p=38.85                      -> !PRICE_OUTSIDE_BAND expected_value=38.86
        bob BLOCK_OFFER side=sell q=400_000 p=72.19                      -> !PRICE_OUTSIDE_BAND expected_value=72.18
        bob BLOCK_OFFER side=sell q=400_000 p=72.18 to=1_008             -> !UNKNOWN_COUNTERPARTY
        bob BLOCK_OFFER side=sell q=400_000 p=72.18 to=9_999_999         -> !UNKNOWN_COUNTERPARTY
        bob BLOCK_OFFER side=sell q=400_000 p=72.18 to=1_006             -> !OWN_COUNTERPARTY
        bob BLOCK_OFFER side=sell q=400_000 p=72.18 to=ann               -> !UNITS_INSUFFICIENT
        bob BLOCK_OFFER side=sell q=300_000 p=72.18 to=ann               -> ACCEPTED; BLOCK_OFFERED
        bob BLOCK_OFFER side=buy q=10_000_000 p=72.18 to=ann             -> !CASH_INSUFFICIENT
    """,
    "the amount's bound comes before the counterparty": """
        exchange DEFINE_CONTRACT contract=4 base_price_ticks=300.00 product=1 -> ...
        ---
        bob BLOCK_OFFER contract=4 side=buy q=13_333_334 p=300.00 to=1_008 -> !AMOUNT_ABOVE_LIMIT
        bob BLOCK_OFFER contract=4 side=buy q=13_333_333 p=300.00 to=1_008 -> !UNKNOWN_COUNTERPARTY
    """,
    "two members of one entity do not deal in blocks with each other": """
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=eve               -> !OWN_COUNTERPARTY
    """,
    "offered, accepted exactly, delivered at once": """
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=bob ref=3         -> ACCEPTED stream=ann account=ann ref=3 order=$o side=sell kind=block_offer method=block to=bob q=100_000 p=50.00 ; BLOCK_OFFERED stream=bob account=bob to=ann ref=0 login=ann order=$o side=sell kind=block_offer method=block q=100_000 p=50.00
        bob BLOCK_ACCEPT order=$o q=100_000 p=50.00 ref=8                -> EXECUTED stream=ann account=ann login=ann ref=3 order=$o side=sell role=maker kind=block_offer method=block match=1 q=100_000 p=50.00 ; DONE stream=ann order=$o done=filled q=0 filled_lots=100_000 ; EXECUTED stream=bob account=bob login=bob ref=8 side=buy role=taker kind=block_accept method=block ; TRADE method=block side=buy match=1 ; TRADE_REPORT account=bob seller_account_id=ann side=buy report_method=block ; DONE stream=bob done=filled kind=block_accept q=0 filled_lots=100_000 p=50.00
        bob BLOCK_ACCEPT order=$o q=100_000 p=50.00                      -> !UNKNOWN_ORDER
        ann BLOCK_OFFER side=sell q=900_001 p=50.00 to=bob               -> !UNITS_INSUFFICIENT
        ann BLOCK_OFFER side=sell q=900_000 p=50.00 to=bob               -> ACCEPTED; BLOCK_OFFERED
    """,
    "accept: rejects by descending precedence": """
        exchange DEFINE_ACCOUNT account=1006 member_id=17 entity_id=2 eligibility=2 -> ...   # may not buy
        ---
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=bob               -> ACCEPTED order=$o; BLOCK_OFFERED
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=1_006             -> ACCEPTED order=$six; BLOCK_OFFERED
        ann BLOCK_OFFER side=sell q=100_000 p=72.00 to=zed               -> ACCEPTED order=$z; BLOCK_OFFERED
        ann LISTING side=sell q=10 p=50.00                               -> ACCEPTED order=$l
        exchange SET_PHASE contract=1 method=block phase=paused          -> ...
        exchange HALT level=market halt_reason=operator                  -> ...
        exchange HALT level=contract subject_id=1 halt_reason=operator   -> ...
        exchange KILL level=market                                       -> ...
        exchange KILL level=contract subject_id=1                        -> ...
        exchange KILL level=member subject_id=17                         -> ...
        exchange KILL level=login subject_id=bob                         -> ...
        bob BLOCK_ACCEPT contract=6 account=ann order=1 q=1 p=1          -> !UNKNOWN_CONTRACT
        bob BLOCK_ACCEPT account=ann order=1 q=1 p=1                     -> !WRONG_ACCOUNT
        bob BLOCK_ACCEPT order=1 q=1 p=1                                 -> !WRONG_PHASE
        exchange SET_PHASE contract=1 method=block phase=trading         -> ...
        bob BLOCK_ACCEPT order=1 q=1 p=1                                 -> !MARKET_HALTED
        exchange RESUME level=market                                     -> ...
        bob BLOCK_ACCEPT order=1 q=1 p=1                                 -> !CONTRACT_HALTED
        exchange RESUME level=contract subject_id=1                      -> ...
        bob BLOCK_ACCEPT order=1 q=1 p=1                                 -> !MARKET_KILLED
        exchange RESTORE level=market                                    -> ...
        bob BLOCK_ACCEPT order=1 q=1 p=1                                 -> !CONTRACT_KILLED
        exchange RESTORE level=contract subject_id=1                     -> ...
        bob BLOCK_ACCEPT order=1 q=1 p=1                                 -> !MEMBER_KILLED
        exchange RESTORE level=member subject_id=17                      -> ...
        bob BLOCK_ACCEPT order=1 q=1 p=1                                 -> !LOGIN_KILLED
        exchange RESTORE level=login subject_id=bob                      -> ...
        bob BLOCK_ACCEPT order=1 q=1 p=1                                 -> !UNKNOWN_ORDER order=1
        bob BLOCK_ACCEPT order=$l q=10 p=50.00                           -> !NOT_A_BLOCK_OFFER
        bob BLOCK_ACCEPT contract=2 order=$o q=100_000 p=50.00           -> !NOT_A_BLOCK_OFFER
        cat BLOCK_ACCEPT order=$o q=1 p=1                                -> !NOT_ADDRESSED_TO_YOU
        bob BLOCK_ACCEPT account=1006 order=$o q=1 p=1                   -> !NOT_ADDRESSED_TO_YOU
        bob BLOCK_ACCEPT account=1006 order=$six q=100_000 p=50.01       -> !TERMS_DIFFER
        bob BLOCK_ACCEPT account=1006 order=$six q=100_001 p=50.00       -> !TERMS_DIFFER
        bob BLOCK_ACCEPT account=1006 order=$six q=100_000 p=50.00       -> !NOT_ELIGIBLE
        zed BLOCK_ACCEPT order=$z q=100_000 p=72.00                      -> !CASH_INSUFFICIENT
        bob BLOCK_ACCEPT order=$o q=100_000 p=50.00                      -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE
    """,
    "the acceptor sells: units, T+1, holding limit of a buying acceptor": """
        exchange PARAMETER_SET contract=1 parameter_id=holding_limit_lots parameter_value=400_000 -> ...
        ---
        eve BLOCK_OFFER side=buy q=150_000 p=50.00 to=bob                -> ACCEPTED order=$a side=buy; BLOCK_OFFERED side=buy
        eve BLOCK_OFFER side=buy q=150_001 p=50.00 to=bob                -> ACCEPTED order=$b; BLOCK_OFFERED
        bob BLOCK_ACCEPT order=$a q=150_000 p=50.00                      -> EXECUTED account=eve side=buy; DONE; EXECUTED account=bob side=sell; TRADE side=sell; TRADE_REPORT account=eve seller_account_id=bob; DONE side=sell
        bob BLOCK_ACCEPT order=$b q=150_001 p=50.00                      -> !UNITS_INSUFFICIENT
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=bob               -> ACCEPTED order=$c; BLOCK_OFFERED
        bob BLOCK_ACCEPT order=$c q=100_000 p=50.00                      -> EXECUTED; DONE; EXECUTED; ...
        bob BLOCK_ACCEPT order=$b q=150_001 p=50.00                      -> !BOUGHT_TODAY
        ann BLOCK_OFFER side=sell q=150_001 p=50.00 to=bob               -> ACCEPTED order=$d; BLOCK_OFFERED
        bob BLOCK_ACCEPT order=$d q=150_001 p=50.00                      -> !HOLDING_LIMIT            # 150,000 + 100,000 + 150,001
    """,
    "declined by whom it addresses, in any phase": """
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=bob ref=4         -> ACCEPTED order=$o; BLOCK_OFFERED
        ann LISTING side=sell q=10 p=50.00                               -> ACCEPTED order=$l
        exchange SET_PHASE contract=1 method=255 phase=break             -> ...
        exchange HALT level=market halt_reason=operator                  -> ...
        bob BLOCK_DECLINE contract=6 account=ann order=1                 -> !UNKNOWN_CONTRACT
        bob BLOCK_DECLINE account=ann order=1                            -> !WRONG_ACCOUNT
        bob BLOCK_DECLINE order=1                                        -> !UNKNOWN_ORDER
        bob BLOCK_DECLINE order=$l                                       -> !NOT_A_BLOCK_OFFER
        bob BLOCK_DECLINE contract=2 order=$o                            -> !NOT_A_BLOCK_OFFER
        cat BLOCK_DECLINE order=$o                                       -> !NOT_ADDRESSED_TO_YOU
        bob BLOCK_DECLINE order=$o ref=30                                -> DONE stream=ann login=ann ref=4 order=$o done=declined q=100_000 filled_lots=0 kind=block_offer ; BLOCK_CLOSED stream=bob account=bob login=bob ref=30 to=ann order=$o q=100_000 side=sell done=declined method=block
        exchange RESUME level=market                                     -> ...
        exchange SET_PHASE contract=1 method=255 phase=trading           -> ...
        ann BLOCK_OFFER side=sell q=999_990 p=50.00 to=bob               -> ACCEPTED; BLOCK_OFFERED   # the units came back
    """,
    "cancelled by the offeror; the counterparty is told": """
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=bob ref=4         -> ACCEPTED order=$o; BLOCK_OFFERED
        bob CANCEL order=$o                                              -> !NOT_YOUR_ORDER
        ann CANCEL target_reference=4                                    -> DONE stream=ann order=$o done=cancelled ref=4; BLOCK_CLOSED stream=bob account=bob to=ann ref=0 login=ann order=$o done=cancelled q=100_000 p=50.00
        bob BLOCK_ACCEPT order=$o q=100_000 p=50.00                      -> !UNKNOWN_ORDER
    """,
    "a block lapses at its method's close, in the order offered": """
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=bob               -> ACCEPTED order=$a; BLOCK_OFFERED
        eve BLOCK_OFFER side=buy q=100_000 p=60.00 to=cat                -> ACCEPTED order=$b; BLOCK_OFFERED
        exchange SET_PHASE contract=1 method=block phase=ended           -> PHASE_CHANGED method=block phase=ended; DONE order=$a done=lapsed; BLOCK_CLOSED stream=bob order=$a done=lapsed login=0 ref=0; DONE order=$b done=lapsed; BLOCK_CLOSED stream=cat order=$b; COMMAND_DONE
        ann LISTING side=sell q=99_999 p=50.00                           -> ACCEPTED                  # listed goes on
    """,
    "continuous contracts deal in blocks too; blocks never touch the board": """
        zed BLOCK_OFFER contract=3 side=buy q=100_000 p=60.00 to=ann     -> !CASH_INSUFFICIENT
        bob BLOCK_OFFER contract=3 side=buy q=100_000 p=60.00 to=ann     -> ACCEPTED; BLOCK_OFFERED
        exchange TICK                                                    -> nothing
    """,
    "on the board: everybody sees it, nobody sees whose it is": """
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=0 ref=3           -> ACCEPTED stream=ann order=$o to=0 order_flags=0 kind=block_offer; BLOCK_BOARD stream=public order=$o q=100_000 p=50.00 side=sell order_flags=0 method=block contract=1 account=0 login=0 ref=0
        bob BLOCK_DECLINE order=$o                                       -> !NOT_ADDRESSED_TO_YOU
        eve BLOCK_ACCEPT order=$o q=100_000 p=50.00                      -> !OWN_COUNTERPARTY
        ann BLOCK_ACCEPT order=$o q=1 p=1                                -> !OWN_COUNTERPARTY         # before the terms
        bob BLOCK_ACCEPT order=$o q=99_999 p=50.00                       -> !TERMS_DIFFER
        bob BLOCK_ACCEPT order=$o q=100_000 p=50.00                      -> EXECUTED stream=ann order=$o role=maker q=100_000; DONE stream=ann order=$o done=filled; EXECUTED stream=bob role=taker; TRADE method=block; TRADE_REPORT account=bob seller_account_id=ann; DONE stream=bob kind=block_accept done=filled; BLOCK_BOARD order=$o q=0 p=50.00 side=sell
        bob BLOCK_ACCEPT order=$o q=100_000 p=50.00                      -> !UNKNOWN_ORDER
    """,
    "on the board: withdrawn, and lapsed at the close": """
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 ref=3                -> ACCEPTED order=$o; BLOCK_BOARD q=100_000
        ann CANCEL target_reference=3                                    -> DONE stream=ann order=$o done=cancelled q=100_000; BLOCK_BOARD stream=public order=$o q=0 p=50.00 side=sell method=block
        eve BLOCK_OFFER side=buy q=100_000 p=60.00                       -> ACCEPTED order=$b; BLOCK_BOARD side=buy
        exchange SET_PHASE contract=1 method=block phase=ended           -> PHASE_CHANGED; DONE order=$b done=lapsed; BLOCK_BOARD order=$b q=0 side=buy; COMMAND_DONE
    """,
    "in part: any block up to what remains, until the rest is no block": """
        ann BLOCK_OFFER side=sell q=450_000 p=50.00 order_flags=1        -> ACCEPTED order=$o order_flags=1 q=450_000; BLOCK_BOARD order=$o q=450_000 order_flags=1
        bob BLOCK_ACCEPT order=$o q=99_999 p=50.00                       -> !TERMS_DIFFER
        bob BLOCK_ACCEPT order=$o q=450_001 p=50.00                      -> !TERMS_DIFFER
        bob BLOCK_ACCEPT order=$o q=100_000 p=50.01                      -> !TERMS_DIFFER
        bob BLOCK_ACCEPT order=$o q=100_000 p=50.00                      -> EXECUTED order=$o q=100_000; EXECUTED q=100_000; TRADE q=100_000; TRADE_REPORT; DONE stream=bob done=filled filled_lots=100_000; BLOCK_BOARD order=$o q=350_000
        bob BLOCK_ACCEPT order=$o q=350_001 p=50.00                      -> !TERMS_DIFFER
        bob BLOCK_ACCEPT order=$o q=250_001 p=50.00                      -> EXECUTED order=$o; EXECUTED; TRADE; TRADE_REPORT; DONE stream=bob; DONE stream=ann order=$o done=lapsed q=99_999 filled_lots=350_001; BLOCK_BOARD order=$o q=0
        ann BLOCK_OFFER side=sell q=649_999 p=50.00 order_flags=1        -> ACCEPTED order=$p; BLOCK_BOARD    # the rest's units came back
        bob BLOCK_ACCEPT order=$p q=649_999 p=50.00                      -> EXECUTED; DONE stream=ann done=filled; EXECUTED; TRADE; TRADE_REPORT; DONE stream=bob; BLOCK_BOARD order=$p q=0
    """,
    "in part, to one counterparty: it is told when the rest lapses": """
        ann BLOCK_OFFER side=sell q=300_000 p=50.00 to=bob order_flags=1 -> ACCEPTED order=$o to=bob order_flags=1; BLOCK_OFFERED order_flags=1 countered_order_id=0
        bob BLOCK_ACCEPT order=$o q=150_000 p=50.00                      -> EXECUTED; EXECUTED; TRADE; TRADE_REPORT; DONE stream=bob
        cat BLOCK_ACCEPT order=$o q=100_000 p=50.00                      -> !NOT_ADDRESSED_TO_YOU
        bob BLOCK_ACCEPT order=$o q=100_000 p=50.00                      -> EXECUTED; EXECUTED; TRADE; TRADE_REPORT; DONE stream=bob; DONE stream=ann order=$o done=lapsed q=50_000 filled_lots=250_000; BLOCK_CLOSED stream=bob order=$o q=50_000 done=lapsed ref=0 to=ann
    """,
    "in part: the buyer of the board pays its fees by the sum, and gets back what it did not need": """
        exchange PARAMETER_SET contract=1 parameter_id=trading_fee_ppm parameter_value=600 -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=block_quantity_lots_min parameter_value=1 -> COMMAND_DONE
        ---
        bob BLOCK_OFFER side=buy q=3 p=55.52 order_flags=1               -> ACCEPTED order=$o; BLOCK_BOARD
        ann BLOCK_ACCEPT order=$o q=1 p=55.52                            -> EXECUTED account=bob fee_t=4; EXECUTED account=ann fee_t=4; TRADE; TRADE_REPORT; DONE; BLOCK_BOARD q=2
        ann BLOCK_ACCEPT order=$o q=1 p=55.52                            -> EXECUTED account=bob fee_t=3; EXECUTED account=ann fee_t=4; TRADE; TRADE_REPORT; DONE; BLOCK_BOARD q=1
        bob CANCEL order=$o                                              -> DONE q=1 filled_lots=2; BLOCK_BOARD q=0
    """,
    "counter: rejects by descending precedence": """
        exchange DEFINE_ACCOUNT account=1006 member_id=17 entity_id=2 eligibility=2 -> ...   # may not buy
        ---
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=bob               -> ACCEPTED order=$o; BLOCK_OFFERED
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=1_006             -> ACCEPTED order=$six; BLOCK_OFFERED
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 ref=9                -> ACCEPTED order=$board; BLOCK_BOARD
        ann LISTING side=sell q=10 p=50.00                               -> ACCEPTED order=$l
        exchange SET_PHASE contract=1 method=block phase=paused          -> ...
        exchange HALT level=market halt_reason=operator                  -> ...
        exchange KILL level=market                                       -> ...
        bob BLOCK_COUNTER contract=6 account=ann order=1 order_flags=2   -> !UNKNOWN_CONTRACT
        bob BLOCK_COUNTER account=ann order=1 order_flags=2              -> !WRONG_ACCOUNT
        bob BLOCK_COUNTER order=1 order_flags=2                          -> !INVALID_FIELD
        bob BLOCK_COUNTER order=1                                        -> !WRONG_PHASE
        exchange SET_PHASE contract=1 method=block phase=trading         -> ...
        bob BLOCK_COUNTER order=1                                        -> !MARKET_HALTED
        exchange RESUME level=market                                     -> ...
        bob BLOCK_COUNTER order=1                                        -> !MARKET_KILLED
        exchange RESTORE level=market                                    -> ...
        bob BLOCK_COUNTER order=1                                        -> !UNKNOWN_ORDER order=1
        bob BLOCK_COUNTER order=$l                                       -> !NOT_A_BLOCK_OFFER
        bob BLOCK_COUNTER contract=2 order=$o                            -> !NOT_A_BLOCK_OFFER
        cat BLOCK_COUNTER order=$o                                       -> !NOT_ADDRESSED_TO_YOU
        eve BLOCK_COUNTER order=$board                                   -> !OWN_COUNTERPARTY
        bob BLOCK_COUNTER account=1006 order=$six q=1 p=1                -> !NOT_ELIGIBLE
        bob BLOCK_COUNTER order=$o q=99_999 p=1.00                       -> !QUANTITY_BELOW_MINIMUM expected_value=100_000
        bob BLOCK_COUNTER order=$o q=20_000_001 p=1.00                   -> !QUANTITY_ABOVE_MAXIMUM expected_value=20_000_000
        bob BLOCK_COUNTER order=$o q=10_000_000 p=1.00                   -> !PRICE_OUTSIDE_BAND expected_value=38.86
        bob BLOCK_COUNTER order=$o q=10_000_000 p=50.00                  -> !CASH_INSUFFICIENT
        bob BLOCK_COUNTER order=$o q=200_000 p=49.00 order_flags=1       -> DONE; BLOCK_CLOSED; ACCEPTED; BLOCK_OFFERED
    """,
    "countered: the offer to oneself ends, a new one goes back": """
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=bob ref=3         -> ACCEPTED order=$o; BLOCK_OFFERED
        bob BLOCK_COUNTER order=$o q=200_000 p=49.00 ref=7 order_flags=1 -> DONE stream=ann order=$o login=ann ref=3 done=countered q=100_000 filled_lots=0; BLOCK_CLOSED stream=bob order=$o account=bob to=ann login=bob ref=7 done=countered side=sell q=100_000; ACCEPTED stream=bob order=$c account=bob ref=7 side=buy q=200_000 p=49.00 to=ann order_flags=1 kind=block_offer method=block; BLOCK_OFFERED stream=ann account=ann order=$c to=bob login=bob ref=0 side=buy q=200_000 p=49.00 order_flags=1 countered_order_id=$o
        bob BLOCK_ACCEPT order=$o q=100_000 p=50.00                      -> !UNKNOWN_ORDER
        ann BLOCK_COUNTER order=$c q=150_000 p=49.50                     -> DONE stream=bob order=$c done=countered; BLOCK_CLOSED stream=ann; ACCEPTED stream=ann order=$d side=sell to=bob; BLOCK_OFFERED stream=bob countered_order_id=$c
        bob BLOCK_ACCEPT order=$d q=150_000 p=49.50                      -> EXECUTED; DONE; EXECUTED; TRADE side=buy; TRADE_REPORT; DONE
    """,
    "countered: an offer on the board stays there": """
        ann BLOCK_OFFER side=sell q=100_000 p=50.00                      -> ACCEPTED order=$o; BLOCK_BOARD
        bob BLOCK_COUNTER order=$o q=100_000 p=49.00                     -> ACCEPTED stream=bob order=$c side=buy to=ann; BLOCK_OFFERED stream=ann countered_order_id=$o order_flags=0
        cat BLOCK_COUNTER order=$o q=300_000 p=49.00                     -> !CASH_INSUFFICIENT
        ann BLOCK_ACCEPT order=$c q=100_000 p=49.00                      -> EXECUTED account=bob; ...
        bob BLOCK_ACCEPT order=$o q=100_000 p=50.00                      -> EXECUTED account=ann; ...
    """,
    "a kill switch stops offers and counters, never a refusal": """
        ann BLOCK_OFFER side=sell q=100_000 p=50.00 to=bob               -> ACCEPTED order=$o; BLOCK_OFFERED
        exchange KILL level=login subject_id=bob                         -> ...
        bob BLOCK_COUNTER order=$o q=100_000 p=49.00                     -> !LOGIN_KILLED
        bob BLOCK_DECLINE order=$o                                       -> DONE done=declined; BLOCK_CLOSED
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_block(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
