"""What the bridges say: the last value of each topic as a typed value, and its JSON form.

Prices are whole ticks, quantities whole lots, money whole fen, as in the protocol (1 tick = 0.01 CNY a tonne,
1 lot = 1 t, 1 fen = 0.01 CNY); no number is a float, and none is above 2^53, so JavaScript keeps it exactly.
Order ids are text for the same reason. Times are text, ISO 8601 in Shanghai with nanoseconds. What is unknown
or does not apply is null. Enumerated values are the names of VOCABULARY.md.
"""

from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec import Struct

from exchange.vocabulary.units import NS_PER_SECOND, SHANGHAI

MARKET: Final = "market"  # stands in the place of a contract where a topic is about all of them


class Topic(NamedTuple):
    """What a last value is about: a contract's code, or MARKET, and a name."""

    contract: str
    name: str

    @property
    def path(self) -> str:
        """As WebSocket messages name it; MQTT puts prefix and venue before it."""
        return f"{self.contract}/{self.name}"


#: last values of a contract, conflated: an intermediate value may be left out, the last one never is
CONTRACT_TOPICS: Final = (
    "quote", "last", "phase", "band", "figures", "indicative", "auction", "breaker", "halt", "board",
    "expiry",
)  # fmt: skip
#: last values of the market, conflated
MARKET_TOPICS: Final = ("day", "halt", "composite", "settlement")
#: complete: nothing is left out
TRADES: Final = "trades"  # of a contract: its trades, busts and corrections
NOTICES: Final = "notices"  # of the market: texts to everybody


def time_text(time_ns: int) -> str:
    """ISO 8601 in Shanghai, nanoseconds kept: a float or a JavaScript number could not hold them."""
    seconds, nanoseconds = divmod(time_ns, NS_PER_SECOND)
    return f"{_second_text(seconds)}.{nanoseconds:09d}+08:00"


@lru_cache(maxsize=1_024)
def _second_text(seconds: int) -> str:
    """Many records are of the same second, and formatting a date costs more than all else about a trade."""
    return f"{datetime.fromtimestamp(seconds, SHANGHAI):%Y-%m-%dT%H:%M:%S}"


def time_or_none(time_ns: int) -> str | None:
    """The same; 0 stands for unknown."""
    return time_text(time_ns) if time_ns else None


class Value(Struct, frozen=True, kw_only=True):
    """What every value says first."""

    day: date  # trading day
    number: int  # of the record in the day's public stream that changed it last
    time: str  # market time of that record


class Level(Struct, frozen=True):
    """One price of the book."""

    price_ticks: int
    quantity_lots: int


class Quote(Value, frozen=True, kw_only=True):
    """Best five levels of both sides, best first, as of the exchange's last tick."""

    buy: tuple[Level, ...]
    sell: tuple[Level, ...]


class Last(Value, frozen=True, kw_only=True):
    """The last trade of the book; blocks and one-way auctions make no price."""

    price_ticks: int
    quantity_lots: int
    side: str  # of the taker
    method: str
    match_id: int


class MethodPhase(Struct, frozen=True):
    """What one method does now."""

    phase: str
    previous_phase: str
    next_change: str | None  # when the schedule changes it next


class Phases(Value, frozen=True, kw_only=True):
    """The phase of each method."""

    methods: dict[str, MethodPhase]


class Band(Value, frozen=True, kw_only=True):
    """The day's base price and price limits."""

    base_price_ticks: int
    lower_ticks: int
    upper_ticks: int
    block_lower_ticks: int
    block_upper_ticks: int


class MethodFigures(Struct, frozen=True):
    """Figures of one method: of the trades so far; the exchange's own once `is_final`."""

    trade_count: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int  # volume-weighted mean, half up
    volume_lots: int
    turnover_fen: int
    is_final: bool


class Figures(Value, frozen=True, kw_only=True):
    """The day's figures of each method that has any."""

    methods: dict[str, MethodFigures]


class Indicative(Value, frozen=True, kw_only=True):
    """What a running call auction would trade now."""

    price_ticks: int | None
    volume_lots: int
    imbalance_lots: int
    imbalance_side: str
    method: str


class Announced(Struct, frozen=True):
    """An auction as announced."""

    auction_id: int
    kind: str
    pricing: str
    quantity_lots: int
    floor_ticks: int
    ceiling_ticks: int
    bidder_share_ppm: int
    end: str


class Result(Struct, frozen=True):
    """What an auction traded; number 0 is a call auction."""

    auction_id: int
    method: str
    price_ticks: int | None
    quantity_lots: int
    trade_count: int
    turnover_fen: int


class Auction(Value, frozen=True, kw_only=True):
    """The last auction announced today, and the last one's result."""

    announced: Announced | None
    result: Result | None


class Breaker(Value, frozen=True, kw_only=True):
    """Where the contract's circuit breaker stands."""

    state: str
    kind: str
    method: str
    reference_ticks: int
    trigger_ticks: int | None
    lower_ticks: int
    upper_ticks: int
    next_change: str | None


class Halt(Value, frozen=True, kw_only=True):
    """Whether the market, or the contract, is halted: why, and until when it is expected to be."""

    is_halted: bool
    reason: str | None  # of a resume: why it had been halted
    expected: str | None


class Offer(Struct, frozen=True):
    """A block offer on the board."""

    order_id: str
    side: str
    price_ticks: int
    quantity_lots: int
    is_partial: bool  # may be accepted in part


class Board(Value, frozen=True, kw_only=True):
    """Block offers open to everybody, oldest first; at most OFFERS_MAX are given."""

    offer_count: int
    offers: tuple[Offer, ...]


class Expiry(Value, frozen=True, kw_only=True):
    """The contract trades for the last time today."""

    is_last_day: bool


class Day(Value, frozen=True, kw_only=True):
    """The day whose stream is followed."""

    is_ended: bool  # the stream's last record has been received
    protocol_version: int


class Composite(Value, frozen=True, kw_only=True):
    """The composite price at the close."""

    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    volume_lots: int
    turnover_fen: int


class Settlement(Value, frozen=True, kw_only=True):
    """Where the registry's day stands."""

    stage: str
    break_count: int
    settlement_day: date


class Trade(Struct, frozen=True, tag="trade", tag_field="type"):
    """A trade."""

    number: int
    time: str
    match_id: int
    price_ticks: int
    quantity_lots: int
    side: str  # of the taker
    method: str


class Bust(Struct, frozen=True, tag="bust", tag_field="type"):
    """A trade was undone, or corrected to these terms."""

    number: int
    time: str
    match_id: int
    price_ticks: int | None  # None = undone
    quantity_lots: int


class Notice(Struct, frozen=True, tag="notice", tag_field="type"):
    """A text to everybody, put together from its parts."""

    number: int  # of the record with its last part
    time: str
    notice_id: int
    text: str


Item = Trade | Bust | Notice


class Batch(Struct, frozen=True):
    """Items of a complete topic, in order, none left out between `previous_number` and the first of them."""

    day: date
    previous_number: int  # of the topic's item before these on that day; 0 = there was none
    items: tuple[Item, ...]
