"""Who holds a session and how it ends: one use of a stream, keys, lock-outs, addresses, TLS, old days."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.gateway_market import opening_records
from exchange.client import Address, credentials_of, load_credentials
from exchange.client.errors import ConnectionClosed, CredentialsUnusable, LoginRefused
from exchange.client.security import security_of
from exchange.client.trader import Trader
from exchange.engine.login_keys import revoke_key, rotate_key
from exchange.errors import UsageError
from exchange.net.gateway import Gateway
from exchange.net.lockout import FAILURES_FREE
from exchange.net.settings import GatewaySettings
from exchange.net.tls import TlsFiles
from exchange.protocol import soupbintcp as soup
from exchange.protocol.client_session import Accepted, Rejected
from exchange.protocol.sessions import session_id
from exchange.protocol.soupbintcp import LoginRefusal
from exchange.vocabulary.enums import DownReason, QueryKind, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.records import make
from tests.certificates import Authority
from tests.unit.net.running import FELLOW, Peer, Running, running_exchange
from tests.unit.net.test_gateway import listing
from tests.unit.net.test_gateway_days import NEXT_DAY, end_day, login_when_open, opening_reference

MEMBER, OTHER = "B00000", "B00001"
MANY = 9_000  # orders: more than one turn takes


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    settings = GatewaySettings(directory_folder=tmp_path / "shanghai")
    with running_exchange(tmp_path, settings=settings) as running:
        yield running


def reason_of(peer: Peer) -> DownReason:
    """Why the exchange closed a peer's connection, in its own words to the program."""
    peer.wait_for_close()
    (closed,) = [reply for reply in peer.replies if reply["kind"] == Kind.CONNECTION_CLOSED]
    return DownReason(closed["down_reason"])


# ---- one use of a stream


def test_a_second_use_closes_the_first_and_says_so(running: Running) -> None:
    with running.peer(MEMBER) as first:
        first.send(listing(1))
        first.wait_for(Kind.ACCEPTED)
        second = running.peer(MEMBER)
        assert reason_of(first) is DownReason.REPLACED
        assert first.texts == ["this login has connected again to the same stream"]
        second.wait_for(Kind.ACCEPTED)
        changes = [event for event in second.events if event["kind"] == Kind.LOGIN_CHANGED]
        assert len(changes) == 1, "the login was never down, so no cancel-on-disconnect begins"
        second.send(listing(2))
        second.wait_for(Kind.ACCEPTED, 2)
        second.close()


def test_other_logins_and_other_streams_are_other_uses(running: Running) -> None:
    with (
        running.peer(MEMBER) as own,
        running.peer(MEMBER, "PUBLIC") as public,
        running.peer(FELLOW) as fellow,
    ):
        own.send(listing(1))
        own.wait_for(Kind.ACCEPTED)
        fellow.wait_for(Kind.ACCEPTED)
        public.send(make(Kind.QUERY, query=int(QueryKind.PHASES)))
        public.wait_for(Kind.REPLY_END)


async def test_a_client_whose_login_is_used_elsewhere_does_not_come_back_by_itself(running: Running) -> None:
    address = Address("127.0.0.1", running.port)
    who = load_credentials(running.data / "credentials" / f"{MEMBER}.json")
    async with await Trader.open(who, address) as first, await Trader.open(who, address) as second:
        with pytest.raises(ConnectionClosed, match="REPLACED"):
            while True:
                await first.ask(QueryKind.PHASES)
        assert await second.ask(QueryKind.PHASES)
        assert (await second.listing(Side.SELL, 4_250, 10, contract_id=1)).accepted


# ---- keys


def test_a_revoked_key_disconnects_and_a_rotated_one_lets_in_again(running: Running) -> None:
    old = credentials_of(running.data, MEMBER).password
    with running.peer(MEMBER) as peer, running.peer(OTHER) as other:
        revoke_key(running.data, MEMBER)
        assert reason_of(peer) is DownReason.REVOKED
        late = running.late_peer(MEMBER)
        assert late.login() == Rejected(LoginRefusal.NOT_AUTHORISED)
        late.close()
        with pytest.raises(UsageError, match="revoked already"):
            revoke_key(running.data, MEMBER)
        rotate_key(running.data, MEMBER)
        assert credentials_of(running.data, MEMBER).password != old
        running.in_gateway(lambda gateway: gateway.refresh_keys())
        running.peer(MEMBER).close()
        stale = Peer(running.port, MEMBER, old)
        assert stale.login() == Rejected(LoginRefusal.NOT_AUTHORISED)
        stale.close()
        other.send(listing(1, Side.BUY))
        other.wait_for(Kind.ACCEPTED)


def test_a_rotated_key_leaves_the_session_that_is_open(running: Running) -> None:
    with running.peer(MEMBER) as peer:
        rotate_key(running.data, MEMBER)
        running.in_gateway(lambda gateway: gateway.refresh_keys())
        peer.send(listing(1))
        peer.wait_for(Kind.ACCEPTED)


# ---- lock-out


def test_after_some_wrong_passwords_the_right_one_waits_too(running: Running) -> None:
    def login(password: str) -> tuple[object, list[str]]:
        peer = Peer(running.port, MEMBER, password)
        answer = peer.login()
        peer.close()
        return answer, peer.texts

    for _ in range(FAILURES_FREE + 1):
        answer, texts = login("wrong")
        assert (answer, texts) == (Rejected(LoginRefusal.NOT_AUTHORISED), ["user or password is wrong"])
    answer, texts = login(credentials_of(running.data, MEMBER).password)
    assert answer == Rejected(LoginRefusal.NOT_AUTHORISED)
    assert texts[0].startswith("locked out: try again in ")
    running.peer(OTHER).close()


# ---- addresses


def test_an_address_has_so_many_connections_and_no_more(tmp_path: Path) -> None:
    with running_exchange(tmp_path, settings=GatewaySettings(connections_per_address_max=2)) as running:
        with running.peer(MEMBER), running.peer(OTHER) as other:
            with running.late_peer(FELLOW) as third:
                third.wait_for_close()
                assert third.texts == ["expected fewer connections, found no room for one more"]
            other.close()
            running.until(lambda gateway: gateway.connections < 2)
            running.peer(FELLOW).close()


# ---- TLS


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "pki")


async def test_tls_with_the_members_own_certificate(tmp_path: Path, authority: Authority) -> None:
    pair = authority.issue("exchange", address="127.0.0.1")
    tls = TlsFiles(pair.certificate, pair.key, authority.certificate)
    with running_exchange(tmp_path / "data", settings=GatewaySettings(tls=tls)) as running:
        address = Address("127.0.0.1", running.port, str(authority.certificate))
        credentials = running.data / "credentials"
        bare = load_credentials(credentials / f"{MEMBER}.json")
        with pytest.raises(Exception, match=r"(?i)certificate|closed|reset|ssl"):
            await Trader.open(bare, address)
        authority.issue(MEMBER).write_both(credentials / f"{MEMBER}.pem")
        async with await Trader.open(load_credentials(credentials / f"{MEMBER}.json"), address) as trader:
            assert (await trader.listing(Side.SELL, 4_250, 10, contract_id=1)).accepted
        authority.issue(MEMBER).write_both(credentials / f"{OTHER}.pem")
        with pytest.raises(LoginRefused):
            await Trader.open(load_credentials(credentials / f"{OTHER}.json"), address)


async def test_a_client_that_expects_tls_does_not_talk_without(
    running: Running, authority: Authority
) -> None:
    who = load_credentials(running.data / "credentials" / f"{MEMBER}.json")
    with pytest.raises(Exception, match=r"(?i)ssl|wrong version|closed"):
        await Trader.open(who, Address("127.0.0.1", running.port, str(authority.certificate)))


def test_files_that_cannot_be_used_are_named(running: Running, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.pem"
    with pytest.raises(CredentialsUnusable, match=r"nothing\.pem"):
        security_of(Address("127.0.0.1", 1, str(nothing)))
    settings = GatewaySettings(tls=TlsFiles(nothing, nothing))
    with pytest.raises(UsageError, match=r"nothing\.pem"):
        Gateway(running.engine, running.directory, settings)


def test_beyond_loopback_nothing_listens_without_tls(running: Running) -> None:
    with pytest.raises(UsageError, match="loopback"):
        Gateway(running.engine, running.directory, GatewaySettings(host="0.0.0.0"))


# ---- days that are gone


def test_a_day_kept_no_longer_is_answered_by_today_and_a_snapshot(tmp_path: Path) -> None:
    with running_exchange(tmp_path, days=3) as running:
        with running.peer(MEMBER) as member:
            first_session = member.machine.session
        reference = opening_reference(running)
        with running.peer("WUHAN1") as registry:
            end_day(running, registry, reference)
        with login_when_open(running, "WUHAN1") as registry:
            accounts = [account.account_id for account in running.directory.accounts]
            registry.send(*opening_records(accounts, day=NEXT_DAY))
            registry.wait_for(Kind.OPENING_ACCEPTED)
            end_day(running, registry, reference, NEXT_DAY)
        with login_when_open(running, MEMBER) as today:
            session = today.machine.session
        late = running.late_peer(MEMBER, first_session, 2)
        answer = late.login()
        assert isinstance(answer, Accepted) and answer.session == session
        ends = late.wait_for(Kind.REPLY_END, 3)
        assert [int(end["query"]) for end in ends] == [QueryKind.ORDERS, QueryKind.HOLDINGS, QueryKind.CASH]
        assert late.texts[0].startswith("2021-12-16 is kept no longer")
        late.close()
        public = running.late_peer(MEMBER, session_id(date(2021, 12, 16), 0), 2)
        assert public.login() == Rejected(LoginRefusal.SESSION_UNAVAILABLE)
        public.close()


# ---- the last word of a connection


def test_what_was_sent_before_a_logout_comes_before_the_end_of_the_login(running: Running) -> None:
    """Else cancel-on-disconnect would look for orders that are still on their way, and leave them."""
    with running.peer(FELLOW) as fellow:
        with running.peer(MEMBER) as member:
            member.send(make(Kind.SESSION_SETTING, user_reference=1, cancel_on_disconnect=1))
            member.wait_for(Kind.SETTING_CHANGED)
            orders = [listing(2 + number) for number in range(MANY)]
            member.send(*orders, soup.LOGOUT)
            member.wait_for_close()
        while len(fellow.data) < RECORD_BYTES * (2 * MANY + 1):
            fellow.read()
        kinds = fellow.events["kind"]
        is_down = (kinds == Kind.LOGIN_CHANGED) & (fellow.events["down_reason"] != 0)
        (down,), accepted = np.flatnonzero(is_down), np.flatnonzero(kinds == Kind.ACCEPTED)
        assert len(accepted) == MANY and accepted[-1] < down
        while np.count_nonzero(fellow.events["kind"] == Kind.DONE) < MANY:
            fellow.read()
