"""The terminal client and the operator against the real exchange: what a person types and reads."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exchange.client import Address, BlockingTrader, credentials_of
from exchange.client.events import StreamOpened
from exchange.commands.client import run_client
from exchange.commands.operator import app
from exchange.errors import UsageError
from exchange.vocabulary.enums import Side
from exchange.vocabulary.rejects import RejectReason
from tests.unit.net.running import Running, running_exchange

FIRST, SECOND = "B00000", "B00001"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One exchange in its morning session for all tests here; each leaves the board as it found it."""
    with running_exchange(tmp_path_factory.mktemp("data")) as running:
        (running.data / "run").mkdir()
        address = {"host": "127.0.0.1", "port": running.port, "pid": 0}
        (running.data / "run" / "shanghai.json").write_text(json.dumps(address), encoding="utf-8")
        yield running


def client(
    market: Running, capsys: pytest.CaptureFixture[str], *lines: str, lang: str = "en"
) -> tuple[int, str]:
    code = run_client(market.data, FIRST, lang, lines)
    return code, capsys.readouterr().out


def operator(market: Running, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*words, "--data", str(market.data)])
    if isinstance(result.exception, UsageError):
        return 2, str(result.exception)
    return result.exit_code, result.output


def other(market: Running) -> BlockingTrader:
    return BlockingTrader.open(credentials_of(market.data, SECOND), Address("127.0.0.1", market.port))


def test_a_person_lists_takes_and_cancels(market: Running, capsys: pytest.CaptureFixture[str]) -> None:
    with other(market) as trader:
        listed = trader.listing(Side.SELL, "42.60", 500, contract_id=1)
        number = f"#{listed.order_id >> 24}"
        code, text = client(market, capsys, "board", f"take buy 43 200 {number}", "holdings", "trades")
        assert code == 0 and "band 38.25 – 46.75" in text and "42.60" in text and number in text
        assert "traded 200 t at 42.60 on average" in text
        assert trader.orders()[0].remaining_lots == 300
        assert trader.cancel(listed.order_id).accepted
    code, text = client(market, capsys, "list buy 42 70", "orders", "cash")
    assert code == 0 and "listed, order #" in text and "in orders 2,940.00" in text
    mine = text.split("listed, order #")[1].split()[0]
    code, text = client(market, capsys, f"cancel #{mine}", f"撤单 #{mine}", "orders")
    assert code == 1 and "cancelled, order #" in text and "expected the number of an order shown" in text


@pytest.mark.parametrize(
    ("line", "lang", "says"),
    [
        ("list buy 60 1", "en", "the limit is 46.75"),
        ("list buy 60 1", "zh", "价格超出涨跌幅"),
        ("take sell 42 5", "en", "NOTHING_TO_TAKE"),
        ("block sell 42 100000 to 1002", "zh", "当前阶段不接受该指令"),
        ("list buy 42 1 CEA99", "en", "expected a contract of today (CEA), found 'CEA99'"),
        ("accept #3", "en", "expected the number of an order shown"),
        ("buy everything", "en", "expected a command"),
    ],
)
def test_a_refusal_is_words_and_exit_code_one(
    market: Running, capsys: pytest.CaptureFixture[str], line: str, lang: str, says: str
) -> None:
    code, text = client(market, capsys, line, lang=lang)
    assert code == 1 and says in text.replace("\n", " ")


def test_lines_may_come_through_a_pipe(
    market: Running, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("lang zh\n资金\n规则\n帮助\nquit\nlist buy 60 1\n"))
    code, text = client(market, capsys)
    assert code == 0 and "可用资金" in text and "现行规则" in text and "价格超出" not in text


def test_without_a_login_or_an_exchange_it_says_what_to_do(market: Running, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name one of the logins"):
        run_client(market.data, "B99999", "en", ("board",))
    with pytest.raises(UsageError, match="no member's credentials"):
        run_client(tmp_path, "", "en", ("board",))
    with pytest.raises(UsageError, match="--lang"):
        run_client(market.data, FIRST, "de", ("board",))


def test_halt_and_resume_act_on_everybody(market: Running, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = operator(market, "halt", "--reason", "technical", "--expected", "10:30")
    assert code == 0 and "halted" in text and "technical failure" in text and "10:30" in text
    code, text = operator(market, "status")
    assert code == 0 and "market HALTED" in text and "listed: trading" in text
    code, text = client(market, capsys, "list buy 42 1")
    assert code == 1 and "MARKET_HALTED" in text
    assert operator(market, "resume")[0] == 0
    assert "market not halted" in operator(market, "status")[1]


@pytest.mark.parametrize(
    ("level", "subject", "reason"),
    [
        ("market", "", RejectReason.MARKET_KILLED),
        ("contract", "CEA", RejectReason.CONTRACT_KILLED),
        ("member", FIRST, RejectReason.MEMBER_KILLED),
        ("login", FIRST, RejectReason.LOGIN_KILLED),
    ],
)
def test_kill_and_restore_act_at_their_level(
    market: Running, capsys: pytest.CaptureFixture[str], level: str, subject: str, reason: RejectReason
) -> None:
    words = ["--level", level, *(["--subject", subject] if subject else [])]
    assert operator(market, "kill", *words)[0] == 0
    code, text = client(market, capsys, "list buy 42 1")
    assert code == 1 and reason.name in text
    assert operator(market, "restore", *words)[0] == 0
    code, text = client(market, capsys, "list buy 42 1")
    assert code == 0
    client(market, capsys, f"cancel #{text.split('order #')[1].split()[0]}")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("kill", "--level", "member", "--subject", "999"), 1, "UNKNOWN_LEVEL"),
        (("kill", "--level", "contract", "--subject", "XX"), 2, "no contract XX today"),
        (("kill", "--level", "contract"), 2, "needs a subject"),
        (("halt", "--subject", "CEA"), 2, "the market level has no subject"),
        (("halt", "--expected", "25:99"), 2, "expected HH:MM"),
        (("restore", "--level", "login", "--subject", "NOBODY"), 2, "name one of the logins"),
    ],
)
def test_an_operators_mistake_changes_nothing_and_says_why(
    market: Running, words: tuple[str, ...], code: int, says: str
) -> None:
    assert operator(market, *words)[0] == code
    assert says in operator(market, *words)[1]
    assert "market not halted" in operator(market, "status")[1]


def test_plain_code_sees_its_stream_from_the_first_record(market: Running) -> None:
    with other(market) as trader:
        first = trader.next_event(10)
        assert (
            isinstance(first, StreamOpened)
            and first.stream_id == credentials_of(market.data, SECOND).member_id
        )
        assert [row.code for row in trader.contracts()] == ["CEA"]
