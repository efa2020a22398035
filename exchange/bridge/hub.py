"""The market for many browsers: each client is one number for last values and one for items; no I/O.

A client that takes seldom gets each topic once, with its last value; items (trades, notices) it gets all, as
far back as they are kept, and is told how many it missed beyond that.
"""

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Final, Protocol

import msgspec

from exchange.bridge.following import Line
from exchange.bridge.market import Complete, Market, batches
from exchange.bridge.metrics import Counters
from exchange.bridge.values import CONTRACT_TOPICS, MARKET, MARKET_TOPICS, NOTICES, TRADES, Batch, Topic

ITEMS_KEPT: Final = 10_000
RECENT_ITEMS: Final = 100  # given with a snapshot
TOPIC_NAMES: Final = frozenset({*CONTRACT_TOPICS, *MARKET_TOPICS, TRADES, NOTICES})
CHOICE_MAX: Final = 64  # contracts, or topics, in one choice


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a client wants; an empty list is everything. Topics of the market come with every contract."""

    contracts: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    def problem(self) -> str:
        """What is wrong with it, for a person; empty = nothing."""
        unknown = sorted(set(self.topics) - TOPIC_NAMES)
        if unknown:
            return f"no topic {unknown[0][:20]!r}; known: {' '.join(sorted(TOPIC_NAMES))}"
        if max(len(self.contracts), len(self.topics)) > CHOICE_MAX:
            return f"expected at most {CHOICE_MAX} contracts and topics"
        return ""

    def has(self, topic: Topic) -> bool:
        """Whether a topic is wanted."""
        is_contract = not self.contracts or topic.contract == MARKET or topic.contract in self.contracts
        return is_contract and (not self.topics or topic.name in self.topics)


class TopicBatch(msgspec.Struct, frozen=True):
    """A batch and what it is of."""

    topic: str
    batch: Batch


class Said(msgspec.Struct, frozen=True, tag_field="type", kw_only=True):
    """What every message says."""

    number: int  # from 1 on each connection, without a gap
    venue: str
    exchange: Line
    values: dict[str, msgspec.Raw]  # topic -> its last value; null = it has none any more
    items: tuple[TopicBatch, ...]


class Snapshot(Said, frozen=True, tag="snapshot", kw_only=True):
    """Everything chosen, as of now; comes first, and again after each choice."""


class Changes(Said, frozen=True, tag="changes", kw_only=True):
    """What has changed since the message before."""

    skipped_items: int  # items that came and went since, because the client did not take them in time


_NOTHING: Final = msgspec.Raw(b"null")


class Followed(Protocol):
    """What is needed of a Following."""

    market: Market
    line: Line
    is_caught_up: bool


class Hub:
    """What the clients share."""

    def __init__(self, following: Followed, venue: str, counters: Counters) -> None:
        self.counters = counters
        self.following = following
        self.market = following.market
        self.venue = venue
        self.items_heard = 0
        self._items: deque[Complete] = deque(maxlen=ITEMS_KEPT)

    def take(self, number: int, event: object, complete: Complete | None) -> None:
        """Keep an item for whoever asks in time."""
        self.counters.waits()
        if complete is not None:
            self._items.append(complete)
            self.items_heard += 1

    def take_again(self, number: int, event: object) -> None:
        """No earlier run has passed anything on: browsers keep nothing."""

    async def room(self) -> None:
        """There is always room: what is kept is bounded, and clients are told what they missed."""

    def items_after(self, heard: int) -> Iterator[Complete]:
        """Items after the first `heard`, as far as they are kept."""
        first_kept = self.items_heard - len(self._items)
        return islice(self._items, max(heard - first_kept, 0), None)

    def skipped_after(self, heard: int) -> int:
        """How many items after the first `heard` are not kept any more."""
        return max(self.items_heard - len(self._items) - heard, 0)


class View:
    """One client's place: what it has been told so far."""

    def __init__(self, hub: Hub, choice: Choice) -> None:
        self._hub = hub
        self._number = 0
        self.choose(choice)

    def choose(self, choice: Choice) -> None:
        """Begin anew with another choice; the next message is a snapshot."""
        self._choice = choice
        self._version = 0
        self._heard = 0
        self._line: Line | None = None
        self._is_fresh = True

    def message(self) -> bytes | None:
        """The next message as JSON; None when there is nothing to say.

        Complexity: O(topics changed + items heard since the last one).
        """
        hub, market, line = self._hub, self._hub.market, self._hub.following.line
        is_reading = line is Line.CONNECTED and not hub.following.is_caught_up
        if line is Line.CONNECTING or is_reading:
            return None  # what was true in the morning is not shown as the present
        topics, self._version = market.since(self._version)
        if self._is_fresh:
            self._heard = max(hub.items_heard - RECENT_ITEMS, 0)
        skipped = hub.skipped_after(self._heard)
        items = [item for item in hub.items_after(self._heard) if self._choice.has(item.topic)]
        self._heard = hub.items_heard
        values = {topic.path: self._raw(topic) for topic in topics if self._choice.has(topic)}
        before, self._line = self._line, line
        if not (values or items or skipped or self._is_fresh or line is not before):
            return None
        self._number += 1
        hub.counters.values += len(values)
        hub.counters.items += len(items)
        said = tuple(TopicBatch(topic.path, batch) for topic, batch in batches(items))
        if self._is_fresh:
            self._is_fresh = False
            there = {path: raw for path, raw in values.items() if raw is not _NOTHING}
            return msgspec.json.encode(
                Snapshot(number=self._number, venue=hub.venue, exchange=line, values=there, items=said)
            )
        return msgspec.json.encode(
            Changes(
                number=self._number, venue=hub.venue, exchange=line, values=values, items=said,
                skipped_items=skipped,
            )
        )  # fmt: skip

    def _raw(self, topic: Topic) -> msgspec.Raw:
        value = self._hub.market.encoded(topic)
        return _NOTHING if value is None else msgspec.Raw(value)
