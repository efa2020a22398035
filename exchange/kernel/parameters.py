"""PARAMETER_SET: the rules of the market, what values they may have, and until when they may be set."""

from typing import Final

import numpy as np

from exchange.kernel import reasons
from exchange.kernel.access import Core, contract_at, contracts_in, counters_of, events_in, levels_in
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    BLOCK_BAND,
    BLOCK_MAX,
    BLOCK_MIN,
    BREAK,
    BUST_CHANGES_FIGURES,
    BUST_SPENT_PROCEEDS,
    BUY,
    CANCELS_PER_SECOND,
    CLOSED,
    COMPOSITE_WEIGHT,
    CONTINUOUS,
    LISTED,
    LISTED_BAND,
    LISTED_MAX,
    LISTED_MIN,
    MARKET_BREAKER,
    MARKET_BREAKER_PAUSE,
    MATCHING_RULE,
    MESSAGES_PER_SECOND,
    METHODS,
    PARAMETER_LAST,
    PAUSED,
    PRE_OPEN,
    PUBLIC_DEPTH,
    SELL,
    STEP_EVENTS,
    TAKE_DEPTH,
    ZERO,
)
from exchange.kernel.definitions import fits_levels, set_band
from exchange.kernel.events import reject, write_done
from exchange.kernel.figures import weigh_contracts
from exchange.kernel.marks import mark_market
from exchange.kernel.metering import set_bucket_limits
from exchange.kernel.monitor import watch_contracts
from exchange.kernel.risk import is_contract
from exchange.vocabulary.enums import ParameterId, SelfTradeRule
from exchange.vocabulary.limits import FEE_RATE_PPM_MAX, QUANTITY_LOTS_MAX, TIMER_MS_MAX
from exchange.vocabulary.units import PPM

FLAG: Final = (0, 1)
RATE: Final = (0, PPM - 1)
FEE: Final = (0, FEE_RATE_PPM_MAX)
LOTS: Final = (1, QUANTITY_LOTS_MAX)
DEPTH: Final = (1, 2**63 - 1)  # ends at the book's levels
UNBOUNDED: Final = (0, 2**63 - 1)
PAUSE_MS: Final = (0, 4 * TIMER_MS_MAX)
PER_SECOND: Final = (0, 1_000_000)

#: lowest and highest value of every parameter
RANGES: Final = {
    ParameterId.LISTED_BAND_PPM: RATE,
    ParameterId.BLOCK_BAND_PPM: RATE,
    ParameterId.LISTED_QUANTITY_LOTS_MIN: LOTS,
    ParameterId.LISTED_QUANTITY_LOTS_MAX: LOTS,
    ParameterId.BLOCK_QUANTITY_LOTS_MIN: LOTS,
    ParameterId.BLOCK_QUANTITY_LOTS_MAX: LOTS,
    ParameterId.TRADING_FEE_PPM: FEE,
    ParameterId.SETTLEMENT_FEE_PPM: FEE,
    ParameterId.TAKE_DEPTH_LEVELS: DEPTH,
    ParameterId.STRICT_PRICE_PRIORITY: FLAG,
    ParameterId.RESALE_SAME_DAY: FLAG,
    ParameterId.PROCEEDS_REUSABLE: FLAG,
    ParameterId.CANCEL_IN_BREAK: FLAG,
    ParameterId.HOLDING_LIMIT_LOTS: UNBOUNDED,
    ParameterId.OPEN_ORDERS_MAX: UNBOUNDED,
    ParameterId.COMPOSITE_WEIGHT: (0, 1_000),
    ParameterId.PUBLIC_DEPTH_LEVELS: DEPTH,
    ParameterId.SELF_TRADE_RULE: (0, max(SelfTradeRule)),
    ParameterId.BREAKER_PPM: RATE,
    ParameterId.BREAKER_WINDOW_S: (0, 300),
    ParameterId.BREAKER_LIMIT_STATE_MS: (0, TIMER_MS_MAX),
    ParameterId.BREAKER_PAUSE_MS: PAUSE_MS,
    ParameterId.BREAKER_AUCTION_MS: (1_000, 4 * TIMER_MS_MAX),
    ParameterId.BREAKER_EXTENSION_MS_MAX: PAUSE_MS,
    ParameterId.MARKET_BREAKER_PPM: RATE,
    ParameterId.MARKET_BREAKER_PAUSE_MS: PAUSE_MS,
    ParameterId.AUCTION_QUANTITY_LOTS_MIN: LOTS,
    ParameterId.AUCTION_FLOOR_BAND_PPM: RATE,
    ParameterId.AUCTION_CEILING_BAND_PPM: RATE,
    ParameterId.AUCTION_BID_LOTS_MIN: LOTS,
    ParameterId.AUCTION_BID_CANCEL: FLAG,
    ParameterId.MESSAGES_PER_SECOND: PER_SECOND,
    ParameterId.CANCELS_PER_SECOND: PER_SECOND,
    ParameterId.BUST_CHANGES_FIGURES: FLAG,
    ParameterId.BUST_SPENT_PROCEEDS: FLAG,
    ParameterId.PRICE_STEP_TICKS: (1, 10_000),
    ParameterId.MATCHING_RULE: (LISTED, CONTINUOUS),  # and nothing between
}
LOWEST: Final = (0, *(int(RANGES[parameter][0]) for parameter in ParameterId))
HIGHEST: Final = (0, *(int(RANGES[parameter][1]) for parameter in ParameterId))


@cold
def is_in_range(parameter: int, value: int, levels: int) -> bool:
    """Whether a parameter may have that value at all."""
    if parameter == MATCHING_RULE:
        return value == LISTED or value == CONTINUOUS
    if (parameter == TAKE_DEPTH or parameter == PUBLIC_DEPTH) and value > levels:
        return False
    return LOWEST[parameter] <= value <= HIGHEST[parameter]


@cold
def is_misplaced(parameter: int, contract_id: int) -> bool:
    """Whether a market's parameter is set for one contract, or a contract's own rule for all."""
    if contract_id == 0:
        return parameter == MATCHING_RULE
    return (
        parameter == MARKET_BREAKER
        or parameter == MARKET_BREAKER_PAUSE
        or parameter == MESSAGES_PER_SECOND
        or parameter == CANCELS_PER_SECOND
        or parameter == BUST_CHANGES_FIGURES
        or parameter == BUST_SPENT_PROCEEDS
    )


@cold
def opposite_bound(parameter: int) -> int:
    """The maximum of a minimum, or the reverse; 0 for what has none."""
    if parameter == LISTED_MIN or parameter == BLOCK_MIN:
        return parameter + 1
    if parameter == LISTED_MAX or parameter == BLOCK_MAX:
        return parameter - 1
    return ZERO


@cold
def is_above(parameter: int, value: int, opposite: int) -> bool:
    """Whether a new bound would put the minimum above the maximum."""
    return value > opposite if parameter == LISTED_MIN or parameter == BLOCK_MIN else value < opposite


@cold
def check_rule_change(contract: np.void) -> int:
    """The matching rule changes only while the book is empty and does not trade."""
    phase = signed(contract["phase"][LISTED])
    is_quiet = phase == CLOSED or phase == PRE_OPEN or phase == BREAK or phase == PAUSED
    if is_quiet and signed(contract["best"][BUY]) < 0 and signed(contract["best"][SELL]) < 0:
        return reasons.OK
    return reasons.ORDERS_STILL_LIVE


@cold
def check_value(state: Core, contract_id: int, parameter: int, value: int) -> int:
    """What one contract says to a new value that is in its range."""
    contract = contract_at(state, contract_id)
    if parameter == MATCHING_RULE:
        return check_rule_change(contract)
    opposite = opposite_bound(parameter)
    if opposite != 0 and is_above(parameter, value, signed(contract["parameters"][opposite])):
        return reasons.PARAMETER_VALUE
    if parameter == LISTED_BAND and not fits_levels(state, signed(contract["base"]), value):
        return reasons.PARAMETER_VALUE
    if parameter == MESSAGES_PER_SECOND or parameter == CANCELS_PER_SECOND:
        return reasons.OK  # at any time
    for slot in range(METHODS):
        if signed(contract["phase"][slot]) != CLOSED:
            return reasons.DEFINITION_CONFLICT
    return reasons.OK


@cold
def check_parameter(state: Core, command: np.void) -> int:
    """Every check of PARAMETER_SET in its precedence, over all contracts it would change."""
    chosen = signed(command["contract_id"])
    parameter = signed(command["parameter_id"])
    value = signed(command["parameter_value"])
    if (chosen != 0 and not is_contract(state, chosen)) or is_misplaced(parameter, chosen):
        return reasons.UNKNOWN_CONTRACT
    if parameter == 0 or parameter > PARAMETER_LAST:
        return reasons.UNKNOWN_PARAMETER
    if not is_in_range(parameter, value, levels_in(state)):
        return reasons.PARAMETER_VALUE
    opposite = opposite_bound(parameter)
    if chosen == 0 and opposite != 0:
        if is_above(parameter, value, signed(counters_of(state)["parameters"][opposite])):
            return reasons.PARAMETER_VALUE
    found = reasons.OK
    for contract_id in range(1, contracts_in(state)):
        if is_contract(state, contract_id) and (chosen == 0 or chosen == contract_id):
            reason = check_value(state, contract_id, parameter, value)
            if reason == reasons.PARAMETER_VALUE:
                return reason
            if reason != 0:
                found = reason
    return found


@cold
def apply_parameter_set(state: Core, count: int, command: np.void) -> int:
    """PARAMETER_SET: one contract, or with contract 0 the default and every contract."""
    reason = check_parameter(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    chosen = signed(command["contract_id"])
    parameter = signed(command["parameter_id"])
    value = signed(command["parameter_value"])
    counters = counters_of(state)
    if chosen == 0:
        counters["parameters"][parameter] = value
        set_bucket_limits(counters)
    for contract_id in range(1, contracts_in(state)):
        if is_contract(state, contract_id) and (chosen == 0 or chosen == contract_id):
            contract_at(state, contract_id)["parameters"][parameter] = value
    if parameter == MATCHING_RULE:
        contract_at(state, chosen)["matching_rule"] = value
    if parameter == COMPOSITE_WEIGHT:
        weigh_contracts(state)
    watch_contracts(state)
    mark_market(state)
    counters["stage"] = 1
    counters["cursor"] = 1
    return run_parameter_set(state, count, command)


@cold
def run_parameter_set(state: Core, count: int, command: np.void) -> int:
    """Say every band that changed, contract after contract, then COMMAND_DONE."""
    counters = counters_of(state)
    chosen = signed(command["contract_id"])
    parameter = signed(command["parameter_id"])
    is_band = parameter == LISTED_BAND or parameter == BLOCK_BAND
    room = events_in(state) - STEP_EVENTS
    contract_id = signed(counters["cursor"])
    while contract_id < contracts_in(state):
        if count > room:
            counters["cursor"] = contract_id
            return count
        if is_band and is_contract(state, contract_id) and (chosen == 0 or chosen == contract_id):
            count = set_band(state, count, command, contract_id)
        contract_id += 1
    counters["cursor"] = contract_id
    if count > room:
        return count
    counters["cursor"] = 0
    counters["stage"] = 0
    return write_done(state, count, command, parameter, ZERO, signed(command["parameter_value"]))
