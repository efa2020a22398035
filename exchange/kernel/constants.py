"""Vocabulary values as the kernel computes with them: signed integers that are no literals to numba."""

from typing import Final

from exchange.kernel import state
from exchange.kernel.compiled import signed
from exchange.kernel.state import NO_SLOT
from exchange.vocabulary import limits
from exchange.vocabulary.enums import (
    AuctionKind,
    AuctionPricing,
    BlockFlag,
    BreakerKind,
    BreakerState,
    ChangeKind,
    DoneReason,
    DownReason,
    Eligibility,
    HaltReason,
    HoldKind,
    HoldState,
    Level,
    LimitFlag,
    MemberLimit,
    Method,
    OrderKind,
    ParameterId,
    Phase,
    Product,
    ProposalState,
    Right,
    Role,
    SelfTradeRule,
    SettlementStage,
    Side,
    TakeFlag,
    TimeInForce,
)
from exchange.vocabulary.units import PPM as PPM_UNIT

ZERO: Final = signed(0)
ONE: Final = signed(1)
NONE: Final = signed(NO_SLOT)
NO_LEVEL: Final = signed(-1)
ALL: Final = signed(255)
PPM: Final = signed(PPM_UNIT)

#: Figures at this distance behind a part's own are those of trades no longer kept.
FORGOTTEN: Final = signed(3)
CASH_WITHDRAWAL: Final = signed(HoldKind.CASH_WITHDRAWAL)
UNITS_TO_REGISTRY: Final = signed(HoldKind.UNITS_TO_REGISTRY)
HOLD_GRANTED: Final = signed(HoldState.GRANTED)
HOLD_REFUSED: Final = signed(HoldState.REFUSED)
HOLD_COMMITTED: Final = signed(HoldState.COMMITTED)
HOLD_RELEASED: Final = signed(HoldState.RELEASED)
HOLD_BOOKED: Final = signed(HoldState.BOOKED)
CHANGE_DEPOSIT: Final = signed(ChangeKind.DEPOSIT)
CHANGE_TRANSFER_IN: Final = signed(ChangeKind.TRANSFER_IN)
CHANGE_HOLD: Final = signed(ChangeKind.HOLD)
CHANGE_HOLD_RETURNED: Final = signed(ChangeKind.HOLD_RETURNED)
CHANGE_LEFT: Final = signed(ChangeKind.LEFT)
CHANGE_FREEZE: Final = signed(ChangeKind.FREEZE)
CHANGE_RELEASE: Final = signed(ChangeKind.RELEASE)
CHANGE_BUST: Final = signed(ChangeKind.BUST)
CHANGE_CORRECTION: Final = signed(ChangeKind.CORRECTION)
DOWN_REASON_MAX: Final = signed(max(DownReason))
RIGHTS_MAX: Final = signed(sum(Right))
STAGE_MAX: Final = signed(max(SettlementStage))
ELIGIBILITY_MAX: Final = signed(Eligibility.BUY | Eligibility.SELL | Eligibility.CCER)
#: All balances together, so that no sum of them passes 64 bits.
TOTAL_MAX: Final = signed(2**62)
#: State of a kept trade: as made, corrected, undone.
TRADE_CORRECTED: Final = signed(1)
TRADE_UNDONE: Final = signed(2)

BUY: Final = signed(Side.BUY)
SELL: Final = signed(Side.SELL)
LISTED: Final = signed(Method.LISTED)
BLOCK: Final = signed(Method.BLOCK)
CONTINUOUS: Final = signed(Method.CONTINUOUS)
ONE_WAY: Final = signed(Method.ONE_WAY)
BOOK: Final = signed(0)  # whose phase and figures: the book (LISTED or CONTINUOUS), BLOCK, ONE_WAY
METHODS: Final = signed(state.METHODS)
CCER: Final = signed(Product.CCER)
PRODUCT_MIN: Final = signed(min(Product))
PRODUCT_MAX: Final = signed(max(Product))
POST_ONLY: Final = signed(LimitFlag.POST_ONLY)
DAY: Final = signed(TimeInForce.DAY)
FOK: Final = signed(TimeInForce.FOK)
TRADES_FREELY: Final = signed(SelfTradeRule.NONE)
CANCEL_TAKER: Final = signed(SelfTradeRule.CANCEL_TAKER)
CANCEL_MAKER: Final = signed(SelfTradeRule.CANCEL_MAKER)
CANCEL_BOTH: Final = signed(SelfTradeRule.CANCEL_BOTH)
DECREMENT_BOTH: Final = signed(SelfTradeRule.DECREMENT_BOTH)
SELF_TRADE_LAST: Final = signed(max(SelfTradeRule))
PARTIAL: Final = signed(TakeFlag.PARTIAL)
OFFER_PARTIAL: Final = signed(BlockFlag.PARTIAL)
MAKER: Final = signed(Role.MAKER)
TAKER: Final = signed(Role.TAKER)
AUCTION_ROLE: Final = signed(Role.AUCTION)
BOTH_SIDES: Final = signed(255)  # of a trade that nobody came last for
LEVELS_OF_BIDS: Final = signed(state.LEVELS_OF_BIDS)
UNIFORM: Final = signed(AuctionPricing.UNIFORM)
PRICING_MAX: Final = signed(max(AuctionPricing))
PRIMARY: Final = signed(AuctionKind.PRIMARY)
AUCTION_KIND_MAX: Final = signed(max(AuctionKind))

MAY_BUY: Final = signed(Eligibility.BUY)
MAY_SELL: Final = signed(Eligibility.SELL)
MAY_CCER: Final = signed(Eligibility.CCER)

#: side_kind of an order: one bit of side, three of kind, one of flags, three of self-trade rule
KIND_SHIFT: Final = signed(1)
KIND_MASK: Final = signed(7)
MARKS_SHIFT: Final = signed(4)
RULE_SHIFT: Final = signed(5)

LIMIT_ORDER: Final = signed(OrderKind.LIMIT)
LISTING_ORDER: Final = signed(OrderKind.LISTING)
TAKE_ORDER: Final = signed(OrderKind.TAKE)
OFFER_ORDER: Final = signed(OrderKind.BLOCK_OFFER)
ACCEPT_ORDER: Final = signed(OrderKind.BLOCK_ACCEPT)
BID_ORDER: Final = signed(OrderKind.BID)
LOT_ORDER: Final = signed(OrderKind.AUCTION_OFFER)  # the seller's lot of an auction

FILLED: Final = signed(DoneReason.FILLED)
CANCELLED: Final = signed(DoneReason.CANCELLED)
PREVENTED: Final = signed(DoneReason.PREVENTED)
LAPSED: Final = signed(DoneReason.LAPSED)
REMAINDER: Final = signed(DoneReason.REMAINDER)
MASS_CANCELLED: Final = signed(DoneReason.MASS_CANCELLED)
DISCONNECTED: Final = signed(DoneReason.DISCONNECTED)
DECLINED: Final = signed(DoneReason.DECLINED)
COUNTERED: Final = signed(DoneReason.COUNTERED)

CLOSED: Final = signed(Phase.CLOSED)
CALL_AUCTION: Final = signed(Phase.CALL_AUCTION)
PRE_OPEN: Final = signed(Phase.PRE_OPEN)
TRADING: Final = signed(Phase.TRADING)
BREAK: Final = signed(Phase.BREAK)
PAUSED: Final = signed(Phase.PAUSED)
ENDED: Final = signed(Phase.ENDED)
SEALED: Final = signed(Phase.SEALED)
PHASE_MAX: Final = signed(max(Phase))

BREAKER_NORMAL: Final = signed(BreakerState.NORMAL)
BREAKER_LIMIT: Final = signed(BreakerState.LIMIT)
BREAKER_PAUSING: Final = signed(BreakerState.PAUSE)
BREAKER_AUCTIONING: Final = signed(BreakerState.AUCTION)
DYNAMIC_BREAKER: Final = signed(BreakerKind.DYNAMIC)
MARKET_WIDE_BREAKER: Final = signed(BreakerKind.MARKET)
NO_WALL: Final = signed(1 << 31)  # no position reaches it
WINDOW_SECONDS: Final = signed(state.WINDOW_SECONDS)
#: counters.stage between a command that tripped the market-wide breaker and the next command
PAUSING_MARKET: Final = signed(100)
#: counters.cursor when a stage of TICK has finished
TICK_STAGE_DONE: Final = signed(-1)

PROPOSAL_OPEN: Final = signed(ProposalState.OPEN)
PROPOSAL_APPROVED: Final = signed(ProposalState.APPROVED)
PROPOSAL_WITHDRAWN: Final = signed(ProposalState.WITHDRAWN)
PROPOSAL_EXPIRED: Final = signed(ProposalState.EXPIRED)
NO_ROW: Final = signed(-1)

MARKET_LEVEL: Final = signed(Level.MARKET)
CONTRACT_LEVEL: Final = signed(Level.CONTRACT)
MEMBER_LEVEL: Final = signed(Level.MEMBER)
LOGIN_LEVEL: Final = signed(Level.LOGIN)
HALT_REASON_MAX: Final = signed(max(HaltReason))
HALT_RESTART: Final = signed(HaltReason.RESTART)

LISTED_BAND: Final = signed(ParameterId.LISTED_BAND_PPM)
BLOCK_BAND: Final = signed(ParameterId.BLOCK_BAND_PPM)
LISTED_MIN: Final = signed(ParameterId.LISTED_QUANTITY_LOTS_MIN)
LISTED_MAX: Final = signed(ParameterId.LISTED_QUANTITY_LOTS_MAX)
BLOCK_MIN: Final = signed(ParameterId.BLOCK_QUANTITY_LOTS_MIN)
BLOCK_MAX: Final = signed(ParameterId.BLOCK_QUANTITY_LOTS_MAX)
TRADING_FEE: Final = signed(ParameterId.TRADING_FEE_PPM)
SETTLEMENT_FEE: Final = signed(ParameterId.SETTLEMENT_FEE_PPM)
TAKE_DEPTH: Final = signed(ParameterId.TAKE_DEPTH_LEVELS)
STRICT_PRIORITY: Final = signed(ParameterId.STRICT_PRICE_PRIORITY)
RESALE_SAME_DAY: Final = signed(ParameterId.RESALE_SAME_DAY)
PROCEEDS_REUSABLE: Final = signed(ParameterId.PROCEEDS_REUSABLE)
CANCEL_IN_BREAK: Final = signed(ParameterId.CANCEL_IN_BREAK)
HOLDING_LIMIT: Final = signed(ParameterId.HOLDING_LIMIT_LOTS)
OPEN_ORDERS_MAX: Final = signed(ParameterId.OPEN_ORDERS_MAX)
COMPOSITE_WEIGHT: Final = signed(ParameterId.COMPOSITE_WEIGHT)
PUBLIC_DEPTH: Final = signed(ParameterId.PUBLIC_DEPTH_LEVELS)
SELF_TRADE_RULE: Final = signed(ParameterId.SELF_TRADE_RULE)
BREAKER_PPM: Final = signed(ParameterId.BREAKER_PPM)
BREAKER_WINDOW: Final = signed(ParameterId.BREAKER_WINDOW_S)
BREAKER_LIMIT_STATE: Final = signed(ParameterId.BREAKER_LIMIT_STATE_MS)
BREAKER_PAUSE: Final = signed(ParameterId.BREAKER_PAUSE_MS)
BREAKER_AUCTION: Final = signed(ParameterId.BREAKER_AUCTION_MS)
BREAKER_EXTENSION: Final = signed(ParameterId.BREAKER_EXTENSION_MS_MAX)
MARKET_BREAKER: Final = signed(ParameterId.MARKET_BREAKER_PPM)
MARKET_BREAKER_PAUSE: Final = signed(ParameterId.MARKET_BREAKER_PAUSE_MS)
AUCTION_MIN: Final = signed(ParameterId.AUCTION_QUANTITY_LOTS_MIN)
AUCTION_FLOOR_BAND: Final = signed(ParameterId.AUCTION_FLOOR_BAND_PPM)
AUCTION_CEILING_BAND: Final = signed(ParameterId.AUCTION_CEILING_BAND_PPM)
AUCTION_BID_MIN: Final = signed(ParameterId.AUCTION_BID_LOTS_MIN)
AUCTION_BID_CANCEL: Final = signed(ParameterId.AUCTION_BID_CANCEL)
MESSAGES_PER_SECOND: Final = signed(ParameterId.MESSAGES_PER_SECOND)
CANCELS_PER_SECOND: Final = signed(ParameterId.CANCELS_PER_SECOND)
BUST_CHANGES_FIGURES: Final = signed(ParameterId.BUST_CHANGES_FIGURES)
BUST_SPENT_PROCEEDS: Final = signed(ParameterId.BUST_SPENT_PROCEEDS)
PRICE_STEP: Final = signed(ParameterId.PRICE_STEP_TICKS)
MATCHING_RULE: Final = signed(ParameterId.MATCHING_RULE)
OWN_QUANTITY: Final = signed(MemberLimit.ORDER_QUANTITY_LOTS)
OWN_AMOUNT: Final = signed(MemberLimit.ORDER_AMOUNT_FEN)
OWN_OPEN_ORDERS: Final = signed(MemberLimit.OPEN_ORDERS)
PARAMETER_LAST: Final = signed(max(ParameterId))

STREAM_PUBLIC: Final = signed(limits.STREAM_PUBLIC)
STREAM_SETTLEMENT: Final = signed(limits.STREAM_SETTLEMENT)
STREAM_OPERATOR: Final = signed(limits.STREAM_OPERATOR)
MEMBER_FIRST: Final = signed(limits.MEMBER_FIRST)

PRICE_MIN: Final = signed(limits.PRICE_TICKS_MIN)
PRICE_MAX: Final = signed(limits.PRICE_TICKS_MAX)
QUANTITY_MAX: Final = signed(limits.QUANTITY_LOTS_MAX)
AMOUNT_MAX: Final = signed(limits.AMOUNT_FEN_MAX)
LEVEL_LOTS_MAX: Final = signed(limits.LEVEL_LOTS_MAX)
BALANCE_MAX: Final = signed(limits.BALANCE_MAX)
REFERENCE_GAP_MAX: Final = signed(limits.REFERENCE_GAP_MAX)
SLOT_BITS: Final = signed(limits.ORDER_SLOT_BITS)
SLOT_MASK: Final = signed(limits.ORDER_SLOT_NONE)
VERSION: Final = signed(limits.PROTOCOL_VERSION)
SIGNATURE_FRAGMENTS: Final = signed(2)
TIMER_MS_MAX: Final = signed(limits.TIMER_MS_MAX)
NEVER: Final = signed(state.NEVER_NS)
STEP_EVENTS: Final = signed(limits.EVENTS_PER_STEP_MAX)
VALUE_SHOWN_MAX: Final = signed(2**32 - 1)  # REJECTED.expected_value is u4
NS_OF_SECOND: Final = signed(1_000_000_000)
HEARTBEAT_MS: Final = signed(limits.HEARTBEAT_MS)
DEAD_MS: Final = signed(limits.DEAD_MS)
DAY_TRADES_MAX: Final = signed(limits.DAY_TRADES_MAX)
