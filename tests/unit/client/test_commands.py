"""The terminal client and the operator against the real exchange: what a person types and reads."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.gateway_market import DAY
from exchange.client import Address, BlockingTrader, Outcome, credentials_of
from exchange.client.events import StreamOpened
from exchange.client.words import price_ticks_of
from exchange.commands.client import run_client
from exchange.commands.operator import app
from exchange.errors import UsageError
from exchange.vocabulary.enums import Method, Phase, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import market_time_ns
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


def test_in_the_afternoon_a_block_is_offered_and_accepted_or_declined(
    market: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    market.clock.set(market_time_ns(DAY, 13 * 3600 + 1800))
    with other(market) as trader:
        while all(row.phase != Phase.TRADING for row in trader.phases() if row.method == Method.BLOCK):
            continue
        offers = [_offer(trader, price) for price in ("40.00", "41.00")]
        numbers = [f"#{offer.order_id >> 24}" for offer in offers]
        code, text = client(
            market, capsys, "offers", f"accept {numbers[0]}", f"decline {numbers[1]}", "offers"
        )
        assert code == 0 and "100,000" in text and "traded 100,000 t at 40.00" in text
        assert (
            "block declined" in text and numbers[1] not in text.split("block declined")[1].split("\n", 1)[1]
        )
        code, text = client(market, capsys, "offers", f"accept {numbers[0]}", "trades")
        assert code == 1 and "expected the number of an order shown" in text and "4,000,000.00" not in text
        code, text = client(
            market, capsys, "block buy 40 99999 to 1002", "block buy 40 100000 to 1001", lang="zh"
        )
        assert code == 1 and "数量低于下限" in text and "对手方为本法人" in text


def _offer(trader: BlockingTrader, price: str) -> Outcome:
    return trader.command(
        Kind.BLOCK_OFFER,
        contract_id=1,
        side=Side.SELL,
        price_ticks=price_ticks_of(price),
        quantity_lots=100_000,
        counterparty_account_id=1001,
    )


def test_the_examples_run(market: Running) -> None:
    root = Path(__file__).parents[3]
    for script, words in (("first_trade.py", ()), ("block_watch.py", ("41.00", "0.2"))):
        command = [sys.executable, str(root / "examples" / script), str(market.data), SECOND, *words]
        found = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=root, check=False)
        assert (found.returncode, found.stderr) == (0, "")
        assert "listed, order #" in found.stdout or "cash " in found.stdout
