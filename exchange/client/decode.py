"""Records of a received chunk to typed objects, a run of one kind at a time."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any, Final, cast

import numpy as np
from msgspec import Struct

from exchange.client.events import EVENT_CLASSES, Event
from exchange.client.replies import REPLY_CLASSES, Reply
from exchange.vocabulary.records import DTYPES, Records


class _Maker:
    """How one class is made from a row of its record."""

    def __init__(self, made: type[Event] | type[Reply]) -> None:
        self.made: type[Any] = made
        self.dtype = DTYPES[made.KIND]
        names = self.dtype.names or ()
        self.pick = itemgetter(*(names.index(name) for name in made.__struct_fields__))


_MAKERS: Final = {made.KIND: _Maker(made) for made in (*EVENT_CLASSES, *REPLY_CLASSES)}


class OtherRecord(Struct, frozen=True):
    """A record of a kind that has no class here (the settlement feed is read as arrays)."""

    kind: int
    data: bytes


def decode_events(records: Records) -> Iterator[Event | OtherRecord]:
    """Typed events in stream order."""
    return cast("Iterator[Event | OtherRecord]", _decode(records))


def decode_replies(records: Records) -> Iterator[Reply | OtherRecord]:
    """Typed replies in the order sent."""
    return cast("Iterator[Reply | OtherRecord]", _decode(records))


def _decode(records: Records) -> Iterator[object]:
    kinds = records["kind"]
    starts = [0, *(np.flatnonzero(kinds[1:] != kinds[:-1]) + 1).tolist(), len(records)]
    for start, end in zip(starts, starts[1:], strict=False):
        if start == end:
            continue
        run = records[start:end]
        maker = _MAKERS.get(int(kinds[start]))
        if maker is None:
            yield from (OtherRecord(int(kinds[start]), record.tobytes()) for record in run)
            continue
        for row in run.view(maker.dtype).tolist():
            yield maker.made(*maker.pick(row))
