"""Bytes and messages: what is cut, what is passed over, what ends the connection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.bridge.fix.codec import GARBLED_MAX, MESSAGE_BYTES_MAX, Framer, Message, encode
from exchange.bridge.fix.tables import Tag
from exchange.protocol.errors import PeerError

GOOD = encode([(Tag.MsgType, "0"), (Tag.TestReqID, "hello")])
VALUES = st.text(st.characters(min_codepoint=2, max_codepoint=255), min_size=1, max_size=20)


def messages(framer: Framer, data: bytes) -> list[Message]:
    framer.feed(data)
    found = []
    while (message := framer.next()) is not None:
        found.append(message)
    return found


@given(st.lists(st.lists(st.tuples(st.integers(100, 9_999), VALUES), max_size=5), max_size=5), st.data())
def test_what_is_encoded_is_decoded_however_it_is_cut(
    bodies: list[list[tuple[int, str]]], data: st.DataObject
) -> None:
    stream = b"".join(encode([(Tag.MsgType, "8"), *body]) for body in bodies)
    framer, found = Framer(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += messages(framer, stream[:size])
        stream = stream[size:]
    assert [list(message.fields[3:]) for message in found] == bodies


@given(st.binary(max_size=400))
def test_any_bytes_are_cut_or_refused(data: bytes) -> None:
    try:
        messages(Framer(), GOOD + data)
    except PeerError:
        return


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_changed_byte_never_passes(place: int, byte: int) -> None:
    changed = GOOD[:place] + bytes([byte]) + GOOD[place + 1 :]
    try:
        found = messages(Framer(), changed)
    except PeerError:
        return
    assert found == [] or changed == GOOD


@pytest.mark.parametrize(
    "fields",
    [b"35=0\x011_1=x\x01", b"55=CEA\x0135=0\x01", b"35=0\x01=x\x01", b"35=0\x01x\x01", b"35=0\x0110=000\x01"],
)
def test_garbled_messages_are_passed_over(fields: bytes) -> None:
    body = b"8=FIX.4.4\x019=%d\x01" % len(fields) + fields
    framer = Framer()
    found = messages(framer, body + b"10=%03d\x01" % (sum(body) % 256) + GOOD)
    assert [message.text(Tag.TestReqID) for message in found] == ["hello"]
    assert framer.garbled == 1


def test_nothing_but_garbled_messages_ends_the_connection() -> None:
    garbled = GOOD[:-4] + b"%03d\x01" % ((int(GOOD[-4:-1]) + 1) % 256)
    with pytest.raises(PeerError, match="a whole message"):
        messages(Framer(), garbled * (GARBLED_MAX + 1))


def test_the_longest_message_passes_and_one_byte_more_does_not() -> None:
    room = MESSAGE_BYTES_MAX - len(b"35=0\x01112=\x01")
    assert len(messages(Framer(), encode([(Tag.MsgType, "0"), (Tag.TestReqID, "x" * room)]))) == 1
    with pytest.raises(PeerError, match=f"at most {MESSAGE_BYTES_MAX}"):
        messages(Framer(), encode([(Tag.MsgType, "0"), (Tag.TestReqID, "x" * (room + 1))]))
