"""The client side of the gateway's benchmark: plain sockets and whole chunks.

A command is answered when its ACCEPTED, REJECTED or DONE has come: exactly one of them tells the end of each.
"""

import select
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from benchmarks.gateway_flow import Flow, single_order
from exchange.client import credentials_of
from exchange.protocol.client_session import ClientSession, ClientState, Sequenced
from exchange.protocol.soupbintcp import LoginRequest
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES

TIMEOUT_S: Final = 30.0
READ_BYTES: Final = 1 << 20
ANSWERS: Final = (int(Kind.ACCEPTED), int(Kind.REJECTED), int(Kind.DONE))
_ANSWER_BYTES: Final = frozenset(ANSWERS)


class Rate(NamedTuple):
    """Commands answered per second, and the share of them that was not rejected."""

    per_second: int
    accepted_share: float


class Session:
    """One connection. The login is sent at once; `ready` waits for its answer: many log in together."""

    def __init__(self, port: int, data: Path, user: str, session: str = "", next_number: int = 0) -> None:
        password = credentials_of(data, user).password
        self.machine = ClientSession(LoginRequest(user, password, session, next_number))
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(self.machine.login(0))
        self.answered = self.rejected = 0

    def ready(self) -> "Session":
        """Wait until the login has been accepted."""
        while self.machine.state is ClientState.LOGIN_SENT:
            self.machine.receive(self.receive(), 0)
        if self.machine.state is not ClientState.OPEN:
            raise ConnectionError(f"expected the login to be accepted, found {self.machine.state.name}")
        return self

    def receive(self) -> bytes:
        """One chunk."""
        data = self.socket.recv(READ_BYTES)
        if not data:
            raise ConnectionError("expected the exchange to answer, found the connection closed")
        return data

    def records(self, data: bytes) -> list[bytes]:
        """The sequenced records of a chunk, in runs."""
        return [event.data for event in self.machine.receive(data, 0) if isinstance(event, Sequenced)]

    def count(self, data: bytes) -> int:
        """Commands answered by a chunk."""
        answered = 0
        for records in self.records(data):
            if len(records) <= 4 * RECORD_BYTES:
                kinds = records[3::RECORD_BYTES]
                answered += sum(kind in _ANSWER_BYTES for kind in kinds)
                self.rejected += kinds.count(int(Kind.REJECTED))
            else:
                answered += sum(count_kind(records, kind) for kind in ANSWERS)
                self.rejected += count_kind(records, Kind.REJECTED)
        self.answered += answered
        return answered

    def wait_answered(self, count: int) -> None:
        """Read until so many commands in all have been answered."""
        while self.answered < count:
            self.count(self.receive())

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def count_kind(records: bytes, kind: int) -> int:
    """How many records are of a kind."""
    return int(np.count_nonzero(np.frombuffer(records, np.uint8)[3::RECORD_BYTES] == kind))


def echo_rate(port: int, seconds: float) -> int:
    """Records a second through a bare echo: one connection, 64 KiB writes, sender and reader apart."""
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_S) as link:
        chunk = single_order(1) * 1_024
        sent = _send_for(link, seconds, lambda: chunk)
        start, received = time.perf_counter(), 0
        while (total := sent.total) is None or received < total:
            received += len(link.recv(READ_BYTES))
        return round(received / RECORD_BYTES / (time.perf_counter() - start))


class _Sending:
    """Bytes sent by a thread; None while it sends."""

    def __init__(self) -> None:
        self.total: int | None = None


def _send_for(link: socket.socket, seconds: float, make_chunk: Callable[[], bytes]) -> _Sending:
    """Send chunks from a thread of its own for a while."""
    sending = _Sending()

    def run() -> None:
        total, deadline = 0, time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            chunk = make_chunk()
            link.sendall(chunk)
            total += len(chunk)
        sending.total = total

    threading.Thread(target=run, daemon=True).start()
    return sending


def saturated_rate(session: Session, flow: Flow, seconds: float) -> Rate:
    """One session sends as fast as the exchange takes it; the clock stops when the last answer has come."""
    start = time.perf_counter()
    before, rejected = session.answered, session.rejected
    sending = _send_for(session.socket, seconds, flow.chunk)
    while (total := sending.total) is None or session.answered - before < total // RECORD_BYTES:
        session.count(session.receive())
    return _rate(session.answered - before, session.rejected - rejected, start)


def closed_loop_rate(sessions: list[Session], chunks: Callable[[int], bytes], seconds: float) -> Rate:
    """Every session keeps one chunk in flight: the next is sent when all of the last has been answered.

    `chunks(number)` gives the session's next chunk.
    """
    poll = select.epoll()
    waiting: dict[int, int] = {}
    by_descriptor: dict[int, tuple[int, Session]] = {}
    for number, session in enumerate(sessions):
        session.socket.setblocking(False)
        descriptor = session.socket.fileno()
        by_descriptor[descriptor] = (number, session)
        waiting[descriptor] = 0
        poll.register(descriptor, select.EPOLLIN)
    answered = 0
    rejected = sum(session.rejected for session in sessions)
    start = time.perf_counter()
    deadline = start + seconds
    for descriptor, (number, session) in by_descriptor.items():
        waiting[descriptor] = _send_chunk(session, chunks(number))
    in_flight = len(sessions)
    while in_flight:
        for descriptor, _ in poll.poll(TIMEOUT_S):
            number, session = by_descriptor[descriptor]
            done = session.count(session.receive())
            answered += done
            waiting[descriptor] -= done
            if waiting[descriptor] == 0 and done:
                if time.perf_counter() < deadline:
                    waiting[descriptor] = _send_chunk(session, chunks(number))
                else:
                    in_flight -= 1
    rate = _rate(answered, sum(session.rejected for session in sessions) - rejected, start)
    poll.close()
    for session in sessions:
        session.socket.setblocking(True)
    return rate


def _send_chunk(session: Session, chunk: bytes) -> int:
    """Send a chunk that fits the socket's buffer; how many commands it holds."""
    sent = session.socket.send(chunk)
    if sent != len(chunk):
        raise BlockingIOError(
            f"expected {len(chunk)} bytes to fit the socket's buffer, found room for {sent}"
        )
    return len(chunk) // RECORD_BYTES


def _rate(answered: int, rejected: int, start: float) -> Rate:
    elapsed = time.perf_counter() - start
    return Rate(round(answered / elapsed), round(1 - rejected / max(answered, 1), 4))


def round_trips_us(session: Session, seconds: float, first_reference: int = 1) -> list[float]:
    """One order in flight: time from sending it to its answer, each one."""
    times: list[float] = []
    reference = first_reference
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        record = single_order(reference)
        reference += 1
        before = session.answered
        start = time.perf_counter_ns()
        session.socket.sendall(record)
        while session.answered == before:
            session.count(session.receive())
        times.append((time.perf_counter_ns() - start) / 1_000)
    return times


def percentiles(times: list[float]) -> dict[str, float]:
    """p50 and p99."""
    p50, p99 = np.percentile(np.array(times), [50, 99])
    return {"p50": round(float(p50), 1), "p99": round(float(p99), 1)}
