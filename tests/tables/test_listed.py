# ruff: noqa: E501  (a table reads better in long rows)
"""LISTING 挂牌: what may rest, what it locks, and every reason it is refused, in order."""

from collections.abc import Callable

import pytest

TABLES = {
    "rejects by descending precedence": """
        exchange DEFINE_ACCOUNT account=1006 member_id=17 entity_id=2 eligibility=2 -> ...   # may not buy
        ---
        exchange SET_PHASE contract=1 method=listed phase=break                    -> ...
        exchange HALT level=market halt_reason=operator                            -> ...
        exchange HALT level=contract subject_id=1 halt_reason=technical            -> ...
        exchange KILL level=market                                                 -> ...
        exchange KILL level=contract subject_id=1                                  -> ...
        exchange KILL level=member subject_id=17                                   -> ...
        exchange KILL level=login subject_id=bob                                   -> ...
        bob LISTING contract=0 account=ann side=2 order_flags=1 q=0 p=0            -> !UNKNOWN_CONTRACT stream=bob
        bob LISTING contract=6 account=ann side=2 order_flags=1 q=0 p=0            -> !UNKNOWN_CONTRACT
        bob LISTING contract=7 account=ann side=2 order_flags=1 q=0 p=0            -> !UNKNOWN_CONTRACT
        bob LISTING account=ann side=2 order_flags=1 q=0 p=0                       -> !WRONG_ACCOUNT
        bob LISTING account=0 side=2 order_flags=1 q=0 p=0                         -> !WRONG_ACCOUNT
        bob LISTING account=999_999 side=2 order_flags=1 q=0 p=0                   -> !WRONG_ACCOUNT
        bob LISTING account=1006 side=2 q=0 p=0                                    -> !INVALID_FIELD
        bob LISTING account=1006 side=buy order_flags=1 q=0 p=0                    -> !INVALID_FIELD
        bob LISTING account=1006 side=buy q=0 p=0                                  -> !WRONG_PHASE
        exchange SET_PHASE contract=1 method=listed phase=trading                  -> ...
        bob LISTING account=1006 side=buy q=0 p=0                                  -> !MARKET_HALTED
        exchange RESUME level=market                                               -> ...
        bob LISTING account=1006 side=buy q=0 p=0                                  -> !CONTRACT_HALTED
        exchange RESUME level=contract subject_id=1                                -> ...
        bob LISTING account=1006 side=buy q=0 p=0                                  -> !MARKET_KILLED
        exchange RESTORE level=market                                              -> ...
        bob LISTING account=1006 side=buy q=0 p=0                                  -> !CONTRACT_KILLED
        exchange RESTORE level=contract subject_id=1                               -> ...
        bob LISTING account=1006 side=buy q=0 p=0                                  -> !MEMBER_KILLED
        exchange RESTORE level=member subject_id=17                                -> ...
        bob LISTING account=1006 side=buy q=0 p=0                                  -> !LOGIN_KILLED
        exchange RESTORE level=login subject_id=bob                                -> ...
        bob LISTING account=1006 side=buy q=0 p=0                                  -> !NOT_ELIGIBLE
        bob LISTING side=buy q=0 p=0                                               -> !QUANTITY_BELOW_MINIMUM expected_value=1
        bob LISTING side=buy q=100_000 p=0                                         -> !QUANTITY_ABOVE_MAXIMUM expected_value=99_999
        zed LISTING side=buy q=99_999 p=49.96                                      -> !PRICE_OUTSIDE_BAND expected_value=49.97
        zed LISTING side=buy q=99_999 p=61.08                                      -> !PRICE_OUTSIDE_BAND expected_value=61.07
        zed LISTING side=buy q=99_999 p=61.07                                      -> !CASH_INSUFFICIENT
        zed LISTING side=sell q=99_999 p=61.07                                     -> !UNITS_INSUFFICIENT
    """,
    "a listing rests and matches nothing, crossed or not": """
        ann LISTING side=sell q=100 p=55.52 ref=7     -> ACCEPTED stream=ann login=ann account=ann contract=1 ref=7 q=100 p=55.52 side=sell kind=listing method=listed to=0
        bob LISTING side=buy q=100 p=56.00            -> ACCEPTED stream=bob side=buy
    """,
    "the band's limits, half up: 55.52 -> 49.97 and 61.07": """
        ann LISTING side=sell q=1 p=61.07  -> ACCEPTED
        ann LISTING side=sell q=1 p=61.08  -> !PRICE_OUTSIDE_BAND expected_value=61.07 p=61.08 q=1
        ann LISTING side=sell q=1 p=49.97  -> ACCEPTED
        ann LISTING side=sell q=1 p=49.96  -> !PRICE_OUTSIDE_BAND expected_value=49.97
    """,
    "order ids: day number and slot; a freed slot is the next one": """
        ann LISTING side=sell q=1 p=55.00  -> ACCEPTED order=16_777_216          # number 1, slot 0
        ann LISTING side=sell q=1 p=55.00  -> ACCEPTED order=33_554_433          # number 2, slot 1
        ann CANCEL order=16_777_216        -> DONE
        ann LISTING side=sell q=1 p=55.00  -> ACCEPTED order=50_331_648          # number 3, slot 0
        ann LISTING side=sell q=1 p=55.00  -> ACCEPTED order=67_108_866          # number 4, slot 2
    """,
    "a seller's units are locked, and come back": """
        cat LISTING side=sell q=1_000 p=55.00  -> ACCEPTED order=$a
        cat LISTING side=sell q=1 p=55.00      -> !UNITS_INSUFFICIENT
        cat CANCEL order=$a                    -> DONE q=1_000
        cat LISTING side=sell q=1_000 p=55.00  -> ACCEPTED
        cat LISTING side=sell q=1_001 p=55.00  -> !UNITS_INSUFFICIENT
    """,
    "a buyer's amount is locked with both fees": """
        exchange PARAMETER_SET contract=1 parameter_id=trading_fee_ppm parameter_value=600   -> ...
        exchange PARAMETER_SET contract=1 parameter_id=settlement_fee_ppm parameter_value=1  -> ...
        ---
        # 20,000 t at 49.97 = 99,940,000 fen + 59,964 + 100 = 100,000,064 > ann's 100,000,000 fen
        ann LISTING side=buy q=20_000 p=49.97 -> !CASH_INSUFFICIENT
        # 19,999 t = 99,935,003 + 59,962 (59,961.0018 up) + 100 (99.9 up) = 99,995,065; 4,935 fen are left
        ann LISTING side=buy q=19_999 p=49.97 -> ACCEPTED order=$a
        ann LISTING side=buy q=1 p=49.97      -> !CASH_INSUFFICIENT      # 4,997 + 3 + 1
        ann CANCEL order=$a                   -> DONE
        ann LISTING side=buy q=19_999 p=49.97 -> ACCEPTED
    """,
    "the last fen may be spent": """
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_max parameter_value=200_000 -> ...
        ---
        # 10^9 fen = 200,000 t at 50.00
        cat LISTING side=buy q=200_000 p=50.01 -> !CASH_INSUFFICIENT
        cat LISTING side=buy q=200_000 p=50.00 -> ACCEPTED
        cat LISTING side=buy q=1 p=50.00       -> !CASH_INSUFFICIENT
    """,
    "an allowance bought today cannot be sold today": """
        ann LISTING side=sell q=500 p=55.00    -> ACCEPTED
        cat TAKE side=buy q=500 p=55.00        -> EXECUTED; DONE; EXECUTED; ...
        cat LISTING side=sell q=1_001 p=55.00  -> !BOUGHT_TODAY
        cat LISTING side=sell q=1_501 p=55.00  -> !UNITS_INSUFFICIENT
        cat LISTING side=sell q=1_000 p=55.00  -> ACCEPTED
    """,
    "unless the contract's rules allow it": """
        exchange PARAMETER_SET contract=1 parameter_id=resale_same_day parameter_value=1 -> ...
        ---
        ann LISTING side=sell q=500 p=55.00    -> ACCEPTED
        cat TAKE side=buy q=500 p=55.00        -> EXECUTED; DONE; EXECUTED; ...
        cat LISTING side=sell q=1_501 p=55.00  -> !UNITS_INSUFFICIENT
        cat LISTING side=sell q=1_500 p=55.00  -> ACCEPTED
    """,
    "sale cash buys at once": """
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_max parameter_value=200_000 -> ...
        ---
        cat LISTING side=buy q=200_000 p=50.00 -> ACCEPTED                 # all of cat's cash
        bob LISTING side=buy q=10 p=55.00      -> ACCEPTED
        cat TAKE side=sell q=10 p=55.00        -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE
        cat LISTING side=buy q=11 p=50.00      -> ACCEPTED                 # of 550.00 yuan
        cat LISTING side=buy q=1 p=50.00       -> !CASH_INSUFFICIENT
    """,
    "or only tomorrow, where the rules say so": """
        exchange PARAMETER_SET contract=1 parameter_id=proceeds_reusable parameter_value=0 -> ...
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_max parameter_value=200_000 -> ...
        ---
        cat LISTING side=buy q=200_000 p=50.00 -> ACCEPTED
        bob LISTING side=buy q=10 p=55.00      -> ACCEPTED
        cat TAKE side=sell q=10 p=55.00        -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE
        cat LISTING side=buy q=1 p=50.00       -> !CASH_INSUFFICIENT
    """,
    "holding limit: owned in any bucket, in open buys, and asked": """
        exchange PARAMETER_SET contract=1 parameter_id=holding_limit_lots parameter_value=1_500 -> ...
        ---
        cat LISTING side=buy q=501 p=50.00   -> !HOLDING_LIMIT
        cat LISTING side=sell q=400 p=60.00  -> ACCEPTED order=$s          # locked units are still owned
        cat LISTING side=buy q=300 p=50.00   -> ACCEPTED order=$a
        cat LISTING side=buy q=201 p=50.00   -> !HOLDING_LIMIT
        cat LISTING side=buy q=200 p=50.00   -> ACCEPTED
        cat CANCEL order=$a                  -> DONE
        cat LISTING side=buy q=301 p=50.00   -> !HOLDING_LIMIT
        cat LISTING side=buy q=300 p=50.00   -> ACCEPTED
    """,
    "open orders of an account, over all contracts": """
        exchange PARAMETER_SET contract=1 parameter_id=open_orders_max parameter_value=2 -> ...
        ---
        ann LISTING side=sell q=1 p=55.00             -> ACCEPTED order=$a
        ann LISTING contract=2 side=sell q=1 p=80.00  -> ACCEPTED
        ann LISTING side=sell q=1 p=55.00             -> !OPEN_ORDERS_LIMIT
        ann LISTING contract=2 side=sell q=1 p=80.00  -> ACCEPTED               # no limit there
        eve LISTING side=sell q=1 p=55.00             -> ACCEPTED               # another account
        ann CANCEL order=$a                           -> DONE
        ann LISTING side=sell q=1 p=55.00             -> !OPEN_ORDERS_LIMIT
    """,
    "CCER needs its own right; continuous contracts take no listing": """
        exchange DEFINE_ACCOUNT account=1006 member_id=16 entity_id=1 eligibility=3 -> ...
        exchange DEFINE_ACCOUNT account=1007 member_id=16 entity_id=1 eligibility=5 -> ...
        ---
        ann LISTING account=1006 contract=2 side=buy q=1 p=80.00   -> !NOT_ELIGIBLE
        ann LISTING account=1006 contract=1 side=buy q=1 p=55.00   -> !CASH_INSUFFICIENT
        ann LISTING account=1007 contract=2 side=sell q=1 p=80.00  -> !NOT_ELIGIBLE
        ann LISTING account=1007 contract=2 side=buy q=1 p=80.00   -> !CASH_INSUFFICIENT
        ann LISTING contract=3 side=buy q=1 p=60.00                -> !WRONG_PHASE
        ann LISTING contract=2 side=sell q=500 p=80.00             -> ACCEPTED
    """,
    "amount of one order at most 4 billion yuan": """
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_max parameter_value=20_000_000 -> ...
        exchange PARAMETER_SET contract=2 parameter_id=listed_quantity_lots_max parameter_value=20_000_000 -> ...
        exchange DEFINE_CONTRACT contract=4 base_price_ticks=300.00 product=1                               -> ...
        exchange PARAMETER_SET contract=4 parameter_id=listed_quantity_lots_max parameter_value=20_000_000 -> ...
        ---
        zed LISTING contract=4 side=buy q=13_333_334 p=300.00 -> !AMOUNT_ABOVE_LIMIT
        zed LISTING contract=4 side=buy q=13_333_333 p=300.00 -> !CASH_INSUFFICIENT
        zed LISTING side=buy q=20_000_000 p=61.07             -> !CASH_INSUFFICIENT
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_listing(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])


def test_order_capacity(run: Callable[[str], None]) -> None:
    """256 orders fit this market; a cancel makes room for one."""
    run(
        "ann LISTING side=sell q=1 p=55.00 -> ACCEPTED\n" * 256
        + """
        ann LISTING side=sell q=1 p=55.00                      -> !ORDER_CAPACITY
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob     -> !ORDER_CAPACITY
        ann CANCEL target_reference=256                        -> DONE
        ann LISTING side=sell q=1 p=55.00                      -> ACCEPTED
        """
    )


def test_level_capacity(run: Callable[[str], None]) -> None:
    """All lots at one price fit a u4: 214 x 20,000,000 and 14,967,295 more."""
    run(
        """
        exchange PARAMETER_SET contract=2 parameter_id=listed_quantity_lots_max parameter_value=20_000_000 -> ...
        exchange DEFINE_ACCOUNT account=1006 member_id=20 entity_id=5 eligibility=7                        -> ...
        wuhan OPENING_HOLDING account=1006 contract=2 available_lots=9_000_000_000                         -> nothing
        ---
        """
        + "zed LISTING account=1006 contract=2 side=sell q=20_000_000 p=80.00 -> ACCEPTED\n" * 214
        + """
        zed LISTING account=1006 contract=2 side=sell q=14_967_296 p=80.00    -> !LEVEL_CAPACITY
        zed LISTING account=1006 contract=2 side=sell q=14_967_295 p=80.00    -> ACCEPTED
        zed LISTING account=1006 contract=2 side=sell q=1 p=80.00             -> !LEVEL_CAPACITY
        zed LISTING account=1006 contract=2 side=sell q=1 p=80.01             -> ACCEPTED
        """
    )
