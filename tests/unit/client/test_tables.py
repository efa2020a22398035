"""Arrow tables: every column of every kind as the catalogue has it, and no cost without use."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from exchange.client.replies import REPLY_CLASSES
from exchange.client.tables import TIME_TYPE, named, replies_table, schema_of, table_of, tables_of
from exchange.vocabulary.enums import Method, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import CATALOGUE, DTYPES, EVENT, Message, make

ROWS = 7


def random_records(message: Message, seed: int) -> np.ndarray:
    records = np.frombuffer(np.random.default_rng(seed).bytes(64 * ROWS), DTYPES[message.kind]).copy()
    for field in message.fields:
        if field.type.startswith("S"):
            records[field.name] = b"CEA"
        if field.name.endswith("_ns"):
            records[field.name] = np.arange(ROWS) * 1_639_617_300_000_000_000
    return records


@pytest.mark.parametrize("message", CATALOGUE, ids=lambda message: message.name)
def test_every_column_has_the_records_own_values(message: Message) -> None:
    records = random_records(message, message.kind)
    table = table_of(message.kind, records.view(np.uint8))
    shown = {f.name.removesuffix("_ns"): f for f in message.fields if f.offset >= 4}
    assert table.column_names == list(shown)
    for name, field in shown.items():
        column = table.column(name)
        assert not pa.types.is_floating(column.type) and not pa.types.is_decimal(column.type)
        assert table.schema.field(name).metadata[b"meaning"].decode() == field.doc
        values = records[field.name].tolist()
        if column.type == TIME_TYPE:
            assert column.cast(pa.int64()).to_pylist() == [None, *values[1:]]  # 0 is no time
        elif name == "contract_code":
            assert column.to_pylist() == ["CEA"] * ROWS
        else:
            assert column.to_pylist() == values


def test_a_stream_becomes_a_table_a_kind_with_the_records_numbers() -> None:
    trades = [make(Kind.TRADE, match_id=n, price_ticks=4_000 + n, side=n % 2, method=n % 3) for n in range(4)]
    bands = [make(Kind.BAND, base_price_ticks=n) for n in range(2)]
    unknown = bytearray(bands[0])
    unknown[3] = 0x9F
    stream = b"".join((bands[0], trades[0], trades[1], bytes(unknown), bands[1], trades[2], trades[3]))
    tables = tables_of(np.frombuffer(stream, EVENT))
    assert set(tables) == {"TRADE", "BAND"}
    assert tables["TRADE"]["number"].to_pylist() == [2, 3, 6, 7]
    assert tables["TRADE"]["price_ticks"].to_pylist() == [4_000, 4_001, 4_002, 4_003]
    assert tables["BAND"]["number"].to_pylist() == [1, 5]
    assert tables_of(np.zeros(0, EVENT)) == {}


def test_names_stand_for_numbers_and_unknown_numbers_stay() -> None:
    stream = b"".join(make(Kind.TRADE, side=side, method=9, price_ticks=7) for side in (1, 0, 1))
    table = named(tables_of(np.frombuffer(stream, EVENT))["TRADE"])
    assert table["side"].to_pylist() == [Side.SELL.name, Side.BUY.name, Side.SELL.name]
    assert table["method"].to_pylist() == ["9"] * 3 and 9 not in set(Method)
    assert pa.types.is_dictionary(table["side"].type) and table["price_ticks"].to_pylist() == [7] * 3


@pytest.mark.parametrize("made", REPLY_CLASSES, ids=lambda made: made.__name__)
def test_answers_have_the_columns_of_their_kind_even_when_empty(made: type) -> None:
    assert replies_table(made.KIND, []).schema == schema_of(made.KIND)  # type: ignore[attr-defined]


def test_the_client_alone_does_not_load_pyarrow() -> None:
    code = "import sys, exchange.client; sys.exit('pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
