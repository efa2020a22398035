"""The gateway over real sockets with the real engine: orders, answers, what one peer can do to others."""

import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.gateway_market import CONTRACT, DAY, TEN
from exchange.client import credentials_of
from exchange.errors import UsageError
from exchange.net.gateway import refuse_open_address
from exchange.protocol import soupbintcp as soup
from exchange.protocol.client_session import Accepted, Rejected
from exchange.protocol.soupbintcp import LoginRefusal, LoginRequest
from exchange.vocabulary.enums import Level, QueryKind, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import market_time_ns
from tests.unit.net.running import FELLOW, Peer, Running, running_exchange

SELLER, BUYER = "B00000", "B00001"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with running_exchange(tmp_path) as running:
        yield running


def listing(reference: int, side: Side = Side.SELL, price_ticks: int = 4_250, lots: int = 10) -> bytes:
    return make(
        Kind.LISTING,
        user_reference=reference,
        contract_id=CONTRACT,
        price_ticks=price_ticks,
        quantity_lots=lots,
        side=int(side),
    )


def take(reference: int, lots: int, price_ticks: int = 4_250, side: Side = Side.BUY) -> bytes:
    return make(
        Kind.TAKE,
        user_reference=reference,
        contract_id=CONTRACT,
        price_ticks=price_ticks,
        quantity_lots=lots,
        side=int(side),
    )


def query(kind: QueryKind, reference: int = 7, **values: int) -> bytes:
    return make(Kind.QUERY, user_reference=reference, query=int(kind), **values)


def test_a_listing_is_taken_and_everybody_is_told(running: Running) -> None:
    with (
        running.peer(SELLER) as seller,
        running.peer(BUYER) as buyer,
        running.peer(BUYER, "PUBLIC") as public,
    ):
        seller.send(listing(1, lots=10))
        (accepted,) = seller.wait_for(Kind.ACCEPTED)
        assert (accepted["user_reference"], accepted["account_id"]) == (1, 1001)
        buyer.send(take(1, lots=4))
        (bought,) = buyer.wait_for(Kind.EXECUTED)
        (sold,) = seller.wait_for(Kind.EXECUTED)
        (trade,) = public.wait_for(Kind.TRADE)
        assert bought["quantity_lots"] == sold["quantity_lots"] == trade["quantity_lots"] == 4
        assert bought["match_id"] == sold["match_id"] == trade["match_id"] == 1
        assert (trade["account_id"], trade["login_id"]) == (0, 0)
        assert public.events[0]["kind"] == Kind.STREAM_OPENED
        assert [r["kind"] for r in public.replies] == []


def test_what_the_exchange_stamps_is_never_trusted(running: Running) -> None:
    forged = make(
        Kind.LISTING, user_reference=1, contract_id=CONTRACT, price_ticks=4_250, quantity_lots=1,
        side=1, login_id=2, sequence=9, time_ns=9,
    )  # fmt: skip
    with running.peer(SELLER) as peer:
        peer.send(forged)
        (accepted,) = peer.wait_for(Kind.ACCEPTED)
        assert accepted["login_id"] == running.directory.by_user[SELLER].login_id
        assert accepted["sequence"] > 9 and accepted["time_ns"] > 9


def test_order_is_kept_and_bad_records_do_not_stop_good_ones(running: Running) -> None:
    records = [listing(1), make(Kind.HALT, user_reference=2), listing(3), take(4, 1, side=Side.SELL)]
    records[2] = make(Kind.CANCEL, user_reference=3, target_reference=1, account_id=1002)
    records += [make(Kind.CANCEL, user_reference=5, target_reference=1), make(Kind.SEAL_DAY)]
    with running.peer(SELLER) as peer:
        peer.send(*records)
        refused = peer.wait_for(Kind.REFUSED, 3)
        assert [(r["user_reference"], r["command_kind"], r["reason"]) for r in refused] == [
            (2, Kind.HALT, RejectReason.NOT_AUTHORISED),
            (3, Kind.CANCEL, RejectReason.ACCOUNT_NOT_YOURS),
            (0, Kind.SEAL_DAY, RejectReason.NOT_AUTHORISED),
        ]
        peer.wait_for(Kind.DONE)
        answers = [(e["kind"], e["user_reference"]) for e in peer.events if e["user_reference"]]
        assert answers == [(Kind.ACCEPTED, 1), (Kind.REJECTED, 4), (Kind.DONE, 1)]


def test_a_thousand_orders_in_one_write_are_answered_in_order(running: Running) -> None:
    count = 1_000
    with running.peer(SELLER) as peer:
        peer.send(*(listing(n + 1, price_ticks=4_250 + n % 50) for n in range(count)))
        accepted = peer.wait_for(Kind.ACCEPTED, count)
        assert [int(e["user_reference"]) for e in accepted] == list(range(1, count + 1))
        numbers = [e.first_number for e in peer.log if hasattr(e, "first_number")]
        assert numbers == sorted(numbers)


def test_orders_cut_at_every_byte_are_whole_orders(running: Running) -> None:
    with running.peer(SELLER) as peer:
        stream = listing(1) + soup.CLIENT_HEARTBEAT + listing(2)
        for position in range(len(stream)):
            peer.socket.sendall(stream[position : position + 1])
        assert [int(e["user_reference"]) for e in peer.wait_for(Kind.ACCEPTED, 2)] == [1, 2]


def test_a_login_reads_what_it_wrote(running: Running) -> None:
    with running.peer(SELLER) as peer:
        peer.send(listing(1, lots=30), query(QueryKind.ORDERS))
        (end,) = peer.wait_for(Kind.REPLY_END)
        (order,) = peer.wait_for(Kind.REPLY_ORDER)
        assert (order["remaining_lots"], order["user_reference"]) == (30, 7)
        (accepted,) = peer.wait_for(Kind.ACCEPTED)  # already here: an answer never overtakes the stream
        assert (end["record_count"], end["query"]) == (1, QueryKind.ORDERS)
        assert end["sequence"] >= accepted["sequence"]


@pytest.mark.parametrize("kind", sorted(set(QueryKind) - {QueryKind.DEPTH, QueryKind.DIGEST}))
def test_every_query_is_answered(running: Running, kind: QueryKind) -> None:
    with running.peer(SELLER) as seller, running.peer(BUYER) as buyer:
        seller.send(listing(1, lots=10))
        seller.wait_for(Kind.ACCEPTED)
        buyer.send(take(1, lots=4))
        seller.wait_for(Kind.EXECUTED)
        seller.send(query(kind, reference=99))
        (end,) = seller.wait_for(Kind.REPLY_END)
        answered = [r for r in seller.replies if r["kind"] != Kind.REPLY_END]
        assert end["record_count"] == len(answered) >= 1
        assert {int(r["user_reference"]) for r in seller.replies} == {99}
        assert {r["packet_type"] for r in seller.replies} == {ord("U")}


def test_answers_show_the_state(running: Running) -> None:
    with running.peer(SELLER) as peer:
        peer.send(listing(1, lots=10), query(QueryKind.HOLDINGS, 2), query(QueryKind.BOARD, 3))
        peer.send(query(QueryKind.STATUS, 4), query(QueryKind.RULES, 5, contract_id=CONTRACT))
        peer.wait_for(Kind.REPLY_END, 4)
        (holding,) = peer.wait_for(Kind.REPLY_HOLDING)
        assert (holding["contract_id"], holding["locked_lots"]) == (CONTRACT, 10)
        (board,) = peer.wait_for(Kind.REPLY_LISTING)
        assert (board["price_ticks"], board["quantity_lots"], board["is_own"]) == (4_250, 10, 1)
        (status,) = peer.wait_for(Kind.REPLY_STATUS)
        assert (status["sessions"], status["live_orders"], status["durability"]) == (1, 1, 1)
        assert status["durable_sequence"] <= status["last_sequence"]
        assert status["time_ns"] == market_time_ns(DAY, TEN)


def test_an_unknown_query_is_refused(running: Running) -> None:
    with running.peer(SELLER) as peer:
        peer.send(make(Kind.QUERY, user_reference=5, query=99))
        (refused,) = peer.wait_for(Kind.REFUSED)
        assert (refused["user_reference"], refused["command_kind"], refused["reason"]) == (
            5, Kind.QUERY, RejectReason.UNKNOWN_QUERY,
        )  # fmt: skip


def test_another_members_account_is_not_shown(running: Running) -> None:
    with running.peer(SELLER) as peer, running.peer("OPER01") as operator, running.peer("CONSOL") as console:
        peer.send(query(QueryKind.CASH, account_id=1002))
        (refused,) = peer.wait_for(Kind.REFUSED)
        assert refused["reason"] == RejectReason.ACCOUNT_NOT_YOURS
        operator.send(query(QueryKind.CASH))
        assert [r["account_id"] for r in operator.wait_for(Kind.REPLY_CASH, 2)] == [1001, 1002]
        console.send(query(QueryKind.CASH))
        (end,) = console.wait_for(Kind.REPLY_END)
        assert end["record_count"] == 0


@pytest.mark.parametrize("kind", [QueryKind.CASH, QueryKind.HOLDINGS, QueryKind.ORDERS, QueryKind.BOARD])
@pytest.mark.parametrize("account_id", [1001, 999, 0xFFFFFFFF])
def test_staff_are_refused_an_account_that_is_unknown_or_not_theirs_to_see(
    running: Running, kind: QueryKind, account_id: int
) -> None:
    with running.peer("CONSOL") as console, running.peer("OPER01") as operator:
        console.send(query(kind, account_id=account_id))
        (refused,) = console.wait_for(Kind.REFUSED)
        assert refused["reason"] == RejectReason.ACCOUNT_NOT_YOURS
        operator.send(query(kind, account_id=account_id))
        operator.wait_for(Kind.REPLY_END if account_id == 1001 else Kind.REFUSED)


def test_an_operator_halts_and_a_cancel_still_passes(running: Running) -> None:
    with running.peer(SELLER) as peer, running.peer("OPER01") as operator:
        peer.send(listing(1))
        peer.wait_for(Kind.ACCEPTED)
        operator.send(make(Kind.HALT, user_reference=1, level=int(Level.MARKET), halt_reason=1))
        operator.wait_for(Kind.COMMAND_DONE)
        peer.send(listing(2), make(Kind.CANCEL, user_reference=3, target_reference=1))
        (rejected,) = peer.wait_for(Kind.REJECTED)
        assert rejected["reason"] == RejectReason.MARKET_HALTED
        assert peer.wait_for(Kind.DONE)[0]["user_reference"] == 1


def test_logins_up_and_down_are_journaled_once(running: Running) -> None:
    with running.peer("OPER01") as operator:
        first, second = running.peer(SELLER), running.peer(SELLER, "PUBLIC")
        (up,) = first.wait_for(Kind.LOGIN_CHANGED)
        for peer in (first, second):
            peer.socket.sendall(soup.LOGOUT)
            peer.wait_for_close()
            peer.close()
        with running.peer(SELLER) as third:
            changes = third.wait_for(Kind.LOGIN_CHANGED, 3)
            assert [c["is_up"] for c in changes] == [1, 0, 1]
            assert changes[0]["sequence"] == up["sequence"]
        operator.send(query(QueryKind.STATUS))
        operator.wait_for(Kind.REPLY_STATUS)


def test_a_stream_is_resumed_from_any_number(running: Running) -> None:
    with running.peer(SELLER) as peer:
        peer.send(*(listing(n + 1) for n in range(20)))
        peer.wait_for(Kind.ACCEPTED, 20)
        whole = peer.events.tobytes()
        session = peer.machine.session
    for number in (1, 2, 11, 20):
        with running.peer(SELLER, session, number) as again:
            again.wait_for(Kind.ACCEPTED, 21 - number)  # the later logins add events behind
            assert again.events.tobytes().startswith(whole[(number - 1) * 64 :][: 64 * (21 - number)])


def refused_login(
    running: Running, user: str, password: str, session: str = "", number: int = 1
) -> LoginRefusal:
    peer = Peer(running.port, user, password, session, number)
    answer = peer.login()
    assert isinstance(answer, Rejected)
    peer.wait_for_close()
    peer.close()
    return answer.refusal


def test_refused_logins(running: Running) -> None:
    password = credentials_of(running.data, SELLER).password
    assert refused_login(running, SELLER, "wrong") is LoginRefusal.NOT_AUTHORISED
    assert refused_login(running, "NOBODY", password) is LoginRefusal.NOT_AUTHORISED
    assert refused_login(running, SELLER, password, "2112160002") is LoginRefusal.NOT_AUTHORISED
    assert refused_login(running, SELLER, password, "", 10_000) is LoginRefusal.SESSION_UNAVAILABLE
    assert refused_login(running, SELLER, password, "2112150000") is LoginRefusal.SESSION_UNAVAILABLE


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff\xff" + bytes(300), "expected a packet of 1 to 256 bytes, found length 65535"),
        (soup.packet(ord("U"), b"tiny"), "expected a data packet of 64 bytes, found 7"),
        (soup.packet(ord("?")), "expected a client's packet type, found '?'"),
        (soup.packet(ord("S"), bytes(61)), "expected a client's packet type, found 'S'"),
    ],
)
def test_broken_packets_close_that_connection_only(running: Running, data: bytes, text: str) -> None:
    with running.peer(SELLER) as bad, running.peer(BUYER) as good:
        bad.send(listing(1), data)
        bad.wait_for_close()
        assert bad.texts == [text]
        assert good.wait_for(Kind.STREAM_OPENED)
        good.send(listing(1, Side.BUY, 4_000))
        good.wait_for(Kind.ACCEPTED)
    with running.peer(SELLER) as back:
        assert back.wait_for(Kind.ACCEPTED)[0]["user_reference"] == 1  # what came before it counts


def test_orders_sent_together_with_the_logout_count(running: Running) -> None:
    with running.peer(SELLER) as peer:
        peer.send(listing(1), listing(2), soup.LOGOUT)
        peer.wait_for_close()
    with running.peer(SELLER) as back:
        assert [int(e["user_reference"]) for e in back.wait_for(Kind.ACCEPTED, 2)] == [1, 2]


def test_random_bytes_before_a_login_hurt_nobody(running: Running) -> None:
    for size in (1, 2, 3, 64, 1_000, 100_000):
        with socket.create_connection(("127.0.0.1", running.port)) as noise:
            noise.sendall(os.urandom(size))
    with running.peer(SELLER) as peer:
        peer.send(listing(1))
        peer.wait_for(Kind.ACCEPTED)


def test_records_behind_the_login_in_one_write_are_taken(running: Running) -> None:
    password = credentials_of(running.data, SELLER).password
    peer = Peer(running.port, SELLER, password)
    peer.socket.sendall(peer.machine.login(0) + listing(1) + listing(2))
    assert len(peer.wait_for(Kind.ACCEPTED, 2)) == 2
    assert isinstance(peer.log[0], Accepted)
    peer.close()


def test_a_reader_that_does_not_read_is_not_piled_up_for_and_loses_nothing(running: Running) -> None:
    """Another login of the member follows the same stream and reads nothing until everything is over."""
    count, batches = 5_000, 20
    with running.peer(SELLER) as peer, running.peer(FELLOW) as idle:
        reference = 0
        for _ in range(batches):
            pairs = []
            for _ in range(count // 2):
                reference += 2
                pairs += [
                    listing(reference - 1),
                    make(Kind.CANCEL, user_reference=reference, target_reference=reference - 1),
                ]
            peer.send(*pairs)
            seen = sum(len(e.data) for e in peer.log if hasattr(e, "first_number"))
            while seen < reference * 64:
                before = len(peer.log)
                peer.read()
                seen += sum(len(e.data) for e in peer.log[before:] if hasattr(e, "first_number"))
        accepted = peer.events[peer.events["kind"] == Kind.ACCEPTED]
        assert accepted["user_reference"].tolist() == list(range(1, reference, 2))
        total = len(peer.events)
        while len(idle.data) < total * 64:
            idle.read()
        assert idle.data[: total * 64] == peer.data


def test_a_flood_of_queries_is_answered_and_stops_nobody(running: Running) -> None:
    count = 3_000
    with running.peer(SELLER) as asking, running.peer(BUYER) as trading:
        asking.send(*(query(QueryKind.RULES, reference=n) for n in range(count)))
        trading.send(listing(1, Side.BUY, 4_000))
        trading.wait_for(Kind.ACCEPTED)
        ends: list[int] = []
        seen = 0
        while len(ends) < count:
            asking.read()
            replies = asking.replies[seen:]
            seen += len(replies)
            ends += replies["user_reference"][replies["kind"] == Kind.REPLY_END].tolist()
        assert ends == list(range(count))


def test_a_half_open_login_packet_does_not_block_others(running: Running) -> None:
    with socket.create_connection(("127.0.0.1", running.port)) as half:
        half.sendall(soup.login(LoginRequest(SELLER, "x", "", 1))[:30])
        with running.peer(SELLER) as peer:
            peer.send(listing(1))
            peer.wait_for(Kind.ACCEPTED)


def test_a_reset_connection_is_forgotten(running: Running) -> None:
    peer = running.peer(SELLER)
    peer.send(*(listing(n + 1) for n in range(100)))
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()
    with running.peer(SELLER) as again:
        again.wait_for(Kind.LOGIN_CHANGED, 3)
        accepted = [int(e["user_reference"]) for e in again.wait_for(Kind.ACCEPTED, 0)]
        assert accepted == list(range(1, len(accepted) + 1))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
def test_nothing_but_loopback_without_tls(host: str) -> None:
    with pytest.raises(UsageError, match="to mend"):
        refuse_open_address(host)
