# ruff: noqa: E501  (a table reads better in long rows)
"""CLOSE_DAY, SEAL_DAY, RESULT_*, DELIVERED, STAGE: figures, balances, and a result that is compared."""

from collections.abc import Callable

import pytest

from exchange.vocabulary.control import MODULUS, balance_term, trade_step

END = "exchange SET_PHASE method=255 phase=ended -> ...\n"
#: ann sells 100 t to cat at 55.00 with a fee of 333 ppm (183.15 -> 184 fen)
TRADE = """
    exchange PARAMETER_SET contract=1 parameter_id=trading_fee_ppm parameter_value=333 -> ...
    ---
    ann LISTING side=sell q=100 p=55.00                    -> ACCEPTED
    cat TAKE side=buy q=100 p=55.00                        -> EXECUTED fee_t=184; DONE; EXECUTED fee_t=184; TRADE; TRADE_REPORT; DONE
"""
SEALED = TRADE + END + "exchange CLOSE_DAY -> ...\nexchange SEAL_DAY -> ...\n"
TRADE_CONTROL = trade_step(0, 1, 1_003, 1_001, 1, 550_000, 100)
#: the right result of that day
ANN_UNITS = (
    "wuhan RESULT_HOLDING account=ann contract=1 run=1 change_lots=-100 closing_lots=999_900 -> nothing\n"
)
CAT_UNITS = (
    "wuhan RESULT_HOLDING account=cat contract=1 run=1 change_lots=100 closing_lots=1_100 -> nothing\n"
)
ANN_CASH = (
    "wuhan RESULT_CASH account=ann run=1 change_fen=549_816 closing_fen=100_549_816 fees_fen=184 -> nothing\n"
)
CAT_CASH = "wuhan RESULT_CASH account=cat run=1 change_fen=-550_184 closing_fen=999_449_816 fees_fen=184 -> nothing\n"
BEGIN = "wuhan RESULT_BEGIN run=1 -> nothing\n"
CHANGES = ((1_001, 1, -100), (1_003, 1, 100), (1_001, 0, 549_816), (1_003, 0, -550_184))
CONTROL = sum(balance_term(*change) for change in CHANGES) % MODULUS


def totals(
    expected: str, count: int = 4, tonnes: int = 100, amount: int = 550_000, control: int = CONTROL
) -> str:
    """A RESULT_TOTALS row."""
    return (
        f"wuhan RESULT_TOTALS run=1 record_count={count} tonnes_lots={tonnes} amount_fen={amount} "
        f"control_hash={control} -> {expected}\n"
    )


def without(*missing: tuple[int, int, int]) -> int:
    """The control hash of a result that lacks some changes."""
    return sum(balance_term(*change) for change in CHANGES if change not in missing) % MODULUS


RIGHT = BEGIN + ANN_UNITS + CAT_UNITS + ANN_CASH + CAT_CASH
CONFIRMED = "RESULT_CONFIRMED stream=wuhan record_count=4 run=1 version=1 trading_day=8020"

TABLES = {
    "the day closes once, when every method has ended, and is sealed after": """
        exchange CLOSE_DAY                                        -> !WRONG_PHASE stream=operator
        exchange SEAL_DAY                                         -> !WRONG_PHASE
        exchange SET_PHASE method=listed phase=ended              -> ...
        exchange CLOSE_DAY                                        -> !WRONG_PHASE
        exchange SET_PHASE method=block phase=ended               -> ...
        exchange CLOSE_DAY                                        -> !WRONG_PHASE
        exchange SET_PHASE method=continuous phase=ended          -> ...
        exchange CLOSE_DAY                                        -> !WRONG_PHASE
        exchange SET_PHASE method=one_way phase=ended             -> ...
        exchange SEAL_DAY                                         -> !WRONG_PHASE
        exchange CLOSE_DAY                                        -> DAY_FIGURES; ...
        exchange CLOSE_DAY                                        -> !WRONG_PHASE
        exchange SEAL_DAY                                         -> PHASE_CHANGED previous_phase=ended phase=sealed; ...
        exchange SEAL_DAY                                         -> !WRONG_PHASE
        exchange CLOSE_DAY                                        -> !WRONG_PHASE
        exchange OPEN_DAY version=1                               -> !DAY_ALREADY_OPEN
    """,
    "a day without trades: base for open and close, no high, no low": """
        exchange PARAMETER_SET contract=1 parameter_id=composite_weight parameter_value=1 -> ...
        exchange PARAMETER_SET contract=2 parameter_id=composite_weight parameter_value=2 -> ...
        ---
        exchange SET_PHASE method=255 phase=ended                 -> ...
        operator CLOSE_DAY -> DAY_FIGURES stream=public contract=1 figure_method=listed trade_count=0 open_ticks=55.52 high_ticks=0 low_ticks=0 close_ticks=55.52 volume_lots=0 turnover_fen=0 ; DAY_FIGURES contract=1 figure_method=block open_ticks=0 close_ticks=0 ; DAY_FIGURES contract=1 figure_method=one_way open_ticks=0 close_ticks=0 volume_lots=0 ; DAY_FIGURES contract=2 figure_method=listed open_ticks=80.00; DAY_FIGURES contract=2; DAY_FIGURES contract=2; DAY_FIGURES contract=3 figure_method=continuous open_ticks=60.00 close_ticks=60.00; DAY_FIGURES contract=3 figure_method=block; DAY_FIGURES contract=3 figure_method=one_way; COMPOSITE stream=public open_ticks=71.84 high_ticks=0 low_ticks=0 close_ticks=71.84 volume_lots=0; COMMAND_DONE login=operator command_kind=close_day
    """,
    "figures: open, high, low, mean half up; blocks never touch the listed ones": """
        ann LISTING side=sell q=2 p=55.00                         -> ACCEPTED
        ann LISTING side=sell q=1 p=55.01                         -> ACCEPTED
        bob TAKE side=buy q=3 p=55.01                             -> EXECUTED; ...
        ann LISTING side=sell q=1 p=54.00                         -> ACCEPTED
        bob TAKE side=buy q=1 p=54.00                             -> EXECUTED; ...
        ann BLOCK_OFFER side=sell q=100_000 p=40.00 to=bob        -> ACCEPTED order=$o; BLOCK_OFFERED
        bob BLOCK_ACCEPT order=$o q=100_000 p=40.00               -> EXECUTED; ...
        ann BLOCK_OFFER side=sell q=100_001 p=40.01 to=bob        -> ACCEPTED order=$o2; BLOCK_OFFERED
        bob BLOCK_ACCEPT order=$o2 q=100_001 p=40.01              -> EXECUTED; ...
        exchange SET_PHASE method=255 phase=ended                 -> ...
        # (2 x 5500 + 5501 + 5400) / 4 = 5475.25; blocks 800,104,001 / 200,001 = 4000.500002 -> 40.01
        exchange CLOSE_DAY -> DAY_FIGURES trade_count=3 open_ticks=55.00 high_ticks=55.01 low_ticks=54.00 close_ticks=54.75 volume_lots=4 turnover_fen=21_901 ; DAY_FIGURES figure_method=block trade_count=2 open_ticks=40.00 high_ticks=40.01 low_ticks=40.00 close_ticks=40.01 volume_lots=200_001 turnover_fen=800_104_001 ; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; COMPOSITE open_ticks=0 close_ticks=0 volume_lots=200_005 turnover_fen=800_125_902; COMMAND_DONE
    """,
    "the close is rounded half up": """
        ann LISTING side=sell q=1 p=55.00                         -> ACCEPTED
        ann LISTING side=sell q=1 p=55.01                         -> ACCEPTED
        bob TAKE side=buy q=2 p=55.01                             -> EXECUTED; ...
        exchange SET_PHASE method=255 phase=ended                 -> ...
        exchange CLOSE_DAY                                        -> DAY_FIGURES close_ticks=55.01; ...
    """,
    "composite: by weight, from the first listed trade; the close counts for high and low": """
        exchange PARAMETER_SET contract=1 parameter_id=composite_weight parameter_value=1 -> ...
        exchange PARAMETER_SET contract=2 parameter_id=composite_weight parameter_value=1 -> ...
        ---
        ann LISTING side=sell q=1 p=55.00                         -> ACCEPTED
        ann LISTING side=sell q=3 p=57.00                         -> ACCEPTED
        bob TAKE side=buy q=1 p=55.00                             -> EXECUTED; ...       # (5500 + 8000) / 2 = 67.50
        bob TAKE side=buy q=3 p=57.00                             -> EXECUTED; ...       # 68.50
        ann LISTING contract=2 side=sell q=1 p=79.99              -> ACCEPTED
        bob TAKE contract=2 side=buy q=1 p=79.99                  -> EXECUTED; ...       # (5700 + 7999) / 2 = 68.495 -> 68.50
        exchange SET_PHASE method=255 phase=ended                 -> ...
        # closes 56.50 and 79.99: 68.245 -> 68.25
        exchange CLOSE_DAY -> DAY_FIGURES close_ticks=56.50; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES close_ticks=79.99; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; COMPOSITE open_ticks=67.50 high_ticks=68.50 low_ticks=67.50 close_ticks=68.25 volume_lots=5; COMMAND_DONE
    """,
    "the seal: phases, holdings, cash, totals": TRADE
    + END
    + f"""
        exchange CLOSE_DAY -> ...
        operator SEAL_DAY -> PHASE_CHANGED stream=public contract=1 method=listed phase=sealed next_change_ns=0; PHASE_CHANGED contract=1 method=block; PHASE_CHANGED contract=1 method=one_way; PHASE_CHANGED contract=2; PHASE_CHANGED contract=2; PHASE_CHANGED contract=2; PHASE_CHANGED contract=3 method=continuous; PHASE_CHANGED contract=3; PHASE_CHANGED contract=3; SEAL_HOLDING stream=wuhan login=operator account=ann contract=1 available_lots=999_900 bought_today_lots=0 frozen_lots=0 version=1 trading_day=8020; SEAL_HOLDING account=ann contract=2 available_lots=500; SEAL_HOLDING account=bob contract=1 available_lots=300_000; SEAL_HOLDING account=cat contract=1 available_lots=1_000 bought_today_lots=100; SEAL_HOLDING account=eve contract=1; SEAL_CASH account=ann available_fen=100_549_816 proceeds_today_fen=549_816 frozen_fen=0; SEAL_CASH account=bob available_fen=10_000_000_000; SEAL_CASH account=cat available_fen=999_449_816 proceeds_today_fen=0; SEAL_CASH account=eve; SEAL_BALANCES units_total_lots=1_302_500 cash_total_fen=21_099_999_632 record_count=9 fees_fen=368; SEAL_TOTALS tonnes_lots=100 amount_fen=550_000 match_count=1 control_hash={TRADE_CONTROL}; COMMAND_DONE stream=operator command_kind=seal_day
    """,
    "proceeds that could not be used are free at the seal": """
        exchange PARAMETER_SET contract=1 parameter_id=proceeds_reusable parameter_value=0 -> ...
        ---
        ann LISTING side=sell q=100 p=55.00                       -> ACCEPTED
        cat TAKE side=buy q=100 p=55.00                           -> EXECUTED; ...
        exchange SET_PHASE method=255 phase=ended                 -> ...
        exchange CLOSE_DAY                                        -> ...
        exchange SEAL_DAY -> PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; SEAL_HOLDING; SEAL_HOLDING; SEAL_HOLDING; SEAL_HOLDING; SEAL_HOLDING; SEAL_CASH account=ann available_fen=100_550_000 proceeds_today_fen=550_000; ...
    """,
    "a result that is right is confirmed, once": SEALED
    + RIGHT
    + totals(CONFIRMED)
    + """
        wuhan RESULT_BEGIN run=2                                  -> !ALREADY_CONFIRMED
        wuhan RESULT_TOTALS run=1                                 -> !ALREADY_CONFIRMED
        wuhan DELIVERED record_count=1 version=2                  -> !WRONG_VERSION
        wuhan DELIVERED record_count=1 trading_day=1              -> !WRONG_TRADING_DAY
        wuhan DELIVERED record_count=1 run=1                      -> COMMAND_DONE stream=operator login=wuhan command_kind=delivered subject_id=1
    """,
    "before the seal, and of another version or day": """
        wuhan RESULT_BEGIN run=1 version=2                        -> !WRONG_VERSION stream=wuhan
        wuhan RESULT_BEGIN run=1 trading_day=1                    -> !WRONG_TRADING_DAY
        wuhan RESULT_BEGIN run=1                                  -> !NOT_SEALED
        wuhan RESULT_CASH account=ann run=1                       -> !NOT_SEALED
        wuhan RESULT_TOTALS run=1                                 -> !NOT_SEALED
        wuhan DELIVERED record_count=1                            -> !NOT_SEALED
        wuhan STAGE stage=cleared version=2                       -> !WRONG_VERSION
        wuhan STAGE stage=cleared trading_day=2                   -> !WRONG_TRADING_DAY
        wuhan STAGE stage=200                                     -> !INVALID_FIELD
        wuhan STAGE stage=cleared break_count=3                   -> SETTLEMENT_STAGE stream=public login=0 ref=0 stage=cleared break_count=3 version=1 trading_day=8020
    """,
    "records of a result: run, account, contract, once": SEALED
    + """
        wuhan RESULT_HOLDING account=ann contract=1 run=1         -> !INVALID_FIELD        # no run begun
        wuhan RESULT_BEGIN run=0                                  -> !DUPLICATE_RECORD     # runs count from 1
        wuhan RESULT_BEGIN run=1                                  -> nothing
        wuhan RESULT_HOLDING account=77 contract=6 run=2          -> !INVALID_FIELD
        wuhan RESULT_HOLDING account=77 contract=6 run=1          -> !UNKNOWN_ACCOUNT
        wuhan RESULT_HOLDING account=ann contract=6 run=1         -> !UNKNOWN_CONTRACT
        wuhan RESULT_HOLDING account=ann contract=0 run=1         -> !UNKNOWN_CONTRACT
        wuhan RESULT_HOLDING account=ann contract=1 run=1 change_lots=-100 closing_lots=999_900 -> nothing
        wuhan RESULT_HOLDING account=ann contract=1 run=1         -> !DUPLICATE_RECORD
        wuhan RESULT_CASH account=77 run=1                        -> !UNKNOWN_ACCOUNT
        wuhan RESULT_CASH account=ann run=2                       -> !INVALID_FIELD
        wuhan DELIVERED record_count=1                            -> !NOT_SEALED           # not confirmed
    """,
    "refused, naming the account: one fen": SEALED
    + BEGIN
    + ANN_UNITS
    + CAT_UNITS
    + ANN_CASH.replace(
        "change_fen=549_816 closing_fen=100_549_816", "change_fen=549_817 closing_fen=100_549_817"
    )
    + CAT_CASH
    + totals(
        "RESULT_REFUSED stream=wuhan account=ann contract=0 expected_amount=549_816 found_amount=549_817 difference_count=1 run=1 version=1 trading_day=8020",
        control=(CONTROL - balance_term(1_001, 0, 549_816) + balance_term(1_001, 0, 549_817)) % MODULUS,
    )
    + "wuhan RESULT_TOTALS run=1 -> !INVALID_FIELD\nwuhan RESULT_BEGIN run=1 -> !DUPLICATE_RECORD\n"
    + (RIGHT + totals(CONFIRMED.replace("run=1", "run=2"))).replace("run=1", "run=2"),
    "refused, naming the account: a closing balance or a fee alone": SEALED
    + BEGIN
    + ANN_UNITS.replace("closing_lots=999_900", "closing_lots=999_901")
    + CAT_UNITS
    + ANN_CASH
    + CAT_CASH.replace("fees_fen=184", "fees_fen=183")
    + totals(
        "RESULT_REFUSED account=ann contract=1 expected_amount=-100 found_amount=-100 difference_count=2"
    ),
    "refused, naming the account: accounts swapped": SEALED
    + BEGIN
    + ANN_UNITS.replace("account=ann", "account=bob")
    + CAT_UNITS
    + ANN_CASH
    + CAT_CASH
    + totals(
        "RESULT_REFUSED account=bob contract=1 expected_amount=0 found_amount=-100 difference_count=2",
        control=(CONTROL - balance_term(1_001, 1, -100) + balance_term(1_002, 1, -100)) % MODULUS,
    ),
    "refused, naming the account: a trade lost": SEALED
    + BEGIN
    + totals(
        "RESULT_REFUSED account=ann contract=1 expected_amount=-100 found_amount=0 difference_count=6",
        count=0,
        tonnes=0,
        amount=0,
        control=0,
    ),
    "units come before cash among the missing": SEALED
    + BEGIN
    + ANN_UNITS
    + CAT_CASH
    + totals(
        "RESULT_REFUSED account=cat contract=1 expected_amount=100 found_amount=0 difference_count=2",
        count=2,
        control=without((1_003, 1, 100), (1_001, 0, 549_816)),
    ),
    "each control total counts": SEALED
    + RIGHT
    + totals(
        "RESULT_REFUSED account=0 contract=0 expected_amount=4 found_amount=5 difference_count=4",
        count=5,
        tonnes=101,
        amount=1,
        control=1,
    ),
    "an account that did not trade may be named with no change": SEALED
    + BEGIN
    + ANN_UNITS
    + CAT_UNITS
    + ANN_CASH
    + CAT_CASH
    + "wuhan RESULT_HOLDING account=bob contract=1 run=1 change_lots=0 closing_lots=300_000 -> nothing\n"
    + totals(
        CONFIRMED.replace("record_count=4", "record_count=5"),
        count=5,
        control=(CONTROL + balance_term(1_002, 1, 0)) % MODULUS,
    ),
    "a run begun again forgets what came before": SEALED
    + BEGIN
    + ANN_UNITS.replace("change_lots=-100", "change_lots=-99")
    + RIGHT
    + totals(CONFIRMED),
}


@pytest.mark.parametrize("name", TABLES)
def test_closing(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
