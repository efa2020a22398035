# ruff: noqa: E501  (a table reads better in long rows)
"""Deposits, transfers in, holds, freezes, restrictions: the registry's commands during the day."""

from collections.abc import Callable

import pytest

from exchange.vocabulary.control import MODULUS, balance_term
from exchange.vocabulary.enums import Phase, Product
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import BALANCE_MAX, PROTOCOL_VERSION
from exchange.vocabulary.records import read
from exchange.vocabulary.rejects import RejectReason
from tests.reference import Capacity
from tests.tables.market import CAPACITY, TRADING_DAY, TableMarket
from tests.tables.subjects import new_subject

SEALED = """
    exchange SET_PHASE method=255 phase=ended -> ...
    exchange CLOSE_DAY -> ...
    exchange SEAL_DAY -> ...
"""

TABLES = {
    "deposit: rejects by descending precedence": """
        wuhan DEPOSIT version=2 trading_day=1 account=77 contract=6 amount=0 t=0   -> !WRONG_VERSION stream=wuhan
        wuhan DEPOSIT trading_day=1 account=77 contract=6 amount=0 t=0             -> !WRONG_TRADING_DAY
        wuhan DEPOSIT account=77 contract=6 amount=0 t=0                           -> !OPENING_NOT_ACCEPTED
        ---
        wuhan DEPOSIT account=77 contract=6 amount=0 t=0                           -> !UNKNOWN_ACCOUNT
        wuhan DEPOSIT account=bob contract=6 amount=0 t=0                          -> !UNKNOWN_CONTRACT
        wuhan DEPOSIT account=bob contract=1 amount=0 t=0                          -> !INVALID_FIELD       # cash has no contract
        wuhan DEPOSIT account=bob amount=0 t=0                                     -> !NEGATIVE_BALANCE
        wuhan DEPOSIT account=bob amount=-1 t=0                                    -> !NEGATIVE_BALANCE
        wuhan DEPOSIT account=bob amount=9_223_372_036_854_775_807 t=0             -> !NEGATIVE_BALANCE
        wuhan DEPOSIT account=bob amount=9_007_189_254_740_992 t=0                 -> !NEGATIVE_BALANCE    # 2^53 with bob's 10^10
        wuhan DEPOSIT account=bob amount=9_007_189_254_740_991 t=0                 -> !DUPLICATE_RECORD    # numbers count from 1
        wuhan DEPOSIT account=bob amount=9_007_189_254_740_991 t=7                 -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan DEPOSIT account=cat amount=1 t=7                                     -> !DUPLICATE_RECORD
        wuhan DEPOSIT account=cat amount=1 t=6                                     -> !DUPLICATE_RECORD
        wuhan DEPOSIT account=cat amount=1 t=8                                     -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan DEPOSIT account=cat amount=1 t=9                                     -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan DEPOSIT account=cat amount=1 t=10                                    -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan DEPOSIT account=cat amount=1 t=11                                    -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan DEPOSIT account=cat amount=1 t=12                                    -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan DEPOSIT account=cat amount=1 t=13                                    -> !TRANSFER_CAPACITY   # six a day here
        wuhan DEPOSIT account=cat amount=1 t=12                                    -> !DUPLICATE_RECORD
        wuhan HOLD_REQUEST account=cat amount=1 t=13 hold_kind=cash_withdrawal     -> !TRANSFER_CAPACITY
    """,
    "deposit: cash is there at once, in any phase, halted or killed": """
        exchange SET_PHASE method=255 phase=break                 -> ...
        operator HALT level=market halt_reason=operator           -> ...
        operator KILL level=market                                -> ...
        wuhan DEPOSIT account=zed amount=5_500 t=1                -> HOLD_CHANGED stream=wuhan login=wuhan account=zed contract=0 amount=5_500 t=1 hold_state=booked hold_reason=none version=1 trading_day=8020 ; BALANCE_CHANGED stream=zed login=wuhan account=zed contract=0 amount=5_500 available=5_500 t=1 change_kind=deposit
        operator RESTORE level=market                             -> ...
        operator RESUME level=market                              -> ...
        exchange SET_PHASE method=255 phase=trading               -> ...
        zed LISTING side=buy q=1 p=55.00                          -> ACCEPTED
        exchange SET_PHASE method=255 phase=ended                 -> ...
        exchange CLOSE_DAY                                        -> ...
        wuhan DEPOSIT account=zed amount=1 t=2                    -> HOLD_CHANGED; BALANCE_CHANGED available=5_501      # until the seal
        exchange SEAL_DAY                                         -> ...
        wuhan DEPOSIT account=zed amount=1 t=3                    -> !DAY_SEALED
        wuhan DEPOSIT account=77 contract=6 amount=0 t=0          -> !DAY_SEALED
    """,
    "transfer in: units of a contract, sellable at once": """
        wuhan TRANSFER_IN account=77 contract=0 amount=0 t=0      -> !OPENING_NOT_ACCEPTED
        ---
        wuhan TRANSFER_IN account=77 contract=0 amount=0 t=0      -> !UNKNOWN_ACCOUNT
        wuhan TRANSFER_IN account=zed contract=0 amount=0 t=0     -> !UNKNOWN_CONTRACT
        wuhan TRANSFER_IN account=zed contract=6 amount=0 t=0     -> !UNKNOWN_CONTRACT
        wuhan TRANSFER_IN account=zed contract=1 amount=0 t=0     -> !NEGATIVE_BALANCE
        wuhan TRANSFER_IN account=zed contract=1 amount=9_007_199_254_740_992 t=0 -> !NEGATIVE_BALANCE
        wuhan TRANSFER_IN account=zed contract=1 amount=9_007_199_254_740_991 t=0 -> !DUPLICATE_RECORD
        wuhan TRANSFER_IN account=zed contract=1 amount=10 t=1    -> HOLD_CHANGED account=zed contract=1 amount=10 hold_state=booked ; BALANCE_CHANGED stream=zed contract=1 amount=10 available=10 change_kind=transfer_in
        zed LISTING side=sell q=10 p=55.00                        -> ACCEPTED
    """,
    "hold request: form, then how much there is": """
        wuhan HOLD_REQUEST account=77 amount=1 t=1 hold_kind=1    -> !OPENING_NOT_ACCEPTED
        ---
        wuhan HOLD_REQUEST account=77 contract=6 amount=1 t=1 hold_kind=3       -> !UNKNOWN_ACCOUNT
        wuhan HOLD_REQUEST account=cat contract=6 amount=1 t=1 hold_kind=3      -> !UNKNOWN_CONTRACT
        wuhan HOLD_REQUEST account=cat contract=1 amount=1 t=1 hold_kind=3      -> !INVALID_FIELD
        wuhan HOLD_REQUEST account=cat contract=1 amount=0 t=1 hold_kind=cash_withdrawal   -> !INVALID_FIELD
        wuhan HOLD_REQUEST account=cat contract=0 amount=0 t=1 hold_kind=units_to_registry -> !INVALID_FIELD
        wuhan HOLD_REQUEST account=cat contract=0 amount=0 t=1 hold_kind=0      -> !INVALID_FIELD
        wuhan HOLD_REQUEST account=cat amount=0 t=0 hold_kind=cash_withdrawal   -> !NEGATIVE_BALANCE
        wuhan HOLD_REQUEST account=cat amount=1 t=0 hold_kind=cash_withdrawal   -> !DUPLICATE_RECORD
        wuhan HOLD_REQUEST account=cat amount=1_000_000_001 t=1 hold_kind=cash_withdrawal -> HOLD_CHANGED stream=wuhan account=cat contract=0 amount=1_000_000_001 t=1 hold_state=refused hold_reason=cash_insufficient
        wuhan HOLD_REQUEST account=cat amount=9_223_372_036_854_775_807 t=2 hold_kind=cash_withdrawal -> HOLD_CHANGED hold_state=refused hold_reason=cash_insufficient
        wuhan HOLD_REQUEST account=cat contract=1 amount=1_001 t=3 hold_kind=units_to_registry -> HOLD_CHANGED hold_state=refused hold_reason=units_insufficient
        wuhan HOLD_REQUEST account=cat amount=1_000_000_000 t=3 hold_kind=cash_withdrawal -> !DUPLICATE_RECORD    # a refused number is used up
        wuhan HOLD_REQUEST account=cat amount=1_000_000_000 t=4 hold_kind=cash_withdrawal -> HOLD_CHANGED hold_state=granted hold_reason=none ; BALANCE_CHANGED stream=cat contract=0 amount=-1_000_000_000 available=0 t=4 change_kind=hold
        wuhan HOLD_REQUEST account=cat contract=1 amount=1_000 t=5 hold_kind=units_to_registry -> HOLD_CHANGED hold_state=granted ; BALANCE_CHANGED stream=cat contract=1 amount=-1_000 available=0 change_kind=hold
        cat LISTING side=sell q=1 p=55.00                         -> !UNITS_INSUFFICIENT
        cat LISTING side=buy q=1 p=55.00                          -> !CASH_INSUFFICIENT
    """,
    "commit and abort name the hold by its number alone": """
        wuhan HOLD_COMMIT version=2 t=1                           -> !WRONG_VERSION
        wuhan HOLD_ABORT trading_day=1 t=1                        -> !WRONG_TRADING_DAY
        wuhan HOLD_COMMIT t=1                                     -> !OPENING_NOT_ACCEPTED
        ---
        wuhan HOLD_COMMIT account=77 contract=6 t=0               -> !UNKNOWN_TRANSFER
        wuhan HOLD_ABORT t=3                                      -> !UNKNOWN_TRANSFER
        wuhan DEPOSIT account=cat amount=5 t=2                    -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan HOLD_COMMIT t=1                                     -> !UNKNOWN_TRANSFER
        wuhan HOLD_COMMIT t=2                                     -> !TRANSFER_RESOLVED      # not a hold
        wuhan HOLD_REQUEST account=cat amount=1_000 t=4 hold_kind=cash_withdrawal -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan HOLD_REQUEST account=cat contract=1 amount=300 t=6 hold_kind=units_to_registry -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan HOLD_REQUEST account=cat contract=1 amount=701 t=7 hold_kind=units_to_registry -> HOLD_CHANGED hold_state=refused
        wuhan HOLD_ABORT t=7                                      -> !TRANSFER_RESOLVED
        wuhan HOLD_COMMIT t=5                                     -> !UNKNOWN_TRANSFER
        wuhan HOLD_COMMIT account=77 contract=6 t=4               -> HOLD_CHANGED stream=wuhan account=cat contract=0 amount=1_000 t=4 hold_state=committed hold_reason=none ; BALANCE_CHANGED stream=cat account=cat contract=0 amount=-1_000 available=999_999_005 t=4 change_kind=left
        wuhan HOLD_COMMIT t=4                                     -> !TRANSFER_RESOLVED
        wuhan HOLD_ABORT t=4                                      -> !TRANSFER_RESOLVED
        wuhan HOLD_ABORT t=6                                      -> HOLD_CHANGED account=cat contract=1 amount=300 t=6 hold_state=released ; BALANCE_CHANGED stream=cat contract=1 amount=300 available=1_000 change_kind=hold_returned
        wuhan HOLD_ABORT t=6                                      -> !TRANSFER_RESOLVED
        cat LISTING side=sell q=1_000 p=55.00                     -> ACCEPTED
    """,
    "what was traded today may not leave today": """
        cat LISTING side=sell q=10 p=55.00                        -> ACCEPTED
        bob TAKE side=buy q=10 p=55.00                            -> EXECUTED; ...
        wuhan HOLD_REQUEST account=cat amount=1_000_000_001 t=1 hold_kind=cash_withdrawal -> HOLD_CHANGED hold_state=refused hold_reason=cash_insufficient
        wuhan HOLD_REQUEST account=cat amount=1_000_000_000 t=2 hold_kind=cash_withdrawal -> HOLD_CHANGED hold_state=granted; BALANCE_CHANGED available=55_000
        wuhan HOLD_REQUEST account=bob contract=1 amount=300_011 t=3 hold_kind=units_to_registry -> HOLD_CHANGED hold_state=refused hold_reason=units_insufficient
        wuhan HOLD_REQUEST account=bob contract=1 amount=300_010 t=4 hold_kind=units_to_registry -> HOLD_CHANGED hold_state=refused hold_reason=bought_today
        wuhan HOLD_REQUEST account=bob contract=1 amount=300_000 t=5 hold_kind=units_to_registry -> HOLD_CHANGED hold_state=granted; BALANCE_CHANGED available=0
    """,
    "not even where it may be sold again today; cash that waits for the seal is not counted twice": """
        exchange PARAMETER_SET contract=1 parameter_id=resale_same_day parameter_value=1 -> ...
        exchange PARAMETER_SET contract=1 parameter_id=proceeds_reusable parameter_value=0 -> ...
        ---
        cat LISTING side=sell q=10 p=55.00                        -> ACCEPTED
        bob TAKE side=buy q=10 p=55.00                            -> EXECUTED; ...
        wuhan HOLD_REQUEST account=bob contract=1 amount=300_010 t=1 hold_kind=units_to_registry -> HOLD_CHANGED hold_state=refused hold_reason=bought_today
        wuhan HOLD_REQUEST account=bob contract=1 amount=300_000 t=2 hold_kind=units_to_registry -> HOLD_CHANGED hold_state=granted; BALANCE_CHANGED available=10
        wuhan HOLD_REQUEST account=cat amount=1_000_000_000 t=3 hold_kind=cash_withdrawal -> HOLD_CHANGED hold_state=granted; BALANCE_CHANGED available=0
        wuhan FREEZE account=bob contract=1 amount=10 t=4         -> HOLD_CHANGED hold_state=booked; BALANCE_CHANGED available=0
    """,
    "freeze and release: what is available, what is frozen": """
        wuhan FREEZE account=cat amount=1 t=1                     -> !OPENING_NOT_ACCEPTED
        wuhan OPENING_HOLDING account=eve contract=2 available_lots=5 frozen_lots=7 -> nothing
        ---
        wuhan FREEZE account=77 contract=6 amount=0 t=0           -> !UNKNOWN_ACCOUNT
        wuhan FREEZE account=eve contract=6 amount=0 t=0          -> !UNKNOWN_CONTRACT
        wuhan FREEZE account=eve contract=2 amount=0 t=0          -> !NEGATIVE_BALANCE
        wuhan RELEASE account=eve contract=2 amount=1 t=0         -> !DUPLICATE_RECORD
        wuhan FREEZE account=eve contract=2 amount=6 t=1          -> HOLD_CHANGED stream=wuhan account=eve contract=2 amount=6 hold_state=refused hold_reason=units_insufficient
        wuhan FREEZE account=eve contract=2 amount=5 t=2          -> HOLD_CHANGED hold_state=booked hold_reason=none ; BALANCE_CHANGED stream=eve contract=2 amount=-5 available=0 t=2 change_kind=freeze
        wuhan RELEASE account=eve contract=2 amount=13 t=3        -> HOLD_CHANGED hold_state=refused hold_reason=units_insufficient
        wuhan RELEASE account=eve contract=2 amount=12 t=4        -> HOLD_CHANGED hold_state=booked ; BALANCE_CHANGED stream=eve contract=2 amount=12 available=12 change_kind=release
        wuhan HOLD_COMMIT t=4                                     -> !TRANSFER_RESOLVED
        wuhan FREEZE account=eve amount=10_000_000_001 t=5        -> HOLD_CHANGED hold_state=refused hold_reason=cash_insufficient
        wuhan FREEZE account=eve amount=10_000_000_000 t=6        -> HOLD_CHANGED hold_state=booked ; BALANCE_CHANGED contract=0 amount=-10_000_000_000 available=0
        eve LISTING side=buy q=1 p=55.00                          -> !CASH_INSUFFICIENT
    """,
    "freeze: bought today, and cash that is not frozen": """
        cat LISTING side=sell q=10 p=55.00                        -> ACCEPTED
        bob TAKE side=buy q=10 p=55.00                            -> EXECUTED; ...
        wuhan FREEZE account=bob contract=1 amount=300_010 t=1    -> HOLD_CHANGED hold_state=refused hold_reason=bought_today
        wuhan FREEZE account=cat amount=1_000_055_000 t=2         -> HOLD_CHANGED hold_state=booked; BALANCE_CHANGED available=0     # proceeds as well
        wuhan RELEASE account=cat amount=1_000_055_001 t=3        -> HOLD_CHANGED hold_state=refused hold_reason=cash_insufficient
    """,
    "restrict: what an account may do; its orders stay": """
        wuhan RESTRICT version=2 account=77 eligibility=8         -> !WRONG_VERSION
        wuhan RESTRICT trading_day=1 account=77 eligibility=8     -> !WRONG_TRADING_DAY
        wuhan RESTRICT account=77 eligibility=8                   -> !OPENING_NOT_ACCEPTED
        ---
        cat LISTING side=buy q=1 p=55.00                          -> ACCEPTED order=$o
        wuhan RESTRICT account=77 eligibility=8                   -> !UNKNOWN_ACCOUNT
        wuhan RESTRICT account=cat eligibility=8                  -> !INVALID_FIELD
        wuhan RESTRICT account=cat eligibility=6                  -> ACCOUNT_RESTRICTED stream=cat login=wuhan account=cat contract=0 eligibility=6 ; COMMAND_DONE stream=operator login=wuhan command_kind=restrict account=cat parameter_value=6
        cat LISTING side=buy q=1 p=54.99                          -> !NOT_ELIGIBLE
        cat LISTING side=sell q=1 p=55.52                         -> ACCEPTED
        bob TAKE side=sell q=1 p=55.00 order=$o                   -> EXECUTED; ...
        wuhan RESTRICT account=cat eligibility=7                  -> ACCOUNT_RESTRICTED eligibility=7; COMMAND_DONE
        cat LISTING side=buy q=1 p=54.99                          -> ACCEPTED
    """
    + SEALED
    + "wuhan RESTRICT account=cat eligibility=0 -> !DAY_SEALED\n",
    "the holding limit counts what is held": """
        exchange PARAMETER_SET contract=1 parameter_id=holding_limit_lots parameter_value=1_001 -> ...
        ---
        wuhan HOLD_REQUEST account=cat contract=1 amount=900 t=1 hold_kind=units_to_registry -> HOLD_CHANGED; BALANCE_CHANGED
        cat LISTING side=buy q=2 p=55.00                          -> !HOLDING_LIMIT
        wuhan HOLD_COMMIT t=1                                     -> HOLD_CHANGED; BALANCE_CHANGED
        cat LISTING side=buy q=2 p=55.00                          -> ACCEPTED
    """,
    "the seal tells every hold that is not resolved, and counts what is held": """
        wuhan HOLD_REQUEST account=cat contract=1 amount=400 t=1 hold_kind=units_to_registry -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan HOLD_REQUEST account=cat amount=1_000 t=2 hold_kind=cash_withdrawal -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan HOLD_REQUEST account=eve amount=10_000_000_000 t=3 hold_kind=cash_withdrawal -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan HOLD_REQUEST account=eve contract=1 amount=1_000 t=4 hold_kind=units_to_registry -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan HOLD_COMMIT t=3                                     -> HOLD_CHANGED; BALANCE_CHANGED
        wuhan TRANSFER_IN account=zed contract=2 amount=9 t=5     -> HOLD_CHANGED; BALANCE_CHANGED
        exchange SET_PHASE method=255 phase=ended                 -> ...
        exchange CLOSE_DAY                                        -> ...
        exchange SEAL_DAY -> PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; SEAL_HOLDING account=ann; SEAL_HOLDING account=ann; SEAL_HOLDING account=bob; SEAL_HOLDING account=cat available_lots=600; SEAL_HOLDING account=eve contract=1 available_lots=0; SEAL_HOLDING account=zed contract=2 available_lots=9; SEAL_CASH account=ann; SEAL_CASH account=bob; SEAL_CASH account=cat available_fen=999_999_000; SEAL_CASH account=eve available_fen=0; SEAL_HOLD stream=wuhan account=cat contract=1 amount=400 t=1 hold_kind=units_to_registry version=1 trading_day=8020 ; SEAL_HOLD account=cat contract=0 amount=1_000 t=2 hold_kind=cash_withdrawal ; SEAL_HOLD account=eve contract=1 amount=1_000 t=4 ; SEAL_BALANCES units_total_lots=1_302_509 cash_total_fen=11_100_000_000 record_count=10 ; SEAL_TOTALS ; COMMAND_DONE
        wuhan HOLD_COMMIT t=1                                     -> !DAY_SEALED
        wuhan HOLD_ABORT t=9                                      -> !DAY_SEALED
        wuhan FREEZE account=cat amount=1 t=9                     -> !DAY_SEALED
        wuhan RELEASE account=cat amount=1 t=9                    -> !DAY_SEALED
        wuhan TRANSFER_IN account=cat contract=1 amount=1 t=9     -> !DAY_SEALED
        wuhan HOLD_REQUEST account=cat amount=1 t=9 hold_kind=1   -> !DAY_SEALED
        # a result's change is what was traded: nothing; its closing balance is all there is
        wuhan RESULT_BEGIN run=1                                  -> nothing
        wuhan RESULT_HOLDING account=cat contract=1 run=1 change_lots=0 closing_lots=1_000 -> nothing
        wuhan RESULT_HOLDING account=zed contract=2 run=1 change_lots=0 closing_lots=9 -> nothing
        wuhan RESULT_CASH account=eve run=1 change_fen=0 closing_fen=0 fees_fen=0 -> nothing
        wuhan RESULT_TOTALS run=1 record_count=3 control_hash=$hash -> RESULT_CONFIRMED record_count=3
    """.replace(
        "$hash",
        str((balance_term(1_003, 1, 0) + balance_term(1_005, 2, 0) + balance_term(1_004, 0, 0)) % MODULUS),
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_transfers(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])


@pytest.mark.parametrize("subject", ["reference", "kernel"])
def test_all_balances_together_have_a_bound(subject: str) -> None:
    """Opening and incoming sums stop at 2^62, so that no total of the seal passes a signed 64-bit integer."""
    capacity = Capacity(*CAPACITY[:2], 300, *CAPACITY[3:])
    exchange = new_subject(subject, capacity)
    market = TableMarket(exchange)
    market.send(Kind.OPEN_DAY, version=PROTOCOL_VERSION, trading_day=TRADING_DAY)
    market.send(
        Kind.DEFINE_CONTRACT, contract_id=1, base_price_ticks=5_552, product=Product.CEA, matching_rule=0
    )
    market.send(Kind.DEFINE_LOGIN, subject_id=1, member_id=1)
    accounts = range(1, 260)
    for account_id in accounts:
        market.send(Kind.DEFINE_ACCOUNT, account_id=account_id, member_id=16, entity_id=1, eligibility=7)
    letter = {"version": PROTOCOL_VERSION, "trading_day": TRADING_DAY}
    full = {"available_lots": BALANCE_MAX, "frozen_lots": BALANCE_MAX}  # 256 of these are 2^62 - 512
    rich = {"available_fen": BALANCE_MAX, "frozen_fen": BALANCE_MAX}
    for account_id in accounts[:256]:
        for kind, amounts in ((Kind.OPENING_HOLDING, full), (Kind.OPENING_CASH, rich)):
            account = {"account_id": account_id, "contract_id": 1 if kind == Kind.OPENING_HOLDING else 0}
            assert market.send(kind, "wuhan", **account, **letter, **amounts) == []
    for kind, name in ((Kind.OPENING_HOLDING, "available_lots"), (Kind.OPENING_CASH, "available_fen")):
        account = {"account_id": 257, "contract_id": 1 if kind == Kind.OPENING_HOLDING else 0}
        [(_, told)] = market.send(kind, "wuhan", **account, **letter, **{name: 513})
        assert told[54:56] == int(RejectReason.NEGATIVE_BALANCE).to_bytes(2, "little")
        assert market.send(kind, "wuhan", **account, **letter, **{name: 500}) == []
    market.send_letter(
        Kind.OPENING_TOTALS,
        units_total_lots=market.units,
        cash_total_fen=market.cash_fen,
        record_count=market.positions,
        control_hash=market.control,
    )
    for number, kind in enumerate((Kind.DEPOSIT, Kind.TRANSFER_IN), 1):
        place = {"account_id": 258, "contract_id": 1 if kind == Kind.TRANSFER_IN else 0}
        [(_, told)] = market.send(kind, "wuhan", **place, **letter, amount=13, transfer_id=number)
        assert told[54:56] == int(RejectReason.NEGATIVE_BALANCE).to_bytes(2, "little")
        assert len(market.send(kind, "wuhan", **place, **letter, amount=12, transfer_id=number)) == 2
    market.send(Kind.SET_PHASE, method=255, phase=Phase.ENDED)
    market.send(Kind.CLOSE_DAY)
    [sealed] = [read(event) for _, event in market.send(Kind.SEAL_DAY) if event[3] == Kind.SEAL_BALANCES]
    assert (sealed["units_total_lots"], sealed["cash_total_fen"]) == (2**62, 2**62)
