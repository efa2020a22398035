"""Opening a day and defining what is in it: contracts, accounts, logins; the bands."""

from exchange.vocabulary.enums import Eligibility, Method, ParameterId, Product, Right
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import (
    DEAD_MS,
    HEARTBEAT_MS,
    MEMBER_FIRST,
    PRICE_TICKS_MAX,
    PRICE_TICKS_MIN,
    PROTOCOL_VERSION,
    QUANTITY_LOTS_MAX,
    REFERENCE_GAP_MAX,
    STREAM_OPERATOR,
    STREAM_PUBLIC,
    STREAM_SETTLEMENT,
)
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import PPM, round_half_up
from tests.reference.layout import Command
from tests.reference.market import Market, Refusal
from tests.reference.state import Account, Contract, Login, Member


def open_stream(market: Market, stream: int) -> None:
    """The first record of a stream; later calls do nothing."""
    member = market.members.setdefault(stream, Member())
    if member.is_open:
        return
    member.is_open = True
    market.emit_caused(
        stream,
        Kind.STREAM_OPENED,
        stream_id=stream,
        quantity_lots_max=QUANTITY_LOTS_MAX,
        reference_gap_max=REFERENCE_GAP_MAX,
        price_ticks_max=PRICE_TICKS_MAX,
        heartbeat_ms=HEARTBEAT_MS,
        dead_ms=DEAD_MS,
        version=PROTOCOL_VERSION,
        trading_day=market.trading_day,
    )


def apply_open_day(market: Market, command: Command) -> Refusal | None:
    """OPEN_DAY: once per state."""
    if market.is_open:
        return Refusal(RejectReason.DAY_ALREADY_OPEN)
    if command.version != PROTOCOL_VERSION:
        return Refusal(RejectReason.WRONG_VERSION)
    market.is_open = True
    market.trading_day = command.trading_day
    for stream in (STREAM_PUBLIC, STREAM_SETTLEMENT, STREAM_OPERATOR):
        open_stream(market, stream)
    market.emit_done()
    return None


def limits_of(base_ticks: int, band_ppm: int, levels: int) -> tuple[int, int]:
    """Lowest and highest price of the day, half up; without a band what the book's levels can hold."""
    if not band_ppm:
        lower = max(PRICE_TICKS_MIN, base_ticks - (levels - 1) // 2)
        return lower, min(PRICE_TICKS_MAX, lower + levels - 1)
    lower = round_half_up(base_ticks * (PPM - band_ppm), PPM)
    upper = round_half_up(base_ticks * (PPM + band_ppm), PPM)
    return max(lower, PRICE_TICKS_MIN), min(upper, PRICE_TICKS_MAX)


def reach_of(lower_ticks: int, upper_ticks: int, levels: int) -> tuple[int, int]:
    """The prices that the book holds: the band in their middle, as far as the bounds of prices allow."""
    spare = levels - (upper_ticks - lower_ticks + 1)
    upper = min(PRICE_TICKS_MAX, upper_ticks + spare // 2)
    lower = max(PRICE_TICKS_MIN, upper - levels + 1)
    return lower, lower + levels - 1


def fits_levels(base_ticks: int, band_ppm: int, levels: int) -> bool:
    """Whether a listed band has at most as many prices as the book has levels."""
    lower, upper = limits_of(base_ticks, band_ppm, levels)
    return upper - lower < levels


def compute_band(market: Market, contract: Contract) -> None:
    """Set both bands from base and rate, and say so."""
    levels, rules = market.capacity.levels, contract.parameters
    contract.lower_ticks, contract.upper_ticks = limits_of(
        contract.base_ticks, rules[ParameterId.LISTED_BAND_PPM], levels
    )
    contract.block_lower_ticks, contract.block_upper_ticks = limits_of(
        contract.base_ticks, rules[ParameterId.BLOCK_BAND_PPM], levels
    )
    contract.reach_lower_ticks, contract.reach_upper_ticks = reach_of(
        contract.lower_ticks, contract.upper_ticks, levels
    )
    tell_band(market, contract)


def tell_band(market: Market, contract: Contract) -> None:
    """BAND: both bands as they are now."""
    market.emit_public(
        Kind.BAND,
        contract_id=contract.contract_id,
        base_price_ticks=contract.base_ticks,
        lower_ticks=contract.lower_ticks,
        upper_ticks=contract.upper_ticks,
        block_lower_ticks=contract.block_lower_ticks,
        block_upper_ticks=contract.block_upper_ticks,
    )


def apply_define_contract(market: Market, command: Command) -> Refusal | None:
    """DEFINE_CONTRACT: takes the market's parameters as they are now; before positions are confirmed."""
    if not 0 < command.contract_id < market.capacity.contracts:
        return Refusal(RejectReason.DEFINITION_CAPACITY)
    if command.contract_id in market.contracts or market.is_opening_accepted:
        return Refusal(RejectReason.DEFINITION_CONFLICT)
    known_rule = command.matching_rule in (Method.LISTED, Method.CONTINUOUS)
    if not known_rule or command.product not in tuple(Product):
        return Refusal(RejectReason.INVALID_FIELD)
    if not PRICE_TICKS_MIN <= command.base_price_ticks <= PRICE_TICKS_MAX:
        return Refusal(RejectReason.PARAMETER_VALUE)
    band_ppm = market.defaults[ParameterId.LISTED_BAND_PPM]
    if not fits_levels(command.base_price_ticks, band_ppm, market.capacity.levels):
        return Refusal(RejectReason.DEFINITION_CAPACITY)
    contract = Contract(
        command.contract_id,
        command.product,
        command.base_price_ticks,
        market.defaults | {ParameterId.MATCHING_RULE: command.matching_rule},
    )
    market.contracts[contract.contract_id] = contract
    compute_band(market, contract)
    market.emit_done()
    return None


def apply_define_account(market: Market, command: Command) -> Refusal | None:
    """DEFINE_ACCOUNT: before positions are confirmed; its member's stream opens with its first account."""
    member_fits = MEMBER_FIRST <= command.member_id < market.capacity.members
    if not 0 < command.account_id < market.capacity.accounts or not member_fits:
        return Refusal(RejectReason.DEFINITION_CAPACITY)
    if command.account_id in market.accounts or market.is_opening_accepted:
        return Refusal(RejectReason.DEFINITION_CONFLICT)
    if command.eligibility > sum(Eligibility):
        return Refusal(RejectReason.INVALID_FIELD)
    market.accounts[command.account_id] = Account(
        command.account_id, command.member_id, command.entity_id, command.eligibility
    )
    open_stream(market, command.member_id)
    market.emit_done()
    return None


def apply_define_login(market: Market, command: Command) -> Refusal | None:
    """DEFINE_LOGIN: of a trading member, or of one of the streams below them."""
    login_fits = 0 < command.subject_id < market.capacity.logins
    if not login_fits or command.member_id >= market.capacity.members:
        return Refusal(RejectReason.DEFINITION_CAPACITY)
    if command.subject_id in market.logins:
        return Refusal(RejectReason.DEFINITION_CONFLICT)
    if command.rights > sum(Right):
        return Refusal(RejectReason.INVALID_FIELD)
    market.logins[command.subject_id] = Login(command.subject_id, command.member_id)
    if command.member_id >= MEMBER_FIRST:
        open_stream(market, command.member_id)
    market.emit_done(subject_id=command.subject_id)
    return None
