"""Says records to a view model as the exchange would: through the wire's bytes and the client's decoder."""

from datetime import date

import numpy as np

from exchange.client.decode import decode_events, decode_replies
from exchange.client.replies import BoardListing
from exchange.console.model import MarketModel
from exchange.console.registry_state import RegistryDay, RegistryStatus
from exchange.console.view import BreakView, MarketView
from exchange.vocabulary.enums import Method, Phase, SettlementStage, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.records import EVENT, REPLY, make
from exchange.vocabulary.units import market_time_ns, trading_day_number

DAY = date(2021, 12, 16)
NOW_MS = 1_000_000
CEA = 1


def at(clock: str, day: date = DAY) -> int:
    """Market time in nanoseconds of HH:MM:SS."""
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return market_time_ns(day, hours * 3600 + minutes * 60 + seconds)


class Exchange:
    """An exchange that a model listens to; `now_ms` is the console's wall clock."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS
        self.model = MarketModel("national", NOW_MS)
        self.matches = 0

    def events(self, *records: bytes) -> None:
        for event in decode_events(np.frombuffer(b"".join(records), EVENT)):
            self.model.take(event, self.now_ms)

    def replies(self, *records: bytes) -> None:
        for reply in decode_replies(np.frombuffer(b"".join(records), REPLY)):
            self.model.answer(reply, self.now_ms)

    def view(self) -> MarketView:
        return self.model.view(self.now_ms)

    def open_day(self, day: date = DAY, base_ticks: int = 4306) -> "Exchange":
        self.model.line_up(self.now_ms)
        self.events(
            make(
                Kind.STREAM_OPENED, trading_day=trading_day_number(day), version=1,
                time_ns=at("09:15:00", day),
            ),  # fmt: skip
            make(
                Kind.BAND, contract_id=CEA, base_price_ticks=base_ticks, lower_ticks=3875, upper_ticks=4737,
                block_lower_ticks=3014, block_upper_ticks=5598, time_ns=at("09:15:00", day),
            ),
        )  # fmt: skip
        self.replies(make(Kind.REPLY_CONTRACT, contract_id=CEA, contract_code=b"CEA"))
        self.status()
        return self

    def phase(self, phase: Phase, clock: str, until: str = "", method: Method = Method.LISTED) -> None:
        self.events(
            make(
                Kind.PHASE_CHANGED, contract_id=CEA, phase=phase, method=method, time_ns=at(clock),
                next_change_ns=at(until) if until else 0,
            )
        )  # fmt: skip

    def trade(self, price_ticks: int, lots: int, clock: str, method: Method = Method.LISTED) -> None:
        self.matches += 1
        self.events(
            make(
                Kind.TRADE, contract_id=CEA, price_ticks=price_ticks, quantity_lots=lots,
                match_id=self.matches, side=Side.BUY, method=method, time_ns=at(clock),
            )
        )  # fmt: skip

    def stage(self, stage: SettlementStage, clock: str, breaks: int = 0) -> None:
        self.events(
            make(
                Kind.SETTLEMENT_STAGE, stage=stage, break_count=breaks,
                trading_day=trading_day_number(DAY), time_ns=at(clock),
            )
        )  # fmt: skip

    def status(self, **values: int) -> None:
        self.replies(make(Kind.REPLY_STATUS, **values))

    def board(self, *listings: tuple[Side, int]) -> None:
        records = b"".join(
            make(Kind.REPLY_LISTING, contract_id=CEA, side=side, price_ticks=ticks)
            for side, ticks in listings
        )
        rows = [row for row in decode_replies(np.frombuffer(records, REPLY)) if isinstance(row, BoardListing)]
        self.model.board(rows, self.now_ms)

    def wuhan(
        self, *days: RegistryDay, breaks: tuple[BreakView, ...] = (), is_held: bool = False, line: str = "up"
    ) -> None:
        status = RegistryStatus(DAY, "OPEN", line, 0, len(breaks), len(days), is_held)
        self.model.registry_answered(status, days, breaks, self.now_ms)


def stated(day: date = DAY, **changes: object) -> RegistryDay:
    """A day of the registry, stated and balanced unless changed."""
    values: dict[str, object] = {
        "date": day, "stage": "STATED", "settled_trades": 3, "tonnes": 300, "amount_fen": 1_000,
        "breaks": (), "units_conserved": True, "cash_conserved": True,
    }  # fmt: skip
    return RegistryDay(**{**values, **changes})  # type: ignore[arg-type]


A_BREAK = BreakView(1001, "CEA", "units", 100, 99, 1)
