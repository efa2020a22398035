# ruff: noqa: E501  (a table reads better in long rows)
"""MASS_CANCEL: whose orders, which of them, in which order; and what it leaves."""

from collections.abc import Callable

import pytest

from tests.tables.test_continuous import MARKET

TABLES = {
    "a member: rejects by descending precedence": """
        exchange PARAMETER_SET contract=1 parameter_id=cancel_in_break parameter_value=0            -> ...
        ---
        exchange SET_PHASE contract=1 method=listed phase=break                                     -> ...
        ann MASS_CANCEL contract=6 account=bob side=2 method=4 price_low_ticks=2 price_high_ticks=1 -> !UNKNOWN_CONTRACT
        ann MASS_CANCEL contract=1 account=bob side=2 method=4 price_low_ticks=2 price_high_ticks=1 -> !WRONG_ACCOUNT stream=ann
        ann MASS_CANCEL contract=1 account=999_999 side=2 method=4                                  -> !WRONG_ACCOUNT
        ann MASS_CANCEL contract=1 account=0 side=2 method=4                                        -> !WRONG_ACCOUNT
        ann MASS_CANCEL contract=1 side=2 method=255                                                -> !INVALID_FIELD
        ann MASS_CANCEL contract=1 side=254 method=255                                              -> !INVALID_FIELD
        ann MASS_CANCEL contract=1 side=255 method=4                                                -> !INVALID_FIELD
        ann MASS_CANCEL contract=1 side=255 method=254                                              -> !INVALID_FIELD
        ann MASS_CANCEL contract=1 side=255 method=255 price_low_ticks=2 price_high_ticks=1         -> !INVALID_FIELD
        ann MASS_CANCEL contract=1 side=255 method=255                                              -> !WRONG_PHASE command_kind=mass_cancel
        ann MASS_CANCEL contract=1 side=255 method=listed                                           -> !WRONG_PHASE
        ann MASS_CANCEL contract=1 side=255 method=block                                            -> MASS_CANCELLED record_count=0     # blocks have no break
        ann MASS_CANCEL contract=1 side=255 method=continuous                                       -> MASS_CANCELLED                    # this book has none of them
        ann MASS_CANCEL contract=0 side=255 method=255                                              -> MASS_CANCELLED stream=ann login=ann account=ann contract=0 record_count=0 cancelled_lots=0
        exchange SET_PHASE contract=1 method=block phase=break                                      -> ...
        ann MASS_CANCEL contract=1 side=255 method=block                                            -> !WRONG_PHASE
    """,
    "staff: rejects by descending precedence": """
        operator MASS_CANCEL contract=6 account=999 side=2 method=4                                 -> !UNKNOWN_CONTRACT stream=operator
        operator MASS_CANCEL contract=1 account=999 side=2 method=4                                 -> !INVALID_FIELD
        operator MASS_CANCEL contract=1 account=999 side=buy method=255 price_low_ticks=2 price_high_ticks=1 -> !INVALID_FIELD
        operator MASS_CANCEL contract=1 account=999 side=buy method=255                             -> !UNKNOWN_ACCOUNT
        operator MASS_CANCEL contract=1 account=0 side=buy method=255 ref=9                         -> MASS_CANCELLED stream=operator login=operator ref=9 account=0 contract=1 record_count=0
        exchange MASS_CANCEL contract=0 account=0 side=255 method=255                               -> MASS_CANCELLED stream=operator login=0 ref=0
        wuhan MASS_CANCEL contract=0 account=0 side=255 method=255                                  -> MASS_CANCELLED stream=operator login=wuhan
    """,
    "oldest first, whatever the contract, side and price": MARKET
    + """
        ---
        ann LISTING side=sell q=5 p=55.10 ref=1                             -> ACCEPTED order=$a
        ann LIMIT_ORDER contract=3 side=sell q=6 p=60.00 ref=2              -> ACCEPTED order=$b
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob                  -> ACCEPTED order=$o; BLOCK_OFFERED
        ann LISTING side=buy q=7 p=54.00                                    -> ACCEPTED order=$c
        ann LISTING side=sell q=8 p=55.00                                   -> ACCEPTED order=$d
        bob LISTING side=sell q=8 p=55.00                                   -> ACCEPTED order=$other
        bob TAKE side=buy q=3 p=55.00                                       -> EXECUTED order=$d; ...
        ann REPLACE order=$a q=5 p=55.20                                    -> REDUCED
        ann MASS_CANCEL contract=0 side=255 method=255 ref=9                -> DONE stream=ann login=ann ref=1 order=$a q=5 done=mass_cancelled kind=listing; DONE order=$b q=6 ref=2 kind=limit method=continuous; DONE order=$o q=100_000 kind=block_offer; BLOCK_CLOSED stream=bob login=ann ref=0 order=$o done=mass_cancelled; DONE order=$c q=7 side=buy; DONE order=$d q=5 filled_lots=3; MASS_CANCELLED stream=ann login=ann ref=9 account=ann contract=0 record_count=5 cancelled_lots=100_023
        bob CANCEL order=$other                                             -> DONE
        ann BLOCK_OFFER side=sell q=999_997 p=55.00 to=bob                  -> ACCEPTED; BLOCK_OFFERED     # every lock came back
    """,
    "filters: contract, side, method, price range, login": MARKET
    + """
        exchange DEFINE_LOGIN subject_id=21 member_id=16                    -> COMMAND_DONE
        ---
        ann LISTING side=sell q=1 p=55.10                                   -> ACCEPTED order=$a
        ann LISTING side=sell q=1 p=55.20                                   -> ACCEPTED order=$b
        ann LISTING side=sell q=1 p=55.30                                   -> ACCEPTED order=$c
        ann LISTING side=buy q=1 p=55.00                                    -> ACCEPTED order=$d
        ann LISTING contract=2 side=buy q=1 p=80.00                         -> ACCEPTED order=$e
        ann LIMIT_ORDER contract=3 side=buy q=1 p=60.00                     -> ACCEPTED order=$f
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob                  -> ACCEPTED order=$o; BLOCK_OFFERED
        ann MASS_CANCEL contract=1 side=sell method=listed price_low_ticks=55.20 price_high_ticks=55.20 -> DONE order=$b; MASS_CANCELLED contract=1 record_count=1 cancelled_lots=1
        ann MASS_CANCEL contract=0 side=buy method=255 price_high_ticks=79.99 price_low_ticks=55.01     -> DONE order=$f; MASS_CANCELLED
        ann MASS_CANCEL contract=0 side=255 method=255 subject_id=21        -> MASS_CANCELLED record_count=0
        ann MASS_CANCEL contract=0 side=255 method=255 subject_id=999_999   -> MASS_CANCELLED record_count=0
        ann MASS_CANCEL contract=0 side=255 method=255 subject_id=ann price_high_ticks=55.00 -> DONE order=$d; DONE order=$o; BLOCK_CLOSED; MASS_CANCELLED record_count=2
        ann MASS_CANCEL contract=2 side=255 method=255                      -> DONE order=$e; MASS_CANCELLED
        ann MASS_CANCEL contract=0 side=255 method=255 price_low_ticks=55.31 -> MASS_CANCELLED record_count=0
        ann MASS_CANCEL contract=0 side=buy method=255                      -> MASS_CANCELLED record_count=0
        ann MASS_CANCEL contract=0 side=255 method=block                    -> MASS_CANCELLED record_count=0
        ann MASS_CANCEL contract=0 side=255 method=listed                   -> DONE order=$a; DONE order=$c; MASS_CANCELLED record_count=2
    """,
    "one account only: another of the member keeps its orders": """
        exchange DEFINE_ACCOUNT account=1006 member_id=16 entity_id=1 eligibility=7 -> COMMAND_DONE
        wuhan OPENING_HOLDING account=1006 contract=1 available_lots=10     -> nothing
        ---
        ann LISTING side=sell q=1 p=55.10                                   -> ACCEPTED order=$a
        ann LISTING account=1006 side=sell q=1 p=55.10                      -> ACCEPTED order=$b
        ann MASS_CANCEL contract=0 side=255 method=255 account=1006         -> DONE order=$b; MASS_CANCELLED account=1006 record_count=1
        ann CANCEL order=$a                                                 -> DONE
    """,
    "halts and kills never stop it; a break without cancels keeps its orders": """
        exchange PARAMETER_SET contract=2 parameter_id=cancel_in_break parameter_value=0 -> ...
        ---
        ann LISTING side=sell q=1 p=55.10                                   -> ACCEPTED order=$a
        ann LISTING contract=2 side=sell q=1 p=80.00                        -> ACCEPTED order=$b
        exchange SET_PHASE method=listed phase=break                        -> ...
        exchange HALT level=market halt_reason=operator                     -> ...
        exchange HALT level=contract subject_id=1 halt_reason=operator      -> ...
        exchange KILL level=market                                          -> ...
        exchange KILL level=contract subject_id=1                           -> ...
        exchange KILL level=member subject_id=16                            -> ...
        exchange KILL level=login subject_id=ann                            -> ...
        ann MASS_CANCEL contract=0 side=255 method=255                      -> DONE order=$a; MASS_CANCELLED record_count=1
        ann MASS_CANCEL contract=2 side=255 method=255                      -> !WRONG_PHASE
        operator MASS_CANCEL contract=2 account=0 side=255 method=255       -> DONE stream=ann order=$b done=mass_cancelled; MASS_CANCELLED stream=operator record_count=1    # staff may
    """,
    "staff, everybody: bids best to worst, asks, then block offers; contract by contract": MARKET
    + """
        ---
        ann LIMIT_ORDER contract=3 side=sell q=1 p=61.00                    -> ACCEPTED order=$s3
        bob LISTING side=buy q=1 p=54.00                                    -> ACCEPTED order=$b1
        eve LISTING side=buy q=1 p=54.10                                    -> ACCEPTED order=$b2
        eve LISTING side=buy q=1 p=54.00                                    -> ACCEPTED order=$b3
        ann LISTING side=sell q=1 p=55.10                                   -> ACCEPTED order=$s1
        cat LISTING side=sell q=1 p=55.00                                   -> ACCEPTED order=$s2
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob                  -> ACCEPTED order=$o; BLOCK_OFFERED
        operator MASS_CANCEL contract=0 account=0 side=255 method=255       -> DONE order=$b2 stream=eve done=mass_cancelled; DONE order=$b1 stream=bob; DONE order=$b3; DONE order=$s2 stream=cat; DONE order=$s1; DONE order=$o; BLOCK_CLOSED stream=bob login=operator; DONE order=$s3 contract=3; MASS_CANCELLED stream=operator login=operator account=0 contract=0 record_count=7 cancelled_lots=100_006
    """,
    "staff, everybody, with filters": MARKET
    + """
        ---
        bob LISTING side=buy q=1 p=54.00                                    -> ACCEPTED order=$b1
        ann LISTING side=sell q=1 p=55.10                                   -> ACCEPTED order=$s1
        cat LISTING side=sell q=1 p=55.00                                   -> ACCEPTED order=$s2
        cat LIMIT_ORDER contract=3 side=sell q=1 p=61.00                    -> ACCEPTED order=$s3
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob                  -> ACCEPTED order=$o; BLOCK_OFFERED
        operator MASS_CANCEL account=0 side=sell method=listed price_low_ticks=55.05 -> DONE order=$s1; MASS_CANCELLED record_count=1
        operator MASS_CANCEL contract=0 account=0 side=255 method=255 subject_id=cat -> DONE order=$s2; DONE order=$s3; MASS_CANCELLED record_count=2
        operator MASS_CANCEL account=0 side=255 method=block contract=1     -> DONE order=$o; BLOCK_CLOSED; MASS_CANCELLED
        operator MASS_CANCEL account=bob side=255 method=255                -> DONE order=$b1 stream=bob; MASS_CANCELLED stream=operator account=bob record_count=1
    """,
    "a binding bid is passed over by its member, and never by staff": """
        exchange PARAMETER_SET contract=1 parameter_id=auction_bid_cancel parameter_value=0 -> COMMAND_DONE
        ---
        exchange AUCTION_NOTICE contract=1 account=ann q=100_000 floor_ticks=55.52 ceiling_ticks=0 auction_id=1 end_ns=+60_000 -> ACCEPTED order=$lot; ...
        bob AUCTION_BID q=10 p=56.00 auction_id=1                           -> ACCEPTED order=$b1
        cat AUCTION_BID q=10 p=56.10 auction_id=1                           -> ACCEPTED order=$b2
        bob AUCTION_BID q=10 p=56.00 auction_id=1                           -> ACCEPTED order=$b3
        bob MASS_CANCEL contract=0 side=255 method=255                      -> MASS_CANCELLED record_count=0
        ann MASS_CANCEL contract=0 side=255 method=255                      -> MASS_CANCELLED record_count=0
        operator MASS_CANCEL account=ann side=255 method=255                -> MASS_CANCELLED record_count=0        # the lot stands while there are bids
        operator MASS_CANCEL account=bob side=255 method=255                -> DONE order=$b1; DONE order=$b3; MASS_CANCELLED record_count=2
        operator MASS_CANCEL account=0 side=sell method=255                 -> MASS_CANCELLED record_count=0        # cat's bid keeps it
        bob AUCTION_BID q=10 p=56.10 auction_id=1                           -> ACCEPTED order=$b4
        operator MASS_CANCEL account=0 contract=1 side=255 method=one_way   -> DONE order=$b2 kind=bid method=one_way done=mass_cancelled; DONE order=$b4; DONE stream=ann order=$lot kind=auction_offer done=mass_cancelled; AUCTION_RESULT stream=public auction_id=1 price_ticks=0; MASS_CANCELLED record_count=3 cancelled_lots=100_020
    """,
    "a bid that may be cancelled goes with the rest, until its window is over": """
        exchange AUCTION_NOTICE contract=1 account=ann q=100_000 floor_ticks=55.52 ceiling_ticks=0 auction_id=1 end_ns=+60_000 -> ACCEPTED; ...
        bob AUCTION_BID q=10 p=56.00 auction_id=1                           -> ACCEPTED order=$b1
        bob LISTING side=buy q=1 p=54.00                                    -> ACCEPTED order=$l1
        bob MASS_CANCEL contract=0 side=255 method=255                      -> DONE order=$b1 kind=bid; DONE order=$l1; MASS_CANCELLED record_count=2
        bob AUCTION_BID q=10 p=56.00 auction_id=1                           -> ACCEPTED order=$b2
        bob LISTING side=buy q=1 p=54.00                                    -> ACCEPTED order=$l2
        bob MASS_CANCEL contract=0 side=255 method=255 after=60_000         -> DONE order=$l2; MASS_CANCELLED record_count=1
    """,
    "what a kill switch stops, and what it never stops": """
        exchange AUCTION_NOTICE contract=1 account=ann q=100_000 floor_ticks=55.52 ceiling_ticks=0 auction_id=1 end_ns=+60_000 -> ACCEPTED; ...
        bob LISTING side=buy q=5 p=54.00                                    -> ACCEPTED order=$l
        bob AUCTION_BID q=10 p=56.00 auction_id=1                           -> ACCEPTED order=$bid
        eve BLOCK_OFFER side=buy q=100_000 p=55.00 to=bob                   -> ACCEPTED order=$o; BLOCK_OFFERED
        exchange KILL level=login subject_id=bob                            -> ...
        bob LISTING side=buy q=5 p=54.00                                    -> !LOGIN_KILLED
        bob REPLACE order=$l q=4 p=54.00                                    -> !LOGIN_KILLED
        bob AUCTION_BID q=10 p=56.00 auction_id=1                           -> !LOGIN_KILLED
        bob BLOCK_COUNTER order=$o q=100_000 p=55.00                        -> !LOGIN_KILLED
        bob BLOCK_ACCEPT order=$o q=100_000 p=55.00                         -> !LOGIN_KILLED
        bob LIMIT_ORDER contract=3 side=buy q=5 p=59.00                     -> !LOGIN_KILLED
        bob REDUCE order=$l q=4                                             -> REDUCED
        bob CANCEL order=$bid                                               -> DONE
        bob BLOCK_DECLINE order=$o                                          -> DONE; ...
        bob MASS_CANCEL contract=0 side=255 method=255                      -> DONE order=$l; MASS_CANCELLED
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_mass_cancel(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
