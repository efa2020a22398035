"""PARAMETER_SET: the rules of the market, what values they may have, and until when they may be set."""

from exchange.vocabulary.enums import Method, ParameterId, Phase, SelfTradeRule
from exchange.vocabulary.limits import FEE_RATE_PPM_MAX, QUANTITY_LOTS_MAX, TIMER_MS_MAX
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import PPM
from tests.reference.definitions import compute_band, fits_levels
from tests.reference.layout import Command
from tests.reference.market import Market, Refusal
from tests.reference.state import Contract, Slot

P = ParameterId
RATES_MAX = PPM - 1
WEIGHT_MAX = 1_000
PAUSE_MS_MAX = 4 * TIMER_MS_MAX
AUCTION_MS_MIN = 1_000
WINDOW_S_MAX = 300
MESSAGES_MAX = 1_000_000
STEP_TICKS_MAX = 10_000
UNBOUNDED = 2**63 - 1

#: Lowest and highest value; the depths end at the book's levels, and MATCHING_RULE has a rule of its own.
RANGES = {
    P.LISTED_BAND_PPM: (0, RATES_MAX),
    P.BLOCK_BAND_PPM: (0, RATES_MAX),
    P.LISTED_QUANTITY_LOTS_MIN: (1, QUANTITY_LOTS_MAX),
    P.LISTED_QUANTITY_LOTS_MAX: (1, QUANTITY_LOTS_MAX),
    P.BLOCK_QUANTITY_LOTS_MIN: (1, QUANTITY_LOTS_MAX),
    P.BLOCK_QUANTITY_LOTS_MAX: (1, QUANTITY_LOTS_MAX),
    P.TRADING_FEE_PPM: (0, FEE_RATE_PPM_MAX),
    P.SETTLEMENT_FEE_PPM: (0, FEE_RATE_PPM_MAX),
    P.TAKE_DEPTH_LEVELS: (1, UNBOUNDED),
    P.STRICT_PRICE_PRIORITY: (0, 1),
    P.RESALE_SAME_DAY: (0, 1),
    P.PROCEEDS_REUSABLE: (0, 1),
    P.CANCEL_IN_BREAK: (0, 1),
    P.HOLDING_LIMIT_LOTS: (0, UNBOUNDED),
    P.OPEN_ORDERS_MAX: (0, UNBOUNDED),
    P.COMPOSITE_WEIGHT: (0, WEIGHT_MAX),
    P.PUBLIC_DEPTH_LEVELS: (1, UNBOUNDED),
    P.SELF_TRADE_RULE: (0, max(SelfTradeRule)),
    P.BREAKER_PPM: (0, RATES_MAX),
    P.BREAKER_WINDOW_S: (0, WINDOW_S_MAX),
    P.BREAKER_LIMIT_STATE_MS: (0, TIMER_MS_MAX),
    P.BREAKER_PAUSE_MS: (0, PAUSE_MS_MAX),
    P.BREAKER_AUCTION_MS: (AUCTION_MS_MIN, PAUSE_MS_MAX),
    P.BREAKER_EXTENSION_MS_MAX: (0, PAUSE_MS_MAX),
    P.MARKET_BREAKER_PPM: (0, RATES_MAX),
    P.MARKET_BREAKER_PAUSE_MS: (0, PAUSE_MS_MAX),
    P.AUCTION_QUANTITY_LOTS_MIN: (1, QUANTITY_LOTS_MAX),
    P.AUCTION_FLOOR_BAND_PPM: (0, RATES_MAX),
    P.AUCTION_CEILING_BAND_PPM: (0, RATES_MAX),
    P.AUCTION_BID_LOTS_MIN: (1, QUANTITY_LOTS_MAX),
    P.AUCTION_BID_CANCEL: (0, 1),
    P.MESSAGES_PER_SECOND: (0, MESSAGES_MAX),
    P.CANCELS_PER_SECOND: (0, MESSAGES_MAX),
    P.BUST_CHANGES_FIGURES: (0, 1),
    P.BUST_SPENT_PROCEEDS: (0, 1),
    P.PRICE_STEP_TICKS: (1, STEP_TICKS_MAX),
}
BANDS = (P.LISTED_BAND_PPM, P.BLOCK_BAND_PPM)
DEPTHS = (P.TAKE_DEPTH_LEVELS, P.PUBLIC_DEPTH_LEVELS)
#: set for the whole market only
OF_THE_MARKET = (
    P.MARKET_BREAKER_PPM,
    P.MARKET_BREAKER_PAUSE_MS,
    P.MESSAGES_PER_SECOND,
    P.CANCELS_PER_SECOND,
    P.BUST_CHANGES_FIGURES,
    P.BUST_SPENT_PROCEEDS,
)
#: set while the market trades as well
AT_ANY_TIME = (P.MESSAGES_PER_SECOND, P.CANCELS_PER_SECOND)
#: a minimum and its maximum
PAIRS = (
    (P.LISTED_QUANTITY_LOTS_MIN, P.LISTED_QUANTITY_LOTS_MAX),
    (P.BLOCK_QUANTITY_LOTS_MIN, P.BLOCK_QUANTITY_LOTS_MAX),
)
RULES = (Method.LISTED, Method.CONTINUOUS)
#: the book's phases in which its matching rule may change
QUIET_PHASES = (Phase.CLOSED, Phase.PRE_OPEN, Phase.BREAK, Phase.PAUSED)


def is_in_range(market: Market, parameter: ParameterId, value: int) -> bool:
    """Whether a parameter may have that value at all."""
    if parameter == P.MATCHING_RULE:
        return value in RULES
    low, high = RANGES[parameter]
    if parameter in DEPTHS:
        high = market.capacity.levels
    return low <= value <= high


def fits_rules(market: Market, rules: dict[ParameterId, int], parameter: ParameterId, value: int) -> bool:
    """Whether a value keeps each minimum at or below its maximum among the other rules."""
    changed = rules | {parameter: value}
    return all(changed[low] <= changed[high] for low, high in PAIRS)


def check_parameter(
    market: Market, chosen: list[Contract], parameter: ParameterId, value: int, for_all: bool
) -> Refusal | None:
    """The value is allowed for everything it would hold for."""
    touched = [contract.parameters for contract in chosen]
    if for_all:
        touched.append(market.defaults)
    if not is_in_range(market, parameter, value):
        return Refusal(RejectReason.PARAMETER_VALUE)
    if not all(fits_rules(market, rules, parameter, value) for rules in touched):
        return Refusal(RejectReason.PARAMETER_VALUE)
    levels = market.capacity.levels
    if parameter == P.LISTED_BAND_PPM and not all(fits_levels(c.base_ticks, value, levels) for c in chosen):
        return Refusal(RejectReason.PARAMETER_VALUE)
    if parameter == P.MATCHING_RULE:
        (contract,) = chosen
        is_quiet = contract.phases[Slot.BOOK] in QUIET_PHASES
        if is_quiet and not contract.has_book_orders:
            return None
        return Refusal(RejectReason.ORDERS_STILL_LIVE)
    if parameter not in AT_ANY_TIME and any(phase != Phase.CLOSED for c in chosen for phase in c.phases):
        return Refusal(RejectReason.DEFINITION_CONFLICT)
    return None


def apply_parameter_set(market: Market, command: Command) -> Refusal | None:
    """PARAMETER_SET: one contract, or with contract 0 the default and every contract."""
    for_all = command.contract_id == 0
    if not for_all and command.contract_id not in market.contracts:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    misplaced = (P.MATCHING_RULE,) if for_all else OF_THE_MARKET
    if command.parameter_id in misplaced:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    if command.parameter_id not in tuple(ParameterId):
        return Refusal(RejectReason.UNKNOWN_PARAMETER)
    parameter, value = ParameterId(command.parameter_id), command.parameter_value
    chosen = list(market.contracts.values()) if for_all else [market.contracts[command.contract_id]]
    if refusal := check_parameter(market, chosen, parameter, value, for_all):
        return refusal
    # From here the command succeeds.
    if for_all:
        market.defaults[parameter] = value
    for contract in chosen:
        contract.parameters[parameter] = value
        if parameter in BANDS:
            compute_band(market, contract)
    market.emit_done(parameter_value=value, subject_id=parameter)
    return None
