# ruff: noqa: E501  (a table reads better in long rows)
"""Trades undone and corrected during the day, to the fen and the lot, and what the figures make of it."""

from collections.abc import Callable

import pytest

from exchange.vocabulary.control import MODULUS, balance_term, trade_step

#: ann sells 100 t to cat at 55.00 with fees of 333 and 100 ppm (183.15 -> 184 and 55 fen)
FEES = """
    exchange PARAMETER_SET contract=1 parameter_id=trading_fee_ppm parameter_value=333 -> ...
    exchange PARAMETER_SET contract=1 parameter_id=settlement_fee_ppm parameter_value=100 -> ...
"""
SOLD = """
    ann LISTING side=sell q=100 p=55.00                    -> ACCEPTED
    cat TAKE side=buy q=100 p=55.00                        -> EXECUTED fee_t=184 fee_s=55; ...
"""
TRADE = FEES + "---\n" + SOLD
END = "exchange SET_PHASE method=255 phase=ended -> ...\n"
#: cat has 10,000,000.00 and spends its sales on bob's listings
SPENT = """
    ann LISTING side=buy q=1_000 p=55.00                   -> ACCEPTED
    cat TAKE side=sell q=1_000 p=55.00                     -> EXECUTED; ...
    bob LISTING side=sell q=18_000 p=58.00                 -> ACCEPTED
    cat TAKE side=buy q=18_000 p=58.00                     -> EXECUTED; ...
"""
#: after two trades and a bust of the first: the bust is one more step, with nothing
BUSTED_CONTROL = trade_step(
    trade_step(trade_step(0, 1, 1_003, 1_001, 1, 550_000, 100), 2, 1_002, 1_001, 1, 54_000, 10),
    *(1, 1_003, 1_001, 1, 0, 0),
)

TABLES = {
    "bust: rejects by descending precedence": FEES
    + """
        operator BUST version=2 trading_day=1 match=9             -> !WRONG_VERSION stream=operator
        operator BUST trading_day=1 match=9                       -> !WRONG_TRADING_DAY
        operator BUST match=9                                     -> !OPENING_NOT_ACCEPTED
        ---
        operator BUST match=0                                     -> !UNKNOWN_TRADE
        operator BUST match=1                                     -> !UNKNOWN_TRADE
    """
    + SOLD
    + """
        operator BUST match=2                                     -> !UNKNOWN_TRADE
        operator BUST match=4_294_967_295                         -> !UNKNOWN_TRADE
        operator BUST match=1                                     -> BUST_REPORT; ...
        operator BUST match=1                                     -> !TRADE_ALREADY_BUSTED
        operator CORRECTION match=1 q=0 p=0.01                    -> !TRADE_ALREADY_BUSTED
    """
    + END
    + """
        operator BUST match=2                                     -> !UNKNOWN_TRADE          # until the close
        exchange CLOSE_DAY                                        -> ...
        operator BUST match=2                                     -> !WRONG_PHASE
        operator CORRECTION match=2 q=0                           -> !WRONG_PHASE
    """,
    "bust: units, amount and all four fees return": TRADE
    + """
        operator HALT level=market halt_reason=operator           -> ...                      # no halt stops it
        operator BUST match=1 bust_reason=3 -> BUST_REPORT stream=wuhan login=operator account=cat contract=1 seller_account_id=ann p=0 q=0 match=1 bust_reason=3 buyer_trading_fee_fen=0 buyer_settlement_fee_fen=0 seller_trading_fee_fen=0 seller_settlement_fee_fen=0 version=1 trading_day=8020 ; TRADE_BUSTED stream=public login=0 contract=1 p=0 q=0 match=1 ; BALANCE_CHANGED stream=cat login=operator account=cat contract=0 amount=550_239 available=1_000_000_000 t=1 change_kind=bust ; BALANCE_CHANGED stream=cat account=cat contract=1 amount=-100 available=1_000 t=1 ; BALANCE_CHANGED stream=ann account=ann contract=0 amount=-549_761 available=100_000_000 ; BALANCE_CHANGED stream=ann contract=1 amount=100 available=1_000_000 ; COMMAND_DONE stream=operator login=operator command_kind=bust subject_id=1 parameter_value=0
        operator RESUME level=market                              -> ...
        ann LISTING side=sell q=99_999 p=55.00                    -> ACCEPTED
    """
    + END
    + """
        exchange CLOSE_DAY -> DAY_FIGURES trade_count=0 open_ticks=55.52 high_ticks=0 low_ticks=0 close_ticks=55.52 volume_lots=0 turnover_fen=0 ; ...
        exchange SEAL_DAY                                         -> ...
        wuhan RESULT_BEGIN run=1                                  -> nothing
        wuhan RESULT_TOTALS run=1                                 -> RESULT_CONFIRMED record_count=0       # nobody traded
    """,
    "bust: day totals are net, the number of matches stays, the control hash takes one more step": FEES
    + "---\n"
    + SOLD
    + """
        ann LISTING side=sell q=10 p=54.00                        -> ACCEPTED
        bob TAKE side=buy q=10 p=54.00                            -> EXECUTED; ...
        wuhan BUST match=1                                        -> BUST_REPORT stream=wuhan login=wuhan; ...
    """
    + END
    + f"""
        exchange CLOSE_DAY -> DAY_FIGURES trade_count=1 open_ticks=54.00 high_ticks=54.00 low_ticks=54.00 close_ticks=54.00 volume_lots=10 turnover_fen=54_000 ; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; COMPOSITE volume_lots=10 turnover_fen=54_000; COMMAND_DONE
        exchange SEAL_DAY -> PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; PHASE_CHANGED; SEAL_HOLDING account=ann available_lots=999_990; SEAL_HOLDING; SEAL_HOLDING account=bob bought_today_lots=10; SEAL_HOLDING account=cat available_lots=1_000 bought_today_lots=0; SEAL_HOLDING account=eve; SEAL_CASH account=ann available_fen=100_053_976 proceeds_today_fen=53_976; SEAL_CASH account=bob; SEAL_CASH account=cat available_fen=1_000_000_000 ; SEAL_CASH account=eve; SEAL_BALANCES fees_fen=48; SEAL_TOTALS tonnes_lots=10 amount_fen=54_000 match_count=2 control_hash={BUSTED_CONTROL}; COMMAND_DONE
    """,
    "bust: the open order of a filled part stays, and its fees go on as counted": FEES
    + """
        ---
        ann LISTING side=sell q=200 p=55.00                       -> ACCEPTED order=$o
        cat TAKE side=buy q=100 p=55.00                           -> EXECUTED fee_t=184 fee_s=55; ...
        wuhan BUST match=1                                        -> BUST_REPORT; ...
        cat TAKE side=buy q=100 p=55.00 -> EXECUTED account=ann fee_t=183 fee_s=55; DONE order=$o done=filled filled_lots=200; EXECUTED account=cat fee_t=184; ...
    """,
    "bust: a buyer who has sold on what could be sold again": """
        exchange PARAMETER_SET contract=1 parameter_id=resale_same_day parameter_value=1 -> ...
        ---
        ann LISTING side=sell q=100 p=55.00                       -> ACCEPTED
        zed TAKE side=buy q=100 p=55.00                           -> !CASH_INSUFFICIENT
        wuhan DEPOSIT account=zed amount=550_000 t=1              -> ...
        zed TAKE side=buy q=100 p=55.00                           -> EXECUTED; ...
        zed LISTING side=sell q=1 p=56.00                         -> ACCEPTED order=$o
        wuhan BUST match=1                                        -> !UNITS_INSUFFICIENT          # one is in an order
        wuhan CORRECTION match=1 q=99 p=55.00                     -> BUST_REPORT; ...             # 99 he still has
        zed CANCEL order=$o                                       -> DONE
        wuhan BUST match=1                                        -> BUST_REPORT; TRADE_BUSTED; BALANCE_CHANGED account=zed contract=0 amount=544_500 available=550_000; BALANCE_CHANGED account=zed contract=1 amount=-99 available=0; BALANCE_CHANGED account=ann contract=0 amount=-544_500; BALANCE_CHANGED account=ann contract=1 amount=99 available=1_000_000; COMMAND_DONE
    """,
    "bust: spent proceeds are refused": SPENT
    + """
        wuhan FREEZE account=cat amount=897_000_000 t=1           -> HOLD_CHANGED hold_state=booked; BALANCE_CHANGED available=4_100_000
        wuhan BUST match=1                                        -> !CASH_INSUFFICIENT
        wuhan CORRECTION match=1 q=1_000 p=53.00                  -> BUST_REPORT; ...             # less than what is left
        wuhan BUST match=2                                        -> BUST_REPORT; ...
        wuhan BUST match=1                                        -> BUST_REPORT; ...
    """,
    "bust: or the settlement reserve covers what is missing": """
        exchange PARAMETER_SET parameter_id=bust_spent_proceeds parameter_value=1 -> ...
        ---
    """
    + SPENT
    + """
        # cat has 1,000,000,000 + 5,500,000 - 104,400,000 fen, of which 1,000,000 stay available
        wuhan HOLD_REQUEST account=cat amount=895_600_000 t=1 hold_kind=cash_withdrawal -> HOLD_CHANGED hold_state=granted; BALANCE_CHANGED available=5_500_000
        wuhan FREEZE account=cat amount=4_500_000 t=2             -> HOLD_CHANGED hold_state=booked; BALANCE_CHANGED available=1_000_000
        wuhan BUST match=1 -> BUST_REPORT; TRADE_BUSTED; BALANCE_CHANGED account=ann contract=0 amount=5_500_000; BALANCE_CHANGED account=ann contract=1 amount=-1_000; BALANCE_CHANGED account=cat contract=0 amount=-1_000_000 available=0; BALANCE_CHANGED account=cat contract=1 amount=1_000 available=1_000; COMMAND_DONE subject_id=1 parameter_value=4_500_000
    """
    + END
    + """
        exchange CLOSE_DAY                                        -> ...
        exchange SEAL_DAY                                         -> ...
        # the result's change is what was traded, without what the reserve paid
        wuhan RESULT_BEGIN run=1                                  -> nothing
        wuhan RESULT_HOLDING account=cat contract=1 run=1 change_lots=18_000 closing_lots=19_000 -> nothing
        wuhan RESULT_HOLDING account=bob contract=1 run=1 change_lots=-18_000 closing_lots=282_000 -> nothing
        wuhan RESULT_CASH account=cat run=1 change_fen=-104_400_000 closing_fen=900_100_000 fees_fen=0 -> nothing
        wuhan RESULT_CASH account=bob run=1 change_fen=104_400_000 closing_fen=10_104_400_000 fees_fen=0 -> nothing
        wuhan RESULT_TOTALS run=1 record_count=4 tonnes_lots=18_000 amount_fen=104_400_000 control_hash=$hash -> RESULT_CONFIRMED
    """.replace(
        "$hash",
        str(
            sum(
                balance_term(*change)
                for change in (
                    (1_003, 1, 18_000),
                    (1_002, 1, -18_000),
                    (1_003, 0, -104_400_000),
                    (1_002, 0, 104_400_000),
                )
            )
            % MODULUS
        ),
    ),
    "bust: proceeds that wait for the seal are always there": """
        exchange PARAMETER_SET contract=1 parameter_id=proceeds_reusable parameter_value=0 -> ...
        ---
        ann LISTING side=sell q=100 p=55.00                       -> ACCEPTED
        cat TAKE side=buy q=100 p=55.00                           -> EXECUTED; ...
        wuhan FREEZE account=ann amount=100_000_000 t=1           -> ...
        wuhan BUST match=1 -> BUST_REPORT; TRADE_BUSTED; BALANCE_CHANGED; BALANCE_CHANGED; BALANCE_CHANGED account=ann contract=0 amount=-550_000 available=0; ...
    """,
    "correction: rejects by descending precedence": """
        exchange PARAMETER_SET contract=1 parameter_id=price_step_ticks parameter_value=5 -> ...
        ---
        ann LISTING side=sell q=100 p=55.00                       -> ACCEPTED
        cat TAKE side=buy q=100 p=55.00                           -> EXECUTED; ...
        wuhan CORRECTION match=9 q=0 p=99.99                      -> !UNKNOWN_TRADE
        wuhan CORRECTION match=1 q=0 p=99.99                      -> !QUANTITY_BELOW_MINIMUM expected_value=1
        wuhan CORRECTION match=1 q=101 p=99.99                    -> !QUANTITY_ABOVE_MAXIMUM expected_value=100
        wuhan CORRECTION match=1 q=100 p=99.99                    -> !PRICE_OFF_TICK expected_value=5
        wuhan CORRECTION match=1 q=100 p=99.95                    -> !PRICE_OUTSIDE_BAND expected_value=61.07
        wuhan CORRECTION match=1 q=100 p=49.95                    -> !PRICE_OUTSIDE_BAND expected_value=49.97
        wuhan CORRECTION match=1 q=100 p=50.00                    -> BUST_REPORT; ...
    """,
    "correction: band and figures of the trade's own method": """
        ann BLOCK_OFFER side=sell q=100_000 p=40.00 to=bob        -> ACCEPTED order=$o; BLOCK_OFFERED
        bob BLOCK_ACCEPT order=$o q=100_000 p=40.00               -> EXECUTED; ...
        wuhan CORRECTION match=1 q=1 p=38.85                      -> !PRICE_OUTSIDE_BAND expected_value=38.86
        wuhan CORRECTION match=1 q=99_999 p=38.86                 -> BUST_REPORT; TRADE_BUSTED p=38.86 q=99_999; ...
    """
    + END
    + """
        exchange CLOSE_DAY -> DAY_FIGURES figure_method=listed trade_count=0 ; DAY_FIGURES figure_method=block trade_count=1 open_ticks=38.86 high_ticks=38.86 low_ticks=38.86 close_ticks=38.86 volume_lots=99_999 turnover_fen=388_596_114 ; ...
    """,
    "correction: fees on the corrected amount alone, rounded up; only the difference moves": TRADE
    + """
        # 90 x 50.00 = 450,000 fen: 149.85 -> 150 and 45 fen
        wuhan CORRECTION match=1 q=90 p=50.00 bust_reason=7 -> BUST_REPORT account=cat seller_account_id=ann p=50.00 q=90 match=1 bust_reason=7 buyer_trading_fee_fen=150 buyer_settlement_fee_fen=45 seller_trading_fee_fen=150 seller_settlement_fee_fen=45 ; TRADE_BUSTED p=50.00 q=90 match=1 ; BALANCE_CHANGED account=cat contract=0 amount=100_044 available=999_549_805 change_kind=correction t=1 ; BALANCE_CHANGED account=cat contract=1 amount=-10 available=1_000 ; BALANCE_CHANGED account=ann contract=0 amount=-99_956 available=100_449_805 ; BALANCE_CHANGED account=ann contract=1 amount=10 available=999_910 ; COMMAND_DONE command_kind=correction subject_id=1
        # once more, up to what was traded
        wuhan CORRECTION match=1 q=101 p=55.00                    -> !QUANTITY_ABOVE_MAXIMUM expected_value=100
        wuhan CORRECTION match=1 q=100 p=55.00 -> BUST_REPORT p=55.00 q=100 buyer_trading_fee_fen=184; TRADE_BUSTED; BALANCE_CHANGED account=cat amount=-100_044 available=999_449_761; BALANCE_CHANGED account=cat contract=1 amount=10; BALANCE_CHANGED account=ann amount=99_956; BALANCE_CHANGED account=ann contract=1 amount=-10; COMMAND_DONE
        wuhan BUST match=1                                        -> BUST_REPORT p=0 q=0; TRADE_BUSTED; BALANCE_CHANGED account=cat available=1_000_000_000; BALANCE_CHANGED; BALANCE_CHANGED account=ann available=100_000_000; BALANCE_CHANGED; COMMAND_DONE
        wuhan CORRECTION match=1 q=1 p=55.00                      -> !TRADE_ALREADY_BUSTED
    """,
    "correction: who pays more must have it": TRADE
    + """
        wuhan FREEZE account=cat amount=999_449_761 t=1           -> HOLD_CHANGED hold_state=booked; BALANCE_CHANGED available=0
        wuhan CORRECTION match=1 q=100 p=55.01                    -> !CASH_INSUFFICIENT
        wuhan CORRECTION match=1 q=90 p=60.00                     -> BUST_REPORT; TRADE_BUSTED; BALANCE_CHANGED account=cat amount=10_005 available=10_005; ...
        wuhan FREEZE account=ann contract=1 amount=999_910 t=2    -> HOLD_CHANGED hold_state=booked; BALANCE_CHANGED available=0
        wuhan CORRECTION match=1 q=91 p=55.00                     -> !UNITS_INSUFFICIENT         # the seller has no more
        wuhan CORRECTION match=1 q=90 p=55.00                     -> BUST_REPORT; ...
    """,
    "an account that sold to itself in a call auction: both sides return": FEES
    + """
        ---
        exchange SET_PHASE contract=1 method=listed phase=call_auction -> ...
        ann LISTING side=sell q=100 p=55.00                       -> ACCEPTED
        ann LISTING side=buy q=100 p=55.00                        -> ACCEPTED
        exchange SET_PHASE contract=1 method=listed phase=trading -> EXECUTED account=ann side=buy fee_t=184; ...
        wuhan FREEZE account=ann amount=99_999_522 t=1            -> HOLD_CHANGED hold_state=booked; BALANCE_CHANGED available=0    # less both fees twice
        wuhan CORRECTION match=1 q=100 p=55.01                    -> !CASH_INSUFFICIENT         # one fen more of fees, twice
        wuhan CORRECTION match=1 q=99 p=55.00                     -> BUST_REPORT; ...
        wuhan BUST match=1 -> BUST_REPORT account=ann seller_account_id=ann; TRADE_BUSTED; BALANCE_CHANGED account=ann contract=0 amount=544_737 available=478; BALANCE_CHANGED account=ann contract=1 amount=-99 available=1_000_000; BALANCE_CHANGED account=ann contract=0 amount=-544_263 available=478; BALANCE_CHANGED account=ann contract=1 amount=99 available=1_000_000; COMMAND_DONE
    """,
    "a one-way trade is corrected within the bounds of prices: its floor and ceiling were its notice's": """
        exchange AUCTION_NOTICE contract=1 account=ann auction_id=7 q=100_000 floor_ticks=55.52 end_ns=+60_000 -> ...
        bob AUCTION_BID q=1_000 p=55.52 auction_id=7              -> ACCEPTED
        exchange AUCTION_END contract=1 method=one_way auction_id=7 -> EXECUTED; ...
        wuhan CORRECTION match=1 q=1_000 p=0.99                   -> !PRICE_OUTSIDE_BAND expected_value=1.00
        wuhan CORRECTION match=1 q=1_000 p=10_000.01              -> !PRICE_OUTSIDE_BAND expected_value=10_000.00
        wuhan CORRECTION match=1 q=1_000 p=1.00                   -> BUST_REPORT; ...
    """
    + END
    + """
        exchange CLOSE_DAY -> DAY_FIGURES trade_count=0; DAY_FIGURES trade_count=0; DAY_FIGURES figure_method=one_way trade_count=1 open_ticks=1.00 close_ticks=1.00 volume_lots=1_000; ...
    """,
    "only the newest trades are kept; figures know all": """
        exchange PARAMETER_SET contract=1 parameter_id=composite_weight parameter_value=1 -> ...
        ---
        ann LISTING side=sell q=1 p=50.00                         -> ACCEPTED
        bob TAKE side=buy q=1 p=50.00                             -> EXECUTED; ...               # match 1, forgotten by match 5
        ann LISTING side=sell q=1 p=60.00                         -> ACCEPTED
        bob TAKE side=buy q=1 p=60.00                             -> EXECUTED; ...               # match 2, undone, then forgotten by match 6
        ann LISTING side=sell q=4 p=52.00                         -> ACCEPTED
        bob TAKE side=buy q=1 p=52.00                             -> EXECUTED; ...
        bob TAKE side=buy q=1 p=52.00                             -> EXECUTED; ...
        wuhan BUST match=2                                        -> BUST_REPORT; ...
        bob TAKE side=buy q=1 p=52.00                             -> EXECUTED; ...
        wuhan BUST match=1                                        -> !UNKNOWN_TRADE
        wuhan BUST match=2                                        -> !TRADE_ALREADY_BUSTED
        bob TAKE side=buy q=1 p=52.00                             -> EXECUTED; ...
        wuhan BUST match=2                                        -> !UNKNOWN_TRADE
        wuhan CORRECTION match=5 q=1 p=51.00                      -> BUST_REPORT; ...
        wuhan BUST match=6                                        -> BUST_REPORT; ...
    """
    + END
    + """
        # 50.00, 52.00, 52.00, 51.00
        exchange CLOSE_DAY -> DAY_FIGURES trade_count=4 open_ticks=50.00 high_ticks=52.00 low_ticks=50.00 close_ticks=51.25 volume_lots=4 turnover_fen=20_500 ; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; COMPOSITE open_ticks=50.00 high_ticks=52.00 low_ticks=50.00 close_ticks=51.25; COMMAND_DONE
    """,
    "figures: open, high, low and the composite as if the trade had not been": """
        exchange PARAMETER_SET contract=1 parameter_id=composite_weight parameter_value=1 -> ...
        exchange PARAMETER_SET contract=2 parameter_id=composite_weight parameter_value=1 -> ...
        ---
        ann LISTING side=sell q=1 p=61.00                         -> ACCEPTED
        ann LISTING side=sell q=2 p=55.00                         -> ACCEPTED
        bob TAKE side=buy q=1 p=55.00                             -> EXECUTED; ...               # (5500 + 8000) / 2
        bob TAKE side=buy q=1 p=55.00                             -> EXECUTED; ...
        bob TAKE side=buy q=1 p=61.00                             -> EXECUTED; ...               # (6100 + 8000) / 2
        ann LISTING contract=2 side=sell q=1 p=79.00              -> ACCEPTED
        bob TAKE contract=2 side=buy q=1 p=79.00                  -> EXECUTED; ...
        wuhan BUST match=3                                        -> BUST_REPORT; ...
        wuhan CORRECTION match=1 q=1 p=54.00                      -> BUST_REPORT; ...
    """
    + END
    + """
        # contract 1: 54.00, 55.00; composite: 67.00, 67.50, then with 79.00: 67.00; close (5450 + 7900) / 2
        exchange CLOSE_DAY -> DAY_FIGURES trade_count=2 open_ticks=54.00 high_ticks=55.00 low_ticks=54.00 close_ticks=54.50; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES contract=2 trade_count=1; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; COMPOSITE open_ticks=67.00 high_ticks=67.50 low_ticks=66.75 close_ticks=66.75; COMMAND_DONE
    """,
    "figures: or they stay as they were": """
        exchange PARAMETER_SET parameter_id=bust_changes_figures parameter_value=0 -> ...
        exchange PARAMETER_SET contract=1 parameter_id=composite_weight parameter_value=1 -> ...
        ---
        ann LISTING side=sell q=1 p=61.00                         -> ACCEPTED
        ann LISTING side=sell q=1 p=55.00                         -> ACCEPTED
        bob TAKE side=buy q=1 p=55.00                             -> EXECUTED; ...
        bob TAKE side=buy q=1 p=61.00                             -> EXECUTED; ...
        wuhan BUST match=2                                        -> BUST_REPORT; ...
        wuhan CORRECTION match=1 q=1 p=54.00                      -> BUST_REPORT; ...
    """
    + END
    + """
        exchange CLOSE_DAY -> DAY_FIGURES trade_count=2 open_ticks=55.00 high_ticks=61.00 low_ticks=55.00 close_ticks=58.00 volume_lots=2; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; DAY_FIGURES; COMPOSITE open_ticks=55.00 high_ticks=61.00 low_ticks=55.00 close_ticks=58.00 volume_lots=1 turnover_fen=5_400; COMMAND_DONE
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_bust(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])
