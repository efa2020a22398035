"""Loads a scenario by name or path and refuses one that cannot be played, saying why."""

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import msgspec

from exchange.rulebook.calendars import registry_calendar, trading_calendar
from exchange.rulebook.contracts import contracts_on
from exchange.rulebook.errors import RulebookError
from exchange.rulebook.files import load_toml
from exchange.rulebook.keys import RuleKey
from exchange.rulebook.prices import band_limits
from exchange.rulebook.profiles import rules_on
from exchange.rulebook.scenarios.model import DAY_COLUMNS, MemberKind, Scenario, ScenarioFile, SeasonDay
from exchange.vocabulary.units import PPM

HERE = Path(__file__).parent
LOGIN_PREFIX_LENGTH = 1


def scenario_names() -> tuple[str, ...]:
    """The scenarios that come with the rulebook."""
    return tuple(sorted(path.stem.replace("_", "-") for path in HERE.glob("*.toml")))


def load_scenario(name: str) -> Scenario:
    """A scenario by name (`season-2021`), or by the path of a .toml file of one's own."""
    if name.endswith(".toml"):
        path = Path(name)
    elif name in scenario_names():
        path = HERE / f"{name.replace('-', '_')}.toml"
    else:
        raise RulebookError(
            f"expected a scenario of {scenario_names()} or a path ending in .toml, found {name!r}"
        )
    file = load_toml(path, ScenarioFile)
    days = read_days(path.parent / file.days_file)
    scenario = Scenario(
        name=file.name,
        title_zh=file.title_zh,
        title_en=file.title_en,
        note=file.note,
        profile=file.profile,
        contract=file.contract,
        days_source=file.days_source,
        first_date=file.first_date,
        days_default=file.days_default,
        obligation_year=file.obligation_year,
        deadline=registry_calendar().surrender_deadline(file.obligation_year),
        days=days,
        recipe=file.recipe,
        trouble=file.trouble,
    )
    _check_days(scenario)
    _check_recipe(scenario)
    scenario.window(scenario.first_date, scenario.days_default)
    return scenario


def read_days(path: Path) -> tuple[SeasonDay, ...]:
    """The season's table; lines that begin with '#' are comments."""
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    except OSError as error:
        raise RulebookError(f"{path.name}: expected a readable season table, found: {error}") from error
    rows = list(csv.reader(lines))
    if not rows or tuple(rows[0]) != DAY_COLUMNS or len(rows) < 2:
        raise RulebookError(f"{path.name}: expected columns {DAY_COLUMNS} and a row a day, found {rows[:1]}")
    return tuple(_day(row, f"{path.name}: row {index}") for index, row in enumerate(rows[1:], 1))


def _day(row: list[str], place: str) -> SeasonDay:
    try:
        return msgspec.convert(dict(zip(DAY_COLUMNS, row, strict=True)), SeasonDay, strict=False)
    except (ValueError, msgspec.ValidationError) as error:
        raise RulebookError(f"{place}: expected a date and eight integers, found {row}: {error}") from error


def _check_days(scenario: Scenario) -> None:
    """Every trading day of the span, the contract listed, closes chained, prices inside the day's band."""
    first, last = scenario.days[0].date, scenario.days[-1].date
    expected = trading_calendar().trading_days(first, last)
    found = tuple(row.date for row in scenario.days)
    if found != expected:
        wrong = sorted(set(expected) ^ set(found)) or "days out of order"
        raise RulebookError(
            f"scenario {scenario.name}: expected every trading day {first}..{last}, differs at {wrong}"
        )
    if scenario.contract not in {row.code for row in contracts_on(scenario.profile, first)}:
        raise RulebookError(
            f"scenario {scenario.name}: expected a contract listed on {first}, found {scenario.contract}"
        )
    for before, row in pairwise(scenario.days):
        if row.previous_close_ticks != before.close_ticks:
            raise RulebookError(
                f"scenario {scenario.name}: expected previous close {before.close_ticks} on {row.date}, "
                f"found {row.previous_close_ticks}"
            )
    for row in scenario.days:
        _check_day(scenario, row)


def _check_day(scenario: Scenario, row: SeasonDay) -> None:
    band_ppm = rules_on(scenario.profile, row.date).whole_number(RuleKey.LISTED_BAND_PPM)
    lower, upper = band_limits(row.previous_close_ticks, band_ppm)
    prices = (
        row.open_ticks,
        row.close_ticks,
        row.high_ticks or row.open_ticks,
        row.low_ticks or row.open_ticks,
    )
    if min(row.listed_lots, row.block_lots) < 0 or not all(lower <= price <= upper for price in prices):
        raise RulebookError(
            f"scenario {scenario.name}: expected tonnes >= 0 and prices in {lower}..{upper} on {row.date}, "
            f"found {row}"
        )


def _check_recipe(scenario: Scenario) -> None:
    """Each kind once, shares that add up, and enough to sell and to spend for every tonne of the season."""
    kinds = scenario.recipe.kind
    place = f"scenario {scenario.name}: recipe"
    if sorted(row.kind for row in kinds) != sorted(MemberKind):
        raise RulebookError(
            f"{place}: expected each of {[str(k) for k in MemberKind]} once, found {len(kinds)} rows"
        )
    share = sum(row.member_share_ppm for row in kinds)
    if share != PPM or min(row.member_share_ppm for row in kinds) < 1:
        raise RulebookError(f"{place}: expected member shares adding up to {PPM} ppm, found {share}")
    prefixes = {row.login_prefix for row in kinds}
    if len(prefixes) != len(kinds) or any(len(p) != LOGIN_PREFIX_LENGTH or not p.isupper() for p in prefixes):
        raise RulebookError(
            f"{place}: expected a different capital letter a kind as login prefix, found {prefixes}"
        )
    tonnes = sum(row.listed_lots + row.block_lots for row in scenario.days)
    spare = sum(max(0, row.opening_allowances_lots - row.obligation_lots) for row in kinds)
    if spare < tonnes:
        raise RulebookError(
            f"{place}: expected at least {tonnes} lots beyond obligations to sell, found {spare}"
        )
    cash = sum(row.opening_cash_fen for row in kinds)
    amount = sum(
        (row.listed_lots + row.block_lots) * max(row.close_ticks, row.block_mean_ticks)
        for row in scenario.days
    )
    if cash < amount:
        raise RulebookError(f"{place}: expected at least {amount} fen of opening cash to buy, found {cash}")


def next_day(scenario: Scenario, day: date) -> date | None:
    """The scenario's trading day after `day`; None after its last."""
    following = [row.date for row in scenario.days if row.date > day]
    return following[0] if following else None
