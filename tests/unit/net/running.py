"""A real exchange on a free port in a thread of its own, and a peer that talks to it over a plain socket."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np

from benchmarks.gateway_market import begin_trading, make_participants, open_engine
from exchange.client import credentials_of
from exchange.engine.clock import ManualClock
from exchange.engine.directory import Directory, provision
from exchange.engine.engine import Engine
from exchange.engine.journal import Durability
from exchange.net.gateway import Gateway
from exchange.net.service import gateway_in_thread
from exchange.net.settings import DEFAULTS, GatewaySettings
from exchange.protocol.client_session import (
    Accepted,
    ClientEvent,
    ClientSession,
    DebugText,
    Rejected,
    Sequenced,
    SessionEnded,
    Unsequenced,
)
from exchange.protocol.soupbintcp import LoginRequest
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import EVENT, REPLY, Records

TIMEOUT_S = 20.0
R = TypeVar("R")
FELLOW = "FELLOW"  # the first member's second login


class Running(NamedTuple):
    """What a test may look at. The engine belongs to the gateway's thread: read it only when nothing runs."""

    data: Path
    directory: Directory
    engine: Engine
    clock: ManualClock
    port: int
    gateway: Gateway
    loop: asyncio.AbstractEventLoop

    def in_gateway(self, ask: Callable[[Gateway], R]) -> R:
        """Ask the gateway in its own thread."""

        async def answer() -> R:
            return ask(self.gateway)

        return asyncio.run_coroutine_threadsafe(answer(), self.loop).result(TIMEOUT_S)

    def until(self, is_so: Callable[[Gateway], bool]) -> None:
        """Wait until something is true of the gateway."""
        deadline = time.monotonic() + TIMEOUT_S
        while not self.in_gateway(is_so):
            assert time.monotonic() < deadline, "expected it to become true in time"
            time.sleep(0.01)

    def peer(self, user: str, session: str = "", next_number: int = 1) -> "Peer":
        """Log in with the login's real password."""
        peer = self.late_peer(user, session, next_number)
        answer = peer.login()
        assert isinstance(answer, Accepted), (answer, peer.texts)
        return peer

    def late_peer(self, user: str, session: str = "", next_number: int = 1) -> "Peer":
        """Connected, and not logged in yet."""
        return Peer(self.port, user, credentials_of(self.data, user).password, session, next_number)


@contextmanager
def running_exchange(
    data: Path,
    members: int = 2,
    *,
    is_trading: bool = True,
    days: int = 1,
    settings: GatewaySettings = DEFAULTS,
) -> Iterator[Running]:
    """Start engine and gateway, stop them at the end; what the gateway raised is raised here.

    The first member has a second login, FELLOW.
    """
    people = make_participants(members)
    directory, clock = provision(data, [*people, people[0]._replace(user=FELLOW)]), ManualClock()
    engine = open_engine(data, directory, Durability.SYNC, clock, days)
    if is_trading:
        begin_trading(engine, clock)
    gateway = Gateway(engine, directory, settings)
    try:
        with gateway_in_thread(gateway) as loop:
            yield Running(data, directory, engine, clock, gateway.port, gateway, loop)
    finally:
        engine.close()


class Peer:
    """One connection, blocking: send, then wait until what is expected has come."""

    def __init__(self, port: int, user: str, password: str, session: str = "", next_number: int = 1) -> None:
        self.machine = ClientSession(LoginRequest(user, password, session, next_number))
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
        self.log: list[ClientEvent] = []
        self.is_closed = False

    def login(self) -> ClientEvent:
        """Log in; the answer."""
        self.socket.sendall(self.machine.login(0))
        while True:
            self.read()
            for event in self.log:
                if isinstance(event, Accepted | Rejected):
                    return event

    def send(self, *records: bytes) -> None:
        """Send records."""
        self.socket.sendall(b"".join(records))

    def read(self) -> None:
        """One chunk; at the end of the connection `is_closed`."""
        assert not self.is_closed, f"closed after {self.log}"
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        if not data:
            self.is_closed = True
            return
        self.log += self.machine.receive(data, 0)

    @property
    def data(self) -> bytes:
        """The bytes of every sequenced record so far."""
        return b"".join(e.data for e in self.log if isinstance(e, Sequenced))

    @property
    def events(self) -> Records:
        """Every sequenced record so far."""
        return np.frombuffer(self.data, EVENT)

    @property
    def replies(self) -> Records:
        """Every unsequenced record so far."""
        return np.frombuffer(b"".join(e.data for e in self.log if isinstance(e, Unsequenced)), REPLY)

    @property
    def texts(self) -> list[str]:
        """What the exchange said to a person."""
        return [event.text for event in self.log if isinstance(event, DebugText)]

    @property
    def has_ended(self) -> bool:
        """Whether 'Z' has come."""
        return any(isinstance(event, SessionEnded) for event in self.log)

    def wait_for(self, kind: Kind, count: int = 1) -> list[np.void]:
        """Read until so many records of a kind have come; all of them."""
        while True:
            records = self.events if kind < Kind.REFUSED else self.replies
            found = [record for record in records if record["kind"] == kind]
            if len(found) >= count:
                return found
            self.read()

    def wait_for_close(self) -> None:
        """Read until the exchange has closed."""
        while not self.is_closed:
            self.read()

    def close(self) -> None:
        """Hang up without a word."""
        self.socket.close()

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
