"""Published days through the market, as commands: all agree, and every kind of wrong figure is noticed."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from benchmarks.official.market import KernelMarket
from benchmarks.official.rows import MalformedFile, read_days
from benchmarks.official.season import MarketFactory, Replay, Totals
from benchmarks.official.tally import FIELDS, known_exceptions
from benchmarks.official_days import last_line, report
from exchange.rulebook import contract_table
from tests.unit.rulebook.official_windows import ReferenceMarket, Row, windows, write_official

MARKETS: list[MarketFactory] = [ReferenceMarket, KernelMarket]
ROOT = Path(__file__).resolve().parents[3]
NONE = dict.fromkeys(FIELDS, 0)


@pytest.fixture(params=MARKETS, ids=["reference", "kernel"])
def market(request: pytest.FixtureRequest) -> MarketFactory:
    factory: MarketFactory = request.param
    return factory


def replay(market: MarketFactory, folder: Path, rows: list[Row]) -> Totals:
    return Replay(market).run(read_days(write_official(folder / "official.csv", rows)))


def changed(window: str, day: str, subject: str, **values: str) -> list[Row]:
    """A window with some fields of one row replaced."""
    rows = [dict(row) for row in windows()[window]]
    found = [row for row in rows if (row["date"], row["subject"]) == (day, subject)]
    assert len(found) == 1
    found[0].update(values)
    return rows


@pytest.mark.parametrize("window", sorted(windows()))
def test_published_days_agree(market: MarketFactory, tmp_path: Path, window: str) -> None:
    totals = replay(market, tmp_path, windows()[window])
    assert totals.tally.mismatches == NONE, totals.tally.differences
    assert totals.rows == len(windows()[window])
    assert totals.trades > 0
    assert bool(totals.tally.excused) is (window == "composite exception")


def test_both_implementations_end_in_the_same_state(tmp_path: Path) -> None:
    rows = windows()["CEA23"]
    hashes = {replay(market, tmp_path, rows).state_hash for market in MARKETS}
    assert len(hashes) == 1


def test_windows_apart_in_one_file_start_new_chains(market: MarketFactory, tmp_path: Path) -> None:
    rows = [row for window in windows().values() for row in window]
    totals = replay(market, tmp_path, rows)
    assert totals.tally.mismatches == NONE, totals.tally.differences
    assert (totals.auction_rows, totals.auction_lots) == (1, 100_000)
    assert (totals.rows, len(totals.tally.excused)) == (len(rows), 1)


@pytest.mark.parametrize(
    ("window", "day", "subject", "values", "fields"),
    [
        ("launch", "2021-07-20", "CEA", {"close": "5329"}, {"close"}),
        ("launch", "2021-07-20", "CEA", {"previous_close": "5231"}, {"base"}),
        ("launch", "2021-07-16", "CEA", {"change": "674"}, {"base"}),
        ("launch", "2021-07-20", "COMCEA", {"close": "5327"}, {"composite"}),
        ("launch", "2021-07-16", "CEA", {"high": "5281"}, {"high", "limits"}),  # a tick above 52.80
        ("launch", "2021-07-23", "CEA", {"high": "6108"}, {"high", "limits"}),  # limit 61.07 from 55.52
        ("CEA23", "2024-10-28", "CEA23", {"open": "10424", "close": ""}, {"open", "base"}),
        ("CEA23", "2024-10-28", "CEA23", {"high": "10425"}, {"high"}),
        ("CEA23", "2024-10-28", "CEA23", {"low": "10425"}, {"low"}),
        ("second-cycle vintages", "2023-08-29", "CEA", {"previous_close": "7445"}, {"base"}),
        ("composite exception", "2024-12-26", "COMCEA", {"close": "9779"}, {"composite"}),
        ("composite exception", "2024-12-27", "COMCEA", {"close": "9773"}, {"composite"}),
    ],
)
def test_a_wrong_published_figure_is_noticed(
    tmp_path: Path, window: str, day: str, subject: str, values: dict[str, str], fields: set[str]
) -> None:
    totals = replay(ReferenceMarket, tmp_path, changed(window, day, subject, **values))
    assert {field for field, count in totals.tally.mismatches.items() if count} == fields
    assert all(difference.row.startswith(day) for difference in totals.tally.differences)
    assert last_line(totals)["listed_exceptions"] == len(totals.tally.excused)


def test_a_blank_field_is_not_compared(tmp_path: Path) -> None:
    blank = dict.fromkeys(("open", "close", "previous_close", "change"), "")
    full = replay(ReferenceMarket, tmp_path, windows()["launch"]).tally.compared
    rows = changed("launch", "2021-07-20", "CEA", **blank)
    found = replay(ReferenceMarket, tmp_path, rows).tally
    assert found.mismatches == NONE
    assert {f: full[f] - found.compared[f] for f in FIELDS} == {
        **NONE,
        "open": 1,
        "close": 1,
        "base": 1,
    }


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"listed_lots": "2", "listed_fen": "10688"}, "2 t traded at 3 different prices"),
        ({"listed_fen": ""}, "listed tonnes without a listed amount"),
        ({"listed_fen": "1"}, "outside the published range"),
        ({"block_lots": "99999", "block_fen": "532799467"}, "below the smallest block"),
        ({"block_lots": "150000", "block_fen": "750000001"}, "no blocks of 100000 t and more at whole ticks"),
        ({"block_lots": "150000", "block_fen": "150000"}, "no blocks of 100000 t and more at whole ticks"),
        ({"block_fen": "5"}, "a block amount of 5 fen without tonnes"),
    ],
)
def test_figures_that_no_trades_can_make_are_left_out_with_a_reason(
    tmp_path: Path, values: dict[str, str], reason: str
) -> None:
    rows = changed("launch", "2021-07-20", "CEA", **values)
    totals = replay(ReferenceMarket, tmp_path, rows)
    assert totals.tally.mismatches == NONE, totals.tally.differences
    assert len(totals.tally.excused) == 1
    assert totals.tally.excused[0].startswith("2021-07-20 CEA: not replayed: ")
    assert reason in totals.tally.excused[0]


def test_a_vintage_the_rulebook_does_not_know_starts_from_the_composite(
    market: MarketFactory, tmp_path: Path
) -> None:
    """Invented rows past the end of rulebook and calendar: base of CEA26 is the composite close 80.00."""

    def row(day: str, subject: str, price: int, previous: str, lots: int) -> Row:
        prices = dict.fromkeys(("open", "high", "low"), str(price)) if lots else {"open": str(price)}
        amounts = {"listed_lots": str(lots), "listed_fen": str(lots * price)}
        empty = dict.fromkeys(("high", "low", "change", "auction_lots", "auction_fen"), "")
        blocks = {"block_lots": "0", "block_fen": "0"}
        names = {"date": day, "subject": subject, "close": str(price), "previous_close": previous}
        return {**empty, **names, **prices, **amounts, **blocks}

    rows = [
        row("2027-01-04", "CEA25", 8000, "7900", 10),
        row("2027-01-04", "COMCEA", 8000, "7900", 10),
        row("2027-01-05", "CEA25", 8100, "8000", 5),
        row("2027-01-05", "CEA26", 8000, "", 0),
        row("2027-01-05", "COMCEA", 8100, "8000", 5),
        row("2027-01-06", "CEA25", 8100, "8100", 0),
        row("2027-01-06", "CEA26", 8800, "8000", 7),
        row("2027-01-06", "COMCEA", 8100, "8100", 7),
    ]
    totals = replay(market, tmp_path, rows)
    assert totals.tally.mismatches == NONE, totals.tally.differences
    assert (totals.trades, totals.tally.excused) == (6, [])


def test_first_bases_of_the_contracts_table_follow_from_the_days_before(tmp_path: Path) -> None:
    for row in contract_table().contract:
        found = [w for w in windows().values() if any(r["date"] == str(row.listed_from) for r in w)]
        if row.code in ("CEA", "CCER") or not found:
            continue
        before = [r for r in found[0] if r["subject"] == "COMCEA" and r["date"] < str(row.listed_from)][-1]
        assert int(before["close"]) == row.first_base_ticks


def test_exceptions_are_data_with_both_numbers() -> None:
    known = known_exceptions()
    assert [(row.date, row.subject, row.field) for row in known] == [
        (date(2024, 12, 26), "COMCEA", "composite")
    ]
    assert all(row.published_ticks != row.computed_ticks and row.source == "S-DATA" for row in known)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2021-07-19,CEA,", "2021-07-16,CEA,", "expected 2021-07-16 CEA once, found it twice"),
        ("130800", "130800.5", "line 4: expected whole tonnes, found '130800.5'"),
        ("52.80", "52.805", "line 2: expected at most two decimals"),
        ("2021-07-19,CEA,", "2021-07-19,XEA,", "line 4: expected a subject CEA"),
        ("2021-07-19,CEA,", "19.7.2021,CEA,", "line 4: Invalid isoformat"),
        ("prev_close", "previous", r"expected the columns .*found none named \['prev_close'\]"),
        ("52.80", "n/a", "line 2: expected a decimal number"),
    ],
)
def test_a_malformed_file_is_refused_naming_the_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = write_official(tmp_path / "official.csv", windows()["launch"])
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(MalformedFile, match=message):
        read_days(path)


@pytest.mark.timeout(300)  # the process may have to compile the kernel on a busy machine
def test_the_command_line_ends_with_one_json_object(tmp_path: Path) -> None:
    path = write_official(tmp_path / "official.csv", windows()["launch"])
    command = [sys.executable, "-m", "benchmarks.official_days", "--csv", str(path), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=True)
    result = json.loads(done.stdout)
    assert list(result) == ["rows", "commands", "trades", "state_hash", "mismatches", "listed_exceptions"]
    assert result == last_line(replay(ReferenceMarket, tmp_path, windows()["launch"]))


def test_the_report_names_every_mismatch_and_exception(tmp_path: Path) -> None:
    rows = changed("composite exception", "2024-12-27", "CEA", close="9690")
    days = read_days(write_official(tmp_path / "official.csv", rows))
    lines = report(days, Replay(ReferenceMarket).run(days), 1.0)
    assert "MISMATCH 2024-12-27 CEA close: published 9690, found 9689" in lines
    assert any(line.startswith("exception: 2024-12-26 COMCEA composite: closes 97.50") for line in lines)
    assert report([], Replay(ReferenceMarket).run([]), 0.0) == ["no days in the file"]


def test_the_whole_official_file_agrees(official_csv: Path) -> None:
    totals = Replay(KernelMarket).run(read_days(official_csv))
    assert totals.tally.mismatches == NONE, totals.tally.differences
    assert [text.split(":")[0] for text in totals.tally.excused] == ["2024-12-26 COMCEA composite"]
    assert (totals.rows, totals.tally.compared["composite"]) == (2379, 840)
