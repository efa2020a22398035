"""The exchange's side of a session, without I/O: bytes and time in; records, a login to check, an end out.

The session knows packets and states. Who may log in, what a record may say and which stream follows is the
owner's to decide: it answers a LoginRequested with `accept` or `reject` and then calls `receive(b"", now_ms)`
again for what came behind the login in the same chunk.
"""

from enum import IntEnum, auto
from typing import Final, NamedTuple

from exchange.protocol import soupbintcp
from exchange.protocol.errors import IllegalStep, PeerError
from exchange.protocol.framing import UNSEQUENCED_HEADER, Framer, Packet, Run
from exchange.protocol.soupbintcp import LoginRefusal, LoginRequest, PacketType
from exchange.vocabulary.limits import DEAD_MS, HEARTBEAT_MS, LOGIN_TIMEOUT_MS, RECORD_BYTES


class ServerState(IntEnum):
    """Where the session stands."""

    CONNECTED = auto()  # waiting for a login
    CHECKING = auto()  # a login was handed to the owner
    OPEN = auto()
    ENDED = auto()  # 'Z' was sent: the stream is over
    CLOSED = auto()


class ServerInput(IntEnum):
    """What moves it."""

    LOGIN = auto()
    RECORDS = auto()
    HEARTBEAT = auto()
    DEBUG = auto()
    LOGOUT = auto()
    ACCEPT = auto()  # ours
    REJECT = auto()  # ours
    END = auto()  # ours: the stream's last record has been sent
    CLOSE = auto()  # ours: protocol error, silence, connection lost


_S, _I = ServerState, ServerInput
#: (state, input) -> state; what is not here is a protocol error (the peer's) or an illegal step (ours)
SERVER_TRANSITIONS: Final[dict[tuple[ServerState, ServerInput], ServerState]] = {
    (_S.CONNECTED, _I.LOGIN): _S.CHECKING,
    (_S.CONNECTED, _I.HEARTBEAT): _S.CONNECTED,
    (_S.CONNECTED, _I.DEBUG): _S.CONNECTED,
    (_S.CONNECTED, _I.LOGOUT): _S.CLOSED,
    (_S.CONNECTED, _I.CLOSE): _S.CLOSED,
    (_S.CHECKING, _I.ACCEPT): _S.OPEN,
    (_S.CHECKING, _I.REJECT): _S.CLOSED,
    (_S.CHECKING, _I.CLOSE): _S.CLOSED,
    (_S.OPEN, _I.RECORDS): _S.OPEN,
    (_S.OPEN, _I.HEARTBEAT): _S.OPEN,
    (_S.OPEN, _I.DEBUG): _S.OPEN,
    (_S.OPEN, _I.LOGOUT): _S.CLOSED,
    (_S.OPEN, _I.END): _S.ENDED,
    (_S.OPEN, _I.CLOSE): _S.CLOSED,
    (_S.ENDED, _I.HEARTBEAT): _S.ENDED,
    (_S.ENDED, _I.DEBUG): _S.ENDED,
    (_S.ENDED, _I.LOGOUT): _S.CLOSED,
    (_S.ENDED, _I.CLOSE): _S.CLOSED,
    (_S.CLOSED, _I.CLOSE): _S.CLOSED,
}

_INPUT_OF_PACKET: Final[dict[int, ServerInput]] = {
    PacketType.LOGIN: _I.LOGIN,
    PacketType.UNSEQUENCED: _I.RECORDS,
    PacketType.CLIENT_HEARTBEAT: _I.HEARTBEAT,
    PacketType.DEBUG: _I.DEBUG,
    PacketType.LOGOUT: _I.LOGOUT,
}


class RecordsReceived(NamedTuple):
    """Whole 64-byte unsequenced records, as received."""

    data: bytes


class LoginRequested(NamedTuple):
    """Somebody wants in; answer with accept or reject."""

    request: LoginRequest


class LoggedOut(NamedTuple):
    """The peer is done; close the connection."""


class Broken(NamedTuple):
    """The peer broke the protocol: send the answer and close the connection."""

    reason: str
    answer: bytes


ServerEvent = RecordsReceived | LoginRequested | LoggedOut | Broken


class Silence(IntEnum):
    """What the passing of time owes."""

    NOTHING = 0
    HEARTBEAT = 1  # send one
    DEAD = 2  # the peer has been silent, or has not logged in, for too long: close


class ServerSession:
    """One connection of one peer."""

    __slots__ = ("_framer", "_received_ms", "_sent_ms", "state")

    def __init__(self, now_ms: int) -> None:
        self.state = ServerState.CONNECTED
        self._framer = Framer()
        self._received_ms = now_ms
        self._sent_ms = now_ms

    def receive(self, data: bytes, now_ms: int) -> list[ServerEvent]:
        """What a received chunk says, in order. Broken and LoggedOut are always the last."""
        if self.state is ServerState.OPEN:  # before that no dribble of bytes may stretch the login time
            self._received_ms = now_ms
        if self.state is ServerState.CLOSED:
            return []  # whatever still comes is not kept
        if self._is_one_record(data):  # one order in flight: nothing to cut
            return [RecordsReceived(data)]
        self._framer.feed(data)
        events: list[ServerEvent] = []
        try:
            while self.state in (ServerState.CONNECTED, ServerState.OPEN, ServerState.ENDED):
                piece = self._framer.next()
                if piece is None:
                    break
                event = self._run(piece) if isinstance(piece, Run) else self._packet(piece)
                if event is not None:
                    events.append(event)
        except PeerError as error:
            self.state = ServerState.CLOSED
            events.append(Broken(str(error), soupbintcp.debug(str(error))))
        return events

    def accept(self, session: str, next_number: int, now_ms: int) -> bytes:
        """Let the peer in; the answer to send."""
        self._step(ServerInput.ACCEPT)
        self._received_ms = self._sent_ms = now_ms
        return soupbintcp.login_accepted(session, next_number)

    def reject(self, refusal: LoginRefusal) -> bytes:
        """Turn the peer away; the answer to send before closing."""
        self._step(ServerInput.REJECT)
        return soupbintcp.login_rejected(refusal)

    def end(self, now_ms: int) -> bytes:
        """Say that the stream is over."""
        self._step(ServerInput.END)
        self._received_ms = self._sent_ms = now_ms
        return soupbintcp.END_OF_SESSION

    def close(self) -> None:
        """The connection is gone or is about to be."""
        self._step(ServerInput.CLOSE)

    def sent(self, now_ms: int) -> None:
        """Say that something was sent now, so that no heartbeat is needed yet."""
        self._sent_ms = now_ms

    def heard(self, now_ms: int) -> None:
        """Say that the peer is alive though it was not read: its owner stopped reading for a while."""
        self._received_ms = now_ms

    def silence(self, now_ms: int) -> Silence:
        """What the time since the last packet, either way, owes."""
        is_open = self.state is ServerState.OPEN
        bound_ms = DEAD_MS if is_open else LOGIN_TIMEOUT_MS
        if now_ms - self._received_ms >= bound_ms:
            return Silence.DEAD
        if is_open and now_ms - self._sent_ms >= HEARTBEAT_MS:
            self._sent_ms = now_ms
            return Silence.HEARTBEAT
        return Silence.NOTHING

    def _is_one_record(self, data: bytes) -> bool:
        return (
            len(data) == RECORD_BYTES
            and self.state is ServerState.OPEN
            and data.startswith(UNSEQUENCED_HEADER)
            and not self._framer.pending_bytes
        )

    def _run(self, run: Run) -> ServerEvent | None:
        if run.packet_type != PacketType.UNSEQUENCED:
            raise PeerError("a client's packet type", repr(chr(run.packet_type)))
        if self.state is ServerState.ENDED:
            return None  # sent before the peer could know that the stream is over
        self._peer_step(ServerInput.RECORDS)
        return RecordsReceived(run.data)

    def _packet(self, packet: Packet) -> ServerEvent | None:
        received = _INPUT_OF_PACKET.get(packet.packet_type)
        if received is None:
            raise PeerError("a client's packet type", repr(chr(packet.packet_type)))
        if received is ServerInput.RECORDS:
            raise PeerError(f"a data packet of {RECORD_BYTES} bytes", f"{len(packet.payload) + 3}")
        self._peer_step(received)
        if received is ServerInput.LOGIN:
            return LoginRequested(soupbintcp.parse_login(packet.payload))
        return LoggedOut() if received is ServerInput.LOGOUT else None

    def _step(self, ours: ServerInput) -> None:
        state = SERVER_TRANSITIONS.get((self.state, ours))
        if state is None:
            raise IllegalStep(f"{ours.name} in state {self.state.name}")
        self.state = state

    def _peer_step(self, received: ServerInput) -> None:
        state = SERVER_TRANSITIONS.get((self.state, received))
        if state is None:
            raise PeerError(f"no {received.name} in state {self.state.name}", received.name)
        self.state = state
