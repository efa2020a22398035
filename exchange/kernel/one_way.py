"""One-way bidding 单向竞价 and primary auctions: the seller's notice, sealed bids."""

import numpy as np

from exchange.kernel import kinds, reasons
from exchange.kernel.access import (
    Core,
    account_at,
    contract_at,
    counters_of,
    event_at,
    holding_at,
    level_at,
    levels_in,
    link_at,
    order_at,
)
from exchange.kernel.book import append_at, kind_of
from exchange.kernel.compiled import cold, signed
from exchange.kernel.constants import (
    AMOUNT_MAX,
    AUCTION_BID_CANCEL,
    AUCTION_BID_MIN,
    AUCTION_CEILING_BAND,
    AUCTION_FLOOR_BAND,
    AUCTION_KIND_MAX,
    AUCTION_MIN,
    BID_ORDER,
    BLOCK_MAX,
    BUY,
    CLOSED,
    ENDED,
    LEVEL_LOTS_MAX,
    LEVELS_OF_BIDS,
    LOT_ORDER,
    NONE,
    ONE,
    ONE_WAY,
    PPM,
    PRICE_MAX,
    PRICE_MIN,
    PRICE_STEP,
    PRICING_MAX,
    PRIMARY,
    REFERENCE_GAP_MAX,
    SEALED,
    SELL,
    ZERO,
)
from exchange.kernel.events import begin_public, write_done, write_rejected
from exchange.kernel.figures import half_up
from exchange.kernel.limits import check_limits
from exchange.kernel.listing import accept_order
from exchange.kernel.risk import (
    check_eligible,
    check_funds,
    check_party,
    check_slot,
    check_trades,
    is_account,
    is_contract,
)


@cold
def lowest_floor(contract: np.void) -> int:
    """Base less the floor's band, half up."""
    width = PPM - signed(contract["parameters"][AUCTION_FLOOR_BAND])
    price = half_up(signed(contract["base"]) * width, PPM)
    return price if price > PRICE_MIN else PRICE_MIN


@cold
def highest_ceiling(contract: np.void) -> int:
    """Base plus the ceiling's band, half up."""
    width = PPM + signed(contract["parameters"][AUCTION_CEILING_BAND])
    price = half_up(signed(contract["base"]) * width, PPM)
    return price if price < PRICE_MAX else PRICE_MAX


@cold
def ceiling_of(contract: np.void, command: np.void) -> int:
    """The highest bid: of a one-way auction 0 stands for base plus its band."""
    ceiling = signed(command["ceiling_ticks"])
    if signed(command["auction_kind"]) == PRIMARY or ceiling != 0:
        return ceiling
    return highest_ceiling(contract)


@cold
def check_notice_form(state: Core, command: np.void) -> int:
    """Contract and seller exist, the notice says what it may."""
    if not is_contract(state, signed(command["contract_id"])):
        return reasons.UNKNOWN_CONTRACT
    if not is_account(state, signed(command["account_id"])):
        return reasons.UNKNOWN_ACCOUNT
    if signed(command["pricing"]) > PRICING_MAX or signed(command["auction_kind"]) > AUCTION_KIND_MAX:
        return reasons.INVALID_FIELD
    if signed(command["bidder_share_ppm"]) > PPM:
        return reasons.INVALID_FIELD
    if signed(command["end_ns"]) <= signed(command["time_ns"]):
        return reasons.INVALID_FIELD
    return reasons.OK


@cold
def check_notice_terms(state: Core, command: np.void) -> tuple[int, int]:
    """One auction at a time, by who may sell, of a size that an auction may have: (reason, allowed)."""
    contract = contract_at(state, signed(command["contract_id"]))
    phase = signed(contract["phase"][ONE_WAY])
    if phase == CLOSED or phase == ENDED or phase == SEALED:
        return reasons.WRONG_PHASE, ZERO
    is_newer = signed(command["auction_id"]) > signed(contract["auction_id"])
    if signed(contract["has_auction"]) != 0 or not is_newer:
        return reasons.AUCTION_RUNNING, ZERO
    if signed(command["auction_id"]) - signed(contract["auction_id"]) > REFERENCE_GAP_MAX:
        return reasons.NUMBER_GAP, ZERO
    reason = check_eligible(contract, account_at(state, signed(command["account_id"])), SELL)
    if reason != 0:
        return reason, ZERO
    quantity = signed(command["quantity_lots"])
    least = signed(contract["parameters"][AUCTION_MIN])
    most = signed(contract["parameters"][BLOCK_MAX])
    if quantity < least:
        return reasons.QUANTITY_BELOW_MINIMUM, least
    if quantity > most:
        return reasons.QUANTITY_ABOVE_MAXIMUM, most
    return reasons.OK, ZERO


@cold
def check_floor_and_ceiling(contract: np.void, command: np.void) -> tuple[int, int]:
    """A holder's follow the base, an issuer's are free: (reason, allowed price)."""
    floor = signed(command["floor_ticks"])
    ceiling = ceiling_of(contract, command)
    allowed = ZERO
    if signed(command["auction_kind"]) == PRIMARY:
        if ceiling > PRICE_MAX:
            allowed = PRICE_MAX
        elif floor < PRICE_MIN:
            allowed = PRICE_MIN
        elif floor > ceiling:
            return reasons.PRICE_OUTSIDE_BAND, ceiling
    else:
        base = signed(contract["base"])
        low = lowest_floor(contract)
        if floor != low and floor != base:
            allowed = base if floor > base else low
        elif ceiling != highest_ceiling(contract):
            allowed = highest_ceiling(contract)
    return (reasons.PRICE_OUTSIDE_BAND, allowed) if allowed != 0 else (reasons.OK, ZERO)


@cold
def check_notice(state: Core, command: np.void) -> tuple[int, int]:
    """Every check of a notice in its precedence: (reason, what the rule allows)."""
    reason = check_notice_form(state, command)
    if reason != 0:
        return reason, ZERO
    reason, allowed = check_notice_terms(state, command)
    if reason != 0:
        return reason, allowed
    contract_id = signed(command["contract_id"])
    contract = contract_at(state, contract_id)
    reason, allowed = check_floor_and_ceiling(contract, command)
    if reason != 0:
        return reason, allowed
    floor = signed(command["floor_ticks"])
    ceiling = ceiling_of(contract, command)
    quantity = signed(command["quantity_lots"])
    if ceiling - floor >= levels_in(state):
        return reasons.DEFINITION_CAPACITY, ZERO
    if quantity * ceiling > AMOUNT_MAX:
        return reasons.AMOUNT_ABOVE_LIMIT, ZERO
    account_id = signed(command["account_id"])
    holding = holding_at(state, account_id, contract_id)
    reason = check_funds(contract, account_at(state, account_id), holding, SELL, quantity, floor)
    if reason == 0:
        reason = check_slot(state)
    return reason, ZERO


@cold
def open_auction(contract: np.void, command: np.void, slot: int) -> None:
    """The notice's terms hold until the auction ends."""
    quantity = signed(command["quantity_lots"])
    share_ppm = signed(command["bidder_share_ppm"])
    ceiling = ceiling_of(contract, command)
    contract["has_auction"] = 1
    contract["auction_id"] = command["auction_id"]
    contract["auction_slot"] = slot
    contract["auction_pricing"] = command["pricing"]
    contract["auction_kind"] = command["auction_kind"]
    contract["auction_floor"] = command["floor_ticks"]
    contract["auction_ceiling"] = ceiling
    contract["origin"][LEVELS_OF_BIDS] = ceiling
    contract["auction_share"] = quantity * share_ppm // PPM if share_ppm > 0 else quantity
    contract["auction_end_ns"] = command["end_ns"]
    contract["auction_price"] = 0
    contract["auction_trades"] = 0


@cold
def apply_auction_notice(state: Core, count: int, command: np.void) -> int:
    """AUCTION_NOTICE: the seller's lot is locked, everybody is told the terms."""
    contract_id = signed(command["contract_id"])
    reason, allowed = check_notice(state, command)
    if reason != 0:
        return write_rejected(state, count, command, contract_id, reason, allowed)
    contract = contract_at(state, contract_id)
    slot = signed(counters_of(state)["free_head"])
    floor = signed(command["floor_ticks"])
    count = accept_sealed(state, count, command, LOT_ORDER, SELL, floor)
    link_at(state, slot)["next"] = NONE  # it is in no list
    open_auction(contract, command, slot)
    begin_public(state, count, kinds.AUCTION_ANNOUNCED, command, contract_id)
    event = event_at(state, count)
    event["quantity_lots"] = command["quantity_lots"]
    event["floor_ticks"] = floor
    event["ceiling_ticks"] = contract["auction_ceiling"]
    event["bidder_share_ppm"] = command["bidder_share_ppm"]
    event["auction_id"] = command["auction_id"]
    event["pricing"] = command["pricing"]
    event["auction_kind"] = command["auction_kind"]
    event["end_ns"] = command["end_ns"]
    return write_done(state, count + 1, command, signed(command["auction_id"]), ZERO, ZERO)


@cold
def accept_sealed(
    state: Core, count: int, command: np.void, order_kind: int, side: int, price_ticks: int
) -> int:
    """Accept a lot or a bid."""
    return accept_order(state, count, command, order_kind, ONE_WAY, side, ZERO, ZERO, price_ticks)


@cold
def check_auction(state: Core, command: np.void) -> int:
    """The auction runs, and the bidder may buy and is not the seller."""
    contract = contract_at(state, signed(command["contract_id"]))
    is_running = signed(contract["has_auction"]) != 0
    is_over = signed(command["time_ns"]) >= signed(contract["auction_end_ns"])
    if not is_running or is_over or signed(command["auction_id"]) != signed(contract["auction_id"]):
        return reasons.UNKNOWN_AUCTION
    account = account_at(state, signed(command["account_id"]))
    reason = check_eligible(contract, account, BUY)
    if reason != 0:
        return reason
    seller = account_at(state, signed(order_at(state, signed(contract["auction_slot"]))["account_id"]))
    if signed(account["entity_id"]) == signed(seller["entity_id"]):
        return reasons.OWN_COUNTERPARTY
    return reasons.OK


@cold
def check_bid_terms(contract: np.void, command: np.void) -> tuple[int, int]:
    """Size and price of a bid: (reason, what the rule allows)."""
    quantity = signed(command["quantity_lots"])
    price = signed(command["price_ticks"])
    least = signed(contract["parameters"][AUCTION_BID_MIN])
    most = signed(contract["auction_share"])
    step = signed(contract["parameters"][PRICE_STEP])
    floor = signed(contract["auction_floor"])
    ceiling = signed(contract["auction_ceiling"])
    if quantity < least:
        return reasons.QUANTITY_BELOW_MINIMUM, least
    if quantity > most:
        return reasons.QUANTITY_ABOVE_MAXIMUM, most
    if price % step != 0:
        return reasons.PRICE_OFF_TICK, step
    if price < floor:
        return reasons.PRICE_OUTSIDE_BAND, floor
    if price > ceiling:
        return reasons.PRICE_OUTSIDE_BAND, ceiling
    return reasons.OK, ZERO  # the amount is in bounds: that of the whole lot at the ceiling is


@cold
def check_bid(state: Core, command: np.void) -> tuple[int, int]:
    """Every check of a bid in its precedence: (reason, what the rule allows)."""
    reason = check_party(state, command)
    if reason != 0:
        return reason, ZERO
    contract_id = signed(command["contract_id"])
    account_id = signed(command["account_id"])
    login_id = signed(command["login_id"])
    contract = contract_at(state, contract_id)
    reason = check_trades(state, contract, ONE_WAY, login_id, ZERO)
    if reason == 0:
        reason = check_auction(state, command)
    if reason != 0:
        return reason, ZERO
    reason, allowed = check_bid_terms(contract, command)
    if reason != 0:
        return reason, allowed
    price = signed(command["price_ticks"])
    quantity = signed(command["quantity_lots"])
    holding = holding_at(state, account_id, contract_id)
    reason = check_funds(contract, account_at(state, account_id), holding, BUY, quantity, price)
    if reason == 0:
        reason = check_limits(state, contract_id, account_id, login_id, price, quantity, ONE)
    if reason == 0:
        reason = check_slot(state)
    if reason != 0:
        return reason, ZERO
    level = level_at(state, contract_id, LEVELS_OF_BIDS, signed(contract["auction_ceiling"]) - price)
    if signed(level["lots"]) + quantity > LEVEL_LOTS_MAX:
        return reasons.LEVEL_CAPACITY, ZERO
    return reasons.OK, ZERO


@cold
def apply_auction_bid(state: Core, count: int, command: np.void) -> int:
    """AUCTION_BID: locked at its own price, sealed until the end."""
    contract_id = signed(command["contract_id"])
    reason, allowed = check_bid(state, command)
    if reason != 0:
        return write_rejected(state, count, command, contract_id, reason, allowed)
    contract = contract_at(state, contract_id)
    slot = signed(counters_of(state)["free_head"])
    price = signed(command["price_ticks"])
    count = accept_sealed(state, count, command, BID_ORDER, BUY, price)
    order_at(state, slot)["position"] = signed(contract["auction_ceiling"]) - price
    append_at(state, contract, slot, LEVELS_OF_BIDS)
    return count


@cold
def is_binding(state: Core, slot: int) -> bool:
    """Whether its member cannot take an order back: the lot never; a bid by rule, or after the window."""
    order = order_at(state, slot)
    kind = kind_of(order)
    if kind != BID_ORDER:
        return kind == LOT_ORDER
    contract = contract_at(state, signed(order["contract_id"]))
    if signed(contract["parameters"][AUCTION_BID_CANCEL]) == 0:
        return True
    return signed(counters_of(state)["last_time_ns"]) >= signed(contract["auction_end_ns"])
