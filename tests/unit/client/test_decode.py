"""Typed objects agree with the catalogue, field by field and value by value."""

import numpy as np
import pytest

from exchange.client.decode import OtherRecord, decode_events, decode_replies
from exchange.client.events import EVENT_CLASSES, FiveLevels, PhaseChanged, Trade
from exchange.client.replies import REPLY_CLASSES, Contract
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import BY_KIND, EVENT, REPLY, make, new_records

PREFIX = {"length_high", "length_low", "packet_type", "kind"}


@pytest.mark.parametrize("made", [*EVENT_CLASSES, *REPLY_CLASSES], ids=lambda made: made.__name__)
def test_class_has_exactly_the_fields_of_its_record(made: type) -> None:
    catalogue = {field.name for field in BY_KIND[made.KIND].fields} - PREFIX  # type: ignore[attr-defined]
    assert set(made.__struct_fields__) == catalogue  # type: ignore[attr-defined]


@pytest.mark.parametrize("made", [*EVENT_CLASSES, *REPLY_CLASSES], ids=lambda made: made.__name__)
def test_every_field_is_read_from_its_own_place(made: type) -> None:
    kind = made.KIND  # type: ignore[attr-defined]
    record = new_records(kind)
    names = made.__struct_fields__  # type: ignore[attr-defined]
    for value, name in enumerate(names, 1):
        record[name] = b"CEA21" if record.dtype[name].kind == "S" else value
    decode = decode_events if 0x80 <= kind <= 0xBF else decode_replies
    (found,) = decode(record.view(EVENT if 0x80 <= kind <= 0xBF else REPLY))
    assert [getattr(found, name) for name in names] == [
        b"CEA21" if record.dtype[name].kind == "S" else value for value, name in enumerate(names, 1)
    ]


def test_mixed_kinds_keep_their_order() -> None:
    data = (
        make(Kind.TRADE, match_id=1)
        + make(Kind.TRADE, match_id=2)
        + make(Kind.PHASE_CHANGED, phase=2)
        + make(Kind.SEAL_TOTALS, match_count=2)
        + make(Kind.TRADE, match_id=3)
    )
    found = list(decode_events(np.frombuffer(data, EVENT)))
    assert [type(event) for event in found] == [Trade, Trade, PhaseChanged, OtherRecord, Trade]
    assert [event.match_id for event in found if isinstance(event, Trade)] == [1, 2, 3]
    assert isinstance(found[3], OtherRecord) and found[3].data[3] == Kind.SEAL_TOTALS


def test_no_records_give_nothing() -> None:
    assert list(decode_events(np.zeros(0, EVENT))) == []


def test_levels_are_as_many_as_given() -> None:
    data = make(Kind.FIVE_LEVELS, level_count=2, level_1_price_ticks=4801, level_1_quantity_lots=7,
                level_2_price_ticks=4802, level_2_quantity_lots=9)  # fmt: skip
    (levels,) = decode_events(np.frombuffer(data, EVENT))
    assert isinstance(levels, FiveLevels) and levels.levels == ((4801, 7), (4802, 9))


def test_contract_code_is_text() -> None:
    (contract,) = decode_replies(np.frombuffer(make(Kind.REPLY_CONTRACT, contract_code=b"CEA21"), REPLY))
    assert isinstance(contract, Contract) and contract.code == "CEA21"
