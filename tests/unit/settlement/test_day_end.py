"""The table of the day end: every legal move, every illegal one, and the page made from it."""

from itertools import product
from pathlib import Path

import pytest

from exchange.protocol.sessions import session_id
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.limits import STREAM_SETTLEMENT
from exchange.vocabulary.units import trading_day_date
from settlement.day_end import DUTIES, TRANSITIONS, DaySignal, Step, next_stage, stage_table
from settlement.errors import IllegalStage
from settlement.stream import settlement_session

SETTLEMENT_PAGE = Path(__file__).parents[3] / "settlement" / "SETTLEMENT.md"


@pytest.mark.parametrize(("stage", "signal"), list(product(Stage, DaySignal)))
def test_every_move_is_in_the_table_or_refused(stage: Stage, signal: DaySignal) -> None:
    if signal in TRANSITIONS[stage]:
        assert next_stage(stage, signal) is TRANSITIONS[stage][signal]
    else:
        with pytest.raises(IllegalStage, match=f"in stage {stage.name}: expected .* found {signal.name}"):
            next_stage(stage, signal)


def test_the_good_day_is_the_only_way_from_waiting_to_stated() -> None:
    stage = Stage.WAITING
    for signal in (
        DaySignal.POSITIONS_SENT,
        DaySignal.POSITIONS_ACCEPTED,
        DaySignal.SEAL_RECEIVED,
        DaySignal.RESULT_READY,
        DaySignal.RESULT_CONFIRMED,
        DaySignal.DELIVERY_BOOKED,
        DaySignal.STATEMENTS_WRITTEN,
    ):
        stage = next_stage(stage, signal)
    assert stage is Stage.STATED
    assert TRANSITIONS[Stage.STATED] == {}


def test_delivery_is_reached_only_through_a_confirmation() -> None:
    ways = [
        (stage, signal)
        for stage, row in TRANSITIONS.items()
        for signal, to in row.items()
        if to is Stage.CONFIRMED
    ]
    assert ways == [(Stage.CLEARED, DaySignal.RESULT_CONFIRMED)]
    assert [stage for stage, duties in DUTIES.items() if Step.DELIVER in duties.on_entry] == [Stage.CONFIRMED]


def test_every_stage_and_step_is_in_use() -> None:
    assert set(TRANSITIONS) == set(DUTIES) == set(Stage)
    assert {step for duties in DUTIES.values() for steps in duties for step in steps} == set(Step)


def test_the_page_shows_the_table_as_it_is() -> None:
    assert stage_table() in SETTLEMENT_PAGE.read_text(encoding="utf-8"), "run `python -m settlement.day_end`"


def test_the_stream_asked_for_is_the_one_the_protocol_names() -> None:
    for number in (8_020, 9_500):
        expected = session_id(trading_day_date(number), STREAM_SETTLEMENT)
        assert settlement_session(number) == expected
