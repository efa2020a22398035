"""The day's figures at the size that limits.py allows a day to have."""

import pytest

from exchange.vocabulary.enums import Phase
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import AMOUNT_FEN_MAX, DAY_TRADES_MAX
from exchange.vocabulary.units import round_half_up
from tests.unit.kernel.day import CEA, trading_day

TURNOVER_FEN = DAY_TRADES_MAX * AMOUNT_FEN_MAX


@pytest.mark.parametrize("volume_lots", [TURNOVER_FEN // 1_000_000, TURNOVER_FEN // 999_999 + 7, 2**62])
def test_the_close_of_the_largest_day(volume_lots: int) -> None:
    """Twice this turnover would not fit a signed 64-bit integer."""
    day = trading_day()
    figures = day.state.contracts[CEA]
    figures["trade_count"][0], figures["volume_lots"][0] = DAY_TRADES_MAX, volume_lots
    figures["turnover_fen"][0] = TURNOVER_FEN
    day.do(Kind.SET_PHASE, phase=Phase.ENDED, method=255)
    (told,) = (
        event
        for event in day.do(Kind.CLOSE_DAY)
        if event["kind"] == Kind.DAY_FIGURES and event["contract_id"] == CEA and event["figure_method"] == 0
    )
    assert told["close_ticks"] == round_half_up(TURNOVER_FEN, volume_lots)
