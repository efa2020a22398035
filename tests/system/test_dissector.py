"""A captured session decodes without error in a packet dissector of other people that knows SoupBinTCP."""

import socket
import struct
import subprocess
from pathlib import Path

import pytest

from benchmarks.gateway_market import CONTRACT
from exchange.client import credentials_of
from exchange.vocabulary.enums import QueryKind, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import make
from tests.system.pcap import Conversation, write_pcap
from tests.system.test_soupbintcp import SoupClient
from tests.unit.net.running import Running, running_exchange
from tests.unit.net.test_gateway_days import end_day, opening_reference
from tools.machine import find_tshark

pytestmark = pytest.mark.tshark
TSHARK_TIMEOUT_S = 60
Packet = tuple[bytes, bytes]  # type and payload


class RecordingClient(SoupClient):
    """Keeps what has gone over its socket, in the order in which this end saw it."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.client_port = int(self.socket.getsockname()[1])
        self.pieces: list[tuple[bool, bytes]] = []
        self.socket = _Recording(self.socket, self.pieces)  # type: ignore[assignment]

    def record(self, record: bytes) -> None:
        """Send one of our records, head included."""
        self.socket.sendall(record)

    @property
    def conversation(self) -> Conversation:
        """tshark begins anew at the login's answer: a record begun in the same segment would be lost."""
        first = next(n for n, (is_client, _) in enumerate(self.pieces) if not is_client)
        data = self.pieces[first][1]
        end = 2 + int.from_bytes(data[:2], "big")
        answer = [(False, data[:end]), (False, data[end:])]
        return Conversation(self.client_port, [*self.pieces[:first], *answer, *self.pieces[first + 1 :]])

    def packets(self, is_client: bool) -> list[Packet]:
        """What one side has sent, cut by the specification's own rule."""
        data = b"".join(piece for way, piece in self.pieces if way is is_client)
        found = []
        while data:
            (length,) = struct.unpack(">H", data[:2])
            found.append((data[2:3], data[3 : 2 + length]))
            data = data[2 + length :]
        return found


class _Recording:
    def __init__(self, inner: socket.socket, pieces: list[tuple[bool, bytes]]) -> None:
        self._inner = inner
        self._pieces = pieces

    def sendall(self, data: bytes) -> None:
        self._pieces.append((True, data))
        self._inner.sendall(data)

    def recv(self, size: int) -> bytes:
        data = self._inner.recv(size)
        if data:
            self._pieces.append((False, data))
        return data

    def close(self) -> None:
        self._inner.close()


def until_closed(client: SoupClient) -> None:
    while client.packet() is not None:
        pass
    client.close()


def trade_a_day(running: Running) -> RecordingClient:
    """A member's session from login to the end of the day, with every packet type it can have."""
    client = RecordingClient(running.port)
    client.login("B00000", credentials_of(running.data, "B00000").password)
    fields = {"contract_id": CONTRACT, "side": Side.SELL, "quantity_lots": 10}
    client.record(make(Kind.LISTING, user_reference=1, price_ticks=4_250, **fields))
    client.record(make(Kind.LISTING, user_reference=2, price_ticks=9_999, **fields))
    client.record(make(Kind.HALT, user_reference=3))
    client.record(make(Kind.QUERY, user_reference=3, query=QueryKind.ORDERS))
    client.send(b"+", b"text for a person")
    client.send(b"R")
    client.packet_of_any(b"H")
    with running.peer("WUHAN1") as registry:
        end_day(running, registry, opening_reference(running))
    until_closed(client)
    return client


def turned_away(running: Running, password: str, session: str, number: int) -> RecordingClient:
    client = RecordingClient(running.port)
    client.login("B00001", password, session, number)
    until_closed(client)
    return client


def logged_out(running: Running) -> RecordingClient:
    client = RecordingClient(running.port)
    client.login("B00001", credentials_of(running.data, "B00001").password)
    client.packet_of(b"A")
    client.send(b"O")
    until_closed(client)
    return client


def dissect(capture: Path, port: int, *options: str) -> list[list[str]]:
    """tshark's rows, a frame each."""
    tshark = find_tshark()
    assert tshark is not None
    command = [tshark, "-n", "-r", str(capture), "-d", f"tcp.port=={port},soupbintcp", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TSHARK_TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]


def dissected(capture: Path, port: int, client_port: int, is_client: bool) -> list[Packet]:
    """Type and payload of every packet that one side has sent, as tshark reads them."""
    way = f"tcp.srcport=={client_port}" if is_client else f"tcp.dstport=={client_port}"
    names = ("packet_type", "packet_length", "message")
    columns = [option for name in names for option in ("-e", f"soupbintcp.{name}")]
    rows = dissect(
        capture, port, "-Y", f"soupbintcp && {way}", "-T", "fields", "-E", "aggregator=,", *columns
    )
    found: list[Packet] = []
    for types, lengths, messages in rows:
        data = [bytes.fromhex(text.replace(":", "")) for text in messages.split(",") if text]
        for packet_type, length in zip(types.split(","), lengths.split(","), strict=True):
            kind = _type_of(packet_type)
            found.append((kind, data.pop(0) if kind in b"SU" else b""))
            assert int(length) >= 1
        assert not data
    return found


def _type_of(text: str) -> bytes:
    """Versions of tshark print a character as 'S' or as 0x53."""
    return text.strip("'").encode() if text.startswith("'") else bytes((int(text, 16),))


def test_every_packet_is_read_as_it_was_sent(tmp_path: Path) -> None:
    with running_exchange(tmp_path / "data", days=2) as running:
        good = credentials_of(running.data, "B00001").password
        clients = [
            turned_away(running, "wrong", "", 1),
            turned_away(running, good, "", 1_000_000),
            logged_out(running),
            trade_a_day(running),
        ]
        port = running.port
    capture = tmp_path / "session.pcap"
    write_pcap(capture, port, [client.conversation for client in clients])
    strange = "_ws.malformed || _ws.expert.severity >= 6291456 || soupbintcp.next_seq_num.invalid"
    assert dissect(capture, port, "-Y", f"({strange}) || soupbintcp.req_seq_num.invalid") == []
    types = set()
    for client in clients:
        for is_client in (True, False):
            sent = client.packets(is_client)
            found = dissected(capture, port, client.client_port, is_client)
            assert [packet[0] for packet in found] == [packet[0] for packet in sent]
            records = [packet for packet in sent if packet[0] in b"SU"]
            assert [packet for packet in found if packet[0] in b"SU"] == records
            types |= {packet[0] for packet in found}
    assert types == {bytes((letter,)) for letter in b"LURO+AJSHZ"}
    assert len(clients[-1].packets(False)) > 10
