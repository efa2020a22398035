"""Random rules of a generated day: PARAMETER_SET with values that matter."""

from exchange.vocabulary.enums import ParameterId
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import QUANTITY_LOTS_MAX
from exchange.vocabulary.units import PPM
from tests.differential.flow import Flow

P = ParameterId
FLAG = (0, 1)
#: mostly as the authentic rules have it, so that what a profile sets dominates its days
USUAL = {
    P.LISTED_BAND_PPM: (0, 50_000, 100_000, 300_000),
    P.BLOCK_BAND_PPM: (0, 50_000, 100_000, 300_000),
    P.LISTED_QUANTITY_LOTS_MIN: (1, 1, 5),
    P.LISTED_QUANTITY_LOTS_MAX: (99_999, 500, QUANTITY_LOTS_MAX),
    P.BLOCK_QUANTITY_LOTS_MIN: (100_000, 1_000),
    P.BLOCK_QUANTITY_LOTS_MAX: (QUANTITY_LOTS_MAX, 1_000_000),
    P.TRADING_FEE_PPM: (0, 333, 600, 10_000),
    P.SETTLEMENT_FEE_PPM: (0, 333, 600, 10_000),
    P.TAKE_DEPTH_LEVELS: (5, 1, 3, 7),
    P.STRICT_PRICE_PRIORITY: FLAG,
    P.RESALE_SAME_DAY: FLAG,
    P.PROCEEDS_REUSABLE: FLAG,
    P.CANCEL_IN_BREAK: FLAG,
    P.HOLDING_LIMIT_LOTS: (0, 0, 3_000, 45_000_000),
    P.OPEN_ORDERS_MAX: (0, 0, 3, 12),
    P.COMPOSITE_WEIGHT: (0, 1, 7, 1_000),
    P.PUBLIC_DEPTH_LEVELS: (5, 1, 3, 7),
    P.SELF_TRADE_RULE: (1, 1, 0, 2, 3, 4),
    P.BREAKER_PPM: (0, 0, 0, 20_000),
    P.BREAKER_WINDOW_S: (0, 5, 300),
    P.BREAKER_LIMIT_STATE_MS: (0, 20, 15_000),
    P.BREAKER_PAUSE_MS: (0, 20, 300_000),
    P.BREAKER_AUCTION_MS: (1_000, 120_000),
    P.BREAKER_EXTENSION_MS_MAX: (0, 1_500, 300_000),
    P.MARKET_BREAKER_PPM: (0, 0, 0, 5_000),
    P.MARKET_BREAKER_PAUSE_MS: (0, 900_000),
    P.AUCTION_QUANTITY_LOTS_MIN: (100_000, 100, 1_000),
    P.AUCTION_FLOOR_BAND_PPM: (0, 100_000),
    P.AUCTION_CEILING_BAND_PPM: (0, 100_000),
    P.AUCTION_BID_LOTS_MIN: (1, 10),
    P.AUCTION_BID_CANCEL: (1, 0),
    P.MESSAGES_PER_SECOND: (0, 0, 0, 400),
    P.CANCELS_PER_SECOND: (0, 0, 0, 100),
    P.BUST_CHANGES_FIGURES: FLAG,
    P.BUST_SPENT_PROCEEDS: FLAG,
    P.PRICE_STEP_TICKS: (1, 1, 1, 5),
    P.MATCHING_RULE: (0, 3, 1),
}
STRANGE = (-1, 0, 2, PPM, QUANTITY_LOTS_MAX + 1, 2**62, -(2**63))


def send_parameter(flow: Flow, contract_id: int, parameter: ParameterId) -> None:
    """One PARAMETER_SET, of a value that is mostly legal."""
    choices = flow.profile.rules.get(parameter, USUAL[parameter])
    value = flow.rng.choice(STRANGE if flow.chance(0.04) else choices)
    flow.send(Kind.PARAMETER_SET, contract_id=contract_id, parameter_id=parameter, parameter_value=value)


def set_usual_rules(flow: Flow, contract_id: int, often: float) -> None:
    """Some rules of the market (contract 0) or of a contract, and always those the profile is about."""
    for parameter in ParameterId:
        is_rule_of_all = contract_id == 0 and parameter == P.MATCHING_RULE
        if parameter in flow.profile.rules or (flow.chance(often) and not is_rule_of_all):
            send_parameter(flow, contract_id, parameter)
