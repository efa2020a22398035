"""PROTOCOL.md: equal to what the definitions give, whole, and with dumps that decode."""

from exchange.protocol.document import PAGE, example_session, protocol_page
from exchange.protocol.framing import Framer, Packet, Run
from exchange.vocabulary.records import CATALOGUE, read
from exchange.vocabulary.rejects import RejectReason


def test_the_page_is_what_the_definitions_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == protocol_page(), "run python -m exchange.protocol.document"


def test_every_message_and_every_reject_code_is_on_the_page() -> None:
    page = protocol_page()
    for message in CATALOGUE:
        assert f"#### 0x{message.kind:02X} {message.name}\n" in page
    for reason in RejectReason:
        assert reason is RejectReason.NONE or f"| {int(reason)} | `{reason.name}` |" in page


def test_the_dumps_decode_to_one_packet_each() -> None:
    for _, caption, data in example_session():
        framer = Framer()
        framer.feed(data)
        piece = framer.next()
        assert isinstance(piece, Run | Packet), caption
        assert framer.pending_bytes == 0
        if isinstance(piece, Run):
            assert read(piece.data)["kind"] == data[3]
