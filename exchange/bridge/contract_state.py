"""One contract as heard so far today; a topic's value is made when somebody asks for it."""

from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from exchange.bridge import values
from exchange.client import events
from exchange.vocabulary.enums import (
    AuctionKind,
    AuctionPricing,
    BlockFlag,
    BreakerKind,
    BreakerState,
    HaltReason,
    Method,
    Phase,
    Side,
)
from exchange.vocabulary.units import round_half_up

OFFERS_MAX: Final = 200  # given on the board's topic; all are kept and counted
BOOK_METHODS: Final = (Method.LISTED, Method.CONTINUOUS)  # whose trades make the price (rulebook §1.3)


@lru_cache(maxsize=1_024)
def named(kind: type[IntEnum], value: int) -> str:
    """The name of an enumerated value; one that this version does not know stays a number."""
    try:
        return kind(value).name
    except ValueError:
        return str(value)


class Heard(NamedTuple):
    """When a topic changed last."""

    number: int
    time_ns: int


class Sum:
    """Trades of one method so far, or the exchange's own figures once it has said them."""

    __slots__ = ("fen", "final", "first_ticks", "high_ticks", "lots", "low_ticks", "trades")

    def __init__(self) -> None:
        self.trades = self.lots = self.fen = 0
        self.first_ticks = self.high_ticks = self.low_ticks = 0
        self.final: events.DayFigures | None = None

    def add(self, price_ticks: int, quantity_lots: int) -> None:
        """One more trade."""
        self.trades += 1
        self.lots += quantity_lots
        self.fen += price_ticks * quantity_lots
        self.first_ticks = self.first_ticks or price_ticks
        self.high_ticks = max(self.high_ticks, price_ticks)
        self.low_ticks = min(self.low_ticks or price_ticks, price_ticks)

    def figures(self) -> values.MethodFigures:
        """As of now."""
        if self.final is not None:
            said = self.final
            return values.MethodFigures(
                said.trade_count, said.open_ticks, said.high_ticks, said.low_ticks, said.close_ticks,
                said.volume_lots, said.turnover_fen, True,
            )  # fmt: skip
        mean_ticks = round_half_up(self.fen, self.lots) if self.lots else 0
        return values.MethodFigures(
            self.trades,
            self.first_ticks,
            self.high_ticks,
            self.low_ticks,
            mean_ticks,
            self.lots,
            self.fen,
            False,
        )


class ContractState:
    """Mutable; `value` gives a topic's value, None when it has none."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.heard: dict[str, Heard] = {}
        self.sides: dict[int, tuple[tuple[int, int], ...]] = {}
        self.last: events.Trade | None = None
        self.phases: dict[int, events.PhaseChanged] = {}
        self.band: events.Band | None = None
        self.sums: dict[int, Sum] = {}
        self.indicative: events.Indicative | None = None
        self.announced: events.AuctionAnnounced | None = None
        self.result: events.AuctionResult | None = None
        self.breaker: events.BreakerState | None = None
        self.halt: events.HaltChanged | None = None
        self.offers: dict[int, events.BlockBoard] = {}
        self.expiry: events.ContractExpires | None = None

    def sum_of(self, method: int) -> Sum:
        """The figures of a method."""
        if method not in self.sums:
            self.sums[method] = Sum()
        return self.sums[method]

    def value(self, name: str) -> values.Value | None:
        """The value of one of CONTRACT_TOPICS."""
        heard = self.heard.get(name)
        if heard is None:
            return None
        made: values.Value | None = getattr(self, f"_{name}")(heard)
        return made

    # ---- one topic each

    def _head(self, heard: Heard) -> tuple[date, int, str]:
        return self.day, heard.number, values.time_text(heard.time_ns)

    def _quote(self, heard: Heard) -> values.Quote:
        day, number, time = self._head(heard)
        buy, sell = (
            tuple(values.Level(price, lots) for price, lots in self.sides.get(side, ())) for side in Side
        )
        return values.Quote(day=day, number=number, time=time, buy=buy, sell=sell)

    def _last(self, heard: Heard) -> values.Last | None:
        if (said := self.last) is None:
            return None
        day, number, time = self._head(heard)
        return values.Last(
            day=day, number=number, time=time, price_ticks=said.price_ticks,
            quantity_lots=said.quantity_lots, side=named(Side, said.side), method=named(Method, said.method),
            match_id=said.match_id,
        )  # fmt: skip

    def _phase(self, heard: Heard) -> values.Phases:
        day, number, time = self._head(heard)
        methods = {
            named(Method, method): values.MethodPhase(
                named(Phase, said.phase), named(Phase, said.previous_phase),
                values.time_or_none(said.next_change_ns),
            )
            for method, said in sorted(self.phases.items())
        }  # fmt: skip
        return values.Phases(day=day, number=number, time=time, methods=methods)

    def _band(self, heard: Heard) -> values.Band | None:
        if (said := self.band) is None:
            return None
        day, number, time = self._head(heard)
        return values.Band(
            day=day, number=number, time=time, base_price_ticks=said.base_price_ticks,
            lower_ticks=said.lower_ticks, upper_ticks=said.upper_ticks,
            block_lower_ticks=said.block_lower_ticks, block_upper_ticks=said.block_upper_ticks,
        )  # fmt: skip

    def _figures(self, heard: Heard) -> values.Figures:
        day, number, time = self._head(heard)
        methods = {named(Method, method): found.figures() for method, found in sorted(self.sums.items())}
        return values.Figures(day=day, number=number, time=time, methods=methods)

    def _indicative(self, heard: Heard) -> values.Indicative | None:
        if (said := self.indicative) is None:
            return None
        day, number, time = self._head(heard)
        return values.Indicative(
            day=day, number=number, time=time, price_ticks=said.price_ticks or None,
            volume_lots=said.volume_lots, imbalance_lots=said.imbalance_lots,
            imbalance_side=named(Side, said.imbalance_side), method=named(Method, said.auction_method),
        )  # fmt: skip

    def _auction(self, heard: Heard) -> values.Auction:
        day, number, time = self._head(heard)
        said, found = self.announced, self.result
        announced = None if said is None else values.Announced(
            said.auction_id, named(AuctionKind, said.auction_kind), named(AuctionPricing, said.pricing),
            said.quantity_lots, said.floor_ticks, said.ceiling_ticks, said.bidder_share_ppm,
            values.time_text(said.end_ns),
        )  # fmt: skip
        result = None if found is None else values.Result(
            found.auction_id, named(Method, found.method), found.price_ticks or None, found.tonnes_lots,
            found.auction_trade_count, found.turnover_fen,
        )  # fmt: skip
        return values.Auction(day=day, number=number, time=time, announced=announced, result=result)

    def _breaker(self, heard: Heard) -> values.Breaker | None:
        if (said := self.breaker) is None:
            return None
        day, number, time = self._head(heard)
        return values.Breaker(
            day=day, number=number, time=time, state=named(BreakerState, said.breaker_state),
            kind=named(BreakerKind, said.breaker_kind), method=named(Method, said.method),
            reference_ticks=said.reference_ticks, trigger_ticks=said.trigger_ticks or None,
            lower_ticks=said.lower_ticks, upper_ticks=said.upper_ticks,
            next_change=values.time_or_none(said.next_change_ns),
        )  # fmt: skip

    def _halt(self, heard: Heard) -> values.Halt | None:
        return None if self.halt is None else halt_value(self.day, heard, self.halt)

    def _board(self, heard: Heard) -> values.Board:
        day, number, time = self._head(heard)
        given = list(self.offers.values())[:OFFERS_MAX]
        offers = tuple(
            values.Offer(
                str(said.order_id), named(Side, said.side), said.price_ticks, said.quantity_lots,
                bool(said.order_flags & BlockFlag.PARTIAL),
            )
            for said in given
        )  # fmt: skip
        return values.Board(day=day, number=number, time=time, offer_count=len(self.offers), offers=offers)

    def _expiry(self, heard: Heard) -> values.Expiry:
        day, number, time = self._head(heard)
        return values.Expiry(day=day, number=number, time=time, is_last_day=self.expiry is not None)


def halt_value(day: date, heard: Heard, said: events.HaltChanged) -> values.Halt:
    """A halt of the market or of a contract."""
    reason = named(HaltReason, said.halt_reason) if said.halt_reason else None
    return values.Halt(
        day=day, number=heard.number, time=values.time_text(heard.time_ns), is_halted=bool(said.is_halted),
        reason=reason, expected=values.time_or_none(said.expected_ns),
    )  # fmt: skip
