"""Season scenarios: the derived table reproduces, members can trade it, bad files are refused."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from exchange.rulebook import RulebookError
from exchange.rulebook.scenarios import MemberKind, load_scenario, next_day, participants, scenario_names
from exchange.rulebook.scenarios import load as load_module
from exchange.vocabulary.limits import BALANCE_MAX, MEMBER_FIRST
from tools.derive_season import CONTRACT, FIRST, LAST, derive

FOLDER = Path(load_module.__file__).parent
TABLE = FOLDER / "season_2021_days.csv"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the season to spoil."""
    for name in ("season_2021.toml", "season_2021_days.csv"):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path / "season_2021.toml"


def spoil(own: Path, old: str, new: str, name: str = "season_2021.toml") -> str:
    path = own.with_name(name)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return str(own)


def test_the_table_is_what_the_tool_derives_from_the_official_file(official_csv: Path) -> None:
    assert TABLE.read_text(encoding="utf-8") == derive(official_csv, CONTRACT, FIRST, LAST)


def test_season_2021_holds_the_published_figures() -> None:
    season = load_scenario("season-2021")
    assert (len(season.days), season.days[0].date, season.days[-1].date) == (
        64,
        date(2021, 11, 1),
        date(2022, 1, 28),
    )
    assert season.deadline == date(2021, 12, 31)
    peak = season.day(date(2021, 12, 16))  # rulebook §5.3: 20.48 Mt, 0.90 listed
    assert (peak.listed_lots, peak.block_lots) == (901_715, 19_579_226)
    assert (peak.previous_close_ticks, peak.open_ticks, peak.close_ticks) == (4306, 4365, 4422)
    # rulebook §5.2, months in Mt
    december = [row for row in season.days if row.date.month == 12]
    assert round(sum(row.listed_lots for row in december) / 1e6, 2) == 21.78
    assert round(sum(row.block_lots for row in december) / 1e6, 2) == 113.78


def test_the_default_window_is_the_last_twelve_days_before_the_deadline() -> None:
    season = load_scenario("season-2021")
    window = season.window(season.first_date, season.days_default)
    assert (window[0].date, window[-1].date, len(window)) == (date(2021, 12, 16), season.deadline, 12)
    assert next_day(season, season.deadline) == date(2022, 1, 4)
    assert next_day(season, season.days[-1].date) is None
    with pytest.raises(RulebookError, match="expected 1 to 1 days from 2022-01-28 on, found 2"):
        season.window(date(2022, 1, 28), 2)
    with pytest.raises(RulebookError, match="expected a first day among its trading days"):
        season.day(date(2021, 12, 18))


@pytest.mark.parametrize("members", [4, 5, 24, 200, 3378])
def test_members_share_the_recipe_out_exactly(members: int) -> None:
    season = load_scenario("season-2021")
    made = participants(season, members)
    assert made == participants(season, members)
    assert len(made) == members
    for recipe in season.recipe.kind:
        of_kind = [member for member in made if member.kind is recipe.kind]
        assert of_kind
        assert sum(m.opening_lots["CEA"] for m in of_kind) == recipe.opening_allowances_lots
        assert sum(m.opening_cash_fen for m in of_kind) == recipe.opening_cash_fen
        assert sum(m.obligation_lots for m in of_kind) == recipe.obligation_lots
    assert max(m.opening_cash_fen for m in made) <= BALANCE_MAX
    assert min(m.opening_cash_fen for m in made) > 0


def test_members_have_ids_logins_and_visibly_synthetic_names() -> None:
    made = participants(load_scenario("season-2021"), 24)
    assert [m.member_id for m in made] == list(range(MEMBER_FIRST, MEMBER_FIRST + 24))
    assert [m.account_id for m in made] == list(range(1001, 1025))
    assert len({m.entity_id for m in made}) == len({m.user for m in made}) == 24
    for member in made:
        assert len(member.user) == 6 and member.user.isascii()
        assert member.name_zh.startswith("示例") and member.name_en.startswith("Sample ")
    assert (made[0].kind, made[0].user, made[0].name_zh) == (
        MemberKind.SHORT_EMITTER,
        "E00001",
        "示例电厂 001",
    )


def test_members_can_trade_every_tonne_of_the_season() -> None:
    season = load_scenario("season-2021")
    made = participants(season, 24)
    tonnes = sum(row.listed_lots + row.block_lots for row in season.days)
    spare = sum(max(0, m.opening_lots["CEA"] - m.obligation_lots) for m in made)
    short = sum(max(0, m.obligation_lots - m.opening_lots["CEA"]) for m in made)
    assert spare > tonnes and short > tonnes
    peak = max(season.days, key=lambda row: row.block_lots)
    amount = peak.listed_lots * peak.high_ticks + peak.block_lots * peak.block_mean_ticks
    assert sum(m.opening_cash_fen for m in made if m.kind is MemberKind.SHORT_EMITTER) > 10 * amount


def test_another_seed_makes_other_members(own: Path) -> None:
    other = load_scenario(spoil(own, "seed = 20211216", "seed = 7"))
    assert participants(other, 24) != participants(load_scenario("season-2021"), 24)
    for members in (3, 50_001):
        with pytest.raises(RulebookError, match=f"expected 4 to 50000 members, found {members}"):
            participants(other, members)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('contract = "CEA"', 'contract = "CEA22"', "expected a contract listed on 2021-11-01, found CEA22"),
        ('profile = "national"', 'profile = "mars"', "expected a profile of"),
        ("first_date = 2021-12-16", "first_date = 2021-12-18", "expected a first day among its trading days"),
        ("days_default = 12", "days_default = 99", "expected 1 to 31 days from 2021-12-16 on, found 99"),
        ("obligation_year = 2020", "obligation_year = 1999", "expected an obligation year of"),
        ("seed = 20211216", 'seed = "x"', "Expected `int`, got `str`"),
        ("seed = 20211216", "sede = 1", "unknown field `sede`"),
        (
            "member_share_ppm = 420_000",
            "member_share_ppm = 420_001",
            "adding up to 1000000 ppm, found 1000001",
        ),
        ('login_prefix = "H"', 'login_prefix = "E"', "expected a different capital letter"),
        ('kind = "noise"', 'kind = "intermediary"', "expected each of"),
        (
            "opening_allowances_lots = 420_000_000",
            "opening_allowances_lots = 4",
            "lots beyond obligations to sell",
        ),
        ("opening_cash_fen = 1_800_000_000_000", "opening_cash_fen = 1", "fen of opening cash to buy"),
        ("season_2021_days.csv", "absent.csv", "absent.csv: expected a readable season table"),
    ],
)
def test_a_scenario_that_cannot_be_played_is_refused(own: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(RulebookError, match=message):
        load_scenario(spoil(own, old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2021-12-17,", "2021-12-18,", "expected every trading day"),
        ("2021-12-16,901715", "2021-12-16,-1", "expected tonnes >= 0"),
        (
            "4306,4365,4520,4315,4422",
            "4306,4365,4738,4315,4422",
            r"expected tonnes >= 0 and prices in 3875\.\.4737",
        ),
        (
            "4306,4365,4520,4315,4422",
            "4307,4365,4520,4315,4422",
            "expected previous close 4306 on 2021-12-16",
        ),
        ("901715", "9.5", "expected a date and eight integers"),
        ("date,listed", "day,listed", "expected columns"),
    ],
)
def test_a_season_table_with_a_wrong_row_is_refused(own: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(RulebookError, match=message):
        load_scenario(spoil(own, old, new, TABLE.name))


def test_a_price_exactly_at_the_limit_is_legal(own: Path) -> None:
    path = spoil(own, "4306,4365,4520,4315,4422", "4306,4365,4737,4315,4422", TABLE.name)
    assert load_scenario(path).day(date(2021, 12, 16)).high_ticks == 4737


def test_names_and_unknown_names() -> None:
    assert "season-2021" in scenario_names()
    with pytest.raises(RulebookError, match="expected a scenario of"):
        load_scenario("season-1990")
