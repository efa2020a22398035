"""The schedule: what is due at which time, in which order, and when the same method changes next."""

from datetime import date

from exchange.engine.scheduler import Lots, Schedule
from exchange.rulebook import CCER_CONTINUOUS, NATIONAL
from exchange.vocabulary.enums import Method, Phase
from exchange.vocabulary.kinds import Kind
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


BOTH_BOOKS = (Method.LISTED, Method.CONTINUOUS)


def test_a_national_day_runs_in_this_order_for_books_of_either_rule() -> None:
    assert rows(SCHEDULE.due(0, at(23))) == [
        *((method, Phase.TRADING, at(11, 30)) for method in BOTH_BOOKS),
        *((method, Phase.BREAK, at(13)) for method in BOTH_BOOKS),
        *((method, Phase.TRADING, at(15)) for method in BOTH_BOOKS),
        (Method.BLOCK, Phase.TRADING, at(15)),
        *((method, Phase.ENDED, 0) for method in BOTH_BOOKS),
        (Method.BLOCK, Phase.ENDED, 0),
        (Method.ONE_WAY, Phase.ENDED, 0),
    ]


def test_a_change_is_due_from_its_own_nanosecond_on() -> None:
    assert SCHEDULE.due(0, at(9, 30) - 1) == []
    assert len(SCHEDULE.due(0, at(9, 30))) == 2


def test_what_is_done_is_not_due_again_and_what_was_missed_is() -> None:
    assert SCHEDULE.due(2, at(9, 45)) == []
    assert rows(SCHEDULE.due(2, at(13, 1)))[0] == (Method.LISTED, Phase.BREAK, at(13))
    assert len(SCHEDULE.due(2, at(13, 1))) == 5
    assert SCHEDULE.due(len(SCHEDULE), at(23)) == []


SECOND = 10**9
AUCTION_DAY = date(2025, 9, 1)
CONTRACTS = ((7, Method.CONTINUOUS), (9, Method.LISTED))


def auction_time(hours: int, minutes: int = 0) -> int:
    return market_time_ns(AUCTION_DAY, hours * 3600 + minutes * 60)


def told(schedule: Schedule) -> list[tuple[int, str, int, Method, Phase]]:
    found = []
    for due in schedule.dues:
        fields = read(due.record)
        kind = Kind(fields["kind"])
        phase = Phase(fields["phase"]) if kind is Kind.SET_PHASE else Phase.TRADING
        found.append((due.time_ns, kind.name, fields["contract_id"], Method(fields["method"]), phase))
    return found


def test_call_auctions_end_by_lot_each_contract_at_its_own_and_nobody_trades_after_the_last() -> None:
    lots = {(7, 0): 5 * SECOND, (9, 0): 29 * SECOND, (7, 1): 30 * SECOND, (9, 1): 0}
    asked = []

    def draw(contract_id: int, number: int, most_ns: int) -> int:
        asked.append(most_ns)
        return lots[contract_id, number]

    found = told(Schedule.of(CCER_CONTINUOUS, AUCTION_DAY, CONTRACTS, draw))
    assert set(asked) == {30 * SECOND}
    opening, close = auction_time(9, 30), auction_time(15)
    assert [row for row in found if auction_time(9) < row[0] < auction_time(10)] == [
        *((auction_time(9, 15), "SET_PHASE", 0, method, Phase.CALL_AUCTION) for method in BOTH_BOOKS),
        (opening + 5 * SECOND, "AUCTION_END", 7, Method.CONTINUOUS, Phase.TRADING),
        (opening + 29 * SECOND, "AUCTION_END", 9, Method.LISTED, Phase.TRADING),
        # for whoever could not end: already trading, nothing changes
        *((opening + 30 * SECOND, "SET_PHASE", 0, method, Phase.TRADING) for method in BOTH_BOOKS),
    ]
    assert [row for row in found if row[0] >= close and row[3] in BOTH_BOOKS] == [
        (close, "AUCTION_END", 9, Method.LISTED, Phase.TRADING),
        (close, "SET_PHASE", 9, Method.LISTED, Phase.ENDED),
        *((close + 30 * SECOND, "SET_PHASE", 0, method, Phase.ENDED) for method in BOTH_BOOKS),
        (close + 30 * SECOND, "AUCTION_END", 7, Method.CONTINUOUS, Phase.TRADING),
        (close + 30 * SECOND, "SET_PHASE", 7, Method.CONTINUOUS, Phase.ENDED),
    ]


def test_an_auction_tells_when_it_nominally_ends() -> None:
    schedule = Schedule.of(CCER_CONTINUOUS, AUCTION_DAY, CONTRACTS)
    assert read(schedule.dues[0].record)["next_change_ns"] == auction_time(9, 30)


def test_lots_are_the_same_again_differ_between_contracts_and_days_and_stay_in_range() -> None:
    lots, tomorrow = Lots(b"k" * 32, AUCTION_DAY), Lots(b"k" * 32, date(2025, 9, 2))
    drawn = [lots(contract_id, 0, 30 * SECOND) for contract_id in range(1, 50)]
    assert drawn == [lots(contract_id, 0, 30 * SECOND) for contract_id in range(1, 50)]
    assert len(set(drawn)) == len(drawn)
    assert all(0 <= lot <= 30 * SECOND for lot in drawn)
    assert max(drawn) > 20 * SECOND and min(drawn) < 10 * SECOND
    assert lots(1, 0, 30 * SECOND) != tomorrow(1, 0, 30 * SECOND)
    assert lots(1, 0, 30 * SECOND) != Lots(b"x" * 32, AUCTION_DAY)(1, 0, 30 * SECOND)
    assert lots(1, 0, 0) == 0
