"""Every new command over real sockets: two operators make a contract continuous, members use what it has."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from benchmarks.gateway_market import DAY
from exchange.client import Address, BlockingTrader, credentials_of
from exchange.client.courier import Courier
from exchange.client.decode import OtherRecord
from exchange.client.events import ContractExpires, Event, Executed, MassCancelled, NoticeText, SettingChanged
from exchange.client.operating import Operator, command_hash, command_record
from exchange.client.replies import OwnTrade
from exchange.client.trader import Trader
from exchange.commands.client import run_client
from exchange.commands.operator import app
from exchange.commands.operator_session import day_number_of, time_ns_of
from exchange.errors import UsageError
from exchange.vocabulary.enums import MemberLimit, Method, ParameterId, Phase, Side, TimeInForce
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import market_time_ns
from tests.unit.net.running import Running, running_exchange

FIRST, SECOND, THIRD = "B00000", "B00001", "B00002"
ACCOUNTS = {FIRST: 1001, SECOND: 1002, THIRD: 1003}


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One exchange at ten in the morning; its contract matches continuously, blocks and auctions are open."""
    with running_exchange(tmp_path_factory.mktemp("data"), members=3) as running:
        (running.data / "run").mkdir()
        address = {"host": "127.0.0.1", "port": running.port, "pid": 0}
        (running.data / "run" / "shanghai.json").write_text(json.dumps(address), encoding="utf-8")
        by_two(running, "SET_PHASE", "contract_id=0", "method=LISTED", "phase=PAUSED")
        rule = f"parameter_id={ParameterId.MATCHING_RULE.name}"
        by_two(running, "PARAMETER_SET", "contract=CEA", rule, f"parameter_value={int(Method.CONTINUOUS)}")
        for method in (Method.CONTINUOUS, Method.BLOCK, Method.ONE_WAY):
            by_two(running, "SET_PHASE", "contract_id=0", f"method={method.name}", "phase=TRADING")
        yield running


def operator(market: Running, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*words, "--data", str(market.data)])
    if isinstance(result.exception, UsageError):
        return 2, str(result.exception)
    return result.exit_code, result.output


def propose(market: Running, *words: str) -> tuple[str, str]:
    """Number and hash that the proposer is told to hand on."""
    code, text = operator(market, "propose", *words)
    assert code == 0, text
    number, hash_text = text.split("approve ")[1].split()[:2]
    return number, hash_text


def by_two(market: Running, *words: str) -> None:
    code, text = operator(market, "approve", *propose(market, *words))
    assert code == 0 and "took effect" in text, text


def client(
    market: Running, capsys: pytest.CaptureFixture[str], *lines: str, user: str = FIRST, lang: str = "en"
) -> tuple[int, str]:
    code = run_client(market.data, user, lang, lines)
    return code, " ".join(capsys.readouterr().out.split())


def trader(market: Running, user: str) -> BlockingTrader:
    return BlockingTrader.open(credentials_of(market.data, user), Address("127.0.0.1", market.port))


def order_number(text: str, after: str) -> str:
    return text.split(f"{after}, order ")[1].split()[0]


class TestTwoPersons:
    def test_the_contract_has_become_continuous(self, market: Running) -> None:
        with trader(market, FIRST) as one:
            phases = {row.method: row.phase for row in one.phases()}
            assert one.contracts()[0].matching_rule == Method.CONTINUOUS
        assert phases == {
            Method.CONTINUOUS: Phase.TRADING,
            Method.BLOCK: Phase.TRADING,
            Method.ONE_WAY: Phase.TRADING,
        }

    def test_the_proposer_cannot_approve_and_another_only_what_was_proposed(self, market: Running) -> None:
        words = ("PARAMETER_SET", "parameter_id=MESSAGES_PER_SECOND", "parameter_value=100000")
        number, hash_text = propose(market, *words)
        code, text = operator(market, "approve", number, hash_text, "--user", "OPER01")
        assert code == 1 and RejectReason.SAME_PERSON.name in text
        code, text = operator(market, "approve", number, f"{int(hash_text, 16) ^ 1:016x}")
        assert code == 1 and RejectReason.COMMAND_HASH.name in text
        code, text = operator(market, "proposals")
        assert code == 0 and f"proposal {number} PARAMETER_SET {hash_text}" in text
        code, text = operator(market, "approve", number, hash_text)
        assert code == 0 and "PARAMETER_SET took effect" in text
        assert "no proposal waits" in operator(market, "proposals")[1]

    def test_a_proposal_is_withdrawn_by_either(self, market: Running) -> None:
        number, hash_text = propose(market, "HALT", "level=MARKET", "halt_reason=TECHNICAL")
        assert operator(market, "withdraw", number, "--user", "OPER02")[0] == 0
        code, text = operator(market, "approve", number, hash_text)
        assert code == 1 and RejectReason.UNKNOWN_PROPOSAL.name in text

    def test_an_approved_command_may_itself_be_refused_and_that_is_told(self, market: Running) -> None:
        approval = propose(market, "SET_PHASE", "contract=CEA", "method=BLOCK", "phase=SEALED")
        code, text = operator(market, "approve", *approval)
        assert code == 1 and "approved" in text and "but it was refused" in text

    @pytest.mark.parametrize(
        ("words", "code", "says"),
        [
            (("propose", "TICK"), 1, RejectReason.NOT_PROPOSABLE.name),
            (("propose", "DANCE"), 2, "no command DANCE"),
            (("propose", "HALT", "speed=1"), 2, "HALT has no field speed"),
            (("propose", "HALT", "level=HIGH"), 2, "level: expected MARKET, CONTRACT, MEMBER, LOGIN"),
            (("propose", "HALT", "level"), 2, "expected NAME=VALUE"),
            (("approve", "1", "xyz"), 2, "expected a hash of 16 hexadecimal digits"),
        ],
    )
    def test_what_cannot_be_proposed(
        self, market: Running, words: tuple[str, ...], code: int, says: str
    ) -> None:
        assert operator(market, *words)[0] == code
        assert says in operator(market, *words)[1]

    def test_the_hash_is_of_the_whole_unstamped_record(self) -> None:
        record = command_record(Kind.BUST, 8020, match_id=7)
        assert (record[53], int.from_bytes(record[54:56], "little")) == (1, 8020)
        assert command_hash(record) != command_hash(command_record(Kind.BUST, 8020, match_id=8))


class TestContinuous:
    def test_limit_orders_match_reduce_replace_and_are_cancelled_together(
        self, market: Running, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with trader(market, SECOND) as other:
            resting = other.limit(Side.SELL, "42.60", 300, contract_id=1)
            assert resting.accepted and resting.executions == ()
            code, text = client(market, capsys, "limit buy 42.70 500", "orders")
            assert code == 0 and "300 t at 42.60" in text
            mine = order_number(text, "limit order accepted")
            with trader(market, FIRST) as one:
                (rest,) = one.orders()
                assert (f"#{rest.order_id >> 24}", rest.remaining_lots) == (mine, 200)
            code, text = client(market, capsys, f"reduce {mine} 150", f"replace {mine} 42.65 180", "orders")
            assert code == 0 and "reduced, order" in text and "replaced, order" in text and "42.65" in text
            code, text = client(market, capsys, "limit buy 42.00 10", "limit sell 43 20", "cancel-all buy")
            assert code == 0 and "2 orders cancelled, 190 t" in text
            code, text = client(market, capsys, "cancel-all 42-44 CEA", "cancel-all")
            assert code == 0 and "1 orders cancelled, 20 t" in text and "0 orders cancelled, 0 t" in text
            assert other.orders() == []

    def test_orders_that_may_not_rest_and_post_only(
        self, market: Running, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with trader(market, SECOND) as other:
            other.limit(Side.SELL, "42.60", 100, contract_id=1)
            code, text = client(market, capsys, "limit buy 42.60 150 fok")
            assert code == 1 and RejectReason.NOT_FILLABLE.name in text
            code, text = client(market, capsys, "limit buy 42.60 1 post")
            assert code == 1 and RejectReason.WOULD_CROSS.name in text
            code, text = client(market, capsys, "limit buy 42.60 150 ioc", "orders")
            assert code == 0 and "traded 100 t at 42.60 on average" in text
            with trader(market, FIRST) as one:
                assert one.orders() == []

    def test_an_ioc_outcome_has_its_trades_and_a_day_orders_come_as_events(self, market: Running) -> None:
        with trader(market, SECOND) as other, trader(market, THIRD) as taker:
            other.limit(Side.SELL, "42.61", 30, contract_id=1)
            other.limit(Side.SELL, "42.62", 30, contract_id=1)
            done = taker.limit(Side.BUY, "42.62", 40, contract_id=1, time_in_force=TimeInForce.IOC)
            assert [(e.price_ticks, e.quantity_lots) for e in done.executions] == [(4261, 30), (4262, 10)]
            assert taker.limit(Side.BUY, "42.62", 20, contract_id=1).executions == ()
            executed = []
            while len(executed) < 3:
                event = taker.next_event(10)
                assert event is not None
                executed += [event] if isinstance(event, Executed) else []
            assert executed[2].quantity_lots == 20

    def test_a_sell_that_meets_its_own_entity_is_prevented(
        self, market: Running, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, text = client(market, capsys, "limit sell 44 10", "limit buy 44 10", "cancel-all")
        assert code == 0 and "self-trade prevented" in text and "1 orders cancelled" in text


class TestOwnSettings:
    def test_limits_refuse_ones_own_orders_until_they_are_off(
        self, market: Running, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, text = client(market, capsys, "guard quantity 100", "limit buy 42 101", "guard quantity off")
        assert code == 1 and "limit in force" in text and RejectReason.OWN_LIMIT.name in text
        code, text = client(market, capsys, "guard amount 1,000", "limit buy 42 24", "limit buy 42 23")
        assert code == 1 and text.count("limit order accepted") == 1
        assert client(market, capsys, "guard amount off", "cancel-all")[0] == 0

    def test_what_becomes_of_orders_when_a_login_is_lost(self, market: Running) -> None:
        with trader(market, THIRD) as one:
            setting = one.command(
                Kind.SESSION_SETTING, cancel_on_disconnect=1, grace_ms=500, dead_man_ms=60_000
            )
            assert setting.accepted
            while not isinstance(event := one.next_event(10), SettingChanged):
                assert event is not None
            assert (event.cancel_on_disconnect, event.grace_ms, event.dead_man_ms) == (1, 500, 60_000)

    def test_by_words(self, market: Running, capsys: pytest.CaptureFixture[str]) -> None:
        code, text = client(market, capsys, "session cancel on 5 dead-man 60", "session cancel off")
        assert code == 0 and text.count("session setting in force") == 2
        code, text = client(market, capsys, "会话 cancel on 3601")
        assert code == 1 and RejectReason.INVALID_FIELD.name in text


class TestBlocks:
    def test_an_offer_on_the_board_is_taken_in_part_countered_and_withdrawn(
        self, market: Running, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with trader(market, SECOND) as other:
            offer = other.block_offer(Side.SELL, "41.00", 300_000, contract_id=1, is_partial=True)
            number = f"#{offer.order_id >> 24}"
            code, text = client(market, capsys, "offers", f"accept {number} 100,000", "offers")
            assert code == 0 and "block offers on the board" in text
            assert "traded 100,000 t at 41.00" in text and "200,000" in text.split("traded")[1]
            code, text = client(market, capsys, f"counter {number} 40.50 150000")
            assert code == 0 and "counter-offer made, order #" in text
            counter = int(order_number(text, "counter-offer made").lstrip("#"))
            code, text = client(market, capsys, "offers", f"decline #{counter}", user=SECOND)
            assert code == 0 and "40.50" in text and "block declined" in text
            assert other.cancel(offer.order_id).accepted
            code, text = client(market, capsys, f"accept {number}")
            assert code == 1 and "expected the number of an order shown" in text


class TestAuctions:
    def test_a_lot_is_announced_bid_for_and_allocated(
        self, market: Running, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ("--contract", "CEA", "--seller", "1003", "--tonnes", "100000", "--floor", "42.50")
        code, text = operator(market, "auction", "1", *words, "--until", "14:00", "--pricing", "uniform")
        assert code == 0 and "announced" in text, text
        code, text = client(market, capsys, "auctions", "bid 1 43.00 60000")
        assert code == 0 and "one-way auction 1: 100,000 t of CEA, 42.50 to" in text
        assert "bid accepted, order #" in text
        code, text = client(market, capsys, "bid 1 42.80 60000", user=SECOND)
        assert code == 0
        code, text = operator(market, "end-auction", "--contract", "CEA", "--number", "1")
        assert code == 0, text
        with trader(market, FIRST) as one:
            won = [row for row in _trades(one) if row.method == Method.ONE_WAY]
            assert [(row.price_ticks, row.quantity_lots) for row in won] == [(4280, 60_000)]
        code, text = client(market, capsys, "bid 1 43 1", "auctions")
        assert (
            code == 1
            and "expected the number of a running auction" in text
            and "no auction is running" in text
        )

    def test_a_mistake_says_what_is_wrong(self, market: Running) -> None:
        words = ("--contract", "CEA", "--seller", "9", "--tonnes", "100000", "--floor", "42.50")
        code, text = operator(market, "auction", "7", *words, "--until", "14:00")
        assert code == 1 and RejectReason.UNKNOWN_ACCOUNT.name in text
        code, text = operator(market, "end-auction", "--contract", "CEA", "--number", "99")
        assert code == 1 and RejectReason.UNKNOWN_AUCTION.name in text


def _trades(one: BlockingTrader) -> list[OwnTrade]:
    return one.trades()


class TestInterventions:
    def test_a_trade_is_corrected_then_undone(
        self, market: Running, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with trader(market, SECOND) as other, trader(market, THIRD) as one:
            other.limit(Side.SELL, "42.60", 10, contract_id=1)
            before = one.cash().available_fen
            done = one.limit(Side.BUY, "42.60", 10, contract_id=1, time_in_force=TimeInForce.IOC)
            match_id = str(done.executions[0].match_id)
            assert one.cash().available_fen == before - 42_600
            code, text = operator(market, "correct", match_id, "--price", "42.00", "--tonnes", "8")
            assert code == 0 and "8 t @ 42.00" in text, text
            assert one.cash().available_fen == before - 33_600
            assert operator(market, "bust", match_id)[0] == 0
            assert one.cash().available_fen == before
            code, text = operator(market, "bust", match_id)
            assert code == 1 and RejectReason.TRADE_ALREADY_BUSTED.name in text
            assert RejectReason.UNKNOWN_TRADE.name in operator(market, "bust", "999999")[1]

    def test_a_narrower_band_lets_orders_lapse(self, market: Running) -> None:
        with trader(market, SECOND) as other:
            other.limit(Side.BUY, "40.00", 5, contract_id=1)
            code, text = operator(market, "band", "--contract", "CEA", "--lower", "41", "--upper", "45")
            assert code == 0 and "41 to 45" in text, text
            assert other.orders() == []
            contract = other.contracts()[0]
            assert (contract.lower_ticks, contract.upper_ticks) == (4100, 4500)
        code, text = operator(market, "band", "--contract", "CEA", "--lower", "45", "--upper", "41")
        assert code == 1 and RejectReason.INVALID_FIELD.name in text
        assert operator(market, "band", "--contract", "CEA", "--lower", "38.25", "--upper", "46.75")[0] == 0

    def test_staff_cancel_for_one_account_or_for_everybody(self, market: Running) -> None:
        with trader(market, SECOND) as other, trader(market, THIRD) as one:
            other.limit(Side.BUY, "41.00", 5, contract_id=1)
            one.limit(Side.BUY, "41.50", 7, contract_id=1)
            code, text = operator(market, "mass-cancel", "--account", "1002")
            assert code == 0 and "1 orders cancelled, 5 t" in text
            code, text = operator(
                market, "mass-cancel", "--contract", "CEA", "--side", "buy", "--low", "41.20"
            )
            assert code == 0 and "1 orders cancelled, 7 t" in text
            assert other.orders() == one.orders() == []

    def test_a_notice_and_a_last_day_reach_everybody(
        self, market: Running, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = "明日起执行新的交易规则。 New trading rules are in force from tomorrow."
        assert operator(market, "notice", words, "--number", "7")[0] == 0
        assert operator(market, "expire", "--contract", "CEA")[0] == 0
        heard = asyncio.run(_public(market))
        texts = [event.text for event in heard if isinstance(event, NoticeText)]
        assert b"".join(texts).decode() == words
        assert any(isinstance(event, ContractExpires) for event in heard)
        code, text = operator(market, "notice", "x" * 9000)
        assert code != 0


async def _public(market: Running) -> list[Event | OtherRecord]:
    heard: list[Event | OtherRecord] = []
    credentials = credentials_of(market.data, FIRST)
    news = Courier(credentials, lambda: Address("127.0.0.1", market.port), (heard.append,), stream="PUBLIC")
    await news.start(is_patient=False)
    await news.close()
    return heard


def test_every_command_of_a_member_is_a_typed_call(market: Running) -> None:
    """A day's calls through asyncio, for the ones that no other test here sends that way."""

    async def act() -> list[bool]:
        credentials = credentials_of(market.data, FIRST)
        address = Address("127.0.0.1", market.port)
        async with await Trader.open(credentials, address) as one:
            order = await one.limit(Side.BUY, "41.00", 10, contract_id=1)
            return [
                order.accepted,
                (await one.reduce(order.order_id, 8)).accepted,
                (await one.replace(order.order_id, "41.10", 9)).accepted,
                (await one.mass_cancel(side=Side.BUY, method=Method.CONTINUOUS)).order_count == 1,
                (await one.session_setting(cancel_on_disconnect=False)).accepted,
                (await one.member_limit(MemberLimit.OPEN_ORDERS, 0)).accepted,
            ]

    assert all(asyncio.run(act()))


def test_a_mass_cancel_tells_its_count_on_the_members_stream(market: Running) -> None:
    with trader(market, SECOND) as one:
        one.limit(Side.BUY, "41.00", 10, contract_id=1)
        assert one.mass_cancel().cancelled_lots == 10
        events = []
        while not (events and isinstance(events[-1], MassCancelled) and events[-1].cancelled_lots == 10):
            event = one.next_event(10)
            assert event is not None
            events.append(event)


def test_a_call_auction_is_ended_by_the_operator(market: Running, capsys: pytest.CaptureFixture[str]) -> None:
    by_two(market, "SET_PHASE", "contract_id=0", "method=CONTINUOUS", "phase=CALL_AUCTION")
    with trader(market, SECOND) as other, trader(market, THIRD) as one:
        assert other.limit(Side.SELL, "42.00", 10, contract_id=1).accepted
        assert one.limit(Side.BUY, "43.00", 10, contract_id=1).accepted
        code, text = operator(market, "end-auction", "--contract", "CEA")
        assert code == 0 and "call auction of CEA" in text, text
        assert one.orders() == other.orders() == []
        assert {row.phase for row in one.phases() if row.method == Method.CONTINUOUS} == {Phase.TRADING}


def test_the_day_is_the_streams(market: Running) -> None:
    async def ask() -> int:
        credentials = credentials_of(market.data, "OPER02")
        async with await Operator.open(credentials, Address("127.0.0.1", market.port)) as one:
            assert time_ns_of(one, "14:30:05") == market_time_ns(DAY, 14 * 3600 + 1805)
            return day_number_of(one)

    assert asyncio.run(ask()) == (DAY - DAY.replace(year=2000, month=1, day=1)).days
