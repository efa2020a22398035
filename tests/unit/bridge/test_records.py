"""A public record as the fields of a stream's entry: every kind, names of the catalogue, nothing lost."""

import numpy as np
import pytest

from exchange.bridge.records import fields_of
from exchange.client.decode import decode_events
from exchange.client.events import EVENT_CLASSES
from exchange.client.public_events import FiveLevels
from exchange.vocabulary.enums import Level, Method, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import EVENT, make
from tests.unit.bridge.heard import CEA, TEN, trade

PUBLIC = [made for made in EVENT_CLASSES if made.__module__ == FiveLevels.__module__]
SILENT = {"user_reference", "login_id", "account_id", "contract_id", "board_contract_id"}


def fields(record: bytes) -> dict[str, str | bytes]:
    (event,) = decode_events(np.frombuffer(record, EVENT))
    return fields_of(event)


def test_a_trade() -> None:
    assert fields(trade(4250, 10, 7, side=Side.SELL, method=Method.LISTED)) == {
        "kind": "TRADE", "contract": "CEA", "sequence": "0", "time_ns": str(TEN), "price_ticks": "4250",
        "quantity_lots": "10", "match_id": "7", "side": "SELL", "method": "LISTED",
    }  # fmt: skip


def test_levels_that_are_not_there_are_left_out() -> None:
    said = fields(
        make(Kind.FIVE_LEVELS, board_contract_id=CEA, level_count=1, level_1_price_ticks=4250, time_ns=TEN)
    )
    assert (said["contract"], said["level_1_price_ticks"]) == ("CEA", "4250")
    assert not [name for name in said if name.startswith("level_2")]


def test_a_level_of_a_halt_is_not_a_level_of_the_book() -> None:
    assert fields(make(Kind.HALT_CHANGED, level=Level.MARKET, is_halted=1))["level"] == "MARKET"


def test_text_is_bytes_without_padding_because_a_part_may_cut_a_character() -> None:
    assert fields(make(Kind.NOTICE_TEXT, text="碳".encode()[:2]))["text"] == "碳".encode()[:2]


@pytest.mark.parametrize("made", PUBLIC, ids=lambda made: made.__name__)
def test_every_public_kind_says_all_its_fields_again(made: type[FiveLevels]) -> None:
    said = fields(make(made.KIND, **({"level_count": 5} if made is FiveLevels else {})))
    assert said["kind"] == Kind(made.KIND).name
    assert set(said) - {"kind", "contract"} == set(made.__struct_fields__) - SILENT


def test_a_kind_without_a_class_is_kept_as_it_came() -> None:
    record = make(Kind.SEAL_TOTALS, tonnes_lots=5)
    said = fields(record)
    assert said["kind"] == "SEAL_TOTALS"
    assert bytes(said["record"])[2:] == record[2:]
