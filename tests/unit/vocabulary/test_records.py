"""The catalogue is proven: every record fits 64 bytes, and unions put a name in one place."""

import pytest

from exchange.vocabulary.enums import Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import RECORD_BYTES
from exchange.vocabulary.messages import GROUPS
from exchange.vocabulary.records import (
    BY_KIND,
    CATALOGUE,
    COMMAND,
    DTYPES,
    EVENT,
    REPLY,
    SIZES,
    Field,
    Message,
    check_message,
    make,
    read,
)


def test_every_kind_has_one_message_and_one_group() -> None:
    assert [m.kind for m in CATALOGUE] == sorted({int(kind) for kind in Kind})
    for message in CATALOGUE:
        assert len([g for g in GROUPS if g.first <= message.kind <= g.last]) == 1, message.name


@pytest.mark.parametrize("message", CATALOGUE, ids=lambda m: m.name)
def test_a_message_fits_64_bytes_aligned_and_without_overlap(message: Message) -> None:
    check_message(message)
    assert DTYPES[message.kind].itemsize == RECORD_BYTES
    claimed = [byte for f in message.fields for byte in range(f.offset, f.offset + SIZES[f.type])]
    assert len(claimed) == len(set(claimed))
    assert max(claimed) < RECORD_BYTES


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ((Field("a", 2, "u4", ""),), "aligned to 4, found 2"),
        ((Field("a", 0, "u8", ""), Field("b", 4, "u4", "")), "offset >= 8, found 4"),
        ((Field("a", 40, "S32", ""),), "at most 64 bytes, found 72"),
    ],
)
def test_a_wrong_layout_is_named(fields: tuple[Field, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        check_message(Message("WRONG", 1, 1, "", fields))


def test_unions_agree_with_every_message() -> None:
    for message in CATALOGUE:
        union = COMMAND if message.kind <= 0x7F else EVENT if message.kind <= 0xBF else REPLY
        if message.group == "query":
            union = COMMAND
        for field in message.fields:
            if not field.type.startswith("S"):
                dtype, offset = (union.fields or {})[field.name][:2]
                assert (offset, dtype.itemsize) == (field.offset, SIZES[field.type]), (
                    message.name,
                    field.name,
                )


def test_every_message_between_the_cities_carries_version_and_trading_day() -> None:
    between = [m for m in CATALOGUE if m.group in ("registry command", "settlement event")]
    for message in between:
        names = {f.name.removeprefix("fragment_").removeprefix("report_") for f in message.fields}
        assert {"version", "trading_day"} <= names, message.name


def test_a_take_is_these_bytes() -> None:
    record = make(
        Kind.TAKE, user_reference=7, price_ticks=4322, quantity_lots=1500, side=Side.BUY, account_id=1001
    )
    assert len(record) == RECORD_BYTES
    assert record[:8] == b"\x00\x3e" + b"U" + b"\x02" + (7).to_bytes(4, "little")
    assert record[40:48] == (4322).to_bytes(4, "little") + (1500).to_bytes(4, "little")
    assert record[48:] == bytes(16)


def test_writing_and_reading_every_field_of_every_kind_agree() -> None:
    for kind, message in BY_KIND.items():
        values: dict[str, int | bytes] = {}
        for number, field in enumerate(message.fields, start=1):
            if field.offset >= 4:
                values[field.name] = b"text" if field.type.startswith("S") else number
        assert values.items() <= read(make(kind, **values)).items(), message.name


def test_an_unknown_field_or_kind_or_size_is_named() -> None:
    with pytest.raises(ValueError, match="TAKE: expected a field of"):
        make(Kind.TAKE, colour=1)
    with pytest.raises(ValueError, match="expected 64 bytes, found 3"):
        read(b"abc")
    with pytest.raises(ValueError, match="0xFF"):
        read(b"\x00\x3eU\xff" + bytes(60))
