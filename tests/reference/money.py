"""Locks, fees, and the exchange of units for cash when two orders trade."""

from exchange.vocabulary.control import trade_step
from exchange.vocabulary.enums import DoneReason, OrderKind, ParameterId, Role, Side
from exchange.vocabulary.kinds import Kind
from exchange.vocabulary.limits import PROTOCOL_VERSION, STREAM_SETTLEMENT
from exchange.vocabulary.units import fee_fen, round_half_up
from tests.reference.ledger import Terms, Trade
from tests.reference.market import Market
from tests.reference.monitor import watch, watch_composite
from tests.reference.state import Contract, Figures, Order, Slot, slot_of


def amount_with_fees(contract: Contract, amount_fen: int, filled_fen: int = 0) -> int:
    """What a purchase of that amount costs at most, after an order's fees on what it has filled."""
    total_fen = amount_fen
    for parameter in (ParameterId.TRADING_FEE_PPM, ParameterId.SETTLEMENT_FEE_PPM):
        rate = contract.parameters[parameter]
        total_fen += fee_fen(filled_fen + amount_fen, rate) - fee_fen(filled_fen, rate)
    return total_fen


def lock(order: Order) -> None:
    """Set aside what an order may need: units of a seller, amount and fees of a buyer at its price."""
    account, holding = order.account, order.account.holding(order.contract.contract_id)
    if order.side == Side.SELL:
        holding.available -= order.remaining_lots
        holding.locked += order.remaining_lots
    else:
        order.locked_fen = amount_with_fees(order.contract, order.price_ticks * order.quantity_lots)
        account.available -= order.locked_fen
        account.locked += order.locked_fen
        holding.open_buys += order.remaining_lots


def release(order: Order) -> None:
    """Give back what an ending order no longer needs."""
    account, holding = order.account, order.account.holding(order.contract.contract_id)
    if order.side == Side.SELL:
        holding.available += order.remaining_lots
        holding.locked -= order.remaining_lots
    else:
        account.available += order.locked_fen
        account.locked -= order.locked_fen
        holding.open_buys -= order.remaining_lots
        order.locked_fen = 0


def charge(order: Order, amount_fen: int) -> tuple[int, int]:
    """Trading and settlement fee of a fill: the growth of the fee on the order's cumulative amount."""
    order.filled_fen += amount_fen
    rates = order.contract.parameters
    trading = fee_fen(order.filled_fen, rates[ParameterId.TRADING_FEE_PPM]) - order.trading_fee_fen
    settlement = fee_fen(order.filled_fen, rates[ParameterId.SETTLEMENT_FEE_PPM]) - order.settlement_fee_fen
    order.trading_fee_fen += trading
    order.settlement_fee_fen += settlement
    order.account.fees_today += trading + settlement
    order.account.trade_count += 1
    return trading, settlement


def deliver(order: Order, quantity_lots: int, amount_fen: int, fees: int) -> None:
    """Move one side's units and cash for a fill."""
    contract, account = order.contract, order.account
    holding = account.holding(contract.contract_id)
    order.remaining_lots -= quantity_lots
    if order.side == Side.SELL:
        holding.locked -= quantity_lots
        holding.sold_today += quantity_lots
        net_fen = amount_fen - fees
        account.proceeds += net_fen
        if contract.parameters[ParameterId.PROCEEDS_REUSABLE]:
            account.available += net_fen
        else:
            account.unreleased += net_fen
        return
    order.locked_fen -= amount_fen + fees
    account.locked -= amount_fen + fees
    holding.open_buys -= quantity_lots
    holding.bought_total += quantity_lots
    if contract.parameters[ParameterId.RESALE_SAME_DAY]:
        holding.available += quantity_lots
    else:
        holding.bought_today += quantity_lots


def relock(order: Order) -> None:
    """What a resting buy still needs at its own price is locked; what better fills saved returns."""
    if order.side == Side.SELL:
        return
    amount_fen = order.price_ticks * order.remaining_lots
    needed_fen = amount_with_fees(order.contract, amount_fen, order.filled_fen)
    excess_fen = order.locked_fen - needed_fen
    order.locked_fen = needed_fen
    order.account.locked -= excess_fen
    order.account.available += excess_fen


def resize(order: Order, price_ticks: int, remaining_lots: int) -> None:
    """A live order gets another price or quantity: its lock becomes what it needs now."""
    holding = order.account.holding(order.contract.contract_id)
    more_lots = remaining_lots - order.remaining_lots
    order.price_ticks, order.remaining_lots = price_ticks, remaining_lots
    order.quantity_lots += more_lots
    if order.side == Side.SELL:
        holding.available -= more_lots
        holding.locked += more_lots
    else:
        holding.open_buys += more_lots
        relock(order)


def fill(market: Market, order: Order, price_ticks: int, quantity_lots: int, role: Role) -> tuple[int, int]:
    """One side of a match: its fees are charged, units and cash move, its owner is told."""
    amount_fen = price_ticks * quantity_lots
    trading, settlement = charge(order, amount_fen)
    deliver(order, quantity_lots, amount_fen, trading + settlement)
    market.fees_fen += trading + settlement
    market.emit_order(
        Kind.EXECUTED,
        order,
        price_ticks=price_ticks,
        quantity_lots=quantity_lots,
        match_id=market.match_count,
        role=role,
        trading_fee_fen=trading,
        settlement_fee_fen=settlement,
    )
    return trading, settlement


def trade(market: Market, maker: Order, taker: Order, quantity_lots: int) -> None:
    """One match at the maker's price: both sides, then the public and the registry are told."""
    market.match_count += 1
    price_ticks = maker.price_ticks
    if slot_of(maker.method) == Slot.BOOK:
        maker.contract.sides[maker.side].reduce(maker, quantity_lots)
    fees = {}
    for order, role in ((maker, Role.MAKER), (taker, Role.TAKER)):
        fees[order.side] = fill(market, order, price_ticks, quantity_lots, role)
        if order is maker and order.remaining_lots == 0:
            end(market, order, DoneReason.FILLED)
    buyer, seller = (maker, taker) if maker.side == Side.BUY else (taker, maker)
    report(market, buyer, seller, price_ticks, quantity_lots, fees, taker.side)


def report(
    market: Market,
    buyer: Order,
    seller: Order,
    price_ticks: int,
    quantity_lots: int,
    fees: dict[Side, tuple[int, int]],
    side: int,
) -> None:
    """TRADE to everybody, TRADE_REPORT to the registry, and the day's figures; `side` is who came last."""
    contract, method = buyer.contract, buyer.method
    amount_fen = price_ticks * quantity_lots
    market.emit_public(
        Kind.TRADE,
        contract_id=contract.contract_id,
        price_ticks=price_ticks,
        quantity_lots=quantity_lots,
        match_id=market.match_count,
        side=side,
        method=method,
    )
    market.emit(
        STREAM_SETTLEMENT,
        Kind.TRADE_REPORT,
        contract_id=contract.contract_id,
        account_id=buyer.account.account_id,
        seller_account_id=seller.account.account_id,
        price_ticks=price_ticks,
        quantity_lots=quantity_lots,
        match_id=market.match_count,
        side=side,
        report_method=method,
        report_version=PROTOCOL_VERSION,
        trading_day=market.trading_day,
        buyer_trading_fee_fen=fees[Side.BUY][0],
        buyer_settlement_fee_fen=fees[Side.BUY][1],
        seller_trading_fee_fen=fees[Side.SELL][0],
        seller_settlement_fee_fen=fees[Side.SELL][1],
    )
    terms = Terms(price_ticks, quantity_lots, *fees[Side.BUY], *fees[Side.SELL])
    slot = slot_of(method)
    market.trades.append(
        Trade(market.match_count, contract, slot, buyer.account, seller.account, terms, quantity_lots)
    )
    market.tonnes_lots += quantity_lots
    market.amount_fen += amount_fen
    market.trade_control = trade_step(
        market.trade_control,
        market.match_count,
        buyer.account.account_id,
        seller.account.account_id,
        contract.contract_id,
        amount_fen,
        quantity_lots,
    )
    add_to_figures(contract.figures[slot_of(method)], price_ticks, quantity_lots)
    if slot_of(method) != Slot.BOOK:
        return
    watch(market, contract, price_ticks, quantity_lots)
    if contract.parameters[ParameterId.COMPOSITE_WEIGHT]:
        composite = add_to_composite(market)
        bases = {c.contract_id: c.base_ticks for c in market.contracts.values()}
        watch_composite(market, composite, weighted_price(market, bases))


def add_to_figures(figures: Figures, price_ticks: int, quantity_lots: int) -> None:
    """Count one trade in a method's figures."""
    if not figures.trade_count:
        figures.open_ticks = figures.high_ticks = figures.low_ticks = price_ticks
    figures.high_ticks = max(figures.high_ticks, price_ticks)
    figures.low_ticks = min(figures.low_ticks, price_ticks)
    figures.last_ticks = price_ticks
    figures.trade_count += 1
    figures.volume_lots += quantity_lots
    figures.turnover_fen += price_ticks * quantity_lots


def weighted_price(market: Market, prices: dict[int, int]) -> int:
    """Mean of the contracts' prices by COMPOSITE_WEIGHT, half up; 0 if nothing has weight."""
    weights = {c.contract_id: c.parameters[ParameterId.COMPOSITE_WEIGHT] for c in market.contracts.values()}
    total = sum(weights.values())
    return round_half_up(sum(prices[c] * w for c, w in weights.items()), total) if total else 0


def add_to_composite(market: Market) -> int:
    """The composite of the books' last prices (or bases) after a book trade of a weighted contract."""
    lasts = {
        c.contract_id: c.figures[Slot.BOOK].last_ticks or c.base_ticks for c in market.contracts.values()
    }
    now = weighted_price(market, lasts)
    first, high, low = market.composite or (now, now, now)
    market.composite = [first, max(high, now), min(low, now)]
    return now


def end(market: Market, order: Order, reason: DoneReason) -> None:
    """A live order ends: its lock returns, its owner is told, its slot is free."""
    release(order)
    market.emit_order(
        Kind.DONE,
        order,
        done_reason=reason,
        quantity_lots=order.remaining_lots + order.prevented_lots,
        filled_lots=order.quantity_lots - order.remaining_lots,
    )
    market.remove(order)


def tell_board(market: Market, offer: Order, remaining_lots: int) -> None:
    """BLOCK_BOARD: everybody sees what the board offers, but not whose it is; nothing left means gone."""
    market.emit_public(
        Kind.BLOCK_BOARD,
        contract_id=offer.contract.contract_id,
        order_id=offer.order_id,
        price_ticks=offer.price_ticks,
        quantity_lots=remaining_lots,
        side=offer.side,
        order_flags=offer.order_flags,
        method=offer.method,
    )


def end_offer(market: Market, offer: Order, reason: DoneReason, **told: int) -> None:
    """A block offer ends with something untraded: its counterparty, or everybody, is told as well."""
    end(market, offer, reason)
    assert offer.kind == OrderKind.BLOCK_OFFER
    if offer.counterparty is None:
        tell_board(market, offer, 0)
        return
    values = {"login_id": market.command.login_id, "user_reference": 0} | told
    market.emit(
        offer.counterparty.member_id,
        Kind.BLOCK_CLOSED,
        contract_id=offer.contract.contract_id,
        account_id=offer.counterparty.account_id,
        order_id=offer.order_id,
        price_ticks=offer.price_ticks,
        quantity_lots=offer.remaining_lots,
        counterparty_account_id=offer.account.account_id,
        side=offer.side,
        done_reason=reason,
        method=offer.method,
        **values,
    )
