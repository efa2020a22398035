"""What the market page shows, as values: the view model's output, and all that rendering ever reads."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from exchange.client.replies import Status
from exchange.vocabulary.enums import Method, Phase, SettlementStage


class Tone(StrEnum):
    """How a statement is marked; never by colour alone."""

    GOOD = "good"  # known to be true now
    CARE = "care"
    BAD = "bad"
    IDLE = "idle"  # nothing to judge, or not known


class MarketWord(StrEnum):
    """The one statement about the market at the top of the page."""

    UNREACHABLE = "unreachable"
    STALE = "stale"
    HALTED = "halted"
    KILLED = "killed"
    PARTLY_HALTED = "partly_halted"
    TRADING = "trading"
    NOT_TRADING = "not_trading"
    DAY_OVER = "day_over"


class Balance(StrEnum):
    """The one statement about reconciliation."""

    UNKNOWN = "unknown"  # Wuhan has never answered
    STALE = "stale"  # Wuhan answered once, not now
    PENDING = "pending"  # the day is not stated yet
    BREAKS = "breaks"
    NOT_CONSERVED = "not_conserved"
    REFUSED = "refused"
    BALANCED = "balanced"


class StepState(StrEnum):
    """Where one step of the settlement day stands."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"
    REFUSED = "refused"


class LineView(Struct, frozen=True):
    """How one line of the console stands; wall-clock milliseconds."""

    is_up: bool = False
    is_stale: bool = False
    since_ms: int = 0  # of the present state, up or down
    age_ms: int = 0  # since anything was last heard; 0 = never
    why: str = ""


class LevelView(Struct, frozen=True):
    """One price level of a side."""

    price_ticks: int
    quantity_lots: int
    listings: int  # 0 = not known


class PhaseView(Struct, frozen=True):
    """One method of a contract."""

    method: Method
    phase: Phase
    next_ns: int  # 0 = not known
    next_phase: Phase | None


class MinuteView(Struct, frozen=True):
    """One minute in which listed trades were made."""

    minute: int  # of the day
    last_ticks: int
    average_ticks: int  # volume-weighted since the open
    lots: int


class ContractView(Struct, frozen=True, kw_only=True):
    """One contract; prices in ticks, 0 = none."""

    contract_id: int
    code: str
    base_ticks: int
    lower_ticks: int
    upper_ticks: int
    block_lower_ticks: int
    block_upper_ticks: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    last_ticks: int
    close_ticks: int  # the close so far: the volume-weighted mean of the listed trades
    is_final: bool  # the close is the day's
    listed_lots: int
    listed_fen: int
    listed_trades: int
    block_lots: int
    block_fen: int
    block_trades: int
    phases: tuple[PhaseView, ...]
    is_halted: bool
    is_killed: bool
    buy: tuple[LevelView, ...]
    sell: tuple[LevelView, ...]
    minutes: tuple[MinuteView, ...]


class TradeView(Struct, frozen=True):
    """One trade of the public stream."""

    time_ns: int
    code: str
    match_id: int
    price_ticks: int
    quantity_lots: int
    side: int
    method: int
    base_ticks: int


class NoticeView(Struct, frozen=True):
    """Something that happened, in both languages."""

    time_ns: int
    tone: Tone
    zh: str
    en: str


class StepView(Struct, frozen=True):
    """One step of the settlement day."""

    stage: SettlementStage
    state: StepState
    at_ns: int  # market time; 0 = not yet, or not heard


class BreakView(Struct, frozen=True):
    """One open reconciliation break, as Wuhan lists it."""

    account_id: int
    contract: str
    what: str
    exchange: int
    registry: int
    age_days: int


class BalanceView(Struct, frozen=True):
    """Reconciliation of the trading day shown."""

    word: Balance
    tone: Tone
    break_count: int = 0
    breaks: tuple[BreakView, ...] = ()
    before: date | None = None  # the newest day stated before the one shown
    before_is_balanced: bool = False


class HaltView(Struct, frozen=True):
    """A halt in force."""

    level: int
    subject_id: int
    reason: int
    since_ns: int
    expected_ns: int


class SurrenderView(Struct, frozen=True):
    """The deadline that members trade towards."""

    deadline: date
    last_purchase_day: date
    trading_days_left: int


class MarketView(Struct, frozen=True, kw_only=True):
    """The whole market page at one instant."""

    now_ms: int
    trading_day: date | None
    market_ns: int
    word: MarketWord
    tone: Tone
    halts: tuple[HaltView, ...]
    exchange: LineView
    registry: LineView
    city_line: str  # between the cities, as Wuhan says: up, down, or "" = not known
    registry_queue: int
    contracts: tuple[ContractView, ...]
    open_minutes: tuple[tuple[int, int], ...]  # listed sessions, minutes of the day
    status: Status | None
    status_is_stale: bool
    steps: tuple[StepView, ...]
    balance: BalanceView
    trades: tuple[TradeView, ...]
    notices: tuple[NoticeView, ...]
    surrender: SurrenderView | None

    def contract(self, code: str) -> ContractView | None:
        """The contract asked for, else the first."""
        chosen = (row for row in self.contracts if row.code == code)
        return next(chosen, self.contracts[0] if self.contracts else None)
