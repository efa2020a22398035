"""The line between the program and the exchange: sees every packet, and does to them what real lines do.

It forwards packet by packet. Armed with a fault it cuts the line inside a record, keeps an answer back, loses
a command, or hands over every byte by itself. What it has seen is all that a program is judged by.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Final, NamedTuple, TypeVar

from exchange.client.credentials import Address
from exchange.protocol import soupbintcp as soup
from exchange.protocol.errors import PeerError
from exchange.protocol.framing import Framer, Packet, Run
from exchange.protocol.sessions import PUBLIC, parse_session
from exchange.protocol.soupbintcp import LoginAccepted, LoginRequest, PacketType
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES, STREAM_PUBLIC
from exchange.vocabulary.records import read

CHUNK_BYTES: Final = 1 << 16
TORN_BYTES: Final = 20  # of a record, before the line is cut inside it
BYTE_PAUSE_S: Final = 0.001  # between single bytes, so that each is read by itself
CONNECT_TIMEOUT_S: Final = 10.0
R = TypeVar("R")


class Fault(Enum):
    """What happens to the next record of a kind on the program's own stream."""

    TEAR = "cut inside the record"
    KEEP_ANSWER = "forward the command, cut before its answer arrives"
    LOSE = "cut without forwarding the command"


class Seen(NamedTuple):
    """One packet as it passed, or as it was kept from passing."""

    at_s: float
    line: int  # counted from 1 in the order of connecting
    is_sent: bool  # by the program
    packet_type: int
    record: dict[str, int | bytes]  # fields of a data packet, else empty
    is_passed: bool

    @property
    def kind(self) -> int:
        """The record's kind, 0 for other packets."""
        return int(self.record.get("kind", 0))


class Login(NamedTuple):
    """A login that the program has tried."""

    line: int
    request: LoginRequest
    wanted_number: int  # of the first record that had not been delivered whole
    is_public: bool


class Relay:
    """Listens on a free port; every connection to it gets one to the exchange."""

    def __init__(self, exchange: Address) -> None:
        self._exchange = exchange
        self._listener = socket.create_server((exchange.host, 0))
        self.address = Address(exchange.host, int(self._listener.getsockname()[1]))
        self._changed = threading.Condition()
        self._seen: list[Seen] = []
        self._logins: list[Login] = []
        self._accepted: dict[int, LoginAccepted] = {}
        self._lines: dict[int, _Line] = {}
        self._delivered: dict[str, int] = {}  # records delivered whole, by session
        self._count = 0
        self._fault: tuple[Fault, int] | None = None
        self._is_slow = False
        self._is_held = False
        self._is_closed = False
        self._threads = [threading.Thread(target=self._accept, name="relay", daemon=True)]
        self._threads[0].start()

    # ---- the examiner's side

    @property
    def logins(self) -> list[Login]:
        """Every login tried so far."""
        with self._changed:
            return list(self._logins)

    @property
    def seen(self) -> list[Seen]:
        """Every packet so far, in the order in which it passed."""
        with self._changed:
            return list(self._seen)

    def own_session(self) -> str | None:
        """The session of the program's own stream, while a line follows it."""
        with self._changed:
            return self._own_session()

    def is_public_open(self) -> bool:
        """Whether a line of the program follows the public stream."""
        with self._changed:
            return any(
                line.is_public and not line.is_cut and line.number in self._accepted
                for line in self._lines.values()
            )

    def wait(self, found: Callable[[], R | None], timeout_s: float) -> R | None:
        """What `found` gives once it gives something, asked after every packet; None when time is up."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while (value := found()) is None:
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)
            return value

    def arm(self, fault: Fault, kind: Kind) -> None:
        """Do it to the next record of that kind on the program's own stream."""
        with self._changed:
            self._fault = fault, int(kind)

    def disarm(self) -> None:
        """Forget a fault that did not come to pass."""
        with self._changed:
            self._fault, self._is_slow = None, False
        self.hold(False)

    def slow(self, is_slow: bool) -> None:
        """Hand over every byte by itself, or as it comes."""
        with self._changed:
            self._is_slow = is_slow

    def hold(self, is_held: bool) -> None:
        """Let nobody through who connects from now on, until they may."""
        with self._changed:
            self._is_held = is_held
            self._changed.notify_all()

    def cut(self) -> None:
        """Cut every line of the program."""
        with self._changed:
            lines = list(self._lines.values())
        for line in lines:
            line.cut()

    def forget(self) -> None:
        """Begin anew with another program: what was seen is gone, its lines are closed."""
        self._hang_up()
        self.wait(lambda: None if self._lines else True, CONNECT_TIMEOUT_S)
        with self._changed:
            self._seen, self._logins, self._fault, self._is_slow = [], [], None, False
            self._delivered.clear()

    def close(self) -> None:
        """Close everything and listen no more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        try:
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        except OSError:
            pass  # not needed where closing wakes it
        self._listener.close()
        self._hang_up()
        for thread in self._threads:
            thread.join(CONNECT_TIMEOUT_S)

    def _hang_up(self) -> None:
        with self._changed:
            lines = list(self._lines.values())
        for line in lines:
            line.hang_up()

    # ---- the lines' side

    def _accept(self) -> None:
        while not self._is_closed:
            try:
                program, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed or not self._is_held)
            try:
                exchange = socket.create_connection(self._exchange_address, CONNECT_TIMEOUT_S)
            except OSError:
                program.close()
                continue
            exchange.settimeout(None)
            self._count += 1
            line = _Line(self, self._count, program, exchange)
            with self._changed:
                self._lines[line.number] = line
                self._changed.notify_all()
            self._threads += line.start()

    @property
    def _exchange_address(self) -> tuple[str, int]:
        return self._exchange.host, self._exchange.port

    def _own_session(self) -> str | None:
        sessions = [
            self._accepted[line.number].session
            for line in self._lines.values()
            if not (line.is_public or line.is_cut) and line.number in self._accepted
        ]
        return sessions[-1] if sessions else None

    def note_sent(self, line: "_Line", packet: Packet) -> bool:
        """A packet of the program; whether it may pass."""
        with self._changed:
            record = _record_of(packet)
            fault = self._fault_of(line, (Fault.KEEP_ANSWER, Fault.LOSE), record)
            if packet.packet_type == PacketType.LOGIN:
                self._note_login(line, packet)
            if fault is Fault.KEEP_ANSWER:
                line.keeps_answer_to = int(record["user_reference"])
            is_passed = fault is not Fault.LOSE
            self._note(line, True, packet, record, is_passed)
            return is_passed

    def note_received(self, line: "_Line", packet: Packet) -> int:
        """A packet of the exchange is about to pass; how many of its bytes may, or -1 for all of them."""
        with self._changed:
            record = _record_of(packet)
            if packet.packet_type == PacketType.LOGIN_ACCEPTED:
                accepted = soup.parse_login_accepted(packet.payload)
                self._accepted[line.number] = accepted
                self._delivered[accepted.session] = accepted.next_number - 1
                line.is_public |= _is_public(accepted.session)
            passes = -1
            if self._fault_of(line, (Fault.TEAR,), record) is not None:
                passes = TORN_BYTES
            if line.keeps_answer_to is not None:
                passes = 0
            if passes != -1:
                self._note(line, False, packet, record, False)
            return passes

    def note_delivered(self, line: "_Line", packet: Packet) -> None:
        """A packet of the exchange has gone to the program whole."""
        with self._changed:
            if packet.packet_type == PacketType.SEQUENCED:
                self._delivered[self._accepted[line.number].session] += 1
            self._note(line, False, packet, _record_of(packet), True)

    def is_slow(self) -> bool:
        """Whether bytes go one by one."""
        with self._changed:
            return self._is_slow

    def ended(self, line: "_Line") -> bool:
        """One of a line's two ways has ended; whether both have."""
        with self._changed:
            line.ways_open -= 1
            if line.ways_open == 0:
                self._lines.pop(line.number, None)
            self._changed.notify_all()
            return line.ways_open == 0

    def _fault_of(
        self, line: "_Line", faults: tuple[Fault, ...], record: dict[str, int | bytes]
    ) -> Fault | None:
        if self._fault is None or line.is_public or not record:
            return None
        fault, kind = self._fault
        if fault not in faults or record["kind"] != kind:
            return None
        self._fault = None
        return fault

    def _note_login(self, line: "_Line", packet: Packet) -> None:
        try:
            request = soup.parse_login(packet.payload)
        except PeerError:
            return  # the exchange will say so
        line.is_public = _is_public(request.session)
        followed = request.session
        if not followed or followed == PUBLIC:
            days = [name for name in self._delivered if _is_public(name) == line.is_public]
            followed = max(days, default="")
        wanted = self._delivered.get(followed, 0) + 1
        self._logins.append(Login(line.number, request, wanted, line.is_public))

    def _note(
        self, line: "_Line", is_sent: bool, packet: Packet, record: dict[str, int | bytes], is_passed: bool
    ) -> None:
        seen = Seen(time.monotonic(), line.number, is_sent, packet.packet_type, record, is_passed)
        if not line.is_public:
            self._seen.append(seen)
        self._changed.notify_all()


class _Line:
    """Two sockets and a thread for each direction."""

    def __init__(self, relay: Relay, number: int, program: socket.socket, exchange: socket.socket) -> None:
        self.number = number
        self.is_public = False
        self.is_cut = False
        self.ways_open = 2
        self.keeps_answer_to: int | None = None  # reference of a command whose answer must not arrive
        self._relay = relay
        self._program = program
        self._exchange = exchange
        for one in (program, exchange):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start(self) -> list[threading.Thread]:
        """Begin to forward."""
        threads = [
            threading.Thread(target=self._run, args=(way,), name=f"line {self.number}", daemon=True)
            for way in (self._forward_sent, self._forward_received)
        ]
        for thread in threads:
            thread.start()
        return threads

    def cut(self) -> None:
        """Both ends learn that the line is gone.

        What the program still sends is read and dropped: closing on it would reset the connection, and the
        program would lose records that had been delivered.
        """
        self.is_cut = True
        _shut(self._program, socket.SHUT_WR)
        _shut(self._exchange, socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """Close at once."""
        self.cut()
        _shut(self._program, socket.SHUT_RDWR)

    def _run(self, way: Callable[[], None]) -> None:
        try:
            way()
        except OSError:
            pass  # one end hung up: so does the other
        finally:
            self.cut()
            if self._relay.ended(self):
                self._program.close()
                self._exchange.close()

    def _forward_sent(self) -> None:
        for packet, data in _packets(self._program):
            if self.is_cut:
                continue
            if packet is not None and not self._relay.note_sent(self, packet):
                self.cut()
                continue
            self._exchange.sendall(data)

    def _forward_received(self) -> None:
        for packet, data in _packets(self._exchange):
            assert packet is not None, "the exchange frames its packets"
            passes = self._relay.note_received(self, packet)
            if passes > 0:
                self._send(data[:passes])
                return
            if passes == -1:
                self._send(data)
                self._relay.note_delivered(self, packet)
            elif self._is_answer(packet):
                return

    def _is_answer(self, packet: Packet) -> bool:
        return _record_of(packet).get("user_reference") == self.keeps_answer_to

    def _send(self, data: bytes) -> None:
        if not self._relay.is_slow():
            self._program.sendall(data)
            return
        for byte in data:
            self._program.sendall(bytes((byte,)))
            time.sleep(BYTE_PAUSE_S)


def _shut(one: socket.socket, how: int) -> None:
    try:
        one.shutdown(how)
    except OSError:
        pass  # it was gone already


def _packets(peer: socket.socket) -> Iterator[tuple[Packet | None, bytes]]:
    """What a socket sends, packet by packet, until it ends; None and the bytes once they are not packets."""
    framer = Framer()
    while data := peer.recv(CHUNK_BYTES):
        framer.feed(data)
        try:
            while (piece := framer.next()) is not None:
                yield from _cut(piece)
        except PeerError:
            yield None, data
            return


def _cut(piece: Run | Packet) -> Iterator[tuple[Packet, bytes]]:
    if isinstance(piece, Packet):
        yield piece, soup.packet(piece.packet_type, piece.payload)
        return
    for start in range(0, len(piece.data), RECORD_BYTES):
        data = piece.data[start : start + RECORD_BYTES]
        yield Packet(piece.packet_type, data), data


def _record_of(packet: Packet) -> dict[str, int | bytes]:
    """The fields of a data packet of a known kind; empty for any other."""
    if len(packet.payload) != RECORD_BYTES:
        return {}
    try:
        return read(packet.payload)
    except ValueError:
        return {}


def _is_public(session: str) -> bool:
    name = None if session in ("", PUBLIC) else parse_session(session)
    return session == PUBLIC or (name is not None and name.stream_id == STREAM_PUBLIC)
