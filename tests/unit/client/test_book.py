"""A reader's book: priority, gaps, records that cannot be, and digests over their documented bytes."""

import hashlib
import struct

import numpy as np
import pytest

from exchange.client.book import Book, FiveLevelBook, RestingOrder
from exchange.client.errors import BookBroken, RecordsMissing
from exchange.vocabulary.enums import Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import EVENT, REPLY, Records, make

BUY, SELL = Side.BUY, Side.SELL


def record(kind: Kind, order_id: int, lots: int, price: int = 50, **values: int) -> bytes:
    values = {"contract_id": 1, "side": SELL, "is_last": 1} | values
    return make(kind, order_id=order_id, quantity_lots=lots, price_ticks=price, **values)


def added(order_id: int, lots: int, price: int = 50, **values: int) -> bytes:
    return record(Kind.DEPTH_ADDED, order_id, lots, price, **values)


def rows(*records: bytes) -> Records:
    return np.frombuffer(b"".join(records), EVENT)


@pytest.fixture
def book() -> Book:
    """Three sales, two of them at one price, and a purchase; four records."""
    book = Book()
    assert book.apply(1, rows(added(1, 10), added(2, 20), added(3, 5, 49), added(4, 7, 48, side=BUY))) == 4
    return book


def test_best_price_first_then_first_come_first(book: Book) -> None:
    assert list(book.orders(1, SELL)) == [
        RestingOrder(3, 49, 5),
        RestingOrder(1, 50, 10),
        RestingOrder(2, 50, 20),
    ]
    assert book.levels(1, SELL) == [(49, 5), (50, 30)]
    assert book.levels(1, SELL, 1) == [(49, 5)]
    book.apply(5, rows(added(5, 1, 47, side=BUY), added(6, 1, 49, side=BUY)))
    assert book.levels(1, BUY) == [(49, 1), (48, 7), (47, 1)]
    assert (book.levels(2, BUY), len(book), book.contract_ids) == ([], 6, [1])


def test_a_reduction_keeps_its_place_and_a_replacement_goes_to_the_back(book: Book) -> None:
    book.apply(5, rows(record(Kind.DEPTH_CHANGED, 1, 4, keeps_priority=1)))
    assert [order.order_id for order in book.orders(1, SELL)] == [3, 1, 2]
    book.apply(6, rows(record(Kind.DEPTH_CHANGED, 1, 4)))
    assert list(book.orders(1, SELL))[1:] == [RestingOrder(2, 50, 20), RestingOrder(1, 50, 4)]
    book.apply(7, rows(record(Kind.DEPTH_CHANGED, 1, 4, 48)))
    assert next(book.orders(1, SELL)) == RestingOrder(1, 48, 4)


def test_executions_and_removals_empty_a_level(book: Book) -> None:
    book.apply(5, rows(record(Kind.DEPTH_EXECUTED, 1, 10, 47), record(Kind.DEPTH_REMOVED, 2, 20)))
    assert book.levels(1, SELL) == [(49, 5)]


def test_what_is_held_is_passed_over_and_a_gap_is_named(book: Book) -> None:
    assert book.apply(3, rows(added(3, 5, 49), added(4, 7, 48, side=BUY), added(5, 1))) == 1
    assert (book.number, book.apply(1, rows(added(1, 10)))) == (5, 0)
    with pytest.raises(RecordsMissing, match="expected record 6 of the stream, found 8") as gap:
        book.apply(8, rows(added(9, 1)))
    assert (gap.value.expected, gap.value.found, book.number) == (6, 8, 5)


def test_an_unfinished_command_is_left(book: Book) -> None:
    records = rows(added(5, 1), added(6, 9, is_last=0), record(Kind.DEPTH_EXECUTED, 6, 9))
    assert book.apply(5, records[:2]) == 1
    assert (book.number, len(book)) == (5, 5)
    assert book.apply(6, records[1:]) == 2
    assert (book.number, len(book)) == (7, 5)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (added(1, 1), "expected a new order, found 1"),
        (record(Kind.DEPTH_EXECUTED, 9, 1), "expected an order that rests, found 9"),
        (record(Kind.DEPTH_EXECUTED, 1, 11), "order 1: expected at most 10 lots, found 11"),
        (record(Kind.DEPTH_REMOVED, 2, 19), "order 2: expected 19 lots to be left, found 20"),
        (record(Kind.DEPTH_CHANGED, 9, 1, keeps_priority=1), "expected an order that rests, found 9"),
    ],
)
def test_a_record_that_cannot_be_is_refused(book: Book, wrong: bytes, complaint: str) -> None:
    with pytest.raises(BookBroken, match=complaint):
        book.apply(5, rows(wrong))


def test_digests_are_over_the_documented_bytes(book: Book) -> None:
    book.apply(5, rows(added(6, 8, 48, side=BUY, contract_id=2)))
    orders = [(1, 0, 48, 4, 7), (1, 1, 49, 3, 5), (1, 1, 50, 1, 10), (1, 1, 50, 2, 20), (2, 0, 48, 6, 8)]
    levels = [(1, 0, 48, 7), (1, 1, 49, 5), (1, 1, 50, 30), (2, 0, 48, 8)]
    packed = b"".join(struct.pack("<HBIQI", *order) for order in orders)
    assert book.digest() == hashlib.sha256(b"two-city book 1" + packed).digest()
    assert book.digest(2) == hashlib.sha256(b"two-city book 1" + packed[-19:]).digest()
    shown = b"".join(struct.pack("<HBII", *level) for level in levels)
    assert book.levels_digest() == hashlib.sha256(b"two-city levels 1" + shown).digest()
    assert Book().digest() == hashlib.sha256(b"two-city book 1").digest()


def test_five_levels_come_from_images_and_snapshots() -> None:
    book = FiveLevelBook()
    names = [f"level_{n}_{what}" for n in (1, 2) for what in ("price_ticks", "quantity_lots")]
    snapshot = make(Kind.REPLY_LEVELS, levels_contract_id=1, levels_side=SELL, level_count=2,
                    **dict(zip(names, (49, 5, 50, 30), strict=True)))  # fmt: skip
    book.load(np.frombuffer(snapshot, REPLY), 40)
    assert book.levels(1, SELL) == [(49, 5), (50, 30)]
    image = make(Kind.FIVE_LEVELS, board_contract_id=1, board_side=SELL, level_count=1,
                 level_1_price_ticks=51, level_1_quantity_lots=2)  # fmt: skip
    assert book.apply(39, rows(image, make(Kind.TRADE))) == 0
    assert book.levels(1, SELL) == [(49, 5), (50, 30)]
    assert book.apply(41, rows(make(Kind.TRADE), image)) == 2
    assert (book.levels(1, SELL), book.number) == ([(51, 2)], 42)
    with pytest.raises(RecordsMissing):
        book.apply(44, rows(image))
    empty = make(Kind.FIVE_LEVELS, board_contract_id=1, board_side=SELL)
    book.apply(43, rows(empty))
    assert (book.levels(1, SELL), book.digest()) == ([], FiveLevelBook().digest())
