"""The market as the console has heard it: events and answers in, one view out. No clock, no socket, no page.

model = MarketModel(profile="national", now_ms=...)
model.line_up(now_ms); model.take(event, now_ms); model.answer(reply, now_ms)
model.view(now_ms)      # everything the market page shows
"""

from collections import deque
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from exchange.client.decode import OtherRecord
from exchange.client.events import (
    AuctionAnnounced,
    AuctionResult,
    Band,
    BreakerState,
    Composite,
    ContractExpires,
    DayFigures,
    Event,
    FiveLevels,
    HaltChanged,
    NoticeText,
    PhaseChanged,
    SettlementStage,
    StreamOpened,
    Trade,
    TradeBusted,
)
from exchange.client.replies import BoardListing, Contract, MethodPhase, Reply, Status
from exchange.console import notices
from exchange.console.contract_state import BOOK_METHODS, ContractState
from exchange.console.registry_state import RegistryDay, RegistryState, RegistryStatus
from exchange.console.source import Source
from exchange.console.view import (
    BreakView,
    HaltView,
    MarketView,
    MarketWord,
    NoticeView,
    SurrenderView,
    Tone,
    TradeView,
)
from exchange.rulebook import contract_table, sessions_on, surrender_dates
from exchange.vocabulary.enums import Level, Phase
from exchange.vocabulary.units import market_time_ns, trading_day_date

TRADES_KEPT_MAX: Final = 60
NOTICES_KEPT_MAX: Final = 60


class MarketModel:
    """One trading day at a time; a stream of another day begins everything anew."""

    def __init__(self, profile: str, now_ms: int) -> None:
        self._profile = profile
        self._exchange = Source(now_ms)
        self._answers = Source(now_ms)
        self._registry_line = Source(now_ms)
        self._registry = RegistryState()
        self._status: Status | None = None
        self._stream_has_ended = False
        self.trading_day: date | None = None
        self._begin_day()

    def _begin_day(self) -> None:
        self._market_ns = 0
        self._contracts: dict[int, ContractState] = {}
        self._halts: dict[tuple[int, int], HaltView] = {}
        self._trades: deque[TradeView] = deque(maxlen=TRADES_KEPT_MAX)
        self._notices: deque[NoticeView] = deque(maxlen=NOTICES_KEPT_MAX)
        self._stream_has_ended = False
        self._registry.new_day()

    # ---- what is heard

    def line_up(self, now_ms: int) -> None:
        """The exchange let us in."""
        self._exchange.heard(now_ms)

    def line_down(self, now_ms: int, why: str) -> None:
        """The exchange cannot be reached, or the line was cut."""
        self._exchange.lost(now_ms, why)
        self._answers.lost(now_ms, why)

    def stream_ended(self, now_ms: int) -> None:
        """The day's stream came to its proper end."""
        self._stream_has_ended = True
        self._exchange.heard(now_ms)

    def registry_answered(
        self, status: RegistryStatus, days: Sequence[RegistryDay], breaks: Sequence[BreakView], now_ms: int
    ) -> None:
        """Wuhan answered over HTTP."""
        self._registry_line.heard(now_ms)
        self._registry.answered(status, days, breaks)

    def registry_down(self, now_ms: int, why: str) -> None:
        """Wuhan did not answer."""
        self._registry_line.lost(now_ms, why)

    def take(self, event: Event | OtherRecord, now_ms: int) -> None:
        """One event of the public stream."""
        self._exchange.heard(now_ms)
        if isinstance(event, StreamOpened):
            self._open_stream(event)
        if not isinstance(event, OtherRecord):
            self._market_ns = max(self._market_ns, event.time_ns)
        match event:
            case Trade():
                self._trade(event)
            case FiveLevels():
                self._contract(event.board_contract_id).five_levels(event)
            case PhaseChanged():
                self._phase(event)
            case HaltChanged():
                self._halt(event)
            case Band():
                self._contract(event.contract_id).band(event)
            case DayFigures():
                self._contract(event.contract_id).figures(event)
            case SettlementStage():
                self._registry.take(event)
                self._notices.append(notices.of_stage(event))
            case Composite():
                self._notices.append(notices.of_composite(event))
            case (
                AuctionAnnounced()
                | AuctionResult()
                | BreakerState()
                | ContractExpires()
                | NoticeText()
                | TradeBusted()
            ):
                self._news(event)
            case _:
                pass

    def _news(self, event: notices.News) -> None:
        codes = {contract_id: row.code for contract_id, row in self._contracts.items() if row.code}
        view = notices.of_news(event, codes)
        if view is not None:
            self._notices.append(view)

    def answer(self, reply: Reply | OtherRecord, now_ms: int) -> None:
        """One record of an answer."""
        self._exchange.heard(now_ms)
        match reply:
            case Status():
                self._answers.heard(now_ms)
                self._status = reply
                self._market_ns = max(self._market_ns, reply.time_ns)
            case Contract():
                self._contract(reply.contract_id).code = reply.code
            case MethodPhase():
                contract = self._contract(reply.contract_id)
                contract.is_killed = bool(reply.is_killed)
                contract.is_halted = bool(reply.is_halted)
                contract.phases[reply.method] = (Phase(reply.phase), reply.next_change_ns)
            case _:
                pass

    def board(self, listings: Sequence[BoardListing], now_ms: int) -> None:
        """A whole answer about the board: how many listings there are at each price."""
        self._answers.heard(now_ms)
        for contract in self._contracts.values():
            contract.listings = {}
        for row in listings:
            counts = self._contract(row.contract_id).listings
            counts[row.side, row.price_ticks] = counts.get((row.side, row.price_ticks), 0) + 1

    # ---- one kind of event each

    def _open_stream(self, event: StreamOpened) -> None:
        self.trading_day = trading_day_date(event.trading_day)
        self._begin_day()

    def _trade(self, event: Trade) -> None:
        contract = self._contract(event.contract_id)
        contract.trade(event)
        self._trades.append(
            TradeView(
                event.time_ns, contract.code or str(event.contract_id), event.match_id, event.price_ticks,
                event.quantity_lots, event.side, event.method, contract.base_ticks,
            )
        )  # fmt: skip

    def _phase(self, event: PhaseChanged) -> None:
        contract = self._contract(event.contract_id)
        contract.phases[event.method] = (Phase(event.phase), event.next_change_ns)
        self._notices.append(notices.of_phase(event, contract.code))

    def _halt(self, event: HaltChanged) -> None:
        key = (event.level, event.subject_id)
        if event.is_halted:
            self._halts[key] = HaltView(*key, event.halt_reason, event.time_ns, event.expected_ns)
        else:
            self._halts.pop(key, None)
        code = self._contract(event.subject_id).code if event.level == Level.CONTRACT else ""
        self._notices.append(notices.of_halt(event, code))

    def _contract(self, contract_id: int) -> ContractState:
        if contract_id not in self._contracts:
            self._contracts[contract_id] = ContractState(contract_id, _code(contract_id))
        return self._contracts[contract_id]

    # ---- what is shown

    def view(self, now_ms: int) -> MarketView:
        """The page at this instant."""
        next_phases, open_minutes = _schedule(self._profile, self.trading_day)
        word = self._word(now_ms)
        registry_is_stale = self._registry_line.is_stale(now_ms)
        registry = self._registry.status
        return MarketView(
            now_ms=now_ms,
            trading_day=self.trading_day,
            market_ns=self._market_ns,
            word=word,
            tone=_TONES[word],
            halts=tuple(self._halts.values()),
            exchange=self._exchange.view(now_ms),
            registry=self._registry_line.view(now_ms),
            city_line=registry.line if registry and not registry_is_stale else "",
            registry_queue=registry.queue if registry else 0,
            contracts=tuple(
                self._contracts[key].view(next_phases)
                for key in sorted(self._contracts)
                if self._contracts[key].base_ticks
            ),
            open_minutes=open_minutes,
            status=self._status,
            status_is_stale=self._answers.is_stale(now_ms),
            steps=self._registry.steps(),
            balance=self._registry.balance(self.trading_day, registry_is_stale),
            trades=tuple(reversed(self._trades)),
            notices=tuple(reversed(self._notices)),
            surrender=_surrender(self._profile, self.trading_day),
        )

    def _word(self, now_ms: int) -> MarketWord:
        """The gravest true statement; that we do not know comes before anything we knew."""
        phases = [phase for row in self._contracts.values() for phase, _ in row.phases.values()]
        if not self._exchange.is_up:
            return MarketWord.DAY_OVER if self._stream_has_ended else MarketWord.UNREACHABLE
        if self._exchange.is_stale(now_ms) or self._answers.is_stale(now_ms):
            return MarketWord.DAY_OVER if self._stream_has_ended else MarketWord.STALE
        if any(level == Level.MARKET for level, _ in self._halts):
            return MarketWord.HALTED
        if any(row.is_killed for row in self._contracts.values()):
            return MarketWord.KILLED
        if self._halts or any(row.is_halted for row in self._contracts.values()):
            return MarketWord.PARTLY_HALTED
        return MarketWord.TRADING if Phase.TRADING in phases else MarketWord.NOT_TRADING


_TONES: Final = {
    MarketWord.UNREACHABLE: Tone.BAD,
    MarketWord.STALE: Tone.CARE,
    MarketWord.HALTED: Tone.BAD,
    MarketWord.KILLED: Tone.BAD,
    MarketWord.PARTLY_HALTED: Tone.CARE,
    MarketWord.TRADING: Tone.GOOD,
    MarketWord.NOT_TRADING: Tone.IDLE,
    MarketWord.DAY_OVER: Tone.IDLE,
}


@lru_cache(maxsize=4)
def _schedule(
    profile: str, day: date | None
) -> tuple[dict[tuple[int, int], Phase], tuple[tuple[int, int], ...]]:
    """(method, time) -> phase of the schedule, and the listed sessions in minutes of the day."""
    if day is None:
        return {}, ()
    changes = sessions_on(profile, day)
    phases = {
        (int(row.method), market_time_ns(day, row.seconds_of_day)): row.phase
        for row in changes
        if row.contract_id == 0
    }
    listed = [row for row in changes if row.method in BOOK_METHODS]
    minutes = [row.seconds_of_day // 60 for row in listed]
    opens = zip(listed, minutes, minutes[1:], strict=False)
    return phases, tuple((start, end) for row, start, end in opens if row.phase is Phase.TRADING)


def _code(contract_id: int) -> str:
    """The rulebook's code, until the exchange has answered with its own."""
    return next((row.code for row in contract_table().contract if row.contract_id == contract_id), "")


@lru_cache(maxsize=4)
def _surrender(profile: str, day: date | None) -> SurrenderView | None:
    dates = surrender_dates(profile, day) if day else None
    return SurrenderView(*dates) if dates else None
