"""Wuhan's line to a bank, with a core of plain dicts: cut, restarted, gaps, duplicates, always one end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import httpx
import msgspec
import pytest

from settlement.api.bank_client import BankAway, BankClient, BankRefused
from settlement.api.bank_line import BankLine, View
from settlement.bank.app import Counter, make_app
from settlement.bank.books import Rules
from settlement.bank.store import BankStore, Identity
from settlement.bank.teller import Teller
from settlement.errors import CorruptionError, expect
from settlement.vocabulary.banking import BankBalance, BankInstruction, BankMovement, BankOrder, BankWord
from tests.unit.settlement.bank.conftest import OPENING

TOKEN = "secret"
INSTRUCTIONS = [
    BankInstruction("op/1/pay-out", BankOrder.PAY_OUT, 1001, 20),
    BankInstruction("d/1/settle/1003", BankOrder.SETTLE, 1003, -100),
    BankInstruction("op/2/pay-out", BankOrder.PAY_OUT, 1009, 5),
    BankInstruction("d/1/send/1-2", BankOrder.SEND, 0, 300, 2),
    BankInstruction("d/1/settle/1005", BankOrder.SETTLE, 1005, 100),
]
END = ["paid-out", "settled", "rejected", "sent", "settled"]


class FakeCore:
    """Keeps what it is told in dicts, and is as strict as the real one about numbers."""

    def __init__(self, instructions: Sequence[BankInstruction] = ()) -> None:
        self.open = {one.instruction_id: one for one in instructions}
        self.stream: list[BankMovement] = []
        self.compared: list[BankBalance] = []
        self.days = 0

    async def view(self, bank_id: int) -> View:
        return View(len(self.stream), list(self.open.values()), self.days, (len(self.stream),))

    async def take(self, bank_id: int, movements: Sequence[BankMovement]) -> None:
        for movement in movements:
            expect("next movement", len(self.stream) + 1, movement.number)
            if movement.word is not BankWord.PAID_IN:
                if movement.instruction_id not in self.open:
                    raise CorruptionError("instruction", "an open one", movement.instruction_id)
                del self.open[movement.instruction_id]
            self.stream.append(movement)

    async def compare(self, bank_id: int, balance: BankBalance) -> None:
        self.compared.append(balance)


Meddle = Callable[[bool, httpx.Request, httpx.Response], httpx.Response]


class Meddler(httpx.AsyncBaseTransport):
    """The wire to the bank's application, with somebody in the middle who changes what comes back."""

    def __init__(self, app: httpx.ASGITransport, meddle: Meddle) -> None:
        self._app = app
        self._meddle = meddle
        self._chance = Random(1)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._app.handle_async_request(request)
        await answer.aread()
        return self._meddle(self._chance.random() < 0.4, request, answer)


def honest(is_hit: bool, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    return answer


@asynccontextmanager
async def bank_of(path: Path, meddle: Meddle = honest) -> AsyncIterator[Callable[[], BankClient]]:
    """A bank's real application and store; gives who opens a client to it."""
    counter = Counter()

    def make() -> tuple[BankStore, Teller]:
        store = BankStore.open(path, Identity(1, "season-2021", 6), OPENING)
        return store, Teller(store, Rules(frozenset({2})))

    await counter.open(make)
    wire = Meddler(httpx.ASGITransport(make_app(counter, TOKEN)), meddle)
    try:
        yield lambda: BankClient(1, "http://bank", TOKEN, wire)
    finally:
        await counter.close()


async def until_answered(line: BankLine, core: FakeCore) -> None:
    """Run the line until everything is answered; what stops it comes out here."""
    running = asyncio.create_task(line.run())
    try:
        while core.open:
            if running.done():
                running.result()
            await asyncio.sleep(0)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_instructions_out_movements_in(tmp_path: Path) -> None:
    core = FakeCore(INSTRUCTIONS)
    async with bank_of(tmp_path / "bank.sqlite") as open_client:
        await until_answered(BankLine(1, core, open_client), core)
    assert [one.word for one in core.stream] == END
    assert [one.instruction_id for one in core.stream] == [one.instruction_id for one in INSTRUCTIONS]
    assert core.stream[2].reason == "no sub-ledger of account 1009 at this bank"


def lost(is_hit: bool, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """Many an answer never comes, though the bank has done what was asked."""
    if not is_hit:
        return answer
    raise httpx.ReadError("line cut", request=request)


def duplicated(is_hit: bool, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """Every movement twice."""
    if "/movements" not in request.url.path:
        return answer
    twice = [movement for movement in answer.json() for _ in range(2)]
    return httpx.Response(200, json=twice, request=request)


def with_old_pages(is_hit: bool, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """Many a page is an old one: nothing had been told yet."""
    if "/movements" not in request.url.path or not is_hit:
        return answer
    return httpx.Response(200, json=[], request=request)


def with_gaps(is_hit: bool, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """Of many a page the first movement is missing."""
    if "/movements" not in request.url.path or not is_hit:
        return answer
    return httpx.Response(200, json=answer.json()[1:], request=request)


def broken(is_hit: bool, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """Many an answer is something else."""
    return answer if not is_hit else httpx.Response(200, content=b"[{]", request=request)


@pytest.mark.parametrize("meddle", [lost, duplicated, with_old_pages, with_gaps, broken])
async def test_whatever_the_wire_does_the_end_is_the_same(
    tmp_path: Path, meddle: Meddle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("settlement.api.bank_line.BANK_TICK_MS", 0)
    monkeypatch.setattr("settlement.api.bank_line.RECONNECT_FIRST_MS", 1)
    monkeypatch.setattr("settlement.api.bank_line.RECONNECT_MAX_MS", 1)
    core = FakeCore(INSTRUCTIONS)
    async with bank_of(tmp_path / "bank.sqlite", meddle) as open_client:
        await until_answered(BankLine(1, core, open_client), core)
    assert sorted(one.word for one in core.stream) == sorted(END)
    assert [one.number for one in core.stream] == [1, 2, 3, 4, 5]
    async with bank_of(tmp_path / "bank.sqlite") as open_client, open_client() as client:
        balance = await client.balance()
    assert balance == BankBalance(5, 2_680, {1001: 980, 1003: 900, 1005: 1_100})


async def test_books_are_compared_once_when_all_is_answered(tmp_path: Path) -> None:
    core = FakeCore(INSTRUCTIONS)
    async with bank_of(tmp_path / "bank.sqlite") as open_client, open_client() as client:
        line = BankLine(1, core, open_client)
        await line.look(client)
        await line.look(client)
        assert core.compared == []  # no day is over
        core.days = 1
        for _ in range(3):
            await line.look(client)
        assert [balance.number for balance in core.compared] == [5]
        await client.pay_in("slip/1", 1001, 7)
        for _ in range(3):
            await line.look(client)
        assert [balance.number for balance in core.compared] == [5, 6]


async def test_a_closed_bank_is_told_once_and_answers_when_it_opens(tmp_path: Path) -> None:
    asked: list[str] = []

    def count(is_hit: bool, request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        asked.append(request.method)
        return answer

    core = FakeCore(INSTRUCTIONS)
    async with bank_of(tmp_path / "bank.sqlite", count) as open_client, open_client() as client:
        await client.set_open(False)
        line = BankLine(1, core, open_client)
        for _ in range(3):
            await line.look(client)
        assert (asked.count("PUT"), core.stream) == (len(INSTRUCTIONS), [])
        await client.set_open(True)
        await line.look(client)
    assert core.open == {}


async def test_a_bank_that_lost_its_books_is_not_followed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    core = FakeCore()
    core.stream = [BankMovement(number, BankWord.PAID_IN, f"{number}", 1001, 1) for number in (1, 2)]
    async with bank_of(tmp_path / "bank.sqlite") as open_client:
        line = BankLine(1, core, open_client)
        running = asyncio.create_task(line.run())
        while not caplog.records:  # noqa: ASYNC110 (a log record rings no bell)
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert not line.is_up
    assert caplog.records[0].levelno == logging.ERROR
    assert "expected 2 or later, found 0: its store was lost" in caplog.text


async def test_what_the_core_finds_corrupt_ends_the_line(tmp_path: Path) -> None:
    core = FakeCore([BankInstruction("never answered", BankOrder.SETTLE, 1001, -1_001)])
    async with bank_of(tmp_path / "bank.sqlite") as open_client:
        async with open_client() as client:
            await client.instruct(BankInstruction("not-asked", BankOrder.SETTLE, 1001, 1))
        with pytest.raises(CorruptionError, match="expected an open one, found not-asked"):
            await until_answered(BankLine(1, core, open_client), core)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/instructions/a", {"order": "pay-out", "account_id": 1001}, 400),
        ("PUT", "/instructions/a", {"order": "steal", "account_id": 1001, "amount_fen": 1}, 400),
        ("PUT", "/instructions/a", {"order": "pay-out", "account_id": 1001, "amount_fen": 1.5}, 400),
        ("PUT", "/instructions/a", {"order": "pay-out", "account_id": 1001, "amount_fen": 10**16}, 400),
        ("PUT", "/instructions/a", {"order": "pay-out", "account_id": 1001, "amount_fen": 0}, 400),
        ("PUT", "/instructions/a%20b", {"order": "pay-out", "account_id": 1001, "amount_fen": 1}, 400),
        ("PUT", "/instructions/a", {"order": "pay-out", "account_id": 1, "amount_fen": 1, "x": 1}, 400),
        ("POST", "/deposits", {"reference": "a", "account_id": 1001, "amount_fen": -1}, 400),
        ("POST", "/deposits", {"reference": "a" * 5_000, "account_id": 1001, "amount_fen": 1}, 400),
        ("POST", "/deposits", {"reference": "a", "account_id": 1002, "amount_fen": 1}, 409),
        ("GET", "/movements?after=-1", None, 400),
        ("GET", "/movements?after=9999999999999999999", None, 400),
        ("GET", "/elsewhere", None, 404),
    ],
)
async def test_what_is_malformed_is_said_and_changes_nothing(
    tmp_path: Path, method: str, path: str, body: object, status: int
) -> None:
    counter = Counter()
    store_path = tmp_path / "bank.sqlite"

    def make() -> tuple[BankStore, Teller]:
        store = BankStore.open(store_path, Identity(1, "season-2021", 6), OPENING)
        return store, Teller(store, Rules(frozenset({2})))

    await counter.open(make)
    app = httpx.ASGITransport(make_app(counter, TOKEN))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=app, base_url="http://bank") as client:
        content = None if body is None else msgspec.json.encode(body)
        answer = await client.request(method, path, content=content, headers=headers)
        assert answer.status_code == status, answer.text
        assert (await client.get("/balances")).status_code == 401
        assert (await client.get("/balances", headers=headers)).json()["number"] == 0
    await counter.close()


async def test_the_client_tells_a_bank_that_is_away_from_one_that_refuses(tmp_path: Path) -> None:
    with pytest.raises(BankAway, match="bank 1: expected it to run, found"):
        BankClient.open(tmp_path, 1)
    async with bank_of(tmp_path / "bank.sqlite") as open_client, open_client() as client:
        await client.instruct(INSTRUCTIONS[0])
        with pytest.raises(BankRefused, match="409 .*op/1/pay-out is known"):
            await client.instruct(INSTRUCTIONS[0]._replace(amount_fen=21))
