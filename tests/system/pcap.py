"""Writes what went over sockets as a capture file (pcap, raw IPv4) that other people's tools can read."""

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

MAGIC: Final = 0xA1B2C3D4
LINKTYPE_RAW: Final = 101  # packets begin with the IP header
SNAP_BYTES: Final = 65_535
LOOPBACK: Final = bytes((127, 0, 0, 1))
SYN, FIN, ACK = 0x02, 0x01, 0x10
SEGMENT_BYTES: Final = 100  # small and odd to our records: a reader has to put packets together


class Conversation(NamedTuple):
    """One connection: the client's port, and (was sent by the client, bytes) in the order exchanged."""

    client_port: int
    pieces: list[tuple[bool, bytes]]


def write_pcap(path: Path, server_port: int, conversations: Iterable[Conversation]) -> None:
    """Handshake, data in small segments, farewell, for each conversation after the other."""
    packets = [packet for one in conversations for packet in _segments(server_port, one)]
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", MAGIC, 2, 4, 0, 0, SNAP_BYTES, LINKTYPE_RAW))
        for number, packet in enumerate(packets):
            file.write(
                struct.pack("<IIII", number // 1_000, number % 1_000 * 1_000, len(packet), len(packet))
            )
            file.write(packet)


def _segments(server_port: int, conversation: Conversation) -> Iterable[bytes]:
    numbers = {True: 1_000, False: 2_000}  # next sequence number of client and server

    def segment(is_client: bool, flags: int, data: bytes = b"") -> bytes:
        ports = (
            (conversation.client_port, server_port) if is_client else (server_port, conversation.client_port)
        )
        acknowledged = numbers[not is_client] if flags & ACK else 0
        tcp = struct.pack(">HHIIBBHHH", *ports, numbers[is_client], acknowledged, 5 << 4, flags, 65_535, 0, 0)
        numbers[is_client] += len(data) + bool(flags & (SYN | FIN))
        return _ip(tcp + data)

    yield segment(True, SYN)
    yield segment(False, SYN | ACK)
    yield segment(True, ACK)
    for is_client, data in conversation.pieces:
        for start in range(0, len(data), SEGMENT_BYTES):
            yield segment(is_client, ACK, data[start : start + SEGMENT_BYTES])
    yield segment(True, FIN | ACK)
    yield segment(False, FIN | ACK)
    yield segment(True, ACK)


def _ip(payload: bytes) -> bytes:
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, 6, 0, LOOPBACK, LOOPBACK)
    return head[:10] + struct.pack(">H", _checksum(head)) + head[12:] + payload


def _checksum(head: bytes) -> int:
    total = sum(struct.unpack(">10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF
