"""The line is cut and both processes are killed, at every place: the day completes once, and agrees."""

from datetime import date
from itertools import count
from pathlib import Path

import pytest

from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.limits import RECORD_BYTES
from settlement.day_end import Step
from settlement.errors import CorruptionError
from settlement.instructions import Send
from settlement.ledger.check import check_ledger
from settlement.steps import Steps
from settlement.store.breaks import open_breaks, read_reports
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.test_day import TRADES
from tests.unit.settlement.town import Town


class Killed(BaseException):
    """The process dies here."""


def finish(town: Town, shanghai: FakeShanghai) -> None:
    """Play what is left of a day."""
    town.pump()
    if not shanghai.trades:
        for trade in TRADES:
            shanghai.trade(*trade)
    if not shanghai.is_sealed:
        shanghai.seal()
    town.pump()


def assert_settled_once(town: Town, shanghai: FakeShanghai) -> None:
    assert town.stage is Stage.STATED
    assert shanghai.delivered is not None
    assert Stage(shanghai.stages[-1]) is Stage.STATED
    assert open_breaks(town.store) == []
    assert read_reports(town.store)[0].settled_trades == 3
    assert check_ledger(town.store).blocks == 4 + 1


@pytest.mark.parametrize("records", range(0, 40, 3))
def test_line_cut_after_any_number_of_records_sent(tmp_path: Path, records: int) -> None:
    """Only the first `records` records of the day's sendings arrive; then Wuhan reconnects."""
    town, shanghai = Town(tmp_path), FakeShanghai()
    left = records * RECORD_BYTES
    town.connect(shanghai)

    def obey_until_cut() -> bool:
        nonlocal left
        events = shanghai.events(
            town.day.next_number if town.store.row("SELECT 1 FROM settlement_day") else 1
        )
        first = len(shanghai.records) - len(events) + 1
        for instruction in town.city.take(first, events):
            if isinstance(instruction, Send):
                part = instruction.data[:left]
                left -= len(part)
                shanghai.receive(part)
                if len(part) < len(instruction.data):
                    return False
        return True

    for _ in range(8):
        if not obey_until_cut():
            break
        if shanghai.is_open and not shanghai.is_sealed:
            for trade in TRADES:
                shanghai.trade(*trade)
            shanghai.seal()
    town.connect(shanghai)
    finish(town, shanghai)

    assert_settled_once(town, shanghai)


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", [step for step in Step if step not in (Step.HOLD, Step.BEGIN_CORRECTION)])
def test_wuhan_killed_at_every_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: Step, is_after: bool
) -> None:
    """The process dies inside the step's transaction, before or after its work, and is started again."""
    town, shanghai = Town(tmp_path), FakeShanghai()
    run = Steps.run

    def die(self: Steps, found: Step, day: object) -> object:
        if found is not step:
            return run(self, found, day)  # type: ignore[arg-type]
        if is_after:
            run(self, found, day)  # type: ignore[arg-type]
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Steps, "run", die)
        town.connect(shanghai)
        finish(town, shanghai)
    town.kill()
    town.start()
    town.connect(shanghai)
    finish(town, shanghai)

    assert_settled_once(town, shanghai)


@pytest.mark.parametrize("chunk", [1, 2, 5])
def test_chunks_of_any_size_give_the_same_books(tmp_path: Path, chunk: int) -> None:
    heads = []
    for name, size in (("whole", 1_000), ("pieces", chunk)):
        folder = tmp_path / name
        folder.mkdir()
        town, shanghai = Town(folder), FakeShanghai(trading_fee_ppm=333)
        town.connect(shanghai)
        town.pump(size)
        for trade in TRADES:
            shanghai.trade(*trade)
        shanghai.seal()
        town.pump(size)
        heads.append(check_ledger(town.store).head)
    assert heads[0] == heads[1]


def test_records_taken_before_are_passed_over(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai()
    town.play(shanghai, TRADES)
    head = check_ledger(town.store).head

    town.obey(town.city.take(1, shanghai.events()))

    assert check_ledger(town.store).head == head
    assert read_reports(town.store)[0].settled_trades == 3


def test_a_gap_in_the_stream_stops_the_process(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai()
    town.connect(shanghai)
    town.pump()
    shanghai.trade(*TRADES[0])
    shanghai.trade(*TRADES[1])
    number = len(shanghai.records)
    with pytest.raises(CorruptionError, match=f"next number: expected {number - 1}, found {number}"):
        town.city.take(number, shanghai.events(number))


def test_a_finished_day_is_answered_again_when_the_exchange_did_not_hear(tmp_path: Path) -> None:
    """Wuhan stated the day, but the last records were lost with the line, and its process died too."""
    town, shanghai = Town(tmp_path), FakeShanghai()
    town.play(shanghai, TRADES)
    shanghai.delivered, shanghai.stages = None, []
    town.kill()
    town.start()

    assert town.city.wanted_stream() == ("", 1)
    town.connect(shanghai)
    town.pump()

    assert_settled_once(town, shanghai)


def test_references_lost_with_the_store_are_learned_from_the_exchange(tmp_path: Path) -> None:
    """A store restored from an older copy would use references again: the exchange names the highest."""
    town, shanghai = Town(tmp_path), FakeShanghai()
    shanghai.highest_reference = 5_000
    town.connect(shanghai)
    town.pump()
    assert shanghai.is_open
    finish(town, shanghai)
    assert_settled_once(town, shanghai)


def test_busy_exchange_gets_the_records_again(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai()
    town.connect(shanghai)
    numbers = count()
    events = shanghai.events()
    town.obey(town.city.take(1, events), line_holds=lambda data: next(numbers) > 0)
    assert not shanghai.is_open

    town.obey(town.city.resend())

    assert shanghai.is_open


def test_an_unfinished_day_asks_for_its_own_stream(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai()
    assert town.city.wanted_stream() == ("", 1)
    town.connect(shanghai)
    town.pump()
    assert town.city.wanted_stream() == ("2112160001", len(shanghai.records) + 1)
    town.kill()
    town.start()
    assert town.city.wanted_stream() == ("2112160001", len(shanghai.records) + 1)


def test_the_exchange_may_not_begin_a_day_while_one_is_open(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.connect(FakeShanghai())
    town.pump()
    town.city._stream_day = 0
    with pytest.raises(CorruptionError, match="new day 2021-12-17: stage of 2021-12-16: expected STATED"):
        town.city.take(1, FakeShanghai(date(2021, 12, 17)).events())


def test_no_records_no_change(tmp_path: Path) -> None:
    town, shanghai = Town(tmp_path), FakeShanghai()
    town.connect(shanghai)
    town.pump()
    before = town.day
    assert town.city.take(before.next_number, shanghai.events()[:0]) == []
    assert town.day == before
