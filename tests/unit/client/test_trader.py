"""The trader over real sockets: outcomes, queries, loss and resume, the next day, plain code."""

import asyncio
import contextlib
import inspect
from itertools import islice
from pathlib import Path

import pytest

from exchange.client import (
    Address,
    BlockingTrader,
    ConnectionLost,
    Credentials,
    CredentialsUnusable,
    LoginRefused,
    QueryRefused,
    Result,
    Trader,
    VersionUnknown,
    load_credentials,
)
from exchange.client.courier import Courier
from exchange.client.events import Trade
from exchange.vocabulary.enums import OrderKind, QueryKind, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION
from exchange.vocabulary.records import make
from exchange.vocabulary.rejects import RejectReason
from tests.unit.client.server import Peer, ScriptedExchange, kinds

LOGIN = 101
CREDENTIALS = Credentials("SHEM01", "secret", LOGIN, 16, 1001, "示例电厂 001")


class Exchange(ScriptedExchange):
    """Answers queries and accepts listings; commands can be swallowed to play a crash."""

    def __init__(self) -> None:
        super().__init__(self.reply)
        self.swallow_next = False
        self.drop_after_next = False
        self.highest = 0

    def reply(self, peer: Peer, record: dict[str, int | bytes]) -> None:
        if record["kind"] == Kind.QUERY:
            self._answer_query(peer, int(record["query"]))
            return
        if self.swallow_next:
            self.swallow_next = False
            peer.drop()
            return
        reference = int(record["user_reference"])
        if reference <= self.highest:
            head = {"user_reference": reference, "login_id": LOGIN, "sequence": len(self.stream) + 1}
            reason = RejectReason.DUPLICATE_REFERENCE
            self.publish(make(Kind.REJECTED, **head, reason=reason, highest_reference=self.highest))
            return
        self.highest = reference
        accepted = make(Kind.ACCEPTED, user_reference=reference, login_id=LOGIN, order_id=reference << 24,
                        order_kind=OrderKind.LISTING, sequence=len(self.stream) + 1)  # fmt: skip
        if self.drop_after_next:
            self.drop_after_next = False
            self.stream.append(accepted)
            peer.drop()
        else:
            self.publish(accepted)

    def _answer_query(self, peer: Peer, query: int) -> None:
        if query == QueryKind.CASH:
            peer.write(make(Kind.REPLY_CASH, available_fen=500))
        if query == QueryKind.STATUS:
            refused = make(Kind.REFUSED, command_kind=Kind.QUERY, reason=RejectReason.NOT_AUTHORISED)
            peer.write(refused)
            return
        peer.write(make(Kind.REPLY_END, query=query, sequence=len(self.stream)))

    @property
    def address(self) -> Address:
        return Address("127.0.0.1", self.port)

    def commands(self) -> list[int]:
        """References of the listings received."""
        return [int.from_bytes(r[4:8], "little") for r in self.received if r[3] == Kind.LISTING]


def sell(trader: Trader):  # type: ignore[no-untyped-def]
    return trader.listing(Side.SELL, "48.00", 10, contract_id=1)


async def test_a_listing_is_answered_with_its_order() -> None:
    async with Exchange() as exchange, await Trader.open(CREDENTIALS, exchange.address) as trader:
        outcome = await sell(trader)
        assert outcome.accepted and outcome.order_id == 1 << 24
        assert (await trader.cash()).available_fen == 500


async def test_many_commands_and_queries_at_once_each_get_their_own_answer() -> None:
    async with Exchange() as exchange, await Trader.open(CREDENTIALS, exchange.address) as trader:
        outcomes = await asyncio.gather(*(sell(trader) for _ in range(20)))
        assert [outcome.user_reference for outcome in outcomes] == list(range(1, 21))
        answers = await asyncio.gather(trader.cash(), trader.orders(), trader.cash())
        assert [getattr(a, "available_fen", a) for a in answers] == [500, [], 500]


async def test_a_refused_query_is_an_error_and_the_session_goes_on() -> None:
    async with Exchange() as exchange, await Trader.open(CREDENTIALS, exchange.address) as trader:
        with pytest.raises(QueryRefused, match="NOT_AUTHORISED"):
            await trader.status()
        assert (await trader.cash()).available_fen == 500


async def test_a_command_lost_on_the_way_is_sent_again_under_its_reference() -> None:
    async with Exchange() as exchange, await Trader.open(CREDENTIALS, exchange.address) as trader:
        exchange.swallow_next = True
        outcome = await sell(trader)
        assert outcome.accepted and exchange.commands() == [1, 1] and trader.connections == 2


async def test_a_command_whose_answer_was_lost_is_not_executed_twice() -> None:
    async with Exchange() as exchange, await Trader.open(CREDENTIALS, exchange.address) as trader:
        exchange.drop_after_next = True
        first = await sell(trader)
        second = await sell(trader)
        assert first.accepted and second.accepted
        assert [k for k in kinds(exchange.stream) if k is Kind.ACCEPTED] == [Kind.ACCEPTED] * 2
        assert exchange.logins[-1].next_number == 1 and exchange.logins[-1].session == "211216000G"


async def test_events_are_seen_once_and_in_order_across_a_loss() -> None:
    async with Exchange() as exchange:
        seen: list[int] = []
        got_all = asyncio.Event()

        def listen(event: object) -> None:
            assert isinstance(event, Trade)
            seen.append(event.match_id)
            if len(seen) == 4:
                got_all.set()

        exchange.publish(*(make(Kind.TRADE, match_id=n) for n in (1, 2)))
        trader = await Trader.open(CREDENTIALS, exchange.address, listeners=(listen,))
        exchange.peers[0].drop()
        exchange.publish(*(make(Kind.TRADE, match_id=n) for n in (3, 4)))
        await got_all.wait()
        assert seen == [1, 2, 3, 4]
        await trader.close()


async def test_a_second_program_of_the_login_continues_above_the_first() -> None:
    async with Exchange() as exchange:
        async with await Trader.open(CREDENTIALS, exchange.address) as trader:
            await sell(trader)
        async with await Trader.open(CREDENTIALS, exchange.address) as trader:
            assert (await sell(trader)).user_reference == 2


async def test_the_next_day_begins_with_reference_one_on_the_new_stream() -> None:
    async with Exchange() as exchange, await Trader.open(CREDENTIALS, exchange.address) as trader:
        await sell(trader)
        exchange.swallow_next = True
        waiting = asyncio.create_task(sell(trader))
        await exchange.lost.wait()
        exchange.next_day("211217000G")
        exchange.highest = 0
        assert (await waiting).result is Result.UNKNOWN
        assert (await sell(trader)).user_reference == 1
        assert trader.session == "211217000G"


async def test_between_days_it_waits_until_the_new_stream_is_there() -> None:
    async with Exchange() as exchange, await Trader.open(CREDENTIALS, exchange.address) as trader:
        exchange.closed = True
        exchange.next_day("211217000G")
        while len(exchange.logins) < 3:
            await asyncio.wait_for(exchange.lost.wait(), 5)
            exchange.lost.clear()
        exchange.closed = False
        assert (await sell(trader)).accepted


async def test_a_patient_trader_waits_for_the_exchange_and_an_impatient_one_does_not() -> None:
    async with Exchange() as exchange:
        asked = 0

        def locate() -> Address:
            nonlocal asked
            asked += 1
            if asked < 3:
                raise CredentialsUnusable("no exchange runs", "start one")
            return exchange.address

        with pytest.raises(CredentialsUnusable):
            await Trader.open(CREDENTIALS, locate)
        async with await Trader.open(CREDENTIALS, locate, is_patient=True) as trader:
            assert (await sell(trader)).accepted


@pytest.mark.parametrize("is_patient", [True, False])
async def test_a_wrong_password_is_final(is_patient: bool) -> None:
    async with Exchange() as exchange:
        wrong = Credentials("SHEM01", "wrong", LOGIN, 16, 1001)
        with pytest.raises(LoginRefused):
            await Trader.open(wrong, exchange.address, is_patient=is_patient)
        assert "wrong" not in repr(wrong)


async def test_closing_ends_whoever_waits() -> None:
    async with Exchange() as exchange:
        exchange.answer = lambda peer, record: (
            None if record["kind"] == Kind.LISTING else exchange.reply(peer, record)
        )
        trader = await Trader.open(CREDENTIALS, exchange.address)
        waiting = asyncio.create_task(sell(trader))
        await asyncio.sleep(0)
        await trader.close()
        with pytest.raises(ConnectionLost, match="closed"):
            await waiting
        with pytest.raises(ConnectionLost):
            await sell(trader)


async def test_events_are_iterated() -> None:
    async with Exchange() as exchange, await Trader.open(CREDENTIALS, exchange.address) as trader:
        events = trader.events()
        first = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        exchange.publish(make(Kind.TRADE, match_id=5))
        event = await first
        assert isinstance(event, Trade) and event.match_id == 5
        await events.aclose()  # type: ignore[attr-defined]


async def test_plain_code_trades_without_asyncio() -> None:
    async with Exchange() as exchange:

        def trade() -> tuple[bool, int, int]:
            with BlockingTrader.open(CREDENTIALS, exchange.address, timeout_s=10) as trader:
                outcome = trader.listing(Side.BUY, 4800, 5, contract_id=1)
                event = trader.next_event(10)
                assert event is not None and trader.next_event(0) is None
                return outcome.accepted, trader.cash().available_fen, len(trader.orders())

        assert await asyncio.to_thread(trade) == (True, 500, 0)
        wrong = Credentials("SHEM01", "wrong", LOGIN, 16, 1001)
        with pytest.raises(LoginRefused):
            await asyncio.to_thread(BlockingTrader.open, wrong, exchange.address)


def test_credentials_are_refused_when_others_could_read_them(tmp_path: Path) -> None:
    path = tmp_path / "E00001.json"
    text = '{"user":"E00001","password":"p","login_id":101,"member_id":16,"account_id":1001,"name":"n"}'
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
    with pytest.raises(CredentialsUnusable, match="expected mode 0600, found 0644"):
        load_credentials(path)
    path.chmod(0o600)
    assert load_credentials(path).account_id == 1001
    with pytest.raises(CredentialsUnusable, match="E00001"):
        load_credentials(tmp_path / "E99999.json")
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(CredentialsUnusable, match="cannot be read"), contextlib.suppress(OSError):
        load_credentials(path)


async def test_an_exchange_of_another_version_ends_the_trader_for_good() -> None:
    async with Exchange() as exchange:
        exchange.publish(make(Kind.STREAM_OPENED, version=PROTOCOL_VERSION + 1))
        with pytest.raises(VersionUnknown):
            await Trader.open(CREDENTIALS, exchange.address, is_patient=True)
        assert len(exchange.logins) == 1 and exchange.commands() == []


def test_plain_code_has_every_call_of_the_trader_under_its_name_and_with_its_parameters() -> None:
    """`start` is what `open` does; an iterator of events is there for both, each of its own kind."""
    for name, member in inspect.getmembers(Trader):
        if name.startswith("_") or name in ("open", "start", "events"):
            continue
        blocking = getattr(BlockingTrader, name)
        if inspect.iscoroutinefunction(member):
            ours = list(inspect.signature(blocking).parameters.values())[1:]
            assert ours == list(inspect.signature(member).parameters.values())[1:], name
            assert inspect.getdoc(blocking), name
    states = {name for name in vars(Courier(CREDENTIALS, lambda: Address("", 0))) if not name.startswith("_")}
    assert all(isinstance(getattr(BlockingTrader, name), property) for name in states)
    options = inspect.signature(Trader.open).parameters.keys()
    assert options <= inspect.signature(BlockingTrader.open).parameters.keys()


async def test_plain_code_iterates_events_and_ends_when_it_likes() -> None:
    async with Exchange() as exchange:
        loop = asyncio.get_running_loop()

        def read() -> list[int]:
            with BlockingTrader.open(CREDENTIALS, exchange.address, timeout_s=10) as trader:
                events = trader.events()
                trades = (make(Kind.TRADE, match_id=number) for number in (7, 8, 9))
                loop.call_soon_threadsafe(exchange.publish, *trades)
                found = [event.match_id for event in islice(events, 2) if isinstance(event, Trade)]
                assert trader.is_connected and trader.connections == 1 and trader.session == "211216000G"
                return found

        assert await asyncio.to_thread(read) == [7, 8]
