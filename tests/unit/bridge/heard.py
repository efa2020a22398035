"""Says records to a market as the exchange would: through the wire's bytes and the client's decoder."""

from datetime import date
from typing import Any

import msgspec
import numpy as np

from exchange.bridge.market import Complete, Market
from exchange.bridge.values import Topic
from exchange.client.decode import decode_events
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import EVENT, make
from exchange.vocabulary.units import market_time_ns, trading_day_number

DAY = date(2021, 12, 16)
NEXT_DAY = date(2021, 12, 17)
CEA, CEA21 = 1, 2
TEN = market_time_ns(DAY, 10 * 3600)
TEN_TEXT = "2021-12-16T10:00:00.000000000+08:00"


def opened(day: date = DAY) -> bytes:
    """The first record of a day's stream."""
    nine = market_time_ns(day, 9 * 3600)
    return make(Kind.STREAM_OPENED, trading_day=trading_day_number(day), version=1, time_ns=nine)


def trade(price_ticks: int, quantity_lots: int, match_id: int = 1, **fields: int) -> bytes:
    """A trade of CEA at ten, by listed agreement if nothing else is said."""
    said = {"contract_id": CEA, "time_ns": TEN, **fields}
    return make(
        Kind.TRADE, price_ticks=price_ticks, quantity_lots=quantity_lots, match_id=match_id, **said
    )  # fmt: skip


class Heard:
    """A market and what came of the records so far."""

    def __init__(self, *records: bytes) -> None:
        self.market = Market()
        self.items: list[Complete] = []
        self.say(opened(), *records)

    def say(self, *records: bytes) -> "Heard":
        """The next records of the stream; a stream that opens counts from 1."""
        for event in decode_events(np.frombuffer(b"".join(records), EVENT)):
            number = 1 if getattr(event, "KIND", 0) == Kind.STREAM_OPENED else self.market.number + 1
            item = self.market.take(number, event)
            if item is not None:
                self.items.append(item)
        return self

    def value(self, path: str) -> Any:
        """The last value of a topic, as its JSON says it; None when it has none."""
        contract, name = path.split("/")
        encoded = self.market.encoded(Topic(contract, name))
        return None if encoded is None else msgspec.json.decode(encoded)
