"""The trading day's table of stages, and the files that carry prices from day to day."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from exchange.engine.day import STAGE_CHANGES, DayStage, Fact, resume_time_ns
from exchange.engine.day_file import (
    CompositeFigures,
    ContractFigures,
    DayFile,
    FiguresCollector,
    listed_on,
    read_day_file,
)
from exchange.engine.settings import EngineSettings
from exchange.errors import CorruptionError, UsageError
from exchange.vocabulary.enums import Method
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import EVENT, Records, new_records
from tests.simulation.fake_disk import FakeDisk

SETTINGS = EngineSettings(folder=Path("/shanghai"), profile="national", first_day=date(2023, 8, 25))


def event(kind: Kind, **values: int) -> Records:
    records = new_records(kind)
    for name, value in values.items():
        records[name] = value
    return records.view(EVENT)[0]


@pytest.mark.parametrize("stage", DayStage)
def test_each_stage_has_one_way_on_and_the_last_has_none(stage: DayStage) -> None:
    changes = STAGE_CHANGES[stage]
    if stage is DayStage.STATED:
        assert changes == {}
    else:
        assert list(changes.values()) == [DayStage(stage + 1)]


def test_every_fact_moves_exactly_one_stage() -> None:
    facts = [fact for changes in STAGE_CHANGES.values() for fact in changes]
    assert sorted(facts) == sorted(Fact)


def test_zero_seconds_means_that_an_operator_resumes() -> None:
    assert resume_time_ns(5, 0.0) is None
    assert resume_time_ns(5, 1.5) == 1_500_000_005


def write_day(disk: FakeDisk, day: date, *, confirmed: bool = True) -> None:
    collector = FiguresCollector(day, {1: "CEA"})
    collector.take(event(Kind.DAY_FIGURES, contract_id=1, figure_method=Method.LISTED, close_ticks=7_177))
    collector.take(event(Kind.COMPOSITE, close_ticks=7_306))
    path = SETTINGS.day_file(day)
    collector.write(disk, path, last_sequence=9, digest="00", is_confirmed=confirmed)


def test_the_collector_takes_figures_of_every_method() -> None:
    collector = FiguresCollector(date(2021, 12, 16), {1: "CEA"})
    for taken in (
        event(Kind.BAND, contract_id=1, base_price_ticks=1, lower_ticks=1, upper_ticks=9_999),
        event(Kind.BAND, contract_id=1, base_price_ticks=5000, lower_ticks=4500, upper_ticks=5500),
        event(
            Kind.DAY_FIGURES, contract_id=1, figure_method=Method.LISTED, open_ticks=5010, high_ticks=5100,
            low_ticks=4900, close_ticks=5020, volume_lots=70, turnover_fen=351_400,
        ),
        event(
            Kind.DAY_FIGURES, contract_id=1, figure_method=Method.BLOCK, close_ticks=4800,
            volume_lots=100_000, turnover_fen=480_000_000,
        ),
        event(
            Kind.DAY_FIGURES, contract_id=1, figure_method=Method.ONE_WAY, close_ticks=5200,
            volume_lots=5, turnover_fen=26_000,
        ),
        event(Kind.COMPOSITE, open_ticks=5010, high_ticks=5100, low_ticks=4900, close_ticks=5020),
        event(Kind.CONTRACT_EXPIRES, contract_id=1),
        event(Kind.SEAL_TOTALS, match_count=4, tonnes_lots=100_075, amount_fen=480_377_400),
        event(Kind.TRADE, price_ticks=1),
    ):  # fmt: skip
        collector.take(taken)
    disk, path = FakeDisk(), Path("/days/2021-12-16.json")
    collector.write(disk, path, last_sequence=99, digest="ab", is_confirmed=True)
    assert read_day_file(disk, path) == DayFile(
        date=date(2021, 12, 16), trades=4, tonnes=100_075, listed_tonnes=70, block_tonnes=100_000,
        one_way_tonnes=5, amount_fen=480_377_400, last_sequence=99, digest="ab", confirmed=True,
        expired=(1,),
        contracts={
            "CEA": ContractFigures(
                contract_id=1, base=5000, open=5010, high=5100, low=4900, close=5020, listed_lots=70,
                listed_fen=351_400, block_lots=100_000, block_fen=480_000_000,
                one_way_lots=5, one_way_fen=26_000, lower=4500, upper=5500,
            )
        },
        composite=CompositeFigures(open=5010, high=5100, low=4900, close=5020),
    )  # fmt: skip


def test_writing_a_day_twice_changes_nothing() -> None:
    disk = FakeDisk()
    write_day(disk, date(2023, 8, 25))
    first = disk.read(SETTINGS.day_file(date(2023, 8, 25)))
    write_day(disk, date(2023, 8, 25))
    assert disk.read(SETTINGS.day_file(date(2023, 8, 25))) == first


def test_bases_are_the_closes_and_for_a_new_vintage_the_composite_close() -> None:
    disk = FakeDisk()
    write_day(disk, date(2023, 8, 25))
    assert listed_on(SETTINGS, disk, date(2023, 8, 28)).bases == {1: 7_177, 2: 7_306, 3: 7_306}


def test_the_book_of_a_continuous_contract_gives_tomorrows_base_as_a_listed_one_does() -> None:
    collector = FiguresCollector(date(2023, 8, 25), {1: "CEA"})
    collector.take(event(Kind.DAY_FIGURES, contract_id=1, figure_method=Method.CONTINUOUS, close_ticks=7_180))
    collector.take(event(Kind.DAY_FIGURES, contract_id=1, figure_method=Method.ONE_WAY, close_ticks=9_999))
    collector.take(event(Kind.COMPOSITE, close_ticks=7_306))
    disk = FakeDisk()
    collector.write(disk, SETTINGS.day_file(date(2023, 8, 25)), last_sequence=9, digest="", is_confirmed=True)
    assert listed_on(SETTINGS, disk, date(2023, 8, 28)).bases[1] == 7_180


def test_a_contract_that_expired_is_listed_never_again() -> None:
    disk, path = FakeDisk(), SETTINGS.day_file(date(2023, 8, 25))
    collector = FiguresCollector(date(2023, 8, 25), {1: "CEA"}, expired=(2,))
    collector.take(event(Kind.CONTRACT_EXPIRES, contract_id=1))
    collector.take(event(Kind.COMPOSITE, close_ticks=7_306))
    collector.write(disk, path, last_sequence=9, digest="", is_confirmed=True)
    listed = listed_on(SETTINGS, disk, date(2023, 8, 28))
    assert (listed.bases, listed.expired) == ({3: 7_306}, (1, 2))
    collector.take(event(Kind.CONTRACT_EXPIRES, contract_id=3))
    collector.write(disk, path, last_sequence=9, digest="", is_confirmed=True)
    with pytest.raises(UsageError, match="every contract has expired before 2023-08-28"):
        listed_on(SETTINGS, disk, date(2023, 8, 28))


def test_bases_of_the_first_day_are_given_or_the_rulebooks() -> None:
    disk = FakeDisk()
    given = msgspec.structs.replace(SETTINGS, opening_bases={1: 7_000})
    assert listed_on(given, disk, date(2023, 8, 25)).bases == {1: 7_000}
    assert listed_on(SETTINGS, disk, date(2023, 8, 25)).bases == {1: 4_800}


@pytest.mark.parametrize("is_written", [False, True])
def test_bases_need_a_confirmed_day_before(is_written: bool) -> None:
    disk = FakeDisk()
    if is_written:
        write_day(disk, date(2023, 8, 25), confirmed=False)
    found = "an unconfirmed one" if is_written else "none"
    with pytest.raises(UsageError, match=f"expected .*2023-08-25.json, found {found}"):
        listed_on(SETTINGS, disk, date(2023, 8, 28))


def test_a_damaged_day_file_is_corruption() -> None:
    disk = FakeDisk()
    write_day(disk, date(2023, 8, 25))
    disk.flip_bit(SETTINGS.day_file(date(2023, 8, 25)), 0)
    with pytest.raises(CorruptionError, match="expected the figures of a trading day"):
        listed_on(SETTINGS, disk, date(2023, 8, 28))
