"""An ordinary SoupBinTCP 3.00 client, written from the protocol's own facts, against the real exchange.

Nothing of ours is on the client's side: a socket, struct, and the specification. It does not know what the
64 bytes of a data packet mean; it counts them.
"""

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.client import credentials_of
from tests.unit.net.running import Running, running_exchange

TIMEOUT_S = 20.0


class SoupClient:
    """SoupBinTCP 3.00: 2-byte big-endian length, 1-byte type, payload."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
        self.buffer = b""

    def send(self, packet_type: bytes, payload: bytes = b"") -> None:
        self.socket.sendall(struct.pack(">H", 1 + len(payload)) + packet_type + payload)

    def login(self, user: str, password: str, session: str = "", number: int = 1) -> None:
        self.send(b"L", f"{user:<6}{password:<10}{session:>10}{number:>20}".encode())

    def packet(self) -> tuple[bytes, bytes] | None:
        """The next packet; None when the server has closed."""
        while True:
            if len(self.buffer) >= 2:
                (length,) = struct.unpack(">H", self.buffer[:2])
                if len(self.buffer) >= 2 + length:
                    packet, self.buffer = self.buffer[2 : 2 + length], self.buffer[2 + length :]
                    return packet[:1], packet[1:]
            data = self.socket.recv(4096)
            if not data:
                return None
            self.buffer += data

    def packet_of(self, wanted: bytes) -> bytes:
        """The payload of the next packet of a type; heartbeats and debug text may come before it."""
        while True:
            packet = self.packet()
            assert packet is not None, f"closed while waiting for {wanted!r}"
            if packet[0] == wanted:
                return packet[1]
            assert packet[0] in (b"H+S" if wanted == b"H" else b"H+"), packet

    def packet_of_any(self, wanted: bytes) -> bytes:
        """The same, whatever comes before it."""
        while (packet := self.packet()) is not None:
            if packet[0] == wanted:
                return packet[1]
        raise AssertionError(f"closed while waiting for {wanted!r}")

    def sequenced(self, count: int) -> list[bytes]:
        return [self.packet_of(b"S") for _ in range(count)]

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with running_exchange(tmp_path) as running:
        yield running


@pytest.fixture
def client(running: Running) -> Iterator[SoupClient]:
    client = SoupClient(running.port)
    yield client
    client.close()


def password_of(running: Running, user: str) -> str:
    return credentials_of(running.data, user).password


def test_log_in_follow_with_heartbeats_and_log_out(running: Running, client: SoupClient) -> None:
    client.login("B00000", password_of(running, "B00000"))
    accepted = client.packet_of(b"A")
    assert len(accepted) == 30
    assert accepted[:10].decode().strip() == "211216000G"
    assert int(accepted[10:]) == 1
    assert len(client.packet_of(b"S")) == 61
    for _ in range(3):  # nothing to say for three seconds: the server says that it is there
        client.send(b"R")
        assert client.packet_of(b"H") == b""
    client.send(b"O")
    while (packet := client.packet()) is not None:
        assert packet[0] in b"SH"


def test_resume_from_a_number(running: Running, client: SoupClient) -> None:
    password = password_of(running, "CONSOL")
    client.login("CONSOL", password)
    session = client.packet_of(b"A")[:10].decode().strip()
    records = client.sequenced(4)
    for number in (1, 2, 4):
        again = SoupClient(running.port)
        again.login("CONSOL", password, session, number)
        accepted = again.packet_of(b"A")
        assert (accepted[:10].decode().strip(), int(accepted[10:])) == (session, number)
        assert again.sequenced(5 - number) == records[number - 1 :]
        again.send(b"O")
        again.close()


def test_number_0_starts_at_the_newest_record(running: Running, client: SoupClient) -> None:
    client.login("CONSOL", password_of(running, "CONSOL"), "", 0)
    assert int(client.packet_of(b"A")[10:]) > 1
    assert len(client.packet_of(b"S")) == 61


def test_either_padding_is_taken(running: Running, client: SoupClient) -> None:
    password = password_of(running, "B00001")
    client.send(b"L", f"{'B00001':>6}{password:>10}{'':<10}{'1':<20}".encode())
    assert client.packet_of(b"A")[:10].decode().strip() == "211216000H"


def test_an_unsequenced_packet_is_answered_in_the_stream(running: Running, client: SoupClient) -> None:
    """61 bytes it made from the page's field table: a listing; the stream answers with one more packet."""
    client.login("B00000", password_of(running, "B00000"))
    client.packet_of(b"A")
    listing = struct.pack("<BIQqHHIQIIIBB", 1, 1, 0, 0, 0, 1, 0, 0, 4250, 10, 0, 1, 0).ljust(61, b"\0")
    client.send(b"U", listing)
    kinds = []
    while 0x80 not in kinds:  # ACCEPTED
        kinds.append(client.packet_of(b"S")[0])
    assert kinds[0] == 0x87  # STREAM_OPENED


def test_a_wrong_password_is_rejected_with_A(running: Running, client: SoupClient) -> None:
    client.login("B00000", "wrong")
    assert client.packet_of(b"J") == b"A"
    assert client.packet() is None


def test_an_unknown_session_is_rejected_with_S(running: Running, client: SoupClient) -> None:
    client.login("B00000", password_of(running, "B00000"), "2001010000")
    assert client.packet_of(b"J") == b"S"
    assert client.packet() is None
