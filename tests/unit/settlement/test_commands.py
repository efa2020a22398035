"""The command line on a store that was settled, one that is held, and one that is not there."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from settlement.__main__ import app, main
from settlement.clearing.fault import Fault
from settlement.errors import ConfigurationError
from settlement.store.database import Store
from tests.unit.settlement.fake_shanghai import FakeShanghai
from tests.unit.settlement.test_day import FEES, TRADES
from tests.unit.settlement.town import Town


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def played(data: Path, fault: Fault | None = None) -> Path:
    folder = data / "wuhan"
    folder.mkdir()
    town = Town(folder, fault=fault)
    town.play(FakeShanghai(**FEES), TRADES)
    town.kill()
    return data


@pytest.fixture
def settled(tmp_path: Path) -> str:
    return str(played(tmp_path))


@pytest.fixture
def held(tmp_path: Path) -> str:
    return str(played(tmp_path, Fault.LOST_TRADE))


def test_status_tells_stage_days_and_head(settled: str) -> None:
    result = run("status", "--data", settled)
    assert result.exit_code == 0
    assert "2021-12-16: stage STATED, run 1" in result.output
    assert "3 trades settled, 150,307 t, 0 break(s)" in result.output


def test_status_names_open_breaks(held: str) -> None:
    result = run("status", "--data", held)
    assert "open break: account 1001, CEA, units: other side 1,150,293, registry 1,150,300" in result.output


def test_check_proves_the_ledger(settled: str) -> None:
    result = run("check", "--data", settled)
    assert result.exit_code == 0
    assert "ledger proven: 5 blocks, 8 entries" in result.output


def test_check_fails_on_a_changed_balance(settled: str) -> None:
    store = Store.open(Path(settled) / "wuhan" / "wuhan.sqlite")
    store.execute("UPDATE ledger_balance SET balance = balance + 1 WHERE balance > 0 AND is_contra = 0")
    store.close()
    result = run("check", "--data", settled)
    assert result.exit_code == 4
    assert "LEDGER WRONG: balance of" in result.output


def test_reconcile_again_from_the_postings(settled: str) -> None:
    result = run("reconcile", "--data", settled, "--day", "2021-12-16")
    assert result.exit_code == 0
    assert "2021-12-16 (delivered): 4 accounts, 3 trades, 0 break(s)" in result.output


def test_reconcile_names_the_accounts_of_a_held_day(held: str) -> None:
    result = run("reconcile", "--data", held, "--day", "2021-12-16")
    assert result.exit_code == 3
    assert "BREAK: account 1003, CEA, units" in result.output
    assert "(cleared, not delivered)" in result.output


def test_statement_is_the_file_that_was_written(settled: str) -> None:
    result = run("statement", "--data", settled, "--account", "1004", "--day", "2021-12-16")
    written = Path(settled) / "wuhan" / "statements" / "2021-12-16" / "1004.csv"
    assert result.exit_code == 0
    assert result.output == written.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("statement", "--account", "4711", "--day", "2021-12-16"), "expected an account from 1001 to 1004"),
        (("statement", "--account", "1001", "--day", "2021-12-17"), "no day 2021-12-17 in the store"),
        (("reconcile", "--day", "2021-12-17"), "no day 2021-12-17 in the store"),
    ],
)
def test_a_wrong_question_gets_a_clear_answer(settled: str, arguments: tuple[str, ...], words: str) -> None:
    result = run(*arguments, "--data", settled)
    assert result.exit_code == 2
    assert words in result.output


def test_no_statement_of_a_held_day(held: str) -> None:
    result = run("statement", "--data", held, "--account", "1001", "--day", "2021-12-16")
    assert result.exit_code == 2
    assert "is in stage REFUSED: expected a delivered day" in result.output


def test_a_missing_store_is_named(tmp_path: Path) -> None:
    result = run("status", "--data", str(tmp_path))
    assert result.exit_code == 2
    assert "wuhan.sqlite does not exist" in result.output


def test_balances_end_with_one_json_object(held: str) -> None:
    result = run("balances", "--data", held, "--json")
    sheet = json.loads(result.output.splitlines()[-1])
    assert sheet["settled_trades"] == 0
    assert sheet["days"] == [
        {"date": "2021-12-16", "trades": 0, "tonnes": 0, "amount_fen": 0, "stage": "REFUSED"}
    ]
    assert {found["account_id"] for found in sheet["breaks"]} == {0, 1001, 1003}
    assert {"account_id", "contract", "what", "exchange", "registry"} == set(sheet["breaks"][0])


def test_serve_refuses_a_foreign_address() -> None:
    from settlement.assembly import serve
    from settlement.config import Settings

    settings = Settings(data=Path("."), scenario="season-2021", members=8, http_host="0.0.0.0")
    with pytest.raises(ConfigurationError, match="elsewhere it needs TLS"):
        serve(settings)


def test_a_store_of_another_version_stops_with_expected_and_found(
    settled: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store.open(Path(settled) / "wuhan" / "wuhan.sqlite")
    store.execute("PRAGMA user_version = 999")
    store.close()
    monkeypatch.setattr("sys.argv", ["settlement", "status", "--data", settled])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 4
    assert "found version 999" in capsys.readouterr().err
