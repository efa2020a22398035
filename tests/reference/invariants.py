"""What must hold after every command, whatever it was."""

from collections import Counter

from exchange.vocabulary.enums import BreakerState, HoldState, OrderKind, ParameterId, Phase, Side
from exchange.vocabulary.limits import LEVEL_LOTS_MAX
from tests.reference.letters import CASH
from tests.reference.market import Market
from tests.reference.money import amount_with_fees
from tests.reference.proposals import short_hash, stamped
from tests.reference.state import Breaker, Contract, Order, Slot


def check(market: Market) -> None:
    """Raise AssertionError, naming what was expected and found, if anything is out of balance."""
    check_units(market)
    check_cash(market)
    check_holds(market)
    check_trades(market)
    check_orders(market)
    for contract in market.contracts.values():
        check_book(contract)
        check_auction(contract)
        check_offers(contract)
        check_breaker(contract)
    check_proposals(market)


def _equal(what: str, expected: object, found: object) -> None:
    assert expected == found, f"{what}: expected {expected}, found {found}"


def check_units(market: Market) -> None:
    """Units are neither made nor lost, and no bucket is negative."""
    for contract_id in market.contracts:
        holdings = [a.holdings[contract_id] for a in market.accounts.values() if contract_id in a.holdings]
        _equal(
            f"units of contract {contract_id}",
            sum(h.opening + h.moved for h in holdings),
            sum(h.total for h in holdings),
        )
        bought, sold = sum(h.bought_total for h in holdings), sum(h.sold_today for h in holdings)
        _equal(f"bought and sold of contract {contract_id}", bought, sold)
        stand = [trade.terms for trade in market.trades if trade.contract.contract_id == contract_id]
        _equal(f"traded of contract {contract_id}", sum(terms.quantity_lots for terms in stand), bought)
        for h in holdings:
            buckets = (h.available, h.locked, h.bought_today, h.frozen, h.open_buys, h.held)
            assert min(buckets) >= 0, f"expected no negative units, found {buckets}"


def check_cash(market: Market) -> None:
    """Cash is neither made nor lost but for the fees, and no bucket is negative."""
    accounts = market.accounts.values()
    given = sum(account.opening + account.moved + account.covered for account in accounts)
    _equal("cash with fees", given, sum(account.total for account in accounts) + market.fees_fen)
    _equal("covered", market.covered_fen, sum(account.covered for account in accounts))
    _equal("fees", market.fees_fen, sum(account.fees_today for account in accounts))
    for a in accounts:
        buckets = (a.available, a.locked, a.frozen, a.proceeds, a.unreleased, a.held, a.covered)
        assert min(buckets) >= 0, f"account {a.account_id}: expected no negative cash, found {buckets}"


def check_holds(market: Market) -> None:
    """What is held is what the unresolved holds say; the registry's numbers ascend."""
    _equal("order of transfers", sorted(market.transfers), list(market.transfers))
    held: Counter[tuple[int, int]] = Counter()
    for transfer in market.transfers.values():
        if transfer.state == HoldState.GRANTED:
            held[transfer.account.account_id, transfer.contract_id] += transfer.amount
    found = {(a.account_id, CASH): a.held for a in market.accounts.values()}
    for account in market.accounts.values():
        found |= {(account.account_id, c): h.held for c, h in account.holdings.items()}
    _equal("held", held, Counter({key: amount for key, amount in found.items() if amount}))


def check_trades(market: Market) -> None:
    """The day's totals are of the trades that stand, and so are the figures unless busts leave them alone."""
    stand = [trade for trade in market.trades if not trade.is_busted]
    _equal("trades", market.match_count, len(market.trades))
    _equal("tonnes", market.tonnes_lots, sum(trade.terms.quantity_lots for trade in stand))
    _equal("amount", market.amount_fen, sum(trade.terms.amount_fen for trade in stand))
    _equal(
        "sides of trades", 2 * len(stand), sum(account.trade_count for account in market.accounts.values())
    )
    if market.defaults[ParameterId.BUST_CHANGES_FIGURES]:
        figures = [f for contract in market.contracts.values() for f in contract.figures]
        _equal("trades of all figures", len(stand), sum(f.trade_count for f in figures))
        _equal("volume", market.tonnes_lots, sum(f.volume_lots for f in figures))
        _equal("turnover", market.amount_fen, sum(f.turnover_fen for f in figures))


def check_orders(market: Market) -> None:
    """Locks are those of the live orders; slots are live or free."""
    live = market.orders.values()
    for account in market.accounts.values():
        own = [order for order in live if order.account is account]
        _equal(f"open orders of {account.account_id}", len(own), account.open_orders)
        _equal(f"locked cash of {account.account_id}", sum(o.locked_fen for o in own), account.locked)
        for contract_id, holding in account.holdings.items():
            here = [o for o in own if o.contract.contract_id == contract_id]
            sells = sum(o.remaining_lots for o in here if o.side == Side.SELL)
            buys = sum(o.remaining_lots for o in here if o.side == Side.BUY)
            _equal(f"locked units of {account.account_id}", sells, holding.locked)
            _equal(f"open buys of {account.account_id}", buys, holding.open_buys)
    for order in live:
        needed = 0
        if order.side == Side.BUY:
            amount = order.price_ticks * order.remaining_lots
            needed = amount_with_fees(order.contract, amount, order.filled_fen)
        _equal(f"lock of order {order.order_id}", needed, order.locked_fen)
        assert order.is_resting and order.remaining_lots, f"order {order.order_id}: expected it to rest"
        _equal(f"prevented lots of order {order.order_id}", 0, order.prevented_lots)
    slots = sorted([*market.orders, *market.free_slots])
    _equal("slots", list(range(market.capacity.orders)), slots)
    by_reference = {(o.login_id, o.user_reference): o for o in live if o.login_id}
    _equal("orders by reference", by_reference, market.by_reference)


def check_book(contract: Contract) -> None:
    """Levels are not empty, their totals add up, their prices are inside the band."""
    for book in contract.sides:
        for price, level in book.best_first():
            orders: list[Order] = list(level.orders)
            assert orders, f"expected no empty level, found one at {price}"
            _equal(f"lots at {price}", sum(o.remaining_lots for o in orders), level.total_lots)
            assert level.total_lots <= LEVEL_LOTS_MAX, f"expected at most u4 lots, found {level.total_lots}"
            assert contract.lower_ticks <= price <= contract.upper_ticks, f"price {price} outside the band"
            assert all(o.price_ticks == price and o.side == book.side for o in orders)
            assert all(o.method == contract.matching_rule for o in orders), "an order of another rule"
    assert contract.reach_lower_ticks <= contract.lower_ticks, "expected the book to reach below the band"
    assert contract.upper_ticks <= contract.reach_upper_ticks, "expected the book to reach above the band"


#: the book's phase while its breaker is in a state
BREAKER_PHASES = {
    BreakerState.LIMIT: Phase.TRADING,
    BreakerState.PAUSE: Phase.PAUSED,
    BreakerState.AUCTION: Phase.CALL_AUCTION,
}


def check_breaker(contract: Contract) -> None:
    """A breaker and its book agree; its band holds its reference; its auction is not extended too far."""
    breaker, name = contract.breaker, f"breaker of contract {contract.contract_id}"
    if breaker.state == BreakerState.NORMAL:
        _equal(name, Breaker(), breaker)
        return
    _equal(f"{name}: phase", BREAKER_PHASES[breaker.state], contract.phases[Slot.BOOK])
    band = (breaker.lower_ticks, breaker.reference_ticks, breaker.upper_ticks)
    _equal(f"{name}: band", tuple(sorted(band)), band)
    longest_ms = contract.parameters[ParameterId.BREAKER_EXTENSION_MS_MAX]
    assert breaker.extended_ms <= longest_ms, f"{name}: expected {longest_ms}, found {breaker.extended_ms}"


def check_offers(contract: Contract) -> None:
    """What is on offer is still large enough to be a block."""
    least = contract.parameters[ParameterId.BLOCK_QUANTITY_LOTS_MIN]
    assert all(offer.remaining_lots >= least for offer in contract.offers), "expected blocks only"


def check_proposals(market: Market) -> None:
    """Numbers ascend; a complete proposal holds the command whose hash it names."""
    numbers = list(market.proposals)
    _equal("order of proposals", sorted(numbers), numbers)
    assert max(numbers, default=0) <= market.highest_proposal
    for proposal in market.proposals.values():
        if all(proposal.halves):
            record = stamped(b"".join(proposal.halves), None)
            _equal(f"hash of proposal {proposal.proposal_id}", proposal.command_hash, short_hash(record))


def check_auction(contract: Contract) -> None:
    """Bids rest only while an auction runs, between its floor and ceiling and under one account's share."""
    auction = contract.auction
    bids = [order for _, level in contract.bids.best_first() for order in level.orders]
    if auction is None:
        _equal(f"bids of contract {contract.contract_id} without an auction", [], bids)
        return
    assert auction.offer.kind == OrderKind.AUCTION_OFFER, f"expected a lot, found {auction.offer.kind}"
    for bid in bids:
        assert bid.kind == OrderKind.BID, f"expected a bid, found {bid.kind}"
        assert auction.floor_ticks <= bid.price_ticks <= auction.ceiling_ticks, f"bid at {bid.price_ticks}"
        assert bid.remaining_lots <= auction.account_lots_max, f"bid of {bid.remaining_lots}"
