"""The catalogue of rule keys: name, unit, kind of value and bounds of each. Data rows must fit it."""

from enum import StrEnum
from typing import Final, NamedTuple

from exchange.vocabulary.limits import FEE_RATE_PPM_MAX, QUANTITY_LOTS_MAX, TIMER_MS_MAX
from exchange.vocabulary.units import PPM

PAUSE_MS_MAX: Final = 14_400_000  # four hours: the longest session day


class RuleKey(StrEnum):
    """Every rule of a profile. The unit is last in the name wherever the value has one."""

    LISTED_BAND_PPM = "listed.band_ppm"
    LISTED_QUANTITY_LOTS_MIN = "listed.quantity_lots_min"
    LISTED_QUANTITY_LOTS_MAX = "listed.quantity_lots_max"
    LISTED_TAKE_DEPTH_LEVELS = "listed.take_depth_levels"
    LISTED_STRICT_PRICE_PRIORITY = "listed.strict_price_priority"
    LISTED_SWEEP_ORDER_IN_LEVEL = "listed.sweep_order_in_level"
    LISTED_CROSSING_LISTING = "listed.crossing_listing"
    BLOCK_BAND_PPM = "block.band_ppm"
    BLOCK_QUANTITY_LOTS_MIN = "block.quantity_lots_min"
    BLOCK_QUANTITY_LOTS_MAX = "block.quantity_lots_max"
    BLOCK_PUBLIC_OFFERS = "block.public_offers"
    ONE_WAY_QUANTITY_LOTS_MIN = "one_way.quantity_lots_min"
    ONE_WAY_FLOOR_DISCOUNT_PPM_MAX = "one_way.floor_discount_ppm_max"
    ONE_WAY_CEILING_PREMIUM_PPM = "one_way.ceiling_premium_ppm"
    ONE_WAY_BID_LOTS_MIN = "one_way.bid_lots_min"
    ONE_WAY_BID_CANCEL = "one_way.bid_cancel"
    CONTINUOUS_SELF_TRADE = "continuous.self_trade"
    PRICE_TICK_FEN = "price.tick_fen"
    PRICE_ROUNDING = "price.rounding"
    PRICE_CLOSE = "price.close"
    PRICE_NEW_VINTAGE_BASE = "price.new_vintage_base"
    QUANTITY_LOT_TONNES = "quantity.lot_tonnes"
    ORDER_LIFE = "order.life"
    ORDER_SELF_TRADE = "order.self_trade"
    ORDER_SELF_TRADE_JUDGED_BY = "order.self_trade_judged_by"
    ORDER_CANCEL_IN_BREAK = "order.cancel_in_break"
    ORDER_OPEN_COUNT_MAX = "order.open_count_max"
    ORDER_MESSAGES_PER_SECOND_MAX = "order.messages_per_second_max"
    ORDER_CANCELS_PER_SECOND_MAX = "order.cancels_per_second_max"
    FUNDING_FULLY_PREFUNDED = "funding.fully_prefunded"
    FUNDING_LOCK_INCLUDES_FEES = "funding.lock_includes_fees"
    RESALE_SAME_DAY = "resale.same_day"
    PROCEEDS_REUSABLE_SAME_DAY = "proceeds.reusable_same_day"
    PROCEEDS_WITHDRAWABLE_SAME_DAY = "proceeds.withdrawable_same_day"
    FEE_TRADING_PPM = "fee.trading_ppm"
    FEE_SETTLEMENT_PPM = "fee.settlement_ppm"
    FEE_ROUNDING = "fee.rounding"
    HOLDING_LIMIT_LOTS = "holding.limit_lots"
    HOLDING_LARGE_TRADER_LOTS = "holding.large_trader_lots"
    MARKET_DATA_PUBLIC_DEPTH_LEVELS = "market_data.public_depth_levels"
    MODE_CONTINUOUS = "mode.continuous"
    MODE_CALL_AUCTION = "mode.call_auction"
    BREAKER_DYNAMIC = "breaker.dynamic"
    BREAKER_DYNAMIC_PPM = "breaker.dynamic_ppm"
    BREAKER_WINDOW_S = "breaker.window_s"
    BREAKER_LIMIT_STATE_MS = "breaker.limit_state_ms"
    BREAKER_PAUSE_MS = "breaker.pause_ms"
    BREAKER_AUCTION_MS = "breaker.auction_ms"
    BREAKER_EXTENSION_MS_MAX = "breaker.extension_ms_max"
    BREAKER_MARKET_WIDE = "breaker.market_wide"
    BREAKER_MARKET_WIDE_PPM = "breaker.market_wide_ppm"
    BREAKER_MARKET_WIDE_PAUSE_MS = "breaker.market_wide_pause_ms"
    BUST_CHANGES_FIGURES = "bust.changes_figures"
    BUST_SPENT_PROCEEDS_COVERED = "bust.spent_proceeds_covered"
    SURRENDER_CCER_SHARE_PPM = "surrender.ccer_share_ppm"
    SURRENDER_TRANSFER_ON_TRADING_DAYS = "surrender.transfer_on_trading_days"
    RECORD_RETENTION_YEARS = "record.retention_years"


class WholeNumber(NamedTuple):
    """An integer rule and its bounds, both included."""

    unit: str
    least: int
    most: int
    meaning: str


class YesNo(NamedTuple):
    """A rule that holds or does not."""

    meaning: str


class Choice(NamedTuple):
    """A rule that takes one of a few named values."""

    options: tuple[str, ...]
    meaning: str


Shape = WholeNumber | YesNo | Choice

K = RuleKey
SHAPES: Final[dict[RuleKey, Shape]] = {
    K.LISTED_BAND_PPM: WholeNumber("ppm", 1, PPM - 1, "listed price limit around the base, up and down"),
    K.LISTED_QUANTITY_LOTS_MIN: WholeNumber("lots", 1, QUANTITY_LOTS_MAX, "smallest listing or take"),
    K.LISTED_QUANTITY_LOTS_MAX: WholeNumber("lots", 1, QUANTITY_LOTS_MAX, "largest listing or take"),
    K.LISTED_TAKE_DEPTH_LEVELS: WholeNumber(
        "levels", 1, 64, "price levels of the other side a take may reach"
    ),
    K.LISTED_STRICT_PRICE_PRIORITY: YesNo("a named listing must stand at the best price"),
    K.LISTED_SWEEP_ORDER_IN_LEVEL: Choice(
        ("fifo",), "order inside a price level when a take names no listing"
    ),
    K.LISTED_CROSSING_LISTING: Choice(("rest",), "what a listing does that crosses the other side"),
    K.BLOCK_BAND_PPM: WholeNumber("ppm", 1, PPM - 1, "block price limit around the base, up and down"),
    K.BLOCK_QUANTITY_LOTS_MIN: WholeNumber("lots", 1, QUANTITY_LOTS_MAX, "smallest block trade"),
    K.BLOCK_QUANTITY_LOTS_MAX: WholeNumber("lots", 1, QUANTITY_LOTS_MAX, "largest block trade"),
    K.BLOCK_PUBLIC_OFFERS: YesNo("block offers may be posted on a board, besides to a named counterparty"),
    K.ONE_WAY_QUANTITY_LOTS_MIN: WholeNumber(
        "lots", 1, QUANTITY_LOTS_MAX, "smallest lot offered in one-way bidding"
    ),
    K.ONE_WAY_FLOOR_DISCOUNT_PPM_MAX: WholeNumber(
        "ppm", 0, PPM - 1, "how far below the base the floor may lie"
    ),
    K.ONE_WAY_CEILING_PREMIUM_PPM: WholeNumber("ppm", 0, PPM - 1, "how far above the base bids may go"),
    K.ONE_WAY_BID_LOTS_MIN: WholeNumber("lots", 1, QUANTITY_LOTS_MAX, "smallest bid in one-way bidding"),
    K.ONE_WAY_BID_CANCEL: YesNo("a bid may be cancelled while the window runs"),
    K.CONTINUOUS_SELF_TRADE: Choice(
        ("none", "cancel_taker", "cancel_maker", "cancel_both", "decrement_both"),
        "what happens when both sides of a match would be one legal entity",
    ),
    K.PRICE_TICK_FEN: WholeNumber("fen", 1, 10_000, "smallest price step a tonne"),
    K.PRICE_ROUNDING: Choice(("half_up",), "rounding of limits, close and composite to the tick"),
    K.PRICE_CLOSE: Choice(("vwap_of_listed_trades",), "how the close is made; no listed trade: the base"),
    K.PRICE_NEW_VINTAGE_BASE: Choice(("previous_composite_close",), "base of a vintage on its first day"),
    K.QUANTITY_LOT_TONNES: WholeNumber("tonnes", 1, 1, "smallest quantity step"),
    K.ORDER_LIFE: Choice(("day",), "how long an order lives"),
    K.ORDER_SELF_TRADE: Choice(("skip_own_listings",), "what a take does with its own side's listings"),
    K.ORDER_SELF_TRADE_JUDGED_BY: Choice(("legal_entity",), "who counts as oneself"),
    K.ORDER_CANCEL_IN_BREAK: YesNo("orders may be cancelled in the lunch break"),
    K.ORDER_OPEN_COUNT_MAX: WholeNumber("orders", 0, 2**31 - 1, "open orders of one account; 0 = off"),
    K.ORDER_MESSAGES_PER_SECOND_MAX: WholeNumber(
        "messages/s", 0, 2**31 - 1, "messages of one member; 0 = off"
    ),
    K.ORDER_CANCELS_PER_SECOND_MAX: WholeNumber(
        "messages/s", 0, 2**31 - 1, "cancels of one member, counted apart; 0 = off"
    ),
    K.FUNDING_FULLY_PREFUNDED: YesNo("cash and allowances are there before the order"),
    K.FUNDING_LOCK_INCLUDES_FEES: YesNo("a buyer's lock covers the fees"),
    K.RESALE_SAME_DAY: YesNo("allowances bought today may be sold today"),
    K.PROCEEDS_REUSABLE_SAME_DAY: YesNo("sale cash buys at once"),
    K.PROCEEDS_WITHDRAWABLE_SAME_DAY: YesNo("sale cash may be withdrawn before settlement"),
    K.FEE_TRADING_PPM: WholeNumber("ppm", 0, FEE_RATE_PPM_MAX, "the exchange's fee on the amount, each side"),
    K.FEE_SETTLEMENT_PPM: WholeNumber(
        "ppm", 0, FEE_RATE_PPM_MAX, "the registry's fee on the amount, each side"
    ),
    K.FEE_ROUNDING: Choice(("up_on_cumulative_amount",), "rounding of a fee to the fen"),
    K.HOLDING_LIMIT_LOTS: WholeNumber("lots", 0, 2**53 - 1, "most a holder may hold; 0 = off"),
    K.HOLDING_LARGE_TRADER_LOTS: WholeNumber("lots", 0, 2**53 - 1, "holding that must be reported; 0 = off"),
    K.MARKET_DATA_PUBLIC_DEPTH_LEVELS: WholeNumber(
        "levels", 1, 64, "price levels everybody sees; more than five: the whole book, order by order"
    ),
    K.MODE_CONTINUOUS: YesNo("price-time auto-matching"),
    K.MODE_CALL_AUCTION: YesNo("call auctions at open, close or reopening"),
    K.BREAKER_DYNAMIC: YesNo("a dynamic price breaker"),
    K.BREAKER_DYNAMIC_PPM: WholeNumber("ppm", 1, PPM - 1, "how far a price may move from the reference"),
    K.BREAKER_WINDOW_S: WholeNumber("s", 0, 300, "seconds the reference is the mean of; 0 = the last trade"),
    K.BREAKER_LIMIT_STATE_MS: WholeNumber("ms", 0, TIMER_MS_MAX, "how long nothing trades outside the band"),
    K.BREAKER_PAUSE_MS: WholeNumber("ms", 0, PAUSE_MS_MAX, "pause after the limit state"),
    K.BREAKER_AUCTION_MS: WholeNumber("ms", 1_000, PAUSE_MS_MAX, "reopening call auction"),
    K.BREAKER_EXTENSION_MS_MAX: WholeNumber("ms", 0, PAUSE_MS_MAX, "all its extensions together"),
    K.BREAKER_MARKET_WIDE: YesNo("a market-wide breaker"),
    K.BREAKER_MARKET_WIDE_PPM: WholeNumber("ppm", 1, PPM - 1, "how far the composite may move in a day"),
    K.BREAKER_MARKET_WIDE_PAUSE_MS: WholeNumber("ms", 0, PAUSE_MS_MAX, "pause of every contract"),
    K.BUST_CHANGES_FIGURES: YesNo("a trade undone leaves the day's figures, and so the close"),
    K.BUST_SPENT_PROCEEDS_COVERED: YesNo("the settlement reserve covers spent sale cash of a trade undone"),
    K.SURRENDER_CCER_SHARE_PPM: WholeNumber("ppm", 0, PPM, "part of verified emissions that CCER may cover"),
    K.SURRENDER_TRANSFER_ON_TRADING_DAYS: YesNo("units move from trading to registry on trading days only"),
    K.RECORD_RETENTION_YEARS: WholeNumber("years", 1, 100, "how long trade records are kept"),
}


def unit_of(key: RuleKey) -> str:
    """The unit a rule's row must state; "" for choices and yes/no rules."""
    shape = SHAPES[key]
    return shape.unit if isinstance(shape, WholeNumber) else ""
