"""Units: decimal text at the edge, integers within."""

from datetime import date

import pytest

from exchange.vocabulary.units import (
    fee_fen,
    format_yuan,
    market_time_ns,
    parse_yuan,
    round_half_up,
    trading_day_date,
    trading_day_number,
)


@pytest.mark.parametrize(
    ("text", "fen"), [("43.22", 4322), ("0.01", 1), ("48", 4800), ("-1.5", -150), ("0", 0)]
)
def test_yuan_text_is_exact(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen
    assert parse_yuan(format_yuan(fen)) == fen


@pytest.mark.parametrize("text", ["43.225", "four", "", "1e-3"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_yuan(text)


def test_limit_rounding_is_half_up_as_published() -> None:
    assert round_half_up(5552 * 110, 100) == 6107  # rulebook §1.3: 55.52 -> 61.07
    assert round_half_up(5, 10) == 1
    assert round_half_up(4, 10) == 0


def test_a_fee_is_rounded_up_and_splits_without_gain() -> None:
    assert fee_fen(1_000_000, 333) == 333
    assert fee_fen(1, 1) == 1
    assert fee_fen(0, 333) == 0
    parts = [fee_fen(total, 333) for total in (0, 5_000, 5_001, 1_000_000)]
    assert sum(b - a for a, b in zip(parts, parts[1:], strict=False)) == fee_fen(1_000_000, 333)


def test_trading_day_numbers_go_both_ways() -> None:
    for day in (date(2000, 1, 1), date(2021, 12, 16), date(2179, 6, 6)):
        if day.year < 2179:
            assert trading_day_date(trading_day_number(day)) == day
    with pytest.raises(ValueError, match="found 1999-12-31"):
        trading_day_number(date(1999, 12, 31))


def test_market_time_is_shanghai_time() -> None:
    assert market_time_ns(date(2021, 12, 16), 9 * 3600 + 1800) == 1_639_618_200_000_000_000  # 01:30 UTC
