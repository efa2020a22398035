"""Both cities' day files beside the official figures; what cannot be read is said."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from exchange.console.registry_state import RegistryDay
from exchange.console.season import ContractDay, ExchangeDay, SeasonFiles, season_view
from exchange.rulebook.scenarios import Scenario, load_scenario
from tests.unit.console.heard import A_BREAK, DAY, stated

NEXT = date(2021, 12, 17)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("season-2021")


def played(day: date, close: int, listed: int, block: int) -> ExchangeDay:
    figures = ContractDay(
        base=4306, close=close, listed_lots=listed, listed_fen=listed * close, block_lots=block,
        block_fen=block * 4001,
    )  # fmt: skip
    return ExchangeDay(day, 10, listed + block, listed, block, 123_456, {"CEA": figures}, True)


def write(folder: Path, city: str, name: str, content: object) -> Path:
    path = folder / city / "days" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else msgspec.json.encode(content))
    return path


def test_each_day_stands_beside_its_official_figures(scenario: Scenario) -> None:
    official = scenario.day(DAY)
    simulated = played(DAY, official.close_ticks - 2, official.listed_lots, official.block_lots + 1)
    (row,) = season_view(scenario, {DAY: simulated}, {DAY: stated()}).rows
    assert (row.official, row.close_difference_ticks, row.block_mean_ticks) == (official, -2, 4001)
    assert row.settled == stated()


def test_totals_are_sums_and_the_largest_difference(scenario: Scenario) -> None:
    first, second = scenario.day(DAY), scenario.day(NEXT)
    days = {
        DAY: played(DAY, first.close_ticks - 3, 100, 0),
        NEXT: played(NEXT, second.close_ticks + 1, 50, 100_000),
    }
    totals = season_view(scenario, days, {DAY: stated()}).totals
    assert (totals.days, totals.trades, totals.amount_fen) == (2, 20, 246_912)
    assert (totals.listed_lots, totals.block_lots) == (150, 100_000)
    assert totals.official_listed_lots == first.listed_lots + second.listed_lots
    assert (totals.settled_trades, totals.days_balanced, totals.worst_close_difference_ticks) == (3, 1, 3)


@pytest.mark.parametrize(
    "day",
    [
        stated(breaks=(A_BREAK,)),
        stated(units_conserved=False),
        stated(cash_conserved=False),
        stated(stage="CLEARED"),
    ],
)
def test_a_day_is_balanced_only_if_everything_is(scenario: Scenario, day: RegistryDay) -> None:
    totals = season_view(scenario, {DAY: played(DAY, 4422, 1, 0)}, {DAY: day}).totals
    assert (totals.days, totals.days_balanced) == (1, 0)


def test_a_day_outside_the_scenario_has_no_official_figures(scenario: Scenario) -> None:
    other = date(2030, 1, 2)
    (row,) = season_view(scenario, {other: played(other, 4422, 1, 0)}, {}).rows
    assert (row.official, row.close_difference_ticks, row.settled) == (None, None, None)


def test_files_are_read_and_read_again_when_changed(scenario: Scenario, tmp_path: Path) -> None:
    files = SeasonFiles(tmp_path)
    assert files.view(scenario).rows == ()
    path = write(tmp_path, "shanghai", f"{DAY}.json", played(DAY, 4422, 1, 0))
    write(tmp_path, "wuhan", f"{DAY}.json", stated())
    assert [row.contract.close for row in files.view(scenario).rows] == [4422]
    aside = write(tmp_path, "shanghai", "aside", played(DAY, 4423, 1, 0))
    aside.replace(path)
    (row,) = files.view(scenario).rows
    assert (row.contract.close, row.settled) == (4423, stated())


def test_a_damaged_file_is_named_and_the_rest_is_shown(scenario: Scenario, tmp_path: Path) -> None:
    write(tmp_path, "shanghai", f"{DAY}.json", b'{"date": ')
    write(tmp_path, "shanghai", f"{NEXT}.json", played(NEXT, 4666, 1, 0))
    season = SeasonFiles(tmp_path).view(scenario)
    assert season.unreadable == (f"shanghai/days/{DAY}.json",)
    assert [row.simulated.date for row in season.rows] == [NEXT]
