"""PROTOCOL.md: equal to what the definitions give, whole, and with dumps that decode."""

import re
from enum import IntEnum, IntFlag

from exchange.protocol.document import PAGE, example_session, protocol_page
from exchange.protocol.document_diagrams import DIAGRAMS
from exchange.protocol.framing import Framer, Packet, Run
from exchange.vocabulary import enums, limits
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import CATALOGUE, read
from exchange.vocabulary.rejects import REJECT_TEXTS, RejectReason


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


def test_every_reject_code_has_level_action_and_remedy_in_both_languages() -> None:
    page = protocol_page()
    rows = page[page.index("| code | name | level |") :].splitlines()
    for reason, text in REJECT_TEXTS.items():
        (row,) = [
            line
            for line in rows
            if line.startswith(f"| {int(reason)} | `{reason.name}` | ") and text.zh in line
        ]
        for cell in (*text.level.value, *text.action.value, text.en, text.remedy, text.remedy_zh):
            assert f"| {cell} " in row, (reason.name, cell)


def test_withdrawn_numbers_stay_unused() -> None:
    assert {709, 901}.isdisjoint(int(reason) for reason in RejectReason)


def test_every_limit_says_what_it_is_for() -> None:
    page = protocol_page()
    for name, value in vars(limits).items():
        if isinstance(value, int):
            (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` | {value:,} | ")]
            assert len(row.split(" | ")) >= 3 and not row.endswith("|  |"), row


def test_diagrams_speak_of_what_exists() -> None:
    """Words in capitals are records, reject codes or values of enumerations."""
    known = {kind.name for kind in Kind} | {reason.name for reason in RejectReason}
    for name in vars(enums).values():
        if (
            isinstance(name, type)
            and issubclass(name, IntEnum | IntFlag)
            and name.__module__ == enums.__name__
        ):
            known |= set(name.__members__)
    for diagram in DIAGRAMS:
        said = {word for step in diagram.steps for word in re.findall(r"\b[A-Z][A-Z_]{2,}\b", step.text)}
        assert said and said <= known, (diagram.title, said - known)
