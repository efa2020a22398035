"""Dated rules: values and flags of the profiles, dates from which they hold, and files that are refused."""

from datetime import date
from pathlib import Path

import pytest

from exchange.rulebook import (
    CCER,
    CCER_CONTINUOUS,
    NATIONAL,
    TEST,
    Flag,
    RulebookError,
    RuleKey,
    auction_ends_on,
    composite_weights_on,
    contract,
    contract_by_id,
    contracts_on,
    institution,
    load_profile,
    parameters_on,
    profile_names,
    rules_hash,
    rules_on,
    sessions_on,
    surrender_dates,
)
from exchange.rulebook.render import PAGE, rules_page
from exchange.vocabulary.enums import Method, ParameterId, Phase, SelfTradeRule

DAY = date(2021, 12, 16)
LATE = date(2026, 5, 1)
HEAD = 'name = "mine"\ntitle_zh = "我的"\ntitle_en = "Mine"\nvenue = "SEEE"\nextends = "national"\n'
ROW = """
[[rule]]
key = "fee.trading_ppm"
value = 50
unit = "ppm"
effective_from = 2022-01-01
source = "synthetic"
locator = "invented"
flag = "U"
configuration = true
reason = "a test"
"""


def test_the_page_is_generated_from_the_data() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(), "run python -m exchange.rulebook.render"


@pytest.mark.parametrize(
    ("key", "value", "flag"),
    [
        (RuleKey.LISTED_BAND_PPM, 100_000, Flag.VERIFIED),
        (RuleKey.LISTED_QUANTITY_LOTS_MIN, 1, Flag.VERIFIED),
        (RuleKey.LISTED_QUANTITY_LOTS_MAX, 99_999, Flag.VERIFIED),
        (RuleKey.BLOCK_BAND_PPM, 300_000, Flag.VERIFIED),
        (RuleKey.BLOCK_QUANTITY_LOTS_MIN, 100_000, Flag.VERIFIED),
        (RuleKey.LISTED_TAKE_DEPTH_LEVELS, 5, Flag.VERIFIED),
        (RuleKey.LISTED_STRICT_PRICE_PRIORITY, True, Flag.UNKNOWN),
        (RuleKey.RESALE_SAME_DAY, False, Flag.VERIFIED),
        (RuleKey.PROCEEDS_REUSABLE_SAME_DAY, True, Flag.RECALLED),
        (RuleKey.FEE_TRADING_PPM, 0, Flag.UNKNOWN),
        (RuleKey.FEE_SETTLEMENT_PPM, 0, Flag.UNKNOWN),
        (RuleKey.HOLDING_LIMIT_LOTS, 0, Flag.UNKNOWN),
    ],
)
def test_national_values(key: RuleKey, value: int | bool, flag: Flag) -> None:
    row = rules_on(NATIONAL, DAY).rule(key)
    assert (row.value, row.flag) == (value, flag)
    assert row.configuration is (flag is Flag.UNKNOWN)


@pytest.mark.parametrize("name", profile_names())
def test_every_unknown_is_a_configuration_with_a_reason(name: str) -> None:
    for row in load_profile(name).rules:
        assert row.configuration == bool(row.reason)
        if row.flag is Flag.UNKNOWN:
            assert row.configuration, row.key


def test_the_test_profile_differs_from_the_national_one_in_invented_rules_only() -> None:
    national, invented = rules_on(NATIONAL, LATE), rules_on(TEST, LATE)
    differing = {k: r.value for k, r in invented.in_force.items() if r.value != national.in_force[k].value}
    assert {key.split(".")[0] for key in differing} == {"fee", "breaker", "order", "bust"}
    assert (differing[RuleKey.FEE_TRADING_PPM], differing[RuleKey.FEE_SETTLEMENT_PPM]) == (333, 127)
    assert invented.profile.synthetic and not national.profile.synthetic
    assert sessions_on(TEST, LATE) == sessions_on(NATIONAL, LATE)


def test_the_national_profile_has_no_continuous_mode_no_call_auction_and_no_breaker() -> None:
    rules = rules_on(NATIONAL, LATE)
    off = (
        RuleKey.MODE_CONTINUOUS,
        RuleKey.MODE_CALL_AUCTION,
        RuleKey.BREAKER_DYNAMIC,
        RuleKey.BREAKER_MARKET_WIDE,
    )
    assert not any(rules.holds(key) for key in off)
    given = {parameter for parameter, _ in parameters_on(NATIONAL, LATE, "CEA25")}
    assert not given & {ParameterId.BREAKER_PPM, ParameterId.MARKET_BREAKER_PPM, ParameterId.BREAKER_PAUSE_MS}
    assert not rules.is_set(RuleKey.BREAKER_DYNAMIC_PPM)
    assert auction_ends_on(NATIONAL, LATE) == ()


def test_one_way_rules_are_given_from_the_day_on_which_the_method_exists() -> None:
    before = dict(parameters_on(NATIONAL, date(2025, 7, 15), "CEA24"))
    since = dict(parameters_on(NATIONAL, date(2025, 7, 16), "CEA24"))
    assert {key: since[key] for key in sorted(set(since) - set(before))} == {
        ParameterId.AUCTION_QUANTITY_LOTS_MIN: 100_000,
        ParameterId.AUCTION_FLOOR_BAND_PPM: 100_000,
        ParameterId.AUCTION_CEILING_BAND_PPM: 100_000,
        ParameterId.AUCTION_BID_LOTS_MIN: 1,
        ParameterId.AUCTION_BID_CANCEL: 1,
    }


def test_a_what_if_lets_ccer_trade_continuously_with_call_auctions_and_a_breaker() -> None:
    day = date(2025, 9, 1)
    values = dict(parameters_on(CCER_CONTINUOUS, day, "CCER"))
    assert rules_on(CCER_CONTINUOUS, day).holds(RuleKey.MODE_CONTINUOUS)
    assert values[ParameterId.SELF_TRADE_RULE] == SelfTradeRule.CANCEL_TAKER
    assert (values[ParameterId.BREAKER_PPM], values[ParameterId.BREAKER_WINDOW_S]) == (50_000, 300)
    assert [
        (f"{change.time_of_day:%H:%M}", change.phase)
        for change in sessions_on(CCER_CONTINUOUS, day)
        if change.method is Method.CONTINUOUS
    ] == [
        ("09:15", Phase.CALL_AUCTION),
        ("09:30", Phase.TRADING),
        ("11:30", Phase.BREAK),
        ("13:00", Phase.TRADING),
        ("14:57", Phase.CALL_AUCTION),
        ("15:00", Phase.ENDED),
    ]
    assert [
        (end.seconds_of_day // 60, end.random_end_s) for end in auction_ends_on(CCER_CONTINUOUS, day)
    ] == [
        (9 * 60 + 30, 30),
        (15 * 60, 30),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('phase = "night"', "expected a phase of"),
        ("random_end_s = 5", "expected random_end_s 0 to 0, found 5"),
        ('phase = "call_auction"\nrandom_end_s = 601', "expected random_end_s 0 to 600, found 601"),
        ('method = "block"\nphase = "call_auction"', "expected a call auction of"),
    ],
)
def test_a_session_that_cannot_be_is_refused(tmp_path: Path, line: str, problem: str) -> None:
    method = "" if "method" in line else 'method = "listed"\n'
    mine = tmp_path / "mine.toml"
    session = "opens = 09:30:00\ncloses = 15:00:00\neffective_from = 2022-01-01\n"
    origin = 'source = "synthetic"\nlocator = "invented"\nflag = "V"\n'
    mine.write_text(f"{HEAD}[[session]]\n{method}{session}{origin}{line}\n", encoding="utf-8")
    with pytest.raises(RulebookError, match=problem):
        load_profile(str(mine))


def test_a_rule_holds_from_its_date_on(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    early = ROW.replace("2022-01-01", "2021-07-16").replace("value = 50", "value = 10")
    mine.write_text(HEAD + early + ROW, encoding="utf-8")
    assert rules_on(str(mine), date(2021, 12, 31)).whole_number(RuleKey.FEE_TRADING_PPM) == 10
    assert rules_on(str(mine), date(2022, 1, 1)).whole_number(RuleKey.FEE_TRADING_PPM) == 50
    with pytest.raises(
        RulebookError, match="one_way.quantity_lots_min on 2021-12-16, the first holds from 2025"
    ):
        rules_on(NATIONAL, DAY).rule(RuleKey.ONE_WAY_QUANTITY_LOTS_MIN)
    with pytest.raises(RulebookError, match="expected a date from 2021-07-16 on, found 2021-07-15"):
        rules_on(NATIONAL, date(2021, 7, 15))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('key = "fee.trading_ppm"', 'key = "fee.trading"', "Invalid enum value 'fee.trading'"),
        ("value = 50", "value = 50\nvalues = 1", "unknown field `values`"),
        ("value = 50", "value = 10001", r"expected an integer 0\.\.10000, found 10001"),
        ("value = 50", "value = true", r"expected an integer 0\.\.10000, found True"),
        ("value = 50", "value = 0.5", "Expected `int | bool | str | null`, got `float`"),
        ('unit = "ppm"', 'unit = "percent"', "expected unit 'ppm', found 'percent'"),
        ('source = "synthetic"', 'source = "hearsay"', "expected a source of sources.toml"),
        ("configuration = true", "configuration = false", "expected configuration = true"),
        ('reason = "a test"', "", "expected a reason for a configuration"),
        ('flag = "U"', 'flag = "X"', "Invalid enum value 'X'"),
        ("[[rule]]", ROW + "[[rule]]", "expected one row for a key and date, found two"),
        ("[[rule]]", "[[rule]", "expected TOML, found a syntax error"),
    ],
)
def test_a_malformed_profile_is_refused_naming_the_file(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(HEAD + ROW.replace(old, new), encoding="utf-8")
    with pytest.raises(RulebookError, match=message) as caught:
        load_profile(str(mine))
    assert str(caught.value).startswith("mine.toml: ")


def test_unset_needs_the_flag_unknown_and_profiles_must_be_complete(tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    known.write_text(
        HEAD + ROW.replace("value = 50\n", "").replace('flag = "U"', 'flag = "V"'), encoding="utf-8"
    )
    with pytest.raises(RulebookError, match="only unknowns"):
        load_profile(str(known))
    alone = tmp_path / "alone.toml"
    alone.write_text(HEAD.replace('extends = "national"\n', "") + ROW, encoding="utf-8")
    with pytest.raises(RulebookError, match="profile mine: expected a row for every rule key"):
        load_profile(str(alone))
    with pytest.raises(RulebookError, match="expected a profile of"):
        load_profile("nowhere")
    with pytest.raises(RulebookError, match="expected a readable UTF-8 TOML file"):
        load_profile(str(tmp_path / "absent.toml"))
    circle = tmp_path / "circle.toml"
    circle.write_text(HEAD.replace("national", str(circle)), encoding="utf-8")
    with pytest.raises(RulebookError, match="levels of 'extends'"):
        load_profile(str(circle))


def test_ccer_bands_are_unset_and_never_invented(tmp_path: Path) -> None:
    rules = rules_on(CCER, date(2025, 3, 7))
    assert not rules.is_set(RuleKey.LISTED_BAND_PPM)
    assert rules.rule(RuleKey.LISTED_BAND_PPM).flag is Flag.UNKNOWN
    with pytest.raises(
        RulebookError, match="expected a value for rule listed.band_ppm on 2025-03-07, found none"
    ):
        parameters_on(CCER, date(2025, 3, 7), "CCER")
    with pytest.raises(RulebookError, match="expected a contract of venue SEEE"):
        parameters_on(NATIONAL, date(2025, 3, 7), "CCER")


def test_whose_kind_a_rule_is_asked_for() -> None:
    rules = rules_on(NATIONAL, LATE)
    assert rules.choice(RuleKey.LISTED_SWEEP_ORDER_IN_LEVEL) == "fifo"
    assert rules.holds(RuleKey.ORDER_CANCEL_IN_BREAK)
    with pytest.raises(RulebookError, match="to be an integer, found True"):
        rules.whole_number(RuleKey.ORDER_CANCEL_IN_BREAK)
    with pytest.raises(RulebookError, match="to be yes/no, found 5"):
        rules.holds(RuleKey.LISTED_TAKE_DEPTH_LEVELS)
    with pytest.raises(RulebookError, match="to be a choice, found 5"):
        rules.choice(RuleKey.LISTED_TAKE_DEPTH_LEVELS)


def test_every_kernel_parameter_comes_from_a_rule() -> None:
    # the matching rule is mode.continuous: it comes with the contract's definition
    values = dict(parameters_on(TEST, LATE, "CEA25"))
    assert list(values) == [key for key in sorted(ParameterId) if key is not ParameterId.MATCHING_RULE]
    assert values[ParameterId.LISTED_BAND_PPM] == 100_000
    assert values[ParameterId.TRADING_FEE_PPM] == 333
    assert values[ParameterId.SETTLEMENT_FEE_PPM] == 127
    assert values[ParameterId.RESALE_SAME_DAY] == 0
    assert values[ParameterId.PROCEEDS_REUSABLE] == 1
    assert values[ParameterId.COMPOSITE_WEIGHT] == 1
    assert dict(parameters_on(TEST, LATE, "CEA24"))[ParameterId.COMPOSITE_WEIGHT] == 0
    with pytest.raises(RulebookError, match="found it listed from 2026-01-05"):
        parameters_on(NATIONAL, date(2026, 1, 4), "CEA25")


def test_contracts_appear_on_their_first_day() -> None:
    def codes(day: date) -> list[str]:
        return [row.code for row in contracts_on(NATIONAL, day)]

    assert codes(date(2023, 8, 25)) == ["CEA"]
    assert codes(date(2023, 8, 28)) == ["CEA", "CEA21", "CEA22"]
    assert codes(date(2024, 10, 28)) == ["CEA", "CEA21", "CEA22", "CEA23"]
    assert codes(LATE) == ["CEA", "CEA21", "CEA22", "CEA23", "CEA24", "CEA25"]
    assert [row.code for row in contracts_on(CCER, LATE)] == ["CCER"]
    cea, ccer = contract("CEA"), contract("CCER")
    assert contract_by_id(cea.contract_id) is cea
    assert [institution(key).wire_code for key in (cea.venue, cea.registry)] == [1, 1]
    assert [institution(key).wire_code for key in (ccer.venue, ccer.registry)] == [2, 2]
    assert (ccer.settlement, ccer.first_base_ticks) == ("CBGEX", None)
    for ask in (lambda: contract("CEA99"), lambda: contract_by_id(99), lambda: institution("X")):
        with pytest.raises(RulebookError, match="expected a"):
            ask()


@pytest.mark.parametrize(
    ("day", "weights"),
    [
        (date(2021, 7, 16), {"CEA": 1}),
        (date(2023, 8, 27), {"CEA": 1}),
        (date(2023, 8, 28), {"CEA": 1, "CEA21": 1, "CEA22": 1}),
        (date(2024, 10, 28), {"CEA": 1, "CEA21": 1, "CEA22": 1, "CEA23": 1}),
        (date(2025, 4, 29), {"CEA": 1, "CEA21": 1, "CEA22": 1, "CEA23": 1, "CEA24": 1}),
        (date(2026, 1, 5), {"CEA25": 1}),
    ],
)
def test_composite_weights_by_date(day: date, weights: dict[str, int]) -> None:
    assert composite_weights_on(day) == weights


def test_the_days_schedule() -> None:
    rows = [(str(c.time_of_day), c.method, c.phase, c.contract_id) for c in sessions_on(NATIONAL, DAY)]
    assert rows == [
        ("09:30:00", Method.LISTED, Phase.TRADING, 0),
        ("11:30:00", Method.LISTED, Phase.BREAK, 0),
        ("13:00:00", Method.LISTED, Phase.TRADING, 0),
        ("13:00:00", Method.BLOCK, Phase.TRADING, 0),
        ("15:00:00", Method.LISTED, Phase.ENDED, 0),
        ("15:00:00", Method.BLOCK, Phase.ENDED, 0),
        ("15:00:00", Method.ONE_WAY, Phase.ENDED, 0),  # not opened that day, and still to be ended
    ]


def test_one_way_bidding_is_open_all_day_since_it_exists() -> None:
    rows = [
        (str(c.time_of_day), c.phase)
        for c in sessions_on(NATIONAL, date(2025, 7, 16))
        if c.method == Method.ONE_WAY
    ]
    assert rows == [("09:30:00", Phase.TRADING), ("15:00:00", Phase.ENDED)]


def test_in_continuous_mode_the_listed_sessions_are_the_continuous_book_s(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        'name = "mine"\ntitle_zh = "甲"\ntitle_en = "mine"\nvenue = "shanghai"\nextends = "national"\n'
        '[[rule]]\nkey = "mode.continuous"\nvalue = true\neffective_from = 2021-07-16\n'
        'source = "design"\nlocator = "a what-if"\nflag = "D"\n',
        encoding="utf-8",
    )
    rows = sorted(c.method for c in sessions_on(str(mine), DAY) if c.phase == Phase.TRADING)
    assert rows == [Method.BLOCK, Method.CONTINUOUS, Method.CONTINUOUS]


def test_the_rules_hash_names_what_is_in_force() -> None:
    hashes = {rules_hash(name, day) for name in (NATIONAL, TEST) for day in (DAY, date(2023, 8, 28), LATE)}
    assert len(hashes) == 6
    assert rules_hash(NATIONAL, DAY) == rules_hash(NATIONAL, date(2021, 12, 17))


def test_a_buyer_is_told_the_last_useful_day(tmp_path: Path) -> None:
    deadline, last, left = surrender_dates(NATIONAL, date(2023, 12, 20)) or pytest.fail("a deadline is known")
    assert (deadline, last, left) == (date(2023, 12, 31), date(2023, 12, 28), 6)
    too_late = surrender_dates(NATIONAL, date(2023, 12, 29))
    assert too_late is not None and too_late.trading_days_left == 0
    assert surrender_dates(NATIONAL, date(2024, 1, 2)) == (date(2024, 12, 31), date(2024, 12, 30), 240)
    mine = tmp_path / "mine.toml"
    generous = (
        ROW.replace('key = "fee.trading_ppm"', 'key = "surrender.transfer_on_trading_days"')
        .replace("value = 50", "value = false")
        .replace('unit = "ppm"\n', "")
    )
    mine.write_text(HEAD + generous.replace("2022-01-01", "2021-07-16"), encoding="utf-8")
    allowed = surrender_dates(str(mine), date(2023, 12, 20))
    assert allowed == (date(2023, 12, 31), date(2023, 12, 29), 7)


def test_the_readme_example_is_true(tmp_path: Path) -> None:
    text = (PAGE.parent / "README.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    names: dict[str, object] = {}
    exec(code, names)  # our own page
    assert rules_on(NATIONAL, DAY).whole_number(RuleKey.LISTED_BAND_PPM) == 100_000
    mine = tmp_path / "mine.toml"
    mine.write_text(text.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    assert rules_on(str(mine), DAY).whole_number(RuleKey.LISTED_BAND_PPM) == 150_000
    assert isinstance(names["members"], tuple) and len(names["members"]) == 24
