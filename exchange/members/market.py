"""What everybody can see of one contract: a view built from the events of the public stream. Pure."""

from exchange.client.decode import OtherRecord
from exchange.client.events import (
    Band,
    Event,
    FiveLevels,
    HaltChanged,
    PhaseChanged,
    SettlementStage,
    StreamOpened,
    Trade,
)
from exchange.vocabulary.enums import Level, Method, Phase, Side


class MarketView:
    """The day of one contract so far."""

    def __init__(self, contract_id: int) -> None:
        self.contract_id = contract_id
        self._clear(0)

    def _clear(self, trading_day: int) -> None:
        self.trading_day = trading_day  # days since 2000-01-01; 0 before the first record of a stream
        self.phase: dict[int, int] = {Method.LISTED: Phase.CLOSED, Method.BLOCK: Phase.CLOSED}
        self.next_change_ns: dict[int, int] = {Method.LISTED: 0, Method.BLOCK: 0}
        self.lower_ticks = self.upper_ticks = 0
        self.block_lower_ticks = self.block_upper_ticks = 0
        self.base_ticks = self.last_ticks = self.high_ticks = self.low_ticks = 0
        self.lots: dict[int, int] = {Method.LISTED: 0, Method.BLOCK: 0}
        self.fen: dict[int, int] = {Method.LISTED: 0, Method.BLOCK: 0}
        self.trades: dict[int, int] = {Method.LISTED: 0, Method.BLOCK: 0}
        self.levels: dict[int, tuple[tuple[int, int], ...]] = {Side.BUY: (), Side.SELL: ()}
        self.stage = 0
        self.last_match_id = 0
        self._halted: set[int] = set()  # 0 = the market, else the contract

    @property
    def is_halted(self) -> bool:
        """Whether the market or the contract is halted."""
        return bool(self._halted)

    def is_open(self, method: Method) -> bool:
        """Whether new orders of a method are taken now."""
        return self.phase[method] == Phase.TRADING and not self._halted

    def take(self, event: Event | OtherRecord) -> None:
        """Apply one public event."""
        match event:
            case StreamOpened():
                self._clear(event.trading_day)
            case HaltChanged():
                self._take_halt(event)
            case SettlementStage():
                self.stage = event.stage
            case FiveLevels() if event.board_contract_id == self.contract_id:
                self.levels[event.board_side] = event.levels
            case Trade():
                self.last_match_id = max(self.last_match_id, event.match_id)
                if event.contract_id == self.contract_id:
                    self._take_trade(event)
            case PhaseChanged() if event.contract_id == self.contract_id:
                self.phase[event.method] = event.phase
                self.next_change_ns[event.method] = event.next_change_ns
            case Band() if event.contract_id == self.contract_id:
                self.base_ticks = event.base_price_ticks
                self.lower_ticks, self.upper_ticks = event.lower_ticks, event.upper_ticks
                self.block_lower_ticks = event.block_lower_ticks
                self.block_upper_ticks = event.block_upper_ticks

    def _take_halt(self, event: HaltChanged) -> None:
        subject = 0 if event.level == Level.MARKET else event.subject_id
        if subject in (0, self.contract_id):
            (self._halted.add if event.is_halted else self._halted.discard)(subject)

    def _take_trade(self, event: Trade) -> None:
        method = event.method
        self.lots[method] = self.lots.get(method, 0) + event.quantity_lots
        self.fen[method] = self.fen.get(method, 0) + event.quantity_lots * event.price_ticks
        self.trades[method] = self.trades.get(method, 0) + 1
        if method == Method.LISTED:
            self.last_ticks = event.price_ticks
            self.high_ticks = max(self.high_ticks, event.price_ticks)
            self.low_ticks = min(self.low_ticks or event.price_ticks, event.price_ticks)
