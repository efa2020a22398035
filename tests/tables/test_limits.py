# ruff: noqa: E501  (a table reads better in long rows)
"""MEMBER_LIMIT: what a member allows itself; MESSAGES_PER_SECOND and CANCELS_PER_SECOND: what it may send.

Limits are named by number: 1 quantity of an order, 2 its amount, 3 open orders.
"""

from collections.abc import Callable

import pytest

TABLES = {
    "a member's limit: rejects by descending precedence": """
        exchange PARAMETER_SET parameter_id=messages_per_second parameter_value=1                   -> COMMAND_DONE
        exchange DEFINE_LOGIN subject_id=20 member_id=17                                            -> COMMAND_DONE
        ---
        bob MEMBER_LIMIT account=ann subject_id=0 parameter_id=9 parameter_value=-1                 -> !WRONG_ACCOUNT remaining_credit=0
        bob MEMBER_LIMIT account=ann subject_id=0 parameter_id=9 parameter_value=-1                 -> !WRONG_ACCOUNT remaining_credit=0 retry_after_ms=0
        bob MEMBER_LIMIT subject_id=ann parameter_id=9 parameter_value=-1                           -> !MESSAGE_LIMIT remaining_credit=0
        exchange PARAMETER_SET parameter_id=messages_per_second parameter_value=0                   -> COMMAND_DONE
        bob MEMBER_LIMIT subject_id=ann parameter_id=9 parameter_value=-1                           -> !UNKNOWN_LEVEL
        bob MEMBER_LIMIT subject_id=31 parameter_id=9 parameter_value=-1                            -> !UNKNOWN_LEVEL
        bob MEMBER_LIMIT subject_id=70_000 parameter_id=9 parameter_value=-1                        -> !UNKNOWN_LEVEL
        bob MEMBER_LIMIT account=ann subject_id=20 parameter_id=9 parameter_value=-1                -> !UNKNOWN_PARAMETER    # a login's limit names no account
        bob MEMBER_LIMIT subject_id=0 parameter_id=0 parameter_value=-1                             -> !UNKNOWN_PARAMETER
        bob MEMBER_LIMIT subject_id=0 parameter_id=4 parameter_value=-1                             -> !UNKNOWN_PARAMETER
        bob MEMBER_LIMIT subject_id=0 parameter_id=1 parameter_value=-1                             -> !PARAMETER_VALUE
        bob MEMBER_LIMIT subject_id=0 parameter_id=1 parameter_value=9_007_199_254_740_992          -> !PARAMETER_VALUE
        bob MEMBER_LIMIT subject_id=0 parameter_id=1 parameter_value=9_007_199_254_740_991 ref=90   -> LIMIT_CHANGED stream=bob account=bob login=bob ref=90 contract=0 subject_id=0 parameter_id=1 parameter_value=9_007_199_254_740_991
        bob MEMBER_LIMIT subject_id=20 parameter_id=3 parameter_value=0                             -> LIMIT_CHANGED stream=bob account=0 login=bob subject_id=20 parameter_id=3 parameter_value=0
        exchange MEMBER_LIMIT account=bob subject_id=0 parameter_id=1 parameter_value=1             -> !WRONG_ACCOUNT stream=operator
        operator MEMBER_LIMIT account=bob subject_id=0 parameter_id=1 parameter_value=1             -> !WRONG_ACCOUNT
        operator MEMBER_LIMIT subject_id=bob parameter_id=1 parameter_value=1                       -> !UNKNOWN_LEVEL
        operator MEMBER_LIMIT subject_id=operator parameter_id=1 parameter_value=1                  -> LIMIT_CHANGED stream=operator account=0 subject_id=operator
    """,
    "quantity and amount of an order, of an account": """
        ann MEMBER_LIMIT parameter_id=1 parameter_value=100                                         -> LIMIT_CHANGED
        ann LISTING side=sell q=101 p=55.00                                                         -> !OWN_LIMIT expected_value=100
        ann LISTING side=sell q=100 p=55.00                                                         -> ACCEPTED
        ann MEMBER_LIMIT parameter_id=2 parameter_value=550_000                                     -> LIMIT_CHANGED
        ann LISTING side=sell q=100 p=55.01                                                         -> !OWN_LIMIT expected_value=550_000
        ann LISTING side=sell q=101 p=55.01                                                         -> !OWN_LIMIT expected_value=100           # quantity first
        ann LISTING side=sell q=100 p=55.00                                                         -> ACCEPTED
        ann BLOCK_OFFER side=sell q=100_000 p=55.00                                                 -> !OWN_LIMIT expected_value=100
        ann MEMBER_LIMIT parameter_id=1 parameter_value=0                                           -> LIMIT_CHANGED
        ann BLOCK_OFFER side=sell q=100_000 p=55.00                                                 -> !OWN_LIMIT expected_value=550_000
        ann MEMBER_LIMIT parameter_id=2 parameter_value=5_000_000_000                               -> LIMIT_CHANGED
        ann BLOCK_OFFER side=sell q=1_000_000 p=55.00                                               -> !UNITS_INSUFFICIENT
        ann BLOCK_OFFER side=sell q=909_091 p=55.01                                                 -> !OWN_LIMIT expected_value=4_294_967_295  # as much as the field can say
        ann MEMBER_LIMIT parameter_id=2 parameter_value=0                                           -> LIMIT_CHANGED
        ann BLOCK_OFFER side=sell q=909_091 p=55.01                                                 -> ACCEPTED; BLOCK_BOARD
    """,
    "open orders, of an account: all contracts and kinds count": """
        ann MEMBER_LIMIT parameter_id=3 parameter_value=2                                           -> LIMIT_CHANGED
        ann LISTING side=sell q=1 p=55.00 ref=10                                                    -> ACCEPTED
        ann LISTING contract=2 side=sell q=1 p=80.00                                                -> ACCEPTED
        ann LISTING side=sell q=1 p=55.00                                                           -> !OWN_LIMIT expected_value=2
        ann BLOCK_OFFER side=sell q=100_000 p=55.00                                                 -> !OWN_LIMIT expected_value=2
        bob LISTING side=sell q=1 p=55.00                                                           -> ACCEPTED
        ann TAKE side=buy q=1 p=55.00                                                               -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE    # a take does not rest
        ann CANCEL target_reference=10                                                              -> DONE
        ann LISTING side=sell q=1 p=55.00                                                           -> ACCEPTED
    """,
    "of a login: its own orders only, after the account's": """
        exchange DEFINE_LOGIN subject_id=20 member_id=16                                            -> COMMAND_DONE
        ---
        ann LISTING side=sell q=1 p=55.00                                                           -> ACCEPTED
        ann MEMBER_LIMIT subject_id=ann parameter_id=3 parameter_value=1                            -> LIMIT_CHANGED subject_id=ann
        ann LISTING side=sell q=1 p=55.00                                                           -> !OWN_LIMIT expected_value=1
        ann MEMBER_LIMIT subject_id=ann parameter_id=1 parameter_value=50                           -> LIMIT_CHANGED
        ann LISTING side=sell q=51 p=55.00                                                          -> !OWN_LIMIT expected_value=50
        ann MEMBER_LIMIT parameter_id=3 parameter_value=9                                           -> LIMIT_CHANGED subject_id=0
        ann LISTING side=sell q=51 p=55.00                                                          -> !OWN_LIMIT expected_value=50
        ann MEMBER_LIMIT parameter_id=1 parameter_value=40                                          -> LIMIT_CHANGED
        ann LISTING side=sell q=51 p=55.00                                                          -> !OWN_LIMIT expected_value=40            # the account's
        bob TAKE side=buy q=1 p=55.00                                                               -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE
        ann LISTING side=sell q=1 p=55.00                                                           -> ACCEPTED                                # it traded, so it is open no more
    """,
    "a take, an acceptance and a counter-offer are judged too": """
        ann LISTING side=sell q=500 p=55.00                                                         -> ACCEPTED order=$l
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob                                          -> ACCEPTED order=$o; BLOCK_OFFERED
        bob MEMBER_LIMIT parameter_id=1 parameter_value=499                                         -> LIMIT_CHANGED
        bob TAKE side=buy q=500 p=55.00                                                             -> !OWN_LIMIT expected_value=499
        bob TAKE order=$l side=buy q=500 p=55.00                                                    -> !OWN_LIMIT expected_value=499
        bob BLOCK_ACCEPT order=$o q=100_000 p=55.00                                                 -> !OWN_LIMIT expected_value=499
        bob BLOCK_COUNTER order=$o q=100_000 p=54.00                                                -> !OWN_LIMIT expected_value=499
        bob TAKE side=buy q=499 p=55.00                                                             -> EXECUTED; ...
        bob BLOCK_DECLINE order=$o                                                                  -> DONE; BLOCK_CLOSED
    """,
    "own limits, the contract's open orders, messages, in that order": """
        exchange PARAMETER_SET contract=1 parameter_id=open_orders_max parameter_value=1            -> COMMAND_DONE
        ---
        ann LISTING side=sell q=2 p=55.00                                                           -> ACCEPTED
        ann MEMBER_LIMIT parameter_id=1 parameter_value=1                                           -> LIMIT_CHANGED
        exchange PARAMETER_SET parameter_id=messages_per_second parameter_value=1                   -> COMMAND_DONE
        bob LISTING side=buy q=1 p=50.00                                                            -> ACCEPTED
        ann LISTING side=sell q=1_000_000 p=55.00                                                   -> !QUANTITY_ABOVE_MAXIMUM remaining_credit=0
        ann LISTING side=buy q=99_999 p=55.00                                                       -> !CASH_INSUFFICIENT
        ann LISTING side=sell q=2 p=55.00                                                           -> !OWN_LIMIT
        ann LISTING side=sell q=1 p=55.00                                                           -> !OPEN_ORDERS_LIMIT
        ann LISTING contract=2 side=sell q=1 p=80.00                                                -> !MESSAGE_LIMIT
        ann TAKE side=sell q=1 p=50.00                                                              -> !MESSAGE_LIMIT
    """,
    "messages: so many a second, of all logins of a member together": """
        exchange DEFINE_LOGIN subject_id=20 member_id=16                                            -> COMMAND_DONE
        ---
        exchange PARAMETER_SET parameter_id=messages_per_second parameter_value=2                   -> COMMAND_DONE
        exchange TICK after=300_000                                                                 -> nothing
        ann LISTING side=buy q=1 p=99.00 after=0                                                    -> !PRICE_OUTSIDE_BAND remaining_credit=1
        ann LISTING side=sell q=1 p=55.00                                                           -> ACCEPTED
        ann LISTING side=sell q=1 p=55.00 after=100                                                 -> !MESSAGE_LIMIT remaining_credit=0 retry_after_ms=900 expected_value=0
        eve LISTING side=sell q=1 p=55.00                                                           -> ACCEPTED                                # another member, of the same entity
        ann LISTING side=sell q=1 p=55.00 after=899                                                 -> !MESSAGE_LIMIT retry_after_ms=1
        ann LISTING side=sell q=1 p=55.00 after=1                                                   -> ACCEPTED                                # the next second
        ann LISTING side=sell q=1 p=99.00                                                           -> !PRICE_OUTSIDE_BAND remaining_credit=0
        ann LISTING side=sell q=1 p=55.00 after=5_000                                               -> ACCEPTED
        exchange PARAMETER_SET parameter_id=messages_per_second parameter_value=0                   -> COMMAND_DONE
        ann LISTING side=sell q=1 p=99.00                                                           -> !PRICE_OUTSIDE_BAND remaining_credit=255
    """,
    "cancels have a bucket of their own": """
        ann LISTING side=sell q=1 p=55.00 ref=1                                                     -> ACCEPTED
        ann LISTING side=sell q=1 p=55.00 ref=2                                                     -> ACCEPTED
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob                                          -> ACCEPTED order=$o; BLOCK_OFFERED
        exchange PARAMETER_SET parameter_id=cancels_per_second parameter_value=1                    -> COMMAND_DONE
        ann CANCEL target_reference=1                                                               -> DONE
        ann CANCEL target_reference=1                                                               -> !UNKNOWN_ORDER remaining_credit=0       # last of all
        ann CANCEL target_reference=2                                                               -> !MESSAGE_LIMIT remaining_credit=0
        bob BLOCK_DECLINE order=$o                                                                  -> DONE; BLOCK_CLOSED
        bob BLOCK_DECLINE order=$o                                                                  -> !UNKNOWN_ORDER
        ann LISTING side=sell q=1 p=99.00                                                           -> !PRICE_OUTSIDE_BAND remaining_credit=255
        exchange PARAMETER_SET parameter_id=messages_per_second parameter_value=1_000_000           -> COMMAND_DONE
        ann LISTING side=sell q=1 p=99.00                                                           -> !PRICE_OUTSIDE_BAND remaining_credit=254
        ann CANCEL target_reference=2 after=1_000                                                   -> DONE
    """,
    "a reference that is not consumed does not count; the exchange and its staff are not limited": """
        exchange PARAMETER_SET parameter_id=messages_per_second parameter_value=1                   -> COMMAND_DONE
        ann LISTING side=sell q=1 p=55.00 ref=5                                                     -> ACCEPTED
        ann LISTING side=sell q=1 p=55.00 ref=5                                                     -> !DUPLICATE_REFERENCE remaining_credit=0
        ann LISTING side=sell q=1 p=55.00 ref=6 after=1_000                                         -> ACCEPTED
        bob LISTING side=sell q=1 p=55.00 ref=0                                                     -> !DUPLICATE_REFERENCE remaining_credit=1
        bob LISTING side=sell q=1 p=55.00 ref=1_048_577                                             -> !REFERENCE_GAP remaining_credit=1
        operator PARAMETER_SET contract=6 parameter_id=1 parameter_value=0                          -> !UNKNOWN_CONTRACT remaining_credit=255
        operator PARAMETER_SET contract=6 parameter_id=1 parameter_value=0                          -> !UNKNOWN_CONTRACT
        operator LISTING side=sell q=1 p=55.00                                                      -> !WRONG_ACCOUNT remaining_credit=255
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_limits(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
