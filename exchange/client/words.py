"""Words for what the wire says in numbers: each term in Chinese and English."""

from typing import Final, Literal

from exchange.vocabulary.enums import (
    AuctionKind,
    AuctionPricing,
    BreakerKind,
    BreakerState,
    ChangeKind,
    DoneReason,
    HaltReason,
    Level,
    MemberLimit,
    Method,
    OrderKind,
    Phase,
    ProposalState,
    SelfTradeRule,
    SettlementStage,
    Side,
)
from exchange.vocabulary.limits import ORDER_SLOT_BITS
from exchange.vocabulary.units import format_yuan, parse_yuan

Lang = Literal["zh", "en"]
Pair = tuple[str, str]  # Chinese, English

SIDES: Final[dict[int, Pair]] = {Side.BUY: ("买入", "buy"), Side.SELL: ("卖出", "sell")}
METHODS: Final[dict[int, Pair]] = {
    Method.LISTED: ("挂牌协议", "listed"),
    Method.BLOCK: ("大宗协议", "block"),
    Method.ONE_WAY: ("单向竞价", "one-way"),
    Method.CONTINUOUS: ("连续竞价", "continuous"),
}
PHASES: Final[dict[int, Pair]] = {
    Phase.CLOSED: ("未开市", "closed"),
    Phase.PRE_OPEN: ("开市前", "pre-open"),
    Phase.TRADING: ("交易中", "trading"),
    Phase.BREAK: ("休市", "break"),
    Phase.CALL_AUCTION: ("集合竞价", "call auction"),
    Phase.PAUSED: ("暂停", "paused"),
    Phase.ENDED: ("已收市", "ended"),
    Phase.SEALED: ("已封存", "sealed"),
}
ORDER_KINDS: Final[dict[int, Pair]] = {
    OrderKind.LISTING: ("挂牌", "listing"),
    OrderKind.TAKE: ("摘牌", "take"),
    OrderKind.LIMIT: ("限价单", "limit order"),
    OrderKind.BLOCK_OFFER: ("大宗要约", "block offer"),
    OrderKind.BID: ("竞买", "bid"),
    OrderKind.BLOCK_ACCEPT: ("大宗确认", "block acceptance"),
    OrderKind.AUCTION_OFFER: ("竞买标的", "auction lot"),
}
DONE_REASONS: Final[dict[int, Pair]] = {
    DoneReason.FILLED: ("已成交", "filled"),
    DoneReason.CANCELLED: ("已撤单", "cancelled"),
    DoneReason.LAPSED: ("系统撤单", "lapsed at the close"),
    DoneReason.REMAINDER: ("余量撤销", "remainder ended"),
    DoneReason.DECLINED: ("对手方拒绝", "declined"),
    DoneReason.MASS_CANCELLED: ("批量撤单", "mass cancelled"),
    DoneReason.DISCONNECTED: ("断线撤单", "cancelled on disconnect"),
    DoneReason.PREVENTED: ("自成交防范", "self-trade prevented"),
    DoneReason.COUNTERED: ("对方还价", "countered"),
}
HALT_REASONS: Final[dict[int, Pair]] = {
    HaltReason.OPERATOR: ("运营决定", "operator"),
    HaltReason.RESTART: ("系统重启", "restart"),
    HaltReason.BREAKER: ("熔断", "circuit breaker"),
    HaltReason.TECHNICAL: ("技术故障", "technical failure"),
    HaltReason.REGISTRY: ("登记机构要求", "registry"),
}
LEVELS: Final[dict[int, Pair]] = {
    Level.MARKET: ("市场", "market"),
    Level.CONTRACT: ("合约", "contract"),
    Level.MEMBER: ("会员", "member"),
    Level.LOGIN: ("登录", "login"),
}
STAGES: Final[dict[int, Pair]] = {
    SettlementStage.WAITING: ("等待", "waiting"),
    SettlementStage.OPENING_SENT: ("期初已送", "opening sent"),
    SettlementStage.OPEN: ("期初已确认", "opening accepted"),
    SettlementStage.SEALED: ("已收封存数据", "seal received"),
    SettlementStage.CLEARED: ("已清算", "cleared"),
    SettlementStage.CONFIRMED: ("已确认", "confirmed"),
    SettlementStage.REFUSED: ("被拒绝", "refused"),
    SettlementStage.DELIVERED: ("已交收", "delivered"),
    SettlementStage.STATED: ("结算单已出", "stated"),
}

PRICINGS: Final[dict[int, Pair]] = {
    AuctionPricing.UNIFORM: ("统一价", "uniform price"),
    AuctionPricing.PAY_AS_BID: ("按报价", "pay as bid"),
}
AUCTION_KINDS: Final[dict[int, Pair]] = {
    AuctionKind.ONE_WAY: ("单向竞买", "one-way auction"),
    AuctionKind.PRIMARY: ("有偿分配拍卖", "primary auction"),
}
BREAKER_KINDS: Final[dict[int, Pair]] = {
    BreakerKind.DYNAMIC: ("动态熔断", "dynamic breaker"),
    BreakerKind.MARKET: ("全市场熔断", "market-wide breaker"),
}
BREAKER_STATES: Final[dict[int, Pair]] = {
    BreakerState.NORMAL: ("解除", "over"),
    BreakerState.LIMIT: ("限价状态", "limit state"),
    BreakerState.PAUSE: ("暂停", "pause"),
    BreakerState.AUCTION: ("恢复集合竞价", "reopening auction"),
}
CHANGE_KINDS: Final[dict[int, Pair]] = {
    ChangeKind.DEPOSIT: ("入金", "deposit"),
    ChangeKind.TRANSFER_IN: ("转入", "transferred in"),
    ChangeKind.HOLD: ("转出预留", "held for transfer"),
    ChangeKind.HOLD_RETURNED: ("预留退回", "hold returned"),
    ChangeKind.LEFT: ("已转出", "left"),
    ChangeKind.FREEZE: ("冻结", "frozen"),
    ChangeKind.RELEASE: ("解冻", "released"),
    ChangeKind.BUST: ("成交撤销", "trade undone"),
    ChangeKind.CORRECTION: ("成交更正", "trade corrected"),
}
PROPOSAL_STATES: Final[dict[int, Pair]] = {
    ProposalState.OPEN: ("待复核", "waits for another person"),
    ProposalState.APPROVED: ("已复核", "approved"),
    ProposalState.WITHDRAWN: ("已撤回", "withdrawn"),
    ProposalState.EXPIRED: ("已过期", "expired"),
}
MEMBER_LIMITS: Final[dict[int, Pair]] = {
    MemberLimit.ORDER_QUANTITY_LOTS: ("单笔数量", "tonnes of one order"),
    MemberLimit.ORDER_AMOUNT_FEN: ("单笔金额", "amount of one order"),
    MemberLimit.OPEN_ORDERS: ("未了结委托", "open orders"),
}
SELF_TRADE_RULES: Final[dict[int, Pair]] = {
    SelfTradeRule.NONE: ("不限", "none"),
    SelfTradeRule.CANCEL_TAKER: ("撤销主动方", "cancel taker"),
    SelfTradeRule.CANCEL_MAKER: ("撤销被动方", "cancel maker"),
    SelfTradeRule.CANCEL_BOTH: ("撤销双方", "cancel both"),
    SelfTradeRule.DECREMENT_BOTH: ("双方减量", "decrement both"),
}


def word(table: dict[int, Pair], value: int, lang: Lang) -> str:
    """The word of a value; the number itself when the table does not know it."""
    pair = table.get(value)
    return str(value) if pair is None else pair[lang == "en"]


def order_number(order_id: int) -> int:
    """The short number people use for an order: counted from 1 each day."""
    return order_id >> ORDER_SLOT_BITS


def price_text(price_ticks: int) -> str:
    """A price in yuan a tonne; '-' when there is none."""
    return format_yuan(price_ticks) if price_ticks else "-"


def price_ticks_of(price: int | str) -> int:
    """Ticks of a price given as ticks (int) or as yuan text; ValueError says what is wrong."""
    return price if isinstance(price, int) else parse_yuan(price)
