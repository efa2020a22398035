# ruff: noqa: E501  (a table reads better in long rows)
"""CANCEL 撤单 and user references: by id or reference, of one's own member, whatever is halted."""

from collections.abc import Callable

import pytest

TABLES = {
    "rejects by descending precedence": """
        exchange PARAMETER_SET contract=1 parameter_id=cancel_in_break parameter_value=0 -> ...
        ---
        ann LISTING side=sell q=10 p=55.00                          -> ACCEPTED order=$a
        bob LISTING side=sell q=10 p=55.00                          -> ACCEPTED order=$b
        exchange SET_PHASE contract=1 method=listed phase=break     -> ...
        ann CANCEL account=bob order=1                              -> !WRONG_ACCOUNT
        ann CANCEL account=999_999 order=$a                         -> !WRONG_ACCOUNT
        ann CANCEL order=1                                          -> !UNKNOWN_ORDER order=1
        ann CANCEL order=$b                                         -> !NOT_YOUR_ORDER
        ann CANCEL account=0 order=$b                               -> !NOT_YOUR_ORDER
        ann CANCEL order=$a                                         -> !WRONG_PHASE
        exchange SET_PHASE contract=1 method=listed phase=trading   -> ...
        ann CANCEL order=$a                                         -> DONE order=$a
        ann CANCEL order=$a                                         -> !UNKNOWN_ORDER
    """,
    "a cancel's event says whose order it was, and what did not trade": """
        ann LISTING side=sell q=10 p=55.00 ref=5                    -> ACCEPTED order=$a
        bob TAKE side=buy q=4 p=55.00                               -> EXECUTED; ...
        ann CANCEL account=0 contract=0 order=$a ref=6              -> DONE stream=ann login=ann ref=5 account=ann contract=1 order=$a p=55.00 q=6 filled_lots=4 side=sell done=cancelled method=listed kind=listing
    """,
    "halts, kills and every phase with live orders let a cancel pass": """
        ann LISTING side=sell q=1 p=55.00                           -> ACCEPTED
        ann LISTING side=sell q=1 p=55.00                           -> ACCEPTED
        ann LISTING side=sell q=1 p=55.00                           -> ACCEPTED
        ann LISTING side=sell q=1 p=55.00                           -> ACCEPTED
        exchange HALT level=market halt_reason=operator             -> ...
        exchange HALT level=contract subject_id=1 halt_reason=operator -> ...
        exchange KILL level=market                                  -> ...
        exchange KILL level=contract subject_id=1                   -> ...
        exchange KILL level=member subject_id=16                    -> ...
        exchange KILL level=login subject_id=ann                    -> ...
        ann CANCEL target_reference=1                               -> DONE
        exchange SET_PHASE contract=1 method=listed phase=paused    -> ...
        ann CANCEL target_reference=2                               -> DONE
        exchange SET_PHASE contract=1 method=listed phase=break     -> ...
        ann CANCEL target_reference=3                               -> DONE
        exchange SET_PHASE contract=1 method=listed phase=call_auction -> ...
        ann CANCEL target_reference=4                               -> DONE
    """,
    "another login of the member cancels by id, not by reference": """
        exchange DEFINE_LOGIN subject_id=21 member_id=16            -> COMMAND_DONE
        exchange DEFINE_ACCOUNT account=1006 member_id=16 entity_id=1 eligibility=7 -> COMMAND_DONE
        ---
        ann LISTING side=sell q=1 p=55.00                           -> ACCEPTED order=$a
        ann CANCEL account=1006 order=$a                            -> DONE account=ann    # any account of the member
    """,
    "by reference: the ring keeps the last eight": """
        ann LISTING side=sell q=1 p=55.00 ref=1                     -> ACCEPTED
        ann LISTING side=sell q=1 p=55.00 ref=2                     -> ACCEPTED
        ann CANCEL target_reference=0 ref=3                         -> !UNKNOWN_ORDER
        ann CANCEL target_reference=5 ref=4                         -> !UNKNOWN_ORDER
        ann CANCEL target_reference=3 ref=5                         -> !UNKNOWN_ORDER      # a cancel, not an order
        ann CANCEL target_reference=6 ref=6                         -> !UNKNOWN_ORDER      # itself
        ann CANCEL target_reference=1 ref=9                         -> !REFERENCE_TOO_OLD  # 9 - 1 = 8
        ann CANCEL target_reference=2 ref=10                        -> !REFERENCE_TOO_OLD
        ann LISTING side=sell q=1 p=55.00 ref=11                    -> ACCEPTED
        ann CANCEL target_reference=11 ref=18                       -> DONE ref=11         # 18 - 11 = 7
    """,
    "user references: check number one, consumed by every command that reaches the rules": """
        ann LISTING side=sell q=0 p=55.00 ref=10                    -> !QUANTITY_BELOW_MINIMUM ref=10 highest_reference=10
        ann LISTING contract=6 ref=10                               -> !DUPLICATE_REFERENCE ref=10 highest_reference=10
        ann LISTING contract=6 ref=0                                -> !DUPLICATE_REFERENCE highest_reference=10
        bob LISTING side=sell q=1 p=55.00 ref=1                     -> ACCEPTED            # each login counts for itself
        ann LISTING side=sell q=1 p=55.00 ref=1_048_586             -> ACCEPTED
        ann LISTING side=sell q=1 p=55.00 ref=2_097_163             -> !REFERENCE_GAP highest_reference=1_048_586
        ann PARAMETER_SET_SWITCH ref=1_048_587                      -> !UNKNOWN_KIND command_kind=parameter_set_switch highest_reference=1_048_587
        ann LISTING side=sell q=1 p=55.00 ref=1_048_587             -> !DUPLICATE_REFERENCE
    """,
    "kinds of later steps are unknown; a member's terms are given back": """
        operator PARAMETER_SET_SWITCH                               -> !UNKNOWN_KIND stream=operator command_kind=parameter_set_switch
        wuhan OBJECTION account=ann                                 -> !UNKNOWN_KIND stream=wuhan account=ann q=0 p=0 order=0 remaining_credit=255
        wuhan STAGE stage=cleared version=2                         -> !WRONG_VERSION
        ann LISTING side=sell q=0 p=55.00                           -> !QUANTITY_BELOW_MINIMUM stream=ann q=0 p=55.00 contract=1 account=ann remaining_credit=255
        ann CANCEL order=77                                         -> !UNKNOWN_ORDER order=77
    """,
    "the exchange itself has no accounts and no orders": """
        ann LISTING side=sell q=1 p=55.00                           -> ACCEPTED order=$a
        exchange LISTING side=sell q=1 p=55.00                      -> !WRONG_ACCOUNT stream=operator login=0
        exchange LISTING account=ann side=sell q=1 p=55.00          -> !WRONG_ACCOUNT
        exchange CANCEL order=$a                                    -> !NOT_YOUR_ORDER
        exchange CANCEL target_reference=1                          -> !UNKNOWN_ORDER
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_cancel(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
