"""Both session machines: every row of both tables, and a whole session between the two."""

import pytest

from exchange.protocol import client_session as client
from exchange.protocol import server_session as server
from exchange.protocol import soupbintcp as soup
from exchange.protocol.client_session import ClientSession, ClientState
from exchange.protocol.errors import IllegalStep, PeerError
from exchange.protocol.server_session import (
    Broken,
    LoggedOut,
    LoginRequested,
    RecordsReceived,
    ServerSession,
    ServerState,
    Silence,
)
from exchange.protocol.soupbintcp import LoginRefusal, LoginRequest
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import DEAD_MS, HEARTBEAT_MS, LOGIN_TIMEOUT_MS
from exchange.vocabulary.records import make

REQUEST = LoginRequest("SHEM01", "password99", "", 1)
COMMAND = make(Kind.LISTING, user_reference=1)
EVENT = make(Kind.ACCEPTED, user_reference=1)
REPLY = make(Kind.REFUSED, user_reference=1)

SERVER_SENDS = {
    client.ClientInput.ACCEPTED: soup.login_accepted("211216000G", 5),
    client.ClientInput.REJECTED: soup.login_rejected(LoginRefusal.NOT_AUTHORISED),
    client.ClientInput.SEQUENCED: EVENT,
    client.ClientInput.UNSEQUENCED: REPLY,
    client.ClientInput.HEARTBEAT: soup.SERVER_HEARTBEAT,
    client.ClientInput.DEBUG: soup.debug("hello"),
    client.ClientInput.END_OF_SESSION: soup.END_OF_SESSION,
}
CLIENT_SENDS = {
    server.ServerInput.LOGIN: soup.login(REQUEST),
    server.ServerInput.RECORDS: COMMAND * 2,
    server.ServerInput.HEARTBEAT: soup.CLIENT_HEARTBEAT,
    server.ServerInput.DEBUG: soup.debug("hello"),
    server.ServerInput.LOGOUT: soup.LOGOUT,
}


@pytest.mark.parametrize("state", [s for s in ClientState if s is not ClientState.CLOSED])
@pytest.mark.parametrize("received", list(SERVER_SENDS))
def test_client_table(state: ClientState, received: client.ClientInput) -> None:
    session = ClientSession(REQUEST)
    session.state = state
    events = session.receive(SERVER_SENDS[received], 0)
    expected = client.CLIENT_TRANSITIONS.get((state, received), ClientState.CLOSED)
    assert session.state is expected
    is_broken = (state, received) not in client.CLIENT_TRANSITIONS
    assert [type(e) for e in events if isinstance(e, client.ServerBroken)] == [
        client.ServerBroken
    ] * is_broken


@pytest.mark.parametrize("state", [ServerState.CONNECTED, ServerState.OPEN])
@pytest.mark.parametrize("received", list(CLIENT_SENDS))
def test_server_table(state: ServerState, received: server.ServerInput) -> None:
    session = ServerSession(0)
    session.state = state
    events = session.receive(CLIENT_SENDS[received], 0)
    assert session.state is server.SERVER_TRANSITIONS.get((state, received), ServerState.CLOSED)
    is_broken = (state, received) not in server.SERVER_TRANSITIONS
    assert [type(e) for e in events if isinstance(e, Broken)] == [Broken] * is_broken


def test_an_ended_session_takes_no_more_records_and_lets_the_peer_log_out() -> None:
    session = open_server()
    assert session.end(0) == soup.END_OF_SESSION
    assert session.receive(COMMAND * 3 + soup.LOGOUT, 0) == [LoggedOut()]


def open_server() -> ServerSession:
    session = ServerSession(0)
    assert session.receive(soup.login(REQUEST), 0) == [LoginRequested(REQUEST)]
    session.accept("211216000G", 1, 0)
    return session


def open_client(next_number: int = 1) -> ClientSession:
    session = ClientSession(REQUEST)
    session.login(0)
    session.receive(soup.login_accepted("211216000G", next_number), 0)
    return session


def test_a_whole_session_between_the_two() -> None:
    ours, theirs = ClientSession(REQUEST), ServerSession(0)
    assert theirs.receive(ours.login(0) + COMMAND, 0) == [LoginRequested(REQUEST)]
    assert ours.receive(theirs.accept("211216000G", 41, 0), 0) == [client.Accepted("211216000G", 41)]
    assert theirs.receive(b"", 0) == [RecordsReceived(COMMAND)]  # what came behind the login
    events = ours.receive(EVENT * 2 + REPLY + EVENT + soup.END_OF_SESSION, 0)
    assert events == [
        client.Sequenced(41, EVENT * 2),
        client.Unsequenced(REPLY, 43),  # a line cut behind it is resumed at 43, not behind what followed
        client.Sequenced(43, EVENT),
        client.SessionEnded(),
    ]
    assert (ours.session, ours.next_number) == ("211216000G", 44)
    assert theirs.receive(ours.logout(), 0) == [LoggedOut()]
    assert (ours.state, theirs.state) == (ClientState.CLOSED, ServerState.CLOSED)


def test_a_rejected_login() -> None:
    ours, theirs = ClientSession(REQUEST), ServerSession(0)
    theirs.receive(ours.login(0), 0)
    events = ours.receive(soup.debug("no") + theirs.reject(LoginRefusal.SESSION_UNAVAILABLE), 0)
    assert events == [client.DebugText("no"), client.Rejected(LoginRefusal.SESSION_UNAVAILABLE)]
    assert theirs.state is ServerState.CLOSED


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (EVENT, "expected a client's packet type, found 'S'"),
        (soup.packet(ord("U"), b"x" * 60), "expected a data packet of 64 bytes, found 63"),
        (soup.packet(ord("?")), "expected a client's packet type, found '?'"),
        (b"\xff\xff", "expected a packet of 1 to 256 bytes, found length 65535"),
        (soup.login(REQUEST), "expected no LOGIN in state OPEN, found LOGIN"),
    ],
)
def test_a_broken_packet_is_answered_with_what_was_expected(data: bytes, reason: str) -> None:
    session = open_server()
    assert session.receive(COMMAND + data, 0) == [
        RecordsReceived(COMMAND),
        Broken(reason, soup.debug(reason)),
    ]
    assert session.state is ServerState.CLOSED
    assert session.receive(COMMAND, 0) == []  # nothing after it is read


def test_records_before_a_login_are_not_taken() -> None:
    (event,) = ServerSession(0).receive(COMMAND, 0)
    assert isinstance(event, Broken) and "CONNECTED" in event.reason


def test_server_heartbeats_and_silence() -> None:
    session = open_server()
    assert session.silence(HEARTBEAT_MS - 1) is Silence.NOTHING
    assert session.silence(HEARTBEAT_MS) is Silence.HEARTBEAT
    assert session.silence(HEARTBEAT_MS + 1) is Silence.NOTHING
    session.sent(1_500)
    assert session.silence(2_400) is Silence.NOTHING
    session.receive(soup.CLIENT_HEARTBEAT, 5_000)
    assert session.silence(5_000 + DEAD_MS - 1) is Silence.HEARTBEAT
    assert session.silence(5_000 + DEAD_MS) is Silence.DEAD


def test_a_login_is_due_in_time_whatever_dribbles_in() -> None:
    session = ServerSession(0)
    session.receive(soup.login(REQUEST)[:20], LOGIN_TIMEOUT_MS - 1)
    assert session.silence(LOGIN_TIMEOUT_MS - 1) is Silence.NOTHING
    assert session.silence(LOGIN_TIMEOUT_MS) is Silence.DEAD


def test_client_heartbeats_and_silence() -> None:
    session = open_client()
    assert session.tick(HEARTBEAT_MS - 1) == b""
    assert session.tick(HEARTBEAT_MS) == soup.CLIENT_HEARTBEAT
    session.sent(1_900)
    assert session.tick(2_000) == b""
    with pytest.raises(PeerError, match="silence of 15000 ms"):
        session.tick(DEAD_MS)
    assert session.state is ClientState.CLOSED


def test_good_records_before_a_broken_packet_are_kept() -> None:
    session = open_client()
    events = session.receive(EVENT * 2 + b"\x00\x00", 0)
    assert events[0] == client.Sequenced(1, EVENT * 2)
    assert isinstance(events[1], client.ServerBroken)
    assert session.next_number == 3


def test_our_own_illegal_steps_are_bugs() -> None:
    with pytest.raises(IllegalStep):
        ClientSession(REQUEST).sent(0)
    with pytest.raises(IllegalStep):
        open_client().login(0)
    with pytest.raises(IllegalStep):
        ServerSession(0).accept("x", 1, 0)
