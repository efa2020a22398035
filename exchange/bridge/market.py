"""The market as the public stream tells it: events in, last values and complete items out. No I/O, no clock.

    market = Market()
    item = market.take(number, event)       # a trade, bust or notice: nothing of these may be left out
    seen = 0
    changed, seen = market.since(seen)      # what changed since this reader last asked, each topic once

`since` is the conflation: a reader that asks seldom gets each topic once, with its last value, however often
it changed; a slow reader costs no memory, because all that is kept for it is one number.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec

from exchange.bridge import values
from exchange.bridge.contract_state import ContractState, Heard, halt_value, named
from exchange.bridge.values import MARKET, NOTICES, TRADES, Bust, Item, Notice, Topic, Trade
from exchange.client import events
from exchange.client.decode import OtherRecord
from exchange.client.events import Event
from exchange.rulebook import contract_table
from exchange.vocabulary.enums import Level, Method, Phase, Side
from exchange.vocabulary.enums import SettlementStage as Stage
from exchange.vocabulary.units import trading_day_date

TEXTS_OPEN_MAX: Final = 64  # notices whose last part has not come


class Complete(NamedTuple):
    """One item of a complete topic."""

    topic: Topic
    day: date
    previous_number: int  # of the topic's item before it on that day; 0 = none
    item: Item


def batches(items: Iterable[Complete]) -> list[tuple[Topic, values.Batch]]:
    """Items in the order heard as one batch a topic and day."""
    groups: dict[tuple[date, Topic], list[Complete]] = {}
    for one in items:
        groups.setdefault((one.day, one.topic), []).append(one)
    return [
        (topic, values.Batch(day, group[0].previous_number, tuple(one.item for one in group)))
        for (day, topic), group in groups.items()
    ]


@cache
def contract_code(contract_id: int) -> str:
    """A contract's code from the rulebook, so that it does not depend on when the exchange is asked."""
    rows = contract_table().contract
    return next((row.code for row in rows if row.contract_id == contract_id), str(contract_id))


class Market:
    """One trading day at a time; a stream that opens begins everything anew."""

    def __init__(self) -> None:
        self.day: date | None = None
        self.number = 0  # of the last record taken
        self.version = 0  # grows with every change
        self._changed: dict[Topic, int] = {}  # topic -> version of its last change, the newest last
        self._encoded: dict[Topic, tuple[int, bytes | None]] = {}
        self._begin_day(date.min)

    def _begin_day(self, day: date) -> None:
        self._contracts: dict[str, ContractState] = {}  # by code
        self._heard: dict[str, Heard] = {}
        self._opened: events.StreamOpened | None = None
        self._halt: events.HaltChanged | None = None
        self._composite: events.Composite | None = None
        self._settlement: events.SettlementStage | None = None
        self._texts: dict[int, list[bytes]] = {}
        self._previous: dict[Topic, int] = {}  # number of the last item of each complete topic
        self._is_ended = False
        self._day = day

    # ---- what is heard

    def take(self, number: int, event: Event | OtherRecord) -> Complete | None:
        """One record of the public stream."""
        self.number = number
        take = _TAKES.get(type(event))
        return take(self, number, event) if take is not None else None

    def stream_ended(self) -> None:
        """The day's last record has been received."""
        self._is_ended = True
        self._mark(Topic(MARKET, "day"))

    def _open(self, number: int, event: events.StreamOpened) -> None:
        known = list(self._changed)
        self.day = trading_day_date(event.trading_day)
        self._begin_day(self.day)
        self._opened = event
        for topic in known:  # whatever a reader knows of the day before has no value any more
            self._mark(topic)
        self._of_market("day", number, event)

    def _trade(self, number: int, event: events.Trade) -> Complete:
        contract = self._contract(event.contract_id)
        contract.sum_of(event.method).add(event.price_ticks, event.quantity_lots)
        self._of_contract(event.contract_id, "figures", number, event.time_ns)
        if event.method in (Method.LISTED, Method.CONTINUOUS):
            contract.last = event
            self._of_contract(event.contract_id, "last", number, event.time_ns)
        item = Trade(
            number, values.time_text(event.time_ns), event.match_id, event.price_ticks, event.quantity_lots,
            named(Side, event.side), named(Method, event.method),
        )  # fmt: skip
        return self._complete(Topic(contract_code(event.contract_id), TRADES), item)

    def _bust(self, number: int, event: events.TradeBusted) -> Complete:
        item = Bust(
            number, values.time_text(event.time_ns), event.match_id,
            event.price_ticks if event.quantity_lots else None, event.quantity_lots,
        )  # fmt: skip
        return self._complete(Topic(contract_code(event.contract_id), TRADES), item)

    def _quote(self, number: int, event: events.FiveLevels) -> None:
        self._contract(event.board_contract_id).sides[event.board_side] = event.levels
        self._of_contract(event.board_contract_id, "quote", number, event.time_ns)

    def _phase(self, number: int, event: events.PhaseChanged) -> None:
        contract = self._contract(event.contract_id)
        contract.phases[event.method] = event
        self._of_contract(event.contract_id, "phase", number, event.time_ns)
        if event.previous_phase == Phase.CALL_AUCTION != event.phase and contract.indicative is not None:
            contract.indicative = None
            self._of_contract(event.contract_id, "indicative", number, event.time_ns)

    def _final(self, number: int, event: events.DayFigures) -> None:
        self._contract(event.contract_id).sum_of(event.figure_method).final = event
        self._of_contract(event.contract_id, "figures", number, event.time_ns)

    def _halted(self, number: int, event: events.HaltChanged) -> None:
        if event.level == Level.CONTRACT:
            self._contract(event.subject_id).halt = event
            self._of_contract(event.subject_id, "halt", number, event.time_ns)
        else:
            self._halt = event
            self._of_market("halt", number, event)

    def _board(self, number: int, event: events.BlockBoard) -> None:
        offers = self._contract(event.contract_id).offers
        if event.quantity_lots:
            offers[event.order_id] = event
        else:
            offers.pop(event.order_id, None)
        self._of_contract(event.contract_id, "board", number, event.time_ns)

    def _close(self, number: int, event: events.Composite) -> None:
        self._composite = event
        self._of_market("composite", number, event)

    def _stage(self, number: int, event: events.SettlementStage) -> None:
        self._settlement = event
        self._of_market("settlement", number, event)

    def _text(self, number: int, event: events.NoticeText) -> Complete | None:
        """A text comes in parts, one after the other; it is given whole with its last part."""
        if event.fragment_index == 0 or event.notice_id not in self._texts:
            self._texts[event.notice_id] = []
            if len(self._texts) > TEXTS_OPEN_MAX:  # its last part never came: the exchange does not look
                del self._texts[next(iter(self._texts))]
        parts = self._texts[event.notice_id]
        parts.append(event.text)
        if event.fragment_index + 1 < event.fragment_count:
            return None
        del self._texts[event.notice_id]
        text = b"".join(parts).rstrip(b"\0").decode("utf-8", "replace")
        item = Notice(number, values.time_text(event.time_ns), event.notice_id, text)
        return self._complete(Topic(MARKET, NOTICES), item)

    def _complete(self, topic: Topic, item: Item) -> Complete:
        previous = self._previous.get(topic, 0)
        self._previous[topic] = item.number
        return Complete(topic, self._day, previous, item)

    # ---- what has changed

    def _contract(self, contract_id: int) -> ContractState:
        code = contract_code(contract_id)
        if code not in self._contracts:
            self._contracts[code] = ContractState(self._day)
        return self._contracts[code]

    def _of_contract(self, contract_id: int, name: str, number: int, time_ns: int) -> None:
        self._contract(contract_id).heard[name] = Heard(number, time_ns)
        self._mark(Topic(contract_code(contract_id), name))

    def _of_market(self, name: str, number: int, event: events.Headed) -> None:
        self._heard[name] = Heard(number, event.time_ns)
        self._mark(Topic(MARKET, name))

    def _mark(self, topic: Topic) -> None:
        self.version += 1
        self._changed.pop(topic, None)
        self._changed[topic] = self.version

    def since(self, version: int) -> tuple[list[Topic], int]:
        """Topics changed after `version`, the oldest change first, and the version to ask from next.

        Complexity: O(topics changed).
        """
        found: list[Topic] = []
        for topic, changed in reversed(self._changed.items()):
            if changed <= version:
                break
            found.append(topic)
        return found[::-1], self.version

    # ---- what it is now

    def topics(self) -> Iterable[Topic]:
        """Every topic that has a value or had one."""
        return self._changed.keys()

    def value(self, topic: Topic) -> values.Value | None:
        """The last value of a topic; None when it has none today."""
        if topic.contract == MARKET:
            return self._market_value(topic.name)
        contract = self._contracts.get(topic.contract)
        return None if contract is None else contract.value(topic.name)

    def encoded(self, topic: Topic) -> bytes | None:
        """The same as JSON; made once for each change, however many readers ask."""
        changed = self._changed.get(topic, 0)
        kept = self._encoded.get(topic)
        if kept is None or kept[0] != changed:
            value = self.value(topic)
            kept = (changed, None if value is None else msgspec.json.encode(value))
            self._encoded[topic] = kept
        return kept[1]

    def _market_value(self, name: str) -> values.Value | None:
        heard = self._heard.get(name)
        if heard is None:
            return None
        day, number, time = self._day, heard.number, values.time_text(heard.time_ns)
        if name == "day" and (opened := self._opened) is not None:
            return values.Day(
                day=day, number=number, time=time, is_ended=self._is_ended, protocol_version=opened.version
            )
        if name == "halt" and self._halt is not None:
            return halt_value(day, heard, self._halt)
        if name == "composite" and (said := self._composite) is not None:
            return values.Composite(
                day=day, number=number, time=time, open_ticks=said.open_ticks, high_ticks=said.high_ticks,
                low_ticks=said.low_ticks, close_ticks=said.close_ticks, volume_lots=said.volume_lots,
                turnover_fen=said.turnover_fen,
            )  # fmt: skip
        if name == "settlement" and (stage := self._settlement) is not None:
            return values.Settlement(
                day=day, number=number, time=time, stage=named(Stage, stage.stage),
                break_count=stage.break_count, settlement_day=trading_day_date(stage.trading_day),
            )  # fmt: skip
        return None


def _keeps(name: str, topic: str) -> Callable[[Market, int, Any], None]:
    """The last such event of a contract is all that its topic needs."""

    def take(market: Market, number: int, event: Any) -> None:
        setattr(market._contract(event.contract_id), name, event)
        market._of_contract(event.contract_id, topic, number, event.time_ns)

    return take


_TAKES: Final[dict[type, Callable[[Market, int, Any], Complete | None]]] = {
    events.StreamOpened: Market._open,
    events.Trade: Market._trade,
    events.TradeBusted: Market._bust,
    events.FiveLevels: Market._quote,
    events.PhaseChanged: Market._phase,
    events.DayFigures: Market._final,
    events.HaltChanged: Market._halted,
    events.BlockBoard: Market._board,
    events.Composite: Market._close,
    events.SettlementStage: Market._stage,
    events.NoticeText: Market._text,
    events.Band: _keeps("band", "band"),
    events.Indicative: _keeps("indicative", "indicative"),
    events.AuctionAnnounced: _keeps("announced", "auction"),
    events.AuctionResult: _keeps("result", "auction"),
    events.BreakerState: _keeps("breaker", "breaker"),
    events.ContractExpires: _keeps("expiry", "expiry"),
}
