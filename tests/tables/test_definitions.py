# ruff: noqa: E501  (a table reads better in long rows)
"""OPEN_DAY, DEFINE_*, PARAMETER_SET: what a day consists of, within what bounds, and until when."""

from collections.abc import Callable

import pytest

from exchange.vocabulary.kinds import Kind
from tests.differential.describe import describe
from tests.tables.market import CAPACITY, CAST, TableMarket
from tests.tables.rows import parse_row
from tests.tables.subjects import new_subject

TABLES = {
    "a day is opened once": """
        exchange OPEN_DAY version=1 trading_day=8020 -> !DAY_ALREADY_OPEN stream=operator
        exchange OPEN_DAY version=2 trading_day=8020 -> !DAY_ALREADY_OPEN
    """,
    "contract: rejects by descending precedence": """
        exchange DEFINE_CONTRACT contract=0 product=9 matching_rule=9 base_price_ticks=0                -> !DEFINITION_CAPACITY
        exchange DEFINE_CONTRACT contract=7 product=9 matching_rule=9 base_price_ticks=0                -> !DEFINITION_CAPACITY
        exchange DEFINE_CONTRACT contract=1 product=9 matching_rule=9 base_price_ticks=0                -> !DEFINITION_CONFLICT
        exchange DEFINE_CONTRACT contract=4 product=1 matching_rule=block base_price_ticks=0            -> !INVALID_FIELD
        exchange DEFINE_CONTRACT contract=4 product=0 matching_rule=listed base_price_ticks=0           -> !INVALID_FIELD
        exchange DEFINE_CONTRACT contract=4 product=3 matching_rule=listed base_price_ticks=0           -> !INVALID_FIELD
        exchange DEFINE_CONTRACT contract=4 product=1 matching_rule=listed base_price_ticks=99          -> !PARAMETER_VALUE
        exchange DEFINE_CONTRACT contract=4 product=1 matching_rule=continuous base_price_ticks=1_000_001 -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=0 parameter_id=block_band_ppm parameter_value=300_000           -> BAND contract=1; BAND contract=2; BAND contract=3; COMMAND_DONE
        exchange DEFINE_CONTRACT contract=4 product=1 matching_rule=continuous base_price_ticks=100     -> BAND contract=4 stream=public login=0; COMMAND_DONE stream=operator contract=4 command_kind=define_contract
        ---
    """,
    "a default band too wide for the book's 2,048 prices": """
        exchange PARAMETER_SET contract=0 parameter_id=listed_band_ppm parameter_value=100_000          -> BAND; BAND; BAND; COMMAND_DONE
        exchange DEFINE_CONTRACT contract=4 product=1 base_price_ticks=200.00                           -> !DEFINITION_CAPACITY
        exchange DEFINE_CONTRACT contract=4 product=1 base_price_ticks=102.36                           -> !DEFINITION_CAPACITY   # 92.12 .. 112.60: 2,049 prices
        exchange DEFINE_CONTRACT contract=4 product=1 base_price_ticks=102.34                           -> BAND lower_ticks=92.11 upper_ticks=112.57; COMMAND_DONE
        exchange PARAMETER_SET contract=4 parameter_id=listed_band_ppm parameter_value=100_100          -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=4 parameter_id=block_band_ppm parameter_value=300_000           -> BAND block_lower_ticks=71.64 block_upper_ticks=133.04; COMMAND_DONE
        ---
    """,
    "account and login: capacity, conflict, and the member's stream opens first": """
        exchange DEFINE_ACCOUNT account=0 member_id=16          -> !DEFINITION_CAPACITY
        exchange DEFINE_ACCOUNT account=1_010 member_id=16      -> !DEFINITION_CAPACITY
        exchange DEFINE_ACCOUNT account=1_001 member_id=15      -> !DEFINITION_CAPACITY
        exchange DEFINE_ACCOUNT account=1_001 member_id=24      -> !DEFINITION_CAPACITY
        exchange DEFINE_ACCOUNT account=1_001 member_id=16 eligibility=8 -> !DEFINITION_CONFLICT
        exchange DEFINE_ACCOUNT account=1_007 member_id=16 eligibility=8 -> !INVALID_FIELD
        exchange DEFINE_LOGIN subject_id=0 member_id=16         -> !DEFINITION_CAPACITY
        exchange DEFINE_LOGIN subject_id=32 member_id=16        -> !DEFINITION_CAPACITY
        exchange DEFINE_LOGIN subject_id=11 member_id=24        -> !DEFINITION_CAPACITY
        exchange DEFINE_LOGIN subject_id=11 member_id=16 rights=64 -> !DEFINITION_CONFLICT
        exchange DEFINE_ACCOUNT account=1_006 member_id=21      -> STREAM_OPENED stream_id=21 version=1 trading_day=8020 account=0 login=0 quantity_lots_max=20_000_000 price_ticks_max=1_000_000 reference_gap_max=1_048_576 heartbeat_ms=1_000 dead_ms=15_000; COMMAND_DONE account=1_006
        exchange DEFINE_LOGIN subject_id=20 member_id=21        -> COMMAND_DONE subject_id=20
        operator DEFINE_LOGIN subject_id=21 member_id=22        -> STREAM_OPENED stream_id=22 login=operator; COMMAND_DONE login=operator
        ---
    """,
    "parameters: contract, number, value; and only before positions are confirmed": """
        exchange PARAMETER_SET contract=6 parameter_id=99 parameter_value=-1                            -> !UNKNOWN_CONTRACT
        exchange PARAMETER_SET contract=1 parameter_id=0 parameter_value=-1                             -> !UNKNOWN_PARAMETER
        exchange PARAMETER_SET contract=1 parameter_id=38 parameter_value=-1                            -> !UNKNOWN_PARAMETER
        exchange PARAMETER_SET contract=1 parameter_id=listed_band_ppm parameter_value=1_000_000        -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=listed_band_ppm parameter_value=-1               -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=block_band_ppm parameter_value=1_000_000         -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=block_band_ppm parameter_value=999_999           -> BAND block_lower_ticks=1.00 block_upper_ticks=111.04; COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_min parameter_value=0       -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_max parameter_value=20_000_001 -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=block_quantity_lots_min parameter_value=0        -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=block_quantity_lots_max parameter_value=20_000_000 -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=trading_fee_ppm parameter_value=10_001           -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=settlement_fee_ppm parameter_value=10_000        -> COMMAND_DONE parameter_value=10_000 subject_id=8 command_kind=parameter_set
        exchange PARAMETER_SET contract=1 parameter_id=take_depth_levels parameter_value=0              -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=take_depth_levels parameter_value=2_049          -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=public_depth_levels parameter_value=2_048        -> COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=strict_price_priority parameter_value=2          -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=resale_same_day parameter_value=-1               -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=proceeds_reusable parameter_value=2              -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=cancel_in_break parameter_value=2                -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=composite_weight parameter_value=1_001           -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=holding_limit_lots parameter_value=-1            -> !PARAMETER_VALUE
        exchange PARAMETER_SET contract=1 parameter_id=open_orders_max parameter_value=-1               -> !PARAMETER_VALUE
        ---
        exchange PARAMETER_SET contract=1 parameter_id=listed_band_ppm parameter_value=0                -> !DEFINITION_CONFLICT
        exchange PARAMETER_SET contract=0 parameter_id=composite_weight parameter_value=1               -> !DEFINITION_CONFLICT
    """,
    "once positions are confirmed no contract and no account is defined; a login may be": """
        ---
        exchange DEFINE_CONTRACT contract=7 product=1 base_price_ticks=50.00                            -> !DEFINITION_CAPACITY
        exchange DEFINE_CONTRACT contract=4 product=9 base_price_ticks=50.00                            -> !DEFINITION_CONFLICT
        exchange DEFINE_CONTRACT contract=4 product=1 base_price_ticks=50.00                            -> !DEFINITION_CONFLICT stream=operator contract=4
        exchange PARAMETER_SET contract=4 parameter_id=composite_weight parameter_value=1               -> !UNKNOWN_CONTRACT
        ann LISTING contract=4 side=buy q=1 p=50.00                                                     -> !UNKNOWN_CONTRACT
        exchange DEFINE_ACCOUNT account=1_006 member_id=24                                              -> !DEFINITION_CAPACITY
        exchange DEFINE_ACCOUNT account=1_006 member_id=21                                              -> !DEFINITION_CONFLICT
        bob BLOCK_OFFER side=sell q=100_000 p=55.00 to=1_006                                            -> !UNKNOWN_COUNTERPARTY
        exchange DEFINE_LOGIN subject_id=20 member_id=16                                                -> COMMAND_DONE subject_id=20
        exchange DEFINE_LOGIN subject_id=21 member_id=21                                                -> STREAM_OPENED stream_id=21; COMMAND_DONE
        # so every contract can end, and the day be closed
        exchange SET_PHASE method=255 phase=ended                                                       -> PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; COMMAND_DONE
        exchange CLOSE_DAY                                                                              -> DAY_FIGURES; ...
    """,
    "bands: half up, and never outside the smallest and largest price": """
        exchange PARAMETER_SET contract=1 parameter_id=listed_band_ppm parameter_value=100_000          -> BAND base_price_ticks=55.52 lower_ticks=49.97 upper_ticks=61.07; COMMAND_DONE
        exchange PARAMETER_SET contract=1 parameter_id=listed_band_ppm parameter_value=50_000           -> BAND lower_ticks=52.74 upper_ticks=58.30; COMMAND_DONE   # 52.744, 58.296
        exchange PARAMETER_SET contract=1 parameter_id=listed_band_ppm parameter_value=0                -> BAND lower_ticks=45.29 upper_ticks=65.76; COMMAND_DONE   # 2,048 prices
        exchange PARAMETER_SET contract=3 parameter_id=listed_band_ppm parameter_value=1                -> BAND lower_ticks=60.00 upper_ticks=60.00; COMMAND_DONE
        exchange PARAMETER_SET contract=3 parameter_id=listed_band_ppm parameter_value=83               -> BAND lower_ticks=60.00 upper_ticks=60.00; COMMAND_DONE   # 59.99502, 60.00498
        exchange PARAMETER_SET contract=3 parameter_id=listed_band_ppm parameter_value=84               -> BAND lower_ticks=59.99 upper_ticks=60.01; COMMAND_DONE   # 59.99496, 60.00504
        exchange DEFINE_CONTRACT contract=4 product=1 base_price_ticks=1.05                             -> BAND lower_ticks=1.00 upper_ticks=21.47; COMMAND_DONE
        exchange PARAMETER_SET contract=4 parameter_id=listed_band_ppm parameter_value=100_000          -> BAND lower_ticks=1.00 upper_ticks=1.16; COMMAND_DONE     # 0.945 -> 0.95 -> 1.00; 1.155 -> 1.16
        exchange DEFINE_CONTRACT contract=5 product=1 base_price_ticks=9_999.00                         -> BAND lower_ticks=9_988.77 upper_ticks=10_000.00; COMMAND_DONE
        exchange PARAMETER_SET contract=5 parameter_id=listed_band_ppm parameter_value=1_000            -> BAND lower_ticks=9_989.00 upper_ticks=10_000.00; COMMAND_DONE
        ---
    """,
}
BEFORE_OPEN = """
    exchange TICK                                                   -> !DAY_NOT_OPEN stream=operator
    exchange DEFINE_CONTRACT contract=1 product=1                   -> !DAY_NOT_OPEN
    exchange LISTING side=sell q=7 p=55.00 ref=3                    -> !DAY_NOT_OPEN ref=3 q=7 p=55.00 highest_reference=0
    exchange PARAMETER_SET_SWITCH                                   -> !UNKNOWN_KIND
    ann LISTING side=sell q=7 p=55.00                               -> !INVALID_FIELD stream=operator login=ann highest_reference=0
    exchange OPEN_DAY version=2 trading_day=8020                    -> !WRONG_VERSION
    operator OPEN_DAY version=1 trading_day=8020                    -> !INVALID_FIELD login=operator
    exchange OPEN_DAY version=1 trading_day=8020                    -> STREAM_OPENED stream=public stream_id=0; STREAM_OPENED stream=wuhan stream_id=1; STREAM_OPENED stream=operator stream_id=2 trading_day=8020; COMMAND_DONE stream=operator command_kind=open_day
"""


@pytest.mark.parametrize("name", TABLES)
def test_definitions(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])


@pytest.mark.parametrize("subject", ["reference", "kernel"])
def test_before_the_day_is_open(subject: str) -> None:
    """Only OPEN_DAY works on an empty state; a login that is not defined consumes nothing."""
    market = TableMarket(new_subject(subject, CAPACITY))
    for line in filter(None, map(str.strip, BEFORE_OPEN.splitlines())):
        market.run_row(parse_row(line))


@pytest.mark.parametrize("subject", ["reference", "kernel"])
def test_defaults(subject: str) -> None:
    """What holds without any PARAMETER_SET: sizes 1 to 99,999 and 100,000 to 20,000,000, and no fee."""
    market = TableMarket(new_subject(subject, CAPACITY))
    market.define()
    market.open()
    for line in (
        "ann LISTING contract=2 side=sell q=100_000 p=80.00 -> !QUANTITY_ABOVE_MAXIMUM expected_value=99_999",
        "ann LISTING contract=2 side=sell q=0 p=80.00 -> !QUANTITY_BELOW_MINIMUM expected_value=1",
        "bob BLOCK_OFFER contract=2 side=buy q=99_999 p=80.00 -> !QUANTITY_BELOW_MINIMUM expected_value=100_000",
        "bob BLOCK_OFFER contract=2 side=buy q=20_000_001 p=80.00 -> !QUANTITY_ABOVE_MAXIMUM expected_value=20_000_000",
        "ann LISTING contract=2 side=sell q=1 p=80.00 -> ACCEPTED",
        "bob TAKE contract=2 side=buy q=1 p=80.00 -> EXECUTED fee_t=0 fee_s=0; ...",
    ):
        market.run_row(parse_row(line))


def test_rows_say_what_is_wrong_with_them() -> None:
    """A table with a mistake in it does not pass by accident."""
    with pytest.raises(ValueError, match="expected `who KIND"):
        parse_row("ann LISTING side=sell")
    with pytest.raises(ValueError, match="expected field=value"):
        parse_row("ann LISTING sell -> ACCEPTED")
    market = TableMarket(new_subject("reference", CAPACITY))
    market.define()
    market.open()
    for line in (
        "ann LISTING side=sell q=1 p=55.00 -> nothing",
        "ann LISTING side=sell q=1 p=55.00 -> ACCEPTED q=2",
        "ann LISTING side=sell q=1 p=55.00 -> ACCEPTED; ACCEPTED",
        "ann LISTING side=sell q=1 p=55.00 -> DONE",
        "ann LISTING side=sell q=1 p=55.00 -> ACCEPTED stream=bob",
    ):
        with pytest.raises(AssertionError, match="expected"):
            market.run_row(parse_row(line))
    assert describe(market.subject.apply(b"\x00" * 64)[0][1]).startswith(Kind.REJECTED.name)
    assert CAST["ann"].entity_id == CAST["eve"].entity_id
