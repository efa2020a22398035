"""One-way bidding 单向竞价 and primary auctions: one seller's lot, sealed bids, price then time."""

from collections import Counter
from collections.abc import Iterator

from exchange.vocabulary.enums import (
    AuctionKind,
    AuctionPricing,
    DoneReason,
    Method,
    OrderKind,
    ParameterId,
    Phase,
    Side,
)
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import (
    AMOUNT_FEN_MAX,
    DAY_TRADES_MAX,
    PRICE_TICKS_MAX,
    PRICE_TICKS_MIN,
    REFERENCE_GAP_MAX,
)
from exchange.vocabulary.rejects import RejectReason
from exchange.vocabulary.units import PPM, round_half_up
from tests.reference.admission import (
    check_eligible,
    check_funds,
    check_names,
    check_open,
    check_price,
    check_room,
)
from tests.reference.breaker import end_breaker
from tests.reference.layout import Command
from tests.reference.listed import new_order
from tests.reference.market import Market, Refusal
from tests.reference.money import end, lock
from tests.reference.phases import change_phase
from tests.reference.state import Account, Auction, Contract, Order, Slot
from tests.reference.uncross import auction_trade, tell_result, uncross

#: ONE_WAY has not begun, or is over
PHASES_WITHOUT_AUCTIONS = (Phase.CLOSED, Phase.ENDED, Phase.SEALED)


# ---- the notice


def check_notice_form(market: Market, command: Command) -> Refusal | None:
    """Contract and seller exist, the notice says what it may."""
    if command.contract_id not in market.contracts:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    if command.account_id not in market.accounts:
        return Refusal(RejectReason.UNKNOWN_ACCOUNT)
    is_known = command.pricing <= max(AuctionPricing) and command.auction_kind <= max(AuctionKind)
    if not is_known or command.bidder_share_ppm > PPM or command.end_ns <= command.time_ns:
        return Refusal(RejectReason.INVALID_FIELD)
    return None


def check_notice_terms(contract: Contract, seller: Account, command: Command) -> Refusal | None:
    """One auction at a time, of units the seller has, of a size that an auction may have."""
    if contract.phases[Slot.ONE_WAY] in PHASES_WITHOUT_AUCTIONS:
        return Refusal(RejectReason.WRONG_PHASE)
    if contract.auction or command.auction_id <= contract.last_auction_id:
        return Refusal(RejectReason.AUCTION_RUNNING)
    if command.auction_id - contract.last_auction_id > REFERENCE_GAP_MAX:
        return Refusal(RejectReason.NUMBER_GAP)
    if refusal := check_eligible(seller, contract, Side.SELL):
        return refusal
    least = contract.parameters[ParameterId.AUCTION_QUANTITY_LOTS_MIN]
    most = contract.parameters[ParameterId.BLOCK_QUANTITY_LOTS_MAX]
    if command.quantity_lots < least:
        return Refusal(RejectReason.QUANTITY_BELOW_MINIMUM, least)
    if command.quantity_lots > most:
        return Refusal(RejectReason.QUANTITY_ABOVE_MAXIMUM, most)
    return None


def ceiling_of(contract: Contract, command: Command) -> int:
    """The highest bid: of a one-way auction 0 stands for base plus its band."""
    if command.auction_kind == AuctionKind.PRIMARY or command.ceiling_ticks:
        return int(command.ceiling_ticks)
    return highest_ceiling(contract)


def highest_ceiling(contract: Contract) -> int:
    """Base plus the ceiling's band, half up."""
    band_ppm = contract.parameters[ParameterId.AUCTION_CEILING_BAND_PPM]
    return min(PRICE_TICKS_MAX, round_half_up(contract.base_ticks * (PPM + band_ppm), PPM))


def lowest_floor(contract: Contract) -> int:
    """Base less the floor's band, half up."""
    band_ppm = contract.parameters[ParameterId.AUCTION_FLOOR_BAND_PPM]
    return max(PRICE_TICKS_MIN, round_half_up(contract.base_ticks * (PPM - band_ppm), PPM))


def check_notice_price(
    market: Market, contract: Contract, command: Command, ceiling_ticks: int
) -> Refusal | None:
    """A holder's floor and ceiling follow the base, the issuer's are free; the levels must hold the bids."""
    floor_ticks = command.floor_ticks
    if command.auction_kind == AuctionKind.ONE_WAY:
        base_ticks, low_ticks = contract.base_ticks, lowest_floor(contract)
        if floor_ticks not in (low_ticks, base_ticks):
            nearest = base_ticks if floor_ticks > base_ticks else low_ticks
            return Refusal(RejectReason.PRICE_OUTSIDE_BAND, nearest)
        if ceiling_ticks != highest_ceiling(contract):
            return Refusal(RejectReason.PRICE_OUTSIDE_BAND, highest_ceiling(contract))
    elif ceiling_ticks > PRICE_TICKS_MAX:
        return Refusal(RejectReason.PRICE_OUTSIDE_BAND, PRICE_TICKS_MAX)
    elif floor_ticks < PRICE_TICKS_MIN:
        return Refusal(RejectReason.PRICE_OUTSIDE_BAND, PRICE_TICKS_MIN)
    elif floor_ticks > ceiling_ticks:
        return Refusal(RejectReason.PRICE_OUTSIDE_BAND, ceiling_ticks)
    if ceiling_ticks - floor_ticks >= market.capacity.levels:
        return Refusal(RejectReason.DEFINITION_CAPACITY)
    if command.quantity_lots * ceiling_ticks > AMOUNT_FEN_MAX:
        return Refusal(RejectReason.AMOUNT_ABOVE_LIMIT)
    return None


def apply_auction_notice(market: Market, command: Command) -> Refusal | None:
    """AUCTION_NOTICE: the seller's lot is locked, everybody is told the terms."""
    if refusal := check_notice_form(market, command):
        return refusal
    contract, seller = market.contracts[command.contract_id], market.accounts[command.account_id]
    ceiling_ticks = ceiling_of(contract, command)
    refusal = (
        check_notice_terms(contract, seller, command)
        or check_notice_price(market, contract, command, ceiling_ticks)
        or check_funds(seller, contract, Side.SELL, command.floor_ticks, command.quantity_lots)
    )
    if refusal:
        return refusal
    if not market.free_slots:
        return Refusal(RejectReason.ORDER_CAPACITY)
    # From here the command succeeds.
    offer = new_offer(market, command)
    share_lots = command.quantity_lots * command.bidder_share_ppm // PPM
    contract.last_auction_id = command.auction_id
    contract.auction = Auction(
        auction_id=command.auction_id,
        kind=command.auction_kind,
        pricing=command.pricing,
        floor_ticks=command.floor_ticks,
        ceiling_ticks=ceiling_ticks,
        account_lots_max=share_lots if command.bidder_share_ppm else command.quantity_lots,
        end_ns=command.end_ns,
        offer=offer,
    )
    tell_notice(market, command, ceiling_ticks)
    market.emit_done(subject_id=command.auction_id)
    return None


def new_offer(market: Market, command: Command) -> Order:
    """The seller's lot: an order at the floor, under the login and reference of the notice."""
    slot = market.free_slots.pop()
    offer = Order(
        order_id=market.next_order_id(slot),
        slot=slot,
        kind=OrderKind.AUCTION_OFFER,
        method=Method.ONE_WAY,
        contract=market.contracts[command.contract_id],
        account=market.accounts[command.account_id],
        login_id=command.login_id,
        user_reference=command.user_reference,
        side=Side.SELL,
        price_ticks=command.floor_ticks,
        quantity_lots=command.quantity_lots,
        remaining_lots=command.quantity_lots,
    )
    lock(offer)
    market.rest(offer)
    market.emit_order(Kind.ACCEPTED, offer)
    return offer


def tell_notice(market: Market, command: Command, ceiling_ticks: int) -> None:
    """AUCTION_ANNOUNCED to everybody; who sells is not said."""
    market.emit_public(
        Kind.AUCTION_ANNOUNCED,
        contract_id=command.contract_id,
        quantity_lots=command.quantity_lots,
        floor_ticks=command.floor_ticks,
        ceiling_ticks=ceiling_ticks,
        bidder_share_ppm=command.bidder_share_ppm,
        auction_id=command.auction_id,
        pricing=command.pricing,
        auction_kind=command.auction_kind,
        end_ns=command.end_ns,
    )


# ---- bids


def check_bid_size(contract: Contract, auction: Auction, quantity_lots: int) -> Refusal | None:
    """At most what one account may get."""
    least = contract.parameters[ParameterId.AUCTION_BID_LOTS_MIN]
    if quantity_lots < least:
        return Refusal(RejectReason.QUANTITY_BELOW_MINIMUM, least)
    if quantity_lots > auction.account_lots_max:
        return Refusal(RejectReason.QUANTITY_ABOVE_MAXIMUM, auction.account_lots_max)
    return None


def apply_auction_bid(market: Market, command: Command) -> Refusal | None:
    """AUCTION_BID: locked at its own price, sealed until the end."""
    if refusal := check_names(market, command):
        return refusal
    contract, account = market.contracts[command.contract_id], market.accounts[command.account_id]
    if refusal := check_open(market, contract, Method.ONE_WAY):
        return refusal
    auction = contract.auction
    if not auction or command.auction_id != auction.auction_id or command.time_ns >= auction.end_ns:
        return Refusal(RejectReason.UNKNOWN_AUCTION)
    if refusal := check_eligible(account, contract, Side.BUY):
        return refusal
    if account.entity_id == auction.offer.account.entity_id:
        return Refusal(RejectReason.OWN_COUNTERPARTY)
    price, quantity = command.price_ticks, command.quantity_lots
    refusal = (
        check_bid_size(contract, auction, quantity)
        or check_price(contract, Method.ONE_WAY, price, quantity)
        or check_funds(account, contract, Side.BUY, price, quantity)
        or check_room(market, account, contract, price, quantity)
    )
    if refusal:
        return refusal
    if not market.level_has_room(contract.bids, price, quantity):
        return Refusal(RejectReason.LEVEL_CAPACITY)
    # From here the command succeeds.
    bid = new_order(market, command, OrderKind.BID, Method.ONE_WAY, Side.BUY, market.free_slots.pop())
    lock(bid)
    market.rest(bid)
    market.emit_order(Kind.ACCEPTED, bid)
    return None


# ---- the end


def bids_best_first(contract: Contract) -> Iterator[Order]:
    """Highest price first, first come first."""
    for _, level in contract.bids.best_first():
        yield from tuple(level.orders)


def allocate(market: Market, contract: Contract, auction: Auction) -> list[tuple[Order, int]]:
    """Who gets how much, best first, until the lot is exhausted; no account more than its share."""
    rest_lots = auction.offer.remaining_lots
    given: Counter[int] = Counter()
    winners = []
    for bid in bids_best_first(contract):
        allowed = auction.account_lots_max - given[bid.account.account_id]
        lots = min(bid.remaining_lots, rest_lots, allowed)
        if lots:
            winners.append((bid, lots))
            given[bid.account.account_id] += lots
            rest_lots -= lots
    return winners[: DAY_TRADES_MAX - market.match_count]


def clear_auction(market: Market, contract: Contract) -> None:
    """The window is over: the winners trade, everything else lapses, the result is told."""
    auction = contract.auction
    assert auction is not None
    winners = allocate(market, contract, auction)
    lowest_ticks = winners[-1][0].price_ticks if winners else 0
    for bid, lots in winners:
        auction.price_ticks = lowest_ticks if auction.pricing == AuctionPricing.UNIFORM else bid.price_ticks
        auction.trade_count += 1
        auction_trade(market, bid, auction.offer, auction.price_ticks, lots, Side.BUY)
    for bid in bids_best_first(contract):
        end(market, bid, DoneReason.REMAINDER)
    end_auction(market, contract, DoneReason.REMAINDER if auction.offer.remaining_lots else DoneReason.FILLED)


def end_auction(market: Market, contract: Contract, reason: DoneReason) -> None:
    """The seller's lot ends when no bid is left, and with it the auction."""
    auction = contract.auction
    assert auction is not None and not contract.bids.levels
    offer = auction.offer
    end(market, offer, reason)
    contract.auction = None
    tell_result(
        market,
        contract,
        auction_id=auction.auction_id,
        pricing=auction.pricing,
        auction_kind=auction.kind,
        method=Method.ONE_WAY,
        price_ticks=auction.price_ticks,
        tonnes_lots=offer.quantity_lots - offer.remaining_lots,
        auction_trade_count=auction.trade_count,
        turnover_fen=offer.filled_fen,
    )


def lapse_auction(market: Market, contract: Contract) -> None:
    """The method ends during a halt: nothing is allocated."""
    if contract.auction:
        for bid in bids_best_first(contract):
            end(market, bid, DoneReason.LAPSED)
        end_auction(market, contract, DoneReason.LAPSED)


def end_due_auctions(market: Market) -> None:
    """TICK: every window that is over; a halt makes it wait."""
    for contract in market.contracts.values():
        auction = contract.auction
        if auction and market.command.time_ns >= auction.end_ns and not market.is_stopped(contract):
            clear_auction(market, contract)


def leave_phase(market: Market, contract: Contract, slot: Slot, target: Phase) -> Phase:
    """Before a phase changes, the auction this ends trades; where a halt forbids it, the book is paused."""
    is_stopped = market.is_stopped(contract)
    if slot == Slot.ONE_WAY and target == Phase.ENDED and contract.auction and not is_stopped:
        clear_auction(market, contract)
    is_call = slot == Slot.BOOK and contract.phases[slot] == Phase.CALL_AUCTION
    if is_call and target != Phase.PAUSED:
        if not is_stopped:
            uncross(market, contract)
        elif target != Phase.ENDED:
            return Phase.PAUSED
    return target


def apply_auction_end(market: Market, command: Command) -> Refusal | None:
    """AUCTION_END: of the one-way auction it names, or with number 0 of the book's call auction."""
    contract = market.contracts.get(command.contract_id)
    if contract is None:
        return Refusal(RejectReason.UNKNOWN_CONTRACT)
    is_call = command.auction_id == 0
    if command.method != (contract.matching_rule if is_call else Method.ONE_WAY):
        return Refusal(RejectReason.INVALID_FIELD)
    if is_call and contract.phases[Slot.BOOK] != Phase.CALL_AUCTION:
        return Refusal(RejectReason.WRONG_PHASE)
    if market.is_halted:
        return Refusal(RejectReason.MARKET_HALTED)
    if contract.is_halted:
        return Refusal(RejectReason.CONTRACT_HALTED)
    if not is_call and (not contract.auction or contract.auction.auction_id != command.auction_id):
        return Refusal(RejectReason.UNKNOWN_AUCTION)
    if is_call:
        end_breaker(market, contract)
        uncross(market, contract)
        change_phase(market, contract, Slot.BOOK, Phase.TRADING, next_ns=0)
    else:
        clear_auction(market, contract)
    market.emit_done(subject_id=command.auction_id)
    return None
