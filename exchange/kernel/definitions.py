"""Opening a day and defining what is in it: contracts, accounts, logins; the bands."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    account_at,
    accounts_in,
    contract_at,
    contracts_in,
    counters_of,
    event_at,
    levels_in,
    login_at,
    member_at,
    members_in,
)
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    BLOCK_BAND,
    BUY,
    CONTINUOUS,
    DEAD_MS,
    ELIGIBILITY_MAX,
    HEARTBEAT_MS,
    LISTED,
    LISTED_BAND,
    MATCHING_RULE,
    MEMBER_FIRST,
    ONE,
    PARAMETER_LAST,
    PPM,
    PRICE_MAX,
    PRICE_MIN,
    PRODUCT_MAX,
    PRODUCT_MIN,
    QUANTITY_MAX,
    REFERENCE_GAP_MAX,
    RIGHTS_MAX,
    SELL,
    STREAM_OPERATOR,
    STREAM_PUBLIC,
    STREAM_SETTLEMENT,
    VERSION,
    ZERO,
)
from exchange.kernel.events import begin_event, begin_public, reject, write_done
from exchange.kernel.figures import half_up, weigh_contracts
from exchange.kernel.marks import mark_contract
from exchange.kernel.monitor import watch_contracts
from exchange.kernel.risk import is_contract


@cold
def open_stream(state: Core, count: int, command: np.void, stream: int) -> int:
    """STREAM_OPENED, the first record of a stream; later calls write nothing."""
    member = member_at(state, stream)
    if signed(member["is_defined"]) != 0:
        return count
    member["is_defined"] = 1
    login_id = signed(command["login_id"])
    reference = signed(command["user_reference"])
    begin_event(state, count, stream, kinds.STREAM_OPENED, command, login_id, reference, ZERO, ZERO)
    event = event_at(state, count)
    event["quantity_lots_max"] = QUANTITY_MAX
    event["reference_gap_max"] = REFERENCE_GAP_MAX
    event["price_ticks_max"] = PRICE_MAX
    event["heartbeat_ms"] = HEARTBEAT_MS
    event["stream_id"] = stream
    event["dead_ms"] = DEAD_MS
    event["version"] = VERSION
    event["trading_day"] = counters_of(state)["trading_day"]
    return count + 1


@cold
def apply_open_day(state: Core, count: int, command: np.void) -> int:
    """OPEN_DAY: once per state."""
    counters = counters_of(state)
    if signed(counters["is_open"]) != 0:
        return reject(state, count, command, reasons.DAY_ALREADY_OPEN)
    if signed(command["version"]) != VERSION:
        return reject(state, count, command, reasons.WRONG_VERSION)
    counters["is_open"] = 1
    counters["trading_day"] = command["trading_day"]
    count = open_stream(state, count, command, STREAM_PUBLIC)
    count = open_stream(state, count, command, STREAM_SETTLEMENT)
    count = open_stream(state, count, command, STREAM_OPERATOR)
    return write_done(state, count, command, ZERO, ZERO, ZERO)


@cold
def band_limits(base_ticks: int, band_ppm: int, levels: int) -> tuple[int, int]:
    """Lowest and highest price of the day, half up; without a band, as many prices as the book has levels."""
    if band_ppm == 0:
        lower = max(PRICE_MIN, base_ticks - (levels - 1) // 2)
        return lower, min(PRICE_MAX, lower + levels - 1)
    lower = half_up(base_ticks * (PPM - band_ppm), PPM)
    upper = half_up(base_ticks * (PPM + band_ppm), PPM)
    return max(PRICE_MIN, lower), min(PRICE_MAX, upper)


@cold
def fits_levels(state: Core, base_ticks: int, band_ppm: int) -> bool:
    """Whether a listed band has at most as many prices as the book has levels."""
    levels = levels_in(state)
    lower, upper = band_limits(base_ticks, band_ppm, levels)
    return upper - lower < levels


@cold
def set_reach(contract: np.void, lower: int, upper: int, levels: int) -> None:
    """The prices that the book holds: the band in their middle, as far as the bounds of prices allow."""
    spare = levels - (upper - lower + 1)
    reach_lower = max(PRICE_MIN, min(PRICE_MAX, upper + spare // 2) - levels + 1)
    reach_upper = reach_lower + levels - 1
    contract["reach_lower"] = reach_lower
    contract["reach_upper"] = reach_upper
    contract["origin"][BUY] = reach_upper
    contract["origin"][SELL] = reach_lower


@cold
def set_band(state: Core, count: int, command: np.void, contract_id: int) -> int:
    """Compute both bands from base and rate, and write BAND."""
    contract = contract_at(state, contract_id)
    levels = levels_in(state)
    base = signed(contract["base"])
    lower, upper = band_limits(base, signed(contract["parameters"][LISTED_BAND]), levels)
    block_lower, block_upper = band_limits(base, signed(contract["parameters"][BLOCK_BAND]), levels)
    contract["lower"] = lower
    contract["upper"] = upper
    contract["block_lower"] = block_lower
    contract["block_upper"] = block_upper
    set_reach(contract, lower, upper, levels)
    return write_band(state, count, command, contract_id)


@cold
def write_band(state: Core, count: int, command: np.void, contract_id: int) -> int:
    """BAND: both bands as they are now."""
    contract = contract_at(state, contract_id)
    begin_public(state, count, kinds.BAND, command, contract_id)
    event = event_at(state, count)
    event["base_price_ticks"] = contract["base"]
    event["lower_ticks"] = contract["lower"]
    event["upper_ticks"] = contract["upper"]
    event["block_lower_ticks"] = contract["block_lower"]
    event["block_upper_ticks"] = contract["block_upper"]
    return count + 1


@cold
def check_contract(state: Core, command: np.void) -> int:
    """Every check of DEFINE_CONTRACT in its precedence."""
    counters = counters_of(state)
    contract_id = signed(command["contract_id"])
    if contract_id == 0 or contract_id >= contracts_in(state):
        return reasons.DEFINITION_CAPACITY
    if is_contract(state, contract_id) or signed(counters["is_opening_accepted"]) != 0:
        return reasons.DEFINITION_CONFLICT
    rule = signed(command["matching_rule"])
    product = signed(command["product"])
    if (rule != LISTED and rule != CONTINUOUS) or product < PRODUCT_MIN or product > PRODUCT_MAX:
        return reasons.INVALID_FIELD
    base = signed(command["base_price_ticks"])
    if base < PRICE_MIN or base > PRICE_MAX:
        return reasons.PARAMETER_VALUE
    if not fits_levels(state, base, signed(counters["parameters"][LISTED_BAND])):
        return reasons.DEFINITION_CAPACITY
    return reasons.OK


@cold
def apply_define_contract(state: Core, count: int, command: np.void) -> int:
    """DEFINE_CONTRACT: takes the market's parameters as they are now; before positions are confirmed.

    A contract defined later would stay CLOSED, and the day could never be closed.
    """
    reason = check_contract(state, command)
    if reason != 0:
        return reject(state, count, command, reason)
    contract_id = signed(command["contract_id"])
    contract = contract_at(state, contract_id)
    contract["is_defined"] = 1
    contract["matching_rule"] = command["matching_rule"]
    contract["product"] = command["product"]
    contract["base"] = command["base_price_ticks"]
    contract["code"] = command["order_id"]  # the eight bytes at the same place; text is never read here
    contract["vintage"] = command["vintage"]
    contract["venue"] = command["venue"]
    contract["registry"] = command["registry"]
    for parameter in range(PARAMETER_LAST + ONE):
        contract["parameters"][parameter] = counters_of(state)["parameters"][parameter]
    contract["parameters"][MATCHING_RULE] = command["matching_rule"]
    mark_contract(state, contract_id)
    weigh_contracts(state)
    watch_contracts(state)
    count = set_band(state, count, command, contract_id)
    return write_done(state, count, command, ZERO, ZERO, ZERO)


@cold
def join_member(state: Core, member_id: int, account_id: int) -> None:
    """Put an account among its member's, ascending: mostly at their end."""
    member = member_at(state, member_id)
    last = signed(member["last_account"])
    if last < account_id:
        member["last_account"] = account_id
        if last == 0:
            member["first_account"] = account_id
        else:
            account_at(state, last)["next_account"] = account_id
        return
    following = signed(member["first_account"])
    if account_id < following:
        member["first_account"] = account_id
    else:
        previous = following
        following = signed(account_at(state, previous)["next_account"])
        while following < account_id:
            previous = following
            following = signed(account_at(state, previous)["next_account"])
        account_at(state, previous)["next_account"] = account_id
    account_at(state, account_id)["next_account"] = following


@cold
def apply_define_account(state: Core, count: int, command: np.void) -> int:
    """DEFINE_ACCOUNT: before positions are confirmed; its member's stream opens with its first account."""
    counters = counters_of(state)
    account_id = signed(command["account_id"])
    member_id = signed(command["member_id"])
    is_outside = account_id == 0 or account_id >= accounts_in(state)
    if is_outside or member_id < MEMBER_FIRST or member_id >= members_in(state):
        return reject(state, count, command, reasons.DEFINITION_CAPACITY)
    account = account_at(state, account_id)
    if signed(account["is_defined"]) != 0 or signed(counters["is_opening_accepted"]) != 0:
        return reject(state, count, command, reasons.DEFINITION_CONFLICT)
    if signed(command["eligibility"]) > ELIGIBILITY_MAX:
        return reject(state, count, command, reasons.INVALID_FIELD)
    account["is_defined"] = 1
    account["member_id"] = member_id
    account["entity_id"] = command["entity_id"]
    account["group_id"] = command["group_id"]
    account["eligibility"] = command["eligibility"]
    join_member(state, member_id, account_id)
    count = open_stream(state, count, command, member_id)
    return write_done(state, count, command, ZERO, ZERO, ZERO)


@cold
def apply_define_login(state: Core, count: int, command: np.void) -> int:
    """DEFINE_LOGIN: of a trading member, or of one of the streams below them."""
    counters = counters_of(state)
    login_id = signed(command["subject_id"])
    member_id = signed(command["member_id"])
    is_outside = login_id == 0 or login_id >= signed(counters["logins"])
    if is_outside or member_id >= members_in(state):
        return reject(state, count, command, reasons.DEFINITION_CAPACITY)
    login = login_at(state, login_id)
    if signed(login["is_defined"]) != 0:
        return reject(state, count, command, reasons.DEFINITION_CONFLICT)
    if signed(command["rights"]) > RIGHTS_MAX:
        return reject(state, count, command, reasons.INVALID_FIELD)
    login["is_defined"] = 1
    login["member_id"] = member_id
    login["rights"] = command["rights"]
    member = member_at(state, member_id)
    if signed(member["first_login"]) == 0:
        member["first_login"] = login_id
    login["first_login"] = member["first_login"]
    login["is_stopped"] = member["is_killed"]
    if member_id >= MEMBER_FIRST:
        count = open_stream(state, count, command, member_id)
    return write_done(state, count, command, login_id, ZERO, ZERO)
