# ruff: noqa: E501  (a table reads better in long rows)
"""OPENING_*: positions are taken only if all four control totals agree, once a day."""

import pytest

from exchange.vocabulary.control import MODULUS, balance_term
from tests.tables.market import CAPACITY, TableMarket
from tests.tables.rows import parse_row
from tests.tables.subjects import new_subject

#: 1,000 + 5 frozen units and 700 + 3 fen of ann
CONTROL = (balance_term(1_001, 1, 1_005) + balance_term(1_001, 0, 703)) % MODULUS

ROWS = f"""
    # every message: version, day; then account, contract, amount, twice
    wuhan OPENING_BEGIN run=3 version=2 trading_day=1                                       -> !WRONG_VERSION stream=wuhan
    wuhan OPENING_BEGIN run=3 trading_day=8021                                              -> !WRONG_TRADING_DAY
    wuhan OPENING_HOLDING account=77 contract=6 available_lots=-1 version=0                 -> !WRONG_VERSION
    wuhan OPENING_HOLDING account=77 contract=6 available_lots=-1 trading_day=8019          -> !WRONG_TRADING_DAY
    wuhan OPENING_HOLDING account=77 contract=6 available_lots=-1                           -> !UNKNOWN_ACCOUNT account=77
    wuhan OPENING_HOLDING account=ann contract=6 available_lots=-1                          -> !UNKNOWN_CONTRACT
    wuhan OPENING_HOLDING account=ann contract=0 available_lots=-1                          -> !UNKNOWN_CONTRACT
    wuhan OPENING_HOLDING account=ann contract=1 available_lots=-1                          -> !NEGATIVE_BALANCE
    wuhan OPENING_HOLDING account=ann contract=1 frozen_lots=-1                             -> !NEGATIVE_BALANCE
    wuhan OPENING_HOLDING account=ann contract=1 available_lots=9_007_199_254_740_992       -> !NEGATIVE_BALANCE
    wuhan OPENING_HOLDING account=ann contract=1 available_lots=9_007_199_254_740_991       -> nothing
    wuhan OPENING_HOLDING account=ann contract=1 available_lots=5                           -> !DUPLICATE_RECORD
    wuhan OPENING_CASH account=ann available_fen=-1                                         -> !NEGATIVE_BALANCE
    wuhan OPENING_CASH account=0 available_fen=1                                            -> !UNKNOWN_ACCOUNT
    wuhan OPENING_CASH account=ann available_fen=1                                          -> nothing
    wuhan OPENING_CASH account=ann available_fen=1                                          -> !DUPLICATE_RECORD
    # a new beginning forgets all that
    wuhan OPENING_BEGIN run=4                                                               -> nothing
    wuhan OPENING_HOLDING account=ann contract=1 available_lots=1_000 frozen_lots=5         -> nothing
    wuhan OPENING_CASH account=ann available_fen=700 frozen_fen=3                           -> nothing
    # any wrong total refuses all; the records stay for another try
    wuhan OPENING_TOTALS units_total_lots=1_004 cash_total_fen=703 record_count=2 control_hash={CONTROL}     -> !CONTROL_TOTAL
    wuhan OPENING_TOTALS units_total_lots=1_005 cash_total_fen=702 record_count=2 control_hash={CONTROL}     -> !CONTROL_TOTAL
    wuhan OPENING_TOTALS units_total_lots=1_005 cash_total_fen=703 record_count=3 control_hash={CONTROL}     -> !CONTROL_TOTAL
    wuhan OPENING_TOTALS units_total_lots=1_005 cash_total_fen=703 record_count=2 control_hash={CONTROL + 1} -> !CONTROL_TOTAL
    exchange SET_PHASE method=255 phase=trading                                             -> !ILLEGAL_PHASE_CHANGE; !ILLEGAL_PHASE_CHANGE; !ILLEGAL_PHASE_CHANGE; !ILLEGAL_PHASE_CHANGE; !ILLEGAL_PHASE_CHANGE; !ILLEGAL_PHASE_CHANGE; !ILLEGAL_PHASE_CHANGE; !ILLEGAL_PHASE_CHANGE; !ILLEGAL_PHASE_CHANGE
    wuhan OPENING_TOTALS units_total_lots=1_005 cash_total_fen=703 record_count=2 control_hash={CONTROL}     -> OPENING_ACCEPTED stream=wuhan login=wuhan units_total_lots=1_005 cash_total_fen=703 record_count=2 run=4 version=1 trading_day=8020 ; PHASE_CHANGED stream=public contract=1 method=listed previous_phase=closed phase=pre_open next_change_ns=0 ; PHASE_CHANGED contract=1 method=block; PHASE_CHANGED contract=1 method=one_way; PHASE_CHANGED contract=2 method=listed; PHASE_CHANGED contract=2 method=block; PHASE_CHANGED contract=2 method=one_way; PHASE_CHANGED contract=3 method=continuous; PHASE_CHANGED contract=3 method=block; PHASE_CHANGED contract=3 method=one_way
    wuhan OPENING_BEGIN run=5                                                               -> !OPENING_CLOSED
    wuhan OPENING_HOLDING account=77 contract=1 available_lots=1                            -> !OPENING_CLOSED
    wuhan OPENING_CASH account=ann available_fen=1                                          -> !OPENING_CLOSED
    wuhan OPENING_TOTALS                                                                    -> !OPENING_CLOSED
    # frozen units and cash are owned and cannot be used
    ann LISTING side=sell q=1 p=55.00                                                       -> !WRONG_PHASE
    exchange SET_PHASE method=255 phase=trading                                             -> PHASE_CHANGED; ...
    ann LISTING side=sell q=1_001 p=55.00                                                   -> !UNITS_INSUFFICIENT
    ann LISTING side=sell q=1_000 p=55.00                                                   -> ACCEPTED
    ann LISTING contract=2 side=buy q=1 p=70.01                                             -> !CASH_INSUFFICIENT
"""


@pytest.mark.parametrize("subject", ["reference", "kernel"])
def test_opening(subject: str) -> None:
    market = TableMarket(new_subject(subject, CAPACITY))
    market.define()
    for line in (line.split("#")[0].strip() for line in ROWS.splitlines()):
        if line:
            market.run_row(parse_row(line))
