"""Call auctions of the book: one price for all that crosses, the matches at it, the indication before."""

from collections.abc import Iterator
from typing import NamedTuple

from exchange.vocabulary.enums import DoneReason, OrderKind, ParameterId, Phase, Role, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import DAY_TRADES_MAX
from tests.reference.market import Market
from tests.reference.money import end, fill, relock, report
from tests.reference.monitor import later, prime
from tests.reference.state import BookSide, Contract, Order, Slot

BOTH_SIDES = 255
INDICATIVE_EVERY_MS = 1_000


class Result(NamedTuple):
    """What a call auction would trade; `imbalance_lots` are buyers less sellers at its price."""

    price_ticks: int
    volume_lots: int
    imbalance_lots: int


NO_TRADE = Result(0, 0, 0)


def candidates(contract: Contract) -> Iterator[Result]:
    """Every price on the tick step from the best ask to the best bid, lowest first."""
    bids, asks = contract.sides
    if not bids.levels or not asks.levels:
        return
    (best_bid, _), (best_ask, _) = next(bids.best_first()), next(asks.best_first())
    step = contract.parameters[ParameterId.PRICE_STEP_TICKS]
    demand = {price: level.total_lots for price, level in bids.levels.items()}
    supply = {price: level.total_lots for price, level in asks.levels.items()}
    buyers = sum(lots for price, lots in demand.items() if price >= best_ask)
    sellers = 0
    for price in range(best_ask, best_bid + 1):
        sellers += supply.get(price, 0)
        if price % step == 0:
            yield Result(price, min(buyers, sellers), buyers - sellers)
        buyers -= demand.get(price, 0)


def auction_result(contract: Contract) -> Result:
    """Most volume, least imbalance, the side that presses, nearest the reference, the higher price."""
    found = list(candidates(contract))
    if not found:
        return NO_TRADE
    volume = max(result.volume_lots for result in found)
    found = [result for result in found if result.volume_lots == volume]
    imbalance = min(abs(result.imbalance_lots) for result in found)
    found = [result for result in found if abs(result.imbalance_lots) == imbalance]
    if all(result.imbalance_lots > 0 for result in found):
        return found[-1]
    if all(result.imbalance_lots < 0 for result in found):
        return found[0]
    reference_ticks = contract.figures[Slot.BOOK].last_ticks or contract.base_ticks
    return min(found, key=lambda result: (abs(result.price_ticks - reference_ticks), -result.price_ticks))


def first_order(book: BookSide) -> Order:
    """Best price, first come."""
    _, level = next(book.best_first())
    first: Order = level.orders[0]
    return first


def auction_trade(
    market: Market, buyer: Order, seller: Order, price_ticks: int, lots: int, told_side: int
) -> None:
    """A match of two resting orders at a price of neither; who is filled ends, but for an auction's lot."""
    market.match_count += 1
    fees = {}
    for order in (buyer, seller):
        if book := market.book_of(order):
            book.reduce(order, lots)
        fees[order.side] = fill(market, order, price_ticks, lots, Role.AUCTION)
        if order.remaining_lots == 0 and order.kind != OrderKind.AUCTION_OFFER:
            end(market, order, DoneReason.FILLED)
    relock(buyer)
    report(market, buyer, seller, price_ticks, lots, fees, told_side)


def has_trade_room(market: Market) -> bool:
    """Whether the day can count one more trade; an auction that meets the bound stops there."""
    return market.match_count < DAY_TRADES_MAX


def uncross(market: Market, contract: Contract) -> None:
    """Trade what crosses at one price: bids best first, first come, against asks likewise."""
    price_ticks, rest_lots, _ = auction_result(contract)
    bids, asks = contract.sides
    first_match, traded_lots = market.match_count, 0
    while rest_lots and has_trade_room(market):
        buyer, seller = first_order(bids), first_order(asks)
        lots = min(rest_lots, buyer.remaining_lots, seller.remaining_lots)
        auction_trade(market, buyer, seller, price_ticks, lots, BOTH_SIDES)
        traded_lots += lots
        rest_lots -= lots
    if traded_lots:
        prime(contract, price_ticks)
    tell_result(
        market,
        contract,
        method=contract.matching_rule,
        price_ticks=price_ticks if traded_lots else 0,
        tonnes_lots=traded_lots,
        auction_trade_count=market.match_count - first_match,
        turnover_fen=traded_lots * price_ticks,
    )


def tell_result(market: Market, contract: Contract, **values: int) -> None:
    """AUCTION_RESULT to everybody."""
    market.emit_public(Kind.AUCTION_RESULT, contract_id=contract.contract_id, **values)


def tell_indicatives(market: Market) -> None:
    """INDICATIVE of every running call auction, at most once a second each."""
    now_ns = market.command.time_ns
    for contract in market.contracts.values():
        if contract.phases[Slot.BOOK] != Phase.CALL_AUCTION or now_ns < contract.indicative_due_ns:
            continue
        contract.indicative_due_ns = later(market, INDICATIVE_EVERY_MS)
        result = auction_result(contract)
        market.emit_public(
            Kind.INDICATIVE,
            contract_id=contract.contract_id,
            price_ticks=result.price_ticks,
            volume_lots=result.volume_lots,
            imbalance_lots=abs(result.imbalance_lots),
            imbalance_side=Side.SELL if result.imbalance_lots < 0 else Side.BUY,
            auction_method=contract.matching_rule,
        )
