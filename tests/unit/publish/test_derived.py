"""Depth and drop copy record by record: what becomes of each event, whatever the pieces."""

import numpy as np
import pytest

from exchange.publish.depth import Depth
from exchange.publish.derived import Words
from exchange.publish.drop_copy import DropCopy
from exchange.publish.streams import Streams
from exchange.vocabulary.enums import DoneReason, Method, OrderKind, Role, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import DROP_COPY_FIRST, MEMBER_FIRST, STREAM_DEPTH
from exchange.vocabulary.records import EVENT, make, read

ALICE, BOB = MEMBER_FIRST, MEMBER_FIRST + 1
WHO = {"user_reference": 9, "time_ns": 5, "login_id": 101, "contract_id": 3, "account_id": 1_001}
LISTED = {"method": Method.LISTED, "order_kind": OrderKind.LISTING, "side": Side.SELL}
LIMIT = {"method": Method.CONTINUOUS, "order_kind": OrderKind.LIMIT, "side": Side.BUY}
ACCEPTED = make(Kind.ACCEPTED, sequence=1, order_id=7, price_ticks=50, quantity_lots=10, **WHO, **LISTED)
FEES = {"trading_fee_fen": 3, "settlement_fee_fen": 4}


def words(*records: bytes) -> Words:
    return np.frombuffer(b"".join(records), np.uint64).reshape(-1, 8)


def streams_of(*ids: int) -> "np.ndarray[tuple[int], np.dtype[np.uint32]]":
    return np.array(ids, np.uint32)


def derived(*pieces: tuple[bytes, ...]) -> list[dict[str, int | bytes]]:
    """What the depth makes of the pieces of one batch."""
    depth, found = Depth(), b""
    for piece in pieces:
        found += depth.derive(words(*piece), streams_of(*[ALICE] * len(piece))).tobytes()
    found += depth.complete().tobytes()
    assert depth.complete().tobytes() == b""
    return [read(found[start : start + 64]) for start in range(0, len(found), 64)]


SEEN = {"sequence": 1, "time_ns": 5, "contract_id": 3, "order_id": 7, "is_last": 1}
ROWS = [
    (
        ACCEPTED,
        make(Kind.DEPTH_ADDED, price_ticks=50, quantity_lots=10, side=Side.SELL, **SEEN),
    ),
    (
        make(Kind.EXECUTED, sequence=1, order_id=7, price_ticks=48, quantity_lots=4, match_id=6,
             role=Role.AUCTION, **FEES, **WHO, **LIMIT),
        make(Kind.DEPTH_EXECUTED, price_ticks=48, quantity_lots=4, match_id=6, role=Role.AUCTION,
             method=Method.CONTINUOUS, **SEEN),
    ),
    (
        make(Kind.REDUCED, sequence=1, order_id=7, price_ticks=51, quantity_lots=3, target_reference=2,
             keeps_priority=1, side=Side.SELL, method=Method.LISTED, **WHO),
        make(Kind.DEPTH_CHANGED, price_ticks=51, quantity_lots=3, keeps_priority=1, side=Side.SELL, **SEEN),
    ),
    (
        make(Kind.DONE, sequence=1, order_id=7, price_ticks=50, quantity_lots=6, filled_lots=4,
             done_reason=DoneReason.LAPSED, **WHO, **LIMIT),
        make(Kind.DEPTH_REMOVED, price_ticks=50, quantity_lots=6, method=Method.CONTINUOUS, **SEEN),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("event", "expected"), ROWS, ids=lambda record: Kind(record[3]).name)
def test_what_a_member_is_told_of_an_order_everybody_is_told_without_its_name(
    event: bytes, expected: bytes
) -> None:
    assert derived((event,)) == [read(expected)]
    depth = Depth()
    depth.derive(words(event), streams_of(ALICE))
    assert depth.complete().tobytes() == expected


@pytest.mark.parametrize(
    "event",
    [
        make(Kind.DONE, order_id=7, done_reason=DoneReason.FILLED, **LIMIT),
        make(Kind.DONE, order_id=7, order_kind=OrderKind.TAKE, done_reason=DoneReason.REMAINDER),
        make(Kind.EXECUTED, order_id=7, order_kind=OrderKind.TAKE, role=Role.TAKER),
        *(make(Kind.ACCEPTED, order_id=7, order_kind=kind) for kind in
          (OrderKind.BLOCK_OFFER, OrderKind.BLOCK_ACCEPT, OrderKind.BID, OrderKind.AUCTION_OFFER)),
        make(Kind.REJECTED, order_id=7),
        make(Kind.TRADE, price_ticks=50),
    ],
    ids=lambda record: Kind(record[3]).name,
)  # fmt: skip
def test_what_rests_in_no_book_is_not_there(event: bytes) -> None:
    assert derived((event,)) == []


def test_the_last_record_of_a_command_says_so_whatever_the_pieces() -> None:
    events = [
        make(Kind.ACCEPTED, sequence=n, order_id=i, **LIMIT) for i, n in enumerate((4, 4, 5, 6, 6, 6), 1)
    ]
    whole = derived(tuple(events))
    assert [record["is_last"] for record in whole] == [0, 1, 1, 0, 0, 1]
    for cut in range(len(events) + 1):
        assert derived(tuple(events[:cut]), (), tuple(events[cut:])) == whole


def test_derived_streams_open_as_the_public_one_does_and_count_by_themselves() -> None:
    streams = Streams(derivations=(Depth(), DropCopy(DROP_COPY_FIRST, (ALICE,))))
    opened = make(Kind.STREAM_OPENED, sequence=1, trading_day=9_000, version=1, quantity_lots_max=5)
    told = [opened, opened, ACCEPTED, ACCEPTED, make(Kind.LOGIN_CHANGED, subject_id=5)]
    rows = np.frombuffer(b"".join(told), EVENT)
    streams.append(rows, streams_of(0, ALICE, ALICE, BOB, DROP_COPY_FIRST), 1)
    assert streams.release(0) == []
    streams.complete(1)
    assert streams.appended(STREAM_DEPTH) == 3 and streams.count(STREAM_DEPTH) == 0
    streams.release(1)
    for stream_id, kinds in (
        (STREAM_DEPTH, [Kind.STREAM_OPENED, Kind.DEPTH_ADDED, Kind.DEPTH_ADDED]),
        (DROP_COPY_FIRST, [Kind.STREAM_OPENED, Kind.ACCEPTED, Kind.LOGIN_CHANGED]),
    ):
        data = streams.read(stream_id, 1, 100)
        assert [data[start + 3] for start in range(0, len(data), 64)] == kinds
        assert read(data[:64]) == read(opened) | {"stream_id": stream_id}
    assert streams.read(BOB, 1, 100) == ACCEPTED


def test_a_drop_copy_lies_below_the_members() -> None:
    for stream_id in (STREAM_DEPTH, MEMBER_FIRST):
        with pytest.raises(ValueError, match=f"expected a stream of 4 to 15, found {stream_id}"):
            DropCopy(stream_id, (ALICE,))
