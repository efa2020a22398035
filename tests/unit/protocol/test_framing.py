"""Framing: however a byte stream is cut into chunks, the same records and packets come out of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.protocol import soupbintcp
from exchange.protocol.errors import PeerError
from exchange.protocol.framing import Framer, Packet, Run, run_length
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import CONTROL_PACKET_BYTES_MAX, RECORD_BYTES
from exchange.vocabulary.records import make

LISTING = make(Kind.LISTING, user_reference=1)
EVENT = make(Kind.ACCEPTED, user_reference=1)
HEARTBEAT = soupbintcp.CLIENT_HEARTBEAT


def pieces(*chunks: bytes) -> list[Run | Packet]:
    framer = Framer()
    found: list[Run | Packet] = []
    for chunk in chunks:
        framer.feed(chunk)
        while (piece := framer.next()) is not None:
            found.append(piece)
    return found


def flat(found: list[Run | Packet]) -> list[tuple[int, bytes]]:
    """Runs cut into their records, so that two ways of cutting can be compared."""
    result = []
    for piece in found:
        if isinstance(piece, Packet):
            result.append((piece.packet_type, piece.payload))
        else:
            records = range(0, len(piece.data), RECORD_BYTES)
            result += [(piece.packet_type, piece.data[i : i + RECORD_BYTES]) for i in records]
    return result


def test_a_chunk_of_records_is_one_run_and_the_same_bytes() -> None:
    chunk = LISTING * 100
    (run,) = pieces(chunk)
    assert run == Run(ord("U"), chunk)
    assert isinstance(run, Run) and run.record_count == 100
    assert run.data is chunk  # nothing was copied


@pytest.mark.parametrize("count", [0, 1, 2, 3, 64])
def test_run_length_stops_at_the_first_other_packet(count: int) -> None:
    assert run_length(LISTING * count + HEARTBEAT * 30, 0) == count
    assert run_length(LISTING * count + EVENT * 3, 0) == (count or 3)
    assert run_length(b"x" + LISTING * count, 1) == count


def test_a_run_ends_where_the_packet_type_changes() -> None:
    assert pieces(LISTING * 2 + EVENT * 3) == [Run(ord("U"), LISTING * 2), Run(ord("S"), EVENT * 3)]


def test_control_packets_between_records_are_cut_out() -> None:
    found = pieces(HEARTBEAT + LISTING + HEARTBEAT + LISTING * 2 + soupbintcp.LOGOUT)
    assert found == [
        Packet(ord("R"), b""),
        Run(ord("U"), LISTING),
        Packet(ord("R"), b""),
        Run(ord("U"), LISTING * 2),
        Packet(ord("O"), b""),
    ]


def test_unsequenced_data_of_another_length_is_a_packet_not_a_record() -> None:
    assert pieces(soupbintcp.packet(ord("U"), b"short")) == [Packet(ord("U"), b"short")]


@pytest.mark.parametrize("length", [0, CONTROL_PACKET_BYTES_MAX + 1, 0xFFFF])
def test_a_length_that_no_packet_has_is_refused_before_its_bytes_arrive(length: int) -> None:
    framer = Framer()
    framer.feed(length.to_bytes(2, "big"))
    with pytest.raises(PeerError, match=f"expected a packet of 1 to 256 bytes, found length {length}"):
        framer.next()


PACKETS = st.lists(
    st.sampled_from(
        [
            LISTING,
            EVENT,
            HEARTBEAT,
            soupbintcp.LOGOUT,
            soupbintcp.debug("x" * 61),
            soupbintcp.debug("y" * 255),
        ]
    ),
    max_size=20,
)


@settings(max_examples=200, deadline=None)
@given(PACKETS, st.lists(st.integers(1, 200), max_size=40))
def test_chunk_boundaries_never_matter(packets: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(packets)
    chunks, offset = [], 0
    for cut in cuts:
        chunks.append(stream[offset : offset + cut])
        offset += cut
    chunks.append(stream[offset:])
    records = {LISTING, EVENT}
    expected = [(p[2], p if p in records else p[3:]) for p in packets]
    assert flat(pieces(*chunks)) == expected
    assert flat(pieces(*(stream[i : i + 1] for i in range(len(stream))))) == expected


def test_what_is_kept_between_chunks_is_at_most_one_unfinished_packet() -> None:
    framer = Framer()
    framer.feed(LISTING * 3 + LISTING[:63])
    assert framer.next() == Run(ord("U"), LISTING * 3)
    assert framer.next() is None
    assert framer.pending_bytes == 63
