"""The schedule: what is due at which time, in which order, and when the same method changes next."""

from datetime import date

from exchange.engine.scheduler import Schedule
from exchange.rulebook import NATIONAL
from exchange.vocabulary.enums import Method, Phase
from exchange.vocabulary.records import read
from exchange.vocabulary.units import market_time_ns

DAY = date(2021, 12, 16)
SCHEDULE = Schedule.of(NATIONAL, DAY)


def at(hours: int, minutes: int = 0) -> int:
    return market_time_ns(DAY, hours * 3600 + minutes * 60)


def rows(records: list[bytes]) -> list[tuple[Method, Phase, int]]:
    return [
        (Method(fields["method"]), Phase(fields["phase"]), fields["next_change_ns"])
        for fields in map(read, records)
    ]


def test_a_national_day_runs_in_this_order() -> None:
    assert rows(SCHEDULE.due(0, at(23))) == [
        (Method.LISTED, Phase.TRADING, at(11, 30)),
        (Method.LISTED, Phase.BREAK, at(13)),
        (Method.LISTED, Phase.TRADING, at(15)),
        (Method.BLOCK, Phase.TRADING, at(15)),
        (Method.LISTED, Phase.ENDED, 0),
        (Method.BLOCK, Phase.ENDED, 0),
        (Method.ONE_WAY, Phase.ENDED, 0),
    ]


def test_a_change_is_due_from_its_own_nanosecond_on() -> None:
    assert SCHEDULE.due(0, at(9, 30) - 1) == []
    assert len(SCHEDULE.due(0, at(9, 30))) == 1


def test_what_is_done_is_not_due_again_and_what_was_missed_is() -> None:
    assert SCHEDULE.due(1, at(9, 45)) == []
    assert rows(SCHEDULE.due(1, at(13, 1)))[0] == (Method.LISTED, Phase.BREAK, at(13))
    assert len(SCHEDULE.due(1, at(13, 1))) == 3
    assert SCHEDULE.due(len(SCHEDULE), at(23)) == []
