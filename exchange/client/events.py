"""Every event of the streams that people read: the union of their classes, and the classes by kind."""

from typing import Final

from exchange.client.depth_events import DepthAdded, DepthChanged, DepthExecuted, DepthRemoved
from exchange.client.member_events import (
    Accepted,
    AccountRestricted,
    BalanceChanged,
    BlockClosed,
    BlockOffered,
    CommandDone,
    Done,
    Executed,
    Headed,
    KillChanged,
    LimitChanged,
    LoginChanged,
    MassCancelled,
    ProposalChanged,
    Reduced,
    Rejected,
    SettingChanged,
    StreamOpened,
)
from exchange.client.public_events import (
    AuctionAnnounced,
    AuctionResult,
    Band,
    BlockBoard,
    BreakerState,
    Composite,
    ContractExpires,
    DayFigures,
    FiveLevels,
    HaltChanged,
    Indicative,
    NoticeText,
    PhaseChanged,
    SettlementStage,
    Trade,
    TradeBusted,
)

Event = (
    Accepted
    | Rejected
    | Executed
    | Done
    | Reduced
    | MassCancelled
    | BlockOffered
    | BlockClosed
    | LoginChanged
    | StreamOpened
    | KillChanged
    | BalanceChanged
    | AccountRestricted
    | SettingChanged
    | LimitChanged
    | CommandDone
    | ProposalChanged
    | Trade
    | PhaseChanged
    | FiveLevels
    | DayFigures
    | HaltChanged
    | Band
    | Composite
    | SettlementStage
    | NoticeText
    | Indicative
    | AuctionAnnounced
    | AuctionResult
    | TradeBusted
    | BreakerState
    | BlockBoard
    | ContractExpires
    | DepthAdded
    | DepthExecuted
    | DepthChanged
    | DepthRemoved
)
EVENT_CLASSES: Final[tuple[type[Event], ...]] = (
    Accepted,
    Rejected,
    Executed,
    Done,
    Reduced,
    MassCancelled,
    BlockOffered,
    BlockClosed,
    LoginChanged,
    StreamOpened,
    KillChanged,
    BalanceChanged,
    AccountRestricted,
    SettingChanged,
    LimitChanged,
    CommandDone,
    ProposalChanged,
    Trade,
    PhaseChanged,
    FiveLevels,
    DayFigures,
    HaltChanged,
    Band,
    Composite,
    SettlementStage,
    NoticeText,
    Indicative,
    AuctionAnnounced,
    AuctionResult,
    TradeBusted,
    BreakerState,
    BlockBoard,
    ContractExpires,
    DepthAdded,
    DepthExecuted,
    DepthChanged,
    DepthRemoved,
)
__all__ = [
    "EVENT_CLASSES",
    "Accepted",
    "AccountRestricted",
    "AuctionAnnounced",
    "AuctionResult",
    "BalanceChanged",
    "Band",
    "BlockBoard",
    "BlockClosed",
    "BlockOffered",
    "BreakerState",
    "CommandDone",
    "Composite",
    "ContractExpires",
    "DayFigures",
    "DepthAdded",
    "DepthChanged",
    "DepthExecuted",
    "DepthRemoved",
    "Done",
    "Event",
    "Executed",
    "FiveLevels",
    "HaltChanged",
    "Headed",
    "Indicative",
    "KillChanged",
    "LimitChanged",
    "LoginChanged",
    "MassCancelled",
    "NoticeText",
    "PhaseChanged",
    "ProposalChanged",
    "Reduced",
    "Rejected",
    "SettingChanged",
    "SettlementStage",
    "StreamOpened",
    "Trade",
    "TradeBusted",
]
