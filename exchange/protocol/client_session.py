"""The member's side of a session, without I/O: bytes and time in, records and bytes to send out.

    session = ClientSession(LoginRequest("SHEM01", "password..", "", 0))
    send(session.login(now_ms))
    for event in session.receive(chunk, now_ms): ...
    send(session.tick(now_ms))              # every quarter second or so

Sequence numbers are implied on the wire: `next_number` counts the sequenced records of the session, so a
lost connection is resumed by logging in with the same session and `next_number`.
"""

from enum import IntEnum, auto
from typing import Final, NamedTuple

from exchange.protocol import soupbintcp
from exchange.protocol.errors import IllegalStep, PeerError
from exchange.protocol.framing import Framer, Packet, Run
from exchange.protocol.soupbintcp import LoginRefusal, LoginRequest, PacketType
from exchange.vocabulary.limits import DEAD_MS, HEARTBEAT_MS, LOGIN_TIMEOUT_MS, RECORD_BYTES


class ClientState(IntEnum):
    """Where the session stands."""

    CONNECTED = auto()  # nothing sent yet
    LOGIN_SENT = auto()
    OPEN = auto()
    REJECTED = auto()
    ENDED = auto()  # the stream's last record has been received
    CLOSED = auto()  # logged out, or the peer broke the protocol or fell silent


class ClientInput(IntEnum):
    """What moves it."""

    LOGIN = auto()  # ours
    LOGOUT = auto()  # ours
    ACCEPTED = auto()
    REJECTED = auto()
    SEQUENCED = auto()
    UNSEQUENCED = auto()
    HEARTBEAT = auto()
    DEBUG = auto()
    END_OF_SESSION = auto()


_S, _I = ClientState, ClientInput
#: (state, input) -> state; what is not here is a protocol error (the peer's) or an illegal step (ours)
CLIENT_TRANSITIONS: Final[dict[tuple[ClientState, ClientInput], ClientState]] = {
    (_S.CONNECTED, _I.LOGIN): _S.LOGIN_SENT,
    (_S.CONNECTED, _I.DEBUG): _S.CONNECTED,
    (_S.CONNECTED, _I.LOGOUT): _S.CLOSED,
    (_S.LOGIN_SENT, _I.ACCEPTED): _S.OPEN,
    (_S.LOGIN_SENT, _I.REJECTED): _S.REJECTED,
    (_S.LOGIN_SENT, _I.HEARTBEAT): _S.LOGIN_SENT,
    (_S.LOGIN_SENT, _I.DEBUG): _S.LOGIN_SENT,
    (_S.LOGIN_SENT, _I.LOGOUT): _S.CLOSED,
    (_S.OPEN, _I.SEQUENCED): _S.OPEN,
    (_S.OPEN, _I.UNSEQUENCED): _S.OPEN,
    (_S.OPEN, _I.HEARTBEAT): _S.OPEN,
    (_S.OPEN, _I.DEBUG): _S.OPEN,
    (_S.OPEN, _I.END_OF_SESSION): _S.ENDED,
    (_S.OPEN, _I.LOGOUT): _S.CLOSED,
    (_S.ENDED, _I.UNSEQUENCED): _S.ENDED,
    (_S.ENDED, _I.HEARTBEAT): _S.ENDED,
    (_S.ENDED, _I.DEBUG): _S.ENDED,
    (_S.ENDED, _I.LOGOUT): _S.CLOSED,
    (_S.REJECTED, _I.DEBUG): _S.REJECTED,
    (_S.REJECTED, _I.LOGOUT): _S.CLOSED,
}

_INPUT_OF_PACKET: Final[dict[int, ClientInput]] = {
    PacketType.LOGIN_ACCEPTED: _I.ACCEPTED,
    PacketType.LOGIN_REJECTED: _I.REJECTED,
    PacketType.SEQUENCED: _I.SEQUENCED,
    PacketType.UNSEQUENCED: _I.UNSEQUENCED,
    PacketType.SERVER_HEARTBEAT: _I.HEARTBEAT,
    PacketType.DEBUG: _I.DEBUG,
    PacketType.END_OF_SESSION: _I.END_OF_SESSION,
}


class Accepted(NamedTuple):
    """The login was accepted; records of `session` follow from `next_number`."""

    session: str
    next_number: int


class Rejected(NamedTuple):
    """The login was rejected; the connection will be closed."""

    refusal: LoginRefusal


class Sequenced(NamedTuple):
    """Consecutive records of the stream: whole 64-byte records, numbered from first_number."""

    first_number: int
    data: bytes


class Unsequenced(NamedTuple):
    """Answers to this login: whole 64-byte records, never numbered."""

    data: bytes
    next_number: int = 0  # of the stream, where these stand between its records


class DebugText(NamedTuple):
    """What the exchange says to a person."""

    text: str


class SessionEnded(NamedTuple):
    """The stream's last record has been received: the trading day is over."""


class ServerBroken(NamedTuple):
    """The exchange broke the protocol; what came before in the chunk is good. Close the connection."""

    reason: str


ClientEvent = Accepted | Rejected | Sequenced | Unsequenced | DebugText | SessionEnded | ServerBroken


class ClientSession:
    """One login over one connection."""

    def __init__(self, request: LoginRequest) -> None:
        self.state = ClientState.CONNECTED
        self.session = request.session
        self.next_number = request.next_number
        self._request = request
        self._framer = Framer()
        self._sent_ms = 0
        self._received_ms = 0

    def login(self, now_ms: int) -> bytes:
        """The packet that opens the session."""
        self._step(ClientInput.LOGIN)
        self._sent_ms = self._received_ms = now_ms
        return soupbintcp.login(self._request)

    def logout(self) -> bytes:
        """The packet that closes the session; nothing is received afterwards."""
        self._step(ClientInput.LOGOUT)
        return soupbintcp.LOGOUT

    def sent(self, now_ms: int) -> None:
        """Say that records were sent now, so that no heartbeat is needed yet."""
        if self.state is not ClientState.OPEN:
            raise IllegalStep(f"expected an open session, found {self.state.name}")
        self._sent_ms = now_ms

    def tick(self, now_ms: int) -> bytes:
        """What silence owes: a heartbeat or nothing; PeerError when the peer has been silent too long."""
        if self.state not in (ClientState.LOGIN_SENT, ClientState.OPEN, ClientState.ENDED):
            return b""
        bound_ms = LOGIN_TIMEOUT_MS if self.state is ClientState.LOGIN_SENT else DEAD_MS
        silent_ms = now_ms - self._received_ms
        if silent_ms >= bound_ms:
            self.state = ClientState.CLOSED
            raise PeerError(f"a packet within {bound_ms} ms", f"silence of {silent_ms} ms")
        if now_ms - self._sent_ms < HEARTBEAT_MS:
            return b""
        self._sent_ms = now_ms
        return soupbintcp.CLIENT_HEARTBEAT

    def receive(self, data: bytes, now_ms: int) -> list[ClientEvent]:
        """What a received chunk says, in order; ServerBroken, if any, is the last."""
        self._received_ms = now_ms
        self._framer.feed(data)
        events: list[ClientEvent] = []
        try:
            while self.state is not ClientState.CLOSED and (piece := self._framer.next()):
                event = self._run(piece) if isinstance(piece, Run) else self._packet(piece)
                if event is not None:
                    events.append(event)
        except PeerError as error:
            self.state = ClientState.CLOSED
            events.append(ServerBroken(str(error)))
        return events

    def _run(self, run: Run) -> ClientEvent:
        if run.packet_type == PacketType.UNSEQUENCED:
            self._peer_step(ClientInput.UNSEQUENCED)
            return Unsequenced(run.data, self.next_number)
        self._peer_step(ClientInput.SEQUENCED)
        first_number = self.next_number
        self.next_number += run.record_count
        return Sequenced(first_number, run.data)

    def _packet(self, packet: Packet) -> ClientEvent | None:
        received = _INPUT_OF_PACKET.get(packet.packet_type)
        if received is None:
            raise PeerError("a server's packet type", repr(chr(packet.packet_type)))
        if received in (ClientInput.SEQUENCED, ClientInput.UNSEQUENCED):
            raise PeerError(f"a data packet of {RECORD_BYTES} bytes", f"{len(packet.payload) + 3}")
        self._peer_step(received)
        if received is ClientInput.ACCEPTED:
            accepted = soupbintcp.parse_login_accepted(packet.payload)
            self.session, self.next_number = accepted
            return Accepted(*accepted)
        if received is ClientInput.REJECTED:
            return Rejected(soupbintcp.parse_login_rejected(packet.payload))
        if received is ClientInput.DEBUG:
            return DebugText(packet.payload.decode("ascii", "replace"))
        return SessionEnded() if received is ClientInput.END_OF_SESSION else None

    def _step(self, ours: ClientInput) -> None:
        state = CLIENT_TRANSITIONS.get((self.state, ours))
        if state is None:
            raise IllegalStep(f"{ours.name} in state {self.state.name}")
        self.state = state

    def _peer_step(self, received: ClientInput) -> None:
        state = CLIENT_TRANSITIONS.get((self.state, received))
        if state is None:
            raise PeerError(f"no {received.name} in state {self.state.name}", received.name)
        self.state = state
