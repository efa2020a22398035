# ruff: noqa: E501  (a table reads better in long rows)
"""TAKE 摘牌: sweep by price or one named listing, inside the best five levels of the other side."""

from collections.abc import Callable

import pytest

from exchange.vocabulary.limits import DAY_TRADES_MAX
from tests.reference import Reference
from tests.tables.market import CAPACITY, TableMarket
from tests.tables.rows import parse_row
from tests.tables.subjects import KernelSubject, Subject, new_subject

TABLES = {
    "named take: rejects by descending precedence": """
        exchange DEFINE_ACCOUNT account=1006 member_id=17 entity_id=2 eligibility=2 -> ...   # may not buy
        ---
        ann LISTING side=sell q=50 p=55.00                               -> ACCEPTED order=$a
        ann LISTING side=sell q=50 p=55.01                               -> ACCEPTED order=$b
        ann LISTING contract=2 side=sell q=50 p=80.00                    -> ACCEPTED order=$c
        bob LISTING side=sell q=50 p=54.99                               -> ACCEPTED order=$own
        exchange SET_PHASE contract=1 method=listed phase=paused         -> ...
        exchange HALT level=market halt_reason=operator                  -> ...
        exchange HALT level=contract subject_id=1 halt_reason=breaker    -> ...
        exchange KILL level=market                                       -> ...
        exchange KILL level=contract subject_id=1                        -> ...
        exchange KILL level=member subject_id=17                         -> ...
        exchange KILL level=login subject_id=bob                         -> ...
        bob TAKE contract=6 account=ann order=99 side=2 q=0 p=0          -> !UNKNOWN_CONTRACT
        bob TAKE account=ann order=99 side=2 q=0 p=0                     -> !WRONG_ACCOUNT
        bob TAKE account=1006 order=99 side=2 q=0 p=0                    -> !INVALID_FIELD
        bob TAKE account=1006 order=99 side=buy order_flags=2 q=0 p=0    -> !INVALID_FIELD
        bob TAKE account=1006 order=99 side=buy q=0 p=0                  -> !WRONG_PHASE order=99
        exchange SET_PHASE contract=1 method=listed phase=trading        -> ...
        bob TAKE account=1006 order=99 side=buy q=0 p=0                  -> !MARKET_HALTED
        exchange RESUME level=market                                     -> ...
        bob TAKE account=1006 order=99 side=buy q=0 p=0                  -> !CONTRACT_HALTED
        exchange RESUME level=contract subject_id=1                      -> ...
        bob TAKE account=1006 order=99 side=buy q=0 p=0                  -> !MARKET_KILLED
        exchange RESTORE level=market                                    -> ...
        bob TAKE account=1006 order=99 side=buy q=0 p=0                  -> !CONTRACT_KILLED
        exchange RESTORE level=contract subject_id=1                     -> ...
        bob TAKE account=1006 order=99 side=buy q=0 p=0                  -> !MEMBER_KILLED
        exchange RESTORE level=member subject_id=17                      -> ...
        bob TAKE account=1006 order=99 side=buy q=0 p=0                  -> !LOGIN_KILLED
        exchange RESTORE level=login subject_id=bob                      -> ...
        bob TAKE account=1006 order=99 side=buy q=0 p=0                  -> !NOT_ELIGIBLE
        bob TAKE order=99 side=buy q=0 p=0                               -> !QUANTITY_BELOW_MINIMUM expected_value=1
        bob TAKE order=99 side=buy q=100_000 p=0                         -> !QUANTITY_ABOVE_MAXIMUM expected_value=99_999
        bob TAKE order=99 side=buy q=60 p=0                              -> !UNKNOWN_ORDER
        bob TAKE order=$c side=sell q=60 p=0                             -> !NOT_A_LISTING
        ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob               -> ACCEPTED order=$offer; BLOCK_OFFERED
        bob TAKE order=$offer side=sell q=60 p=0                         -> !NOT_A_LISTING
        bob TAKE order=$a side=sell q=60 p=0                             -> !SAME_SIDE
        bob TAKE order=$own side=buy q=60 p=0                            -> !OWN_LISTING
        bob TAKE order=$a side=buy q=60 p=49.96                          -> !PRICE_OUTSIDE_BAND expected_value=49.97
        bob TAKE order=$a side=buy q=60 p=61.08                          -> !PRICE_OUTSIDE_BAND expected_value=61.07
        bob TAKE order=$a side=buy q=60 p=54.99                          -> !PRICE_WORSE_THAN_LIMIT
        bob TAKE order=$b side=buy q=60 p=55.01                          -> !BETTER_PRICE_FIRST
        bob TAKE order=$a side=buy q=51 p=55.00                          -> !LISTING_TOO_SMALL expected_value=50
        bob CANCEL order=$own                                            -> DONE
        zed TAKE order=$a side=buy q=50 p=55.00                          -> !CASH_INSUFFICIENT
        bob TAKE order=$a side=buy q=50 p=55.00                          -> EXECUTED; ...
    """,
    "a fill's events, in order, with every field": """
        ann LISTING side=sell q=100 p=55.00 ref=5   -> ACCEPTED order=$a
        bob TAKE side=buy q=40 p=56.00 ref=9        -> EXECUTED stream=ann login=ann ref=5 account=ann contract=1 order=$a q=40 p=55.00 match=1 side=sell role=maker kind=listing method=listed fee_t=0 ; EXECUTED stream=bob login=bob ref=9 account=bob order=$t q=40 p=55.00 match=1 side=buy role=taker kind=take ; TRADE stream=public account=0 login=0 ref=0 contract=1 q=40 p=55.00 match=1 side=buy method=listed ; TRADE_REPORT stream=wuhan account=bob seller_account_id=ann q=40 p=55.00 match=1 side=buy report_method=listed report_version=1 trading_day=8020 ; DONE stream=bob login=bob ref=9 account=bob order=$t q=0 p=56.00 filled_lots=40 side=buy done=filled kind=take method=listed
        bob TAKE side=buy q=60 p=55.00              -> EXECUTED role=maker q=60 match=2; DONE stream=ann ref=5 order=$a q=0 filled_lots=100 done=filled kind=listing; EXECUTED role=taker; TRADE; TRADE_REPORT; DONE done=filled
    """,
    "a taker that sells": """
        bob LISTING side=buy q=100 p=55.00       -> ACCEPTED order=$a
        ann TAKE side=sell q=100 p=54.00         -> EXECUTED account=bob side=buy p=55.00 role=maker; DONE order=$a; EXECUTED account=ann side=sell p=55.00 role=taker; TRADE side=sell; TRADE_REPORT account=bob seller_account_id=ann side=sell; DONE account=ann p=54.00
    """,
    "a sweep walks best price first, first come first, and its rest is done": """
        ann LISTING side=sell q=10 p=55.02  -> ACCEPTED order=$c
        ann LISTING side=sell q=10 p=55.00  -> ACCEPTED order=$a
        cat LISTING side=sell q=10 p=55.00  -> ACCEPTED order=$b
        ann LISTING side=sell q=10 p=55.04  -> ACCEPTED
        bob TAKE side=buy q=35 p=55.03      -> EXECUTED order=$a; DONE; EXECUTED; TRADE match=1; TRADE_REPORT; EXECUTED order=$b; DONE; EXECUTED; TRADE match=2; TRADE_REPORT; EXECUTED order=$c p=55.02; DONE; EXECUTED p=55.02; TRADE match=3; TRADE_REPORT; DONE q=5 filled_lots=30 done=remainder kind=take p=55.03
    """,
    "only inside the best five levels, counted once at the start": """
        ann LISTING side=sell q=1 p=55.01  -> ACCEPTED
        ann LISTING side=sell q=1 p=55.02  -> ACCEPTED
        ann LISTING side=sell q=1 p=55.03  -> ACCEPTED
        ann LISTING side=sell q=1 p=55.04  -> ACCEPTED
        ann LISTING side=sell q=1 p=55.05  -> ACCEPTED order=$five
        ann LISTING side=sell q=1 p=55.06  -> ACCEPTED order=$six
        bob TAKE order=$six side=buy q=1 p=61.00   -> !OUTSIDE_BEST_FIVE
        bob TAKE order=$five side=buy q=1 p=61.00  -> !BETTER_PRICE_FIRST
        bob TAKE side=buy q=6 p=61.00              -> EXECUTED p=55.01; DONE; EXECUTED; TRADE; TRADE_REPORT; EXECUTED p=55.02; DONE; EXECUTED; TRADE; TRADE_REPORT; EXECUTED p=55.03; DONE; EXECUTED; TRADE; TRADE_REPORT; EXECUTED p=55.04; DONE; EXECUTED; TRADE; TRADE_REPORT; EXECUTED p=55.05; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE q=1 done=remainder
        bob TAKE side=buy q=1 p=61.00              -> EXECUTED p=55.06; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE
    """,
    "own listings are skipped but count among the five; entities, not members, are own": """
        ann LISTING side=sell q=1 p=55.01  -> ACCEPTED order=$own
        ann LISTING side=sell q=1 p=55.02  -> ACCEPTED
        ann LISTING side=sell q=1 p=55.03  -> ACCEPTED
        ann LISTING side=sell q=1 p=55.04  -> ACCEPTED
        ann LISTING side=sell q=1 p=55.05  -> ACCEPTED
        bob LISTING side=sell q=1 p=55.06  -> ACCEPTED order=$b
        eve TAKE side=buy q=1 p=61.00             -> !NOTHING_TO_TAKE
        eve TAKE order=$own side=buy q=1 p=61.00  -> !OWN_LISTING
        eve TAKE order=$b side=buy q=1 p=61.00    -> !OUTSIDE_BEST_FIVE
        ann CANCEL order=$own                     -> DONE
        eve TAKE order=$b side=buy q=1 p=61.00    -> EXECUTED order=$b; DONE; EXECUTED account=eve; ...   # better ones are all own
    """,
    "nothing to take: no listing, none within the price, none but own": """
        bob TAKE side=buy q=1 p=61.00       -> !NOTHING_TO_TAKE
        ann LISTING side=sell q=1 p=55.01   -> ACCEPTED
        bob TAKE side=buy q=1 p=55.00       -> !NOTHING_TO_TAKE
        ann TAKE side=buy q=1 p=61.00       -> !NOTHING_TO_TAKE
        ann TAKE side=buy q=1 p=61.08       -> !PRICE_OUTSIDE_BAND expected_value=61.07
        zed TAKE side=buy q=1 p=55.00       -> !NOTHING_TO_TAKE               # before the money
    """,
    "a named take in part, if it says so; the rest stays listed": """
        ann LISTING side=sell q=10 p=55.00                       -> ACCEPTED order=$a
        bob TAKE order=$a side=buy q=4 p=55.00                   -> EXECUTED q=4; EXECUTED; TRADE; TRADE_REPORT; DONE q=0 done=filled
        bob TAKE order=$a side=buy q=7 p=55.00                   -> !LISTING_TOO_SMALL expected_value=6
        bob TAKE order=$a side=buy q=7 p=55.00 order_flags=1     -> EXECUTED q=6; DONE filled_lots=10; EXECUTED; TRADE; TRADE_REPORT; DONE q=1 filled_lots=6 done=remainder
        bob TAKE order=$a side=buy q=1 p=55.00                   -> !UNKNOWN_ORDER
    """,
    "PARTIAL changes nothing for a sweep": """
        ann LISTING side=sell q=10 p=55.00               -> ACCEPTED
        bob TAKE side=buy q=11 p=55.00 order_flags=1     -> EXECUTED q=10; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE q=1 done=remainder
    """,
    "without strict price priority any listing inside the five may be named": """
        exchange PARAMETER_SET contract=1 parameter_id=strict_price_priority parameter_value=0  -> ...
        exchange PARAMETER_SET contract=1 parameter_id=take_depth_levels parameter_value=2      -> ...
        ---
        ann LISTING side=sell q=10 p=55.00       -> ACCEPTED
        ann LISTING side=sell q=10 p=55.01       -> ACCEPTED order=$b
        ann LISTING side=sell q=10 p=55.02       -> ACCEPTED order=$c
        bob TAKE order=$c side=buy q=1 p=55.02   -> !OUTSIDE_BEST_FIVE
        bob TAKE order=$b side=buy q=1 p=55.01   -> EXECUTED order=$b; EXECUTED; ...
    """,
    "the taker's money is judged at its worst price, with fees": """
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_max parameter_value=200_000 -> ...
        ---
        ann LISTING side=sell q=1_000 p=50.00  -> ACCEPTED
        cat TAKE side=buy q=200_000 p=50.01    -> !CASH_INSUFFICIENT
        cat TAKE side=buy q=200_000 p=50.00    -> EXECUTED q=1_000; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE q=199_000
        cat LISTING side=buy q=199_000 p=50.00 -> ACCEPTED                   # what was not used came back
        cat LISTING side=buy q=1 p=50.00       -> !CASH_INSUFFICIENT
    """,
    "a price better than the worst price is the taker's gain": """
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_max parameter_value=200_000 -> ...
        ---
        ann LISTING side=sell q=100_000 p=50.00  -> ACCEPTED
        cat TAKE side=buy q=100_000 p=60.00      -> EXECUTED p=50.00; DONE; EXECUTED p=50.00; TRADE; TRADE_REPORT; DONE p=60.00
        cat LISTING side=buy q=100_000 p=50.00   -> ACCEPTED                 # exactly half of the cash was spent
        cat LISTING side=buy q=1 p=50.00         -> !CASH_INSUFFICIENT
    """,
    "a taker's own units: T+1, units, holding limit": """
        exchange PARAMETER_SET contract=1 parameter_id=holding_limit_lots parameter_value=1_010 -> ...
        ---
        bob LISTING side=buy q=50 p=55.00        -> !HOLDING_LIMIT            # bob holds 300,000
        ann LISTING side=sell q=100 p=55.50      -> ACCEPTED
        cat TAKE side=buy q=11 p=55.50           -> !HOLDING_LIMIT
        cat TAKE side=buy q=10 p=55.50           -> EXECUTED; EXECUTED; TRADE; TRADE_REPORT; DONE
        zed LISTING side=buy q=1 p=55.00         -> !CASH_INSUFFICIENT
    """,
    "T+1 for a taker": """
        ann LISTING side=sell q=10 p=55.50       -> ACCEPTED
        cat TAKE side=buy q=10 p=55.50           -> EXECUTED; DONE; EXECUTED; TRADE; TRADE_REPORT; DONE
        bob LISTING side=buy q=2_000 p=55.00     -> ACCEPTED
        cat TAKE side=sell q=1_001 p=55.00       -> !BOUGHT_TODAY
        cat TAKE side=sell q=1_011 p=55.00       -> !UNITS_INSUFFICIENT
        cat TAKE side=sell q=1_000 p=55.00       -> EXECUTED q=1_000; EXECUTED; TRADE; TRADE_REPORT; DONE
    """,
    "fees on the cumulative amount, each fill the growth, rounded up": """
        exchange PARAMETER_SET contract=1 parameter_id=trading_fee_ppm parameter_value=333      -> ...
        exchange PARAMETER_SET contract=1 parameter_id=settlement_fee_ppm parameter_value=10    -> ...
        ---
        # 1 t at 50.00 = 5,000 fen: 1.665 -> 2 and 0.05 -> 1; 2 t: 3.33 -> 4 and 0.1 -> 1; 3 t: 4.995 -> 5 and 0.15 -> 1
        ann LISTING side=sell q=3 p=50.00        -> ACCEPTED order=$a
        bob TAKE side=buy q=1 p=50.00            -> EXECUTED fee_t=2 fee_s=1; EXECUTED fee_t=2 fee_s=1; TRADE; TRADE_REPORT buyer_trading_fee_fen=2 buyer_settlement_fee_fen=1 seller_trading_fee_fen=2 seller_settlement_fee_fen=1; DONE
        bob TAKE side=buy q=1 p=50.00            -> EXECUTED fee_t=2 fee_s=0; EXECUTED fee_t=2 fee_s=1; TRADE; TRADE_REPORT buyer_settlement_fee_fen=1 seller_settlement_fee_fen=0; DONE
        bob TAKE side=buy q=1 p=50.00            -> EXECUTED fee_t=1 fee_s=0; DONE order=$a; EXECUTED fee_t=2 fee_s=1; TRADE; TRADE_REPORT; DONE
        # a taker's fees grow over its own fills too
        ann LISTING side=sell q=1 p=50.00        -> ACCEPTED
        ann LISTING side=sell q=1 p=50.00        -> ACCEPTED
        bob TAKE side=buy q=2 p=50.00            -> EXECUTED fee_t=2 fee_s=1; DONE; EXECUTED fee_t=2 fee_s=1; TRADE; TRADE_REPORT; EXECUTED fee_t=2 fee_s=1; DONE; EXECUTED fee_t=2 fee_s=0; TRADE; TRADE_REPORT; DONE
    """,
    "a resting buyer pays from its lock, to the fen": """
        exchange PARAMETER_SET contract=1 parameter_id=trading_fee_ppm parameter_value=333               -> ...
        exchange PARAMETER_SET contract=1 parameter_id=listed_quantity_lots_max parameter_value=200_000  -> ...
        ---
        cat LISTING side=buy q=3 p=50.00         -> ACCEPTED order=$a             # locks 15,000 + 5
        ann TAKE side=sell q=1 p=50.00           -> EXECUTED fee_t=2; EXECUTED fee_t=2; TRADE; TRADE_REPORT; DONE
        ann TAKE side=sell q=1 p=50.00           -> EXECUTED fee_t=2; EXECUTED fee_t=2; TRADE; TRADE_REPORT; DONE
        cat CANCEL order=$a                      -> DONE q=1 filled_lots=2        # 5,001 fen come back
        # 10^9 - 10,004 fen: 199,931 t at 50.00 = 999,655,000 + 332,886 (332,885.115 up) = 999,987,886; 2,110 are left
        cat LISTING side=buy q=199_931 p=50.00   -> ACCEPTED
        cat LISTING side=buy q=1 p=50.00         -> !CASH_INSUFFICIENT
    """,
}


@pytest.mark.parametrize("name", TABLES)
def test_take(run: Callable[[str], None], name: str) -> None:
    run(TABLES[name])


@pytest.mark.parametrize("name", ["reference", "kernel"])
def test_the_day_s_trades_are_bounded(name: str) -> None:
    """Where a trade with each lot or live order might pass the bound, nothing is dealt; the last check."""
    subject = new_subject(name, CAPACITY)
    market = TableMarket(subject)
    market.run("ann LISTING side=sell q=10 p=55.00 -> ACCEPTED")
    market.run_row(parse_row("ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=bob -> ACCEPTED order=$o; ..."))
    market.run_row(parse_row("ann BLOCK_OFFER side=sell q=100_000 p=55.00 to=zed -> ACCEPTED order=$z; ..."))
    market.run_row(parse_row("ann LISTING side=sell q=10 p=55.00 -> ACCEPTED"))
    market.subject = Unbalanced(subject)
    set_match_count(subject, DAY_TRADES_MAX)
    for row in (
        "bob TAKE side=buy q=1 p=55.00 -> !ORDER_CAPACITY",
        "bob BLOCK_ACCEPT order=$o q=100_000 p=55.00 -> !ORDER_CAPACITY",
        "zed TAKE side=buy q=1 p=55.00 -> !CASH_INSUFFICIENT",
        "zed BLOCK_ACCEPT order=$z q=100_000 p=55.00 -> !CASH_INSUFFICIENT",
    ):
        market.run_row(parse_row(row))
    set_match_count(subject, DAY_TRADES_MAX - 2)
    market.run_row(parse_row("bob TAKE side=buy q=3 p=55.00 -> !ORDER_CAPACITY"))
    set_match_count(subject, DAY_TRADES_MAX - 4)
    market.run_row(parse_row("bob TAKE side=buy q=9 p=55.00 -> EXECUTED; ..."))  # four live orders at most
    set_match_count(subject, DAY_TRADES_MAX - 1)
    market.run_row(parse_row(f"bob TAKE side=buy q=1 p=55.00 -> EXECUTED match={DAY_TRADES_MAX}; ..."))
    market.run_row(parse_row("bob TAKE side=buy q=1 p=55.00 -> !ORDER_CAPACITY"))


def set_match_count(subject: Subject, match_count: int) -> None:
    """As if so many trades had been made today: sixteen million would take a test too long."""
    if isinstance(subject, Reference):
        subject.market.match_count = match_count
    else:
        assert isinstance(subject, KernelSubject)
        subject.state.counters["match_count"] = match_count


class Unbalanced:
    """A subject whose count of trades was set by hand: its own check would say so."""

    def __init__(self, subject: Subject) -> None:
        self.apply = subject.apply

    def check(self) -> None:
        """Nothing balances here."""
